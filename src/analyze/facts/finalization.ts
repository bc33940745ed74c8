/**
 * What FinalizationRegistries hold. V8 keeps a WeakCell for each registration, in a list that the registry leads to: weak is the object
 * watched, strong what the callback is to be given. Once the object is gone and the callback has run, the cell is taken out
 * (`JSFinalizationRegistry::PopClearedCellHoldings`, src/objects/js-weak-refs-inl.h).
 */
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {memoize} from '../../util/memo.ts'

export interface WeakTargets {
  /** Ordinals, ascending: of those whose target is in the file. */
  holders: Uint32Array
  /** What each is weak to. */
  targets: Uint32Array
}

/** Cells, by what they watch. Empty for files of V8 before 10, which do not mark what is weak. */
export const watchedByCells = memoize(
  (snapshot: Snapshot): WeakTargets => weakTargets(snapshot, NodeKind.hidden, 'system / WeakCell', 'target'),
)

/** Cells, by the token that takes them out: `unregister(token)`. */
export const tokensOfCells = memoize(
  (snapshot: Snapshot): WeakTargets => weakTargets(snapshot, NodeKind.hidden, 'system / WeakCell', 'unregister_token'),
)

/** WeakRefs, by what they refer to. */
export const watchedByRefs = memoize(
  (snapshot: Snapshot): WeakTargets => weakTargets(snapshot, NodeKind.object, 'WeakRef', 'target'),
)

function weakTargets(snapshot: Snapshot, kind: number, name: string, slot: string): WeakTargets {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeCount, nodeKind, nodeName, strings} = snapshot
  const holders = new GrowableUint32()
  const targets = new GrowableUint32()
  const type = strings.setOf(name)
  const named = strings.setOf(slot)
  for (let node = 0; node < nodeCount && type.size > 0; node++) {
    if (nodeKind[node] !== kind || !type.has(nodeName[node])) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.weak || !named.has(edgeName[edge])) continue
      holders.push(node)
      targets.push(edgeTarget[edge])
      break
    }
  }
  return {holders: holders.view(), targets: targets.view()}
}
