/** Reference cycles: strongly connected components, grouped by the pattern of a shortest cycle in each. */
import {type CodeOrigin, codeOf} from '../snapshot/code-origin.ts'
import {EdgeKind, NodeKind} from '../snapshot/schema.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {HeapgraphError} from '../util/errors.ts'
import {GrowableUint32} from '../util/growable.ts'
import {type Components, stronglyConnectedComponents} from './components.ts'
import {ANY_INDEX, edgePatterns} from './edge-pattern.ts'
import {retainingEdges} from './edge-policy.ts'
import {retainedOf} from './group-sums.ts'
import {hopsFromRoots, UNREACHED} from './hops.ts'
import {rootNodes, userRoots} from './roots.ts'
import type {Selection} from './select.ts'
import {type NamedWay, WaysBack} from './ways-back.ts'

export interface CyclesOptions {
  /** Only cycles through one of these objects. */
  through?: Selection
  /** Also follow what V8 adds to every object: maps, prototypes, code. One component then swallows most of a heap. */
  raw?: boolean
  /** Only components whose shortest cycle has so many objects. */
  minLength?: number
  maxLength?: number
  /** Whether to compute retained sizes, which takes the dominator tree. */
  retained?: boolean
  limit?: number
}

export interface CycleGroup {
  /** Components with this pattern, the objects in all of them, and their self sizes. */
  components: number
  nodeCount: number
  selfBytes: number
  /**
   * Bytes that would be freed if all of these objects were dropped, those counted once that several hold; as `types` counts, what
   * only two of them together hold is left out. Undefined if not asked for.
   */
  retainedBytes: number | undefined
  /** The largest of the components. */
  largest: number
  /** Where components have more members than the cycle shown: all of them by type, most first, and what is left out. */
  members: {type: string; count: number; selfBytes: number}[]
  membersLeft: {types: number; count: number}
  /** A shortest cycle of the component with the smallest id: `nodes[i]` reaches `nodes[i + 1]` by `edges[i]`, the last the first. */
  nodes: number[]
  edges: number[]
  /** The edge that holds that component from outside, nearest to the roots; undefined if none does. */
  heldBy: number | undefined
  /** The variable or property by which that edge's source is held in turn, if the edge itself is neither. */
  holder: {edge: number; via: number[]} | undefined
  /** Nothing but functions and their scopes, as wherever a function is kept in a variable it can see: names left out. */
  isScopeOnly: boolean
}

export interface CyclesAnswer {
  question: 'cycles'
  snapshot: Snapshot
  through: Selection | undefined
  raw: boolean
  minLength: number
  maxLength: number
  /** Cycles of nothing but functions and their scopes last; most components first, then most objects. */
  groups: CycleGroup[]
  total: {groups: number; components: number; nodeCount: number; selfBytes: number}
  limitsReached: {
    groups?: number
    /** Components so large that their shortest cycle was looked for through some members only. */
    searched?: number
  }
}

export function cycles(snapshot: Snapshot, options: CyclesOptions = {}): CyclesAnswer {
  const {through, raw = false, limit = 30, retained = true} = options
  const {minLength = 1, maxLength = Number.POSITIVE_INFINITY} = options
  if (minLength > maxLength) {
    throw new HeapgraphError(
      'USAGE',
      `no cycle has at least ${minLength} and at most ${maxLength} objects`,
      'swap them',
    )
  }
  const edges = raw ? withSelfEdges(snapshot) : withoutPlumbing(snapshot)
  const components = stronglyConnectedComponents(snapshot, edges)
  const search = new ShortestCycles(snapshot, edges, components)
  const isMeant = (length: number) => length >= minLength && length <= maxLength
  const {groups, searched, ofComponent} = groupByPattern(snapshot, components, search, through, isMeant)
  const kept = groups.slice(0, limit)
  const ofNode = components.ofNode.map(component => ofComponent[component])
  if (retained) addRetained(snapshot, kept, ofNode)
  addMembers(snapshot, components, kept, ofNode)
  holdFromOutside(snapshot, components, edges, kept)
  const sum = (value: (group: CycleGroup) => number) => groups.reduce((total, group) => total + value(group), 0)
  return {
    question: 'cycles',
    snapshot,
    through,
    raw,
    minLength,
    maxLength,
    groups: kept,
    total: {
      groups: groups.length,
      components: sum(group => group.components),
      nodeCount: sum(group => group.nodeCount),
      selfBytes: sum(group => group.selfBytes),
    },
    limitsReached: {...(groups.length > limit ? {groups: limit} : {}), ...(searched > 0 ? {searched} : {})},
  }
}

/** The retaining edges and, since a cycle may be of one, those from a node to itself. */
function withSelfEdges(snapshot: Snapshot): BitSet {
  const {edgeCount, edgeKind, edgeTarget, firstEdge, nodeCount} = snapshot
  const edges = new BitSet(edgeCount)
  edges.words.set(retainingEdges(snapshot).words)
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeTarget[edge] === node && edgeKind[edge] !== EdgeKind.weak) edges.add(edge)
    }
  }
  return edges
}

/** Names of what every object or function has: along them everything reaches everything. A property `map` is people's own. */
const PLUMBING_PROPERTIES = ['__proto__', 'constructor', 'prototype']
const PLUMBING_SLOTS = [...PLUMBING_PROPERTIES, 'map', 'native_context', 'initial_map', 'global_proxy']
/** Nodes that are V8's own bookkeeping, or hold all there is. */
const PLUMBING_KINDS = new Set([
  NodeKind.hidden,
  NodeKind.code,
  NodeKind['object shape'],
  NodeKind.synthetic,
  NodeKind['wasm object'],
])

function withoutPlumbing(snapshot: Snapshot): BitSet {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeCount, strings} = snapshot
  const edges = withSelfEdges(snapshot)
  const isPlumbing = plumbingNodes(snapshot)
  const properties = new Set(PLUMBING_PROPERTIES.flatMap(name => strings.indexesOf(name)))
  const slots = new Set(PLUMBING_SLOTS.flatMap(name => strings.indexesOf(name)))
  for (let node = 0; node < nodeCount; node++) {
    const whole = isPlumbing.has(node)
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const kind = edgeKind[edge]
      const named =
        (kind === EdgeKind.property && properties.has(edgeName[edge])) ||
        (kind === EdgeKind.internal && slots.has(edgeName[edge]))
      if (whole || named || isPlumbing.has(edgeTarget[edge])) edges.delete(edge)
    }
  }
  return edges
}

function plumbingNodes(snapshot: Snapshot): BitSet {
  const {nodeCount, nodeKind, nodeName, strings} = snapshot
  const proxy = new Set(strings.indexesOf('system / JSProxy'))
  // Since V8 14.9 what used to be hidden is native.
  const isSystem = new Uint8Array(strings.count)
  const nodes = new BitSet(nodeCount)
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]
    const name = nodeName[node]
    if (kind === NodeKind.native && isSystem[name] === 0) {
      isSystem[name] = strings.get(name).startsWith('system / ') ? 2 : 1
    }
    const hidden = PLUMBING_KINDS.has(kind) || (kind === NodeKind.native && isSystem[name] === 2)
    if (hidden && !proxy.has(name)) nodes.add(node)
  }
  for (const node of userRoots(snapshot)) nodes.add(node)
  return nodes
}

function groupByPattern(
  snapshot: Snapshot,
  components: Components,
  search: ShortestCycles,
  through: Selection | undefined,
  isMeant: (length: number) => boolean,
): {groups: CycleGroup[]; searched: number; ofComponent: Uint32Array} {
  const {nodeId, nodeKind, nodeSelfBytes} = snapshot
  const patternOf = edgePatterns(snapshot)
  const wanted = through === undefined ? undefined : new BitSet(snapshot.nodeCount)
  for (const node of through?.nodes ?? []) wanted?.add(node)
  const isFunctionOrScope = functionsAndScopes(snapshot)
  const groups = new Map<string, CycleGroup & {smallestId: number; number: number}>()
  // Groups by number, from 1 on, in order of appearance; 0 is none.
  const numberOf = new Uint32Array(components.count + 1)
  let searched = 0
  for (let component = 1; component <= components.count; component++) {
    const all = components.members.subarray(components.first[component], components.first[component + 1])
    const starts = wanted === undefined ? all : all.filter(node => wanted.has(node))
    if (starts.length === 0) continue
    const cycle = search.through(starts)
    if (cycle === undefined || !isMeant(cycle.nodes.length)) continue
    if (cycle.isPartial) searched++
    const isScopeOnly = cycle.nodes.every(isFunctionOrScope)
    const {key, nodes, edges} = rotated(cycle, (node, edge) =>
      // Newer versions of V8 give scopes names of their own.
      isScopeOnly ? `${nodeKind[node] === NodeKind.closure}` : `${snapshot.types.ofNode[node]}:${patternOf(edge)}`,
    )
    let smallestId = Number.POSITIVE_INFINITY
    let selfBytes = 0
    for (const node of all) {
      smallestId = Math.min(smallestId, nodeId[node])
      selfBytes += nodeSelfBytes[node]
    }
    const group = groups.get(key)
    if (group === undefined) {
      const sizes = {components: 1, nodeCount: all.length, selfBytes, retainedBytes: undefined, largest: all.length}
      const later = {members: [], membersLeft: {types: 0, count: 0}, heldBy: undefined, holder: undefined}
      const number = groups.size + 1
      numberOf[component] = number
      groups.set(key, {...sizes, ...later, nodes, edges, isScopeOnly, smallestId, number})
      continue
    }
    numberOf[component] = group.number
    group.components++
    group.nodeCount += all.length
    group.selfBytes += selfBytes
    group.largest = Math.max(group.largest, all.length)
    if (smallestId < group.smallestId) Object.assign(group, {nodes, edges, smallestId})
  }
  const sorted = [...groups.values()].sort(
    (a, b) =>
      Number(a.isScopeOnly) - Number(b.isScopeOnly) ||
      b.components - a.components ||
      b.nodeCount - a.nodeCount ||
      a.smallestId - b.smallestId,
  )
  const places = new Uint32Array(sorted.length + 1)
  sorted.forEach(({number}, place) => {
    places[number] = place + 1
  })
  return {
    groups: sorted.map(({smallestId: _, number: __, ...group}) => group),
    searched,
    ofComponent: numberOf.map(number => places[number]),
  }
}

/** `ofNode`: Uint32Array(n), each node's group from 1 on, in the order of `groups` and beyond; 0 for none. */
function addRetained(snapshot: Snapshot, groups: CycleGroup[], ofNode: Uint32Array): void {
  if (groups.length === 0) return
  const kept = ofNode.map(group => (group <= groups.length ? group : 0))
  const retained = retainedOf(snapshot, {ofNode: kept, names: {length: groups.length + 1}}, 'raw')
  groups.forEach((group, place) => {
    group.retainedBytes = retained[place + 1]
  })
}

const MEMBER_TYPES_SHOWN = 5

function addMembers(snapshot: Snapshot, components: Components, groups: CycleGroup[], ofNode: Uint32Array): void {
  const {nodeSelfBytes, types} = snapshot
  const byType = groups.map(({nodes, nodeCount, components}) =>
    nodeCount > nodes.length * components
      ? new Map<string, {type: string; count: number; selfBytes: number}>()
      : undefined,
  )
  for (const node of components.members) {
    const rows = byType[ofNode[node] - 1]
    if (rows === undefined) continue
    const type = types.names[types.ofNode[node]]
    let row = rows.get(type)
    if (row === undefined) {
      row = {type, count: 0, selfBytes: 0}
      rows.set(type, row)
    }
    row.count++
    row.selfBytes += nodeSelfBytes[node]
  }
  groups.forEach((group, place) => {
    const rows = [...(byType[place]?.values() ?? [])].sort(
      (a, b) => b.count - a.count || b.selfBytes - a.selfBytes || Number(a.type > b.type) - Number(a.type < b.type),
    )
    const left = rows.slice(MEMBER_TYPES_SHOWN)
    group.members = rows.slice(0, MEMBER_TYPES_SHOWN)
    group.membersLeft = {types: left.length, count: left.reduce((sum, {count}) => sum + count, 0)}
  })
}

/** V8 names scopes `system / Context`, in newer versions with more behind it. */
function functionsAndScopes({nodeKind, nodeName, strings}: Snapshot): (node: number) => boolean {
  return node => nodeKind[node] === NodeKind.closure || strings.get(nodeName[node]).startsWith('system / Context')
}

interface Cycle {
  nodes: number[]
  edges: number[]
  /** Not all members were tried, so a shorter one may exist. */
  isPartial: boolean
}

/** The same cycle begun where its pattern reads smallest, so that equal cycles have equal patterns. */
function rotated({nodes, edges}: Cycle, step: (node: number, edge: number) => string) {
  const steps = nodes.map((node, i) => step(node, edges[i]))
  const best = smallestRotation(steps)
  const turn = <T>(list: T[]) => [...list.slice(best), ...list.slice(0, best)]
  return {key: turn(steps).join(' '), nodes: turn(nodes), edges: turn(edges)}
}

/** Two candidates run along side by side; where they differ, the larger one skips all it has run over: linear in time. */
function smallestRotation(steps: string[]): number {
  const count = steps.length
  let a = 0
  let b = 1
  let same = 0
  while (a < count && b < count && same < count) {
    const x = steps[(a + same) % count]
    const y = steps[(b + same) % count]
    if (x === y) {
      same++
      continue
    }
    if (x > y) a += same + 1
    else b += same + 1
    if (a === b) b++
    same = 0
  }
  return Math.min(a, b)
}

/** Members tried in a component at the most, and edges followed for it. */
const MAX_STARTS = 64
const MAX_EDGES_FOLLOWED = 1 << 22

/** Finds a shortest cycle inside a component, by breadth-first searches that share their arrays. */
class ShortestCycles {
  readonly #snapshot: Snapshot
  readonly #edges: BitSet
  readonly #components: Components
  /** The search that reached a node last, the edge it came by, and the node that edge leaves. */
  readonly #reachedBy: Uint32Array
  readonly #viaEdge: Uint32Array
  readonly #viaNode: Uint32Array
  #searches = 0

  constructor(snapshot: Snapshot, edges: BitSet, components: Components) {
    this.#snapshot = snapshot
    this.#edges = edges
    this.#components = components
    this.#reachedBy = new Uint32Array(snapshot.nodeCount)
    this.#viaEdge = new Uint32Array(snapshot.nodeCount)
    this.#viaNode = new Uint32Array(snapshot.nodeCount)
  }

  /** A shortest of the cycles through one of `starts`, all of one component. */
  through(starts: Uint32Array): Cycle | undefined {
    const itself = this.#selfCycle(starts)
    if (itself !== undefined) return itself
    let best: Cycle | undefined
    let tried = 0
    let edgesLeft = MAX_EDGES_FOLLOWED
    while (tried < starts.length && tried < MAX_STARTS && edgesLeft > 0 && best?.nodes.length !== 2) {
      const result = this.#from(starts[tried++], best === undefined ? Number.POSITIVE_INFINITY : best.nodes.length)
      edgesLeft -= result.followed
      best = result.cycle ?? best
    }
    if (best !== undefined) best.isPartial = best.nodes.length > 2 && tried < starts.length
    return best
  }

  #selfCycle(starts: Uint32Array): Cycle | undefined {
    const {firstEdge, edgeTarget} = this.#snapshot
    for (const node of starts) {
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
        if (edgeTarget[edge] === node && this.#edges.has(edge)) return {nodes: [node], edges: [edge], isPartial: false}
      }
    }
    return undefined
  }

  /** A shortest cycle through `start` of fewer nodes than `limit`. */
  #from(start: number, limit: number): {cycle: Cycle | undefined; followed: number} {
    const {firstEdge, edgeTarget} = this.#snapshot
    const component = this.#components.ofNode[start]
    const search = ++this.#searches
    const queue = new GrowableUint32()
    queue.push(start)
    let followed = 0
    let depth = 1
    let levelEnd = 1
    for (let next = 0; next < queue.length; next++) {
      if (next === levelEnd) {
        depth++
        levelEnd = queue.length
      }
      if (depth >= limit) break
      const node = queue.get(next)
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
        followed++
        const target = edgeTarget[edge]
        if (this.#components.ofNode[target] !== component || !this.#edges.has(edge)) continue
        if (target === start) return {cycle: this.#trace(start, node, edge), followed}
        if (this.#reachedBy[target] === search) continue
        this.#reachedBy[target] = search
        this.#viaEdge[target] = edge
        this.#viaNode[target] = node
        queue.push(target)
      }
    }
    return {cycle: undefined, followed}
  }

  #trace(start: number, last: number, closing: number): Cycle {
    const nodes = [last]
    const edges = [closing]
    for (let node = last; node !== start; node = this.#viaNode[node]) {
      nodes.push(this.#viaNode[node])
      edges.push(this.#viaEdge[node])
    }
    return {nodes: nodes.reverse(), edges: edges.reverse(), isPartial: false}
  }
}

/** Whose code a holder belongs to: people's own first, since there they can change something. */
const ORIGIN_RANK: Record<CodeOrigin, number> = {application: 0, library: 1, unknown: 2, runtime: 3}

const PLUMBING_RANK = 4

/**
 * For each group the edge from outside into its example's component: one that is no plumbing before V8's own slots; of those one
 * from application code if there is one, else from a library; of equals the one nearest to the roots. And who holds its source in turn, where that is an element or one of V8's own slots.
 */
function holdFromOutside(snapshot: Snapshot, components: Components, edges: BitSet, groups: CycleGroup[]): void {
  if (groups.length === 0) return
  const {edgeKind, nodeId, retainers} = snapshot
  const patternOf = edgePatterns(snapshot)
  const roots = rootNodes(snapshot)
  const isPlumbing = (edge: number, source: number) => {
    const kind = edgeKind[edge]
    const isOwn = kind === EdgeKind.property || kind === EdgeKind.context || patternOf(edge) === ANY_INDEX
    return !isOwn || !(edges.has(edge) || roots.has(source))
  }
  const retaining = retainingEdges(snapshot)
  const hops = hopsFromRoots(snapshot, retaining)
  const ways = new WaysBack(snapshot, retaining, hops)
  for (const group of groups) {
    const component = components.ofNode[group.nodes[0]]
    let best: {source: number; edge: number; rank: number; named: NamedWay} | undefined
    let looks = 0
    for (const node of components.members.subarray(components.first[component], components.first[component + 1])) {
      for (let slot = retainers.first[node]; slot < retainers.first[node + 1]; slot++) {
        const source = retainers.source[slot]
        const edge = retainers.edge[slot]
        if (!retaining.has(edge) || components.ofNode[source] === component || hops[source] === UNREACHED) continue
        // Beyond so many the nearest is taken, whoever wrote it.
        const isFar = best !== undefined && looks >= HOLDERS_RANKED
        const isNearer =
          best === undefined ||
          hops[source] < hops[best.source] ||
          (hops[source] === hops[best.source] && nodeId[source] < nodeId[best.source])
        if (isFar && !isNearer) continue
        looks++
        const named = ways.fromEdge(edge, source)
        const rank = ORIGIN_RANK[codeOf(snapshot, named.source)] + (isPlumbing(edge, source) ? PLUMBING_RANK : 0)
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

/** Edges into a component whose holders are compared by whose code they are. */
const HOLDERS_RANKED = 100_000
