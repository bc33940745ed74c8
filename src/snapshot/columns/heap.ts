/** The heap as immutable typed-array columns; a node or an edge is nothing but its ordinal. */
import type {NumberArray} from '../../util/number-column.ts'
import type {Header} from './schema.ts'
import type {StringTable} from './strings.ts'

/** Columns of nodes and edges, as the loader leaves them. n is the number of nodes, m the number of edges. */
export interface Columns {
  /** Uint8Array(n): a number of `schema.nodeKinds`. */
  nodeKind: Uint8Array
  /** n string indexes. */
  nodeName: Uint32Array
  /** n ids of V8's, printed `@12345`. */
  nodeId: NumberArray
  /** n sizes in bytes, as the file has them. */
  nodeSelfBytes: NumberArray
  /** Uint32Array(n + 1): the edges of node i are `firstEdge[i]` to `firstEdge[i + 1] - 1`. */
  firstEdge: Uint32Array
  /** 0 unknown, 1 attached, 2 detached; undefined where the file does not say (before V8 9.2). */
  nodeDetachedness: Uint8Array | undefined
  /** Node of the allocation tree; undefined unless allocations were tracked. */
  nodeTraceId: NumberArray | undefined
  /** Uint8Array(m): a number of `schema.edgeKinds`. */
  edgeKind: Uint8Array
  /** m string indexes, but for element and hidden edges, where it is the index itself. */
  edgeName: NumberArray
  /** Uint32Array(m): ordinals of the nodes the edges point to. */
  edgeTarget: Uint32Array
  /** Places in source code, sorted by node: of closures and, as their constructor's place, of objects. */
  locations: Locations
}

/** Four columns of equal length; line and column count from 0. */
export interface Locations {
  node: Uint32Array
  scriptId: Int32Array
  line: Int32Array
  column: Int32Array
}

/** All that a file says: what derived columns are made from. */
export interface Heap extends Columns {
  readonly header: Header
  readonly strings: StringTable
  readonly nodeCount: number
  readonly edgeCount: number
  /** Ordinal of the root. */
  readonly root: number
}
