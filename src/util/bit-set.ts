/** A fixed-size set of small integers, one bit each. */
export class BitSet {
  /** 32 integers a word, the lowest bit first. */
  readonly words: Uint32Array

  /** `words`: those of a set of this size, instead of an empty one. */
  constructor(size: number, words: Uint32Array = new Uint32Array((size + 31) >>> 5)) {
    this.words = words
  }

  /** The set of some of the integers below `size`. */
  static of(size: number, members: Iterable<number>): BitSet {
    const set = new BitSet(size)
    if (members instanceof Uint32Array) set.addAll(members)
    else for (const member of members) set.add(member)
    return set
  }

  /** A set of the same members. */
  copy(): BitSet {
    return new BitSet(0, this.words.slice())
  }

  /** Whether `index` is in the set. */
  has(index: number): boolean {
    return (this.words[index >>> 5] & (1 << (index & 31))) !== 0
  }

  /** Puts `index` into the set. */
  add(index: number): void {
    this.words[index >>> 5] |= 1 << (index & 31)
  }

  /** Puts each of `indexes` into the set. By a loop over places: an iterator makes an object for each of millions. */
  addAll(indexes: Uint32Array): void {
    for (let i = 0; i < indexes.length; i++) this.add(indexes[i])
  }

  /** How many are in the set. */
  count(): number {
    const {words} = this
    let count = 0
    for (let i = 0; i < words.length; i++) for (let word = words[i]; word !== 0; word &= word - 1) count++
    return count
  }

  /** All that are in the set, ascending. */
  members(): Uint32Array {
    const {words} = this
    const found = new Uint32Array(this.count())
    let place = 0
    for (let i = 0; i < words.length; i++) {
      for (let word = words[i]; word !== 0; word &= word - 1) found[place++] = i * 32 + 31 - Math.clz32(word & -word)
    }
    return found
  }

  /** Takes `index` out of the set. */
  delete(index: number): void {
    this.words[index >>> 5] &= ~(1 << (index & 31))
  }
}
