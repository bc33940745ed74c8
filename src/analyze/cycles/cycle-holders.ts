/** What holds cycles from outside. */
import {type CodeOrigin, codeOf} from '../../snapshot/code/code-origin.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {BitSet} from '../../util/bit-set.ts'
import {ANY_INDEX, edgePatterns} from '../facts/edge-pattern.ts'
import {retainingEdges} from '../facts/edge-policy.ts'
import {rootNodes} from '../facts/roots.ts'
import {bfsDepthFromRoots, UNREACHED} from '../graph/bfs-depth.ts'
import type {Components} from '../graph/components.ts'
import {type NamedPath, PathsBack} from '../paths/paths-back.ts'
import type {CycleGroup} from './cycle-groups.ts'

/** Whose code a holder belongs to: people's own first, since there they can change something. */
const ORIGIN_RANK: Record<CodeOrigin, number> = {application: 0, library: 1, unknown: 2, runtime: 3}

const PLUMBING_RANK = 4

/** Edges into a component whose holders are compared by whose code they are. */
const HOLDERS_RANKED = 100_000

/**
 * For each group the edge from outside into its example's component: one that is not internal before V8's own slots; of those one
 * from application code if there is one, else from a library; of equals the one nearest to the roots. And who holds its source in turn, where that is an element or one of V8's own slots.
 */
export function holdFromOutside(snapshot: Snapshot, components: Components, edges: BitSet, groups: CycleGroup[]): void {
  if (groups.length === 0) return
  const {edgeKind, nodeId, retainers} = snapshot
  const patternOf = edgePatterns(snapshot)
  const roots = rootNodes(snapshot)
  const isInternals = (edge: number, source: number) => {
    const kind = edgeKind[edge]
    const isOwn = kind === EdgeKind.property || kind === EdgeKind.context || patternOf(edge) === ANY_INDEX
    return !isOwn || !(edges.has(edge) || roots.has(source))
  }
  const retaining = retainingEdges(snapshot)
  const bfsDepth = bfsDepthFromRoots(snapshot, retaining)
  const paths = new PathsBack(snapshot, retaining, bfsDepth)
  for (const group of groups) {
    const component = components.ofNode[group.nodes[0]]
    let best: {source: number; edge: number; rank: number; named: NamedPath} | undefined
    let looks = 0
    for (const node of components.members.subarray(components.first[component], components.first[component + 1])) {
      for (let slot = retainers.first[node]; slot < retainers.first[node + 1]; slot++) {
        const source = retainers.source[slot]
        const edge = retainers.edge[slot]
        if (!retaining.has(edge) || components.ofNode[source] === component || bfsDepth[source] === UNREACHED) continue
        // Beyond so many the nearest is taken, whoever wrote it.
        const isFar = best !== undefined && looks >= HOLDERS_RANKED
        const isNearer =
          best === undefined ||
          bfsDepth[source] < bfsDepth[best.source] ||
          (bfsDepth[source] === bfsDepth[best.source] && nodeId[source] < nodeId[best.source])
        if (isFar && !isNearer) continue
        looks++
        const named = paths.fromEdge(edge, source)
        const rank = ORIGIN_RANK[codeOf(snapshot, named.source)] + (isInternals(edge, source) ? PLUMBING_RANK : 0)
        if (best === undefined || rank < best.rank || (rank === best.rank && isNearer))
          best = {source, edge, rank, named}
      }
    }
    if (best === undefined) continue
    group.heldBy = best.edge
    const isNamed = edgeKind[best.edge] === EdgeKind.property || edgeKind[best.edge] === EdgeKind.context
    if (!isNamed && best.named.edge !== best.edge) group.holder = {edge: best.named.edge, via: best.named.via}
  }
}
