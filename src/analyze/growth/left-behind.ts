/** What a piece of work leaves behind that is done again and again: types with more objects each time, and those objects. */

import {originOfRow} from '../../snapshot/code/code-origin.ts'
import {nameTest} from '../../snapshot/code/names.ts'
import {placeOfRow} from '../../snapshot/code/places.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {type KnownObjects, knownObjects, knownTest} from '../facts/known-objects.ts'
import {PROGRAM_KINDS} from '../facts/program-kinds.ts'
import {textPattern} from '../facts/text-pattern.ts'
import {nestedNodes} from '../graph/dominance.ts'
import {sortById} from '../select/select.ts'

/** A type in words that mean the same in every snapshot of one program. */
export interface CountedType {
  /** Name of the type. */
  type: string
  /** `script:line:column` of the constructor; '' if the file does not say. */
  place: string
  /** Whether the runtime's own code makes them: timers, handles and the like. */
  isRuntime: boolean
}

/** Objects by type; a key is made of type and place. */
export type ObjectCounts = ReadonlyMap<string, CountedType & {count: number}>

/** Whether a node is an object, function or text of a program's, not a part that V8 made for itself. */
function countedTest(snapshot: Snapshot): (node: number) => boolean {
  const {nodeKind, nodeName} = snapshot
  const isInternal = nameTest(snapshot, text => text.startsWith('system / '))
  return node => {
    const kind = nodeKind[node]
    return PROGRAM_KINDS.has(kind) && !(kind === NodeKind.object && isInternal(nodeName[node]))
  }
}

export function countObjects(snapshot: Snapshot): ObjectCounts {
  const {types, nodeCount} = snapshot
  const isCounted = countedTest(snapshot)
  const counts = new Uint32Array(types.names.length)
  for (let node = 0; node < nodeCount; node++) if (isCounted(node)) counts[types.ofNode[node]]++
  const found = new Map<string, CountedType & {count: number}>()
  const keys = typeKeys(snapshot)
  for (const [type, count] of counts.entries()) {
    if (count === 0) continue
    const {key, ...rest} = keys[type]
    const row = found.get(key)
    if (row === undefined) found.set(key, {type: types.names[type], ...rest, count})
    else row.count += count
  }
  return found
}

/** By number of the type. */
function typeKeys(snapshot: Snapshot): {key: string; place: string; isRuntime: boolean}[] {
  const {names, locations} = snapshot.types
  return names.map((name, type) => {
    const found = placeOfRow(snapshot, locations[type])
    const place = found === undefined ? '' : `${found.script}:${found.line}:${found.column}`
    return {key: `${name}\0${place}`, place, isRuntime: originOfRow(snapshot, locations[type]).code === 'runtime'}
  })
}

/** Types that have grown by `least` objects or more from each snapshot to the next, with one count a snapshot; by growth. */
export function grownTypes(
  steps: readonly ObjectCounts[],
  least: number,
  isMeant: (type: string) => boolean = () => true,
): (CountedType & {key: string; counts: number[]})[] {
  const last = steps[steps.length - 1]
  const grown = [...last].flatMap(([key, {type, place, isRuntime}]) => {
    if (!isMeant(type)) return []
    const counts = steps.map(step => step.get(key)?.count ?? 0)
    const isGrown = counts.every((count, i) => i === 0 || count - counts[i - 1] >= least)
    return isGrown ? [{key, type, place, isRuntime, counts}] : []
  })
  const growth = ({counts}: {counts: number[]}) => counts[counts.length - 1] - counts[0]
  return grown.sort((a, b) => growth(b) - growth(a) || (a.key < b.key ? -1 : 1))
}

/** Whether a type is meant by one of the names, exact or `/regex/`. */
export function anyType(names: readonly string[]): (type: string) => boolean {
  const tests = names.map(textPattern)
  return type => tests.some(isMeant => isMeant(type))
}

/** All objects that count. */
export function countedObjects(snapshot: Snapshot): KnownObjects {
  return knownObjects(snapshot, countedTest(snapshot))
}

export interface LeftBehind {
  key: string
  /** Ordinals of the new objects of the type, ascending by id. */
  nodes: Uint32Array
  /** Of those, how many are part of no other new object of a grown type. */
  outermost: number
}

/**
 * The objects of the grown types that are new: not among `base` or, where ids of other snapshots mean nothing, the youngest, as
 * many as the type has grown by. Objects that others of them dominate are parts of those; not of functions, nor of the runtime's objects: what a
 * callback sees says more than the callback, and that more than its timer.
 */
export function leftBehind(
  snapshot: Snapshot,
  grown: readonly (CountedType & {key: string; counts: number[]})[],
  base: KnownObjects | undefined,
): LeftBehind[] {
  const {nodeCount, nodeKind, types} = snapshot
  const isCounted = countedTest(snapshot)
  const isKnown = base && knownTest(base, snapshot)
  const placeOfKey = new Map(grown.map(({key}, place) => [key, place]))
  const groupOfType = typeKeys(snapshot).map(({key}) => placeOfKey.get(key) ?? -1)
  const members = grown.map((): number[] => [])
  for (let node = 0; node < nodeCount; node++) {
    const group = groupOfType[types.ofNode[node]]
    if (group < 0 || !isCounted(node)) continue
    if (!isKnown?.(node)) members[group].push(node)
  }
  const isNew = new BitSet(nodeCount)
  const sorted = members.map((nodes, group) => {
    const byId = sortById(snapshot, Uint32Array.from(nodes))
    const {counts} = grown[group]
    const added = base === undefined ? counts[counts.length - 1] - counts[0] : byId.length
    const youngest = byId.slice(Math.max(0, byId.length - added))
    if (!grown[group].isRuntime) for (const node of youngest) if (nodeKind[node] !== NodeKind.closure) isNew.add(node)
    return youngest
  })
  const isPart = nestedNodes(snapshot, isNew)
  return sorted.map((nodes, group) => ({
    key: grown[group].key,
    nodes,
    outermost: nodes.reduce((sum, node) => sum + Number(!isPart.has(node)), 0),
  }))
}
