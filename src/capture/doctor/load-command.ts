/** A command of the shell that puts load on a program. */
import {spawn} from 'node:child_process'
import {HeapgraphError} from '../../util/errors.ts'

/** How long it may take to end when it is asked to. */
const GRACE_MS = 2_000

/**
 * Runs it to its end, its output into the open file `log`; when `signal` aborts, it is ended, with all it has started. Returns how it failed, in
 * words; undefined if it did not. Throws UNREADABLE if there is no shell.
 */
export async function runLoad(line: string, log: number, signal: AbortSignal): Promise<string | undefined> {
  const isWindows = process.platform === 'win32'
  // A group of its own, so that what the shell has started can be ended, too.
  const child = spawn(line, {shell: true, detached: !isWindows, windowsHide: true, stdio: ['ignore', log, log]})
  const send = (name: NodeJS.Signals) => {
    try {
      if (isWindows || child.pid === undefined) child.kill(name)
      else process.kill(-child.pid, name)
    } catch {
      // It has ended by itself.
    }
  }
  const end = () => {
    send('SIGTERM')
    const timer = setTimeout(send, GRACE_MS, 'SIGKILL')
    child.once('exit', () => clearTimeout(timer))
  }
  signal.addEventListener('abort', end)
  try {
    const [code, by] = await new Promise<[code: number | null, signal: string | null]>((done, failed) => {
      child.once('error', error =>
        failed(new HeapgraphError('UNREADABLE', `no shell can be started: ${error.message}`)),
      )
      child.once('exit', (...how) => done(how))
    })
    if (code === 0) return undefined
    return code === null ? `was ended by ${by}` : `ended with exit code ${code}`
  } finally {
    signal.removeEventListener('abort', end)
  }
}
