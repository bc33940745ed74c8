/** Whether one node dominates another, answered in constant time. */
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {oncePer} from '../util/memo.ts'
import {type DominatorTree, dominatorTree, keptTree} from './dominators.ts'

/** Whether every way from the root to `below` passes `above`; a node dominates itself. Both must be reached. */
export type Dominates = (above: number, below: number) => boolean

/** What a node dominates stands right behind it in the tree's order. Uint32Array(n) of the places in that order. */
export const dominance = oncePer((snapshot: Snapshot): Dominates => dominanceIn(snapshot, dominatorTree(snapshot)))

/** The same by what keeps objects alive in the living process (`keptTree`). */
export const keptDominance = oncePer((snapshot: Snapshot): Dominates => {
  const tree = keptTree(snapshot)
  return tree === dominatorTree(snapshot) ? dominance(snapshot) : dominanceIn(snapshot, tree)
})

function dominanceIn({nodeCount}: Snapshot, {order, count}: DominatorTree): Dominates {
  const place = new Uint32Array(nodeCount)
  for (let i = 0; i < order.length; i++) place[order[i]] = i
  return (above, below) => place[below] >= place[above] && place[below] - place[above] < count[above]
}

/** Nodes that an object of the set dominates, but those of the set on top of all. */
export function nestedNodes(snapshot: Snapshot, set: BitSet): BitSet {
  const {dominator, order} = dominatorTree(snapshot)
  const below = new BitSet(snapshot.nodeCount)
  for (const node of order) {
    const above = dominator[node]
    if (above !== node && (set.has(above) || below.has(above))) below.add(node)
  }
  return below
}
