/** What is exported is what the library says of every node and every edge, whatever the format. */
import assert from 'node:assert/strict'
import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import fc from 'fast-check'
import {parquetMetadata} from 'hyparquet'
import {toCsv} from '../../src/emit/interchange/export-csv.ts'
import {toNdjson} from '../../src/emit/interchange/export-ndjson.ts'
import {toParquet} from '../../src/emit/interchange/export-parquet.ts'
import type {RowTable} from '../../src/graph/rows/row-table.ts'
import {tableOf} from '../../src/graph/rows/rows.ts'
import type {Snapshot} from '../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {HeapgraphError} from '../../src/util/errors.ts'
import {largeHeap, randomHeap as plainHeap, snapshotOf} from '../analyze/plain-heap.ts'
import {ROOT} from '../cli/cli.ts'
import {hostileNames, terminalHazard} from '../emit/hostile.ts'
import {heapSnapshotBytes} from '../graph/random-heap.ts'
import {heapOf} from '../support/ascii-heap.ts'
import {randomFormat, randomHeap, writeHeap} from '../support/random-heap.ts'
import {runs} from '../support/runs.ts'
import {
  arrayBuffer,
  assertSameRows,
  csvRows,
  edgeRows,
  inUtf8,
  NODE_COLUMNS,
  ndjsonRows,
  nodeRows,
  parquetRows,
  type Row,
} from './tables.ts'

const FIXTURES = join(ROOT, 'fixtures', 'snapshots')
const EDGE_COLUMNS = ['source', 'target', 'kind', 'name']

async function checkTable(table: RowTable, rows: Row[]): Promise<void> {
  assert.equal(table.rowCount, rows.length)
  const utf8 = inUtf8(rows)
  assertSameRows(ndjsonRows(table), utf8)
  assertSameRows(csvRows(table), utf8)
  assertSameRows(await parquetRows(table), utf8)
}

async function check(snapshot: Snapshot): Promise<void> {
  await checkTable(tableOf(snapshot, 'nodes'), nodeRows(snapshot))
  await checkTable(tableOf(snapshot, 'edges'), edgeRows(snapshot))
}

test('a row is exactly this', async () => {
  const heap = await heapOf(String.raw`
    root -> A."two\nwords" -> B[4294967294] -> C
    A -weak:w-> B
    A: object "say \"=1+1\"" 24 @11
    B: array "" 40 @13
    C: string "text" 32 @15 attached
  `)
  const nodes = tableOf(heap, 'nodes')
  assert.equal(
    [...toNdjson(nodes)].join(''),
    [
      '{"id":1,"type":"(synthetic)","kind":"synthetic","selfSize":0,"rawSelfSize":0,"retainedSize":96,"distance":null,"systemDistance":0,"dominator":1,"detachedness":0}',
      '{"id":11,"type":"say \\"=1+1\\"","kind":"object","selfSize":64,"rawSelfSize":24,"retainedSize":96,"distance":1,"systemDistance":null,"dominator":1,"detachedness":0}',
      '{"id":13,"type":"(array)","kind":"array","selfSize":0,"rawSelfSize":40,"retainedSize":32,"distance":2,"systemDistance":null,"dominator":11,"detachedness":0}',
      '{"id":15,"type":"(string)","kind":"string","selfSize":32,"rawSelfSize":32,"retainedSize":32,"distance":3,"systemDistance":null,"dominator":13,"detachedness":1}',
      '',
    ].join('\n'),
  )
  assert.equal(
    [...toCsv(nodes)].join('').split('\r\n').slice(0, 3).join('\n'),
    [
      'id,type,kind,selfSize,rawSelfSize,retainedSize,distance,systemDistance,dominator,detachedness',
      '1,"(synthetic)","synthetic",0,0,96,,0,1,0',
      '11,"say ""=1+1""","object",64,24,96,1,,1,0',
    ].join('\n'),
  )
  assert.equal(
    [...toCsv(tableOf(heap, 'edges'))].join(''),
    'source,target,kind,name\r\n1,11,"property","A"\r\n11,13,"property","two\nwords"\r\n11,13,"weak","w"\r\n13,15,"element","4294967294"\r\n',
  )
})

test('random heaps come back row by row in every format', async () => {
  await fc.assert(
    fc.asyncProperty(plainHeap(), async heap => check(await snapshotOf(heap))),
    {numRuns: runs(50)},
  )
})

test('so do heaps with odd kinds, odd strings and numbers beyond 32 bits', async () => {
  await fc.assert(
    fc.asyncProperty(randomHeap(), randomFormat, async (heap, format) => {
      await check(await openSnapshot(writeHeap(heap, format)))
    }),
    {numRuns: runs(50)},
  )
})

test('so do real heaps', async () => {
  for (const name of ['hostile-names.node20', 'page.chromium'].slice(0, runs(2))) {
    const file = readdirSync(FIXTURES).find(file => file.startsWith(name)) ?? name
    await check(await openSnapshot(join(FIXTURES, file)))
  }
})

test('hostile names are exact in every format, and NDJSON cannot steer a terminal', async () => {
  const names = [...hostileNames, '=1+1', '@SUM(A1)', '-1', '+1', '1e5', 'null', 'a,b', 'a;b', '\r', '\n', '\r\n', '""']
  const nodes = names.map((name, index) => ({
    ...{id: 2 * index + 3, kind: 'object' as const, name, selfBytes: 8, detachedness: 0},
  }))
  const root = {id: 1, kind: 'synthetic' as const, name: '', selfBytes: 0, detachedness: 0}
  const edges = names.map((name, index) => ({source: 0, target: index + 1, kind: 'property' as const, name}))
  const snapshot = await openSnapshot(heapSnapshotBytes({nodes: [root, ...nodes], edges}))
  assert.deepEqual(
    edgeRows(snapshot).map(({name}) => name),
    names,
  )
  await check(snapshot)
  for (const table of ['nodes', 'edges'] as const) {
    const text = [...toNdjson(tableOf(snapshot, table))].join('')
    assert.doesNotMatch(text, terminalHazard)
    assert.equal(text.split('\n').length - 1, tableOf(snapshot, table).rowCount)
  }
})

test('tables without rows are tables all the same', async () => {
  const snapshot = await openSnapshot(join(ROOT, 'fixtures', 'odd', 'no-edges.heapsnapshot'))
  const table = tableOf(snapshot, 'edges')
  assert.equal(table.rowCount, 0)
  await checkTable(table, [])
  assert.equal([...toCsv(table)].join(''), 'source,target,kind,name\r\n')
  const {schema} = parquetMetadata(arrayBuffer(Buffer.concat([...(await toParquet(table))])))
  assert.deepEqual(
    schema.slice(1).map(({name}) => name),
    EDGE_COLUMNS,
  )
})

test('the same rows come in batches of any size', async () => {
  const file = join(FIXTURES, 'types-zoo.node12.heapsnapshot.gz')
  const snapshot = await openSnapshot(file)
  for (const name of ['nodes', 'edges'] as const) {
    const table = tableOf(snapshot, name)
    const whole = [...toNdjson(table)].join('')
    for (const size of [7, 10_000, 1e9]) {
      const counts: number[] = []
      const batches = function* () {
        for (const batch of table.batches(size)) {
          counts.push(batch.rowCount)
          yield batch
        }
      }
      assert.equal([...toNdjson({...table, batches})].join(''), whole)
      assert.deepEqual(counts.slice(0, -1), Array(Math.ceil(table.rowCount / size) - 1).fill(size))
    }
  }
})

test('long names make short batches and short chunks', async () => {
  const million = 'x'.repeat(1_000_000)
  const count = 24
  const heap = largeHeap({
    nodeCount: count + 1,
    edgeCount: 2 * count,
    source: () => 0,
    target: edge => (edge % count) + 1,
    // Each name twice, far apart.
    edgeName: edge => `${million}${edge % count}`,
    nodeName: () => million,
  })
  const table = tableOf(heap, 'edges')
  let rows = 0
  for (const {rowCount, cells} of table.batches(1e9)) {
    rows += rowCount
    const length = cells.reduce((sum, cell) => sum + (cell.form === 'text' ? cell.words.join('').length : 0), 0)
    assert.ok(length < 18_000_000, `${length} characters in a batch`)
  }
  assert.equal(rows, 2 * count)
  for (const name of ['nodes', 'edges'] as const) {
    for (const write of [toNdjson, toCsv]) {
      for (const chunk of write(tableOf(heap, name))) assert.ok(chunk.length < 2_000_000)
    }
  }
  assertSameRows(ndjsonRows(table), edgeRows(heap))
})

test('Parquet has one schema for all files, whole row groups, no nulls, and says who wrote it', async () => {
  const heap = largeHeap({nodeCount: 300_000, edgeCount: 299_999, source: edge => edge, target: edge => edge + 1})
  for (const [name, columns] of [
    ['nodes', NODE_COLUMNS],
    ['edges', EDGE_COLUMNS],
  ] as const) {
    const table = tableOf(heap, name)
    const metadata = parquetMetadata(arrayBuffer(Buffer.concat([...(await toParquet(table))])))
    assert.equal(metadata.created_by, 'heapgraph')
    assert.deepEqual(
      metadata.row_groups.map(({num_rows}) => Number(num_rows)),
      [122_880, 122_880, table.rowCount - 2 * 122_880],
    )
    const fields = metadata.schema.slice(1)
    assert.deepEqual(
      fields.map(({name}) => name),
      columns,
    )
    const nullable = ['distance', 'systemDistance']
    for (const {name, repetition_type} of fields) {
      assert.equal(repetition_type, nullable.includes(name) ? 'OPTIONAL' : 'REQUIRED', name)
    }
    const types = {id: 'INT64', source: 'INT64', target: 'INT64', retainedSize: 'INT64', distance: 'INT32'}
    for (const {name, type} of fields) if (name in types) assert.equal(type, types[name as keyof typeof types])
    // Small numbers or large ones: only the encoding differs.
    const large = await openSnapshot(join(ROOT, 'fixtures', 'odd', 'large-ids.heapsnapshot'))
    const other = parquetMetadata(arrayBuffer(Buffer.concat([...(await toParquet(tableOf(large, name)))])))
    assert.deepEqual(other.schema, metadata.schema)
  }
})

test('sizes that 64 bits do not hold are refused by Parquet, and written by the others', async () => {
  const nodes = Array.from({length: 1030}, (_, index) => ({
    ...{id: 2 * index + 1, kind: 'object' as const, name: 'A', selfBytes: Number.MAX_SAFE_INTEGER, detachedness: 0},
  }))
  const edges = nodes.slice(1).map((_, index) => ({source: 0, target: index + 1, kind: 'property' as const, name: 'a'}))
  const table = tableOf(await openSnapshot(heapSnapshotBytes({nodes, edges})), 'nodes')
  const chunks = await toParquet(table)
  assert.throws(
    () => [...chunks],
    (error: unknown) => error instanceof HeapgraphError && error.code === 'TOO_LARGE',
  )
  assert.ok(Number(ndjsonRows(table)[0].retainedSize) > 2 ** 63)
})

test('the same snapshot makes the same bytes', async () => {
  const file = join(FIXTURES, 'types-zoo.node12.heapsnapshot.gz')
  const make = async () => Buffer.concat([...(await toParquet(tableOf(await openSnapshot(file), 'nodes')))])
  assert.ok((await make()).equals(await make()))
})
