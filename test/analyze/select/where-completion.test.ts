import assert from 'node:assert/strict'
import {test} from 'node:test'
import {asProperty, asValue, completionAt} from '../../../src/analyze/select/where-completion.ts'
import {parseWhere} from '../../../src/analyze/select/where-parser.ts'

/** `|` is where somebody writes. */
function at(text: string) {
  const caret = text.indexOf('|')
  const found = completionAt(text.replace('|', ''), caret)
  if (found === undefined) return undefined
  const {from, to, written, words, asks} = found
  return {replaced: text.slice(from, to), written, words, asks}
}

test('where a test begins there are fields', () => {
  for (const text of ['|', 'not |', '(|', 'type=Map and |', 'self>1kb or (not |', 'name="a \\" b" and |']) {
    const found = at(text)
    assert.deepEqual([found?.written, found?.words[0], found?.words.at(-1)], ['', 'type', 'not '], text)
  }
  assert.deepEqual(at('type=Map and ret|')?.replaced, 'ret')
})

test('a field is followed by its operators, a whole test by and, or', () => {
  assert.deepEqual(at('retained|')?.words, [
    'retained>',
    'retained>=',
    'retained<',
    'retained<=',
    'retained=',
    'retained!=',
  ])
  assert.deepEqual(at('type |')?.words, ['=', '~', '!=', '!~'])
  assert.ok(at('prop.open|')?.words.includes('prop.open>='))
  for (const text of ['type=Map |', 'detached |', '(self>1) |', 'Socket |', 'prop.open=true |', '@12 |'])
    assert.deepEqual(at(text)?.words, ['and ', 'or '], text)
})

test('values are those of the field', () => {
  assert.deepEqual(at('type=Ma|'), {replaced: 'Ma', written: 'Ma', words: [], asks: {values: 'type'}})
  assert.deepEqual(at('self>1 and kind!=|')?.asks, {values: 'kind'})
  assert.deepEqual(at('realm="a b|'), {replaced: '"a b', written: 'a b', words: [], asks: {values: 'realm'}})
  assert.deepEqual(at('name="a" and type=Bu|')?.asks, {values: 'type'})
  assert.deepEqual(at('distance>|')?.words, ['system', 'unreachable'])
  assert.deepEqual(at('prop.open=|')?.words, ['true', 'false', 'null', 'undefined'])
  assert.deepEqual(at('detached!=|')?.words, ['true', 'false'])
  assert.deepEqual(at('prop.|'), {replaced: 'prop.', written: 'prop.', words: [], asks: {properties: true}})
})

test('behind a mistake nothing is proposed', () => {
  for (const text of ['retaind>1 and |', 'self~1 |', 'and |', 'type=a b |', ') |'])
    assert.equal(at(text), undefined, text)
})

test('every word that is proposed can be read where it is put', () => {
  for (const begun of [
    '|',
    'not |',
    'self|',
    'type |',
    'prop.a |',
    'distance>|',
    'prop.a=|',
    'born>|',
    'retained<|',
    'type=a |',
  ]) {
    const caret = begun.indexOf('|')
    const {from = 0, words = []} = completionAt(begun.slice(0, caret), caret) ?? {}
    assert.ok(words.length > 0, begun)
    for (const word of words) {
      const text = begun.slice(0, from) + word
      // Either it is whole, or something is missing at its end.
      try {
        parseWhere(text)
      } catch (error) {
        const {excerpt} = error as {excerpt?: {at: number}}
        assert.ok((excerpt?.at ?? 0) >= text.trimEnd().length, `${text}: ${(error as Error).message}`)
      }
    }
  }
})

test('names of the heap are written so that they are read as they are', () => {
  for (const text of ['Map', '(array)', '{a, b}', 'a "b" \\ c', '/x/', '@12', "it's", '<div>', 'a=b', '']) {
    assert.deepEqual(parseWhere(`type=${asValue(text)}`), {test: 'text', field: 'type', match: {exact: text}})
    assert.deepEqual(parseWhere(asProperty(text)), {test: 'prop', path: [text], value: undefined})
  }
})
