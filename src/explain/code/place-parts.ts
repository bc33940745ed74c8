/** Places in the program as parts, so that what one snapshot has as a dictionary or a list is one place in all. */
import type {PlacePart} from '../../analyze/growth/growth.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {type CodeStep, codePathText} from './code-path.ts'
import {stepWords} from './step-words.ts'

/** How a place is told that snapshots are compared by. */
export const PLACE_WORDS = {pattern: true, places: true, counts: false}

/** What the name of a place is put together from. `own`: the steps told, the last to `node`, of the way along `edges`. */
export function placeParts(
  snapshot: Snapshot,
  own: readonly CodeStep[],
  edges: readonly number[],
  node: number,
): PlacePart[] {
  return own.map((step, i) => placePart(step, i === own.length - 1 && isLink(snapshot, step, edges, node)))
}

function placePart(step: CodeStep, isLink: boolean): PlacePart {
  const {value, functionName} = step
  // What every object has is no entry.
  const isProperty = value.kind === 'property' && value.name !== '__proto__'
  const isKey = isProperty && value.isKey
  const asKey = isProperty && !isKey ? stepWords({...value, isKey: true}, functionName).pattern : ''
  return {
    text: codePathText([step], PLACE_WORDS),
    asKey: asKey === '' ? '' : codePathText([{...step, pattern: asKey}], PLACE_WORDS),
    isKey,
    isLink,
  }
}

/** Whether a step leads to a node from another of its own class, or of its shape, by a property. */
function isLink(
  snapshot: Snapshot,
  {value, firstEdge, endEdge}: CodeStep,
  edges: readonly number[],
  node: number,
): boolean {
  if (value.kind !== 'property' || value.name === '__proto__' || endEdge - firstEdge !== 1) return false
  const {types} = snapshot
  const type = types.ofNode[node]
  const isOwn = types.locations[type] >= 0 || types.names[type].startsWith('{')
  return isOwn && types.ofNode[sourceOf(snapshot.firstEdge, edges[firstEdge])] === type
}
