/** Which nodes of a page are detached, spread as DevTools spreads it (`propagateDOMState` in HeapSnapshot.ts). */
import {GrowableUint32} from '../../util/growable.ts'
import type {Columns} from './heap.ts'
import {EdgeKind, NodeKind} from './schema.ts'
import type {StringTable} from './strings.ts'

export const UNKNOWN = 0
export const ATTACHED = 1
export const DETACHED = 2

/**
 * Uint8Array(n): UNKNOWN, ATTACHED or DETACHED. A native node keeps the state the file gives it; from those first the attached
 * and then the detached state spreads to native nodes over edges that are neither hidden nor weak. A node of another kind
 * neither changes nor passes anything on. Without the field, native nodes named `Detached …` are detached.
 */
export function spreadDetachedness(columns: Columns, strings: StringTable): Uint8Array {
  const {nodeDetachedness, nodeKind, nodeName} = columns
  if (nodeDetachedness === undefined) {
    const isDetached = (node: number) =>
      nodeKind[node] === NodeKind.native && strings.get(nodeName[node]).startsWith('Detached ')
    return Uint8Array.from(nodeKind, (_, node) => (isDetached(node) ? DETACHED : UNKNOWN))
  }
  // No page: nothing to spread.
  let first = 0
  while (first < nodeDetachedness.length && nodeDetachedness[first] === UNKNOWN) first++
  if (first === nodeDetachedness.length) return nodeDetachedness
  const state = nodeDetachedness.slice()
  const settled = new Uint8Array(state.length)
  const waiting = {[ATTACHED]: new GrowableUint32(), [DETACHED]: new GrowableUint32()}
  const settle = (node: number, newState: number) => {
    if (settled[node] === 1) return
    settled[node] = 1
    if (nodeKind[node] !== NodeKind.native) return
    state[node] = newState
    if (newState === ATTACHED || newState === DETACHED) waiting[newState].push(node)
  }
  for (let node = 0; node < state.length; node++) if (state[node] !== UNKNOWN) settle(node, state[node])
  for (const newState of [ATTACHED, DETACHED] as const) {
    for (let node = waiting[newState].pop(); node !== undefined; node = waiting[newState].pop()) {
      for (let edge = columns.firstEdge[node]; edge < columns.firstEdge[node + 1]; edge++) {
        const kind = columns.edgeKind[edge]
        if (kind !== EdgeKind.hidden && kind !== EdgeKind.weak) settle(columns.edgeTarget[edge], newState)
      }
    }
  }
  return state
}
