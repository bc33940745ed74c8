/** Plain breadth-first distances: the fewest edges, of those that count, from where retaining begins. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {BitSet} from '../../util/bit-set.ts'
import {pathRoots} from '../facts/roots.ts'
import {SYSTEM_DISTANCE} from './distances.ts'

export const UNREACHED = 0xffffffff

/**
 * Uint32Array(n): edges from the nearest of `starts` (0 for those), following `edges` only; UNREACHED where none leads.
 */
export function hopsFrom(snapshot: Snapshot, starts: Uint32Array, edges: BitSet): Uint32Array {
  const hops = new Uint32Array(snapshot.nodeCount).fill(UNREACHED)
  for (const node of starts) hops[node] = 0
  spread(snapshot, hops, starts, edges)
  return hops
}

/**
 * The same from the roots, in DevTools' two steps: first from the roots of paths (1), so that a path through people's own
 * globals is preferred; then from the root (SYSTEM_DISTANCE, or 0 without user roots) to what those do not reach.
 */
export function hopsFromRoots(snapshot: Snapshot, edges: BitSet): Uint32Array {
  const hops = new Uint32Array(snapshot.nodeCount).fill(UNREACHED)
  const seeds = pathRoots(snapshot)
  for (const node of seeds) hops[node] = 1
  spread(snapshot, hops, seeds, edges)
  if (hops[snapshot.root] === UNREACHED || seeds.length > 0)
    hops[snapshot.root] = seeds.length > 0 ? SYSTEM_DISTANCE : 0
  spread(snapshot, hops, Uint32Array.of(snapshot.root), edges)
  return hops
}

/**
 * Uint32Array(n): edges to the nearest of `ends` (0 for those), following `edges` only. A way may begin at one of `starts`, but
 * passes none; nothing that is `blocked` is on it.
 */
export function hopsTo(
  snapshot: Snapshot,
  ends: Uint32Array,
  edges: BitSet,
  starts: BitSet,
  blocked?: BitSet,
): Uint32Array {
  const {first, edge: entering, source} = snapshot.retainers
  const hops = new Uint32Array(snapshot.nodeCount).fill(UNREACHED)
  const queue = new Uint32Array(snapshot.nodeCount)
  let length = 0
  for (const node of ends) {
    if (blocked?.has(node)) continue
    hops[node] = 0
    queue[length++] = node
  }
  for (let next = 0; next < length; next++) {
    const node = queue[next]
    if (starts.has(node)) continue
    for (let slot = first[node]; slot < first[node + 1]; slot++) {
      const from = source[slot]
      if (hops[from] !== UNREACHED || blocked?.has(from) || !edges.has(entering[slot])) continue
      hops[from] = hops[node] + 1
      queue[length++] = from
    }
  }
  return hops
}

function spread(snapshot: Snapshot, hops: Uint32Array, starts: Uint32Array, edges: BitSet): void {
  const {firstEdge, edgeTarget, nodeCount} = snapshot
  const {words} = edges
  const queue = new Uint32Array(nodeCount)
  queue.set(starts)
  let length = starts.length
  for (let next = 0; next < length; next++) {
    const node = queue[next]
    const further = hops[node] + 1
    const end = firstEdge[node + 1]
    for (let edge = firstEdge[node]; edge < end; edge++) {
      if ((words[edge >>> 5] & (1 << (edge & 31))) === 0) continue
      const target = edgeTarget[edge]
      if (hops[target] !== UNREACHED) continue
      hops[target] = further
      queue[length++] = target
    }
  }
}
