/** The heap of this process without its garbage: collected until nothing more goes. */
import {setImmediate} from 'node:timers/promises'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {HeapgraphError} from '../../util/errors.ts'

/** How long `settleHeap` waits for a heap to be quiet. */
export interface SettleOptions {
  /** Collections at most; 20. */
  maxRounds?: number
}

/** What was alive after the last collections, in bytes, as `process.memoryUsage()` counts. */
export interface SettledHeap {
  /** In V8's heap. */
  heapUsedBytes: number
  /** Outside of it, kept alive by objects in it; those of ArrayBuffers among them. */
  externalBytes: number
  /** Collections it took. */
  rounds: number
  /** Whether the last ones changed nothing of weight. If not, something goes on allocating. */
  isStable: boolean
}

const DEFAULT_ROUNDS = 20
/** Of what is alive, but no less than the floor: code that is compiled or thrown away meanwhile moves as much. */
const STEADY_SHARE = 0.001
const STEADY_FLOOR_BYTES = 64 << 10

interface Round {
  heapUsedBytes: number
  externalBytes: number
  totalBytes: number
}

/**
 * Collects garbage until two rounds are as low as the two before them, but for 0.1 % (65 kB at least), 20 times at most. Two, since V8 counts
 * the rest of the page that it allocates on as used: a single number may be a quarter of a megabyte too high. Between the rounds other work
 * of the process goes on: finalizers, streams that close, timers that are due. Takes about as long as that many full collections.
 */
export async function settleHeap({maxRounds = DEFAULT_ROUNDS}: SettleOptions = {}): Promise<SettledHeap> {
  const collect = collector()
  const last: Round[] = []
  for (let rounds = 1; ; rounds++) {
    // Finalization callbacks and the freeing of backing stores are tasks of their own, and WeakRefs hold until the current one ends.
    await setImmediate()
    collect()
    await setImmediate()
    const {heapUsed: heapUsedBytes, external: externalBytes} = process.memoryUsage()
    last.unshift({heapUsedBytes, externalBytes, totalBytes: heapUsedBytes + externalBytes})
    const now = lowest(last.slice(0, 2))
    const before = last.length < 4 ? Number.POSITIVE_INFINITY : lowest(last.slice(2, 4)).totalBytes
    const isStable = Math.abs(before - now.totalBytes) <= Math.max(STEADY_FLOOR_BYTES, STEADY_SHARE * now.totalBytes)
    if (isStable || rounds >= maxRounds) {
      return {heapUsedBytes: now.heapUsedBytes, externalBytes: now.externalBytes, rounds, isStable}
    }
  }
}

function lowest(rounds: Round[]): Round {
  return rounds.reduce((low, round) => (round.totalBytes < low.totalBytes ? round : low))
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
  throw new HeapgraphError(
    'USAGE',
    'garbage collection cannot be triggered in this process',
    'start it with --expose-gc',
  )
}
