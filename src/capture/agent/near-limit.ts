/**
 * In a watched process whose heap, or container, fills up: a profile of who allocates is written while there is memory for it, before the snapshot that
 * V8 itself may write at the end.
 */
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {getHeapStatistics, setHeapSnapshotNearHeapLimit} from 'node:v8'
import {isMainThread, resourceLimits, threadId} from 'node:worker_threads'
import {OWNER_ONLY} from '../../files/private-file.ts'
import {type MemoryLeft, memoryLeft} from '../../read/memory.ts'
import {formatBytes} from '../../util/units.ts'
import {removePart} from '../files/part-file.ts'
import {askOwn, computeLineEnds, postToOwn} from '../inspect/prepare.ts'
import type {NearLimitConfig, NearLimitTold} from './watch-channel.ts'

/** Parts of a limit at which a profile is written: what is above the last, V8 may take a snapshot of at any moment. */
const NEAR_LIMIT = [0.5, 0.75, 0.9]
/** As `node --heap-prof` has it (node/src/node_options.h, `heap_prof_interval`). */
const SAMPLING = {samplingInterval: 512 << 10}
/** Of the heap's limit: the full heap, and as much again for V8 while it writes. */
const SNAPSHOT_SHARE = 2

/**
 * Samples allocations from now on. Returns what is to be called often, by the event loop: each part of the limits that was passed since is told
 * once, behind its profile.
 */
export function watchLimit({folder, isForced}: NearLimitConfig, tell: (told: NearLimitTold) => void): () => void {
  const limit = heapLimit(process.execArgv, process.env.NODE_OPTIONS)
  const atStart = memoryLeft()
  const noSnapshot = isForced ? undefined : lackNearLimit(limit, atStart)
  // It cannot be taken back, and is needed by code that never lets its event loop turn: so it is decided here, once.
  if (noSnapshot === undefined) setHeapSnapshotNearHeapLimit(1)
  const notSampled = startSampling()
  const ahead = [...NEAR_LIMIT]
  let files = 0
  return () => {
    if (ahead.length === 0) return
    const heap = process.memoryUsage().heapUsed / limit
    const container = partUsed(atStart, memoryLeft())
    const part = Math.max(heap, container)
    if (part < ahead[0]) return
    while (part >= ahead[0]) ahead.shift()
    // V8 takes its snapshot in the middle of whatever the program does: what stalls it is done on the way up there, for the scripts so far.
    computeLineEnds()
    const file = join(folder, `profile-${process.pid}-${threadId}-${++files}`)
    const noProfile = notSampled ?? writeProfile(file)
    tell({
      type: 'near-limit',
      of: heap >= container ? 'heap' : 'container',
      percent: Math.round(100 * part),
      file,
      ...(noProfile === undefined ? {} : {noProfile}),
      ...(noSnapshot === undefined ? {} : {noSnapshot}),
    })
  }
}

/**
 * Bytes of old objects at which V8 gives up. `heap_size_limit` has room for young ones besides, with Node 24 twice as much as a limit of 100 MB: so what
 * the program, or its worker, was given counts first.
 */
export function heapLimit(execArgv: readonly string[], nodeOptions = ''): number {
  const ofWorker = isMainThread ? undefined : resourceLimits.maxOldGenerationSizeMb
  const given = [...`${nodeOptions} ${execArgv.join(' ')}`.matchAll(/--max[-_]old[-_]space[-_]size[= ](\d+)(?!\S)/g)]
  const megabytes = ofWorker ?? Number(given.at(-1)?.[1] ?? 0)
  const {heap_size_limit: whole} = getHeapStatistics()
  return megabytes > 0 ? Math.min(whole, megabytes * 2 ** 20) : whole
}

/** Which part of what a fixed limit left at the start is used; all of it where it left nothing. */
export function partUsed({bytes, isFixed}: MemoryLeft, now: MemoryLeft): number {
  if (!isFixed) return 0
  return bytes === 0 ? 1 : 1 - now.bytes / bytes
}

/** Why a full heap's snapshot would have the process killed; undefined if nothing fixed says so. */
export function lackNearLimit(limitBytes: number, {bytes, isFixed}: MemoryLeft): string | undefined {
  const needed = SNAPSHOT_SHARE * limitBytes
  if (!isFixed || needed <= bytes) return undefined
  return `a full heap of ${formatBytes(limitBytes)} and its snapshot need ${formatBytes(needed)}, the limit of memory leaves ${formatBytes(bytes)}`
}

/**
 * That the process would be killed before V8 gives up, and what to give it instead; undefined if nothing fixed says so. `usedBytes`: of the heap, which are
 * no part of what is left. Half of the memory leaves room for a snapshot of a full heap.
 */
export function heapAboveMemory(
  limitBytes: number,
  usedBytes: number,
  {bytes, isFixed}: MemoryLeft,
): string | undefined {
  if (!isFixed || limitBytes - usedBytes <= bytes) return undefined
  const megabytes = Math.max(1, Math.floor((usedBytes + bytes) / SNAPSHOT_SHARE / 2 ** 20))
  return `its heap may grow to ${formatBytes(limitBytes)}, but the limit of memory leaves ${formatBytes(bytes)}: it would be killed before V8 gives up; start it with --max-old-space-size=${megabytes}`
}

/** `heapAboveMemory` of this process, now. */
export function ownHeapAboveMemory(): string | undefined {
  const limit = heapLimit(process.execArgv, process.env.NODE_OPTIONS)
  return heapAboveMemory(limit, process.memoryUsage().heapUsed, memoryLeft())
}

/** Why it cannot be; undefined if it can. */
function startSampling(): string | undefined {
  try {
    postToOwn('HeapProfiler.startSampling', SAMPLING)
    return undefined
  } catch (error) {
    return `allocations cannot be sampled here: ${(error as Error).message}`
  }
}

/** Why it was not written. */
function writeProfile(file: string): string | undefined {
  try {
    const {profile} = askOwn('HeapProfiler.getSamplingProfile') as {profile: object}
    writeFileSync(file, JSON.stringify(profile), {mode: OWNER_ONLY, flag: 'wx'})
    return undefined
  } catch (error) {
    removePart(file)
    return String((error as NodeJS.ErrnoException).code ?? error)
  }
}
