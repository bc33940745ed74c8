/** What CommonJS modules export, by Node's own `Module` objects (`lib/internal/modules/cjs/loader.js`). */
import {memoize} from '../../util/memo.ts'
import {bytesOf, parsedBytes} from '../columns/saved.ts'
import {NodeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {propertyTarget} from './internal-edges.ts'
import {textOf} from './text.ts'

/** Paths of the modules' files by the ordinal of what they export: an object or a function. One entry a module. */
export const moduleExports = memoize((snapshot: Snapshot): ReadonlyMap<number, string> => {
  const find = () => ({values: bytesOf([...findModuleExports(snapshot)])})
  return new Map(parsedBytes(snapshot.saved.group('module exports', ['values'], find).values) as [number, string][])
})

function findModuleExports(snapshot: Snapshot): Map<number, string> {
  const {nodeCount, nodeKind, nodeName, strings} = snapshot
  const wanted = strings.setOf('Module')
  const found = new Map<number, string>()
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object || !wanted.has(nodeName[node])) continue
    const exported = propertyTarget(snapshot, node, 'exports')
    const file = propertyTarget(snapshot, node, 'filename')
    if (exported < 0 || file < 0 || found.has(exported)) continue
    const isThing = nodeKind[exported] === NodeKind.object || nodeKind[exported] === NodeKind.closure
    const path = isThing ? textOf(snapshot, file) : undefined
    if (path !== undefined) found.set(exported, path)
  }
  return found
}
