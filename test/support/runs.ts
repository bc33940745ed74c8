/** How many random inputs a property test tries: all of them, or a fifth in `npm test`. */

const SHARE = process.env.HEAPGRAPH_FEWER_RUNS === '1' ? 0.2 : 1

/** @param all as many as make the test thorough. */
export function runs(all: number): number {
  return Math.ceil(all * SHARE)
}

/** What so many inputs must have met of something, so that the test has seen it: half of its share where there are fewer, for chance. */
export function enough(ofAll: number): number {
  return SHARE === 1 ? ofAll : Math.floor((ofAll * SHARE) / 2)
}
