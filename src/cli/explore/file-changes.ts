/** How often files were found to be others than before: a page compares the number with that of the answers it has. */
import {type FileStamp, sameStamp, stampOf} from '../../index.ts'

/** Counts on each call; a file that is gone, or is there again, has changed. Recordings are no such files: they grow while they are looked at. */
export function changesOf(files: readonly string[]): () => number {
  let count = 0
  const stamps = files.map(stampOf)
  return () => {
    files.forEach((file, i) => {
      const stamp = stampOf(file)
      if (isSame(stamps[i], stamp)) return
      stamps[i] = stamp
      count++
    })
    return count
  }
}

function isSame(before: FileStamp | undefined, now: FileStamp | undefined): boolean {
  return before === undefined && now === undefined ? true : sameStamp(before, now)
}
