/** The queries of docs/export.md, run by DuckDB on exported fixtures, and held against the library's own numbers. */
import assert from 'node:assert/strict'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {DuckDBInstance, type Json} from '@duckdb/node-api'
import {selfSizes} from '../../src/analyze/facts/self-sizes.ts'
import {dominatorTree, retainedSizes} from '../../src/analyze/graph/dominators.ts'
import {toCsv} from '../../src/emit/interchange/export-csv.ts'
import {toNdjson} from '../../src/emit/interchange/export-ndjson.ts'
import {toParquet} from '../../src/emit/interchange/export-parquet.ts'
import {tableOf} from '../../src/graph/rows/rows.ts'
import type {Snapshot} from '../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {ROOT, temporaryFolder} from '../cli/cli.ts'
import {hostileNames} from '../emit/hostile.ts'
import {heapSnapshotBytes} from '../graph/random-heap.ts'
import {HANG_MS} from '../support/limits.ts'
import {assertSameRows, edgeRows, inUtf8, NODE_COLUMNS, nodeRows, type Row} from './tables.ts'

/** The fleet: what stands in the document's queries. */
const FLEET = {before: 'types-zoo.node20', after: 'buffer-cache.node20', third: 'page.chromium'}

const snapshots = new Map<string, Snapshot>()
const queries = [...readFileSync(join(ROOT, 'docs/export.md'), 'utf8').matchAll(/```sql\n([\s\S]*?)```/g)].map(
  ([, sql]) => sql,
)

const folder = temporaryFolder()

before(
  async () => {
    process.chdir(folder)
    mkdirSync('fleet')
    for (const [name, fixture] of Object.entries(FLEET)) {
      const snapshot = await openSnapshot(join(ROOT, 'fixtures', 'snapshots', `${fixture}.heapsnapshot.gz`))
      snapshots.set(`fleet/${name}.parquet`, snapshot)
      writeFileSync(`fleet/${name}.parquet`, Buffer.concat([...(await toParquet(tableOf(snapshot, 'nodes')))]))
    }
  },
  {timeout: HANG_MS},
)

/** 64-bit numbers come as text; all here are small enough for a number. */
async function query(sql: string, numbers: string[] = []): Promise<Row[]> {
  const connection = await (await DuckDBInstance.create()).connect()
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, Json>[]
  connection.closeSync()
  return rows.map(row =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [
        name,
        numbers.includes(name) && cell !== null ? Number(cell) : (cell as string),
      ]),
    ),
  )
}

function typeOf({types}: Snapshot, node: number): string {
  return types.names[types.ofNode[node]]
}

/** Ascending as DuckDB orders text: by bytes. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function files(): [file: string, snapshot: Snapshot][] {
  return [...snapshots].sort(([a], [b]) => byBytes(a, b))
}

test('the document has three queries', () => {
  assert.equal(queries.length, 3)
})

test('the largest types by retained size, on each machine', async () => {
  const expected = files().flatMap(([filename, snapshot]): Row[] => {
    const rows = new Map<string, {objects: number; self: number; retained: number}>()
    const retained = retainedSizes(snapshot, 'devtools')
    const {dominator} = dominatorTree(snapshot)
    for (let node = 0; node < snapshot.nodeCount; node++) {
      const type = typeOf(snapshot, node)
      const row = rows.get(type) ?? {objects: 0, self: 0, retained: 0}
      rows.set(type, row)
      row.objects++
      row.self += selfSizes(snapshot, 'devtools')[node]
      if (node === snapshot.root || typeOf(snapshot, dominator[node]) !== type) row.retained += retained[node]
    }
    return [...rows]
      .map(([type, row]) => ({filename, type, ...row}))
      .sort((a, b) => b.retained - a.retained || byBytes(a.type, b.type))
      .slice(0, 10)
  })
  assert.equal(expected.length, 30)
  assertSameRows(await query(queries[0], ['objects', 'self', 'retained']), expected)
})

test('what grew between two snapshots', async () => {
  const rows = new Map<string, {objects: number; self: number}>()
  for (const [file, sign] of [
    ['fleet/before.parquet', -1],
    ['fleet/after.parquet', 1],
  ] as const) {
    const snapshot = snapshots.get(file)!
    for (let node = 0; node < snapshot.nodeCount; node++) {
      const type = typeOf(snapshot, node)
      const row = rows.get(type) ?? {objects: 0, self: 0}
      rows.set(type, row)
      row.objects += sign
      row.self += sign * selfSizes(snapshot, 'devtools')[node]
    }
  }
  const expected = [...rows]
    .map(([type, row]) => ({type, ...row}))
    .filter(({self}) => self > 0)
    .sort((a, b) => b.self - a.self || byBytes(a.type, b.type))
    .slice(0, 20)
  assert.ok(expected.some(({type, objects}) => type === 'Buffer' && objects >= 290))
  assertSameRows(await query(queries[1], ['objects', 'self']), expected)
})

test('what dominates more than 10 % of a heap', async () => {
  const expected = files().flatMap(([filename, snapshot]): Row[] => {
    const retained = retainedSizes(snapshot, 'devtools')
    const total = retained[snapshot.root]
    return Array.from(snapshot.nodeId, (id, node) => ({filename, id, node}))
      .filter(({node}) => node !== snapshot.root && retained[node] > 0.1 * total)
      .map(({node, ...row}) => ({
        ...{...row, type: typeOf(snapshot, node), retainedSize: retained[node]},
        percent: Math.round((1000 * retained[node]) / total) / 10,
      }))
      .sort((a, b) => b.retainedSize - a.retainedSize || a.id - b.id)
  })
  assert.ok(expected.length > 3)
  assertSameRows(await query(queries[2], ['id', 'retainedSize', 'percent']), expected)
})

test('DuckDB reads what was written: every row of each format, hostile names too', async () => {
  // Its package for Node drops a byte order mark that a text begins with.
  const names = hostileNames.filter(name => !name.includes('\0') && !name.startsWith('\ufeff'))
  const nodes = ['', ...names].map((name, index) => ({
    ...{id: 2 ** 33 + index, kind: 'object' as const, name, selfBytes: 2 ** 40, detachedness: 0},
  }))
  const edges = names.map((name, index) => ({source: 0, target: index + 1, kind: 'property' as const, name}))
  const hostile = await openSnapshot(heapSnapshotBytes({nodes, edges}))
  const numbers = NODE_COLUMNS.filter(name => name !== 'type' && name !== 'kind')
  const all = [...numbers, 'source', 'target']
  for (const snapshot of [hostile, snapshots.get('fleet/third.parquet')!]) {
    for (const name of ['nodes', 'edges'] as const) {
      const table = tableOf(snapshot, name)
      const rows = inUtf8(name === 'nodes' ? nodeRows(snapshot) : edgeRows(snapshot))
      writeFileSync('x.parquet', Buffer.concat([...(await toParquet(table))]))
      writeFileSync('x.csv', [...toCsv(table)].join(''))
      writeFileSync('x.ndjson', [...toNdjson(table)].join(''))
      assertSameRows(await query("FROM 'x.parquet'", all), rows)
      // Its guesses at quotes, ends of lines and types must all be right.
      assertSameRows(await query("FROM read_csv('x.csv', allow_quoted_nulls = false)", all), rows)
      assertSameRows(await query("FROM read_json('x.ndjson')", all), rows)
    }
  }
})
