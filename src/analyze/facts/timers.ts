/**
 * Node's timers (lib/internal/timers.js). Node keeps those of one duration in a ring, each linked to the next and the one before, and all to
 * the list (lib/internal/linkedlist.js). The neighbors change with every timer: what runs by itself is known by what it calls, never by a link.
 */
import {propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {memoize} from '../../util/memo.ts'
import {roles} from './roles.ts'

const TIMERS = new Set(['Timeout', 'Immediate'])
/** What timers call: of `setTimeout` and `setInterval`, of `setImmediate`. */
export const TIMER_CALLBACKS = ['_onTimeout', '_onImmediate']
const FORWARD_LINK = '_idleNext'
const LINKS = [FORWARD_LINK, '_idlePrev']
/** What they hold what they are to do by; without it they would fail, cleared they do not. */
const PARTS = new Set([...TIMER_CALLBACKS, ...LINKS, '_timerArgs', '_argv'])

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

/** Where Node's Timeout or Immediate has what it calls; -1 for other nodes. */
export function timerCallback(snapshot: Snapshot, node: number): number {
  for (const name of TIMER_CALLBACKS) {
    const callback = propertyTarget(snapshot, node, name)
    if (callback >= 0) return callback
  }
  return -1
}

export interface TimerLinks {
  /** Whether an edge is called like a link. */
  isNamed(edge: number): boolean
  /** Whether an edge from `source` is a link of a ring, in either direction. */
  isLink(source: number, edge: number): boolean
  /** Whether it is the one by which the ring holds a timer: of two links into each the forward one, and none into the list itself. */
  isHolding(edge: number): boolean
  /** The next of a ring: a timer, or the list itself; -1 for what is in none. */
  forward(node: number): number
  /** Whether a timer keeps the process alive: not once `unref()` was called. */
  isReferenced(timer: number): boolean
}

export const timerLinks = memoize((snapshot: Snapshot): TimerLinks => {
  const {edgeKind, edgeName, edgeTarget, strings} = snapshot
  const {isRuntime} = roles(snapshot)
  const names = strings.setOf(...LINKS)
  const forward = strings.setOf(FORWARD_LINK)
  const next = (node: number) => propertyTarget(snapshot, node, FORWARD_LINK)
  const isNamed = (edge: number) => edgeKind[edge] === EdgeKind.property && names.has(edgeName[edge])
  return {
    isNamed,
    forward: next,
    // Of a timer that runs the one is false; of Node 16 neither is in the file.
    isReferenced: timer => {
      const referenced = propertyTarget(snapshot, timer, '<symbol refed>')
      return referenced < 0 || referenced !== propertyTarget(snapshot, timer, '_destroyed')
    },
    isLink: (source, edge) => isNamed(edge) && isRuntime(source),
    isHolding: edge => forward.has(edgeName[edge]) && timerCallback(snapshot, edgeTarget[edge]) >= 0,
  }
})
