/** Where the application's code makes elements of a page: `document.createElement('output')`, `<output …>` in a text. */
import {memoize} from '../../util/memo.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {placesByName} from './constructions.ts'
import type {Place} from './places.ts'
import type {PlacedScript} from './script-lines.ts'

/**
 * Places that may have made an element, by script and line; `selector`: `p.notice`, its tag and its classes. Those that call `createElement` with
 * the tag, else those with the tag and the first class in a text of HTML, else with the tag alone. Of scripts whose text the file does not have
 * there are none.
 */
export function elementMakersOf(snapshot: Snapshot, selector: string): readonly Place[] {
  const [tag, className] = selector.split('.')
  return calls(snapshot).get(tag) ?? tags(snapshot).get(`${tag}.${className}`) ?? tags(snapshot).get(tag) ?? []
}

const CALL = /\bcreateElement(?:NS\([^,()]{1,100},|\()\s*(["'`])([a-z][\w-]{0,60})\1/g
const TAG = /<([a-z][a-z\d]{0,20}(?:-[\w-]{1,40})?)(?=[\s>/])([^<>]{0,200})/g
const FIRST_CLASS = /\bclass=["']?([\w-]{1,60})/

const calls = memoize((snapshot: Snapshot) => placesByName(snapshot, callsIn))
const tags = memoize((snapshot: Snapshot) => placesByName(snapshot, tagsIn))

function* callsIn({syntax}: PlacedScript): Generator<{name: string; offset: number}> {
  for (const {2: tag, index} of syntax.text.matchAll(CALL)) yield {name: tag, offset: index}
}

function* tagsIn({syntax}: PlacedScript): Generator<{name: string; offset: number}> {
  for (const {1: tag, 2: attributes, index} of syntax.text.matchAll(TAG)) {
    yield {name: tag, offset: index}
    const className = FIRST_CLASS.exec(attributes)?.[1]
    if (className !== undefined) yield {name: `${tag}.${className}`, offset: index}
  }
}
