/** From parts of Blink's to the functions that they will call. */
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'

const MAX_DEPTH = 6
const MAX_SEEN = 100

/** Parts between a timer or a listener and its function (`bindings/core/v8`). */
const PARTS =
  /^(?:blink::)?(?:ScheduledAction|V8\w+|EventListener|JS\w*Listener|JS\w*Handler\w*|RegisteredEventListener)$/

/** The function nearest below a node of Blink's, over parts that lead to functions; -1 if there is none. */
export function functionBelow(snapshot: Snapshot, top: number): number {
  const {edgeKind, edgeTarget, firstEdge, nodeKind, nodeName, strings} = snapshot
  const seen = [top]
  const depth = [0]
  for (let i = 0; i < seen.length && seen.length < MAX_SEEN; i++) {
    for (let edge = firstEdge[seen[i]]; edge < firstEdge[seen[i] + 1]; edge++) {
      const to = edgeTarget[edge]
      if (edgeKind[edge] === EdgeKind.weak || seen.includes(to)) continue
      if (nodeKind[to] === NodeKind.closure) return to
      // An object may handle events, by its method `handleEvent`.
      if (nodeKind[to] === NodeKind.object && i > 0) return -1
      if (nodeKind[to] !== NodeKind.native || depth[i] >= MAX_DEPTH || !PARTS.test(strings.get(nodeName[to]))) continue
      seen.push(to)
      depth.push(depth[i] + 1)
    }
  }
  return -1
}
