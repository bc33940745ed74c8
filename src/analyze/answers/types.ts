/** What fills the heap: the rows of DevTools' Summary (`buildAggregates`, `calculateClassesRetainedSize`). */
import {type Place, rowOrNull} from '../../snapshot/code/places.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {HeapgraphError} from '../../util/errors.ts'
import type {BirthMark} from '../facts/births.ts'
import {type OffHeapBytes, offHeap, offHeapBytes, offHeapOfGroups, typeOffHeap} from '../facts/off-heap.ts'
import {type SizeModel, selfSizes} from '../facts/self-sizes.ts'
import {textPattern} from '../facts/text-pattern.ts'
import {computeAhead} from '../graph/ahead.ts'
import {type Distance, toDistance} from '../graph/distances.ts'
import {dominatorTree} from '../graph/dominators.ts'
import {retainedOf, sumOf, sumsOf, typeRetained, typeSums} from '../graph/group-sums.ts'
import {
  GROUPINGS,
  type GroupBy,
  type Grouping,
  groupByValue,
  groupNodes,
  isByProperty,
  NO_PROPERTY,
  PROPERTY,
} from '../graph/groupings.ts'
import type {Selection} from '../select/select.ts'
import {parsePropertyPaths} from '../select/where-parser.ts'

/** Its distances are the smallest of its objects'. */
export interface TypeRow extends Distance {
  /** Type, kind, shape, script or value, by what was asked for. */
  type: string
  /** A row of the snapshot's locations: where the constructor is written; null if the file does not say. */
  location: number | null
  /** The same where no row of the locations has it: of a maker. */
  place?: Place
  /** Objects; those without a size of their own are not counted. */
  count: number
  /** Sum of their self sizes. */
  selfBytes: number
  /** Bytes of the backing stores that the objects look at, each once, besides their self sizes. */
  offHeapBytes: number
  /** Bytes that would be freed if all objects of the row were dropped, none counted twice; undefined if not asked for. */
  retainedBytes: number | undefined
  /** Ordinal of the object with the smallest id. */
  example: number
}

/** What `types` answers. */
export interface TypesAnswer {
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** What a row is. */
  by: GroupBy
  /** How the bytes here were counted. */
  sizes: SizeModel
  /** Where rows of `born` begin; at intervals, if undefined. */
  marks: readonly BirthMark[] | undefined
  /** The only objects counted; all, if undefined. */
  among: Selection | undefined
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
  /** Which limits were reached, with their values; empty if nothing was left out. */
  limitsReached: {rows?: number}
}

/** What rows of `types` are sorted by. */
export type TypesSort = 'count' | 'self' | 'off-heap' | 'retained' | 'name'

/** What `types` counts, by what it groups and sorts, and how many rows it lists. */
export interface TypesOptions {
  /** `type` unless given. */
  by?: GroupBy
  /** `retained` unless given; without retained sizes `self`. */
  sort?: TypesSort
  /** Exact name or `/regex/`. */
  filter?: string
  /** Count these objects only; retained sizes are of them alone, too. */
  among?: Selection
  /** Rows; 30 unless given. */
  limit?: number
  /** `devtools` unless given. */
  sizes?: SizeModel
  /** With `by: 'born'`: a row is what was made from one of these to the next one, those of equal text together; `birthMarks` of `heapgraph/record` has them of a recording. */
  marks?: readonly BirthMark[]
  /** Whether to compute retained sizes, which takes the dominator tree. */
  retained?: boolean
}

/**
 * Objects and bytes of every group. As in DevTools, nodes without a size of their own are not counted. Equals are sorted by name. Throws USAGE for marks where
 * rows are of something else.
 */
export function types(snapshot: Snapshot, options: TypesOptions = {}): TypesAnswer {
  const {
    by = 'type',
    retained = true,
    sort = retained ? 'retained' : 'self',
    filter,
    among,
    limit = 30,
    sizes = 'devtools',
    marks,
  } = options
  if (marks !== undefined && by !== 'born')
    throw new HeapgraphError('USAGE', 'marks say when, and rows are not of that', "ask by 'born', too")
  const isMeant = filter === undefined ? () => true : textPattern(filter)
  // Of types as DevTools has them an index keeps the sums, and nothing has to be gone through.
  const isUsual = by === 'type' && sizes === 'devtools' && among === undefined
  if (retained && !(isUsual && hasSums(snapshot))) {
    computeAhead(snapshot, ['types', 'selfSizes', 'distances', 'typeSums', 'offHeap', 'typeOffHeap', 'scripts'])
    dominatorTree(snapshot)
  }
  const grouping = groupingOf(snapshot, by, marks)
  const isMember = membership(snapshot.nodeCount, among)
  const sums = isUsual ? typeSums(snapshot) : sumsOf(snapshot, grouping, sizes, isMember)
  const retainedBytes = retained
    ? isUsual
      ? typeRetained(snapshot)
      : retainedOf(snapshot, grouping, sizes, isMember)
    : undefined
  const offHeapSums = isUsual
    ? typeOffHeap(snapshot)
    : offHeapOfGroups(snapshot, grouping.ofNode, grouping.names.length, isMember)
  const all = grouping.names.map(
    (type, group): TypeRow => ({
      type,
      location: rowOrNull(grouping.locations[group]),
      ...placeOfGroup(grouping, group),
      count: sums.count[group],
      selfBytes: sums.selfBytes[group],
      offHeapBytes: offHeapSums[group],
      retainedBytes: retainedBytes?.[group],
      ...toDistance(sums.distance[group]),
      example: sums.example[group],
    }),
  )
  // Of all there are, what has no such property is not asked about.
  const isLeft = (type: string) => isByProperty(by) && among === undefined && type === NO_PROPERTY
  const isListed = all.map(({type, count}) => count > 0 && isMeant(type) && !isLeft(type))
  const listed = all.filter((_, group) => isListed[group])
  // Intervals follow each other in time.
  const rows = by === 'born' && options.sort === undefined ? listed : listed.sort(order(sort))
  const {stores, viewers} = offHeap(snapshot)
  const isWhole = filter === undefined && among === undefined
  const looking = isWhole
    ? joined(stores, viewers)
    : joined(stores, viewers).filter(node => isMember(node) && isListed[grouping.ofNode[node]])
  const total = {
    types: rows.length,
    count: rows.reduce((sum, {count}) => sum + count, 0),
    selfBytes: rows.reduce((sum, {selfBytes}) => sum + selfBytes, 0),
    offHeap: offHeapBytes(snapshot, looking),
  }
  // Shares are of the whole heap, whatever part of it was asked about.
  const heapBytes = sumOf(among === undefined ? sums.selfBytes : selfSizes(snapshot, sizes))
  const emptyCount = (among?.nodes.length ?? snapshot.nodeCount) - sums.count.reduce((sum, count) => sum + count, 0)
  const rowsShareStores = rows.reduce((sum, row) => sum + row.offHeapBytes, 0) > total.offHeap.bytes
  const limitsReached = rows.length > limit ? {rows: limit} : {}
  const kept = rows.slice(0, limit)
  return {snapshot, by, sizes, marks, among, rows: kept, total, rowsShareStores, heapBytes, emptyCount, limitsReached}
}

/** Whether rows can be these. Throws USAGE for `prop.` with no path behind it. */
export function isGroupBy(by: string): by is GroupBy {
  return isByProperty(by) ? pathOf(by).length > 0 : GROUPINGS.some(known => known === by)
}

function groupingOf(snapshot: Snapshot, by: GroupBy, marks: readonly BirthMark[] | undefined): Grouping {
  return isByProperty(by) ? groupByValue(snapshot, pathOf(by)) : groupNodes(snapshot, by, marks)
}

function placeOfGroup({places}: Grouping, group: number): {place?: Place} {
  const place = places?.[group]
  return place === undefined ? {} : {place}
}

function pathOf(by: string): readonly string[] {
  const [first, second] = parsePropertyPaths(by.slice(PROPERTY.length))
  if (second !== undefined) throw new HeapgraphError('USAGE', `${by} names two properties; rows are values of one`)
  return first.path
}

function joined(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

function membership(nodeCount: number, among: Selection | undefined): (node: number) => boolean {
  if (among === undefined) return () => true
  const members = BitSet.of(nodeCount, among.nodes)
  return node => members.has(node)
}

function hasSums({saved}: Snapshot): boolean {
  return ['types', 'typeSums', 'typeRetained'].every(group => saved.has(group))
}

function order(sort: TypesSort): (a: TypeRow, b: TypeRow) => number {
  const byName = (a: TypeRow, b: TypeRow) =>
    (a.type < b.type ? -1 : Number(a.type > b.type)) || (a.location ?? -1) - (b.location ?? -1)
  const bySelf = (a: TypeRow, b: TypeRow) => b.selfBytes - a.selfBytes
  const byCount = (a: TypeRow, b: TypeRow) => b.count - a.count
  if (sort === 'name') return byName
  if (sort === 'off-heap') return (a, b) => b.offHeapBytes - a.offHeapBytes || bySelf(a, b) || byName(a, b)
  if (sort === 'count') return (a, b) => byCount(a, b) || bySelf(a, b) || byName(a, b)
  if (sort === 'self') return (a, b) => bySelf(a, b) || byCount(a, b) || byName(a, b)
  return (a, b) => (b.retainedBytes ?? 0) - (a.retainedBytes ?? 0) || bySelf(a, b) || byName(a, b)
}
