/** Which of a program's heaps snapshots are taken of. */
import type {LiveHeap, Weighing} from '../agent/snapshot-taker.ts'

/** A heap that was at work for less than this share of the time of the busiest only waited, as wrappers do. */
const WORKING_SHARE = 0.1
/** What another heap must have grown by in the first half at the least, and how many times as much as the one that was chosen. */
const SWITCH_BYTES = 64 << 10
const SWITCH_FACTOR = 2

/** What heaps held at one time. */
export type Weights = Map<LiveHeap, Weighing>

/** What a heap holds, by how much it has grown, and how long it was at work meanwhile. */
export interface HeapGrowth {
  heap: LiveHeap
  bytes: number
  growth: number
  activeMs: number
}

/** How the heaps of `now` have changed since they were `before`, those that grew most first. */
export function growths(now: Weights, before: Weights): HeapGrowth[] {
  const rows = [...now].map(([heap, weight]) => {
    const bytes = weight.heapBytes + weight.externalBytes
    const first = before.get(heap)
    const growth = first === undefined ? 0 : bytes - first.heapBytes - first.externalBytes
    return {heap, bytes, growth, activeMs: weight.activeMs.asked - (first?.activeMs.answered ?? 0)}
  })
  return rows.sort((a, b) => b.growth - a.growth || b.bytes - a.bytes)
}

/**
 * Of the heaps that were at work the one that has grown most, or else the largest: what only started the program grows a little, too, when
 * it is weighed, and the program may have shrunk since it started. `rows`: those that grew most first.
 */
export function firstAtWork(rows: readonly HeapGrowth[]): HeapGrowth | undefined {
  const most = Math.max(...rows.map(({activeMs}) => activeMs))
  return rows.find(({activeMs}) => activeMs >= WORKING_SHARE * most)
}

/** Another heap that has grown far more than the chosen one, by `own`: a leak goes on growing, other growth comes to its end. */
export function grownFarMore(
  rows: readonly HeapGrowth[],
  chosen: LiveHeap,
): {heap: LiveHeap; growth: number; own: number} | undefined {
  const own = rows.find(({heap}) => heap === chosen)?.growth ?? 0
  if (rows.length === 0) return undefined
  const [{heap, growth}] = rows
  if (heap === chosen || growth < Math.max(SWITCH_BYTES, SWITCH_FACTOR * own)) return undefined
  return {heap, growth, own}
}

/** `server.js 1234`, as plots call it. */
export function heapName({pid, thread, name}: LiveHeap): string {
  return `${name === '' ? 'process' : name} ${pid}${thread === 0 ? '' : `, worker thread ${thread}`}`
}
