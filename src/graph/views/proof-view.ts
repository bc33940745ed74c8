/** Whether a prediction came true in the living process, as rows with names and words. */
import type {CutPlan} from '../../analyze/cuts/cut-steps.ts'
import {type Proof, TOLERANCE} from '../../analyze/cuts/proof.ts'
import type {WhatIfAnswer} from '../../analyze/cuts/what-if.ts'
import {describePathHolder} from '../../explain/owners/path-holder.ts'
import {codePlaceOfRow, placeText} from '../../explain/places/source-place.ts'
import type {CutOutcome} from '../../util/cut-step.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'

export interface ProofView {
  /** What was proved on: `process 4711`. */
  of: string
  /** Exactly as they were written. */
  cuts: string[]
  /** Edges that the cuts name, and of them those that were taken away. */
  edges: {named: number; cut: number}
  /** What could not be taken away, most first: why, how many edges, and one of them in words. */
  uncut: {reason: string; edges: number; example: string; place: string}[]
  predicted: {count: number; selfBytes: number}
  /** Of them those that are gone. */
  gone: {count: number; selfBytes: number}
  stayed: {count: number; selfBytes: number}
  /** Objects that were said to stay, and are gone; of their types as many as of `rows`. */
  besides: {count: number; selfBytes: number; types: {type: string; count: number; selfBytes: number}[]}
  /** `exampleId`: one that stayed; null if all are gone. */
  /** Said to stay, unless callbacks of FinalizationRegistries let go of them; and of these those that are gone. */
  mayGo: {count: number; selfBytes: number; gone: number; goneBytes: number}
  rows: {
    type: string
    place: string
    predicted: number
    gone: number
    stayed: number
    predictedBytes: number
    goneBytes: number
    exampleId: number | null
  }[]
  holds: boolean
  verdict: string
  limits: string[]
}

const REASONS_SHOWN = 8

/** `outcomes`: of the plan's steps; `thrown`: what the program threw after they were made. */
export function proofView(
  {snapshot, cuts}: WhatIfAnswer,
  {steps, unfit}: CutPlan,
  outcomes: readonly CutOutcome[],
  proof: Proof,
  {of, thrown = [], limit = 30}: {of: string; thrown?: readonly string[]; limit?: number},
): ProofView {
  const {rows, predicted, gone, besides, besidesTotal, mayGo, goneOfThose, agreement} = proof
  const failed = new Map<string, number>()
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome !== 'done') failed.set(outcome.failed, (failed.get(outcome.failed) ?? 0) + steps[i].edges)
  }
  const uncut = [
    ...unfit.map(({reason, edges, example}) => {
      const {text, place} = describePathHolder(snapshot, example)
      return {reason, edges, example: text, place}
    }),
    ...[...failed].map(([reason, edges]) => ({reason, edges, example: '', place: ''})),
  ]
  const cut = steps.reduce((sum, {edges}, i) => sum + (outcomes[i] === 'done' ? edges : 0), 0)
  // What went although nothing was cut is no proof of the cut.
  const holds = proof.holds && cut > 0
  const stayed = {count: predicted.count - gone.count, selfBytes: predicted.selfBytes - gone.selfBytes}
  const limits: string[] = []
  if (rows.length > limit)
    limits.push(`${formatCount(limit)} of ${plural(rows.length, 'type')} are shown; --limit N shows more`)
  if (uncut.length > REASONS_SHOWN)
    limits.push(`${plural(uncut.length - REASONS_SHOWN, 'more reason', 'more reasons')} not shown`)
  limits.push(...thrown.map(text => `since then the program threw: ${text}`))
  return {
    of,
    cuts: cuts.map(({text}) => text),
    edges: {named: cuts.reduce((sum, {edges}) => sum + edges.length, 0), cut},
    uncut: uncut.slice(0, REASONS_SHOWN),
    predicted,
    gone,
    stayed,
    besides: {...besidesTotal, types: besides.slice(0, limit)},
    mayGo: {...mayGo, gone: goneOfThose.count, goneBytes: goneOfThose.selfBytes},
    rows: rows.slice(0, limit).map(row => ({
      type: row.type,
      place: placeText(codePlaceOfRow(snapshot, row.location)),
      predicted: row.predicted.count,
      gone: row.gone.count,
      stayed: row.predicted.count - row.gone.count,
      predictedBytes: row.predicted.selfBytes,
      goneBytes: row.gone.selfBytes,
      exampleId: row.example === null ? null : snapshot.nodeId[row.example],
    })),
    holds,
    verdict: verdictOf(
      agreement.sameProcess,
      uncut.length > 0,
      holds,
      predicted,
      gone.selfBytes + besidesTotal.selfBytes,
    ),
    limits,
  }
}

function verdictOf(
  isComparable: boolean,
  isPartial: boolean,
  holds: boolean,
  predicted: {selfBytes: number},
  wentBytes: number,
): string {
  if (!isComparable) return 'nothing is proved: ids do not mean the same objects in both snapshots'
  const measured = `predicted ${formatBytes(predicted.selfBytes)}, ${formatBytes(wentBytes)} went`
  if (holds) return `${measured}: the prediction holds`
  if (isPartial) return `${measured}: nothing is proved, since not all could be cut`
  return `${measured}: the prediction does not hold, it is off by more than ${TOLERANCE * 100} %`
}
