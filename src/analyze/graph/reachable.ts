/** What the root keeps alive in the living process, with all edges or without some: one marking pass, as the collector's own. */

import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {savedGroup} from '../../snapshot/columns/saved.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {indexInSorted} from '../../util/bisect.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {memoize} from '../../util/memo.ts'
import {MAX_UINT32} from '../../util/uint32.ts'
import {holdingEdges} from '../facts/edge-policy.ts'

/** How marking met each node that the root keeps alive. */
export interface MarkingTree {
  reached: BitSet
  /**
   * Uint32Array(n): the edge by which each was met, breadth first; NO_ENTRY for the root and for what it does not reach. All that
   * the edge needs to keep its target alive was met before.
   */
  entry: Uint32Array
  /** What it reaches but the root, in the order in which it was met: whatever is needed for a node to be met stands before it. */
  order: Uint32Array
  /** Uint32Array(n): the node whose edge `entry` is; of those without an entry 0. */
  parent: Uint32Array
}

const NO_ENTRY = MAX_UINT32

export const markingTree = memoize((snapshot: Snapshot): MarkingTree => {
  const marked = marking(snapshot)
  return {
    reached: new BitSet(snapshot.nodeCount, marked.reached),
    // Columns of an index are read where they are asked for.
    get entry() {
      return marked.entry
    },
    get order() {
      return marked.order
    },
    get parent() {
      return marked.parent
    },
  }
})

const marking = savedGroup('marking', ['reached', 'entry', 'order', 'parent'], (snapshot: Snapshot): Marked => {
  const {nodeCount} = snapshot
  const entry = new Uint32Array(nodeCount).fill(NO_ENTRY)
  const notes = {entry, order: new GrowableUint32(nodeCount), parent: new Uint32Array(nodeCount)}
  const reached = mark(snapshot, markedEdges(snapshot), notes)
  return {...notes, reached: reached.words, order: notes.order.view()}
})

/** `reached`: a bit a node. */
type Marked = Pick<MarkingTree, 'entry' | 'order' | 'parent'> & {reached: Uint32Array}
/** What `mark` writes down. */
type Notes = Pick<MarkingTree, 'entry' | 'parent'> & {order: GrowableUint32}

/** The nodes that the root keeps alive, one bit each. */
export function reachableNodes(snapshot: Snapshot): BitSet {
  return markingTree(snapshot).reached
}

/**
 * The nodes that the root would keep alive if it were not for the edges in `cutEdges` (a bit per edge ordinal): one bit a node.
 * Linear in nodes and edges; besides the answer it takes a bit an edge and 4 bytes for each node waiting.
 *
 * A WeakMap's value counts as reached once both its key and the table are (`EphemeronHashTable` in V8's marking): so letting go of
 * the key frees it, and so does letting go of the WeakMap. What nothing reaches in the file stays unreached, DevTools' guess aside
 * that such nodes hang from the root. `out`: what the runtime takes out of its lists besides.
 */
export function reachableWithout(snapshot: Snapshot, cutEdges: BitSet, out?: TakenOut): BitSet {
  const edges = markedEdges(snapshot)
  const cut = cutEdges.words
  for (let i = 0; i < cut.length; i++) edges.words[i] &= ~cut[i]
  if (out === undefined) return mark(snapshot, edges)
  const links = out.links.words
  for (let i = 0; i < links.length; i++) edges.words[i] &= ~links[i]
  return mark(snapshot, edges, undefined, reached => passOver(snapshot, out, reached))
}

/** Members of linked lists that the runtime takes out: from then on, what is linked to one is linked to the next that stays. */
export interface TakenOut {
  /** One bit a node. */
  members: BitSet
  /** The edges that link them, one bit each: from and to other members of the list, and from what holds the list. */
  links: BitSet
}

/** What is linked, over members that are taken out, to something reached, and is not reached yet. Linear in the links. */
function passOver({edgeTarget, firstEdge, nodeCount}: Snapshot, {members, links}: TakenOut, reached: BitSet): number[] {
  const passed = new BitSet(nodeCount)
  const waiting: number[] = []
  const found: number[] = []
  const pass = (node: number) => {
    if (passed.has(node)) return
    passed.add(node)
    if (members.has(node)) waiting.push(node)
    else if (!reached.has(node)) found.push(node)
  }
  for (const edge of links.members()) {
    const source = sourceOf(firstEdge, edge)
    if (!members.has(source) && reached.has(source) && members.has(edgeTarget[edge])) pass(edgeTarget[edge])
  }
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) if (links.has(edge)) pass(edgeTarget[edge])
  }
  return found
}

/**
 * Marks breadth first over `edges`; `notes`, if there are any, say how each node is met. `more`: asked each time that
 * nothing is left to mark what else is reached, until it says nothing.
 */
function mark(
  snapshot: Snapshot,
  {words}: BitSet,
  notes?: Notes,
  more?: (reached: BitSet) => readonly number[],
): BitSet {
  const {root, firstEdge, edgeTarget} = snapshot
  const halves = weakMapEntries(snapshot)?.words
  const halfSeen = new Uint8Array(halves === undefined ? 0 : snapshot.ephemerons.pairCount)
  const reached = new BitSet(snapshot.nodeCount)
  const marks = reached.words
  let waiting = new GrowableUint32()
  let next = new GrowableUint32()
  reached.add(root)
  waiting.push(root)
  while (waiting.length > 0) {
    for (let i = 0; i < waiting.length; i++) {
      const node = waiting.get(i)
      const end = firstEdge[node + 1]
      for (let edge = firstEdge[node]; edge < end; edge++) {
        const bit = 1 << (edge & 31)
        if ((words[edge >>> 5] & bit) === 0) continue
        const target = edgeTarget[edge]
        if ((marks[target >>> 5] & (1 << (target & 31))) !== 0) continue
        if (halves !== undefined && (halves[edge >>> 5] & bit) !== 0 && !isWhole(snapshot, edge, halfSeen)) continue
        marks[target >>> 5] |= 1 << (target & 31)
        if (notes !== undefined) {
          notes.entry[target] = edge
          notes.parent[target] = node
          notes.order.push(target)
        }
        next.push(target)
      }
    }
    waiting.length = 0
    const done = waiting
    waiting = next
    next = done
    if (waiting.length > 0 || more === undefined) continue
    for (const node of more(reached)) {
      reached.add(node)
      waiting.push(node)
    }
  }
  return reached
}

/**
 * The edges by which nodes are still held once `cutEdges` are gone, given what is still reached: the retaining ones that are left,
 * but for those from nodes that are reached no more (links of lists excepted), and of WeakMap entries whose table is not.
 */
export function edgesLeft(snapshot: Snapshot, cutEdges: BitSet, reached: BitSet, out?: TakenOut): BitSet {
  const {ephemerons, firstEdge, nodeCount} = snapshot
  const left = holdingEdges(snapshot).copy()
  for (let i = 0; i < left.words.length; i++) left.words[i] &= ~cutEdges.words[i]
  // What stays may be linked by members that are taken out.
  const links = out?.links
  for (let node = 0; node < nodeCount; node++) {
    if (reached.has(node)) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++)
      if (links?.has(edge) !== true) left.delete(edge)
  }
  const entries = weakMapEntries(snapshot)
  if (entries === undefined) return left
  const {edge, fromTable, pair, pairCount} = ephemerons
  const hasTable = new BitSet(pairCount)
  for (let i = 0; i < edge.length; i++) {
    if (fromTable[i] === 0 || cutEdges.has(edge[i])) continue
    if (reached.has(sourceOf(firstEdge, edge[i]))) hasTable.add(pair[i])
  }
  for (let i = 0; i < edge.length; i++) {
    if (fromTable[i] === 0 && entries.has(edge[i]) && !hasTable.has(pair[i])) left.delete(edge[i])
  }
  return left
}

const KEY_SEEN = 1
const TABLE_SEEN = 2

/** Notes that `edge`, one half of a WeakMap's entry, was met; whether both halves now are. */
function isWhole({ephemerons}: Snapshot, edge: number, halfSeen: Uint8Array): boolean {
  const place = indexInSorted(ephemerons.edge, edge)
  const pair = ephemerons.pair[place]
  halfSeen[pair] |= ephemerons.fromTable[place] === 1 ? TABLE_SEEN : KEY_SEEN
  return halfSeen[pair] === (KEY_SEEN | TABLE_SEEN)
}

/**
 * Both halves of every WeakMap entry that the file writes in full, one bit an edge. An entry with one half only, or two that lead
 * to different nodes, is nothing but an edge of the key's. Undefined if there are none.
 */
export const weakMapEntries = memoize((snapshot: Snapshot): BitSet | undefined => {
  const {edgeTarget, ephemerons} = snapshot
  const {edge, fromTable, pair, pairCount} = ephemerons
  if (edge.length === 0) return undefined
  const halves = new Uint8Array(pairCount)
  const target = new Uint32Array(pairCount)
  const isOdd = new BitSet(pairCount)
  for (let i = 0; i < edge.length; i++) {
    if (halves[pair[i]] === 0) target[pair[i]] = edgeTarget[edge[i]]
    else if (target[pair[i]] !== edgeTarget[edge[i]]) isOdd.add(pair[i])
    halves[pair[i]] |= fromTable[i] === 1 ? TABLE_SEEN : KEY_SEEN
  }
  const edges = new BitSet(snapshot.edgeCount)
  for (let i = 0; i < edge.length; i++) {
    if (halves[pair[i]] === (KEY_SEEN | TABLE_SEEN) && !isOdd.has(pair[i])) edges.add(edge[i])
  }
  return edges
})

/** The edges that marking follows, one bit each: those that hold, and both halves of WeakMap entries, which need each other. */
function markedEdges(snapshot: Snapshot): BitSet {
  const edges = holdingEdges(snapshot).copy()
  const halves = weakMapEntries(snapshot)?.words
  if (halves !== undefined) for (let i = 0; i < halves.length; i++) edges.words[i] |= halves[i]
  return edges
}
