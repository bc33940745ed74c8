/** `types --where`: the rows of some objects only, against a slow twin. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {types} from '../../../src/analyze/answers/types.ts'
import {selfSizes} from '../../../src/analyze/facts/self-sizes.ts'
import {dominatorTree, retainedSizes} from '../../../src/analyze/graph/dominators.ts'
import {enough, runs} from '../../support/runs.ts'
import {nodesOf, randomHeap, snapshotOf} from '../plain-heap.ts'

test('types of some objects: counts, sizes, and what dropping these alone would free, on random heaps', async () => {
  let rows = 0
  await fc.assert(
    fc.asyncProperty(randomHeap(), fc.array(fc.boolean(), {minLength: 12, maxLength: 12}), async (heap, drawn) => {
      const snapshot = await snapshotOf(heap)
      const size = selfSizes(snapshot, 'devtools')
      const retained = retainedSizes(snapshot, 'devtools')
      const {dominator} = dominatorTree(snapshot)
      const among = {subject: 'some', nodes: Uint32Array.from(nodesOf(snapshot, node => drawn[node % 12]))}
      const {ofNode, names} = snapshot.types
      const isIn = (node: number, type: number) =>
        among.nodes.includes(node) && ofNode[node] === type && size[node] !== 0
      const isShadowed = (node: number, type: number) => {
        for (let above = node; above !== snapshot.root; ) {
          above = dominator[above]
          if (isIn(above, type)) return true
        }
        return false
      }
      const expected = names.flatMap((type, number) => {
        const members = nodesOf(snapshot, node => isIn(node, number))
        const outer = members.filter(node => !isShadowed(node, number))
        const sum = (nodes: number[], column: ArrayLike<number>) => nodes.reduce((all, node) => all + column[node], 0)
        if (members.length === 0) return []
        return [{type, count: members.length, selfBytes: sum(members, size), retainedBytes: sum(outer, retained)}]
      })
      const answer = types(snapshot, {among, limit: 99})
      const found = answer.rows.map(({type, count, selfBytes, retainedBytes}) => ({
        type,
        count,
        selfBytes,
        retainedBytes,
      }))
      const byText = (list: object[]) => list.map(row => JSON.stringify(row)).sort()
      assert.deepEqual(byText(found), byText(expected))
      assert.equal(answer.heapBytes, types(snapshot).heapBytes)
      rows += found.length
    }),
    {seed: 61, numRuns: runs(400)},
  )
  assert.ok(rows > enough(400), `${rows}`)
})
