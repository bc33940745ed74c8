/** Which objects there are of a kind, and one object whole. */
import type {Snapshot} from '../snapshot/snapshot.ts'
import {distances} from './distances.ts'
import type {Selection} from './select.ts'

export interface ListAnswer {
  snapshot: Snapshot
  selection: Selection
  /** Ordinals, sorted, and cut to the limit. */
  nodes: Uint32Array
  total: {count: number; selfBytes: number}
  limitsReached: {rows?: number}
}

export interface ListOptions {
  sort?: 'id' | 'self' | 'distance'
  limit?: number
}

/** The objects selected: by id, by self size (largest first), or by distance (nearest first); ties by id. */
export function list(
  snapshot: Snapshot,
  selection: Selection,
  {sort = 'self', limit = 30}: ListOptions = {},
): ListAnswer {
  const {nodeSelfBytes} = snapshot
  const nodes = selection.nodes.slice()
  // The selection stands in order of ids, and sorting is stable.
  if (sort === 'self') nodes.sort((a, b) => nodeSelfBytes[b] - nodeSelfBytes[a])
  if (sort === 'distance') {
    const distance = distances(snapshot)
    nodes.sort((a, b) => (distance[a] >>> 0) - (distance[b] >>> 0))
  }
  const selfBytes = nodes.reduce((sum, node) => sum + nodeSelfBytes[node], 0)
  return {
    snapshot,
    selection,
    nodes: nodes.subarray(0, limit),
    total: {count: nodes.length, selfBytes},
    limitsReached: nodes.length > limit ? {rows: limit} : {},
  }
}

export interface ShowAnswer {
  snapshot: Snapshot
  node: number
  /** As DevTools counts; see `distances`. */
  distance: number
  /** Edge ordinals, in file order, cut to the limit. */
  out: Uint32Array
  in: Uint32Array
  total: {out: number; in: number}
  limitsReached: {edges?: number}
}

/** One object with its edges out and in. */
export function show(snapshot: Snapshot, node: number, {limit = 30}: {limit?: number} = {}): ShowAnswer {
  const {firstEdge, retainers} = snapshot
  const total = {out: firstEdge[node + 1] - firstEdge[node], in: retainers.first[node + 1] - retainers.first[node]}
  return {
    snapshot,
    node,
    distance: distances(snapshot)[node],
    out: Uint32Array.from({length: Math.min(limit, total.out)}, (_, i) => firstEdge[node] + i),
    in: retainers.edge.slice(retainers.first[node], retainers.first[node] + Math.min(limit, total.in)),
    total,
    limitsReached: Math.max(total.in, total.out) > limit ? {edges: limit} : {},
  }
}
