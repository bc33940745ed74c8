/** An inspector that we have opened is closed again, however we end: whoever can connect to it may run code in the process. */
import assert from 'node:assert/strict'
import {once} from 'node:events'
import {readdirSync, rmSync, writeFileSync} from 'node:fs'
import {createConnection} from 'node:net'
import {join} from 'node:path'
import {test} from 'node:test'
import {faultsOf, interruptCaptures} from '../../scripts/interrupt-capture.mjs'
import {startGuard} from '../../src/capture/inspect/guarded.ts'
import {temporaryFolder} from '../cli/cli.ts'
import {HANG_MS, until} from '../support/limits.ts'
import {BIN, type Running, run, runHeapgraph} from './processes.ts'

const folder = temporaryFolder()
const guard = {timeout: HANG_MS, skip: process.platform === 'win32' ? 'signals are of POSIX' : false}
/** Its snapshot takes long enough to be interrupted. */
const PROGRAM = join(folder, 'program.cjs')
writeFileSync(
  PROGRAM,
  "globalThis.k = [...Array(2e5)].map((_, i) => ({i})); console.log('ready'); setInterval(() => {}, 1e3)",
)

/** At a port that the system chooses: 9229 may be another's. */
async function started(...options: string[]): Promise<Running> {
  const running = run(process.execPath, ['--inspect-port=0', ...options, PROGRAM])
  await until(() => running.said.stdout !== '')
  return running
}

function portOf({said}: Running): number | undefined {
  const ports = [...said.stderr.matchAll(/listening on ws:\/\/127\.0\.0\.1:(\d+)/g)]
  return ports.length === 0 ? undefined : Number(ports[ports.length - 1][1])
}

async function isOpen(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1')
  const opened = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false)
  socket.destroy()
  return opened
}

/** What has come of the capture when it is interrupted; `between`: it waits for the second snapshot. */
const MOMENTS: [name: string, isReached: (target: Running, capture: Running) => boolean][] = [
  ['when the inspector opens', target => portOf(target) !== undefined],
  ['when it is connected', target => /Debugger attached/.test(target.said.stderr)],
  ['between two snapshots', (_, capture) => /left-1/.test(capture.said.stdout)],
]

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const) {
  test(`${signal} leaves no inspector open`, guard, async () => {
    for (const [name, isReached] of MOMENTS) {
      const target = await started()
      const output = join(folder, 'left.heapsnapshot')
      const words = ['capture', '--pid', String(target.child.pid), '--count', '2', '--between', '1h', '-o', output]
      const capture = runHeapgraph(words)
      await until(
        () => isReached(target, capture),
        () => capture.said,
      )
      capture.child.kill(signal)
      assert.equal((await capture.ended).signal, signal, name)
      const port = portOf(target) ?? 0
      await until(
        async () => !(await isOpen(port)),
        () => `${name}: port ${port} is open`,
      )
      assert.equal(target.child.exitCode, null, 'the program goes on')
      target.child.kill('SIGKILL')
    }
  })
}

test('in the middle of a snapshot it is closed, too; what was open before stays open', guard, async () => {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const target = await started()
    const capture = runHeapgraph([
      'capture',
      '--pid',
      String(target.child.pid),
      '-o',
      join(folder, 'half.heapsnapshot'),
    ])
    await until(() => readdirSync(folder).some(name => /^half.*tmp/.test(name)))
    capture.child.kill(signal)
    await capture.ended
    const port = portOf(target) ?? 0
    await until(
      async () => !(await isOpen(port)),
      () => `${signal}: port ${port} is open`,
    )
    target.child.kill('SIGKILL')
    for (const name of readdirSync(folder).filter(name => name.startsWith('half'))) rmSync(join(folder, name))
  }
  const own = await started('--inspect=127.0.0.1:0')
  const port = portOf(own) ?? 0
  const words = ['capture', '--pid', String(own.child.pid), '--count', '2', '--between', '1h']
  const capture = runHeapgraph([...words, '-o', join(folder, 'own.heapsnapshot')])
  await until(
    () => /own-1/.test(capture.said.stdout),
    () => capture.said,
  )
  capture.child.kill('SIGINT')
  await capture.ended
  const isStillOpen = await isOpen(port)
  own.child.kill('SIGKILL')
  assert.equal(isStillOpen, true)
})

test('killed at any moment, from before the signal that opens the inspector: it is closed', guard, async () => {
  const {rounds} = await interruptCaptures({count: 4, seed: 3, bin: BIN})
  assert.deepEqual(
    rounds.flatMap(round => faultsOf(round)),
    [],
  )
})

test('killed before anything in the target would close it: the guard does', guard, async () => {
  const target = await started()
  const others: number[] = []
  // As a capture that is killed right behind the signal: the guard sees its stdin end.
  const {letAct} = startGuard(target.child.pid!, others)
  target.child.kill('SIGUSR1')
  await until(() => portOf(target) !== undefined)
  await letAct()
  const port = portOf(target) ?? 0
  await until(async () => !(await isOpen(port)))
  assert.equal(target.child.exitCode, null, 'the program goes on')
  target.child.kill('SIGKILL')
})
