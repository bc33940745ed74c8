/** Where instances of modules that were run several times hang: test runners and hot reloading run a script anew and anew. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {roles} from '../facts/roles.ts'
import {type KeepingTree, keepingTreeOfTables} from '../graph/dominance.ts'
import {bottlenecks} from './bottlenecks.ts'
import {gatheredAt} from './gathered.ts'

export interface InstancesPlace {
  /** Ordinal of the node that dominates them by `by`. */
  node: number
  by: KeepingTree
  has(node: number): boolean
}

/** The places from which instances hang that have a tenth or more of the objects, those with most first. Linear in the nodes. */
export function placesOfInstances(snapshot: Snapshot, nodes: Uint32Array): InstancesPlace[] {
  if (!roles(snapshot).hasRepeated) return []
  const by = keepingTreeOfTables(snapshot)
  return bottlenecks(snapshot, nodes, new BitSet(snapshot.nodeCount), by)
    .filter(place => place.hasInstances && gatheredAt(snapshot, place) !== undefined)
    .map(({node}) => ({node, by, has: below => by.dominates(node, below)}))
}
