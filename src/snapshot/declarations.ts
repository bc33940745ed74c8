/** Where a variable is declared, as far as the file has the script's text: V8 writes the first 1,024 characters of a string. */
import {getOrMake, oncePer} from '../util/memo.ts'
import {internalTargets} from './internal-edges.ts'
import {locationRow, type Place, placeOfRow} from './places.ts'
import {NodeKind} from './schema.ts'
import type {Snapshot} from './snapshot.ts'

/**
 * The line, from 1 on, on which a script declares `name`; undefined if its beginning, all that the file has, does not say.
 * `closure`: a function of the script's.
 */
export function declarationLine(snapshot: Snapshot, closure: number, name: string): number | undefined {
  const text = sourceOfScript(snapshot, closure)
  const found = text === undefined ? null : declarationOf(name).exec(text)
  if (found === null || text === undefined) return undefined
  // What was matched may begin on a line before the name's: a list of names in braces.
  return lineAt(text, found)
}

/** A function of each script's, by script id. */
const scriptClosures = oncePer(({locations, nodeKind}: Snapshot): number[] => {
  const found = new Map<number, number>()
  for (let row = 0; row < locations.node.length; row++) {
    const node = locations.node[row]
    if (nodeKind[node] === NodeKind.closure) getOrMake(found, locations.scriptId[row], () => node)
  }
  return [...found].sort(([a], [b]) => a - b).map(([, closure]) => closure)
})

function lineAt(text: string, found: RegExpExecArray): number {
  return text.slice(0, found.index + found[0].length).split('\n').length
}

/** Scripts looked through for who makes a global variable. */
const MOST_SCRIPTS = 5_000

/**
 * The place where a script makes a variable of the global object, or declares one for all scripts, in the order of the scripts' ids;
 * undefined if the beginnings of the scripts, all that the file has, do not say.
 */
export function globalDeclaration(snapshot: Snapshot, name: string): Place | undefined {
  const assigned = new RegExp(
    `(?:^|[^.\\w$])(?:globalThis|window|self|global)\\.${escaped(name)}[ \\t]*(?:\\?\\?|\\|\\|)?=(?!=)`,
    'u',
  )
  for (const closure of scriptClosures(snapshot).slice(0, MOST_SCRIPTS)) {
    const place = placeOfRow(snapshot, locationRow(snapshot, closure))
    const text = sourceOfScript(snapshot, closure)
    if (place === undefined || text === undefined) continue
    const found = assigned.exec(text) ?? declarationOf(name).exec(text)
    if (found !== null) return {script: place.script, line: lineAt(text, found)}
  }
  return undefined
}

function sourceOfScript(snapshot: Snapshot, closure: number): string | undefined {
  const {nodeKind, nodeName, strings} = snapshot
  const target = internalTargets(snapshot)
  const shared = target(closure, 'shared')
  if (shared < 0) return undefined
  const script = [target(shared, 'script'), target(shared, 'script_or_debug_info')].find(node => node >= 0)
  const source = script === undefined ? -1 : target(script, 'source')
  return source >= 0 && nodeKind[source] === NodeKind.string ? strings.get(nodeName[source]) : undefined
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** A declaration at the beginning of a line, as most are; of one name, or of several in braces or with commas between. */
function declarationOf(name: string): RegExp {
  const isolated = `(?<![\\p{ID_Continue}$.])${escaped(name)}(?![\\p{ID_Continue}$])`
  return new RegExp(
    `^[ \\t]*(?:export[ \\t]+(?:default[ \\t]+)?)?(?:(?:const|let|var|class|import)[ \\t]|(?:async[ \\t]+)?function[ *\\t])[^=;()]{0,200}?${isolated}`,
    'mu',
  )
}
