/** A table as CSV by RFC 4180: a line of names, then a line for each row, all ended by CR LF. */
import type {RowTable} from '../../graph/rows/row-table.ts'
import {rowsToText} from './export-text.ts'

/**
 * Text always stands in quotes, so that no reader takes it for a number, and is exact: nothing is put before what a spreadsheet
 * would take for a formula, since then no program could read back what the heap had. A missing number is an empty cell without quotes.
 */
export function* toCsv(table: RowTable): Iterable<string> {
  yield `${table.heads.map(({name}) => (PLAIN.test(name) ? name : quoted(name))).join(',')}\r\n`
  const before = table.heads.map((_, index) => (index === 0 ? '' : ','))
  yield* rowsToText(table, {
    before,
    missing: '',
    after: '\r\n',
    number: String,
    text: quoted,
  })
}

/** A name of a column that needs no quotes: those of queries are any text. */
const PLAIN = /^\w+$/

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
