/** What stands out in one heap: objects in which much of it accumulates, and classes whose instances together are much of it. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {selfSizes} from '../facts/self-sizes.ts'
import {visitBelow} from '../graph/dominance.ts'
import {keptSizes, keptTree} from '../graph/dominators.ts'
import {type RetainedSet, retainedBySet, retainedBySets} from '../graph/retained-set.ts'
import type {LeakedSet} from './leaks.ts'

export interface SuspectsAnswer {
  snapshot: Snapshot
  suspects: Suspect[]
  heapBytes: number
  minShare: number
}

export interface SuspectRules {
  /** Objects that people's own code keeps. */
  isCounted(node: number): boolean
  /** The same, with V8's parts of them. */
  isPart(node: number): boolean
  /** Types whose instances are asked for together. */
  isClass(type: number): boolean
}

/** One thing that leaks, and who must let go of it. */
export interface Suspect {
  /** The object in which it accumulates; -1 for instances of one class. */
  accumulation: number
  /** The class whose instances they are, as a type; -1 for one object. */
  type: number
  /** What would be freed if it, or all of these, were dropped. */
  retained: RetainedSet
  set: LeakedSet
}

/** More than so many would not be read; a heap has room for 10 of 10 % only where they share. */
const MOST = 10

/**
 * An object is a suspect if it retains more than `minShare` (0 to 1) of the heap
 * besides what other such objects below it retain: going down from a holder of much, that is where it gathers (MAT's accumulation
 * point). Of the rest, classes whose instances retain as much together. Linear in nodes, for each suspect of a class once more.
 */
export function suspects(
  snapshot: Snapshot,
  {isCounted, isPart, isClass}: SuspectRules,
  minShare = 0.1,
): SuspectsAnswer {
  const retained = keptSizes(snapshot)
  const heapBytes = retained[snapshot.root]
  const least = Math.max(1, minShare * heapBytes)
  const found: Suspect[] = []
  const isCovered = new BitSet(snapshot.nodeCount)
  const tops = accumulations(snapshot, isCounted, least)
    .slice(0, MOST)
    .map(node => Uint32Array.of(node))
  for (const [i, retained] of retainedBySets(snapshot, tops).entries()) {
    const top = tops[i]
    // The tree leaves out how V8's roots hold people's objects, as a running function's variable: then the object alone frees little.
    if (retained.bytes < least) continue
    found.push({accumulation: top[0], type: -1, retained, set: below(snapshot, top, isPart, isCovered)})
  }
  while (found.length < MOST) {
    const [type, bytes] = largestType(
      snapshot,
      node => isClass(snapshot.types.ofNode[node]) && isCounted(node),
      isCovered,
    )
    if (type < 0 || bytes < least) break
    const nodes = instances(snapshot, type, isCounted, isCovered)
    const retained = retainedBySet(snapshot, nodes)
    const set = below(snapshot, nodes, isPart, isCovered)
    if (retained.bytes >= least) found.push({accumulation: -1, type, retained, set})
  }
  found.sort((a, b) => b.retained.bytes - a.retained.bytes)
  return {snapshot, suspects: found, heapBytes, minShare}
}

/** Objects of more than `least` bytes without those of such objects below them, most first. */
function accumulations(snapshot: Snapshot, isCounted: (node: number) => boolean, least: number): number[] {
  const retained = keptSizes(snapshot)
  const {dominator, order} = keptTree(snapshot)
  const own = new Map<number, number>()
  for (const node of order) {
    if (node === snapshot.root || retained[node] < least || !isCounted(node)) continue
    own.set(node, retained[node])
    let above = dominator[node]
    while (above !== snapshot.root && !own.has(above)) above = dominator[above]
    const bytes = own.get(above)
    if (bytes !== undefined) own.set(above, bytes - retained[node])
  }
  return [...own]
    .filter(([, bytes]) => bytes >= least)
    .map(([node]) => node)
    .sort((a, b) => retained[b] - retained[a] || snapshot.nodeId[a] - snapshot.nodeId[b])
}

/** The type whose counted instances, two at least, keep most that is not covered, each byte once. */
function largestType(
  snapshot: Snapshot,
  isCounted: (node: number) => boolean,
  isCovered: BitSet,
): [type: number, bytes: number] {
  const {ofNode, names} = snapshot.types
  const {order, count} = keptTree(snapshot)
  const size = selfSizes(snapshot, 'devtools')
  // Bytes that are not covered, up to each place of the tree's order: what a node dominates stands right behind it.
  const upTo = new Float64Array(order.length + 1)
  for (let place = 0; place < order.length; place++) {
    upTo[place + 1] = upTo[place] + (isCovered.has(order[place]) ? 0 : size[order[place]])
  }
  const sums = new Float64Array(names.length)
  const outermost = new Uint32Array(names.length)
  const end = new Float64Array(names.length)
  for (let place = 0; place < order.length; place++) {
    const node = order[place]
    const type = ofNode[node]
    if (place < end[type] || isCovered.has(node) || !isCounted(node)) continue
    end[type] = place + count[node]
    sums[type] += upTo[end[type]] - upTo[place]
    outermost[type]++
  }
  let largest = -1
  for (let type = 0; type < sums.length; type++) {
    if (outermost[type] > 1 && sums[type] > (sums[largest] ?? 0)) largest = type
  }
  return [largest, sums[largest] ?? 0]
}

function instances(
  {nodeCount, types}: Snapshot,
  type: number,
  isCounted: (node: number) => boolean,
  isCovered: BitSet,
): Uint32Array {
  const found = new GrowableUint32()
  const {ofNode} = types
  for (let node = 0; node < nodeCount; node++) {
    if (ofNode[node] === type && !isCovered.has(node) && isCounted(node)) found.push(node)
  }
  return found.view()
}

/** All counted objects that those of `outermost` dominate, themselves included unless there is one only; they are covered from now on. */
function below(
  snapshot: Snapshot,
  outermost: Uint32Array,
  isPart: (node: number) => boolean,
  isCovered: BitSet,
): LeakedSet {
  const {nodeId} = snapshot
  const {ofNode} = snapshot.types
  const size = selfSizes(snapshot, 'devtools')
  const members = new GrowableUint32()
  const counts = new Map<number, number>()
  let selfBytes = 0
  visitBelow(keptTree(snapshot), snapshot.root, BitSet.of(snapshot.nodeCount, outermost), node => {
    if (isCovered.has(node)) return
    isCovered.add(node)
    selfBytes += size[node]
    const isHolder = outermost.length === 1 && node === outermost[0]
    if (isHolder || !isPart(node)) return
    members.push(node)
    counts.set(ofNode[node], (counts.get(ofNode[node]) ?? 0) + 1)
  })
  return {
    group: 0,
    outermost: outermost.slice().sort((a, b) => nodeId[a] - nodeId[b]),
    members: members.length === 0 ? outermost : members.view(),
    count: members.length,
    selfBytes,
    types: [...counts].map(([type, count]) => ({type, count})).sort((a, b) => b.count - a.count || a.type - b.type),
  }
}
