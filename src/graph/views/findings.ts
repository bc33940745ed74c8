/** Suspects and broken assertions as findings on lines of code, for programs that show such: pull requests, code scanning, test reports. */
import {placeOfText} from '../../explain/places/script-root.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {formatBytes, plural} from '../../util/units.ts'
import type {AssertView} from './assert-view.ts'
import type {KnownRow} from './known.ts'
import type {Confidence, SuspectView} from './leak-row.ts'

/** One thing to look at. */
export interface Finding {
  /** What it looks like, in words with dashes: `leak/growing-map`, `assert/max`. */
  rule: string
  level: 'error' | 'warning' | 'note'
  /** A sentence. */
  message: string
  /** What to do about it; '' if nothing can be said. */
  advice: string
  /** The script as the snapshot has it, a path or URL; '' if no line is known. */
  script: string
  /** From 1 on; 0 if it is not known. */
  line: number
  /** Equal in every process and build. */
  fingerprint: string
  /** Why it is no concern any more; undefined if nobody has said so. */
  accepted: string | undefined
}

type Suspect = SuspectView & {confidence?: Confidence}

const LEVELS = {high: 'error', medium: 'warning', low: 'note'} as const

/** `view`: what `leaks` or `suspects` answers of the snapshot. */
export function suspectFindings(
  snapshot: Snapshot,
  view: {rows: readonly Suspect[]; known: readonly KnownRow<Suspect>[]},
): Finding[] {
  const findingOf = (row: Suspect, accepted?: string): Finding => {
    const place = placeOfText(snapshot, row.place || (row.made[0]?.place ?? ''))
    const size = formatBytes(row.retainedBytes)
    return {
      rule: `leak/${row.kind.replace(/[^A-Za-z]+/g, '-').toLowerCase()}`,
      level: row.confidence === undefined ? 'warning' : LEVELS[row.confidence],
      message: `${row.holder} keeps ${plural(row.count, 'object')} alive, ${size}: ${row.types.map(({type, count}) => `${count} ${type}`).join(', ')}`,
      advice: row.advice,
      script: place?.script ?? '',
      line: place?.line ?? 0,
      fingerprint: row.fingerprint,
      accepted,
    }
  }
  return [
    ...view.rows.map(row => findingOf(row)),
    ...view.known.map(row =>
      findingOf(row, [row.known.verdict, row.known.reason].filter(text => text !== '').join(': ')),
    ),
  ]
}

/** Assertions that do not hold. */
export function assertFindings({assertions}: AssertView): Finding[] {
  return assertions
    .filter(({passed}) => !passed)
    .map(({kind, text, message, details}) => ({
      rule: `assert/${kind}`,
      level: 'error',
      message: `--${kind} ${text}: ${message}`,
      advice: details.join('; '),
      script: '',
      line: 0,
      fingerprint: `--${kind} ${text}`,
      accepted: undefined,
    }))
}
