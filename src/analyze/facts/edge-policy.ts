/** Which edges keep an object alive: the one home of that rule, for every analysis. */
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {savedColumn} from '../../snapshot/columns/saved.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {memoize} from '../../util/memo.ts'

/**
 * The edges that retain their target, one bit each. These do not, as in DevTools (`computeIsEssentialEdge`):
 * weak edges; edges from a node to itself; shortcuts, which are no slots of the object, unless the root has them;
 * and the edge of a WeakMap's table to a value, which the key's edge alone stands for: a value belongs to its key.
 */
export const retainingEdges = memoize((snapshot: Snapshot): BitSet => {
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

/**
 * The edges that keep their target alive in the living process, one bit each: the retaining ones, less those of V8's tables of strings,
 * those by which Node lists or mentions objects that have a C++ side, and slots that old V8s do not mark as weak. DevTools counts them,
 * so distances, dominators and retained sizes do; who asks what letting go frees must not.
 */
export const holdingEdges = memoize((snapshot: Snapshot): BitSet => {
  const {words} = snapshot.saved.group('holdingEdges', ['words'], () => findHoldingEdges(snapshot))
  return new BitSet(snapshot.edgeCount, words)
})

function findHoldingEdges(snapshot: Snapshot): BitSet {
  const edges = retainingEdges(snapshot).copy()
  for (const edge of stringTableEdges(snapshot).view()) edges.delete(edge)
  for (const edge of mentionEdges(snapshot)) edges.delete(edge)
  for (const edge of unmarkedWeakEdges(snapshot)) edges.delete(edge)
  return edges
}

/** Whether objects of people's are held otherwise than by the retaining edges: in files of Node up to 22. */
export function hasOtherHolders(snapshot: Snapshot): boolean {
  return mentionEdges(snapshot).length + unmarkedWeakEdges(snapshot).length > 0
}

/** What the edges between a C++ part and its wrapper are called: up to Node 16, and since. */
const TO_WRAPPER = ['wrapped', 'native_to_javascript']
const FROM_WRAPPER = ['wrapper', 'javascript_to_native']

/**
 * Ordinals of the retaining edges by which Node lists or mentions objects that have a C++ side, ascending. Node writes the C++ part of
 * such an object (BaseObject, src/base_object.h) as a node of its own, with an edge to its JavaScript wrapper and one back
 * (`MemoryTracker::AddNode`, src/memory_tracker-inl.h). It lives as long as its wrapper (`BaseObject::MakeWeak`: the handle's callback
 * deletes it), unless its handle is strong, and then it says so itself: `BaseObject::IsRootNode` is `!persistent_handle_.IsWeak()`,
 * which V8 writes as an edge of a root. Whoever else leads there keeps nothing: Node's lists (`Environment` → `Realm` →
 * `CleanupQueue`, Node 18 and 20; `BaseObjectList`, Node 22), raw and weak pointers; and a BaseObjectPtr makes the handle strong as
 * long as it counts.
 */
export const mentionEdges = savedColumn('mentionEdges', (snapshot: Snapshot): Uint32Array => {
  const {edgeCount, firstEdge, edgeKind, edgeName, edgeTarget, root, strings} = snapshot
  const found = new GrowableUint32()
  const parts = partsWithWrapper(snapshot)
  if (parts === undefined) return found.view()
  const fromWrapper = strings.setOf(...FROM_WRAPPER)
  const retaining = retainingEdges(snapshot)
  // Few edges lead to a part: only of those the node is looked up that has them.
  for (let edge = 0; edge < edgeCount; edge++) {
    if (!parts.has(edgeTarget[edge]) || !retaining.has(edge)) continue
    if (edgeKind[edge] === EdgeKind.internal && fromWrapper.has(edgeName[edge])) continue
    const node = sourceOf(firstEdge, edge)
    if (node !== root && !isRootOfV8(snapshot, node)) found.push(edge)
  }
  return found.view()
})

/** C++ parts of objects, one bit a node: those with an edge to a wrapper; undefined if there are none. */
function partsWithWrapper({nodeCount, nodeKind, firstEdge, edgeKind, edgeName, strings}: Snapshot): BitSet | undefined {
  const toWrapper = strings.setOf(...TO_WRAPPER)
  if (toWrapper.size === 0) return undefined
  const parts = new BitSet(nodeCount)
  let any = false
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.native && nodeKind[node] !== NodeKind.synthetic) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.internal || !toWrapper.has(edgeName[edge])) continue
      parts.add(node)
      any = true
      break
    }
  }
  return any ? parts : undefined
}

/** V8's roots have names in parentheses; `Node / Environment` and objects whose handle is strong are synthetic, too. */
function isRootOfV8({nodeKind, nodeName, strings}: Snapshot, node: number): boolean {
  return nodeKind[node] === NodeKind.synthetic && strings.get(nodeName[node]).startsWith('(')
}

/**
 * Slots of a WeakRef and of a cell of a FinalizationRegistry that are weak: `JSWeakRef::target`; `WeakCell::target` and
 * `unregister_token`. Words behind the map; the slots before a WeakRef's are properties and elements.
 */
const WEAK_SLOTS: Record<string, readonly number[]> = {WeakRef: [2], 'system / WeakCell': [1, 2]}

/**
 * V8 up to 9.x (Node 16) writes those slots as numbered hidden edges; later ones write weak edges with names
 * (`V8HeapExplorer::ExtractWeakCellReferences`), and other numbers for the rest.
 */
const unmarkedWeakEdges = savedColumn('unmarkedWeakEdges', (snapshot: Snapshot): Uint32Array => {
  const {nodeCount, nodeKind, nodeName, firstEdge, edgeKind, edgeName, strings} = snapshot
  const slots = strings.setOf(...Object.keys(WEAK_SLOTS))
  const found = new GrowableUint32()
  if (slots.size === 0) return new Uint32Array(0)
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object && nodeKind[node] !== NodeKind.hidden) continue
    if (!slots.has(nodeName[node])) continue
    const weak = WEAK_SLOTS[strings.get(nodeName[node])]
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.weak) return new Uint32Array(0)
      if (edgeKind[edge] === EdgeKind.hidden && weak.includes(edgeName[edge])) found.push(edge)
    }
  }
  return found.view()
})

/** V8's tables of all internalized and of all external strings, which hold none of them. */
const WEAK_TABLES = ['(Internalized strings)', '(External strings)']

/**
 * The edges by which V8 up to some version 14 says that its tables of strings hold what is in them (`IterateWeakRoots` in
 * heap-snapshot-generator.cc, v8:11800: "incorrectly considers the weak string tables as strong retainers"). DevTools does not count
 * them for what page code reaches, either.
 */
function stringTableEdges(snapshot: Snapshot): GrowableUint32 {
  const {edgeTarget, firstEdge, nodeKind, nodeName, root, strings} = snapshot
  const found = new GrowableUint32()
  const names = strings.setOf(...WEAK_TABLES)
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
      if (nodeKind[edgeTarget[edge]] !== NodeKind.array) found.push(edge)
    }
  }
  return found
}
