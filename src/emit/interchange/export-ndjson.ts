/** A table as newline-delimited JSON: a line is a row, an object with the table's columns in their order. */
import type {RowTable} from '../../graph/rows/row-table.ts'
import {forJson} from '../safe/clean.ts'
import {rowsToText} from './export-text.ts'

/** Names are exact; what could steer a terminal or break a line is written `\uXXXX`, the same string to a JSON parser. */
export function toNdjson(table: RowTable): Iterable<string> {
  const before = table.heads.map(({name}, index) => `${index === 0 ? '{' : ','}${forJson(JSON.stringify(name))}:`)
  return rowsToText(table, {
    before,
    missing: 'null',
    after: '}\n',
    // JSON has no infinity.
    number: value => (Number.isFinite(value) ? String(value) : JSON.stringify(String(value))),
    text: text => forJson(JSON.stringify(text)),
  })
}
