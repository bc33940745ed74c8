/** The heap of this process without its garbage: collected until nothing more goes. */
import {setImmediate} from 'node:timers/promises'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {HeapgraphError} from '../util/errors.ts'

export interface SettleOptions {
  /** Collections at most; 20. */
  maxRounds?: number
}

/** What was alive after the last collection, in bytes, as `process.memoryUsage()` counts. */
export interface SettledHeap {
  /** In V8's heap. */
  heapUsedBytes: number
  /** Outside of it, kept alive by objects in it; those of ArrayBuffers among them. */
  externalBytes: number
  /** Collections it took. */
  rounds: number
  /** Whether the last two changed nothing of weight. If not, something goes on allocating. */
  isStable: boolean
}

const DEFAULT_ROUNDS = 20
/** Rounds in a row without a change before the heap counts as settled: what finalizers let go of shows in the one after. */
const STEADY_ROUNDS = 2
/** Of what is alive, but no less than the floor: code that is compiled or thrown away moves as much. */
const STEADY_SHARE = 0.001
const STEADY_FLOOR_BYTES = 4096

/**
 * Collects garbage until two rounds in a row change less than 0.1 % (4 kB at least), 20 times at most. Between the rounds other work of
 * the process goes on: finalizers, streams that close, timers that are due. Takes about as long as that many full collections.
 */
export async function settleHeap({maxRounds = DEFAULT_ROUNDS}: SettleOptions = {}): Promise<SettledHeap> {
  const collect = collector()
  let before = Number.POSITIVE_INFINITY
  let steady = 0
  for (let rounds = 1; ; rounds++) {
    // Finalization callbacks and the freeing of backing stores are tasks of their own, and WeakRefs hold until the current one ends.
    await setImmediate()
    collect()
    await setImmediate()
    const {heapUsed: heapUsedBytes, external: externalBytes} = process.memoryUsage()
    const now = heapUsedBytes + externalBytes
    steady = Math.abs(before - now) <= Math.max(STEADY_FLOOR_BYTES, STEADY_SHARE * now) ? steady + 1 : 0
    const isStable = steady >= STEADY_ROUNDS
    if (isStable || rounds >= maxRounds) return {heapUsedBytes, externalBytes, rounds, isStable}
    before = now
  }
}

let collect: (() => void) | undefined

/** One full collection. */
export function collectGarbage(): void {
  collector()()
}

/** V8's `gc`, with `--expose-gc` or without. Not the inspector's: its session, once closed, numbers all objects anew. */
function collector(): () => void {
  collect ??= (globalThis as {gc?: () => void}).gc ?? exposedCollector()
  return collect
}

/** V8 gives `gc` to contexts that are made after the flag is set (v8/src/init/bootstrapper.cc). One is made, once. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const found: unknown = runInNewContext('gc')
  // Contexts of the program's own that are made later shall not have it.
  setFlagsFromString('--no-expose-gc')
  if (typeof found === 'function') return found as () => void
  throw new HeapgraphError('USAGE', 'this process does not let its garbage be collected', 'start it with --expose-gc')
}
