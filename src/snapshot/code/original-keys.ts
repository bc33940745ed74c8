/**
 * What people called the keys of object literals that a minifier has shortened. It gives a name to every property of a program that is called
 * alike, and no object says which literal it is of: so a key is told where all literals of the script that have it say the same, the object
 * has no properties but those of one of them, and code of that script holds it.
 */
import {getOrMake, memoize} from '../../util/memo.ts'
import {EdgeKind, NodeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {stringsOfName} from './internal-edges.ts'
import {hasOriginalProperties, mappedScript, nameAt} from './mapped-scripts.ts'
import {placeMapOf, scriptNames} from './places.ts'
import {scopes} from './scopes.ts'
import {identifierAt} from './script-names.ts'

/** The original of a plain object's key, by the edge to its value; undefined if that is unknown, or the same. */
export function originalKey(snapshot: Snapshot, object: number, edge: number): string | undefined {
  const {edgeName, strings} = snapshot
  if (!isPlain(snapshot, object) || !mayBeShort(snapshot).has(edgeName[edge])) return undefined
  const keys = keysOfScript(snapshot, scriptHolding(snapshot, object))
  const original = keys?.originals.get(strings.get(edgeName[edge]))
  return original !== undefined && isLike(keys!, propertyNames(snapshot, object)) ? original : undefined
}

/** Whether a name in the file, by its string's index, may be a key of this original name; undefined if no key has it. */
export function keysCalled(snapshot: Snapshot, name: string): ((string: number) => boolean) | undefined {
  const found = new Set(
    [...mayBeShort(snapshot)].filter(([, originals]) => originals.has(name)).map(([index]) => index),
  )
  return found.size === 0 ? undefined : index => found.has(index)
}

interface ScriptKeys {
  /** By the name in the file: what all literals say. */
  originals: ReadonlyMap<string, string>
  /** Names of the keys of each literal. */
  literals: readonly (readonly string[])[]
  /** Numbers of the literals that have a key. */
  having: ReadonlyMap<string, readonly number[]>
}

/** By script id; undefined for scripts without names in their maps. */
function keysOfScript(snapshot: Snapshot, scriptId: number): ScriptKeys | undefined {
  return scriptId < 0 ? undefined : getOrMake(knownKeys(snapshot), scriptId, () => findKeys(snapshot, scriptId))
}

const knownKeys = memoize((_: Snapshot) => new Map<number, ScriptKeys | undefined>())

function findKeys(snapshot: Snapshot, scriptId: number): ScriptKeys | undefined {
  const script = mappedScript(snapshot, scriptId)
  if (script === undefined) return undefined
  const {text, keyOffsets} = script.syntax
  const originals = new Map<string, string>()
  const differing = new Set<string>()
  const literals: string[][] = []
  const having = new Map<string, number[]>()
  for (let at = 0; at < keyOffsets.length; at += 1 + keyOffsets[at]) {
    const names: string[] = []
    for (const offset of keyOffsets.subarray(at + 1, at + 1 + keyOffsets[at])) {
      const name = identifierAt(text, offset)
      const original = nameAt(snapshot, scriptId, script, offset, name) ?? name
      if ((originals.get(name) ?? original) !== original) differing.add(name)
      originals.set(name, original)
      getOrMake(having, name, (): number[] => []).push(literals.length)
      names.push(name)
    }
    literals.push(names)
  }
  for (const [name, original] of originals) if (name === original || differing.has(name)) originals.delete(name)
  return {originals, literals, having}
}

/** Whether some literal has all these keys. */
function isLike({literals, having}: ScriptKeys, names: readonly string[]): boolean {
  return (having.get(names[0]) ?? []).some(number => names.every(name => literals[number].includes(name)))
}

/** Originals of short keys in any script, by the string's index. */
const mayBeShort = memoize((snapshot: Snapshot): ReadonlyMap<number, ReadonlySet<string>> => {
  const found = new Map<number, Set<string>>()
  const map = placeMapOf(snapshot)
  if (map === undefined) return found
  for (const scriptId of scriptNames(snapshot).keys()) {
    if (!map.hasNames(scriptId)) continue
    for (const [name, original] of keysOfScript(snapshot, scriptId)?.originals ?? []) {
      for (const index of snapshot.strings.indexesOf(name)) {
        getOrMake(found, index, () => new Set<string>()).add(original)
      }
    }
  }
  return found
})

/** Whether an object is of no class. */
export function isPlain(snapshot: Snapshot, node: number): boolean {
  const {nodeKind, nodeName, types} = snapshot
  if (nodeKind[node] !== NodeKind.object || types.locations[types.ofNode[node]] >= 0) return false
  return stringsOfName(snapshot, 'Object').has(nodeName[node])
}

/** Names of an object's own properties. */
export function propertyNames({edgeKind, edgeName, firstEdge, strings}: Snapshot, object: number): string[] {
  const names: string[] = []
  for (let edge = firstEdge[object]; edge < firstEdge[object + 1]; edge++) {
    const name = edgeKind[edge] === EdgeKind.property ? strings.get(edgeName[edge]) : '__proto__'
    if (name !== '__proto__') names.push(name)
  }
  return names
}

/** Nodes looked at on the way to who holds an object, and retainers of each. */
const MAX_HOLDERS = 64
const MAX_RETAINERS = 16

/**
 * Id of a script whose map has names, of which a scope or an object of a class holds an object, itself or by collections and plain objects;
 * -1 if none was found.
 */
function scriptHolding(snapshot: Snapshot, object: number): number {
  const {edgeKind, locations, nodeKind, retainers, types} = snapshot
  const {isScope, locationRow} = scopes(snapshot)
  const ofClass = hasOriginalProperties(snapshot)
  const hasNames = (row: number) => row >= 0 && placeMapOf(snapshot)?.hasNames(locations.scriptId[row]) === true
  const seen = new Set([object])
  for (const node of seen) {
    const end = Math.min(retainers.first[node + 1], retainers.first[node] + MAX_RETAINERS)
    for (let slot = retainers.first[node]; slot < end; slot++) {
      const holder = retainers.source[slot]
      if (edgeKind[retainers.edge[slot]] === EdgeKind.weak) continue
      const type = types.ofNode[holder]
      if (ofClass(type)) return locations.scriptId[types.locations[type]]
      if (isScope(holder)) {
        const row = locationRow(holder)
        if (hasNames(row)) return locations.scriptId[row]
      } else if (isCollection(nodeKind[holder]) && types.locations[type] < 0 && seen.size < MAX_HOLDERS)
        seen.add(holder)
    }
  }
  return -1
}

function isCollection(kind: number): boolean {
  return kind === NodeKind.object || kind === NodeKind.array
}
