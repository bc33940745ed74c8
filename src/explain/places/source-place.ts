/** Which line of code an object, a function or a scope belongs to, as people write it. */
import {type CodeOrigin, originOfRow, originOfScript} from '../../snapshot/code/code-origin.ts'
import {codeRow, locationRow, type Place, placeInScript, placeMapOf, placeOfRow} from '../../snapshot/code/places.ts'
import {scopes} from '../../snapshot/code/scopes.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {shownScript} from './script-root.ts'

/** A place in source code: lines and columns from 1 on, 0 if unknown. */
export interface CodePlace {
  /** Full path or URL. */
  script: string
  /** The same without the root that the application's scripts have in common: see `scriptRoot`. */
  shown: string
  /** From 1 on; 0 if V8 does not know. */
  line: number
  /** From 1 on; 0 if V8 does not know. */
  column: number
  /** Whose code it is. */
  code: CodeOrigin
  /** Of a library, if the name of the script tells. */
  package?: string
}

/** Of a closure, where it, or what it is bound to call, is written; of an object, where its constructor is; undefined if the file does not say. */
export function placeOf(snapshot: Snapshot, node: number): CodePlace | undefined {
  return codePlaceOfRow(snapshot, codeRow(snapshot, node))
}

/** The same by a row of the snapshot's locations, such as a type's; null for none. */
export function codePlaceOfRow(snapshot: Snapshot, row: number | null): CodePlace | undefined {
  if (row === null) return undefined
  const place = placeOfRow(snapshot, row)
  return place && {...place, shown: shownScript(snapshot, place.script), ...originOfRow(snapshot, row)}
}

/** `src/cache.js:12`: of a closure, where it is written; of an object, where its constructor is; '' if the file does not say. */
export function sourcePlace(snapshot: Snapshot, node: number): string {
  const place = placeOfRow(snapshot, codeRow(snapshot, node))
  return place === undefined ? '' : lineText(shownScript(snapshot, place.script), place.line)
}

/** The same of a place found otherwise. */
export function codePlaceOf(snapshot: Snapshot, place: Place): CodePlace {
  return {...place, shown: shownScript(snapshot, place.script), ...originOfScript(place.script)}
}

export function placeText(place: CodePlace | undefined): string {
  return place === undefined ? '' : lineText(place.shown, place.line)
}

function lineText(shown: string, line: number): string {
  return line > 0 ? `${shown}:${line}` : shown
}

export interface ScopePlace {
  /**
   * What the scope is of: a whole `module` or script; one `call` of a function; `inner`: of a block, a class's body, or a call of a function
   * of which V8 has nothing left; `builtin`: V8's own.
   */
  of: 'module' | 'call' | 'inner' | 'builtin'
  /** The living function whose call made the scope, or around an inner one, by ordinal; -1 if there is none. */
  function: number
  /** Name of that function, also of one that is gone but whose code is still there; '' if unknown or none. */
  name: string
  /** Of a call of a living function its line; otherwise the line of the first function inside: it is `around` that. */
  place: CodePlace | undefined
  around: boolean
}

/** What a scope (V8's `system / Context`) belongs to; undefined for a node that is none. Costs a few edges for each scope around. */
export function scopePlace(snapshot: Snapshot, scope: number): ScopePlace | undefined {
  const {isScope, kind, function: functionOf, functionName, inner, outer} = scopes(snapshot)
  if (!isScope(scope)) return undefined
  const of = kind(scope)
  const inside = inner(scope)
  const place = inside < 0 ? undefined : placeOf(snapshot, inside)
  const around = place !== undefined && of !== 'module'
  if (of === 'module') return {of, function: -1, name: '', place: modulePlace(snapshot, inside) ?? place, around}
  if (of !== 'call') return {of, function: -1, name: '', place, around}
  const own = functionOf(scope)
  const name = functionName(scope)
  if (own >= 0) return {of, function: own, name, place: placeOf(snapshot, own), around: false}
  if (name !== '') return {of, function: -1, name, place, around}
  // A file may say that scopes are around each other.
  for (let up = outer(scope), steps = 0; up >= 0 && steps < MAX_NESTING; up = outer(up), steps++) {
    const found = functionOf(up)
    const nameAround = kind(up) === 'call' ? functionName(up) : ''
    if (found >= 0 || nameAround !== '') return {of: 'inner', function: found, name: nameAround, place, around}
  }
  return {of: 'inner', function: -1, name: '', place, around}
}

const MAX_NESTING = 1000

/** Of a bundle made of several sources: its own, since its scope has the variables of all of them. */
function modulePlace(snapshot: Snapshot, inside: number): CodePlace | undefined {
  const row = inside < 0 ? -1 : locationRow(snapshot, inside)
  const sources = row < 0 ? undefined : placeMapOf(snapshot)?.sources(snapshot.locations.scriptId[row])
  const place = sources === undefined || sources.length < 2 ? undefined : placeInScript(snapshot, row)
  return place && codePlaceOf(snapshot, place)
}

/**
 * `module src/cache.js`, `call of onData() (src/bus.js:40)`, `call of gone() around src/bus.js:44`, `scope in onData() around
 * src/bus.js:44`, `scope around src/bus.js:44`; '' for a node that is no scope.
 */
export function scopeText(snapshot: Snapshot, scope: number): string {
  const found = scopePlace(snapshot, scope)
  if (found === undefined) return ''
  const place = scopePlaceText(found)
  if (place === '') return scopeWords(found)
  return `${scopeWords(found)} ${found.of === 'call' && !found.around ? `(${place})` : place}`
}

/** A scope's place in the text: a module has no line. */
export function scopePlaceText({of, place}: ScopePlace): string {
  return of === 'module' ? (place?.shown ?? '') : placeText(place)
}

/** What comes before the place: `module`, `call of onData()`, `scope in onData() around`, `scope around`. */
export function scopeWords({of, function: closure, name, around}: ScopePlace): string {
  if (of === 'module') return 'module'
  if (of === 'builtin') return 'internal V8 scope'
  const named = name === '' && closure < 0 ? '' : `${of === 'call' ? ' of' : ' in'} ${name || '(anonymous)'}()`
  return `${of === 'call' ? 'call' : 'scope'}${named}${around ? ' around' : ''}`
}
