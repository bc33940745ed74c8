/** What a chain passes: nodes by type, id or expression, and edges by name, all in one word. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {edgeNamePredicate, select, selectorOf} from '../select/select.ts'
import {isWhere} from '../select/where-parser.ts'

export interface Waypoint {
  nodes: BitSet
  isEdge(edge: number): boolean
}

/**
 * What any of `patterns` means: `@id`, an expression (docs/where.md), or a name, exact or as `/regex/`, of a type or an edge.
 * Throws USAGE for an expression that cannot be read.
 */
export function waypoint(snapshot: Snapshot, patterns: readonly string[]): Waypoint {
  const nodes = new BitSet(snapshot.nodeCount)
  const isNamed: ((edge: number) => boolean)[] = []
  for (const pattern of patterns) {
    for (const node of select(snapshot, selectorOf(pattern)).nodes) nodes.add(node)
    if (!isWhere(pattern) && !/^@\d+$/.test(pattern)) isNamed.push(edgeNamePredicate(snapshot, pattern))
  }
  return {nodes, isEdge: edge => isNamed.some(isMeant => isMeant(edge))}
}
