/** What fills the heap: the rows of DevTools' Summary (`buildAggregates`, `calculateClassesRetainedSize`). */
import type {Snapshot} from '../snapshot/snapshot.ts'
import {distances} from './distances.ts'
import {dominatedNodes, dominatorTree, retainedSizes} from './dominators.ts'
import {type GroupBy, type Grouping, groupNodes} from './groupings.ts'
import {type OffHeapBytes, offHeap, offHeapBytes, offHeapOfGroups} from './off-heap.ts'
import {textPattern} from './select.ts'
import {type SizeModel, selfSizes} from './self-sizes.ts'

export interface TypeRow {
  type: string
  /** A row of the snapshot's locations: where the constructor is written; -1 if the file does not say. */
  location: number
  count: number
  selfBytes: number
  /** Bytes of the backing stores that the objects look at, each once, besides their self sizes. */
  offHeapBytes: number
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
  /** Sorted, and cut to the limit. */
  rows: TypeRow[]
  /** Over all rows that passed the filter, whether listed or not. */
  total: {types: number; count: number; selfBytes: number; offHeap: OffHeapBytes}
  /** Whether some of these rows look at the same backing store. */
  rowsShareStores: boolean
  /** Sum of all self sizes in the file: what shares are of. */
  heapBytes: number
  /** Nodes of size 0, which DevTools does not count. */
  emptyCount: number
  limitsReached: {rows?: number}
}

export type TypesSort = 'count' | 'self' | 'off-heap' | 'retained' | 'name'

export interface TypesOptions {
  by?: GroupBy
  sort?: TypesSort
  /** Exact name or `/regex/`. */
  filter?: string
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
    limit = 30,
    sizes = 'devtools',
  } = options
  const isMeant = filter === undefined ? () => true : textPattern(filter)
  const grouping = groupNodes(snapshot, by)
  const {all, heapBytes, emptyCount} = addUp(snapshot, grouping, sizes, retained)
  const isListed = all.map(({type, count}) => count > 0 && isMeant(type))
  const rows = all.filter((_, group) => isListed[group]).sort(order(sort))
  const {stores, viewers} = offHeap(snapshot)
  const looking = joined(stores, viewers).filter(node => isListed[grouping.ofNode[node]])
  const total = {
    types: rows.length,
    count: rows.reduce((sum, {count}) => sum + count, 0),
    selfBytes: rows.reduce((sum, {selfBytes}) => sum + selfBytes, 0),
    offHeap: offHeapBytes(snapshot, looking),
  }
  const rowsShareStores = rows.reduce((sum, row) => sum + row.offHeapBytes, 0) > total.offHeap.bytes
  const limitsReached = rows.length > limit ? {rows: limit} : {}
  return {snapshot, by, sizes, rows: rows.slice(0, limit), total, rowsShareStores, heapBytes, emptyCount, limitsReached}
}

function joined(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

function addUp(snapshot: Snapshot, {names, locations, ofNode}: Grouping, sizes: SizeModel, retained: boolean) {
  const {nodeCount, nodeId} = snapshot
  const selfBytes = selfSizes(snapshot, sizes)
  const distance = distances(snapshot)
  const retainedBytes = retained ? retainedOfGroups(snapshot, ofNode, names.length, sizes) : undefined
  const offHeapSums = offHeapOfGroups(snapshot, ofNode, names.length)
  const all = names.map(
    (type, group): TypeRow => ({
      type,
      location: locations[group],
      count: 0,
      selfBytes: 0,
      offHeapBytes: offHeapSums[group],
      retainedBytes: retainedBytes?.[group],
      distance: Number.POSITIVE_INFINITY,
      example: -1,
    }),
  )
  let heapBytes = 0
  let emptyCount = 0
  for (let node = 0; node < nodeCount; node++) {
    if (selfBytes[node] === 0) {
      emptyCount++
      continue
    }
    const row = all[ofNode[node]]
    row.count++
    row.selfBytes += selfBytes[node]
    heapBytes += selfBytes[node]
    if (distance[node] < row.distance) row.distance = distance[node]
    if (row.example < 0 || nodeId[node] < nodeId[row.example]) row.example = node
  }
  return {all, heapBytes, emptyCount}
}

/**
 * Float64Array(groupCount): for each group the retained sizes of its members that no other member dominates. One walk over the
 * dominator tree with a counter a group; members without a size of their own neither count nor shadow another.
 */
function retainedOfGroups(snapshot: Snapshot, ofNode: Uint32Array, groupCount: number, sizes: SizeModel): Float64Array {
  const {root} = snapshot
  const {dominator} = dominatorTree(snapshot)
  const {first, children} = dominatedNodes(snapshot)
  const selfBytes = selfSizes(snapshot, sizes)
  const retained = retainedSizes(snapshot, sizes)
  const sums = new Float64Array(groupCount)
  const open = new Uint32Array(groupCount)
  const next = first.slice()
  const enter = (node: number) => {
    if (selfBytes[node] === 0) return
    if (open[ofNode[node]]++ === 0) sums[ofNode[node]] += retained[node]
  }
  enter(root)
  for (let node = root; ; ) {
    if (next[node] < first[node + 1]) {
      node = children[next[node]++]
      enter(node)
      continue
    }
    if (selfBytes[node] !== 0) open[ofNode[node]]--
    if (node === root) return sums
    node = dominator[node]
  }
}

function order(sort: TypesSort): (a: TypeRow, b: TypeRow) => number {
  const byName = (a: TypeRow, b: TypeRow) => (a.type < b.type ? -1 : Number(a.type > b.type)) || a.location - b.location
  const bySelf = (a: TypeRow, b: TypeRow) => b.selfBytes - a.selfBytes
  const byCount = (a: TypeRow, b: TypeRow) => b.count - a.count
  if (sort === 'name') return byName
  if (sort === 'off-heap') return (a, b) => b.offHeapBytes - a.offHeapBytes || bySelf(a, b) || byName(a, b)
  if (sort === 'count') return (a, b) => byCount(a, b) || bySelf(a, b) || byName(a, b)
  if (sort === 'self') return (a, b) => bySelf(a, b) || byCount(a, b) || byName(a, b)
  return (a, b) => (b.retainedBytes ?? 0) - (a.retainedBytes ?? 0) || bySelf(a, b) || byName(a, b)
}
