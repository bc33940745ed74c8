/** Which engine wrote a file in V8's format: others do, and leave out what theirs does not know. */
import {memoize} from '../../util/memo.ts'
import {type Header, NodeKind} from './schema.ts'
import type {Snapshot} from './snapshot.ts'

/** `other`: none of these, by its kinds of nodes. */
export type Engine = 'V8' | 'JavaScriptCore' | 'Hermes' | 'Julia' | 'other'

/** Kinds of nodes that every V8 has had (`HeapGraphNode::Type`, v8-profiler.h). */
const KINDS_OF_V8 = ['hidden', 'array', 'string', 'object', 'code', 'closure', 'synthetic']

/** Roots of Hermes' own (RootSections.def). */
const ROOTS_OF_HERMES = ['(RuntimeInstanceVars)', '(RuntimeModules)', '(CharStrings)']

/** What JavaScriptCore calls an object's shape (Structure.h); V8's are maps and descriptor arrays. */
const SHAPE_OF_JAVASCRIPTCORE = 'Structure'

/** By what the file holds. */
export const engineOf = memoize((snapshot: Snapshot): Engine => {
  const {nodeCount, nodeKind, nodeName, strings} = snapshot
  const foreign = foreignByKinds(snapshot.header)
  if (foreign !== undefined) return foreign
  const hermes = strings.setOf(...ROOTS_OF_HERMES)
  const shapes = strings.setOf(SHAPE_OF_JAVASCRIPTCORE)
  if (hermes.size + shapes.size === 0) return 'V8'
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] === NodeKind.synthetic && hermes.has(nodeName[node])) return 'Hermes'
    if (nodeKind[node] === NodeKind['object shape'] && shapes.has(nodeName[node])) return 'JavaScriptCore'
  }
  return 'V8'
})

/**
 * By the header and the first node. V8 writes the root first, and its empty name is string 1, since string 0 is `<dummy>`
 * (`StringsStorage`, `HeapSnapshotJSONSerializer`); Bun and Hermes begin with string 0. `rootName`: that index, if it is known.
 */
export function engineOfHeader(header: Header, rootName: number | undefined): Engine {
  const foreign = foreignByKinds(header)
  if (foreign !== undefined) return foreign
  if (rootName !== 0) return 'V8'
  // Either copies the header of a V8 of its time.
  return fileKinds(header).includes('object shape') ? 'JavaScriptCore' : 'Hermes'
}

function foreignByKinds(header: Header): Engine | undefined {
  const kinds = fileKinds(header)
  if (kinds.some(kind => kind.startsWith('jl_'))) return 'Julia'
  return KINDS_OF_V8.every(kind => kinds.includes(kind)) ? undefined : 'other'
}

/** Kinds of nodes that the file itself declares. */
function fileKinds({schema}: Header): string[] {
  return Array.from(new Set(schema.nodeKindOfRaw), kind => schema.nodeKinds[kind])
}

/** Whether ids of one process mean the same objects in all its snapshots. JavaScriptCore and Julia number objects anew in each. */
export function keepsIds(snapshot: Snapshot): boolean {
  const engine = engineOf(snapshot)
  return engine === 'V8' || engine === 'Hermes'
}
