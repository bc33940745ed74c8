/** The shortest chains of edges that keep objects alive. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {holdingEdges} from '../facts/edge-policy.ts'
import {rootNodes} from '../facts/roots.ts'
import {templateObjects} from '../facts/templates.ts'
import {bfsDepthFrom, bfsDepthFromRoots, heldDepth, heldDepthWithout, UNREACHED} from '../graph/bfs-depth.ts'
import type {Selection} from '../select/select.ts'
import {BackwardSearch, isBetterNamed} from './backward-search.ts'
import type {Chain} from './path-chains.ts'
import {chainsThrough} from './through.ts'
import {waypoint} from './waypoint.ts'

/** Where a path of `path` may begin, and what it must pass or avoid. */
export interface PathOptions {
  /** Chains to find, shortest first. */
  count?: number
  /** Where chains begin; without it, at the roots. */
  from?: Selection
  /** Type or edge names, exact or `/regex/`, or `@id`, or expressions (docs/where.md), that chains must not pass through. */
  avoid?: readonly string[]
  /**
   * The same, but chains must pass it; their ends count. Each further chain then goes by way of another such object or edge.
   */
  through?: string
  /** Partial chains looked at before giving up: only graphs made to be hard need more. */
  maxSteps?: number
}

/** One path: its edges, by ordinal, from its start to its end. */
export interface Path {
  /** Ordinals, holder first, the object asked about last. */
  nodes: number[]
  /** Edge ordinals: `edges[i]` leads from `nodes[i]` to `nodes[i + 1]`. */
  edges: number[]
  /** How many edges go side by side with `edges[i]`; that one is the best named of them. */
  parallel: number[]
}

/** What `path` answers. */
export interface PathAnswer {
  /** Always `path`. */
  question: 'path'
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** The objects that paths lead to. */
  target: Selection
  /** Where paths begin; undefined for the roots. */
  from: Selection | undefined
  /** What no path leads through, as it was asked. */
  avoid: readonly string[]
  /** What all paths lead through, as it was asked; undefined for anything. */
  through: string | undefined
  /** Shortest first. */
  paths: Path[]
  /** How many of the objects asked about some chain reaches. */
  reached: number
  /** Of these, prototypes and templates, at which no chain ends as long as there are others. */
  templates: number
  /** What may be missing, by reason; empty if nothing is. */
  limitsReached: {
    /** The search gave up after so many steps; there may be more chains. */
    steps?: number
    /** There are more chains than were asked for. */
    count?: number
    /** Things to pass for which a shorter chain, or one at all, is not ruled out: the paths to and from them cross. */
    crossing?: number
    /** Things to pass that are farther than those looked at. */
    untried?: number
  }
}

const DEFAULT_COUNT = 1
const DEFAULT_MAX_STEPS = 1_000_000
/** Where paths to and from what a chain must pass cross, all chains are looked through, but not for long. */
const MAX_STEPS_THROUGH = 50_000

/**
 * The `count` shortest simple chains to any of the objects in `target`: A* backwards over the retainers, with the exact
 * distances of a breadth-first search as its guide, so that it goes straight from one chain to the next (the idea of
 * Hart, Nilsson and Raphael 1968). Ties are broken by id.
 */
export function shortestPaths(snapshot: Snapshot, target: Selection, options: PathOptions = {}): PathAnswer {
  const {count = DEFAULT_COUNT, from, avoid = [], through, maxSteps = DEFAULT_MAX_STEPS} = options
  const edges = withoutDeadEnds(snapshot, target, withoutAvoided(snapshot, target, from, avoid))
  const bfsDepthOver = (some: BitSet) =>
    from === undefined ? bfsDepthFromRoots(snapshot, some) : bfsDepthFrom(snapshot, from.nodes, some)
  const isKnown = from === undefined && avoid.length === 0
  const bfsDepth = !isKnown
    ? bfsDepthOver(edges)
    : target.nodes.length === 1
      ? heldDepthWithout(snapshot, target.nodes[0])
      : heldDepth(snapshot)
  const starts = from === undefined ? rootNodes(snapshot) : BitSet.of(snapshot.nodeCount, from.nodes)
  const reachedNodes = target.nodes.filter(node => bfsDepth[node] !== UNREACHED)
  const instances = reachedNodes.filter(node => !templateObjects(snapshot).has(node))
  const ends = instances.length === 0 ? target.nodes : instances
  const templates = instances.length === 0 ? 0 : reachedNodes.length - instances.length
  const search = new BackwardSearch(snapshot, edges, bfsDepth, starts, ends)
  const reached = reachedNodes.length
  const answer = {question: 'path', snapshot, target, from, avoid, through, reached, templates} as const
  if (through !== undefined) {
    const steps = Math.min(maxSteps, MAX_STEPS_THROUGH)
    const mustPass = waypoint(snapshot, [through])
    const found = chainsThrough({
      snapshot,
      edges,
      bfsDepth,
      bfsDepthOver,
      starts,
      targets: ends,
      waypoint: mustPass,
      count,
      nextOfAll() {
        const chain = search.next(steps)
        return chain && pathOf(chain)
      },
      gaveUp: () => search.gaveUp,
    })
    const {chains, unsettled, untried} = found
    const limitsReached = {
      ...(chains.length > count ? {count} : {}),
      ...(unsettled > 0 ? {crossing: unsettled} : {}),
      ...(untried > 0 && chains.length <= count ? {untried} : {}),
    }
    return {
      ...answer,
      paths: chains.slice(0, count).map(chain => withParallel(snapshot, edges, chain, mustPass.isEdge)),
      limitsReached,
    }
  }
  const paths: Path[] = []
  while (paths.length < count) {
    const chain = search.next(maxSteps)
    if (chain === undefined) break
    paths.push(pathOf(chain))
  }
  // One more, only to say whether there is one.
  const more = paths.length === count && search.next(maxSteps) !== undefined
  return {...answer, paths, limitsReached: {...(search.gaveUp ? {steps: maxSteps} : {}), ...(more ? {count} : {})}}
}

/**
 * The retaining edges, less those that are avoided by name, and those into or out of a node that is. What was asked about may
 * still end a chain, and `from` begin one, whatever is avoided.
 */
function withoutAvoided(
  snapshot: Snapshot,
  target: Selection,
  from: Selection | undefined,
  avoid: readonly string[],
): BitSet {
  const retaining = holdingEdges(snapshot)
  if (avoid.length === 0) return retaining
  const edges = retaining.copy()
  const mayEnd = BitSet.of(snapshot.nodeCount, target.nodes)
  const mayBegin = BitSet.of(snapshot.nodeCount, from?.nodes ?? new Uint32Array(0))
  const avoided = waypoint(snapshot, avoid)
  const {edgeTarget, firstEdge, nodeCount} = snapshot
  for (let node = 0; node < nodeCount; node++) {
    const mayPass = mayBegin.has(node) || !avoided.nodes.has(node)
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (!edges.has(edge)) continue
      const held = edgeTarget[edge]
      const mayEnter = mayEnd.has(held) || !avoided.nodes.has(held)
      if (!mayPass || !mayEnter || avoided.isEdge(edge)) edges.delete(edge)
    }
  }
  return edges
}

/**
 * Where all chains end at the same object, they never leave it: what it alone holds would be searched in vain, though it be full
 * of references back, as parts of a whole often are.
 */
function withoutDeadEnds({firstEdge}: Snapshot, {nodes}: Selection, edges: BitSet): BitSet {
  if (nodes.length !== 1) return edges
  const rest = edges.copy()
  for (let edge = firstEdge[nodes[0]]; edge < firstEdge[nodes[0] + 1]; edge++) rest.delete(edge)
  return rest
}

/** A chain that the search has found. */
function pathOf(chain: Chain): Path {
  const path: Path = {nodes: [], edges: [], parallel: []}
  for (let link: Chain | undefined = chain; link !== undefined; link = link.towardsTarget) {
    path.nodes.push(link.node)
    if (link.towardsTarget === undefined) continue
    path.edges.push(link.edge)
    path.parallel.push(link.parallel)
  }
  return path
}

/** A chain of nodes and any edges between them: each with those beside it; an edge that is to be passed stays. */
function withParallel(
  snapshot: Snapshot,
  possible: BitSet,
  {nodes, edges}: Pick<Path, 'nodes' | 'edges'>,
  keep: (edge: number) => boolean,
): Path {
  const {first, edge: entering, source} = snapshot.retainers
  const path: Path = {nodes, edges: [], parallel: []}
  edges.forEach((edge, i) => {
    let best = edge
    let parallel = 0
    for (let slot = first[nodes[i + 1]]; slot < first[nodes[i + 1] + 1]; slot++) {
      if (source[slot] !== nodes[i] || !possible.has(entering[slot])) continue
      parallel++
      if (!keep(edge) && isBetterNamed(snapshot, entering[slot], best)) best = entering[slot]
    }
    path.edges.push(best)
    path.parallel.push(parallel)
  })
  return path
}
