/** Answers of SQL as text and as JSON. */
import type {ColumnCells, RowTable} from '../../graph/rows/row-table.ts'
import {formatCount, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {limitText} from '../safe/wording.ts'
import {type TableColumn, textTable} from './text-table.ts'

/** The rows of an answer, with what SQL calls the types of its columns, and sentences about what was left out. */
export interface SqlAnswer extends RowTable {
  types: readonly string[]
  limits: readonly string[]
}

type Cell = number | string | boolean | null

const WIDEST_CELL = 80

/** `limit`: rows shown. */
export function sqlText(answer: SqlAnswer, limit: number, paint: Paint = plainPaint): string {
  const {heads, rowCount} = answer
  const columns = heads.map(
    ({name, form}): TableColumn => ({
      title: name,
      max: WIDEST_CELL,
      ...(form === 'text' || form === 'word' || form === 'bool' ? {} : {align: 'right'}),
    }),
  )
  const rows = cellsOf(answer, limit).map(cells => cells.map(cell => (cell === null ? '' : String(cell))))
  const limits = limitsOf(answer, limit).map(text => `${paint.warn(forTerminal(limitText(text)))}\n`)
  return `${textTable(columns, rows, paint)}${paint.dim(plural(rowCount, 'row'))}\n${limits.join('')}`
}

/** Whole numbers that a double does not hold, and what JSON has no number for, are texts. */
export function sqlJson(answer: SqlAnswer, limit: number): string {
  const {heads, types, rowCount} = answer
  const names = heads.map(({name}) => name)
  return tableToJson('sql', {
    columns: names.map((name, index) => ({name, type: types[index]})),
    rows: cellsOf(answer, limit).map(cells => Object.fromEntries(cells.map((cell, index) => [names[index], cell]))),
    total: {rows: rowCount},
    limits: limitsOf(answer, limit),
  })
}

function limitsOf({limits, rowCount}: SqlAnswer, limit: number): string[] {
  if (rowCount <= limit) return [...limits]
  return [
    ...limits,
    `${formatCount(limit)} of ${plural(rowCount, 'row')} are shown; --limit N shows more, files of .csv, .ndjson and .parquet have all`,
  ]
}

function cellsOf(answer: RowTable, limit: number): Cell[][] {
  const rows: Cell[][] = []
  for (const {rowCount, cells} of answer.batches(limit)) {
    for (let row = 0; row < rowCount; row++) {
      if (rows.length === limit) return rows
      rows.push(cells.map(column => cellOf(column, row)))
    }
  }
  return rows
}

function cellOf(column: ColumnCells, row: number): Cell {
  if (column.missing?.[row] === 1) return null
  if (column.form === 'bool') return column.values[row] === 1
  if ('words' in column) return column.words[column.values[row]]
  const value = column.values[row]
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  return Number.isFinite(value) ? value : String(value)
}
