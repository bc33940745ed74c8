/** What fills the heap: the rows of DevTools' Summary (`buildAggregates`, `calculateClassesRetainedSize`). */
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {computeAhead} from './ahead.ts'
import {distances} from './distances.ts'
import {dominatorTree, retainedSizes} from './dominators.ts'
import {type GroupBy, type Grouping, groupNodes} from './groupings.ts'
import {textPattern} from './select.ts'
import {type SizeModel, selfSizes} from './self-sizes.ts'

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
  if (retained) {
    computeAhead(snapshot, ['types', 'selfSizes', 'distances', 'scripts'])
    dominatorTree(snapshot)
  }
  const grouping = groupNodes(snapshot, by)
  const {all, heapBytes, emptyCount} = addUp(snapshot, grouping, sizes, retained)
  const rows = all.filter(({type, count}) => count > 0 && isMeant(type)).sort(order(sort))
  const total = {
    types: rows.length,
    count: rows.reduce((sum, {count}) => sum + count, 0),
    selfBytes: rows.reduce((sum, {selfBytes}) => sum + selfBytes, 0),
  }
  const limitsReached = rows.length > limit ? {rows: limit} : {}
  return {snapshot, by, sizes, rows: rows.slice(0, limit), total, heapBytes, emptyCount, limitsReached}
}

function addUp(snapshot: Snapshot, {names, locations, ofNode}: Grouping, sizes: SizeModel, retained: boolean) {
  const {nodeCount, nodeId} = snapshot
  const selfBytes = selfSizes(snapshot, sizes)
  const distance = distances(snapshot)
  const retainedBytes = retained ? retainedOfGroups(snapshot, ofNode, names.length, sizes) : undefined
  const groups = names.length
  const counts = new Uint32Array(groups)
  const bytes = new Float64Array(groups)
  const nearest = new Float64Array(groups).fill(Number.POSITIVE_INFINITY)
  const example = new Int32Array(groups).fill(-1)
  let heapBytes = 0
  let emptyCount = 0
  for (let node = 0; node < nodeCount; node++) {
    const size = selfBytes[node]
    if (size === 0) {
      emptyCount++
      continue
    }
    const group = ofNode[node]
    counts[group]++
    bytes[group] += size
    heapBytes += size
    if (distance[node] < nearest[group]) nearest[group] = distance[node]
    if (example[group] < 0 || nodeId[node] < nodeId[example[group]]) example[group] = node
  }
  const all = names.map(
    (type, group): TypeRow => ({
      type,
      location: locations[group],
      count: counts[group],
      selfBytes: bytes[group],
      retainedBytes: retainedBytes?.[group],
      distance: nearest[group],
      example: example[group],
    }),
  )
  return {all, heapBytes, emptyCount}
}

/**
 * Float64Array(groupCount): for each group the retained sizes of its members that no other member dominates. What a node dominates
 * stands right behind it, so that one look at each node is enough: as long as the last member's has not ended, the next is inside.
 * Members without a size of their own neither count nor shadow another.
 */
function retainedOfGroups(snapshot: Snapshot, ofNode: Uint32Array, groupCount: number, sizes: SizeModel): Float64Array {
  const {root, nodeCount} = snapshot
  const {order, count} = dominatorTree(snapshot)
  const selfBytes = selfSizes(snapshot, sizes)
  const retained = retainedSizes(snapshot, sizes)
  const sums = new Float64Array(groupCount)
  /** For each group the place where what its last outermost member dominates has ended. */
  const ends = new Float64Array(groupCount)
  for (let place = 0; place < order.length; place++) {
    const node = order[place]
    const group = ofNode[node]
    if (place < ends[group] || selfBytes[node] === 0) continue
    sums[group] += retained[node]
    ends[group] = place + count[node]
  }
  if (order.length === nodeCount) return sums
  const reached = new BitSet(nodeCount)
  for (const node of order) reached.add(node)
  // What nothing reaches is the root's.
  const rootGroup = selfBytes[root] === 0 ? -1 : ofNode[root]
  for (let node = 0; node < nodeCount; node++) {
    if (!reached.has(node) && ofNode[node] !== rootGroup) sums[ofNode[node]] += retained[node]
  }
  return sums
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
