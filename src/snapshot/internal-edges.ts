/** A node's edges by name. */
import type {Members} from '../util/index-set.ts'
import {getOrMake, oncePer} from '../util/memo.ts'
import {EdgeKind} from './schema.ts'
import type {Snapshot} from './snapshot.ts'

/** Where a node's internal edge of a certain name leads; -1 if it has none. Each name is looked up once. */
export const internalTargets = oncePer(
  ({edgeKind, edgeName, edgeTarget, firstEdge, strings}: Snapshot): ((node: number, name: string) => number) => {
    const indexes = new Map<string, Members>()
    return (node, name) => {
      const wanted = getOrMake(indexes, name, () => strings.setOf(name))
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
        if (edgeKind[edge] === EdgeKind.internal && wanted.has(edgeName[edge])) return edgeTarget[edge]
      }
      return -1
    }
  },
)

/** The first edge of a node with that name, of a kind that has names; -1 if there is none. */
function edgeNamed(
  {edgeKind, edgeName, firstEdge, strings}: Snapshot,
  node: number,
  kind: number,
  name: string,
): number {
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] === kind && strings.get(edgeName[edge]) === name) return edge
  }
  return -1
}

/** Where the property leads; -1 if there is none. */
export function propertyTarget(snapshot: Snapshot, node: number, name: string): number {
  const edge = edgeNamed(snapshot, node, EdgeKind.property, name)
  return edge < 0 ? -1 : snapshot.edgeTarget[edge]
}
