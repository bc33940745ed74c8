/** Whose an index is: another's is not believed. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {distrust} from '../../../src/files/trust.ts'
import {openSnapshot, prepare, saveIndex, types} from '../../../src/index.ts'
import {heapgraph, temporaryFolder} from '../../cli/cli.ts'
import {heapText} from '../../support/ascii-heap.ts'
import {HANG_MS} from '../../support/limits.ts'

const folder = realpathSync(temporaryFolder())
const skip = process.getuid === undefined && 'no owners of files here'
const isRoot = process.getuid?.() === 0

let number = 0
/** A snapshot with its index, in a folder of its own. */
async function indexed(): Promise<{below: string; file: string; index: string}> {
  const below = join(folder, `t${number++}`)
  mkdirSync(below, {mode: 0o700})
  const [file, index] = [join(below, 'a.heapsnapshot'), join(below, 'a.hgx')]
  writeFileSync(file, heapText('root -> A -> B'))
  const snapshot = await openSnapshot(file, {index})
  prepare(snapshot)
  assert.equal(saveIndex(snapshot)?.path, index)
  return {below, file, index}
}

const isUsed = async (file: string, index: string) => (await openSnapshot(file, {index})).remarks.length === 0

test('an index that others may write, or in a folder that they may, is not used, and that is said', {
  skip,
}, async () => {
  const {below, file, index} = await indexed()
  assert.equal(await isUsed(file, index), true)
  for (const [path, mode] of [
    [index, 0o666],
    [index, 0o602],
    [below, 0o777],
    [below, 0o702],
  ] as const) {
    const {mode: before} = statSync(path)
    chmodSync(path, mode)
    const snapshot = await openSnapshot(file, {index})
    assert.deepEqual(snapshot.remarks, [`the index ${index} is not used: ${path} can be written by other users`])
    assert.equal(saveIndex(snapshot, {always: true}), undefined)
    assert.equal(types(snapshot).rows.length, 2)
    const {code, stdout, stderr} = await heapgraph(['--index', index, 'types', file])
    assert.equal(code, 0)
    assert.match(stdout, / A\n/)
    assert.match(stderr, /is not used: .* can be written by other users\n/)
    chmodSync(path, before)
  }
  // As /tmp is: what is there is safe from others.
  chmodSync(below, 0o1777)
  assert.equal(await isUsed(file, index), true)
})

test('none is written where it would not be believed', {skip}, async () => {
  const {below, file} = await indexed()
  chmodSync(below, 0o777)
  const snapshot = await openSnapshot(file, {index: join(below, 'new.hgx')})
  assert.throws(() => saveIndex(snapshot), /an index there would not be trusted: .* can be written by other users/)
})

test('an index of another user is not used, root may have written it', {
  skip: skip || (!isRoot && 'only root can give files away'),
}, async () => {
  const {below, file, index} = await indexed()
  chownSync(index, 12345, 12345)
  assert.match((await openSnapshot(file, {index})).remarks[0], /a\.hgx belongs to another user$/)
  chownSync(index, 0, 0)
  chownSync(below, 12345, 12345)
  assert.match((await openSnapshot(file, {index})).remarks[0], /t\d+ belongs to another user$/)
  const asker = {uid: 12345, ownGroup: 12345, home: '/nowhere'}
  assert.equal(distrust(index, asker), undefined)
  chmodSync(below, 0o770)
  chownSync(below, 12345, 54321)
  assert.match(distrust(index, asker) ?? '', /can be written by other users/)
  chownSync(below, 12345, 12345)
  assert.equal(distrust(index, asker), undefined)
})

test('it is the file that a link leads to that counts', {skip}, async () => {
  const {below, file, index} = await indexed()
  const link = join(folder, `link${number++}.hgx`)
  symlinkSync(index, link)
  assert.equal(await isUsed(file, link), true)
  chmodSync(below, 0o777)
  assert.equal(await isUsed(file, link), false)
})

test('a byte changed between the samples is noticed, though size and time are as before', async () => {
  const below = join(folder, `t${number++}`)
  mkdirSync(below, {mode: 0o700})
  const [file, index] = [join(below, 'a.heapsnapshot'), join(below, 'a.hgx')]
  const text = Buffer.from(heapText('root -> A\nroot -> B')).toString()
  // More than the samples take, in white space that means nothing.
  writeFileSync(file, `${text.slice(0, -1)}${' '.repeat(1 << 20)},"x":1${' '.repeat(1 << 20)}}`)
  saveIndex(await openSnapshot(file, {index}))
  const {mtime, atime} = statSync(file)
  const bytes = readFileSync(file)
  const at = bytes.indexOf('"x":1')
  bytes[at + 4] = 0x21
  writeFileSync(file, bytes)
  utimesSync(file, atime, mtime)
  await assert.rejects(openSnapshot(file, {index}), {code: 'BROKEN_SNAPSHOT'})
})

test('pipes keep nobody waiting, as input and as index', {
  skip: process.platform === 'win32' && 'no named pipes',
}, async () => {
  const {file} = await indexed()
  const pipe = join(folder, `pipe${number++}`)
  execFileSync('mkfifo', [pipe], {timeout: HANG_MS})
  const {code, stderr} = await heapgraph(['types', pipe])
  assert.deepEqual(
    [code, stderr],
    [2, `heapgraph: ${pipe}: a pipe into which nobody writes; start what writes into it, or name a file\n`],
  )
  const asIndex = await heapgraph(['--index', pipe, 'types', file])
  assert.equal(asIndex.code, 0)
  assert.match(asIndex.stderr, /no index was written: .* not an index; left unchanged/)
})
