/** Keeps the last snapshot open for the next command line. */
import {
  collectGarbage,
  type FileStamp,
  type OpenOptions,
  openSnapshot,
  type Snapshot,
  sameStamp,
  stampOf,
} from '../../index.ts'
import type {Context} from '../answer.ts'

export interface Hearing {
  onProgress?: (text: string) => void
  /** The file is another one than it was. */
  onChange?: () => void
}

const PROGRESS_EVERY_MS = 200

interface Kept {
  file: string
  options: OpenOptions
  stamp: FileStamp | undefined
  snapshot: Snapshot
}

export interface Keeper {
  open: NonNullable<Context['open']>
  /** What is open, and how it was opened. */
  readonly kept: Readonly<Kept> | undefined
  /** Lets go of what is open, then keeps what `openAgain` opens of the same file. */
  remake(openAgain: typeof openSnapshot): Promise<void>
}

/** One at a time: the answer of two is not faster, and memory is for one. `openFile`: how one is opened, if not as usual. */
export function keepLast(openFile = openSnapshot, {onProgress, onChange}: Hearing = {}): Keeper {
  let kept: Kept | undefined
  const letGo = () => {
    if (kept === undefined) return
    kept.snapshot.close()
    kept = undefined
    // Columns lie outside of the heap: V8 is in no hurry to see that they are garbage.
    collectGarbage()
  }
  const keep = async (file: string, options: OpenOptions, stamp: FileStamp | undefined, open: typeof openSnapshot) => {
    letGo()
    let last = 0
    const snapshot = await open(file, {
      ...options,
      onProgress(stage, done, total) {
        if (Date.now() - last < PROGRESS_EVERY_MS) return
        last = Date.now()
        onProgress?.(total === undefined ? stage : `${stage} ${Math.floor((100 * done) / total)} %`)
      },
    })
    kept = {file, options, stamp, snapshot}
    return snapshot
  }
  return {
    async open(file, options = {}) {
      if (typeof file !== 'string') return openSnapshot(file, options)
      const stamp = stampOf(file)
      if (kept !== undefined && kept.file === file) {
        if (sameStamp(kept.stamp, stamp)) return kept.snapshot
        onChange?.()
      }
      return keep(file, options, stamp, openFile)
    },
    get kept() {
      return kept
    },
    async remake(openAgain) {
      if (kept === undefined) return
      const {file, options} = kept
      await keep(file, options, stampOf(file), openAgain)
    },
  }
}
