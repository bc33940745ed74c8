/** Maps, Sets and arrays that a program's own names lead to, and how many entries they have. */

import {oddballValue} from '../../analyze/facts/property-value.ts'
import {placeInTable, tableLayout} from '../../analyze/facts/tables.ts'
import type {PlacePart} from '../../analyze/growth/growth.ts'
import {NO_EDGE} from '../../analyze/owners/named-paths.ts'
import {pathNames} from '../../analyze/owners/path-names.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake} from '../../util/memo.ts'
import {codePath, codePathText, fromLastModule} from './code-path.ts'
import {placeParts} from './place-parts.ts'
import {isSlot} from './step.ts'

export interface NamedCollection {
  /** `module src/cache.js · byId`: equal for all collections of one place in the program. */
  path: string
  /** What the place is told by in several snapshots. */
  parts: readonly PlacePart[]
  type: string
  /** Collections there, and the entries of all of them that are objects or texts: small numbers have no edges. */
  instances: number
  entries: number
  /** Ordinal of the largest. */
  example: number
}

const TYPES = ['Map', 'Set', 'Array']
/** Places that are put into words: those of the most entries. */
const MAX_PLACES = 2000

/** By path and type. Linear in the edges of all collections. */
export function namedCollections(snapshot: Snapshot): Map<string, NamedCollection> {
  const {nodeCount, nodeKind, nodeName, strings} = snapshot
  const names = pathNames(snapshot)
  const isCollection = strings.setOf(...TYPES)
  const places = new Map<number, {example: number; most: number; entries: number; instances: number}>()
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object || !isCollection.has(nodeName[node]) || names.entryOf(node) === NO_EDGE)
      continue
    const pattern = names.patternOf(node)
    if (names.patterns.isStart(pattern) || names.codeOf(pattern) === 'runtime') continue
    const entries = entryCount(snapshot, node)
    const place = getOrMake(places, pattern, () => ({example: node, most: -1, entries: 0, instances: 0}))
    place.entries += entries
    place.instances++
    if (entries > place.most) Object.assign(place, {example: node, most: entries})
  }
  const ranked = [...places.values()].sort((a, b) => b.entries - a.entries || a.example - b.example)
  const found = new Map<string, NamedCollection>()
  for (const {example, entries, instances} of ranked.slice(0, MAX_PLACES)) {
    const edges: number[] = []
    const steps = codePath(snapshot, names.pathTo(example, edges), edges)
    if (steps.some(({value}) => isSlot(value))) continue
    const own = fromLastModule(steps)
    const path = codePathText(own, {pattern: true, counts: false})
    const parts = placeParts(snapshot, own, edges, example)
    const type = strings.get(nodeName[example])
    const same = getOrMake(found, `${path}\0${type}`, () => ({path, parts, type, instances: 0, entries: 0, example}))
    same.instances += instances
    same.entries += entries
  }
  return found
}

/** The entries of all Maps and Sets, as ordinals; -1 for what the file has no node for, as small whole numbers. */
export interface CollectionEntries {
  /** The Map or Set. */
  collection: Int32Array
  /** Which of its entries, from 0 on; those deleted leave no gap. */
  position: Uint32Array
  /** The key; of a Set, the member. */
  key: Int32Array
  /** The value; -1 of a Set. */
  value: Int32Array
}

/** Linear in the edges of all Maps and Sets, in the order of the file. */
export function collectionEntries(snapshot: Snapshot): CollectionEntries {
  const {nodeCount, nodeKind, nodeName, strings} = snapshot
  const isCollection = strings.setOf('Map', 'Set')
  const found = Array.from({length: 4}, () => new GrowableUint32())
  const [collection, position, key, value] = found
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object || !isCollection.has(nodeName[node])) continue
    const table = tableOf(snapshot, node)
    if (table < 0) continue
    let last = -1
    let count = 0
    forEachSlot(snapshot, table, (place, entry, target) => {
      if (entry !== last) {
        last = entry
        collection.push(node)
        position.push(count++)
        key.push(NO_NODE)
        value.push(NO_NODE)
      }
      const column = place === 'value' ? value : key
      column.set(column.length - 1, target)
    })
  }
  const signed = (column: GrowableUint32) => Int32Array.from(column.view())
  return {collection: signed(collection), position: position.view(), key: signed(key), value: signed(value)}
}

/** Becomes -1 in an Int32Array. */
const NO_NODE = 0xffffffff

/** The table of a Map or Set; -1 if it has none. */
function tableOf({firstEdge, edgeKind, edgeName, edgeTarget, strings}: Snapshot, node: number): number {
  let table = -1
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.internal && strings.get(edgeName[edge]) === 'table') table = edgeTarget[edge]
  }
  return table
}

/** What the slots of a table hold, in their order: which entry it is of, and the node. */
function forEachSlot(
  snapshot: Snapshot,
  table: number,
  visit: (place: 'key' | 'value' | 'member', entry: number, target: number) => void,
): void {
  const {firstEdge, edgeKind, edgeName, edgeTarget, strings} = snapshot
  const layout = tableLayout(snapshot, table)
  if (layout === undefined) return
  for (let edge = firstEdge[table]; edge < firstEdge[table + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.internal) continue
    const slot = Number(strings.get(edgeName[edge]))
    const place = Number.isInteger(slot) ? placeInTable(snapshot, table, slot) : undefined
    const target = edgeTarget[edge]
    if (place === undefined || isHole(snapshot, target)) continue
    visit(place, Math.floor((slot - layout.firstSlot) / layout.entryWords), target)
  }
}

/** Of an array its elements; of a Map or Set what its table has keys, values or members for. */
function entryCount(snapshot: Snapshot, node: number): number {
  const {firstEdge, edgeKind, edgeName, edgeTarget, strings} = snapshot
  let elements = 0
  let table = -1
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.element) elements++
    else if (edgeKind[edge] === EdgeKind.internal && strings.get(edgeName[edge]) === 'table') table = edgeTarget[edge]
  }
  if (table < 0) return elements
  const counts = {key: 0, value: 0, member: 0}
  forEachSlot(snapshot, table, (place, _, target) => {
    if (!isOddball(snapshot, target)) counts[place]++
  })
  return Math.max(counts.key, counts.value, counts.member)
}

/** `undefined`, and the holes that deleted entries leave (`Oddball`, `Hole`). */
function isOddball({nodeKind}: Snapshot, node: number): boolean {
  return nodeKind[node] === NodeKind.hidden
}

/** What a deleted entry leaves in its slots: a value of V8's own, which no program can store. */
function isHole(snapshot: Snapshot, node: number): boolean {
  return isOddball(snapshot, node) && oddballValue(snapshot, node) === undefined
}
