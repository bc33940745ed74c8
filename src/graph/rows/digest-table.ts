/**
 * A heap as a small table that may leave the machine: what its types and the places of its program have, by names of code only. Rows of many
 * such tables are of one kind, so that files of any number of processes are one table.
 */

import {typeOffHeap} from '../../analyze/facts/off-heap.ts'
import {typeRetained, typeSums} from '../../analyze/graph/group-sums.ts'
import {groupCodeFingerprint} from '../../explain/owners/path-groups.ts'
import {typeOfCode} from '../../explain/words/code-names.ts'
import {producerOf} from '../../explain/words/producer.ts'
import {modifiedMs} from '../../files/file.ts'
import {nameOfStamp, stampOf} from '../../files/private-file.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake} from '../../util/memo.ts'
import {ownerRetained, ownersOfHeap} from './heap-tables.ts'
import {type ColumnCells, type ColumnHead, type RowTable, textCells} from './row-table.ts'

/** Where a digest is from. */
export interface DigestSource {
  /** A name for the state of the file. */
  id: string
  /** When the snapshot was written, in ISO 8601; '' if nothing tells. */
  taken: string
  /** What the person says of it: `service`, `pod`, `build`. */
  labels: ReadonlyMap<string, string>
}

/** By the file as it is now: '' for what is no file. To be asked before it is read. */
export function sourceOfFile(path: string): Pick<DigestSource, 'id' | 'taken'> {
  const stamp = stampOf(path)
  const ms = modifiedMs(path)
  return {id: stamp === undefined ? '' : nameOfStamp(stamp), taken: ms === undefined ? '' : new Date(ms).toISOString()}
}

/** Why a label cannot be called so; undefined if it can. */
export function wrongLabel(name: string): string | undefined {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) return 'names of labels have small letters, digits and _'
  return DIGEST_COLUMNS.some(column => column === name) ? `${name} is a column of every digest` : undefined
}

/** The place of a digest below a folder, with `/`, in the partitions of Hive: query engines read the labels from the folders' names. */
export function partitionPath({id, labels}: Pick<DigestSource, 'id' | 'labels'>): string {
  const folders = [...labels].map(([name, value]) => `${name}=${encodeURIComponent(value)}/`)
  return `${folders.join('')}${id === '' ? 'digest' : id}.parquet`
}

interface DigestRow {
  /** `heap`: the whole; `type`; `owner`: a place of the program; `left`: places beyond those told. */
  level: 'heap' | 'type' | 'owner' | 'left'
  /** A type, or an owner's fingerprint. */
  name: string
  /** Of an owner's objects. */
  type: string
  file: string
  /** Whose code an owner is. */
  origin: string
  count: number
  self: number
  offHeap: number
  retained: number
}

/** Places of the program that are told: to put one into words takes time. */
const MAX_OWNERS = 1000

export const DIGEST_COLUMNS = [
  'digest',
  'taken',
  'producer',
  'level',
  'name',
  'type',
  'file',
  'origin',
  'count',
  'self',
  'off_heap',
  'retained',
] as const

/** Rows by level, then by retained bytes, then by name. */
export function digestTable(snapshot: Snapshot, {id, taken, labels}: DigestSource): RowTable {
  const rows = [heapRow(snapshot), ...typeRows(snapshot), ...ownerRows(snapshot)]
  const producer = producerOf(snapshot.header, snapshot.nodeName[snapshot.root])
  const columns: [name: string, cells: ColumnCells][] = [
    ...[...labels].map(([name, value]): [string, ColumnCells] => [name, constant(value, rows.length)]),
    ['digest', constant(id, rows.length)],
    ['taken', constant(taken, rows.length)],
    ['producer', constant(producer, rows.length)],
    ['level', textCells(rows.map(({level}) => level))],
    ['name', textCells(rows.map(({name}) => name))],
    ['type', textCells(rows.map(({type}) => type))],
    ['file', textCells(rows.map(({file}) => file))],
    ['origin', textCells(rows.map(({origin}) => origin))],
    ['count', int64(rows.map(({count}) => count))],
    ['self', int64(rows.map(({self}) => self))],
    ['off_heap', int64(rows.map(({offHeap}) => offHeap))],
    ['retained', int64(rows.map(({retained}) => retained))],
  ]
  return {
    name: 'digest',
    rowCount: rows.length,
    heads: columns.map(([name, {form}]): ColumnHead => ({name, form})),
    // Some thousand rows: one batch.
    *batches() {
      yield {rowCount: rows.length, cells: columns.map(([, cells]) => cells)}
    },
  }
}

function constant(text: string, count: number): ColumnCells {
  return {form: 'word', values: new Uint8Array(count), words: [text]}
}

function int64(values: readonly number[]): ColumnCells {
  return {form: 'int64', values: Float64Array.from(values)}
}

const NOTHING = {name: '', type: '', file: '', origin: '', count: 0, self: 0, offHeap: 0, retained: 0}

function heapRow(snapshot: Snapshot): DigestRow {
  const {count, selfBytes} = typeSums(snapshot)
  const self = selfBytes.reduce((sum, bytes) => sum + bytes, 0)
  return {...NOTHING, level: 'heap', count: count.reduce((sum, one) => sum + one, 0), self, retained: self}
}

/** Types that are told alike are one. */
function typeRows(snapshot: Snapshot): DigestRow[] {
  const {count, selfBytes} = typeSums(snapshot)
  const retained = typeRetained(snapshot)
  const offHeap = typeOffHeap(snapshot)
  const rows = new Map<string, DigestRow>()
  for (const type of snapshot.types.names.keys()) {
    if (count[type] === 0) continue
    const name = typeOfCode(snapshot, type)
    const row = getOrMake(rows, name, (): DigestRow => ({...NOTHING, level: 'type', name}))
    row.count += count[type]
    row.self += selfBytes[type]
    row.offHeap += offHeap[type]
    row.retained += retained[type]
  }
  return ranked([...rows.values()])
}

/** Places of one fingerprint and type are one; of those beyond the most told only their sums. */
function ownerRows(snapshot: Snapshot): DigestRow[] {
  const {types} = snapshot
  const retained = ownerRetained(snapshot)
  const all = ownersOfHeap(snapshot).toSorted((a, b) => retained[b.index] - retained[a.index] || a.index - b.index)
  const rows = new Map<string, DigestRow>()
  for (const {group, index, count, selfBytes} of all.slice(0, MAX_OWNERS)) {
    const type = typeOfCode(snapshot, types.ofNode[group.example])
    const {fingerprint, file} = groupCodeFingerprint(snapshot, group, type)
    const row = getOrMake(
      rows,
      `${fingerprint}\0${type}`,
      (): DigestRow => ({...NOTHING, level: 'owner', name: fingerprint, type, file, origin: group.code}),
    )
    row.count += count
    row.self += selfBytes
    row.retained += retained[index]
  }
  const left: DigestRow = {...NOTHING, level: 'left'}
  for (const {count, selfBytes} of all.slice(MAX_OWNERS)) {
    left.count += count
    left.self += selfBytes
  }
  return [...ranked([...rows.values()]), ...(left.count > 0 ? [left] : [])]
}

function ranked(rows: DigestRow[]): DigestRow[] {
  const key = ({name, type}: DigestRow) => `${name}\0${type}`
  return rows.sort((a, b) => b.retained - a.retained || (key(a) < key(b) ? -1 : 1))
}
