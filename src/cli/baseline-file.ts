/** Growth that is known, in a file: `{"by", "grew": [{"fingerprint", "count", "selfBytes"}], "collections": [{"fingerprint", "entries"}]}`. */
import {Option} from 'commander'
import {
  type AllowedGrowth,
  forTerminal,
  type GrowthBaseline,
  type GrowthBy,
  HeapgraphError,
  isThere,
  notWritable,
  plural,
  readTextFileNow,
  writeTextPrivately,
} from '../index.ts'
import type {Context} from './answer.ts'

const MAX_BYTES = 32 << 20
const KINDS: readonly GrowthBy[] = ['type', 'holder', 'path']

export interface BaselineOptions {
  by?: GrowthBy
  baseline?: string
  updateBaseline?: boolean
  tolerance?: number
}

export function baselineOption(): Option {
  return new Option(
    '--baseline <file>',
    'rows that grew no more than this file allows are counted in one line (docs/growth.md)',
  )
}

/** What may grow; undefined if none was asked for, or it is yet to be written. Throws UNREADABLE, or USAGE for what is no such file. */
export function allowedGrowth(
  {by = 'type', baseline: path, updateBaseline = false, tolerance = 0}: BaselineOptions,
  isPicture: boolean,
): AllowedGrowth | undefined {
  if (path === undefined) {
    if (updateBaseline) throw new HeapgraphError('USAGE', '--update-baseline has no file', 'name one with --baseline')
    return undefined
  }
  if (isPicture)
    throw new HeapgraphError(
      'USAGE',
      'a picture of growth has no rows that --baseline could leave out',
      'ask for text, json or md',
    )
  const file = readTextFileNow(path, MAX_BYTES)
  if (file === undefined) {
    if (updateBaseline && !isThere(path)) return undefined
    const hint = 'add --update-baseline to write it'
    throw new HeapgraphError('UNREADABLE', `${path}: no such baseline, or it is larger than 32 MB`, hint)
  }
  const found = parsed(file.text)
  if (found === undefined) throw new HeapgraphError('USAGE', `${path} is no baseline of growth`, 'see docs/growth.md')
  if (found.by === by) return {baseline: found, tolerance}
  // It is written anew.
  if (updateBaseline) return undefined
  throw new HeapgraphError('USAGE', `${path} is a baseline by ${found.by}`, `add --by ${found.by}`)
}

/** Writes it, for its owner only. */
export async function writeBaseline(
  {io}: Pick<Context, 'io'>,
  {baseline: path = ''}: BaselineOptions,
  baseline: GrowthBaseline,
): Promise<void> {
  try {
    await writeTextPrivately(path, `${JSON.stringify(baseline, undefined, 2)}\n`)
  } catch (error) {
    throw notWritable(path, error)
  }
  const {by, grew, collections} = baseline
  const what = `${plural(grew.length, by)} and ${plural(collections.length, 'collection')} that grew`
  io.stderr.write(`${forTerminal(`${what} written to ${path}`)}\n`)
}

function parsed(text: string): GrowthBaseline | undefined {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof found !== 'object' || found === null) return undefined
  const {by, grew, collections} = found as Record<string, unknown>
  const kind = KINDS.find(one => one === by)
  if (kind === undefined || !isListOf(grew, 'count', 'selfBytes') || !isListOf(collections, 'entries')) return undefined
  return {by: kind, grew, collections} as unknown as GrowthBaseline
}

function isListOf(list: unknown, ...numbers: string[]): list is Record<string, unknown>[] {
  return (
    Array.isArray(list) &&
    list.every(
      (entry: Record<string, unknown> | null) =>
        typeof entry === 'object' &&
        entry !== null &&
        typeof entry.fingerprint === 'string' &&
        numbers.every(name => Number.isSafeInteger(entry[name]) && (entry[name] as number) >= 0),
    )
  )
}
