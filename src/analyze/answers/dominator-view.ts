/** The top of the dominator tree: where the memory is. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {NumberArray} from '../../util/number-column.ts'
import type {SizeModel} from '../facts/self-sizes.ts'
import {dominatedNodes, dominatorTree, retainedSizes} from '../graph/dominators.ts'

/** How far down `dominators` goes, and how wide. */
export interface DominatorsOptions {
  /** Ordinal of the node to begin at; the root if not given. */
  node?: number
  /** Levels shown below it. */
  depth?: number
  /** Children shown of one node, largest first. */
  fan?: number
  /** Children that retain a smaller share of the heap than this (0 to 1) are left out. */
  minShare?: number
  /** `devtools` unless given. */
  sizes?: SizeModel
  /** Types told of what is left out below one object, largest first; none unless given. */
  leftTypes?: number
}

/** One object of the dominator tree, and what was left out below it. */
export interface DominatorRow {
  /** Ordinal of the object. */
  node: number
  /** Levels below the node asked about; 0 for that one. */
  level: number
  /** Index of the row of its dominator; null for the node asked about. */
  parent: number | null
  /** Bytes that would be freed with it. */
  retainedBytes: number
  /** Children left out of this answer, and what they retain together. */
  left: Omitted | undefined
}

/** What an answer had no room for, in numbers. */
export interface Omitted {
  /** Objects left out. */
  count: number
  /** Bytes that they retain together. */
  retainedBytes: number
  /** The largest types among them; `example` is the ordinal of the one that retains most. */
  types: {example: number; count: number; retainedBytes: number}[]
}

/** Where memory gathers below a node: the path down along the largest child, up to where it suddenly gets small. */
export interface BigDrop {
  /** Ordinal of the last object of that path. */
  node: number
  /** Bytes that it retains. */
  retainedBytes: number
  /** What the largest node it dominates retains. */
  largestChildBytes: number
  /** Objects that it immediately dominates. */
  childCount: number
  /** Levels below the node asked about. */
  level: number
}

/** What `dominators` answers. */
export interface DominatorsAnswer {
  /** Always `dominators`. */
  question: 'dominators'
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** Ordinal of the node asked about; the root unless one was given. */
  node: number
  /** How the bytes here were counted. */
  sizes: SizeModel
  /** Levels asked for, below the node. */
  depth: number
  /** Rows retain at least this share of the heap, 0 to 1. */
  minShare: number
  /** Self sizes of the whole heap: what shares are of. */
  heapBytes: number
  /** The node asked about, then those below it; parents before their children. */
  rows: DominatorRow[]
  /** From the node asked about up to the root. */
  chain: number[]
  /** Where memory gathers below the node; undefined if it does so nowhere. */
  drop: BigDrop | undefined
}

/** A child with less than this share of its parent's retained size is a drop. */
const DROP = 0.5

export function dominators(snapshot: Snapshot, options: DominatorsOptions = {}): DominatorsAnswer {
  const {node = snapshot.root, depth = 3, fan = 10, minShare = 0.01, sizes = 'devtools', leftTypes = 0} = options
  const retained = retainedSizes(snapshot, sizes)
  const heapBytes = retained[snapshot.root]
  const rows: DominatorRow[] = [{node, level: 0, parent: null, retainedBytes: retained[node], left: undefined}]
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]
    const children = childrenOf(snapshot, row.node)
    if (children.length === 0) continue
    const shown = row.level === depth ? [] : largest(snapshot, children, retained, fan, minShare * heapBytes)
    for (const child of shown) {
      rows.push({node: child, level: row.level + 1, parent: index, retainedBytes: retained[child], left: undefined})
    }
    const total = children.reduce((sum, child) => sum + retained[child], 0)
    const retainedBytes = total - shown.reduce((sum, child) => sum + retained[child], 0)
    if (shown.length === children.length) continue
    const types = leftTypes === 0 ? [] : typesOf(snapshot, children, new Set(shown), retained).slice(0, leftTypes)
    row.left = {count: children.length - shown.length, retainedBytes, types}
  }
  const {dominator} = dominatorTree(snapshot)
  const chain = [node]
  while (chain[chain.length - 1] !== snapshot.root) chain.push(dominator[chain[chain.length - 1]])
  return {
    question: 'dominators',
    snapshot,
    node,
    sizes,
    depth,
    minShare,
    heapBytes,
    rows,
    chain,
    drop: nextDrop(snapshot, node, retained),
  }
}

function childrenOf(snapshot: Snapshot, node: number): Uint32Array {
  const {first, children} = dominatedNodes(snapshot)
  return children.subarray(first[node], first[node + 1])
}

/** The `fan` children that retain most, and `least` bytes at the least; ties by id. */
function largest(
  {nodeId}: Snapshot,
  children: Uint32Array,
  retained: NumberArray,
  fan: number,
  least: number,
): number[] {
  return Array.from(children.filter(child => retained[child] >= least && retained[child] > 0))
    .sort((a, b) => retained[b] - retained[a] || nodeId[a] - nodeId[b])
    .slice(0, fan)
}

/** The children that are not shown by their types, largest first; ties by id. */
function typesOf(
  snapshot: Snapshot,
  children: Uint32Array,
  shown: Set<number>,
  retained: NumberArray,
): Omitted['types'] {
  const {nodeId, types} = snapshot
  const byType = new Map<number, Omitted['types'][number]>()
  for (const child of children) {
    if (shown.has(child)) continue
    const type = types.ofNode[child]
    const sum = byType.get(type)
    if (sum === undefined) {
      byType.set(type, {example: child, count: 1, retainedBytes: retained[child]})
      continue
    }
    sum.count++
    sum.retainedBytes += retained[child]
    const order = retained[child] - retained[sum.example] || nodeId[sum.example] - nodeId[child]
    if (order > 0) sum.example = child
  }
  return [...byType.values()].sort((a, b) => b.retainedBytes - a.retainedBytes || nodeId[a.example] - nodeId[b.example])
}

/** Where, going down from `node` along the largest children, no child carries on most of it: MAT's accumulation point. */
function nextDrop(snapshot: Snapshot, node: number, retained: NumberArray): BigDrop | undefined {
  for (let current = node, level = 0; ; level++) {
    const children = childrenOf(snapshot, current)
    let child = -1
    for (const candidate of children) if (child < 0 || retained[candidate] > retained[child]) child = candidate
    if (child < 0) return undefined
    if (retained[child] < DROP * retained[current]) {
      const largestChildBytes = retained[child]
      return {node: current, retainedBytes: retained[current], largestChildBytes, childCount: children.length, level}
    }
    current = child
  }
}
