import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {writePart} from '../../../src/snapshot/save/write-part.ts'
import {BitSet} from '../../../src/util/bit-set.ts'
import {PLAIN_FORMAT, randomHeap, writeHeap} from '../../support/random-heap.ts'
import {runs} from '../../support/runs.ts'

/** What a file says of the nodes kept, in ids and texts. */
function told(snapshot: Snapshot, keep: (node: number) => boolean) {
  const {nodeCount, nodeKind, nodeName, nodeId, nodeSelfBytes, nodeDetachedness, firstEdge, header} = snapshot
  const {edgeKind, edgeName, edgeTarget, strings, locations} = snapshot
  const rows = []
  for (let node = 0; node < nodeCount; node++) {
    if (!keep(node)) continue
    const edges = []
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (!keep(edgeTarget[edge])) continue
      const kind = header.schema.edgeKinds[edgeKind[edge]]
      const name = kind === 'element' || kind === 'hidden' ? edgeName[edge] : strings.get(edgeName[edge])
      edges.push([kind, name, nodeId[edgeTarget[edge]]])
    }
    const places = []
    for (let i = 0; i < locations.node.length; i++)
      if (locations.node[i] === node) places.push([locations.scriptId[i], locations.line[i], locations.column[i]])
    const kind = header.schema.nodeKinds[nodeKind[node]]
    const text = strings.get(nodeName[node])
    rows.push([kind, text, nodeId[node], nodeSelfBytes[node], nodeDetachedness?.[node] ?? 0, edges, places])
  }
  return rows
}

test('a part of a random heap says of its nodes what the whole says', async () => {
  await fc.assert(
    fc.asyncProperty(randomHeap(), fc.array(fc.boolean(), {minLength: 12, maxLength: 12}), async (heap, wanted) => {
      const whole = await openSnapshot(writeHeap(heap, PLAIN_FORMAT))
      const keep = new BitSet(whole.nodeCount)
      for (let node = 0; node < whole.nodeCount; node++) if (wanted[node] || node === whole.root) keep.add(node)
      const part = await openSnapshot(writePart(whole, keep))
      assert.equal(part.nodeId[part.root], whole.nodeId[whole.root])
      assert.deepEqual(
        told(part, () => true),
        told(whole, node => keep.has(node)),
      )
    }),
    {numRuns: runs(300)},
  )
})
