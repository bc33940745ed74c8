/** Dominance with WeakMaps' values below their tables, against brute force. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {keepingTree, keepingTreeOfTables} from '../../../src/analyze/graph/dominance.ts'
import {type PlainHeap, randomHeap, snapshotOf} from '../plain-heap.ts'
import {reachedByHand} from '../reached-by-hand.ts'

/** What page code reaches is dominated as if that alone held it, as DevTools has it: another rule than marking's. */
const withoutPage = ({nodes, edges}: PlainHeap): PlainHeap => ({
  nodes,
  edges: edges.map(edge =>
    edge.source === 0 && edge.kind === 'shortcut' ? {...edge, kind: 'property' as const} : edge,
  ),
})

test('on random heaps, without what dominates a node nothing reaches it', async () => {
  let ofTables = 0
  let more = 0
  await fc.assert(
    fc.asyncProperty(randomHeap().map(withoutPage), async heap => {
      const snapshot = await snapshotOf(heap)
      const kept = keepingTree(snapshot)
      const by = keepingTreeOfTables(snapshot)
      if (by !== kept) ofTables++
      const now = reachedByHand(heap, () => false)
      for (let above = 1; above < heap.nodes.length; above++) {
        if (!now.has(above)) continue
        const then = reachedByHand(heap, edge => heap.edges[edge].target === above)
        for (const node of now) {
          if (node === 0 || !by.dominates(above, node)) continue
          assert.ok(!then.has(node), `${node} is reached without ${above}`)
          if (!kept.dominates(above, node)) more++
        }
      }
    }),
    {numRuns: 250, seed: 11},
  )
  assert.ok(ofTables > 5 && more > 0, `${ofTables} trees of tables, ${more} pairs more`)
})
