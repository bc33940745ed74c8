/** Options that several commands share, and how their values are read. */
import {type Command, InvalidArgumentError, Option} from 'commander'
import {
  fileArgument,
  HeapgraphError,
  linkPattern,
  parseBytes,
  parseDuration,
  parseWhere,
  type Selector,
  selectorOf,
  shellWord,
} from '../index.ts'
import {type Format, formatsFor, type Shown} from './formats.ts'
import {idsFrom} from './ids.ts'
import type {Io} from './io.ts'

export interface SelectorOptions {
  type?: string
  id?: number | typeof STDIN
  name?: string
  where?: string
}

/** What stands for standard input. */
const STDIN = '-'

/** The options that choose where an answer goes and in which form, for what is shown. */
export function withOutput(command: Command, shown: Shown): Command {
  withFormats(command, shown).addOption(new Option('--json', 'the same as --format json').conflicts('format'))
  if (!formatsFor(shown).includes('svg')) return command
  return shown === 'flow' || shown === 'profile'
    ? command.addOption(themeOption()).addOption(openOption()).addOption(bareOption())
    : withPicture(command)
}

/** `-o` and `--format` alone. */
export function withFormats(command: Command, shown: Shown): Command {
  const formats = formatsFor(shown)
  return command
    .option('-o, --output <file>', endings(formats))
    .addOption(
      new Option('--format <form>', shown === 'rows' ? 'form of the table' : 'form of the answer').choices(formats),
    )
}

function endings(formats: readonly Format[]): string {
  const page = formats.includes('html') ? ': .html is a page to look around in (docs/pictures.md)' : ''
  return `write to a file; its ending chooses the form${page}`
}

function withPicture(command: Command): Command {
  return command
    .addOption(new Option('--rankdir <way>', 'pictures: left to right, or top to bottom').choices(['LR', 'TB']))
    .addOption(themeOption())
    .option('--link <url>', 'pictures: makes objects links; {id} in the URL is the number of the object', linkPattern)
    .addOption(openOption())
    .option('--graphviz <path>', 'pictures: laid out by this dot instead of the built-in one')
    .addOption(bareOption())
}

/** For the explorer, whose page has them. */
export function bareOption(): Option {
  return new Option('--bare', 'pages: without script and style sheet').hideHelp()
}

function themeOption(): Option {
  return new Option('--theme <theme>', 'pictures: auto follows the system').choices(['auto', 'light', 'dark', 'print'])
}

function openOption(): Option {
  const description = "pictures: show it in the system's viewer; without -o, a file in the temporary folder"
  return new Option('--open', description)
}

export function withSelector(command: Command): Command {
  return command
    .option('--type <name>', 'objects of this type (constructor name), or /regex/')
    .option('--id <@id>', 'the object with this id; - reads ids from standard input', idOrStdin)
    .option('--name <text>', 'objects with this name: a string by its text, a function by its name; or /regex/')
    .addOption(whereOption())
}

function whereOption(): Option {
  return new Option(
    '--where <expression>',
    "only objects that pass, such as 'retained>1mb and prop.open=true' (docs/where.md); alone, of all there are",
  )
}

/** What the options ask about; expressions that cannot be read are told before a large file is. `file`: the snapshot. */
export async function selectorFrom(io: Io, file: string, options: SelectorOptions): Promise<Selector> {
  const {where} = options
  if (where !== undefined) parseWhere(where)
  const among = await amongFrom(io, file, options)
  if (where !== undefined) return among === undefined ? {where} : {where, among}
  if (among !== undefined) return among
  throw new HeapgraphError('USAGE', 'no objects were selected', 'give one of --type, --id, --name, --where')
}

async function amongFrom(io: Io, file: string, {type, id, name}: SelectorOptions): Promise<Selector | undefined> {
  const given = [type, id, name].filter(value => value !== undefined)
  if (given.length > 1) {
    const how = 'give one of --type, --id, --name; --where narrows it down'
    throw new HeapgraphError('USAGE', 'more than one of --type, --id, --name was given', how)
  }
  if (type !== undefined) return {type}
  if (name !== undefined) return {name}
  if (id !== STDIN) return id === undefined ? undefined : {id}
  if (file === STDIN) {
    throw new HeapgraphError('USAGE', 'ids and the snapshot cannot both be on standard input', 'name the snapshot')
  }
  return {ids: await idsFrom(io)}
}

export function isSelecting({type, id, name, where}: SelectorOptions): boolean {
  return [type, id, name, where].some(value => value !== undefined)
}

/** Of `dominators [@id] <snapshot>`: the optional one stands first. */
export function startAndFile(first: string, second: string | undefined): {id?: number; file: string} {
  const id = /^@?(\d+)$/.exec(first)
  if (second === undefined) {
    if (!first.startsWith('@') || id === null) return {file: first}
    throw new HeapgraphError('USAGE', `only ${first} was given`, 'name the snapshot after it')
  }
  if (id === null) throw new HeapgraphError('USAGE', `${first} is not an id`, 'it must look like @12345')
  return {id: Number(id[1]), file: second}
}

/** Of an option that takes a type, `@id`, `/regex/` or expression. */
export function selectorArgument(text: string): Selector {
  const selector = selectorOf(text)
  if ('where' in selector) parseWhere(selector.where)
  return selector
}

/** The options that select the same again, safe to paste into a shell. */
export function selectorText(selector: Selector): string {
  if ('id' in selector) return `--id @${selector.id}`
  // What came through a pipe has to come again: one of them may do.
  if ('ids' in selector) return `--id @${selector.ids[0]}`
  if ('where' in selector) {
    const {where, among} = selector
    return `${among === undefined ? '' : `${selectorText(among)} `}--where ${shellWord(where)}`
  }
  const [option, value] = 'type' in selector ? ['--type', selector.type] : ['--name', selector.name]
  return `${option} ${shellWord(value)}`
}

/** The snapshot's file as the next command names it; what came through a pipe has to come again. */
export function again(file: string): string {
  return file === '-' ? 'SNAPSHOT' : fileWord(file)
}

export function fileWord(path: string): string {
  return shellWord(fileArgument(path))
}

/** Of a question that CI asks as an assertion (`commands.ts`). */
export function failOption(): Option {
  return new Option('--fail', 'for CI: end with 1 if something is found, and with 0 if nothing is')
}

export function sizesOption(): Option {
  const description = 'self sizes as Chrome DevTools shows them, or as the file has them'
  return new Option('--sizes <model>', description).choices(['devtools', 'raw']).default('devtools')
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

/** `10GB`, `500 MB`, `1000`: decimal steps, as sizes are printed. */
export function sizeArgument(text: string): number {
  const size = parseBytes(text)
  if (size === undefined) throw new InvalidArgumentError('It must be a size, such as 10GB.')
  return size
}

/** `30s`, `5m`, `1h`, `500ms`, `30`: in milliseconds. */
export function durationArgument(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError(DURATION_WANTED)
  return ms
}

const DURATION_WANTED = 'It must be a time, such as 30s, 5m or 1h.'
/** Longest time that a timer of Node's can wait, in milliseconds. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/** The same, of what is waited for. */
export function waitArgument(text: string): number {
  const ms = durationArgument(text)
  if (ms > MAX_TIMER_MS) throw new InvalidArgumentError(DURATION_WANTED)
  return ms
}

const MAX_CODE_LINES = 99

/** Lines of code around a place; 0 for none. */
export function codeLineCount(text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : -1
  if (count < 0 || count > MAX_CODE_LINES)
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${MAX_CODE_LINES}.`)
  return count
}

const MAX_THREADS = 64

export function threadCount(text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > MAX_THREADS)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_THREADS}.`)
  return count
}

/** Rows and chains: with none of them, an answer would look like one that found nothing. */
export function positiveNumber(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) === 0 || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError('It must be a whole number above 0.')
  return Number(text)
}

/** Given in percent, kept as a share of one: the help must show the former. */
export function shareOption(flags: string, description: string, percent = 1): Option {
  return new Option(flags, description).argParser(percentage).default(percent / 100, `${percent} %`)
}

/** Of an option that may be repeated. Not commander's own `<pattern...>`: that would take the snapshot's file too. */
export function collect(text: string, earlier: string[] = []): string[] {
  return [...earlier, text]
}

function percentage(text: string): number {
  const value = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN
  if (!(value >= 0 && value <= 100)) throw new InvalidArgumentError('It must be a number from 0 to 100.')
  return value / 100
}

function idOrStdin(text: string): number | typeof STDIN {
  return text === STDIN ? STDIN : idArgument(text)
}

export function idArgument(text: string): number {
  const id = /^@?(\d+)$/.exec(text)
  if (id === null) throw new InvalidArgumentError('It must look like @12345.')
  return Number(id[1])
}
