/** Detached DOM trees: nodes that are in no document and yet alive, and what holds them. */
import {DETACHED} from '../../snapshot/columns/detachedness.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {retainingEdges} from '../facts/edge-policy.ts'
import type {SizeModel} from '../facts/self-sizes.ts'
import {bfsDepthFromRoots, UNREACHED} from '../graph/bfs-depth.ts'
import {dominatorTree, retainedSizes} from '../graph/dominators.ts'
import {retainedBySet} from '../graph/retained-set.ts'

/** How `detached` counts, and how many trees it lists. */
export interface DetachedOptions {
  /** Rows of the table; trees that are alike and held alike make one. */
  limit?: number
  /** `devtools` unless given. */
  sizes?: SizeModel
}

/** A tree of detached DOM nodes. */
export interface DetachedTree {
  /** Ordinal of its top: a detached DOM node that no other one dominates. */
  node: number
  /** Detached DOM nodes it dominates, itself included. */
  nodeCount: number
  /** Bytes that would be freed with the top of the tree. */
  retainedBytes: number
  /** The retaining edge into the tree's top, or a node of the tree, from outside, nearest to the roots; undefined if none. */
  heldBy: number | undefined
}

/** What `detached` answers. */
export interface DetachedAnswer {
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** How the bytes here were counted. */
  sizes: SizeModel
  /** Largest first. */
  trees: DetachedTree[]
  /** Bytes: what would be freed if all trees were dropped. */
  total: {trees: number; nodeCount: number; retainedBytes: number}
  /** Rows that a table of these should have at the most. */
  limit: number
}

export function detached(snapshot: Snapshot, {limit = 30, sizes = 'devtools'}: DetachedOptions = {}): DetachedAnswer {
  const {nodeCount, nodeId, root} = snapshot
  const isDetached = detachedDomNodes(snapshot)
  const {dominator, order} = dominatorTree(snapshot)
  const retained = retainedSizes(snapshot, sizes)
  // The top of a node's tree is its own dominator's, if that is detached too; dominators come first in the order.
  const topOf = new Uint32Array(nodeCount)
  const trees = new Map<number, DetachedTree>()
  for (const node of order) {
    const above = dominator[node]
    const inside = node !== root && topOf[above] !== 0
    if (!inside && !isDetached.has(node)) continue
    // What a detached node dominates belongs to its tree, whether it is a DOM node or a listener's closure.
    const top = inside ? topOf[above] - 1 : node
    topOf[node] = top + 1
    if (!inside) trees.set(node, {node, nodeCount: 0, retainedBytes: retained[node], heldBy: undefined})
    if (isDetached.has(node)) trees.get(top)!.nodeCount++
  }
  holdFromOutside(snapshot, topOf, trees)
  const all = [...trees.values()].sort((a, b) => b.retainedBytes - a.retainedBytes || nodeId[a.node] - nodeId[b.node])
  return {
    snapshot,
    sizes,
    trees: all,
    total: {
      trees: all.length,
      nodeCount: all.reduce((sum, tree) => sum + tree.nodeCount, 0),
      retainedBytes: retainedBySet(
        snapshot,
        all.map(({node}) => node),
        sizes,
      ).bytes,
    },
    limit,
  }
}

/**
 * Native nodes that are detached and in the DOM. V8 marks other C++ objects too: Node's own `Node / BindingData` are all
 * "detached". A DOM node is named `<div class="a">`, `#text` and the like, or in older Chrome by its interface, `HTMLDivElement`.
 */
function detachedDomNodes({nodeCount, nodeKind, nodeName, detachedness, strings}: Snapshot): BitSet {
  const nodes = new BitSet(nodeCount)
  const isDom = new Uint8Array(strings.count)
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.native || detachedness[node] !== DETACHED) continue
    const name = nodeName[node]
    if (isDom[name] === 0) isDom[name] = DOM_NAME.test(strings.get(name)) ? 2 : 1
    if (isDom[name] === 2) nodes.add(node)
  }
  return nodes
}

const DOM_NAME =
  /^(Detached )?(<|#|(HTML|SVG|MathML)\w*Element\b|(Text|Comment|Attr|Document|DocumentFragment|ShadowRoot|HTMLDocument|Element|CDATASection|ProcessingInstruction)$)/

/** For each tree the edge from outside into it whose holder is nearest to the roots; ties by id. */
function holdFromOutside(snapshot: Snapshot, topOf: Uint32Array, trees: Map<number, DetachedTree>): void {
  if (trees.size === 0) return
  const {nodeCount, nodeId, retainers} = snapshot
  const retaining = retainingEdges(snapshot)
  const bfsDepth = bfsDepthFromRoots(snapshot, retaining)
  const holder = new Map<number, number>()
  for (let node = 0; node < nodeCount; node++) {
    if (topOf[node] === 0) continue
    const top = topOf[node] - 1
    for (let slot = retainers.first[node]; slot < retainers.first[node + 1]; slot++) {
      const source = retainers.source[slot]
      if (!retaining.has(retainers.edge[slot]) || topOf[source] === top + 1 || bfsDepth[source] === UNREACHED) continue
      const known = holder.get(top)
      const isNearer =
        known === undefined ||
        bfsDepth[source] < bfsDepth[known] ||
        (bfsDepth[source] === bfsDepth[known] && nodeId[source] < nodeId[known])
      if (!isNearer) continue
      holder.set(top, source)
      trees.get(top)!.heldBy = retainers.edge[slot]
    }
  }
}
