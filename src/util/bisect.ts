/** Bisection in ascending numbers: the place of one of them, or -1. */
export function indexInSorted(ascending: Uint32Array | Float64Array, value: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    if (ascending[middle] === value) return middle
    if (ascending[middle] < value) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** Bisection in ascending numbers: the place of the first that is not below `value`; their length if all are. */
export function firstFrom(ascending: Uint32Array | Float64Array, value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}
