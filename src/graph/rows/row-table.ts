/** Tables for other programs: what their columns are, and their rows in batches of columns, so that no row is ever an object. */
import type {NumberArray} from '../../util/number-column.ts'

/** What the cells of a column are: whole numbers of so many bits, any number, yes or no, one of a list of words, or any text. */
export type CellForm = 'int32' | 'int64' | 'double' | 'bool' | 'word' | 'text'

/** The name of a column, and what its cells are. */
export interface ColumnHead {
  /** Of the column. */
  name: string
  /** What its cells are. */
  form: CellForm
  /** Whether cells may be missing. */
  isNullable?: boolean
}

/** The cells of one column in one batch. */
export type ColumnCells = (
  | {form: 'int32'; values: NumberArray | Int32Array | Uint8Array}
  /** Whole numbers; where a double does not hold them, as BigInts. */
  | {form: 'int64'; values: NumberArray | Int32Array | Uint8Array | BigInt64Array}
  | {form: 'double'; values: Float64Array}
  /** 1 is true, 0 is false. */
  | {form: 'bool'; values: Uint8Array}
  /** Cell i is `words[values[i]]`. The list of a `word` column is the same in every batch, that of a `text` column is not. */
  | {form: 'word' | 'text'; values: Uint32Array | Uint16Array | Uint8Array; words: readonly string[]}
) & {
  /** 1 for each cell that is missing; not there if none is. */
  missing?: Uint8Array
}

/** Some rows of a table, column by column. */
export interface RowBatch {
  /** Rows in this batch. */
  rowCount: number
  /** As many and of the same forms as the table's heads. */
  cells: readonly ColumnCells[]
}

/** A table that is handed out in batches. */
export interface RowTable {
  /** What it is called. */
  name: string
  /** Rows in all batches. */
  rowCount: number
  /** Its columns. */
  heads: readonly ColumnHead[]
  /** Rows in their order; at most `size` in a batch, fewer where their texts are long. */
  batches(size: number): Iterable<RowBatch>
}

/** The answer to a query. */
export interface SqlAnswer extends RowTable {
  /** What SQL calls the types of the columns. */
  types: readonly string[]
  /** One sentence for each thing that was left out. */
  limits: readonly string[]
}

/** A column of which nothing is computed before its first cells are asked for. */
export interface LazyColumn {
  head: ColumnHead
  /** Computes what the cells are made of; then gives those of the rows from `from` up to `to`. */
  open(): (from: number, to: number) => ColumnCells
}

/** A table of which only the columns asked for are made. */
export interface LazyTable {
  /** What it is called. */
  name: string
  /** Asked when rows are. */
  rowCount(): number
  /** Its columns. */
  columns: readonly LazyColumn[]
}

/** Cells that are missing where `isMissing` says so. */
export function maskOf(count: number, isMissing: (row: number) => boolean): {missing?: Uint8Array} {
  let missing: Uint8Array | undefined
  for (let row = 0; row < count; row++) {
    if (!isMissing(row)) continue
    missing ??= new Uint8Array(count)
    missing[row] = 1
  }
  return missing === undefined ? {} : {missing}
}

/** Texts as cells; undefined is missing. */
export function textCells(texts: readonly (string | undefined)[]): ColumnCells {
  return {
    form: 'text',
    values: Uint32Array.from(texts.keys()),
    words: texts.map(text => text ?? ''),
    ...maskOf(texts.length, row => texts[row] === undefined),
  }
}
