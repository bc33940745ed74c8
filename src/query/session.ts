/** Heaps behind DuckDB: which tables there are, and how a query is answered. */
import type {DuckDBConnection} from '@duckdb/node-api'
import {hasNumberValues} from '../analyze/facts/property-value.ts'
import {producerOf} from '../explain/words/producer.ts'
import {wholePath} from '../files/below.ts'
import {modifiedMs} from '../files/file.ts'
import {classTable} from '../graph/rows/class-table.ts'
import {
  edgeRows,
  entryRows,
  nodeRows,
  numberColumn,
  ownerRows,
  stringRows,
  textColumn,
  typeRows,
} from '../graph/rows/heap-tables.ts'
import type {LazyTable, SqlAnswer} from '../graph/rows/row-table.ts'
import {type GrowthSample, type GrowthView, growthView, sampleGrowth} from '../graph/views/growth-view.ts'
import type {Snapshot} from '../snapshot/columns/snapshot.ts'
import {HeapgraphError} from '../util/errors.ts'
import {formatCount, plural} from '../util/units.ts'
import {type Database, type DuckDb, identifier, literal, loadDuckDb, lock, openDatabase} from './duckdb.ts'
import {addHeapFunctions} from './heap-functions.ts'
import {resultTable} from './result-table.ts'
import {RowFunction} from './row-function.ts'
import type {SqlSources} from './sql-sources.ts'
import {errorOfQuery, parse} from './statement.ts'

/** One table for all snapshots, and who makes it of one. */
const TABLES: Record<string, (snapshot: Snapshot) => LazyTable> = {
  node: nodeRows,
  edge: edgeRows,
  string: stringRows,
  type: typeRows,
  owner: ownerRows,
  entry: entryRows,
}

const INTERRUPT_EVERY_MS = 20

/** Where the tables of classes are: a class called `node` is `class.node`. */
const CLASSES = 'class'

/** The entries of a Map or Set, for each row of another table: `FROM "Session" s, entries(s.cache)`; of the last file, as other functions, unless a second argument names another. */
const entriesMacro = (last: number) =>
  `CREATE MACRO entries(of_collection, of_snapshot := ${last}) AS TABLE
   SELECT * EXCLUDE (collection) FROM entry WHERE collection = of_collection AND snapshot =
   CASE WHEN of_snapshot BETWEEN 1 AND ${last} THEN of_snapshot ELSE error('there is no snapshot ' || of_snapshot)::INTEGER END`

export class SqlSession {
  readonly #database: Database
  readonly #rows: RowFunction
  readonly #api: DuckDb
  readonly #snapshots: readonly Snapshot[]
  /** Classes that have a table, with what of them has no column. */
  readonly #classes = new Map<string, number>()
  /** Fulfilled when nothing is asked any more: a connection answers one query at a time. */
  #idle: Promise<unknown> = Promise.resolve()
  #onQuery = () => {}

  /** Throws UNREADABLE if DuckDB is not installed. */
  static async open({snapshots = [], digests = [], threads = 1}: SqlSources): Promise<SqlSession> {
    const duckDb = await loadDuckDb()
    const database = await openDatabase(duckDb, threads)
    const {connection} = database
    const rows = new RowFunction(duckDb, connection)
    const session = new SqlSession(database, rows, duckDb.api, snapshots)
    session.#onQuery = addHeapFunctions(duckDb, connection, number => session.#snapshotOf(number))
    if (snapshots.length > 0) await session.#createTables()
    const places = digests.map(wholePath)
    await lock(connection, places)
    await session.#createDigests(places)
    return session
  }

  private constructor(database: Database, rows: RowFunction, api: DuckDb, snapshots: readonly Snapshot[]) {
    this.#database = database
    this.#rows = rows
    this.#api = api
    this.#snapshots = snapshots
    const earlier = snapshots.slice(0, -1)
    if (earlier.length === 0) return
    const shapes = snapshots[earlier.length].shapes()
    for (const snapshot of earlier) snapshot.useShapes(shapes)
  }

  /** Runs one SELECT, when those asked before are answered. Throws USAGE for what DuckDB does not understand, with the character it is about; what `signal` says if it gives up. */
  query(sql: string, signal?: AbortSignal): Promise<SqlAnswer> {
    const answer = this.#idle.then(() => this.#interruptible(sql, signal))
    this.#idle = answer.catch(() => {})
    return answer
  }

  async #interruptible(sql: string, signal: AbortSignal | undefined): Promise<SqlAnswer> {
    signal?.throwIfAborted()
    let timer: ReturnType<typeof setInterval> | undefined
    // Again and again: DuckDB forgets an interrupt that comes before the query has begun.
    const giveUp = () => {
      this.interrupt()
      timer = setInterval(() => this.interrupt(), INTERRUPT_EVERY_MS)
    }
    signal?.addEventListener('abort', giveUp, {once: true})
    try {
      return await this.#run(sql)
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', giveUp)
      clearInterval(timer)
    }
  }

  async #run(sql: string): Promise<SqlAnswer> {
    const {connection} = this.#database
    const statement = await parse(connection, sql, () => this.tableNames())
    this.#onQuery()
    const limits = await this.#createClasses(statement.tables)
    this.#rows.named = statement.columns
    try {
      return resultTable(this.#api, await connection.run(sql), limits)
    } catch (error) {
      throw errorOfQuery(
        sql,
        error,
        () => this.tableNames(),
        () => this.#lackOfNumbers(),
      )
    } finally {
      this.#rows.named = new Set()
    }
  }

  /** Tables of all, then classes. */
  *tableNames(): Iterable<string> {
    if (this.#snapshots.length > 0) yield* [...Object.keys(TABLES), 'snapshot', 'growth']
    else yield 'digest'
    for (const {types} of this.#snapshots) yield* types.names
  }

  /** Columns of a table that has been asked for. */
  async columnNames(): Promise<string[]> {
    const found = await this.#database.connection.runAndReadAll(
      'SELECT DISTINCT column_name FROM duckdb_columns() WHERE NOT internal',
    )
    return found.getRows().map(([name]) => String(name))
  }

  /** Ends the query that is running. */
  interrupt(): void {
    this.#database.connection.interrupt()
  }

  close(): void {
    this.#database.close()
  }

  #snapshotOf(number = this.#snapshots.length): Snapshot {
    const found = this.#snapshots[number - 1]
    if (found === undefined) throw new RangeError(`there is no snapshot ${number}`)
    return found
  }

  async #createTables(): Promise<void> {
    const {connection} = this.#database
    for (const [name, make] of Object.entries(TABLES))
      await this.#createView(connection, name, this.#snapshots.map(make))
    const files = this.#rows.queryFor(snapshotRows(this.#snapshots))
    await connection.run(`CREATE VIEW snapshot AS SELECT * REPLACE (time::TIMESTAMP AS time) FROM (${files})`)
    if (this.#snapshots.length > 1)
      await connection.run(`CREATE VIEW growth AS ${this.#rows.queryFor(growthRows(this.#snapshots))}`)
    await connection.run(entriesMacro(this.#snapshots.length))
    await connection.run(`CREATE SCHEMA ${CLASSES}`)
    await connection.run(`SET search_path = 'main,${CLASSES}'`)
  }

  /** Created behind the lock: what is read is what was named. */
  async #createDigests(places: readonly string[]): Promise<void> {
    if (places.length === 0) return
    const files = places.map(place => literal(place.endsWith('.parquet') ? place : `${place}/**/*.parquet`))
    const read = `read_parquet([${files.join(', ')}], hive_partitioning = true, union_by_name = true, hive_types_autocast = false)`
    try {
      await this.#database.connection.run(
        `CREATE VIEW digest AS SELECT * REPLACE (try_cast(taken AS TIMESTAMP) AS taken) FROM ${read}`,
      )
    } catch (error) {
      const {message} = errorOfQuery(
        '',
        error,
        () => [],
        () => undefined,
      )
      const why = /no files found/i.test(message) ? 'this is a directory without digests' : message
      throw new HeapgraphError('UNREADABLE', `${places.join(', ')}: ${why}`, 'heapgraph digest writes them')
    }
  }

  /** `tables`: of each snapshot one, or none. */
  async #createView(
    connection: DuckDBConnection,
    name: string,
    tables: readonly (LazyTable | undefined)[],
  ): Promise<void> {
    const parts = tables.flatMap((table, index) =>
      table === undefined ? [] : [`SELECT ${index + 1} AS snapshot, * FROM (${this.#rows.queryFor(table)})`],
    )
    await connection.run(`CREATE VIEW ${name} AS ${parts.join(' UNION ALL BY NAME ')}`)
  }

  /** Tables for those of the names that are classes; what of them was left out. */
  async #createClasses(names: ReadonlySet<string>): Promise<string[]> {
    const limits: string[] = []
    for (const name of names) {
      let left = this.#classes.get(name)
      if (left === undefined) {
        const tables = this.#snapshots.map(snapshot => classTable(snapshot, name))
        if (tables.every(table => table === undefined)) continue
        const clash = [...this.#classes.keys()].find(known => known.toLowerCase() === name.toLowerCase())
        if (clash !== undefined) await this.#dropClass(clash)
        await this.#createView(this.#database.connection, `${CLASSES}.${identifier(name)}`, tables)
        left = Math.max(0, ...tables.map(table => table?.left ?? 0))
        this.#classes.set(name, left)
      }
      if (left > 0) {
        limits.push(
          `${name} has columns for the ${formatCount(200)} properties of most objects; ${plural(left, 'property', 'properties')} ${left === 1 ? 'has' : 'have'} none (edge has them)`,
        )
      }
    }
    return limits
  }

  /** SQL does not tell capitals from small letters: of two classes that differ in nothing else, one has the table at a time. */
  async #dropClass(name: string): Promise<void> {
    await this.#database.connection.run(`DROP VIEW ${CLASSES}.${identifier(name)}`)
    this.#classes.delete(name)
  }

  #lackOfNumbers(): string | undefined {
    if (this.#classes.size === 0 || this.#snapshots.some(hasNumberValues)) return undefined
    return 'the file has no small whole numbers: write it with {exposeNumericValues: true}'
  }
}

/** The files, a row each. */
function snapshotRows(snapshots: readonly Snapshot[]): LazyTable {
  const rows = () => snapshots
  return {
    name: 'snapshot',
    rowCount: () => snapshots.length,
    columns: [
      numberColumn('snapshot', rows, snapshot => snapshots.indexOf(snapshot) + 1),
      textColumn('file', rows, ({name}) => name),
      textColumn('producer', rows, ({header, nodeName, root}) => producerOf(header, nodeName[root])),
      textColumn('time', rows, ({name}) => timeOf(name)),
      numberColumn('nodes', rows, ({nodeCount}) => nodeCount),
      numberColumn('edges', rows, ({edgeCount}) => edgeCount),
      numberColumn('strings', rows, ({strings}) => strings.count),
    ],
  }
}

/** When the file was written, for all that is known. */
function timeOf(file: string): string | undefined {
  const ms = modifiedMs(file)
  return ms === undefined ? undefined : new Date(ms).toISOString().replace('Z', '')
}

/** The rows of `growth`, of the first and the last snapshot. */
function growthRows(snapshots: readonly Snapshot[]): LazyTable {
  let view: GrowthView | undefined
  const rows = (): GrowthView['rows'] => {
    if (view === undefined) {
      const samples: GrowthSample[] = []
      for (const snapshot of snapshots) samples.push(sampleGrowth(snapshot, samples))
      view = growthView(samples, snapshots[snapshots.length - 1], {limit: Number.POSITIVE_INFINITY})
    }
    return view.rows
  }
  const first = (values: readonly number[] | null) => values?.[0]
  const last = (values: readonly number[] | null) => values?.[values.length - 1]
  const change = (values: readonly number[] | null) => (last(values) ?? 0) - (first(values) ?? 0)
  return {
    name: 'growth',
    rowCount: () => rows().length,
    columns: [
      textColumn('type', rows, ({name}) => name),
      textColumn('place', rows, ({place}) => place || undefined),
      numberColumn('count_first', rows, ({counts}) => first(counts)),
      numberColumn('count_last', rows, ({counts}) => last(counts)),
      numberColumn('count_change', rows, ({counts}) => change(counts)),
      numberColumn('self_first', rows, ({selfBytes}) => first(selfBytes)),
      numberColumn('self_last', rows, ({selfBytes}) => last(selfBytes)),
      numberColumn('self_change', rows, ({selfBytes}) => change(selfBytes)),
      numberColumn('retained_first', rows, ({retainedBytes}) => first(retainedBytes)),
      numberColumn('retained_last', rows, ({retainedBytes}) => last(retainedBytes)),
      numberColumn('added', rows, ({added}) => added?.count),
      numberColumn('removed', rows, ({removed}) => removed?.count),
      textColumn('trend', rows, ({trend}) => trend),
    ],
  }
}
