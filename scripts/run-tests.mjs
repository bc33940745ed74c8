/**
 * Runs the tests: `node scripts/run-tests.mjs [--part=quick|rest|living|...] [--fewer-runs|--all-runs] [part of a file's path ...] [option of node --test ...]`.
 * `--part`: one or several of test-parts.mjs, joined by commas. `--fewer-runs`: a fifth of the random inputs of property tests.
 * It lists the files itself, since on Node 20 `node --import tsx --test` finds no .ts file, runs nothing and exits with 0.
 */
import {spawn} from 'node:child_process'
import {readdirSync} from 'node:fs'
import {availableParallelism} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {filesOfParts} from './test-parts.mjs'
import {fillCache} from './typescript-cache.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ESCAPE_CODES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')
/** How it reports a file in which no test was found: as one test, passed, that bears the file's name. */
const FILE_WITHOUT_TESTS = /^✔ (\S*\.test\.ts) \(/
/** What the spec reporter counts at its end, and prints before the details of what failed. */
const COUNT = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/

const args = process.argv.slice(2)
const filters = args.filter(arg => !arg.startsWith('-'))
const options = args.filter(arg => arg.startsWith('-') && !isOwn(arg))
const part = args.findLast(arg => arg.startsWith('--part='))?.slice('--part='.length)
// The last one counts: `npm test -- --all-runs`.
const isFewer = args.findLast(arg => arg === '--fewer-runs' || arg === '--all-runs') === '--fewer-runs'
const all = testFiles('test')
const files = (part === undefined ? all : filesOfParts(all, part)).filter(
  file => filters.length === 0 || filters.some(filter => file.includes(filter)),
)
if (files.length === 0) {
  console.error(`no test file${filters.length > 0 ? ` matches ${filters.join(', ')}` : ' under test/'}`)
  process.exit(1)
}
await fillCache(['src', 'test'].map(folder => join(ROOT, folder)))
process.exit(await run(files))

function isOwn(arg) {
  return arg.startsWith('--part=') || arg === '--fewer-runs' || arg === '--all-runs'
}

/** Paths below the root, with `/` everywhere: Node 22 takes them as patterns, where `\` means something else. */
function testFiles(folder) {
  return readdirSync(join(ROOT, folder), {withFileTypes: true})
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return testFiles(path)
      return entry.name.endsWith('.test.ts') ? [path] : []
    })
}

/** Runs the files, counts last; the answer is the exit code. */
async function run(files) {
  const loader = ['--import', import.meta.resolve('./typescript.mjs')]
  // Node's own choice is one file less at a time: half of what two cores can do.
  const concurrency = `--test-concurrency=${availableParallelism()}`
  const reporters = [
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...[`--test-reporter=${import.meta.resolve('./test-limit.mjs')}`, '--test-reporter-destination=stderr'],
  ]
  const nodeArgs = [...loader, '--test', ...reporters, concurrency, ...options, ...files]
  const color = process.stdout.isTTY && !process.env.NO_COLOR ? {FORCE_COLOR: '1'} : {}
  const runs = isFewer ? {HEAPGRAPH_FEWER_RUNS: '1'} : {}
  const env = {...process.env, ...color, ...runs}
  // Set while tests run: a runner that finds it believes that it is itself a test file, and reports nothing.
  delete env.NODE_TEST_CONTEXT
  const child = spawn(process.execPath, nodeArgs, {cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit']})
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? signal))
  })
  const counts = new Map()
  const without = []
  for await (const line of createInterface({input: child.stdout})) {
    const plain = line.replaceAll(ESCAPE_CODES, '')
    const [, name, count] = COUNT.exec(plain) ?? []
    const [, file] = FILE_WITHOUT_TESTS.exec(plain) ?? []
    if (file !== undefined) without.push(file)
    if (name === undefined) console.log(line)
    else counts.set(name, Number(count))
  }
  const code = await ended
  const executed = (counts.get('pass') ?? 0) + (counts.get('fail') ?? 0) - without.length
  for (const file of without) console.error(`${file}: no test in this file`)
  if (typeof code !== 'number') console.error(`the test runner was ended by ${code}`)
  else if (counts.size === 0) console.error(`the test runner ended with ${code}, and has not counted its tests`)
  else if (executed <= 0) console.error('the test runner executed no test')
  for (const [name, count] of counts) console.log(`ℹ ${name} ${count}`)
  // With options such as --test-name-pattern a file may rightly have nothing to run.
  const wrong = executed <= 0 || (without.length > 0 && options.length === 0)
  return typeof code !== 'number' || (code === 0 && wrong) ? 1 : code
}
