/** What leaks, as rows with names and words, and what the answer leaves out. */
import type {GrowthStep} from '../../analyze/growth/growth.ts'
import type {LeakedSet} from '../../analyze/growth/leaks.ts'
import {trendOf} from '../../analyze/growth/trend.ts'
import {placeSentences} from '../../explain/places/place-sentences.ts'
import {agreementSentence} from '../../explain/words/growth-words.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import type {AgreementView} from './growth-view.ts'
import {type KnownNote, type KnownRow, type Parted, partKnown, unusedSentence} from './known.ts'
import {type LeakView, suspectView} from './leak-row.ts'
import {grownBytes, type LeaksAnswer, toldBytes, WORTH_SAYING} from './leak-suspects.ts'

export interface LeaksView {
  snapshots: {name: string; nodeCount: number; heapBytes: number}[]
  /** Of the last with the first. */
  agreement: AgreementView
  rows: LeakView[]
  /** Suspects about which notes say something: not among `rows`, nor counted in `total`. */
  known: KnownRow<LeakView>[]
  total: {rows: number; count: number; selfBytes: number}
  limits: string[]
}

/** `notes`: on suspects that are known, which are apart from the others. */
export function leaksView(answer: LeaksAnswer, notes: readonly KnownNote[] = []): LeaksView {
  return leaksViewOf(answer, leakRows(answer, notes), notes)
}

/** The same of rows that are there already. */
export function leaksViewOf(
  answer: LeaksAnswer,
  {rows, known}: Parted<RowOfSet>,
  notes: readonly KnownNote[],
): LeaksView {
  const {snapshot, steps, overall, limits} = answer
  const unknown = unknownSuspects(answer, known)
  const total = {
    rows: unknown.length,
    count: unknown.reduce((sum, {set}) => sum + set.count, 0),
    selfBytes: unknown.reduce((sum, {set}) => sum + set.selfBytes, 0),
  }
  return {
    snapshots: steps.map(({name, nodeCount, heapBytes}) => ({name, nodeCount, heapBytes})),
    agreement: {...overall, text: agreementSentence(overall)},
    rows: rows.map(withoutSet),
    known: known.map(withoutSet),
    total,
    limits: [
      ...standstill([...rows, ...known]),
      ...(rows.length < unknown.length
        ? [`${formatCount(rows.length)} of ${plural(unknown.length, 'suspect')} are shown; --limit N shows more`]
        : []),
      ...unusedSentence(notes, known),
      ...limits,
      ...unexplained(steps, toldBytes(snapshot, answer.suspects)),
      ...placeSentences(
        snapshot,
        rows.flatMap(({place, also}) => [place, ...also.map(holder => holder.place)]),
      ),
    ],
  }
}

type RowOfSet = LeakView & {set: LeakedSet}

/** The rows, each with its set. */
export function leakRows({snapshot, suspects, limit}: LeaksAnswer, notes: readonly KnownNote[] = []): Parted<RowOfSet> {
  function* all(): Iterable<RowOfSet> {
    for (const {set, counts, selfBytes, confidence} of suspects) {
      yield {...suspectView(snapshot, set), confidence, counts, trend: trendOf(counts, selfBytes), set}
    }
  }
  return partKnown(all(), notes, limit)
}

/** Those that no note speaks of. */
export function unknownSuspects({suspects}: LeaksAnswer, known: readonly {set: LeakedSet}[]): LeaksAnswer['suspects'] {
  const sets = new Set(known.map(({set}) => set))
  return suspects.filter(({set}) => !sets.has(set))
}

function withoutSet<Row extends {set: LeakedSet}>({set: _, ...row}: Row): Omit<Row, 'set'> {
  return row
}

/** Where all that grew stood still from the middle snapshot on: whether that is a leak depends on what was done then. */
function standstill(rows: readonly LeakView[]): string[] {
  if (rows.length === 0 || rows.some(({trend}) => trend !== 'saturated')) return []
  return [
    'nothing grew after the middle snapshot: if the same work was done then too, these are not leaks but full caches, or one-time work',
  ]
}

function unexplained(steps: readonly GrowthStep[], explained: number): string[] {
  const grown = grownBytes(steps)
  if (grown < WORTH_SAYING * steps[0].heapBytes || explained >= grown / 2) return []
  return [
    `the heap grew by ${formatBytes(grown)}; places in the program explain ${formatBytes(explained)} of it, growth says what the rest is`,
  ]
}
