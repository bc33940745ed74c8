/**
 * V8 notes the stack of each allocation, of this thread or of another process, so that snapshots taken meanwhile say who made what came since.
 * The one place for both.
 */
import {setFlagsFromString} from 'node:v8'
import {HeapgraphError} from '../../util/errors.ts'
import {markRecording, TRACKED_MARK} from '../files/record-mark.ts'
import {atNextSample, postToOwn, setRemoteFlag} from './prepare.ts'
import type {Connection} from './protocol.ts'

/**
 * V8 forgets the stack of an object that it moves once it has given it an id, which it does twenty times a second (`HeapProfiler::ObjectMoveEvent`,
 * v8/src/profiler/heap-profiler.cc): so old space is not to be compacted meanwhile.
 */
const STAY = '--no-compact'
const MOVE = '--compact'
/** Of programs that are started for it: a function that is inlined has no frame of its own on the stacks that V8 notes. */
const NO_INLINING = ['--no-opt', '--no-maglev']
const PARAMS = {trackAllocations: true}

/** Allocations of this thread that V8 notes. */
export interface Tracking {
  /** V8 notes no more. Takes as long as a snapshot, since V8 ends it with one, which is thrown away; ids stay. */
  stop(): void
}

/**
 * From now on V8 notes on which stack each object of this thread is made; snapshots of it have the stacks, until `stop`. Code that only allocates takes
 * many times as long meanwhile: for tests, not for production. The event loop stays alive until `stop`, too. Throws UNREADABLE where there is no inspector.
 */
export function trackAllocations(): Tracking {
  try {
    setFlagsFromString(STAY)
    postToOwn('HeapProfiler.enable')
    // Times of birth are counted from there.
    atNextSample(() => markRecording(TRACKED_MARK))
    postToOwn('HeapProfiler.startTrackingHeapObjects', PARAMS)
  } catch (error) {
    setFlagsFromString(MOVE)
    throw new HeapgraphError('UNREADABLE', `allocations cannot be tracked here: ${(error as Error).message}`)
  }
  let isOver = false
  return {
    stop() {
      if (isOver) return
      isOver = true
      postToOwn('HeapProfiler.stopTrackingHeapObjects', {reportProgress: false})
      setFlagsFromString(MOVE)
    },
  }
}

/** In a process that is started to be tracked, before its code is run. */
export function keepFrames(): void {
  for (const flag of NO_INLINING) setFlagsFromString(flag)
}

/** The same over a connection, after `HeapProfiler.enable`; it ends with the connection. */
export async function trackRemote(connection: Connection): Promise<{restore(): Promise<void>}> {
  await setRemoteFlag(connection, STAY)
  await connection.send('HeapProfiler.startTrackingHeapObjects', PARAMS)
  let isRestored = false
  return {
    async restore() {
      if (isRestored) return
      isRestored = true
      await setRemoteFlag(connection, MOVE)
    },
  }
}
