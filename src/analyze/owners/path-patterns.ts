/** Ways through the heap with identities left out, as numbers: `sessions.get(…).buffers[i]` is one pattern for all that it leads to. */

import {getOrMake} from '../../util/memo.ts'
import {PairMap} from '../../util/pair-map.ts'

/** What stands at the beginning of a pattern. */
export const Start = {scope: 0, global: 1, runtime: 2, root: 3, component: 4, owner: 5, ownerOfListeners: 6} as const
export type StartKind = (typeof Start)[keyof typeof Start]

/** Steps beyond this many are told by the kind of object they lead to only, so that there are not more patterns than a person could read. */
const LONGEST = 24
/** A step that came within the last so many is a turn of a loop: lists, rings, trees. */
const LOOK_BACK = 6
const NO_PATTERN = 0

/**
 * Interns patterns: a start, or a pattern and one more step. Patterns and steps are small numbers from 1 on; equal paths have
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
  /** By pattern and step. */
  readonly #ofStep = new PairMap()
  /** By edge, from 0 on, and kind. */
  readonly #steps = new PairMap()

  /** `what`: tells starts of one kind apart; of owners, the pattern that they are found by. */
  start(kind: StartKind, what: number): number {
    return getOrMake(this.#ofStart, kind * 2 ** 40 + what, () => {
      const start = this.#added(NO_PATTERN, 0, kind, 1)
      this.#what[start] = what
      return start
    })
  }

  whatOf(start: number): number {
    return this.#what[start]
  }

  /** The kind of object that the last step leads to. */
  intoOf(pattern: number): number {
    return this.#into[this.#step[pattern]]
  }

  /** A step along edges of one pattern into objects of one kind. `edge` from -3 on. */
  step(edge: number, into: number): number {
    const known = this.#steps.get(edge + 3, into)
    if (known >= 0) return known
    const step = this.#into.push(into) - 1
    this.#steps.add(edge + 3, into, step)
    return step
  }

  extend(pattern: number, step: number): number {
    let before = pattern
    for (let i = 0; i < LOOK_BACK && before !== NO_PATTERN; i++) {
      if (this.#step[before] === step) return before
      before = this.#parent[before]
    }
    if (this.#length[pattern] > LONGEST) return this.extend(this.#parent[pattern], step)
    const known = this.#ofStep.get(pattern, step)
    if (known >= 0) return known
    const longer = this.#added(pattern, step, this.#start[pattern], this.#length[pattern] + 1)
    this.#ofStep.add(pattern, step, longer)
    return longer
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

  #added(parent: number, step: number, start: StartKind, length: number): number {
    this.#step.push(step)
    this.#start.push(start)
    this.#length.push(length)
    return this.#parent.push(parent) - 1
  }
}
