/** What stands out in one heap, as rows with names and words. */

import {retainedSizes} from '../analyze/dominators.ts'
import {NO_GROUP} from '../analyze/growth.ts'
import {type SuspectsAnswer, suspects} from '../analyze/suspects.ts'
import {describe} from '../explain/describe.ts'
import {pathGroups} from '../explain/path-groups.ts'
import {rootSentence} from '../explain/script-root.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {plural} from '../util/units.ts'
import {type SuspectView, suspectView} from './leak-row.ts'
import {type SnapshotView, snapshotView} from './snapshot-view.ts'

export interface SuspectsOptions {
  /** Share of the heap (0 to 1) from which on something stands out. */
  minShare?: number
}

export interface SuspectsView {
  snapshot: SnapshotView
  minShare: number
  heapBytes: number
  rows: (SuspectView & {
    /** What it gathers in: a Map, an array; null for the instances of a class. */
    accumulation: {id: number; type: string; retainedBytes: number} | null
    /** The class; null for one object. */
    className: string | null
  })[]
  limits: string[]
}

export function suspectsView(snapshot: Snapshot, {minShare = 0.1}: SuspectsOptions = {}): SuspectsView {
  const {groups, ofNode, left} = pathGroups(snapshot)
  const isCounted = (node: number) => ofNode[node] !== NO_GROUP && !groups[ofNode[node]].type.startsWith('system / ')
  const answer = suspects(snapshot, isCounted, minShare)
  const rows = answer.suspects.map(suspect => rowOf(answer, suspect))
  return {
    snapshot: snapshotView(snapshot),
    minShare,
    heapBytes: answer.heapBytes,
    rows,
    limits: [
      ...(left.count > 0
        ? [
            `${plural(left.count, 'object')} at ${plural(left.patterns, 'more place')} in the program were not looked at`,
          ]
        : []),
      ...rootSentence(
        snapshot,
        rows.map(({place}) => place),
      ),
    ],
  }
}

function rowOf(
  {snapshot}: SuspectsAnswer,
  {accumulation, type, retainedBytes, set}: SuspectsAnswer['suspects'][number],
): SuspectsView['rows'][number] {
  const retained = retainedSizes(snapshot, 'devtools')
  const held = accumulation < 0 ? null : describe(snapshot, accumulation)
  return {
    ...suspectView(snapshot, set),
    // What an object retains is more than what the objects below it do.
    retainedBytes,
    accumulation: held === null ? null : {id: held.id, type: held.type, retainedBytes: retained[accumulation]},
    className: type < 0 ? null : snapshot.types.names[type],
  }
}
