/** Self sizes as DevTools shows them: those of V8's private parts are moved to the object they belong to. */

import {DETACHED} from '../../snapshot/columns/detachedness.ts'
import {savedColumn} from '../../snapshot/columns/saved.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {GrowableUint32} from '../../util/growable.ts'
import type {NumberArray} from '../../util/number-column.ts'
import {borrowWords, giveBack} from '../../util/scratch.ts'
import {sharedCopy} from '../../util/shared.ts'
import {MAX_UINT32} from '../../util/uint32.ts'
import {userRoots} from './roots.ts'

/** `devtools`: with private parts moved to their owner; `raw`: as the file has them. */
export type SizeModel = 'devtools' | 'raw'

const UNVISITED = MAX_UINT32
const SEVERAL = MAX_UINT32 - 1

export function selfSizes(snapshot: Snapshot, model: SizeModel): NumberArray {
  return model === 'raw' ? snapshot.nodeSelfBytes : movedSizes(snapshot)
}

/**
 * n sizes in bytes (`JSHeapSnapshot.calculateShallowSizes`): a hidden node, an array or the text of an external string that
 * only one other node reaches, through such nodes alone, counts as that node's, and as 0 itself. Nothing is moved in files
 * without user roots, nor to synthetic nodes.
 */
const movedSizes = savedColumn('selfSizes', (snapshot: Snapshot): NumberArray => {
  if (userRoots(snapshot).length === 0) return snapshot.nodeSelfBytes
  const {nodeCount, nodeKind, root} = snapshot
  const owners = findOwners(snapshot)
  // Sums may pass 32 bits where no single size does.
  let sizes: NumberArray = sharedCopy(snapshot.nodeSelfBytes)
  for (let node = 0; node < nodeCount; node++) {
    const owner = owners[node]
    if (owner === UNVISITED || owner === SEVERAL || owner === node) continue
    if (owner === root || nodeKind[owner] === NodeKind.synthetic) continue
    const sum = sizes[owner] + sizes[node]
    if (sum > MAX_UINT32 && sizes instanceof Uint32Array) sizes = Float64Array.from(sizes)
    sizes[owner] = sum
    sizes[node] = 0
  }
  giveBack(owners)
  return sizes
})

/** Uint32Array(n): the only owner of each private part, itself for all other nodes; UNVISITED or SEVERAL. */
function findOwners(snapshot: Snapshot): Uint32Array {
  const {nodeCount, nodeKind, nodeName, strings, firstEdge, edgeKind, edgeTarget} = snapshot
  const externalText = strings.setOf('system / ExternalStringData')
  // For DevTools a detached node has another name: `Detached …`.
  const isExternalText = (node: number) => externalText.has(nodeName[node]) && snapshot.detachedness[node] !== DETACHED
  const owners = borrowWords(nodeCount)
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]
    const isPart =
      kind === NodeKind.hidden || kind === NodeKind.array || (kind === NodeKind.native && isExternalText(node))
    owners[node] = isPart ? UNVISITED : node
  }
  const waiting = new GrowableUint32()
  // A part may be met before all its owners are known; it is met again when that changes, so that the order does not matter.
  for (let start = 0; start < nodeCount; start++) {
    if (owners[start] !== start) continue
    for (let node: number | undefined = start; node !== undefined; node = waiting.pop()) {
      const owner = owners[node]
      const end = firstEdge[node + 1]
      for (let edge = firstEdge[node]; edge < end; edge++) {
        const target = edgeTarget[edge]
        const known = owners[target]
        if (known === target || known === owner || known === SEVERAL || edgeKind[edge] === EdgeKind.weak) continue
        owners[target] = known === UNVISITED ? owner : SEVERAL
        waiting.push(target)
      }
    }
  }
  return owners
}
