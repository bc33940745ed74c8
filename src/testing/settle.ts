/** Waits until the heap holds only what the program keeps. */
import {setImmediate, setTimeout} from 'node:timers'
import {getHeapStatistics} from 'node:v8'
import {collectGarbage} from '../capture/own/settle.ts'

/** Rounds of waiting and collecting: what a finalizer lets go of goes in the next one. */
const MIN_ROUNDS = 3
const MAX_ROUNDS = 12
/** Bytes a round that are no progress. */
const NOISE_BYTES = 4096
/** Turns of the event loop between collections, and a wait for what the system has to say, such as that a socket is closed. */
const TURNS = 5
const PAUSE_MS = 5

/** Lets pending callbacks run and collects garbage until the heap shrinks no more; gives up after some rounds. */
export async function settle(): Promise<void> {
  let smallest = Number.POSITIVE_INFINITY
  for (let round = 0; round < MAX_ROUNDS; round++) {
    for (let turn = 0; turn < TURNS; turn++) await new Promise(resolve => setImmediate(resolve))
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
    collectGarbage()
    const used = getHeapStatistics().used_heap_size
    if (round + 1 >= MIN_ROUNDS && used > smallest - NOISE_BYTES) return
    smallest = Math.min(smallest, used)
  }
}
