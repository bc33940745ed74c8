/** Our own commands. */
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = fileURLToPath(new URL('../../bin/heapgraph.js', import.meta.url))
const heapgraph = [process.execPath, program]

/** Exit codes of an answer: 1 says that there is nothing of the kind, which takes as long to find out. */
export const ANSWERS = [0, 1]

export const version = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).version
export const stagesProgram = fileURLToPath(new URL('stages.mjs', import.meta.url))

/** What is measured without a file. */
export const startCommands = [
  {question: 'node -e 0', command: [process.execPath, '-e', '0']},
  {question: '--version', command: [...heapgraph, '--version']},
  {question: '--help', command: [...heapgraph, '--help']},
]

/** Whether this build keeps indexes. Ours lie with the files made here, never in the user's cache. */
export const hasIndex = run(['--help']).stdout.includes('--no-index')
const cold = hasIndex ? ['--no-index'] : []

function run(args) {
  return spawnSync(process.execPath, [program, ...args], {encoding: 'utf8', maxBuffer: 2 ** 28})
}

const questions = [
  {question: 'info', args: () => ['info']},
  {question: 'types', args: () => ['types']},
  {question: 'types --shallow', args: () => ['types', '--shallow']},
  {question: 'list', args: ({type}) => ['list', '--type', type]},
  {question: 'show', args: ({id}) => ['show', `@${id}`]},
  {question: 'backrefs', args: ({type}) => ['backrefs', '--type', type]},
  {question: 'refs', args: ({type}) => ['refs', '--type', type]},
  {question: 'why', args: ({id}) => ['why', `@${id}`]},
  {question: 'what-if', args: ({id}) => ['what-if', '--cut', `@${id}`]},
  {question: 'suspects', args: () => ['suspects', '--min-share', '1']},
  {question: 'path', args: ({id}) => ['path', '--id', `@${id}`]},
  {question: 'dominators', args: () => ['dominators']},
  {question: 'cycles', args: () => ['cycles']},
]

/** All questions of one file: without an index, and with it if `index`, its path, is given. */
export function fileCommands(file, object, index) {
  const all = []
  for (const {question, args} of questions) {
    all.push({question, command: [...heapgraph, ...cold, ...args(object), file]})
    // The header is read without one.
    if (index === undefined || question === 'info') continue
    all.push({question: `${question}, warm`, command: [...heapgraph, '--index', index, ...args(object), file]})
  }
  return all
}

/** What is asked of three snapshots of one program together, and of each by itself. `files`: base, target, final. */
export function leakCommands(files) {
  const one = (question, args) => ({question, command: [...heapgraph, ...cold, ...args]})
  return [...files.map((file, i) => one(typesOf[i], ['types', file])), one('leaks', ['leaks', ...files])]
}

/** Questions of `leakCommands` about one file each. */
export const typesOf = ['types of base', 'types of target', 'types of final']

/** Seconds that making an index took; undefined if this build has none. */
export function buildIndex(file, index) {
  if (!hasIndex) return undefined
  const started = performance.now()
  const {status, stderr} = run(['--index', index, 'index', 'build', file])
  if (status !== 0) throw new Error(`heapgraph index build: ${stderr.trim().split('\n')[0]}`)
  return (performance.now() - started) / 1000
}

/** An object to ask about: the first of the classes by retained size. */
export function anObject(file) {
  const {stdout, stderr, status} = run([...cold, 'types', '--json', '--limit', '200', file])
  if (status !== 0) throw new Error(`heapgraph types: ${stderr.trim().split('\n')[0]}`)
  const rows = JSON.parse(stdout).rows.filter(
    ({type}) => /^[A-Z]\w*$/.test(type) && !/^(Function|Object|Array|Map)$/.test(type),
  )
  // Many of a kind, so that a list is a list; `CacheEntry` in the files made here.
  const row = rows.find(({type}) => type === 'CacheEntry') ?? rows.find(({count}) => count >= 100) ?? rows[0]
  if (row === undefined) throw new Error('no class in it')
  return {type: row.type, id: row.exampleId}
}
