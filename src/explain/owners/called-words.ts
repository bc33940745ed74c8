/** What calls the function that holds objects, and which part of a component gave it away. */

import {placeInText} from '../../snapshot/code/declarations.ts'
import {type Hook, hookOf} from '../../snapshot/code/given-to.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {functionName} from '../code/code-nodes.ts'
import type {CodeStep} from '../code/code-path.ts'
import {stepWords} from '../code/step-words.ts'
import {codePlaceOf, placeOf, placeText} from '../places/source-place.ts'
import {selectorOf} from '../words/dom-words.ts'
import {calledFunction, type OwnerPath} from './owner-words.ts'

export interface CalledWords {
  /**
   * What the holder's function was given to: `resize listener`, `timer callback`; of a function with a name, which is all that the holder says,
   * with the element: `<button.save> click listener`. '' for other holders, or if the file does not say.
   */
  role: string
  /** The hook where that was done: `<TicketDetail> useEffect #2 (src/TicketDetail.jsx:15)`; the component, if in none; '' if that is unknown. */
  hook: string
  /** The component where that was done: `TicketDetail`; '' if unknown. */
  component: string
}

export function calledWords(snapshot: Snapshot, owner: OwnerPath, steps: readonly CodeStep[]): CalledWords {
  const closure = calledFunction(snapshot, owner, steps)
  return {role: roleOf(snapshot, closure, steps, owner.cut), ...(closure < 0 ? NO_HOOK : setIn(snapshot, closure))}
}

function roleOf(snapshot: Snapshot, closure: number, steps: readonly CodeStep[], cut: number): string {
  const at = steps.findIndex(({value, endEdge}) => {
    const isPages =
      (value.kind === 'listener' && value.of === 'page' && value.event !== '') || value.kind === 'callback'
    return endEdge > cut && isPages
  })
  const value = steps[at]?.value
  if (value === undefined || !('functionName' in value)) return ''
  const role = stepWords({...value, functionName: ''}).label
  const isAlone = closure >= 0 && functionName(snapshot, closure) !== ''
  const element = value.kind === 'listener' && isAlone && at > 0 ? selectorOf(snapshot, steps[at - 1].node) : ''
  return element === '' ? role : `<${element}> ${role}`
}

const NO_HOOK = {hook: '', component: ''}

/** A component in a file of its own has the file's name (Vue, Svelte), whatever its function is called. */
const COMPONENT_FILE = /([^/\\]+)\.(?:vue|svelte)$/

/** Svelte's runes as they are compiled (svelte/src/internal/client/reactivity/effects.js). */
const COMPILED: Record<string, string> = {user_effect: '$effect', user_pre_effect: '$effect.pre'}

function setIn(snapshot: Snapshot, closure: number): Omit<CalledWords, 'role'> {
  const hook = hookOf(snapshot, closure)
  if (hook !== undefined) return hookWords(snapshot, closure, hook)
  const component = COMPONENT_FILE.exec(placeOf(snapshot, closure)?.script ?? '')?.[1]
  return component === undefined ? NO_HOOK : {component, hook: `<${component}>`}
}

function hookWords(
  snapshot: Snapshot,
  closure: number,
  {name, number, owner, offset}: Hook,
): Omit<CalledWords, 'role'> {
  const place = placeInText(snapshot, closure, offset)
  const ofFile = COMPONENT_FILE.exec(place?.script ?? '')?.[1]
  // Components of functions begin with a capital letter, as JSX asks for.
  const component = ofFile ?? (/^[A-Z]/.test(owner) ? owner : '')
  const words = `${component === '' ? `${owner}()` : `<${component}>`} ${COMPILED[name] ?? name} #${number}`
  return {component, hook: place === undefined ? words : `${words} (${placeText(codePlaceOf(snapshot, place))})`}
}
