/** Sorting of numbers that belong to something else. */

const BITS = 11
const DIGITS = 1 << BITS

/** The places of all values in ascending order of the values, equals in their own order: radix sort, linear in time. */
export function ascendingOrder(values: Uint32Array): Uint32Array {
  const {length} = values
  let order = new Uint32Array(length)
  let largest = 0
  for (let i = 0; i < length; i++) {
    order[i] = i
    if (values[i] > largest) largest = values[i]
  }
  let other = new Uint32Array(length)
  const next = new Uint32Array(DIGITS)
  for (let shift = 0; shift < 32 && largest >>> shift > 0; shift += BITS) {
    next.fill(0)
    for (let i = 0; i < length; i++) next[(values[i] >>> shift) & (DIGITS - 1)]++
    for (let digit = 0, sum = 0; digit < DIGITS; digit++) {
      const count = next[digit]
      next[digit] = sum
      sum += count
    }
    for (let i = 0; i < length; i++) other[next[(values[order[i]] >>> shift) & (DIGITS - 1)]++] = order[i]
    const sorted = other
    other = order
    order = sorted
  }
  return order
}

/** Whether each value is larger than the one before. */
export function isAscending(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i - 1] >= values[i]) return false
  return true
}
