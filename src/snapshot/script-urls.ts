/** Which source map a script says it has. */
import {internalTargets} from './internal-edges.ts'
import {EdgeKind, NodeKind} from './schema.ts'
import {scriptOf} from './script-syntax.ts'
import type {Snapshot} from './snapshot.ts'
import {isText, readText} from './text.ts'

export interface MappingUrl {
  /** As written: a relative URL, or `data:`. */
  text: string
  /** Whether the file has its beginning only. */
  isCut: boolean
}

/** Characters of a map within a script that are read. */
const LONGEST_URL = 64 << 20

/** Ordinals of scripts by id, of these ids. */
export function scriptsOfIds(snapshot: Snapshot, ids: ReadonlySet<number>): ReadonlyMap<number, number> {
  const {locations, nodeKind} = snapshot
  const found = new Map<number, number>()
  for (let row = 0; row < locations.node.length && found.size < ids.size; row++) {
    const id = locations.scriptId[row]
    const closure = locations.node[row]
    if (!ids.has(id) || found.has(id) || nodeKind[closure] !== NodeKind.closure) continue
    const script = scriptOf(snapshot, closure)
    if (script >= 0) found.set(id, script)
  }
  return found
}

/**
 * What a script says of its map; undefined if it says nothing. V8 keeps what the comment says in a field of the script
 * (`Script::source_mapping_url`), to which there is an edge without a name.
 */
export function mappingUrlOf(snapshot: Snapshot, script: number): MappingUrl | undefined {
  const {edgeKind, edgeName, edgeTarget, firstEdge, strings} = snapshot
  for (let edge = firstEdge[script]; edge < firstEdge[script + 1]; edge++) {
    const target = edgeTarget[edge]
    if (!isText(snapshot, target)) continue
    const isField = edgeKind[edge] === EdgeKind.hidden
    if (!isField && !(edgeKind[edge] === EdgeKind.internal && strings.get(edgeName[edge]) === 'source_mapping_url'))
      continue
    const read = readText(snapshot, target, LONGEST_URL)
    // The other field with a text is what `//# sourceURL` says.
    if (read?.isKnown && /^data:|\.map$/.test(read.text)) return {text: read.text, isCut: !read.isWhole}
  }
  return undefined
}

/** The URL of the last comment that names a map, as ECMA-426 has it. */
export function mappingUrl(text: string): string | undefined {
  const at = Math.max(text.lastIndexOf('//# sourceMappingURL='), text.lastIndexOf('//@ sourceMappingURL='))
  if (at < 0) return undefined
  const start = at + '//# sourceMappingURL='.length
  const end = text.indexOf('\n', start)
  const url = text.slice(start, end < 0 ? undefined : end).trim()
  return url === '' ? undefined : url
}

/** Characters of a text that tell whether people wrote it, and how many of them a line has in what nobody wrote. */
const LOOKED_AT = 1000
const LONG_LINES = 250

/** Whether a script's text looks like a minifier's: few lines, all long. */
export function looksMinified(snapshot: Snapshot, script: number): boolean {
  const source = internalTargets(snapshot)(script, 'source')
  const text = source < 0 ? undefined : readText(snapshot, source, LOOKED_AT)?.text.slice(0, LOOKED_AT)
  return text !== undefined && text.length === LOOKED_AT && text.split('\n').length * LONG_LINES <= LOOKED_AT
}
