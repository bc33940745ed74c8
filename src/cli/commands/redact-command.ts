/** `heapgraph redact`: a snapshot for others to look into, with its texts hidden. */
import {statSync} from 'node:fs'
import {Readable} from 'node:stream'
import {createGzip} from 'node:zlib'
import {type Command, Option} from 'commander'
import {
  formatCount,
  forTerminal,
  HeapgraphError,
  isThere,
  KEPT_SOURCES,
  type KeptSources,
  plural,
  READABLE_KINDS,
  type ReadableKind,
  type Redaction,
  type RedactionAudit,
  redact,
  regexParts,
} from '../../index.ts'
import {type Context, sayNext, sayWritten} from '../answer.ts'
import {EXIT} from '../io.ts'
import {again} from '../options.ts'
import {checkOutput, outputFile, writeAnswer} from '../output.ts'
import {progressOn} from '../progress.ts'

export interface HidingOptions {
  sources: KeptSources
  with: string[]
  prefixes?: boolean
  salt?: string
  forbid: RegExp[]
  list?: boolean
  force?: boolean
}

export function addRedact(context: Context, command: Command): void {
  withHiding(command.argument('<snapshot>').argument('<redacted snapshot>', 'where to; .gz at its end packs it'))
    .option('--list', 'list all texts that are still readable, not the first of each kind')
    .action(async (file: string, output: string, options: HidingOptions) => {
      checkRedacted(output, [file], options)
      const redaction = await redactFile(context, file, options)
      if (await writeRedacted(context, output, redaction)) {
        sayWritten(context, {output}, '', bytesOf(output))
        context.io.stdout.write(auditText(redaction.audit, options))
        sayNext(context.io, `heapgraph types ${again(output)}`)
      }
    })
}

/** What is hidden, and what must not be there in the end. */
export function withHiding(command: Command): Command {
  return command
    .addOption(
      new Option('--sources <what>', 'texts of scripts: none, their code without comments and literals, or all')
        .choices(KEPT_SOURCES)
        .default('none'),
    )
    .option(
      '--with <snapshot>',
      'another snapshot of the program, which is to be compared: names of code are those of both; may be repeated',
      (file: string, all: string[]) => [...all, file],
      [],
    )
    .option('--prefixes', 'texts that begin alike go on beginning alike')
    .option('--salt <text>', 'make equal texts of several snapshots equal: the same secret text for each of them')
    .option(
      '--forbid <pattern>',
      'write nothing if a text that would be readable matches, a part of it or /regex/; may be repeated',
      (text: string, all: RegExp[]) => [...all, forbidden(text)],
      [],
    )
    .option('--force', 'write over a file that is there')
}

function forbidden(text: string): RegExp {
  const parts = regexParts(text)
  try {
    return parts === undefined ? new RegExp(text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'), 'i') : new RegExp(...parts)
  } catch {
    throw new HeapgraphError('USAGE', `--forbid ${text}: invalid regular expression`, 'flags are dgimsuvy')
  }
}

/** The rules for what is written, before anything is read. */
export function checkRedacted(output: string, inputs: readonly string[], {force}: {force?: boolean}): void {
  if (inputs.includes('-'))
    throw new HeapgraphError('USAGE', 'standard input is read once, and a snapshot several times here', 'name a file')
  if (outputFile({output}) === undefined)
    throw new HeapgraphError('USAGE', 'standard output has what is still readable, not the snapshot', 'name a file')
  checkOutput({output}, inputs)
  if (isThere(output) && force !== true)
    throw new HeapgraphError('USAGE', `${output} is there already`, 'name another file, or write over it with --force')
}

async function redactFile(context: Context, file: string, options: HidingOptions): Promise<Redaction> {
  const progress = progressOn(context.io)
  const {sources, prefixes = false, salt, forbid, list} = options
  const onProgress = (bytes: number, of: number | undefined) => progress.listener('reading', bytes, of)
  const examples = list ? Number.POSITIVE_INFINITY : EXAMPLES
  return redact(file, {
    sources,
    together: options.with,
    prefixes,
    salt,
    forbidden: forbid,
    examples,
    onProgress,
  }).finally(() => progress.done())
}

/** Nothing is left behind where something forbidden was found. */
class Forbidden extends Error {}

/** Writes what is made while it is read; false, with exit code 1, if it has what it must not have. */
export async function writeRedacted(context: Context, output: string, redaction: Redaction): Promise<boolean> {
  const {audit} = redaction
  async function* checked() {
    yield* redaction.chunks()
    if (audit.matchCount > 0) throw new Forbidden()
  }
  const chunks = output.endsWith('.gz') ? packed(checked()) : checked()
  try {
    await writeAnswer(context.io, {output}, chunks)
    return true
  } catch (error) {
    if (audit.matchCount === 0) throw error
    context.outcome.exitCode = EXIT.nothingFound
    context.io.stdout.write(matchesText(audit))
    context.io.stderr.write(
      `heapgraph: ${forTerminal(`${output} was not written: ${plural(audit.matchCount, 'text')} in it would match --forbid`)}\n`,
    )
    return false
  }
}

/** The same of bytes as they are. */
export async function writePlain(context: Context, output: string, bytes: Uint8Array): Promise<void> {
  const chunks = Readable.from([bytes])
  await writeAnswer(context.io, {output}, output.endsWith('.gz') ? packed(chunks) : chunks)
}

async function* packed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(chunks)
  const packer = createGzip()
  // pipe() does not pass errors on.
  source.on('error', error => packer.destroy(error))
  yield* source.pipe(packer) as AsyncIterable<Uint8Array>
}

function bytesOf(output: string): string {
  return `${formatCount(statSync(output).size)} bytes`
}

/** Readable texts shown of each kind. */
const EXAMPLES = 8
const LONGEST_EXAMPLE = 60

const KIND_WORDS: Record<ReadableKind, string> = {
  name: 'names of functions, classes and variables',
  property: 'names of properties that code has',
  word: 'words of V8, of Node, of a page, and of what heapgraph looks for',
  path: 'names of scripts, without folders and hosts',
  source: 'texts of scripts',
  number: 'numbers that V8 holds: places in code, lengths',
}

export function auditText(audit: RedactionAudit, {list}: {list?: boolean} = {}): string {
  const lines = [`${formatCount(audit.hidden)} of ${plural(audit.strings, 'text')} hidden`]
  if (audit.renumbered > 0) lines.push(`${plural(audit.renumbered, 'number')} of elements that stood for keys replaced`)
  if (audit.leftOut.length > 0) lines.push(`left out: ${sectionsText(audit.leftOut)}`)
  lines.push('', 'still readable:')
  for (const kind of READABLE_KINDS) {
    const {count, examples} = audit.readable[kind]
    if (count === 0) continue
    lines.push(`  ${formatCount(count).padStart(9)}  ${KIND_WORDS[kind]}`)
    const shown = examples.map(text => forTerminal(JSON.stringify(text), LONGEST_EXAMPLE))
    if (list) lines.push(...shown.map(text => `             ${text}`))
    else lines.push(`             ${shown.join(', ')}${count > examples.length ? ', …' : ''}`)
  }
  return `${lines.join('\n')}\n`
}

/** Keys that are told of sections left out: a file may have any number. */
const MAX_SECTIONS = 8

function sectionsText(keys: readonly string[]): string {
  const told = keys
    .slice(0, MAX_SECTIONS)
    .map(key => `section ${forTerminal(JSON.stringify(key), LONGEST_EXAMPLE)}`)
    .join(', ')
  return keys.length > MAX_SECTIONS ? `${told}, and ${formatCount(keys.length - MAX_SECTIONS)} more` : told
}

function matchesText({matches, matchCount}: RedactionAudit): string {
  const lines = matches.map(({pattern, kind, text}) => {
    const what = kind === 'hidden' ? 'a stand-in' : KIND_WORDS[kind]
    return `${forTerminal(JSON.stringify(text), LONGEST_EXAMPLE)} matches ${forTerminal(pattern)} (${what})`
  })
  if (matchCount > matches.length) lines.push(`and ${formatCount(matchCount - matches.length)} more`)
  return `${lines.join('\n')}\n`
}
