/** Sorts locations by node, so that a node's place is found by bisection; V8 writes them in no order. */
import type {Threads} from '../../threads/threads.ts'
import {ascendingOrder} from '../../util/ascending-order.ts'
import type {Locations} from '../columns/heap.ts'

/** Sorts the rows where they are; those of one node keep their order. */
export function sortByNode({node, scriptId, line, column}: Locations): void {
  const order = ascendingOrder(node)
  for (const values of [node, scriptId, line, column]) permute(values, order)
}

/**
 * Puts the values of the places that `order` names into its order. By a copy: to read places in any order and write one behind the other
 * does not wait for memory, as following the cycles of the order from place to place does.
 */
function permute(column: Uint32Array | Int32Array, order: Uint32Array): void {
  const values = column.slice()
  for (let i = 0; i < order.length; i++) column[i] = values[order[i]]
}

const FREE = 0
const TAKEN = 1
const SORTED = 2

/** Nothing takes so long; a thread that has died says nothing any more. */
const PATIENCE_MS = 60_000

interface SortJob {
  port?: undefined
  /** In shared memory. */
  locations: Locations
  state: Int32Array
}

/** Has another thread sort the rows. What is returned waits for it, or sorts them itself; false if a thread has begun and not finished. */
export function sortAside(threads: Threads, locations: Locations): () => boolean {
  const job: SortJob = {locations, state: new Int32Array(new SharedArrayBuffer(4))}
  threads.runOne('snapshot/load/location-order', job)
  return () => {
    run(job)
    Atomics.wait(job.state, 0, TAKEN, PATIENCE_MS)
    return Atomics.load(job.state, 0) === SORTED
  }
}

/** Sorts, if nobody has begun to. */
export function run({locations, state}: SortJob): void {
  if (Atomics.compareExchange(state, 0, FREE, TAKEN) !== FREE) return
  sortByNode(locations)
  Atomics.store(state, 0, SORTED)
  Atomics.notify(state, 0)
}
