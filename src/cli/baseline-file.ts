/** Growth that is known, in a file: `{"by", "grew": [{"fingerprint", "count", "selfBytes"}], "collections": [{"fingerprint", "entries"}]}`. */
import {Option} from 'commander'
import {
  type AllowedGrowth,
  forTerminal,
  type GrowthBaseline,
  type GrowthBy,
  HeapgraphError,
  isGrowthBaseline,
  isThere,
  notWritable,
  plural,
  readTextFileNow,
  writeTextPrivately,
} from '../index.ts'
import type {Context} from './answer.ts'

const MAX_BYTES = 32 << 20

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
  try {
    const found: unknown = JSON.parse(text)
    return isGrowthBaseline(found) ? found : undefined
  } catch {
    return undefined
  }
}
