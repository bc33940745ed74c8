/** Maps, Sets and arrays that a program's own names lead to, and how many entries they have. */

import {placeInTable} from '../../analyze/facts/tables.ts'
import type {PlacePart} from '../../analyze/growth/growth.ts'
import {NO_EDGE} from '../../analyze/owners/named-paths.ts'
import {pathNames} from '../../analyze/owners/path-names.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
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
  for (let edge = firstEdge[table]; edge < firstEdge[table + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.internal || isOddball(snapshot, edgeTarget[edge])) continue
    const slot = Number(strings.get(edgeName[edge]))
    const place = Number.isInteger(slot) ? placeInTable(snapshot, table, slot) : undefined
    if (place !== undefined) counts[place]++
  }
  return Math.max(counts.key, counts.value, counts.member)
}

/** `undefined`, and the holes that deleted entries leave (`Oddball`, `Hole`). */
function isOddball({nodeKind}: Snapshot, node: number): boolean {
  return nodeKind[node] === NodeKind.hidden
}
