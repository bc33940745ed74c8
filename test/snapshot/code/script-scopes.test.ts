/** Scopes, variables and uses of texts, against what the language says of each. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {parseScript, type ScriptSyntax} from '../../../src/snapshot/code/parse-script.ts'
import type {Scope, Variable} from '../../../src/snapshot/code/scope-tree.ts'
import {madeAt} from '../../../src/snapshot/code/script-names.ts'
import {textLines} from '../../../src/util/text-lines.ts'
import {runs} from '../../support/runs.ts'

function parsed(text: string): ScriptSyntax {
  const syntax = parseScript(text)
  assert.ok(syntax, text)
  return syntax
}

function allScopes(root: Scope): Scope[] {
  return [root, ...root.inner.flatMap(allScopes)]
}

function variable(syntax: ScriptSyntax, name: string, kind?: string): Variable {
  const found = allScopes(syntax.root)
    .flatMap(scope => [...scope.variables.values()])
    .filter(variable => variable.name === name && (kind === undefined || variable.kind === kind))
  assert.equal(found.length, 1, `${name}: ${found.length}`)
  return found[0]
}

/** `read in f, written in g`, for each use of a variable. */
function uses({uses}: Variable): string {
  return uses
    .map(({scope, isRead}) => `${isRead ? 'read' : 'written'} in ${scope.function?.name ?? 'the root'}`)
    .join(', ')
}

test('each kind of declaration is found where its name stands', () => {
  const text = `import def, {a as b, c} from 'm'; import * as all from 'n'
const {x, y: {z = 1}, ...rest} = def, [p, , ...q] = c
let l; var v; for (const [k, w] of v) { let inner = k }
function f(one, {two}, three = 3, ...four) { var v2; if (one) { var hoisted; function block() {} } }
class C { static s = 1; #private = 2; 'quoted' = 3; get g() { return 1 } set g(v) {} m() {} static { let local } constructor() {} }
try {} catch ({message}) { let caught } try {} catch { }
for (var i = 0, j;;) break
switch (l) { case 1: let cased }
const named = function self() { self() }, anonymous = class {}
label: for (;;) continue label
export {x as exported}; export const e1 = 1, [e2] = []; export default function main() {}`
  const syntax = parsed(text)
  assert.equal(syntax.isModule, true)
  const kinds: Record<string, string> = {
    def: 'import', b: 'import', c: 'import', all: 'import', x: 'const', z: 'const', rest: 'const', p: 'const', q: 'const', l: 'let',
    k: 'const', w: 'const', inner: 'let', f: 'function', one: 'parameter', two: 'parameter', three: 'parameter', four: 'parameter',
    v2: 'var', hoisted: 'var', block: 'function', local: 'let', message: 'catch', caught: 'let', i: 'var', j: 'var', cased: 'let',
    named: 'const', self: 'name', anonymous: 'const', e1: 'const', e2: 'const', main: 'function',
  } // biome-ignore format: a table
  for (const [name, kind] of Object.entries(kinds)) {
    const found = variable(syntax, name)
    assert.equal(found.kind, kind, name)
    const {offset} = found
    assert.ok(offset !== null && text.startsWith(name, offset), name)
  }
  assert.equal(variable(syntax, 'hoisted').scope.function?.name, 'f')
  assert.equal(variable(syntax, 'k').scope.kind, 'loop')
  assert.equal(variable(syntax, 'block').scope.kind, 'block', 'modules are strict: functions stay in their block')
  for (const name of ['a', 'y', 'label', 'quoted']) assert.ok(!syntax.free.has(name), name)
  assert.deepEqual(
    syntax.members.map(({class: of, name, kind, isStatic}) => `${of}.${isStatic ? 'static ' : ''}${kind} ${name}`),
    [
      'C.static field s',
      'C.field #private',
      'C.field quoted',
      'C.getter g',
      'C.setter g',
      'C.method m',
      'C.constructor constructor',
    ],
  )
  assert.deepEqual(
    syntax.exports.map(({name, local}) => `${name} is ${local}`),
    ['exported is x', 'e1 is e1', 'e2 is e2', 'default is main'],
  )
  assert.equal(variable(syntax, 'x').isExported, true)
  assert.equal(variable(syntax, 'l').isExported, false)
})

test('uses are told with the function that they stand in, and reading from mere assigning', () => {
  const syntax = parsed(`function outer(big, other) {
    let count = 0, gone
    const inner = () => { count += 1; gone = null; return big.length }
    function unused() { return [other, gone] }
    ;[gone, other.x] = []
    for (gone of []) {}
    return {inner, big: 1, other() { return count++ }}
  }`)
  assert.equal(uses(variable(syntax, 'big')), 'read in inner')
  assert.equal(uses(variable(syntax, 'other')), 'read in unused, read in outer')
  assert.equal(uses(variable(syntax, 'gone')), 'written in inner, read in unused, written in outer, written in outer')
  assert.equal(uses(variable(syntax, 'count')), 'read in inner, read in other')
})

test('the innermost declaration counts', () => {
  const syntax = parsed(`let a = 1
    function f(b = a) { { let a; g(a) } return a + b }
    function h(a) { var a; return a }
    function k() { return function k2() { return a; function a() {} } }`)
  const roots = syntax.root.variables.get('a')!
  assert.equal(uses(roots), 'read in f, read in f')
  assert.equal(syntax.free.get('g')?.length, 1)
})

test('arguments uses all parameters; this and new.target of a function are seen by its arrow functions', () => {
  const syntax = parsed(`function f(a, b) { return () => [arguments, this, new.target] }
    function g(c) { function arguments() {} return arguments }`)
  assert.equal(uses(variable(syntax, 'a')), 'read in ')
  assert.equal(uses(variable(syntax, 'c')), '')
  assert.equal(uses(variable(syntax, 'this')), 'read in ')
  assert.equal(variable(syntax, 'this').scope.function?.name, 'f')
  assert.equal(variable(syntax, '.new.target').scope.function?.name, 'f')
})

test('direct eval and with are marked where they stand', () => {
  const syntax = parsed(`function f(x) { return () => { eval('x') } }
    function g(y) { with (y) { z = y } } function h() { (0, eval)(''); eval?.('') }`)
  const marked = allScopes(syntax.root).filter(({hasEval}) => hasEval)
  assert.equal(marked.length, 1)
  assert.equal(marked[0].function?.kind, 'arrow')
  assert.ok(allScopes(syntax.root).some(({kind, function: of}) => kind === 'with' && of?.name === 'g'))
})

test('functions bear the names that the language gives them', () => {
  const syntax = parsed(`const a = () => {}, {b = function () {}} = {}; let c; c = class {}
    c.d = function () {}; const o = {e() {}, f: async () => {}, get g() {}, ['h']: () => {}, 1: () => {}}
    function named(p = () => {}) {} (function () {}); class K { m() {} static s = () => {}; constructor() {} }`)
  assert.deepEqual(
    syntax.functions.map(({name, kind}) => `${kind} ${name}`),
    [
      'arrow a', 'function b', 'class c', 'function ', 'method e', 'arrow f', 'method get g', 'arrow h', 'arrow 1', 'function named', 'arrow p',
      'function ', 'class K', 'method m', 'initializer ', 'arrow s', 'method K',
    ],
  ) // biome-ignore format: a table
})

test('a function in a block of sloppy code is one of the function around too', () => {
  const sloppy = parsed('function f() { if (1) { function g() {} } return g }')
  assert.equal(sloppy.free.size, 0)
  const strict = parsed('function f() { "use strict"; if (1) { function g() {} } return g }')
  assert.deepEqual([...strict.free.keys()], ['g'])
})

test('what is assigned by name is listed with its way', () => {
  const text = `module.exports.a = 1; exports['b'] = 2; globalThis.c ??= 3; class K { constructor() { this.d = 4; this.#e = 5 } }
    x[y].z = 1; f().g = 2; plain = 3`
  const {assignments} = parsed(text)
  assert.deepEqual(
    assignments.map(({names, offset}) => [names.join('.'), text.slice(offset, offset + 3)]),
    [
      ['module.exports.a', 'a ='],
      ['exports.b', "'b'"],
      ['globalThis.c', 'c ?'],
      ['this.d', 'd ='],
      ['this.#e', '#e '],
    ],
  )
})

test('texts of CommonJS modules, hashbangs and module syntax late in the text are parsed', () => {
  assert.equal(parsed('#!/usr/bin/env node\nif (module) return\nvar await = 1').isModule, false)
  assert.equal(parsed('const a = 1\nconst b = await a').isModule, true)
  assert.equal(parsed(`${'x = 1\n'.repeat(100)};export {x}; var x`).isModule, true)
  assert.equal(parsed('<!-- in a page\nx').isModule, false)
  assert.equal(parsed('(class extends A { m() { return super.x + this.#p } })').isModule, false)
})

test('what is no script is undefined, and hostile text no more than that', () => {
  const deep = 200_000
  for (const text of [
    '{"a": 1}',
    'let x: number = 1',
    'function (',
    '(',
    '['.repeat(deep),
    '('.repeat(deep) + ')'.repeat(deep),
    'a'.concat('=>a'.repeat(deep), '=>'),
    `${'{'.repeat(deep)}${'}'.repeat(deep)}`,
    'a?'.repeat(deep),
    '`${'.repeat(deep),
    '-'.repeat(deep),
    `x${'+x'.repeat(deep)}`,
  ]) {
    const syntax = parseScript(text)
    if (syntax !== undefined) assert.equal(syntax.text, text)
  }
  assert.equal(parseScript('['.repeat(deep)), undefined)
  assert.equal(parsed(`[${'x,'.repeat(300_000)}]`).free.get('x')?.length, 300_000)
  assert.equal(parsed(`f(${'x,'.repeat(300_000)})`).free.get('x')?.length, 300_000)
  // As deep as the parser goes, the analysis goes too.
  for (let depth = 100; depth < 20_000; depth *= 2) {
    const syntax = parseScript(`${'() => '.repeat(depth)}1`)
    if (syntax !== undefined) assert.equal(syntax.functions.length, depth)
  }
  assert.equal(parsed('let __proto__ = 1; f(constructor, __proto__)').root.variables.get('__proto__')?.uses.length, 1)
})

test('parsing never throws, whatever the text', () => {
  const word = fc.constantFrom(
    'a', 'b', 'let ', 'const ', 'function ', 'class ', '{', '}', '(', ')', '=>', '=', ',', ';', '`', '${', 'eval(', 'with(a)', 'async ', '...',
    'import ', 'export ', 'default ', ' of ', 'for(', 'arguments', 'this', '[', ']', '"', '\n', '\u2028', '/', '*', '#p', ':', 'static ',
  ) // biome-ignore format: a table
  fc.assert(
    fc.property(fc.array(word, {maxLength: 25}), words => void parseScript(words.join(''))),
    {numRuns: runs(3_000)},
  )
})

test('what begins at an offset is told, and nothing of what does not begin there', () => {
  const text = 'a; function f(x = () => 1) { return function () {} } class K extends (() => {}) { m() {} y = 1 } b'
  const syntax = parsed(text)
  const at = (part: string) => madeAt(syntax, text.indexOf(part))
  assert.equal(at('(x =')?.function?.name, 'f')
  assert.equal(at('() => 1')?.function?.name, 'x')
  assert.equal(at('class')?.kind, 'class')
  assert.equal(at('() {} y')?.function?.name, 'm')
  assert.equal(madeAt(syntax, 0), syntax.root)
  for (const offset of [-1, text.indexOf(' b'), text.indexOf('return'), text.length + 5]) {
    assert.equal(madeAt(syntax, offset), undefined)
  }
})

test('parameters with defaults or patterns have a scope of their own, apart from the body', () => {
  const syntax = parsed('function f(a = 1) { var b; return () => a + b } function g(c) { var d; return () => c + d }')
  assert.equal(variable(syntax, 'a').scope.kind, 'function')
  assert.equal(variable(syntax, 'b').scope.kind, 'body')
  assert.equal(variable(syntax, 'd').scope, variable(syntax, 'c').scope)
  assert.equal(uses(variable(syntax, 'b')), 'read in ')
})

test('lines end where V8 ends them, and offsets lead back to places', () => {
  const text = 'a\nbc\r\nd\re\u2028f\u2029\ng'
  const lines = textLines(text)
  assert.equal(lines.count, 7)
  const letters = [...text].filter(letter => /[a-g]/.test(letter))
  assert.deepEqual(
    letters.map(letter => lines.place(text.indexOf(letter)).line),
    [0, 1, 1, 2, 3, 4, 6],
  )
  for (let offset = 0; offset <= text.length; offset++) {
    const {line, column} = lines.place(offset)
    assert.equal(lines.offset(line, column), offset)
  }
  assert.equal(lines.offset(0, 2), -1)
  assert.equal(lines.offset(8, 0), -1)
  assert.equal(lines.offset(-1, 0), -1)
})

test('methods of an object literal are in a scope with the object if one of them may say super', () => {
  const homes = (text: string) =>
    allScopes(parsed(text).root)
      .filter(({kind}) => kind === 'object')
      .map(({variables, inner}) => `${[...variables.keys()]} around ${inner.map(scope => scope.function?.name)}`)
  assert.deepEqual(homes('({a: 1, b: () => 1, c: function () { return 1 }})'), [])
  assert.deepEqual(homes('({a() {}, get b() { return 1 }, c: () => 1})'), [' around a,get b'])
  assert.deepEqual(homes('({a() { return super.a() }, [b()]() {}, c: () => 1})'), ['.home_object around a,'])
  assert.deepEqual(homes('({a(code) { return () => eval(code) }})'), ['.home_object around a'])
  // A plain function inside has no super, and an object's own method means its own.
  assert.deepEqual(homes('({a() { return function (code) { return eval(code) } }})'), [' around a'])
  assert.deepEqual(homes('({a() { return {b() { return super.c }} }})'), [' around a', '.home_object around b'])
  assert.deepEqual(homes('class A { a() { return super.a() } }'), [])
})
