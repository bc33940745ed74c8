/** A Uint32Array that grows by doubling: for results whose length is not known beforehand. */
export class GrowableUint32 {
  length = 0
  #data: Uint32Array

  constructor(capacity = 16) {
    this.#data = new Uint32Array(Math.max(capacity, 1))
  }

  push(value: number): void {
    if (this.length === this.#data.length) {
      const larger = new Uint32Array(this.length * 2)
      larger.set(this.#data)
      this.#data = larger
    }
    this.#data[this.length++] = value
  }

  /** Takes the last value off; undefined if there is none. */
  pop(): number | undefined {
    return this.length === 0 ? undefined : this.#data[--this.length]
  }

  get(index: number): number {
    return this.#data[index]
  }

  /** Of one that is there. */
  set(index: number, value: number): void {
    this.#data[index] = value
  }

  /** The values so far, sharing memory with this array until it grows again. */
  view(): Uint32Array {
    return this.#data.subarray(0, this.length)
  }
}
