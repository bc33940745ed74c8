/** Stores of AsyncLocalStorage (lib/async_hooks.js, lib/internal/async_local_storage/, lib/internal/async_context_frame.js). */
import {internalTargets, propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {placeInTable} from '../facts/tables.ts'
import {namedEdges, type WaitGroup, WaitGroups} from './wait-group.ts'

/** Distinct stores by the storage that they are of; `among`: as many. */
export function contextStores(snapshot: Snapshot): WaitGroup[] {
  const groups = new WaitGroups(snapshot)
  const add = (storage: number, store: number) => {
    if (isStore(snapshot, store)) groups.add(storage, store, 1, () => ({of: storage}))
  }
  storesOfFrames(snapshot, add)
  storesOfResources(snapshot, add)
  return groups.all(true)
}

/** `undefined` means none. Numbers are in few files. */
function isStore({nodeKind}: Snapshot, node: number): boolean {
  return nodeKind[node] !== NodeKind.hidden && nodeKind[node] !== NodeKind.number
}

/** From Node 24 on: a frame is a Map from storages to stores. */
function storesOfFrames(snapshot: Snapshot, add: (storage: number, store: number) => void): void {
  const {nodeCount, nodeKind, nodeName, edgeKind, edgeName, edgeTarget, firstEdge, strings} = snapshot
  const frames = strings.setOf('AsyncContextFrame')
  if (frames.size === 0) return
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object || !frames.has(nodeName[node])) continue
    const table = internalTargets(snapshot)(node, 'table')
    if (table < 0) continue
    let [keySlot, key] = [-2, -1]
    for (let edge = firstEdge[table]; edge < firstEdge[table + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.internal) continue
      const slot = Number(strings.get(edgeName[edge]))
      const place = Number.isInteger(slot) ? placeInTable(snapshot, table, slot) : undefined
      if (place === 'key') [keySlot, key] = [slot, edgeTarget[edge]]
      else if (place === 'value' && slot === keySlot + 1) add(key, edgeTarget[edge])
    }
  }
}

/** Up to Node 22: each resource has the store as a property, whose symbol is the storage's own; which one, the order of the object's map tells. */
function storesOfResources(snapshot: Snapshot, add: (storage: number, store: number) => void): void {
  const {nodeCount, nodeKind, nodeName, strings} = snapshot
  const edges = namedEdges(snapshot)('<symbol kResourceStore>')
  if (edges.length === 0) return
  const storages = strings.setOf('AsyncLocalStorage')
  const ofSymbol = new Map<number, number>()
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object || !storages.has(nodeName[node])) continue
    const symbol = propertyTarget(snapshot, node, 'kResourceStore')
    if (symbol >= 0) ofSymbol.set(symbol, node)
  }
  const ofMap = new Map<number, number[]>()
  let [last, place] = [-1, 0]
  for (const edge of edges) {
    const resource = sourceOf(snapshot.firstEdge, edge)
    place = resource === last ? place + 1 : 0
    last = resource
    const map = internalTargets(snapshot)(resource, 'map')
    let order = ofMap.get(map)
    if (order === undefined) {
      order = symbolsOf(snapshot, map).flatMap(symbol => ofSymbol.get(symbol) ?? [])
      ofMap.set(map, order)
    }
    const storage = order[place] ?? (ofSymbol.size === 1 ? [...ofSymbol.values()][0] : -1)
    add(storage, snapshot.edgeTarget[edge])
  }
}

/** Symbols among an object's names, in the order of its properties: those of its map's descriptors. */
function symbolsOf(snapshot: Snapshot, map: number): number[] {
  const {edgeTarget, firstEdge, nodeKind} = snapshot
  const descriptors = map < 0 ? -1 : internalTargets(snapshot)(map, 'descriptors')
  if (descriptors < 0) return []
  const found: number[] = []
  for (let edge = firstEdge[descriptors]; edge < firstEdge[descriptors + 1]; edge++) {
    if (nodeKind[edgeTarget[edge]] === NodeKind.symbol) found.push(edgeTarget[edge])
  }
  return found
}
