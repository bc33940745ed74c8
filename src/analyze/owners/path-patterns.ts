/** Ways through the heap with identities left out, as numbers: `sessions.get(…).buffers[i]` is one pattern for all that it leads to. */

import {getOrMake} from '../../util/memo.ts'

/** What stands at the beginning of a pattern. */
export const Start = {scope: 0, global: 1, runtime: 2, root: 3, owner: 4, ownerOfListeners: 5} as const
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
export class PathPatterns {
  readonly #parent = [NO_PATTERN]
  readonly #step = [0]
  readonly #length = [0]
  readonly #start: StartKind[] = [Start.root]
  readonly #what: number[] = []
  readonly #into = [0]
  readonly #ofStart = new Map<number, number>()
  readonly #ofStep = new Map<number, number>()
  readonly #steps = new Map<number, number>()

  /** `what`: tells starts of one kind apart; of owners, the pattern that they are found by. */
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
