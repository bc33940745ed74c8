/** Where the application's code makes objects of a class that it has from elsewhere: `new http.Agent()`. */
import {memoize} from '../../util/memo.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {originOfScript} from './code-origin.ts'
import {type Place, placeMapOf, scriptNames} from './places.ts'
import {type PlacedScript, placedScriptOfId} from './script-lines.ts'
import {identifierAt, isImported, scopeAt, variableIn} from './script-names.ts'

/**
 * Places of `new NAME` and `new a.NAME` whose class is of another module, or a global, by class name; by script and line. Of scripts whose text the file
 * does not have there are none.
 */
export function constructionsOf(snapshot: Snapshot, name: string): readonly Place[] {
  return constructions(snapshot).get(name) ?? []
}

const constructions = memoize((snapshot: Snapshot) => placesByName(snapshot, constructionsIn))

/** Where the application's scripts have what `find` finds in them, by its name; by script and line. */
export function placesByName(
  snapshot: Snapshot,
  find: (script: PlacedScript) => Iterable<{name: string; offset: number}>,
): ReadonlyMap<string, readonly Place[]> {
  const found = new Map<string, Map<string, Place>>()
  const scripts = [...scriptNames(snapshot)].filter(([, name]) => originOfScript(name).code === 'application')
  for (const [id, script] of scripts.sort(([a, x], [b, y]) => (x < y ? -1 : x > y ? 1 : a - b))) {
    const placed = placedScriptOfId(snapshot, id)
    if (placed === undefined) continue
    for (const {name, offset} of find(placed)) {
      const {line, column} = placed.place(offset)
      const ran = {script, line: line + 1, column: column + 1}
      const place = placeMapOf(snapshot)?.source(id, ran) ?? ran
      if (place.line <= 0 || originOfScript(place.script).code !== 'application') continue
      // Bundles and modules that ran again have the same line more than once.
      const places = found.get(name) ?? new Map<string, Place>()
      const key = `${place.script}:${place.line}`
      if (!places.has(key)) places.set(key, place)
      found.set(name, places)
    }
  }
  const inOrder = (a: Place, b: Place) => (a.script < b.script ? -1 : a.script > b.script ? 1 : a.line - b.line)
  return new Map([...found].map(([name, places]) => [name, [...places.values()].sort(inOrder)]))
}

function* constructionsIn({syntax}: PlacedScript): Generator<{name: string; offset: number}> {
  const {constructed, root, text} = syntax
  for (let i = 0; i < constructed.length; i += 2) {
    const [first, last] = constructed.subarray(i, i + 2)
    const variable = variableIn(scopeAt(root, first), identifierAt(text, first))
    const isOfOthers = variable === undefined || isImported(syntax, variable)
    if (isOfOthers) yield {name: identifierAt(text, last), offset: first}
  }
}
