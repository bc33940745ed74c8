/** Waits until the heap holds only what the program keeps. */
import {setImmediate, setTimeout} from 'node:timers'
import {getHeapStatistics, setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'

/** Rounds of waiting and collecting: what a finalizer lets go of goes in the next one. */
const LEAST_ROUNDS = 3
const MOST_ROUNDS = 12
/** Bytes a round that are no progress. */
const NOISE_BYTES = 4096
/** Turns of the event loop between collections, and a wait for what the system has to say, such as that a socket is closed. */
const TURNS = 5
const PAUSE_MS = 5

let collect: (() => void) | undefined

/** V8's collector, whatever flags the process was started with. */
function collector(): () => void {
  if (collect !== undefined) return collect
  const own = (globalThis as {gc?: () => void}).gc
  if (typeof own !== 'function') setFlagsFromString('--expose-gc')
  // Only contexts made after the flag have it.
  collect = typeof own === 'function' ? own : (runInNewContext('gc') as () => void)
  return collect
}

/** Lets pending callbacks run and collects garbage until the heap shrinks no more; gives up after some rounds. */
export async function settle(): Promise<void> {
  const collectGarbage = collector()
  let smallest = Number.POSITIVE_INFINITY
  for (let round = 0; round < MOST_ROUNDS; round++) {
    for (let turn = 0; turn < TURNS; turn++) await new Promise(resolve => setImmediate(resolve))
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
    collectGarbage()
    const used = getHeapStatistics().used_heap_size
    if (round + 1 >= LEAST_ROUNDS && used > smallest - NOISE_BYTES) return
    smallest = Math.min(smallest, used)
  }
}
