/** The sources of scripts in snapshots: in the file when they are wanted, and V8 as it was afterwards. */
import assert from 'node:assert/strict'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {gunzipSync} from 'node:zlib'
import {chooseSources} from '../../src/capture/inspect/prepare.ts'
import {captureRemote, openSnapshot, select} from '../../src/index.ts'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS, until} from '../support/limits.ts'
import {run, runHeapgraph} from './processes.ts'

const folder = temporaryFolder()
const guard = {timeout: HANG_MS, skip: process.platform === 'win32' ? 'signals are of POSIX' : false}
/** At the end of a source that is longer than what V8 writes by itself. */
const MARK = 'the end of the source is here'
const PROGRAM = join(folder, 'late.cjs')
const LINES = 300
writeFileSync(
  PROGRAM,
  `${'// a line of which there are many\n'.repeat(LINES)}class Leaked { constructor(i) { this.i = [i] } }
const lateCache = Array.from({length: 100}, (_, i) => new Leaked(i))
setInterval(() => lateCache.length, 1000)
if (process.env.ONCE) setTimeout(() => process.exit(), 300)
process.on('SIGUSR2', () => { require('v8').writeHeapSnapshot(process.env.FILE); console.log('written') })
console.log('ready') // ${MARK}
`,
)

before(() => assert.ok(existsSync(join(ROOT, 'dist/capture/own/own.js')), 'npm run build comes first'))

const hasSource = (file: string) => {
  const bytes = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).includes(MARK)
}

test('sources are left out of large heaps, unless somebody asks for them', () => {
  const gigabyte = 2 ** 30
  const rooms: [heapUsed: number, external: number, arrayBuffers: number, isFull: boolean][] = [
    [gigabyte, 0, 0, true],
    [gigabyte, 1, 0, false],
    [gigabyte / 2, gigabyte, gigabyte / 2, true],
    [1, 3 * gigabyte, gigabyte, false],
  ]
  for (const [heapUsed, external, arrayBuffers, isFull] of rooms) {
    const room = {heapUsed, external, arrayBuffers}
    const choice = chooseSources(undefined, room)
    assert.equal(choice.isFull, isFull)
    assert.equal(choice.leftOut === undefined, isFull)
    if (!isFull) assert.match(choice.leftOut ?? '', /^script sources are left out: .*; --sources full takes /)
    assert.deepEqual(chooseSources('full', room), {isFull: true})
    assert.deepEqual(chooseSources('none', room), {isFull: false})
  }
})

test('of another process: whole texts for the time of the snapshot', guard, async () => {
  const own = join(folder, 'own.heapsnapshot')
  for (const limit of [[], ['--heap-snapshot-string-limit=100000']]) {
    const {child, said} = run(process.execPath, ['--inspect-port=0', ...limit, PROGRAM], {env: {FILE: own}})
    await until(() => said.stdout !== '')
    const notes: string[] = []
    const options = {count: 2, onNote: (text: string) => notes.push(text)}
    const written = await captureRemote({pid: child.pid!}, join(folder, 'full.heapsnapshot'), options)
    for (const {path} of written) assert.ok(hasSource(path))
    assert.deepEqual(notes, [])
    const [first, second] = await Promise.all(written.map(({path}) => openSnapshot(path, {index: 'off'})))
    const ids = (snapshot: typeof first) =>
      [...select(snapshot, {type: 'Leaked'}).nodes].map(node => snapshot.nodeId[node])
    assert.deepEqual(ids(first), ids(second))
    const [{path}] = await captureRemote({pid: child.pid!}, join(folder, 'none.heapsnapshot'), {sources: 'none'})
    assert.equal(hasSource(path), limit.length > 0)
    child.kill('SIGUSR2')
    await until(() => said.stdout.includes('written'))
    assert.equal(hasSource(own), limit.length > 0, 'the limit is what it was')
    child.kill()
    await until(() => child.exitCode !== null || child.signalCode !== null)
  }
  const {stdout} = await heapgraph(['why', '--type', 'Leaked', '--no-index', join(folder, 'full-1.heapsnapshot')])
  assert.match(stdout, new RegExp(`lateCache\\[i\\].*late\\.cjs:${LINES + 2}`))
})

test('of the own process: plain and packed, with the same ids, and the limit as it was', guard, async () => {
  const library = pathToFileURL(join(ROOT, 'dist/capture/own/own.js')).href
  const program = join(folder, 'own.mjs')
  writeFileSync(
    program,
    `${readFileSync(PROGRAM, 'utf8').split('setInterval')[0]}
import {capture} from ${JSON.stringify(library)}
import {writeHeapSnapshot} from 'node:v8'
await capture('a.heapsnapshot'); await capture('b.heapsnapshot.gz'); await capture('c.heapsnapshot', {sources: 'none'})
writeHeapSnapshot('d.heapsnapshot')
console.log(lateCache.length) // ${MARK}
`,
  )
  const {code, stdout, stderr} = await run(process.execPath, [program], {cwd: folder}).ended
  assert.deepEqual([code, stdout], [0, '100\n'], stderr)
  const files = ['a.heapsnapshot', 'b.heapsnapshot.gz', 'c.heapsnapshot', 'd.heapsnapshot'].map(name =>
    join(folder, name),
  )
  assert.deepEqual(files.map(hasSource), [true, true, false, false])
  const snapshots = await Promise.all(files.map(file => openSnapshot(file, {index: 'off'})))
  const [ids, ...others] = snapshots.map(snapshot =>
    [...select(snapshot, {type: 'Leaked'}).nodes].map(node => snapshot.nodeId[node]),
  )
  assert.equal(ids.length, 100)
  for (const other of others) assert.deepEqual(other, ids)
  // The session that V8 needs before 12 is there, and no other's.
  const sessions = ['Session', 'HeapgraphSession'].map(type => select(snapshots[3], {type}).nodes.length)
  assert.deepEqual(sessions, [0, Number.parseInt(process.versions.v8, 10) < 12 ? 1 : 0])
})

test('at the end of a program, and when it is watched', guard, async () => {
  for (const [sources, isThere] of [
    [[], true],
    [['--sources', 'none'], false],
  ] as [string[], boolean][]) {
    const file = join(folder, 'end.heapsnapshot')
    const line = ['capture', ...sources, '-o', file, '--', process.execPath, PROGRAM]
    const {code, stderr} = await runHeapgraph(line, {env: {ONCE: '1'}}).ended
    assert.equal(code, 0, stderr)
    assert.equal(hasSource(file), isThere)
  }
  const refused = await heapgraph(['capture', '--sources', 'some', '--port', '1'])
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /--sources/)
})
