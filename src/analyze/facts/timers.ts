/** Node's timers (lib/internal/timers.js). */
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'

const TIMERS = new Set(['Timeout', 'Immediate'])
/** What they hold what they are to do by; without it they would fail, cleared they do not. */
const PARTS = new Set(['_onTimeout', '_onImmediate', '_timerArgs', '_argv', '_idleNext', '_idlePrev'])

export function isTimer({nodeName, strings}: Snapshot, node: number): boolean {
  return TIMERS.has(strings.get(nodeName[node]))
}

/** Whether code takes an edge away by `clearTimeout` and the like. */
export function isTimerPart(snapshot: Snapshot, edge: number): boolean {
  const {edgeKind, edgeName, firstEdge, strings} = snapshot
  return (
    edgeKind[edge] === EdgeKind.property &&
    PARTS.has(strings.get(edgeName[edge])) &&
    isTimer(snapshot, sourceOf(firstEdge, edge))
  )
}
