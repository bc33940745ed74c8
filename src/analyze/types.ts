/** What fills the heap: the rows of DevTools' Summary (`buildAggregates`, `calculateClassesRetainedSize`). */
import type {Snapshot} from '../snapshot/snapshot.ts'
import {computeAhead} from './ahead.ts'
import {dominatorTree} from './dominators.ts'
import {retainedOf, sumsOf, typeRetained, typeSums} from './group-sums.ts'
import {type GroupBy, groupNodes} from './groupings.ts'
import {textPattern} from './select.ts'
import type {SizeModel} from './self-sizes.ts'

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
  // Of types as DevTools has them an index keeps the sums, and nothing has to be gone through.
  const isUsual = by === 'type' && sizes === 'devtools'
  if (retained && !(isUsual && hasSums(snapshot))) {
    computeAhead(snapshot, ['types', 'selfSizes', 'distances', 'typeSums', 'scripts'])
    dominatorTree(snapshot)
  }
  const grouping = groupNodes(snapshot, by)
  const sums = isUsual ? typeSums(snapshot) : sumsOf(snapshot, grouping, sizes)
  const retainedBytes = retained
    ? isUsual
      ? typeRetained(snapshot)
      : retainedOf(snapshot, grouping, sizes)
    : undefined
  const all = grouping.names.map(
    (type, group): TypeRow => ({
      type,
      location: grouping.locations[group],
      count: sums.count[group],
      selfBytes: sums.selfBytes[group],
      retainedBytes: retainedBytes?.[group],
      distance: sums.distance[group],
      example: sums.example[group],
    }),
  )
  const rows = all.filter(({type, count}) => count > 0 && isMeant(type)).sort(order(sort))
  const total = {
    types: rows.length,
    count: rows.reduce((sum, {count}) => sum + count, 0),
    selfBytes: rows.reduce((sum, {selfBytes}) => sum + selfBytes, 0),
  }
  const heapBytes = sums.selfBytes.reduce((sum, bytes) => sum + bytes, 0)
  const emptyCount = snapshot.nodeCount - sums.count.reduce((sum, count) => sum + count, 0)
  const limitsReached = rows.length > limit ? {rows: limit} : {}
  return {snapshot, by, sizes, rows: rows.slice(0, limit), total, heapBytes, emptyCount, limitsReached}
}

function hasSums({saved}: Snapshot): boolean {
  return ['types', 'typeSums', 'typeRetained'].every(group => saved.has(group))
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
