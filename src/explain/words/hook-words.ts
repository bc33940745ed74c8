/** Hooks of React's components in words: `useRef #1`, with the line where the component calls it. */
import {type ComponentHook, hookOfRecord, namedHook} from '../../analyze/facts/component-hooks.ts'
import {frameworkParts, Part} from '../../analyze/facts/framework-parts.ts'
import {placeInText} from '../../snapshot/code/declarations.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {codePlaceOf, placeText} from '../places/source-place.ts'
import {fiberTitle} from './component-words.ts'

export interface HookWords {
  /** `useRef #1`: the number is among the calls of that name; `useResize() useEffect #1`: of one that a hook of people's own calls. */
  text: string
  /** `src/App.jsx:24`: the call; '' if the file does not say. */
  place: string
}

/** `<App> useRef #2`: what React's record of a hook is called, with the line of the call; undefined for all else. */
export function hookRecordWords(snapshot: Snapshot, node: number): HookWords | undefined {
  const found = hookOfRecord(snapshot, node)
  if (found === undefined) return undefined
  const {text, place} = hookWords(snapshot, found.fiber, found.hook)
  return {text: `${fiberTitle(snapshot, found.fiber)} ${text}`, place}
}

/** `<App>`, `<App> hook`: what several of React's fibers, or records of hooks, may be called together; '' for all else. */
export function partOfComponent(snapshot: Snapshot, node: number): string {
  if (frameworkParts(snapshot)?.[node] === Part.fiber) return fiberTitle(snapshot, node)
  const found = hookOfRecord(snapshot, node)
  return found === undefined ? '' : `${fiberTitle(snapshot, found.fiber)} hook`
}

/** `fiber`: that has the hook. */
export function hookWords(snapshot: Snapshot, fiber: number, hook: ComponentHook): HookWords {
  const {name, number, owner, closure, offset} = namedHook(snapshot, fiber, hook)
  const place = offset < 0 ? undefined : placeInText(snapshot, closure, offset)
  return {
    text: `${owner === '' ? '' : `${owner}() `}${name} #${number}`,
    place: place === undefined ? '' : placeText(codePlaceOf(snapshot, place)),
  }
}
