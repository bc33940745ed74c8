/** Which objects there are of a kind, and one object whole. */

import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {firstFrom} from '../../util/bisect.ts'
import {BitSet} from '../../util/bit-set.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {retainingEdges} from '../facts/edge-policy.ts'
import {type OffHeapBytes, offHeapBytes, offHeapOf} from '../facts/off-heap.ts'
import {type SizeModel, selfSizes} from '../facts/self-sizes.ts'
import {type Distance, distances, toDistance} from '../graph/distances.ts'
import {dominatorTree, retainedSizes} from '../graph/dominators.ts'
import {largestFirst, type Selection} from '../select/select.ts'
import {type PropertyPath, parsePropertyPaths} from '../select/where-parser.ts'

/** What `list` answers. */
export interface ListAnswer {
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** The objects asked about. */
  selection: Selection
  /** How the bytes here were counted. */
  sizes: SizeModel
  /** Ordinals, sorted, and cut to the limit. */
  nodes: Uint32Array
  /** Over the whole selection, whether listed or not; sizes are bytes. */
  total: {count: number; selfBytes: number; offHeap: OffHeapBytes}
  /** Properties of which the values are to be told. */
  columns: readonly PropertyPath[]
  /** Retained sizes, smallest first; empty if not asked for. */
  histogram: HistogramRow[]
  /** Which limits were reached, with their values; empty if nothing was left out. */
  limitsReached: {rows?: number}
}

/** Objects that retain from `fromBytes` on and less than `toBytes`. */
export interface HistogramRow {
  /** The smallest size of the row. */
  fromBytes: number
  /** The smallest of the next row. */
  toBytes: number
  /** Objects. */
  count: number
  /** The sum of what each retains. */
  retainedBytes: number
}

/** How `list` sorts, and how many objects it lists. */
export interface ListOptions {
  /** `retained` unless given. */
  sort?: 'id' | 'self' | 'off-heap' | 'retained' | 'distance'
  /** Rows; 30 unless given. */
  limit?: number
  /** `devtools` unless given. */
  sizes?: SizeModel
  /** Properties whose values are told, as `--where` names them: `state`, `user.name`. */
  columns?: readonly string[]
  /** Whether to count how many objects are how large. */
  histogram?: boolean
  /** Nothing else will be asked of the snapshot but what to say of these: its index need not be read whole for that. */
  isLast?: boolean
}

/** The objects selected: by id, by self or retained size (largest first), or by distance (nearest first); ties by id. */
export function list(snapshot: Snapshot, selection: Selection, options: ListOptions = {}): ListAnswer {
  const {sort = 'retained', limit = 30, sizes = 'devtools', columns = [], isLast = false} = options
  const asked = new Map(columns.flatMap(parsePropertyPaths).map(path => [path.text, path]))
  const paths = [...asked.values()]
  if (paths.length > MAX_COLUMNS) throw new HeapgraphError('USAGE', `more than ${MAX_COLUMNS} columns were asked for`)
  const size = selfSizes(snapshot, sizes)
  const nodes = sorted(snapshot, selection.nodes, sort, sizes)
  const total = {
    count: nodes.length,
    selfBytes: nodes.reduce((sum, node) => sum + size[node], 0),
    offHeap: offHeapBytes(snapshot, nodes),
  }
  if (isLast) snapshot.saved.inPages = true
  return {
    snapshot,
    selection,
    sizes,
    nodes: nodes.subarray(0, limit),
    total,
    columns: paths,
    histogram: options.histogram === true ? histogramOf(nodes, retainedSizes(snapshot, sizes)) : [],
    limitsReached: nodes.length > limit ? {rows: limit} : {},
  }
}

const MAX_COLUMNS = 20

/** Rows from 0, 1, 2, 5, 10, 20 … bytes on; those before the first object and behind the last are left out. */
function histogramOf(nodes: Uint32Array, size: ArrayLike<number>): HistogramRow[] {
  const bounds = [0, 1]
  for (let ten = 1; ten < Number.MAX_SAFE_INTEGER / 10; ten *= 10) bounds.push(2 * ten, 5 * ten, 10 * ten)
  const rows = bounds.map((fromBytes, i) => ({fromBytes, toBytes: bounds[i + 1], count: 0, retainedBytes: 0}))
  const starts = Float64Array.from(bounds)
  for (const node of nodes) {
    // Sizes are whole numbers: the first row that begins above this one's.
    const row = rows[firstFrom(starts, size[node] + 1) - 1]
    row.count++
    row.retainedBytes += size[node]
  }
  const first = rows.findIndex(({count}) => count > 0)
  return rows.slice(first, rows.findLastIndex(({count}) => count > 0) + 1)
}

/** In a new array; `nodes` stand in order of ids, and all sorting is stable. */
function sorted(
  snapshot: Snapshot,
  nodes: Uint32Array,
  sort: NonNullable<ListOptions['sort']>,
  sizes: SizeModel,
): Uint32Array {
  if (sort === 'self') return largestFirst(nodes, selfSizes(snapshot, sizes))
  if (sort === 'retained') return largestFirst(nodes, retainedSizes(snapshot, sizes))
  if (sort === 'off-heap') return byOffHeap(snapshot, nodes)
  if (sort === 'id') return nodes.slice()
  const distance = distances(snapshot)
  // As unsigned numbers, so that the unreachable come last.
  return nodes.slice().sort((a, b) => (distance[a] >>> 0) - (distance[b] >>> 0))
}

function byOffHeap(snapshot: Snapshot, nodes: Uint32Array): Uint32Array {
  const bytes = Float64Array.from(nodes, node => offHeapOf(snapshot, node).bytes)
  const order = nodes.map((_, place) => place).sort((a, b) => bytes[b] - bytes[a])
  return order.map(place => nodes[place])
}

/** What `show` answers. */
export interface ShowAnswer extends Distance {
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** Ordinal of the object. */
  node: number
  /** How the bytes here were counted. */
  sizes: SizeModel
  /** Bytes of the object alone. */
  selfBytes: number
  /** Bytes that would be freed with it. */
  retainedBytes: number
  /** Nodes that the object dominates, itself included. */
  retainedCount: number
  /** Ordinal of the immediate dominator; the root's own for the root. */
  dominator: number
  /** What the object reaches over retaining edges, itself included: count, and the sum of their self sizes. */
  reachable: {count: number; selfBytes: number}
  /** Edge ordinals, in file order, cut to the limit. */
  out: Uint32Array
  /** Ordinals of the edges into it, in file order, cut to the limit. */
  in: Uint32Array
  /** Edges out of it and into it, whether listed or not. */
  total: {out: number; in: number}
  /** Which limits were reached, with their values; empty if nothing was left out. */
  limitsReached: {edges?: number}
}

/** How much of an object `show` tells. */
export interface ShowOptions {
  /** Edges shown each way. */
  limit?: number
  /** `devtools` unless given. */
  sizes?: SizeModel
  /** As `list` has it. */
  isLast?: boolean
}

/** One object with its edges out and in, what it retains, and what it reaches without retaining it. */
export function show(snapshot: Snapshot, node: number, options: ShowOptions = {}): ShowAnswer {
  const {limit = 30, sizes = 'devtools', isLast = false} = options
  const reachable = reachableFrom(snapshot, node, sizes)
  if (isLast) snapshot.saved.inPages = true
  const {firstEdge, retainers} = snapshot
  const firstIn = retainers.first[node]
  const total = {out: firstEdge[node + 1] - firstEdge[node], in: retainers.first[node + 1] - firstIn}
  return {
    snapshot,
    node,
    ...toDistance(distances(snapshot)[node]),
    sizes,
    selfBytes: selfSizes(snapshot, sizes)[node],
    retainedBytes: retainedSizes(snapshot, sizes)[node],
    retainedCount: dominatorTree(snapshot).count[node],
    dominator: dominatorTree(snapshot).dominator[node],
    reachable,
    out: Uint32Array.from({length: Math.min(limit, total.out)}, (_, i) => firstEdge[node] + i),
    in: Uint32Array.from({length: Math.min(limit, total.in)}, (_, i) => retainers.edge[firstIn + i]),
    total,
    limitsReached: Math.max(total.in, total.out) > limit ? {edges: limit} : {},
  }
}

function reachableFrom(snapshot: Snapshot, node: number, sizes: SizeModel): ShowAnswer['reachable'] {
  const {firstEdge, edgeTarget, nodeCount} = snapshot
  const retaining = retainingEdges(snapshot)
  const size = selfSizes(snapshot, sizes)
  const reached = new BitSet(nodeCount)
  const waiting = new GrowableUint32()
  reached.add(node)
  waiting.push(node)
  let count = 0
  let selfBytes = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    count++
    selfBytes += size[next]
    for (let edge = firstEdge[next]; edge < firstEdge[next + 1]; edge++) {
      const target = edgeTarget[edge]
      if (reached.has(target) || !retaining.has(edge)) continue
      reached.add(target)
      waiting.push(target)
    }
  }
  return {count, selfBytes}
}
