/** Windows without a page that live on: iframes that were removed, pages that were left. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {retainingEdges} from '../facts/edge-policy.ts'
import {hasPages, type Realm, type RealmKind, realmColumn, realms, removedFrameTest} from '../facts/realms.ts'
import {selfSizes} from '../facts/self-sizes.ts'
import {SHARED} from '../facts/spread-labels.ts'
import {type RetainedSet, retainedBySet} from '../graph/retained-set.ts'
import {sortById} from '../select/select.ts'
import type {LeakedSet} from './leaks.ts'

export interface RemovedFrames {
  frames: readonly Realm[]
  /** Whether a node is of one: `removedFrameTest`. */
  isOfThem(node: number): boolean
  /** What would be freed if nobody held anything of theirs. */
  retained: RetainedSet
  /** Of them what other realms hold; without any, their native contexts. */
  set: LeakedSet
}

const HOLDERS = new Set<RealmKind>(['page', 'iframe', 'extension'])

/** Undefined where there are none. Linear in nodes and edges. */
export function removedFrames(snapshot: Snapshot): RemovedFrames | undefined {
  const frames = hasPages(snapshot) ? realms(snapshot).filter(({kind}) => kind === 'removed frame') : []
  if (frames.length === 0) return undefined
  const {nodeCount} = snapshot
  const column = realmColumn(snapshot)
  const kinds = [undefined, ...realms(snapshot).map(({kind}) => kind)]
  const isTheirs = Uint8Array.from(kinds, kind => Number(kind === 'removed frame'))
  const isHolder = Uint8Array.from(kinds, kind => Number(kind !== undefined && HOLDERS.has(kind)))
  isHolder[SHARED] = 0
  const held = new BitSet(nodeCount)
  const {firstEdge, edgeTarget} = snapshot
  const retaining = retainingEdges(snapshot)
  for (let node = 0; node < nodeCount; node++) {
    if (isHolder[column[node]] === 0) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (isTheirs[column[edgeTarget[edge]]] === 1 && retaining.has(edge)) held.add(edgeTarget[edge])
    }
  }
  const all: number[] = []
  for (let node = 0; node < nodeCount; node++) if (isTheirs[column[node]] === 1) all.push(node)
  const entrances = held.members()
  const outermost = sortById(
    snapshot,
    entrances.length > 0 ? entrances : Uint32Array.from(frames, ({context}) => context),
  )
  return {
    frames,
    isOfThem: removedFrameTest(snapshot),
    retained: retainedBySet(snapshot, all),
    set: setOf(snapshot, outermost),
  }
}

function setOf(snapshot: Snapshot, nodes: Uint32Array): LeakedSet {
  const size = selfSizes(snapshot, 'devtools')
  const counts = new Map<number, number>()
  for (const node of nodes) {
    const type = snapshot.types.ofNode[node]
    counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return {
    group: 0,
    outermost: nodes,
    members: nodes,
    count: nodes.length,
    selfBytes: nodes.reduce((sum, node) => sum + size[node], 0),
    types: [...counts].map(([type, count]) => ({type, count})).sort((a, b) => b.count - a.count || a.type - b.type),
  }
}
