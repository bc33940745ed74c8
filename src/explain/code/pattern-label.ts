/** The name of an edge with what tells one place from the next left out. */
import {ANY_INDEX, edgePatterns, WEAK_MAP_ENTRY} from '../../analyze/facts/edge-pattern.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {memoize} from '../../util/memo.ts'
import {edgeLabel} from './edge-label.ts'

const patterns = memoize(edgePatterns)

/** `[i]` for elements, ` ‹slot›` for numbered slots, else the edge's label; words stand off from the type before them. */
export function abstractLabel(snapshot: Snapshot, edge: number): string {
  const pattern = patterns(snapshot)(edge)
  const label = edgeLabel(snapshot, edge)
  if (pattern === WEAK_MAP_ENTRY) return ' ‹WeakMap entry›'
  if (pattern === ANY_INDEX) return label.startsWith('[') ? '[i]' : ' ‹slot›'
  return /^[.[]/.test(label) ? label : ` ${label}`
}
