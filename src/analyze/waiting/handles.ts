/** Open handles of Node's: what libuv watches (src/handle_wrap.h), and who owns it in JavaScript. */
import {internalTargets, propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isFunction, isThing, type WaitFact, type WaitGroup, WaitGroups} from './wait-group.ts'

/** Classes of handles as JavaScript has them (`internalBinding`), which are open as long as they have a C++ side. */
const HANDLES = ['TCP', 'Pipe', 'TTY', 'UDP', 'Process', 'FSEvent', 'StatWatcher', 'MessagePort', 'Worker', 'Signal']

/** What leads from a handle to its C++ side: up to Node 16, and since. */
const TO_NATIVE = ['javascript_to_native', 'wrapper']
const OWNERS = ['<symbol owner_symbol>', '<symbol owner>', '<symbol handle_onclose>']

/** By class of the handle and of its owner. */
export function openHandles(snapshot: Snapshot): WaitGroup[] {
  const {nodeCount, nodeKind, nodeName, strings, types} = snapshot
  const groups = new WaitGroups(snapshot)
  const names = strings.setOf(...HANDLES)
  if (names.size === 0) return []
  const target = internalTargets(snapshot)
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object || !names.has(nodeName[node])) continue
    if (!TO_NATIVE.some(name => target(node, name) >= 0)) continue
    const owner = OWNERS.map(name => propertyTarget(snapshot, node, name)).find(found => isThing(snapshot, found)) ?? -1
    const isServer = isFunction(snapshot, propertyTarget(snapshot, node, 'onconnection'))
    const facts: WaitFact[] = isServer ? ['server'] : []
    const key = `${nodeName[node]} ${owner < 0 ? -1 : types.ofNode[owner]} ${facts}`
    groups.add(key, owner < 0 ? node : owner, 1, () => ({of: node, facts}))
  }
  return groups.all()
}
