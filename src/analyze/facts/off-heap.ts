/**
 * Bytes outside of the heap: a Buffer, a typed array, a DataView has none of its own, and its ArrayBuffer's lie in a backing
 * store, a native node `system / JSArrayBufferData` whose self size is the length of the first ArrayBuffer V8 met of it
 * (`ExtractJSArrayBufferReferences` in heap-snapshot-generator.cc). Several ArrayBuffers may have one store (shared memory),
 * and several views one ArrayBuffer (Node's pool of small Buffers, slices): each store is counted once.
 * Texts of external strings are no concern of this file: see `self-sizes.ts`.
 */
import {savedColumn, savedGroup} from '../../snapshot/columns/saved.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {firstFrom, indexInSorted} from '../../util/bisect.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'

/** Backing stores and who looks at them: s stores of one byte or more, v viewers. */
export interface OffHeap {
  /** Uint32Array(s): ordinals, ascending. */
  stores: Uint32Array
  /** Float64Array(s): their sizes. */
  bytes: Float64Array
  /** Uint32Array(v): ordinals, ascending, of ArrayBuffers, views of them and WebAssembly memories. */
  viewers: Uint32Array
  /** Uint32Array(v): which of `stores` each looks at. */
  storeOf: Uint32Array
  /** Uint32Array(v): the ordinal of the ArrayBuffer each looks through; its own for an ArrayBuffer. */
  through: Uint32Array
  /**
   * Uint32Array(s): how many share a store: each view or WebAssembly memory is one, and each ArrayBuffer without any. 1: not
   * shared; 0: no object in the file looks at it.
   */
  sharers: Uint32Array
  /** Uint8Array(s): 1 for Node's pools, out of which small Buffers are cut. */
  isPool: Uint8Array
}

/** What a set of objects has off the heap; every store counts once. Bytes, and numbers of stores. */
export interface OffHeapBytes {
  /** Bytes of all these stores. */
  bytes: number
  /** Number of stores. */
  stores: number
  /** Of these, the bytes of those that are themselves in the set: its self sizes have them already. */
  inSelfBytes: number
  /** Those that several views share, be they in the set or not. */
  sharedBytes: number
  /** Number of stores that several views share. */
  sharedStores: number
  /** Those that a view outside of the set looks at too, through an ArrayBuffer that is not in the set. */
  outsideBytes: number
  /** Number of stores that a view outside of the set looks at. */
  outsideStores: number
  /** Those that are Node's pools. */
  poolBytes: number
  /** Number of stores that are pools of Node. */
  pools: number
}

/** What one object has off the heap. */
export interface ObjectOffHeap {
  /** Besides its self size: 0 for a backing store itself. */
  bytes: number
  /** How many share the bytes, the object or its views included; 1 if nobody else does, 0 if there are none. */
  sharedBy: number
  isPool: boolean
}

/** `Buffer.poolSize` of Node up to 24; later 64 kB. What `allocPool` holds tells, if it is there. */
const USUAL_POOL_BYTES = 8192

/** One look at every edge's kind and name, if there are stores at all. */
export const offHeap = savedGroup(
  'offHeap',
  ['stores', 'bytes', 'viewers', 'storeOf', 'through', 'sharers', 'isPool'],
  (snapshot: Snapshot): OffHeap => {
    const stores = findStores(snapshot)
    const found = stores.length === 0 ? NO_EDGES : findEdges(snapshot, stores)
    const buffers = BitSet.of(snapshot.nodeCount, found.toStores.source)
    const toBuffers = edgesInto(found.toBuffers, buffers)
    const pools = found.pools.filter(target => buffers.has(target))
    const viewed = pairUp(found.toStores, toBuffers, stores)
    const sharers = countSharers(viewed, stores.length)
    const bytes = Float64Array.from(stores, store => snapshot.nodeSelfBytes[store])
    return {stores, bytes, ...viewed, sharers, isPool: findPools(snapshot, bytes, viewed, sharers, pools)}
  },
)

function findStores({nodeCount, nodeKind, nodeName, nodeSelfBytes, strings}: Snapshot): Uint32Array {
  const names = strings.setOf('system / JSArrayBufferData')
  const stores = new GrowableUint32()
  if (names.size === 0) return stores.view()
  for (let node = 0; node < nodeCount; node++) {
    // Empty ArrayBuffers may all have one place for their bytes: that is no sharing.
    if (nodeKind[node] === NodeKind.native && names.has(nodeName[node]) && nodeSelfBytes[node] > 0) stores.push(node)
  }
  return stores.view()
}

/** Edges as pairs of ordinals, sources ascending. */
interface Pairs {
  source: Uint32Array
  target: Uint32Array
}

/** Whether a string is `text`; a file of V8's has it once. */
function isText({strings}: Snapshot, text: string): (index: number) => boolean {
  return strings.setOf(text).has
}

/** The edges that may have to do with stores. */
interface StoreEdges {
  /** From ArrayBuffers to their stores. */
  toStores: Pairs
  /** From views and WebAssembly memories to ArrayBuffers, if their targets are any. */
  toBuffers: Pairs
  /** Uint32Array: what variables called as Node's `allocPool` hold. */
  pools: Uint32Array
}

const NO_PAIRS: Pairs = {source: new Uint32Array(0), target: new Uint32Array(0)}
const NO_EDGES: StoreEdges = {toStores: NO_PAIRS, toBuffers: NO_PAIRS, pools: new Uint32Array(0)}

/** Told by kinds and names, which lie in a row: what edges lead to lies all over the memory, and only few have to be asked. */
function findEdges(snapshot: Snapshot, stores: Uint32Array): StoreEdges {
  const {nodeCount, nodeName, firstEdge, edgeKind, edgeName, edgeTarget} = snapshot
  const {internal, context, hidden} = EdgeKind
  const isBackingStore = isText(snapshot, 'backing_store')
  const isBuffer = isText(snapshot, 'buffer')
  const isMemory = isText(snapshot, 'Memory')
  const isAllocPool = isText(snapshot, 'allocPool')
  const isStore = BitSet.of(nodeCount, stores)
  const toStores = {source: new GrowableUint32(), target: new GrowableUint32()}
  const toBuffers = {source: new GrowableUint32(), target: new GrowableUint32()}
  const pools = new GrowableUint32()
  const push = (pairs: typeof toStores, source: number, target: number) => {
    pairs.source.push(source)
    pairs.target.push(target)
  }
  let edge = 0
  for (let node = 0; node < nodeCount; node++) {
    const end = firstEdge[node + 1]
    for (; edge < end; edge++) {
      const kind = edgeKind[edge]
      if (kind === internal) {
        const name = edgeName[edge]
        if (isBackingStore(name)) {
          if (isStore.has(edgeTarget[edge])) push(toStores, node, edgeTarget[edge])
        } else if (isBuffer(name)) push(toBuffers, node, edgeTarget[edge])
      } else if (kind === hidden) {
        // V8 has no name for the edge from a WebAssembly.Memory to its buffer.
        if (isMemory(nodeName[node])) push(toBuffers, node, edgeTarget[edge])
      } else if (kind === context && isAllocPool(edgeName[edge])) pools.push(edgeTarget[edge])
    }
  }
  return {toStores: finished(toStores), toBuffers: finished(toBuffers), pools: pools.view()}
}

function finished({source, target}: {source: GrowableUint32; target: GrowableUint32}): Pairs {
  return {source: source.view(), target: target.view()}
}

function edgesInto({source, target}: Pairs, targets: BitSet): Pairs {
  const isMeant = (_: number, i: number) => targets.has(target[i])
  return {source: source.filter(isMeant), target: target.filter(isMeant)}
}

type Viewed = Pick<OffHeap, 'viewers' | 'storeOf' | 'through'>

/** Every viewer with its store: the first by V8's order of edges, should a file have several. */
function pairUp(toStores: Pairs, toBuffers: Pairs, stores: Uint32Array): Viewed {
  const viewers = new GrowableUint32()
  const storeOf = new GrowableUint32()
  const through = new GrowableUint32()
  const add = (viewer: number, buffer: number, store: number) => {
    if (viewers.length > 0 && viewers.get(viewers.length - 1) === viewer) return
    viewers.push(viewer)
    through.push(buffer)
    storeOf.push(store)
  }
  const buffers = toStores.source
  let next = 0
  for (let i = 0; i < toBuffers.source.length; i++) {
    const viewer = toBuffers.source[i]
    // Both lists ascend, so the viewers do: an ArrayBuffer's own store comes before what it may view besides.
    for (; next < buffers.length && buffers[next] <= viewer; next++) {
      add(buffers[next], buffers[next], indexInSorted(stores, toStores.target[next]))
    }
    const place = firstPlaceIn(buffers, toBuffers.target[i])
    if (place >= 0) add(viewer, buffers[place], indexInSorted(stores, toStores.target[place]))
  }
  for (; next < buffers.length; next++) add(buffers[next], buffers[next], indexInSorted(stores, toStores.target[next]))
  return {viewers: viewers.view(), storeOf: storeOf.view(), through: through.view()}
}

/** `indexInSorted` for numbers that may stand there several times: the first place. */
function firstPlaceIn(ascending: Uint32Array, value: number): number {
  const place = firstFrom(ascending, value)
  return ascending[place] === value ? place : -1
}

function countSharers({viewers, storeOf, through}: Viewed, storeCount: number): Uint32Array {
  const sharers = new Uint32Array(storeCount)
  const isViewed = new BitSet(viewers.length)
  for (let i = 0; i < viewers.length; i++) {
    if (through[i] === viewers[i]) continue
    sharers[storeOf[i]]++
    isViewed.add(indexInSorted(viewers, through[i]))
  }
  for (let i = 0; i < viewers.length; i++) if (through[i] === viewers[i] && !isViewed.has(i)) sharers[storeOf[i]]++
  return sharers
}

/**
 * A pool is what Node's `allocPool` holds, and any other store of that size that several Buffers are cut out of: Node keeps a
 * full pool only as long as they do. A user may have changed the size, and slices of a large Buffer share its store as well.
 */
function findPools(
  snapshot: Snapshot,
  bytes: Float64Array,
  {viewers, storeOf, through}: Viewed,
  sharers: Uint32Array,
  candidates: Uint32Array,
): Uint8Array {
  const {nodeName} = snapshot
  const isPool = new Uint8Array(bytes.length)
  const poolBytes = new Set<number>()
  for (const buffer of candidates) {
    const place = indexInSorted(viewers, buffer)
    if (place < 0 || through[place] !== buffer) continue
    isPool[storeOf[place]] = 1
    poolBytes.add(bytes[storeOf[place]])
  }
  if (poolBytes.size === 0) poolBytes.add(USUAL_POOL_BYTES)
  const isBuffer = isText(snapshot, 'Buffer')
  for (let i = 0; i < viewers.length; i++) {
    const store = storeOf[i]
    if (sharers[store] < 2 || !poolBytes.has(bytes[store])) continue
    if (through[i] !== viewers[i] && isBuffer(nodeName[viewers[i]])) isPool[store] = 1
  }
  return isPool
}

/** What the objects have off the heap, together; a backing store among them has its own bytes. `nodes`: ordinals, in any order. */
export function offHeapBytes(snapshot: Snapshot, nodes: Uint32Array): OffHeapBytes {
  const {stores, bytes, viewers, storeOf, through, sharers, isPool} = offHeap(snapshot)
  const isMeant = new BitSet(viewers.length)
  const isViewed = new BitSet(stores.length)
  const isMember = new BitSet(stores.length)
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]
    const own = indexInSorted(stores, node)
    if (own >= 0) isMember.add(own)
    const place = indexInSorted(viewers, node)
    if (place < 0) continue
    isMeant.add(place)
    isViewed.add(storeOf[place])
  }
  const isOutside = new BitSet(stores.length)
  // An ArrayBuffer is no outsider as long as one of the set looks through it: it keeps no bytes that the set does not keep.
  const isSeenThrough = new BitSet(viewers.length)
  for (let i = 0; i < viewers.length; i++) if (isMeant.has(i)) isSeenThrough.add(indexInSorted(viewers, through[i]))
  for (let i = 0; i < viewers.length; i++) {
    const buffer = indexInSorted(viewers, through[i])
    const isOwn = isMeant.has(i) || isMeant.has(buffer) || (through[i] === viewers[i] && isSeenThrough.has(i))
    if (!isOwn) isOutside.add(storeOf[i])
  }
  const sum: OffHeapBytes = {
    bytes: 0,
    stores: 0,
    inSelfBytes: 0,
    sharedBytes: 0,
    sharedStores: 0,
    outsideBytes: 0,
    outsideStores: 0,
    poolBytes: 0,
    pools: 0,
  }
  for (let store = 0; store < stores.length; store++) {
    const isOwn = isMember.has(store)
    if (!isOwn && !isViewed.has(store)) continue
    const size = bytes[store]
    sum.bytes += size
    sum.stores++
    if (isOwn) sum.inSelfBytes += size
    if (sharers[store] > 1) {
      sum.sharedBytes += size
      sum.sharedStores++
    }
    if (isOutside.has(store) && !isOwn) {
      sum.outsideBytes += size
      sum.outsideStores++
    }
    if (isPool[store] === 1) {
      sum.poolBytes += size
      sum.pools++
    }
  }
  return sum
}

/** What one object has off the heap. */
export function offHeapOf(snapshot: Snapshot, node: number): ObjectOffHeap {
  const {stores, bytes, viewers, storeOf, sharers, isPool} = offHeap(snapshot)
  const own = indexInSorted(stores, node)
  const place = indexInSorted(viewers, node)
  if (own < 0 && place < 0) return {bytes: 0, sharedBy: 0, isPool: false}
  const store = own < 0 ? storeOf[place] : own
  return {
    bytes: own < 0 ? bytes[store] : 0,
    sharedBy: sharers[store],
    isPool: isPool[store] === 1,
  }
}

/**
 * Float64Array(groupCount): the bytes that each group has off the heap besides its self sizes, each store once in every group.
 * `ofNode`: every node's group; `isMeant`: the nodes to look at.
 */
export function offHeapOfGroups(
  snapshot: Snapshot,
  ofNode: Uint16Array | Uint32Array,
  groupCount: number,
  isMeant: (node: number) => boolean = () => true,
): Float64Array {
  const {stores, bytes, viewers, storeOf} = offHeap(snapshot)
  const sums = new Float64Array(groupCount)
  const pairs = new Float64Array(viewers.length).fill(-1)
  for (let i = 0; i < viewers.length; i++) {
    if (isMeant(viewers[i])) pairs[i] = ofNode[viewers[i]] * stores.length + storeOf[i]
  }
  pairs.sort()
  for (let i = 0; i < pairs.length; i++) {
    if (pairs[i] < 0 || pairs[i] === pairs[i - 1]) continue
    const store = pairs[i] % stores.length
    sums[(pairs[i] - store) / stores.length] += bytes[store]
  }
  return sums
}

/** Float64Array(types): the bytes of each type's stores. */
export const typeOffHeap = savedColumn('typeOffHeap', (snapshot: Snapshot) =>
  offHeapOfGroups(snapshot, snapshot.types.ofNode, snapshot.types.names.length),
)
