/** Unsigned whole numbers: 32 bits each until one does not fit, then doubles (exact to 2^53). */
import {MAX_UINT32} from './uint32.ts'

/** Unsigned whole numbers, exact to 2^53. */
export type NumberArray = Uint32Array | Float64Array

/** What stands in `of` for each of `places`, as narrow as `largest` allows. */
export function narrowed(places: Uint32Array, of: (place: number) => number, largest: number): NumberArray {
  return largest <= MAX_UINT32 ? Uint32Array.from(places, of) : Float64Array.from(places, of)
}

const MIN_CAPACITY = 1 << 12

/**
 * A growing column of unsigned whole numbers. It starts as a Uint32Array and becomes a Float64Array at the first value
 * above 4294967295, so that ids and sizes beyond 32 bits stay exact and ordinary files pay 4 bytes.
 */
export class NumberColumn {
  length = 0
  #data: NumberArray

  /** `capacity`: how many values are believed to come; the column grows beyond it by doubling. */
  constructor(capacity: number) {
    this.#data = new Uint32Array(Math.max(capacity, 1))
  }

  /**
   * Appends `rows` values, every `stride`-th of `values` from `offset` on.
   * Returns -1, or the row of the first value that is not a whole number from 0 to 2^53 - 1; the column is then unusable.
   */
  append(values: Float64Array, offset: number, stride: number, rows: number): number {
    this.#data = reserve(this.#data, this.length, this.length + rows)
    let row = 0
    if (this.#data instanceof Uint32Array) row = copyStrided(values, offset, stride, rows, this.#data, this.length)
    for (; row < rows; row++) {
      const value = values[offset + row * stride]
      if (!Number.isSafeInteger(value) || value < 0) return row
      if (value > MAX_UINT32 && this.#data instanceof Uint32Array) this.#data = Float64Array.from(this.#data)
      this.#data[this.length + row] = value
    }
    this.length += rows
    return -1
  }

  push(value: number): void {
    this.#data = reserve(this.#data, this.length, this.length + 1)
    if (value > MAX_UINT32 && this.#data instanceof Uint32Array) this.#data = Float64Array.from(this.#data)
    this.#data[this.length++] = value
  }

  /** The finished column, exactly `length` long; shares memory with the builder. */
  finish(): NumberArray {
    return this.#data.subarray(0, this.length)
  }
}

/** Copies until a value does not survive as an unsigned 32-bit number; returns how many rows were copied. */
function copyStrided(
  values: Float64Array,
  offset: number,
  stride: number,
  rows: number,
  target: Uint32Array,
  at: number,
): number {
  for (let row = 0, k = offset; row < rows; row++, k += stride) {
    const value = values[k]
    target[at + row] = value
    if (target[at + row] !== value) return row
  }
  return rows
}

/** `data` itself if it holds `needed` values, else a copy of its first `used` values with at least twice the room. */
export function reserve<T extends Uint8Array | Uint32Array | Int32Array | Float64Array>(
  data: T,
  used: number,
  needed: number,
): T {
  if (needed <= data.length) return data
  const Type = data.constructor as new (length: number) => T
  const larger = new Type(Math.max(needed, data.length * 2, MIN_CAPACITY))
  larger.set(data.subarray(0, used))
  return larger
}
