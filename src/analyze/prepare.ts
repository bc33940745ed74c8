/** Everything that an index can save, computed at once. */
import {scriptNames} from '../snapshot/places.ts'
import {prepareScopes} from '../snapshot/scopes.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {distances} from './distances.ts'
import {dominatedNodes, dominatorTree, retainedSizes} from './dominators.ts'
import {retainingEdges} from './edge-policy.ts'
import {selfSizes} from './self-sizes.ts'

/** Computes all that is derived from a snapshot, or has it read from its index. */
export function prepare(snapshot: Snapshot): void {
  void [snapshot.retainers.first, snapshot.types, snapshot.ephemerons, snapshot.detachedness]
  scriptNames(snapshot)
  prepareScopes(snapshot)
  distances(snapshot)
  retainingEdges(snapshot)
  void [dominatorTree(snapshot).dominator, dominatedNodes(snapshot).first]
  for (const model of ['devtools', 'raw'] as const) {
    selfSizes(snapshot, model)
    retainedSizes(snapshot, model)
  }
}
