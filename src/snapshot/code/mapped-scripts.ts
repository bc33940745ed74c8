/** Scripts whose source maps have names, and what those say of a place. */
import {memoize} from '../../util/memo.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {locationRow, placeMapOf} from './places.ts'
import {type PlacedScript, placedScriptOfId} from './script-lines.ts'

/** A script whose map has names, by its id, where its text is known. */
export function mappedScript(snapshot: Snapshot, scriptId: number): PlacedScript | undefined {
  const isMapped = placeMapOf(snapshot)?.hasNames(scriptId) === true
  return isMapped ? placedScriptOfId(snapshot, scriptId) : undefined
}

/** What stood in the source for the name at an offset of a script; undefined if it is `name`, or unknown. */
export function nameAt(
  snapshot: Snapshot,
  scriptId: number,
  script: PlacedScript,
  offset: number | undefined,
  name: string,
): string | undefined {
  if (offset === undefined) return undefined
  const {line, column} = script.place(offset)
  const found = placeMapOf(snapshot)?.name(scriptId, {line: line + 1, column: column + 1})
  return found === name ? undefined : found
}

/** The same of a script that a closure is of. */
export function originalAt(
  snapshot: Snapshot,
  closure: number,
  script: PlacedScript,
  offset: number,
  name: string,
): string | undefined {
  const row = placeMapOf(snapshot) === undefined ? -1 : locationRow(snapshot, closure)
  return row < 0 ? undefined : nameAt(snapshot, snapshot.locations.scriptId[row], script, offset, name)
}

/** Whether objects of a type, by its number, are of a class in a script whose map has names. */
export const hasOriginalProperties = memoize((snapshot: Snapshot): ((type: number) => boolean) => {
  const {types, locations} = snapshot
  const has = Uint8Array.from(types.locations, row =>
    Number(row >= 0 && placeMapOf(snapshot)?.hasNames(locations.scriptId[row]) === true),
  )
  return type => has[type] === 1
})
