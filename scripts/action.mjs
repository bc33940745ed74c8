/**
 * What `action.yml` runs: asks heapgraph once, and puts the answer where people of GitHub look for it. Everything comes from the environment,
 * nothing is pasted into a command line of a shell.
 */
import {spawnSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {appendFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

const {env} = process
const {HEAPGRAPH = '', HEAPGRAPH_RUN = '', RUNNER_TEMP = '.', PULL_REQUEST = ''} = env
/** GitHub cuts comments at 65,536 characters, summaries at 1 MiB. */
const MAX_LENGTH = 60_000
/** Commands that answer in Markdown. */
const IN_MARKDOWN = ['growth', 'leaks']
/** Commands whose exit code 1 is what people want to know of: elsewhere it says that nothing was found. */
const ASSERTIONS = ['assert']

const words = split(HEAPGRAPH_RUN)
const [command] = words
if (command === undefined)
  fail('the input run is empty; give the command line behind heapgraph, such as leaks a.heapsnapshot b.heapsnapshot')
const isMarkdown = IN_MARKDOWN.includes(command) && !words.some(word => /^--(?:format|json|output)\b|^-o/.test(word))
const {status, stdout} = heapgraph([...words, ...(isMarkdown ? ['--format', 'md'] : [])])
const isError = status === null || status > 1
const isAssertion = ASSERTIONS.includes(command) || words.includes('--fail')
const isFound = !isError && (isAssertion ? status === 1 : status === 0)

const answer = join(RUNNER_TEMP, 'heapgraph.md')
const text = shortened(stdout)
writeFileSync(answer, isMarkdown ? text : fenced(text))
tell('GITHUB_STEP_SUMMARY', `${isMarkdown ? text : fenced(text)}\n`)
tell('GITHUB_OUTPUT', `found=${isFound}\nanswer=${answer}\n`)

const report = split(env.HEAPGRAPH_REPORT ?? '')
if (report.length > 0) {
  const page = join(RUNNER_TEMP, 'heap.html')
  if (heapgraph(['report', ...report, '-o', page]).status === 0) tell('GITHUB_OUTPUT', `report=${page}\n`)
}
if (env.HEAPGRAPH_COMMENT === 'true' && PULL_REQUEST !== '' && stdout !== '') {
  const comment = ['pr', 'comment', PULL_REQUEST, '--edit-last', '--create-if-none', '--body-file', answer]
  const {error, status} = spawnSync('gh', comment, {stdio: 'inherit'})
  if (error !== undefined || status !== 0)
    console.log('::warning::the comment could not be written: the job needs pull-requests: write')
}
if (isError) fail(`heapgraph ${command} ended with exit code ${status}`)
if (isFound && (env.HEAPGRAPH_FAIL !== 'false' || isAssertion))
  fail(`heapgraph ${command} found something: see the summary of this job`)

/** Its answer is returned, and stands in the log with all that was said. */
function heapgraph(args) {
  const asked = spawnSync(process.execPath, [HEAPGRAPH, '--no-color', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  const isForRunner = args.some(
    (arg, i) => arg === '--format=github' || (arg === 'github' && args[i - 1] === '--format'),
  )
  const {stdout, stderr} = asked
  if (isForRunner) process.stdout.write(stdout ?? '')
  process.stdout.write(withoutCommands(`${stderr ?? ''}${isForRunner ? '' : (stdout ?? '')}`))
  return asked
}

/**
 * Text that the runner takes no command from, wherever names of a heap look like one: it knows `::name::` where a line begins, and `##[name]` in the
 * middle of one, too (actions/runner, ActionCommand.cs). Nobody can guess the word that ends it.
 */
function withoutCommands(text) {
  const word = randomBytes(16).toString('hex')
  return `::stop-commands::${word}\n${text}${text.endsWith('\n') ? '' : '\n'}::${word}::\n`
}

/** Words as a shell parts them: by blanks, unless quoted. */
function split(line) {
  const parts = line.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []
  return parts.map(part => part.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double))
}

function shortened(text) {
  if (text.length <= MAX_LENGTH) return text
  const end = text.lastIndexOf('\n', MAX_LENGTH)
  return `${text.slice(0, end)}\n\n… ${text.slice(end + 1).split('\n').length} more lines in the log\n`
}

/** Longer than any fence in it. */
function fenced(text) {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({length}) => length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text.trimEnd()}\n${fence}\n`
}

function tell(file, text) {
  const path = env[file] ?? ''
  if (path !== '') appendFileSync(path, text)
}

function fail(message) {
  console.log(`::error title=heapgraph::${message.replaceAll('%', '%25').replaceAll('\n', '%0A')}`)
  process.exit(1)
}
