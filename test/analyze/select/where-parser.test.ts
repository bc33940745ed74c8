/** The language of `--where`: what is read as what, and what is said of what cannot be read. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {textPattern} from '../../../src/analyze/facts/text-pattern.ts'
import {isWhere, parseWhere, type Where, withoutPrefix} from '../../../src/analyze/select/where-parser.ts'
import type {HeapgraphError} from '../../../src/util/errors.ts'

const typeIs = (exact: string): Where => ({test: 'text', field: 'type', match: {exact}})
const not = (term: Where): Where => ({test: 'not', term})
const number = (field: 'self' | 'id' | 'distance' | 'edges', compare: '=' | '>' | '<=', value: number): Where => ({
  test: 'number',
  field,
  compare,
  value,
})
const prop = (path: string[], value: Extract<Where, {test: 'prop'}>['value']): Where => ({test: 'prop', path, value})

test('what is read as what', () => {
  const readings: [text: string, where: Where][] = [
    ['type=Socket', typeIs('Socket')],
    ['  type  =  Socket ', typeIs('Socket')],
    ['type=a=b', typeIs('a=b')],
    ['type="two words"', typeIs('two words')],
    [String.raw`type="a\"b\\c\d"`, typeIs(String.raw`a"b\c\d`)],
    ['type=\'it "is"\'', typeIs('it "is"')],
    ['type=(concatenated string)', typeIs('(concatenated string)')],
    ['type={a, b}', typeIs('{a, b}')],
    ['type=<div>', typeIs('<div>')],
    ['type=""', typeIs('')],
    ['type!=A', not(typeIs('A'))],
    ['type=/^a\\/[/b]$/i', {test: 'text', field: 'type', match: {regex: /^a\/[/b]$/i}}],
    ['place~src', {test: 'text', field: 'place', match: {regex: /src/}}],
    ['name!~"a b"', not({test: 'text', field: 'name', match: {regex: /a b/}})],
    ['kind~/x/gy', {test: 'text', field: 'kind', match: {regex: /x/}}],
    ['Socket', {test: 'any', match: {exact: 'Socket'}}],
    ['{a, b}', {test: 'any', match: {exact: '{a, b}'}}],
    ['"detached"', {test: 'any', match: {exact: 'detached'}}],
    ['/a b/', {test: 'any', match: {regex: /a b/}}],
    ['@12', number('id', '=', 12)],
    ['id<=@12', number('id', '<=', 12)],
    ['self>1', number('self', '>', 1)],
    ['self>1b', number('self', '>', 1)],
    ['self>1.5kB', number('self', '>', 1500)],
    ['self>12.4 MB', number('self', '>', 12_400_000)],
    ['self>2MiB', number('self', '>', 2 ** 21)],
    ['self>1g', number('self', '>', 1e9)],
    ['distance>system', number('distance', '>', 100_000_000)],
    ['distance=unreachable', number('distance', '=', Number.POSITIVE_INFINITY)],
    ['edges>3', number('edges', '>', 3)],
    ['detached', {test: 'detached'}],
    ['detached=true', {test: 'detached'}],
    ['detached!=false', {test: 'detached'}],
    ['detached=false', not({test: 'detached'})],
    ['prop.a', prop(['a'], undefined)],
    ['prop.a.b = x', prop(['a', 'b'], {text: {exact: 'x'}})],
    ['prop."a.b".c', prop(['a.b', 'c'], undefined)],
    ['prop.#a=true', prop(['#a'], {oddball: 'true'})],
    ['prop.a="true"', prop(['a'], {text: {exact: 'true'}})],
    ['prop.a!=null', not(prop(['a'], {oddball: 'null'}))],
    ['prop.a=-1.5e3', prop(['a'], {number: -1500, compare: '='})],
    ['prop.a>=1mb', prop(['a'], {number: 1e6, compare: '>='})],
    ['prop.a="1"', prop(['a'], {text: {exact: '1'}})],
    ['prop.a=@7', prop(['a'], {id: 7})],
    ['prop.a~x', prop(['a'], {text: {regex: /x/}})],
    ['A or B and not C', {test: 'or', terms: [any('A'), {test: 'and', terms: [any('B'), not(any('C'))]}]}],
    ['(A or B) and C', {test: 'and', terms: [{test: 'or', terms: [any('A'), any('B')]}, any('C')]}],
    ['A AND(B)', {test: 'and', terms: [any('A'), any('B')]}],
    ['android or order or nothing', {test: 'or', terms: [any('android'), any('order'), any('nothing')]}],
    ['not not A', not(not(any('A')))],
  ]
  for (const [text, where] of readings) assert.deepEqual(parseWhere(text), where, text)
})

function any(exact: string): Where {
  return {test: 'any', match: {exact}}
}

/** The caret stands below the character that the message is about. */
const REFUSED = `
type=Socket and retaned>1mb
                ^ retaned is not a field; the fields are type, name, kind, place, realm, package, allocated, id, self, retained, distance, edges, retainers, born, detached and prop.NAME
type=
     ^ a value is missing here
type
    ^ a condition is missing after type; an object of that name is written in quotes
type Socket
    ^ a condition is missing after type; an object of that name is written in quotes
A B
  ^ and, or, or the end is expected here
A and
     ^ a condition is missing here
and A
^ a condition is missing before this and; a type of that name is written in quotes
A or or B
     ^ a condition is missing before this or; a type of that name is written in quotes
(A or (B)
^ this ( is never closed
(A B)
   ^ and, or, or a ) is expected here
A)
 ^ this ) closes nothing
()
 ^ a field or a text is expected here, not )
= A
^ a field or a text is expected here, not =
type==A
     ^ one = is enough
type>A
    ^ type is a text: = != ~ !~ compare it
type!A
    ^ ! is allowed only in != and !~; use not
self~1
    ^ self is a number: = != < <= > >= compare it
self>1xb
     ^ a size, such as 500, 10kb or 1.5mib, is expected here
self>-1
     ^ a size, such as 500, 10kb or 1.5mib, is expected here
self>
     ^ a value is missing after >
id=12a
   ^ an object id, such as @12345, is expected here
distance=far
         ^ a whole number, system or unreachable is expected here
edges>"3"
      ^ a whole number is expected here
detached=maybe
         ^ true or false is expected here
detached>true
        ^ detached is true or false: = and != compare it
prop
^ prop.NAME is expected; an object of that name is written in quotes
prop=1
^ write a property as prop.NAME
prop.
     ^ a property's name is expected here
prop.a..b
       ^ a property's name is expected here
prop.a>x
       ^ a number is expected after >
prop.a>"1"
       ^ a number is expected after >
place~/usr/lib/s
          ^ the regular expression ends at this /; one inside is written \\/, and a path in quotes
name=/never ends
     ^ the regular expression that starts at this / has no end; quote a path
type=A and /(/
           ^ invalid regular expression: Invalid regular expression: /(/: Unterminated group
name~"("
     ^ invalid regular expression: Invalid regular expression: /(/: Unterminated group
name="never ends
     ^ this " is never closed
type="A"B
        ^ and, or, or the end is expected here
`

test('what cannot be read is told, with the character', () => {
  const lines = REFUSED.trim().split('\n')
  for (let i = 0; i < lines.length; i += 2) {
    const [text, told] = lines.slice(i, i + 2)
    const at = told.indexOf('^')
    assert.throws(
      () => parseWhere(text),
      ({code, message, excerpt}: HeapgraphError) => {
        assert.equal(code, 'USAGE')
        assert.equal(message, `the expression cannot be read at character ${at + 1}: ${told.slice(at + 2)}`, text)
        assert.deepEqual(excerpt, {text, at})
        return true
      },
    )
  }
  assert.equal(lines.length, 74)
  for (const empty of ['', '  ']) assert.throws(() => parseWhere(empty), /a condition is missing here/)
})

test('expressions of any length, but of a stated depth', () => {
  const many = parseWhere(Array(100_000).fill('A').join(' or '))
  assert.equal(many.test === 'or' && many.terms.length, 100_000)
  assert.doesNotThrow(() => parseWhere(`${'('.repeat(100)}A${')'.repeat(100)}`))
  for (const deep of ['(', 'not ']) {
    assert.throws(() => parseWhere(`${deep.repeat(100_000)}A`), /more than 100 nested parentheses and nots/)
  }
})

test('an expression is told from a type by its beginning', () => {
  const expressions = ['type=A', 'not type=A', 'retained > 1mb', 'prop.a', 'name!~x', 'where A or B']
  const types = [
    'A',
    '(array)',
    '{a, b}',
    '<div>',
    '/type=/',
    'system / Context',
    'type',
    'typed=1',
    'not A',
    'wherever',
  ]
  for (const text of expressions) assert.equal(isWhere(text), true, text)
  for (const text of types) assert.equal(isWhere(text), false, text)
  assert.equal(withoutPrefix('where A or B'), 'A or B')
  assert.equal(withoutPrefix('type=A'), 'type=A')
})

test('a path is no regular expression, though it may look like one', () => {
  for (const path of ['/usr/lib/s', '/usr/lib', '/a/b', '/usr/lib/x', '/', '/a', '/src/[/]/a/g']) {
    assert.equal(textPattern(path)(path), true, path)
    assert.equal(textPattern(path)(`${path}?`), false, path)
  }
  for (const [regex, text] of [
    ['/^a$/i', 'A'],
    ['/src/lib/', 'the src/lib folder'],
    ['/src\\/lib/i', 'SRC/LIB'],
    ['/[/]/s', 'a/b'],
    ['//', ''],
  ]) {
    assert.equal(textPattern(regex)(text), true, regex)
  }
})
