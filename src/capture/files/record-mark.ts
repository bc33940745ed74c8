/** A word to the recorder that this process runs under, if it does: something has happened that plots should show. */
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'

/** The environment variable that tells the preload, and this, where the recorder looks. */
export const RECORD_VARIABLE = 'HEAPGRAPH_RECORD'

export const MARK_NAMES = /^mark-\d+-\d+\.json$/

export interface Mark {
  atMs: number
  text: string
}

/** When V8 took its first sample of a process whose allocations are tracked: of what times of birth are counted from. */
export const TRACKED_MARK = 'allocations are tracked'

/** What a snapshot is marked as, by the name of its file. */
export function snapshotMark(name: string): string {
  return `snapshot ${name}`
}

let marks = 0

/** Notes a moment in the recording that this process runs under (`heapgraph record`). Does nothing where nobody records; never fails. */
export function markRecording(text: string): void {
  const told = process.env[RECORD_VARIABLE]
  if (told === undefined) return
  try {
    const [folder] = JSON.parse(told) as [string]
    const mark: Mark = {atMs: clockMs(), text}
    writeFileSync(join(folder, `mark-${process.pid}-${++marks}.json`), JSON.stringify(mark), {flag: 'wx', mode: 0o600})
  } catch {
    // The recorder is gone.
  }
}

/** Milliseconds of the machine's clock that never jumps. */
export function clockMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}
