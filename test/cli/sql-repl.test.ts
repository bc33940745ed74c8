/** `sql --repl`: through a pipe, at a terminal, and what Tab proposes; and what is said where DuckDB is not installed. */
import assert from 'node:assert/strict'
import {execFile, spawn} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {stripVTControlCharacters} from 'node:util'
import {completionsOf} from '../../src/cli/sql-repl.ts'
import {SqlSession} from '../../src/index.ts'
import {plainEnv} from '../capture/processes.ts'
import {heapOf} from '../support/ascii-heap.ts'
import {HANG_MS} from '../support/limits.ts'
import {heapgraph, ROOT, temporaryFolder, writeApp} from './cli.ts'

const folder = temporaryFolder()
const app = writeApp(folder)
const BIN = join(ROOT, 'bin', 'heapgraph.js')

const repl = (stdin: string) => heapgraph(['sql', '--repl', app], {stdin})

test('statements end with ; and may have several lines and be several; the last needs none', async () => {
  const {code, stdout, stderr} = await repl(
    'SELECT count(*) AS jobs\nFROM node\n\nWHERE type = $$Job$$;\n\n  \nSELECT 7 AS seven',
  )
  assert.equal(code, 0, stderr)
  assert.equal(stderr, '')
  assert.deepEqual(
    stdout.split('\n').map(line => line.trim()),
    ['jobs', '3', '1 row', 'seven', '7', '1 row', ''],
  )
})

test('what is wrong is told with its place, and the next question is answered', async () => {
  const {code, stdout, stderr} = await repl(
    'SELECT * FROM Serverr;\nSELECT nonsense FROM node;\nDROP TABLE node;\nSELECT 1; SELECT 2;\nSELECT 3 AS three;\n',
  )
  assert.equal(code, 0)
  assert.match(stderr, /there is no table or class Serverr; near: Server\n {2}SELECT \* FROM Serverr;\n {16}\^/)
  assert.match(stderr, /"nonsense" not found/)
  assert.equal(stderr.match(/only one SELECT at a time is run/g)?.length, 2)
  assert.match(stdout, /^three\n/)
})

test('.quit and .exit end it, the end of input does, and in the midst of a statement they are text', async () => {
  for (const word of ['.quit', ' .exit ']) {
    assert.equal((await repl(`SELECT 1 AS one;\n${word}\nSELECT 2 AS two;\n`)).stdout.includes('two'), false)
  }
  const {stderr} = await repl('SELECT\n.quit\n;')
  assert.match(stderr, /syntax error/)
  assert.deepEqual(await repl(''), {code: 0, stdout: '', stderr: ''})
})

test('Tab proposes words, tables, classes and columns, quoted where SQL wants it, and nothing that steers a terminal', async () => {
  const session = await SqlSession.open({
    snapshots: [
      await heapOf(`
        root -> Session1.userName -> text
        root -> Odd
        root -> Evil
        Odd: object "Se ss" 24
        Evil: object "Se\\u001b[31m" 24
        text: string "x" 16
      `),
    ],
  })
  after(() => session.close(), {timeout: HANG_MS})
  const proposed = async (line: string) => (await completionsOf(session, line))[0]
  assert.ok((await proposed('sel')).includes('SELECT'))
  assert.ok((await proposed('SELECT * FROM no')).includes('node'))
  assert.deepEqual(await proposed('SELECT * FROM Ses'), ['Session'])
  assert.deepEqual(await proposed('FROM "Se '), ['"Se ss"'])
  assert.deepEqual((await proposed('FROM "Ses')).sort(), ['"Session"'])
  await session.query('SELECT count(*) FROM "Session"')
  assert.deepEqual(await proposed('SELECT userN'), ['userName'])
  assert.deepEqual(await proposed('SELECT nothingLikeIt'), [])
})

const SCRIPT = '/usr/bin/script'
const hasTerminal = process.platform === 'linux' && existsSync(SCRIPT)

/** What the terminal shows, and what is typed then. */
type Step = [shown: RegExp, keys: string]

const asked = (...lines: string[]) => lines.map((keys): Step => [ASKED, keys])
const ASKED = /(?:sql|\.\.\.)> $/

/** A session at a terminal. Returns what it has shown. */
async function typed(steps: readonly Step[], cache: string): Promise<string> {
  const words = [process.execPath, BIN, 'sql', '--repl', app].map(word => `'${word}'`).join(' ')
  const env = {...plainEnv({XDG_CACHE_HOME: cache, HEAPGRAPH_NO_INDEX: '1', TERM: 'xterm'}), SHELL: '/bin/sh'}
  const child = spawn(SCRIPT, ['-qec', words, '/dev/null'], {env, timeout: HANG_MS})
  let shown = ''
  let from = 0
  const waiting = [...steps]
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    shown += text
    const [next] = waiting
    if (next?.[0].test(stripVTControlCharacters(shown.slice(from))) !== true) return
    waiting.shift()
    from = shown.length
    child.stdin.write(next[1])
  })
  const code = await new Promise(done => child.on('close', done))
  assert.equal(code, 0, shown)
  return stripVTControlCharacters(shown)
}

test('at a terminal: a prompt, Tab, questions of earlier sessions, for the user alone', {
  skip: !hasTerminal,
  timeout: HANG_MS,
}, async () => {
  const cache = join(folder, 'cache')
  mkdirSync(cache)
  const first = await typed(asked('SELECT 40 + 1\r', 'AS forty_one;\r', 'SELECT * FROM Serverr;\r', '.quit\r'), cache)
  assert.match(first, /sql> /)
  assert.match(first, /\.\.\.> /)
  assert.match(first, /forty_one\r?\n\s*41/)
  assert.match(first, /no table or class Serverr/)
  const history = join(cache, 'heapgraph', 'sql-history')
  assert.match(readFileSync(history, 'utf8'), /SELECT \* FROM Serverr;\nAS forty_one;\nSELECT 40 \+ 1\n/)
  assert.equal(statSync(history).mode & 0o777, 0o600)
  // Up, over .quit and the mistake, to the second line: as if typed again.
  const second = await typed(asked('SELECT 2 * 21\r', '\u001b[A\u001b[A\u001b[A\u001b[A\r', '.quit\r'), cache)
  assert.match(second, /forty_one\r?\n\s*42/)
  // Tab completes the name of a class.
  const third = await typed(
    [
      [ASKED, 'SELECT count(*) AS n FROM Serv'],
      [/Serv$/, '\t'],
      [/er$/, ';\r'],
      [ASKED, '\u0004'],
    ],
    cache,
  )
  assert.match(third, /FROM Server/)
  assert.match(third, /n\r?\n\s*1\r?\n/)
})

test('without DuckDB one sentence says what to install, on the command line and in the library', async () => {
  const bare = join(folder, 'bare')
  mkdirSync(bare)
  const hooks = `export async function resolve(name, context, next) {
  if (/^@duckdb\\//.test(name)) throw Object.assign(new Error("Cannot find package '" + name + "'"), {code: 'ERR_MODULE_NOT_FOUND'})
  return next(name, context)
}`
  writeFileSync(join(bare, 'hooks.mjs'), hooks)
  const register = join(bare, 'register.mjs')
  writeFileSync(register, `import {register} from 'node:module'\nregister('./hooks.mjs', import.meta.url)\n`)
  const run = (...words: string[]) =>
    new Promise<{code: unknown; stdout: string; stderr: string}>(done => {
      const options = {cwd: bare, env: plainEnv({HEAPGRAPH_NO_INDEX: '1'}), timeout: HANG_MS}
      execFile(
        process.execPath,
        ['--import', pathToFileURL(register).href, ...words],
        options,
        (error, stdout, stderr) => done({code: error?.code ?? 0, stdout, stderr}),
      )
    })
  const sentence = 'SQL is run by DuckDB, which is not installed'
  for (const words of [
    ['SELECT 1', app],
    ['--repl', app],
    ['SELECT 1', bare],
  ]) {
    const {code, stdout, stderr} = await run(BIN, 'sql', ...words)
    assert.equal(code, 2, stderr)
    assert.equal(stdout, '')
    assert.equal(stderr, `heapgraph: ${sentence}; npm install @duckdb/node-api\n`)
  }
  assert.equal((await run(BIN, 'types', app)).code, 0)
  const program = join(bare, 'program.mjs')
  writeFileSync(
    program,
    `const {openSnapshot} = await import(${JSON.stringify(pathToFileURL(join(ROOT, 'dist/public/heapgraph.js')).href)})
const {openSql} = await import(${JSON.stringify(pathToFileURL(join(ROOT, 'dist/public/sql.js')).href)})
const snapshot = await openSnapshot(process.argv[2])
await openSql({snapshots: [snapshot]}).catch(({code, message, hint}) => console.log(code, message, hint))
`,
  )
  assert.equal((await run(program, app)).stdout, `UNREADABLE ${sentence} npm install @duckdb/node-api\n`)
})
