/** One line on stderr while a file is read, on a terminal only, drawn from the reader's own callback. */
import {formatBytes, type ProgressListener} from '../index.ts'
import type {Io} from './io.ts'

const MIN_INTERVAL_MS = 100
const CLEAR_LINE = '\r\u001b[K'

export interface Progress {
  listener: ProgressListener
  /** Takes the line away again. */
  done(): void
}

export function progressOn({stderr, env}: Io): Progress {
  // A terminal that calls itself dumb cannot clear a line.
  if (!stderr.isTTY || env.TERM === 'dumb') return {listener() {}, done() {}}
  let drawn = false
  let last = Date.now()
  return {
    listener(stage, done, total) {
      const now = Date.now()
      if (now - last < MIN_INTERVAL_MS) return
      last = now
      drawn = true
      const share = total === undefined ? '' : ` ${Math.floor((100 * done) / total)} %`
      stderr.write(`${CLEAR_LINE}${stage} ${formatBytes(done)}${share}`)
    },
    done() {
      if (drawn) stderr.write(CLEAR_LINE)
      drawn = false
    },
  }
}
