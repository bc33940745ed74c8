/** Edges with what tells one place from the next left out: `[3]` and `[4]` are one pattern, `.a` and `.b` are two. */

import {parseEphemeronName} from '../../snapshot/columns/ephemerons.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'

/** Stand for all names of a sort. */
export const ANY_INDEX = -1
export const WEAK_MAP_ENTRY = -2

const UNKNOWN = 0
const NAMED = 1
const SLOT = 2
const ENTRY = 3

/** For an edge: its name's string index, or ANY_INDEX for elements and numbered slots, or WEAK_MAP_ENTRY. */
export function edgePatterns({edgeKind, edgeName, strings}: Snapshot): (edge: number) => number {
  const sort = new Uint8Array(strings.count)
  return edge => {
    const kind = edgeKind[edge]
    if (isIndexed(kind)) return ANY_INDEX
    const name = edgeName[edge]
    if (kind !== EdgeKind.internal) return name
    if (sort[name] === UNKNOWN) sort[name] = sortOf(strings.get(name))
    if (sort[name] === NAMED) return name
    return sort[name] === SLOT ? ANY_INDEX : WEAK_MAP_ENTRY
  }
}

function sortOf(name: string): number {
  if (/^\d+$/.test(name)) return SLOT
  return parseEphemeronName(name) === undefined ? NAMED : ENTRY
}
