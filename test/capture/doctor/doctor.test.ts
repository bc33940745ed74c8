/** The whole walk over real servers: the one that leaks is found out by file and line, its mended twin is not accused. */
import assert from 'node:assert/strict'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {setTimeout} from 'node:timers/promises'
import {openSnapshot, select} from '../../../src/index.ts'
import {heapgraph, ROOT, temporaryFolder} from '../../cli/cli.ts'
import {parseXml} from '../../emit/xml.ts'
import {HANG_MS, until} from '../../support/limits.ts'
import {runHeapgraph} from '../processes.ts'
import {smallContainer} from '../small-container.ts'
import {mountSmallDisk} from '../small-disk.ts'

const folder = temporaryFolder()
const isPosix = process.platform !== 'win32'
const guard = {timeout: HANG_MS, skip: !isPosix && 'signals are of POSIX'}
const NODE = process.execPath

before(() => assert.ok(existsSync(join(ROOT, 'dist/program/program.js')), 'npm run build comes first'))

/** A folder with the server, its load, and what else is wanted. */
function place(files: Record<string, string> = {}): string {
  const cwd = mkdtempSync(join(folder, 'walk-'))
  for (const name of ['server.cjs', 'load.cjs']) copyFileSync(join(ROOT, 'fixtures/walk', name), join(cwd, name))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  return cwd
}

function start(cwd: string, args: string[], env: Record<string, string> = {}) {
  return runHeapgraph(['doctor', ...args], {cwd, env})
}

const LOAD = ['--settle', '100ms', '--load', `"${NODE}" load.cjs`]
const SERVER = ['--', NODE, 'server.cjs']
const ALL = [
  'base.heapsnapshot',
  'final.heapsnapshot',
  'leaks.html',
  'leaks.json',
  'leaks.md',
  'leaks.svg',
  'leaks.txt',
  'load.log',
  'memory.svg',
  'program.log',
  'rec.jsonl',
  'report.md',
  'target.heapsnapshot',
]

/** No process of the walk is left: the program's id stands on stderr. */
function assertStopped(stderr: string): void {
  const pid = Number(/the program runs as process (\d+);/.exec(stderr)?.[1])
  assert.ok(pid > 0, stderr)
  assert.throws(() => process.kill(pid, 0), /ESRCH/)
}

const marksOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line.startsWith('{"type":"mark"'))
    .map(line => (JSON.parse(line) as {text: string}).text)

test('a server that leaks: the line, the folder, the report', guard, async () => {
  const cwd = place()
  const {code, stdout, stderr} = await start(cwd, [...LOAD, '-o', 'out', ...SERVER]).ended
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^memory {2}node server\.cjs \d+, JavaScript heap used: /)
  assert.match(stdout, /\nheap +[\d.]+ MB → [\d.]+ MB → [\d.]+ MB in the snapshots\nleaks +1 suspect, /)
  assert.match(
    stdout,
    /\n +1\. sessions \(.*server\.cjs:20\): cache without limit, high confidence\n +100 → 200 → 300 there/,
  )
  assert.match(stdout, /\nfolder {2}out: report\.md, memory\.svg, leaks\.svg, [^\n]+\n$/)
  assert.match(stderr, /\nnext: heapgraph what-if --cut 'sessions\[\]' out\/final\.heapsnapshot\n$/)
  assert.doesNotMatch(stderr, /of \d heaps/)
  assertStopped(stderr)

  const out = join(cwd, 'out')
  assert.deepEqual(readdirSync(out).sort(), ALL)
  for (const name of ALL) assert.equal(statSync(join(out, name)).mode & 0o777, 0o600, name)
  assert.match(readFileSync(join(out, 'program.log'), 'utf8'), /^listening on \d+\n$/)
  assert.equal(readFileSync(join(out, 'load.log'), 'utf8'), '100 pages\n'.repeat(3))
  const steps = [
    'warm-up load',
    'snapshot base.heapsnapshot',
    'load 1 of 2',
    'snapshot target.heapsnapshot',
    'load 2 of 2',
    'snapshot final.heapsnapshot',
  ]
  assert.deepEqual(marksOf(join(out, 'rec.jsonl')), steps)
  const memory = readFileSync(join(out, 'memory.svg'), 'utf8')
  for (const name of ['memory.svg', 'leaks.svg']) parseXml(readFileSync(join(out, name), 'utf8'))
  for (const step of steps) assert.ok(memory.includes(step), step)
  const counts: number[] = []
  for (const role of ['base', 'target', 'final']) {
    const snapshot = await openSnapshot(join(out, `${role}.heapsnapshot`), {index: 'off'})
    counts.push(select(snapshot, {type: 'Session'}).nodes.length)
  }
  assert.deepEqual(counts, [100, 200, 300])

  // All of it is in the report, whose links lead to files that are there.
  const report = readFileSync(join(out, 'report.md'), 'utf8')
  const headings = [...report.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title)
  assert.match(headings[0], /^Leak: `sessions` at `.*server\.cjs:20`, cache without limit$/)
  assert.deepEqual(headings.slice(1), ['Memory', 'Leaks', 'What was run', 'Next questions', 'In this folder'])
  const linked = [...report.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target)
  assert.deepEqual([...new Set(linked)].sort(), ALL)
  assert.match(report, /\| `sessions` \| `.*server\.cjs:20` \| cache without limit \| high \| 100 → 200 → 300 \|/)
  assert.match(report, /recorded from its start: \d{4}-\d\d-\d\dT[\d:.]+Z, [\d.]+ s, 3 snapshots\./)
  assert.match(report, /^- The load: `.*load\.cjs`$/m)
  assert.match(report, /^- The snapshots are of `server\.cjs \d+`\.$/m)

  // What it names next can be asked as it stands.
  const lines = [...report.matchAll(/^ {4}heapgraph (.*)$/gm)].map(([, line]) => line)
  assert.ok(lines.length >= 3)
  for (const line of lines) {
    const words = [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word)
    const asked = words.map(word => (word.startsWith('out/') ? join(cwd, word) : word))
    const {code, stderr} = await heapgraph(['--no-index', ...asked])
    assert.equal(code, 0, `${line}: ${stderr}`)
  }

  // The folder is taken: another walk is refused, and replaces it only when told to.
  const refused = await start(cwd, [...LOAD, '-o', 'out', ...SERVER]).ended
  assert.deepEqual([refused.code, refused.stdout], [2, ''])
  assert.match(refused.stderr, /^heapgraph: out: it contains an earlier run; name another folder with -o, or [^\n]+\n$/)
  writeFileSync(join(out, 'mine.txt'), 'mine')
  const mended = await start(cwd, [...LOAD, '-o', 'out', '--force', ...SERVER], {MENDED: '1'}).ended
  assert.equal(mended.code, 1, mended.stdout + mended.stderr)
  assert.deepEqual(
    readdirSync(out)
      .filter(name => !name.startsWith('leaks'))
      .sort(),
    [...ALL.filter(name => !name.startsWith('leaks')), 'mine.txt'].sort(),
  )
  assert.ok(!existsSync(join(out, 'leaks.svg')), 'nothing of the earlier walk is left')
})

test('the mended server is not accused: exit code 1, and so it is said', guard, async () => {
  const cwd = place()
  const {code, stdout, stderr} = await start(cwd, [...LOAD, ...SERVER], {MENDED: '1'}).ended
  assert.equal(code, 1, stdout + stderr)
  assert.match(stdout, /\nleaks +nothing leaks: no place in the program holds more objects than before\n/)
  assert.match(stderr, /\nnext: heapgraph growth --by holder heapgraph-doctor\/base\.heapsnapshot /)
  const out = join(cwd, 'heapgraph-doctor')
  assert.deepEqual(
    readdirSync(out).sort(),
    ALL.filter(name => name !== 'leaks.svg' && name !== 'leaks.html'),
  )
  const report = readFileSync(join(out, 'report.md'), 'utf8')
  assert.match(report, /^# No leak found$/m)
  assert.doesNotMatch(report, /leaks\.svg/)
  assertStopped(stderr)
})

test('a cluster behind a script: the heap that grew is looked at, and all are stopped', guard, async () => {
  const primary = `const cluster = require('node:cluster')
if (!cluster.isPrimary) require('./server.cjs')
else for (const which of ['a', 'b']) cluster.fork().on('online', () => console.log(which))
process.on('SIGTERM', () => cluster.isPrimary && process.exit(0))`
  const cwd = place({'primary.cjs': primary})
  const {code, stdout, stderr} = await start(cwd, [...LOAD, '--', 'sh', '-c', `"${NODE}" primary.cjs; true`]).ended
  assert.equal(code, 0, stdout + stderr)
  assert.match(stderr, /of 3 heaps, snapshots are of primary\.cjs \d+, which grew most of those at work so far/)
  assert.match(stdout, /1\. sessions \(.*server\.cjs:20\): cache without limit, high confidence\n/)
  const report = readFileSync(join(cwd, 'heapgraph-doctor/report.md'), 'utf8')
  assert.match(report, /of 3 heaps the one at work that grew most; the others were not analyzed\.$/m)
  assertStopped(stderr)
  const pids = readFileSync(join(cwd, 'heapgraph-doctor/rec.jsonl'), 'utf8').matchAll(/"type":"process".*?"pid":(\d+)/g)
  const processes = [...new Set([...pids].map(([, pid]) => Number(pid)))]
  assert.ok(processes.length >= 3)
  for (const pid of processes) assert.throws(() => process.kill(pid, 0), /ESRCH/)
})

/** Starts the server in another process, and does something once when the load has begun: the server's process says so. */
const parent = (once: string) => `const kept = []
require('node:child_process').fork('child.cjs').once('message', () => {
  ${once}
})
setInterval(() => kept.length, 60_000)`
/** At work for a second, beside which what the other process does once is nothing, on a busy machine too. */
const child = (once: string) => `let start = Array.from({length: 20_000}, () => ({}))
exports.start = () => start
const timer = setInterval(() => {
  if (!require('node:fs').existsSync('loaded')) return
  clearInterval(timer)
  process.send('loaded')
  ${once}
  for (const end = Date.now() + 1_000; Date.now() < end; );
}, 20)
require('./server.cjs')`
const LOADED = ['--settle', '100ms', '--load', `touch loaded; "${NODE}" load.cjs; sleep 0.3`]

test(
  'what only started the program is not looked at, though it grew and the program has shrunk since its start',
  guard,
  async () => {
    const cwd = place({
      'parent.cjs': parent('kept.push(new Array(50_000).fill(0.5))'),
      'child.cjs': child('start = undefined'),
    })
    const {code, stdout, stderr} = await start(cwd, [...LOADED, '--', NODE, 'parent.cjs']).ended
    assert.equal(code, 0, stdout + stderr)
    assert.match(stderr, /of 2 heaps, snapshots are of child\.cjs \d+, which grew most of those at work so far/)
    assert.doesNotMatch(stderr, /from here on/)
    assert.match(stdout, /1\. sessions \(.*server\.cjs:20\): cache without limit, high confidence\n/)
  },
)

test('a heap that grew most while it warmed up gives way to the one that goes on growing', guard, async () => {
  const fill = `for (const end = Date.now() + 500; Date.now() < end; ) kept.push(kept.length < 80 && new Array(10_000).fill(0.5))
  kept.length = 80`
  const cwd = place({'parent.cjs': parent(fill), 'child.cjs': child('')})
  const {code, stdout, stderr} = await start(cwd, [...LOADED, '--', NODE, 'parent.cjs']).ended
  assert.equal(code, 0, stdout + stderr)
  assert.match(stderr, /of 2 heaps, snapshots are of parent\.cjs \d+, which grew most of those at work so far/)
  assert.match(
    stderr,
    /\nheapgraph: child\.cjs \d+ has grown by [\d.]+ [kM]B since the first snapshot, parent\.cjs \d+ by -?[\d.]+ k?B: the snapshots are of child\.cjs \d+ from here on, all three\n/,
  )
  assert.match(
    stdout,
    /1\. sessions \(.*server\.cjs:20\): cache without limit, high confidence\n +200 → 300 → 400 there/,
  )
  const report = readFileSync(join(cwd, 'heapgraph-doctor/report.md'), 'utf8')
  assert.match(report, /, 3 snapshots\.$/m)
})

test('without a load it is left to itself; what it says can be waited for', guard, async () => {
  const program = `class Tick { rows = new Array(50).fill(0.5) }
const ticks = []
setInterval(() => ticks.push(new Tick()), 5)
console.log('not y' + 'et'); setTimeout(() => console.log('up and' + ' running'), 300)`
  const cwd = place({'ticks.cjs': program})
  const options = ['--ready', 'up and running', '--warm-up', '100ms', '--duration', '2s']
  const {code, stdout, stderr} = await start(cwd, [...options, '--', NODE, 'ticks.cjs']).ended
  assert.equal(code, 0, stdout + stderr)
  assert.match(stderr, /it printed "up and running"\n/)
  assert.match(stdout, /1\. ticks \(.*ticks\.cjs:2\): growing array, high confidence\n/)
  assert.ok(!existsSync(join(cwd, 'heapgraph-doctor/load.log')))
})

test('a worker thread that leaks is a heap of its own', guard, async () => {
  const program = `const {isMainThread, Worker} = require('node:worker_threads')
class Row { cells = new Array(100).fill(0.5) }
const rows = []
if (isMainThread) new Worker(__filename).on('message', text => console.log(text))
else require('node:worker_threads').parentPort.postMessage('both run')
if (!isMainThread) setInterval(() => { for (let i = 0; i < 10; i++) rows.push(new Row()) }, 5)`
  const cwd = place({'rows.cjs': program})
  const options = ['--ready', 'both run', '--warm-up', '2s', '--duration', '1s']
  const {code, stdout, stderr} = await start(cwd, [...options, '--', NODE, 'rows.cjs']).ended
  assert.equal(code, 0, stdout + stderr)
  assert.match(
    stderr,
    /of 2 heaps, snapshots are of rows\.cjs \d+, worker thread 1, which grew most of those at work so far/,
  )
  assert.match(stdout, /1\. rows \(.*rows\.cjs:3\): growing array, high confidence\n/)
  assertStopped(stderr)
})

test('what goes wrong is told in a sentence, and what was recorded is kept', guard, async () => {
  const cases: [args: string[], words: RegExp, log: RegExp][] = [
    [
      ['--', NODE, '-e', 'throw new Error("no " + "config")'],
      /the program ended with exit code 1 after [\d.]+ s, before it was ready; /,
      /^ {2}Error: no config$/m,
    ],
    [['--', NODE, '-e', 'process.kill(process.pid, "SIGKILL")'], /the program ended by SIGKILL after /, /^/],
    [
      ['--load', 'echo cannot reach it; exit 3', ...SERVER],
      /the load command ended with exit code 3; /,
      /load\.log ends with\n {2}cannot reach it\n/,
    ],
    [
      ['--load', 'kill $(cat pid); sleep 60', '--', NODE, '-r', './pid.cjs', 'server.cjs'],
      /the program ended by SIGTERM after [\d.]+ s, before the first snapshot; /,
      /^/,
    ],
    [
      ['--ready', 'awake', '--', 'sh', '-c', 'echo awake; sleep 60'],
      /the program runs no Node process that can be inspected; /,
      /^/,
    ],
  ]
  for (const [args, words, log] of cases) {
    const cwd = place({'pid.cjs': "require('node:fs').writeFileSync('pid', String(process.pid))"})
    const {code, stdout, stderr} = await start(cwd, args).ended
    assert.equal(code, 2, stdout + stderr)
    assert.match(stderr, words)
    assert.match(stderr, log)
    assert.match(stderr, /\nnext: heapgraph plot heapgraph-doctor\/rec\.jsonl\n$/)
    assert.match(stdout, /^ended +\S[^\n]*\nfolder {2}heapgraph-doctor: report\.md, /m)
    const report = readFileSync(join(cwd, 'heapgraph-doctor/report.md'), 'utf8')
    assert.match(report, /^# No verdict$/m)
    assert.match(report, /^\*\*It ended early:\*\* /m)
    assert.equal((await heapgraph(['plot', join(cwd, 'heapgraph-doctor/rec.jsonl')])).code, 0)
    assertStopped(stderr)
  }
})

test('a disk that is full ends the walk; what was written before is there', guard, async context => {
  const cwd = place()
  const disk = join(cwd, 'disk')
  mkdirSync(disk)
  if (!mountSmallDisk(context, disk, '1m')) return
  const asked = await start(cwd, [...LOAD, '-o', 'disk/out', ...SERVER]).ended
  assert.equal(asked.code, 2, asked.stderr)
  assert.match(
    asked.stderr,
    /no snapshot of process \d+: it may need [\d.]+ MB on the disk, [\d.]+ .?B are free; --force /,
  )
  const forced = await start(cwd, [...LOAD, '-o', 'disk/out', '--force', ...SERVER]).ended
  assert.equal(forced.code, 2, forced.stderr)
  assert.match(forced.stderr, /base\.heapsnapshot: cannot be written: the disk is full\n/)
  assert.deepEqual(readdirSync(join(disk, 'out')).sort(), [
    'load.log',
    'memory.svg',
    'program.log',
    'rec.jsonl',
    'report.md',
  ])
  assertStopped(forced.stderr)
})

test('what cannot begin is refused in one sentence, and leaves nothing', guard, async () => {
  const cwd = place({file: ''})
  mkdirSync(join(cwd, 'full'))
  writeFileSync(join(cwd, 'full', 'mine.txt'), '')
  const cases: [args: string[], words: RegExp][] = [
    [['--', './no-such-program'], /no-such-program: cannot be started: no such program; check the command after --/],
    [['--load', 'true', '--duration', '1s', ...SERVER], /both --load and --duration were given; give one of them/],
    [['--duration', 'soon', ...SERVER], /it must be a time, such as 30s/],
    [['-o', 'full', ...SERVER], /full: it is not empty; name another folder with -o/],
    [['-o', 'file', ...SERVER], /file: not a directory; name another one with -o/],
    [['-o', 'file/below', ...SERVER], /cannot be written: its folder is a file/],
    [[], /nothing to run; name a program after --, or a page with --url/],
  ]
  const there = readdirSync(cwd)
  for (const [args, words] of cases) {
    const {code, stdout, stderr} = await start(cwd, args).ended
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, /^heapgraph: [^\n]+\n$/)
    assert.match(stderr, words)
    assert.deepEqual(readdirSync(cwd), there)
  }
})

test('Ctrl-C stops program and load; what there is by then is written', guard, async () => {
  // The load waits for ever in its second round: two snapshots will not be taken, one is.
  const load = `"${NODE}" load.cjs; test -e second && sleep 600; touch second`
  const cwd = place()
  const {child, ended} = start(cwd, ['--settle', '100ms', '--load', load, ...SERVER])
  let told = ''
  child.stderr.on('data', data => {
    told += data
  })
  for (let tries = 0; tries < 600 && !told.includes('load 1 of 2'); tries++) await setTimeout(50)
  child.kill('SIGINT')
  const {signal, stdout, stderr} = await ended
  assert.equal(signal, 'SIGINT', stderr)
  assert.match(stdout, /^ended +it was interrupted before the second snapshot$/m)
  assertStopped(stderr)
  const out = join(cwd, 'heapgraph-doctor')
  assert.deepEqual(readdirSync(out).sort(), [
    'base.heapsnapshot',
    'load.log',
    'memory.svg',
    'program.log',
    'rec.jsonl',
    'report.md',
  ])
  assert.match(stderr, /\nnext: heapgraph types heapgraph-doctor\/base\.heapsnapshot\n$/)
  assert.equal(JSON.parse(readFileSync(join(out, 'rec.jsonl'), 'utf8').trim().split('\n').at(-1)!).type, 'finish')
})

test('a program that does not end when it is asked to is killed', guard, async () => {
  const cwd = place({'deaf.cjs': "process.on('SIGTERM', () => {}); require('./server.cjs')"})
  const {code, stderr} = await start(cwd, [...LOAD, '--', NODE, 'deaf.cjs']).ended
  assert.equal(code, 0, stderr)
  assert.match(stderr, /the program did not end in 5 s: it is killed\n/)
  assertStopped(stderr)
})

test('a heap that may grow beyond its container is said at the start', {
  ...guard,
  skip: process.platform !== 'linux' && 'control groups are of Linux',
}, async () => {
  const cwd = place({'container.cjs': smallContainer(600e6), 'waits.cjs': 'setInterval(() => {}, 1000)'})
  const env = {NODE_OPTIONS: `--require=${JSON.stringify(join(cwd, 'container.cjs'))}`}
  const args = ['--warm-up', '1h', '-o', 'out', '--', NODE, '--max-old-space-size=2000', 'waits.cjs']
  const {child, said, ended} = start(cwd, args, env)
  const expected =
    /^heapgraph: process \d+: its heap may grow to 2\.1 GB, but the limit of memory leaves [\d.]+ MB: it would be killed before V8 gives up; start it with --max-old-space-size=\d+$/gm
  await until(
    () => expected.test(said.stderr),
    () => said.stderr,
  )
  child.kill('SIGINT')
  const {stderr} = await ended
  assert.equal(stderr.match(expected)?.length, 1, stderr)
  assertStopped(stderr)
})
