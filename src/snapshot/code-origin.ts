import {locationRow, placeOfRow} from './places.ts'
import type {Snapshot} from './snapshot.ts'
export type Code = 'application' | 'library' | 'runtime' | 'unknown'
export function codeOf(snapshot: Snapshot, node: number): Code {
  const place = placeOfRow(snapshot, locationRow(snapshot, node))
  if (place === undefined) return 'unknown'
  return place.script.startsWith('node:') ? 'runtime' : place.script.includes('node_modules') ? 'library' : 'application'
}
