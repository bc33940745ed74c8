/** A test that fails as long as the suspects of `leaks` are there. */
import type {LeaksView} from '../../graph/views/leaks-view.ts'
import {plural} from '../../util/units.ts'
import {forJson, forTerminal} from '../safe/clean.ts'

/** Programs that run tests, for which one can be written. */
export const TEST_RUNNERS = ['node', 'vitest', 'jest'] as const
export type TestRunner = (typeof TEST_RUNNERS)[number]

/** What a test is made of. */
export interface LeakTestOptions {
  /** Whose test it is. */
  runner: TestRunner
  /** The module whose default export does once what leaks, as the test imports it. */
  work: string
}

/** As long as a test may take: snapshots of large heaps take time. */
const LIMIT = '120_000'
const WIDEST = 200
const TOLD = 10

/** JavaScript: an ES module for `node` and `vitest`, CommonJS for `jest`. Names of the heap are in it as literals and comments only. */
export function leakTest(view: LeaksView, {runner, work}: LeakTestOptions): string {
  const rows = view.rows.filter(({code}) => code !== 'runtime').slice(0, TOLD)
  const types = [...new Set(rows.flatMap(({types}) => types.slice(0, 1).map(({type}) => exactly(type))))]
  const told = rows.map(({holder, place, cuts, types}) => {
    const what = types.map(({type, count}) => plural(count, type)).join(', ')
    const cut = cuts.length === 0 ? '' : `; cut: ${cuts.join(', ')}`
    return `// - ${commentText(`${holder}${place === '' ? '' : ` (${place})`} keeps ${what}${cut}`)}`
  })
  const [first] = rows
  const name = `${first?.holder ?? 'the work'}${rows.length > 1 ? ` and ${plural(rows.length - 1, 'other holder')}` : ''} let go`
  const body = `  await expectNoGrowth(work, {types: ${literal(types)}})`
  const isJest = runner === 'jest'
  return [
    '// Written by `heapgraph leaks --write-test`: fails as long as these hold more objects after each time that the work is done.',
    ...told,
    '',
    ...(runner === 'node' ? [imported('{test}', 'node:test')] : []),
    isJest ? required('{expectNoGrowth}', TESTING) : imported('{expectNoGrowth}', TESTING),
    ...(runner === 'vitest' ? [imported('{test}', 'vitest')] : []),
    isJest ? required('loaded', work) : imported('work', work),
    ...(isJest ? ['const work = loaded.default ?? loaded'] : []),
    '',
    isJest ? `test(${literal(name)}, async () => {` : `test(${literal(name)}, {timeout: ${LIMIT}}, async () => {`,
    body,
    isJest ? `}, ${LIMIT})` : '})',
    '',
  ].join('\n')
}

const TESTING = 'heapgraph/testing'

function imported(what: string, from: string): string {
  return `import ${what} from ${literal(from)}`
}

function required(what: string, from: string): string {
  return `const ${what} = require(${literal(from)})`
}

/** As `types` of expectNoGrowth takes it: a name between slashes would be read as an expression. */
function exactly(type: string): string {
  return type.startsWith('/') ? `/^${type.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$/` : type
}

/** One line: what ends a line in JavaScript is written out. */
function commentText(text: string): string {
  return forTerminal(text, WIDEST)
}

/** JSON is JavaScript. What would steer a terminal, or show the code in another order than it has, is written out. */
function literal(value: unknown): string {
  const text = Array.isArray(value) ? `[${value.map(part => JSON.stringify(part)).join(', ')}]` : JSON.stringify(value)
  const quoted =
    text.includes("'") || typeof value !== 'string' ? text : `'${text.slice(1, -1).replaceAll('\\"', '"')}'`
  return forJson(quoted)
}
