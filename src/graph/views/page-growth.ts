/**
 * Elements that are added to the document again and again and never removed: nothing of the program's need keep them, the document does. What a
 * program has besides, as a framework has the elements of what it shows, is told by that instead.
 */
import {pageNodes} from '../../analyze/facts/page-nodes.ts'
import {realmColumn, realms} from '../../analyze/facts/realms.ts'
import {selfSizes} from '../../analyze/facts/self-sizes.ts'
import {reachableNodes, reachableWithout} from '../../analyze/graph/reachable.ts'
import {NO_GROUP} from '../../analyze/growth/growth.ts'
import {hasGrown, type LeakedSet, MIN_COUNT} from '../../analyze/growth/leaks.ts'
import type {TypeSum} from '../../analyze/growth/unexplained.ts'
import {type PagePlaces, pagePlaces} from '../../explain/owners/page-places.ts'
import {parentElement} from '../../explain/words/dom-words.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake} from '../../util/memo.ts'

export interface PageGrowth {
  /** One a place of the document; counts and bytes of the elements there, one number a snapshot. */
  found: {set: LeakedSet; counts: number[]; selfBytes: number[]}[]
  /** What is told by these: the elements and what is in them, all that only they keep, and what is of the windows in them. */
  explained: BitSet
}

/**
 * Undefined if there is none. `sums`: elements by path in each snapshot, the last of them this one's; `isNew`: whether an object was made
 * after the first. Linear in nodes and edges.
 */
export function pageGrowth(
  snapshot: Snapshot,
  sums: readonly (ReadonlyMap<string, TypeSum> | undefined)[],
  isNew: (node: number) => boolean,
): PageGrowth | undefined {
  const places = pagePlaces(snapshot)
  if (places === undefined || sums.includes(undefined)) return undefined
  const histories = places.paths.map(path => {
    const ofPath = sums.map(sum => sum?.get(path) ?? {count: 0, selfBytes: 0})
    return {counts: ofPath.map(({count}) => count), selfBytes: ofPath.map(({selfBytes}) => selfBytes)}
  })
  const isGrown = histories.map(history => hasGrown(history, false))
  const added = addedElements(snapshot, places, isGrown, isNew)
  if (added.length < MIN_COUNT) return undefined
  const frames = framesOf(snapshot, added)
  const own = added.filter(node => !frames.isInside(node))
  const reached = keptBesides(snapshot, own)
  const ofPlace = new Map<number, number[]>()
  for (const node of own) {
    if (frames.has(node) || !reached.has(node)) getOrMake(ofPlace, places.ofNode[node], (): number[] => []).push(node)
  }
  const told = [...ofPlace].filter(([, nodes]) => nodes.length >= MIN_COUNT)
  if (told.length === 0) return undefined
  const explained = new BitSet(snapshot.nodeCount)
  const alive = reachableNodes(snapshot)
  for (let node = 0; node < snapshot.nodeCount; node++) {
    if ((alive.has(node) && !reached.has(node)) || frames.isInside(node)) explained.add(node)
  }
  const found = told.map(([place, nodes]) => ({
    set: setOf(snapshot, nodes, frames, explained),
    ...histories[place - 1],
  }))
  return {found, explained}
}

/** The outermost of the new elements at places that have grown: what is in one of them came with it. */
function addedElements(
  snapshot: Snapshot,
  {ofNode}: PagePlaces,
  isGrown: readonly boolean[],
  isNew: (node: number) => boolean,
): Uint32Array {
  const added = new BitSet(snapshot.nodeCount)
  for (const [node, place] of ofNode.entries()) if (place > 0 && isGrown[place - 1] && isNew(node)) added.add(node)
  const nearest = nearestIn(snapshot, added)
  return added.members().filter(node => nearest(parentElement(snapshot, node)) < 0)
}

/**
 * The nearest of some elements that a node of the tree is in, or is itself; -1 if there is none. Each node is walked up from once, however deep the tree is:
 * a Uint32Array(n) behind it.
 */
function nearestIn(snapshot: Snapshot, elements: BitSet): (node: number) => number {
  // 1: none, else 2 + the element.
  const known = new Uint32Array(snapshot.nodeCount)
  const chain: number[] = []
  return node => {
    let at = node
    for (; at >= 0 && known[at] === 0; at = parentElement(snapshot, at)) {
      // Where parents go in circles, nothing is around them.
      known[at] = elements.has(at) ? at + 2 : 1
      if (known[at] > 1) break
      chain.push(at)
    }
    const found = at < 0 ? 1 : known[at]
    for (let below = chain.pop(); below !== undefined; below = chain.pop()) known[below] = found
    return found - 2
  }
}

interface Frames {
  /** Whether an element has a window in it. */
  has(element: number): boolean
  /** Whether a node is of the window in one of the elements. */
  isInside(node: number): boolean
  /** The same of some of the elements. */
  inside(elements: ReadonlySet<number>): (node: number) => boolean
}

/** The windows in some elements: of each the page's own world. */
function framesOf(snapshot: Snapshot, elements: Uint32Array): Frames {
  const elementOfLabel = [-1, ...realms(snapshot).map(({frameElement}) => frameElement)]
  const column = realmColumn(snapshot)
  const all = new Set(elements)
  const inside = (some: ReadonlySet<number>) => {
    const isMeant = elementOfLabel.map(element => some.has(element))
    return (node: number) => column[node] < isMeant.length && isMeant[column[node]]
  }
  const windows = new Set(elementOfLabel.filter(element => all.has(element)))
  return {has: element => windows.has(element), isInside: inside(windows), inside}
}

/** What would be reached if the document let go of some elements: no edge of Blink's from elsewhere holds one, or what is in it. */
function keptBesides(snapshot: Snapshot, elements: Uint32Array): BitSet {
  const {edgeCount, nodeCount, nodeKind, retainers} = snapshot
  const {isTreeNode} = pageNodes(snapshot)
  const nearest = nearestIn(snapshot, BitSet.of(nodeCount, elements))
  // Uint32Array(n): 1 + the element that a node of the tree is in.
  const within = new Uint32Array(nodeCount)
  for (let node = 0; node < nodeCount; node++) if (isTreeNode(node)) within[node] = 1 + nearest(node)
  const cut = new BitSet(edgeCount)
  for (let node = 0; node < nodeCount; node++) {
    if (within[node] === 0) continue
    for (let slot = retainers.first[node]; slot < retainers.first[node + 1]; slot++) {
      const source = retainers.source[slot]
      const isOfPage = nodeKind[source] === NodeKind.native || nodeKind[source] === NodeKind.synthetic
      if (isOfPage && within[source] !== within[node]) cut.add(retainers.edge[slot])
    }
  }
  return reachableWithout(snapshot, cut)
}

/** Elements, what is in them, and what of `explained` is of the windows in them. `count` is of elements and texts. */
function setOf(snapshot: Snapshot, elements: readonly number[], frames: Frames, explained: BitSet): LeakedSet {
  const {nodeCount, nodeId, types} = snapshot
  const {isTreeNode} = pageNodes(snapshot)
  const nearest = nearestIn(snapshot, BitSet.of(nodeCount, elements))
  const isInside = frames.inside(new Set(elements.filter(frames.has)))
  const isPart = (node: number) => node >= 0 && (isInside(node) || nearest(node) >= 0)
  const size = selfSizes(snapshot, 'devtools')
  const members = new GrowableUint32()
  const counts = new Map<number, number>()
  let selfBytes = 0
  for (let node = 0; node < nodeCount; node++) {
    // Of a text Blink does not say whose it is.
    const isElement = isTreeNode(node) && [node, parentElement(snapshot, node)].some(isPart)
    if (!isElement && !isInside(node)) continue
    explained.add(node)
    members.push(node)
    selfBytes += size[node]
    if (isElement) counts.set(types.ofNode[node], (counts.get(types.ofNode[node]) ?? 0) + 1)
  }
  // What was added before what is in it.
  const rank = ({type}: {type: number}) => Number(type !== types.ofNode[elements[0]])
  return {
    group: NO_GROUP,
    outermost: Uint32Array.from(elements).sort((a, b) => nodeId[a] - nodeId[b]),
    members: members.view(),
    count: [...counts.values()].reduce((sum, count) => sum + count, 0),
    selfBytes,
    types: [...counts]
      .map(([type, count]) => ({type, count}))
      .sort((a, b) => rank(a) - rank(b) || b.count - a.count || a.type - b.type),
    isInDocument: true,
  }
}
