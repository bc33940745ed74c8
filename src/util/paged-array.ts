/** Arrays of which only what is looked at is read. */

type TypedArray = Uint8Array | Uint32Array | Int32Array | Float64Array

export interface Pages<T extends TypedArray> {
  /** Elements in all. */
  length: number
  /** Elements of a page; the last may have fewer. */
  pageLength: number
  /** Undefined: it cannot be read. */
  page(index: number): T | undefined
  /** All of it: asked for when a page cannot be read, when many have been, or when more is wanted than elements and the length. */
  whole(): T
}

/** From this part of the pages on, and some pages at least, reading the rest at once is cheaper: a page has a price of its own. */
const MAX_OF_PAGES = 1 / 4
const FEW_PAGES = 64

/**
 * Looks like a typed array, and reads one page at a time. An element costs some hundred times as much as in a real one: for the few
 * objects that a person looks at, never for a loop over a heap. It is no array to native functions such as `TextDecoder.decode`:
 * they must be given a `subarray`.
 */
export function pagedArray<T extends TypedArray>(kind: T, {length, pageLength, page, whole}: Pages<T>): T {
  const pages = new Map<number, T>()
  const mostPages = Math.max(FEW_PAGES, MAX_OF_PAGES * Math.ceil(length / pageLength))
  let all: T | undefined
  const element = (index: number) => {
    if (all !== undefined) return all[index]
    const number = Math.floor(index / pageLength)
    const found = pages.get(number) ?? (pages.size < mostPages ? page(number) : undefined)
    if (found === undefined) {
      all = whole()
      pages.clear()
      return all[index]
    }
    pages.set(number, found)
    return found[index % pageLength]
  }
  return new Proxy(kind, {
    get(_, key) {
      if (key === 'length') return length
      const index = typeof key === 'string' ? Number(key) : Number.NaN
      if (Number.isInteger(index)) return index >= 0 && index < length ? element(index) : undefined
      all ??= whole()
      const value: unknown = Reflect.get(all, key, all)
      return typeof value === 'function' ? value.bind(all) : value
    },
  })
}
