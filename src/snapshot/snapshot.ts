/** The heap as immutable typed-array columns; a node or an edge is nothing but its ordinal. */
import type {NumberArray} from '../util/number-column.ts'
import {spreadDetachedness} from './detachedness.ts'
import {type EphemeronEdges, findEphemeronEdges} from './ephemerons.ts'
import {buildRetainers, type Retainers} from './retainers.ts'
import type {Header} from './schema.ts'
import type {StringTable} from './strings.ts'
import {buildTypes, type TypeTable} from './types.ts'

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

/** A loaded heap snapshot. Derived columns are computed on first use and kept. */
export class Snapshot implements Columns {
  /** What the input was called. */
  readonly name: string
  readonly header: Header
  readonly strings: StringTable
  readonly nodeCount: number
  readonly edgeCount: number
  /** Ordinal of the root. */
  readonly root: number
  readonly nodeKind: Uint8Array
  readonly nodeName: Uint32Array
  readonly nodeId: NumberArray
  readonly nodeSelfBytes: NumberArray
  readonly firstEdge: Uint32Array
  readonly nodeDetachedness: Uint8Array | undefined
  readonly nodeTraceId: NumberArray | undefined
  readonly edgeKind: Uint8Array
  readonly edgeName: NumberArray
  readonly edgeTarget: Uint32Array
  readonly locations: Locations
  #retainers: Retainers | undefined
  #types: TypeTable | undefined
  #detachedness: Uint8Array | undefined
  #ephemerons: EphemeronEdges | undefined

  constructor(name: string, header: Header, columns: Columns, strings: StringTable) {
    this.name = name
    this.header = header
    this.strings = strings
    this.nodeCount = columns.nodeKind.length
    this.edgeCount = columns.edgeKind.length
    this.root = header.rootOrdinal
    this.nodeKind = columns.nodeKind
    this.nodeName = columns.nodeName
    this.nodeId = columns.nodeId
    this.nodeSelfBytes = columns.nodeSelfBytes
    this.firstEdge = columns.firstEdge
    this.nodeDetachedness = columns.nodeDetachedness
    this.nodeTraceId = columns.nodeTraceId
    this.edgeKind = columns.edgeKind
    this.edgeName = columns.edgeName
    this.edgeTarget = columns.edgeTarget
    this.locations = columns.locations
  }

  /** Who points at whom: the edges, turned round. */
  get retainers(): Retainers {
    this.#retainers ??= buildRetainers(this)
    return this.#retainers
  }

  /** What `--type` takes: every node's type. */
  get types(): TypeTable {
    this.#types ??= buildTypes(this)
    return this.#types
  }

  /** Edges that keep their target alive only together with a second one: WeakMap entries. */
  get ephemerons(): EphemeronEdges {
    this.#ephemerons ??= findEphemeronEdges(this)
    return this.#ephemerons
  }

  /** Uint8Array(n): 0 unknown, 1 attached, 2 detached, spread over the nodes of a page as DevTools spreads it. */
  get detachedness(): Uint8Array {
    this.#detachedness ??= spreadDetachedness(this, this.strings)
    return this.#detachedness
  }
}
