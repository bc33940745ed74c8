/** What the text forms of a table share: rows to chunks of text, with the memory of one chunk. */
import type {ColumnCells, RowTable} from '../../graph/rows/row-table.ts'

export interface RowStyle {
  /** What stands before the cell of each column. */
  before: readonly string[]
  /** What stands for a missing cell. */
  missing: string
  /** What ends a row. */
  after: string
  /** How a number is written that may have a fraction, be infinite or none. */
  number: (value: number) => string
  /** How a text is written. */
  text: (text: string) => string
}

const BATCH_ROWS = 1 << 14
/** A chunk is given out as soon as it is this long. */
const CHUNK_LENGTH = 1 << 18

export function* rowsToText(table: RowTable, style: RowStyle): Iterable<string> {
  const {before, after, missing} = style
  const writtenOf = writtenWords(table, style)
  let chunk = ''
  for (const {rowCount, cells} of table.batches(BATCH_ROWS)) {
    const written = cells.map((cell, column) => withMissing(cell, missing, writtenOf(cell, column)))
    for (let row = 0; row < rowCount; row++) {
      for (let column = 0; column < cells.length; column++) {
        chunk += before[column] + written[column](row)
      }
      chunk += after
      if (chunk.length >= CHUNK_LENGTH) {
        yield chunk
        chunk = ''
      }
    }
  }
  if (chunk !== '') yield chunk
}

/** Halves of surrogate pairs alone: UTF-8 cannot hold them, and many a reader of JSON refuses a file for one of them. */
const HALF = /\p{Surrogate}/gu

/** From a row to its cell as it is written. */
type Written = (row: number) => string

function withMissing({missing}: ColumnCells, text: string, written: Written): Written {
  return missing === undefined ? written : row => (missing[row] === 1 ? text : written(row))
}

/** For each column its cells as they are written: words come often, and are written once. */
function writtenWords({heads}: RowTable, {text, number}: RowStyle) {
  const known = heads.map(() => ({words: undefined as readonly string[] | undefined, written: [] as string[]}))
  return (cells: ColumnCells, column: number): Written => {
    if (cells.form === 'bool') return row => (cells.values[row] === 1 ? 'true' : 'false')
    if (cells.form === 'double') return row => number(cells.values[row])
    const {values} = cells
    if (!('words' in cells)) return row => String(values[row])
    const {words} = cells
    if (known[column].words !== words) known[column] = {words, written: []}
    const {written} = known[column]
    return row => {
      const word = cells.values[row]
      written[word] ??= text(words[word].replace(HALF, '\ufffd'))
      return written[word]
    }
  }
}
