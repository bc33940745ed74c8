/** Notes on known suspects in a file: `{"known": [{"fingerprint", "verdict", "reason", "until"}]}`, written by `explore` and by people. */
import {Option} from 'commander'
import {
  forTerminal,
  HeapgraphError,
  isThere,
  type KnownNote,
  notesOn,
  notWritable,
  plural,
  readTextFileNow,
  VERDICTS,
  writeTextPrivately,
} from '../index.ts'
import type {Context} from './answer.ts'

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
    throw notKnown(
      path,
      `entry ${wrong + 1} lacks "fingerprint", "verdict" (${VERDICTS.join(', ')}) or "reason", or has an "until" that is no day such as 2026-12-31`,
    )
  }
  return (known as KnownNote[]).map(({fingerprint, verdict, reason, until}) => ({
    fingerprint,
    verdict,
    reason,
    ...(until === undefined ? {} : {until}),
  }))
}

/** The option that adds what is found to the file. */
export function updateKnownOption(): Option {
  return new Option('--update-known', 'add the suspects found to the file of --known, for you to give reasons')
}

export interface KnownOptions {
  known?: string
  updateKnown?: boolean
}

/** The notes to go by today; those that hold no more are told, and count again. Throws what `readKnown` does. */
export function knownToday({io}: Pick<Context, 'io'>, {known, updateKnown = false}: KnownOptions): KnownNote[] {
  if (known === undefined) {
    if (!updateKnown) return []
    throw new HeapgraphError('USAGE', '--update-known has no file', 'name one with --known')
  }
  const {valid, expired} = notesOn(today(), readKnown(known, {mayLack: updateKnown}))
  for (const {fingerprint, until = ''} of expired)
    io.stderr.write(`note: ${forTerminal(`${fingerprint} was known until ${until}, and counts again`)}\n`)
  return valid
}

/** Those of the notes that hold today. */
export function validToday(notes: readonly KnownNote[]): KnownNote[] {
  return notesOn(today(), notes).valid
}

/** The day here, as people write it into the file. */
function today(): string {
  const now = new Date()
  const two = (number: number) => String(number).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

/** Adds suspects to the file, if that was asked for: as the person's own, without a reason. */
export async function updateKnown(
  {io}: Pick<Context, 'io'>,
  {known, updateKnown = false}: KnownOptions,
  suspects: readonly {fingerprint: string}[],
): Promise<void> {
  if (known === undefined || !updateKnown) return
  const notes = readKnown(known, {mayLack: true})
  const found = new Set(suspects.map(({fingerprint}) => fingerprint))
  // What has expired and was found again is decided anew.
  const kept = notes.filter(({fingerprint}) => !found.has(fingerprint))
  const added = Array.from(found, (fingerprint): KnownNote => ({fingerprint, verdict: 'mine', reason: ''}))
  await writeKnown(known, [...kept, ...added])
  io.stderr.write(`${plural(added.length, 'suspect')} added to ${forTerminal(known)}\n`)
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
  const {fingerprint, verdict, reason, until} = note as Record<string, unknown>
  return (
    isText(fingerprint, MAX_FINGERPRINT) &&
    fingerprint !== '' &&
    isText(reason, MAX_REASON) &&
    (until === undefined || isDay(until)) &&
    VERDICTS.some(known => known === verdict)
  )
}

function isDay(text: unknown): boolean {
  return typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
}

function isText(text: unknown, most: number): text is string {
  return typeof text === 'string' && text.length <= most
}

function notKnown(path: string, why: string): HeapgraphError {
  return new HeapgraphError('USAGE', `${path} is no file of known suspects: ${why}`, 'see docs/explore.md')
}
