/** Options that several commands share, and how their values are read. */
import {type Command, InvalidArgumentError, Option} from 'commander'
import {HeapgraphError, type Selector} from '../index.ts'
import type {Format} from './output.ts'

export const TABLE_FORMATS: readonly Format[] = ['text', 'json']
export const GRAPH_FORMATS: readonly Format[] = ['text', 'json', 'dot', 'svg', 'gexf', 'graphml']

export interface SelectorOptions {
  type?: string
  id?: number
  name?: string
}

export function withOutput(command: Command, formats: readonly Format[]): Command {
  return command
    .option('-o, --output <file>', `write to a file; its ending chooses the form`)
    .addOption(new Option('--format <form>', 'form of the answer').choices(formats))
    .addOption(new Option('--json', 'the same as --format json').conflicts('format'))
}

export function withSelector(command: Command): Command {
  return command
    .option('--type <name>', 'objects of this type (constructor name), or /regex/')
    .option('--id <@id>', "the object with this id of V8's", idArgument)
    .option('--name <text>', 'objects with this name: a string by its text, a function by its name; or /regex/')
}

export function selectorFrom({type, id, name}: SelectorOptions): Selector {
  const given = [type, id, name].filter(value => value !== undefined)
  if (given.length !== 1) {
    throw new HeapgraphError(
      'USAGE',
      `${given.length === 0 ? 'nothing was' : 'more than one thing was'} asked about`,
      'give one of --type, --id, --name',
    )
  }
  if (type !== undefined) return {type}
  return id !== undefined ? {id} : {name: name ?? ''}
}

/** Of `dominators [@id] <snapshot>`: the optional one stands first. */
export function startAndFile(first: string, second: string | undefined): {id?: number; file: string} {
  const id = /^@?(\d+)$/.exec(first)
  if (second === undefined) {
    if (!first.startsWith('@') || id === null) return {file: first}
    throw new HeapgraphError('USAGE', `only ${first} was given`, 'name the snapshot behind it')
  }
  if (id === null) throw new HeapgraphError('USAGE', `${first} is no id`, 'it must look like @12345')
  return {id: Number(id[1]), file: second}
}

export function endSelector(text: string): Selector {
  return /^@\d+$/.test(text) ? {id: Number(text.slice(1))} : {type: text}
}

/** The options that select the same again, safe to paste into a shell. */
export function selectorText(selector: Selector): string {
  if ('id' in selector) return `--id @${selector.id}`
  const [option, value] = 'type' in selector ? ['--type', selector.type] : ['--name', selector.name]
  return `${option} ${shellWord(value)}`
}

/** The snapshot's file as the next command names it; what came through a pipe has to come again. */
export function again(file: string): string {
  return file === '-' ? 'SNAPSHOT' : shellWord(file)
}

function shellWord(text: string): string {
  return /^[\w./@:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
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
  const size = /^(\d+(?:\.\d+)?) ?([kMGT]?)B?$/i.exec(text)
  if (size === null) throw new InvalidArgumentError('It must be a size, such as 10GB.')
  return Math.round(Number(size[1]) * 1000 ** ['', 'K', 'M', 'G', 'T'].indexOf(size[2].toUpperCase()))
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
export function shareOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(percentage).default(0.01, '1 %')
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

export function idArgument(text: string): number {
  const id = /^@?(\d+)$/.exec(text)
  if (id === null) throw new InvalidArgumentError('It must look like @12345.')
  return Number(id[1])
}
