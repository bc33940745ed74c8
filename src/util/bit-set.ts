/** A fixed-size set of small integers, one bit each. */
export class BitSet {
  readonly words: Uint32Array

  constructor(size: number) {
    this.words = new Uint32Array((size + 31) >>> 5)
  }

  has(index: number): boolean {
    return (this.words[index >>> 5] & (1 << (index & 31))) !== 0
  }

  add(index: number): void {
    this.words[index >>> 5] |= 1 << (index & 31)
  }

  delete(index: number): void {
    this.words[index >>> 5] &= ~(1 << (index & 31))
  }
}
