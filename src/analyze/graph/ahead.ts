/** Derived columns computed by another thread, while this one computes the dominators. */

import {placeOfRow} from '../../snapshot/code/places.ts'
import {functionsOfInfos, innerFunctions} from '../../snapshot/code/scopes.ts'
import type {SavedGroup} from '../../snapshot/columns/saved.ts'
import {type SharedHeap, sharedHeap, snapshotOfShared} from '../../snapshot/columns/shared-heap.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {type AheadJob, startAhead, workAhead} from '../../threads/ahead.ts'
import {offHeap, typeOffHeap} from '../facts/off-heap.ts'
import {selfSizes} from '../facts/self-sizes.ts'
import {distances} from './distances.ts'
import {dominatorTree} from './dominators.ts'
import {typeSums} from './group-sums.ts'

/** Groups of saved columns by name. Those with a value a node lie in shared memory. */
const COMPUTE = {
  types: (snapshot: Snapshot) => snapshot.types,
  selfSizes: (snapshot: Snapshot) => selfSizes(snapshot, 'devtools'),
  distances: (snapshot: Snapshot) => distances(snapshot),
  typeSums: (snapshot: Snapshot) => typeSums(snapshot),
  offHeap: (snapshot: Snapshot) => offHeap(snapshot),
  typeOffHeap: (snapshot: Snapshot) => typeOffHeap(snapshot),
  scripts: (snapshot: Snapshot) => placeOfRow(snapshot, 0),
  retainers: (snapshot: Snapshot) => snapshot.retainers,
  dominatorTree: (snapshot: Snapshot) => dominatorTree(snapshot),
  'functions of scopes': functionsOfInfos,
  'functions in scopes': innerFunctions,
}

export type AheadGroup = keyof typeof COMPUTE

/** What questions about holders need besides types and dominators. */
export const OF_HOLDERS: readonly AheadGroup[] = [
  'retainers',
  'scripts',
  'functions in scopes',
  'functions of scopes',
  'selfSizes',
]

/**
 * Has a thread that read the snapshot compute these, in this order; whoever asks for one of them gets it as soon as it is there.
 * Does nothing if one thread read it, or the thread was asked before. The columns are the same, whoever computes them.
 */
export function computeAhead(snapshot: Snapshot, groups: readonly AheadGroup[]): void {
  if (snapshot.saved.takeAhead === undefined) computeBesides(snapshot, groups)
}

/** The same behind what the thread was asked before, for groups that were not. */
export function computeBesides(snapshot: Snapshot, groups: readonly AheadGroup[]): void {
  const {threads, saved} = snapshot
  const missing = groups.filter(group => !saved.computed.has(group))
  if (threads === undefined || missing.length === 0) return
  const heap = sharedHeap(snapshot)
  if (heap === undefined) return
  const take = startAhead(threads, 'analyze/graph/ahead', heap, missing)
  const {takeAhead} = saved
  saved.takeAhead = group => takeAhead?.(group) ?? (take(group) as SavedGroup | undefined)
}

/** What that thread does. */
export function run(job: AheadJob<SharedHeap>): void {
  const snapshot = snapshotOfShared(job.about)
  workAhead(job, group => {
    COMPUTE[group as AheadGroup](snapshot)
    return snapshot.saved.computed.get(group)
  })
}
