/** Answers of SQL as text and as JSON. */
import type {SqlAnswer} from '../../graph/rows/row-table.ts'
import {cellRows, type TableCell} from '../../graph/rows/table-cells.ts'
import {formatCount, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {limitText} from '../safe/wording.ts'
import {type TableColumn, textTable} from './text-table.ts'

type PlainCell = Exclude<TableCell, bigint>

const WIDEST_CELL = 80

/** Rows shown as text or JSON unless another number is given. */
export const SQL_ROWS = 1000

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

function cellsOf(answer: SqlAnswer, limit: number): PlainCell[][] {
  return Array.from(cellRows(answer, limit), cells => cells.map(plainCell))
}

function plainCell(cell: TableCell): PlainCell {
  const isNumber = typeof cell !== 'number' || Number.isFinite(cell)
  return typeof cell === 'bigint' || !isNumber ? String(cell) : cell
}
