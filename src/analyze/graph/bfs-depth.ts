/** Plain breadth-first distances: the fewest edges, of those that count, from where retaining begins. */

import {savedColumn} from '../../snapshot/columns/saved.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {MAX_UINT32} from '../../util/uint32.ts'
import {holdingEdges} from '../facts/edge-policy.ts'
import {pathRoots} from '../facts/roots.ts'
import {SYSTEM_DISTANCE} from './system-distance.ts'

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

/** The nodes from which `end` can be reached by `edges`, itself among them. */
export function nodesReaching({nodeCount, retainers}: Snapshot, end: number, edges: BitSet): BitSet {
  const {first, edge: entering, source} = retainers
  const found = BitSet.of(nodeCount, [end])
  const pending = new GrowableUint32()
  pending.push(end)
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (let slot = first[node]; slot < first[node + 1]; slot++) {
      if (!edges.has(entering[slot]) || found.has(source[slot])) continue
      found.add(source[slot])
      pending.push(source[slot])
    }
  }
  return found
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

/** Uint32Array(n): the same over all edges that hold. */
export const heldDepth = savedColumn('heldDepth', (snapshot: Snapshot) =>
  bfsDepthFromRoots(snapshot, holdingEdges(snapshot)),
)

/** If more nodes than this part of all lose their depth, all are told anew. */
const MANY = 1 / 64

/**
 * Uint32Array(n): the same but for the edges of one node, in a new array. Of most nodes little is the nearest way to anything: what loses its depth is
 * found level by level (Ramalingam and Reps 1996, "An Incremental Algorithm for a Generalization of the Shortest-Path Problem"), and reached
 * anew from what keeps its own.
 */
export function heldDepthWithout(snapshot: Snapshot, cut: number, mostLost = MANY * snapshot.nodeCount): Uint32Array {
  const {edgeTarget, firstEdge, retainers, root} = snapshot
  const {first, edge: entering, source} = retainers
  const holding = holdingEdges(snapshot)
  const known = heldDepth(snapshot)
  const isCut = (edge: number) => edge >= firstEdge[cut] && edge < firstEdge[cut + 1]
  const fixed = new Set([root, ...pathRoots(snapshot)])
  const lost = new Set<number>()
  const hasOther = (node: number) => {
    for (let slot = first[node]; slot < first[node + 1]; slot++) {
      const holder = source[slot]
      if (holder === cut || lost.has(holder) || known[holder] + 1 !== known[node]) continue
      if (holding.has(entering[slot])) return true
    }
    return false
  }
  const asked = new Set<number>([cut])
  // What may be lost, in order of depth; the first is what is cut.
  const queue = [cut]
  // Where something leads to the root, its depth is not what it got in the first of the two steps.
  const isPlain = first[root] === first[root + 1]
  for (let i = 0; isPlain && i < queue.length && lost.size <= mostLost; i++) {
    const node = queue[i]
    if (known[node] === UNREACHED) break
    if (i > 0) {
      if (hasOther(node)) continue
      lost.add(node)
    }
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const target = edgeTarget[edge]
      if (known[target] !== known[node] + 1 || asked.has(target) || fixed.has(target) || !holding.has(edge)) continue
      asked.add(target)
      queue.push(target)
    }
  }
  if (!isPlain || lost.size > mostLost) {
    const rest = holding.copy()
    for (let edge = firstEdge[cut]; edge < firstEdge[cut + 1]; edge++) rest.delete(edge)
    return bfsDepthFromRoots(snapshot, rest)
  }
  const depth = known.slice()
  for (const node of lost) depth[node] = UNREACHED
  const byDepth: [node: number, depth: number][] = []
  for (const node of lost) {
    let nearest = UNREACHED
    for (let slot = first[node]; slot < first[node + 1]; slot++) {
      if (isCut(entering[slot]) || depth[source[slot]] >= nearest || !holding.has(entering[slot])) continue
      nearest = depth[source[slot]] + 1
    }
    if (nearest !== UNREACHED) byDepth.push([node, nearest])
  }
  byDepth.sort(([, a], [, b]) => a - b)
  // Those reached from outside, and those reached from these: either in order of depth.
  const inside: number[] = []
  for (let i = 0, j = 0; i < byDepth.length || j < inside.length; ) {
    const isFromOutside = j === inside.length || (i < byDepth.length && byDepth[i][1] < depth[inside[j]])
    const node = isFromOutside ? byDepth[i][0] : inside[j]
    if (isFromOutside) {
      if (depth[node] > byDepth[i][1]) depth[node] = byDepth[i][1]
      else {
        i++
        continue
      }
      i++
    } else j++
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const target = edgeTarget[edge]
      if (!lost.has(target) || depth[target] <= depth[node] + 1 || !holding.has(edge)) continue
      depth[target] = depth[node] + 1
      inside.push(target)
    }
  }
  return depth
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
