/** Where retaining begins. */

import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import {nodesThat} from '../../snapshot/code/nodes.ts'
import {nativeContextTest} from '../../snapshot/code/scopes.ts'
import {isText} from '../../snapshot/code/text.ts'
import {savedColumn} from '../../snapshot/columns/saved.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {memoize} from '../../util/memo.ts'

/**
 * The user roots, as DevTools has them (`JSHeapSnapshotNode.isUserRoot`): children of the root that are not synthetic,
 * or the synthetic `(Document DOM trees)`: global objects, mostly. Files since V8 14.9 have none. In the order of the root's edges.
 */
export const userRoots = memoize((snapshot: Snapshot): Uint32Array => {
  const {root, firstEdge, edgeTarget, nodeKind, nodeName, strings} = snapshot
  const found = new Set<number>()
  for (let edge = firstEdge[root]; edge < firstEdge[root + 1]; edge++) {
    const node = edgeTarget[edge]
    const isUserRoot = nodeKind[node] !== NodeKind.synthetic || strings.get(nodeName[node]) === '(Document DOM trees)'
    if (isUserRoot) found.add(node)
  }
  return Uint32Array.from(found)
})

const GLOBAL_KINDS = new Set<number>([NodeKind.object, NodeKind.native])

/**
 * Global objects: the user roots, and what V8's native contexts have as their own, since files from V8 14.9 on
 * have no user roots (`Context::global_object`, contexts.h). By ordinal, ascending.
 */
export const globalObjects = savedColumn('global objects', (snapshot: Snapshot): Uint32Array => {
  const {nodeCount, nodeKind, nodeName} = snapshot
  const found = new Set<number>(userRoots(snapshot).filter(node => nodeKind[node] !== NodeKind.synthetic))
  const isContext = nativeContextTest(snapshot)
  const target = internalTargets(snapshot)
  for (let node = 0; node < nodeCount; node++) {
    if (isText(snapshot, node) || !isContext(nodeName[node])) continue
    for (const slot of ['global_object', 'global_proxy_object', 'extension']) {
      const global = target(node, slot)
      if (global >= 0 && GLOBAL_KINDS.has(nodeKind[global])) found.add(global)
    }
  }
  if (found.size === 0) for (const node of selfNamedGlobals(snapshot)) found.add(node)
  return Uint32Array.from(found).sort()
})

/**
 * Objects whose property `globalThis` is the object itself, as only that of a global object is (ECMA-262, "globalThis"): how files of
 * engines that name neither contexts nor user roots can tell (Hermes).
 */
function selfNamedGlobals({
  nodeCount,
  nodeKind,
  firstEdge,
  edgeKind,
  edgeName,
  edgeTarget,
  strings,
}: Snapshot): number[] {
  const names = strings.setOf('globalThis')
  const found: number[] = []
  if (names.size === 0) return found
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeTarget[edge] !== node || edgeKind[edge] !== EdgeKind.property || !names.has(edgeName[edge])) continue
      found.push(node)
      break
    }
  }
  return found
}

/**
 * Where paths begin if they can: the user roots, and the global objects of those that are V8's native contexts, which stand below the
 * root itself in files from V8 14.9 on.
 */
export const pathRoots = memoize((snapshot: Snapshot): Uint32Array => {
  const found = new Set<number>(userRoots(snapshot))
  const isContext = nativeContextTest(snapshot)
  const target = internalTargets(snapshot)
  for (const node of userRoots(snapshot)) {
    if (!isContext(snapshot.nodeName[node])) continue
    for (const slot of ['global_object', 'global_proxy_object']) {
      const global = target(node, slot)
      if (global >= 0 && GLOBAL_KINDS.has(snapshot.nodeKind[global])) found.add(global)
    }
  }
  return Uint32Array.from(found)
})

/** Nodes that V8 has no object for, ascending. */
const syntheticNodes = savedColumn('synthetic nodes', (snapshot: Snapshot): Uint32Array => {
  const {nodeKind} = snapshot
  return nodesThat(snapshot, node => nodeKind[node] === NodeKind.synthetic)
})

/** Nodes beyond which nobody asks who holds them: synthetic nodes and the roots of paths. */
export const rootNodes = memoize((snapshot: Snapshot): BitSet => {
  const roots = BitSet.of(snapshot.nodeCount, syntheticNodes(snapshot))
  roots.add(snapshot.root)
  for (const node of pathRoots(snapshot)) roots.add(node)
  return roots
})
