/** What DuckDB answers, as a table that the writers of files take. */
import type {DuckDBDataChunk, DuckDBMaterializedResult, DuckDBType, DuckDBValue} from '@duckdb/node-api'
import {
  type CellForm,
  type ColumnCells,
  maskOf,
  type RowBatch,
  type SqlAnswer,
  textCells,
} from '../graph/rows/row-table.ts'
import {HeapgraphError} from '../util/errors.ts'
import type {DuckDb} from './duckdb.ts'

/** The rows stay DuckDB's until they are asked for. */
export function resultTable(api: DuckDb, result: DuckDBMaterializedResult, limits: string[]): SqlAnswer {
  const types = result.columnTypes()
  const names = result.deduplicatedColumnNames()
  const forms = types.map(type => formOf(api, type))
  return {
    name: 'answer',
    rowCount: result.rowCount,
    types: types.map(type => (type.typeId === api.DuckDBTypeId.ENUM ? 'ENUM' : String(type))),
    limits,
    heads: names.map((name, index) => ({name, form: forms[index], isNullable: true})),
    *batches(size) {
      for (let index = 0; index < result.chunkCount; index++) yield* batchesOf(api, result.getChunk(index), forms, size)
    },
  }
}

function* batchesOf(api: DuckDb, chunk: DuckDBDataChunk, forms: CellForm[], size: number): Iterable<RowBatch> {
  const columns = forms.map((_, index) => chunk.getColumnValues(index))
  const types = forms.map((_, index) => chunk.getColumnVector(index).type)
  for (let from = 0; from < chunk.rowCount; from += size) {
    const to = Math.min(from + size, chunk.rowCount)
    const cells = columns.map((values, index) => cellsOf(api, forms[index], types[index], values.slice(from, to)))
    yield {rowCount: to - from, cells}
  }
}

function formOf({DuckDBTypeId: Id}: DuckDb, {typeId}: DuckDBType): CellForm {
  switch (typeId) {
    case Id.BOOLEAN:
      return 'bool'
    case Id.TINYINT:
    case Id.SMALLINT:
    case Id.INTEGER:
    case Id.UTINYINT:
    case Id.USMALLINT:
      return 'int32'
    case Id.UINTEGER:
    case Id.BIGINT:
    case Id.UBIGINT:
    case Id.HUGEINT:
    case Id.UHUGEINT:
      return 'int64'
    case Id.FLOAT:
    case Id.DOUBLE:
    case Id.DECIMAL:
      return 'double'
    default:
      return 'text'
  }
}

function cellsOf(api: DuckDb, form: CellForm, type: DuckDBType, values: readonly DuckDBValue[]): ColumnCells {
  const missing = maskOf(values.length, row => values[row] === null)
  switch (form) {
    case 'bool':
      return {form, values: Uint8Array.from(values, Number), ...missing}
    case 'int32':
      return {form, values: Int32Array.from(values, Number), ...missing}
    case 'int64':
      return {form, values: BigInt64Array.from(values, int64), ...missing}
    case 'double':
      return {form, values: Float64Array.from(values, number), ...missing}
    default:
      return textCells(values.map(value => (value === null ? undefined : textOf(api, type, value))))
  }
}

function number(value: DuckDBValue): number {
  const isDecimal = typeof value === 'object' && value !== null && 'toDouble' in value
  return isDecimal ? (value as {toDouble(): number}).toDouble() : Number(value)
}

function int64(value: DuckDBValue): bigint {
  const whole = value === null ? 0n : BigInt(value as bigint | number)
  if (BigInt.asIntN(64, whole) === whole) return whole
  throw new HeapgraphError('TOO_LARGE', `SQL: ${whole} is more than 64 bits hold`, 'cast it to VARCHAR or DOUBLE')
}

/** Lists and the like as JSON. */
function textOf(api: DuckDb, type: DuckDBType, value: DuckDBValue): string {
  if (typeof value === 'string') return value
  const json = api.JsonDuckDBValueConverter(value, type, api.JsonDuckDBValueConverter)
  return typeof json === 'string' ? json : JSON.stringify(json)
}
