/** What a killed run leaves is taken away by the next one, and nothing else is; a recording has one writer. */
import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {clearAbandoned, isAbandoned, isAlive, makeTemporaryFolder, ownMark} from '../../src/files/abandoned.ts'
import {temporaryFolder} from '../cli/cli.ts'
import {HANG_MS, until} from '../support/limits.ts'
import {run, runHeapgraph} from './processes.ts'

const folder = temporaryFolder()
const guard = {timeout: HANG_MS}
const isWindows = process.platform === 'win32'
const newFolder = () => mkdtempSync(join(folder, 'f-'))
const place = ownMark().slice(-12, -6)

async function deadPid(): Promise<number> {
  const {child, ended} = run(process.execPath, ['-e', ''])
  await ended
  assert.equal(isAlive(child.pid!), false)
  return child.pid!
}

test('only what is surely ours and dead goes', guard, async () => {
  const dead = await deadPid()
  const within = newFolder()
  const living = process.ppid
  const files = [
    `a.heapsnapshot.${dead}.${place}abcdef.tmp`,
    `rec.jsonl.${dead}.${place}abcdef.lock`,
    `a.heapsnapshot.${living}.${place}abcdef.tmp`,
    // Of another machine or container, where the number means another process.
    `a.heapsnapshot.${dead}.${place === '000000' ? '111111' : '000000'}abcdef.tmp`,
    'a.tmp',
    `a.${dead}.tmp`,
    `heapgraph-${dead}-${place}-abcdef`,
  ]
  const folders = [
    `heapgraph-record-${dead}-${place}-abcdef`,
    `.heapgraph-${dead}-${place}-abcdef`,
    `heapgraph-${living}-${place}-abcdef`,
    'heapgraph-abcdef',
    `b.${dead}.${place}abcdef.tmp`,
  ]
  for (const name of files) writeFileSync(join(within, name), '')
  for (const name of folders) {
    mkdirSync(join(within, name))
    writeFileSync(join(within, name, 'part'), '')
  }
  const target = newFolder()
  writeFileSync(join(target, 'kept'), '')
  if (!isWindows) symlinkSync(target, join(within, `heapgraph-${dead}-${place}-linked`))
  clearAbandoned(within)
  const linked = isWindows ? [] : [`heapgraph-${dead}-${place}-linked`]
  const kept = [...files.slice(2), ...folders.slice(2), ...linked]
  assert.deepEqual(readdirSync(within).sort(), kept.sort())
  assert.ok(existsSync(join(target, 'kept')))
  const own = makeTemporaryFolder({within: newFolder(), kind: 'record'})
  assert.equal(isAbandoned(own.split('/').at(-1) ?? ''), false)
})

test('what a killed recorder leaves goes with the next one', {
  ...guard,
  skip: isWindows && 'signals are of POSIX',
}, async () => {
  const within = newFolder()
  const tmp = newFolder()
  const output = join(within, 'rec.jsonl')
  const options = {env: {TMPDIR: tmp}}
  // Holds the streams of whoever started it until it is told to end.
  const stop = join(tmp, 'stop')
  const script = `setInterval(() => require('node:fs').existsSync(${JSON.stringify(stop)}) && process.exit(), 50)`
  const program = ['--', process.execPath, '-e', script]
  const recorder = runHeapgraph(['record', '-o', output, ...program], options)
  await until(() => existsSync(output) && statSync(output).size > 200)
  assert.equal(readdirSync(tmp).filter(name => name.startsWith('heapgraph-record-')).length, 1)
  assert.equal(readdirSync(within).length, 2)

  const second = await runHeapgraph(['record', '-o', output, '--', process.execPath, '-e', '0'], options).ended
  assert.equal(second.code, 2)
  assert.match(
    second.stderr,
    new RegExp(`^heapgraph: .*rec\\.jsonl: process ${recorder.child.pid} is recording into it; `),
  )
  // By another name, too.
  symlinkSync(output, join(within, 'link.jsonl'))
  const third = await runHeapgraph(['record', '-o', join(within, 'link.jsonl'), '--', 'true'], options).ended
  assert.match(third.stderr, /process \d+ is recording into it/)

  const [whole] = [statSync(output).size]
  assert.ok(whole > 0, 'who is refused changes nothing')
  const watched = runHeapgraph(['watch', '--every', '1h', '-o', join(within, 'w.heapsnapshot'), ...program], options)
  await until(() => readdirSync(within).some(name => name.startsWith('.heapgraph-')))
  const killed = [recorder, watched]
  for (const {child} of killed) child.kill('SIGKILL')
  writeFileSync(stop, '')
  await Promise.all(killed.map(({ended}) => ended))
  rmSync(stop)
  assert.equal(readdirSync(within).length, 4)
  const next = await runHeapgraph(['record', '-o', output, '--', process.execPath, '-e', '0'], options).ended
  assert.equal(next.code, 0, next.stderr)
  assert.deepEqual(readdirSync(within).sort(), ['link.jsonl', 'rec.jsonl'])
  assert.deepEqual(readdirSync(tmp), [])
})

test('a recording that others could read becomes private; a pipe is none; what cannot begin leaves the old one', {
  ...guard,
  skip: isWindows && 'modes are of POSIX',
}, async () => {
  const within = newFolder()
  const output = join(within, 'rec.jsonl')
  writeFileSync(output, 'old\n')
  chmodSync(output, 0o644)
  const none = await runHeapgraph(['record', '-o', output, '--', './no-such-program']).ended
  assert.equal(none.code, 2)
  assert.equal(statSync(output).size, 4)
  chmodSync(output, 0o644)
  const {code, stderr} = await runHeapgraph(['record', '-o', output, '--', process.execPath, '-e', '0']).ended
  assert.equal(code, 0, stderr)
  assert.equal(statSync(output).mode & 0o777, 0o600)
  const pipe = join(within, 'pipe')
  await run('mkfifo', [pipe]).ended
  const piped = await runHeapgraph(['record', '-o', pipe, '--', 'true']).ended
  assert.deepEqual([piped.code, /pipe: cannot be written: this is a pipe/.test(piped.stderr)], [2, true], piped.stderr)
  const nothing = await runHeapgraph(['record', '-o', '/dev/null', '--', process.execPath, '-e', '0']).ended
  assert.deepEqual([nothing.code, /note:/.test(nothing.stderr)], [0, false], nothing.stderr)
  assert.deepEqual(readdirSync(within).sort(), ['pipe', 'rec.jsonl'])
})
