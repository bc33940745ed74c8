/** Plain objects used as dictionaries: their property names are data, not code. */
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {memoize} from '../../util/memo.ts'

/** A plain object with more edges than this is a dictionary whatever is in it, unless code has written it. */
const MAX_NAMES = 50
/** One with fewer, if at least so many properties lead to objects of one type, … */
const FEWEST_ALIKE = 4
/** … and no more others than one in so many. */
const ODD_ONES = 5

/** Whether an object's property names are data; each object is looked at once. */
export const dictionaryTest = memoize((snapshot: Snapshot): ((node: number) => boolean) => {
  const {nodeCount, nodeKind, nodeName, firstEdge, strings} = snapshot
  const plain = strings.setOf('Object')
  const asked = new BitSet(nodeCount)
  const known = new BitSet(nodeCount)
  return node => {
    if (nodeKind[node] !== NodeKind.object || !plain.has(nodeName[node])) return false
    if (asked.has(node)) return known.has(node)
    asked.add(node)
    const is =
      firstEdge[node + 1] - firstEdge[node] > MAX_NAMES ? !hasMethods(snapshot, node) : isOfOneType(snapshot, node)
    if (is) known.add(node)
    return is
  }
})

/**
 * Whether one in ODD_ONES of an object's properties, or more, is a function of that name: names of functions are written in code, keys are
 * not. Such are what modules export, and what frameworks hang all of theirs on. Costs a look at each property.
 */
function hasMethods({firstEdge, edgeKind, edgeName, edgeTarget, nodeKind, nodeName, strings}: Snapshot, node: number) {
  let all = 0
  let methods = 0
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.property) continue
    all++
    const target = edgeTarget[edge]
    if (nodeKind[target] !== NodeKind.closure) continue
    if (strings.get(nodeName[target]) === strings.get(edgeName[edge])) methods++
  }
  return methods > 0 && methods * ODD_ONES >= all
}

/** Whether most properties of an object lead to objects of one type. Costs a look at each. */
export function isOfOneType(snapshot: Snapshot, node: number): boolean {
  const {firstEdge, edgeKind, edgeName, edgeTarget, nodeKind, types} = snapshot
  const isProto = protoNames(snapshot)
  const counts = new Map<number, number>()
  let all = 0
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    const target = edgeTarget[edge]
    if (edgeKind[edge] !== EdgeKind.property || isProto.has(edgeName[edge])) continue
    all++
    // Functions and strings say nothing: modules and settings are full of them.
    const isThing = nodeKind[target] === NodeKind.object || nodeKind[target] === NodeKind.native
    if (isThing) counts.set(types.ofNode[target], (counts.get(types.ofNode[target]) ?? 0) + 1)
  }
  const most = Math.max(0, ...counts.values())
  return most >= FEWEST_ALIKE && (all - most) * ODD_ONES <= all
}

const protoNames = memoize(({strings}: Snapshot) => new Set(strings.indexesOf('__proto__')))
