/**
 * Which components Angular shows, and what they are called: by its views, arrays with a place for each thing
 * (packages/core/src/render3/interfaces/view.ts, container.ts: LView, LContainer).
 */
import {internalTargets, propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {ATTACHED} from '../../snapshot/columns/detachedness.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {ANGULAR_DEFINITION, isShaped, Shape} from './framework-parts.ts'
import {oddballValue, stringValue} from './property-value.ts'

/** Places in a view: its element, what it was made by, its component; a container has `true` where a view has that. */
const [HOST, TVIEW, CONTEXT] = [0, 1, 8]

/**
 * Whether a component is that of a view in use. Angular has those by number in a Map, from 13 on (`TRACKED_LVIEWS`), and takes them out when they
 * are destroyed; where none is in a Map, those are in use whose element is in the document. What such a view has, is in use too. Linear.
 */
export function shownByAngular(snapshot: Snapshot): (node: number) => boolean {
  const views = viewsOf(snapshot)
  const shown = new BitSet(snapshot.nodeCount)
  const met = new BitSet(snapshot.nodeCount)
  const open = new GrowableUint32()
  const take = (node: number) => {
    if (met.has(node)) return
    met.add(node)
    open.push(node)
  }
  const isView = BitSet.of(snapshot.nodeCount, views)
  const tracked = inMaps(snapshot, isView)
  const inDocument = (view: number) => isAttached(snapshot, elementAt(snapshot, view, HOST))
  const hasTracked = views.some(view => tracked.has(view))
  for (const view of views.filter(hasTracked ? view => tracked.has(view) : inDocument)) take(view)
  const {edgeKind, edgeTarget, firstEdge} = snapshot
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isView.has(node)) {
      const component = elementAt(snapshot, node, CONTEXT)
      if (component >= 0) shown.add(component)
    }
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const target = edgeTarget[edge]
      if (edgeKind[edge] !== EdgeKind.element || met.has(target)) continue
      if (isView.has(target) || isContainer(snapshot, target)) take(target)
    }
  }
  return node => shown.has(node)
}

function viewsOf(snapshot: Snapshot): Uint32Array {
  const found = new GrowableUint32()
  for (let node = 0; node < snapshot.nodeCount; node++) {
    if (!isArray(snapshot, node)) continue
    const made = elementAt(snapshot, node, TVIEW)
    // What views are copied from is none.
    if (isShaped(snapshot, made, Shape.angularView) && propertyTarget(snapshot, made, 'blueprint') !== node)
      found.push(node)
  }
  return found.view().slice()
}

function isArray({nodeKind, types}: Snapshot, node: number): boolean {
  return nodeKind[node] === NodeKind.object && types.names[types.ofNode[node]] === 'Array'
}

function isContainer(snapshot: Snapshot, node: number): boolean {
  if (!isArray(snapshot, node)) return false
  const mark = elementAt(snapshot, node, TVIEW)
  return mark >= 0 && oddballValue(snapshot, mark) === 'true'
}

/** Those of some objects that a Map has: by the tables of all, each looked into once. */
function inMaps(snapshot: Snapshot, among: BitSet): BitSet {
  const {edgeTarget, firstEdge, nodeCount, types} = snapshot
  const tableOf = internalTargets(snapshot)
  const tables = new BitSet(nodeCount)
  const found = new BitSet(nodeCount)
  for (let map = 0; map < nodeCount; map++) {
    const table = types.names[types.ofNode[map]] === 'Map' ? tableOf(map, 'table') : -1
    if (table < 0 || tables.has(table)) continue
    tables.add(table)
    for (let edge = firstEdge[table]; edge < firstEdge[table + 1]; edge++) {
      if (among.has(edgeTarget[edge])) found.add(edgeTarget[edge])
    }
  }
  return found
}

function isAttached({detachedness}: Snapshot, node: number): boolean {
  return node >= 0 && detachedness[node] === ATTACHED
}

function elementAt({edgeKind, edgeName, edgeTarget, firstEdge}: Snapshot, node: number, index: number): number {
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.element && edgeName[edge] === index) return edgeTarget[edge]
  }
  return -1
}

/**
 * What selects a component, of its class: `app-ticket`, or `[id=root]` of one that any element may have; '' for other classes and functions. Written
 * as `['app-ticket']`, `['', 'id', 'root']` (CssSelector, packages/core/src/render3/interfaces/projection.ts).
 */
export function selectorOfAngular(snapshot: Snapshot, definition: number): string {
  const known = propertyTarget(snapshot, definition, ANGULAR_DEFINITION)
  const selectors = known < 0 ? -1 : propertyTarget(snapshot, known, 'selectors')
  const first = selectors < 0 ? -1 : elementAt(snapshot, selectors, 0)
  if (first < 0) return ''
  const [tag, name, value] = [0, 1, 2].map(index => {
    const text = elementAt(snapshot, first, index)
    return text < 0 ? '' : (stringValue(snapshot, text) ?? '')
  })
  if (tag !== '' || name === '') return tag
  return value === '' ? `[${name}]` : `[${name}=${value}]`
}
