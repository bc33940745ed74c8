/** Snapshots of processes that live, read back. What is awaited is an event; the limit of each test is only for what would never end. */
import assert from 'node:assert/strict'
import {type ChildProcess, type SpawnOptions, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync} from 'node:fs'
import {type AddressInfo, createServer} from 'node:net'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {capture, captureRemote, measure, openSnapshot, select, watch} from '../../src/index.ts'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {freePort} from './processes.ts'
import {mountSmallDisk} from './small-disk.ts'

const folder = temporaryFolder()
const LIMIT = {timeout: HANG_MS}
const children: ChildProcess[] = []
after(() => {
  for (const child of children) child.kill('SIGKILL')
})
before(() => assert.ok(existsSync(join(ROOT, 'dist/capture/agent/watch-agent.js')), 'npm run build comes first'))

/** Each request leaves a Leaked behind; `/grow` many. It says when it listens. */
const SERVER = join(folder, 'server.cjs')
writeFileSync(
  SERVER,
  `class Leaked { constructor() { this.rows = new Array(100).fill(0) } }
const kept = []
for (let i = 0; i < 1000; i++) kept.push(new Leaked())
require('node:http').createServer((_, response) => { kept.push(new Leaked()); response.end('ok') })
  .listen(0, '127.0.0.1', function () { console.log(this.address().port) })`,
)

async function started(args: string[], env: Record<string, string> = {}): Promise<{child: ChildProcess; line: string}> {
  const {NODE_OPTIONS: _, ...own} = process.env
  // At a port of its own: the default may be another's. One that the system chooses would be looked for among all that the program listens on.
  const port = `--inspect-port=${await freePort()}`
  const options: SpawnOptions = {cwd: folder, stdio: ['ignore', 'pipe', 'ignore'], env: {...own, ...env}}
  const child = spawn(process.execPath, [port, ...args], options)
  children.push(child)
  const [line] = await once(child.stdout!, 'data')
  return {child, line: String(line)}
}

async function countOf(file: string, type = 'Leaked'): Promise<number> {
  return select(await openSnapshot(file, {index: 'off'}), {type}).nodes.length
}

const leftOvers = () => readdirSync(folder).filter(name => name.endsWith('.tmp') || name.startsWith('.heapgraph'))

test('a running server: its inspector is opened, used twice by one connection, and closed again', LIMIT, async () => {
  const {child, line} = await started([SERVER])
  const file = join(folder, 'app.heapsnapshot.gz')
  const get = () => fetch(`http://127.0.0.1:${line.trim()}/`).then(answer => answer.text())
  const written = await captureRemote({pid: child.pid!}, file, {count: 2, between: get})
  assert.deepEqual(
    written.map(({path}) => path),
    [join(folder, 'app-1.heapsnapshot.gz'), join(folder, 'app-2.heapsnapshot.gz')],
  )
  const [first, second] = await Promise.all(written.map(({path}) => openSnapshot(path, {index: 'off'})))
  const idsOf = (snapshot: typeof first) =>
    [...select(snapshot, {type: 'Leaked'}).nodes].map(node => snapshot.nodeId[node])
  const [ids, later] = [idsOf(first), idsOf(second)]
  assert.equal(ids.length, 1000, 'nobody but the one who visits asks the server anything')
  assert.equal(later.filter(id => !ids.includes(id)).length, 1, 'the same objects have the same ids')
  if (process.platform !== 'win32') assert.equal(statSync(written[0].path).mode & 0o777, 0o600)
  // Nobody can connect any more, once it has closed; the server itself goes on.
  assert.equal(await get(), 'ok')
  child.kill()
})

test('who cannot be captured is told in one sentence, and not harmed', LIMIT, async t => {
  const silent = createServer(socket => socket.end('no HTTP\r\n')).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  const {port} = silent.address() as AddressInfo
  const refused: [args: string[], words: RegExp][] = [
    [[], /nothing is to be captured; give one of/],
    [['--pid', '999999999'], /there is no process 999999999/],
    [['--port', String(port)], /no inspector answers there/],
    [['--url', 'ws://192.0.2.1:9229'], /192\.0\.2\.1 is another machine; .*--allow-remote/],
    [['--url', 'nonsense'], /not an inspector address/],
  ]
  for (const [args, words] of refused) {
    const {code, stderr} = await heapgraph(['capture', ...args, '-o', join(folder, 'none.heapsnapshot')])
    assert.equal(code, 2)
    assert.match(stderr, /^heapgraph: [^\n]+\n$/)
    assert.match(stderr, words)
  }
  if (process.platform === 'win32') return
  const sleeper = spawn('sleep', ['60'])
  await once(sleeper, 'spawn')
  const {code, stderr} = await heapgraph(['capture', '--pid', String(sleeper.pid)])
  assert.deepEqual([code, /is .*, not Node/.test(stderr)], [2, true], stderr)
  assert.equal(sleeper.exitCode ?? sleeper.signalCode, null)
  sleeper.kill()
})

test('a process killed in the middle of a snapshot leaves no file', LIMIT, async () => {
  const {child} = await started([
    '-e',
    'globalThis.k = [...Array(3e5)].map((_, i) => ({i})); console.log(1); setInterval(() => {}, 1e3)',
  ])
  const file = join(folder, 'killed.heapsnapshot')
  const onProgress = () => child.kill('SIGKILL')
  await assert.rejects(captureRemote({pid: child.pid!}, file, {onProgress}), /it ended, or closed the connection/)
  assert.deepEqual([existsSync(file), leftOvers()], [false, []])
})

test('an interrupted capture leaves no file', LIMIT, async () => {
  const {child} = await started([SERVER])
  const ending = new AbortController()
  const file = join(folder, 'interrupted.heapsnapshot')
  const asked = {signal: ending.signal, onProgress: () => ending.abort()}
  await assert.rejects(captureRemote({pid: child.pid!}, file, asked), /interrupted; |interrupted$/)
  assert.deepEqual([existsSync(file), leftOvers()], [false, []])
  child.kill()
})

const isRoot = process.platform === 'linux' && process.getuid?.() === 0

test('a full disk is told, from another process and from this one', {
  ...LIMIT,
  skip: isRoot ? false : 'needs root on Linux for a small tmpfs',
}, async t => {
  const small = mkdtempSync(join(folder, 'small-'))
  if (!mountSmallDisk(t, small, '1m')) return
  const {child} = await started([SERVER])
  for (const name of ['full.heapsnapshot', 'full.heapsnapshot.gz']) {
    await assert.rejects(captureRemote({pid: child.pid!}, join(small, name)), /the disk is full/)
    await assert.rejects(capture(join(small, name)), /the disk is full/)
    assert.deepEqual(readdirSync(small), [])
  }
  child.kill()
})

test('a program, at its end; its own exit code', LIMIT, async () => {
  const file = join(folder, 'end.heapsnapshot')
  const script = 'class Leaked {}; globalThis.kept = [new Leaked(), new Leaked()]; process.exitCode = 3'
  const {code, stderr} = await heapgraph(['capture', '-o', file, '--', process.execPath, '-e', script])
  assert.equal(code, 3)
  assert.match(stderr, /written to .*end\.heapsnapshot .*\nnext: heapgraph types /)
  assert.equal(await countOf(file), 2)
  assert.deepEqual(leftOvers(), [])
})

test('watched: a program, its child and its worker each write their own', LIMIT, async () => {
  const output = join(mkdtempSync(join(folder, 'watched-')), 'w.heapsnapshot')
  const script = join(folder, 'grow.cjs')
  // Each heap grows by less than 20 MB, waits for its snapshot, grows again, waits for the second, and ends.
  writeFileSync(
    script,
    `const {isMainThread, threadId, Worker} = require('node:worker_threads')
class Leaked {}
const kept = []
const own = process.pid + (isMainThread ? '' : '.' + threadId)
const {readdirSync} = require('node:fs')
const timer = setInterval(() => {
  const there = readdirSync(process.argv[2]).filter(name => name.startsWith('w-' + own + '-')).length
  if (there === 2) return clearInterval(timer)
  if (kept.length < (there + 1) * 300000) for (let i = 0; i < 20000; i++) kept.push(Object.assign(new Leaked(), {i}))
}, 20)
if (isMainThread && process.argv[3] === 'first') {
  require('node:child_process').fork(__filename, [process.argv[2]])
  new Worker(__filename, {argv: [process.argv[2]]})
}`,
  )
  const notes: string[] = []
  const {exitCode, written, heaps} = await watch({
    command: [process.execPath, script, join(output, '..'), 'first'],
    output,
    growthBytes: 5e6,
    max: 2,
    onNote: text => notes.push(text),
  })
  assert.equal(exitCode, 0)
  assert.equal(heaps, 3, notes.join('\n'))
  assert.equal(written.length, 6, notes.join('\n'))
  assert.equal(notes.filter(text => text.includes('pauses')).length, 1)
  for (const {path, bytes} of written) assert.equal(statSync(path).size, bytes)
  const [before, later] = written.filter(({pid, thread}) => pid === written[0].pid && thread === written[0].thread)
  assert.ok((await countOf(later.path)) > (await countOf(before.path)))
})

test('in production: nothing but a listener, until the signal comes', {
  ...LIMIT,
  skip: process.platform === 'win32',
}, async () => {
  const into = join(folder, 'signalled')
  mkdirSync(into)
  const register = pathToFileURL(join(ROOT, 'dist/capture/own/register.js')).href
  const {NODE_OPTIONS: _, ...env} = process.env
  const child = spawn(process.execPath, ['--import', register, SERVER], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...env, HEAPGRAPH_DIR: into},
  })
  children.push(child)
  await once(child.stdout, 'data')
  assert.deepEqual(readdirSync(into), [])
  child.kill('SIGUSR2')
  const [told] = await once(child.stderr, 'data')
  assert.match(String(told), /heap-\d+-1\.heapsnapshot written/)
  assert.ok((await countOf(join(into, `heap-${child.pid}-1.heapsnapshot`))) >= 1000)
  child.kill()
})

test('signals go to the program, and its exit code comes back', {
  ...LIMIT,
  skip: process.platform === 'win32',
}, async () => {
  const script = "process.on('SIGTERM', () => process.exit(7)); console.log('ready'); setInterval(() => {}, 1000)"
  const line = [join(ROOT, 'bin/heapgraph.js'), 'watch', '--every', '1h', '--', process.execPath, '-e', script]
  const {child} = await started(line)
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [7, null])
  assert.deepEqual(leftOvers(), [])
})

test('measured: what stays, and what was there in between', LIMIT, async () => {
  const kept: unknown[] = []
  const {result, incrementBytes, retainedBytes, samples} = await measure(async () => {
    let much: Uint8Array | undefined = new Uint8Array(50e6)
    await new Promise(resolve => setTimeout(resolve, 50))
    kept.push(new Uint8Array(10e6))
    much = undefined
    return much === undefined ? 'done' : ''
  })
  assert.equal(result, 'done')
  assert.ok(samples > 1)
  assert.ok(incrementBytes >= 50e6, String(incrementBytes))
  assert.ok(retainedBytes >= 9e6 && retainedBytes < 20e6, String(retainedBytes))
  await assert.rejects(
    measure(() => Promise.reject(new Error('its own'))),
    /its own/,
  )
})

test('a watched program that leaks: who holds what is new is said when it ends', LIMIT, async () => {
  const place = mkdtempSync(join(folder, 'leaking-'))
  const program = join(place, 'leaking.cjs')
  writeFileSync(
    program,
    `const {readdirSync} = require('node:fs')
class Session { rows = new Array(2000).fill(1.5) }
const sessions = new Map()
setInterval(() => {
  if (sessions.size < 12000) for (let i = 0; i < 60; i++) sessions.set(sessions.size, new Session())
  if (readdirSync(${JSON.stringify(place)}).filter(name => name.endsWith('.heapsnapshot')).length === 2) process.exit(3)
}, 10)`,
  )
  const output = join(place, 'w.heapsnapshot')
  const options = ['--growth', '8MB', '--max', '2', '--force', '-o', output]
  const child = spawn(
    process.execPath,
    [join(ROOT, 'bin/heapgraph.js'), 'watch', ...options, '--', process.execPath, program],
    {stdio: ['ignore', 'ignore', 'pipe']},
  )
  children.push(child)
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  assert.equal(code, 3, "the program's own exit code")
  assert.match(stderr, /^heapgraph: what leaks in process \d+, by its 2 snapshots:$/m)
  assert.match(stderr, /^1\. sessions \(.*leaking\.cjs:3\): cache without limit/m)
  assert.match(stderr, /^next: heapgraph what-if --cut 'sessions\[\]' /m)
})
