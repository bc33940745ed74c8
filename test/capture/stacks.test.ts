/** Snapshots with allocation stacks of living programs: three makers and three keepers, each object with its maker, however they are taken. */
import assert from 'node:assert/strict'
import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {madeBy} from '../../src/explain/words/allocation-words.ts'
import {makersView} from '../../src/graph/views/makers-view.ts'
import {openSnapshot, type Snapshot, select} from '../../src/index.ts'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'

const folder = temporaryFolder()
const CAPTURE = join(ROOT, 'dist/public/capture.js')
const TESTING = join(ROOT, 'dist/testing/index.js')

/** Each round gives of each maker so many to each keeper: `MAKES[keeper][maker]`. */
const MAKES = [
  [30, 20, 10],
  [3, 2, 1],
  [40, 0, 7],
]
const MODULE = `
class Session { constructor(n) { this.tag = 'planted' + n } }
const first = [], second = new Map(), third = new Set()
function makeAlpha(n) { return new Session(n) }
function makeBeta(n) { return new Session(n) }
function makeGamma(n) { return new Session(n) }
const MAKERS = [makeAlpha, makeBeta, makeGamma]
let key = 0
const KEEPERS = [one => first.push(one), one => second.set(key++, one), one => third.add(one)]
function round() {
  ${JSON.stringify(MAKES)}.forEach((makes, keeper) => makes.forEach((count, maker) => {
    for (let i = 0; i < count; i++) KEEPERS[keeper](MAKERS[maker](i))
  }))
}
`

function written(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

/** So many rounds are in the heap, and each object of them has its maker, beside its keeper. At most `without` have none. */
async function checkMakers(file: string, rounds: number, without = 0): Promise<Snapshot> {
  const heap = await openSnapshot(file)
  const sessions = select(heap, {where: 'type=Session and prop.tag'})
  const planted = rounds * MAKES.flat().reduce((sum, count) => sum + count, 0)
  assert.equal(sessions.nodes.length, planted)
  const view = makersView(heap, {among: sessions, limit: 30})
  const cell = (maker: string, keeper: RegExp) =>
    view.cells
      .filter(cell => view.makers[cell.maker].name === maker && keeper.test(view.owners[cell.owner].holder))
      .reduce((sum, {count}) => sum + count, 0)
  let known = 0
  for (const [keeper, makes] of MAKES.entries()) {
    for (const [maker, count] of makes.entries()) {
      const found = cell(`make${['Alpha', 'Beta', 'Gamma'][maker]}()`, [/first/, /second/, /third/][keeper])
      assert.ok(found <= rounds * count, `${found} of ${rounds * count}: ${JSON.stringify(view.makers)}`)
      known += found
    }
  }
  assert.ok(known >= planted - without, `${known} of ${planted}: ${JSON.stringify(view.makers)}`)
  return heap
}

const ENDING = `${MODULE}
let rounds = 0
const timer = setInterval(() => { round(); if (++rounds === 5) { clearInterval(timer); globalThis.kept = [first, second, third] } }, 40)
`

test('capture --stacks -- PROGRAM: all that it made, and coverage is said', async () => {
  const output = join(folder, 'end.heapsnapshot')
  const {code, stderr} = await heapgraph([
    'capture',
    '--stacks',
    '-o',
    output,
    '--',
    process.execPath,
    written('ending.cjs', ENDING),
  ])
  assert.equal(code, 0, stderr)
  assert.match(stderr, /note: [\d,]+ of [\d,]+ objects have an allocation stack \([\d,]+ of the [\d,]+ that came/)
  assert.match(stderr, /next: heapgraph makers .*end\.heapsnapshot/)
  await checkMakers(output, 5)
})

test('watch --stacks: worker threads, too', async () => {
  process.env.WRITTEN = join(folder, 'watched')
  const program = written(
    'worker.cjs',
    `${MODULE}
const {Worker, isMainThread} = require('node:worker_threads')
const {existsSync} = require('node:fs')
// Ends when the worker's snapshot is there.
if (isMainThread) new Worker(__filename).on('message', () => process.exit())
else {
  const {parentPort, threadId} = require('node:worker_threads')
  let rounds = 0
  setInterval(() => {
    if (++rounds <= 4) round()
    if (existsSync(\`\${process.env.WRITTEN}-\${process.pid}.\${threadId}-1.heapsnapshot\`)) parentPort.postMessage('written')
  }, 50)
  globalThis.kept = [first, second, third]
}
`,
  )
  const output = join(folder, 'watched.heapsnapshot')
  const {stderr} = await heapgraph([
    'watch',
    '--every',
    '1500ms',
    '--max',
    '1',
    '--stacks',
    '-o',
    output,
    '--',
    process.execPath,
    program,
  ])
  const file = /written to (\S*watched-\d+\.\d+-1\.heapsnapshot)/.exec(stderr)?.[1]
  assert.ok(file !== undefined, stderr)
  await checkMakers(file, 4)
  assert.match(stderr, /have an allocation stack/)
})

test('capture --stacks --port: from then on, over a connection', async () => {
  const program = written(
    'serving.cjs',
    `${MODULE}
process.stdin.on('data', () => { round(); process.stdout.write('made\\n') })
globalThis.kept = [first, second, third]
`,
  )
  const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', program], {stdio: ['pipe', 'pipe', 'pipe']})
  try {
    let url: string | undefined
    for await (const text of child.stderr.setEncoding('utf8')) {
      url = /ws:\/\/\S+/.exec(text)?.[0]
      if (url !== undefined) break
    }
    assert.ok(url !== undefined)
    const {captureRemote} = await import('../../src/index.ts')
    const output = join(folder, 'remote.heapsnapshot')
    const rounds = [1, 2]
    const files = await captureRemote({url}, output, {
      stacks: true,
      count: 2,
      between: async () => {
        child.stdin.write('x\n')
        await once(child.stdout, 'data')
      },
    })
    assert.equal(files.length, 2)
    // Without flags of its start V8 may have inlined some makers.
    for (const [i, {path}] of files.entries()) await checkMakers(path, rounds[i])
  } finally {
    child.kill()
  }
})

test('trackAllocations and measure: in the own process', async () => {
  const output = join(folder, 'own.heapsnapshot')
  const measured = join(folder, 'measured.heapsnapshot')
  const program = written(
    'own.mjs',
    `import {capture, measure, trackAllocations} from ${JSON.stringify(CAPTURE)}
${MODULE}
globalThis.kept = [first, second, third]
const tracking = trackAllocations()
round()
await capture(${JSON.stringify(output)})
tracking.stop()
first.length = 0
second.clear()
third.clear()
const {snapshot} = await measure(() => { round(); round() }, {stacks: ${JSON.stringify(measured)}})
console.log(JSON.stringify({snapshot}))
`,
  )
  const told = JSON.parse(execFileSync(process.execPath, ['--no-opt', program], {timeout: HANG_MS, encoding: 'utf8'}))
  assert.equal(told.snapshot.path, measured)
  await checkMakers(output, 1)
  await checkMakers(measured, 2)
})

test('expectNoGrowth with stacks: the message says who made what is left', async () => {
  const program = written(
    'leaking.mjs',
    `import {expectNoGrowth} from ${JSON.stringify(TESTING)}
class Ticket { constructor() { this.open = true } }
const tickets = []
function openTicket() { tickets.push(new Ticket()) }
const text = await expectNoGrowth(() => openTicket(), {stacks: true}).then(() => 'nothing', error => error.message)
console.log(text)
`,
  )
  const text = execFileSync(process.execPath, ['--no-opt', program], {timeout: HANG_MS, encoding: 'utf8'})
  assert.match(text, /objects of Ticket are left behind/)
  assert.match(text, /\n {2}made by openTicket\(\) \(.*leaking\.mjs:4\): 30\n/)
})

test('doctor --stacks: what is left is told with its makers', async () => {
  const program = written(
    'leak.cjs',
    `class Ticket { constructor() { this.open = true } }
const tickets = []
function openTicket() { tickets.push(new Ticket()) }
setInterval(() => { for (let i = 0; i < 20; i++) openTicket() }, 20)
require('node:http').createServer().listen(0, '127.0.0.1')
`,
  )
  const into = join(folder, 'doctor')
  const {stdout, stderr} = await heapgraph([
    'doctor',
    '--stacks',
    '--duration',
    '2s',
    '--warm-up',
    '200ms',
    '-o',
    into,
    '--',
    process.execPath,
    program,
  ])
  assert.match(stdout, /tickets/, stderr)
  assert.match(stdout, /made by openTicket\(\) \(.*leak\.cjs:3\): /)
  const last = await openSnapshot(join(into, 'final.heapsnapshot'))
  const made = madeBy(last, select(last, {where: 'type=Ticket and allocated!="(no stack)"'}).nodes)
  assert.equal(made[0]?.name, 'openTicket()')
})
