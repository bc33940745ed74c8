/** What leaks, as rows with names and words, and what the answer leaves out. */
import type {GrowthStep} from '../../analyze/growth/growth.ts'
import {trendOf} from '../../analyze/growth/trend.ts'
import {placeSentences} from '../../explain/places/place-sentences.ts'
import {agreementSentence} from '../../explain/words/growth-words.ts'
import {formatBytes} from '../../util/units.ts'
import type {AgreementView} from './growth-view.ts'
import {type LeakView, suspectView} from './leak-row.ts'
import {grownBytes, type LeaksAnswer, toldBytes, WORTH_SAYING} from './leak-suspects.ts'

export interface LeaksView {
  snapshots: {name: string; nodeCount: number; heapBytes: number}[]
  /** Of the last with the first. */
  agreement: AgreementView
  rows: LeakView[]
  total: {rows: number; count: number; selfBytes: number}
  limits: string[]
}

export function leaksView({snapshot, steps, overall, suspects, limit, limits}: LeaksAnswer): LeaksView {
  const rows = suspects.slice(0, limit).map(
    ({set, counts, selfBytes, confidence}): LeakView => ({
      ...suspectView(snapshot, set),
      confidence,
      counts,
      trend: trendOf(counts, selfBytes),
    }),
  )
  const total = {
    rows: suspects.length,
    count: suspects.reduce((sum, {set}) => sum + set.count, 0),
    selfBytes: suspects.reduce((sum, {set}) => sum + set.selfBytes, 0),
  }
  return {
    snapshots: steps.map(({name, nodeCount, heapBytes}) => ({name, nodeCount, heapBytes})),
    agreement: {...overall, text: agreementSentence(overall)},
    rows,
    total,
    limits: [
      ...standstill(rows),
      ...limits,
      ...unexplained(steps, toldBytes(snapshot, suspects)),
      ...placeSentences(
        snapshot,
        rows.flatMap(({place, also}) => [place, ...also.map(holder => holder.place)]),
      ),
    ],
  }
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
