/** What fills the heap: the rows of DevTools' Summary (`buildAggregates`, `calculateClassesRetainedSize`). */
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {distances} from './distances.ts'
import {dominatedNodes, dominatorTree, retainedSizes} from './dominators.ts'
import {type GroupBy, type Grouping, groupNodes} from './groupings.ts'
import type {Selection} from './select.ts'
import {type SizeModel, selfSizes} from './self-sizes.ts'
import {textPattern} from './text-pattern.ts'

export interface TypeRow {
  type: string
  /** A row of the snapshot's locations: where the constructor is written; -1 if the file does not say. */
  location: number
  count: number
  selfBytes: number
  /** Bytes that would be freed if all objects of the row were dropped, none counted twice; undefined if not asked for. */
  retainedBytes: number | undefined
  /** The smallest of their distances. */
  distance: number
  /** Ordinal of the object with the smallest id. */
  example: number
}

export interface TypesAnswer {
  snapshot: Snapshot
  by: GroupBy
  sizes: SizeModel
  /** The only objects counted; all, if undefined. */
  among: Selection | undefined
  /** Sorted, and cut to the limit. */
  rows: TypeRow[]
  /** Over all rows that passed the filter, whether listed or not. */
  total: {types: number; count: number; selfBytes: number}
  /** Sum of all self sizes in the file: what shares are of. */
  heapBytes: number
  /** Nodes of size 0, which DevTools does not count. */
  emptyCount: number
  limitsReached: {rows?: number}
}

export interface TypesOptions {
  by?: GroupBy
  sort?: 'count' | 'self' | 'retained' | 'name'
  /** Exact name or `/regex/`. */
  filter?: string
  /** Count these objects only; retained sizes are of them alone, too. */
  among?: Selection
  limit?: number
  sizes?: SizeModel
  /** Whether to compute retained sizes, which takes the dominator tree. */
  retained?: boolean
}

/** Objects and bytes of every group. As in DevTools, nodes without a size of their own are not counted. Equals are sorted by name. */
export function types(snapshot: Snapshot, options: TypesOptions = {}): TypesAnswer {
  const {
    by = 'type',
    retained = true,
    sort = retained ? 'retained' : 'self',
    filter,
    among,
    limit = 30,
    sizes = 'devtools',
  } = options
  const isMeant = filter === undefined ? () => true : textPattern(filter)
  const grouping = groupNodes(snapshot, by)
  const {all, heapBytes, emptyCount} = addUp(snapshot, grouping, sizes, retained, among)
  const rows = all.filter(({type, count}) => count > 0 && isMeant(type)).sort(order(sort))
  const total = {
    types: rows.length,
    count: rows.reduce((sum, {count}) => sum + count, 0),
    selfBytes: rows.reduce((sum, {selfBytes}) => sum + selfBytes, 0),
  }
  const limitsReached = rows.length > limit ? {rows: limit} : {}
  return {snapshot, by, sizes, among, rows: rows.slice(0, limit), total, heapBytes, emptyCount, limitsReached}
}

function addUp(
  snapshot: Snapshot,
  {names, locations, ofNode}: Grouping,
  sizes: SizeModel,
  retained: boolean,
  among: Selection | undefined,
) {
  const {nodeCount, nodeId} = snapshot
  const isMeant = membership(nodeCount, among)
  const selfBytes = selfSizes(snapshot, sizes)
  const distance = distances(snapshot)
  const retainedBytes = retained ? retainedOfGroups(snapshot, ofNode, names.length, sizes, isMeant) : undefined
  const all = names.map(
    (type, group): TypeRow => ({
      type,
      location: locations[group],
      count: 0,
      selfBytes: 0,
      retainedBytes: retainedBytes?.[group],
      distance: Number.POSITIVE_INFINITY,
      example: -1,
    }),
  )
  let heapBytes = 0
  let emptyCount = 0
  for (let node = 0; node < nodeCount; node++) {
    heapBytes += selfBytes[node]
    if (!isMeant(node)) continue
    if (selfBytes[node] === 0) {
      emptyCount++
      continue
    }
    const row = all[ofNode[node]]
    row.count++
    row.selfBytes += selfBytes[node]
    if (distance[node] < row.distance) row.distance = distance[node]
    if (row.example < 0 || nodeId[node] < nodeId[row.example]) row.example = node
  }
  return {all, heapBytes, emptyCount}
}

function membership(nodeCount: number, among: Selection | undefined): (node: number) => boolean {
  if (among === undefined) return () => true
  const members = BitSet.of(nodeCount, among.nodes)
  return node => members.has(node)
}

/**
 * Float64Array(groupCount): for each group the retained sizes of its members that no other member dominates. One walk over the
 * dominator tree with a counter a group; members without a size of their own neither count nor shadow another.
 */
export function retainedOfGroups(
  snapshot: Snapshot,
  ofNode: Uint32Array,
  groupCount: number,
  sizes: SizeModel,
  isMeant: (node: number) => boolean,
): Float64Array {
  const {root} = snapshot
  const {dominator} = dominatorTree(snapshot)
  const {first, children} = dominatedNodes(snapshot)
  const selfBytes = selfSizes(snapshot, sizes)
  const retained = retainedSizes(snapshot, sizes)
  const sums = new Float64Array(groupCount)
  const open = new Uint32Array(groupCount)
  const next = first.slice()
  const counts = (node: number) => selfBytes[node] !== 0 && isMeant(node)
  const enter = (node: number) => {
    if (!counts(node)) return
    if (open[ofNode[node]]++ === 0) sums[ofNode[node]] += retained[node]
  }
  enter(root)
  for (let node = root; ; ) {
    if (next[node] < first[node + 1]) {
      node = children[next[node]++]
      enter(node)
      continue
    }
    if (counts(node)) open[ofNode[node]]--
    if (node === root) return sums
    node = dominator[node]
  }
}

function order(sort: 'count' | 'self' | 'retained' | 'name'): (a: TypeRow, b: TypeRow) => number {
  const byName = (a: TypeRow, b: TypeRow) => (a.type < b.type ? -1 : Number(a.type > b.type)) || a.location - b.location
  const bySelf = (a: TypeRow, b: TypeRow) => b.selfBytes - a.selfBytes
  const byCount = (a: TypeRow, b: TypeRow) => b.count - a.count
  if (sort === 'name') return byName
  if (sort === 'count') return (a, b) => byCount(a, b) || bySelf(a, b) || byName(a, b)
  if (sort === 'self') return (a, b) => bySelf(a, b) || byCount(a, b) || byName(a, b)
  return (a, b) => (b.retainedBytes ?? 0) - (a.retainedBytes ?? 0) || bySelf(a, b) || byName(a, b)
}
