/** Objects that could be one: of one shape, with the same values. */

import {isFlatText} from '../../snapshot/code/text.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {numberValue} from '../facts/property-value.ts'

export interface EqualObjects {
  /** Ordinals, ascending by id: two or more. */
  nodes: number[]
  /** Self size of each. */
  bytes: number
}

/** Objects with more values are no records. */
const MAX_VALUES = 64
/** Where numbers are not in the file, one equal value says little. */
const MIN_VALUES = 2

/**
 * Objects with a map in common whose properties all have equal values: the same object, equal texts, or equal numbers. `hasNumbers`:
 * whether the file has them; if not, objects that differ in small whole numbers only look equal, and other numbers look different.
 */
export function equalObjects(snapshot: Snapshot, hasNumbers: boolean): EqualObjects[] {
  const {nodeCount, nodeId, nodeSelfBytes} = snapshot
  const values = valuesOf(snapshot, hasNumbers)
  const candidates: number[] = []
  const hashes: number[] = []
  const fields: number[] = []
  for (let node = 0; node < nodeCount; node++) {
    if (!values(node, fields)) continue
    candidates.push(node)
    hashes.push(hashOf(fields))
  }
  // Hash and place in one double sort natively.
  const {length} = candidates
  const keys = Float64Array.from(hashes, (hash, i) => hash * length + i).sort()
  const found: EqualObjects[] = []
  for (let from = 0; from < length; ) {
    const hash = Math.floor(keys[from] / length)
    let to = from
    while (to < length && Math.floor(keys[to] / length) === hash) to++
    if (to - from > 1) {
      const alike = Array.from(keys.subarray(from, to), key => candidates[key % length])
      for (const nodes of partition(alike, values)) {
        if (nodes.length < 2) continue
        nodes.sort((a, b) => nodeId[a] - nodeId[b])
        found.push({nodes, bytes: nodeSelfBytes[nodes[0]]})
      }
    }
    from = to
  }
  return found.sort((a, b) => nodeId[a.nodes[0]] - nodeId[b.nodes[0]])
}

/** Objects of one hash by what they really hold. */
function partition(nodes: number[], values: (node: number, into: number[]) => boolean): number[][] {
  const groups = new Map<string, number[]>()
  const fields: number[] = []
  for (const node of nodes) {
    values(node, fields)
    const key = fields.join()
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [node])
    else group.push(node)
  }
  return [...groups.values()]
}

function hashOf(fields: readonly number[]): number {
  let hash = 0x811c9dc5
  for (const field of fields) hash = Math.imul(hash ^ field, 0x01000193)
  return hash >>> 0
}

/** Puts what makes an object equal to others into a list: its map, then name and value of each property; false for other objects. */
function valuesOf(snapshot: Snapshot, hasNumbers: boolean): (node: number, into: number[]) => boolean {
  const {nodeCount, nodeKind, nodeName, firstEdge, edgeKind, edgeName, edgeTarget, strings} = snapshot
  const maps = strings.setOf('map')
  const stores = strings.setOf('elements', 'properties')
  const proto = strings.setOf('__proto__')
  // Their contents are not in properties; prototypes are classes' own.
  const others = strings.setOf('Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Promise', 'Date')
  const isPrototype = new BitSet(nodeCount)
  for (let edge = 0; edge < edgeKind.length; edge++) {
    if (edgeKind[edge] === EdgeKind.property && proto.has(edgeName[edge])) isPrototype.add(edgeTarget[edge])
  }
  // Numbers of their own, so that they are no ordinals.
  const valueIn = (target: number): number => {
    if (isFlatText(snapshot, target)) return -1 - nodeName[target]
    if (!hasNumbers || nodeKind[target] !== NodeKind.number) return target
    const value = numberValue(snapshot, target)
    return value === undefined ? target : value + 0.25
  }
  return (node, into) => {
    into.length = 0
    if (nodeKind[node] !== NodeKind.object || others.has(nodeName[node]) || isPrototype.has(node)) return false
    if (firstEdge[node + 1] - firstEdge[node] > MAX_VALUES) return false
    let map = -1
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const kind = edgeKind[edge]
      const target = edgeTarget[edge]
      if (kind === EdgeKind.internal) {
        if (maps.has(edgeName[edge])) map = target
        // Whatever else V8 keeps there may differ: a Buffer's bytes, a function's scope.
        else if (!stores.has(edgeName[edge])) return false
      } else if (kind === EdgeKind.property) {
        if (!proto.has(edgeName[edge])) into.push(edgeName[edge], valueIn(target))
      } else if (kind !== EdgeKind.weak) return false
    }
    if (map < 0 || into.length < 2 * (hasNumbers ? 1 : MIN_VALUES)) return false
    into.push(map)
    return true
  }
}
