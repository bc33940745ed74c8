/** What goes with a cut beyond what its edges keep: timers leave Node's lists, registries let go of what they held. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {resolveCuts} from '../../../src/analyze/cuts/cuts.ts'
import {letGo} from '../../../src/analyze/cuts/let-go.ts'
import {whatIf} from '../../../src/analyze/cuts/what-if.ts'
import {reachableNodes} from '../../../src/analyze/graph/reachable.ts'
import {whatIfView} from '../../../src/graph/answer/what-if-view.ts'
import type {BitSet} from '../../../src/util/bit-set.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'
import {runs} from '../../support/runs.ts'

function told(heap: DrawnHeap, ...cuts: string[]) {
  const {after, mayGo, callbacks} = letGo(heap, resolveCuts(heap, cuts))
  const labels = (isIn: (node: number) => boolean) => heap.labels.filter((_, node) => isIn(node)).sort()
  const has = (set: BitSet) => (node: number) => set.has(node)
  return {
    freed: labels(node => reachableNodes(heap).has(node) && !after.has(node)),
    mayGo: labels(has(mayGo)),
    callbacks,
  }
}

/** `count` timers in the ring of one list, each with a callback; V8 writes `false` and `true` as nodes. */
function ring(count: number, unreferenced: readonly number[] = []): string {
  const at = (i: number) => (i === 0 || i === count + 1 ? 'list' : `Timeout${i}`)
  const lines = [
    'root -> lists [60] -> list',
    'root -> queue [1] -> list',
    'root -> roots -> no',
    'roots -> yes',
    'no: hidden false 0',
    'yes: hidden true 0',
  ]
  for (let i = 0; i <= count; i++)
    lines.push(`${at(i)}._idleNext -> ${at(i + 1)}`, `${at(i + 1)}._idlePrev -> ${at(i)}`)
  for (let i = 1; i <= count; i++) {
    lines.push(`Timeout${i}._onTimeout -> call${i}`, `Timeout${i}._destroyed -> no`, `call${i}: closure call 64`)
    lines.push(`Timeout${i}."<symbol refed>" -> ${unreferenced.includes(i) ? 'no' : 'yes'}`)
  }
  return lines.join('\n')
}

const idOf = (heap: DrawnHeap, label: string) => `@${heap.nodeId[heap.labels.indexOf(label)]}`
const clearing = (heap: DrawnHeap, timer: string) =>
  `${idOf(heap, timer)} -> ${idOf(heap, timer.replace('Timeout', 'call'))}`

test('a timer that is cleared goes, and the others of its list stay', async () => {
  const heap = await heapOf(ring(3))
  assert.deepEqual(told(heap, clearing(heap, 'Timeout2')).freed, ['Timeout2', 'call2'])
  const two = [clearing(heap, 'Timeout1'), clearing(heap, 'Timeout3')]
  assert.deepEqual(told(heap, ...two).freed, ['Timeout1', 'Timeout3', 'call1', 'call3'])
})

test('with its last timer a list goes, unless that was unref’d', async () => {
  const all = ['Timeout1', 'Timeout2']
  const heap = await heapOf(ring(2))
  const {freed} = told(heap, ...all.map(timer => clearing(heap, timer)))
  assert.deepEqual(freed, ['Timeout1', 'Timeout2', 'call1', 'call2', 'list'])
  const kept = await heapOf(ring(2, [1, 2]))
  assert.deepEqual(told(kept, ...all.map(timer => clearing(kept, timer))).freed, [
    'Timeout1',
    'Timeout2',
    'call1',
    'call2',
  ])
})

test('a timer that the program has stays, without what it calls', async () => {
  const heap = await heapOf(`${ring(2)}\nroot -> Service.timer -> Timeout1`)
  assert.deepEqual(told(heap, clearing(heap, 'Timeout1')).freed, ['call1'])
})

test('of any list any timers', async () => {
  const input = fc
    .integer({min: 1, max: 8})
    .chain(count => fc.tuple(fc.constant(count), fc.uniqueArray(fc.integer({min: 1, max: count}), {minLength: 1})))
  await fc.assert(
    fc.asyncProperty(input, async ([count, cleared]) => {
      const heap = await heapOf(`${ring(count)}`)
      const {freed} = told(heap, ...cleared.map(i => clearing(heap, `Timeout${i}`)))
      const gone = cleared.flatMap(i => [`Timeout${i}`, `call${i}`])
      assert.deepEqual(freed, [...gone, ...(cleared.length === count ? ['list'] : [])].sort())
    }),
    {numRuns: runs(200)},
  )
})

/** Two objects that a registry watches, each with something held for it. */
const REGISTRY = `
  root -> keep.first -> Watched1
  root -> keep.second -> Watched2
  root -> registry -hidden:4-> cell1 -hidden:3-> cell2 -hidden:2-> cell1
  cell1 -hidden:0-> registry
  cell2 -hidden:0-> registry
  cell1 -hidden:1-> Held1
  cell2 -hidden:1-> Held2
  cell1 -weak:target-> Watched1
  cell2 -weak:target-> Watched2
  registry: object FinalizationRegistry 80
  cell1: hidden "system / WeakCell" 72
  cell2: hidden "system / WeakCell" 72`

test('what a registry holds for an object goes once that is gone; the next cell stays', async () => {
  const heap = await heapOf(REGISTRY)
  assert.deepEqual(told(heap, 'keep.first'), {freed: ['Held1', 'Watched1', 'cell1'], mayGo: [], callbacks: 1})
  assert.deepEqual(told(heap, 'keep.second'), {freed: ['Held2', 'Watched2', 'cell2'], mayGo: [], callbacks: 1})
  const both = ['Held1', 'Held2', 'Watched1', 'Watched2', 'cell1', 'cell2']
  assert.deepEqual(told(heap, 'keep.first', 'keep.second'), {freed: both, mayGo: [], callbacks: 2})
})

test('what is held for an object and has that object keeps it for good', async () => {
  const heap = await heapOf(`${REGISTRY}\nHeld1.of -> Watched1`)
  assert.deepEqual(told(heap, 'keep.first'), {freed: [], mayGo: [], callbacks: 0})
})

test('what is held for an object may keep the next one: another collection frees that', async () => {
  const heap =
    await heapOf(`${REGISTRY}\nHeld1.of -> Only\ncell2 -weak:unregister_token-> Only\ncell3 -weak:target-> Only
    cell2 -hidden:3-> cell3 -hidden:1-> Held3
    cell3: hidden "system / WeakCell" 72`)
  assert.deepEqual(told(heap, 'keep.first'), {
    freed: ['Held1', 'Held3', 'Only', 'Watched1', 'cell1', 'cell3'],
    mayGo: ['Held2', 'cell2'],
    callbacks: 2,
  })
})

test('empty WeakRefs may go with the keys that lead to them, if a callback runs', async () => {
  const refs = `
    root -> cache -internal:table-> table
    table -internal:5-> key
    table -internal:6-> ref
    root -> refs [0] -> other
    key: string "the key" 24
    ref: object WeakRef 32
    other: object WeakRef 32
    table: array "" ${16 + 8 * (3 + 2 + 4 * 3)}
    ref -weak:target-> Watched1
    other -weak:target-> Watched2`
  const heap = await heapOf(`${REGISTRY}${refs}`)
  assert.deepEqual(told(heap, 'keep.first').mayGo, ['key', 'ref'])
  const {limits, callbacks, mayGo} = whatIfView(whatIf(heap, ['keep.first']))
  assert.deepEqual([callbacks, mayGo], [1, {count: 2, selfBytes: 56}])
  assert.match(limits.join('\n'), /^2 more objects, 56 B, may go once 1 callback of FinalizationRegistries has run/m)
  const without = await heapOf(`root -> keep.first -> Watched1\nroot -> keep.second -> Watched2${refs}`)
  assert.deepEqual(told(without, 'keep.first'), {freed: ['Watched1'], mayGo: [], callbacks: 0})
})
