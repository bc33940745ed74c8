/** Which objects there are of a kind, and one object whole. */

import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {GrowableUint32} from '../util/growable.ts'
import {distances} from './distances.ts'
import {dominatorTree, retainedSizes} from './dominators.ts'
import {retainingEdges} from './edge-policy.ts'
import {type OffHeapBytes, offHeapBytes, offHeapOf} from './off-heap.ts'
import type {Selection} from './select.ts'
import {type SizeModel, selfSizes} from './self-sizes.ts'

export interface ListAnswer {
  snapshot: Snapshot
  selection: Selection
  sizes: SizeModel
  /** Ordinals, sorted, and cut to the limit. */
  nodes: Uint32Array
  total: {count: number; selfBytes: number; offHeap: OffHeapBytes}
  limitsReached: {rows?: number}
}

export interface ListOptions {
  sort?: 'id' | 'self' | 'off-heap' | 'retained' | 'distance'
  limit?: number
  sizes?: SizeModel
}

/** The objects selected: by id, by self or retained size (largest first), or by distance (nearest first); ties by id. */
export function list(snapshot: Snapshot, selection: Selection, options: ListOptions = {}): ListAnswer {
  const {sort = 'retained', limit = 30, sizes = 'devtools'} = options
  const size = selfSizes(snapshot, sizes)
  const nodes = selection.nodes.slice()
  // The selection stands in order of ids, and sorting is stable.
  if (sort === 'self') nodes.sort((a, b) => size[b] - size[a])
  if (sort === 'off-heap') sortByOffHeap(snapshot, nodes)
  if (sort === 'retained') {
    const retained = retainedSizes(snapshot, sizes)
    nodes.sort((a, b) => retained[b] - retained[a])
  }
  if (sort === 'distance') {
    const distance = distances(snapshot)
    // As unsigned numbers, so that the unreachable come last.
    nodes.sort((a, b) => (distance[a] >>> 0) - (distance[b] >>> 0))
  }
  return {
    snapshot,
    selection,
    sizes,
    nodes: nodes.subarray(0, limit),
    total: {
      count: nodes.length,
      selfBytes: nodes.reduce((sum, node) => sum + size[node], 0),
      offHeap: offHeapBytes(snapshot, nodes),
    },
    limitsReached: nodes.length > limit ? {rows: limit} : {},
  }
}

function sortByOffHeap(snapshot: Snapshot, nodes: Uint32Array): void {
  const bytes = Float64Array.from(nodes, node => offHeapOf(snapshot, node).bytes)
  const order = nodes.map((_, place) => place).sort((a, b) => bytes[b] - bytes[a])
  nodes.set(order.map(place => nodes[place]))
}

export interface ShowAnswer {
  snapshot: Snapshot
  node: number
  /** As DevTools counts; see `distances`. */
  distance: number
  sizes: SizeModel
  selfBytes: number
  retainedBytes: number
  /** Nodes that the object dominates, itself included. */
  retainedCount: number
  /** Ordinal of the immediate dominator; the root's own for the root. */
  dominator: number
  /** What the object reaches over retaining edges, itself included: count, and the sum of their self sizes. */
  reachable: {count: number; selfBytes: number}
  /** Edge ordinals, in file order, cut to the limit. */
  out: Uint32Array
  in: Uint32Array
  total: {out: number; in: number}
  limitsReached: {edges?: number}
}

export interface ShowOptions {
  /** Edges shown each way. */
  limit?: number
  sizes?: SizeModel
}

/** One object with its edges out and in, what it retains, and what it reaches without retaining it. */
export function show(snapshot: Snapshot, node: number, {limit = 30, sizes = 'devtools'}: ShowOptions = {}): ShowAnswer {
  const {firstEdge, retainers} = snapshot
  const total = {out: firstEdge[node + 1] - firstEdge[node], in: retainers.first[node + 1] - retainers.first[node]}
  return {
    snapshot,
    node,
    distance: distances(snapshot)[node],
    sizes,
    selfBytes: selfSizes(snapshot, sizes)[node],
    retainedBytes: retainedSizes(snapshot, sizes)[node],
    retainedCount: dominatorTree(snapshot).count[node],
    dominator: dominatorTree(snapshot).dominator[node],
    reachable: reachableFrom(snapshot, node, sizes),
    out: Uint32Array.from({length: Math.min(limit, total.out)}, (_, i) => firstEdge[node] + i),
    in: retainers.edge.slice(retainers.first[node], retainers.first[node] + Math.min(limit, total.in)),
    total,
    limitsReached: Math.max(total.in, total.out) > limit ? {edges: limit} : {},
  }
}

function reachableFrom(snapshot: Snapshot, node: number, sizes: SizeModel): ShowAnswer['reachable'] {
  const {firstEdge, edgeTarget, nodeCount} = snapshot
  const retaining = retainingEdges(snapshot)
  const size = selfSizes(snapshot, sizes)
  const reached = new BitSet(nodeCount)
  const waiting = new GrowableUint32()
  reached.add(node)
  waiting.push(node)
  let count = 0
  let selfBytes = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    count++
    selfBytes += size[next]
    for (let edge = firstEdge[next]; edge < firstEdge[next + 1]; edge++) {
      const target = edgeTarget[edge]
      if (reached.has(target) || !retaining.has(edge)) continue
      reached.add(target)
      waiting.push(target)
    }
  }
  return {count, selfBytes}
}
