/** Why the functions behind an owner keep a variable: a sentence for who wonders that a function which does not use it holds it. */

import type {Owner} from '../../analyze/owners/owners.ts'
import {unusedVariable} from '../../analyze/waste/unused-variables.ts'
import {variableUse} from '../../analyze/waste/variable-users.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {usedByText} from './closure-words.ts'
import type {OwnerWords} from './owner-words.ts'

/**
 * `variable big is used by other() (src/a.js:9), which is in the same scope`, or that nobody uses it; '' if no variable of a scope leads
 * to the objects, or the file does not tell.
 */
export function variableNote(snapshot: Snapshot, {edges, cut}: Owner, {steps}: OwnerWords): string {
  const step = steps.findLast(({value, endEdge}) => value.kind === 'scopeVariable' && !value.ofModule && endEdge > cut)
  if (step?.value.kind !== 'scopeVariable' || step.value.name === '') return ''
  const {name} = step.value
  const edge = edges.slice(step.firstEdge, step.endEdge).find(each => snapshot.edgeKind[each] === EdgeKind.context)
  if (edge === undefined) return ''
  const scope = sourceOf(snapshot.firstEdge, edge)
  if (unusedVariable(snapshot, scope, name) !== undefined) {
    return `no living function uses variable ${name}: heapgraph closures has all such variables`
  }
  const use = variableUse(snapshot, scope, name)
  const used = use === undefined ? '' : usedByText(snapshot, use)
  return used === '' ? '' : `variable ${name} is ${used}`
}
