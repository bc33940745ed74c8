/** What holds something, in words, whether a variable, a property or an export has it. */
import {exportName, scriptOf} from '../../analyze/facts/cut-variables.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {describeHolder, type Holder} from './holder.ts'

/** `export drafts`, and else as `describeHolder` has it. */
export function describePathHolder(snapshot: Snapshot, edge: number): Holder {
  const name = exportName(snapshot, edge)
  if (name === undefined) return describeHolder(snapshot, edge)
  return {
    id: snapshot.nodeId[sourceOf(snapshot.firstEdge, edge)],
    text: `export ${name}`,
    place: scriptOf(snapshot, edge),
  }
}
