/** Ways through the heap with identities left out, as numbers: `sessions.get(…).buffers[i]` is one pattern for all that it leads to. */

import {getOrMake} from '../util/memo.ts'

/** What stands at the beginning of a pattern. */
export const Start = {scope: 0, global: 1, runtime: 2, root: 3, owner: 4} as const
export type StartKind = (typeof Start)[keyof typeof Start]

/** Steps beyond this many are told by the kind of object they lead to only, so that there are not more patterns than a person could read. */
const LONGEST = 24
/** A step that came within the last so many is a turn of a loop: lists, rings, trees. */
const LOOK_BACK = 6
const NO_PATTERN = 0
const SHIFT = 2 ** 26

/**
 * Interns patterns: a start, or a pattern and one more step. Patterns and steps are small numbers from 1 on; equal ways have
 * equal numbers. A step that repeats one of the last LOOK_BACK leads back to where that was: `.next.next` is `.next`.
 */
export class WayPatterns {
  readonly #parent = [NO_PATTERN]
  readonly #step = [0]
  readonly #length = [0]
  readonly #start: StartKind[] = [Start.root]
  readonly #what: number[] = []
  readonly #into = [0]
  readonly #ofStart = new Map<number, number>()
  readonly #ofStep = new Map<number, number>()
  readonly #steps = new Map<number, number>()

  /** `what`: tells starts of one kind apart; of an owner, the pattern that it is found by. */
  start(kind: StartKind, what: number): number {
    const start = this.#interned(this.#ofStart, kind * 2 ** 40 + what, NO_PATTERN, 0, kind, 1)
    this.#what[start] = what
    return start
  }

  whatOf(start: number): number {
    return this.#what[start]
  }

  /** The kind of object that the last step leads to. */
  intoOf(pattern: number): number {
    return this.#into[this.#step[pattern]]
  }

  /** A step along edges of one pattern into objects of one kind. `edge` from -3 on; both below 2^26. */
  step(edge: number, into: number): number {
    const key = (edge + 3) * SHIFT + into
    return getOrMake(this.#steps, key, () => this.#into.push(into) - 1)
  }

  extend(pattern: number, step: number): number {
    let before = pattern
    for (let i = 0; i < LOOK_BACK && before !== NO_PATTERN; i++) {
      if (this.#step[before] === step) return before
      before = this.#parent[before]
    }
    if (this.#length[pattern] > LONGEST) return this.extend(this.#parent[pattern], step)
    return this.#interned(
      this.#ofStep,
      pattern * SHIFT + step,
      pattern,
      step,
      this.#start[pattern],
      this.#length[pattern] + 1,
    )
  }

  isStart(pattern: number): boolean {
    return this.#parent[pattern] === NO_PATTERN
  }

  startOf(pattern: number): StartKind {
    return this.#start[pattern]
  }

  lengthOf(pattern: number): number {
    return this.#length[pattern]
  }

  parent(pattern: number): number {
    return this.#parent[pattern]
  }

  #interned(
    table: Map<number, number>,
    key: number,
    parent: number,
    step: number,
    start: StartKind,
    length: number,
  ): number {
    let pattern = table.get(key)
    if (pattern === undefined) {
      pattern = this.#parent.push(parent) - 1
      this.#step.push(step)
      this.#start.push(start)
      this.#length.push(length)
      table.set(key, pattern)
    }
    return pattern
  }
}

/** Patterns kept of one object's: more ways than a person would follow. */
export const MOST_PATTERNS = 8

/** Sets of patterns as numbers; 0 is the empty set. Shortest patterns are kept when there are more than MOST_PATTERNS. */
export class PatternSets {
  readonly #members: number[][] = [[]]
  readonly #ofKey = new Map<string, number>([['', 0]])
  readonly #unions = new Map<number, number>()
  readonly #extended = new Map<number, number>()
  readonly #isCut = [false]
  readonly #patterns: WayPatterns

  constructor(patterns: WayPatterns) {
    this.#patterns = patterns
  }

  of(set: number): readonly number[] {
    return this.#members[set]
  }

  /** Whether patterns were left out of it, or of one that it was made from. */
  isCut(set: number): boolean {
    return this.#isCut[set]
  }

  single(pattern: number): number {
    return this.#interned([pattern], false)
  }

  union(a: number, b: number): number {
    if (a === b || b === 0) return a
    if (a === 0) return b
    const key = Math.min(a, b) * SHIFT + Math.max(a, b)
    return getOrMake(this.#unions, key, () =>
      this.#interned([...this.#members[a], ...this.#members[b]], this.#isCut[a] || this.#isCut[b]),
    )
  }

  extend(set: number, step: number): number {
    if (set === 0) return 0
    const key = set * SHIFT + step
    return getOrMake(this.#extended, key, () =>
      this.#interned(
        this.#members[set].map(pattern => this.#patterns.extend(pattern, step)),
        this.#isCut[set],
      ),
    )
  }

  #interned(patterns: number[], wasCut: boolean): number {
    const all = [...new Set(patterns)].sort((a, b) => this.#patterns.lengthOf(a) - this.#patterns.lengthOf(b) || a - b)
    const isCut = wasCut || all.length > MOST_PATTERNS
    const members = all.slice(0, MOST_PATTERNS)
    const key = `${members.join()}${isCut ? '+' : ''}`
    let set = this.#ofKey.get(key)
    if (set === undefined) {
      set = this.#members.push(members) - 1
      this.#isCut.push(isCut)
      this.#ofKey.set(key, set)
    }
    return set
  }
}
