/** The part of a heap around some nodes: the ways by which the root reaches them, and what stands near those. */

import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {userRoots} from '../facts/roots.ts'

/** Edges of one node that are followed in a step: tables of all modules, or of all classes, are not what an object is named by. */
const MOST_EDGES = 400
/** Nodes that refer to one, which are taken in besides. */
const MOST_HOLDERS = 4

const NONE = 0xffffffff

/** By node the one before it on a shortest way from the root, as distances are counted: from the user roots first. Nothing before the root and what it does not reach. */
function nodesBefore(
  {root, nodeCount, firstEdge, edgeKind, edgeTarget}: Snapshot,
  seeds: Iterable<number>,
): Uint32Array {
  const before = new Uint32Array(nodeCount).fill(NONE)
  const queue = new Uint32Array(nodeCount + 1)
  const isSeen = new BitSet(nodeCount)
  isSeen.add(root)
  let end = 0
  const enter = (node: number, from: number) => {
    if (isSeen.has(node)) return
    isSeen.add(node)
    before[node] = from
    queue[end++] = node
  }
  let at = 0
  const search = () => {
    for (; at < end; at++) {
      const node = queue[at]
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++)
        if (edgeKind[edge] !== EdgeKind.weak) enter(edgeTarget[edge], node)
    }
  }
  for (const seed of seeds) enter(seed, root)
  search()
  queue[end++] = root
  search()
  return before
}

export interface Surroundings {
  /** The nodes and their ways from the root, and all within so many steps of these. */
  within(steps: number): BitSet
}

/** `nodes`: ordinals. */
export function surroundingsOf(snapshot: Snapshot, nodes: Iterable<number>): Surroundings {
  const {root, nodeCount, firstEdge, edgeTarget, retainers} = snapshot
  const before = nodesBefore(snapshot, userRoots(snapshot))
  const within = (steps: number) => {
    const found = new BitSet(nodeCount)
    found.add(root)
    let frontier = new GrowableUint32()
    const add = (node: number) => {
      // With the way to it.
      for (let at = node; at !== NONE && !found.has(at); at = before[at]) {
        found.add(at)
        frontier.push(at)
      }
    }
    for (const node of nodes) add(node)
    for (let step = 0; step < steps; step++) {
      const last = frontier.view()
      frontier = new GrowableUint32()
      for (const node of last) {
        const end = Math.min(firstEdge[node + 1], firstEdge[node] + MOST_EDGES)
        for (let edge = firstEdge[node]; edge < end; edge++) add(edgeTarget[edge])
        const lastHolder = Math.min(retainers.first[node + 1], retainers.first[node] + MOST_HOLDERS)
        for (let slot = retainers.first[node]; slot < lastHolder; slot++) add(retainers.source[slot])
      }
    }
    return found
  }
  return {within}
}

/** Of `keep`, what the root reaches within it. */
export function reachedWithin({root, firstEdge, edgeTarget, nodeCount}: Snapshot, keep: BitSet): BitSet {
  const found = BitSet.of(nodeCount, [root])
  const pending = new GrowableUint32()
  pending.push(root)
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const target = edgeTarget[edge]
      if (!keep.has(target) || found.has(target)) continue
      found.add(target)
      pending.push(target)
    }
  }
  return found
}
