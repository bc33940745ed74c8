/**
 * Tables of a heap as one table function of DuckDB, `heapgraph_rows(number)`: columns are made when a query reads them, 2048 rows at a
 * time, straight from typed arrays into DuckDB's vectors.
 */
import type {DuckDBConnection, DuckDBTableFunctionBindInfo, DuckDBType} from '@duckdb/node-api'
import type {ColumnCells, ColumnHead, LazyTable} from '../graph/rows/row-table.ts'
import type {NumberArray} from '../util/number-column.ts'
import {identifier, type LoadedDuckDb, nameForDuckDb, type Vectors} from './duckdb.ts'

/** Rows in a vector of DuckDB's. */
const VECTOR_ROWS = 2048

/** Words of which DuckDB is told the list, so that rows have numbers; those of other columns are texts. */
interface Dictionary {
  type: DuckDBType
  /** From a word's number in the column to that in the list, where equal words are one. */
  codes: Uint32Array
}

interface Bound {
  table: LazyTable
  dictionaries: (Dictionary | undefined)[]
}

interface Scan {
  next: number
  rowCount: number
  write: ((vector: unknown, from: number, to: number) => void)[]
}

export class RowFunction {
  static readonly NAME = 'heapgraph_rows'
  /** Columns that the query names: of those, words may be listed before rows are asked for. Undefined for all. */
  named: ReadonlySet<string> | undefined = new Set()
  readonly #duckDb: LoadedDuckDb
  readonly #tables: LazyTable[] = []
  readonly #dictionaries = new WeakMap<readonly string[], Dictionary>()

  constructor(duckDb: LoadedDuckDb, connection: DuckDBConnection) {
    this.#duckDb = duckDb
    const {api} = duckDb
    connection.registerTableFunction(
      api.DuckDBTableFunction.create({
        name: RowFunction.NAME,
        parameterTypes: [api.INTEGER],
        supportsProjectionPushdown: true,
        bindFunction: info => this.#bind(info),
        initFunction: info => {
          const {table, dictionaries} = info.bindData as Bound
          const write = info.getColumnIndexes().map(index => {
            const cells = table.columns[index].open()
            return this.#writer(cells, dictionaries[index])
          })
          info.setInitData({next: 0, rowCount: table.rowCount(), write} satisfies Scan)
        },
        mainFunction: (info, {chunk}) => {
          const {vectors} = duckDb
          const scan = info.initData as Scan
          const from = scan.next
          const to = Math.min(from + VECTOR_ROWS, scan.rowCount)
          vectors.data_chunk_set_size(chunk, to - from)
          if (from === to) return
          for (const [column, write] of scan.write.entries()) {
            write(vectors.data_chunk_get_vector(chunk, column), from, to)
          }
          scan.next = to
        },
      }),
    )
  }

  /** A query for a table: all its columns, words as texts. */
  queryFor(table: LazyTable): string {
    const number = this.#tables.push(table) - 1
    const columns = table.columns.map(({head: {name, form}}) => {
      const column = identifier(nameForDuckDb(name))
      return form === 'word' ? `${column}::VARCHAR AS ${column}` : column
    })
    return `SELECT ${columns.join(', ')} FROM ${RowFunction.NAME}(${number})`
  }

  #bind(info: DuckDBTableFunctionBindInfo): void {
    const table = this.#tables[Number(info.getParameter(0))]
    if (table === undefined) throw new RangeError('no such table')
    const dictionaries = table.columns.map(({head, open}) =>
      head.form === 'word' && this.#isNamed(head) ? this.#dictionaryOf(open()(0, 0)) : undefined,
    )
    table.columns.forEach(({head}, index) => {
      info.addResultColumn(nameForDuckDb(head.name), dictionaries[index]?.type ?? this.#typeOf(head))
    })
    info.setBindData({table, dictionaries} satisfies Bound)
  }

  #isNamed({name}: ColumnHead): boolean {
    return this.named === undefined || this.named.has(name.toLowerCase())
  }

  #typeOf({form}: ColumnHead): DuckDBType {
    const {api} = this.#duckDb
    return {
      int32: api.INTEGER,
      int64: api.BIGINT,
      double: api.DOUBLE,
      bool: api.BOOLEAN,
      word: api.VARCHAR,
      text: api.VARCHAR,
    }[form]
  }

  #dictionaryOf(cells: ColumnCells): Dictionary | undefined {
    if (!('words' in cells) || cells.words.length === 0) return undefined
    const {words} = cells
    const known = this.#dictionaries.get(words)
    if (known !== undefined) return known
    const numbers = new Map<string, number>()
    const codes = Uint32Array.from(words, word => {
      const text = nameForDuckDb(word)
      const number = numbers.get(text) ?? numbers.size
      numbers.set(text, number)
      return number
    })
    const dictionary = {type: this.#duckDb.api.ENUM([...numbers.keys()]), codes}
    this.#dictionaries.set(words, dictionary)
    return dictionary
  }

  #writer(
    cellsOf: (from: number, to: number) => ColumnCells,
    dictionary: Dictionary | undefined,
  ): (vector: unknown, from: number, to: number) => void {
    const {vectors} = this.#duckDb
    return (vector, from, to) => {
      const cells = cellsOf(from, to)
      if ('words' in cells && dictionary === undefined) {
        const texts = cells.words.map(nameForText)
        for (let row = 0; row < cells.values.length; row++) {
          if (cells.missing?.[row] !== 1) vectors.vector_assign_string_element(vector, row, texts[cells.values[row]])
        }
      } else {
        const bytes = 'words' in cells ? codesOf(cells.values, dictionary) : bytesOf(cells)
        vectors.copy_data_to_vector(vector, 0, bytes.buffer, bytes.byteOffset, bytes.byteLength)
      }
      if (cells.missing !== undefined) writeMissing(vectors, vector, cells.missing)
    }
  }
}

/** DuckDB's texts may have zero characters, which names of its words may not. */
function nameForText(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

/** As wide as DuckDB has the numbers of as many words. */
function codesOf(
  values: Uint32Array | Uint16Array | Uint8Array,
  dictionary: Dictionary | undefined,
): Uint8Array | Uint16Array | Uint32Array {
  const codes = dictionary?.codes ?? new Uint32Array(0)
  const count = codes.reduce((most, code) => Math.max(most, code), 0) + 1
  const of = (code: number) => codes[code]
  if (count <= 0xff) return Uint8Array.from(values, of)
  return count <= 0xffff ? Uint16Array.from(values, of) : Uint32Array.from(values, of)
}

function bytesOf(cells: Exclude<ColumnCells, {words: unknown}>): ArrayBufferView<ArrayBufferLike> {
  switch (cells.form) {
    case 'int32':
      return Int32Array.from(cells.values)
    case 'int64':
      return cells.values instanceof BigInt64Array ? cells.values : int64Of(cells.values)
    default:
      return cells.values
  }
}

const TWO_32 = 2 ** 32

/** Whole numbers as 64 bits, low word first, without a BigInt for each. */
function int64Of(values: NumberArray | Int32Array | Uint8Array): Uint32Array {
  const words = new Uint32Array(2 * values.length)
  const isShort = values instanceof Uint32Array || values instanceof Uint8Array
  for (let i = 0; i < values.length; i++) {
    words[2 * i] = values[i]
    if (!isShort) words[2 * i + 1] = Math.floor(values[i] / TWO_32)
  }
  return words
}

/** A bit a row: 1 is there, 0 is missing. */
function writeMissing(vectors: Vectors, vector: unknown, missing: Uint8Array): void {
  const bits = new Uint32Array(VECTOR_ROWS / 32).fill(0xffffffff)
  for (let row = 0; row < missing.length; row++) if (missing[row] === 1) bits[row >>> 5] &= ~(1 << (row & 31))
  vectors.vector_ensure_validity_writable(vector)
  vectors.copy_data_to_vector_validity(vector, 0, bits.buffer, 0, bits.byteLength)
}
