/** The place where many objects gather, as an owner: what is called by a name above them, and the edges by which all of them hang on it. */
import {codeOf} from '../../snapshot/code/code-origin.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {internals} from '../facts/internals.ts'
import {roles} from '../facts/roles.ts'
import {shadowStores} from '../facts/stores.ts'
import {distances} from '../graph/distances.ts'
import type {KeepingTree} from '../graph/dominance.ts'
import {keptSizes} from '../graph/dominators.ts'
import {type Bottleneck, isCollection, NodesBelow, pathDown} from './bottlenecks.ts'
import type {OwnedPath} from './owner-search.ts'
import {pathNames} from './path-names.ts'

export interface Gathered extends OwnedPath {
  members: Uint32Array
  /** Ordinal of the member that the path leads to: of those that retain most the one of the lowest id. */
  example: number
  /** Ordinals of all edges by which the members hang on it, ascending. */
  cuts: Uint32Array
  code: 'application' | 'library' | 'runtime'
  /** Whether what hangs there are instances of a module that was run several times. */
  hasInstances: boolean
}

/**
 * Undefined where code has no name for the place, or for any way to it. `isOneName`: all that holds the objects is below one name, so that a
 * collection that several things there share is one place.
 */
export function gatheredAt(
  snapshot: Snapshot,
  {by, node, members, isChain, hasInstances, isOfVariables}: Bottleneck,
  isOneName = false,
): Gathered | undefined {
  const names = pathNames(snapshot)
  const example = hasInstances ? nearest(snapshot, members) : largest(snapshot, members)
  const edges: number[] = []
  const start = names.wholePathTo(node, edges)
  const isContainer = (isThing(snapshot, node) || isOfVariables) && !isChain
  const place = isContainer
    ? outOf(snapshot, by, node, members)
    : (into(snapshot, by, node, edges) ?? (hasInstances ? intoFunctions(snapshot, by, node, edges) : undefined))
  if (place === undefined) return undefined
  const container = isContainer ? node : sourceOf(snapshot.firstEdge, edges[place.cut])
  // An instance is let go of where it is held from outside, whoever sees the thing that it is in.
  const isOneThing = (hasInstances && !isContainer) || (isOneName && isCollection(snapshot, container))
  if (!isOneThing && !isHeldInOnePlace(snapshot, by, container)) return undefined
  const isAvoided = avoided(snapshot)
  const down = pathDown(snapshot, by, node, example, isAvoided)
  if (down.length === 0) return undefined
  const cut = isContainer ? edges.length : place.cut
  edges.push(...down)
  const from = beginning(snapshot, start, edges, cut)
  return {
    members,
    example,
    start: from === 0 ? start : snapshot.edgeTarget[edges[from - 1]],
    edges: edges.slice(from),
    cut: cut - from,
    cuts: place.cuts,
    code: codeAlong(snapshot, start, edges),
    hasInstances,
  }
}

/** Whether letting go of what is in it is a line of code: not of functions and scopes, nor of V8's own parts of an object. */
function isThing(snapshot: Snapshot, node: number): boolean {
  const kind = snapshot.nodeKind[node]
  return (kind === NodeKind.object || kind === NodeKind.native) && !roles(snapshot).isScope(node)
}

/**
 * Whether what dominates an object also refers to it: else several things that part further up share it, and each is a holder of its own.
 * What a module or a global object has by a name is in one place, however many see it there.
 */
function isHeldInOnePlace(snapshot: Snapshot, {tree}: KeepingTree, node: number): boolean {
  const {first, source} = snapshot.retainers
  const {nodeKind} = snapshot
  const {dominator} = tree
  const {isScope} = roles(snapshot)
  if (isScope(node)) return true
  for (let slot = first[node]; slot < first[node + 1]; slot++) {
    const holder = source[slot]
    if (holder === dominator[node]) return true
    if (nodeKind[holder] === NodeKind.array && dominator[holder] === dominator[node]) return true
  }
  return false
}

interface Cut {
  cut: number
  cuts: Uint32Array
}

/** Of a collection or another object: its edges by which the members are reached, all of them, since one left keeps what it leads to. */
function outOf(snapshot: Snapshot, by: KeepingTree, node: number, members: Uint32Array): Cut {
  const {first, source, edge} = snapshot.retainers
  const isShadow = shadowStores(snapshot)
  const cuts = new GrowableUint32()
  const open = new GrowableUint32()
  const seen = new NodesBelow(by, node)
  for (const member of members) if (seen.add(member)) open.push(member)
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (let slot = first[at]; slot < first[at + 1]; slot++) {
      const holder = source[slot]
      if (!by.edges.has(edge[slot]) || isShadow(holder)) continue
      if (holder === node) cuts.push(edge[slot])
      else if (seen.add(holder)) open.push(holder)
    }
  }
  return {cut: -1, cuts: cuts.view().slice().sort()}
}

/**
 * Of a function, a scope, a store or the first of many links: the last step of the named path that all paths pass and code has a name for, with the other edges
 * that lead to the same. The path's steps lead to dominators of `node` or to what is beside the chain.
 */
function into(snapshot: Snapshot, by: KeepingTree, node: number, edges: readonly number[]): Cut | undefined {
  const {edgeTarget, nodeKind} = snapshot
  const isStore = nodeKind[node] === NodeKind.array
  for (let i = edges.length - 1; i >= 0; i--) {
    const target = edgeTarget[edges[i]]
    if (!by.dominates(target, node)) continue
    if (!(isStore && target === node) && !isNamed(snapshot, edges[i])) continue
    return {cut: i, cuts: edgesInto(snapshot, by, target)}
  }
  return undefined
}

/**
 * Of an instance of a module that several of its functions have, as one that puts its own in place of functions of two other modules: the last step of the
 * way into one of them, with all edges that lead to any. Undefined if something else has it, or code has no name for the step.
 */
function intoFunctions(snapshot: Snapshot, by: KeepingTree, node: number, edges: readonly number[]): Cut | undefined {
  const {edgeTarget, firstEdge, nodeCount, nodeKind} = snapshot
  if (!roles(snapshot).isScope(node)) return undefined
  const holders = Array.from(edgesInto(snapshot, by, node), edge => sourceOf(firstEdge, edge))
  if (holders.some(holder => nodeKind[holder] !== NodeKind.closure)) return undefined
  const isHolder = BitSet.of(nodeCount, holders)
  const cut = edges.findLastIndex(edge => isHolder.has(edgeTarget[edge]) && isNamed(snapshot, edge))
  const cuts = holders.flatMap(holder => Array.from(edgesInto(snapshot, by, holder)))
  const fromOutside = cuts.filter(edge => !by.dominates(node, sourceOf(firstEdge, edge)))
  return cut < 0 ? undefined : {cut, cuts: Uint32Array.from(new Set(fromOutside)).sort()}
}

function isNamed({edgeKind}: Snapshot, edge: number): boolean {
  const kind = edgeKind[edge]
  return kind === EdgeKind.property || kind === EdgeKind.element || kind === EdgeKind.context
}

/** What holds a node from outside of what it dominates. */
function edgesInto(snapshot: Snapshot, by: KeepingTree, node: number): Uint32Array {
  const {first, edge, source} = snapshot.retainers
  const isShadow = shadowStores(snapshot)
  const found = new GrowableUint32()
  for (let slot = first[node]; slot < first[node + 1]; slot++) {
    if (!by.edges.has(edge[slot]) || by.dominates(node, source[slot]) || isShadow(source[slot])) continue
    found.push(edge[slot])
  }
  return found.view().slice().sort()
}

/** Of those of the shortest path from a root the one of the lowest id: of instances that hold one another the first. */
function nearest(snapshot: Snapshot, members: Uint32Array): number {
  const distance = distances(snapshot)
  const {nodeId} = snapshot
  let found = members[0]
  for (const node of members) {
    const further = distance[node] - distance[found]
    if (further < 0 || (further === 0 && nodeId[node] < nodeId[found])) found = node
  }
  return found
}

function largest(snapshot: Snapshot, members: Uint32Array): number {
  const retained = keptSizes(snapshot)
  const {nodeId} = snapshot
  let found = members[0]
  for (const node of members) {
    const more = retained[node] - retained[found]
    if (more > 0 || (more === 0 && nodeId[node] < nodeId[found])) found = node
  }
  return found
}

/** What no line names: an object's own stores, compiled code, maps. */
function avoided(snapshot: Snapshot): (node: number) => boolean {
  const isShadow = shadowStores(snapshot)
  const isInternals = internals(snapshot)
  return node => isShadow(node) || isInternals(node)
}

/**
 * Place of the edge with which the path is begun in words: at the last module or global object on it; or, where a library's or the
 * runtime's names lead to the application's, at the application's last object or function: that is what people know.
 */
function beginning(snapshot: Snapshot, start: number, edges: readonly number[], cut: number): number {
  const {edgeTarget, nodeKind} = snapshot
  const {isModuleScope, isScope} = roles(snapshot)
  const nodeAt = (i: number) => (i === 0 ? start : edgeTarget[edges[i - 1]])
  let from = 0
  let ofPeople = -1
  for (let i = 0; i <= cut; i++) {
    const node = nodeAt(i)
    if (isModuleScope(node)) from = i
    const isThing = nodeKind[node] === NodeKind.object || nodeKind[node] === NodeKind.closure
    if (isThing && !isScope(node) && i > 0 && codeOf(snapshot, node) === 'application') ofPeople = i
  }
  const names = pathNames(snapshot)
  return ofPeople > from && names.codeOf(names.patternOf(nodeAt(from))) !== 'application' ? ofPeople : from
}

/** Whose code is on the way, the end aside: the application's before a library's. */
function codeAlong(snapshot: Snapshot, start: number, edges: readonly number[]): Gathered['code'] {
  let code: Gathered['code'] = 'runtime'
  const nodes = [start, ...edges.slice(0, -1).map(edge => snapshot.edgeTarget[edge])]
  for (const node of nodes) {
    const own = codeOf(snapshot, node)
    if (own === 'application') return own
    if (own === 'library') code = own
  }
  return code
}
