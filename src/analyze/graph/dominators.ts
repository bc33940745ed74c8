/**
 * The dominator tree and retained sizes. Which edges count is DevTools' rule (`computeIsEssentialEdge`), and so is the algorithm:
 * Lengauer and Tarjan, "A Fast Algorithm for Finding Dominators in a Flowgraph" (1979), with simple linking: at worst
 * O(m log n), no recursion. (Semi-NCA is shorter, but a list of n links whose items something else holds too takes it n² steps.)
 */

import {savedColumn, savedGroup} from '../../snapshot/columns/saved.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {memoize} from '../../util/memo.ts'
import type {NumberArray} from '../../util/number-column.ts'
import {borrowWords, giveBack} from '../../util/scratch.ts'
import {MAX_UINT32} from '../../util/uint32.ts'
import {hasOtherHolders, holdingEdges, retainingEdges} from '../facts/edge-policy.ts'
import {type SizeModel, selfSizes} from '../facts/self-sizes.ts'
import {addPair, type EdgeBands, edgeBands, sortBand} from './edge-bands.ts'

/** The dominator tree in typed arrays by ordinal. */
export interface DominatorTree {
  /** Uint32Array(n): ordinal of each node's immediate dominator; the root's own for the root and for what nothing reaches. */
  dominator: Uint32Array
  /** Uint32Array: ordinals so ordered that all that a node dominates stands right behind it; unreached nodes are missing. */
  order: Uint32Array
  /** Uint32Array(n): how many nodes each dominates, itself included; all nodes are the root's. */
  count: Uint32Array
}

const UNVISITED = MAX_UINT32

export const dominatorTree = savedGroup('dominatorTree', ['dominator', 'order', 'count'], (snapshot: Snapshot) =>
  treeOver(snapshot, retainingEdges(snapshot)),
)

/**
 * The dominator tree by what keeps objects alive in the living process (`holdingEdges`): the very one above where that makes no
 * difference to people's objects, as in files of browsers.
 */
export const keptTree = memoize((snapshot: Snapshot) =>
  hasOtherHolders(snapshot) ? otherTree(snapshot) : dominatorTree(snapshot),
)

const otherTree = savedGroup('keptTree', ['dominator', 'order', 'count'], (snapshot: Snapshot) =>
  treeOver(snapshot, holdingEdges(snapshot)),
)

/** The dominator tree by some of the retaining edges, one bit each. */
export function treeOver(snapshot: Snapshot, edges: BitSet): DominatorTree {
  const search = depthFirst(snapshot, edges)
  return layOut(snapshot, search, dominatorsOf(search))
}

/** n sizes in bytes as `retainedSizes` has them, by `keptTree`. */
export const keptSizes = memoize(
  (snapshot: Snapshot): NumberArray =>
    hasOtherHolders(snapshot) ? retainedInKept(snapshot) : retainedSizes(snapshot, 'devtools'),
)
const retainedInKept = savedColumn('retainedInKept', (snapshot: Snapshot) =>
  sumUp(snapshot, keptTree(snapshot), selfSizes(snapshot, 'devtools')),
)

/** n sizes in bytes: what would be freed if the node alone were dropped, by either model of self sizes. 32 bits each if the heap's fits. */
export function retainedSizes(snapshot: Snapshot, model: SizeModel): NumberArray {
  return model === 'raw' ? retainedRaw(snapshot) : retainedMoved(snapshot)
}

const retainedRaw = savedColumn('retainedRaw', (snapshot: Snapshot) =>
  sumUp(snapshot, dominatorTree(snapshot), selfSizes(snapshot, 'raw')),
)
const retainedMoved = savedColumn('retained', (snapshot: Snapshot) =>
  sumUp(snapshot, dominatorTree(snapshot), selfSizes(snapshot, 'devtools')),
)

function sumUp(snapshot: Snapshot, {dominator, order}: DominatorTree, sizes: NumberArray): NumberArray {
  const {nodeCount} = snapshot
  let total = 0
  for (let node = 0; node < nodeCount; node++) total += sizes[node]
  const retained = total <= MAX_UINT32 ? borrowWords(nodeCount) : new Float64Array(nodeCount)
  retained.set(sizes)
  for (let place = order.length - 1; place > 0; place--) {
    const node = order[place]
    retained[dominator[node]] += retained[node]
  }
  // What nothing reaches is the root's, too.
  retained[snapshot.root] = total
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
 * Nodes in the order in which a depth-first search meets them: places in `order` are what the rest of the algorithm counts in, so that
 * it walks through memory from end to end.
 */
interface Search {
  /** Uint32Array(n), the first `reached`: ordinals by place. */
  order: Uint32Array
  reached: number
  /** Uint32Array(n): each node's place in `order`, or UNVISITED. */
  place: Uint32Array
  /** Uint32Array(n): by place, the place of the node it was reached from. */
  parent: Uint32Array
  /** The edges that are not of the search tree: from place to place. */
  others: EdgeBands
  /** Uint32Array(n): for the semidominators, then for others to use, as the next. */
  semi: Uint32Array
  /** Uint32Array(n): for others to use. */
  spare: Uint32Array
}

/**
 * What page code reaches (`markPageOwnedNodes`), which is dominated as if page code alone held it: edges to it from other nodes do not
 * count, but for the root's. The search begins with it.
 */
interface Page {
  /** What page code reaches over retaining edges has the places before this one; 0 if there is no page. */
  end: number
  /** What it reaches over the other edges only; undefined if that is nothing, as nearly always. */
  rest: BitSet | undefined
}

/**
 * Depth first from the root; then, in file order, from each unvisited node that no edge enters, as if the root held it. What is
 * left are cycles that nobody holds: they stay out (`calculateDominatorsAndRetainedSizes` does the same).
 */
function depthFirst(snapshot: Snapshot, edges: BitSet): Search {
  const {root, nodeCount, firstEdge, edgeKind, edgeTarget} = snapshot
  const {words} = edges
  const order = new Uint32Array(nodeCount)
  const place = new Uint32Array(nodeCount).fill(UNVISITED)
  const parent = new Uint32Array(nodeCount)
  const others = edgeBands(nodeCount, snapshot.edgeCount)
  const cursor = new Uint32Array(nodeCount)
  const page: Page = {end: 0, rest: undefined}
  let inPage = true
  /** Where page code leads over edges that do not retain; the root, if it leads there. */
  const aside = new GrowableUint32()
  order[0] = root
  place[root] = 0
  let reached = 1
  /** Follows an edge of the root. The path down needs no stack: it is the chain of parents. */
  const descend = (start: number) => {
    const known = place[start]
    if (known !== UNVISITED) {
      if (parent[known] !== 0) addPair(others, 0, known)
      return
    }
    const {end: pageEnd, rest} = page
    const top = reached++
    order[top] = start
    place[start] = top
    let current = top
    let isPage = inPage || (rest?.has(start) ?? false)
    let edge = firstEdge[start]
    let end = firstEdge[start + 1]
    for (;;) {
      if (edge < end) {
        const here = edge++
        const target = edgeTarget[here]
        const met = place[target]
        if ((words[here >>> 5] & (1 << (here & 31))) === 0) {
          if (inPage && (met === UNVISITED || met === 0) && edgeKind[here] !== EdgeKind.weak) aside.push(target)
          continue
        }
        if (!isPage && (met < pageEnd || rest?.has(target) === true)) continue
        if (met === UNVISITED) {
          cursor[current] = edge
          order[reached] = target
          place[target] = reached
          parent[reached] = current
          current = reached++
          edge = firstEdge[target]
          end = firstEdge[target + 1]
          if (rest !== undefined) isPage = rest.has(target)
        } else if (met !== 0) addPair(others, current, met)
        else if (inPage) aside.push(root)
      } else if (current === top) return
      else {
        current = parent[current]
        const node = order[current]
        edge = cursor[current]
        end = firstEdge[node + 1]
        if (rest !== undefined) isPage = rest.has(node)
      }
    }
  }
  const entrances = pageEntrances(snapshot)
  for (const target of entrances) {
    if (target === root) aside.push(root)
    else if (place[target] === UNVISITED) descend(target)
  }
  inPage = false
  if (entrances.length > 0) {
    page.end = reached
    page.rest = restOfPage(snapshot, place, aside)
  }
  for (let edge = firstEdge[root]; edge < firstEdge[root + 1]; edge++) if (edges.has(edge)) descend(edgeTarget[edge])
  if (reached < nodeCount) {
    const entered = enteredFromUnvisited(snapshot, edges, place, page)
    for (let node = 0; node < nodeCount; node++) if (place[node] === UNVISITED && !entered.has(node)) descend(node)
  }
  return {order, reached, place, parent, others, semi: new Uint32Array(nodeCount), spare: cursor}
}

/** Where page code begins: the root's shortcuts and DOM trees. */
function pageEntrances(snapshot: Snapshot): number[] {
  const {root, firstEdge, edgeKind, edgeTarget, nodeKind, nodeName, strings} = snapshot
  const isDomTrees = (node: number) =>
    nodeKind[node] === NodeKind.synthetic && strings.get(nodeName[node]) === '(Document DOM trees)'
  const targets: number[] = []
  for (let edge = firstEdge[root]; edge < firstEdge[root + 1]; edge++) {
    const kind = edgeKind[edge]
    const target = edgeTarget[edge]
    if (kind === EdgeKind.shortcut || (kind === EdgeKind.element && isDomTrees(target))) targets.push(target)
  }
  return targets
}

/** What has not been visited, but can be reached from `waiting` over edges that are not weak; undefined if that is nothing. */
function restOfPage(snapshot: Snapshot, place: Uint32Array, waiting: GrowableUint32): BitSet | undefined {
  const {root, nodeCount, firstEdge, edgeKind, edgeTarget} = snapshot
  const rest = new BitSet(nodeCount)
  let isEmpty = true
  let rootSeen = false
  const reach = (node: number) => {
    if (node === root ? rootSeen : place[node] !== UNVISITED || rest.has(node)) return
    if (node === root) rootSeen = true
    else {
      rest.add(node)
      isEmpty = false
    }
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.weak) waiting.push(edgeTarget[edge])
    }
  }
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) reach(node)
  return isEmpty ? undefined : rest
}

/** Nodes with an edge from one that has not been visited. */
function enteredFromUnvisited(
  {nodeCount, firstEdge, edgeTarget}: Snapshot,
  edges: BitSet,
  place: Uint32Array,
  {end, rest}: Page,
): BitSet {
  const entered = new BitSet(nodeCount)
  const isPage = (node: number) => place[node] < end || (rest?.has(node) ?? false)
  for (let node = 0; node < nodeCount; node++) {
    if (place[node] !== UNVISITED) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const target = edgeTarget[edge]
      if (edges.has(edge) && (isPage(node) || !isPage(target))) entered.add(target)
    }
  }
  return entered
}

/**
 * Uint32Array(n): the place of each place's immediate dominator. All is in places; 0, the root, is nobody's child and ends every list.
 * What is left of `search` afterwards is `order` and `reached`.
 */
function dominatorsOf({reached, place, parent, others, semi, spare}: Search): Uint32Array {
  // An array serves two ends where they do not meet. Numbers above v are linked: they have a semidominator, and the best of the path
  // up as far as it is compressed. Numbers below v still have a list of nodes whose semidominator they are; the others of those follow
  // in `immediate` until theirs is known.
  const best = spare.fill(0)
  const ancestor = parent
  const bucket = best
  const immediate = place
  const path = new GrowableUint32()
  const {mask, shift, first} = others
  for (let v = reached - 1; v > 0; v--) {
    const above = parent[v]
    if (v === reached - 1 || (v & mask) === mask) sortBand(others, v >>> shift)
    const {sorted} = others
    const end = first[(v & mask) + 1]
    let least = above
    for (let slot = first[v & mask]; slot < end; slot++) {
      const u = sorted[slot]
      // A node numbered before v is not linked yet and stands for itself.
      const candidate = u < v ? u : semi[ancestor[u] > v ? leastOnPath(ancestor, best, semi, path, u, v) : best[u]]
      if (candidate < least) least = candidate
    }
    semi[v] = least
    best[v] = v
    if (least === above) immediate[v] = above
    else {
      immediate[v] = bucket[least]
      bucket[least] = v
    }
    for (let u = bucket[above]; u !== 0; ) {
      const next = immediate[u]
      const least = ancestor[u] > v - 1 ? leastOnPath(ancestor, best, semi, path, u, v - 1) : best[u]
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
function leastOnPath(
  ancestor: Uint32Array,
  best: Uint32Array,
  semi: Uint32Array,
  path: GrowableUint32,
  u: number,
  bound: number,
): number {
  let top = u
  while (ancestor[top] > bound) {
    path.push(top)
    top = ancestor[top]
  }
  const end = ancestor[top]
  let least = best[top]
  for (let below = path.pop(); below !== undefined; below = path.pop()) {
    if (semi[best[below]] <= semi[least]) least = best[below]
    else best[below] = least
    ancestor[below] = end
  }
  return least
}

/** The tree by ordinals, laid out so that all that a node dominates stands right behind it. */
function layOut({nodeCount, root}: Snapshot, search: Search, immediate: Uint32Array): DominatorTree {
  const {order: found, reached, parent, semi, spare} = search
  const size = semi.fill(1)
  for (let v = reached - 1; v > 0; v--) size[immediate[v]] += size[v]
  const dominator = parent.fill(root)
  /** Where the next of a node's children goes. */
  const next = spare
  const at = immediate
  at[0] = 0
  next[0] = 1
  for (let v = 1; v < reached; v++) {
    const above = immediate[v]
    dominator[found[v]] = found[above]
    at[v] = next[above]
    next[above] += size[v]
    next[v] = at[v] + 1
  }
  const order = spare
  for (let v = 0; v < reached; v++) order[at[v]] = found[v]
  const count = immediate.fill(1)
  for (let v = 1; v < reached; v++) count[found[v]] = size[v]
  count[root] = nodeCount
  giveBack(found)
  return {dominator, order: order.subarray(0, reached), count}
}
