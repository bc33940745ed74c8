/** Where a variable is declared, as far as the file has the script's text: V8 writes the first 1,024 characters of a string. */
import {getOrMake, oncePer} from '../util/memo.ts'
import {internalTargets} from './internal-edges.ts'
import {locationRow, type Place, placeInScript, placeMapOf} from './places.ts'
import {NodeKind} from './schema.ts'
import type {Snapshot} from './snapshot.ts'
import {textOf} from './text.ts'

/**
 * The place where a script declares `name`, with source maps that in the source; undefined if its beginning, all that the file has,
 * does not say. `closure`: a function of the script's.
 */
export function declaration(snapshot: Snapshot, closure: number, name: string): Place | undefined {
  const text = sourceOfScript(snapshot, closure)
  if (text === undefined) return undefined
  const found = declarationOf(name).exec(text) ?? (isMinified(text) ? assignmentOf(name).exec(text) : null)
  return found === null ? undefined : placeAt(snapshot, closure, text, found)
}

/** The same for a script by its path, as of what modules export; also `exports.name = …`. */
export function declarationIn(snapshot: Snapshot, script: string, name: string): Place | undefined {
  const closure = scriptClosures(snapshot).find(
    closure => placeInScript(snapshot, locationRow(snapshot, closure))?.script === script,
  )
  if (closure === undefined) return undefined
  const text = sourceOfScript(snapshot, closure) ?? ''
  const assigning = `^[ \\t]*(?:module\\.)?exports\\.(${escaped(name)})[ \\t]*=`
  const assigned = new RegExp(name === 'default' ? DEFAULT_EXPORT : assigning, 'mu').exec(text)
  return assigned === null ? declaration(snapshot, closure, name) : placeAt(snapshot, closure, text, assigned)
}

const DEFAULT_EXPORT = '^[ \\t]*export[ \\t]+(default)(?![\\p{ID_Continue}$])'

/** Lines longer than this nobody wrote. */
const LONGEST_LINE = 300

function isMinified(text: string): boolean {
  return text.split('\n').some(line => line.length > LONGEST_LINE)
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

/** The place of the name at the end of what was matched: what comes before may begin on a line above, such as a list in braces. */
function placeAt(
  snapshot: Snapshot,
  closure: number,
  text: string,
  {index, 0: matched, 1: name}: RegExpExecArray,
): Place | undefined {
  const row = locationRow(snapshot, closure)
  const script = placeInScript(snapshot, row)?.script
  if (script === undefined) return undefined
  const before = text.slice(0, index + matched.lastIndexOf(name))
  const lines = before.split('\n')
  const place = {script, line: lines.length, column: lines[lines.length - 1].length + 1}
  return placeMapOf(snapshot)?.source(snapshot.locations.scriptId[row], place) ?? place
}

/** Scripts looked through for who makes a global variable. */
const MOST_SCRIPTS = 5_000

/**
 * The place where a script makes a variable of the global object, or declares one for all scripts, in the order of the scripts' ids;
 * undefined if the beginnings of the scripts, all that the file has, do not say.
 */
export function globalDeclaration(snapshot: Snapshot, name: string): Place | undefined {
  const assigned = new RegExp(
    `(?:^|[^.\\w$])(?:globalThis|window|self|global)\\.(${escaped(name)})(?=[ \\t]*(?:\\?\\?|\\|\\|)?=(?!=))`,
    'u',
  )
  for (const closure of scriptClosures(snapshot).slice(0, MOST_SCRIPTS)) {
    const text = sourceOfScript(snapshot, closure)
    const found = text === undefined ? null : (assigned.exec(text) ?? declarationOf(name).exec(text))
    const place = text === undefined || found === null ? undefined : placeAt(snapshot, closure, text, found)
    if (place !== undefined) return place
  }
  return undefined
}

/** Characters of a script's text that are read. */
const LONGEST_SOURCE = 64 << 20

function sourceOfScript(snapshot: Snapshot, closure: number): string | undefined {
  const target = internalTargets(snapshot)
  const shared = target(closure, 'shared')
  if (shared < 0) return undefined
  const script = [target(shared, 'script'), target(shared, 'script_or_debug_info')].find(node => node >= 0)
  const source = script === undefined ? -1 : target(script, 'source')
  return source < 0 ? undefined : textOf(snapshot, source, LONGEST_SOURCE)
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** A declaration at the beginning of a line, as most are; of one name, or of several in braces or with commas between. */
function declarationOf(name: string): RegExp {
  const isolated = `(?<![\\p{ID_Continue}$.])(${escaped(name)})(?![\\p{ID_Continue}$])`
  return new RegExp(
    `^[ \\t]*(?:export[ \\t]+(?:default[ \\t]+)?)?(?:(?:const|let|var|class|import)[ \\t]|(?:async[ \\t]+)?function[ *\\t])[^=;()]{0,200}?${isolated}`,
    'mu',
  )
}

/** An assignment as minifiers write it, without spaces. */
function assignmentOf(name: string): RegExp {
  return new RegExp(`(?<![\\p{ID_Continue}$.])(${escaped(name)})(?==(?![=>]))`, 'u')
}
