/** `growth` and `leaks` on programs whose leaks are planted, against DevTools' own comparison, and on what has none. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {createGunzip} from 'node:zlib'
import fc from 'fast-check'
import {growth, growthStep, typeGroups} from '../../../src/analyze/growth/growth.ts'
import {property, type StepValue} from '../../../src/explain/code/step.ts'
import {stepWords} from '../../../src/explain/code/step-words.ts'
import {containerSteps} from '../../../src/explain/owners/owner-words.ts'
import {
  agreement,
  findLeaks,
  type GrowthSample,
  type GrowthViewOptions,
  growthText,
  growthView,
  idSample,
  type LeaksView,
  leaksGraph,
  leaksText,
  leaksView,
  openSnapshot,
  type Snapshot,
  sampleGrowth,
  sampleLeaks,
  suspectsText,
  suspectsView,
  whatIf,
} from '../../../src/index.ts'
import {placeOfRow} from '../../../src/snapshot/code/places.ts'
import {type Heap, type HeapEdge, textOf} from '../../devtools/heaps.ts'
import {heapText} from '../../support/ascii-heap.ts'
import {HANG_MS} from '../../support/limits.ts'
import {enough, runs} from '../../support/runs.ts'
import {devToolsSnapshot} from '../devtools.ts'

/** `script:line:column` of a row, for those who need no words. */
function plainPlace(snapshot: Snapshot): (row: number) => string {
  return row => {
    const place = placeOfRow(snapshot, row)
    return place === undefined ? '' : `${place.script}:${place.line}:${place.column}`
  }
}

const FIXTURES = fileURLToPath(new URL('../../../fixtures/', import.meta.url))
const fileOf = (name: string) => `${FIXTURES}snapshots/${name}.heapsnapshot.gz`
const open = (name: string) => openSnapshot(fileOf(name))

const GROWING = ['growing.node20.base', 'growing.node20.target', 'growing.node20.final']
const AGAIN = ['growing.node20.base', 'growing-again.node20.target', 'growing-again.node20.final']
const CONTROL = ['growing-control.node20.base', 'growing-control.node20.target', 'growing-control.node20.final']

interface Planted {
  type: string
  holder: string
  place: string
  kind: string
  perRound: number
}

const PAGE = ['leaking-page.chromium.base', 'leaking-page.chromium.target', 'leaking-page.chromium.final']

const plantedIn = (program: string): Planted[] =>
  JSON.parse(readFileSync(`${FIXTURES}programs/${program}.truth.json`, 'utf8')).leaks
const PLANTED = plantedIn('growing')

async function grown(names: readonly string[], options: GrowthViewOptions = {}) {
  const takes: GrowthSample[] = []
  let last = await open(names[0])
  takes.push(sampleGrowth(last, takes, options))
  for (const name of names.slice(1)) {
    last = await open(name)
    takes.push(sampleGrowth(last, takes, options))
  }
  return growthView(takes, last, options)
}

async function leaking(names: readonly string[]): Promise<LeaksView> {
  const takes = []
  for (const name of names.slice(0, -1)) takes.push(sampleLeaks(await open(name)))
  return leaksView(findLeaks(takes, await open(names[names.length - 1])))
}

test('ids agree within a process, and not between two runs of one program', async () => {
  const sample = idSample(await open(GROWING[0]))
  const within = agreement(sample, await open(GROWING[2]))
  assert.equal(within.sameProcess, true)
  assert.ok(within.common > 40_000)
  const between = agreement(sample, await open(AGAIN[2]))
  assert.equal(between.sameProcess, false)
  assert.ok(between.equal / between.common < 0.95, JSON.stringify(between))
})

test('ids do not agree after an inspector has connected anew', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heapgraph-test-'))
  // The chunks are there when the promise is kept; when the call returns, some versions of Node have yet to tell of them.
  const program = `
    const {Session} = require('inspector/promises'), fs = require('fs')
    globalThis.kept = Array.from({length: 2000}, (_, i) => ({i}))
    async function take(session, file) {
      const out = fs.openSync(file, 'w')
      const write = ({params}) => fs.writeSync(out, params.chunk)
      session.on('HeapProfiler.addHeapSnapshotChunk', write)
      await session.post('HeapProfiler.enable')
      await session.post('HeapProfiler.takeHeapSnapshot')
      session.off('HeapProfiler.addHeapSnapshotChunk', write)
    }
    async function run() {
      const first = new Session(); first.connect()
      await take(first, 'a'); await take(first, 'b'); first.disconnect()
      globalThis.more = Array.from({length: 20000}, (_, i) => [i])
      const second = new Session(); second.connect(); await take(second, 'c')
    }
    run()`
  try {
    execFileSync(process.execPath, ['-e', program], {timeout: HANG_MS, cwd: folder, env: {PATH: process.env.PATH}})
    const sample = idSample(await openSnapshot(join(folder, 'a')))
    assert.equal(agreement(sample, await openSnapshot(join(folder, 'b'))).sameProcess, true)
    const anew = agreement(sample, await openSnapshot(join(folder, 'c')))
    assert.equal(anew.sameProcess, false, JSON.stringify(anew))
  } finally {
    rmSync(folder, {recursive: true})
  }
})

test('snapshots without a common id are of different processes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heapgraph-test-'))
  try {
    const [a, b] = ['a', 'b'].map(name => join(folder, name))
    writeFileSync(a, heapText('root -> A\n  A: object A 16 @101\n  root: synthetic "" 0 @1'))
    writeFileSync(b, heapText('root -> A\n  A: object A 16 @201\n  root: synthetic "" 0 @3'))
    const found = agreement(idSample(await openSnapshot(a)), await openSnapshot(b))
    assert.deepEqual(found, {common: 0, equal: 0, sameProcess: false})
  } finally {
    rmSync(folder, {recursive: true})
  }
})

/** DevTools' row without the number of the script, which we tell by name: `line,column,Name`. */
interface Sums {
  added: number
  removed: number
  addedBytes: number
  removedBytes: number
}

function addTo(rows: Map<string, Sums>, key: string, [added, removed, addedBytes, removedBytes]: number[]): void {
  const row = rows.get(key) ?? {added: 0, removed: 0, addedBytes: 0, removedBytes: 0}
  row.added += added
  row.removed += removed
  row.addedBytes += addedBytes
  row.removedBytes += removedBytes
  rows.set(key, row)
}

/** DevTools' worker, as its panel calls it (HeapSnapshotDataGrids.ts, `HeapSnapshotDiffDataGrid.setBaseDataSource`). */
interface Comparable {
  uid: string
  interfaceDefinitions(): string
  aggregatesForDiff(definitions: string): unknown
  calculateSnapshotDiff(uid: string, aggregates: unknown): Record<string, Record<string, number>>
}

const PAIRS = [GROWING, CONTROL, PAGE].flatMap(([base, target, final]) => [
  [base, target],
  [target, final],
  [base, final],
])

/** What DevTools' comparison adds and removes, by our rows. */
async function devToolsChanges(olderText: Readable, newerText: Readable): Promise<Map<string, Sums>> {
  const older = (await devToolsSnapshot(olderText)) as unknown as Comparable
  const newer = (await devToolsSnapshot(newerText)) as unknown as Comparable
  const rows = new Map<string, Sums>()
  const aggregates = older.aggregatesForDiff(newer.interfaceDefinitions())
  for (const [key, row] of Object.entries(newer.calculateSnapshotDiff(older.uid, aggregates))) {
    const [, line = '', column = '', name = key] = /^(?:\d+,(\d+),(\d+))?,(.*)$/s.exec(key) ?? []
    const {addedCount, removedCount, addedSize, removedSize} = row
    const place = line === '' ? '' : `:${Number(line) + 1}:${Number(column) + 1}`
    addTo(rows, `${name}${place}`, [addedCount, removedCount, addedSize, removedSize])
  }
  return new Map([...rows].sort())
}

function ourChanges(older: Snapshot, newer: Snapshot): Map<string, Sums> {
  older.useShapes(newer.shapes())
  const [first, last] = [older, newer].map(snapshot =>
    growthStep(snapshot, typeGroups(snapshot, plainPlace(snapshot)), {retained: false}),
  )
  const sameProcess = {common: 1, equal: 1, sameProcess: true}
  const {rows} = growth([first, last], [sameProcess], sameProcess, {limit: Number.POSITIVE_INFINITY})
  const changes = new Map<string, Sums>()
  for (const {name, place, identity} of rows) {
    assert.ok(identity)
    const {added, removed, addedBytes, removedBytes} = identity
    if (added + removed === 0) continue
    addTo(changes, `${name}${/(?::\d+:\d+)?$/.exec(place)?.[0]}`, [added, removed, addedBytes, removedBytes])
  }
  return new Map([...changes].sort())
}

for (const [older, newer] of PAIRS) {
  test(`${older} and ${newer}: what is added and removed equals DevTools' comparison`, async () => {
    const text = (name: string) => createReadStream(fileOf(name)).pipe(createGunzip()).setEncoding('utf8')
    const theirs = await devToolsChanges(text(older), text(newer))
    assert.ok(theirs.size > 10)
    assert.deepEqual(ourChanges(await open(older), await open(newer)), theirs)
  })
}

test("pairs whose plain objects have other shapes equal DevTools' comparison", async () => {
  const names = fc.subarray(['a', 'b', 'c', 'd', 'e'], {minLength: 1})
  const objects = fc.array(fc.tuple(fc.integer({min: 5, max: 40}), names), {minLength: 4, maxLength: 30})
  const heapWith = (some: [number, string[]][]): Heap => {
    const ids = new Map(some.map(([id, properties]) => [2 * id + 1, properties]))
    const nodes: Heap['nodes'] = [
      {kind: 'synthetic', name: '', id: 1, selfBytes: 0},
      {kind: 'object', name: 'Leaf', id: 3, selfBytes: 16},
      ...Array.from(ids.keys(), (id): Heap['nodes'][number] => ({kind: 'object', name: 'Object', id, selfBytes: 24})),
    ]
    const held = nodes.slice(1).map((_, i): HeapEdge => ({source: 0, target: i + 1, kind: 'element', name: i + 1}))
    const properties = [...ids.values()].flatMap((names, i) =>
      names.map((name): HeapEdge => ({source: i + 2, target: 1, kind: 'property', name})),
    )
    return {nodes, edges: [...held, ...properties]}
  }
  let changed = 0
  const property = fc.asyncProperty(objects, objects, async (older, newer) => {
    const texts = [older, newer].map(some => textOf(heapWith(some)))
    const [first, last] = await Promise.all(texts.map(text => openSnapshot(Buffer.from(text))))
    const [theirFirst, theirLast] = texts.map(text => Readable.from([text]))
    const own = new Set(first.shapes().map(({text}) => text))
    if (last.shapes().some(({text}) => !own.has(text))) changed++
    assert.deepEqual(ourChanges(first, last), await devToolsChanges(theirFirst, theirLast))
  })
  await fc.assert(property, {seed: 14, numRuns: runs(60)})
  assert.ok(changed > enough(20), `${changed} pairs differ in their shapes`)
})

test('every type of a planted leak has grown in every step, by as many as were planted', async () => {
  const view = await grown(GROWING, {retained: false, limit: 1000})
  for (const {type, perRound} of PLANTED) {
    if (type === '(string)') continue
    const row = view.rows.find(({name}) => name === type)
    assert.ok(row, type)
    assert.deepEqual(row.counts, [perRound, 2 * perRound, 3 * perRound])
    assert.equal(row.trend, 'grew every step')
  }
})

test('collections are named with their history', async () => {
  for (const names of [GROWING, AGAIN]) {
    const {collections} = await grown(names, {retained: false})
    const found = collections.map(
      ({name, type, place, entries}) => `${name} ${type} (${place})  ${entries.join(' → ')}`,
    )
    assert.ok(found.includes('sessions Map (src/seven-leaks/sessions.mjs:9)  50 → 100 → 150'), found.join('\n'))
    assert.ok(found.includes('openRequests Array (src/seven-leaks/requests.mjs:15)  20 → 40 → 60'), found.join('\n'))
  }
  assert.deepEqual((await grown(CONTROL, {retained: false})).collections, [])
})

test('by holder and by path, the same grew in another process', async () => {
  for (const by of ['holder', 'path'] as const) {
    const [one, other] = [await grown(GROWING, {by}), await grown(AGAIN, {by})]
    assert.equal(one.agreement.sameProcess, true)
    assert.equal(other.agreement.sameProcess, false)
    const ofSessions = (view: typeof one) =>
      view.rows
        .filter(({name}) => name.includes('sessions'))
        .map(({name, counts, selfBytes}) => ({name, counts, selfBytes}))
    assert.ok(ofSessions(one).length > 0)
    assert.deepEqual(ofSessions(other), ofSessions(one))
    assert.ok(other.rows.every(({added}) => added === null))
  }
})

test('the new objects are those whose ids the first snapshot does not have', async () => {
  const {fresh} = await grown(GROWING, {fresh: true, limit: 100_000})
  const [base, final] = [await open(GROWING[0]), await open(GROWING[2])]
  const ids = new Set(base.nodeId)
  const sessions = fresh?.rows.filter(({type}) => type === 'Session') ?? []
  assert.equal(sessions.length, 100)
  assert.ok(fresh?.rows.every(({id}) => !ids.has(id)))
  assert.equal(new Set(fresh?.rows.map(({id}) => id)).size, fresh?.count)
  assert.ok(final.nodeId.includes(sessions[0].id))
  const other = await grown(AGAIN, {fresh: true})
  assert.equal(other.fresh, null)
  assert.match(other.limits.join(), /new objects cannot be identified/)
})

for (const [names, confidence, planted] of [
  [GROWING, 'high', PLANTED],
  [AGAIN, 'medium', PLANTED],
  [PAGE, 'high', plantedIn('leaking-page')],
] as const) {
  test(`${names[2]}: every planted leak is named with its holder, file and line, and nothing else`, async () => {
    const {rows, total} = await leaking(names)
    assert.equal(total.rows, planted.length)
    for (const {type, holder, place, kind, perRound} of planted) {
      const found = rows.find(row => row.types.some(one => one.type === type) && row.place === place)
      assert.ok(found, `${type} ${place}`)
      assert.deepEqual([found.holder, found.kind, found.confidence], [holder, kind, confidence])
      // With ids, those made between base and target that are still there; without, all that came after base.
      const count = found.types.find(one => one.type === type)?.count
      assert.equal(count, confidence === 'high' ? perRound : 2 * perRound, type)
      assert.notEqual(found.advice, '')
      assert.notEqual(found.path, '')
    }
  })
}

test('nothing leaks in the control, with two snapshots or three, nor in a snapshot and itself', async () => {
  for (const names of [CONTROL, [CONTROL[0], CONTROL[2]], [CONTROL[1], CONTROL[2]], [GROWING[0], GROWING[0]]]) {
    const view = await leaking(names)
    assert.deepEqual(view.rows, [])
    assert.match(leaksText(view), /nothing leaks/)
  }
  const still = await grown([GROWING[0], GROWING[0]], {fresh: true})
  assert.deepEqual([still.rows, still.fresh?.rows], [[], []])
  assert.match(growthText(still), /nothing grew/)
})

test('the sums by type are those of plain counting, on random pairs of heaps', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heapgraph-test-'))
  const heaps = fc.array(fc.record({id: fc.integer({min: 1, max: 40}), type: fc.constantFrom('A', 'B', 'C')}), {
    maxLength: 20,
  })
  const once = (objects: {id: number; type: string}[]) => new Map(objects.map(({id, type}) => [id, type]))
  try {
    await fc.assert(
      fc.asyncProperty(heaps, heaps, async (a, b) => {
        const steps = []
        for (const objects of [once(a), once(b)]) {
          const lines = [...objects].map(([id, type]) => `root -> n${id}\n  n${id}: object ${type} 16 @${id * 2 + 1}`)
          writeFileSync(join(folder, 'x'), heapText(['root -> z', '  z: object Z 16 @999', ...lines].join('\n  ')))
          const snapshot = await openSnapshot(join(folder, 'x'))
          steps.push(growthStep(snapshot, typeGroups(snapshot, plainPlace(snapshot)), {retained: false}))
        }
        const same = {common: 1, equal: 1, sameProcess: true}
        const {rows} = growth(steps, [same], same)
        const [first, last] = [once(a), once(b)]
        for (const type of ['A', 'B', 'C']) {
          const of = (one: Map<number, string>) => [...one].filter(([, name]) => name === type).map(([id]) => id)
          const added = of(last).filter(id => first.get(id) !== type).length
          const removed = of(first).filter(id => last.get(id) !== type).length
          const row = rows.find(({name}) => name === type)
          assert.deepEqual([row?.identity?.added ?? 0, row?.identity?.removed ?? 0], [added, removed])
          if (row) assert.deepEqual(row.counts, [of(first).length, of(last).length])
        }
      }),
      {numRuns: runs(50)},
    )
  } finally {
    rmSync(folder, {recursive: true})
  }
})

test('rows are those that changed most, up or down, and what merely was replaced is no row', async () => {
  const view = await grown([GROWING[2], GROWING[0]], {retained: false, limit: 5})
  const changes = view.rows.map(({selfBytes}) => selfBytes[1] - selfBytes[0])
  assert.deepEqual(
    changes,
    changes.toSorted((a, b) => b - a),
  )
  assert.ok(changes.at(-1)! < -100_000)
  const all = await grown([GROWING[2], GROWING[0]], {retained: false, limit: 10_000})
  assert.equal(all.rows.length, all.total.rows - all.total.replaced)
  assert.ok(all.total.replaced > 0)
})

test('what gathers much of a heap is a suspect, by its holder, file and line; its advice frees it', async () => {
  const snapshot = await open('buffer-cache.node20')
  const {rows} = suspectsView(snapshot)
  assert.equal(rows.length, 1)
  const [row] = rows
  assert.deepEqual(
    [row.holder, row.place, row.kind, row.accumulation?.type],
    ['cache.entries', 'src/buffer-cache.cjs:8', 'cache without limit', 'Map'],
  )
  assert.equal(row.offHeapBytes, 614_400)
  const {total} = whatIf(snapshot, row.cuts)
  assert.ok(total.selfBytes > 0.99 * row.retainedBytes && total.selfBytes < 1.01 * row.retainedBytes)
  assert.match(suspectsText(suspectsView(snapshot, {minShare: 0.5})), /nothing stands out/)
})

test('instances that several holders share are a suspect of their class', async () => {
  const {rows} = suspectsView(await open('srv.node20'), {minShare: 0.02})
  assert.deepEqual(
    rows.map(({instances}) => instances),
    [{type: 'UserRecord', count: 320}],
  )
  assert.equal(rows[0].also.length, 2)
})

test('the cut that is offered for a leak frees what it says', async () => {
  const {rows} = await leaking(GROWING)
  const last = await open(GROWING[2])
  for (const {cuts, exampleId, holder} of rows) {
    assert.ok(cuts.length > 0, holder)
    const gone = whatIf(last, cuts)
    assert.ok(gone.total.count > 0, holder)
    const example = [...last.nodeId].indexOf(exampleId)
    const {nodeKind, nodeName} = last
    assert.ok(
      gone.rows.some(row => row.type === last.types.names[last.types.ofNode[example]]),
      `${holder} ${nodeKind[example]} ${nodeName[example]}`,
    )
  }
})

test('the picture of leaks has the suspects of the text, each apart with its number, and says which are left out', async () => {
  const takes = []
  for (const name of GROWING.slice(0, -1)) takes.push(sampleLeaks(await open(name)))
  const last = await open(GROWING[2])
  for (const limit of [PLANTED.length, 2]) {
    const answer = findLeaks(takes, last, {limit})
    const graph = leaksGraph(answer, 'leaks')
    const {rows} = leaksView(answer)
    const {frames = [], chains, owners, limits} = graph.getAttributes()
    assert.equal(rows.length, limit)
    assert.equal(owners?.list.length, limit)
    assert.deepEqual(
      frames.map(({title}) => title.split(/[ :]/).slice(0, 2)),
      rows.map(({holder}, i) => [`${i + 1}.`, ...holder.split(/[ :]/)].slice(0, 2)),
    )
    assert.equal(frames.flatMap(({nodes}) => nodes).length, graph.order, 'no card is in two frames')
    assert.equal(new Set(frames.flatMap(({nodes}) => nodes)).size, graph.order)
    for (const {cut} of chains) assert.ok(cut !== undefined && graph.hasEdge(cut))
    assert.equal(
      limits.some(sentence => sentence.startsWith(`${limit} of ${PLANTED.length} suspects`)),
      limit < PLANTED.length,
    )
  }
})

test('a holder that ends in an entry is told by its collection', () => {
  const variable = (name: string): StepValue => ({kind: 'scopeVariable', name, ofModule: true})
  const cases: [steps: StepValue[], kept: number][] = [
    [[variable('store'), property('sessions'), property('a key', true)], 2],
    [[variable('theThing'), {kind: 'repeat', steps: [property('someMethod'), variable('thing')], isSame: true}], 1],
    [[variable('byId'), {kind: 'mapValue', key: '"k"'}, property('body')], 1],
    [[{kind: 'element', index: 3}], 1],
    [[variable('byId'), property('body')], 2],
  ]
  for (const [values, kept] of cases) {
    const steps = values.map(value => ({...aStep, value, ...stepWords(value)}))
    assert.equal(containerSteps(steps).length, kept, steps.map(({text}) => text).join(''))
  }
})

const aStep = {node: 0, firstEdge: 0, endEdge: 1, times: 1, place: '', inCode: true, functionName: ''}
