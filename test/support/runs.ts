/** How many random inputs a property test tries: all of them, or a fifth in `npm test`. */

const SHARE = process.env.HEAPGRAPH_FEWER_RUNS === '1' ? 0.2 : 1

/** @param all as many as make the test thorough; also a number of something that so many inputs must have met. */
export function runs(all: number): number {
  return Math.ceil(all * SHARE)
}
