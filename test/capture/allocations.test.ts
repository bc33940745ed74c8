/** Allocations of living programs, sampled over their inspectors: each maker's share, of what stays and of what goes. */
import assert from 'node:assert/strict'
import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {allocationsView, readAllocationProfile, sampleRemote} from '../../src/index.ts'
import {heapgraph, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {freePort} from './processes.ts'

const folder = temporaryFolder()
const LIMIT = {timeout: HANG_MS}
const children: ChildProcess[] = []
after(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** A request makes 400 arrays that stay, and 1,200 that go; `/gc` has them collected. */
const SERVER = join(folder, 'server.cjs')
writeFileSync(
  SERVER,
  `const kept = []
let last
function makeKept() { return new Array(500).fill(0.5) }
function makeGone() { return new Array(500).fill(0.5) }
require('node:http').createServer(({url}, response) => {
  if (url === '/gc') gc()
  else for (let i = 0; i < 1600; i++) { if (i % 4 === 0) kept.push(makeKept()); else last = makeGone() }
  response.end('ok')
}).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`,
)

async function started(): Promise<{port: number; ask: (path: string) => Promise<string>; child: ChildProcess}> {
  const {NODE_OPTIONS: _, ...env} = process.env
  const port = await freePort()
  // V8 tells what an inlined function makes of the one that it is inlined in.
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--no-opt', '--no-maglev', `--inspect=127.0.0.1:${port}`, SERVER],
    {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  children.push(child)
  const [line] = await once(child.stdout!, 'data')
  const ask = (path: string) => fetch(`http://127.0.0.1:${String(line).trim()}${path}`).then(answer => answer.text())
  return {port, ask, child}
}

async function bytesOf(path: string): Promise<Record<string, number>> {
  const {view} = await allocationsView([await readAllocationProfile(path)])
  return Object.fromEntries(view.rows.map(({name, bytes}) => [name, bytes]))
}

/** An array of doubles: 500 of 8 bytes, and its header. */
const MADE = 400 * (500 * 8 + 16)

function assertNear(found: number, wanted: number): void {
  assert.ok(Math.abs(found / wanted - 1) < 0.25, `${found}, not ${wanted}`)
}

test('what stays and what goes, each by its maker; twice in one process, packed, its owner’s only', LIMIT, async () => {
  const {port, ask, child} = await started()
  const work = async () => {
    for (let i = 0; i < 4; i++) await ask('/')
    await ask('/gc')
  }
  const file = join(folder, 'all.heapprofile.gz')
  const {path, bytes} = await sampleRemote({port}, file, {until: work, intervalBytes: 2048})
  assert.deepEqual([path, bytes], [file, statSync(file).size])
  if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600)
  const all = await bytesOf(file)
  assertNear(all['makeKept()'], 4 * MADE)
  assertNear(all['makeGone()'], 12 * MADE)
  const still = join(folder, 'still.heapprofile')
  await sampleRemote({port}, still, {until: work, intervalBytes: 2048, stillThere: true})
  const stayed = await bytesOf(still)
  assertNear(stayed['makeKept()'], 4 * MADE)
  assert.ok((stayed['makeGone()'] ?? 0) < MADE / 10, String(stayed['makeGone()']))
  assert.equal(child.exitCode, null)
  const {stdout} = await heapgraph(['allocations', '--json', file, '--with', still])
  const {rows} = JSON.parse(stdout)
  const leftOf = (maker: string) => {
    const {bytes, leftBytes} = rows.find(({name}: {name: string}) => name === maker)
    return leftBytes / bytes
  }
  assert.ok(Math.abs(leftOf('makeKept()') - 1) < 0.4, stdout)
  assert.ok(leftOf('makeGone()') < 0.05, stdout)
})

test('by the command; interrupted, or of a program that dies, nothing is written', LIMIT, async () => {
  const {port, ask, child} = await started()
  const file = join(folder, 'app.heapprofile')
  const sampled = heapgraph(['capture', '--port', String(port), '--allocations', '300ms', '-o', file])
  const asking = setInterval(() => void ask('/').catch(() => {}), 20)
  const {code, stdout, stderr} = await sampled
  clearInterval(asking)
  assert.equal(code, 0, stderr)
  assert.match(stdout, /app\.heapprofile {2}[\d.]+ kB\n/)
  assert.match(stderr, /^next: heapgraph allocations .*app\.heapprofile\n$/)
  assert.equal((await readAllocationProfile(file)).functions[0], '(root)')
  const none = join(folder, 'none.heapprofile')
  const aborting = new AbortController()
  const until = () => new Promise<never>(() => aborting.abort(new Error('enough')))
  await assert.rejects(sampleRemote({port}, none, {until, signal: aborting.signal}), /enough/)
  const die = () => {
    child.kill('SIGKILL')
    return once(child, 'exit')
  }
  const dying = sampleRemote({port}, none, {until: die})
  await assert.rejects(dying, {code: 'UNREADABLE'})
  assert.equal(existsSync(none), false)
})

test('what does not go together is said', async () => {
  for (const [args, words] of [
    [
      ['--pid', '1', '--allocations', '1s', '--count', '2'],
      /'--allocations <time>' cannot be used with option '--count/,
    ],
    [
      ['--allocations', '1s', '--', 'node', 'x.js'],
      /--allocations samples what runs already; give --pid, or run node --heap-prof/,
    ],
    [['--pid', '1', '--allocations', 'long'], /--allocations/],
  ] as const) {
    const {code, stderr} = await heapgraph(['capture', ...args])
    assert.equal(code, 2)
    assert.match(stderr, words)
  }
})
