/**
 * The dominator tree and retained sizes. Which edges count is DevTools' rule (`computeIsEssentialEdge`), the algorithm is
 * semi-NCA: Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems" (2005), section 2.3; near-linear, no recursion.
 */
import {EdgeKind} from '../snapshot/schema.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {GrowableUint32} from '../util/growable.ts'
import {oncePer} from '../util/memo.ts'
import type {NumberArray} from '../util/number-column.ts'
import {retainingEdges} from './edge-policy.ts'
import {type SizeModel, selfSizes} from './self-sizes.ts'

export interface DominatorTree {
  /** Uint32Array(n): ordinal of each node's immediate dominator; the root's own for the root and for what nothing reaches. */
  dominator: Uint32Array
  /** Uint32Array: ordinals so ordered that every node stands behind its dominator; unreached nodes are missing. */
  order: Uint32Array
}

const UNVISITED = 0xffffffff

export const dominatorTree = oncePer((snapshot: Snapshot): DominatorTree => {
  const edges = essentialEdges(snapshot)
  const search = depthFirst(snapshot, edges)
  return {dominator: dominatorsOf(snapshot, edges, search), order: search.order}
})

/** Float64Array(n): bytes that would be freed if the node alone were dropped, by either model of self sizes. */
export function retainedSizes(snapshot: Snapshot, model: SizeModel): Float64Array {
  return model === 'raw' ? retainedRaw(snapshot) : retainedMoved(snapshot)
}

const retainedRaw = oncePer((snapshot: Snapshot) => sumUp(snapshot, selfSizes(snapshot, 'raw')))
const retainedMoved = oncePer((snapshot: Snapshot) => sumUp(snapshot, selfSizes(snapshot, 'devtools')))

function sumUp(snapshot: Snapshot, sizes: NumberArray): Float64Array {
  const {dominator, order} = dominatorTree(snapshot)
  const retained = Float64Array.from(sizes)
  const reached = new BitSet(snapshot.nodeCount)
  for (let i = order.length - 1; i > 0; i--) {
    const node = order[i]
    reached.add(node)
    retained[dominator[node]] += retained[node]
  }
  const {root, nodeCount} = snapshot
  for (let node = 0; node < nodeCount; node++) {
    if (node !== root && !reached.has(node)) retained[root] += retained[node]
  }
  return retained
}

/** Children in the dominator tree: those of node i are `children[first[i]]` to `children[first[i + 1] - 1]`, by ordinal. */
export interface DominatedNodes {
  first: Uint32Array
  children: Uint32Array
}

export const dominatedNodes = oncePer((snapshot: Snapshot): DominatedNodes => {
  const {nodeCount, root} = snapshot
  const {dominator} = dominatorTree(snapshot)
  const first = new Uint32Array(nodeCount + 1)
  for (let node = 0; node < nodeCount; node++) if (node !== root) first[dominator[node] + 1]++
  for (let node = 0; node < nodeCount; node++) first[node + 1] += first[node]
  const next = first.slice()
  const children = new Uint32Array(Math.max(0, nodeCount - 1))
  for (let node = 0; node < nodeCount; node++) if (node !== root) children[next[dominator[node]]++] = node
  return {first, children}
})

/**
 * The retaining edges, less those from a node that page code does not reach to one that it does, unless the root has them:
 * what page code can reach is dominated as if page code alone held it, roots and handles not counting.
 */
function essentialEdges(snapshot: Snapshot): BitSet {
  const retaining = retainingEdges(snapshot)
  const page = pageNodes(snapshot)
  if (page === undefined) return retaining
  const {edgeTarget, firstEdge, nodeCount, root} = snapshot
  const edges = new BitSet(snapshot.edgeCount)
  edges.words.set(retaining.words)
  for (let node = 0; node < nodeCount; node++) {
    if (node === root || page.has(node)) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (page.has(edgeTarget[edge])) edges.delete(edge)
    }
  }
  return edges
}

/** What page code reaches (`markPageOwnedNodes`); undefined if the root has no shortcut, nor DOM trees, to begin at. */
function pageNodes(snapshot: Snapshot): BitSet | undefined {
  const {root, firstEdge, edgeKind, edgeTarget, nodeName, strings, nodeCount} = snapshot
  const page = new BitSet(nodeCount)
  const waiting = new GrowableUint32()
  const reach = (node: number) => {
    if (page.has(node)) return
    page.add(node)
    waiting.push(node)
  }
  for (let edge = firstEdge[root]; edge < firstEdge[root + 1]; edge++) {
    const target = edgeTarget[edge]
    if (edgeKind[edge] === EdgeKind.shortcut) reach(target)
    else if (edgeKind[edge] === EdgeKind.element && strings.get(nodeName[target]) === '(Document DOM trees)')
      reach(target)
  }
  if (waiting.length === 0) return undefined
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.weak) reach(edgeTarget[edge])
    }
  }
  return page
}

/** Nodes in preorder: places in `order` are what the rest of the algorithm counts in. */
interface Search {
  /** Uint32Array(reached): ordinals. */
  order: Uint32Array
  /** Uint32Array(n): each node's place in `order`, or UNVISITED. */
  place: Uint32Array
  /** Uint32Array(reached): place of the node it was reached from. */
  parent: Uint32Array
}

/**
 * Depth first from the root; then, in file order, from each unvisited node that no edge enters, as if the root held it. What is
 * left are cycles that nobody holds: they stay out (`calculateDominatorsAndRetainedSizes` does the same).
 */
function depthFirst(snapshot: Snapshot, edges: BitSet): Search {
  const {root, nodeCount, firstEdge, edgeTarget} = snapshot
  const {words} = edges
  const order = new Uint32Array(nodeCount)
  const place = new Uint32Array(nodeCount).fill(UNVISITED)
  const parent = new Uint32Array(nodeCount)
  const cursor = new Uint32Array(nodeCount)
  let reached = 0
  // The way down needs no stack: it is the chain of parents.
  const descend = (start: number) => {
    place[start] = reached
    parent[reached] = 0
    cursor[reached] = firstEdge[start]
    order[reached] = start
    let current = reached++
    const top = current
    for (;;) {
      const edge = cursor[current]
      if (edge < firstEdge[order[current] + 1]) {
        cursor[current] = edge + 1
        if ((words[edge >>> 5] & (1 << (edge & 31))) === 0) continue
        const target = edgeTarget[edge]
        if (place[target] !== UNVISITED) continue
        place[target] = reached
        parent[reached] = current
        cursor[reached] = firstEdge[target]
        order[reached] = target
        current = reached++
      } else if (current === top) return
      else current = parent[current]
    }
  }
  descend(root)
  if (reached < nodeCount) {
    const entered = enteredNodes(snapshot, edges)
    for (let node = 0; node < nodeCount; node++) if (place[node] === UNVISITED && !entered.has(node)) descend(node)
  }
  return {order: order.subarray(0, reached), place, parent: parent.subarray(0, reached)}
}

function enteredNodes({nodeCount, edgeCount, edgeTarget}: Snapshot, edges: BitSet): BitSet {
  const entered = new BitSet(nodeCount)
  for (let edge = 0; edge < edgeCount; edge++) if (edges.has(edge)) entered.add(edgeTarget[edge])
  return entered
}

function dominatorsOf(snapshot: Snapshot, edges: BitSet, {order, place, parent}: Search): Uint32Array {
  const {nodeCount, root} = snapshot
  const {first, edge, source} = snapshot.retainers
  const {words} = edges
  const count = order.length
  // All in places: semi[v] the semidominator, best[v] the least semidominator on the compressed way up from v.
  const semi = parent.slice()
  const best = new Uint32Array(count)
  const ancestor = parent.slice()
  const way = new GrowableUint32()
  for (let v = count - 1; v > 0; v--) {
    const node = order[v]
    let least = semi[v]
    const end = first[node + 1]
    for (let slot = first[node]; slot < end; slot++) {
      const e = edge[slot]
      if ((words[e >>> 5] & (1 << (e & 31))) === 0) continue
      const u = place[source[slot]]
      if (u === UNVISITED) continue
      // A node numbered before v is not linked yet and stands for itself.
      const candidate = u <= v ? u : leastOnWay(u, v, ancestor, best, way)
      if (candidate < least) least = candidate
    }
    semi[v] = least
    best[v] = least
  }
  // The immediate dominator is the nearest common ancestor of parent and semidominator in the tree made so far.
  const immediate = parent.slice()
  for (let v = 1; v < count; v++) {
    let candidate = immediate[v]
    while (candidate > semi[v]) candidate = immediate[candidate]
    immediate[v] = candidate
  }
  const dominator = new Uint32Array(nodeCount).fill(root)
  for (let v = 1; v < count; v++) dominator[order[v]] = order[immediate[v]]
  return dominator
}

/** The least semidominator from `u` up to, but not including, the first node before `v` + 1; compresses the way. */
function leastOnWay(u: number, v: number, ancestor: Uint32Array, best: Uint32Array, way: GrowableUint32): number {
  let top = u
  while (ancestor[top] > v) {
    way.push(top)
    top = ancestor[top]
  }
  let least = best[top]
  for (let below = way.pop(); below !== undefined; below = way.pop()) {
    if (best[below] < least) least = best[below]
    else best[below] = least
    ancestor[below] = ancestor[top]
  }
  return least
}
