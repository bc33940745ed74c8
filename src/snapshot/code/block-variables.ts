/**
 * Names of the variables of blocks. V8 before 15 writes none in their contexts (`V8HeapExplorer::ExtractContextReferences` names those of
 * functions, modules and scripts: "declaration contexts"), but each context has its ScopeInfo, whose strings are the names, in the order
 * of the slots (v8/src/objects/scope-info.tq, `context_local_names`). Bundlers and Vite put whole modules into blocks.
 */

import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake} from '../../util/memo.ts'
import {sourceOf} from '../columns/retainers.ts'
import {savedColumn} from '../columns/saved.ts'
import {EdgeKind, NodeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {internalTargets, stringsOfName} from './internal-edges.ts'
import {allScopes, scopes} from './scopes.ts'
import {isFlatText} from './text.ts'

/** What an edge from a context is called in the source; '' for edges that are no variable's, or of which the file does not tell. */
export function variableName(snapshot: Snapshot, edge: number): string {
  const {edgeKind, edgeName, strings} = snapshot
  if (edgeKind[edge] === EdgeKind.context) return strings.get(edgeName[edge])
  if (edgeKind[edge] !== EdgeKind.hidden) return ''
  const context = sourceOf(snapshot.firstEdge, edge)
  return scopes(snapshot).isScope(context) ? (blockVariables(snapshot, context).get(edge) ?? '') : ''
}

/** Edges of all contexts of blocks to what variables of a name have, ascending. */
export function blockVariablesNamed(snapshot: Snapshot, name: string): number[] {
  const found: number[] = []
  if (stringsOfName(snapshot, name).size === 0) return found
  const target = internalTargets(snapshot)
  /** By ScopeInfo. */
  const isMeant = new Map<number, boolean>()
  for (const context of unnamedContexts(snapshot)) {
    const hasName = () => localNames(snapshot, context).includes(name)
    if (!getOrMake(isMeant, target(context, 'scope_info'), hasName)) continue
    for (const [edge, called] of blockVariables(snapshot, context)) if (called === name) found.push(edge)
  }
  return found
}

/** Contexts with slots, none of which has a name: ordinals, ascending. */
export const unnamedContexts = savedColumn('unnamed scopes', (snapshot: Snapshot): Uint32Array => {
  const {edgeKind, firstEdge} = snapshot
  const found = new GrowableUint32()
  for (const node of allScopes(snapshot)) {
    const kinds = edgeKind.subarray(firstEdge[node], firstEdge[node + 1])
    if (kinds.includes(EdgeKind.hidden) && !kinds.includes(EdgeKind.context)) found.push(node)
  }
  return found.view()
})

/**
 * By edge. Slots with small numbers have no edge, so that there may be fewer edges than names: a function that bears one of the names tells
 * where it is, and between two such, or an end, all are told if they are as many as the names.
 */
function blockVariables(snapshot: Snapshot, context: number): Map<number, string> {
  const {edgeKind, edgeTarget, firstEdge, nodeKind, nodeName, strings} = snapshot
  const found = new Map<number, string>()
  const slots: number[] = []
  for (let edge = firstEdge[context]; edge < firstEdge[context + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.hidden) slots.push(edge)
    else if (edgeKind[edge] === EdgeKind.context) return found
  }
  if (slots.length === 0) return found
  const names = localNames(snapshot, context)
  if (names.length < slots.length) return found
  const place = new Map(names.map((name, i) => [name, i]))
  let fromSlot = 0
  let fromName = 0
  const settle = (slot: number, name: number) => {
    if (slot - fromSlot === name - fromName) {
      for (let i = fromSlot; i < slot; i++) found.set(slots[i], names[fromName + i - fromSlot])
    }
    if (slot < slots.length) found.set(slots[slot], names[name])
    fromSlot = slot + 1
    fromName = name + 1
  }
  for (let slot = 0; slot < slots.length; slot++) {
    const target = edgeTarget[slots[slot]]
    if (nodeKind[target] !== NodeKind.closure) continue
    const name = place.get(strings.get(nodeName[target]))
    if (name !== undefined && name - fromName >= slot - fromSlot) settle(slot, name)
  }
  settle(slots.length, names.length)
  return found
}

/** The strings at the beginning of the context's ScopeInfo. */
function localNames(snapshot: Snapshot, context: number): string[] {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeName, strings} = snapshot
  const names: string[] = []
  for (let edge = firstEdge[context]; edge < firstEdge[context + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.internal || strings.get(edgeName[edge]) !== 'scope_info') continue
    const info = edgeTarget[edge]
    for (let slot = firstEdge[info]; slot < firstEdge[info + 1]; slot++) {
      if (edgeKind[slot] !== EdgeKind.hidden) continue
      if (!isFlatText(snapshot, edgeTarget[slot])) break
      names.push(strings.get(nodeName[edgeTarget[slot]]))
    }
  }
  return names
}
