/** `watch --near-limit`: what is there after a program has filled its heap, or its container, and what becomes of each file. */
import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {heapAboveMemory, heapLimit, lackNearLimit, partUsed} from '../../../src/capture/agent/near-limit.ts'
import {openSnapshot, select} from '../../../src/index.ts'
import {parseAllocationProfile} from '../../../src/read/allocation-profile.ts'
import {temporaryFolder} from '../../cli/cli.ts'
import {HANG_MS} from '../../support/limits.ts'
import {BIN, run} from '../processes.ts'
import {smallContainer} from '../small-container.ts'

const folder = temporaryFolder()
const LIMIT = {timeout: HANG_MS}
const OLD_SPACE_MB = 60

/** Grows by about a megabyte a turn until V8 gives up. */
const GROWING = `
class Leaked { constructor(i) { this.i = i; this.row = [i, i, i, i] } }
const kept = globalThis.kept = []
function makeLeaked() { for (let i = 0; i < 5_000; i++) kept.push(new Leaked(i)) }
setInterval(makeLeaked, 20)`

interface Filling {
  preloaded?: string
  /** Of the control group in which it all runs. */
  group?: string
  oldSpaceMegabytes?: number
}

async function filled(options: string[], {preloaded, group, oldSpaceMegabytes = OLD_SPACE_MB}: Filling = {}) {
  const into = mkdtempSync(join(folder, 'near-'))
  const program = join(into, 'program.cjs')
  writeFileSync(program, GROWING)
  const fake = join(into, 'fake.cjs')
  if (preloaded !== undefined) writeFileSync(fake, preloaded)
  const command = [process.execPath, `--max-old-space-size=${oldSpaceMegabytes}`, program]
  const args = [BIN, 'watch', '--near-limit', ...options, '-o', join(into, 'w.heapsnapshot.gz'), '--', ...command]
  const env: Record<string, string> = preloaded === undefined ? {} : {NODE_OPTIONS: `--require=${JSON.stringify(fake)}`}
  // A process that is to be in a group says so itself, before it becomes the watcher.
  const enter = group === undefined ? [] : ['-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', group, process.execPath]
  const {code, stderr} = await run(group === undefined ? process.execPath : 'sh', [...enter, ...args], {env}).ended
  assert.ok(code !== 0, stderr)
  const names = readdirSync(into)
  const written = [...stderr.matchAll(/^heapgraph: written to (\S+) /gm)].map(([, path]) => path)
  assert.deepEqual(
    names.filter(name => name.startsWith('w-')).sort(),
    [...new Set(written)].map(path => path.slice(into.length + 1)).sort(),
    stderr,
  )
  return {stderr, written}
}

/** A control group of so many bytes until the test ends, of either version; undefined where none can be made. */
function makeGroup(context: TestContext, bytes: number): string | undefined {
  const isV2 = existsSync('/sys/fs/cgroup/cgroup.controllers')
  const group = join(isV2 ? '/sys/fs/cgroup' : '/sys/fs/cgroup/memory', `heapgraph-test-${process.pid}`)
  try {
    mkdirSync(group)
  } catch {
    return undefined
  }
  context.after(() => rmdirSync(group))
  try {
    writeFileSync(join(group, isV2 ? 'memory.max' : 'memory.limit_in_bytes'), String(bytes))
    return group
  } catch {
    return undefined
  }
}

function assertProfile(path: string): void {
  const {functions, bytes} = parseAllocationProfile(readFileSync(path, 'utf8'), path)
  const made = functions.reduce((sum, name, call) => sum + (/^(?:makeLeaked|Leaked)$/.test(name) ? bytes[call] : 0), 0)
  assert.ok(made > 0.5 * bytes.reduce((sum, one) => sum + one, 0), 'it says who has filled the heap')
  if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o077, 0)
}

test('a heap that fills up leaves a profile, then a snapshot; a command gets each', LIMIT, async () => {
  const list = join(folder, 'uploaded')
  const script = join(folder, 'upload.cjs')
  const append = `require('node:fs').appendFileSync(${JSON.stringify(list)}, process.env.HEAPGRAPH_FILE + '\\n')`
  writeFileSync(script, `${append}; process.exit(/profile$/.test(process.env.HEAPGRAPH_FILE) ? 0 : 7)`)
  const {stderr, written} = await filled(['--then', `"${process.execPath}" "${script}"`])
  assert.match(stderr, /^heapgraph: process \d+: \d+ % of the heap's limit used, allocation profile$/m)
  assert.match(written[0], /w-\d+-limit\.heapprofile$/)
  assert.match(written.at(-1) ?? '', /w-\d+-limit-1\.heapsnapshot\.gz$/)
  const last = written.at(-1) ?? ''
  assert.deepEqual(
    written.filter(path => path.endsWith('.heapsnapshot.gz')),
    [last],
  )
  assertProfile(written[0])
  const snapshot = await openSnapshot(last, {index: 'off'})
  assert.ok(select(snapshot, {type: 'Leaked'}).nodes.length > 10_000)
  assert.deepEqual(readFileSync(list, 'utf8').trim().split('\n'), written)
  assert.ok(stderr.includes(`heapgraph: the command for ${written[0]} ended with exit code 0\n`), stderr)
  assert.ok(stderr.includes(`heapgraph: the command for ${last} ended with exit code 7\n`), stderr)
  assert.match(stderr, /^next: heapgraph allocations \S+limit\.heapprofile$/m)
})

test('where the container has no room for a snapshot, it is not begun, and why is said; --force takes it', {
  ...LIMIT,
  skip: process.platform === 'linux' ? false : 'control groups are of Linux',
}, async () => {
  const small = smallContainer(1.6 * OLD_SPACE_MB * 2 ** 20)
  const {stderr, written} = await filled([], {preloaded: small})
  assert.ok(written.length > 0, stderr)
  assert.ok(written.every(path => path.endsWith('-limit.heapprofile')))
  assertProfile(written[0])
  const why =
    /^heapgraph: no snapshot of process \d+ near its limit: a full heap of 62\.9 MB and its snapshot need 125\.8 MB, the limit of memory leaves [\d.]+ MB; --force takes it anyway$/gm
  assert.equal(stderr.match(why)?.length, 1, stderr)
  assert.match(stderr, /no snapshot was taken of 1 process/)
  const forced = await filled(['--force'], {preloaded: small})
  assert.match(forced.written.at(-1) ?? '', /\.heapsnapshot\.gz$/, forced.stderr)
  assert.ok(existsSync(forced.written[0]))
})

test('who is killed by the kernel leaves a profile', LIMIT, async t => {
  const group = makeGroup(t, 150e6)
  if (group === undefined) return t.skip('control groups can be made by root on Linux only')
  const {stderr, written} = await filled([], {group, oldSpaceMegabytes: 400})
  assert.match(stderr, /^heapgraph: process \d+: \d+ % of the limit of memory used, allocation profile$/m)
  const atStart =
    /^heapgraph: process \d+: its heap may grow to 419\.4 MB, but the limit of memory leaves [\d.]+ MB: /gm
  assert.equal(stderr.match(atStart)?.length, 1, stderr)
  assert.ok(stderr.search(atStart) < stderr.indexOf('% of the limit'), stderr)
  assert.ok(written.length > 0 && written.every(path => path.endsWith('-limit.heapprofile')), stderr)
  assertProfile(written[0])
  assert.match(stderr, /^heapgraph: no snapshot of process \d+ near its limit: a full heap of 419\.4 MB /m)
})

test('the limit of a heap is what its program was given; the need of memory counts where it is fixed', () => {
  const megabyte = 2 ** 20
  assert.equal(heapLimit(['--max_old_space_size=32']), 32 * megabyte)
  assert.equal(heapLimit(['--x', '--max-old-space-size=16'], '--max-old-space-size=32'), 16 * megabyte)
  assert.equal(heapLimit([], '--max-old-space-size 24 --no-warnings'), 24 * megabyte)
  assert.ok(heapLimit(['--max-old-space-size=99999999']) < 99999999 * megabyte)
  assert.ok(heapLimit([]) > 100 * megabyte)
  assert.equal(lackNearLimit(100, {bytes: 200, isFixed: true}), undefined)
  assert.match(lackNearLimit(100, {bytes: 199, isFixed: true}) ?? '', /need 200/)
  assert.equal(lackNearLimit(100, {bytes: 1, isFixed: false}), undefined)
})

test('what is used of the memory is a number, also where none was left at the start', () => {
  const left = (bytes: number, isFixed = true) => ({bytes, isFixed})
  assert.equal(partUsed(left(100), left(25)), 0.75)
  assert.equal(partUsed(left(100, false), left(25, false)), 0)
  assert.equal(partUsed(left(0), left(0)), 1)
})

test('a heap that may grow beyond its memory is said, with a limit that leaves room for a snapshot', () => {
  const megabyte = 2 ** 20
  const left = (bytes: number, isFixed = true) => ({bytes, isFixed})
  assert.equal(heapAboveMemory(500 * megabyte, 0, left(500 * megabyte)), undefined)
  assert.equal(
    heapAboveMemory(500 * megabyte, 20 * megabyte, left(480 * megabyte)),
    undefined,
    'what is used is there already',
  )
  assert.equal(heapAboveMemory(500 * megabyte, 0, left(1, false)), undefined)
  assert.equal(
    heapAboveMemory(4096 * megabyte, 20 * megabyte, left(480 * megabyte)),
    'its heap may grow to 4.3 GB, but the limit of memory leaves 503.3 MB: it would be killed before V8 gives up; start it with --max-old-space-size=250',
  )
})
