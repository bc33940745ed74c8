/** What calls the function that holds objects, and which part of a component gave it away. */

import {placeInText} from '../../snapshot/code/declarations.ts'
import {type Hook, hookOf} from '../../snapshot/code/given-to.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {CodeStep} from '../code/code-path.ts'
import {stepWords} from '../code/step-words.ts'
import {codePlaceOf, placeText} from '../places/source-place.ts'
import {calledFunction, type OwnerPath} from './owner-words.ts'

export interface CalledWords {
  /** What the holder's function was given to: `resize listener`, `timer callback`; '' for other holders, or if the file does not say. */
  role: string
  /** The hook where that was done: `<TicketDetail> useEffect #2 (src/TicketDetail.jsx:15)`; '' if it was in none. */
  hook: string
  /** The component that the hook is of: `TicketDetail`; '' if it was in none. */
  component: string
}

export function calledWords(snapshot: Snapshot, owner: OwnerPath, steps: readonly CodeStep[]): CalledWords {
  const closure = calledFunction(snapshot, owner, steps)
  const hook = closure < 0 ? undefined : hookOf(snapshot, closure)
  return {
    role: roleOf(steps, owner.cut),
    hook: hook === undefined ? '' : hookWords(snapshot, closure, hook),
    component: hook?.owner ?? '',
  }
}

function roleOf(steps: readonly CodeStep[], cut: number): string {
  const value = steps.find(({value, endEdge}) => {
    const isPages =
      (value.kind === 'listener' && value.of === 'page' && value.event !== '') || value.kind === 'callback'
    return endEdge > cut && isPages
  })?.value
  return value === undefined || !('functionName' in value) ? '' : stepWords({...value, functionName: ''}).label
}

/** `<TicketDetail> useEffect #2 (src/TicketDetail.jsx:15)` */
function hookWords(snapshot: Snapshot, closure: number, hook: Hook): string {
  const place = placeInText(snapshot, closure, hook.offset)
  const owner = /^[A-Z]/.test(hook.owner) ? `<${hook.owner}>` : `${hook.owner}()`
  return `${owner} ${hook.name} #${hook.number}${place === undefined ? '' : ` (${placeText(codePlaceOf(snapshot, place))})`}`
}
