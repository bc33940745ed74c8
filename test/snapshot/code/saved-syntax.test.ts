/** The syntax of scripts written down as columns and read again: all that the parser's result has. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {test} from 'node:test'
import {parseScript, type ScriptSyntax} from '../../../src/snapshot/code/parse-script.ts'
import {columnsOf, syntaxKey, syntaxOf} from '../../../src/snapshot/code/saved-syntax.ts'
import type {Use} from '../../../src/snapshot/code/scope-tree.ts'

const TEXTS: Record<string, string> = {
  empty: '',
  'functions of all kinds': `
    'use strict'
    async function* a(b = 1, {c, d: [e]}, ...rest) { yield arguments[0]; for (const x of rest) x }
    const f = async () => this, g = function own() { own() }
    class H extends a { #p = 1; static s = () => this; get v() { return this.#p } set v(x) {} static { H.s } constructor() { super(); new.target } }
    try { eval('1') } catch ({message}) { message } finally { switch (a) { case f: let y; y = 1 } }
    globalThis.z = exports.w = module.exports.u = {k: 1, 'l m': 2}
    const {q} = require('q'), frozen = Object.freeze({r: 1})
    free(f, 1); free = 2; x.on('event', () => new a.b.C(f)); const o = {m() { super.n() }, plain: 1}; label: for (;;) { break label }`,
  'sloppy code':
    'with (a) { b } function c() { { function d() {} } var __proto__, constructor; constructor = __proto__ }',
  'a module': `import d, {a as b} from 'x'; import * as n from 'y'; export * as m from 'z'; export * from 'v'
    export default class extends d {}; export const {p, q: [r]} = n; export function s() { return b }; const t = await import('t'); export {t as 'u v'}`,
}

for (const [name, text] of Object.entries(TEXTS)) test(`read again: ${name}`, () => check(text))

test('read again: scripts that people wrote', () => {
  const {resolve} = createRequire(import.meta.url)
  for (const file of [resolve('commander'), resolve('ws')]) check(readFileSync(file, 'utf8'))
})

test('a text that is no script is known to be none', () => {
  const columns = columnsOf(parseScript('let let let'))
  assert.equal(columns.numbers.length, 0)
  assert.equal(syntaxOf(columns, 'let let let'), undefined)
})

test('texts that differ have different keys, also where they are as long', () => {
  const keys = [
    '',
    'a',
    'b',
    'aa',
    'ab',
    'ba',
    '\u{1f600}',
    '\ud83d\ude01',
    'a'.repeat(1000),
    `${'a'.repeat(999)}b`,
  ].map(syntaxKey)
  assert.equal(new Set(keys).size, keys.length)
})

function check(text: string): void {
  const parsed = parseScript(text)
  const columns = columnsOf(parsed)
  const read = syntaxOf(columns, text)
  assert.deepEqual({...columnsOf(read)}, {...columns})
  assert.deepEqual(flat(read), flat(parsed))
  assert.deepEqual(read?.lines.place(text.length), parsed?.lines.place(text.length))
}

/** All of it in order, scopes and functions as numbers: `deepEqual` does not end on maps that lead back to each other. */
function flat(syntax: ScriptSyntax | undefined): unknown {
  if (syntax === undefined) return undefined
  const {root, functions, members, assignments, exports, free, imported, literals, functionStarts, isModule, ...rest} =
    syntax
  const scopes = [root]
  for (let i = 0; i < scopes.length; i++) scopes.push(...scopes[i].inner)
  const uses = (all: readonly Use[]) => all.map(use => ({...use, scope: scopes.indexOf(use.scope)}))
  return {
    scopes: scopes.map(({outer, inner, variables, function: owner, ...scope}) => ({
      ...scope,
      outer: outer && scopes.indexOf(outer),
      inner: inner.map(one => scopes.indexOf(one)),
      function: owner && functions.indexOf(owner),
      variables: [...variables].map(([name, variable]) => [
        name,
        {...variable, scope: scopes.indexOf(variable.scope), uses: uses(variable.uses)},
      ]),
    })),
    functions: functions.map(one => ({...one, scope: scopes.indexOf(one.scope)})),
    assignments: assignments.map(one => ({...one, scope: scopes.indexOf(one.scope)})),
    free: [...free].map(([name, all]) => [name, uses(all)]),
    literals: [...literals].map(([offset, keys]) => [offset, [...keys]]),
    rest: {
      keyOffsets: rest.keyOffsets,
      constructed: rest.constructed,
      given: [...rest.given.rows],
      members,
      exports,
      imported: [...imported],
      functionStarts: [...functionStarts],
      isModule,
    },
  }
}
