/** How many random inputs a property test tries, and how large heaps are made: all of it, or a share in `npm test`. */

const IS_FEWER = process.env.HEAPGRAPH_FEWER_RUNS === '1'
const SHARE = IS_FEWER ? 0.2 : 1

/** @param all as many as make the test thorough. */
export function runs(all: number): number {
  return Math.ceil(all * SHARE)
}

/** What so many inputs must have met of something, so that the test has seen it: half of its share where there are fewer, for chance. */
export function enough(ofAll: number): number {
  return SHARE === 1 ? ofAll : Math.floor((ofAll * SHARE) / 2)
}

/** How many, where only the order of size counts: a tenth in `npm test`, which still overflows a stack or takes minutes where steps are quadratic. */
export function many(all: number): number {
  return IS_FEWER ? Math.ceil(all / 10) : all
}
