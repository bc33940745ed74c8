/** A snapshot's own columns as an index has them: each is read on first use. */
import type {NumberArray} from '../../util/number-column.ts'
import type {Columns, Locations} from '../columns/heap.ts'
import type {SavedArray} from '../columns/saved.ts'
import type {IndexFile} from './index-file.ts'

/** The columns that every index has, if the snapshot has them; the strings' pieces come with a number behind the name. */
export const BASE = [
  'nodeKind',
  'nodeName',
  'nodeId',
  'nodeSelfBytes',
  'firstEdge',
  'nodeDetachedness',
  'nodeTraceId',
  'edgeKind',
  'edgeName',
  'edgeTarget',
] as const
export const LOCATIONS = ['node', 'scriptId', 'line', 'column'] as const
/** Where columns come from. */
export interface ColumnsFrom {
  file: IndexFile
  read(name: string): SavedArray | undefined
  /** The snapshot's own columns, if the index is damaged. */
  instead(): Columns
  inPages(name: string): boolean
  /** As `Pages` has it. */
  look?: ((times: number) => void) | undefined
}

/** Base columns, each read on first use. */
export class IndexedColumns implements Columns {
  readonly #from: ColumnsFrom
  /** By fixed names, not by a key: loops over a heap ask for each of them millions of times. */
  readonly #whole: {-readonly [Name in keyof Columns]: Columns[Name] | undefined} = {
    nodeKind: undefined,
    nodeName: undefined,
    nodeId: undefined,
    nodeSelfBytes: undefined,
    firstEdge: undefined,
    nodeDetachedness: undefined,
    nodeTraceId: undefined,
    edgeKind: undefined,
    edgeName: undefined,
    edgeTarget: undefined,
    locations: undefined,
  }
  readonly #paged: Record<string, SavedArray | undefined> = {}
  readonly #locations = {} as Locations

  constructor(from: ColumnsFrom) {
    this.#from = from
    for (const key of LOCATIONS) {
      let whole: SavedArray | undefined
      const read = () => {
        whole ??= this.#read(`locations.${key}`, () => from.instead().locations[key])
        return whole
      }
      const get = () => whole ?? this.#pages(`locations.${key}`, read)
      Object.defineProperty(this.#locations, key, {enumerable: true, get})
    }
  }

  get nodeKind(): Uint8Array {
    return this.#whole.nodeKind ?? this.#column('nodeKind')
  }

  get nodeName(): Uint32Array {
    return this.#whole.nodeName ?? this.#column('nodeName')
  }

  get nodeId(): NumberArray {
    return this.#whole.nodeId ?? this.#column('nodeId')
  }

  get nodeSelfBytes(): NumberArray {
    return this.#whole.nodeSelfBytes ?? this.#column('nodeSelfBytes')
  }

  get firstEdge(): Uint32Array {
    return this.#whole.firstEdge ?? this.#column('firstEdge')
  }

  get nodeDetachedness(): Uint8Array | undefined {
    return this.#from.file.entry('nodeDetachedness') && this.#column('nodeDetachedness')
  }

  get nodeTraceId(): NumberArray | undefined {
    return this.#from.file.entry('nodeTraceId') && this.#column('nodeTraceId')
  }

  get edgeKind(): Uint8Array {
    return this.#whole.edgeKind ?? this.#column('edgeKind')
  }

  get edgeName(): NumberArray {
    return this.#whole.edgeName ?? this.#column('edgeName')
  }

  get edgeTarget(): Uint32Array {
    return this.#whole.edgeTarget ?? this.#column('edgeTarget')
  }

  get locations(): Locations {
    return this.#locations
  }

  #column<Name extends (typeof BASE)[number]>(name: Name): NonNullable<Columns[Name]> {
    const read = () => {
      this.#whole[name] ??= this.#read(name, () => this.#from.instead()[name] as SavedArray) as Columns[Name]
      return this.#whole[name] as SavedArray
    }
    return (this.#whole[name] ?? this.#pages(name, read)) as NonNullable<Columns[Name]>
  }

  #read(name: string, instead: () => SavedArray): SavedArray {
    return this.#from.read(name) ?? instead()
  }

  /** A column in pages, if columns are read so. */
  #pages(name: string, whole: () => SavedArray): SavedArray {
    const {file, inPages, look} = this.#from
    if (!inPages(name)) return whole()
    this.#paged[name] ??= file.paged(name, whole, look)
    return this.#paged[name] ?? whole()
  }
}
