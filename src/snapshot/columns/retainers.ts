/** The edges turned round. */
import {sharedWords} from '../../util/shared.ts'
import type {Columns} from './heap.ts'

export interface Retainers {
  /** Uint32Array(n + 1): what points at node i stands at `first[i]` to `first[i + 1] - 1` of the other two. */
  first: Uint32Array
  /** Uint32Array(m): ordinals of the edges, ascending for each node. */
  edge: Uint32Array
  /** Uint32Array(m): ordinals of the nodes those edges leave. */
  source: Uint32Array
}

/** A counting sort of the edges by target: time and memory linear in nodes and edges. In shared memory, for whoever asked another thread. */
export function buildRetainers({firstEdge, edgeTarget}: Pick<Columns, 'firstEdge' | 'edgeTarget'>): Retainers {
  const nodeCount = firstEdge.length - 1
  const edgeCount = edgeTarget.length
  const first = sharedWords(nodeCount + 1)
  for (let e = 0; e < edgeCount; e++) first[edgeTarget[e] + 1]++
  for (let i = 0; i < nodeCount; i++) first[i + 1] += first[i]
  const edge = sharedWords(edgeCount)
  const source = sharedWords(edgeCount)
  // first[t] moves to its end as the edges of t are placed, and is moved back below.
  for (let from = 0; from < nodeCount; from++) {
    const end = firstEdge[from + 1]
    for (let e = firstEdge[from]; e < end; e++) {
      const slot = first[edgeTarget[e]]++
      edge[slot] = e
      source[slot] = from
    }
  }
  first.copyWithin(1, 0, nodeCount)
  first[0] = 0
  return {first, edge, source}
}

/** The node that edge `edge` leaves: a binary search, for those who come by a single edge. */
export function sourceOf(firstEdge: Uint32Array, edge: number): number {
  let low = 0
  let high = firstEdge.length - 2
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (firstEdge[middle] <= edge) low = middle
    else high = middle - 1
  }
  return low
}
