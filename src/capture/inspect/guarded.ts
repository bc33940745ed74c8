/** The guard of an inspector that is about to be opened: see `inspector-guard.ts`. */
import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {dirname} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {packageFile} from '../../files/own-package.ts'

/** What it is told when it is no longer needed. */
export const ARMED = 'armed'
/** How long an inspector is waited for that has not opened yet: that of a process that is stopped, or busy in one call, opens when it goes on. */
export const GUARD_MS = 300_000
/** How long we stay to see it closed. */
const STAY_MS = 4000

const GUARD = fileURLToPath(packageFile('dist/capture/inspect/inspector-guard.js'))

export interface Guard {
  /** The process will close its inspector itself. */
  dismiss(): void
  /** Nobody else will: it does what it is there for. Waits a moment for it. */
  letAct(): Promise<void>
}

/** Begun before the signal is sent. `others`: ports of the process that are no inspector's. */
export function startGuard(pid: number, others: Iterable<number>): Guard {
  // A debugger port or a loader meant for this process is not meant for that one. In Electron, its program is Node only so.
  const {NODE_OPTIONS: _, ...env} = process.env
  const words = [GUARD, String(pid), ...[...others].map(String)]
  const child = spawn(process.execPath, words, {
    // A group and session of its own: what ends ours leaves it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: dirname(GUARD),
    env: {...env, ELECTRON_RUN_AS_NODE: '1'},
    windowsHide: true,
  })
  // Where no process can be started, we do without.
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.unref()
  return {
    dismiss: () => void child.stdin.end(ARMED),
    async letAct() {
      child.stdin.end()
      await Promise.race([ended(child), delay(STAY_MS, undefined, {ref: false})])
    },
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  child.ref()
  try {
    await once(child, 'exit')
  } finally {
    child.unref()
  }
}
