/** A set of whole numbers in one typed array: a file may have a hundred million strings of one text, and a Set ends at 2^24. */
import {indexInSorted} from './bisect.ts'

/** What a Set is asked, too. */
export interface Members {
  readonly size: number
  has(index: number): boolean
}

/** The members, ascending, or several such lists. */
export function indexSet(...lists: readonly Uint32Array[]): Members {
  const indexes = joined(...lists)
  const size = indexes.length
  // As a rule there is one.
  if (size === 0) return {size, has: () => false}
  if (size === 1) {
    const [only] = indexes
    return {size, has: index => index === only}
  }
  if (size === 2) {
    // So have the links of timers, which are asked for at every edge.
    const [one, other] = indexes
    return {size, has: index => index === one || index === other}
  }
  return {size, has: index => indexInSorted(indexes, index) >= 0}
}

/** All of them in one list, ascending. */
export function joined(...lists: readonly Uint32Array[]): Uint32Array {
  if (lists.length === 1) return lists[0]
  const all = new Uint32Array(lists.reduce((sum, {length}) => sum + length, 0))
  let at = 0
  for (const list of lists) {
    all.set(list, at)
    at += list.length
  }
  return all.sort()
}
