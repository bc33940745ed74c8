/** Suspects about which somebody has decided already: told in a line, and not counted. */
import {plural} from '../../util/units.ts'

/** What may be said of a suspect: it is meant to stay; it leaks, and somebody is at it; it is nobody's concern. */
export type KnownVerdict = 'expected' | 'mine' | 'ignore'
export const VERDICTS: readonly KnownVerdict[] = ['expected', 'mine', 'ignore']

/** What somebody has said of an owner. */
export interface KnownNote {
  /** Of the owner: `fingerprint` of a suspect, or of an owner that `why` tells. */
  fingerprint: string
  verdict: KnownVerdict
  reason: string
  /** The last day on which this holds, `2026-12-31`; undefined: for ever. */
  until?: string | undefined
}

/** A suspect, and what was said of it. */
export type KnownRow<Row> = Row & {
  /** What somebody has said of it, and why; '' without a reason. */
  known: {verdict: KnownVerdict; reason: string}
}

/** By what notes know a row. */
export interface Fingerprinted {
  fingerprint: string
  partFingerprint?: string
}

export interface Parted<Row> {
  rows: Row[]
  known: KnownRow<Row>[]
}

/** Rows that are looked at beyond the last one shown, for known ones among them. */
const LOOKED_AT_BEYOND = 500

/**
 * Rows apart from those that are known: `limit` of the former, and known ones wherever they stand, as long as there are notes; rows are made when they
 * are asked for.
 */
export function partKnown<Row extends Fingerprinted>(
  rows: Iterable<Row>,
  notes: readonly KnownNote[],
  limit = Number.POSITIVE_INFINITY,
): Parted<Row> {
  const byFingerprint = new Map(notes.map(note => [note.fingerprint, note]))
  const parted: Parted<Row> = {rows: [], known: []}
  if (limit === 0) return parted
  let beyond = 0
  for (const row of rows) {
    const note = fingerprintsOf(row)
      .map(name => byFingerprint.get(name))
      .find(found => found !== undefined)
    if (note !== undefined) parted.known.push({...row, known: {verdict: note.verdict, reason: note.reason}})
    else if (parted.rows.length < limit) parted.rows.push(row)
    else if (++beyond >= LOOKED_AT_BEYOND) break
    if (parted.rows.length >= limit && notes.length === 0) break
  }
  return parted
}

/** All that a note may call a row. */
export function fingerprintsOf({fingerprint, partFingerprint}: Fingerprinted): string[] {
  return partFingerprint === undefined ? [fingerprint] : [fingerprint, partFingerprint]
}

/** The notes that hold on a day, `2026-11-30`, and those that do not any more. */
export function notesOn(day: string, notes: readonly KnownNote[]): {valid: KnownNote[]; expired: KnownNote[]} {
  const isExpired = ({until}: KnownNote) => until !== undefined && until < day
  return {valid: notes.filter(note => !isExpired(note)), expired: notes.filter(isExpired)}
}

/** That notes speak of owners which were not found: a mended leak, or a name that was changed. */
export function unusedSentence(notes: readonly KnownNote[], known: readonly Fingerprinted[]): string[] {
  const used = new Set(known.flatMap(fingerprintsOf))
  const unused = notes.filter(({fingerprint}) => !used.has(fingerprint))
  if (unused.length === 0) return []
  const [{fingerprint}] = unused
  const more = unused.length > 1 ? ` and ${plural(unused.length - 1, 'other')}` : ''
  return [
    `of the known suspects, ${fingerprint}${more} ${unused.length === 1 ? 'was' : 'were'} not among those looked at`,
  ]
}
