/**
 * Memory that holds nothing: what can be told of it from a snapshot. V8 writes no lengths and no capacities: the latter follow from the
 * sizes of its arrays and tables, the former from what is in them. Small whole numbers are in no file without numeric values.
 */

import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import {memoize} from '../../util/memo.ts'
import {offHeap} from '../facts/off-heap.ts'
import {numberValue} from '../facts/property-value.ts'
import {tableLayout} from '../facts/tables.ts'
import {equalObjects} from './equal-objects.ts'

/** The ways in which memory is wasted. */
export type WasteKind = 'empty' | 'oversized' | 'sparse' | 'equal' | 'boxed' | 'pool'

/** Objects that waste memory in one way. */
export interface WasteCategory {
  /** The way in which they waste it. */
  kind: WasteKind
  /** Ordinals, by waste, most first; ties by id. */
  nodes: Uint32Array
  /** Float64Array: bytes that each wastes. */
  bytes: Float64Array
  /** Sum of `bytes`. */
  wastedBytes: number
}

/** What `waste` answers. */
export interface WasteAnswer {
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** In a fixed order; all, also those of which there are none. */
  categories: WasteCategory[]
  /** Whether the file has small whole numbers: see `hasNumbers`. */
  hasNumbers: boolean
}

/** Linear in nodes and edges, but for sorting what was found. */
export function waste(snapshot: Snapshot): WasteAnswer {
  const found = new Findings(snapshot)
  collections(snapshot, found)
  for (const {nodes, bytes} of equalObjects(snapshot, hasNumbers(snapshot))) {
    nodes.forEach((node, i) => {
      if (i > 0) found.add('equal', node, bytes)
    })
  }
  pools(snapshot, found)
  return {snapshot, categories: found.categories(), hasNumbers: hasNumbers(snapshot)}
}

/** Whether small whole numbers are in the file: Node's `exposeNumericValues`, all files from V8 14.9 on. */
export const hasNumbers = memoize((snapshot: Snapshot): boolean => {
  const {nodeCount, nodeKind} = snapshot
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] === NodeKind.number && numberValue(snapshot, node) !== undefined) return true
  }
  return false
})

const KINDS: readonly WasteKind[] = ['empty', 'oversized', 'sparse', 'equal', 'boxed', 'pool']

class Findings {
  readonly #snapshot: Snapshot
  readonly #found = new Map<WasteKind, {node: number; bytes: number}[]>(KINDS.map(kind => [kind, []]))

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
  }

  add(kind: WasteKind, node: number, bytes: number): void {
    this.#found.get(kind)!.push({node, bytes})
  }

  categories(): WasteCategory[] {
    const {nodeId} = this.#snapshot
    return [...this.#found].map(([kind, all]) => {
      all.sort((a, b) => b.bytes - a.bytes || nodeId[a.node] - nodeId[b.node])
      return {
        kind,
        nodes: Uint32Array.from(all, ({node}) => node),
        bytes: Float64Array.from(all, ({bytes}) => bytes),
        wastedBytes: all.reduce((sum, {bytes}) => sum + bytes, 0),
      }
    })
  }
}

/** Bytes of a word in the heap: half as many where pointers are compressed, as in Chrome. Then sizes are multiples of four only. */
const wordBytes = memoize(({nodeCount, nodeKind, nodeSelfBytes}: Snapshot): number => {
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] === NodeKind.array && nodeSelfBytes[node] % 8 === 4) return 4
  }
  return 8
})

/** A FixedArray's map and length (`src/objects/fixed-array.h`). */
const HEADER_WORDS = 2
/** What V8 itself leaves free when an array grows: half as much again and 16 (`JSObject::NewElementsCapacity`). */
const GROWTH_SLOTS = 16

/** Empty and oversized collections, sparse arrays, and numbers in boxes of their own: one look at every object. */
function collections(snapshot: Snapshot, found: Findings): void {
  const {nodeCount, nodeKind, nodeName, nodeSelfBytes, firstEdge, edgeKind, edgeName, edgeTarget, strings} = snapshot
  const named = (name: string) => strings.setOf(name)
  const [arrays, tabled, plain] = [named('Array'), strings.setOf('Map', 'Set'), named('Object')]
  const [elementsName, tableName, proto] = [named('elements'), named('table'), named('__proto__')]
  const isExact = hasNumbers(snapshot)
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]
    if (kind === NodeKind.number && nodeSelfBytes[node] > 0) found.add('boxed', node, nodeSelfBytes[node])
    if (kind !== NodeKind.object) continue
    const name = nodeName[node]
    const isArray = arrays.has(name)
    const isTabled = tabled.has(name)
    if (!isArray && !isTabled && !plain.has(name)) continue
    let elements = -1
    let table = -1
    let items = 0
    let properties = 0
    let highest = -1
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.element) {
        items++
        highest = Math.max(highest, edgeName[edge])
      } else if (edgeKind[edge] === EdgeKind.property) {
        if (!proto.has(edgeName[edge])) properties++
      } else if (edgeKind[edge] === EdgeKind.internal) {
        if (elementsName.has(edgeName[edge])) elements = edgeTarget[edge]
        else if (tableName.has(edgeName[edge])) table = edgeTarget[edge]
      }
    }
    if (isTabled) judgeTable(snapshot, found, node, table, isExact)
    else judgeElements(snapshot, found, {node, elements, items, highest, properties, isArray, isExact})
  }
}

function judgeElements(
  snapshot: Snapshot,
  found: Findings,
  {
    node,
    elements,
    items,
    highest,
    properties,
    isArray,
    isExact,
  }: {
    node: number
    elements: number
    items: number
    highest: number
    properties: number
    isArray: boolean
    isExact: boolean
  },
): void {
  const {nodeSelfBytes, nodeKind} = snapshot
  const word = wordBytes(snapshot)
  const storeBytes = elements >= 0 && nodeKind[elements] === NodeKind.array ? nodeSelfBytes[elements] : 0
  const capacity = Math.max(0, Math.floor(storeBytes / word) - HEADER_WORDS)
  if (capacity === 0) {
    // An object's numbers lie in itself, an array's in its store: without one it has none.
    if (items === 0 && (isArray || (properties === 0 && isExact))) found.add('empty', node, nodeSelfBytes[node])
    return
  }
  if (items === 0) {
    // What has no item that can be seen may be full of numbers.
    if (isArray && isExact) found.add('empty', node, nodeSelfBytes[node] + storeBytes)
    return
  }
  const used = isExact ? items : highest + 1
  // A dictionary has fewer places than its highest index.
  if (highest >= capacity) found.add('sparse', node, Math.max(0, storeBytes - items * word))
  else if (capacity - used > used + GROWTH_SLOTS) found.add('oversized', node, (capacity - used) * word)
}

function judgeTable(snapshot: Snapshot, found: Findings, node: number, table: number, isExact: boolean): void {
  if (table < 0) return
  const {nodeSelfBytes, nodeKind, firstEdge, edgeKind, edgeName, edgeTarget, strings} = snapshot
  const layout = tableLayout(snapshot, table)
  if (layout === undefined) return
  let used = 0
  let last = -1
  for (let edge = firstEdge[table]; edge < firstEdge[table + 1]; edge++) {
    // The holes that deleted entries leave are V8's own.
    if (edgeKind[edge] !== EdgeKind.internal || nodeKind[edgeTarget[edge]] === NodeKind.hidden) continue
    const slot = Number(strings.get(edgeName[edge]))
    const place = Number.isInteger(slot) ? slot - layout.firstSlot : -1
    if (place < 0) continue
    const entry = Math.floor(place / layout.entryWords)
    if (entry !== last) used++
    last = entry
  }
  // A small table without entries that can be seen has few numbers, if any; a large one may be full of them.
  if (used === 0 && (isExact || layout.capacity <= MIN_CAPACITY)) {
    found.add('empty', node, nodeSelfBytes[node] + nodeSelfBytes[table])
  }
  // Tables double when they are full, and halve when a quarter is used (`OrderedHashTable::Shrink`).
  if (used > 0 && layout.capacity > 4 * used && layout.capacity > GROWTH_SLOTS) {
    found.add('oversized', node, (layout.capacity - used) * layout.entryBytes)
  }
}

/** Of a new Map or Set (`OrderedHashTable::kInitialCapacity`). */
const MIN_CAPACITY = 4

/** Slabs that small Buffers were cut out of, and that Node cuts no more from. */
function pools(snapshot: Snapshot, found: Findings): void {
  const {stores, bytes, sharers, isPool, viewers, storeOf, through} = offHeap(snapshot)
  const {retainers, edgeKind, edgeName, strings} = snapshot
  const current = strings.setOf('allocPool')
  const isCurrent = new Uint8Array(stores.length)
  for (let i = 0; i < viewers.length; i++) {
    if (through[i] !== viewers[i]) continue
    for (let slot = retainers.first[viewers[i]]; slot < retainers.first[viewers[i] + 1]; slot++) {
      const edge = retainers.edge[slot]
      if (!isIndexed(edgeKind[edge]) && current.has(edgeName[edge])) isCurrent[storeOf[i]] = 1
    }
  }
  for (let store = 0; store < stores.length; store++) {
    if (sharers[store] > 0 && isPool[store] === 1 && isCurrent[store] === 0)
      found.add('pool', stores[store], bytes[store])
  }
}
