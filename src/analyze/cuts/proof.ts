/** Whether a prediction came true: the same objects, looked for in a later snapshot of the same process. */

import {rowOrNull} from '../../snapshot/code/places.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {type Agreement, agreement, idSample} from '../facts/agreement.ts'
import {knownObjects, knownTest} from '../facts/known-objects.ts'
import {PROGRAM_KINDS} from '../facts/program-kinds.ts'
import {selfSizes} from '../facts/self-sizes.ts'
import type {WhatIfAnswer} from './what-if.ts'

/** Objects of one type in a proof. */
export interface ProofRow {
  /** Type of the objects. */
  type: string
  /** A row of the snapshot's locations: where the constructor is written; null if the file does not say. */
  location: number | null
  /** Objects that were said to be freed, and their self sizes. */
  predicted: {count: number; selfBytes: number}
  /** Of them those that are gone. */
  gone: {count: number; selfBytes: number}
  /** Ordinal, in the snapshot before, of the one with the smallest id that is still there; null if all are gone. */
  example: number | null
}

/** A prediction compared with what happened. */
export interface Proof {
  /** The snapshot that the prediction was made of. */
  before: Snapshot
  /** The snapshot of the same process after the cuts. */
  after: Snapshot
  /** Types of which something was said to be freed; most bytes first, all of them. */
  rows: ProofRow[]
  /** Objects that were said to be freed, and their self sizes. */
  predicted: {count: number; selfBytes: number}
  /** Of these, those that are gone. */
  gone: {count: number; selfBytes: number}
  /** Objects that were said to stay, and are gone: what the program itself let go of meanwhile is among them. Most bytes first. */
  besides: {type: string; count: number; selfBytes: number}[]
  /** Over all of `besides`. */
  besidesTotal: {count: number; selfBytes: number}
  /** Objects of which it was said that callbacks of FinalizationRegistries may let go of them, and of these those that are gone. */
  mayGo: Sum
  /** Of `mayGo`, those that are gone. */
  goneOfThose: Sum
  /** Whether ids mean the same objects in both. */
  agreement: Agreement
  /** What went of the bytes predicted, and besides, is as much as was predicted, but for TOLERANCE. */
  holds: boolean
}

/** Of the bytes predicted. */
export const TOLERANCE = 0.15
/** What any running program lets go of between two snapshots; less than that is no sign of anything. */
const NOISE_BYTES = 20_000

/**
 * Compares object by object. Left out are nodes that are no objects of V8's heap (their ids are even, and addresses of what the embedder
 * made up for the snapshot; `HeapObjectsMap::kObjectIdStep`), and of what was said to stay V8's own: code, shapes, boxed numbers and the like
 * come and go.
 * n log n in nodes; both snapshots are in memory.
 */
export function proofOf({snapshot, before, after: kept, mayGo, sizes}: WhatIfAnswer, later: Snapshot): Proof {
  const {nodeCount, nodeId, types} = snapshot
  const isThere = knownTest(knownObjects(later), snapshot)
  const selfBytes = selfSizes(snapshot, sizes)
  const rows = types.names.map(
    (type, number): ProofRow => ({
      type,
      location: rowOrNull(types.locations[number]),
      predicted: {count: 0, selfBytes: 0},
      gone: {count: 0, selfBytes: 0},
      example: null,
    }),
  )
  const goneOfThose = {count: 0, selfBytes: 0}
  const besides = types.names.map(type => ({type, count: 0, selfBytes: 0}))
  for (let node = 0; node < nodeCount; node++) {
    const bytes = selfBytes[node]
    if (bytes === 0 || nodeId[node] % 2 === 0 || !before.has(node)) continue
    const isGone = !isThere(node)
    const type = types.ofNode[node]
    if (kept.has(node)) {
      if (isGone && mayGo.nodes.has(node)) add(goneOfThose, bytes)
      else if (isGone && isObject(snapshot.nodeKind[node])) add(besides[type], bytes)
      continue
    }
    const row = rows[type]
    add(row.predicted, bytes)
    if (isGone) add(row.gone, bytes)
    else if (row.example === null || nodeId[node] < nodeId[row.example]) row.example = node
  }
  const predicted = sum(rows.map(row => row.predicted))
  const gone = sum(rows.map(row => row.gone))
  const besidesTotal = sum(besides)
  const agreed = agreement(idSample(snapshot), later)
  return {
    before: snapshot,
    after: later,
    rows: rows.filter(row => row.predicted.count > 0).sort((a, b) => order(a.predicted, b.predicted, a, b)),
    predicted,
    gone,
    besides: besides.filter(({count}) => count > 0).sort((a, b) => order(a, b, a, b)),
    besidesTotal,
    mayGo: {count: mayGo.count, selfBytes: mayGo.selfBytes},
    goneOfThose,
    agreement: agreed,
    holds: agreed.sameProcess && isNear(predicted.selfBytes, gone.selfBytes, besidesTotal.selfBytes),
  }
}

const isObject = (kind: number) => PROGRAM_KINDS.has(kind) || kind === NodeKind.native

function isNear(predicted: number, gone: number, besides: number): boolean {
  const missing = predicted - gone
  return missing <= TOLERANCE * predicted && besides - missing <= Math.max(NOISE_BYTES, TOLERANCE * predicted)
}

/** Objects, and their bytes. */
export interface Sum {
  /** Number of objects. */
  count: number
  /** Sum of their self sizes. */
  selfBytes: number
}

function add(to: Sum, bytes: number): void {
  to.count++
  to.selfBytes += bytes
}

function sum(parts: readonly Sum[]): Sum {
  const total = {count: 0, selfBytes: 0}
  for (const {count, selfBytes} of parts) {
    total.count += count
    total.selfBytes += selfBytes
  }
  return total
}

function order(a: Sum, b: Sum, named: {type: string}, other: {type: string}): number {
  return (
    b.selfBytes - a.selfBytes || b.count - a.count || Number(named.type > other.type) - Number(named.type < other.type)
  )
}
