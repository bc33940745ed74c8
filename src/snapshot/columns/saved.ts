/** Derived columns that may lie ready in an index: the one way for those who compute them to ask first. */
import {memoize} from '../../util/memo.ts'

export type SavedArray = Uint8Array | Uint32Array | Int32Array | Float64Array
export type SavedGroup<Key extends string = string> = Readonly<Record<Key, SavedArray>>

/** A column of a group as an index has it; undefined if it has none, or a damaged one. */
export type ReadSaved = (group: string, key: string) => SavedArray | undefined

/** The same column, read where it is looked at only, and by `whole` if that fails; undefined if that is not possible. */
export type PageSaved = (group: string, key: string, whole: () => SavedArray) => SavedArray | undefined

/** A group that another thread computes, if it does: waits for it. */
export type TakeAhead = (group: string) => SavedGroup | undefined

/** The derived columns of one snapshot. */
export class SavedColumns {
  /** Asked before a group is computed. */
  takeAhead: TakeAhead | undefined
  /**
   * Whether an index's columns, these and the snapshot's own, are from now on read in pages (`util/paged-array.ts`), but for what is
   * computed: for what is said of few objects, when nothing else will be asked.
   */
  inPages = false
  readonly #read: ReadSaved | undefined
  readonly #page: PageSaved | undefined
  readonly #has: (group: string) => boolean
  readonly #computed: Map<string, SavedGroup>

  /** `computed`: what another snapshot of the same file has computed; both add to it. */
  constructor(
    has: (group: string) => boolean = () => false,
    read?: ReadSaved,
    page?: PageSaved,
    {computed = new Map()}: {computed?: Map<string, SavedGroup>} = {},
  ) {
    this.#has = has
    this.#read = read
    this.#page = page
    this.#computed = computed
  }

  /** What had to be computed so far: what an index may take up. */
  get computed(): Map<string, SavedGroup> {
    return this.#computed
  }

  /** Whether a group need not be computed any more. */
  has(name: string): boolean {
    return this.#computed.has(name) || (this.#read !== undefined && this.#has(name))
  }

  /**
   * The columns of a group. Those in the index are read one by one as they are looked at; if the group is not there, or one of
   * them turns out to be damaged, the group is computed.
   */
  group<Group extends object>(name: string, keys: readonly (keyof Group & string)[], compute: () => Group): Group {
    const computed = () => {
      const group = this.#computed.get(name) ?? this.takeAhead?.(name) ?? (this.#inWhole(compute) as SavedGroup)
      this.#computed.set(name, group)
      return group
    }
    const read = this.#read
    if (read === undefined || !this.#has(name)) return computed() as unknown as Group
    const lazy = {}
    for (const key of keys) {
      let known: SavedArray | undefined
      let paged: SavedArray | undefined
      const whole = () => {
        known ??= read(name, key) ?? computed()[key]
        return known
      }
      const get = () => {
        if (known !== undefined) return known
        if (!this.inPages) return whole()
        paged ??= this.#page?.(name, key, whole)
        return paged ?? whole()
      }
      Object.defineProperty(lazy, key, {enumerable: true, get})
    }
    return lazy as Group
  }

  #inWhole<T>(compute: () => T): T {
    const before = this.inPages
    this.inPages = false
    try {
      return compute()
    } finally {
      this.inPages = before
    }
  }
}

interface WithSaved {
  readonly saved: SavedColumns
}

/** `compute`, run once for each snapshot, and not at all if its index has the columns. `keys`: all of the group's columns. */
export function savedGroup<Key extends WithSaved, Group extends object>(
  name: string,
  keys: readonly (keyof Group & string)[],
  compute: (snapshot: Key) => Group,
): (snapshot: Key) => Group {
  return memoize(snapshot => snapshot.saved.group(name, keys, () => compute(snapshot)))
}

/** The same for a single column. */
export function savedColumn<Key extends WithSaved, Column extends SavedArray>(
  name: string,
  compute: (snapshot: Key) => Column,
): (snapshot: Key) => Column {
  return memoize(snapshot => snapshot.saved.group(name, ['values'], () => ({values: compute(snapshot)})).values)
}

/** Texts and other small things as a column. */
export function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

export function parsedBytes(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes.subarray()))
}
