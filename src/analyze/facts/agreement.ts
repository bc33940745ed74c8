/**
 * Whether two snapshots are of one process, so that an id means the same object in both. V8 deals ids out anew in every process, and
 * after an inspector has disconnected (`HeapObjectsMap`, heap-snapshot-generator.cc), and they collide: they must be tested first.
 */

import {isFlatText, isText} from '../../snapshot/code/text.ts'
import {keepsIds} from '../../snapshot/columns/engine.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {indexInSorted} from '../../util/bisect.ts'
import type {NumberArray} from '../../util/number-column.ts'
import {idsAscending} from './id-column.ts'

/** What is kept of a snapshot to be compared with a later one. */
export interface IdSample {
  /** Ids whose scattered bits under this mask are 0 are in the sample: the same in every snapshot. */
  mask: number
  /** Of the nodes sampled, ascending. */
  ids: NumberArray
  /** Uint32Array(sampled): kind and name of each, hashed. */
  prints: Uint32Array
}

/** Whether the ids of two snapshots mean the same objects. */
export interface Agreement {
  /** Ids in both snapshots, of those looked at. */
  common: number
  /** Of these, how many have equal kind and name. */
  equal: number
  /** Whether ids mean the same objects. */
  sameProcess: boolean
}

/**
 * Measured: 100 % within a process, 92 % between two runs of one program (what Node starts with has the same ids in both), 15 % after
 * an inspector has connected anew.
 */
export const MIN_AGREEMENT = 0.99

const SAMPLED = 1 << 16
/** Characters of a name that are compared: strings are named by their text. */
const COMPARED = 200

/** Some 65,000 nodes of a large snapshot, all of a small one. */
export function idSample(snapshot: Snapshot): IdSample {
  const {nodeCount} = snapshot
  let mask = 0
  while (nodeCount / (mask + 1) > SAMPLED) mask = mask * 2 + 1
  const {ids, nodes} = idsAscending(snapshot, node => isSampled(snapshot.nodeId[node], mask))
  return {mask, ids, prints: nodes.map(node => print(snapshot, node))}
}

/**
 * Of the ids in the smaller of two snapshots so many must be common for them to say anything: roots have the same in every process, and
 * of one process a hundredth at the least lives on, what the runtime itself is made of.
 */
const MIN_COMMON = 0.01

/** Compares the ids of a later snapshot with those of an earlier one. None are common where the engine numbers objects anew each time. */
export function agreement({mask, ids, prints}: IdSample, later: Snapshot): Agreement {
  const {nodeId, nodeCount, nodeKind} = later
  if (!keepsIds(later)) return {common: 0, equal: 0, sameProcess: false}
  let common = 0
  let equal = 0
  let objects = 0
  let sampled = 0
  for (let node = 0; node < nodeCount; node++) {
    if (!isSampled(nodeId[node], mask)) continue
    sampled++
    const place = indexInSorted(ids, nodeId[node])
    if (place < 0) continue
    common++
    if (nodeKind[node] !== NodeKind.synthetic) objects++
    if (print(later, node) === prints[place]) equal++
  }
  const isEnough = objects > 0 && objects >= MIN_COMMON * Math.min(sampled, ids.length)
  return {common, equal, sameProcess: isEnough && equal > MIN_AGREEMENT * common}
}

function isSampled(id: number, mask: number): boolean {
  return ((Math.imul(id, 0x9e3779b1) >>> 8) & mask) === 0
}

/** Print of all joined strings and parts of strings. */
const TEXT_IN_PARTS = 2

/** FNV-1a over the kind and the name. Two parts of one string are of one kind: what is joined becomes flat. */
function print(snapshot: Snapshot, node: number): number {
  const {nodeKind, nodeName, strings} = snapshot
  const kind = nodeKind[node]
  if (isText(snapshot, node) && !isFlatText(snapshot, node)) return TEXT_IN_PARTS
  const text = strings.get(nodeName[node])
  let hash = 0x811c9dc5 ^ kind
  const length = Math.min(text.length, COMPARED)
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash ^ text.length) >>> 0
}
