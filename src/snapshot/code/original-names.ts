/**
 * What people called the functions, classes, variables and properties that a bundler has given short names: source maps have it at the
 * places where the names are declared, and the script's syntax has those places.
 */
import {getOrMake, memoize} from '../../util/memo.ts'
import {sourceOf} from '../columns/retainers.ts'
import {EdgeKind, NodeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {propertyMade} from './declarations.ts'
import {hasOriginalProperties, mappedScript, nameAt} from './mapped-scripts.ts'
import {keysCalled, originalKey} from './original-keys.ts'
import {locationRow, placeMapOf} from './places.ts'
import {scopes} from './scopes.ts'
import {variableAround} from './script-lines.ts'
import {madeAt, nameOffset} from './script-names.ts'

/** `Review (zg)`; a name that is the original is itself. */
export function withOriginal(name: string, original: string | undefined): string {
  return original === undefined || original === name ? name : `${original} (${name})`
}

/** What people called the function or class `name` that begins where a row of the locations says; undefined if it is `name`, or unknown. */
function originalOfRow(snapshot: Snapshot, row: number, name: string): string | undefined {
  const script = row < 0 || name === '' ? undefined : mappedScript(snapshot, snapshot.locations.scriptId[row])
  if (script === undefined) return undefined
  const {line, column, scriptId} = snapshot.locations
  const names = getOrMake(originals(snapshot), scriptId[row], () => new Map<string, string | undefined>())
  return getOrMake(names, `${line[row]}:${column[row]}:${name}`, () => {
    const scope = madeAt(script.syntax, script.offset(line[row], column[row]))
    const offset = scope && nameOffset(scope, name)
    return nameAt(snapshot, scriptId[row], script, offset, name)
  })
}

/** By script id, then by place and name. */
const originals = memoize((_: Snapshot) => new Map<number, Map<string, string | undefined>>())

/** What people called a function; undefined for other nodes, if its name is the original, or if it is unknown. */
export function originalOfFunction(snapshot: Snapshot, closure: number): string | undefined {
  if (placeMapOf(snapshot) === undefined || snapshot.nodeKind[closure] !== NodeKind.closure) return undefined
  const name = snapshot.strings.get(snapshot.nodeName[closure])
  return originalOfRow(snapshot, locationRow(snapshot, closure), name)
}

/**
 * What people called a variable of a scope (V8's context), by the edge that leads to its value; undefined for other edges, if its name is
 * the original, or if that is unknown.
 */
export function originalOfVariable(snapshot: Snapshot, edge: number): string | undefined {
  return placeMapOf(snapshot) === undefined ? undefined : originalVariables(snapshot).get(edge)
}

/** By edge, of all scopes in scripts whose maps have names. */
export const originalVariables = memoize((snapshot: Snapshot): ReadonlyMap<number, string> => {
  const found = new Map<number, string>()
  if (placeMapOf(snapshot) === undefined) return found
  const {edgeKind, edgeName, firstEdge, locations, nodeCount, strings} = snapshot
  const {isScope, inner} = scopes(snapshot)
  for (let context = 0; context < nodeCount; context++) {
    if (!isScope(context)) continue
    const closure = inner(context)
    const row = closure < 0 ? -1 : locationRow(snapshot, closure)
    const script = row < 0 ? undefined : mappedScript(snapshot, locations.scriptId[row])
    if (script === undefined) continue
    for (let edge = firstEdge[context]; edge < firstEdge[context + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.context) continue
      const name = strings.get(edgeName[edge])
      const variable = variableAround(snapshot, script, closure, name, context)
      const original = nameAt(snapshot, locations.scriptId[row], script, variable?.offset ?? undefined, name)
      if (original !== undefined) found.set(edge, original)
    }
  }
  return found
})

/**
 * What people called a property of an object of a class or out of a literal, by the edge that leads to its value; undefined for other edges,
 * if its name is the original, or if that is unknown.
 */
export function originalOfProperty(snapshot: Snapshot, edge: number): string | undefined {
  if (placeMapOf(snapshot) === undefined || snapshot.edgeKind[edge] !== EdgeKind.property) return undefined
  return originalInObject(snapshot, sourceOf(snapshot.firstEdge, edge), edge)
}

/** The same of an edge of that object's, for those who go through objects. */
function originalInObject(snapshot: Snapshot, object: number, edge: number): string | undefined {
  const {edgeName, locations, strings, types} = snapshot
  const type = types.ofNode[object]
  if (!hasOriginalProperties(snapshot)(type)) return originalKey(snapshot, object, edge)
  // Objects of one class have got their properties in one place.
  const names = getOrMake(originalProperties(snapshot), type, () => new Map<number, string | undefined>())
  return getOrMake(names, edgeName[edge], () => {
    const name = strings.get(edgeName[edge])
    const found = propertyMade(snapshot, object, name)
    const row = found === undefined ? -1 : locationRow(snapshot, found.made)
    return found && row >= 0 ? nameAt(snapshot, locations.scriptId[row], found.script, found.offset, name) : undefined
  })
}

/** By number of the type, then by name in the file. */
const originalProperties = memoize((_: Snapshot) => new Map<number, Map<number, string | undefined>>())

/** The edges to what properties are called so in the source, though not in the file; ascending. Linear where a source map has names. */
export function originalPropertiesNamed(snapshot: Snapshot, name: string): number[] {
  const found: number[] = []
  if (placeMapOf(snapshot) === undefined) return found
  const {edgeKind, edgeName, firstEdge, nodeCount, nodeKind, types} = snapshot
  const isMapped = hasOriginalProperties(snapshot)
  const isKey = keysCalled(snapshot, name)
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object) continue
    const isOfClass = isMapped(types.ofNode[node])
    if (!isOfClass && isKey === undefined) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.property || (!isOfClass && isKey?.(edgeName[edge]) !== true)) continue
      if (originalInObject(snapshot, node, edge) === name) found.push(edge)
    }
  }
  return found
}

/** Types of the snapshot's table by the names that people gave to their classes: by number of the type. */
export function originalTypeNames(
  snapshot: Snapshot,
  {names, locations}: {names: readonly string[]; locations: readonly number[]},
): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  for (let type = 0; type < names.length; type++) {
    const original = originalOfRow(snapshot, locations[type], names[type])
    if (original !== undefined) found.set(type, original)
  }
  return found
}

/** Whether a node has a name like this in the source, as a class's object or as a function; false without source maps. */
export function originalNameTest(snapshot: Snapshot, isMeant: (text: string) => boolean): (node: number) => boolean {
  if (placeMapOf(snapshot) === undefined) return () => false
  const {originals: ofType, ofNode} = snapshot.types
  const meant = new Set([...(ofType ?? [])].filter(([, name]) => isMeant(name)).map(([type]) => type))
  return node => {
    if (snapshot.nodeKind[node] !== NodeKind.closure) return meant.has(ofNode[node])
    const original = originalOfFunction(snapshot, node)
    return original !== undefined && isMeant(original)
  }
}
