/** How far each node is from the root, counted as DevTools counts (`calculateDistances` and `bfs` in HeapSnapshot.ts). */

import {savedColumn} from '../../snapshot/columns/saved.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import {indexInSorted} from '../../util/bisect.ts'
import {BitSet} from '../../util/bit-set.ts'
import {borrowWords, giveBack} from '../../util/scratch.ts'
import {sharedInts} from '../../util/shared.ts'
import {userRoots} from '../facts/roots.ts'
import {SYSTEM_DISTANCE} from './system-distance.ts'

/** Distance of a node that nothing but weak edges leads to. */
export const NO_DISTANCE = -5

/**
 * Int32Array(n). First breadth first from the user roots, all at distance 1; then from the root over what has no distance
 * yet, from SYSTEM_DISTANCE on if there was a user root, else from 0.
 */
export const distances = savedColumn('distances', (snapshot: Snapshot): Int32Array => {
  const {root, nodeCount} = snapshot
  const distance = sharedInts(nodeCount).fill(NO_DISTANCE)
  const queue = borrowWords(nodeCount)
  const exceptions = findExceptions(snapshot)
  const seeds = userRoots(snapshot)
  for (const node of seeds) distance[node] = 1
  queue.set(seeds)
  search(snapshot, distance, queue, seeds.length, exceptions)
  if (distance[root] === NO_DISTANCE || seeds.length > 0) distance[root] = seeds.length > 0 ? SYSTEM_DISTANCE : 0
  queue[0] = root
  search(snapshot, distance, queue, 1, exceptions)
  giveBack(queue)
  return distance
})

/** A distance without the numbers that stand for something else in the column: what answers and exports have. */
export interface Distance {
  /** Edges from the nearest user root; null for what no user root reaches. */
  distance: number | null
  /** Edges from the root, of what only V8's own roots reach; null for everything else. */
  systemDistance: number | null
}

/** The one place that turns a number of the column into what people read. */
export function toDistance(value: number): Distance {
  const [user, system] = [userDistance(value), systemDistance(value)]
  return {distance: user < 0 ? null : user, systemDistance: system < 0 ? null : system}
}

/** `distance` of a number of the column, for typed arrays: -1 for null. */
export function userDistance(value: number): number {
  return value < 0 || value >= SYSTEM_DISTANCE ? -1 : value
}

/** `systemDistance` of a number of the column, for typed arrays: -1 for null. */
export function systemDistance(value: number): number {
  return value >= SYSTEM_DISTANCE ? value - SYSTEM_DISTANCE : -1
}

/** The few edges that are not simply followed. */
interface Exceptions {
  edges: BitSet
  /** Whether such an edge is followed; asked only if its target has no distance yet, once each time the search meets it. */
  follow(edge: number): boolean
}

function search(
  snapshot: Snapshot,
  distance: Int32Array,
  queue: Uint32Array,
  queued: number,
  exceptions: Exceptions,
): void {
  const {firstEdge, edgeKind, edgeTarget} = snapshot
  const {words} = exceptions.edges
  const weak = EdgeKind.weak
  let length = queued
  for (let next = 0; next < length; next++) {
    const node = queue[next]
    const further = distance[node] + 1
    const end = firstEdge[node + 1]
    for (let edge = firstEdge[node]; edge < end; edge++) {
      const target = edgeTarget[edge]
      if (distance[target] !== NO_DISTANCE || edgeKind[edge] === weak) continue
      if ((words[edge >>> 5] & (1 << (edge & 31))) !== 0 && !exceptions.follow(edge)) continue
      distance[target] = further
      queue[length++] = target
    }
  }
}

/** DevTools' exceptions (`JSHeapSnapshot.calculateDistances`), with a memory of WeakMap entries met once. */
function findExceptions(snapshot: Snapshot): Exceptions {
  const {ephemerons, edgeCount} = snapshot
  const edges = new BitSet(edgeCount)
  const {refused, taken} = namedExceptions(snapshot)
  for (const edge of ephemerons.edge) edges.add(edge)
  for (const edge of refused) edges.add(edge)
  for (const edge of taken) edges.delete(edge)
  const metOnce = new BitSet(ephemerons.pairCount)
  const follow = (edge: number) => {
    if (refused.has(edge)) return false
    const pair = ephemerons.pair[indexInSorted(ephemerons.edge, edge)]
    // The value is as far as the farther of key and table: the first of the two edges only leaves a mark.
    if (metOnce.has(pair)) {
      metOnce.delete(pair)
      return true
    }
    metOnce.add(pair)
    return false
  }
  return {edges, follow}
}

/**
 * Never followed: `sloppy_function_map` of native contexts, and of map descriptors what has an index of 2 or more that is 1 modulo
 * 3. Their other edges are always taken, whatever they are called.
 */
function namedExceptions(snapshot: Snapshot): {refused: Set<number>; taken: Set<number>} {
  const {edgeKind, edgeName, firstEdge, nodeCount, nodeKind, nodeName, strings} = snapshot
  const sloppyMap = strings.setOf('sloppy_function_map')
  const nativeContext = strings.setOf('system / NativeContext')
  const mapDescriptors = strings.setOf('(map descriptors)')
  const refused = new Set<number>()
  const taken = new Set<number>()
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]
    const isContext = kind === NodeKind.hidden && nativeContext.has(nodeName[node])
    const isDescriptors = kind === NodeKind.array && mapDescriptors.has(nodeName[node])
    if (!isContext && !isDescriptors) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const name = edgeName[edge]
      const indexed = isIndexed(edgeKind[edge])
      const index = indexed ? name : Number.parseInt(strings.get(name), 10)
      if (isContext ? !indexed && sloppyMap.has(name) : index >= 2 && index % 3 === 1) refused.add(edge)
      else if (isDescriptors) taken.add(edge)
    }
  }
  return {refused, taken}
}
