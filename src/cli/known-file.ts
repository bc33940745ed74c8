/** Notes on known suspects in a file: `{"known": [{"fingerprint", "verdict", "reason"}]}`, written by `explore` and by people. */
import {Option} from 'commander'
import {
  HeapgraphError,
  isThere,
  type KnownNote,
  notWritable,
  readTextFileNow,
  VERDICTS,
  writeTextPrivately,
} from '../index.ts'

const MAX_BYTES = 4 << 20
const MAX_NOTES = 10_000
export const MAX_REASON = 1000
const MAX_FINGERPRINT = 2000

/** `does`: what is done with the file. */
export function knownOption(
  does = 'suspects that this file speaks of are told in one line, and do not count (docs/explore.md)',
): Option {
  return new Option('--known <file>', does)
}

/** The notes of a file; none of one that is not there, if `mayLack`. Throws UNREADABLE, or USAGE for what is no such file. */
export function readKnown(path: string, {mayLack = false} = {}): KnownNote[] {
  const file = readTextFileNow(path, MAX_BYTES)
  if (file === undefined) {
    if (mayLack && !isThere(path)) return []
    throw new HeapgraphError('UNREADABLE', `${path}: no such file of known suspects, or it is larger than 4 MB`)
  }
  const known = parsed(file.text)
  if (!Array.isArray(known) || known.length > MAX_NOTES) throw notKnown(path, 'it has no list "known"')
  const wrong = known.findIndex(note => !isNote(note))
  if (wrong >= 0) {
    throw notKnown(path, `entry ${wrong + 1} lacks "fingerprint", "verdict" (${VERDICTS.join(', ')}) or "reason"`)
  }
  return (known as KnownNote[]).map(({fingerprint, verdict, reason}) => ({fingerprint, verdict, reason}))
}

/** Writes them, for their owner only. */
export async function writeKnown(path: string, notes: readonly KnownNote[]): Promise<void> {
  try {
    await writeTextPrivately(path, `${JSON.stringify({known: notes}, undefined, 2)}\n`)
  } catch (error) {
    throw notWritable(path, error)
  }
}

function parsed(text: string): unknown {
  try {
    return (JSON.parse(text) as {known?: unknown} | null)?.known
  } catch {
    return undefined
  }
}

export function isNote(note: unknown): note is KnownNote {
  if (typeof note !== 'object' || note === null) return false
  const {fingerprint, verdict, reason} = note as Record<string, unknown>
  return (
    isText(fingerprint, MAX_FINGERPRINT) &&
    fingerprint !== '' &&
    isText(reason, MAX_REASON) &&
    VERDICTS.some(known => known === verdict)
  )
}

function isText(text: unknown, most: number): text is string {
  return typeof text === 'string' && text.length <= most
}

function notKnown(path: string, why: string): HeapgraphError {
  return new HeapgraphError('USAGE', `${path} is no file of known suspects: ${why}`, 'see docs/explore.md')
}
