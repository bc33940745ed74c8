/** What holds something, in words a person finds in the code. */

import {sourceOf} from '../snapshot/retainers.ts'
import {EdgeKind, NodeKind} from '../snapshot/schema.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {describe} from './describe.ts'
import {edgeLabel} from './edge-label.ts'

export interface Holder {
  id: number
  /** `scope var panel of reopen()`, `.panel of PanelCache`. */
  text: string
  /** Line of code of the function or of the object's constructor; '' if the file does not say. */
  place: string
}

/** The holder of an edge's target. A scope is told by a function written in it, since scopes have no names. */
export function describeHolder(snapshot: Snapshot, edge: number): Holder {
  const source = sourceOf(snapshot.firstEdge, edge)
  const owner = isScope(snapshot, source) ? (functionIn(snapshot, source) ?? source) : source
  const {id} = describe(snapshot, source)
  const {type, preview, place, kind} = describe(snapshot, owner)
  return {id, text: `${edgeLabel(snapshot, edge)} of ${kind === 'closure' ? preview : type}`, place}
}

/** V8 names scopes `system / Context`, in newer versions with more behind it. */
function isScope({nodeKind, nodeName, strings}: Snapshot, node: number): boolean {
  return nodeKind[node] === NodeKind.object && strings.get(nodeName[node]).startsWith('system / Context')
}

/** The closure with the smallest id whose `context` is the scope. */
function functionIn(
  {retainers, edgeKind, edgeName, nodeId, nodeKind, strings}: Snapshot,
  scope: number,
): number | undefined {
  let found: number | undefined
  for (let slot = retainers.first[scope]; slot < retainers.first[scope + 1]; slot++) {
    const source = retainers.source[slot]
    const edge = retainers.edge[slot]
    if (nodeKind[source] !== NodeKind.closure || edgeKind[edge] !== EdgeKind.internal) continue
    if (strings.get(edgeName[edge]) !== 'context') continue
    if (found === undefined || nodeId[source] < nodeId[found]) found = source
  }
  return found
}
