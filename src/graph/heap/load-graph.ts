/** The two ways to a graphology graph of a whole heap: a view without a copy, and a copy. */
import {MultiDirectedGraph} from 'graphology'
import type {SnapshotInput} from '../../read/source.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../snapshot/load/load.ts'
import type {OpenOptions} from '../../snapshot/load/open-options.ts'
import {checkCopySize, copyEdges, copyNodes, MAX_COPIED_EDGES} from './heap-copy.ts'
import type {HeapEdgeAttributes, HeapGraph, HeapNodeAttributes} from './heap-graph.ts'
import {heapView} from './heap-view.ts'

/** How large a heap may be that is copied into graphology's own graph. */
export interface CopyLimits {
  /** More edges than this are refused (2,000,000). */
  maxEdges?: number
}

/** Loads a heap snapshot as a read-only graphology graph, whatever its size. */
export async function loadGraph(input: SnapshotInput, options?: OpenOptions): Promise<HeapGraph> {
  return heapView(await openSnapshot(input, options))
}

/**
 * Copies a heap into a graph of graphology's own, to be changed at will: some 400 bytes an edge, and 20 s a million edges.
 * Throws a HeapgraphError TOO_LARGE beyond `maxEdges`, and beyond what such a graph can hold.
 */
export function toGraphology(
  snapshot: Snapshot,
  {maxEdges = MAX_COPIED_EDGES}: CopyLimits = {},
): MultiDirectedGraph<HeapNodeAttributes, HeapEdgeAttributes> {
  checkCopySize(snapshot, maxEdges)
  const copy = new MultiDirectedGraph<HeapNodeAttributes, HeapEdgeAttributes>()
  copyNodes(snapshot, copy)
  copyEdges(snapshot, copy)
  return copy
}
