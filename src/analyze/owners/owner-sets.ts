/** Owners of nodes as small numbers, and sets of them as numbers too: equal sets have equal numbers. */
import {getOrMake} from '../../util/memo.ts'

/** One owner. */
export interface OwnerKey {
  /** Pattern of what owns and the step from it; of the runtime's objects without the step: their parts hold one listener several times. */
  pattern: number
  /** The kind of the function next to it that holds the objects for it, of owners with listeners; -1 for others. */
  through: number
}

/** Owners kept of one object's: more ways than a person would follow. */
export const MAX_OWNERS = 8

const SHIFT = 2 ** 26
const EMPTY = 0

/** Sets of at most MOST_OWNERS owners, and of how many more nothing is known but that there are some; 0 is the empty set. */
export class OwnerSets {
  readonly #keys: OwnerKey[] = []
  readonly #numberOf = new Map<number, number>()
  readonly #members: (readonly number[])[] = [[]]
  readonly #isCut = [false]
  readonly #ofMembers = new Map<string, number>([['', EMPTY]])
  readonly #unions = new Map<number, number>()
  readonly #through = new Map<number, number>()
  readonly #throughOwner: (pattern: number) => number

  /** `throughOwner`: by which pattern an owner with listeners is known when a function holds objects for it; -1 for owners without. */
  constructor(throughOwner: (pattern: number) => number) {
    this.#throughOwner = throughOwner
  }

  /** The number of an owner, from 0 on. */
  owner(pattern: number, through = -1): number {
    return getOrMake(this.#numberOf, pattern * SHIFT + through + 1, () => this.#keys.push({pattern, through}) - 1)
  }

  key(owner: number): OwnerKey {
    return this.#keys[owner]
  }

  of(set: number): readonly number[] {
    return this.#members[set]
  }

  /** Whether owners were left out of it, or of one that it was made from. */
  isCut(set: number): boolean {
    return this.#isCut[set]
  }

  single(owner: number): number {
    return this.#interned([owner], false)
  }

  /** Of too many owners those of `a` are kept first. */
  union(a: number, b: number): number {
    if (a === b || b === EMPTY) return a
    if (a === EMPTY) return b
    return getOrMake(this.#unions, a * SHIFT + b, () =>
      this.#interned([...this.#members[a], ...this.#members[b]], this.#isCut[a] || this.#isCut[b]),
    )
  }

  /** The owners of what a function of a kind holds that has the owners of `set`. */
  through(set: number, kind: number): number {
    if (set === EMPTY) return EMPTY
    return getOrMake(this.#through, set * SHIFT + kind, () =>
      this.#interned(
        this.#members[set].map(owner => this.throughOf(owner, kind)),
        this.#isCut[set],
      ),
    )
  }

  /** The same of one owner: the function next to it is what it was given, and what it must let go of. */
  throughOf(owner: number, kind: number): number {
    const {pattern, through} = this.#keys[owner]
    const known = through < 0 ? this.#throughOwner(pattern) : -1
    return known < 0 ? owner : this.owner(known, kind)
  }

  #interned(owners: readonly number[], wasCut: boolean): number {
    const all = [...new Set(owners)]
    const isCut = wasCut || all.length > MAX_OWNERS
    const members = all.slice(0, MAX_OWNERS).sort((a, b) => a - b)
    return getOrMake(this.#ofMembers, `${members.join()}${isCut ? '+' : ''}`, () => {
      this.#isCut.push(isCut)
      return this.#members.push(members) - 1
    })
  }
}
