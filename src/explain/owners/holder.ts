/** What holds something, in words a person finds in the code. */

import {scopes} from '../../snapshot/code/scopes.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {edgeLabel} from '../code/edge-label.ts'
import {type ScopePlace, scopePlace} from '../places/source-place.ts'
import {describe} from '../words/describe.ts'

export interface Holder {
  id: number
  /** `scope var panel of reopen()`, `.panel of PanelCache`. */
  text: string
  /** Line of code of the function or of the object's constructor; '' if the file does not say. */
  place: string
}

/** The holder of an edge's target. A scope is told by the function whose call made it, or one written in it, since scopes have no names. */
export function describeHolder(snapshot: Snapshot, edge: number): Holder {
  const source = sourceOf(snapshot.firstEdge, edge)
  const {id, type, title, preview, place, kind} = describe(snapshot, source)
  const label = edgeLabel(snapshot, edge)
  const scope = scopePlace(snapshot, source)
  if (scope !== undefined) return {id, text: `${label} of ${scopeOwner(snapshot, source, scope)}`, place}
  return {id, text: `${label} of ${kind === 'closure' ? preview : (title ?? type)}`, place}
}

function scopeOwner(snapshot: Snapshot, scope: number, found: ScopePlace): string {
  if (found.of === 'module') return 'module'
  if (found.name !== '') return `${found.name}()`
  const closure = found.function >= 0 ? found.function : scopes(snapshot).inner(scope)
  return closure < 0 ? 'a scope' : describe(snapshot, closure).preview
}
