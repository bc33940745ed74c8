/** Every public function tells wrong arguments in a sentence: no caller without types meets a raw TypeError. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import * as capture from '../../src/public/capture.ts'
import * as exporting from '../../src/public/export.ts'
import * as graphology from '../../src/public/graphology.ts'
import * as library from '../../src/public/heapgraph.ts'
import * as record from '../../src/public/record.ts'
import * as sql from '../../src/public/sql.ts'
import * as testing from '../../src/testing/index.ts'
import {heapText} from '../support/ascii-heap.ts'

type AnyFunction = (...all: unknown[]) => unknown

const bytes = heapText('root -> A -> B\nB -> A')
const snapshot = await library.openSnapshot(bytes)
const selection = library.select(snapshot, {type: 'A'})
const graph = library.backrefs(snapshot, selection)
const table = exporting.tableOf(snapshot, 'nodes')
const plot = record.plot([])
const found = library.assert(snapshot, [{kind: 'max', text: 'A=0', type: 'A', count: 0}])
const nothing = () => undefined

/** Arguments that are right, options among them. */
const RIGHT: Record<string, unknown[]> = {
  openSnapshot: [bytes, {}],
  info: [bytes],
  loadSourceMaps: [snapshot, {}],
  select: [snapshot, {type: 'A'}, {}],
  selectorOf: ['A'],
  nearestTypes: [snapshot, 'A', 3],
  types: [snapshot, {}],
  list: [snapshot, selection, {}],
  show: [snapshot, 0, {}],
  backrefs: [snapshot, selection, {}],
  refs: [snapshot, selection, {}],
  why: [snapshot, selection, {}],
  path: [snapshot, selection, {}],
  cycles: [snapshot, {}],
  dominators: [snapshot, {}],
  detached: [snapshot, {}],
  whatIf: [snapshot, ['A.B'], {}],
  suspects: [snapshot, {}],
  strings: [snapshot, {}],
  waste: [snapshot],
  closures: [snapshot, {}],
  asyncCensus: [snapshot, {}],
  makers: [snapshot, {}],
  allocations: ['x.heapprofile', {}],
  growth: [['a', 'b'], {}],
  growthBaseline: [['a', 'b'], {}],
  leaks: [['a', 'b'], {}],
  assert: [snapshot, [{kind: 'max', text: 'A=5', type: 'A', count: 5}]],
  baseOf: [snapshot],
  toGraph: [graph, {}],
  toText: [graph, {}],
  toJson: [graph],
  toMarkdown: [graph],
  toDot: [graph, {}],
  toMermaid: [graph, {}],
  toSvg: [graph, {}],
  toHtml: [graph, {}],
  toPng: ['<svg/>'],
  placeOf: [snapshot, 0],
  codeOf: [snapshot, 0],
  scopeText: [snapshot, 0],
  selfSizes: [snapshot, 'raw'],
  retainedSizes: [snapshot, 'raw'],
  dominatorTree: [snapshot],
  distanceOf: [snapshot, 0],
  offHeapBytes: [snapshot, selection.nodes],
  formatBytes: [5],
  saveIndex: [snapshot, {}],
  listIndexes: ['no such folder'],
  pruneIndexes: ['no such folder', {}],
  indexFolder: [{}],
  capture: ['x.heapsnapshot', {}],
  captureRemote: [{pid: 1}, 'x.heapsnapshot', {}],
  birthMarks: [{file: 'x', metric: 'rss', threads: [], marks: [{text: 'allocations are tracked', time: 0}]}, 'x'],
  markRecording: ['POST /login'],
  sampleRemote: [{pid: 1}, 'x.heapprofile', {until: async () => {}}],
  measure: [nothing, {}],
  trackAllocations: [],
  settleHeap: [{}],
  openLiving: [{pid: 1}, {}],
  cutSteps: [snapshot, []],
  proofOf: [library.whatIf(snapshot, ['A.B']), snapshot],
  doctor: [{command: ['node'], folder: 'x'}],
  loadScenario: ['none.mjs'],
  recordScenario: [{url: 'http://localhost/', path: 'x'}],
  walkPage: [{folder: 'x'}],
  record: [{output: 'x', command: ['node']}],
  watch: [{output: 'x', command: ['node']}],
  readRecording: [bytes, {metric: 'rss'}, 0],
  plot: [[], {}],
  toPlotSvg: [plot, {}],
  toPlotHtml: [plot, {}],
  toPlotText: [plot],
  toPlotJson: [plot],
  tableOf: [snapshot, 'nodes'],
  toCsv: [table],
  toNdjson: [table],
  toParquet: [table],
  toRows: [table, 3],
  digest: [snapshot, {}],
  digestPath: [snapshot, {}],
  redact: [bytes, {}],
  reduce: [snapshot, {nodes: selection.nodes, isSame: () => true}],
  toSarif: [found, {}],
  toGithub: [found, {}],
  toGitlab: [found, {}],
  toJunit: [found, {}],
  openSql: [{snapshots: [snapshot]}],
  toGexf: [graph],
  toGraphml: [graph],
  toSpeedscope: [graph],
  loadGraph: [bytes, {}],
  heapView: [snapshot],
  toGraphology: [snapshot, {}],
  expectNoGrowth: [nothing, {}],
}

const WITHOUT_OPTIONS = new Set(
  Object.keys(RIGHT).filter(name => {
    const all = RIGHT[name]
    const last = all[all.length - (name === 'readRecording' ? 2 : 1)]
    return !isObject(last) || name === 'indexFolder'
  }),
)

/** An object literal: the options, among the arguments. */
function isObject(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    ![selection, graph, plot, table, found].includes(value as never)
  )
}

/** Never right, whatever the argument is, but for a function where one is wanted. */
const NEVER = [null, Symbol('x'), Number.NaN, -1.5, true, nothing]
/** May be right: then it must be answered, or the reason told. */
const PERHAPS = [
  undefined,
  5,
  'x',
  '',
  {},
  [],
  {nodes: [1]},
  {subject: 'x', nodes: new Uint32Array([1e9])},
  new Uint32Array([1e9]),
  [5],
]

const MODULES = {library, exporting, sql, graphology, capture, record, testing}
const functions = Object.entries(MODULES).flatMap(([module, exports]) =>
  Object.entries(exports as Record<string, unknown>)
    .filter(([name, value]) => typeof value === 'function' && name !== 'HeapgraphError')
    .map(([name, value]) => ({module, name, call: value as AnyFunction})),
)

/** What it throws, or rejects with; undefined if it answers. */
async function failureOf(call: AnyFunction, all: readonly unknown[]): Promise<unknown> {
  try {
    await call(...all)
    return undefined
  } catch (error) {
    return error ?? new Error('nothing was thrown')
  }
}

function assertTold(error: unknown, what: string, code?: string): void {
  assert.ok(error instanceof library.HeapgraphError, `${what}: ${(error as Error)?.stack ?? 'no error'}`)
  if (code !== undefined) assert.equal(error.code, code, what)
  assert.doesNotMatch(error.message, /\n|undefined \(reading|is not a function/, what)
}

function withAt(all: readonly unknown[], at: number, value: unknown): unknown[] {
  return all.map((given, index) => (index === at ? value : given))
}

test('every public function is tried here, and none that is not there', () => {
  assert.deepEqual(functions.map(({name}) => name).sort(), Object.keys(RIGHT).sort())
})

test('what is never right is misuse', async () => {
  for (const {name, call} of functions) {
    for (const [at, given] of RIGHT[name].entries()) {
      for (const value of NEVER) {
        if (typeof value === 'function' && typeof given === 'function') continue
        if (name === 'formatBytes' && typeof value === 'number') continue
        assertTold(
          await failureOf(call, withAt(RIGHT[name], at, value)),
          `${name}, argument ${at}: ${String(value)}`,
          'USAGE',
        )
      }
    }
  }
})

test('what may be right is answered, or the reason is told', async () => {
  for (const {module, name, call} of functions) {
    // These write files, start programs or work for long.
    if (module === 'capture' || module === 'record' || module === 'testing') continue
    for (const at of RIGHT[name].keys()) {
      for (const value of PERHAPS) {
        const error = await failureOf(call, withAt(RIGHT[name], at, value))
        if (error !== undefined) assertTold(error, `${name}, argument ${at}: ${JSON.stringify(value)}`)
      }
    }
    if (name !== 'settleHeap') assertTold(await failureOf(call, []), `${name} without arguments`, 'USAGE')
  }
})

test('an option that does not exist is told with those that do, and a wrong value with its name', async () => {
  let options = 0
  for (const {name, call} of functions) {
    if (WITHOUT_OPTIONS.has(name)) continue
    const at = RIGHT[name].findLastIndex(given => isObject(given))
    const last = RIGHT[name][at] as object
    const error = await failureOf(call, withAt(RIGHT[name], at, {...last, noSuchOption: 1}))
    assertTold(error, `${name} with an unknown option`, 'USAGE')
    assert.match((error as Error).message, /^no option is called "noSuchOption"$/, name)
    const known =
      (error as InstanceType<typeof library.HeapgraphError>).hint?.replace('options: ', '').split(', ') ?? []
    assert.ok(known.length > 0, name)
    for (const option of known) {
      options++
      const wrong = await failureOf(call, withAt(RIGHT[name], at, {...last, [option]: Symbol('x')}))
      assertTold(wrong, `${name}: ${option}`, 'USAGE')
      assert.ok((wrong as Error).message.startsWith(`${option} is `), `${name}: ${(wrong as Error).message}`)
    }
  }
  assert.ok(options > 100, `${options} options`)
})

test('a right call is answered', async () => {
  assert.match(library.toText(graph), /^A /)
  assert.match(library.toText(library.why(snapshot, selection)), /A/)
  assert.match(library.toText(library.types(snapshot, {sort: 'count'})), /A/)
  for (const answer of [
    library.types(snapshot),
    await library.info(bytes),
    library.waste(snapshot),
    library.closures(snapshot),
    library.asyncCensus(snapshot),
    library.makers(snapshot),
  ]) {
    const {schema} = JSON.parse(library.toJson(answer)) as {schema: string}
    assert.match(schema, /^heapgraph\/\w+\/\d+$/)
  }
})
