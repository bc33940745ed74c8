/** A table as Apache Parquet, one row group a batch, so that only one is ever in memory. */
import type {ByteWriter, ColumnSource, SchemaElement} from 'hyparquet-writer'
import type {ColumnCells, ColumnHead, RowTable} from '../../graph/rows/row-table.ts'
import {HeapgraphError} from '../../util/errors.ts'

/** What DuckDB takes, too, so that its threads have a row group each. */
const ROW_GROUP = 122_880
const MAX_INT32 = 0x7fffffff
const PAST_INT64 = 2 ** 63

type Writer = typeof import('hyparquet-writer')

/**
 * The table as chunks of a Parquet file, each made when it is asked for; a promise, since the writer is loaded at the first use.
 * Only what may be missing has nulls: whole numbers are INT32 or INT64, all else is UTF-8, with a dictionary where words repeat.
 */
export async function toParquet(table: RowTable): Promise<Iterable<Uint8Array>> {
  return chunksOf(table, await import('hyparquet-writer'))
}

function* chunksOf(table: RowTable, {ByteWriter, ParquetWriter}: Writer): Iterable<Uint8Array> {
  const {heads} = table
  const bytes = new ByteWriter()
  const encode = wordEncoder()
  const writer = new ParquetWriter({writer: bytes, schema: schemaOf(heads), createdBy: 'heapgraph'})
  for (const {rowCount, cells} of table.batches(ROW_GROUP)) {
    // A writer without `flush` has nothing to wait for.
    writer.write({columnData: cells.map((cell, index) => source(heads[index], cell, encode)), rowGroupSize: rowCount})
    yield taken(bytes)
  }
  writer.finish()
  yield taken(bytes)
}

function schemaOf(heads: readonly ColumnHead[]): SchemaElement[] {
  const columns = heads.map(({name, form, isNullable}): SchemaElement => {
    const column = {name, repetition_type: isNullable ? 'OPTIONAL' : 'REQUIRED'} as const
    if (form === 'int32') return {...column, type: 'INT32'}
    if (form === 'int64') return {...column, type: 'INT64'}
    if (form === 'double') return {...column, type: 'DOUBLE'}
    if (form === 'bool') return {...column, type: 'BOOLEAN'}
    return {...column, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: {type: 'STRING'}}
  })
  return [{name: 'schema', num_children: columns.length}, ...columns]
}

function source(head: ColumnHead, cells: ColumnCells, encode: WordEncoder): ColumnSource {
  const {name} = head
  const column = {name, offsetIndex: false}
  const {missing} = cells
  const withNulls = <Cell>(data: Cell[]): (Cell | null)[] =>
    missing === undefined ? data : data.map((cell, row) => (missing[row] === 1 ? null : cell))
  if ('words' in cells) {
    const encoded = encode(head, cells)
    const data = withNulls(Array.from(cells.values, word => encoded[word]))
    return cells.form === 'word' ? {...column, data, encoding: 'RLE_DICTIONARY'} : {...column, data}
  }
  if (cells.form === 'bool') return {...column, data: withNulls(Array.from(cells.values, value => value === 1))}
  if (cells.form === 'double') return {...column, data: withNulls(Array.from(cells.values)), encoding: 'PLAIN'}
  const {values} = cells
  // Differences of small numbers are the cheapest to write, and small; numbers beyond 32 bits would take BigInts there.
  if (!(values instanceof BigInt64Array) && values.every(value => value <= MAX_INT32 && value >= -MAX_INT32)) {
    const data = missing === undefined ? values : withNulls(Array.from(values))
    return {...column, data, encoding: 'DELTA_BINARY_PACKED'}
  }
  const large = values instanceof BigInt64Array ? Array.from(values) : Array.from(values, value => int64(name, value))
  return {...column, data: withNulls(large), encoding: 'PLAIN'}
}

type WordEncoder = (head: ColumnHead, cells: WordCells) => readonly Uint8Array[]
type WordCells = Extract<ColumnCells, {words: unknown}>

/** Words as UTF-8, each list once: the writer tells values apart the faster the fewer objects they are. */
function wordEncoder(): WordEncoder {
  const known = new Map<ColumnHead, {words: readonly string[]; encoded: Uint8Array[]}>()
  return (head, {words}) => {
    const last = known.get(head)
    if (last?.words === words) return last.encoded
    const encoded = encodeAll(words)
    known.set(head, {words, encoded})
    return encoded
  }
}

/** All in one buffer: a buffer of its own for each would be left behind a hundred thousand times a batch. */
function encodeAll(words: readonly string[]): Uint8Array[] {
  const encoder = new TextEncoder()
  const buffer = new Uint8Array(3 * words.reduce((sum, word) => sum + word.length, 0))
  let at = 0
  return words.map(word => {
    const {written} = encoder.encodeInto(word, buffer.subarray(at))
    at += written
    return buffer.subarray(at - written, at)
  })
}

function int64(name: string, value: number): bigint {
  if (value < PAST_INT64) return BigInt(value)
  throw new HeapgraphError('TOO_LARGE', `${name} ${value} is more than Parquet's 64 bits hold`, 'use another --format')
}

/** What has been written since the last time; the writer goes on counting. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice()
  writer.index = 0
  return bytes
}
