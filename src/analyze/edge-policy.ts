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
  const {words} = edges
  // Of the 32 edges around the one at hand.
  let word = 0
  let edge = 0
  for (let node = 0; node < nodeCount; node++) {
    const end = firstEdge[node + 1]
    for (; edge < end; edge++) {
      const kind = edgeKind[edge]
      const isSlot =
        kind !== EdgeKind.weak && edgeTarget[edge] !== node && (kind !== EdgeKind.shortcut || node === root)
      if (isSlot) word |= 1 << (edge & 31)
      if ((edge & 31) === 31) {
        words[edge >>> 5] = word
        word = 0
      }
    }
  }
  if ((edge & 31) !== 0) words[edge >>> 5] = word
  for (let i = 0; i < ephemerons.edge.length; i++) {
    if (ephemerons.fromTable[i] === 1) edges.delete(ephemerons.edge[i])
  }
  return edges
}
