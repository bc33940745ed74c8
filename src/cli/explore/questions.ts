/**
 * What the explorer's page may ask: command lines that read a snapshot and write to standard output. The page names files by their number, so that no
 * other can be read, and no option that writes or starts anything is among those it may give.
 */
import {fileArgument, HeapgraphError, shellWord} from '../../index.ts'

/** Options by command; each has a value unless it ends with `!`. */
const SELECTOR = ['--type', '--id', '--name', '--where']
const GRAPH = ['--depth', '--fan', '--raw!', '--rankdir']
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  info: [],
  types: ['--sort', '--by', '--shallow!', '--filter', '--where'],
  list: [...SELECTOR, '--sort', '--columns', '--histogram!'],
  show: [],
  why: SELECTOR,
  path: [...SELECTOR, '--count'],
  backrefs: [...SELECTOR, ...GRAPH],
  refs: [...SELECTOR, ...GRAPH],
  dominators: ['--depth', '--fan', '--min', '--view'],
  cycles: [],
  detached: [],
  strings: [],
  waste: [],
  closures: [],
  async: [],
  makers: ['--where'],
  suspects: [],
  'what-if': ['--cut', '--type'],
  growth: ['--by', '--sort'],
  leaks: [],
  plot: ['--metric'],
}
/** Of all. */
const COMMON = ['--limit', '--sizes', '--format', '--theme', '--bare!']
const FORMATS = ['json', 'html', 'svg', 'text']
/** Rows of a table that a page scrolls through. */
const MAX_LIMIT = 20_000
const MAX_ARGS = 64
const MAX_LENGTH = 4096

/** A file of the command line, by its number. */
const FILE = /^\$(\d+)$/

/** The command line of what the page asks. Throws USAGE if it may not be asked; the message says what of it. */
export function commandLine(asked: unknown, files: readonly string[]): string[] {
  if (!Array.isArray(asked) || asked.length > MAX_ARGS || !asked.every(isWord)) throw refused('not a list of words')
  const [command, ...words] = asked as string[]
  if (!Object.hasOwn(OPTIONS, command)) throw refused(`unknown question ${command}`)
  const allowed = [...OPTIONS[command], ...COMMON]
  const line = [command]
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    const file = FILE.exec(word)
    if (file !== null) {
      const path = files[Number(file[1])]
      if (path === undefined) throw refused(`no file ${word}`)
      line.push(path)
    } else if (allowed.includes(`${word}!`)) line.push(word)
    else if (allowed.includes(word)) {
      const value = words[++i]
      if (value === undefined) throw refused(`${word} without a value`)
      check(word, value)
      // In one word: a value that begins with a dash is no option.
      line.push(`${word}=${value}`)
    } else if (command === 'show' && /^@\d+$/.test(word)) line.push(word)
    else throw refused(`${command} takes no ${word}`)
  }
  return line
}

function isWord(word: unknown): word is string {
  return typeof word === 'string' && word.length > 0 && word.length <= MAX_LENGTH
}

function check(option: string, value: string): void {
  if (option === '--limit' && !(Number(value) >= 1 && Number(value) <= MAX_LIMIT)) throw refused(`--limit ${value}`)
  if (option === '--format' && !FORMATS.includes(value)) throw refused(`--format ${value}`)
  // Ids on standard input: there is none.
  if (option === '--id' && !/^@?\d+$/.test(value)) throw refused(`--id ${value}`)
}

function refused(what: string): HeapgraphError {
  return new HeapgraphError('USAGE', what, 'ask it on the command line')
}

/** The same question for a terminal. */
export function terminalLine(line: readonly string[], files: readonly string[]): string {
  const words = line.flatMap(word => {
    if (files.includes(word)) return [fileArgument(word)]
    const [, option, value] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? []
    if (option === '--format' || word === '--bare') return []
    return option === undefined ? [shellWord(word)] : [option, shellWord(value)]
  })
  return `heapgraph ${words.join(' ')}`
}
