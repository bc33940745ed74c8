/** `heapgraph sql`: questions in SQL, run by DuckDB on the tables of heaps. */
import {statSync} from 'node:fs'
import type {Command} from 'commander'
import {
  forTerminal,
  HeapgraphError,
  plural,
  type Snapshot,
  SQL_ROWS,
  type SqlAnswer,
  SqlSession,
  shellWord,
  sqlJson,
  sqlText,
  toCsv,
  toNdjson,
  toParquet,
} from '../../index.ts'
import {type Context, finish, keepingOptions, load, paint, sayNext, sayWritten} from '../answer.ts'
import type {FormatFor} from '../formats.ts'
import {EXIT} from '../io.ts'
import {again, positiveNumber, withOutput} from '../options.ts'
import {
  type AnswerText,
  checkTableStream,
  chooseFormat,
  type OutputOptions,
  outputFile,
  writeAnswer,
} from '../output.ts'
import {checkFiles} from '../several-snapshots.ts'

type SqlOptions = OutputOptions & {limit: number; repl?: boolean}
type SqlFormat = FormatFor<'query'>

export function addSql(context: Context, command: Command): void {
  withOutput(command, 'query')
    .argument('<query>', 'one SELECT, or - for standard input; not there with --repl')
    .argument('[snapshots...]', 'files; or digests, and folders of digests (docs/fleet.md)')
    .option('--limit <n>', 'rows shown as text or JSON', positiveNumber, SQL_ROWS)
    .option('--repl', 'ask question after question, each ended by ;')
    .action(async (query: string, more: string[], options: SqlOptions) => {
      const files = options.repl ? [query, ...more] : more
      if (files.length === 0) {
        throw new HeapgraphError('USAGE', "missing required argument 'snapshot'", 'heapgraph sql --help shows how')
      }
      checkFiles(files)
      const format = chooseFormat(options, 'query')
      if (outputFile(options) === undefined) checkTableStream(format, context.io.stdout)
      const sql = query === '-' && !options.repl ? await textOf(context) : query
      const session = await openSession(context, files)
      try {
        if (options.repl) {
          const {runRepl} = await import('../sql-repl.ts')
          return await runRepl(context, session, result => sqlText(result, options.limit, context.colors))
        }
        await answer(context, await session.query(sql), format, options, files)
      } finally {
        session.close()
      }
    })
}

async function openSession(context: Context, files: readonly string[]): Promise<SqlSession> {
  const digests = files.filter(isDigest)
  const snapshots: Snapshot[] = []
  for (const file of files) if (!isDigest(file)) snapshots.push(await load(context, file))
  const {threads} = context.program.opts<{threads?: number}>()
  return SqlSession.open({
    snapshots,
    digests,
    ...(threads === undefined ? {} : {threads}),
  })
}

/** A digest, or a folder of such. */
function isDigest(place: string): boolean {
  return place.endsWith('.parquet') || (place !== '-' && isFolder(place))
}

function isFolder(place: string): boolean {
  try {
    return statSync(place).isDirectory()
  } catch {
    // Who opens it says what is wrong.
    return false
  }
}

async function answer(
  context: Context,
  result: SqlAnswer,
  format: SqlFormat,
  options: SqlOptions,
  files: readonly string[],
): Promise<void> {
  if (result.rowCount === 0) context.outcome.exitCode = EXIT.nothingFound
  const most = files.every(isDigest)
    ? 'SELECT name, count(*), sum(retained) FROM digest WHERE level = $$owner$$ GROUP BY name ORDER BY 3 DESC LIMIT 10'
    : 'SELECT name, count, retained FROM type ORDER BY retained DESC LIMIT 10'
  const next = `heapgraph sql ${shellWord(most)} ${files.map(again).join(' ')}`
  if (format === 'text') return finish(context, options, sqlText(result, options.limit, paint(context, options)), next)
  if (format === 'json') return finish(context, options, sqlJson(result, options.limit), next)
  const toFile = await writeAnswer(context.io, options, await WRITERS[format](result))
  if (toFile) sayWritten(context, options, '', plural(result.rowCount, 'row'))
  for (const limit of result.limits) context.io.stderr.write(`note: ${forTerminal(limit)}\n`)
  sayNext(context.io, keepingOptions(context, next))
}

const WRITERS: Record<Exclude<SqlFormat, 'text' | 'json'>, (table: SqlAnswer) => AnswerText | Promise<AnswerText>> = {
  ndjson: toNdjson,
  csv: toCsv,
  parquet: toParquet,
}

async function textOf({io}: Context): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of io.stdin ?? []) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, {stream: true})
  }
  return text
}
