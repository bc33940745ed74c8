/** Keeps the last snapshot open for the next command line. */
import {type FileStamp, openSnapshot, type Snapshot, sameStamp, stampOf} from '../../index.ts'
import type {Context} from '../answer.ts'

export interface Hearing {
  onProgress?: (text: string) => void
  /** The file is another one than it was. */
  onChange?: () => void
}

const PROGRESS_EVERY_MS = 200

/** One at a time: the answer of two is not faster, and memory is for one. `openFile`: how one is opened, if not as usual. */
export function keepingLast(openFile = openSnapshot): (hearing?: Hearing) => NonNullable<Context['open']> {
  let kept: {file: string; stamp: FileStamp | undefined; snapshot: Snapshot} | undefined
  return ({onProgress, onChange} = {}) =>
    async (file, options = {}) => {
      if (typeof file !== 'string') return openSnapshot(file, options)
      const stamp = stampOf(file)
      if (kept !== undefined && kept.file === file) {
        if (sameStamp(kept.stamp, stamp)) return kept.snapshot
        onChange?.()
      }
      kept = undefined
      let last = 0
      const snapshot = await openFile(file, {
        ...options,
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
