/** What was made during what: marks of a recording on the clock of V8's samples, in a program that makes known numbers in known windows. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {birthMarks} from '../../../src/capture/record/birth-marks.ts'
import {openSnapshot, toJson, types} from '../../../src/public/heapgraph.ts'
import {birthMarks as marksOf, readRecording} from '../../../src/public/record.ts'
import {heapgraph, ROOT, temporaryFolder} from '../../cli/cli.ts'
import {HANG_MS} from '../../support/limits.ts'

const folder = temporaryFolder()
const BIN = join(ROOT, 'bin/heapgraph.js')
const CAPTURE = pathToFileURL(join(ROOT, 'dist/public/capture.js')).href
const [SNAPSHOT, RECORDING] = [join(folder, 'app.heapsnapshot'), join(folder, 'rec.jsonl')]

/** Between what is made and a mark there is more than one interval of V8's samples, of 50 ms: so each object has one window only. */
const PROGRAM = `
import {setTimeout as pause} from 'node:timers/promises'
import {capture, markRecording, trackAllocations} from ${JSON.stringify(CAPTURE)}
class Session { constructor(n) { this.name = 'session ' + n } }
const kept = (globalThis.kept = [])
const make = count => { for (let i = 0; i < count; i++) kept.push(new Session(kept.length)) }
const window = async (text, count) => {
  markRecording(text)
  await pause(150)
  make(count)
  await pause(150)
}
const tracking = trackAllocations()
await pause(200)
make(12)
await pause(150)
await window('POST /login', 1000)
await window('GET /', 5)
await window('POST /login', 988)
await window('the end', 0)
await capture(${JSON.stringify(SNAPSHOT)})
tracking.stop()
`

const rows = async (...args: string[]) => {
  const {code, stdout, stderr} = await heapgraph(['types', '--by', 'born', '--json', ...args, SNAPSHOT])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

before(() => {
  const program = join(folder, 'program.mjs')
  writeFileSync(program, PROGRAM)
  const env = {...process.env, HEAPGRAPH_NO_INDEX: '1'}
  execFileSync(process.execPath, [BIN, 'record', '-o', RECORDING, '--', process.execPath, '--no-opt', program], {
    timeout: HANG_MS,
    cwd: folder,
    env,
    stdio: 'ignore',
  })
})

test('planted windows: each object in the one that it was made in, equal marks in one row', async () => {
  const {rows: found, limits} = await rows('--marks', RECORDING, '--where', 'type=Session')
  assert.deepEqual(
    found.map(({type, count}: {type: string; count: number}) => [type.replace(/, [\d.]+ s$/, ''), count]),
    [
      ['before the first mark', 12],
      ['from POST /login, 2 times', 1988],
      ['from GET /', 5],
    ],
  )
  assert.match(limits.join('\n'), /from a mark of the recording to the next one/)
  const all = await rows('--marks', RECORDING)
  const sum = (view: typeof all) => view.rows.reduce((sum: number, {count}: {count: number}) => sum + count, 0)
  assert.equal(sum(all), sum(await rows('--limit', '100')), 'no object is lost, and none counted twice')
})

test('in a program: the same rows, whatever order marks are in; marks need rows of time', async () => {
  const marks = marksOf(await readRecording(RECORDING, {metric: 'rss'}), SNAPSHOT)
  const snapshot = await openSnapshot(SNAPSHOT)
  const asked = await rows('--marks', RECORDING)
  for (const given of [marks, marks.toReversed()]) {
    const {rows: found, limits} = JSON.parse(toJson(types(snapshot, {by: 'born', marks: given})))
    assert.deepEqual([found, limits], [asked.rows, asked.limits])
  }
  assert.notDeepEqual(JSON.parse(toJson(types(snapshot, {by: 'born'}))).rows, asked.rows, 'marks are not kept')
  assert.throws(() => types(snapshot, {marks}), {code: 'USAGE'})
  assert.throws(() => types(snapshot, {by: 'born', marks: [{seconds: Number.NaN, text: ''}]}), {code: 'USAGE'})
})

test('the clocks agree: marks and samples', async () => {
  const {rows: found} = await rows('--marks', RECORDING, '--where', 'type=Session')
  const [, at] = /^from GET \/, ([\d.]+) s$/.exec(found.at(-1).type)!
  // What was made before its mark was known by then; its own was made 0.15 s after it.
  const before = await rows('--where', `type=Session and born<${Number(at) + 0.1}`)
  const known = before.rows.reduce((sum: number, {count}: {count: number}) => sum + count, 0)
  assert.equal(known, 1012)
})

test('a recording that does not say when is refused; marks alone are of no use', async () => {
  const none = join(folder, 'none.jsonl')
  writeFileSync(
    none,
    `${JSON.stringify({type: 'recording', format: 1, time: '', interval: 0.1, platform: '', command: ''})}\n`,
  )
  const refused = await heapgraph(['types', '--by', 'born', '--marks', none, SNAPSHOT])
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /none\.jsonl: it does not say when allocations began to be tracked; record the program/)
  const {code, stderr} = await heapgraph(['types', '--marks', RECORDING, SNAPSHOT])
  assert.equal(code, 2)
  assert.match(stderr, /--marks says when, and rows are not of that; give --by born, too/)
})

test('of several processes: the last that was tracked before the snapshot', () => {
  const mark = (time: number, text: string) => ({time, text, recording: 0})
  const marks = [
    mark(1, 'allocations are tracked'),
    mark(2, 'one'),
    mark(3, 'allocations are tracked'),
    mark(4, 'snapshot a.heapsnapshot'),
    mark(5, 'allocations are tracked'),
    mark(6, 'two'),
  ]
  const recording = {
    file: 'x',
    metric: 'rss',
    command: '',
    threads: [],
    marks,
    seconds: 6,
    isFinished: true,
    notes: [],
  } as const
  assert.deepEqual(birthMarks({...recording, marks: [...marks], threads: [], notes: []}, 'a.heapsnapshot'), [
    {seconds: -1, text: 'one'},
    {seconds: 3, text: 'two'},
  ])
  assert.equal(birthMarks({...recording, marks: [...marks], threads: [], notes: []}, 'b.heapsnapshot')[1].seconds, 1)
})
