/** Commands of the shell that people give: what puts load on a program, what takes a file away. */
import {spawn} from 'node:child_process'
import {HeapgraphError} from '../../util/errors.ts'

/** How long it may take to end when it is asked to. */
const GRACE_MS = 2_000

/** Where a line of the shell writes, what it can read, and what ends it. */
export interface ShellLineOptions {
  /** The open file that has its output. */
  log: number
  env?: NodeJS.ProcessEnv
  /** When it aborts, the line is ended, with all it has started. */
  signal?: AbortSignal
}

/** Runs it to its end. Returns how it failed, in words; undefined if it did not. Throws UNREADABLE if there is no shell. */
export async function runShellLine(line: string, options: ShellLineOptions): Promise<string | undefined> {
  const {log, env = process.env, signal} = options
  const isWindows = process.platform === 'win32'
  // A group of its own, so that what the shell has started can be ended, too.
  const child = spawn(line, {shell: true, detached: !isWindows, windowsHide: true, env, stdio: ['ignore', log, log]})
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
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()
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
    signal?.removeEventListener('abort', end)
  }
}
