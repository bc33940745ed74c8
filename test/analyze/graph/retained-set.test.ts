/** What sets of objects retain: against a slow twin on random heaps, on drawn ones, and in a living program's snapshot. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {selfSizes} from '../../../src/analyze/facts/self-sizes.ts'
import {retainedSizes} from '../../../src/analyze/graph/dominators.ts'
import {reachableNodes, reachableWithout} from '../../../src/analyze/graph/reachable.ts'
import {freedByCut, type RetainedSet, retainedBySet, retainedBySets} from '../../../src/analyze/graph/retained-set.ts'
import {owners} from '../../../src/analyze/owners/owners.ts'
import {select} from '../../../src/analyze/select/select.ts'
import {BitSet} from '../../../src/util/bit-set.ts'
import {heapOf} from '../../support/ascii-heap.ts'
import {enough, many, runs} from '../../support/runs.ts'
import {largeHeap, randomHeap, snapshotOf} from '../plain-heap.ts'
import {freedByHand} from '../reached-by-hand.ts'

test('random sets of random heaps', async () => {
  const question = fc.record({
    heap: randomHeap({nodes: 16, edges: 40}),
    dice: fc.array(fc.nat(4), {minLength: 16, maxLength: 16}),
  })
  const met = {freed: 0, together: 0, entries: 0}
  await fc.assert(
    fc.asyncProperty(question, async ({heap, dice}) => {
      const snapshot = await snapshotOf(heap)
      const members = [...heap.nodes.keys()].filter(node => dice[node] === 0)
      const freed = freedByHand(heap, new Set(members))
      for (const sizes of ['devtools', 'raw'] as const) {
        const self = selfSizes(snapshot, sizes)
        const {count, bytes} = retainedBySet(snapshot, members, sizes)
        assert.deepEqual({count, bytes}, {count: freed.length, bytes: freed.reduce((sum, node) => sum + self[node], 0)})
      }
      const apart = new Set(members.flatMap(node => freedByHand(heap, new Set([node]))))
      met.freed += freed.length
      met.together += freed.filter(node => !apart.has(node)).length
      met.entries += Number(heap.edges.some(({half, target}) => half === 'table' && freed.includes(target)))
    }),
    {seed: 11, numRuns: runs(2000)},
  )
  assert.ok(met.freed > enough(2000) && met.together > enough(20) && met.entries > enough(100), JSON.stringify(met))
})

test('several sets at once, each by itself, on random heaps', async () => {
  const sets = 11
  const question = fc.record({
    heap: randomHeap({nodes: 16, edges: 40}),
    dice: fc.array(fc.nat(2 ** sets - 1), {minLength: 16, maxLength: 16}),
  })
  const met = {freed: 0, held: 0, withRoot: 0}
  await fc.assert(
    fc.asyncProperty(question, async ({heap, dice}) => {
      const snapshot = await snapshotOf(heap)
      // The first has the second's members and others, as the objects asked about have an owner's; the ninth and on are a walk of their own.
      const isIn = (node: number, set: number) =>
        ((dice[node] >>> set) & 1) === 1 && (node !== snapshot.root || set > 7)
      const members = Array.from({length: sets}, (_, set) =>
        Uint32Array.from([...heap.nodes.keys()].filter(node => isIn(node, set) || (set === 0 && isIn(node, 1)))),
      )
      const self = selfSizes(snapshot, 'devtools')
      const found = retainedBySets(snapshot, members)
      for (const [i, set] of members.entries()) {
        const freed = freedByHand(heap, new Set(set))
        const {count, bytes} = found[i]
        assert.deepEqual({count, bytes}, {count: freed.length, bytes: freed.reduce((sum, node) => sum + self[node], 0)})
        assert.deepEqual(found[i], retainedBySet(snapshot, set))
        met.freed += freed.length
        met.held += Number(freed.length > set.length)
        met.withRoot += Number(set.includes(snapshot.root))
      }
    }),
    {seed: 13, numRuns: runs(1000)},
  )
  assert.ok(met.freed > enough(1000) && met.held > enough(300) && met.withRoot > enough(100), JSON.stringify(met))
})

test('random cuts of random heaps', async () => {
  const question = fc.record({
    heap: randomHeap({nodes: 16, edges: 40}),
    dice: fc.array(fc.nat(7), {minLength: 40, maxLength: 40}),
  })
  const met = {freed: 0, held: 0, entries: 0}
  await fc.assert(
    fc.asyncProperty(question, async ({heap, dice}) => {
      const snapshot = await snapshotOf(heap)
      const cut = BitSet.of(
        snapshot.edgeCount,
        [...heap.edges.keys()].filter(edge => dice[edge] === 0),
      )
      const before = reachableNodes(snapshot)
      const after = reachableWithout(snapshot, cut)
      const isFreed = freedByCut(snapshot, cut)
      for (let node = 0; node < snapshot.nodeCount; node++) {
        assert.equal(isFreed(node), before.has(node) && !after.has(node))
        met.freed += Number(isFreed(node))
      }
      met.held += cut.members().filter(edge => after.has(snapshot.edgeTarget[edge])).length
      met.entries += cut.members().filter(edge => heap.edges[edge].half !== undefined).length
    }),
    {seed: 12, numRuns: runs(2000)},
  )
  assert.ok(met.freed > enough(500) && met.held > enough(500) && met.entries > enough(500), JSON.stringify(met))
})

test('one object retains what its retained size says', async () => {
  const heap = await heapOf('root -> window -> keep -> A.b -> B.c -> C\n keep -> D.c -> C')
  const retained = retainedSizes(heap, 'devtools')
  for (let node = 0; node < heap.nodeCount; node++) {
    assert.equal(retainedBySet(heap, [node]).bytes, retained[node], heap.label(node))
  }
})

/** Two requests with a Buffer each, both cut out of one pool, which nothing else holds. */
const POOL = `
  root -> window -> list [0] -> R1.body -> B1 -internal:buffer-> Pool -internal:backing_store-> Store
  list [1] -> R2.body -> B2 -internal:buffer-> Pool
  B1: object Buffer 80
  B2: object Buffer 80
  Pool: object ArrayBuffer 100
  Store: native "system / JSArrayBufferData" 8192
  R1: object Request 16
  R2: object Request 16
`

test('what members hold together is theirs, and its backing stores are told', async () => {
  const heap = await heapOf(POOL)
  const both = [heap.node('R1'), heap.node('R2')]
  const all: RetainedSet = {count: 6, bytes: 16 + 16 + 80 + 80 + 100 + 8192, offHeapBytes: 8192}
  assert.deepEqual(retainedBySet(heap, both), all)
  assert.deepEqual(retainedBySet(heap, both.slice(0, 1)), {count: 2, bytes: 96, offHeapBytes: 0})
  const {total, owners: list} = owners(heap, select(heap, {type: 'Request'}))
  const bytes = {retainedBytes: all.bytes, retainedOffHeapBytes: 8192}
  assert.deepEqual(total, {owners: 1, selfBytes: 32, ...bytes})
  assert.deepEqual({retainedBytes: list[0].retainedBytes, retainedOffHeapBytes: list[0].retainedOffHeapBytes}, bytes)
})

test('what something else holds too is not theirs', async () => {
  const heap = await heapOf(`${POOL}\n window -> other -> Pool`)
  assert.deepEqual(retainedBySet(heap, [heap.node('R1'), heap.node('R2')]), {count: 4, bytes: 192, offHeapBytes: 0})
})

test('what nothing reaches frees nothing', async () => {
  const heap = await heapOf('root -> window -> A\n B.c -> C.b -> B')
  assert.deepEqual(retainedBySet(heap, [heap.node('B')]), {count: 0, bytes: 0, offHeapBytes: 0})
})

test('a list as long as a heap, whose links something else holds in part', () => {
  const links = many(300_000)
  // The root holds the first link and the last but one; every link the next.
  const heap = largeHeap({
    nodeCount: links + 1,
    edgeCount: links + 1,
    source: edge => Math.max(0, edge - 1),
    target: edge => (edge === 0 ? 1 : edge === 1 ? links - 1 : edge),
  })
  assert.equal(retainedBySet(heap, [1]).count, links - 2)
  assert.equal(retainedBySet(heap, [links - 1]).count, 2)
  assert.equal(retainedBySet(heap, [1, links - 1]).count, links)
})
