/** The dominator tree in speedscope: every frame as wide as what its object retains, whatever was left out. */
import assert from 'node:assert/strict'
import {join} from 'node:path'
import {test} from 'node:test'
import fc from 'fast-check'
import {type DominatorsOptions, dominators} from '../../src/analyze/answers/dominator-view.ts'
import {selfSizes} from '../../src/analyze/facts/self-sizes.ts'
import {dominatorTree, retainedSizes} from '../../src/analyze/graph/dominators.ts'
import {toSpeedscope} from '../../src/emit/interchange/speedscope.ts'
import {FLAME_LIMITS, flameView} from '../../src/graph/views/flame-view.ts'
import type {Snapshot} from '../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {largeHeap, randomHeap, snapshotOf} from '../analyze/plain-heap.ts'
import {ROOT} from '../cli/cli.ts'
import {terminalHazard} from '../emit/hostile.ts'
import {heapOf} from '../support/ascii-heap.ts'

interface File {
  $schema: string
  exporter: string
  name: string
  activeProfileIndex: number
  shared: {frames: {name: string; file?: string; line?: number}[]}
  profiles: {
    type: string
    name: string
    unit: string
    startValue: number
    endValue: number
    events: {type: string; frame: number; at: number}[]
  }[]
}

interface Measured {
  name: string
  /** Index of the frame below; -1 for the first. */
  parent: number
  total: number
  self: number
}

/** Goes through the events as speedscope does, and holds them to what its schema and its importer ask for. */
function measure(text: string): Measured[] {
  const file: File = JSON.parse(text)
  assert.equal(file.$schema, 'https://www.speedscope.app/file-format-schema.json')
  assert.equal(file.profiles.length, 1)
  const [{type, unit, startValue, endValue, events}] = file.profiles
  assert.deepEqual([type, unit, startValue], ['evented', 'bytes', 0])
  const frames: (Measured & {begin: number})[] = []
  const open: number[] = []
  let last = 0
  for (const {type, frame, at} of events) {
    assert.ok(at >= last && at <= endValue, 'events in order')
    if (open.length > 0) frames[open[open.length - 1]].self += at - last
    last = at
    if (type === 'O') {
      assert.equal(frames[frame], undefined, 'a frame of its own for each object')
      const {name} = file.shared.frames[frame]
      frames[frame] = {name, parent: open.at(-1) ?? -1, total: 0, self: 0, begin: at}
      open.push(frame)
    } else {
      assert.equal(type, 'C')
      assert.equal(open.pop(), frame, 'the last one opened is the first one closed')
      frames[frame].total = at - frames[frame].begin
    }
  }
  assert.equal(open.length, 0)
  assert.equal(last, endValue)
  assert.equal(frames.filter(Boolean).length, file.shared.frames.length)
  return frames.map(({begin, ...measured}) => measured)
}

function flame(snapshot: Snapshot, options: DominatorsOptions = FLAME_LIMITS): Measured[] {
  return measure(toSpeedscope(flameView(dominators(snapshot, options))))
}

function idIn(name: string): number {
  return Number(/.* @(\d+)/s.exec(name)?.[1] ?? Number.NaN)
}

/** Totals are retained sizes, what is a frame's own is its self size, and frames stand on their dominators. */
function check(snapshot: Snapshot, frames: Measured[], options: DominatorsOptions): void {
  const {sizes = 'devtools'} = options
  const retained = retainedSizes(snapshot, sizes)
  const self = selfSizes(snapshot, sizes)
  const {dominator} = dominatorTree(snapshot)
  const nodeOfId = new Map(Array.from(snapshot.nodeId, (id, node) => [id, node]))
  for (const frame of frames) {
    if (/^\([\d,]+ more objects?\)$/.test(frame.name)) continue
    const node = nodeOfId.get(idIn(frame.name))!
    assert.equal(frame.total, retained[node], frame.name)
    assert.equal(frame.self, self[node], frame.name)
    if (frame.parent >= 0) assert.equal(idIn(frames[frame.parent].name), snapshot.nodeId[dominator[node]])
  }
}

test('a small tree, frame by frame', async () => {
  const heap = await heapOf(`
    root -> Server.cache -> Map -> a
    Map -> b
    Map -> c
    Server -> small
    Server: object Server 100 @11
    Map: object Map 50 @13
    a: string a 400 @15
    b: string b 300 @17
    c: string c 2 @19
    small: string small 1 @21
  `)
  assert.deepEqual(flame(heap, {depth: 9, fan: 9, minShare: 0.01}), [
    {name: '(root) @1', parent: -1, total: 853, self: 0},
    {name: 'Server @11', parent: 0, total: 853, self: 100},
    {name: 'Map @13', parent: 1, total: 752, self: 50},
    {name: '(string) @15', parent: 2, total: 400, self: 0 + 400},
    {name: '(string) @17', parent: 2, total: 300, self: 300},
    {name: '(1 more object)', parent: 1, total: 1, self: 1},
    {name: '(1 more object)', parent: 2, total: 2, self: 2},
  ])
})

test('sums are exact on random heaps, whatever is left out', async () => {
  const limits = fc.record({
    depth: fc.nat(4),
    fan: fc.nat(4),
    minShare: fc.constantFrom(0, 0.01, 0.1, 0.5),
    sizes: fc.constantFrom('devtools' as const, 'raw' as const),
  })
  await fc.assert(
    fc.asyncProperty(randomHeap(), limits, async (heap, options) => {
      const snapshot = await snapshotOf(heap)
      const frames = flame(snapshot, options)
      check(snapshot, frames, options)
      assert.equal(frames[0].total, retainedSizes(snapshot, options.sizes)[snapshot.root])
      assert.equal(
        frames.reduce((sum, {self}) => sum + self, 0),
        frames[0].total,
      )
    }),
  )
})

test('a real heap: all that retains 0.01 % of it has a frame, with its place in the code', async () => {
  const snapshot = await openSnapshot(join(ROOT, 'fixtures/snapshots/buffer-cache.node20.heapsnapshot.gz'))
  const frames = flame(snapshot)
  check(snapshot, frames, FLAME_LIMITS)
  const retained = retainedSizes(snapshot, 'devtools')
  const large = retained.filter(bytes => bytes >= FLAME_LIMITS.minShare * retained[snapshot.root]).length
  const objects = frames.filter(({name}) => !name.includes('more object'))
  assert.equal(objects.length, large)
  const file: File = JSON.parse(toSpeedscope(flameView(dominators(snapshot, FLAME_LIMITS))))
  const cache = file.shared.frames.find(({name}) => name.startsWith('RequestCache @'))
  assert.match(cache?.file ?? '', /buffer-cache\.cjs$/)
  assert.equal(cache?.line, 7)
  assert.match(cache?.name ?? '', /^RequestCache @\d+ .*buffer-cache\.cjs:7$/)
})

test('a list of a hundred thousand is cut where the limit is, and still sums up', () => {
  const heap = largeHeap({nodeCount: 100_000, edgeCount: 99_999, source: edge => edge, target: edge => edge + 1})
  const frames = flame(heap)
  assert.equal(frames.length, FLAME_LIMITS.depth + 2)
  assert.equal(frames[0].total, 1_600_000)
  assert.equal(frames.at(-1)?.name, '(1 more object)')
  assert.equal(frames.at(-1)?.total, 1_600_000 - 16 * (FLAME_LIMITS.depth + 1))
})

test('part of the tree, and a heap without a byte', async () => {
  const heap = await heapOf('root -> A -> B\nA -> C\nroot -> D', {selfBytes: 8})
  assert.deepEqual(
    flame(heap, {...FLAME_LIMITS, node: heap.node('A')}).map(({name, total}) => [name, total]),
    [
      ['A @3', 24],
      ['B @5', 8],
      ['C @7', 8],
    ],
  )
  const empty = await heapOf('root -> A', {selfBytes: 0})
  assert.deepEqual(flame(empty), [
    {name: '(root) @1', parent: -1, total: 0, self: 0},
    {name: '(1 more object)', parent: 0, total: 0, self: 0},
  ])
})

test('names out of the heap are safe to show', async () => {
  const heap = await heapOf(String.raw`root -> A
    A: object "\u001b[31m\u202e<script>" 100`)
  const text = toSpeedscope(flameView(dominators(heap, FLAME_LIMITS)))
  assert.doesNotMatch(text, terminalHazard)
  assert.match(JSON.parse(text).shared.frames[1].name, /^\\u\{1b\}\[31m\\u\{202e\}<script> @3$/)
})
