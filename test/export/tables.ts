/** The rows that an export must have, one by one, the slow way; and readers of what it wrote. */
import assert from 'node:assert/strict'
import {parquetReadObjects} from 'hyparquet'
import {selfSizes} from '../../src/analyze/facts/self-sizes.ts'
import {distances, toDistance} from '../../src/analyze/graph/distances.ts'
import {dominatorTree, retainedSizes} from '../../src/analyze/graph/dominators.ts'
import {toCsv} from '../../src/emit/interchange/export-csv.ts'
import {toNdjson} from '../../src/emit/interchange/export-ndjson.ts'
import {toParquet} from '../../src/emit/interchange/export-parquet.ts'
import type {RowTable} from '../../src/graph/rows/row-table.ts'
import type {Snapshot} from '../../src/snapshot/columns/snapshot.ts'

/** Of the table of nodes, in their order. */
export const NODE_COLUMNS = [
  'id',
  'type',
  'kind',
  'selfSize',
  'rawSelfSize',
  'retainedSize',
  'distance',
  'systemDistance',
  'dominator',
  'detachedness',
]

export type Row = Record<string, number | string | null>

export function nodeRows(snapshot: Snapshot): Row[] {
  const {types, header, nodeId} = snapshot
  return Array.from({length: snapshot.nodeCount}, (_, node) => ({
    id: nodeId[node],
    type: types.names[types.ofNode[node]],
    kind: header.schema.nodeKinds[snapshot.nodeKind[node]],
    selfSize: selfSizes(snapshot, 'devtools')[node],
    rawSelfSize: snapshot.nodeSelfBytes[node],
    retainedSize: retainedSizes(snapshot, 'devtools')[node],
    ...toDistance(distances(snapshot)[node]),
    dominator: nodeId[dominatorTree(snapshot).dominator[node]],
    detachedness: snapshot.detachedness[node],
  }))
}

export function edgeRows(snapshot: Snapshot): Row[] {
  const {firstEdge, edgeTarget, edgeKind, edgeName, nodeId, strings, header} = snapshot
  const rows: Row[] = []
  for (let node = 0; node < snapshot.nodeCount; node++) {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const kind = header.schema.edgeKinds[edgeKind[edge]]
      const isIndex = kind === 'element' || kind === 'hidden'
      const name = isIndex ? `${edgeName[edge]}` : strings.get(edgeName[edge])
      rows.push({source: nodeId[node], target: nodeId[edgeTarget[edge]], kind, name})
    }
  }
  return rows
}

/** As UTF-8 has it: halves of surrogate pairs are U+FFFD. */
export function inUtf8(rows: Row[]): Row[] {
  const text = (cell: number | string | null) => (typeof cell === 'string' ? Buffer.from(cell).toString() : cell)
  return rows.map(row => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, text(cell)])))
}

export function ndjsonRows(table: RowTable): Row[] {
  const text = [...toNdjson(table)].join('')
  if (text === '') return []
  assert.ok(text.endsWith('\n'))
  return text
    .slice(0, -1)
    .split('\n')
    .map(line => JSON.parse(line))
}

/** By the grammar of RFC 4180: `"` only around and doubled inside of quoted cells, CR LF after every record. */
export function csvCells(csv: string): {text: string; isQuoted: boolean}[][] {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  const records: {text: string; isQuoted: boolean}[][] = []
  let record: {text: string; isQuoted: boolean}[] = []
  while (cell.lastIndex < csv.length) {
    const at = cell.lastIndex
    const match = cell.exec(csv)
    assert.ok(match, `no cell at ${at}: ${JSON.stringify(csv.slice(at, at + 80))}`)
    const [, quoted, plain, end] = match
    record.push({text: quoted?.replaceAll('""', '"') ?? plain, isQuoted: quoted !== undefined})
    if (end === ',') continue
    records.push(record)
    record = []
  }
  assert.deepEqual(record, [], 'the last record has no end')
  return records
}

/** Quoted cells are text, the others are numbers. */
export function csvRows(table: RowTable): Row[] {
  const csv = Buffer.from([...toCsv(table)].join('')).toString()
  const [head, ...records] = csvCells(csv)
  const names = head.map(({text}) => text)
  return records.map(record => {
    assert.equal(record.length, names.length)
    const cells = record.map(({text, isQuoted}, index) => [names[index], isQuoted ? text : numberOf(text)])
    return Object.fromEntries(cells)
  })
}

function numberOf(text: string): number | null {
  if (text === '') return null
  assert.match(text, /^-?\d+$/)
  return Number(text)
}

export async function parquetRows(table: RowTable): Promise<Row[]> {
  const file = arrayBuffer(Buffer.concat([...(await toParquet(table))]))
  // Its own way to read text drops a byte order mark at the beginning of a cell.
  const parsers = {stringFromBytes: (bytes: Uint8Array) => Buffer.from(bytes).toString()}
  const rows = await parquetReadObjects({file, parsers})
  return rows.map(row =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [name, typeof cell === 'bigint' ? Number(cell) : (cell as string)]),
    ),
  )
}

export function arrayBuffer(bytes: Buffer): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length)
  new Uint8Array(copy).set(bytes)
  return copy
}

/** A failure shows the first row that differs, and not a page of a name of ten thousand signs. */
export function assertSameRows(actual: Row[], expected: Row[]): void {
  const shown = (row: Row | undefined) => JSON.stringify(row)?.slice(0, 500)
  for (let index = 0; index < Math.max(actual.length, expected.length); index++) {
    if (isSameRow(actual[index], expected[index])) continue
    assert.fail(`row ${index} is ${shown(actual[index])}, not ${shown(expected[index])}`)
  }
}

function isSameRow(a: Row | undefined, b: Row | undefined): boolean {
  if (a === undefined || b === undefined) return false
  for (const name in b) if (a[name] !== b[name]) return false
  for (const name in a) if (!(name in b)) return false
  return true
}
