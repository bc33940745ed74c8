/** Everything that an index can save, computed at once. */
import {scriptNames} from '../snapshot/places.ts'
import {prepareScopes} from '../snapshot/scopes.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {computeAhead} from './ahead.ts'
import {distances} from './distances.ts'
import {dominatedNodes, dominatorTree, retainedSizes} from './dominators.ts'
import {retainingEdges} from './edge-policy.ts'
import {typeRetained, typeSums} from './group-sums.ts'
import {namedWays} from './named-ways.ts'
import {offHeap, typeOffHeap} from './off-heap.ts'
import {selfSizes} from './self-sizes.ts'

/** Computes all that is derived from a snapshot, or has it read from its index. */
export function prepare(snapshot: Snapshot): void {
  computeAhead(snapshot, ['types', 'selfSizes', 'distances', 'typeSums', 'offHeap', 'typeOffHeap', 'scripts'])
  void dominatorTree(snapshot).dominator
  void [snapshot.retainers.first, snapshot.types, snapshot.ephemerons, snapshot.detachedness]
  scriptNames(snapshot)
  prepareScopes(snapshot)
  distances(snapshot)
  retainingEdges(snapshot)
  void dominatedNodes(snapshot).first
  offHeap(snapshot)
  typeOffHeap(snapshot)
  for (const model of ['devtools', 'raw'] as const) {
    selfSizes(snapshot, model)
    retainedSizes(snapshot, model)
  }
  typeSums(snapshot)
  typeRetained(snapshot)
  namedWays(snapshot)
}
