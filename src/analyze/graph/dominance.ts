/** Whether one node dominates another, answered in constant time. */

import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {memoize} from '../../util/memo.ts'
import {hasOtherHolders, holdingEdges} from '../facts/edge-policy.ts'
import {globalObjects} from '../facts/roots.ts'
import {type DominatorTree, dominatorTree, keptTree, treeOver} from './dominators.ts'
import {weakMapEntries} from './reachable.ts'

/** Whether every path from the root to `below` passes `above`; a node dominates itself. Both must be reached. */
export type Dominates = (above: number, below: number) => boolean

/** Each node's place in the order of a dominator tree: what it dominates stands right behind it. Behind it is a Uint32Array(n). */
export type Places = (node: number) => number

function placesIn(snapshot: Snapshot, tree: DominatorTree, name: string): Places {
  const {values} = snapshot.saved.group(name, ['values'], () => {
    const {order} = tree
    const values = new Uint32Array(snapshot.nodeCount)
    for (let i = 0; i < order.length; i++) values[order[i]] = i
    return {values}
  })
  return node => values[node]
}

const places = memoize(
  (snapshot: Snapshot): Places => placesIn(snapshot, dominatorTree(snapshot), 'places in dominatorTree'),
)

/** The same of `keptTree`. */
const keptPlaces = memoize(
  (snapshot: Snapshot): Places =>
    hasOtherHolders(snapshot) ? placesIn(snapshot, keptTree(snapshot), 'places in keptTree') : places(snapshot),
)

/** By what keeps objects alive in the living process (`keptTree`). */
const keptDominance = memoize((snapshot: Snapshot): Dominates => dominanceIn(keptTree(snapshot), keptPlaces(snapshot)))

/** A dominator tree by what keeps objects alive in the living process, and the edges that it counts. */
export interface KeepingTree {
  snapshot: Snapshot
  tree: DominatorTree
  placeOf: Places
  dominates: Dominates
  /** One bit an edge. */
  edges: BitSet
}

export const keepingTree = memoize(
  (snapshot: Snapshot): KeepingTree => ({
    snapshot,
    tree: keptTree(snapshot),
    placeOf: keptPlaces(snapshot),
    dominates: keptDominance(snapshot),
    edges: holdingEdges(snapshot),
  }),
)

/**
 * The same with values of WeakMaps below their table where the key says nothing: only roots and global objects dominate it. A
 * value needs both, so that what dominates either dominates it: objects that live for ever, such as the global one, are keys in tables
 * that should have gone. The very tree above if there are no such entries.
 */
export const keepingTreeOfTables = memoize((snapshot: Snapshot): KeepingTree => {
  const kept = keepingTree(snapshot)
  const edges = edgesOfTables(snapshot, kept)
  if (edges === undefined) return kept
  const tree = snapshot.saved.group('tablesTree', ['dominator', 'order', 'count'], () => treeOver(snapshot, edges))
  const placeOf = placesIn(snapshot, tree, 'places in tablesTree')
  return {snapshot, tree, placeOf, dominates: dominanceIn(tree, placeOf), edges}
})

function edgesOfTables(snapshot: Snapshot, {tree, edges: held}: KeepingTree): BitSet | undefined {
  const {ephemerons, firstEdge, nodeKind, root} = snapshot
  const {edge, fromTable, pair, pairCount} = ephemerons
  const entries = weakMapEntries(snapshot)
  if (entries === undefined) return undefined
  const globals = new Set(globalObjects(snapshot))
  // Whether nothing but roots and global objects dominates it.
  const isLasting = (node: number) => {
    let above = tree.dominator[node]
    while (above !== root && (globals.has(above) || nodeKind[above] === NodeKind.synthetic))
      above = tree.dominator[above]
    return above === root
  }
  const isOfTable = new BitSet(pairCount)
  let any = false
  for (let i = 0; i < edge.length; i++) {
    if (fromTable[i] === 1 || !entries.has(edge[i])) continue
    const key = sourceOf(firstEdge, edge[i])
    if (key === root || !isLasting(key)) continue
    isOfTable.add(pair[i])
    any = true
  }
  if (!any) return undefined
  const edges = held.copy()
  for (let i = 0; i < edge.length; i++) {
    if (!isOfTable.has(pair[i])) continue
    if (fromTable[i] === 1) edges.add(edge[i])
    else edges.delete(edge[i])
  }
  return edges
}

function dominanceIn({count}: DominatorTree, placeOf: Places): Dominates {
  return (above, below) => placeOf(below) >= placeOf(above) && placeOf(below) - placeOf(above) < count[above]
}

/** Visits the nodes of `below` and all that they dominate, in the tree's order; `below` has all of them then. */
export function visitBelow(
  {order, dominator}: DominatorTree,
  root: number,
  below: BitSet,
  visit: (node: number) => void,
): void {
  for (const node of order) {
    if (!below.has(node)) {
      if (node === root || !below.has(dominator[node])) continue
      below.add(node)
    }
    visit(node)
  }
}

/** Nodes that an object of the set dominates, but those of the set on top of all. */
export function nestedNodes(snapshot: Snapshot, set: BitSet): BitSet {
  const {dominator, order} = dominatorTree(snapshot)
  const below = new BitSet(snapshot.nodeCount)
  for (const node of order) {
    const above = dominator[node]
    if (above !== node && (set.has(above) || below.has(above))) below.add(node)
  }
  return below
}
