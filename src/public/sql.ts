/** `heapgraph/sql`: heaps and digests asked in SQL. DuckDB runs it, and is loaded when something is opened: `npm install @duckdb/node-api`. */
import type {SqlAnswer} from '../graph/rows/row-table.ts'
import {rowObjects, type TableCell} from '../graph/rows/table-cells.ts'
import {SqlSession} from '../query/session.ts'
import type {SqlSources} from '../query/sql-sources.ts'
import {Snapshot} from '../snapshot/columns/snapshot.ts'
import {aCount, aSignal, aText, checkedLater, fitting, listOf, optionsOf} from '../util/arguments.ts'
import {HeapgraphError} from '../util/errors.ts'
import {questionLater} from './answers.ts'

/** How a query ends early. */
export interface QueryOptions {
  /** Gives it up: the promise is rejected with its reason. */
  signal?: AbortSignal
}

/** Heaps that are open for SQL. `close()`, or `using`, ends DuckDB. */
export interface SqlHeaps {
  /**
   * Runs one SELECT over the tables of docs/sql.md. `toText` and `toJson` take the answer, and so do `toCsv`, `toNdjson` and `toParquet`. Throws USAGE for what
   * is not understood (`excerpt` has the character), TOO_LARGE for what does not fit into memory.
   */
  query(sql: string, options?: QueryOptions): Promise<SqlAnswer>
  /** The same with a row as an object: NULL is null, sizes and ids are numbers, whole numbers that a double does not hold are BigInts. */
  rows(sql: string, options?: QueryOptions): Promise<Record<string, TableCell>[]>
  /** Names of tables, then of classes. */
  tables(): string[]
  /** Ends DuckDB. */
  close(): void
  [Symbol.dispose](): void
}

/**
 * Opens snapshots, and Parquet files or folders of digests, for SQL. No file but those can be read by a query, and nothing be written. `threads` (1): rows
 * without an order come in any with more. Throws UNREADABLE if DuckDB is not installed or there are no digests, USAGE if nothing is given.
 */
export const openSql = checkedLater(
  [
    [
      'sources',
      optionsOf<SqlSources>({
        snapshots: listOf(fitting('a snapshot, as openSnapshot gives it', value => value instanceof Snapshot)),
        digests: listOf(aText),
        threads: aCount,
      }),
    ],
  ],
  async (sources: SqlSources): Promise<SqlHeaps> => {
    const {snapshots = [], digests = []} = sources ?? {}
    if (snapshots.length + digests.length === 0)
      throw new HeapgraphError('USAGE', 'nothing is given that could be asked', 'give snapshots, or digests')
    const session = await SqlSession.open(sources)
    let isOpen = true
    const query = questionLater(
      'sql',
      [
        ['sql', aText],
        ['options', optionsOf<QueryOptions>({signal: aSignal})],
      ],
      async (sql: string, {signal}: QueryOptions = {}) => {
        if (!isOpen) throw new HeapgraphError('USAGE', 'these heaps were closed', 'open them again')
        return session.query(sql, signal)
      },
    )
    const close = () => {
      if (!isOpen) return
      isOpen = false
      session.close()
    }
    return {
      query,
      rows: async (sql, options) => rowObjects(await query(sql, options)),
      tables: () => [...session.tableNames()],
      close,
      [Symbol.dispose]: close,
    }
  },
)

// The types in the signatures above

export type {CellForm, ColumnCells, ColumnHead, RowBatch, RowTable, SqlAnswer} from '../graph/rows/row-table.ts'
export type {TableCell} from '../graph/rows/table-cells.ts'
export type {SqlSources} from '../query/sql-sources.ts'
export {type ErrorCode, HeapgraphError} from '../util/errors.ts'
