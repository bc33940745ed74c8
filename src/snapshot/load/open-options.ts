/** What those who open a snapshot may ask for. */

import {
  aCount,
  aFunction,
  aSignal,
  aSize,
  aText,
  type Check,
  checkArguments,
  fitting,
  isObject,
  optionsOf,
} from '../../util/arguments.ts'

/** Told from time to time how far a stage has come; `total` is undefined where it cannot be known. */
export type ProgressListener = (stage: string, done: number, total: number | undefined) => void

/** How a snapshot is opened. */
export interface OpenOptions {
  /** Bytes read from a file at once; the answer does not depend on it. */
  chunkBytes?: number
  /** Threads that read a large plain file, this one included; the answer does not depend on it. As many as there are cores, 4 at most. */
  threads?: number
  /** Size in bytes from which on a file is read by several threads. */
  parallelFromBytes?: number
  /** Called as the file is read. */
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

function isInput(value: unknown): boolean {
  return typeof value === 'string' || value instanceof Uint8Array || (isObject(value) && Symbol.asyncIterator in value)
}

export const anInput: [string, Check] = ['the snapshot', fitting('a path, bytes or a stream of bytes', isInput)]

export const openOptions = optionsOf<OpenOptions>({
  chunkBytes: aCount,
  threads: aCount,
  parallelFromBytes: aSize,
  onProgress: aFunction,
  signal: aSignal,
  onRemark: aFunction,
  index: aText,
  indexFolder: aText,
})

/** Throws USAGE, which says what is wrong, for what is no input or no such options: callers may be JavaScript. */
export function checkOpening(input: unknown, options: unknown): void {
  checkArguments([anInput, ['options', openOptions]], [input, options])
}
