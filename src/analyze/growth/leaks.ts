/** The objects that a leak keeps: made after a first snapshot, and still there in a last one. */

import {isText} from '../../snapshot/code/text.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake} from '../../util/memo.ts'
import {MAX_UINT32} from '../../util/uint32.ts'
import {idsAscending} from '../facts/id-column.ts'
import {browserParts} from '../facts/internals.ts'
import {type KnownObjects, knownTest} from '../facts/known-objects.ts'
import {selfSizes} from '../facts/self-sizes.ts'
import {timerCallback} from '../facts/timers.ts'
import {heldByTools} from '../graph/held-by-tools.ts'
import {NO_EDGE} from '../owners/named-paths.ts'
import {pathNames} from '../owners/path-names.ts'
import {NO_GROUP} from './growth.ts'

/** How many objects of a group there were, and their bytes: one number a snapshot, the last of them this one's. */
export interface GroupHistory {
  counts: number[]
  selfBytes: number[]
}

export interface LeakSearch {
  /** Uint32Array(n): groups whose members in other snapshots are known; NO_GROUP for nodes of none. */
  ofNode: Uint32Array
  /** By group. */
  histories: readonly GroupHistory[]
  /** Objects of the first snapshot and of the one in the middle; undefined where ids do not agree. */
  base: KnownObjects | undefined
  target: KnownObjects | undefined
}

/** Objects that nothing of theirs is above, of one group, and all that hangs below them. */
export interface LeakedSet {
  /** Number of the place in the program where they hang. */
  group: number
  /** Ordinals, ascending by id. */
  outermost: Uint32Array
  /** Ordinals: the outermost objects and the new objects of grown groups below them. */
  members: Uint32Array
  /** Of the outermost objects and everything new below them. */
  count: number
  /** Sum of the self sizes of all of these. */
  selfBytes: number
  /** Number of new objects by type, for the types of objects with a constructor of their own: most first. */
  types: {type: number; count: number}[]
  /** Ordinal of the object whose parts have them, if several of its collections grew in step; none if it is one collection. */
  structure?: number
  /** Whether the outermost are elements that nothing keeps but the document that they are in. */
  isInDocument?: true
}

/** Growth below this is noise: caches of the runtime fill, strings are joined. */
export const MIN_COUNT = 3
const MIN_BYTES = 1000
/** What a few new objects have below them is noise as they are, up to so many bytes. */
export const FEW_BYTES = 10_000

/** Whether a group has grown for good: in a middle snapshot already, and still in the last. Of texts, as many may be longer. */
export function hasGrown({counts, selfBytes}: GroupHistory, isText: boolean): boolean {
  return (
    isMore(counts, MIN_COUNT) ||
    growsEachTime(counts, MIN_COUNT) ||
    (isText && counts[counts.length - 1] >= counts[0] && isMore(selfBytes, MIN_BYTES))
  )
}

function isMore(values: readonly number[], least: number): boolean {
  return values.slice(1).every(value => value - values[0] >= least)
}

/** By little at first, but each time: 2, 3, 8. */
function growsEachTime(values: readonly number[], least: number): boolean {
  if (values.length < 3 || values[values.length - 1] - values[0] < least) return false
  return values.every((value, i) => i === 0 || value > values[i - 1])
}

interface GrowingSet {
  outermost: GrowableUint32
  members: GrowableUint32
  count: number
  selfBytes: number
  types: Map<number, number>
}

function emptySet(): GrowingSet {
  return {outermost: new GrowableUint32(), members: new GrowableUint32(), count: 0, selfBytes: 0, types: new Map()}
}

/**
 * Linear in nodes. Where ids do not agree, the youngest of a group that has grown by so many count as the new ones. `few`: groups that
 * grew each time, but by so few objects that they and what is below them are left out; `ofTools`: objects left out since DevTools, drivers
 * and extensions alone keep them.
 */
export function leakedSets(snapshot: Snapshot, search: LeakSearch): {sets: LeakedSet[]; few: number; ofTools: number} {
  const {nodeCount, nodeId, types} = snapshot
  const size = selfSizes(snapshot, 'devtools')
  const {isLeaked, few, ofTools} = leaked(snapshot, search)
  const topOf = nearestTops(snapshot, isLeaked)
  const ofGroup = new Map<number, GrowingSet>()
  const isNew = search.base === undefined ? (node: number) => isLeaked.has(node) : newTest(snapshot, search)
  for (let node = 0; node < nodeCount; node++) {
    const top = topOf[node]
    if (top === NONE || !isNew(node)) continue
    const group = search.ofNode[top]
    const set = getOrMake(ofGroup, group, emptySet)
    if (node === top) set.outermost.push(node)
    set.selfBytes += size[node]
    if (!isLeaked.has(node)) continue
    set.count++
    set.members.push(node)
    const type = types.ofNode[node]
    set.types.set(type, (set.types.get(type) ?? 0) + 1)
  }
  const sets = [...ofGroup].map(([group, {outermost, members, count, selfBytes, types}]) => ({
    group,
    members: members.view(),
    outermost: outermost
      .view()
      .slice()
      .sort((a, b) => nodeId[a] - nodeId[b]),
    count,
    selfBytes,
    types: [...types].map(([type, count]) => ({type, count})).sort((a, b) => b.count - a.count || a.type - b.type),
  }))
  return {sets, few, ofTools}
}

/** Whether an object was made after the first snapshot, and is in the one in the middle. */
export function newTest(
  snapshot: Snapshot,
  {base, target}: Pick<LeakSearch, 'base' | 'target'>,
): (node: number) => boolean {
  const isInBase = base && knownTest(base, snapshot)
  const isInTarget = target && knownTest(target, snapshot)
  return node => !isInBase?.(node) && (isInTarget?.(node) ?? true)
}

function leaked(snapshot: Snapshot, search: LeakSearch): {isLeaked: BitSet; few: number; ofTools: number} {
  const {ofNode, histories, base} = search
  const {nodeCount} = snapshot
  const grown = Uint8Array.from(histories, history => Number(hasGrown(history, false)))
  const grownText = Uint8Array.from(histories, history => Number(hasGrown(history, true)))
  const isBrowserPart = browserParts(snapshot)
  const isGrown = (node: number) =>
    ofNode[node] !== NO_GROUP &&
    (isText(snapshot, node) ? grownText : grown)[ofNode[node]] === 1 &&
    !isBrowserPart(node)
  const found = new BitSet(nodeCount)
  const tools = heldByTools(snapshot)
  let ofTools = 0
  const add = (node: number) => {
    if (tools?.isHeld(node)) ofTools++
    else found.add(node)
  }
  if (base !== undefined) {
    const isNew = newTest(snapshot, search)
    const {isNoise, few} = noise(snapshot, search, isNew)
    for (let node = 0; node < nodeCount; node++) if (isGrown(node) && isNew(node) && !isNoise(node)) add(node)
    return {isLeaked: found, few, ofTools}
  }
  const left = Float64Array.from(histories, ({counts}) => Math.max(1, counts[counts.length - 1] - counts[0]))
  const {nodes} = idsAscending(snapshot, isGrown)
  for (let i = nodes.length - 1; i >= 0; i--) if (left[ofNode[nodes[i]]]-- > 0) add(nodes[i])
  return {isLeaked: found, few: 0, ofTools}
}

/**
 * Whether an object is below a new one of a group that grows each time, but by too few to be told: two new objects of 20 parts each are
 * no growth of 40. With much below them they are.
 */
function noise(
  snapshot: Snapshot,
  {ofNode, histories}: LeakSearch,
  isNew: (node: number) => boolean,
): {isNoise: (node: number) => boolean; few: number} {
  const {nodeCount} = snapshot
  const isFew = histories.map(({counts}) => growsEachTime(counts, 1) && !growsEachTime(counts, MIN_COUNT))
  const few = new BitSet(nodeCount)
  for (let node = 0; node < nodeCount; node++) {
    if (ofNode[node] !== NO_GROUP && isFew[ofNode[node]] && !isText(snapshot, node) && isNew(node)) few.add(node)
  }
  const topOf = nearestTops(snapshot, few)
  const size = selfSizes(snapshot, 'devtools')
  const bytes = new Float64Array(histories.length)
  for (let node = 0; node < nodeCount; node++) if (topOf[node] !== NONE) bytes[ofNode[topOf[node]]] += size[node]
  const isNoise = (node: number) => topOf[node] !== NONE && bytes[ofNode[topOf[node]]] < FEW_BYTES
  return {isNoise, few: bytes.filter(sum => sum > 0 && sum < FEW_BYTES).length}
}

const NONE = MAX_UINT32
const UNKNOWN = MAX_UINT32 - 1

/** Uint32Array(n): the first of the leaked objects on the named path to each node, itself included; NONE where there is none. */
function nearestTops(snapshot: Snapshot, isLeaked: BitSet): Uint32Array {
  const {nodeCount} = snapshot
  const {entryOf, parentOf, patterns, patternOf} = pathNames(snapshot)
  const topOf = new Uint32Array(nodeCount).fill(UNKNOWN)
  const isLeakedTimer = (node: number) => {
    const callback = timerCallback(snapshot, node)
    return callback >= 0 && isLeaked.has(callback)
  }
  const chain: number[] = []
  for (let from = 0; from < nodeCount; from++) {
    let above = NONE
    for (let at = from; ; at = parentOf(at)) {
      if (topOf[at] !== UNKNOWN) {
        above = topOf[at]
        break
      }
      chain.push(at)
      if (entryOf(at) === NO_EDGE) break
    }
    for (let node = chain.pop(); node !== undefined; node = chain.pop()) {
      // What begins a path of its own hangs nowhere.
      if (patterns.isStart(patternOf(node))) above = NONE
      // A timer whose function is new itself is told by that.
      if (above === NONE && isLeaked.has(node) && !isLeakedTimer(node)) above = node
      topOf[node] = above
    }
  }
  return topOf
}

/** Whether an object is a detached part of a page. */
export function isDetachedDom({nodeKind, detachedness}: Snapshot, node: number): boolean {
  return nodeKind[node] === NodeKind.native && detachedness[node] === 2
}
