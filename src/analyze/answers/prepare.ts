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

/** One after the other: what several need comes first. */
const STEPS: readonly ((snapshot: Snapshot) => unknown)[] = [
  snapshot =>
    computeAhead(snapshot, ['types', 'selfSizes', 'distances', 'typeSums', 'offHeap', 'typeOffHeap', 'scripts']),
  snapshot => dominatorTree(snapshot).dominator,
  snapshot => keptTree(snapshot).dominator,
  ({retainers, types, ephemerons, detachedness}) => [retainers.first, types, ephemerons, detachedness],
  scriptNames,
  scriptFacts,
  prepareScopes,
  distances,
  retainingEdges,
  holdingEdges,
  prepareVariables,
  moduleExports,
  scriptClosures,
  placesOfFunctions,
  globalObjects,
  rootNodes,
  templateObjects,
  snapshot => dominatedNodes(snapshot).first,
  offHeap,
  typeOffHeap,
  ...(['devtools', 'raw'] as const).flatMap(model => [
    (snapshot: Snapshot) => selfSizes(snapshot, model),
    (snapshot: Snapshot) => retainedSizes(snapshot, model),
  ]),
  snapshot => typeSums(snapshot),
  typeRetained,
  namedPaths,
  markingTree,
  heldDepth,
  keptSizes,
  keepingTreeOfTables,
]

/** Computes all that is derived from a snapshot, or has it read from its index. */
export function prepare(snapshot: Snapshot): void {
  for (const step of STEPS) step(snapshot)
}

/** The same, as long as `goOn` says so, which is asked before each step. */
export async function prepareWhile(snapshot: Snapshot, goOn: () => Promise<boolean>): Promise<void> {
  for (const step of STEPS) {
    if (!(await goOn())) return
    step(snapshot)
  }
}
