/** A loaded snapshot: the heap and what is derived from it. */
import type {Threads} from '../../threads/threads.ts'
import {REMEMBERED} from '../../util/memo.ts'
import type {NumberArray} from '../../util/number-column.ts'
import {spreadDetachedness} from './detachedness.ts'
import {type EphemeronEdges, findEphemeronEdges} from './ephemerons.ts'
import type {Columns, Heap, Locations} from './heap.ts'
import {SavedAnswers} from './kept-answers.ts'
import {buildRetainers, type Retainers} from './retainers.ts'
import {bytesOf, parsedBytes, SavedColumns} from './saved.ts'
import type {Header} from './schema.ts'
import type {Shape} from './shapes.ts'
import type {StringTable} from './strings.ts'
import {buildTypes, shapesOf, type TypeTable, withOriginals} from './types.ts'

/** A loaded heap snapshot. Derived columns are computed on first use and kept. */
export class Snapshot implements Heap {
  /** What the input was called. */
  readonly name: string
  /** What the header of the file promises: schema, counts. */
  readonly header: Header
  /** The strings of the file, by index. */
  readonly strings: StringTable
  /** Nodes in the file: ordinals are below this. */
  readonly nodeCount: number
  /** Edges in the file. */
  readonly edgeCount: number
  /** Ordinal of the root. */
  readonly root: number
  /** Derived columns that an index has, or may take up. */
  readonly saved: SavedColumns
  /** Answers that lie ready, or are to. */
  answers = new SavedAnswers()
  /** Threads that share the columns, if the file was read by several. */
  threads: Threads | undefined
  /** Sentences about what of the file could not be used. */
  readonly remarks: string[] = []
  /** What others remember of it. */
  readonly [REMEMBERED]: unknown[] = []
  readonly #columns: Columns
  #retainers: Retainers | undefined
  #types: TypeTable | undefined
  /** Those of another snapshot. */
  #shapes: readonly Shape[] | undefined
  #originals: ((types: TypeTable) => ReadonlyMap<number, string>) | undefined
  #detachedness: Uint8Array | undefined
  #ephemerons: EphemeronEdges | undefined

  /** `openSnapshot` makes snapshots; this is for the threads of one. */
  constructor(name: string, header: Header, columns: Columns, strings: StringTable, saved = new SavedColumns()) {
    this.name = name
    this.header = header
    this.strings = strings
    this.nodeCount = header.nodeCount
    this.edgeCount = header.edgeCount
    this.root = header.rootOrdinal
    this.saved = saved
    this.#columns = columns
  }

  /** By ordinal: its kind, a value of `NodeKind`. */
  get nodeKind(): Uint8Array {
    return this.#columns.nodeKind
  }

  /** By ordinal: index of its name in `strings`. */
  get nodeName(): Uint32Array {
    return this.#columns.nodeName
  }

  /** By ordinal: V8's id. */
  get nodeId(): NumberArray {
    return this.#columns.nodeId
  }

  /** By ordinal: bytes of the node alone. */
  get nodeSelfBytes(): NumberArray {
    return this.#columns.nodeSelfBytes
  }

  /** By ordinal, and one more: its first edge; it has those up to the first edge of the next node. */
  get firstEdge(): Uint32Array {
    return this.#columns.firstEdge
  }

  /** By ordinal: 0 unknown, 1 attached, 2 detached, as the file has it; undefined for old files. */
  get nodeDetachedness(): Uint8Array | undefined {
    return this.#columns.nodeDetachedness
  }

  /** By ordinal: the allocation trace; undefined without one. */
  get nodeTraceId(): NumberArray | undefined {
    return this.#columns.nodeTraceId
  }

  /** By edge: its kind, a value of `EdgeKind`. */
  get edgeKind(): Uint8Array {
    return this.#columns.edgeKind
  }

  /** By edge: index of its name in `strings`, or its number for elements and hidden edges. */
  get edgeName(): NumberArray {
    return this.#columns.edgeName
  }

  /** By edge: ordinal of its target. */
  get edgeTarget(): Uint32Array {
    return this.#columns.edgeTarget
  }

  /** Where functions and constructors are written, in rows; empty for old files. */
  get locations(): Locations {
    return this.#columns.locations
  }

  /** Ends the threads that have read the file, which end by themselves after a while. The columns go when nobody refers to the snapshot. */
  close(): void {
    void this.threads?.close()
    this.threads = undefined
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Who points at whom: the edges, turned round. */
  get retainers(): Retainers {
    this.#retainers ??= this.saved.group('retainers', ['first', 'edge', 'source'], () => buildRetainers(this))
    return this.#retainers
  }

  /** What `--type` takes: every node's type. */
  get types(): TypeTable {
    if (this.#types === undefined) {
      const types =
        this.#shapes === undefined
          ? savedTypes(this.saved, () => buildTypes(this, this.detachedness))
          : buildTypes(this, this.detachedness, this.#shapes)
      this.#types = this.#originals === undefined ? types : withOriginals(types, this.#originals(types))
    }
    return this.#types
  }

  /** The shapes by which plain objects are told apart here. */
  shapes(): readonly Shape[] {
    return shapesOf(this)
  }

  /**
   * Tells plain objects apart by the shapes of another snapshot, so that types of both can be compared, as DevTools does with the newer
   * one's (`aggregatesForDiff`). What an index knows of types is not asked from here on.
   */
  useShapes(shapes: readonly Shape[]): void {
    this.#shapes = shapes
    this.#types = undefined
  }

  /** From here on types have the names that `originals` tells of a table's types, by number. */
  useTypeNames(originals: (types: TypeTable) => ReadonlyMap<number, string>): void {
    this.#originals = originals
    this.#types = undefined
  }

  /** Whether types are called or told apart otherwise than the file alone says. */
  get isNamedOtherwise(): boolean {
    return this.#shapes !== undefined || this.#originals !== undefined
  }

  /** Whether plain objects are told apart by the shapes of another snapshot. */
  get isShapedOtherwise(): boolean {
    return this.#shapes !== undefined
  }

  /** Edges that keep their target alive only together with a second one: WeakMap entries. */
  get ephemerons(): EphemeronEdges {
    this.#ephemerons ??= savedEphemerons(this.saved, () => findEphemeronEdges(this))
    return this.#ephemerons
  }

  /** Uint8Array(n): 0 unknown, 1 attached, 2 detached, spread over the nodes of a page as DevTools spreads it. */
  get detachedness(): Uint8Array {
    const spread = () => ({values: spreadDetachedness(this, this.strings)})
    this.#detachedness ??= this.saved.group('detachedness', ['values'], spread).values
    return this.#detachedness
  }
}

function savedTypes(saved: SavedColumns, build: () => TypeTable): TypeTable {
  const columns = saved.group('types', ['names', 'locations', 'ofNode'], () => {
    const types = build()
    return {names: bytesOf(types.names), locations: Int32Array.from(types.locations), ofNode: types.ofNode}
  })
  let ofNode: Uint32Array | undefined
  return {
    names: parsedBytes(columns.names) as string[],
    locations: Array.from(columns.locations),
    // A value a node, which those who have the sums do not need.
    get ofNode() {
      ofNode ??= columns.ofNode
      return ofNode
    },
  }
}

function savedEphemerons(saved: SavedColumns, find: () => EphemeronEdges): EphemeronEdges {
  const {edge, fromTable, pair, pairCount} = saved.group(
    'ephemerons',
    ['edge', 'fromTable', 'pair', 'pairCount'],
    () => {
      const found = find()
      return {...found, pairCount: Uint32Array.of(found.pairCount)}
    },
  )
  return {edge, fromTable, pair, pairCount: pairCount[0]}
}
