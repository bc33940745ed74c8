/** Whether one node dominates another, answered in constant time. */
import type {Snapshot} from '../snapshot/snapshot.ts'
import {oncePer} from '../util/memo.ts'
import {dominatorTree} from './dominators.ts'

export interface Dominance {
  /** Whether every way from the root to `below` passes `above`; a node dominates itself. */
  dominates(above: number, below: number): boolean
}

/**
 * Numbers the dominator tree from top to bottom so that the nodes below a node have an interval of their own (the nested
 * intervals of Dietz, "Maintaining order in a linked list", 1982): Uint32Array(n) of places and of subtree sizes.
 */
export const dominance = oncePer((snapshot: Snapshot): Dominance => {
  const {nodeCount, root} = snapshot
  const {dominator, order} = dominatorTree(snapshot)
  const place = new Uint32Array(nodeCount)
  const size = new Uint32Array(nodeCount)
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]
    size[node]++
    if (node !== root) size[dominator[node]] += size[node]
  }
  // The next free place below each node; becomes its own place again at the end of its interval's count.
  const next = new Uint32Array(nodeCount)
  for (const node of order) {
    const at = node === root ? 0 : next[dominator[node]]
    place[node] = at
    next[node] = at + 1
    if (node !== root) next[dominator[node]] = at + size[node]
  }
  return {
    dominates: (above, below) => place[below] >= place[above] && place[below] - place[above] < size[above],
  }
})
