/** Everything that an index can save, computed at once. */
import {scriptClosures} from '../../snapshot/code/declarations.ts'
import {moduleExports} from '../../snapshot/code/module-exports.ts'
import {scriptNames} from '../../snapshot/code/places.ts'
import {prepareScopes} from '../../snapshot/code/scopes.ts'
import {placesOfFunctions} from '../../snapshot/code/script-lines.ts'
import {scriptFacts} from '../../snapshot/code/script-urls.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {prepareVariables} from '../facts/cut-variables.ts'
import {holdingEdges, retainingEdges} from '../facts/edge-policy.ts'
import {offHeap, typeOffHeap} from '../facts/off-heap.ts'
import {globalObjects, rootNodes} from '../facts/roots.ts'
import {selfSizes} from '../facts/self-sizes.ts'
import {templateObjects} from '../facts/templates.ts'
import {computeAhead} from '../graph/ahead.ts'
import {heldDepth} from '../graph/bfs-depth.ts'
import {distances} from '../graph/distances.ts'
import {keepingTreeOfTables} from '../graph/dominance.ts'
import {dominatedNodes, dominatorTree, keptSizes, keptTree, retainedSizes} from '../graph/dominators.ts'
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
  holdingEdges(snapshot)
  prepareVariables(snapshot)
  moduleExports(snapshot)
  scriptClosures(snapshot)
  placesOfFunctions(snapshot)
  globalObjects(snapshot)
  rootNodes(snapshot)
  templateObjects(snapshot)
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
  heldDepth(snapshot)
  keptSizes(snapshot)
  keepingTreeOfTables(snapshot)
}
