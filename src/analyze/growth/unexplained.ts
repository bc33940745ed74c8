/** What grew though no place of the program's holds it: new objects of types that grew in every snapshot, as far as they hang together. */
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake} from '../../util/memo.ts'
import {selfSizes} from '../facts/self-sizes.ts'
import {visitBelow} from '../graph/dominance.ts'
import {type DominatorTree, keptSizes, keptTree} from '../graph/dominators.ts'
import {sumsOf} from '../graph/group-sums.ts'
import {isDetachedDom, type LeakedSet} from './leaks.ts'

export interface TypeSum {
  count: number
  selfBytes: number
}

/** Objects with a constructor, and detached parts of pages, by the name of their type. Linear in the nodes. */
export function typeSums(snapshot: Snapshot): Map<string, TypeSum> {
  const {names, ofNode} = snapshot.types
  const isThing = thingTest(snapshot)
  const {count, selfBytes} = sumsOf(snapshot, {names, ofNode}, 'devtools', isThing)
  const sums = new Map<string, TypeSum>()
  names.forEach((name, type) => {
    if (count[type] === 0) return
    const sum = getOrMake(sums, name, () => ({count: 0, selfBytes: 0}))
    sum.count += count[type]
    sum.selfBytes += selfBytes[type]
  })
  return sums
}

function thingTest(snapshot: Snapshot): (node: number) => boolean {
  const {nodeKind, types} = snapshot
  const isOfV8 = types.names.map(name => name.startsWith('system / ') || name.startsWith('('))
  return node => (nodeKind[node] === NodeKind.object || isDetachedDom(snapshot, node)) && !isOfV8[types.ofNode[node]]
}

export interface UnexplainedSearch {
  isNew(node: number): boolean
  /** Nodes that are told of already. */
  explained: BitSet
  /** Names of types that have more objects in every later snapshot. */
  grown: ReadonlySet<string>
  /** Sets that retain less are not told. */
  leastBytes: number
}

/** Sets told at the most. */
const MOST = 3

/**
 * New objects of one type each, those whose sets retain most first: what hangs below such an object is its part. `members` are the new
 * objects of those types there. Linear in the nodes.
 */
export function unexplainedSets(snapshot: Snapshot, search: UnexplainedSearch): (LeakedSet & {type: string})[] {
  const {nodeId, types} = snapshot
  const {order, count} = keptTree(snapshot)
  const retained = keptSizes(snapshot)
  const isThing = thingTest(snapshot)
  const isGrown = types.names.map(name => search.grown.has(name))
  const isMeant = (node: number) =>
    isThing(node) && isGrown[types.ofNode[node]] && search.isNew(node) && !search.explained.has(node)
  const outermost = new Map<string, {nodes: GrowableUint32; bytes: number}>()
  for (let place = 0; place < order.length; ) {
    const node = order[place]
    if (!isMeant(node)) {
      place++
      continue
    }
    const set = getOrMake(outermost, types.names[types.ofNode[node]], () => ({nodes: new GrowableUint32(), bytes: 0}))
    set.nodes.push(node)
    set.bytes += retained[node]
    place += count[node]
  }
  return [...outermost]
    .filter(([, {nodes, bytes}]) => nodes.length > 1 && bytes >= search.leastBytes)
    .sort(([a, {bytes: x}], [b, {bytes: y}]) => y - x || (a < b ? -1 : 1))
    .slice(0, MOST)
    .map(([type, {nodes}]) => ({
      type,
      ...newBelow(
        snapshot,
        nodes
          .view()
          .slice()
          .sort((a, b) => nodeId[a] - nodeId[b]),
        search.isNew,
      ),
    }))
}

/** The set of some objects and of everything new that they dominate. Linear in the nodes. */
export function newBelow(
  snapshot: Snapshot,
  outermost: Uint32Array,
  isNew: (node: number) => boolean,
  tree: DominatorTree = keptTree(snapshot),
): LeakedSet {
  const {types, nodeCount} = snapshot
  const size = selfSizes(snapshot, 'devtools')
  const isThing = thingTest(snapshot)
  const members = new GrowableUint32()
  const counts = new Map<number, number>()
  let selfBytes = 0
  visitBelow(tree, snapshot.root, BitSet.of(nodeCount, outermost), node => {
    if (!isNew(node)) return
    selfBytes += size[node]
    if (!isThing(node)) return
    members.push(node)
    counts.set(types.ofNode[node], (counts.get(types.ofNode[node]) ?? 0) + 1)
  })
  return {
    group: -1,
    outermost,
    members: members.view(),
    count: members.length,
    selfBytes,
    types: [...counts].map(([type, count]) => ({type, count})).sort((a, b) => b.count - a.count || a.type - b.type),
  }
}
