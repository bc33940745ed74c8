/** Which edges keep an object alive: the one home of that rule, for every analysis. */
import {EdgeKind, NodeKind} from '../snapshot/schema.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {oncePer} from '../util/memo.ts'

/**
 * The edges that retain their target, one bit each. These do not, as in DevTools (`computeIsEssentialEdge`):
 * weak edges; edges from a node to itself; shortcuts, which are no slots of the object, unless the root has them;
 * and the edge of a WeakMap's table to a value, which the key's edge alone stands for: a value belongs to its key.
 */
export const retainingEdges = oncePer((snapshot: Snapshot): BitSet => {
  const {words} = snapshot.saved.group('retainingEdges', ['words'], () => findRetainingEdges(snapshot))
  return new BitSet(snapshot.edgeCount, words)
})

function findRetainingEdges(snapshot: Snapshot): BitSet {
  const {edgeKind, edgeTarget, firstEdge, nodeCount, root, ephemerons} = snapshot
  const edges = new BitSet(snapshot.edgeCount)
  const {words} = edges
  // Of the 32 edges around the one at hand.
  let word = 0
  let edge = 0
  for (let node = 0; node < nodeCount; node++) {
    const end = firstEdge[node + 1]
    for (; edge < end; edge++) {
      const kind = edgeKind[edge]
      const isSlot =
        kind !== EdgeKind.weak && edgeTarget[edge] !== node && (kind !== EdgeKind.shortcut || node === root)
      if (isSlot) word |= 1 << (edge & 31)
      if ((edge & 31) === 31) {
        words[edge >>> 5] = word
        word = 0
      }
    }
  }
  if ((edge & 31) !== 0) words[edge >>> 5] = word
  for (let i = 0; i < ephemerons.edge.length; i++) {
    if (ephemerons.fromTable[i] === 1) edges.delete(ephemerons.edge[i])
  }
  return edges
}

/** V8's tables of all internalized and of all external strings, which hold none of them. */
const WEAK_TABLES = ['(Internalized strings)', '(External strings)']

/**
 * The edges that keep their target alive for V8's own marking, a bit an edge: the retaining ones, less those by which V8 up to some
 * version 14 says that its tables of strings hold what is in them (`IterateWeakRoots` in heap-snapshot-generator.cc, v8:11800: "incorrectly
 * considers the weak string tables as strong retainers"). DevTools does not count them for what page code reaches, either.
 */
export function holdingEdges(snapshot: Snapshot): BitSet {
  const {edgeTarget, firstEdge, nodeKind, nodeName, root, strings} = snapshot
  const edges = retainingEdges(snapshot).copy()
  const names = new Set(WEAK_TABLES.flatMap(name => strings.indexesOf(name)))
  const tables = new Set<number>()
  const visit = (holder: number, depth: number) => {
    for (let edge = firstEdge[holder]; edge < firstEdge[holder + 1]; edge++) {
      const node = edgeTarget[edge]
      if (nodeKind[node] !== NodeKind.synthetic) continue
      if (names.has(nodeName[node])) tables.add(node)
      else if (depth === 0) visit(node, 1)
    }
  }
  if (names.size > 0) visit(root, 0)
  for (const table of tables) {
    for (let edge = firstEdge[table]; edge < firstEdge[table + 1]; edge++) {
      // Older versions have an array between, which does exist.
      if (nodeKind[edgeTarget[edge]] !== NodeKind.array) edges.delete(edge)
    }
  }
  return edges
}
