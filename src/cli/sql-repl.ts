/** `sql --repl`: question after question on heaps that stay open. */
import {chmodSync, readFileSync, writeFileSync} from 'node:fs'
import {createInterface} from 'node:readline'
import {Readable} from 'node:stream'
import {forTerminal, HeapgraphError, indexFolder, makePrivateFolder, type SqlAnswer, type SqlSession} from '../index.ts'
import type {Context} from './answer.ts'
import {errorText} from './error-text.ts'

/** Lines of earlier sessions that are kept. */
const MAX_HISTORY = 500
const OWNER_ONLY = 0o600
/** Words that a name may be completed to, at a time. */
const MAX_COMPLETIONS = 100

const KEYWORDS =
  'SELECT FROM WHERE GROUP BY ORDER LIMIT JOIN LEFT USING HAVING DISTINCT DESCRIBE SUMMARIZE WITH UNION DESC count( sum( why( path( retained( reaches( entries('.split(
    ' ',
  )

/** Reads statements, each ended by `;`, and writes answers, until the input ends or says `.quit`. An error is told, and the next question waited for. */
export async function runRepl(
  context: Context,
  session: SqlSession,
  text: (result: SqlAnswer) => string,
): Promise<void> {
  const {io} = context
  const isTerminal = io.stdout.isTTY === true && io.stdin === process.stdin && process.stdin.isTTY === true
  const history = historyFile()
  const lines = createInterface({
    input: isTerminal ? process.stdin : Readable.from(io.stdin ?? []),
    ...(isTerminal && {
      output: process.stdout,
      history: readHistory(history),
      historySize: MAX_HISTORY,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, found: [string[], string]) => void) =>
        // A query that is running, or was interrupted, must not end the session.
        void completionsOf(session, line).then(
          found => done(null, found),
          () => done(null, [[], line]),
        ),
    }),
    terminal: isTerminal,
  })
  lines.on('history', (entries: string[]) => writeHistory(history, entries))
  let isRunning = false
  lines.on('SIGINT', () => {
    if (isRunning) return session.interrupt()
    io.stderr.write('\n')
    statement = ''
    prompt()
  })
  let statement = ''
  const prompt = () => {
    if (!isTerminal) return
    lines.setPrompt(statement === '' ? 'sql> ' : '...> ')
    lines.prompt()
  }
  const ask = async (sql: string) => {
    isRunning = true
    try {
      io.stdout.write(text(await session.query(sql)))
    } catch (error) {
      if (!(error instanceof HeapgraphError)) throw error
      io.stderr.write(errorText(error, {}))
    } finally {
      isRunning = false
    }
  }
  if (isTerminal) io.stderr.write('SQL, each statement ended by ; — .quit ends, Tab completes names\n')
  prompt()
  for await (const line of lines) {
    if (statement === '' && /^\s*\.(?:quit|exit)\s*$/.test(line)) break
    statement = statement === '' ? line : `${statement}\n${line}`
    if (statement.trim() === '') statement = ''
    else if (/;\s*$/.test(statement)) {
      const sql = statement
      statement = ''
      await ask(sql)
    }
    prompt()
  }
  lines.close()
  if (statement.trim() !== '') await ask(statement)
}

/** What the word before the cursor may become: tables, classes, columns of what has been asked, words of SQL. */
export async function completionsOf(session: SqlSession, line: string): Promise<[string[], string]> {
  const word = /"[^"]*$|[\w$.]*$/.exec(line)?.[0] ?? ''
  const wanted = word.replace(/^"/, '').toLowerCase()
  const found = new Set<string>()
  const add = (name: string, text: string) => {
    if (found.size < MAX_COMPLETIONS && name.toLowerCase().startsWith(wanted)) found.add(text)
  }
  if (!word.startsWith('"')) for (const keyword of KEYWORDS) add(keyword, keyword)
  const names = [...session.tableNames(), ...(await session.columnNames())]
  // What could steer a terminal is not offered.
  for (const name of names) if (name !== '' && forTerminal(name) === name) add(name, written(name, word))
  return [[...found].sort(), word]
}

function written(name: string, word: string): string {
  return word.startsWith('"') || !/^[A-Za-z_]\w*$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name
}

/** Beside the indexes; undefined if the environment names no place. */
function historyFile(): string | undefined {
  const folder = indexFolder(process.env)
  return folder === undefined ? undefined : `${folder}/sql-history`
}

/** Newest first, as readline has it. */
function readHistory(path: string | undefined): string[] {
  if (path === undefined) return []
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean).slice(0, MAX_HISTORY)
  } catch {
    return []
  }
}

/** Questions may quote texts of the heap: for its owner only. Without a place for it, nothing is kept. */
function writeHistory(path: string | undefined, entries: readonly string[]): void {
  if (path === undefined) return
  try {
    makePrivateFolder(path.slice(0, path.lastIndexOf('/')))
    writeFileSync(path, `${entries.join('\n')}\n`, {mode: OWNER_ONLY})
    chmodSync(path, OWNER_ONLY)
  } catch {
    // The next session has no history.
  }
}
