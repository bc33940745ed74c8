/**
 * What a set of objects retains: all that would be freed if every one of them were dropped. That is more than their retained sizes
 * added up, since several may hold what none of them holds alone, as Buffers do the pool that they are cut out of.
 *
 * It is not necessary to mark the whole heap again without them. In the tree by which marking met the nodes, whatever does not hang
 * below a member is still met the same way; only what hangs below one is asked whether something else holds it.
 */
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {indexInSorted} from '../../util/bisect.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {memoize} from '../../util/memo.ts'
import {holdingEdges} from '../facts/edge-policy.ts'
import {offHeap} from '../facts/off-heap.ts'
import {type SizeModel, selfSizes} from '../facts/self-sizes.ts'
import {markingTree, weakMapEntries} from './reachable.ts'

export interface RetainedSet {
  /** Nodes that would be freed, the members included. */
  count: number
  /** Their self sizes, backing stores included. */
  bytes: number
  /** Of these, the bytes of backing stores. */
  offHeapBytes: number
}

/**
 * What the root reaches now and would not if all edges into `members` (ordinals, in any order) were gone; without the root, nothing
 * is reached. Members that nothing reaches free nothing. Linear in what hangs below the members and the edges into and out of it.
 */
export function retainedBySet(
  snapshot: Snapshot,
  members: Iterable<number>,
  sizes: SizeModel = 'devtools',
): RetainedSet {
  const {nodeCount} = snapshot
  const isMember = BitSet.of(nodeCount, members)
  const isBelow = new BitSet(nodeCount)
  const below = nodesBelow(snapshot, members, isBelow)
  const isHeld = heldOtherwise(snapshot, isMember, isBelow, below)
  const selfBytes = selfSizes(snapshot, sizes)
  const freed = {count: 0, bytes: 0, offHeapBytes: 0}
  for (let i = 0; i < below.length; i++) {
    const node = below[i]
    if (isHeld.has(node)) continue
    freed.count++
    freed.bytes += selfBytes[node]
  }
  const {stores, bytes} = offHeap(snapshot)
  for (let i = 0; i < stores.length; i++) {
    if (isBelow.has(stores[i]) && !isHeld.has(stores[i])) freed.offHeapBytes += bytes[i]
  }
  return freed
}

/** Sets asked about in one walk: a bit each of a byte a node. */
const SETS_AT_ONCE = 8

/**
 * The same of each of several sets by itself. What hangs below them is walked once for up to SETS_AT_ONCE sets, which takes two bytes a
 * node: owners of the same objects have nearly the same below them.
 */
export function retainedBySets(
  snapshot: Snapshot,
  sets: readonly Uint32Array[],
  sizes: SizeModel = 'devtools',
): RetainedSet[] {
  const found: RetainedSet[] = []
  for (let from = 0; from < sets.length; from += SETS_AT_ONCE) {
    const some = sets.slice(from, from + SETS_AT_ONCE)
    const isSingle = some.length === 1 || some.some(set => set.includes(snapshot.root))
    found.push(
      ...(isSingle ? some.map(set => retainedBySet(snapshot, set, sizes)) : retainedByEach(snapshot, some, sizes)),
    )
  }
  return found
}

/** None of the sets has the root. */
function retainedByEach(snapshot: Snapshot, sets: readonly Uint32Array[], sizes: SizeModel): RetainedSet[] {
  const {nodeCount} = snapshot
  const isMember = new BitSet(nodeCount)
  const membersOf = new Uint8Array(nodeCount)
  for (const [i, set] of sets.entries()) {
    for (const node of set) {
      isMember.add(node)
      membersOf[node] |= 1 << i
    }
  }
  const isBelow = new BitSet(nodeCount)
  const below = nodesBelow(snapshot, isMember.members(), isBelow)
  const alive = aliveWithoutEach(snapshot, sets.length, membersOf, isBelow, below)
  const selfBytes = selfSizes(snapshot, sizes)
  const {stores, bytes} = offHeap(snapshot)
  return sets.map((_, i) => {
    const bit = 1 << i
    const freed = {count: 0, bytes: 0, offHeapBytes: 0}
    for (let at = 0; at < below.length; at++) {
      const node = below[at]
      if ((alive[node] & bit) !== 0) continue
      freed.count++
      freed.bytes += selfBytes[node]
    }
    for (let at = 0; at < stores.length; at++) {
      const store = stores[at]
      if (isBelow.has(store) && (alive[store] & bit) === 0) freed.offHeapBytes += bytes[at]
    }
    return freed
  })
}

/**
 * Uint8Array(n): by bits, without which of `count` sets a node is still alive. `membersOf`: the sets that each node is in; `below`: what
 * hangs below any of them, whatever leads there first. Each is asked once what holds it, and tells those before it what it learns later.
 */
function aliveWithoutEach(
  snapshot: Snapshot,
  count: number,
  membersOf: Uint8Array,
  isBelow: BitSet,
  below: Uint32Array,
): Uint8Array {
  const {nodeCount, firstEdge, edgeTarget} = snapshot
  const {first, edge: entering, source} = snapshot.retainers
  const {reached} = markingTree(snapshot)
  const {words} = holdingEdges(snapshot)
  const entries = weakMapEntries(snapshot)
  const all = (1 << count) - 1
  const alive = new Uint8Array(nodeCount)
  for (let node = 0; node < nodeCount; node++) if (reached.has(node) && !isBelow.has(node)) alive[node] = all
  /** Of the sets without which an edge's source is alive those without which the edge holds its target. */
  const through = (edge: number, bits: number) => {
    if (entries?.has(edge)) return bits & aliveEntries(snapshot, pairOf(snapshot, edge), alive)
    return (words[edge >>> 5] & (1 << (edge & 31))) === 0 ? 0 : bits
  }
  const isAsked = new BitSet(nodeCount)
  const waiting = new GrowableUint32()
  const tell = (node: number) => {
    const end = firstEdge[node + 1]
    for (let edge = firstEdge[node]; edge < end; edge++) {
      const target = edgeTarget[edge]
      // Most know it, or have not been asked yet.
      const news = alive[node] & ~alive[target] & all
      if (news === 0 || !isAsked.has(target)) continue
      const more = through(edge, news & ~membersOf[target])
      if (more === 0) continue
      alive[target] |= more
      waiting.push(target)
    }
  }
  for (let i = 0; i < below.length; i++) {
    const node = below[i]
    const wanted = all & ~membersOf[node]
    const last = first[node + 1]
    let found = 0
    for (let slot = first[node]; slot < last && found !== wanted; slot++) {
      const more = alive[source[slot]] & wanted & ~found
      if (more !== 0) found |= through(entering[slot], more)
    }
    alive[node] = found
    isAsked.add(node)
    if (found === 0) continue
    tell(node)
    for (let told = waiting.pop(); told !== undefined; told = waiting.pop()) tell(told)
  }
  return alive
}

/** By bits, without which sets an entry's key and its table are both alive. */
function aliveEntries(snapshot: Snapshot, pair: number, alive: Uint8Array): number {
  const {firstEdge, ephemerons} = snapshot
  const {first, places} = entryHalves(snapshot)
  let key = 0
  let table = 0
  for (let i = first[pair]; i < first[pair + 1]; i++) {
    const bits = alive[sourceOf(firstEdge, ephemerons.edge[places[i]])]
    if (ephemerons.fromTable[places[i]] === 1) table |= bits
    else key |= bits
  }
  return key & table
}

/** Beyond such a part of all nodes, the rest of what is below is found by a look at all nodes in order: that is no jump to and fro. */
const LARGE_PART = 1 / 32

/** Members that are reached, and all that marking met through one of them; of a WeakMap's value, through its key or its table. `isBelow`: empty at first. */
function nodesBelow(snapshot: Snapshot, members: Iterable<number>, isBelow: BitSet): Uint32Array {
  const {firstEdge, edgeTarget, nodeCount, root} = snapshot
  const {reached, entry} = markingTree(snapshot)
  const entries = weakMapEntries(snapshot)
  const below = new GrowableUint32()
  const add = (node: number) => {
    isBelow.add(node)
    below.push(node)
  }
  for (const node of members) if (reached.has(node) && !isBelow.has(node)) add(node)
  const large = isBelow.has(root) ? nodeCount : nodeCount * LARGE_PART
  for (let i = 0; i < below.length; i++) {
    if (below.length > large) return restBelow(snapshot, isBelow)
    const node = below.get(i)
    const end = firstEdge[node + 1]
    for (let edge = firstEdge[node]; edge < end; edge++) {
      const target = edgeTarget[edge]
      if (entry[target] !== edge) {
        if (entries?.has(edge) !== true || !entries.has(entry[target])) continue
        if (pairOf(snapshot, edge) !== pairOf(snapshot, entry[target])) continue
      }
      if (!isBelow.has(target)) add(target)
    }
  }
  return below.view()
}

/** The same once all members are in `isBelow`, and perhaps more that is below; not the root. */
function restBelow(snapshot: Snapshot, isBelow: BitSet): Uint32Array {
  const {order, parent, entry} = markingTree(snapshot)
  const entries = weakMapEntries(snapshot)
  const below = new GrowableUint32()
  for (let i = 0; i < order.length; i++) {
    const node = order[i]
    const isFound =
      isBelow.has(node) ||
      isBelow.has(parent[node]) ||
      (entries?.has(entry[node]) === true && isHalfBelow(snapshot, entry[node], isBelow))
    if (!isFound) continue
    isBelow.add(node)
    below.push(node)
  }
  return below.view()
}

/** Whether one half of an entry comes from below. */
function isHalfBelow(snapshot: Snapshot, half: number, isBelow: BitSet): boolean {
  const {firstEdge, ephemerons} = snapshot
  const {first, places} = entryHalves(snapshot)
  const pair = pairOf(snapshot, half)
  for (let i = first[pair]; i < first[pair + 1]; i++) {
    const edge = ephemerons.edge[places[i]]
    if (weakMapEntries(snapshot)?.has(edge) && isBelow.has(sourceOf(firstEdge, edge))) return true
  }
  return false
}

/** Edges that hold nothing. */
interface CutEdges {
  has(edge: number): boolean
}

const NO_EDGES: CutEdges = {has: () => false}

/** The entry that one half of it belongs to. */
function pairOf({ephemerons}: Snapshot, edge: number): number {
  return ephemerons.pair[indexInSorted(ephemerons.edge, edge)]
}

/**
 * Whether a node that the root reaches would be freed if certain edges (a bit per edge ordinal) were gone: what `reachableWithout` tells by
 * marking the whole heap. Linear in what marking met over those edges and the edges into and out of it.
 */
export function freedByCut(snapshot: Snapshot, cutEdges: BitSet): (node: number) => boolean {
  const {edgeTarget, nodeCount} = snapshot
  const {entry} = markingTree(snapshot)
  const entries = weakMapEntries(snapshot)
  const edges = cutEdges.members()
  const isWayOf = (edge: number) => {
    const met = entry[edgeTarget[edge]]
    if (met === edge) return true
    return entries?.has(edge) === true && entries.has(met) && pairOf(snapshot, edge) === pairOf(snapshot, met)
  }
  const outermost = edges.filter(isWayOf).map(edge => edgeTarget[edge])
  const isBelow = new BitSet(nodeCount)
  const below = nodesBelow(snapshot, outermost, isBelow)
  const isHeld = heldOtherwise(snapshot, new BitSet(nodeCount), isBelow, below, new BitSet(nodeCount), cutEdges)
  return node => isBelow.has(node) && !isHeld.has(node)
}

/** Measures one cut of some edges after the other; what it costs goes with what hangs below them. */
export interface CutMeasure {
  /** Bytes (DevTools' sizes) that would be freed if these edges were gone, and no others. */
  bytes(edges: Iterable<number>): number
  /** Nodes looked at so far, over all cuts. */
  readonly work: number
}

/** For cutting a few edges many times, of which none is half of a WeakMap's entry. Keeps two bits a node. */
export function cutMeasure(snapshot: Snapshot): CutMeasure {
  const {edgeTarget, nodeCount} = snapshot
  const {entry} = markingTree(snapshot)
  const selfBytes = selfSizes(snapshot, 'devtools')
  const nobody = new BitSet(nodeCount)
  const isBelow = new BitSet(nodeCount)
  const isHeld = new BitSet(nodeCount)
  let work = 0
  return {
    get work() {
      return work
    },
    bytes(edges) {
      const cut = new Set(edges)
      // What marking met another way is held that way.
      const outermost = [...cut].filter(edge => entry[edgeTarget[edge]] === edge).map(edge => edgeTarget[edge])
      const below = nodesBelow(snapshot, outermost, isBelow)
      heldOtherwise(snapshot, nobody, isBelow, below, isHeld, cut)
      let bytes = 0
      for (const node of below) {
        if (!isHeld.has(node)) bytes += selfBytes[node]
        isBelow.delete(node)
        isHeld.delete(node)
      }
      work += below.length
      return bytes
    },
  }
}

/** Those of `below` that something else than the members keeps alive, in `isHeld`; `cut`: edges that hold nothing. */
function heldOtherwise(
  snapshot: Snapshot,
  isMember: BitSet,
  isBelow: BitSet,
  below: Uint32Array,
  isHeld = new BitSet(snapshot.nodeCount),
  cut: CutEdges = NO_EDGES,
): BitSet {
  const {firstEdge, edgeTarget} = snapshot
  const {first, edge: entering, source} = snapshot.retainers
  const {reached} = markingTree(snapshot)
  const {words} = holdingEdges(snapshot)
  const entries = weakMapEntries(snapshot)
  const waiting = new GrowableUint32()
  const isAlive = (node: number) => isHeld.has(node) || (!isBelow.has(node) && reached.has(node))
  /** Whether an edge from what is alive holds its target. */
  const holds = (edge: number) => {
    if (cut !== NO_EDGES && cut.has(edge)) return false
    if (entries?.has(edge)) return isWhole(snapshot, pairOf(snapshot, edge), isAlive, cut)
    return (words[edge >>> 5] & (1 << (edge & 31))) !== 0
  }
  const hold = (node: number) => {
    isHeld.add(node)
    waiting.push(node)
  }
  for (let i = 0; i < below.length; i++) {
    const start = below[i]
    if (isMember.has(start) || isHeld.has(start)) continue
    const last = first[start + 1]
    for (let slot = first[start]; slot < last; slot++) {
      if (!isAlive(source[slot]) || !holds(entering[slot])) continue
      hold(start)
      break
    }
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const end = firstEdge[node + 1]
      for (let edge = firstEdge[node]; edge < end; edge++) {
        const target = edgeTarget[edge]
        if (isBelow.has(target) && !isHeld.has(target) && !isMember.has(target) && holds(edge)) hold(target)
      }
    }
  }
  return isHeld
}

/** Whether an entry's key and its table are both alive and have it. */
function isWhole(snapshot: Snapshot, pair: number, isAlive: (node: number) => boolean, cut: CutEdges): boolean {
  const {firstEdge, ephemerons} = snapshot
  const {first, places} = entryHalves(snapshot)
  let hasKey = false
  let hasTable = false
  for (let i = first[pair]; i < first[pair + 1]; i++) {
    const edge = ephemerons.edge[places[i]]
    if (cut.has(edge) || !isAlive(sourceOf(firstEdge, edge))) continue
    if (ephemerons.fromTable[places[i]] === 1) hasTable = true
    else hasKey = true
  }
  return hasKey && hasTable
}

/** The places in `ephemerons` of each entry's edges: those of entry p are `places[first[p]]` to `places[first[p + 1] - 1]`. */
const entryHalves = memoize(({ephemerons: {pair, pairCount}}: Snapshot): {first: Uint32Array; places: Uint32Array} => {
  const first = new Uint32Array(pairCount + 1)
  for (const number of pair) first[number + 1]++
  for (let number = 0; number < pairCount; number++) first[number + 1] += first[number]
  const next = first.slice()
  const places = new Uint32Array(pair.length)
  for (let place = 0; place < pair.length; place++) places[next[pair[place]]++] = place
  return {first, places}
})
