/** What a query names, by DuckDB's own parser; and its errors, with the character they are about. */
import type {DuckDBConnection} from '@duckdb/node-api'
import {nearestNames} from '../analyze/select/select.ts'
import {HeapgraphError} from '../util/errors.ts'
import {identifier} from './duckdb.ts'

export interface Statement {
  /** Tables, as they are written: also those that it defines itself. */
  tables: ReadonlySet<string>
  /** Columns, in small letters; undefined for all. */
  columns: ReadonlySet<string> | undefined
}

interface Parsed {
  error: boolean
  error_type?: string
  error_message?: string
  position?: string
  statements?: unknown[]
}

/** Throws USAGE for what is not one SELECT: DuckDB writes down no other statement. `tables`: names that may have been meant. */
export async function parse(
  connection: DuckDBConnection,
  sql: string,
  tables: () => Iterable<string>,
): Promise<Statement> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  const parsed = JSON.parse(String(reader.getRows()[0][0])) as Parsed
  if (parsed.error) {
    if (parsed.error_type === 'not implemented') throw notOneSelect()
    throw sqlError(
      sql,
      parsed.error_message ?? 'unknown error',
      parsed.position,
      nameWithoutQuotes(sql, Number(parsed.position ?? -1), tables(), await reservedWords(connection)),
    )
  }
  if (parsed.statements?.length !== 1) throw notOneSelect()
  return namesIn(parsed.statements)
}

/** What to write where a name that is no plain word, or a word of SQL, stands without quotes where the mistake is. */
function nameWithoutQuotes(
  sql: string,
  byte: number,
  names: Iterable<string>,
  reserved: ReadonlySet<string>,
): string | undefined {
  if (byte < 0) return undefined
  const at = characterAt(sql, byte)
  let found = ''
  for (const name of names) {
    if (name.length <= found.length || name.length > LONGEST_PROPOSED) continue
    if (/^[A-Za-z_]\w*$/.test(name) && !reserved.has(name.toLowerCase())) continue
    const begin = sql.indexOf(name, Math.max(0, at - name.length))
    if (begin >= 0 && begin <= at && sql[begin - 1] !== '"') found = name
  }
  return found === '' ? undefined : `names that are no plain words stand in double quotes: ${identifier(found)}`
}

const LONGEST_PROPOSED = 200

async function reservedWords(connection: DuckDBConnection): Promise<ReadonlySet<string>> {
  const words = await connection.runAndReadAll(
    "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'",
  )
  return new Set(words.getRows().map(([word]) => String(word)))
}

function notOneSelect(): HeapgraphError {
  return new HeapgraphError(
    'USAGE',
    'only one SELECT at a time is run',
    'WITH, FROM, VALUES, DESCRIBE and SUMMARIZE are fine too',
  )
}

function namesIn(tree: unknown): Statement {
  const tables = new Set<string>()
  const columns = new Set<string>()
  let isAll = false
  const waiting: unknown[] = [tree]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node !== 'object' || node === null) continue
    const fields = node as Record<string, unknown>
    if (typeof fields.table_name === 'string') tables.add(withoutQuotes(fields.table_name))
    if (fields.type === 'STAR' || fields.ref_type === 'NATURAL') isAll = true
    for (const key of ['column_names', 'using_columns']) {
      const names = fields[key]
      if (Array.isArray(names)) for (const name of names) columns.add(String(name).toLowerCase())
    }
    // One by one: a list of constants may be longer than a call has room for.
    for (const field of Object.values(fields)) waiting.push(field)
  }
  return {tables, columns: isAll ? undefined : columns}
}

/** Where a table is described, its name stands as it is written. */
function withoutQuotes(name: string): string {
  return /^".*"$/s.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name
}

interface DuckDbError {
  exception_type: string
  exception_message: string
  position?: string
  error_subtype?: string
  type?: string
  name?: string
}

/** `tables`: what a name that is none may have meant; `onColumn`: what to do about a column that is not there. */
export function errorOfQuery(
  sql: string,
  error: unknown,
  tables: () => Iterable<string>,
  onColumn: () => string | undefined,
): HeapgraphError {
  if (error instanceof HeapgraphError) return error
  const text = error instanceof Error ? error.message : String(error)
  const told = jsonOf(text)
  if (told === undefined) return new HeapgraphError('USAGE', `SQL: ${firstLine(text)}`)
  const {exception_message: message, position, error_subtype: kind, type, name = ''} = told
  if (kind === 'MISSING_ENTRY' && type === 'Table') {
    const near = nearestNames(tables(), name)
    const hint = near.length === 0 ? 'SELECT name FROM type lists the classes' : `near: ${near.join(', ')}`
    return sqlError(sql, `there is no table or class ${name}`, position, hint)
  }
  const hint = kind === 'COLUMN_NOT_FOUND' ? onColumn() : undefined
  if (/^out of memory/i.test(told.exception_type)) {
    return new HeapgraphError('TOO_LARGE', `SQL: ${firstLine(message)}`, 'name fewer columns, or fewer rows')
  }
  return sqlError(sql, message, position, hint)
}

function jsonOf(text: string): DuckDbError | undefined {
  try {
    const found = JSON.parse(text)
    return typeof found?.exception_message === 'string' ? found : undefined
  } catch {
    return undefined
  }
}

function sqlError(sql: string, message: string, position: string | undefined, hint?: string): HeapgraphError {
  const [first, second] = message.split('\n')
  const also = second?.startsWith('Candidate') || second?.startsWith('Did you mean') ? `; ${second}` : ''
  const at = position === undefined ? undefined : characterAt(sql, Number(position))
  const line = at === undefined ? undefined : lineAround(sql, at)
  return new HeapgraphError('USAGE', `SQL: ${first}${hint === undefined ? also : ''}`, hint, line)
}

function firstLine(text: string): string {
  return text.split('\n')[0]
}

/** DuckDB counts bytes of UTF-8. */
function characterAt(sql: string, byte: number): number {
  return new TextDecoder().decode(new TextEncoder().encode(sql).subarray(0, byte)).length
}

function lineAround(sql: string, at: number): {text: string; at: number} {
  const start = sql.lastIndexOf('\n', at - 1) + 1
  const end = sql.indexOf('\n', at)
  return {text: sql.slice(start, end < 0 ? undefined : end), at: at - start}
}
