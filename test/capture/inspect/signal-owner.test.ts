/** Whose handler a process has for SIGUSR1 is known before it is sent. */
import assert from 'node:assert/strict'
import {mkdirSync, mkdtempSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {handlerOf, mentionIn, watchedSignals} from '../../../src/capture/inspect/signal-owner.ts'
import {temporaryFolder} from '../../cli/cli.ts'
import {HANG_MS, until} from '../../support/limits.ts'
import {run, runHeapgraph} from '../processes.ts'

const folder = temporaryFolder()
const guard = {timeout: HANG_MS, skip: process.platform === 'linux' ? false : 'it is known on Linux only'}
const ALIVE = "console.log('ready'); setInterval(() => {}, 1e3)"

async function started(script: string) {
  const running = run(process.execPath, [script])
  await until(() => running.said.stdout !== '')
  return running
}

function written(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('a program with a handler of its own is not sent the signal', guard, async t => {
  const script = written(
    'own.cjs',
    `process.on('SIG' + 'USR1', () => console.log('ran')); process.on('SIGHUP', () => {}); ${ALIVE}`,
  )
  const {child, said} = await started(script)
  const signals = watchedSignals(child.pid!)
  if (signals === undefined) return t.skip('memory of other processes cannot be read here')
  assert.deepEqual([...signals].sort(), [1, 10])
  assert.equal(handlerOf(child.pid!).owner, 'program')
  for (const more of [[], ['--signal']]) {
    const output = join(mkdtempSync(join(folder, 'o-')), 'x.heapsnapshot')
    const {code, stderr} = await runHeapgraph(['capture', '--pid', String(child.pid), ...more, '-o', output]).ended
    assert.equal(code, 2)
    assert.match(stderr, /^heapgraph: process \d+ has a handler of its own for SIGUSR1, [^\n]+\n$/)
  }
  assert.equal(said.stdout, 'ready\n', 'it did not run')
  child.kill('SIGKILL')
})

test('handlers for other signals are none for this one', guard, async t => {
  const script = written(
    'others.cjs',
    `for (const n of ['HUP', 'USR2', 'TERM', 'WINCH']) process.on('SIG' + n, () => {}); ${ALIVE}`,
  )
  const {child} = await started(script)
  const signals = watchedSignals(child.pid!)
  if (signals === undefined) return t.skip('memory of other processes cannot be read here')
  assert.deepEqual(
    [...signals].sort((a, b) => a - b),
    [1, 12, 15, 28],
  )
  assert.equal(handlerOf(child.pid!).owner, 'node')
  child.kill('SIGKILL')
})

test('where memory cannot be read, the files of the program are', guard, async () => {
  const project = mkdtempSync(join(folder, 'p-'))
  mkdirSync(join(project, 'lib'))
  mkdirSync(join(project, 'node_modules', 'dep'), {recursive: true})
  writeFileSync(join(project, 'package.json'), '{}')
  writeFileSync(join(project, 'node_modules', 'dep', 'index.js'), "// all signals: 'SIGUSR1'")
  writeFileSync(join(project, 'lib', 'main.cjs'), ALIVE)
  const {child} = await started(join(project, 'lib', 'main.cjs'))
  assert.equal(mentionIn(child.pid!), undefined)
  writeFileSync(join(project, 'signals.js'), "process.on('SIGUSR1', rotate)")
  assert.match(String(mentionIn(child.pid!)), /signals\.js mentions SIGUSR1$/)
  child.kill('SIGKILL')
  const evaluated = run(process.execPath, ['-e', `${ALIVE} // SIGUSR1`])
  await until(() => evaluated.said.stdout !== '')
  assert.match(String(mentionIn(evaluated.child.pid!)), /its command line mentions SIGUSR1/)
  evaluated.child.kill('SIGKILL')
  assert.equal(
    readdirSync(folder).some(name => name.endsWith('.heapsnapshot')),
    false,
  )
})

test('a process that is none, or no Node, is not known', guard, () => {
  assert.equal(watchedSignals(2 ** 22 + 1), undefined)
})
