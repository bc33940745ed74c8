/** Where an answer goes and in which form: stdout or a file, chosen by the file's ending. */
import {accessSync, constants, type Stats, statSync} from 'node:fs'
import {realpath, writeFile} from 'node:fs/promises'
import {dirname, extname} from 'node:path'
import {setImmediate} from 'node:timers/promises'
import {HeapgraphError, notWritable, writeTextPrivately} from '../index.ts'
import {type Format, type FormatFor, formatOfFile, formatsFor, knownEndings, type Shown} from './formats.ts'
import type {Io, OutputStream} from './io.ts'

/** Chunks where there is too much to be in memory at once. */
export type AnswerText = string | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>

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

/** Refuses to write to standard output what is no text, or would steer a terminal. */
export function checkTableStream(format: Format, stdout: OutputStream): void {
  if (format === 'parquet') {
    throw new HeapgraphError('USAGE', 'Parquet cannot be written to standard output', 'name a file with -o')
  }
  if (format === 'pprof' && stdout.isTTY)
    throw new HeapgraphError('USAGE', 'a profile of pprof cannot be shown in a terminal', 'name a file with -o')
  if (format === 'csv' && stdout.isTTY) {
    const why = 'CSV contains raw names from the heap, and a terminal would run control codes in them'
    throw new HeapgraphError('USAGE', why, 'name a file with -o, send it through a pipe, or use --format ndjson')
  }
}

/** What can be known to go wrong with the output is told before a large file is read, not after. */
export function checkOutput(options: OutputOptions, inputs: readonly string[]): void {
  const output = outputFile(options)
  if (output === undefined) return
  const found = statOf(output)
  if (found?.isDirectory()) throw notWritableAt(output, 'EISDIR')
  if (found?.isFile() && inputs.some(input => isSameFile(found, statOf(input)))) {
    throw new HeapgraphError('USAGE', `${output}: this is the input snapshot`, 'write to another file')
  }
  try {
    // A file is renamed into place, so its folder must let itself be written; anything else is written as it is.
    accessSync(found === undefined || found.isFile() ? dirname(output) : output, constants.W_OK)
  } catch (error) {
    throw notWritableAt(output, error)
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
    // A snapshot holds secrets and so does what is made of it.
    else await writeTextPrivately(found === undefined ? output : await realpath(output), text)
  } catch (error) {
    // Chunks are made while they are written.
    if (error instanceof HeapgraphError) throw error
    throw notWritableAt(output, error)
  }
  return true
}

/** Never hands on more than the stream asks for. */
async function writeToStream(
  stream: OutputStream,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  for await (const chunk of chunks) {
    const isFull = stream.write(chunk) === false && stream.once !== undefined
    // Without a pause, nobody would be told that the pipe is closed.
    await (isFull ? new Promise<void>(resolve => stream.once?.('drain', resolve)) : setImmediate())
  }
}

function notWritableAt(output: string, error: unknown): HeapgraphError {
  return notWritable(output, error, 'choose another place')
}
