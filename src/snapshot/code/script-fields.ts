/** Fields of a script with texts: and what comments in it say of it, which V8 keeps in two of them (`Script::source_url`, `source_mapping_url`). */
import {EdgeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {isText, readText} from './text.ts'

/** Fields of a script that hold its text, and its names (`V8HeapExplorer::ExtractScriptReferences`). */
export const SOURCE_FIELD = 'source'
export const NAME_FIELDS = ['name', 'source_url', 'source_mapping_url'] as const

export interface MappingUrl {
  /** As written: a relative URL, or `data:`. */
  text: string
  /** Whether the file has its beginning only. */
  isCut: boolean
}

/** Characters of a map within a script that are read, and of a name. */
const LONGEST_URL = 64 << 20
const LONGEST_NAME = 4096

/** What `//# sourceMappingURL` says; undefined if it says nothing. */
export function mappingUrlOf(snapshot: Snapshot, script: number): MappingUrl | undefined {
  for (const node of fields(snapshot, script, 'source_mapping_url')) {
    const read = readText(snapshot, node, LONGEST_URL)
    if (read?.isKnown && isMapping(read.text)) return {text: read.text, isCut: !read.isWhole}
  }
  return undefined
}

/** What `//# sourceURL` says: the name of code that was given to `eval` and has no other; undefined if it says nothing. */
export function sourceUrlOf(snapshot: Snapshot, script: number): string | undefined {
  for (const node of fields(snapshot, script, 'source_url')) {
    const read = readText(snapshot, node, LONGEST_NAME)
    if (read?.isKnown && read.isWhole && !isMapping(read.text) && !SOURCE_HASH.test(read.text)) return read.text
  }
  return undefined
}

/** Texts that a script has by an edge of this name or, before V8 wrote names, by one without. */
function* fields(
  {edgeKind, edgeName, edgeTarget, firstEdge, nodeKind, strings}: Snapshot,
  script: number,
  name: string,
): Generator<number> {
  for (let edge = firstEdge[script]; edge < firstEdge[script + 1]; edge++) {
    if (!isText({nodeKind}, edgeTarget[edge])) continue
    const isField = edgeKind[edge] === EdgeKind.internal && strings.get(edgeName[edge]) === name
    if (isField || edgeKind[edge] === EdgeKind.hidden) yield edgeTarget[edge]
  }
}

function isMapping(text: string): boolean {
  return /^data:|\.map$/.test(text)
}

/** The third field with a text, `Script::source_hash`: SHA-256 as V8 writes it. */
const SOURCE_HASH = /^[0-9a-f]{64}$/
