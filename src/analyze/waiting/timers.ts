/** Timers that are still to fire: Node's (lib/internal/timers.js) and a page's (Blink's DOMTimer, core/scheduler/dom_timer.h). */
import {propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {oddballValue} from '../facts/property-value.ts'
import {timerLinks} from '../facts/timers.ts'
import {functionBelow} from './page-functions.ts'
import {
  codeOfFunction,
  endsOf,
  isFunction,
  isThing,
  isTrue,
  namedEdges,
  type WaitGroup,
  WaitGroups,
} from './wait-group.ts'

/** By function and kind. What runs just now, as the timer that took the snapshot, is in no list and is none. */
export function liveTimers(snapshot: Snapshot): WaitGroup[] {
  const groups = new WaitGroups(snapshot)
  const {forward, isReferenced} = timerLinks(snapshot)
  for (const [timer, callback] of endsOf(snapshot, namedEdges(snapshot)('_onTimeout'))) {
    if (!isFunction(snapshot, callback) || isTrue(snapshot, propertyTarget(snapshot, timer, '_destroyed'))) continue
    if (!isThing(snapshot, forward(timer))) continue
    const repeat = propertyTarget(snapshot, timer, '_repeat')
    // A small number is no node.
    const how = repeat >= 0 && oddballValue(snapshot, repeat) === 'null' ? 'timeout' : 'interval'
    const facts = isReferenced(timer) ? [] : (['unref'] as const)
    const key = codeOfFunction(snapshot, callback) * 4 + Number(how === 'interval') * 2 + facts.length
    groups.add(key, timer, 1, () => ({how, function: callback, facts}))
  }
  for (const [immediate, callback] of endsOf(snapshot, namedEdges(snapshot)('_onImmediate'))) {
    if (!isFunction(snapshot, callback) || isTrue(snapshot, propertyTarget(snapshot, immediate, '_destroyed'))) continue
    groups.add(`immediate ${codeOfFunction(snapshot, callback)}`, immediate, 1, () => ({
      how: 'immediate',
      function: callback,
    }))
  }
  timersOfPages(snapshot, groups)
  return groups.all()
}

/** Whether such a timer repeats is not in the file. */
function timersOfPages(snapshot: Snapshot, groups: WaitGroups): void {
  const {nodeCount, nodeKind, nodeName, strings} = snapshot
  const names = strings.setOf('DOMTimer', 'blink::DOMTimer')
  for (let node = 0; node < nodeCount && names.size > 0; node++) {
    if (nodeKind[node] !== NodeKind.native || !names.has(nodeName[node])) continue
    const callback = functionBelow(snapshot, node)
    if (callback < 0) continue
    groups.add(`page ${codeOfFunction(snapshot, callback)}`, node, 1, () => ({how: 'page', function: callback}))
  }
}
