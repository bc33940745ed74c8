/** The edges that reference cycles are looked for along. */
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {retainingEdges} from '../facts/edge-policy.ts'
import {userRoots} from '../facts/roots.ts'

/** The retaining edges and, since a cycle may be of one, those from a node to itself. */
export function withSelfEdges(snapshot: Snapshot): BitSet {
  const {edgeKind, edgeTarget, firstEdge, nodeCount} = snapshot
  const edges = retainingEdges(snapshot).copy()
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeTarget[edge] === node && edgeKind[edge] !== EdgeKind.weak) edges.add(edge)
    }
  }
  return edges
}

/** Names of what every object or function has: along them everything reaches everything. A property `map` is people's own. */
const PLUMBING_PROPERTIES = ['__proto__', 'constructor', 'prototype']
const PLUMBING_SLOTS = [...PLUMBING_PROPERTIES, 'map', 'native_context', 'initial_map', 'global_proxy']
/** Nodes that are V8's own bookkeeping, or hold all there is. */
const PLUMBING_KINDS = new Set([
  NodeKind.hidden,
  NodeKind.code,
  NodeKind['object shape'],
  NodeKind.synthetic,
  NodeKind['wasm object'],
])

/** The same without what V8 adds to every object, and what is its own. */
export function withoutInternals(snapshot: Snapshot): BitSet {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeCount, strings} = snapshot
  const edges = withSelfEdges(snapshot)
  const isInternals = internalNodes(snapshot)
  const properties = strings.setOf(...PLUMBING_PROPERTIES)
  const slots = strings.setOf(...PLUMBING_SLOTS)
  for (let node = 0; node < nodeCount; node++) {
    const whole = isInternals.has(node)
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const kind = edgeKind[edge]
      const named =
        (kind === EdgeKind.property && properties.has(edgeName[edge])) ||
        (kind === EdgeKind.internal && slots.has(edgeName[edge]))
      if (whole || named || isInternals.has(edgeTarget[edge])) edges.delete(edge)
    }
  }
  return edges
}

function internalNodes(snapshot: Snapshot): BitSet {
  const {nodeCount, nodeKind, nodeName, strings} = snapshot
  const proxy = strings.setOf('system / JSProxy')
  // Since V8 14.9 what used to be hidden is native.
  const isSystem = new Uint8Array(strings.count)
  const nodes = new BitSet(nodeCount)
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]
    const name = nodeName[node]
    if (kind === NodeKind.native && isSystem[name] === 0) {
      isSystem[name] = strings.get(name).startsWith('system / ') ? 2 : 1
    }
    const hidden = PLUMBING_KINDS.has(kind) || (kind === NodeKind.native && isSystem[name] === 2)
    if (hidden && !proxy.has(name)) nodes.add(node)
  }
  for (const node of userRoots(snapshot)) nodes.add(node)
  return nodes
}
