/** Labels spread as a slow twin finds them: by asking of each label alone what it reaches. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {retainingEdges} from '../../../src/analyze/facts/edge-policy.ts'
import {NO_LABEL, SHARED, spreadLabels} from '../../../src/analyze/facts/spread-labels.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {enough, runs} from '../../support/runs.ts'
import {type PlainHeap, randomHeap, snapshotOf} from '../plain-heap.ts'

/** For each label the nodes without one that it reaches by nodes without one; a node that exactly one label reaches has it. */
function twin(snapshot: Snapshot, {edges, nodes}: PlainHeap, seeds: readonly number[]): number[] {
  const retaining = retainingEdges(snapshot)
  const reached = nodes.map(() => new Set<number>())
  for (const label of new Set(seeds)) {
    if (label === NO_LABEL) continue
    const inside = new Set([...nodes.keys()].filter(node => seeds[node] === label))
    for (let size = -1; size !== inside.size; ) {
      size = inside.size
      edges.forEach(({source, target}, edge) => {
        if (retaining.has(edge) && inside.has(source) && seeds[target] === NO_LABEL) inside.add(target)
      })
    }
    for (const node of inside) reached[node].add(label)
  }
  return nodes.map((_, node) => (reached[node].size === 1 ? [...reached[node]][0] : SHARED))
}

test('each label reaches what the twin says', async () => {
  const seen = {own: 0, spread: 0, shared: 0}
  await fc.assert(
    fc.asyncProperty(
      randomHeap({nodes: 14, edges: 30}),
      fc.array(fc.constantFrom(NO_LABEL, NO_LABEL, NO_LABEL, NO_LABEL, SHARED, 1, 2, 3), {
        minLength: 14,
        maxLength: 14,
      }),
      async (heap, drawn) => {
        const snapshot = await snapshotOf(heap)
        const seeds = heap.nodes.map((_, node) => drawn[node])
        const labels = Array.from(spreadLabels(snapshot, Uint16Array.from(seeds)))
        assert.deepEqual(labels, twin(snapshot, heap, seeds))
        labels.forEach((label, node) => {
          if (seeds[node] !== NO_LABEL) seen.own++
          else if (label === SHARED) seen.shared++
          else seen.spread++
        })
      },
    ),
    {seed: 1, numRuns: runs(1000)},
  )
  assert.ok(seen.own > enough(3000) && seen.spread > enough(500) && seen.shared > enough(500), JSON.stringify(seen))
})
