import assert from 'node:assert/strict'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {gunzipSync} from 'node:zlib'
import fc from 'fast-check'
import {
  answerOfFew,
  backrefs,
  type GraphAnswer,
  list,
  listJson,
  listView,
  openSnapshot,
  owners,
  prepare,
  refs,
  type Selection,
  type Snapshot,
  saveIndex,
  select,
  shortestPaths,
  show,
  showJson,
  showView,
  toGraph,
  toJson,
} from '../../../src/index.ts'
import {BLOCK_BYTES, IndexFile} from '../../../src/snapshot/index/index-file.ts'
import {pagedArray} from '../../../src/util/paged-array.ts'
import {runs} from '../../support/runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'heapgraph-paged-'))
after(() => rmSync(folder, {recursive: true}))

/** A paged twin of an array, and what it has read. */
function twin(all: Uint32Array, pageLength: number, broken = -1) {
  const read = {pages: [] as number[], whole: 0}
  const array = pagedArray<Uint32Array>(new Uint32Array(0), {
    length: all.length,
    pageLength,
    page(index) {
      read.pages.push(index)
      return index === broken ? undefined : all.slice(index * pageLength, (index + 1) * pageLength)
    },
    whole() {
      read.whole++
      return all
    },
  })
  return {array, read}
}

test('a paged array is the array, and reads no page twice', () => {
  const values = fc.uint32Array({minLength: 1, maxLength: 400})
  fc.assert(
    fc.property(
      values,
      fc.integer({min: 1, max: 50}),
      fc.array(fc.integer({min: -3, max: 410})),
      (all, size, places) => {
        const {array, read} = twin(all, size)
        for (const place of places) assert.equal(array[place], all[place])
        assert.equal(array.length, all.length)
        assert.equal(new Set(read.pages).size, read.pages.length)
        assert.ok(read.pages.every(page => page >= 0 && page * size < all.length))
        const wanted = new Set(
          places.filter(place => place >= 0 && place < all.length).map(at => Math.floor(at / size)),
        )
        assert.equal(read.pages.length, Math.min(64, wanted.size))
        assert.equal(read.whole, wanted.size > 64 ? 1 : 0)
      },
    ),
  )
})

test('a short run of elements reads no more than its pages', () => {
  const values = fc.uint32Array({minLength: 1, maxLength: 400})
  fc.assert(
    fc.property(values, fc.integer({min: 1, max: 50}), fc.nat(), fc.nat(), (all, size, a, b) => {
      const [from, to] = [a % (all.length + 1), b % (all.length + 1)].sort((one, other) => one - other)
      const {array, read} = twin(all, size)
      assert.deepEqual(array.subarray(from, to), all.subarray(from, to))
      assert.deepEqual(array.slice(from, to), all.slice(from, to))
      const touched = from < to ? Math.floor((to - 1) / size) - Math.floor(from / size) + 1 : 1
      const areFew = touched <= 64 && from < all.length
      assert.equal(read.whole, areFew ? 0 : 1)
      if (areFew) assert.equal(read.pages.length, touched)
      assert.deepEqual(array.subarray(-3), all.subarray(-3))
      assert.deepEqual(array.slice(from), all.slice(from))
    }),
  )
})

test('what is more than elements is done by the whole array', () => {
  const all = Uint32Array.from({length: 100}, (_, i) => i * i)
  const {array, read} = twin(all, 7)
  assert.equal(array[50], 2500)
  assert.equal(read.whole, 0)
  assert.ok(array instanceof Uint32Array)
  assert.deepEqual([...array], [...all])
  assert.deepEqual(array.subarray(3, 5), all.subarray(3, 5))
  assert.deepEqual(Uint32Array.from(array), all)
  assert.equal(array.byteLength, 400)
  assert.equal(read.whole, 1)
})

test('a page that cannot be read is read with the whole', () => {
  const all = Uint32Array.from({length: 100}, (_, i) => i)
  const {array, read} = twin(all, 10, 4)
  for (let i = 0; i < 100; i++) assert.equal(array[i], i)
  assert.deepEqual(read, {pages: [0, 1, 2, 3, 4], whole: 1})
})

async function indexed(name = 'buffer-cache.node20') {
  const path = join(folder, `${name}.heapsnapshot`)
  const packed = fileURLToPath(new URL(`../../../fixtures/snapshots/${name}.heapsnapshot.gz`, import.meta.url))
  writeFileSync(path, gunzipSync(readFileSync(packed)))
  const index = `${path}.hgx`
  const snapshot = await openSnapshot(path, {index})
  prepare(snapshot)
  saveIndex(snapshot)
  return {path, index, plain: await openSnapshot(path)}
}

function shown(snapshot: Snapshot, id: number, isLast: boolean) {
  return showJson(showView(show(snapshot, select(snapshot, {id}).nodes[0], {isLast})))
}

function listed(snapshot: Snapshot, type: string, isLast: boolean) {
  return listJson(listView(list(snapshot, select(snapshot, {type}), {isLast})))
}

test('the last answer of an index reads little, and is the same', async () => {
  const {path, index, plain} = await indexed()
  const open = IndexFile.open
  let file: IndexFile | undefined
  IndexFile.open = at => {
    file = open(at)
    return file
  }
  try {
    const bytesOf = async (ask: (snapshot: Snapshot) => unknown) => {
      ask(await openSnapshot(path, {index}))
      return file!.bytesRead
    }
    for (let node = 0; node < plain.nodeCount; node += 997) {
      const id = plain.nodeId[node]
      const snapshot = await openSnapshot(path, {index})
      assert.deepEqual(shown(snapshot, id, true), shown(plain, id, false), `@${id}`)
      assert.equal(saveIndex(snapshot), undefined)
    }
    for (const type of ['Buffer', 'Object', '(string)', '/^system/']) {
      assert.deepEqual(listed(await openSnapshot(path, {index}), type, true), listed(plain, type, false), type)
    }
    const id = plain.nodeId[select(plain, {type: 'Buffer'}).nodes[0]]
    const inPages = await bytesOf(snapshot => shown(snapshot, id, true))
    const whole = await bytesOf(snapshot => shown(snapshot, id, false))
    assert.ok(inPages < 0.7 * whole, `${inPages} of ${whole}`)
  } finally {
    IndexFile.open = open
  }
})

/** Questions about one object, as the command line asks them. */
const QUESTIONS: Record<string, (snapshot: Snapshot, target: Selection) => GraphAnswer> = {
  why: owners,
  backrefs,
  refs,
  path: (snapshot, target) => shortestPaths(snapshot, target, {count: 3}),
}

for (const name of ['es-module.node20', 'listener-page.chromium', 'types-zoo.node16', 'types-zoo.node26']) {
  test(`${name}: what is asked about one object is the same in pages, and once too much is looked at`, async () => {
    const {path, index, plain} = await indexed(name)
    const whole = await openSnapshot(path, {index})
    const step = Math.ceil(plain.nodeCount / runs(8))
    for (let node = 0; node < plain.nodeCount; node += step) {
      const target = select(plain, {id: plain.nodeId[node]})
      for (const [question, answer] of Object.entries(QUESTIONS)) {
        const ask = (snapshot: Snapshot) => toJson(toGraph(answer(snapshot, target)))
        const expected = ask(plain)
        for (const most of [Number.POSITIVE_INFINITY, 1, 1000]) {
          const snapshots = new Set<Snapshot>()
          const counted = (snapshot: Snapshot) => {
            snapshots.add(snapshot)
            return ask(snapshot)
          }
          const found = answerOfFew(whole, counted, most)
          assert.equal(found, expected, `${question} @${plain.nodeId[node]}, ${most} looks`)
          if (most < 1000) assert.equal(snapshots.size, 2)
          if (most > 1000) assert.deepEqual([snapshots.size, snapshots.has(whole)], [1, false])
        }
      }
    }
  })
}

test('a damaged block is noticed when it is looked at, and the answer is right', async () => {
  const {path, index, plain} = await indexed()
  const whole = readFileSync(index)
  const id = plain.nodeId[select(plain, {type: 'Buffer'}).nodes[0]]
  const expected = shown(plain, id, false)
  let noticed = 0
  for (const {name, offset, bytes} of IndexFile.open(index)!.table.columns) {
    if (bytes <= BLOCK_BYTES || name.startsWith('strings.')) continue
    const changed = Buffer.from(whole)
    for (let at = offset; at < offset + bytes; at += BLOCK_BYTES) changed[at] ^= 1
    writeFileSync(index, changed)
    const snapshot = await openSnapshot(path, {index})
    assert.deepEqual(shown(snapshot, id, true), expected, name)
    if (saveIndex(snapshot) === undefined) continue
    noticed++
    const mended = await openSnapshot(path, {index})
    assert.deepEqual(shown(mended, id, false), expected, name)
    assert.equal(saveIndex(mended), undefined, name)
  }
  assert.ok(noticed > 10, `${noticed}`)
})
