/**
 * A process of its own that is there from before the signal that opens an inspector until something in the process itself will close it. Its
 * stdin ends when we do, however that is: who has not said `armed` by then leaves an inspector behind, which is closed from here.
 */
import {setTimeout as delay} from 'node:timers/promises'
import {isAlive} from '../../files/abandoned.ts'
import {ENDING_SIGNALS, onSignals} from '../../files/ending-signals.ts'
import {deactivate, inspectorAt} from './activate.ts'
import {armDeadMan} from './dead-man.ts'
import {ARMED, GUARD_MS} from './guarded.ts'
import {portsOf} from './inspector-ports.ts'

const POLL_MS = 20
/** Between later looks. */
const SLOW_MS = 1000
/** How long it is looked at often. */
const OFTEN_MS = 15_000

/** `pid`: of the process; `others`: ports that are its own. */
async function guard(pid: number, others: ReadonlySet<number>): Promise<void> {
  const startMs = performance.now()
  const passedMs = () => performance.now() - startMs
  while (isAlive(pid) && passedMs() < GUARD_MS) {
    const ports = portsOf(pid).filter(port => !others.has(port))
    const found = await inspectorAt(ports, pid)
    if (found !== undefined) {
      await armDeadMan(found.connection).catch(() => false)
      if (await deactivate({...found, wasClosed: true, pid})) return
    }
    await delay(passedMs() < OFTEN_MS ? POLL_MS : SLOW_MS)
  }
}

let said = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', text => {
  said += text
})
process.stdin.on('close', () => {
  if (said.includes(ARMED)) return
  const [pid, ...others] = process.argv.slice(2).map(Number)
  // Whatever is wrong, nobody is there to be told.
  guard(pid, new Set(others)).catch(() => {})
})
process.stdin.on('error', () => {})
// The group's signals are not for it: it ends by itself.
onSignals(ENDING_SIGNALS, () => {})
