/** `heapgraph/graphology`: the whole heap as a graph of graphology's, whose algorithms then run on it. Keys of nodes are `@id`. */
import {heapView as viewHeap} from '../graph/heap/heap-view.ts'
import {type CopyLimits, toGraphology as copyHeap, loadGraph as openGraph} from '../graph/heap/load-graph.ts'
import {anInput, openOptions} from '../snapshot/load/open-options.ts'
import {aSize, checked, checkedLater, optionsOf} from '../util/arguments.ts'
import {aSnapshot} from './checks.ts'

/** Loads a snapshot as a read-only graph, a view over typed arrays, whatever its size. Throws as `openSnapshot`; what would change it throws READ_ONLY. */
export const loadGraph = checkedLater([anInput, ['options', openOptions]], openGraph)

/** A snapshot as a read-only graph; made at once, without a copy. What would change it throws READ_ONLY. */
export const heapView = checked([aSnapshot], viewHeap)

/**
 * Copies a heap into a MultiDirectedGraph that can be changed: some 400 bytes an edge, and 20 s a million edges. Throws TOO_LARGE beyond `maxEdges`
 * (2,000,000).
 */
export const toGraphology = checked([aSnapshot, ['options', optionsOf<CopyLimits>({maxEdges: aSize})]], copyHeap)

// The types in the signatures above

export type {HeapEdgeAttributes, HeapGraph, HeapNodeAttributes} from '../graph/heap/heap-graph.ts'
export type {CopyLimits} from '../graph/heap/load-graph.ts'
export {type ErrorCode, HeapgraphError} from '../util/errors.ts'
