import {EdgeKind} from './schema.ts'
import type {Snapshot} from './snapshot.ts'
export function isModuleScope({firstEdge, edgeKind, edgeName, edgeTarget, nodeName, strings}: Snapshot, scope: number): boolean {
  for (let edge = firstEdge[scope]; edge < firstEdge[scope + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.internal && strings.get(edgeName[edge]) === 'previous')
      return strings.get(nodeName[edgeTarget[edge]]) === 'system / NativeContext'
  }
  return false
}
