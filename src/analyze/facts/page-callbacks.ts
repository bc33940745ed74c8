/**
 * Functions of scripts that a browser will call: Blink has each in an object that its bindings name by the function's IDL type, such as
 * `V8ResizeObserverCallback` (platform/bindings/callback_function_base.h), and that in what calls it.
 */
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'

/** What Blink calls timers and frames (core/frame/dom_timer.h, bindings/core/v8/scheduled_action.h, core/dom/frame_request_callback_collection.h, core/scheduler/scripted_idle_task_controller.h, core/intersection_observer/intersection_observer_delegate.h). */
const CALLERS: Record<string, string> = {
  DOMTimer: 'timer',
  ScheduledAction: 'timer',
  FrameCallback: 'frame',
  IntersectionObserverDelegate: 'IntersectionObserver',
  V8FrameCallback: 'frame',
  V8FrameRequestCallback: 'frame',
  IdleTask: 'idle',
  V8IdleTask: 'idle',
}

/** What people call what calls functions, by the name of its node: `timer`, `frame`, `ResizeObserver`, `TrustedTypePolicy`; '' for all else. */
export function callerName(name: string): string {
  const own = name.replace(/^.*::/, '')
  if (Object.hasOwn(CALLERS, own)) return CALLERS[own]
  // What scripts can hold has the name of its interface; Blink's own parts have that of their C++ class, with its namespace.
  return /^[A-Z]\w+$/.test(name) && !isCallbackName(name) && !isListenerRecord(name) ? name : ''
}

/** Whether a node of this name is one of Blink's records of an event target's listeners (core/dom/events/event_target.h). */
export function isListenerRecord(name: string): boolean {
  return /EventTargetData|Event(?:Listener|Handler)/.test(name)
}

/** Whether a node of this name has a function of a script's. */
export function isCallbackName(name: string): boolean {
  return /(?:^|::)V8\w+$/.test(name)
}

/** Holders above one that are looked at, and how many of each. */
const MAX_UP = 3
const MAX_HOLDERS = 8

/** What calls the function that a node has, as its holders tell: `timer`; '' if they do not. */
export function callerOf(snapshot: Snapshot, node: number): string {
  const {nodeKind, nodeName, retainers, strings} = snapshot
  let nodes = [node]
  for (let up = 0; up <= MAX_UP; up++) {
    const above: number[] = []
    for (const at of nodes) {
      const name = callerName(strings.get(nodeName[at]))
      if (name !== '') return name
      const end = Math.min(retainers.first[at + 1], retainers.first[at] + MAX_HOLDERS)
      for (let slot = retainers.first[at]; slot < end; slot++) {
        if (nodeKind[retainers.source[slot]] === NodeKind.native) above.push(retainers.source[slot])
      }
    }
    nodes = above.slice(0, MAX_HOLDERS)
  }
  return ''
}
