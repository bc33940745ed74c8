/** The end of a program that was recorded, and of all that it has started. */
import {setTimeout as delay} from 'node:timers/promises'
import {isAlive} from '../../files/abandoned.ts'
import {plural} from '../../util/units.ts'
import type {Recorder} from './record.ts'

const POLL_MS = 50

/** Asks the program to end, then all that it has left behind; who does not within the time is killed. */
export async function stopProgram(recorder: Recorder, graceMs: number, note: (text: string) => void): Promise<void> {
  const patience = new AbortController()
  if (isAlive(recorder.pid)) recorder.kill('SIGTERM')
  const inTime = await Promise.race([
    recorder.done.then(() => true),
    delay(graceMs, false, {signal: patience.signal}).catch(() => false),
  ])
  patience.abort()
  if (!inTime) {
    note(`the program did not end in ${graceMs / 1000} s: it is killed`)
    recorder.kill('SIGKILL')
    await recorder.done
  }
  const living = () => recorder.pids().filter(isAlive)
  if (living().length === 0) return
  signalAll(living(), 'SIGTERM')
  for (const until = Date.now() + graceMs; Date.now() < until && living().length > 0; ) await delay(POLL_MS)
  if (living().length > 0) note(`${plural(living().length, 'process', 'processes')} it started did not end: killed`)
  signalAll(living(), 'SIGKILL')
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended meanwhile.
    }
  }
}
