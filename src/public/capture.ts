/** `heapgraph/capture`: snapshots of this process, and of others that run. Files are private to the user, packed if the name ends in `.gz`, and whole or not there. */
import {captureRemote as captureOther, type RemoteOptions, type RemoteSource} from '../capture/inspect/remote.ts'
import {
  type CaptureOptions,
  capture as captureThis,
  type Measured,
  type MeasureOptions,
  measure as measureMemory,
} from '../capture/own/own.ts'
import {type SettleOptions, settleHeap as settle} from '../capture/own/settle.ts'
import {
  aCount,
  aFlag,
  aFunction,
  aSignal,
  aSize,
  aText,
  type Check,
  checkArguments,
  checkedLater,
  isObject,
  oneOf,
  optionsOf,
} from '../util/arguments.ts'
import {HeapgraphError} from '../util/errors.ts'

const sources = oneOf('none', 'full')

/**
 * Writes a snapshot of this thread's heap. The thread stands still meanwhile, and needs about as much memory again as its heap. Ids mean the same
 * objects in all snapshots of a process taken so. Throws UNREADABLE if the file cannot be written.
 */
export const capture = checkedLater(
  [
    ['path', aText],
    ['options', optionsOf<CaptureOptions>({internals: aFlag, numeric: aFlag, sources})],
  ],
  captureThis,
)

const SOURCE_CHECKS: Record<string, Check> = {pid: aCount, url: aText, port: aCount}

const aSource: Check = (value, name, all) => {
  const [[word, given], ...more] = isObject(value) ? Object.entries(value) : [['', undefined]]
  if (more.length > 0 || !(word in SOURCE_CHECKS)) {
    throw new HeapgraphError('USAGE', `${name} names no process`, 'give one of {pid}, {url} and {port}')
  }
  SOURCE_CHECKS[word](given, word, all)
}

/**
 * Takes snapshots of a running Node (`pid`: its inspector is opened, and closed again), or of what is at the address of an inspector: Node, Deno, a
 * page of Chrome. Throws USAGE if it is not clear what to capture, UNREADABLE if it cannot be.
 */
export const captureRemote: (
  source: RemoteSource,
  path: string,
  options?: RemoteOptions,
) => ReturnType<typeof captureOther> = checkedLater(
  [
    ['source', aSource],
    ['path', aText],
    [
      'options',
      optionsOf<RemoteOptions>({
        target: aText,
        count: aCount,
        between: aFunction,
        internals: aFlag,
        numeric: aFlag,
        sources,
        allowRemote: aFlag,
        allowSignal: aFlag,
        onProgress: aFunction,
        onWritten: aFunction,
        silenceMs: aSize,
        timeoutMs: aSize,
        signal: aSignal,
        onNote: aFunction,
      }),
    ],
  ],
  captureOther,
)

const measureChecks: [string, Check][] = [
  ['fn', aFunction],
  ['options', optionsOf<MeasureOptions>({intervalMs: aSize})],
]

/** Runs `fn` and says what memory it took, in bytes: peak, increment, and what is retained after garbage collection. What `fn` throws is passed on. */
export async function measure<T>(fn: () => T | Promise<T>, options: MeasureOptions = {}): Promise<Measured<T>> {
  checkArguments(measureChecks, [fn, options])
  return await measureMemory(fn, options)
}

/**
 * Collects garbage until the heap does not get smaller, at most `maxRounds` (20) times, and says what is alive, in bytes. Throws USAGE where this process
 * does not let its garbage be collected.
 */
export const settleHeap = checkedLater([['options', optionsOf<SettleOptions>({maxRounds: aCount})]], settle)

// The types in the signatures above

export type {Written} from '../capture/files/part-file.ts'
export type {Patience} from '../capture/inspect/patience.ts'
export type {Sources} from '../capture/inspect/prepare.ts'
export type {RemoteOptions, RemoteSource} from '../capture/inspect/remote.ts'
export type {Captured, CaptureOptions, Measured, MeasureOptions} from '../capture/own/own.ts'
export type {SettledHeap, SettleOptions} from '../capture/own/settle.ts'
export {type ErrorCode, HeapgraphError} from '../util/errors.ts'
