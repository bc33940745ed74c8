/** Hooks of React's components in words: `useRef #1`, with the line where the component calls it. */
import {type ComponentHook, namedHook} from '../../analyze/facts/component-hooks.ts'
import {placeInText} from '../../snapshot/code/declarations.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {codePlaceOf, placeText} from '../places/source-place.ts'

export interface HookWords {
  /** `useRef #1`: the number is among the calls of that name; `useResize() useEffect #1`: of one that a hook of people's own calls. */
  text: string
  /** `src/App.jsx:24`: the call; '' if the file does not say. */
  place: string
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
