/** Keeps the last snapshot open for the next command line. */
import {type FileStamp, openSnapshot, type Snapshot, sameStamp, stampOf} from '../../index.ts'
import type {Context} from '../answer.ts'

export interface Hearing {
  onProgress?: (text: string) => void
  /** What is to be known before the file is read: that memory may not do. */
  onRemark?: (sentence: string) => void
}

const PROGRESS_EVERY_MS = 200

/** One at a time: the answer of two is not faster, and memory is for one. `openFile`: how one is opened, if not as usual. */
export function keepingLast(openFile = openSnapshot): (hearing?: Hearing) => NonNullable<Context['open']> {
  let kept: {file: string; stamp: FileStamp | undefined; snapshot: Snapshot} | undefined
  return ({onProgress, onRemark} = {}) =>
    async (file, options = {}) => {
      if (typeof file !== 'string') return openSnapshot(file, options)
      const stamp = stampOf(file)
      if (kept?.file === file && sameStamp(kept.stamp, stamp)) return kept.snapshot
      kept = undefined
      let last = 0
      const snapshot = await openFile(file, {
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
      kept = {file, stamp, snapshot}
      return snapshot
    }
}
