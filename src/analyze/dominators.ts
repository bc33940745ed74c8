/**
 * The dominator tree and retained sizes. Which edges count is DevTools' rule (`computeIsEssentialEdge`), and so is the algorithm:
 * Lengauer and Tarjan, "A Fast Algorithm for Finding Dominators in a Flowgraph" (1979), with simple linking: at worst
 * O(m log n), no recursion. (Semi-NCA is shorter, but a list of n links whose items something else holds too takes it n² steps.)
 */
import {savedColumn, savedGroup} from '../snapshot/saved.ts'
import {EdgeKind, NodeKind} from '../snapshot/schema.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {GrowableUint32} from '../util/growable.ts'
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

export const dominatorTree = savedGroup(
  'dominatorTree',
  ['dominator', 'order'],
  (snapshot: Snapshot): DominatorTree => {
    const edges = essentialEdges(snapshot)
    const search = depthFirst(snapshot, edges)
    return {dominator: dominatorsOf(snapshot, edges, search), order: search.order}
  },
)

/** Float64Array(n): bytes that would be freed if the node alone were dropped, by either model of self sizes. */
export function retainedSizes(snapshot: Snapshot, model: SizeModel): Float64Array {
  return model === 'raw' ? retainedRaw(snapshot) : retainedMoved(snapshot)
}

const retainedRaw = savedColumn('retainedRaw', (snapshot: Snapshot) => sumUp(snapshot, selfSizes(snapshot, 'raw')))
const retainedMoved = savedColumn('retained', (snapshot: Snapshot) => sumUp(snapshot, selfSizes(snapshot, 'devtools')))

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

export const dominatedNodes = savedGroup(
  'dominatedNodes',
  ['first', 'children'],
  (snapshot: Snapshot): DominatedNodes => {
    const {nodeCount, root} = snapshot
    const {dominator} = dominatorTree(snapshot)
    const first = new Uint32Array(nodeCount + 1)
    for (let node = 0; node < nodeCount; node++) if (node !== root) first[dominator[node] + 1]++
    for (let node = 0; node < nodeCount; node++) first[node + 1] += first[node]
    const next = first.slice()
    const children = new Uint32Array(Math.max(0, nodeCount - 1))
    for (let node = 0; node < nodeCount; node++) if (node !== root) children[next[dominator[node]]++] = node
    return {first, children}
  },
)

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
  const {root, firstEdge, edgeKind, edgeTarget, nodeKind, nodeName, strings, nodeCount} = snapshot
  const page = new BitSet(nodeCount)
  const waiting = new GrowableUint32()
  const reach = (node: number) => {
    if (page.has(node)) return
    page.add(node)
    waiting.push(node)
  }
  const isDomTrees = (node: number) =>
    nodeKind[node] === NodeKind.synthetic && strings.get(nodeName[node]) === '(Document DOM trees)'
  for (let edge = firstEdge[root]; edge < firstEdge[root + 1]; edge++) {
    const kind = edgeKind[edge]
    const target = edgeTarget[edge]
    if (kind === EdgeKind.shortcut || (kind === EdgeKind.element && isDomTrees(target))) reach(target)
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
  // All in places; 0, the root, is nobody's child and ends every list.
  const forest = new Forest(parent)
  const {semi} = forest
  /** Of each node, one whose semidominator it is; the others of those follow in `immediate` until theirs is known. */
  const bucket = new Uint32Array(count)
  const immediate = new Uint32Array(count)
  for (let v = count - 1; v > 0; v--) {
    const node = order[v]
    let least = parent[v]
    const end = first[node + 1]
    for (let slot = first[node]; slot < end; slot++) {
      const e = edge[slot]
      if ((words[e >>> 5] & (1 << (e & 31))) === 0) continue
      const u = place[source[slot]]
      if (u === UNVISITED) continue
      // A node numbered before v is not linked yet and stands for itself.
      const candidate = u <= v ? u : semi[forest.leastOnWay(u, v)]
      if (candidate < least) least = candidate
    }
    semi[v] = least
    const above = parent[v]
    if (least === above) immediate[v] = above
    else {
      immediate[v] = bucket[least]
      bucket[least] = v
    }
    for (let u = bucket[above]; u !== 0; ) {
      const next = immediate[u]
      const way = forest.leastOnWay(u, v - 1)
      // Either the semidominator itself, or whoever dominates `way`, which is not known yet.
      immediate[u] = semi[way] < above ? way : above
      u = next
    }
    bucket[above] = 0
  }
  for (let v = 1; v < count; v++) if (immediate[v] !== semi[v]) immediate[v] = immediate[immediate[v]]
  const dominator = new Uint32Array(nodeCount).fill(root)
  for (let v = 1; v < count; v++) dominator[order[v]] = order[immediate[v]]
  return dominator
}

/** The search tree, as far as it is linked: nodes numbered above a bound hang from their parents. */
class Forest {
  readonly semi: Uint32Array
  /** The node with the least semidominator on the way up as far as it is compressed. */
  readonly #best: Uint32Array
  readonly #ancestor: Uint32Array
  readonly #way = new GrowableUint32()

  constructor(parent: Uint32Array) {
    this.semi = new Uint32Array(parent.length)
    for (let v = 0; v < parent.length; v++) this.semi[v] = v
    this.#best = this.semi.slice()
    this.#ancestor = parent.slice()
  }

  /** The node with the least semidominator from `u` up to, but not including, the first one numbered `bound` or below. */
  leastOnWay(u: number, bound: number): number {
    const ancestor = this.#ancestor
    if (ancestor[u] <= bound) return this.#best[u]
    const best = this.#best
    const {semi} = this
    const way = this.#way
    let top = u
    while (ancestor[top] > bound) {
      way.push(top)
      top = ancestor[top]
    }
    const end = ancestor[top]
    let least = best[top]
    for (let below = way.pop(); below !== undefined; below = way.pop()) {
      if (semi[best[below]] <= semi[least]) least = best[below]
      else best[below] = least
      ancestor[below] = end
    }
    return least
  }
}
