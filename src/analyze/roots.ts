/** Where retaining begins. */
import {NodeKind} from '../snapshot/schema.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {oncePer} from '../util/memo.ts'

/**
 * The user roots, as DevTools has them (`JSHeapSnapshotNode.isUserRoot`): children of the root that are not synthetic,
 * or the synthetic `(Document DOM trees)`: global objects, mostly. Files since V8 14.9 have none. In the order of the root's edges.
 */
export const userRoots = oncePer((snapshot: Snapshot): Uint32Array => {
  const {root, firstEdge, edgeTarget, nodeKind, nodeName, strings} = snapshot
  const found = new Set<number>()
  for (let edge = firstEdge[root]; edge < firstEdge[root + 1]; edge++) {
    const node = edgeTarget[edge]
    const isUserRoot = nodeKind[node] !== NodeKind.synthetic || strings.get(nodeName[node]) === '(Document DOM trees)'
    if (isUserRoot) found.add(node)
  }
  return Uint32Array.from(found)
})

/** Nodes beyond which nobody asks who holds them: synthetic nodes and the user roots. */
export const rootNodes = oncePer((snapshot: Snapshot): BitSet => {
  const {nodeCount, nodeKind, root} = snapshot
  const roots = new BitSet(nodeCount)
  for (let node = 0; node < nodeCount; node++) if (nodeKind[node] === NodeKind.synthetic) roots.add(node)
  roots.add(root)
  for (const node of userRoots(snapshot)) roots.add(node)
  return roots
})
