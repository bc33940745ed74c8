/** What is said where a file cannot tell who holds an object. */
import {lacksEdges, unreachedShare} from '../../analyze/graph/wholeness.ts'
import {type Engine, engineOf} from '../../snapshot/columns/engine.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'

/** What else is known of files of an engine. */
const KNOWN: Partial<Record<Engine, string>> = {
  JavaScriptCore: '; JavaScriptCore (Bun) leaves out the entries of Maps and Sets',
  Julia: '; Julia writes few of its edges',
}

/** Of objects that no root leads to: `held by nothing: …`. */
export function unheldWords(snapshot: Snapshot): string {
  if (!lacksEdges(snapshot)) return 'held by nothing: garbage, or held weakly only'
  return `held by something that is not in this file: ${lackWords(snapshot)}`
}

/** Under an answer that looks at the whole heap; undefined for a file that has its edges. */
export function lackSentence(snapshot: Snapshot): string | undefined {
  return lacksEdges(snapshot)
    ? `this file does not say who holds all of its objects: ${lackWords(snapshot)}`
    : undefined
}

function lackWords(snapshot: Snapshot): string {
  const share = Math.round(100 * unreachedShare(snapshot))
  return `no root leads to ${share} % of its nodes${KNOWN[engineOf(snapshot)] ?? ''}`
}
