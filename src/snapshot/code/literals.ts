/** Where the application's code writes an object literal that an object may be of: what it gives to a library, as the first state of a store. */
import {EdgeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {originOfScript} from './code-origin.ts'
import {isPlain, propertyNames} from './original-keys.ts'
import {type Place, placeMapOf, scriptNames} from './places.ts'
import {type PlacedScript, placedScriptOfId} from './script-lines.ts'
import {identifierAt, scopeAt} from './script-names.ts'

/**
 * The place of a plain object's key in the application's literals that have all keys of the object: the first of them, if all are in one
 * function. Undefined where there is none, or literals of several functions have these keys.
 */
export function literalKey(snapshot: Snapshot, object: number, edge: number): Place | undefined {
  if (snapshot.edgeKind[edge] !== EdgeKind.property || !isPlain(snapshot, object)) return undefined
  const key = snapshot.strings.get(snapshot.edgeName[edge])
  const names = propertyNames(snapshot, object)
  let found: {place: Place; function: unknown} | undefined
  for (const [id, script] of applicationScripts(snapshot)) {
    const placed = placedScriptOfId(snapshot, id)
    if (placed === undefined) continue
    for (const offset of keysIn(placed, names, key)) {
      const place = sourceOfOffset(snapshot, id, script, placed, offset)
      if (originOfScript(place.script).code !== 'application') continue
      const owner = scopeAt(placed.syntax.root, offset).function
      if (found !== undefined && found.function !== owner) return undefined
      if (found === undefined || isBefore(place, found.place)) found = {place, function: owner}
    }
  }
  return found?.place
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column)
}

/** By name, so that it does not depend on the order in which scripts were loaded. */
function applicationScripts(snapshot: Snapshot): [number, string][] {
  const scripts = [...scriptNames(snapshot)].filter(([, name]) => originOfScript(name).code === 'application')
  return scripts.sort(([a, x], [b, y]) => (x < y ? -1 : x > y ? 1 : a - b))
}

function sourceOfOffset(snapshot: Snapshot, id: number, script: string, placed: PlacedScript, offset: number): Place {
  const {line, column} = placed.place(offset)
  const ran = {script, line: line + 1, column: column + 1}
  return placeMapOf(snapshot)?.source(id, ran) ?? ran
}

/** Offsets of a key in the literals that have all these names. */
function* keysIn({syntax}: PlacedScript, names: readonly string[], key: string): Generator<number> {
  const {keyOffsets, text} = syntax
  for (let at = 0; at < keyOffsets.length; at += 1 + keyOffsets[at]) {
    if (keyOffsets[at] < names.length) continue
    const offsets = keyOffsets.subarray(at + 1, at + 1 + keyOffsets[at])
    const keys = Array.from(offsets, offset => identifierAt(text, offset))
    if (names.every(name => keys.includes(name))) yield offsets[keys.indexOf(key)]
  }
}
