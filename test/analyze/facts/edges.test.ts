import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {retainingEdges} from '../../../src/analyze/facts/edge-policy.ts'
import {sourceOf} from '../../../src/snapshot/columns/retainers.ts'
import {heapOf} from '../../support/ascii-heap.ts'
import {enough, many, runs} from '../../support/runs.ts'
import {largeHeap, type PlainEdge, randomHeap, snapshotOf} from '../plain-heap.ts'

/** The rule, said of one edge. */
function keepsAlive({source, target, kind, half}: PlainEdge): boolean {
  if (kind === 'weak') return false
  if (source === target) return false
  if (kind === 'shortcut' && source !== 0) return false
  // The generator knows which half of a WeakMap entry it made; the code under test has the name only.
  return half !== 'table'
}

test('retaining edges: each edge by the rule', async () => {
  const seen = {yes: 0, no: 0, table: 0}
  await fc.assert(
    fc.asyncProperty(randomHeap({edges: 40}), async heap => {
      const retaining = retainingEdges(await snapshotOf(heap))
      heap.edges.forEach((edge, ordinal) => {
        assert.equal(retaining.has(ordinal), keepsAlive(edge), JSON.stringify(edge))
        seen[keepsAlive(edge) ? 'yes' : 'no']++
        if (edge.half === 'table') seen.table++
      })
    }),
    {seed: 1, numRuns: runs(1000)},
  )
  assert.ok(seen.yes > enough(4000) && seen.no > enough(4000) && seen.table > enough(500), JSON.stringify(seen))
})

// root ══▶ A ──▶ B ──▶ B       shortcuts count at the root only, self edges never,
//          ├┄┄▶ C              weak ones never,
//          ├──▶ C, ├──▶ C      parallel ones each
//          └══▶ D
test('retaining edges, drawn', async () => {
  const heap = await heapOf(`
    root -shortcut:window-> A.b -> B.self -> B
    A -weak:w-> C
    A.c1 -> C
    A [3] -> C
    A -shortcut:s-> D
  `)
  const retaining = retainingEdges(heap)
  const kept = Array.from({length: heap.edgeCount}, (_, edge) => retaining.has(edge))
  assert.deepEqual(kept, [true, true, false, true, true, false, false])
  assert.equal(retainingEdges(heap), retaining)
})

test('retainers: a scan of all edges finds the same', async () => {
  await fc.assert(
    fc.asyncProperty(randomHeap({edges: 40}), async heap => {
      const {firstEdge, retainers} = await snapshotOf(heap)
      heap.nodes.forEach((_, node) => {
        const from = retainers.first[node]
        const to = retainers.first[node + 1]
        const found = Array.from(retainers.edge.subarray(from, to), (edge, i) => [edge, retainers.source[from + i]])
        const scanned = heap.edges.flatMap(({source, target}, edge) => (target === node ? [[edge, source]] : []))
        assert.deepEqual(found, scanned)
      })
      assert.equal(retainers.first[heap.nodes.length], heap.edges.length)
      heap.edges.forEach(({source}, edge) => {
        assert.equal(sourceOf(firstEdge, edge), source)
      })
    }),
    {seed: 2, numRuns: runs(1000)},
  )
})

test('very many retainers of one node', () => {
  const count = many(1_000_000)
  const star = {nodeCount: count + 1, edgeCount: count, source: (edge: number) => edge + 1, target: () => 0}
  const {retainers, firstEdge} = largeHeap(star)
  assert.deepEqual([retainers.first[0], retainers.first[1], retainers.first[count + 1]], [0, count, count])
  assert.deepEqual([retainers.source[0], retainers.source[count - 1]], [1, count])
  assert.deepEqual([sourceOf(firstEdge, 0), sourceOf(firstEdge, count - 1)], [1, count])
})
