/** The steps of a cut: the objects that its head means, and the edges from objects that an accessor means. */

import {stringsOfName} from '../../snapshot/code/internal-edges.ts'
import {originalOfFunction, originalOfProperty, originalPropertiesNamed} from '../../snapshot/code/original-names.ts'
import {placeMapOf} from '../../snapshot/code/places.ts'
import {allClosures} from '../../snapshot/code/scopes.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {typesMeant} from '../../snapshot/columns/types.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {edgesNamed, isNamed, variablesNamed} from '../facts/cut-variables.ts'
import {dictionaryTest} from '../facts/dictionaries.ts'
import {nodesOfId} from '../facts/id-column.ts'
import type {Accessor} from './cut-expression.ts'

export const isVariableOrProperty = (kind: number) => kind === EdgeKind.context || kind === EdgeKind.property

export function variablesAndProperties(snapshot: Snapshot, name: string): Uint32Array {
  const found = setOf(snapshot.edgeCount, edgesNamed(snapshot, [EdgeKind.property], name))
  for (const edge of variablesNamed(snapshot, name)) found.add(edge)
  for (const edge of originalPropertiesNamed(snapshot, name)) found.add(edge)
  return found.members()
}

/** `@id`, `globalThis`, a type, or functions of a name, whose properties are statics; undefined if there is nothing of the kind. */
export function nodesOfHead(snapshot: Snapshot, head: string): BitSet | undefined {
  const {nodeCount, nodeName, types} = snapshot
  const id = /^@(\d+)$/.exec(head)
  if (id !== null) {
    const nodes = nodesOfId(snapshot, Number(id[1]))
    return nodes.length === 0 ? undefined : setOf(nodeCount, nodes)
  }
  if (head === 'globalThis') return globalObjects(snapshot)
  const isType = typesMeant(types, name => name === head)
  const isFunction = isNamed(snapshot, head)
  const found = new BitSet(nodeCount)
  if (!isType.includes(1) && stringsOfName(snapshot, head).size === 0 && placeMapOf(snapshot) === undefined)
    return undefined
  let any = false
  const take = (node: number) => {
    found.add(node)
    any = true
  }
  if (isType.includes(1)) {
    const {ofNode} = types
    for (let node = 0; node < nodeCount; node++) if (isType[ofNode[node]] === 1) take(node)
  }
  for (const node of allClosures(snapshot)) {
    if (isFunction(nodeName[node]) || originalOfFunction(snapshot, node) === head) take(node)
  }
  return any ? found : undefined
}

/** What variables and properties of a name lead to. */
export function nodesNamed(snapshot: Snapshot, name: string): BitSet | undefined {
  const edges = variablesAndProperties(snapshot, name)
  return edges.length === 0 ? undefined : targetsOf(snapshot, edges)
}

/** Objects that have a proxy to be seen by (`V8HeapExplorer::ExtractJSGlobalObjectReferences`). */
export function globalObjects(snapshot: Snapshot): BitSet | undefined {
  const {firstEdge} = snapshot
  const edges = edgesNamed(snapshot, [EdgeKind.internal], 'global_proxy')
  if (edges.length === 0) return undefined
  return setOf(
    snapshot.nodeCount,
    edges.map(edge => sourceOf(firstEdge, edge)),
  )
}

export function setOf(size: number, members: Iterable<number>): BitSet {
  const set = new BitSet(size)
  for (const member of members) set.add(member)
  return set
}

export function targetsOf({nodeCount, edgeTarget}: Snapshot, edges: Uint32Array): BitSet {
  const targets = new BitSet(nodeCount)
  for (const edge of edges) targets.add(edgeTarget[edge])
  return targets
}

/** The edges from `nodes` that an accessor means; V8's own slots of that name only where no property has it. */
export function step(snapshot: Snapshot, nodes: BitSet, accessor: Accessor): Uint32Array {
  const {edgeKind, edgeName} = snapshot
  if (accessor === 'any') return elements(snapshot, nodes)
  if ('index' in accessor) {
    return edgesFrom(snapshot, nodes, edge => edgeKind[edge] === EdgeKind.element && edgeName[edge] === accessor.index)
  }
  const isMeant = isNamed(snapshot, accessor.name)
  const named = edgesFrom(snapshot, nodes, edge => isVariableOrProperty(edgeKind[edge]) && isMeant(edgeName[edge]))
  if (named.length > 0) return named
  const original = edgesFrom(snapshot, nodes, edge => originalOfProperty(snapshot, edge) === accessor.name)
  if (original.length > 0) return original
  return edgesFrom(snapshot, nodes, edge => edgeKind[edge] === EdgeKind.internal && isMeant(edgeName[edge]))
}

export function edgesFrom(snapshot: Snapshot, nodes: BitSet, isMeant: (edge: number) => boolean): Uint32Array {
  const {firstEdge} = snapshot
  const found = new GrowableUint32()
  for (const node of nodes.members()) {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) if (isMeant(edge)) found.push(edge)
  }
  return found.view()
}

/** Elements, what the tables of Maps, Sets and WeakMaps hold, and the properties of objects that are used as a map. */
export function elements(snapshot: Snapshot, nodes: BitSet): Uint32Array {
  const {edgeKind, edgeName, edgeTarget, ephemerons} = snapshot
  const isTable = isNamed(snapshot, 'table')
  const tables = targetsOf(
    snapshot,
    edgesFrom(snapshot, nodes, edge => edgeKind[edge] === EdgeKind.internal && isTable(edgeName[edge])),
  )
  for (const edge of storedOnly(snapshot, nodes)) tables.add(edgeTarget[edge])
  const isEntry = setOf(snapshot.edgeCount, ephemerons.edge)
  const isProto = isNamed(snapshot, '__proto__')
  const isSlot = slotNames(snapshot)
  const isDictionary = dictionaryTest(snapshot)
  const found = new BitSet(snapshot.edgeCount)
  for (const edge of edgesFrom(snapshot, nodes, edge => edgeKind[edge] === EdgeKind.element)) found.add(edge)
  const isKey = (edge: number) =>
    edgeKind[edge] === EdgeKind.property && !isProto(edgeName[edge]) && isDictionary(sourceOf(snapshot.firstEdge, edge))
  for (const edge of edgesFrom(snapshot, nodes, isKey)) found.add(edge)
  for (const edge of edgesFrom(snapshot, tables, edge => isSlot(edge) || isEntry.has(edge))) {
    if (edgeKind[edge] !== EdgeKind.weak && !tables.has(edgeTarget[edge])) found.add(edge)
  }
  return found.members()
}

/** Edges to the stores of elements of frozen and sealed arrays, of which V8 writes no element by itself (`ExtractElementReferences`). */
function storedOnly(snapshot: Snapshot, nodes: BitSet): Uint32Array {
  const {edgeKind, edgeName, firstEdge} = snapshot
  const isStore = isNamed(snapshot, 'elements')
  return edgesFrom(snapshot, nodes, edge => {
    if (edgeKind[edge] !== EdgeKind.internal || !isStore(edgeName[edge])) return false
    const source = sourceOf(firstEdge, edge)
    return !edgeKind.subarray(firstEdge[source], firstEdge[source + 1]).includes(EdgeKind.element)
  })
}

/** Whether an edge is a numbered slot. */
function slotNames({edgeKind, edgeName, strings}: Snapshot): (edge: number) => boolean {
  const known = new Uint8Array(strings.count)
  return edge => {
    if (isIndexed(edgeKind[edge])) return true
    if (edgeKind[edge] !== EdgeKind.internal) return false
    const name = edgeName[edge]
    if (known[name] === 0) known[name] = /^\d+$/.test(strings.get(name)) ? 2 : 1
    return known[name] === 2
  }
}
