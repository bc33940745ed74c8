/** The cells of a table row by row: for answers and tables that are small. */
import type {ColumnCells, RowTable} from './row-table.ts'

/** A cell that is missing is null; a whole number that a double does not hold is a BigInt. */
export type TableCell = number | bigint | string | boolean | null

/** The first `limit` rows, in their order. */
export function* cellRows(table: RowTable, limit = Number.POSITIVE_INFINITY): Generator<TableCell[]> {
  let left = Math.min(limit, table.rowCount)
  if (left === 0) return
  for (const {rowCount, cells} of table.batches(Math.min(left, BATCH_ROWS))) {
    for (let row = 0; row < rowCount; row++) {
      yield cells.map(column => cellOf(column, row))
      if (--left === 0) return
    }
  }
}

/** The same as objects, by the names of the columns. */
export function rowObjects(table: RowTable, limit?: number): Record<string, TableCell>[] {
  const names = table.heads.map(({name}) => name)
  return Array.from(cellRows(table, limit), cells => Object.fromEntries(cells.map((cell, at) => [names[at], cell])))
}

const BATCH_ROWS = 4096

function cellOf(column: ColumnCells, row: number): TableCell {
  if (column.missing?.[row] === 1) return null
  if (column.form === 'bool') return column.values[row] === 1
  if ('words' in column) return column.words[column.values[row]]
  const value = column.values[row]
  if (typeof value !== 'bigint') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
