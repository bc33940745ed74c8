/** Suspects about which somebody has decided already: told in a line, and not counted. */
import {plural} from '../../util/units.ts'

/** What may be said of a suspect: it is meant to stay; it leaks, and somebody is at it; it is nobody's concern. */
export type KnownVerdict = 'expected' | 'mine' | 'ignore'
export const VERDICTS: readonly KnownVerdict[] = ['expected', 'mine', 'ignore']

/** What somebody has said of an owner. */
export interface KnownNote {
  /** Of the owner: `fingerprint` of a suspect. */
  fingerprint: string
  verdict: KnownVerdict
  reason: string
}

/** A suspect, and what was said of it. */
export type KnownRow<Row> = Row & {
  /** What somebody has said of it, and why; '' without a reason. */
  known: {verdict: KnownVerdict; reason: string}
}

export interface Parted<Row> {
  rows: Row[]
  known: KnownRow<Row>[]
}

/** Rows apart from those that are known, as many as are needed for `limit` of the former. */
export function partKnown<Row extends {fingerprint: string}>(
  rows: Iterable<Row>,
  notes: readonly KnownNote[],
  limit = Number.POSITIVE_INFINITY,
): Parted<Row> {
  const byFingerprint = new Map(notes.map(note => [note.fingerprint, note]))
  const parted: Parted<Row> = {rows: [], known: []}
  if (limit === 0) return parted
  for (const row of rows) {
    const note = byFingerprint.get(row.fingerprint)
    if (note === undefined) parted.rows.push(row)
    else parted.known.push({...row, known: {verdict: note.verdict, reason: note.reason}})
    if (parted.rows.length >= limit) break
  }
  return parted
}

/** That notes speak of owners which were not found: a mended leak, or a name that was changed. */
export function unusedSentence(notes: readonly KnownNote[], known: readonly {fingerprint: string}[]): string[] {
  const used = new Set(known.map(({fingerprint}) => fingerprint))
  const unused = notes.filter(({fingerprint}) => !used.has(fingerprint))
  if (unused.length === 0) return []
  const [{fingerprint}] = unused
  const more = unused.length > 1 ? ` and ${plural(unused.length - 1, 'other')}` : ''
  return [
    `of the known suspects, ${fingerprint}${more} ${unused.length === 1 ? 'was' : 'were'} not among those looked at`,
  ]
}
