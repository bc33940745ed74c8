/** A source map (ECMA-426), opened: places, names and texts of the sources. */
import type {SourceMapInput, TraceMap} from '@jridgewell/trace-mapping'
import {type Place, readablePath} from '../../snapshot/code/places.ts'
import {getOrMake} from '../../util/memo.ts'

export interface ScriptMap {
  sources: readonly string[]
  source(place: {line: number; column: number}): Place | undefined
  /** See `PlaceMap`, as all that follows. */
  hasNames: boolean
  name(place: {line: number; column: number}): string | undefined
  /** The name that stands in the text of the source where the map leads from exactly that place. */
  nameInSource(place: {line: number; column: number}): string | undefined
  content(source: string): string | undefined
  /**
   * Whether a text may be that of a source: the names of the map stand in it, and where the map leads to it from a name of the script's text,
   * `generated`, the same name. Without that text the map's names alone tell.
   */
  isOf(source: string, text: string, generated: string | undefined): boolean
  /** Where what was made of a line of a source, from 1 on, begins in the script. */
  compiled(source: string, line: number): {line: number; column: number} | undefined
}

/**
 * Opens a map, or says in words what is wrong with it. `url`: what its sources are relative to. `file`: name of the script that its own
 * `file` must agree with; undefined for a map that the script itself points at.
 */
export async function openMap(text: string, url: string, file: string | undefined): Promise<ScriptMap | string> {
  const tracing = await import('@jridgewell/trace-mapping')
  let map: TraceMap
  try {
    // A line that keeps browsers from running JSON as a script may stand first.
    const json = JSON.parse(text.replace(/^\)\]\}[^\n]*\n/, ''))
    if (json?.version !== 3) return 'is not a version 3 source map'
    if (file !== undefined && typeof json.file === 'string' && json.file !== '' && lastPart(json.file) !== file) {
      return 'is the source map of another file'
    }
    map = new tracing.FlattenMap(json as SourceMapInput, url)
    // Now, while it can be told.
    tracing.decodedMappings(map)
  } catch {
    return 'is not a readable source map'
  }
  const names = map.resolvedSources.map(source => readablePath(source ?? ''))
  const indexOf = new Map(names.map((name, index) => [name, index]))
  const nameOf = new Map(map.resolvedSources.map((source, index) => [source, names[index]]))
  const mappings = tracing.decodedMappings(map)
  const firstLine = mappings.findIndex(segments => segments.length > 0)
  const firstColumn = mappings[firstLine]?.[0][0] ?? 0
  /** What begins exactly at a place. */
  const segmentAt = ({line, column}: {line: number; column: number}) => {
    const segment = line > 0 && column > 0 ? tracing.traceSegment(map, line - 1, column - 1) : null
    return segment === null || segment[0] !== column - 1 ? undefined : segment
  }
  const lines = new Map<number, string[]>()
  const linesOf = (source: number) =>
    getOrMake(lines, source, () => {
      const text = map.sourcesContent?.[source]
      return typeof text === 'string' ? linesIn(text) : []
    })
  return {
    sources: names.filter(name => name !== ''),
    hasNames: map.names.length > 0,
    source({line, column}) {
      // What stands before all that is mapped is of no source: a bundler's helpers.
      if (line <= 0 || line - 1 < firstLine || (line - 1 === firstLine && column - 1 < firstColumn)) return undefined
      const needle = {line, column: Math.max(column - 1, 0)}
      const below = tracing.originalPositionFor(map, {...needle, bias: tracing.GREATEST_LOWER_BOUND})
      const found =
        below.source === null ? tracing.originalPositionFor(map, {...needle, bias: tracing.LEAST_UPPER_BOUND}) : below
      const script = found.source === null ? '' : (nameOf.get(found.source) ?? '')
      return script === '' || found.line === null ? undefined : {script, line: found.line, column: found.column + 1}
    },
    name(place) {
      const segment = segmentAt(place)
      const name = segment?.length === 5 ? map.names[segment[4]] : undefined
      return typeof name === 'string' && name !== '' ? name : undefined
    },
    nameInSource(place) {
      const segment = segmentAt(place)
      if (segment === undefined || segment.length === 1) return undefined
      const name = nameAt(linesOf(segment[1])[segment[2]], segment[3])
      return name === undefined || KEYWORD.test(name) ? undefined : name
    },
    content(source) {
      const text = map.sourcesContent?.[indexOf.get(source) ?? -1]
      return typeof text === 'string' ? text : undefined
    },
    isOf(source, text, generated) {
      return agrees(map, mappings, indexOf.get(source) ?? -1, text, generated)
    },
    compiled(source, line) {
      const resolved = map.resolvedSources[indexOf.get(source) ?? -1]
      if (typeof resolved !== 'string' || line <= 0) return undefined
      const needle = {source: resolved, line, column: 0}
      const found = tracing.generatedPositionFor(map, {...needle, bias: tracing.LEAST_UPPER_BOUND})
      return found.line === null ? undefined : {line: found.line, column: found.column + 1}
    },
  }
}

/** Names that are compared, how many at least, and how many of a hundred must be the same. */
const MAX_COMPARED = 2000
const MIN_COMPARED = 5
const MIN_AGREEING = 95

type Mappings = ReturnType<typeof import('@jridgewell/trace-mapping').decodedMappings>

function agrees(
  {names}: TraceMap,
  mappings: Mappings,
  source: number,
  text: string,
  generated: string | undefined,
): boolean {
  const lines = linesIn(text)
  const made = generated === undefined ? [] : linesIn(generated)
  let compared = 0
  let equal = 0
  for (let line = 0; line < mappings.length && compared < MAX_COMPARED; line++) {
    for (const segment of mappings[line]) {
      if (segment.length === 1 || segment[1] !== source) continue
      // The map has the names that were changed.
      const name = segment.length === 5 ? names[segment[4]] : nameAt(made[line], segment[0])
      // Compilers and minifiers write other words for declarations, and draw statements together.
      if (typeof name !== 'string' || KEYWORD.test(name)) continue
      compared++
      if (nameAt(lines[segment[2]], segment[3]) === name) equal++
    }
  }
  return compared >= MIN_COMPARED && equal * 100 >= compared * MIN_AGREEING
}

function nameAt(line: string | undefined, column: number): string | undefined {
  NAME.lastIndex = column
  return line === undefined ? undefined : NAME.exec(line)?.[0]
}

function linesIn(text: string): string[] {
  return text.split(/\r\n|\n|\r/)
}

/** Words at which things and statements begin that have no name there: `export default class {`. */
const KEYWORD =
  /^(?:abstract|async|await|class|const|declare|default|enum|export|extends|function|get|implements|import|let|namespace|new|private|protected|public|readonly|return|set|static|this|var)$/

const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$]*/uy

/** What stands behind the last separator of a path. */
export function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}
