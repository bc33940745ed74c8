/** The ids of a snapshot in order: what is kept of it to tell, once it is gone, which objects of another one it had. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {ascendingOrder} from '../../util/ascending-order.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {type NumberArray, narrowed} from '../../util/number-column.ts'

export interface IdColumn {
  /** A number for each member, ascending. */
  ids: NumberArray
  /** Uint32Array(members): their ordinals. */
  nodes: Uint32Array
}

/** The nodes of a snapshot that are meant, ascending by id. */
export function idsAscending(snapshot: Snapshot, isMeant: (node: number) => boolean): IdColumn {
  const {nodeCount, nodeId} = snapshot
  const members = new GrowableUint32()
  let largest = 0
  for (let node = 0; node < nodeCount; node++) {
    if (!isMeant(node)) continue
    members.push(node)
    if (nodeId[node] > largest) largest = nodeId[node]
  }
  const nodes = members.view()
  const sorted =
    largest < 2 ** 32
      ? ascendingOrder(Uint32Array.from(nodes, node => nodeId[node])).map(place => nodes[place])
      : nodes.slice().sort((a, b) => nodeId[a] - nodeId[b])
  return {ids: narrowed(sorted, node => nodeId[node], largest), nodes: sorted}
}

/** The ordinals of the nodes with an id, ascending: one in V8's files, but ids of others' may be used twice; none if no node has it. */
export function nodesOfId({nodeId}: Pick<Snapshot, 'nodeId'>, id: number): Uint32Array {
  const found = new GrowableUint32()
  for (let node = nodeId.indexOf(id); node >= 0; node = nodeId.indexOf(id, node + 1)) found.push(node)
  return found.view()
}
