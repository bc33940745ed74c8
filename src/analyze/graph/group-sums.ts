/** What the groups of nodes sum up to: counts, sizes, retained sizes. */

import {savedColumn, savedGroup} from '../../snapshot/columns/saved.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import type {NumberArray} from '../../util/number-column.ts'
import {borrowWords, giveBack} from '../../util/scratch.ts'
import {MAX_UINT32} from '../../util/uint32.ts'
import {type SizeModel, selfSizes} from '../facts/self-sizes.ts'
import {distances} from './distances.ts'
import {dominatorTree} from './dominators.ts'
import type {Grouping} from './groupings.ts'

/** What is added up for each group, over its members with a size of their own. */
export interface GroupSums {
  /** Uint32Array(groups). */
  count: Uint32Array
  /** Float64Array(groups). */
  selfBytes: Float64Array
  /** Float64Array(groups): the smallest; infinite where there is no member. */
  distance: Float64Array
  /** Int32Array(groups): ordinal of the member with the smallest id, or -1. */
  example: Int32Array
}

/** Those of the types, with the sizes of DevTools. */
export const typeSums = savedGroup('typeSums', ['count', 'selfBytes', 'distance', 'example'], (snapshot: Snapshot) =>
  sumsOf(snapshot, snapshot.types, 'devtools'),
)

export const typeRetained = savedColumn('typeRetained', (snapshot: Snapshot) =>
  retainedOf(snapshot, snapshot.types, 'devtools'),
)

/** Sums over the groups of any grouping, by either model of self sizes. */
export function sumsOf(
  snapshot: Snapshot,
  {names, ofNode}: Pick<Grouping, 'names' | 'ofNode'>,
  sizes: SizeModel,
  isMember: (node: number) => boolean = () => true,
): GroupSums {
  const {nodeCount, nodeId} = snapshot
  const sizeOf = selfSizes(snapshot, sizes)
  const distanceOf = distances(snapshot)
  const groups = names.length
  const count = new Uint32Array(groups)
  const selfBytes = new Float64Array(groups)
  const distance = new Float64Array(groups).fill(Number.POSITIVE_INFINITY)
  const example = new Int32Array(groups).fill(-1)
  for (let node = 0; node < nodeCount; node++) {
    const size = sizeOf[node]
    if (size === 0 || !isMember(node)) continue
    const group = ofNode[node]
    count[group]++
    selfBytes[group] += size
    if (distanceOf[node] < distance[group]) distance[group] = distanceOf[node]
    if (example[group] < 0 || nodeId[node] < nodeId[example[group]]) example[group] = node
  }
  return {count, selfBytes, distance, example}
}

export function sumOf(sizes: NumberArray): number {
  let sum = 0
  for (let i = 0; i < sizes.length; i++) sum += sizes[i]
  return sum
}

/** The sum of the sizes of the nodes that `order` begins with, up to each: a difference of two is a retained size. */
function runningSums(order: Uint32Array, sizes: NumberArray, total: number, nodeCount: number): NumberArray {
  const sums = total <= MAX_UINT32 ? borrowWords(nodeCount) : new Float64Array(order.length)
  let sum = 0
  for (let place = 0; place < order.length; place++) {
    sum += sizes[order[place]]
    sums[place] = sum
  }
  return sums
}

/**
 * Float64Array(groups): for each group the retained sizes of its members that no other member dominates. What a node dominates
 * stands right behind it, so that one look at each node is enough: as long as the last member's has not ended, the next is inside.
 * Members without a size of their own neither count nor shadow another.
 */
export function retainedOf(
  snapshot: Snapshot,
  {names, ofNode}: Pick<Grouping, 'ofNode'> & {names: {length: number}},
  sizes: SizeModel,
  isMember: (node: number) => boolean = () => true,
): Float64Array {
  const {root, nodeCount} = snapshot
  const {order, count} = dominatorTree(snapshot)
  const selfBytes = selfSizes(snapshot, sizes)
  const total = sumOf(selfBytes)
  const upTo = runningSums(order, selfBytes, total, nodeCount)
  const sums = new Float64Array(names.length)
  /** For each group the place where what its last outermost member dominates has ended. */
  const ends = new Float64Array(names.length)
  // The root comes first; what nothing reaches is its, too.
  if (selfBytes[root] > 0 && isMember(root)) {
    sums[ofNode[root]] = total
    ends[ofNode[root]] = order.length
  }
  for (let place = 1; place < order.length; place++) {
    const before = upTo[place - 1]
    if (upTo[place] === before) continue
    const node = order[place]
    const group = ofNode[node]
    if (place < ends[group] || !isMember(node)) continue
    const end = place + count[node]
    sums[group] += upTo[end - 1] - before
    ends[group] = end
  }
  if (upTo instanceof Uint32Array) giveBack(upTo)
  if (order.length === nodeCount) return sums
  const reached = new BitSet(nodeCount)
  for (const node of order) reached.add(node)
  const rootGroup = selfBytes[root] === 0 || !isMember(root) ? -1 : ofNode[root]
  for (let node = 0; node < nodeCount; node++) {
    if (!reached.has(node) && isMember(node) && ofNode[node] !== rootGroup) sums[ofNode[node]] += selfBytes[node]
  }
  return sums
}
