/** What an answer says once about the places that it shows. */
import {keyOfTextsBeside, snapshotSetting} from '../../snapshot/columns/settings.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {plural} from '../../util/units.ts'
import {placeOfText, rootSentence, shownScript} from './script-root.ts'

const minified = snapshotSetting<ReadonlySet<string>>(keyOfTextsBeside)

/** Names of scripts that look minified and have no source map: answers that show them say so. Must come before the first question. */
export function useMinified(snapshot: Snapshot, scripts: ReadonlySet<string>): void {
  minified.set(snapshot, scripts)
}

/** Where the root of the paths is, and which of the scripts are minified; `places`: those that the answer shows, as `placeText` has them. */
export function placeSentences(snapshot: Snapshot, places: readonly string[]): string[] {
  return [...rootSentence(snapshot, places), ...minifiedSentence(snapshot, places)]
}

function minifiedSentence(snapshot: Snapshot, places: readonly string[]): string[] {
  const scripts = minified.get(snapshot)
  if (scripts === undefined || scripts.size === 0) return []
  const shown = new Set<string>()
  for (const place of places) {
    const script = placeOfText(snapshot, place)?.script
    if (script !== undefined && scripts.has(script)) shown.add(script)
  }
  const [first, ...rest] = shown
  if (first === undefined) return []
  const name = shownScript(snapshot, first)
  const what =
    rest.length === 0
      ? `${name} looks minified and has no source map`
      : `${name} and ${plural(rest.length, 'other script')} look minified and have no source maps`
  return [
    `${what}, so names and lines are those of the short code: build with source maps and give their folder, --source-maps DIR`,
  ]
}
