/** Plain breadth-first distances: the fewest edges, of those that count, from where retaining begins. */

import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {BitSet} from '../../util/bit-set.ts'
import {MAX_UINT32} from '../../util/uint32.ts'
import {pathRoots} from '../facts/roots.ts'
import {SYSTEM_DISTANCE} from './distances.ts'

export const UNREACHED = MAX_UINT32

/**
 * Uint32Array(n): edges from the nearest of `starts` (0 for those), following `edges` only; UNREACHED where none leads.
 */
export function bfsDepthFrom(snapshot: Snapshot, starts: Uint32Array, edges: BitSet): Uint32Array {
  const bfsDepth = new Uint32Array(snapshot.nodeCount).fill(UNREACHED)
  for (const node of starts) bfsDepth[node] = 0
  spread(snapshot, bfsDepth, starts, edges)
  return bfsDepth
}

/**
 * The same from the roots, in DevTools' two steps: first from the roots of paths (1), so that a path through people's own
 * globals is preferred; then from the root (SYSTEM_DISTANCE, or 0 without user roots) to what those do not reach.
 */
export function bfsDepthFromRoots(snapshot: Snapshot, edges: BitSet): Uint32Array {
  const bfsDepth = new Uint32Array(snapshot.nodeCount).fill(UNREACHED)
  const seeds = pathRoots(snapshot)
  for (const node of seeds) bfsDepth[node] = 1
  spread(snapshot, bfsDepth, seeds, edges)
  if (bfsDepth[snapshot.root] === UNREACHED || seeds.length > 0)
    bfsDepth[snapshot.root] = seeds.length > 0 ? SYSTEM_DISTANCE : 0
  spread(snapshot, bfsDepth, Uint32Array.of(snapshot.root), edges)
  return bfsDepth
}

/**
 * Uint32Array(n): edges to the nearest of `ends` (0 for those), following `edges` only. A path may begin at one of `starts`, but
 * passes none; nothing that is `blocked` is on it.
 */
export function bfsDepthTo(
  snapshot: Snapshot,
  ends: Uint32Array,
  edges: BitSet,
  starts: BitSet,
  blocked?: BitSet,
): Uint32Array {
  const {first, edge: entering, source} = snapshot.retainers
  const bfsDepth = new Uint32Array(snapshot.nodeCount).fill(UNREACHED)
  const queue = new Uint32Array(snapshot.nodeCount)
  let length = 0
  for (const node of ends) {
    if (blocked?.has(node)) continue
    bfsDepth[node] = 0
    queue[length++] = node
  }
  for (let next = 0; next < length; next++) {
    const node = queue[next]
    if (starts.has(node)) continue
    for (let slot = first[node]; slot < first[node + 1]; slot++) {
      const from = source[slot]
      if (bfsDepth[from] !== UNREACHED || blocked?.has(from) || !edges.has(entering[slot])) continue
      bfsDepth[from] = bfsDepth[node] + 1
      queue[length++] = from
    }
  }
  return bfsDepth
}

function spread(snapshot: Snapshot, bfsDepth: Uint32Array, starts: Uint32Array, edges: BitSet): void {
  const {firstEdge, edgeTarget, nodeCount} = snapshot
  const {words} = edges
  const queue = new Uint32Array(nodeCount)
  queue.set(starts)
  let length = starts.length
  for (let next = 0; next < length; next++) {
    const node = queue[next]
    const further = bfsDepth[node] + 1
    const end = firstEdge[node + 1]
    for (let edge = firstEdge[node]; edge < end; edge++) {
      if ((words[edge >>> 5] & (1 << (edge & 31))) === 0) continue
      const target = edgeTarget[edge]
      if (bfsDepth[target] !== UNREACHED) continue
      bfsDepth[target] = further
      queue[length++] = target
    }
  }
}
