/** A loaded snapshot: the heap and what is derived from it. */
import type {NumberArray} from '../util/number-column.ts'
import {spreadDetachedness} from './detachedness.ts'
import {type EphemeronEdges, findEphemeronEdges} from './ephemerons.ts'
import type {Columns, Heap, Locations} from './heap.ts'
import {buildRetainers, type Retainers} from './retainers.ts'
import type {Header} from './schema.ts'
import type {StringTable} from './strings.ts'
import {buildTypes, type TypeTable} from './types.ts'

/** A loaded heap snapshot. Derived columns are computed on first use and kept. */
export class Snapshot implements Heap {
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
    this.#types ??= buildTypes(this, this.detachedness)
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
