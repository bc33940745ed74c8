/** `watch` on real programs: each reason for a snapshot, clusters, workers, ports in use, and what is skipped for want of room. */
import assert from 'node:assert/strict'
import {existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {syncBuiltinESMExports} from 'node:module'
import {type AddressInfo, createServer} from 'node:net'
import os from 'node:os'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {openSnapshot, select, type WatchedFile, type WatchOptions, watch} from '../../../src/index.ts'
import {ROOT, temporaryFolder} from '../../cli/cli.ts'
import {HANG_MS, until} from '../../support/limits.ts'
import {runHeapgraph} from '../processes.ts'
import {mountSmallDisk} from '../small-disk.ts'

const folder = temporaryFolder()
const LIMIT = {timeout: HANG_MS}
const SNAPSHOT = /\.heapsnapshot$/
before(() => assert.ok(existsSync(join(ROOT, 'dist/capture/agent/watch-agent.js')), 'npm run build comes first'))

/** A folder for one test, and a program in it that knows how many snapshots of its own there are. */
function place(script: string): {into: string; program: string} {
  const into = mkdtempSync(join(folder, 'watch-'))
  const program = join(into, 'program.cjs')
  const own = `
const {isMainThread, threadId} = require('node:worker_threads')
const own = '-' + process.pid + (isMainThread ? '' : '.' + threadId) + '-'
const taken = () => require('node:fs').readdirSync(__dirname).filter(name => name.includes(own) && name.endsWith('.heapsnapshot')).length
class Leaked { constructor(i) { this.i = i; this.row = 'row ' + i } }
const kept = []
const grow = count => { for (let i = 0; i < count; i++) kept.push(new Leaked(i)) }
`
  writeFileSync(program, own + script)
  return {into, program}
}

/** A program that ends when there is a file of that name. */
function endless(name: string): {script: string; program: string; end: string} {
  const end = join(folder, `${name}.end`)
  const program = join(folder, `${name}.cjs`)
  const script = `setInterval(() => { if (require('node:fs').existsSync(${JSON.stringify(end)})) process.exit(0) }, 20)`
  writeFileSync(program, script)
  return {script, program, end}
}

async function watched(script: string, options: Partial<WatchOptions>, args: string[] = [], onNote = () => {}) {
  const {into, program} = place(script)
  const notes: string[] = []
  const output = join(into, 'w.heapsnapshot')
  const command = [process.execPath, ...args, program]
  const outcome = await watch({
    ...{...options, command, output},
    onNote(text) {
      notes.push(text)
      onNote()
    },
  })
  assert.deepEqual(
    readdirSync(into).filter(name => name.startsWith('.')),
    [],
    'no part of a file stays',
  )
  return {...outcome, into, notes}
}

async function idsOf({path}: WatchedFile): Promise<number[]> {
  const snapshot = await openSnapshot(path, {index: 'off'})
  return [...select(snapshot, {type: 'Leaked'}).nodes].map(node => snapshot.nodeId[node])
}

test('so often, however much there is: ids mean the same objects', LIMIT, async () => {
  const script = 'grow(500); setInterval(() => { grow(1); if (taken() === 3) process.exit(2) }, 20)'
  const {exitCode, written, notes} = await watched(script, {everyMs: 300, max: 3})
  assert.equal(exitCode, 2)
  assert.deepEqual(
    written.map(({path}) => /-(\d)\.heapsnapshot$/.exec(path)?.[1]),
    ['1', '2', '3'],
  )
  assert.match(notes.join('\n'), /process \d+: 0\.3 s have passed, snapshot 3 of 3/)
  const ids = await Promise.all(written.map(idsOf))
  for (const [i, later] of ids.slice(1).entries()) {
    assert.ok(later.length > ids[i].length)
    assert.ok(ids[i].every(id => later.includes(id)))
  }
})

test('above a limit and at each tenth more; what is garbage does not count', LIMIT, async () => {
  const script = `
    let i = 0
    setInterval(() => {
      // 40 MB of garbage in all before anything is kept.
      if (i++ < 40) return void new Array(125_000).fill(i)
      if (taken() === 2) process.exit(0)
      if (process.memoryUsage().heapUsed < 20e6 * (taken() === 0 ? 1 : 1.3)) grow(5_000)
    }, 20)`
  const {written, notes} = await watched(script, {aboveBytes: 15e6, max: 2})
  assert.equal(written.length, 2)
  const reasons = notes.flatMap(note => /heapUsed ([\d.]+) MB, snapshot/.exec(note)?.[1] ?? [])
  // A tenth of 15 MB more than what there was behind the first snapshot, whose writing collects some garbage, too.
  assert.ok(Number(reasons[0]) >= 15 && Number(reasons[1]) >= Number(reasons[0]) + 1, notes.join('\n'))
  const [first] = await Promise.all(written.map(idsOf))
  assert.ok(first.length > 20_000, 'it was not taken while there was garbage only')
})

test('near the limit of its heap V8 writes one itself, and the program may die of it', LIMIT, async () => {
  const {into, program} = place('globalThis.all = kept; for (;;) grow(10_000)')
  const options = ['watch', '--near-limit', '-o', join(into, 'w.heapsnapshot')]
  const command = [process.execPath, '--max-old-space-size=20', program]
  const {code, stderr} = await runHeapgraph([...options, '--', ...command]).ended
  assert.ok(code !== 0, stderr)
  assert.match(
    stderr,
    /^heapgraph: written to \S+w-\d+-limit-1\.heapsnapshot {2}[\d.]+ MB\nheapgraph: no allocation .*\nnext: heapgraph types \S+$/m,
  )
  assert.match(
    stderr,
    /^heapgraph: no allocation profile of process \d+: whenever its event loop turned, it was not near its limit yet$/m,
  )
  const names = readdirSync(into).filter(name => name !== 'program.cjs')
  assert.equal(names.length, 1, String(names))
  const snapshot = await openSnapshot(join(into, names[0]), {index: 'off'})
  assert.ok(select(snapshot, {type: 'Leaked'}).nodes.length > 10_000)
})

test('a server of a cluster: every process has files of its own, numbered in turn; a worker, too', LIMIT, async () => {
  const script = `
    const cluster = require('node:cluster')
    const {Worker} = require('node:worker_threads')
    const done = () => taken() === 2
    if (!isMainThread) setInterval(() => { grow(10); if (done()) process.exit() }, 20)
    else if (cluster.isPrimary) {
      const children = [cluster.fork(), cluster.fork()]
      const worker = new Worker(__filename)
      let left = 3
      const end = () => { if (--left === 0) { const timer = setInterval(() => { if (done()) process.exit(0) }, 20) } }
      for (const child of children) child.on('exit', end)
      worker.on('exit', end)
      let port
      cluster.on('listening', (_, address) => {
        if (port === undefined) { port = address.port; setInterval(() => fetch('http://127.0.0.1:' + port).catch(() => {}), 20) }
      })
    } else {
      require('node:http').createServer((_, response) => { grow(10); response.end('ok') }).listen(0, '127.0.0.1')
      setInterval(() => { if (done()) process.exit(0) }, 20)
    }`
  const {exitCode, written, heaps, notes} = await watched(script, {everyMs: 400, max: 2})
  assert.equal(exitCode, 0, notes.join('\n'))
  assert.equal(heaps, 4)
  const who = ({pid, thread}: WatchedFile) => `${pid}${thread === 0 ? '' : `.${thread}`}`
  const all = [...new Set(written.map(who))]
  assert.equal(all.length, 4, notes.join('\n'))
  assert.equal(all.filter(key => key.endsWith('.1')).length, 1)
  for (const one of all) {
    const names = written.filter(file => who(file) === one).map(({path}) => path.slice(path.lastIndexOf('w-')))
    assert.deepEqual(names, [`w-${one}-1.heapsnapshot`, `w-${one}-2.heapsnapshot`])
  }
  assert.match(notes.join('\n'), /^worker 1 of process \d+: 0\.4 s have passed, snapshot 2 of 2$/m)
})

test("a port in use is the program's own trouble: the watcher needs none", LIMIT, async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => taken.once('listening', resolve))
  t.after(() => taken.close())
  const {port} = taken.address() as AddressInfo
  const script = 'setInterval(() => { if (taken() === 1) process.exit(0) }, 20)'
  const {exitCode, written} = await watched(script, {everyMs: 200, max: 1}, [`--inspect=127.0.0.1:${port}`])
  // Node says that the address is in use and goes on without an inspector, or ends with 12.
  assert.ok(exitCode === 0 ? written.length === 1 : exitCode === 12, String(exitCode))
})

const isRoot = process.platform === 'linux' && process.getuid?.() === 0

test('where the disk is too small it is said, and nothing is written; --force tries', {
  ...LIMIT,
  skip: isRoot ? false : 'needs root on Linux for a small tmpfs',
}, async t => {
  const small = mkdtempSync(join(folder, 'small-'))
  if (!mountSmallDisk(t, small, '2m')) return
  const {program, end} = endless('small')
  /** The program ends when the watcher has said so. */
  async function line(options: string[], words: RegExp) {
    rmSync(end, {force: true})
    const out = join(small, 'w.heapsnapshot')
    const command = [process.execPath, program]
    const {said, ended} = runHeapgraph(['watch', '--every', '300ms', ...options, '-o', out, '--', ...command])
    await until(
      () => words.test(said.stderr),
      () => said.stderr,
    )
    writeFileSync(end, '')
    return await ended
  }
  const skipped = await line([], /are free/)
  assert.equal(skipped.code, 0)
  assert.match(
    skipped.stderr,
    /^heapgraph: no snapshot of process \d+: it may need [\d.]+ MB on the disk, [\d.]+ MB are free; --force takes it anyway$/m,
  )
  assert.match(skipped.stderr, /no snapshot was taken of 1 process/)
  const forced = await line(['--force'], /the disk is full/)
  assert.equal(forced.code, 0)
  assert.match(forced.stderr, /the disk is full/)
  assert.ok(!forced.stderr.includes('are free'))
  assert.deepEqual(
    readdirSync(small).filter(name => SNAPSHOT.test(name)),
    [],
  )
})

test('where memory is short it is said, and nothing is written', LIMIT, async t => {
  const free = t.mock.method(os, 'freemem', () => 1_000_000)
  syncBuiltinESMExports()
  t.after(() => {
    free.mock.restore()
    syncBuiltinESMExports()
  })
  const {script, end} = endless('short')
  const {exitCode, written, notes} = await watched(script, {everyMs: 300}, [], () => writeFileSync(end, ''))
  assert.deepEqual([exitCode, written], [0, []])
  assert.ok(notes.length > 0)
  for (const note of notes) {
    assert.match(note, /^no snapshot of process \d+: it needs [\d.]+ MB of memory, 1\.0 MB are free; --force takes it /)
  }
  const forced = await watched('setInterval(() => { if (taken() === 1) process.exit(0) }, 20)', {
    everyMs: 300,
    // Without a limit a busy program could miss the moment at which there is one.
    max: 1,
    force: true,
  })
  assert.equal(forced.written.length, 1)
})
