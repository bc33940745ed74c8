/** From nodes of which it is known whose they are to those that only they hold. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {retainingEdges} from './edge-policy.ts'

/** What several hold, and what nobody does. */
export const SHARED = 0
/** A label takes 16 bits, and one number says that nothing is known yet. */
export const MAX_LABEL = 0xfffe
const UNKNOWN = 0xffff

/** `seeds` of a node that has no label of its own. */
export const NO_LABEL = UNKNOWN

/**
 * Uint16Array(n), the very array that is given: every node's label. `seeds`: labels from 0 to MAX_LABEL of nodes that have one of their own
 * and keep it, NO_LABEL for the others. One of those has the label of everything that reaches it over retaining edges by nodes without a
 * label of their own alone; SHARED if those have several labels, or nothing labeled reaches it. The answer does not depend on any order:
 * a node goes from nothing to one label and from one to SHARED, so that its edges are followed twice at the most.
 */
export function spreadLabels(snapshot: Snapshot, seeds: Uint16Array): Uint16Array {
  const {nodeCount, firstEdge, edgeTarget} = snapshot
  const {words} = retainingEdges(snapshot)
  const isSeed = new BitSet(nodeCount)
  for (let node = 0; node < nodeCount; node++) if (seeds[node] !== UNKNOWN) isSeed.add(node)
  const labels = seeds
  const waiting = new GrowableUint32()
  const spread = (source: number) => {
    const label = labels[source]
    const end = firstEdge[source + 1]
    for (let edge = firstEdge[source]; edge < end; edge++) {
      if ((words[edge >>> 5] & (1 << (edge & 31))) === 0) continue
      const target = edgeTarget[edge]
      const known = labels[target]
      if (known === label || known === SHARED || isSeed.has(target)) continue
      labels[target] = known === UNKNOWN ? label : SHARED
      waiting.push(target)
    }
  }
  for (let node = 0; node < nodeCount; node++) {
    if (!isSeed.has(node)) continue
    spread(node)
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) spread(next)
  }
  for (let node = 0; node < nodeCount; node++) if (labels[node] === UNKNOWN) labels[node] = SHARED
  return labels
}
