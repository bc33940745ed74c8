/** Rules for pages (Blink's `third_party/blink/renderer/core/dom/events`, `bindings/core/v8/js_based_event_listener.h`). */

import {isShaped, Shape} from '../../analyze/facts/framework-parts.ts'
import {callerName, isCallbackName, isListenerRecord} from '../../analyze/facts/page-callbacks.ts'
import {pageNodes} from '../../analyze/facts/page-nodes.ts'
import {stringValue} from '../../analyze/facts/property-value.ts'
import {listenerEvent} from '../../snapshot/code/given-to.ts'
import {propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {ATTACHED} from '../../snapshot/columns/detachedness.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {selectorOf} from '../words/dom-words.ts'
import type {Chain} from './code-chain.ts'
import type {Rule} from './code-fold.ts'
import {functionName, startName} from './code-nodes.ts'
import type {StepValue} from './step.ts'

const LISTENER_PARTS =
  /(?:^|\/ |blink::)(?:Detached )?(?:EventTargetData|RegisteredEventListener|EventListener|V8EventListener|V8EventHandler\w*|JSBasedEventListener)|^(?:Heap)?(?:Vector|HashMap|VectorBacking|HashTableBacking|BasicHeapVector|HeapVector\w*|HeapHash\w*)/

/** `window → EventTargetData → … → V8EventListener → function`: which event it is for is not in the file, but in the text of the script. */
export const pageListener: Rule = (chain, at) => {
  if (chain.snapshot.nodeKind[chain.target(at)] !== NodeKind.native) return undefined
  let end = at
  let seen = false
  while (
    end < chain.length &&
    chain.snapshot.nodeKind[chain.target(end)] === NodeKind.native &&
    LISTENER_PARTS.test(chain.rawName(chain.target(end)))
  ) {
    seen ||= chain.rawName(chain.target(end)).includes('EventListener')
    end++
  }
  if (!seen || end >= chain.length || chain.snapshot.nodeKind[chain.target(end)] !== NodeKind.closure) return undefined
  return {
    length: end + 1 - at,
    step: {
      kind: 'listener',
      event: listenerEvent(chain.snapshot, chain.target(end)),
      of: 'page',
      isOnce: false,
      functionName: functionName(chain.snapshot, chain.target(end)),
    },
    inCode: true,
  }
}

/** Objects of Blink's between what people know and the function. */
const MAX_TO_CALLBACK = 16

/** `window → … → DOMTimer → ScheduledAction → V8Function → function`: a timer, an observer, a frame that will call it. */
export const pageCallback: Rule = (chain, at) => {
  const {snapshot} = chain
  let caller =
    snapshot.nodeKind[chain.source(at)] === NodeKind.native ? callerName(chain.rawName(chain.source(at))) : ''
  let isListener = false
  for (let end = at; end < chain.length - 1 && end < at + MAX_TO_CALLBACK; end++) {
    if (!isBlinks(chain, chain.target(end))) return undefined
    const name = chain.rawName(chain.target(end))
    caller = callerName(name) || caller
    isListener ||= isListenerRecord(name)
    const called = chain.target(end + 1)
    if (!isCallbackName(name) || snapshot.nodeKind[called] !== NodeKind.closure) continue
    if (caller === '') return undefined
    return {length: end + 2 - at, step: calledStep(snapshot, caller, called, isListener), inCode: true}
  }
  return undefined
}

/** Of an event target that is no part of the document, its interface is told: `BroadcastChannel message listener`. */
function calledStep(snapshot: Snapshot, caller: string, closure: number, isListener: boolean): StepValue {
  const name = functionName(snapshot, closure)
  if (!isListener) return {kind: 'callback', of: caller, functionName: name}
  const event = `${caller} ${listenerEvent(snapshot, closure) || 'event'}`
  return {kind: 'listener', event, of: 'page', isOnce: false, functionName: name, target: caller}
}

/** An object of Blink's that is no part of the document. */
function isBlinks({snapshot}: Chain, node: number): boolean {
  return snapshot.nodeKind[node] === NodeKind.native && !pageNodes(snapshot).isOfPage(node)
}

/** Where zone.js has the tasks of an event target, by event and phase (lib/common/events.ts). */
const ZONE_TASKS = '__zone_symbol__'

/** `window → __zone_symbol__resizefalse → [i] → task → callback`, or from a task on: Angular's zone has what the page would call. */
export const zoneTask: Rule = (chain, at) => {
  const {snapshot} = chain
  const isList = chain.kind(at + 1) === EdgeKind.element && chain.name(at).startsWith(ZONE_TASKS)
  const from = isList ? at + 2 : at
  const task = from < chain.length ? chain.source(from) : -1
  if (!chain.is(from, EdgeKind.property, 'callback') || !isShaped(snapshot, task, Shape.zoneTask)) return undefined
  // A timer's is a function of the zone's around people's.
  const isWrapped = chain.is(from + 1, EdgeKind.internal, 'context') && chain.is(from + 2, EdgeKind.context, 'callback')
  const end = isWrapped ? from + 3 : from + 1
  const called = chain.target(end - 1)
  if (snapshot.nodeKind[called] !== NodeKind.closure) return undefined
  const source = stringValue(snapshot, propertyTarget(snapshot, task, 'source')) ?? ''
  return {length: end - at, step: taskStep(source, functionName(snapshot, called)), inCode: true}
}

/** `source`: `Window.addEventListener:resize`, `setInterval`. */
function taskStep(source: string, name: string): StepValue {
  const event = /addEventListener:(.+)$/.exec(source)?.[1]
  if (event !== undefined) return {kind: 'listener', event, of: 'page', isOnce: false, functionName: name}
  return {
    kind: 'callback',
    of: /^set(?:Timeout|Interval)$/.test(source) ? 'timer' : source || 'task',
    functionName: name,
  }
}

/** Parts of the document that are told by nothing: ranges, collections. */
const MAX_BETWEEN = 4

/** From one node of a page's tree to another: parent, child or sibling, the file does not say which. */
export const pageTree: Rule = (chain, at) => {
  const {detachedness, nodeKind} = chain.snapshot
  const isTree = (node: number) =>
    nodeKind[node] === NodeKind.native && /^(?:Detached )?(?:<|#text|Text|HTML|SVG)/.test(chain.rawName(node))
  if (!isTree(chain.source(at))) return undefined
  let end = at
  while (end < chain.length - 1 && end < at + MAX_BETWEEN && isBlinks(chain, chain.target(end))) end++
  const node = chain.target(end)
  // Through what is no part of the tree, only to what is in the document anyway.
  if (!isTree(node) || (end > at && detachedness[node] !== ATTACHED)) return undefined
  const selector = selectorOf(chain.snapshot, node)
  const isElement = selector !== ''
  const name = isElement ? selector : startName(chain.snapshot, node)
  return {length: end + 1 - at, step: {kind: 'pageNode', name, isElement}}
}
