/** Whether one node dominates another, answered in constant time. */
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {oncePer} from '../util/memo.ts'
import {type DominatorTree, dominatorTree, keptTree} from './dominators.ts'
import {hasOtherHolders} from './edge-policy.ts'

/** Whether every way from the root to `below` passes `above`; a node dominates itself. Both must be reached. */
export type Dominates = (above: number, below: number) => boolean

/** Each node's place in the order of a dominator tree: what it dominates stands right behind it. Behind it is a Uint32Array(n). */
export type Places = (node: number) => number

function placesIn({nodeCount}: Snapshot, {order}: DominatorTree): Places {
  const place = new Uint32Array(nodeCount)
  for (let i = 0; i < order.length; i++) place[order[i]] = i
  return node => place[node]
}

const places = oncePer((snapshot: Snapshot): Places => placesIn(snapshot, dominatorTree(snapshot)))

/** The same of `keptTree`. */
export const keptPlaces = oncePer(
  (snapshot: Snapshot): Places =>
    hasOtherHolders(snapshot) ? placesIn(snapshot, keptTree(snapshot)) : places(snapshot),
)

export const dominance = oncePer(
  (snapshot: Snapshot): Dominates => dominanceIn(dominatorTree(snapshot), places(snapshot)),
)

/** The same by what keeps objects alive in the living process (`keptTree`). */
export const keptDominance = oncePer(
  (snapshot: Snapshot): Dominates => dominanceIn(keptTree(snapshot), keptPlaces(snapshot)),
)

function dominanceIn({count}: DominatorTree, placeOf: Places): Dominates {
  return (above, below) => placeOf(below) >= placeOf(above) && placeOf(below) - placeOf(above) < count[above]
}

/** Visits the nodes of `below` and all that they dominate, in the tree's order; `below` has all of them then. */
export function visitBelow(
  {order, dominator}: DominatorTree,
  root: number,
  below: BitSet,
  visit: (node: number) => void,
): void {
  for (const node of order) {
    if (!below.has(node)) {
      if (node === root || !below.has(dominator[node])) continue
      below.add(node)
    }
    visit(node)
  }
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
