/** Which edges keep an object alive: the one home of that rule, for every analysis. */
import {EdgeKind} from '../snapshot/schema.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {oncePer} from '../util/memo.ts'

/**
 * The edges that retain their target, one bit each. These do not, as in DevTools (`computeIsEssentialEdge`):
 * weak edges; edges from a node to itself; shortcuts, which are no slots of the object, unless the root has them;
 * and the edge of a WeakMap's table to a value, which the key's edge alone stands for: a value belongs to its key.
 */
export const retainingEdges = oncePer((snapshot: Snapshot): BitSet => {
  const {words} = snapshot.saved.group('retainingEdges', ['words'], () => findRetainingEdges(snapshot))
  return new BitSet(snapshot.edgeCount, words)
})

function findRetainingEdges(snapshot: Snapshot): BitSet {
  const {edgeKind, edgeTarget, firstEdge, nodeCount, root, ephemerons} = snapshot
  const edges = new BitSet(snapshot.edgeCount)
  for (let node = 0; node < nodeCount; node++) {
    const end = firstEdge[node + 1]
    for (let edge = firstEdge[node]; edge < end; edge++) {
      const kind = edgeKind[edge]
      if (kind === EdgeKind.weak || edgeTarget[edge] === node) continue
      if (kind === EdgeKind.shortcut && node !== root) continue
      edges.add(edge)
    }
  }
  for (let i = 0; i < ephemerons.edge.length; i++) {
    if (ephemerons.fromTable[i] === 1) edges.delete(ephemerons.edge[i])
  }
  return edges
}
