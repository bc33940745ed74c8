/** Owners of nodes as small numbers, and sets of them as numbers too: equal sets have equal numbers. */
import {GrowableUint32} from '../../util/growable.ts'
import {PairMap} from '../../util/pair-map.ts'

/** One owner. */
export interface OwnerKey {
  /** Pattern of what owns and the step from it; of the runtime's objects without the step: their parts hold one listener several times. */
  pattern: number
  /** The kind of the function next to it that holds the objects for it, of owners with listeners; -1 for others. */
  through: number
}

/** Owners kept of one object's: more ways than a person would follow. */
export const MAX_OWNERS = 8

const EMPTY = 0

/**
 * Sets of at most MAX_OWNERS owners, and of how many more nothing is known but that there are some; 0 is the empty set. Members lie one
 * set behind the other, ascending, and sets are found by their hash in a table with open addressing: no object a set.
 */
export class OwnerSets {
  readonly #keys: OwnerKey[] = []
  readonly #numberOf = new PairMap()
  /** Members of set s stand at `#first[s]` to `#first[s + 1] - 1`. */
  readonly #members = new GrowableUint32()
  readonly #first = new GrowableUint32()
  readonly #isCut = new GrowableUint32()
  /** Of each set, whether functions make owners of their own of some of its owners. */
  readonly #isGivenOn = new GrowableUint32()
  /** Sets by hash, one added; 0 for a free place. */
  #table = new Uint32Array(1 << 10)
  readonly #unions = new PairMap()
  readonly #through = new PairMap()
  readonly #throughOwner: (pattern: number) => number
  /** A set in the making. */
  readonly #made = new Uint32Array(2 * MAX_OWNERS)

  /** `throughOwner`: by which pattern an owner with listeners is known when a function holds objects for it; -1 for owners without. */
  constructor(throughOwner: (pattern: number) => number) {
    this.#throughOwner = throughOwner
    this.#first.push(0)
    this.#interned(0, false)
  }

  /** The number of an owner, from 0 on. */
  owner(pattern: number, through = -1): number {
    const known = this.#numberOf.get(pattern, through + 1)
    if (known >= 0) return known
    const owner = this.#keys.push({pattern, through}) - 1
    this.#numberOf.add(pattern, through + 1, owner)
    return owner
  }

  key(owner: number): OwnerKey {
    return this.#keys[owner]
  }

  /** Ascending; valid until the next set is made. */
  of(set: number): Uint32Array {
    return this.#members.view().subarray(this.#first.get(set), this.#first.get(set + 1))
  }

  has(set: number, owner: number): boolean {
    const end = this.#first.get(set + 1)
    for (let i = this.#first.get(set); i < end; i++) if (this.#members.get(i) === owner) return true
    return false
  }

  /** Whether owners were left out of it, or of one that it was made from. */
  isCut(set: number): boolean {
    return this.#isCut.get(set) === 1
  }

  /** Whether what a function holds that has these owners may have others. */
  isGivenOn(set: number): boolean {
    return this.#isGivenOn.get(set) === 1
  }

  single(owner: number): number {
    this.#made[0] = owner
    return this.#interned(1, false)
  }

  /** Of too many owners those of `a` are kept first. */
  union(a: number, b: number): number {
    if (a === b || b === EMPTY) return a
    if (a === EMPTY) return b
    const known = this.#unions.get(a, b)
    if (known >= 0) return known
    let count = 0
    for (let i = this.#first.get(a); i < this.#first.get(a + 1); i++) this.#made[count++] = this.#members.get(i)
    for (let i = this.#first.get(b); i < this.#first.get(b + 1); i++) {
      const owner = this.#members.get(i)
      if (!this.has(a, owner)) this.#made[count++] = owner
    }
    const set = this.#interned(count, this.isCut(a) || this.isCut(b))
    this.#unions.add(a, b, set)
    return set
  }

  /** The owners of what a function of a kind holds that has the owners of `set`. */
  through(set: number, kind: number): number {
    if (!this.isGivenOn(set)) return set
    const known = this.#through.get(set, kind)
    if (known >= 0) return known
    let count = 0
    for (let i = this.#first.get(set); i < this.#first.get(set + 1); i++) {
      const owner = this.throughOf(this.#members.get(i), kind)
      if (!this.#made.subarray(0, count).includes(owner)) this.#made[count++] = owner
    }
    const found = this.#interned(count, this.isCut(set))
    this.#through.add(set, kind, found)
    return found
  }

  /** The same of one owner: the function next to it is what it was given, and what it must let go of. */
  throughOf(owner: number, kind: number): number {
    const known = this.#known(owner)
    return known < 0 ? owner : this.owner(known, kind)
  }

  /** By which pattern an owner is known when a function next to it holds objects for it; -1 if it is by its own. */
  #known(owner: number): number {
    const {pattern, through} = this.#keys[owner]
    return through < 0 ? this.#throughOwner(pattern) : -1
  }

  /** The set of the first `count` of `#made`, all different; the first MAX_OWNERS are kept. */
  #interned(count: number, wasCut: boolean): number {
    const isCut = Number(wasCut || count > MAX_OWNERS)
    const made = this.#made.subarray(0, Math.min(count, MAX_OWNERS)).sort()
    if (this.#isCut.length * 2 > this.#table.length) this.#grow()
    const mask = this.#table.length - 1
    let place = hashOf(made, isCut) & mask
    for (; this.#table[place] !== 0; place = (place + 1) & mask) {
      if (this.#isSame(this.#table[place] - 1, made, isCut)) return this.#table[place] - 1
    }
    const set = this.#isCut.length
    for (let i = 0; i < made.length; i++) this.#members.push(made[i])
    this.#isGivenOn.push(Number(made.some(owner => this.#known(owner) >= 0)))
    this.#first.push(this.#members.length)
    this.#isCut.push(isCut)
    this.#table[place] = set + 1
    return set
  }

  #isSame(set: number, made: Uint32Array, isCut: number): boolean {
    const from = this.#first.get(set)
    if (this.#first.get(set + 1) - from !== made.length || this.#isCut.get(set) !== isCut) return false
    for (let i = 0; i < made.length; i++) if (this.#members.get(from + i) !== made[i]) return false
    return true
  }

  #grow(): void {
    const table = new Uint32Array(this.#table.length * 2)
    const mask = table.length - 1
    for (let set = 0; set < this.#isCut.length; set++) {
      let place = hashOf(this.of(set), this.#isCut.get(set)) & mask
      while (table[place] !== 0) place = (place + 1) & mask
      table[place] = set + 1
    }
    this.#table = table
  }
}

function hashOf(members: Uint32Array, isCut: number): number {
  let hash = members.length * 2 + isCut
  for (let i = 0; i < members.length; i++) hash = Math.imul(hash ^ members[i], 0x9e3779b1) ^ (hash >>> 15)
  return hash ^ (hash >>> 15)
}
