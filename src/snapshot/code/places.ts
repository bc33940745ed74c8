/** Where in the code a node belongs, from what the snapshot itself says. */
import {getOrMake, memoize} from '../../util/memo.ts'
import {bytesOf, parsedBytes} from '../columns/saved.ts'
import {NodeKind} from '../columns/schema.ts'
import {keyOfTextsBeside, snapshotSetting} from '../columns/settings.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {boundTarget} from './bound-functions.ts'
import {internalTargets} from './internal-edges.ts'
import {sourceUrlOf} from './script-fields.ts'
import {textOf} from './text.ts'

/** A place in a script, or in the source that it was made of. */
export interface Place {
  /** Path or URL as V8 has it, a `file:` URL as a path; with source maps that of the source. */
  script: string
  /** From 1 on; 0 where V8 does not know. */
  line: number
  /** From 1 on; 0 where V8 does not know. */
  column: number
}

/** Leads from places in scripts to those in the sources they were made of: what source maps say. */
export interface PlaceMap {
  /** The source's place; undefined where no map tells. */
  source(scriptId: number, place: Place): Place | undefined
  /** Names of all sources of a script; undefined for a script without a map. */
  sources(scriptId: number): readonly string[] | undefined
  /** Whether a script's map has names at all. */
  hasNames(scriptId: number): boolean
  /** What stood in the source for the name that begins exactly at a place of the script; undefined if no map tells. */
  name(scriptId: number, place: {line: number; column: number}): string | undefined
  /** Text of a source, where a map has it. */
  content(source: string): string | undefined
  /** Where code made of a line of a source begins in the script that ran; undefined if no map tells. */
  compiled(source: string, line: number): {scriptId: number; line: number; column: number} | undefined
}

const placeMaps = snapshotSetting<PlaceMap>(keyOfTextsBeside)

/** From here on places of this snapshot are those of the sources. Must come before the first question. */
export function usePlaceMap(snapshot: Snapshot, map: PlaceMap): void {
  placeMaps.set(snapshot, map)
}

export function placeMapOf(snapshot: Snapshot): PlaceMap | undefined {
  return placeMaps.get(snapshot)
}

/** A row of the locations as answers have it: null where there is none. */
export function rowOrNull(row: number): number | null {
  return row < 0 ? null : row
}

/** The place that a row of the locations tells; undefined for row -1, and where the script's name is not in the file. */
export function placeOfRow(snapshot: Snapshot, row: number): Place | undefined {
  const place = placeInScript(snapshot, row)
  return place && (placeMapOf(snapshot)?.source(snapshot.locations.scriptId[row], place) ?? place)
}

/** The same in the script that ran, whatever it was made of. */
export function placeInScript(snapshot: Snapshot, row: number): Place | undefined {
  if (row < 0) return undefined
  const {scriptId, line, column} = snapshot.locations
  const script = scriptNames(snapshot).get(scriptId[row])
  return script === undefined ? undefined : {script, line: line[row] + 1, column: column[row] + 1}
}

/** Bisection in the locations, which are sorted by node; the last row of the node, as DevTools has it, -1 if it has none. */
export function locationRow({locations}: Snapshot, node: number): number {
  const nodes = locations.node
  let low = 0
  let high = nodes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (nodes[middle] <= node) low = middle + 1
    else high = middle
  }
  return low > 0 && nodes[low - 1] === node ? low - 1 : -1
}

/** The same of the code that a node runs: a bound function's is that of the function it calls. */
export function codeRow(snapshot: Snapshot, node: number): number {
  const row = locationRow(snapshot, node)
  return row < 0 && snapshot.nodeKind[node] === NodeKind.closure
    ? locationRow(snapshot, boundTarget(snapshot, node))
    : row
}

/** Calls for each node with a place, ascending, and its row in `locationRow`: who asks about most need not look them up. */
export function eachLocatedNode({locations}: Snapshot, visit: (node: number, row: number) => void): void {
  const nodes = locations.node
  for (let row = 0; row < nodes.length; row++) if (nodes[row + 1] !== nodes[row]) visit(nodes[row], row)
}

/**
 * Names of scripts by script id. The file has no such list, but a closure has both a location, with the id, and a way to its
 * script: closure → `shared` → `script` (or `script_or_debug_info`) → `name`. One closure a script is enough. Code given to `eval` is called
 * what its `//# sourceURL` says. Copies of a module (`moduleCopies`) are called by their address without the query.
 */
export function scriptNames(snapshot: Snapshot): ReadonlyMap<number, string> {
  return scripts(snapshot).names
}

/**
 * ES modules that were loaded several times, by URLs that differ in their query (`config.mjs?t=1`, `?t=2`) and with the same text: each is a module of its own, and the
 * loader keeps them all (ECMA-262, HostLoadImportedModule; Node's lib/internal/modules/esm/module_map.js). By the ids of their scripts the least of each module's.
 */
export function moduleCopies(snapshot: Snapshot): ReadonlyMap<number, number> {
  return scripts(snapshot).copies
}

const scripts = memoize((snapshot: Snapshot) => {
  const find = () => {
    const found = findScripts(snapshot)
    const copies = findCopies(found)
    const names = Array.from(found, ([id, {name}]) => [id, copies.has(id) ? addressOf(name) : name])
    return {names: bytesOf(names), copies: bytesOf([...copies])}
  }
  const {names, copies} = snapshot.saved.group('scripts', ['names', 'copies'], find)
  return {
    names: new Map(parsedBytes(names) as [number, string][]),
    copies: new Map(parsedBytes(copies) as [number, number][]),
  }
})

interface FoundScript {
  name: string
  /** Equal for scripts of one text; '' where the file does not have it. */
  text: string
}

function findScripts(snapshot: Snapshot): Map<number, FoundScript> {
  const {locations, nodeKind, nodeName, nodeSelfBytes} = snapshot
  const found = new Map<number, FoundScript>()
  const target = internalTargets(snapshot)
  for (let row = 0; row < locations.node.length; row++) {
    const scriptId = locations.scriptId[row]
    const closure = locations.node[row]
    if (found.has(scriptId) || nodeKind[closure] !== NodeKind.closure) continue
    const shared = target(closure, 'shared')
    const script = shared < 0 ? -1 : firstOf(target(shared, 'script'), target(shared, 'script_or_debug_info'))
    if (script < 0) continue
    const name = target(script, 'name')
    const text = name < 0 ? sourceUrlOf(snapshot, script) : textOf(snapshot, name)
    const source = target(script, 'source')
    if (text !== undefined)
      found.set(scriptId, {
        name: readablePath(text),
        text: source < 0 ? '' : `${nodeName[source]} ${nodeSelfBytes[source]}`,
      })
  }
  return found
}

function findCopies(found: ReadonlyMap<number, FoundScript>): Map<number, number> {
  const modules = new Map<string, [id: number, name: string][]>()
  for (const [id, {name, text}] of found) {
    const address = addressOf(name)
    if (address !== '' && text !== '')
      getOrMake(modules, `${text} ${address}`, (): [number, string][] => []).push([id, name])
  }
  const copies = new Map<number, number>()
  for (const scripts of modules.values()) {
    if (new Set(scripts.map(([, name]) => name)).size < 2) continue
    const first = Math.min(...scripts.map(([id]) => id))
    for (const [id] of scripts) copies.set(id, first)
  }
  return copies
}

/** Of a URL, or of the path that a `file:` URL names, what comes before the query. */
export function addressOf(name: string): string {
  return name.replace(/[?#].*$/s, '')
}

function firstOf(a: number, b: number): number {
  return a >= 0 ? a : b
}

/**
 * What people call the file: the path of a `file:` URL, as the system writes it; every other name as it is. V8 has an ES module by its
 * URL and a CommonJS module by its path: both come out alike.
 */
export function readablePath(script: string): string {
  if (!script.startsWith('file://')) return script
  const path = decoded(script.slice('file://'.length))
  return /^\/[A-Za-z]:[\\/]/.test(path) ? path.slice(1).replaceAll('/', '\\') : path
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
