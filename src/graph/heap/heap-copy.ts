/** Copies of a heap into a graph of graphology's own. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {formatCount} from '../../util/units.ts'
import type {HeapGraph} from './heap-graph.ts'
import {edgeKey, HeapReader} from './heap-reader.ts'

/** Edges a copy may have if the caller does not say otherwise. */
export const MAX_COPIED_EDGES = 2_000_000
/** A Map, in which graphology keeps its nodes and its edges, holds no more. */
const MAX_MAP_ENTRIES = 16_777_216
/** Measured with graphology 0.26. */
const BYTES_PER_EDGE = 400

/** Refuses a copy into graphology's own graph that would take all memory, or cannot be made at all. */
export function checkCopySize(
  {name, nodeCount, edgeCount}: Pick<Snapshot, 'name' | 'nodeCount' | 'edgeCount'>,
  maxEdges: number,
): void {
  const limit = Math.min(maxEdges, MAX_MAP_ENTRIES)
  if (edgeCount <= limit && nodeCount <= MAX_MAP_ENTRIES) return
  const counts = `${formatCount(nodeCount)} nodes and ${formatCount(edgeCount)} edges`
  const gigabytes = ((edgeCount * BYTES_PER_EDGE) / 1e9).toFixed(1)
  const cost = `at about ${BYTES_PER_EDGE} bytes an edge it would take ${gigabytes} GB`
  const possible = Math.max(nodeCount, edgeCount) <= MAX_MAP_ENTRIES
  const why = possible
    ? `more than ${formatCount(limit)} edges are not copied into a graphology graph; ${cost}`
    : `a graphology graph holds at most ${formatCount(MAX_MAP_ENTRIES)} nodes and as many edges`
  const raise = possible ? ', or raise maxEdges of toGraphology()' : ''
  throw new HeapgraphError(
    'TOO_LARGE',
    `${name}: ${counts}: ${why}`,
    `use the read-only view (heapView, loadGraph), copy a part of it with graphology-operators/subgraph${raise}`,
  )
}

/** Adds all nodes of the heap to an empty graph. */
export function copyNodes(snapshot: Snapshot, graph: HeapGraph): void {
  const heap = new HeapReader(snapshot)
  heap.checkIds()
  for (let node = 0; node < snapshot.nodeCount; node++) graph.addNode(heap.nodeKey(node), heap.nodeAttributes(node))
}

/** Adds all edges of the heap to a graph that has its nodes. */
export function copyEdges(snapshot: Snapshot, graph: HeapGraph): void {
  const heap = new HeapReader(snapshot)
  const {firstEdge, edgeTarget} = snapshot
  for (let node = 0; node < snapshot.nodeCount; node++) {
    const source = heap.nodeKey(node)
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const target = heap.nodeKey(edgeTarget[edge])
      graph.addDirectedEdgeWithKey(edgeKey(edge), source, target, heap.edgeAttributes(edge))
    }
  }
}
