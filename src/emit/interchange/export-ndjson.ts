/** A table as newline-delimited JSON: a line is a row, an object with the table's columns in their order. */
import type {RowTable} from '../../graph/rows/rows.ts'
import {forJson} from '../safe/clean.ts'
import {rowsToText} from './export-text.ts'

/** Names are exact; what could steer a terminal or break a line is written `\uXXXX`, the same string to a JSON parser. */
export function toNdjson(table: RowTable): Iterable<string> {
  const before = table.heads.map(({name}, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)
  return rowsToText(table, {before, missing: 'null', after: '}\n', text: text => forJson(JSON.stringify(text))})
}
