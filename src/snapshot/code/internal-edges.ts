/** A node's edges by name. */
import type {Members} from '../../util/index-set.ts'
import {getOrMake, oncePer} from '../../util/memo.ts'
import {EdgeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'

/** The strings that are a name, and the first of them; each name is looked up once. */
const stringsOfNames = oncePer(({strings}: Snapshot): ((name: string) => Members & {first: number}) => {
  const known = new Map<string, Members & {first: number}>()
  return name => getOrMake(known, name, () => ({...strings.setOf(name), first: strings.indexesOf(name)[0] ?? -1}))
})

/** Where the first edge of a kind that has names leads from a node by a certain name; -1 if it has none. */
const targetsOfKind = (kind: number) =>
  oncePer((snapshot: Snapshot): ((node: number, name: string) => number) => {
    const {edgeKind, edgeName, edgeTarget, firstEdge} = snapshot
    const stringsOf = stringsOfNames(snapshot)
    return (node, name) => {
      const wanted = stringsOf(name)
      const end = firstEdge[node + 1]
      if (wanted.size === 1) {
        const index = wanted.first
        for (let edge = firstEdge[node]; edge < end; edge++) {
          if (edgeName[edge] === index && edgeKind[edge] === kind) return edgeTarget[edge]
        }
        return -1
      }
      for (let edge = firstEdge[node]; edge < end && wanted.size > 0; edge++) {
        if (edgeKind[edge] === kind && wanted.has(edgeName[edge])) return edgeTarget[edge]
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
