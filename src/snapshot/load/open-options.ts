/** What those who open a snapshot may ask for. */

import {HeapgraphError} from '../../util/errors.ts'

/** Told from time to time how far a stage has come; `total` is undefined where it cannot be known. */
export type ProgressListener = (stage: string, done: number, total: number | undefined) => void

export interface OpenOptions {
  /** Bytes read from a file at once; the answer does not depend on it. */
  chunkBytes?: number
  /** Threads that read a large plain file, this one included; the answer does not depend on it. As many as there are cores, 4 at most. */
  threads?: number
  /** Size in bytes from which on a file is read by several threads. */
  parallelFromBytes?: number
  onProgress?: ProgressListener
  /** Ends the reading between two pieces of the file; its reason is thrown. */
  signal?: AbortSignal
  /** Told before a file is read for which there may not be enough memory: a sentence. */
  onRemark?: (sentence: string) => void
  /**
   * Whether an index is used, if there is one that fits: `auto` looks in `indexFolder`, any other text is the index's own path; `off`
   * by default. Opening writes none: `saveIndex` does.
   */
  index?: 'auto' | 'off' | (string & {})
  /** Where `auto` looks: by default what the environment says, `indexFolder(process.env)`. */
  indexFolder?: string | undefined
}

/** Throws USAGE, which says what is wrong, for what is no input or no such options: callers may be JavaScript. */
export function checkOpening(input: unknown, options: unknown): void {
  const isStream = typeof input === 'object' && input !== null && Symbol.asyncIterator in input
  if (typeof input !== 'string' && !(input instanceof Uint8Array) && !isStream) {
    throw new HeapgraphError('USAGE', `a snapshot is a path, bytes or a stream of bytes, not ${kindOf(input)}`)
  }
  if (typeof options !== 'object' || options === null) {
    throw new HeapgraphError('USAGE', `options are an object, not ${kindOf(options)}`)
  }
  const {threads, parallelFromBytes, onProgress, onRemark, index, indexFolder, signal} = options as Record<
    string,
    unknown
  >
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1
  check('threads', threads, isCount, 'a whole number above 0')
  check('parallelFromBytes', parallelFromBytes, value => typeof value === 'number' && value >= 0, 'a number from 0 on')
  for (const [name, value] of Object.entries({onProgress, onRemark})) {
    check(name, value, given => typeof given === 'function', 'a function')
  }
  for (const [name, value] of Object.entries({index, indexFolder})) {
    check(name, value, given => typeof given === 'string', 'a text')
  }
  check(
    'signal',
    signal,
    value => typeof (value as AbortSignal | null)?.throwIfAborted === 'function',
    'an AbortSignal',
  )
}

function check(name: string, value: unknown, fits: (value: unknown) => boolean, what: string): void {
  if (value === undefined || fits(value)) return
  const shown = typeof value === 'number' ? String(value) : kindOf(value)
  throw new HeapgraphError('USAGE', `${name} is ${shown}, not ${what}`)
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : value === undefined ? 'undefined' : `a value of type ${typeof value}`
}
