/** A node's edges by name. */
import type {Members} from '../../util/index-set.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {EdgeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'

export interface NameStrings extends Members {
  /** The lowest; -1 if the heap has no such name. */
  first: number
}

/** The strings that are a name; each name is looked up once. */
export function stringsOfName(snapshot: Snapshot, name: string): NameStrings {
  const {strings} = snapshot
  return getOrMake(knownNames(snapshot), name, () => {
    const found = strings.setOf(name)
    return {size: found.size, has: index => found.has(index), first: strings.indexesOf(name)[0] ?? -1}
  })
}

const knownNames = memoize((_: Snapshot) => new Map<string, NameStrings>())

/** Where the first edge of a kind that has names leads from a node by a certain name; -1 if it has none. */
const targetsOfKind = (kind: number) =>
  memoize((snapshot: Snapshot): ((node: number, name: string) => number) => {
    const {edgeKind, edgeName, edgeTarget, firstEdge} = snapshot
    // Asked millions of times, of a few names.
    const names = knownNames(snapshot)
    return (node, name) => {
      const wanted = names.get(name) ?? stringsOfName(snapshot, name)
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
