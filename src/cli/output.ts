/** Where an answer goes and in which form: stdout or a file, chosen by the file's ending. */
import {accessSync, constants, type Stats, statSync} from 'node:fs'
import {realpath, rename, rm, writeFile} from 'node:fs/promises'
import {dirname, extname} from 'node:path'
import {setImmediate} from 'node:timers/promises'
import {HeapgraphError, temporaryName} from '../index.ts'
import {type Format, type FormatFor, formatOfFile, formatsFor, knownEndings, type Shown} from './formats.ts'
import type {Io, OutputStream} from './io.ts'

/** Chunks where there is too much to be in memory at once. */
export type AnswerText = string | Iterable<string | Uint8Array>

export interface OutputOptions {
  output?: string
  format?: string
  json?: boolean
}

/** What stands for standard output in `-o`. */
export const STDOUT = '-'

/** The form asked for, among those that can show this answer; `--format` and `--json` go before the file's ending. */
export function chooseFormat<S extends Shown>(options: OutputOptions, shown: S): FormatFor<S> {
  const possible = formatsFor(shown)
  const asked = askedFormat(options)
  const chosen = possible.find(name => (name as string) === asked)
  if (chosen !== undefined) return chosen
  throw new HeapgraphError(
    'USAGE',
    `this command writes ${possible.join(', ')}, not ${asked}`,
    'choose another --format or file ending',
  )
}

/** By what is said, whether the command has it or not. */
export function askedFormat({output, format, json}: OutputOptions): string {
  return json ? 'json' : (format ?? (output === undefined || output === STDOUT ? 'text' : formatOfOutput(output)))
}

/** The format that a file's ending names; throws USAGE if none does. */
function formatOfOutput(output: string): Format {
  const format = formatOfFile(output)
  if (format !== undefined) return format
  const ending = extname(output).toLowerCase()
  const what = ending === '' ? 'no format is known without an ending' : `no format is known for the ending "${ending}"`
  throw new HeapgraphError('USAGE', `${output}: ${what}`, `use one of ${knownEndings()}, or --format`)
}

/** The file the answer goes to; undefined for stdout. */
export function outputFile({output}: OutputOptions): string | undefined {
  return output === STDOUT ? undefined : output
}

/** What can be known to go wrong with the output is told before a large file is read, not after. */
export function checkOutput(options: OutputOptions, inputs: readonly string[]): void {
  const output = outputFile(options)
  if (output === undefined) return
  const found = statOf(output)
  if (found?.isDirectory()) throw notWritable(output, 'EISDIR')
  if (found?.isFile() && inputs.some(input => isSameFile(found, statOf(input)))) {
    throw new HeapgraphError('USAGE', `${output}: this is the snapshot itself`, 'write to another file')
  }
  try {
    // A file is renamed into place, so its folder must let itself be written; anything else is written as it is.
    accessSync(found === undefined || found.isFile() ? dirname(output) : output, constants.W_OK)
  } catch (error) {
    throw notWritable(output, codeOf(error))
  }
}

function isSameFile(a: Stats, b: Stats | undefined): boolean {
  return a.dev === b?.dev && a.ino === b.ino
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

/** Writes the answer; returns whether it went to a file. */
export async function writeAnswer(io: Io, options: OutputOptions, text: AnswerText): Promise<boolean> {
  const output = outputFile(options)
  if (output === undefined) {
    await writeToStream(io.stdout, typeof text === 'string' ? [text] : text)
    return false
  }
  try {
    const found = statOf(output)
    // A device or a named pipe must stay what it is.
    if (found !== undefined && !found.isFile()) await writeFile(output, text)
    else await writePrivately(found === undefined ? output : await realpath(output), text)
  } catch (error) {
    // Chunks are made while they are written.
    if (error instanceof HeapgraphError) throw error
    throw notWritable(output, codeOf(error))
  }
  return true
}

/** Never hands on more than the stream asks for. */
async function writeToStream(stream: OutputStream, chunks: Iterable<string | Uint8Array>): Promise<void> {
  for (const chunk of chunks) {
    const isFull = stream.write(chunk) === false && stream.once !== undefined
    // Without a pause, nobody would be told that the pipe is closed.
    await (isFull ? new Promise<void>(resolve => stream.once?.('drain', resolve)) : setImmediate())
  }
}

/**
 * A snapshot holds secrets and so does what is made of it: the file is for its owner only. It is renamed into place, so
 * that a broken-off run leaves no half file; Ctrl-C leaves nothing at all.
 */
async function writePrivately(path: string, text: AnswerText): Promise<void> {
  const temporary = temporaryName(path)
  const writing = new AbortController()
  let signal: NodeJS.Signals | undefined
  const onSignal = (received: NodeJS.Signals) => {
    signal = received
    writing.abort()
  }
  for (const name of ENDING_SIGNALS) process.once(name, onSignal)
  try {
    await writeFile(temporary, text, {mode: 0o600, flag: 'wx', signal: writing.signal})
    writing.signal.throwIfAborted()
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, {force: true})
    throw error
  } finally {
    for (const name of ENDING_SIGNALS) process.off(name, onSignal)
    // With nobody listening any more it does what it would have done at once.
    if (signal !== undefined) process.kill(process.pid, signal)
  }
}

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const REASONS: Record<string, string> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EISDIR: 'this is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'the name is too long',
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}

function notWritable(output: string, code: string): HeapgraphError {
  return new HeapgraphError(
    'UNREADABLE',
    `${output}: cannot be written: ${REASONS[code] ?? code}`,
    'choose another place with -o',
  )
}
