/** Listeners by emitter and event: Node's EventEmitter (lib/events.js) and EventTarget (lib/internal/event_target.js), and those of pages. */
import {internalTargets, propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {textOf} from '../../snapshot/code/text.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {oddballValue} from '../facts/property-value.ts'
import {placeInTable} from '../facts/tables.ts'
import {functionBelow} from './page-functions.ts'
import {
  codeOfFunction,
  endsOf,
  isFunction,
  isThing,
  isTrue,
  namedEdges,
  type WaitFact,
  type WaitGroup,
  WaitGroups,
} from './wait-group.ts'

/** With more, an emitter has a row of its own: Node warns from there on (`defaultMaxListeners`). */
const MANY = 10

/** By class of the emitter and event; of pages, where the event is not in the file, by class and function. */
export function listeners(snapshot: Snapshot): WaitGroup[] {
  const groups = new WaitGroups(snapshot)
  for (const [emitter, events] of endsOf(snapshot, namedEdges(snapshot)('_events'))) {
    if (isThing(snapshot, events)) emitterListeners(snapshot, emitter, events, groups)
  }
  for (const [target, events] of endsOf(snapshot, namedEdges(snapshot)('<symbol kEvents>'))) {
    if (isThing(snapshot, events)) targetListeners(snapshot, target, events, groups)
  }
  pageListeners(snapshot, groups)
  return groups.all()
}

function emitterListeners(snapshot: Snapshot, emitter: number, events: number, groups: WaitGroups): void {
  const {edgeKind, edgeName, edgeTarget, firstEdge, strings, types} = snapshot
  // Of an emitter that the program gave a limit, the number is no node, or one of its own.
  const limit = propertyTarget(snapshot, emitter, '_maxListeners')
  const hasOwnLimit = limit < 0 || oddballValue(snapshot, limit) !== 'undefined'
  for (let edge = firstEdge[events]; edge < firstEdge[events + 1]; edge++) {
    const event = edgeKind[edge] === EdgeKind.property ? strings.get(edgeName[edge]) : ''
    if (edgeKind[edge] !== EdgeKind.property || event === '__proto__') continue
    const to = edgeTarget[edge]
    const all = isFunction(snapshot, to) ? [to] : isThing(snapshot, to) ? elements(snapshot, to) : []
    if (all.length === 0) continue
    const isWarned = isTrue(snapshot, propertyTarget(snapshot, to, 'warned'))
    const facts: WaitFact[] = isWarned ? ['over limit'] : hasOwnLimit ? ['own limit'] : []
    const listener = insideWrapper(snapshot, all[0])
    const key = `emitter ${all.length > MANY ? `@${emitter}` : types.ofNode[emitter]} ${event} ${facts}`
    const first = () => ({how: 'emitter' as const, of: emitter, event, function: listener, facts})
    groups.add(key, emitter, all.length, first)
  }
}

/** Functions in an array. */
function elements(snapshot: Snapshot, array: number): number[] {
  const {edgeKind, edgeTarget, firstEdge} = snapshot
  const found: number[] = []
  for (let edge = firstEdge[array]; edge < firstEdge[array + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.element && isFunction(snapshot, edgeTarget[edge])) found.push(edgeTarget[edge])
  }
  return found
}

/** What was given to `once` is a property of the wrapper that it made. */
function insideWrapper(snapshot: Snapshot, listener: number): number {
  const inside = propertyTarget(snapshot, listener, 'listener')
  return isFunction(snapshot, inside) ? inside : listener
}

/** `target → Map → table → {next → Listener → next …}`. */
function targetListeners(snapshot: Snapshot, target: number, events: number, groups: WaitGroups): void {
  const {edgeKind, edgeName, edgeTarget, firstEdge, strings, types} = snapshot
  const table = internalTargets(snapshot)(events, 'table')
  if (table < 0) return
  let [keySlot, event] = [-2, '']
  for (let edge = firstEdge[table]; edge < firstEdge[table + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.internal) continue
    const slot = Number(strings.get(edgeName[edge]))
    const place = Number.isInteger(slot) ? placeInTable(snapshot, table, slot) : undefined
    if (place === 'key') [keySlot, event] = [slot, textOf(snapshot, edgeTarget[edge]) ?? '']
    if (place !== 'value' || slot !== keySlot + 1) continue
    const functions = linked(snapshot, edgeTarget[edge])
    if (functions.length === 0) continue
    const listener = functions[0]
    const name = event
    const key = `target ${functions.length > MANY ? `@${target}` : types.ofNode[target]} ${name}`
    groups.add(key, target, functions.length, () => ({how: 'target', of: target, event: name, function: listener}))
  }
}

/** Of each listener of a list its function; -1 where it is held weakly, or an object. */
function linked(snapshot: Snapshot, root: number): number[] {
  const found: number[] = []
  const seen = new Set([root])
  for (let at = propertyTarget(snapshot, root, 'next'); isThing(snapshot, at) && !seen.has(at); ) {
    seen.add(at)
    const function_ = propertyTarget(snapshot, at, 'listener')
    found.push(isFunction(snapshot, function_) ? function_ : propertyTarget(snapshot, at, 'callback'))
    at = propertyTarget(snapshot, at, 'next')
  }
  return found.map(node => (isFunction(snapshot, node) ? node : -1))
}

const MAX_DEPTH = 8

/** `EventTargetData → lists → RegisteredEventListener → … → function`: which event it is for is not in the file. */
function pageListeners(snapshot: Snapshot, groups: WaitGroups): void {
  const {nodeCount, nodeKind, nodeName, retainers, strings} = snapshot
  const names = strings.setOf('RegisteredEventListener', 'blink::RegisteredEventListener')
  const data = strings.setOf('EventTargetData', 'blink::EventTargetData')
  const {types} = snapshot
  for (let node = 0; node < nodeCount && names.size > 0; node++) {
    if (nodeKind[node] !== NodeKind.native || !names.has(nodeName[node])) continue
    const listener = functionBelow(snapshot, node)
    if (listener < 0) continue
    let at = node
    for (let depth = 0; depth < MAX_DEPTH && !data.has(nodeName[at]); depth++) {
      const slot = retainers.first[at]
      if (slot === retainers.first[at + 1]) break
      at = retainers.source[slot]
    }
    const ownerSlot = retainers.first[at]
    const target = data.has(nodeName[at]) && ownerSlot < retainers.first[at + 1] ? retainers.source[ownerSlot] : -1
    const key = `page ${target < 0 ? -1 : types.ofNode[target]} ${codeOfFunction(snapshot, listener)}`
    groups.add(key, node, 1, () => ({how: 'page', of: target, function: listener}), target < 0 ? node : target)
  }
}
