/** A number for few of many nodes: 8 bytes for each that has one, found by bisection. */
import {indexInSorted} from './bisect.ts'

export class SparseColumn {
  /** The indexes that have a value, ascending. */
  readonly keys: Uint32Array
  readonly values: Uint32Array

  constructor(keys: Uint32Array, values: Uint32Array) {
    this.keys = keys
    this.values = values
  }

  /** `dense`: for each index its value and one, or 0 for none. */
  static of(dense: Uint32Array): SparseColumn {
    let count = 0
    for (const value of dense) if (value > 0) count++
    const keys = new Uint32Array(count)
    const values = new Uint32Array(count)
    for (let index = 0, at = 0; at < count; index++) {
      if (dense[index] === 0) continue
      keys[at] = index
      values[at++] = dense[index] - 1
    }
    return new SparseColumn(keys, values)
  }

  /** The index's value, -1 if it has none. */
  get(index: number): number {
    const place = indexInSorted(this.keys, index)
    return place < 0 ? -1 : this.values[place]
  }
}
