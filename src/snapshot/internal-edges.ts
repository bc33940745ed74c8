/** V8's own slots by name. */
import {EdgeKind} from './schema.ts'
import type {Snapshot} from './snapshot.ts'

/** Where a node's internal edge of a certain name leads; -1 if it has none. */
export function internalTargets({
  edgeKind,
  edgeName,
  edgeTarget,
  firstEdge,
  strings,
}: Snapshot): (node: number, name: string) => number {
  const indexes = new Map<string, number[]>()
  return (node, name) => {
    let wanted = indexes.get(name)
    if (wanted === undefined) {
      wanted = strings.indexesOf(name)
      indexes.set(name, wanted)
    }
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.internal && wanted.includes(edgeName[edge])) return edgeTarget[edge]
    }
    return -1
  }
}
