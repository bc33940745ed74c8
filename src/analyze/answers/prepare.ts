/** Everything that an index can save, computed at once. */
import {scriptNames} from '../../snapshot/code/places.ts'
import {prepareScopes} from '../../snapshot/code/scopes.ts'
import {scriptFacts} from '../../snapshot/code/script-urls.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {retainingEdges} from '../facts/edge-policy.ts'
import {offHeap, typeOffHeap} from '../facts/off-heap.ts'
import {selfSizes} from '../facts/self-sizes.ts'
import {computeAhead} from '../graph/ahead.ts'
import {distances} from '../graph/distances.ts'
import {keepingTreeOfTables} from '../graph/dominance.ts'
import {dominatedNodes, dominatorTree, keptTree, retainedSizes} from '../graph/dominators.ts'
import {typeRetained, typeSums} from '../graph/group-sums.ts'
import {markingTree} from '../graph/reachable.ts'
import {namedPaths} from '../owners/named-paths.ts'

/** Computes all that is derived from a snapshot, or has it read from its index. */
export function prepare(snapshot: Snapshot): void {
  computeAhead(snapshot, ['types', 'selfSizes', 'distances', 'typeSums', 'offHeap', 'typeOffHeap', 'scripts'])
  void [dominatorTree(snapshot).dominator, keptTree(snapshot).dominator]
  void [snapshot.retainers.first, snapshot.types, snapshot.ephemerons, snapshot.detachedness]
  scriptNames(snapshot)
  scriptFacts(snapshot)
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
  namedPaths(snapshot)
  markingTree(snapshot)
  keepingTreeOfTables(snapshot)
}
