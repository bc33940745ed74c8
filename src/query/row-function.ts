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

/** The first column, which nothing is ever written to: DuckDB reads it when rows are only counted. No view has it. */
const ROWS_ALONE = 'heapgraph rows'

/** Words of which DuckDB is told the list, so that rows have numbers; those of other columns are texts. */
interface Dictionary {
  type: DuckDBType
  /** From a word's number in the column to that in the list, where equal words are one. */
  codes: Uint32Array
  /** Words in the list. */
  count: number
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
            if (index === 0) return () => {}
            return this.#writer(table.columns[index - 1].open(), dictionaries[index - 1])
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
    info.addResultColumn(ROWS_ALONE, this.#duckDb.api.BOOLEAN)
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
    const dictionary = {type: this.#duckDb.api.ENUM([...numbers.keys()]), codes, count: numbers.size}
    this.#dictionaries.set(words, dictionary)
    return dictionary
  }

  #writer(
    cellsOf: (from: number, to: number) => ColumnCells,
    dictionary: Dictionary | undefined,
  ): (vector: unknown, from: number, to: number) => void {
    const {vectors} = this.#duckDb
    const scratch = new Scratch()
    const write = ({buffer, byteOffset, byteLength}: ArrayBufferView<ArrayBufferLike>, vector: unknown) =>
      vectors.copy_data_to_vector(vector, 0, buffer, byteOffset, byteLength)
    return (vector, from, to) => {
      const cells = cellsOf(from, to)
      if (!('words' in cells)) write(scratch.numbers(cells), vector)
      else if (dictionary !== undefined) write(scratch.codes(cells, dictionary), vector)
      else {
        const texts = cells.words.map(nameForText)
        for (let row = 0; row < cells.values.length; row++) {
          if (cells.missing?.[row] !== 1) vectors.vector_assign_string_element(vector, row, texts[cells.values[row]])
        }
      }
      if (cells.missing !== undefined) writeMissing(vectors, vector, cells.missing)
    }
  }
}

/** DuckDB's texts may have zero characters, which names of its words may not. */
function nameForText(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

/** Where values are put before they are copied: made once for a column of a scan, since buffers of their own would be most of the time. */
class Scratch {
  readonly #bytes = new ArrayBuffer(VECTOR_ROWS * 8)
  readonly #of8 = new Uint8Array(this.#bytes)
  readonly #of16 = new Uint16Array(this.#bytes)
  readonly #of32 = new Uint32Array(this.#bytes)
  readonly #signed = new Int32Array(this.#bytes)

  /** Numbers of words, as wide as DuckDB has those of as many. */
  codes({values}: WordCells, {codes, count}: Dictionary): ArrayBufferView<ArrayBufferLike> {
    const {length} = values
    const written = count <= 0x100 ? this.#of8 : count <= 0x10000 ? this.#of16 : this.#of32
    for (let i = 0; i < length; i++) written[i] = codes[values[i]]
    return written.subarray(0, length)
  }

  numbers(cells: Exclude<ColumnCells, WordCells>): ArrayBufferView<ArrayBufferLike> {
    if (cells.form === 'int32') {
      const {values} = cells
      for (let i = 0; i < values.length; i++) this.#signed[i] = values[i]
      return this.#signed.subarray(0, values.length)
    }
    if (cells.form === 'int64' && !(cells.values instanceof BigInt64Array)) return this.#int64(cells.values)
    return cells.values
  }

  /** Whole numbers as 64 bits, low word first, without a BigInt for each. */
  #int64(values: NumberArray | Int32Array | Uint8Array): Uint32Array {
    const words = this.#of32
    const {length} = values
    const isShort = values instanceof Uint32Array || values instanceof Uint8Array
    for (let i = 0; i < length; i++) {
      words[2 * i] = values[i]
      words[2 * i + 1] = isShort ? 0 : Math.floor(values[i] / TWO_32)
    }
    return words.subarray(0, 2 * length)
  }
}

const TWO_32 = 2 ** 32

type WordCells = Extract<ColumnCells, {words: unknown}>

/** A bit a row: 1 is there, 0 is missing. */
function writeMissing(vectors: Vectors, vector: unknown, missing: Uint8Array): void {
  const bits = new Uint32Array(VECTOR_ROWS / 32).fill(0xffffffff)
  for (let row = 0; row < missing.length; row++) if (missing[row] === 1) bits[row >>> 5] &= ~(1 << (row & 31))
  vectors.vector_ensure_validity_writable(vector)
  vectors.copy_data_to_vector_validity(vector, 0, bits.buffer, 0, bits.byteLength)
}
