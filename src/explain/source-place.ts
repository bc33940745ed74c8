/** Which line of code an object or a function belongs to, as people write it. */
import {locationRow, type Place, placeOfRow} from '../snapshot/places.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'

/** `src/cache.js:12`: of a closure, where it is written; of an object, where its constructor is; '' if the file does not say. */
export function sourcePlace(snapshot: Snapshot, node: number): string {
  return placeText(placeOfRow(snapshot, locationRow(snapshot, node)))
}

export function placeText(place: Place | undefined): string {
  if (place === undefined) return ''
  // V8 does not know every line, and writes -1 then.
  return place.line > 0 ? `${place.script}:${place.line}` : place.script
}
