/** In code: a snapshot of this process, and what a piece of work needs. */
import {setTimeout as delay} from 'node:timers/promises'
import {getHeapSnapshot, writeHeapSnapshot} from 'node:v8'
import {notWritable, temporaryName} from '../../files/private-file.ts'
import {adopt, isPackedName, openPartFile, removePart, type Written} from '../files/part-file.ts'
import {type Sources, takeOwn} from '../inspect/prepare.ts'
import {trackAllocations} from '../inspect/track-allocations.ts'
import {settleHeap} from './settle.ts'

/** What a snapshot of the own process holds, and where it is written. */
export interface CaptureOptions {
  /** V8's own objects, too. */
  internals?: boolean
  /** Numbers in properties, for `--where` and for `show`. */
  numeric?: boolean
  /** `full`: all strings whole, the sources of scripts among them, which lines are told by. Unless given, `full` if heap and strings have no more than 1 GiB. */
  sources?: Sources
}

/** A snapshot that was captured. */
export interface Captured extends Written {
  /** Why there are no sources in it, though nobody said so. */
  leftOut?: string
}

/**
 * Writes a snapshot of this thread's heap: for its owner only, packed if the name ends in `.gz`, whole or not there. The thread stands still
 * meanwhile, and needs about as much memory again as its heap. Ids mean the same objects in all snapshots of a process taken so.
 * Throws UNREADABLE if the file cannot be written.
 */
export async function capture(path: string, options: CaptureOptions = {}): Promise<Captured> {
  return captureOwn(path, options, "sources: 'full'")
}

/** The same; `how`: what asks for sources, as the person who reads of it would write it. */
export async function captureOwn(
  path: string,
  {internals = false, numeric = false, sources}: CaptureOptions,
  how: string,
): Promise<Captured> {
  const what = {exposeInternals: internals, exposeNumericValues: numeric}
  if (isPackedName(path)) {
    const file = openPartFile(path)
    try {
      // The snapshot is taken by this call; what follows is written from it.
      const {result, ...told} = takeOwn(sources, () => getHeapSnapshot(what), how)
      for await (const chunk of result) await file.write(String(chunk))
      return {...(await file.finish()), ...told}
    } finally {
      await file.discard()
    }
  }
  const temporary = temporaryName(path)
  let told: {leftOut?: string}
  try {
    // Node makes it for its owner only (src/heap_utils.cc, WriteSnapshot).
    const {result: _, ...rest} = takeOwn(sources, () => writeHeapSnapshot(temporary, what), how)
    told = rest
  } catch (error) {
    removePart(temporary)
    throw notWritable(path, error)
  }
  return {...(await adopt(temporary, path)), ...told}
}

/** How often the work that `measure` measures is done. */
export interface MeasureOptions {
  /** Milliseconds between two looks at the memory; 10. */
  intervalMs?: number
  /** A file: V8 notes the stack of each allocation while `fn` runs, and a snapshot with the stacks is written there, after garbage was collected. Costs much time and memory. */
  stacks?: string
}

/** Bytes of V8's heap and outside of it (`heapUsed` + `external` of `process.memoryUsage()`), of the own thread. */
export interface Measured<T> {
  /** What the function returned; it is alive, so it counts as retained. */
  result: T
  /** Before, after garbage was collected. */
  beforeBytes: number
  /** The most that was seen, garbage included: every `intervalMs` when the event loop turns, and at the end. What happens between is not seen. */
  peakBytes: number
  /** `peakBytes` - `beforeBytes`. */
  incrementBytes: number
  /** What is there after garbage was collected, less `beforeBytes`; may be negative. */
  retainedBytes: number
  /** Looks taken while the function ran, the last one included: 1 means that it never let the event loop turn. */
  samples: number
  /** Whether the heap came to rest before and after; if not, other work goes on and the numbers are of both. */
  isStable: boolean
  /** The snapshot with stacks, if one was asked for. */
  snapshot?: Captured
}

/** Runs `fn` and says what memory it took: peak, increment, and what is retained after garbage collection. */
export async function measure<T>(
  fn: () => T | Promise<T>,
  {intervalMs = 10, stacks}: MeasureOptions = {},
): Promise<Measured<T>> {
  const before = await settleHeap()
  const beforeBytes = before.heapUsedBytes + before.externalBytes
  let peakBytes = 0
  let samples = 0
  const look = () => {
    const {heapUsed, external} = process.memoryUsage()
    peakBytes = Math.max(peakBytes, heapUsed + external)
    samples++
  }
  const tracking = stacks === undefined ? undefined : trackAllocations()
  try {
    const result = await whileLooking(fn, look, intervalMs)
    // Whatever the function has left to the timers.
    await delay(0)
    const after = await settleHeap()
    const retainedBytes = after.heapUsedBytes + after.externalBytes - beforeBytes
    const isStable = before.isStable && after.isStable
    const incrementBytes = peakBytes - beforeBytes
    const measured = {result, beforeBytes, peakBytes, retainedBytes, samples, isStable, incrementBytes}
    return stacks === undefined ? measured : {...measured, snapshot: await capture(stacks)}
  } finally {
    tracking?.stop()
  }
}

async function whileLooking<T>(fn: () => T | Promise<T>, look: () => void, intervalMs: number): Promise<T> {
  const timer = setInterval(look, intervalMs)
  try {
    const result = await fn()
    look()
    return result
  } finally {
    clearInterval(timer)
  }
}
