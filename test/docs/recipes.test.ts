/**
 * docs/recipes: every command of every page does what the page says, and ends with 0, or with what stands beside it as `# exit code 1`.
 * Commands are the indented lines and the code in sentences and tables that begin with `heapgraph `.
 */
import assert from 'node:assert/strict'
import {type ChildProcess, execFile, spawn} from 'node:child_process'
import {once} from 'node:events'
import {copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {delimiter, dirname, join} from 'node:path'
import {after, before, test} from 'node:test'
import {promisify} from 'node:util'
import {gunzipSync} from 'node:zlib'
import {addCommands} from '../../src/cli/commands.ts'
import {createProgram} from '../../src/cli/create-program.ts'
import {heapgraph, ROOT, shellWords, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'

const RECIPES = join(ROOT, 'docs/recipes')
/** What the files of the pages are here. */
const SNAPSHOTS: Record<string, string> = {
  app: 'buffer-cache.node20',
  server: 'srv.node20',
  page: 'detached-page.chromium',
  captured: 'captured-page.chromium',
  iframes: 'iframe-page.chromium',
  tracked: 'tracked.node20',
  'pod-a': 'growing-control.node20.base',
  'pod-b': 'growing.node20.final',
}
for (const [i, part] of ['base', 'target', 'final'].entries()) {
  SNAPSHOTS[part] = `growing.node20.${part}`
  SNAPSHOTS[`app-${i + 1}`] = `growing.node20.${part}`
  SNAPSHOTS[`page-${i + 1}`] = `leaking-page.chromium.${part}`
  SNAPSHOTS[`s${i + 1}`] = `leaking-page.chromium.${part}`
}
/** What is only parsed, and why it is not run here: other tests do. */
const ONLY_PARSED: readonly [RegExp, string][] = [
  [/^explore /, 'serves until it is stopped (test/cli/explore)'],
  [/ --pid /, 'opens the one port 9229 of this machine (test/capture/live.test.ts)'],
  [/ --port 9222 | --url | --scenario /, 'needs a browser (test/capture/page.test.ts)'],
  [/ (?:npx|npm) |\bnode_modules\/|'npx /, "runs other people's packages (test/testing)"],
]
/** So that what takes minutes takes a moment. */
const SHORTER: Record<string, string> = {'5m': '100ms', '10m': '100ms', '30s': '100ms'}

interface Recipe {
  /** The words behind `heapgraph`, as the page has them. */
  line: string
  code: number
  pages: string[]
}

const pages = readdirSync(RECIPES).filter(name => name !== 'README.md')
const folder = temporaryFolder()
const live = join(folder, 'live')
const programs: ChildProcess[] = []
after(() => {
  for (const program of programs) program.kill('SIGKILL')
})

/** Each command once, in the order of the pages. */
function recipes(): Recipe[] {
  const found = new Map<string, Recipe>()
  for (const page of pages) {
    const text = readFileSync(join(RECIPES, page), 'utf8')
    const lines = [...text.matchAll(/^ {4,}heapgraph (.*?)(?: {2,}# (.*))?$/gm)]
    const inline = [...text.matchAll(/`heapgraph ([^`]+)`/g)]
    for (const [, line, remark] of [...lines, ...inline]) {
      const code = Number(/exit code (\d)/.exec(remark ?? '')?.[1] ?? 0)
      const known = found.get(line)
      if (known === undefined) found.set(line, {line, code, pages: [page]})
      else known.pages.push(page)
    }
  }
  return [...found.values()]
}

const isLive = (line: string) => /^(?:doctor|record|watch|capture|plot) /.test(line)
const reason = (line: string) => ONLY_PARSED.find(([pattern]) => pattern.test(line))?.[1]

before(() => {
  assert.ok(existsSync(join(ROOT, 'dist/program/program.js')), 'npm run build comes first')
  for (const [name, fixture] of Object.entries(SNAPSHOTS)) {
    const packed = readFileSync(join(ROOT, `fixtures/snapshots/${fixture}.heapsnapshot.gz`))
    writeFileSync(join(folder, `${name}.heapsnapshot`), gunzipSync(packed))
  }
  mkdirSync(join(live, 'data'), {recursive: true})
  for (const name of ['server', 'load']) copyFileSync(join(ROOT, `fixtures/walk/${name}.cjs`), join(live, `${name}.js`))
  writeFileSync(join(live, 'package.json'), '{"type": "commonjs"}')
  // A server ends when somebody ends it; one that nobody asks anything has to do so itself.
  writeFileSync(
    join(live, 'ending.cjs'),
    'if (process.argv[1]?.endsWith("server.js")) setTimeout(() => process.exit(0), 300)',
  )
  process.chdir(folder)
})

test('the list has every page, and pages are short', () => {
  const list = readFileSync(join(RECIPES, 'README.md'), 'utf8')
  const listed = [...list.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => name)
  assert.deepEqual(listed.toSorted(), pages.toSorted())
  for (const page of pages) {
    const text = readFileSync(join(RECIPES, page), 'utf8')
    assert.ok(text.split('\n').length <= 62, `${page} is long`)
    assert.ok(
      recipes().some(({pages}) => pages.includes(page)),
      `${page} has no command`,
    )
  }
})

test('questions to snapshots end as the pages say', {timeout: HANG_MS}, async () => {
  const cache = await heapgraph(['list', '--type', 'RequestCache', '--ids', 'app.heapsnapshot'])
  const [id] = cache.stdout.split('\n')
  assert.match(id, /^@\d+$/)
  const questions = recipes().filter(({line}) => !isLive(line) && reason(line) === undefined)
  assert.ok(questions.length > 50)
  const wrong: string[] = []
  for (const {line, code, pages} of questions) {
    const words = shellWords(line).map(word => (word === '@12345' ? id : word))
    const result = await heapgraph(words, {env: {HEAPGRAPH_NO_INDEX: '1'}})
    if (result.code !== code) {
      wrong.push(`${pages[0]}: heapgraph ${line}: ${result.code}, ${result.stderr}`)
      continue
    }
    const isFile = words.includes('-o') || words[0] === 'redact'
    if (isFile) assert.ok(existsSync(words[0] === 'redact' ? words[2] : words[words.indexOf('-o') + 1]))
    else assert.equal(result.stdout === '', code === 1, line)
  }
  assert.deepEqual(wrong, [])
})

/** Runs the built program as a person would, in the folder with the server. */
async function program(words: readonly string[], env: Record<string, string>): Promise<number> {
  const {NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...own} = process.env
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter)
  try {
    const args = [join(ROOT, 'bin/heapgraph.js'), ...words]
    await promisify(execFile)(process.execPath, args, {cwd: live, env: {...own, PATH, ...env}})
    return 0
  } catch (error) {
    const {code, stderr} = error as {code: number; stderr: string}
    console.error(stderr)
    return code
  }
}

/** The server with an inspector, and the port of that. */
async function inspected(): Promise<number> {
  const {NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env} = process.env
  const server = spawn(process.execPath, ['--inspect=127.0.0.1:0', 'server.js'], {cwd: live, env})
  programs.push(server)
  for (let said = ''; ; ) {
    const [chunk] = (await once(server.stderr, 'data')) as [Buffer]
    said += chunk
    const port = /ws:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1]
    if (port !== undefined) return Number(port)
  }
}

test('commands on living programs end as the pages say', {timeout: HANG_MS}, async () => {
  const commands = recipes().filter(({line}) => isLive(line) && reason(line) === undefined)
  // Recorded before it is plotted.
  const inOrder = commands.toSorted((a, b) => Number(a.line.startsWith('plot')) - Number(b.line.startsWith('plot')))
  const tried = new Set<string>()
  const port = String(await inspected())
  for (const {line, code, pages} of inOrder) {
    const given = shellWords(line)
    const [name] = given
    tried.add(name)
    const words = given
      .map(word => (word === '9229' ? port : (SHORTER[word] ?? word)))
      .map(word => word.replace(/^\/data\//, `${join(live, 'data')}/`))
    // `doctor` stops its server; in other runs of it nobody does.
    const env: Record<string, string> =
      name === 'doctor' ? {} : {NODE_OPTIONS: `--require "${join(live, 'ending.cjs').replaceAll('\\', '/')}"`}
    const result = await program(words, env)
    assert.equal(result, code, `${pages[0]}: heapgraph ${line}`)
  }
  assert.deepEqual([...tried].sort(), ['capture', 'doctor', 'plot', 'record', 'watch'])
  assert.match(readFileSync(join(live, 'heapgraph-doctor/report.md'), 'utf8'), /sessions/)
  assert.ok(existsSync(join(live, 'app-3.heapsnapshot')))
})

/** Whether the program takes these words: its own parser reads them, and nothing is done. */
async function parses(words: readonly string[]): Promise<void> {
  const silent = {write: () => {}, isTTY: false}
  const io = {stdout: silent, stderr: silent, env: {}}
  const parser = createProgram(silent, () => {})
  await addCommands(parser, io, {exitCode: 0}, words, async () => 0)
  parser.commands.find(command => command.name() === words[0])?.action(() => {})
  await parser.parseAsync([...words], {from: 'user'})
}

test('the others are at least command lines, and few', async context => {
  const all = recipes()
  const others = all.filter(({line}) => reason(line) !== undefined)
  assert.ok(others.length < all.length / 4, `${others.length} of ${all.length} are not run`)
  context.diagnostic(`${all.length - others.length} of ${all.length} commands were run; only parsed:`)
  for (const {line, pages} of others) {
    await assert.doesNotReject(parses(shellWords(line)), `${pages[0]}: heapgraph ${line}`)
    context.diagnostic(`heapgraph ${line}: ${reason(line)}`)
  }
  await assert.rejects(parses(['capture', '--no-such-option']), /no-such-option/)
})
