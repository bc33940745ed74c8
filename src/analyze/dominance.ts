/** Whether one node dominates another, answered in constant time. */
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {oncePer} from '../util/memo.ts'
import {dominatorTree, retainedSizes} from './dominators.ts'

/** Whether every way from the root to `below` passes `above`; a node dominates itself. Both must be reached. */
export type Dominates = (above: number, below: number) => boolean

/** Each node's place in the order of the dominator tree: what it dominates stands right behind it. Behind it is a Uint32Array(n). */
export const treePlaces = oncePer((snapshot: Snapshot): {placeOf(node: number): number} => {
  const {order} = dominatorTree(snapshot)
  const place = new Uint32Array(snapshot.nodeCount)
  for (let i = 0; i < order.length; i++) place[order[i]] = i
  return {placeOf: node => place[node]}
})

export const dominance = oncePer((snapshot: Snapshot): Dominates => {
  const {count} = dominatorTree(snapshot)
  const {placeOf} = treePlaces(snapshot)
  return (above, below) => placeOf(below) >= placeOf(above) && placeOf(below) - placeOf(above) < count[above]
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

/** What objects retain together, in bytes: what lies below another of them is counted there. */
export function retainedByAll(snapshot: Snapshot, nodes: Uint32Array): number {
  const retained = retainedSizes(snapshot, 'devtools')
  const all = new BitSet(snapshot.nodeCount)
  for (const node of nodes) all.add(node)
  const nested = nestedNodes(snapshot, all)
  return nodes.reduce((sum, node) => (nested.has(node) ? sum : sum + retained[node]), 0)
}
