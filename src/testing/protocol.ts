/** What the test and the thread that reads its snapshots say to each other. */

export interface Task {
  file: string
  /** From how many more objects a round on a type counts as grown. */
  least: number
  /** Names of types that count, exact or `/regex/`; all if undefined. */
  types: string[] | undefined
  iterations: number
  rounds: number
}

export interface Seen {
  /** Types that have grown every time so far: while there are none, nothing can have leaked. */
  grown: number
  /** What to say of the last snapshot's; undefined if there is nothing to say, or it was not the last. */
  message: string | undefined
}

export type Answer = {seen: Seen} | {error: string}
