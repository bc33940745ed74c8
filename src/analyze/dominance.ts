/** Whether one node dominates another, answered in constant time. */
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {oncePer} from '../util/memo.ts'
import {dominatorTree, retainedSizes} from './dominators.ts'

/** Whether every way from the root to `below` passes `above`; a node dominates itself. Both must be reached. */
export type Dominates = (above: number, below: number) => boolean

/** Uint32Array(n): place of each node in the tree's order, where what it dominates stands right behind it; the root's for what is unreached. */
const placesInTree = oncePer((snapshot: Snapshot): Uint32Array => {
  const {order} = dominatorTree(snapshot)
  const place = new Uint32Array(snapshot.nodeCount)
  for (let i = 0; i < order.length; i++) place[order[i]] = i
  return place
})

export const dominance = oncePer((snapshot: Snapshot): Dominates => {
  const {count} = dominatorTree(snapshot)
  const place = placesInTree(snapshot)
  return (above, below) => place[below] >= place[above] && place[below] - place[above] < count[above]
})

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

/** What objects retain together, in bytes: what lies below another of them is counted there. The time goes with their number alone. */
export function retainedByAll(snapshot: Snapshot, nodes: Uint32Array): number {
  const retained = retainedSizes(snapshot, 'devtools')
  const {count, order} = dominatorTree(snapshot)
  const place = placesInTree(snapshot)
  let sum = 0
  // Where the last one counted, and all below it, ends.
  let end = 0
  for (const node of nodes.slice().sort((a, b) => place[a] - place[b] || a - b)) {
    const isReached = order[place[node]] === node
    if (isReached && place[node] < end) continue
    sum += retained[node]
    if (isReached) end = place[node] + count[node]
  }
  return sum
}
