/** Arrays of which only what is looked at is read. */

type TypedArray = Uint8Array | Uint32Array | Int32Array | Float64Array

export interface Pages<T extends TypedArray> {
  /** Elements in all. */
  length: number
  /** Elements of a page; the last may have fewer. */
  pageLength: number
  /** Undefined: it cannot be read. */
  page(index: number): T | undefined
  /** All of it: asked for when a page cannot be read, when many have been, or when more is wanted than elements, short runs of them and the length. */
  whole(): T
  /** Told what is looked at: 1 for an element, PAGE_LOOKS for a page that is read. May throw to put an end to it. */
  look?: ((times: number) => void) | undefined
}

/** An element costs 0.2 microseconds, to read a page and its checksum some 50. */
const PAGE_LOOKS = 250

/** From this part of the pages on, and some pages at least, reading the rest at once is cheaper: a page has a price of its own. */
const MAX_OF_PAGES = 1 / 4
const FEW_PAGES = 64

/**
 * Looks like a typed array, and reads one page at a time. An element costs some hundred times as much as in a real one: for the few
 * objects that a person looks at, never for a loop over a heap. It is no array to native functions such as `TextDecoder.decode`:
 * they must be given a `subarray`.
 */
export function pagedArray<T extends TypedArray>(kind: T, {length, pageLength, page, whole, look}: Pages<T>): T {
  const pages = new Map<number, T>()
  const allPages = Math.ceil(length / pageLength)
  const mostPages = Math.max(FEW_PAGES, MAX_OF_PAGES * allPages)
  let all: T | undefined
  const readAll = () => {
    look?.(allPages * PAGE_LOOKS)
    pages.clear()
    return whole()
  }
  const pageOf = (index: number) => {
    const number = Math.floor(index / pageLength)
    const known = pages.get(number)
    if (known !== undefined) return known
    const found = pages.size < mostPages ? page(number) : undefined
    if (found === undefined) return undefined
    look?.(PAGE_LOOKS)
    pages.set(number, found)
    return found
  }
  const element = (index: number) => {
    look?.(1)
    if (all !== undefined) return all[index]
    const found = pageOf(index)
    if (found !== undefined) return found[index % pageLength]
    all = readAll()
    return all[index]
  }
  /** A copy of a run of elements; undefined if there are too many pages in it, or one cannot be read. */
  const run = (from: number, to: number): T | undefined => {
    if ((to - from) / pageLength > mostPages) return undefined
    const first = pageOf(from)
    if (first === undefined) return undefined
    const start = from % pageLength
    if (start + to - from <= first.length) return first.slice(start, start + to - from) as T
    const copy = new (kind.constructor as new (length: number) => T)(to - from)
    for (let at = from; at < to; ) {
      const page = pageOf(at)
      if (page === undefined) return undefined
      const part = page.subarray(at % pageLength, (at % pageLength) + to - at)
      copy.set(part, at - from)
      at += part.length
    }
    return copy
  }
  const part = (from = 0, to = length) => {
    const isPlain = Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= length
    const copy = isPlain && all === undefined && from < length ? run(from, to) : undefined
    if (copy !== undefined) return copy
    all ??= readAll()
    return all.subarray(from, to) as T
  }
  return new Proxy(kind, {
    get(_, key) {
      if (key === 'length') return length
      const index = typeof key === 'string' ? Number(key) : Number.NaN
      if (Number.isInteger(index)) return index >= 0 && index < length ? element(index) : undefined
      if (key === 'subarray' || key === 'slice')
        return key === 'slice' ? (...ends: number[]) => part(...ends).slice() : part
      all ??= readAll()
      const value: unknown = Reflect.get(all, key, all)
      return typeof value === 'function' ? value.bind(all) : value
    },
  })
}
