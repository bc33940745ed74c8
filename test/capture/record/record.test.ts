/** `heapgraph record` over real processes: what they say and end with stays theirs, and what was recorded is never lost. */
import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {heapgraph, ROOT, temporaryFolder} from '../../cli/cli.ts'
import {HANG_MS, until} from '../../support/limits.ts'
import {BIN, runHeapgraph} from '../processes.ts'
import {mountSmallDisk} from '../small-disk.ts'

const folder = temporaryFolder()
// What is recorded through a temporary folder must be gone from it afterwards.
const scratch = join(folder, 'tmp')
const isPosix = process.platform !== 'win32'
const guard = {timeout: HANG_MS, skip: !isPosix && 'signals are of POSIX'}

interface Line {
  type: string
  t: number
  pid: number
  thread?: number
  [field: string]: unknown
}

before(() => {
  assert.ok(existsSync(join(ROOT, 'dist/program/program.js')), 'npm run build comes first')
  mkdirSync(scratch)
})

function start(args: string[], env: Record<string, string> = {}) {
  return runHeapgraph(args, {cwd: folder, env: {TMPDIR: scratch, ...env}})
}

/** Records a script of Node's, which finds in RECORDING what has been recorded; its lines as they are in the file. */
async function recorded(script: string, options: string[] = [], env: Record<string, string> = {}) {
  const output = join(folder, `${writes++}.jsonl`)
  const program = join(folder, `program-${writes}.mjs`)
  writeFileSync(program, script)
  const command = [process.execPath, program]
  const ended = await start(['record', '-o', output, ...options, '--', ...command], {...env, RECORDING: output}).ended
  return {...ended, output, program, lines: linesOf(output)}
}
let writes = 0

/** Every line must be whole. */
function linesOf(path: string): Line[] {
  const text = readFileSync(path, 'utf8')
  if (text === '') return []
  assert.ok(text.endsWith('\n'), 'the last line is whole')
  return text
    .slice(0, -1)
    .split('\n')
    .map(line => JSON.parse(line) as Line)
}

const SERVER = `
import cluster from 'node:cluster'
import http from 'node:http'
import {Worker} from 'node:worker_threads'
if (cluster.isPrimary) {
  const children = [cluster.fork(), cluster.fork()]
  const worker = new Worker('const kept = []; setInterval(() => { for (let i = 0; i < 2000; i++) kept.push({i}) }, 10)', {eval: true, name: 'filler'})
  let port
  cluster.on('listening', (_, address) => { if (port === undefined) { port = address.port; load() } })
  async function load() {
    for (let i = 0; i < 150; i++) await fetch('http://127.0.0.1:' + port).then(answer => answer.text())
    process.exit(3)
  }
} else {
  const leaked = []
  http.createServer((request, response) => { leaked.push(new Array(20000).fill(request.url)); response.end('ok') }).listen(0, '127.0.0.1')
}`

test(
  'a leaking server with cluster children and a worker: each is a series, and its exit code is handed on',
  guard,
  async () => {
    const {code, stdout, stderr, lines, output} = await recorded(SERVER, ['--interval', '0.02', '--summary'])
    assert.equal(code, 3, stderr)
    assert.equal(stdout, '')
    const processes = new Set(lines.filter(({type}) => type === 'process').map(({pid}) => pid))
    assert.equal(processes.size, 3)
    const threads = lines.filter(({type}) => type === 'thread').map(({pid, thread}) => `${pid}/${thread}`)
    assert.equal(new Set(threads).size, 4)
    assert.equal(threads.filter(key => key.endsWith('/1')).length, 1)
    const of = (pid: number, thread: number) =>
      lines.filter(line => line.type === 'sample' && line.pid === pid && line.thread === thread)
    for (const key of threads) {
      const [pid, thread] = key.split('/').map(Number)
      const samples = of(pid, thread)
      assert.ok(samples.length > 1, key)
      for (const name of ['heapUsed', 'heapTotal', 'external', 'arrayBuffers', 'gcMs', 'gcs']) {
        assert.ok(
          samples.every(sample => typeof sample[name] === 'number'),
          name,
        )
      }
      assert.equal(
        samples.every(sample => (sample.rss === undefined) === (thread === 1)),
        true,
      )
    }
    // 150 requests of 160 kB: the servers that share them have grown by as much.
    const grown = [...processes].map(pid => {
      const used = of(pid, 0).map(sample => sample.heapUsed as number)
      return used[used.length - 1] - used[0]
    })
    assert.ok(grown.reduce((sum, more) => sum + more) > 20e6, String(grown))
    assert.deepEqual(lines.at(-1), {...lines.at(-1), type: 'finish', code: 3, signal: null})
    assert.match(stderr, /recorded [\d.]+ s of 3 processes, 4 heaps to /)
    assert.match(stderr, /the program ended with exit code 3\n/)
    assert.match(stderr, /worker filler|worker \d+\/1/)
    assert.match(stderr, /next: heapgraph plot \S+ -o \S+\.svg\n$/)
    assert.deepEqual(readdirSync(scratch), [])
    const plot = await heapgraph(['plot', output])
    assert.equal(plot.code, 0)
    assert.match(plot.stdout, /JavaScript heap used/)
  },
)

test('what the program says is its own, and NODE_OPTIONS that were set still hold', guard, async () => {
  const script =
    "process.stdout.write('out'); process.stderr.write('err\\n'); process.stdout.write(' ' + process.execArgv.length + process.title)"
  const {code, stdout, stderr} = await recorded(script, [], {NODE_OPTIONS: '--title=mine'})
  assert.equal(code, 0)
  assert.equal(stdout, 'out 0mine')
  assert.match(stderr, /^err\nrecorded /)
})

test('a process that ends at once is told of, with what it had', guard, async () => {
  const {code, lines, stderr} = await recorded('')
  assert.equal(code, 0)
  assert.match(stderr, /recorded [\d.]+ s of 1 process, 1 heap/)
  assert.ok(lines.some(({type, heapUsed}) => type === 'sample' && (heapUsed as number) > 1e6))
  const output = join(folder, 'at-once.jsonl')
  const {code: other} = await start(['record', '-o', output, '--', 'sh', '-c', 'exit 9']).ended
  assert.equal(other, 9)
  assert.equal(linesOf(output).at(-1)?.code, 9)
})

test('an error that nobody catches, a crash and a signal end it as they would have', guard, async () => {
  const thrown = await recorded("throw new Error('mine')")
  assert.equal(thrown.code, 1)
  assert.match(thrown.stderr, /Error: mine/)
  const killed = await recorded("process.kill(process.pid, 'SIGKILL')")
  assert.deepEqual([killed.code, killed.signal], [null, 'SIGKILL'])
  assert.match(killed.stderr, /the program was ended by SIGKILL/)
  const aborted = await recorded("process.kill(process.pid, 'SIGABRT')")
  assert.equal(aborted.code, 134)
})

test('signals go on to the program, which may end as it likes', guard, async () => {
  const output = join(folder, 'signals.jsonl')
  const program = join(folder, 'signals.mjs')
  writeFileSync(
    program,
    "process.on('SIGTERM', () => { console.log('asked'); process.exit(7) }); setInterval(() => {}, 1000); console.log('ready')",
  )
  const {child, ended} = start(['record', '-o', output, '--', process.execPath, program])
  await new Promise(resolve => child.stdout.once('data', resolve))
  child.kill('SIGTERM')
  const {code, stdout} = await ended
  assert.deepEqual([code, stdout], [7, 'ready\nasked\n'])
  assert.equal(linesOf(output).at(-1)?.type, 'finish')
  const other = join(folder, 'interrupted.jsonl')
  const plain = start(['record', '-o', other, '--', 'sleep', '60'])
  await until(() => existsSync(other) && linesOf(other).some(({type}) => type === 'sample'))
  plain.child.kill('SIGINT')
  assert.deepEqual([(await plain.ended).signal, linesOf(other).at(-1)?.signal], ['SIGINT', 'SIGINT'])
})

test('a child that is killed leaves its samples', guard, async () => {
  const script = `
    import {fork} from 'node:child_process'
    import {readFileSync} from 'node:fs'
    const whole = () => readFileSync(process.env.RECORDING, 'utf8').split('\\n').slice(0, -1).map(line => JSON.parse(line))
    const once = (what, then) => {
      const timer = setInterval(() => { if (what()) { clearInterval(timer); then() } }, 20)
    }
    if (process.argv[2] === 'child') setInterval(() => {}, 1000)
    else {
      const child = fork(process.argv[1], ['child'])
      const isHeap = line => line.pid === child.pid && line.heapUsed !== undefined
      once(() => whole().filter(isHeap).length > 4, () => child.kill('SIGKILL'))
      const isEnd = line => line.type === 'end' && line.pid === child.pid
      const hasGoneOn = (line, i, lines) => line.type === 'sample' && line.pid === process.pid && lines.slice(0, i).some(isEnd)
      child.on('exit', () => once(() => whole().some(hasGoneOn), () => process.exit()))
    }`
  const {code, lines} = await recorded(script, ['--interval', '0.05'])
  assert.equal(code, 0)
  const [root, child] = [...new Set(lines.filter(({type}) => type === 'process').map(({pid}) => pid))]
  const end = lines.find(({type, pid}) => type === 'end' && pid === child)!
  assert.ok(lines.filter(({pid, heapUsed}) => pid === child && heapUsed !== undefined).length > 2)
  assert.ok(end.t < lines.findLast(({pid, type}) => pid === root && type === 'sample')!.t, 'the others went on')
})

test('a recorder that is killed leaves whole lines, and the program alone', guard, async () => {
  const output = join(folder, 'killed.jsonl')
  const program = join(folder, 'killed.mjs')
  const done = join(folder, 'done')
  writeFileSync(
    program,
    `import {writeFileSync} from 'node:fs'\nsetTimeout(() => writeFileSync(${JSON.stringify(done)}, 'alive'), 1500)`,
  )
  const {child, ended} = start(['record', '-o', output, '--interval', '0.02', '--', process.execPath, program])
  await until(() => existsSync(output) && linesOf(output).filter(({type}) => type === 'sample').length > 5)
  child.kill('SIGKILL')
  await ended
  assert.ok(linesOf(output).length > 5)
  await until(() => existsSync(done))
  const {code, stdout} = await heapgraph(['plot', output])
  assert.equal(code, 0)
  assert.match(stdout, /is incomplete: its recorder was killed, or is still running/)
})

test('a process that runs already is looked at, and left as it is', guard, async () => {
  const target = spawn('sleep', ['60'])
  const output = join(folder, 'attached.jsonl')
  const {code, stderr} = await start(['record', '--pid', String(target.pid), '--duration', '500ms', '-o', output]).ended
  assert.equal(code, 0, stderr)
  assert.equal(target.exitCode, null)
  target.kill()
  assert.ok(linesOf(output).some(({type, pid, rss}) => type === 'sample' && pid === target.pid && (rss as number) > 0))
  const none = await start(['record', '--pid', '99999999', '-o', join(folder, 'none.jsonl')]).ended
  assert.deepEqual([none.code, none.stdout], [2, ''])
  assert.match(none.stderr, /^heapgraph: there is no process 99999999; [^\n]+\n$/)
})

test(
  'a disk that is full ends nothing: the program goes on, what was recorded is there, and it is said',
  guard,
  async context => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    if (!mountSmallDisk(context, disk, '64k')) return
    const output = join(disk, 'full.jsonl')
    const program = join(folder, 'full.mjs')
    writeFileSync(join(disk, 'filling'), Buffer.alloc(56 << 10))
    // It ends when nothing has fitted on the disk for a second.
    writeFileSync(
      program,
      `import {statfsSync} from 'node:fs'
const timer = setInterval(() => {
  if (statfsSync(${JSON.stringify(disk)}).bavail > 0) return
  clearInterval(timer)
  setTimeout(() => console.log('the end'), 1000)
}, 50)`,
    )
    const {code, stdout, stderr} = await start([
      'record',
      '-o',
      output,
      '--interval',
      '0.01',
      '--',
      process.execPath,
      program,
    ]).ended
    assert.equal(stdout, 'the end\n')
    assert.equal(code, 2)
    assert.match(stderr, /note: \S+full\.jsonl: the disk is full: the recording until [\d.]+ s is kept/)
    assert.ok(linesOf(output).length > 10)
    assert.deepEqual(readdirSync(scratch).filter(name => name.startsWith('heapgraph')).length <= 1, true)
  },
)

test('snapshots that are written meanwhile are marked, whoever writes them', guard, async () => {
  const script = `import {capture} from ${JSON.stringify(pathToFileURL(join(ROOT, 'dist/index.js')).href)}
await capture('own.heapsnapshot'); setTimeout(() => {}, 300)`
  const program = join(folder, 'snapshots.mjs')
  writeFileSync(program, script)
  const output = join(folder, 'snapshots.jsonl')
  const inner = [process.execPath, BIN, 'capture', '-o', 'end.heapsnapshot', '--', process.execPath, program]
  const {code, stderr} = await start(['record', '-o', output, '--', ...inner]).ended
  assert.equal(code, 0, stderr)
  const marks = linesOf(output).filter(({type}) => type === 'mark')
  assert.deepEqual(
    marks.map(({text}) => text),
    ['snapshot own.heapsnapshot', 'snapshot end.heapsnapshot'],
  )
  assert.ok(marks.every(({t}) => t > 0 && t <= linesOf(output).at(-1)!.t))
})

test('what cannot be recorded is refused in one sentence, and nothing is started or written', guard, async () => {
  const cases: [args: string[], words: RegExp][] = [
    [['record'], /nothing to record; write heapgraph record -- node app\.js/],
    [['record', '--pid', '1', '--', 'true'], /both a command and --pid/],
    [['record', '-o', '-', '--', 'true'], /standard output belongs to the program/],
    [['record', '-o', 'x.jsonl', '--', './no-such-program'], /no-such-program: cannot be started: no such program/],
    [['record', '-o', 'not/there.jsonl', '--', 'true'], /its folder does not exist/],
    [['record', '--interval', '0', '--', 'true'], /seconds, from 0\.01 to 3600/],
    [['record', '--duration', 'soon', '--', 'true'], /a time, such as 30s/],
  ]
  for (const [args, words] of cases) {
    const {code, stdout, stderr} = await start(args).ended
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, /^heapgraph: [^\n]+\n$/)
    assert.match(stderr, words)
  }
  assert.ok(!existsSync(join(folder, 'x.jsonl')))
})
