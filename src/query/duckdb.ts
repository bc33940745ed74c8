/** DuckDB, an optional peer: loaded when SQL is asked, shut off from files and the network before anybody's query is run. */
import {createRequire} from 'node:module'
import type {DuckDBConnection, DuckDBDataChunk} from '@duckdb/node-api'
import {optionalPackage} from '../files/optional-package.ts'
import {HeapgraphError} from '../util/errors.ts'

export type DuckDb = typeof import('@duckdb/node-api')

/** What of the layer below is used: columns are written as bytes, which the layer above has for single values only. */
export interface Vectors {
  data_chunk_get_vector(chunk: DuckDBDataChunk['chunk'], column: number): unknown
  data_chunk_set_size(chunk: DuckDBDataChunk['chunk'], rows: number): void
  copy_data_to_vector(vector: unknown, at: number, from: ArrayBufferLike, offset: number, bytes: number): void
  vector_ensure_validity_writable(vector: unknown): void
  copy_data_to_vector_validity(vector: unknown, at: number, from: ArrayBufferLike, offset: number, bytes: number): void
  vector_assign_string_element(vector: unknown, row: number, text: string): void
}

export interface LoadedDuckDb {
  api: DuckDb
  vectors: Vectors
}

const PACKAGE = '@duckdb/node-api'

/** Throws UNREADABLE if it is not installed. */
export async function loadDuckDb(): Promise<LoadedDuckDb> {
  const loaded = await optionalPackage(PACKAGE, () => import('@duckdb/node-api'))
  if (loaded === undefined) {
    throw new HeapgraphError('UNREADABLE', 'SQL is run by DuckDB, which is not installed', `npm install ${PACKAGE}`)
  }
  const api = loaded.DuckDBInstance === undefined ? (loaded as unknown as {default: DuckDb}).default : loaded
  const own = createRequire(import.meta.url)
  const near = createRequire(resolved(own))
  return {api, vectors: near('@duckdb/node-bindings') as Vectors}
}

function resolved(own: NodeJS.Require): string {
  try {
    return own.resolve(PACKAGE)
  } catch {
    return createRequire(`${process.cwd()}/package.json`).resolve(PACKAGE)
  }
}

/** What a database may do, from its start on: nothing is fetched, and nothing of a heap is ever written to a disk. */
const SETTINGS = {
  temp_directory: '',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_persistent_secrets: 'false',
}

export interface Database {
  connection: DuckDBConnection
  close(): void
}

/** `threads`: more than one are faster where tables are joined, and rows without an order come in any. */
export async function openDatabase({api}: LoadedDuckDb, threads: number): Promise<Database> {
  const instance = await api.DuckDBInstance.create(':memory:', {...SETTINGS, threads: String(threads)})
  const connection = await instance.connect()
  return {
    connection,
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** From here on no file can be read but `places`, files of Parquet and what is in folders, and no setting changed. */
export async function lock(connection: DuckDBConnection, places: readonly string[]): Promise<void> {
  const isFile = (place: string) => place.endsWith('.parquet')
  const list = (paths: readonly string[]) => `[${paths.map(literal).join(', ')}]`
  await connection.run(`SET allowed_directories = ${list(places.filter(place => !isFile(place)))}`)
  await connection.run(`SET allowed_paths = ${list(places.filter(isFile))}`)
  await connection.run('SET errors_as_json = true')
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
}

/** A name of a table or column in SQL, whatever is in it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text in SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** DuckDB's names end at a zero character, and it has no halves of surrogate pairs. */
export function nameForDuckDb(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\ufffd')
}
