/** What the text forms of a table share: rows to chunks of text, with the memory of one chunk. */
import type {ColumnCells, RowTable} from '../../graph/rows/rows.ts'

export interface RowStyle {
  /** What stands before the cell of each column. */
  before: readonly string[]
  /** What stands for a missing cell. */
  missing: string
  /** What ends a row. */
  after: string
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
    const written = cells.map(writtenOf)
    for (let row = 0; row < rowCount; row++) {
      for (let column = 0; column < cells.length; column++) {
        const value = cells[column].values[row]
        const texts = written[column]
        chunk += before[column]
        if (texts !== undefined) chunk += texts(value)
        else chunk += value < 0 ? missing : value
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

/** For each column with words, from a word's number to the word as it is written: words come often, and are written once. */
function writtenWords({heads}: RowTable, {text}: RowStyle) {
  const known = heads.map(() => ({words: undefined as readonly string[] | undefined, written: [] as string[]}))
  return (cells: ColumnCells, column: number) => {
    if (!('words' in cells)) return undefined
    const {words} = cells
    if (known[column].words !== words) known[column] = {words, written: []}
    const {written} = known[column]
    return (word: number) => {
      written[word] ??= text(words[word].replace(HALF, '\ufffd'))
      return written[word]
    }
  }
}
