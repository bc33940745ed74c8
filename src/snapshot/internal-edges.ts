/** A node's edges by name. */
import {getOrMake, oncePer} from '../util/memo.ts'
import {EdgeKind} from './schema.ts'
import type {Snapshot} from './snapshot.ts'

/** Indexes of the strings that are a name; each name is looked up once. */
export function indexesOfName(snapshot: Snapshot, name: string): readonly number[] {
  return getOrMake(knownNames(snapshot), name, () => snapshot.strings.indexesOf(name))
}

const knownNames = oncePer((_: Snapshot) => new Map<string, readonly number[]>())

/** Where the first edge of a kind that has names leads from a node by a certain name; -1 if it has none. */
const targetsOfKind = (kind: number) =>
  oncePer((snapshot: Snapshot): ((node: number, name: string) => number) => {
    const {edgeKind, edgeName, edgeTarget, firstEdge} = snapshot
    // Asked for millions of times, by some names.
    const names = knownNames(snapshot)
    return (node, name) => {
      const wanted = names.get(name) ?? indexesOfName(snapshot, name)
      const end = firstEdge[node + 1]
      if (wanted.length === 1) {
        const [index] = wanted
        for (let edge = firstEdge[node]; edge < end; edge++) {
          if (edgeName[edge] === index && edgeKind[edge] === kind) return edgeTarget[edge]
        }
        return -1
      }
      for (let edge = firstEdge[node]; edge < end && wanted.length > 0; edge++) {
        if (edgeKind[edge] === kind && wanted.includes(edgeName[edge])) return edgeTarget[edge]
      }
      return -1
    }
  })

/** Where a node's internal edge of a certain name leads; -1 if it has none. */
export const internalTargets = targetsOfKind(EdgeKind.internal)

const propertyTargets = targetsOfKind(EdgeKind.property)

/** Where the property leads; -1 if there is none. */
export function propertyTarget(snapshot: Snapshot, node: number, name: string): number {
  return propertyTargets(snapshot)(node, name)
}
