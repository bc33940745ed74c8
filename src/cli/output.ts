/** Where an answer goes and in which form: stdout or a file, chosen by the file's ending. */
import {randomBytes} from 'node:crypto'
import {rename, rm, writeFile} from 'node:fs/promises'
import {extname} from 'node:path'
import {HeapgraphError} from '../index.ts'
import type {Io} from './io.ts'

export type Format = 'text' | 'json' | 'dot' | 'svg'

export interface OutputOptions {
  output?: string
  format?: string
  json?: boolean
}

const FORMAT_OF_ENDING: Record<string, Format> = {
  '.txt': 'text',
  '.json': 'json',
  '.dot': 'dot',
  '.gv': 'dot',
  '.svg': 'svg',
}

/** The form asked for, among those this answer has; `--format` and `--json` go before the file's ending. */
export function chooseFormat({output, format, json}: OutputOptions, possible: readonly Format[]): Format {
  const asked = json ? 'json' : (format ?? formatOfFile(output))
  const chosen = possible.find(name => name === asked)
  if (chosen !== undefined) return chosen
  throw new HeapgraphError(
    'USAGE',
    `this command writes ${possible.join(', ')}, not ${asked}`,
    'choose another --format or file ending',
  )
}

function formatOfFile(output: string | undefined): string {
  if (output === undefined || output === '-') return 'text'
  const ending = extname(output).toLowerCase()
  const format = FORMAT_OF_ENDING[ending]
  if (format !== undefined) return format
  const known = Object.keys(FORMAT_OF_ENDING).join(' ')
  throw new HeapgraphError(
    'USAGE',
    `${output}: no format is known for the ending "${ending}"`,
    `use one of ${known}, or --format`,
  )
}

/** Writes the answer; returns whether it went to a file. */
export async function writeAnswer(io: Io, {output}: OutputOptions, text: string): Promise<boolean> {
  if (output === undefined || output === '-') {
    io.stdout.write(text)
    return false
  }
  await writePrivately(output, text)
  return true
}

/**
 * A snapshot holds secrets and so does what is made of it: the file is for its owner only. It is renamed into place, so
 * that a broken-off run leaves no half file.
 */
async function writePrivately(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFile(temporary, text, {mode: 0o600, flag: 'wx'})
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, {force: true})
    const {code} = error as NodeJS.ErrnoException
    throw new HeapgraphError(
      'UNREADABLE',
      `${path}: cannot be written (${code ?? String(error)})`,
      'choose another place with -o',
    )
  }
}
