/** Which function a scope is in, by the name that people gave to it. */
import {nameAt} from '../../snapshot/code/mapped-scripts.ts'
import {locationRow, placeMapOf} from '../../snapshot/code/places.ts'
import {scopes} from '../../snapshot/code/scopes.ts'
import {offsetOfFunction, placedScriptOfId} from '../../snapshot/code/script-lines.ts'
import {madeAt, nameOffset} from '../../snapshot/code/script-names.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {functionName} from './code-nodes.ts'

/** Bundlers and test runners put modules into functions that are called `./src/cache.js`, `42` or `Object.<anonymous>`. */
const PEOPLES = /^(?:[gs]et )?[#$_\p{ID_Start}][$\p{ID_Continue}]*$/u
/** A file may say that scopes are around each other. */
const MAX_NESTING = 1000

/**
 * The nearest function with a name whose call a scope (V8's context) is of or in: `makeCache`; '' for what a module itself has, and where nothing tells. The name is
 * the source's if source maps tell; one that a bundler gave, and no map explains, is none. V8 makes no context for a function of which only a block has variables that
 * functions inside see (`DeclarationScope::AllocateScopeInfos`, v8/src/ast/scopes.cc): then the text tells, where the file has it.
 */
export function functionAround(snapshot: Snapshot, scope: number): string {
  const {function: functionOf, functionName: nameOfScope, isScope, kind, outer} = scopes(snapshot)
  for (let at = scope, steps = 0; at >= 0 && isScope(at) && steps < MAX_NESTING; at = outer(at), steps++) {
    if (kind(at) !== 'call') return ''
    const made = functionOf(at)
    const name = made >= 0 ? functionName(snapshot, made) : originalOfGone(snapshot, at, nameOfScope(at))
    if (PEOPLES.test(name)) return name
  }
  return ''
}

/** Of a scope whose function does not live any more, or has no scope of its own. `name`: the function's, as far as V8 has it. */
function originalOfGone(snapshot: Snapshot, scope: number, name: string): string {
  const inside = scopes(snapshot).inner(scope)
  const row = inside < 0 ? -1 : locationRow(snapshot, inside)
  if (row < 0) return name
  const id = snapshot.locations.scriptId[row]
  const isMapped = placeMapOf(snapshot)?.hasNames(id) === true
  if (name !== '' && !isMapped) return name
  const script = placedScriptOfId(snapshot, id)
  const made = script && madeAt(script.syntax, offsetOfFunction(snapshot, script, inside))
  for (let at = made?.outer; script !== undefined && at !== undefined; at = at.outer) {
    const found = at.kind === 'function' ? (at.function?.name ?? '') : ''
    if (!PEOPLES.test(found) || (name !== '' && found !== name)) continue
    return (isMapped ? nameAt(snapshot, id, script, nameOffset(at, found), found) : undefined) ?? found
  }
  return ''
}
