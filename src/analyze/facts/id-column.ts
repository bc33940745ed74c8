/** The ids of a snapshot in order: what is kept of it to tell, once it is gone, which objects of another one it had. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {ascendingOrder} from '../../util/ascending-order.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {memoize} from '../../util/memo.ts'
import type {NumberArray} from '../../util/number-column.ts'

export interface IdColumn {
  /** A number for each member, ascending. */
  ids: NumberArray
  /** Uint32Array(members): their ordinals. */
  nodes: Uint32Array
}

/** Uint32Array(n): all nodes, ascending by id; sorted once, since growth asks for several parts of it. */
const nodesById = memoize(({nodeId}: Snapshot): Uint32Array => {
  if (nodeId instanceof Uint32Array) return ascendingOrder(nodeId)
  return Uint32Array.from(nodeId, (_, node) => node).sort((a, b) => nodeId[a] - nodeId[b])
})

/** The nodes of a snapshot that are meant, ascending by id. */
export function idsAscending(snapshot: Snapshot, isMeant: (node: number) => boolean): IdColumn {
  const {nodeCount, nodeId} = snapshot
  const sorted = nodesById(snapshot)
  const nodes = new Uint32Array(nodeCount)
  let count = 0
  for (let i = 0; i < nodeCount; i++) if (isMeant(sorted[i])) nodes[count++] = sorted[i]
  const ids = nodeId instanceof Uint32Array ? new Uint32Array(count) : new Float64Array(count)
  for (let i = 0; i < count; i++) ids[i] = nodeId[nodes[i]]
  return {ids, nodes: nodes.slice(0, count)}
}

/** The ordinals of the nodes with an id, ascending: one in V8's files, but ids of others' may be used twice; none if no node has it. */
export function nodesOfId({nodeId}: Pick<Snapshot, 'nodeId'>, id: number): Uint32Array {
  const found = new GrowableUint32()
  for (let node = nodeId.indexOf(id); node >= 0; node = nodeId.indexOf(id, node + 1)) found.push(node)
  return found.view()
}
