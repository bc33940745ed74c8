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
  /** Uint32Array: ordinals so ordered that all that a node dominates stands right behind it; unreached nodes are missing. */
  order: Uint32Array
  /** Uint32Array(n): how many nodes each dominates, itself included; all nodes are the root's. */
  count: Uint32Array
}

const UNVISITED = 0xffffffff

export const dominatorTree = savedGroup(
  'dominatorTree',
  ['dominator', 'order', 'count'],
  (snapshot: Snapshot): DominatorTree => {
    const edges = essentialEdges(snapshot)
    const search = depthFirst(snapshot, edges)
    return layOut(snapshot, search, dominatorsOf(search, comingBack(snapshot, edges, search)))
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

/**
 * Nodes in the order in which a depth-first search meets them: places in `order` are what the rest of the algorithm counts in, so that
 * it walks through memory from end to end. Of the edges only those that say something are left: see `into` and `highest`.
 */
interface Search {
  /** Uint32Array(n), the first `reached`: ordinals by place. */
  order: Uint32Array
  reached: number
  /** Uint32Array(n): each node's place in `order`, or UNVISITED. */
  place: Uint32Array
  /** Uint32Array(n): by place, the place of the node it was reached from. */
  parent: Uint32Array
  /** Uint32Array(n): by place, the least place of a node with an edge to it that lies above it in the search tree. */
  highest: Uint32Array
  /** Uint32Array(n): by place, how many edges come from nodes with a greater place. */
  into: Uint32Array
  /** Uint32Array(n): for others to use. */
  spare: Uint32Array
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
  const highest = new Uint32Array(nodeCount)
  const into = new Uint32Array(nodeCount)
  const cursor = new Uint32Array(nodeCount)
  let reached = 0
  // The way down needs no stack: it is the chain of parents.
  const descend = (start: number) => {
    const top = reached++
    order[top] = start
    place[start] = top
    let current = top
    let edge = firstEdge[start]
    let end = firstEdge[start + 1]
    for (;;) {
      if (edge < end) {
        const here = edge++
        if ((words[here >>> 5] & (1 << (here & 31))) === 0) continue
        const target = edgeTarget[here]
        const met = place[target]
        if (met === UNVISITED) {
          cursor[current] = edge
          order[reached] = target
          place[target] = reached
          parent[reached] = current
          highest[reached] = current
          current = reached++
          edge = firstEdge[target]
          end = firstEdge[target + 1]
        } else if (met < current) into[met]++
        else if (current < highest[met]) highest[met] = current
      } else if (current === top) return
      else {
        current = parent[current]
        edge = cursor[current]
        end = firstEdge[order[current] + 1]
      }
    }
  }
  descend(root)
  if (reached < nodeCount) {
    const entered = enteredNodes(snapshot, edges)
    for (let node = 0; node < nodeCount; node++) if (place[node] === UNVISITED && !entered.has(node)) descend(node)
  }
  return {order, reached, place, parent, highest, into, spare: cursor}
}

function enteredNodes({nodeCount, edgeCount, edgeTarget}: Snapshot, edges: BitSet): BitSet {
  const entered = new BitSet(nodeCount)
  for (let edge = 0; edge < edgeCount; edge++) if (edges.has(edge)) entered.add(edgeTarget[edge])
  return entered
}

/**
 * For each place the greater places from which an edge leads there: those of place v lie before those of v + 1. Turns `into` from their
 * number into where they begin. Edges from smaller places are known by `highest` already.
 */
function comingBack({firstEdge, edgeTarget}: Snapshot, edges: BitSet, search: Search): Uint32Array {
  const {order, reached, place, into} = search
  const {words} = edges
  let sum = 0
  for (let v = 0; v < reached; v++) {
    sum += into[v]
    into[v] = sum
  }
  const sources = new Uint32Array(sum)
  for (let u = 1; u < reached; u++) {
    const node = order[u]
    const end = firstEdge[node + 1]
    for (let edge = firstEdge[node]; edge < end; edge++) {
      if ((words[edge >>> 5] & (1 << (edge & 31))) === 0) continue
      const v = place[edgeTarget[edge]]
      if (v < u) sources[--into[v]] = u
    }
  }
  return sources
}

/** Uint32Array(n): the place of each place's immediate dominator. All is in places; 0, the root, is nobody's child and ends every list. */
function dominatorsOf(search: Search, sources: Uint32Array): Uint32Array {
  const {reached, parent, into, highest, spare} = search
  // An array serves two ends where they do not meet. Numbers above v are linked: they have a semidominator, and the best of the way
  // up as far as it is compressed. Numbers below v still have where their sources begin, and a list of nodes whose semidominator
  // they are; the others of those follow in `immediate` until theirs is known.
  const semi = into
  const best = spare.fill(0)
  const ancestor = parent
  const bucket = best
  const immediate = highest
  const way = new GrowableUint32()
  let end = sources.length
  for (let v = reached - 1; v > 0; v--) {
    const start = into[v]
    let least = highest[v]
    for (let slot = start; slot < end; slot++) {
      const u = sources[slot]
      const candidate = semi[ancestor[u] > v ? leastOnWay(ancestor, best, semi, way, u, v) : best[u]]
      if (candidate < least) least = candidate
    }
    end = start
    semi[v] = least
    best[v] = v
    const above = parent[v]
    if (least === above) immediate[v] = above
    else {
      immediate[v] = bucket[least]
      bucket[least] = v
    }
    for (let u = bucket[above]; u !== 0; ) {
      const next = immediate[u]
      const least = ancestor[u] > v - 1 ? leastOnWay(ancestor, best, semi, way, u, v - 1) : best[u]
      // Either the semidominator itself, or whoever dominates `least`, which is not known yet.
      immediate[u] = semi[least] < above ? least : above
      u = next
    }
    bucket[above] = 0
  }
  for (let v = 1; v < reached; v++) if (immediate[v] !== semi[v]) immediate[v] = immediate[immediate[v]]
  return immediate
}

/** The node with the least semidominator from `u` up to, but not including, the first one numbered `bound` or below. */
function leastOnWay(
  ancestor: Uint32Array,
  best: Uint32Array,
  semi: Uint32Array,
  way: GrowableUint32,
  u: number,
  bound: number,
): number {
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

/** The tree by ordinals, laid out so that all that a node dominates stands right behind it. */
function layOut({nodeCount, root}: Snapshot, search: Search, immediate: Uint32Array): DominatorTree {
  const {order: found, reached, place, parent, into, spare} = search
  const size = into.fill(1)
  for (let v = reached - 1; v > 0; v--) size[immediate[v]] += size[v]
  const dominator = place.fill(root)
  const order = parent
  /** Where the next of a node's children goes. */
  const next = spare
  order[0] = root
  next[0] = 1
  for (let v = 1; v < reached; v++) {
    const above = immediate[v]
    const at = next[above]
    next[above] = at + size[v]
    next[v] = at + 1
    order[at] = found[v]
    dominator[found[v]] = found[above]
  }
  const count = spare.fill(1)
  for (let v = 1; v < reached; v++) count[found[v]] = size[v]
  count[root] = nodeCount
  return {dominator, order: order.subarray(0, reached), count}
}
