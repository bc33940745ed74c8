/** How far each node is from the root, counted as DevTools counts (`calculateDistances` and `bfs` in HeapSnapshot.ts). */
import {isIndexed} from '../snapshot/columns.ts'
import {EdgeKind, NodeKind} from '../snapshot/schema.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {oncePer} from '../util/memo.ts'
import {userRoots} from './roots.ts'

/** Distance of a node that nothing but weak edges leads to. */
export const NO_DISTANCE = -5
/** Distances from here on are of nodes that only V8's own roots reach; the rest is counted from this number. */
export const SYSTEM_DISTANCE = 100_000_000

/**
 * Int32Array(n). First breadth first from the user roots, all at distance 1; then from the root over what has no distance
 * yet, from SYSTEM_DISTANCE on if there was a user root, else from 0.
 */
export const distances = oncePer((snapshot: Snapshot): Int32Array => {
  const {root, nodeCount} = snapshot
  const distance = new Int32Array(nodeCount).fill(NO_DISTANCE)
  const queue = new Uint32Array(nodeCount)
  const follow = edgeFilter(snapshot)
  const seeds = userRoots(snapshot)
  for (const node of seeds) distance[node] = 1
  queue.set(seeds)
  search(snapshot, distance, queue, seeds.length, follow)
  if (distance[root] === NO_DISTANCE || seeds.length > 0) distance[root] = seeds.length > 0 ? SYSTEM_DISTANCE : 0
  queue[0] = root
  search(snapshot, distance, queue, 1, follow)
  return distance
})

/** Asked only about edges to nodes still without a distance, once each time the search meets them. */
type Follow = (node: number, edge: number) => boolean

function search(snapshot: Snapshot, distance: Int32Array, queue: Uint32Array, queued: number, follow: Follow): void {
  const {firstEdge, edgeKind, edgeTarget} = snapshot
  let length = queued
  for (let next = 0; next < length; next++) {
    const node = queue[next]
    const further = distance[node] + 1
    const end = firstEdge[node + 1]
    for (let edge = firstEdge[node]; edge < end; edge++) {
      const target = edgeTarget[edge]
      if (distance[target] !== NO_DISTANCE || edgeKind[edge] === EdgeKind.weak) continue
      if (!follow(node, edge)) continue
      distance[target] = further
      queue[length++] = target
    }
  }
}

/** DevTools' exceptions (`JSHeapSnapshot.calculateDistances`), with a memory of WeakMap entries met once. */
function edgeFilter(snapshot: Snapshot): Follow {
  const {edgeKind, edgeName, nodeKind, nodeName, strings, ephemerons} = snapshot
  const sloppyMap = new Set(strings.indexesOf('sloppy_function_map'))
  const nativeContext = new Set(strings.indexesOf('system / NativeContext'))
  const mapDescriptors = new Set(strings.indexesOf('(map descriptors)'))
  const entryOfEdge = lookup(ephemerons.edge)
  const metOnce = new BitSet(ephemerons.pairCount)
  return (node, edge) => {
    const kind = nodeKind[node]
    const name = edgeName[edge]
    const indexed = isIndexed(edgeKind[edge])
    if (kind === NodeKind.hidden && nativeContext.has(nodeName[node]) && !indexed && sloppyMap.has(name)) return false
    if (kind === NodeKind.array && mapDescriptors.has(nodeName[node])) {
      const index = indexed ? name : Number.parseInt(strings.get(name), 10)
      return !(index >= 2 && index % 3 === 1)
    }
    if (edgeKind[edge] !== EdgeKind.internal) return true
    const entry = entryOfEdge(edge)
    if (entry < 0) return true
    const pair = ephemerons.pair[entry]
    // The value is as far as the farther of key and table: the first of the two edges only leaves a mark.
    if (metOnce.has(pair)) {
      metOnce.delete(pair)
      return true
    }
    metOnce.add(pair)
    return false
  }
}

/** Bisection in ascending numbers: the place of one of them, or -1. */
function lookup(ascending: Uint32Array): (value: number) => number {
  return value => {
    let low = 0
    let high = ascending.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      if (ascending[middle] === value) return middle
      if (ascending[middle] < value) low = middle + 1
      else high = middle - 1
    }
    return -1
  }
}
