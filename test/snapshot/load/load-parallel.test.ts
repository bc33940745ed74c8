/** Several threads read the same as one, whatever the blocks; what is unusual is left to the plain loader. */
import assert from 'node:assert/strict'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import {openSnapshot} from '../../../src/index.ts'
import type {Columns} from '../../../src/snapshot/columns/heap.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {readInParallel} from '../../../src/snapshot/load/load-parallel.ts'
import {heapText} from '../../support/ascii-heap.ts'

const folder = mkdtempSync(join(tmpdir(), 'heapgraph-parallel-'))
after(() => rmSync(folder, {recursive: true, force: true}))

function file(name: string, bytes: Uint8Array | string): {path: string; size: number} {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return {path, size: Buffer.byteLength(bytes)}
}

const COLUMNS = [
  'nodeKind',
  'nodeName',
  'nodeId',
  'nodeSelfBytes',
  'firstEdge',
  'nodeDetachedness',
  'edgeKind',
  'edgeName',
  'edgeTarget',
] as const satisfies (keyof Columns)[]

function assertSameColumns(actual: Omit<Columns, 'locations'>, expected: Snapshot, what: string): void {
  for (const column of COLUMNS) {
    const [a, b] = [actual[column], expected[column]]
    assert.equal(a?.length, b?.length, `${what}: length of ${column}`)
    assert.ok(a === b || a?.every((value, i) => value === b?.[i]), `${what}: ${column}`)
  }
}

/**
 *     root ─▶ A ─▶ B ─▶ C
 *             └────────▲
 */
const DRAWING = `
  root -> A
  A.x -> B
  B[12345] -> C
  A.y -> C
`

test('blocks of any size, one, two or three threads: the columns of the plain loader', async () => {
  const text = Buffer.from(heapText(DRAWING)).toString()
  const spaced = text.replaceAll(',', ' ,\r\n\t ')
  for (const [name, bytes] of Object.entries({text, spaced})) {
    const {path, size} = file(`${name}.heapsnapshot`, bytes)
    const plain = await openSnapshot(path, {threads: 1})
    for (let blockBytes = 1; blockBytes <= 40; blockBytes++) {
      for (const threads of [1, 2, 3]) {
        if (threads > 1 && blockBytes % 13 !== 1) continue
        const read = await readInParallel(path, size, threads, undefined, blockBytes)
        assert.ok(read, `${name}, ${blockBytes} bytes a block, ${threads} threads: read`)
        assertSameColumns(read.columns, plain, `${name}, ${blockBytes} bytes a block, ${threads} threads`)
      }
    }
  }
})

test('every real snapshot loads the same with three threads', async () => {
  const fixtures = new URL('../../../fixtures/snapshots/', import.meta.url)
  for (const name of readdirSync(fixtures).filter(name => name.endsWith('.gz'))) {
    const {path} = file('real.heapsnapshot', gunzipSync(readFileSync(new URL(name, fixtures))))
    const plain = await openSnapshot(path, {threads: 1})
    const parallel = await openSnapshot(path, {threads: 3, parallelFromBytes: 0})
    assertSameColumns(parallel, plain, name)
    assert.deepEqual(parallel.locations, plain.locations, name)
    assert.deepEqual(parallel.nodeTraceId, plain.nodeTraceId, name)
    assert.equal(parallel.strings.count, plain.strings.count, name)
    assert.equal(parallel.strings.totalBytes, plain.strings.totalBytes, name)
  }
})

test('a Node 20 snapshot does go the parallel way', async () => {
  const fixture = new URL('../../../fixtures/snapshots/cycles.node20.heapsnapshot.gz', import.meta.url)
  const {path, size} = file('taken.heapsnapshot', gunzipSync(readFileSync(fixture)))
  const plain = await openSnapshot(path, {threads: 1})
  for (const [threads, blockBytes] of [
    [1, 997],
    [2, 997],
    [3, 1 << 18],
  ]) {
    const read = await readInParallel(path, size, threads, undefined, blockBytes)
    const locations = read?.locations
    assert.ok(locations?.isSorted() === true, `${threads} threads`)
    assert.deepEqual(locations?.rows, plain.locations, `${threads} threads`)
  }
})

test('what is wrong or unusual is left to the plain loader, with its answer or its message', async () => {
  for (const folderName of ['broken', 'odd']) {
    const url = new URL(`../../../fixtures/${folderName}/`, import.meta.url)
    for (const name of readdirSync(url).filter(name => name.endsWith('.heapsnapshot'))) {
      const {path, size} = file(name, readFileSync(new URL(name, url)))
      const outcome = (threads: number) =>
        openSnapshot(path, {threads, parallelFromBytes: 0}).then(
          snapshot => snapshot,
          (error: Error) => error.message,
        )
      const [plain, parallel] = [await outcome(1), await outcome(2)]
      if (typeof plain === 'string' || typeof parallel === 'string') assert.equal(parallel, plain, name)
      else assertSameColumns(parallel, plain, name)
      // Small blocks meet every defect at a border, too.
      const read = size === 0 ? undefined : await readInParallel(path, size, 2, undefined, 5)
      if (read !== undefined && typeof plain !== 'string')
        assertSameColumns(read.columns, plain, `${name}, 5 bytes a block`)
    }
  }
})
