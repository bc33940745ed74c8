/** Whether snapshots are given in the order in which they were taken. */

import {idsAscending} from '../../analyze/facts/id-column.ts'
import {type KnownObjects, knownObjects} from '../../analyze/facts/known-objects.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {NumberArray} from '../../util/number-column.ts'

/** What a snapshot says of the order in which objects came to be. */
export interface DealtIds extends KnownObjects {
  /** The largest id of an object of JavaScript's. */
  newest: number
}

export function dealtIds(snapshot: Snapshot): DealtIds {
  return {...knownObjects(snapshot), newest: newestObject(snapshot)}
}

function newestObject({nodeCount, nodeId, nodeKind}: Snapshot): number {
  let newest = 0
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] === NodeKind.object && nodeId[node] > newest) newest = nodeId[node]
  }
  return newest
}

/** Fewer objects than this tell no order. */
const MIN_TELLING = 10

/**
 * V8 deals ids out in order (`HeapObjectsMap`, heap-snapshot-generator.cc): what a snapshot has and the one before it has not is
 * younger than all of that one's, unless it was taken earlier.
 */
export function orderOf(samples: readonly DealtIds[], last: Snapshot): string[] {
  const ids = [...samples.slice(1).map(({ids}) => ids), idsAscending(last, () => true).ids]
  return samples.every((sample, i) => isBefore(sample, ids[i]))
    ? []
    : ['the snapshots are not in the order in which they were taken: give the oldest first']
}

/** Whether what has these ids, ascending, may be younger than what was taken. Even ids are of things outside of V8's heap, and in no order. */
function isBefore({ids, newest}: DealtIds, later: NumberArray): boolean {
  let added = 0
  let older = 0
  for (let i = 0, at = 0; i < later.length; i++) {
    while (at < ids.length && ids[at] < later[i]) at++
    if (later[i] % 2 === 0 || (at < ids.length && ids[at] === later[i])) continue
    added++
    if (later[i] < newest) older++
  }
  return added < MIN_TELLING || older < added / 2
}
