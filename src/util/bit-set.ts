/** A fixed-size set of small integers, one bit each. */
export class BitSet {
  readonly words: Uint32Array

  /** `words`: those of a set of this size, instead of an empty one. */
  constructor(size: number, words: Uint32Array = new Uint32Array((size + 31) >>> 5)) {
    this.words = words
  }

  /** The set of some of the integers below `size`. */
  static of(size: number, members: Iterable<number>): BitSet {
    const set = new BitSet(size)
    for (const member of members) set.add(member)
    return set
  }

  copy(): BitSet {
    return new BitSet(0, this.words.slice())
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
