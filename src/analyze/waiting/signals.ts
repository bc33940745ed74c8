/** AbortSignals that have not aborted: Node's (lib/internal/abort_controller.js) and a page's. */
import {propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {oddballValue} from '../facts/property-value.ts'
import {endsOf, isThing, namedEdges, type WaitGroup, WaitGroups} from './wait-group.ts'

/** All as one group: who keeps them tells them apart. */
export function liveSignals(snapshot: Snapshot): WaitGroup[] {
  const {nodeCount, nodeKind, nodeName, strings} = snapshot
  const groups = new WaitGroups(snapshot)
  for (const [signal, aborted] of endsOf(snapshot, namedEdges(snapshot)('<symbol kAborted>'))) {
    if (oddballValue(snapshot, aborted) !== 'false') continue
    const hasListeners = isThing(snapshot, propertyTarget(snapshot, signal, '<symbol kEvents>'))
    const isComposite = isThing(snapshot, propertyTarget(snapshot, signal, '<symbol kSourceSignals>'))
    groups.add(`${hasListeners} ${isComposite}`, signal, 1, () => ({of: signal}))
  }
  const names = strings.setOf('AbortSignal')
  for (let node = 0; node < nodeCount && names.size > 0; node++) {
    if (nodeKind[node] !== NodeKind.native || !names.has(nodeName[node])) continue
    groups.add('page', node, 1, () => ({how: 'page', of: node}))
  }
  return groups.all()
}
