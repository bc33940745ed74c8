/** Keeps the last snapshot open for the next command line. */
import {type FileStamp, type OpenOptions, openSnapshot, type Snapshot, sameStamp, stampOf} from '../../index.ts'
import type {Context} from '../answer.ts'

export interface Hearing {
  onProgress?: (text: string) => void
  /** What is to be known before the file is read: that memory may not do. */
  onRemark?: (sentence: string) => void
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
export function keepLast(openFile = openSnapshot, {onProgress, onRemark}: Hearing = {}): Keeper {
  let kept: Kept | undefined
  const letGo = () => {
    if (kept === undefined) return
    kept.snapshot.close()
    kept = undefined
  }
  const keep = async (file: string, options: OpenOptions, stamp: FileStamp | undefined, open: typeof openSnapshot) => {
    letGo()
    let last = 0
    const snapshot = await open(file, {
      ...options,
      onRemark(sentence) {
        options.onRemark?.(sentence)
        onRemark?.(sentence)
      },
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
      if (kept?.file === file && sameStamp(kept.stamp, stamp)) return kept.snapshot
      return keep(file, options, stamp, openFile)
    },
    get kept() {
      return kept
    },
    async remake(openAgain) {
      if (kept === undefined) return
      const {file, options} = kept
      // What hears of the one who has asked is left out.
      const {onRemark: _, onProgress: __, signal: ___, ...lasting} = options
      await keep(file, lasting, stampOf(file), openAgain)
    },
  }
}
