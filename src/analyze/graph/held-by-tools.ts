/** What is there only because somebody looks: what DevTools, drivers of browsers and extensions alone keep. */
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import {BitSet} from '../../util/bit-set.ts'
import {memoize} from '../../util/memo.ts'
import {hasPages, type RealmKind, realmColumn, realms} from '../facts/realms.ts'
import {globalObjects} from '../facts/roots.ts'
import {selfSizes} from '../facts/self-sizes.ts'
import {freedByCut} from './retained-set.ts'

const TOOLS = new Set<RealmKind>(['extension', 'driver'])

/** `6 / DevTools console`: what V8's inspector calls its handles (`V8InspectorImpl`, injected-script.cc: `kGlobalHandleLabel`). */
const CONSOLE = /^\d+ \/ DevTools console$/

/** What developer tools of frameworks put on a page's global object for code of the page to call: `__REACT_DEVTOOLS_GLOBAL_HOOK__`. */
const HOOK = /^__\w*DEVTOOLS\w*__$/

export interface HeldByTools {
  /** Whether a node is of a realm of theirs. */
  isOfThem(node: number): boolean
  /** Whether a node would be gone without DevTools, drivers and extensions. */
  isHeld(node: number): boolean
  /** Nodes with a size that would. */
  count: number
  /** Their self sizes, DevTools' model. */
  bytes: number
}

/** Undefined where no such realm and no handle of DevTools is in the file. Linear in what they reach. */
export const heldByTools = memoize((snapshot: Snapshot): HeldByTools | undefined => {
  const edges = edgesOfTools(snapshot)
  if (edges === undefined) return undefined
  const isHeld = freedByCut(snapshot, edges)
  const sizes = selfSizes(snapshot, 'devtools')
  const isTool = toolLabels(snapshot)
  const isOfThem = (node: number) => isTool.includes(1) && isTool[realmColumn(snapshot)[node]] === 1
  const held = {isOfThem, isHeld, count: 0, bytes: 0}
  for (let node = 0; node < snapshot.nodeCount; node++) {
    if (sizes[node] === 0 || !isHeld(node)) continue
    held.count++
    held.bytes += sizes[node]
  }
  return held
})

/** One bit an edge: all into their realms and hooks, and DevTools' handles; undefined if there are none. */
function edgesOfTools(snapshot: Snapshot): BitSet | undefined {
  const {nodeCount, edgeCount, edgeKind, edgeName, edgeTarget, firstEdge, nodeKind, strings} = snapshot
  const isTool = toolLabels(snapshot)
  const edges = new BitSet(edgeCount)
  let any = false
  const add = (edge: number) => {
    edges.add(edge)
    any = true
  }
  if (isTool.includes(1)) {
    const column = realmColumn(snapshot)
    for (let edge = 0; edge < edgeCount; edge++) if (isTool[column[edgeTarget[edge]]] === 1) add(edge)
  }
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.synthetic) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (!isIndexed(edgeKind[edge]) && CONSOLE.test(strings.get(edgeName[edge]))) add(edge)
    }
  }
  for (const hook of hooksOfTools(snapshot)) {
    const {first, edge} = snapshot.retainers
    for (let slot = first[hook]; slot < first[hook + 1]; slot++) add(edge[slot])
  }
  return any ? edges : undefined
}

function hooksOfTools(snapshot: Snapshot): Set<number> {
  const {edgeKind, edgeName, edgeTarget, firstEdge, strings} = snapshot
  const found = new Set<number>()
  if (!hasPages(snapshot)) return found
  for (const node of globalObjects(snapshot)) {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.property && HOOK.test(strings.get(edgeName[edge]))) found.add(edgeTarget[edge])
    }
  }
  return found
}

/** By label of a realm, whether it is a tool's. */
function toolLabels(snapshot: Snapshot): Uint8Array {
  if (!hasPages(snapshot)) return new Uint8Array(1)
  return Uint8Array.from([0, ...realms(snapshot).map(({kind}) => Number(TOOLS.has(kind)))])
}
