/**
 * The neighborhood of a set of objects, merged: who holds them (`backrefs`) or what they reach (`refs`), level by level,
 * all objects of one type over one kind of edge as one group. objgraph's show_backrefs and show_refs, for sets.
 */
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isAscending} from '../../util/ascending-order.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {memoize} from '../../util/memo.ts'
import {retainingEdges} from '../facts/edge-policy.ts'
import {internals} from '../facts/internals.ts'
import {rootNodes} from '../facts/roots.ts'
import {shadowStores} from '../facts/stores.ts'
import {type Selection, sortById} from '../select/select.ts'

export interface NeighborsOptions {
  /** Levels beyond the objects asked about; V8's own arrays, inside a Map or behind an object, do not count as one. */
  depth?: number
  /** Groups kept of one group's neighbors. */
  fan?: number
  /** A group that is joined to a smaller share of the objects asked about than this (0 to 1) is not followed further. */
  minShare?: number
  /**
   * Also maps, code and other things of V8's own, and the stores that V8 keeps an object's elements and properties in, though the
   * object has edges of its own. Where nothing else is there, they are shown anyway.
   */
  raw?: boolean
}

/** One way of being joined to a parent group. */
export interface Joint {
  edgeKind: number
  /** String indexes, or numbers for element and hidden edges; at most MAX_NAMES, ascending. */
  names: number[]
  /** How many different names there are. */
  nameCount: number
  /** How many edges. */
  edges: number
  /** One of them, for its ordinal. */
  exampleEdge: number
}

/** Objects of one type that stand at the same place of the tree. */
export interface NeighborGroup {
  /** Place in the tree; 0 for the objects asked about. */
  level: number
  /** The same without the levels of V8's own arrays: what `depth` counts. */
  steps: number
  /** Index of the group this one was found from; -1 for the objects asked about. */
  parent: number
  /** Ordinals, ascending by id. */
  nodes: Uint32Array
  joints: Joint[]
  /** How many objects of the parent group these are joined to. */
  reached: number
  isRoot: boolean
  /** The objects stand at a level above already, or are all followed from a group before this one: not again from here. */
  seen: boolean
  /**
   * For each of `nodes`, how many of the objects asked about it is joined to through its parents. One that is joined by two
   * paths counts twice beyond the first level, so these are upper bounds.
   */
  weights: Float32Array
  /** Share of the objects asked about that this group is joined to, from 0 to 1; an upper bound likewise. */
  share: number
  /** What the limits left out here: neighbors not looked at (depth, share) or groups not kept (fan). */
  left: {groups: number; edges: number; reason: 'depth' | 'fan' | 'share'} | undefined
}

export interface NeighborsAnswer {
  snapshot: Snapshot
  question: 'backrefs' | 'refs'
  target: Selection
  depth: number
  fan: number
  minShare: number
  /** Whether V8's own things are shown. */
  raw: boolean
  /** The first is the objects asked about; parents stand before their children. */
  groups: NeighborGroup[]
  limitsReached: {depth?: number; fan?: number; share?: number}
}

const DEFAULT_DEPTH = 3
const DEFAULT_FAN = 10
const DEFAULT_MIN_SHARE = 0.01
/** With more edge names than this between one type and another, the names tell nothing and become one group. */
const MAX_NAMES = 8

/** What holds the objects of `target`, up to the roots. */
export function backrefs(snapshot: Snapshot, target: Selection, options: NeighborsOptions = {}): NeighborsAnswer {
  return readable(snapshot, 'backrefs', target, options)
}

/** What the objects of `target` hold; passes through roots, as objgraph's show_refs does. */
export function refs(snapshot: Snapshot, target: Selection, options: NeighborsOptions = {}): NeighborsAnswer {
  return readable(snapshot, 'refs', target, options)
}

/** V8's own things are shown where there is nothing else. */
function readable(
  snapshot: Snapshot,
  question: 'backrefs' | 'refs',
  target: Selection,
  options: NeighborsOptions,
): NeighborsAnswer {
  const answer = neighbors(snapshot, question, target, options)
  const isEmpty = answer.groups.length === 1 && answer.groups[0].left === undefined
  return isEmpty && options.raw !== true ? neighbors(snapshot, question, target, {...options, raw: true}) : answer
}

function neighbors(
  snapshot: Snapshot,
  question: 'backrefs' | 'refs',
  target: Selection,
  {depth = DEFAULT_DEPTH, fan = DEFAULT_FAN, minShare = DEFAULT_MIN_SHARE, raw = false}: NeighborsOptions,
): NeighborsAnswer {
  const walk = question === 'backrefs' ? inward(snapshot, raw) : outward(snapshot, raw)
  const stops = question === 'backrefs' ? rootNodes(snapshot) : new BitSet(snapshot.nodeCount)
  const shown = new BitSet(snapshot.nodeCount)
  const followed = new BitSet(snapshot.nodeCount)
  const groups: NeighborGroup[] = [
    {
      level: 0,
      steps: 0,
      parent: -1,
      nodes: target.nodes,
      joints: [],
      reached: 0,
      isRoot: false,
      seen: false,
      weights: new Float32Array(target.nodes.length).fill(1),
      share: 1,
      left: undefined,
    },
  ]
  const limitsReached: NeighborsAnswer['limitsReached'] = {}
  // Level by level, so that an object is shown where it is nearest to those asked about.
  for (let from = 0, to = 1; from < to; from = to, to = groups.length) {
    for (let index = from; index < to; index++) for (const node of groups[index].nodes) shown.add(node)
    for (let index = from; index < to; index++) {
      const group = groups[index]
      // Two groups of a level may lead to the same objects: without this the tree could double at every level.
      group.seen ||= group.nodes.length > 0 && group.nodes.every(node => followed.has(node))
      if (group.isRoot || group.seen) continue
      for (const node of group.nodes) followed.add(node)
      const found = groupNeighbors(snapshot, walk, group, {shown, stops})
      const stop = group.steps === depth ? 'depth' : group.share < minShare ? 'share' : undefined
      if (stop !== undefined) {
        if (found.length === 0) continue
        group.left = {groups: found.length, edges: countEdges(found), reason: stop}
        limitsReached[stop] = stop === 'depth' ? depth : minShare
        continue
      }
      const kept = found.slice(0, fan)
      if (kept.length < found.length) {
        group.left = {groups: found.length - fan, edges: countEdges(found.slice(fan)), reason: 'fan'}
        limitsReached.fan = fan
      }
      for (const {nodes, joints, seen, isRoot, reached, weights, reachedWeight} of kept) {
        const share = Math.min(1, reachedWeight / target.nodes.length)
        const steps = group.steps + Number(snapshot.nodeKind[nodes[0]] !== NodeKind.array)
        const level = group.level + 1
        groups.push({
          level,
          steps,
          parent: index,
          nodes,
          joints,
          reached,
          isRoot,
          seen,
          weights,
          share,
          left: undefined,
        })
      }
    }
  }
  return {snapshot, question, target, depth, fan, minShare, raw, groups, limitsReached}
}

/** Calls `visit` for every retaining edge between `node` and a neighbor, on one side. */
type Walk = (node: number, visit: (neighbor: number, edge: number) => void) => void

/** What nobody asks about who does not ask for it. */
function hidden(snapshot: Snapshot): (node: number) => boolean {
  const isShadow = shadowStores(snapshot)
  const isInternals = internals(snapshot)
  return node => isShadow(node) || isInternals(node)
}

function inward(snapshot: Snapshot, raw: boolean): Walk {
  const {first, edge: edges, source} = snapshot.retainers
  const retaining = retainingEdges(snapshot)
  const isLeft = raw ? () => false : hidden(snapshot)
  return (node, visit) => {
    for (let slot = first[node]; slot < first[node + 1]; slot++) {
      if (retaining.has(edges[slot]) && !isLeft(source[slot])) visit(source[slot], edges[slot])
    }
  }
}

function outward(snapshot: Snapshot, raw: boolean): Walk {
  const {firstEdge, edgeTarget} = snapshot
  const retaining = retainingEdges(snapshot)
  const isLeft = raw ? () => false : hidden(snapshot)
  return (node, visit) => {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (retaining.has(edge) && !isLeft(edgeTarget[edge])) visit(edgeTarget[edge], edge)
    }
  }
}

/** A group in the making. */
interface Found {
  typeKey: number
  nodes: Uint32Array
  joints: Joint[]
  /** Which of `nodes` is joined to which object of the group asked about, each pair once: `neighbor * count + member`. */
  pairs: Float64Array
  edges: number
  seen: boolean
  isRoot: boolean
}

interface CountedFound extends Found {
  reached: number
  /** Sum of the weights of the reached. */
  reachedWeight: number
  weights: Float32Array
}

const countEdges = (found: readonly Found[]) => found.reduce((sum, {edges}) => sum + edges, 0)

/** Edges between the objects asked about and neighbors of one type, by one kind of edge; three columns of equal length. */
class Bundle {
  readonly typeKey: number
  readonly seen: boolean
  readonly isRoot: boolean
  readonly edge = new GrowableUint32()
  readonly neighbor = new GrowableUint32()
  /** The object asked about, as a place in the list of them: ascending. */
  readonly member = new GrowableUint32()

  constructor(typeKey: number, seen: boolean, isRoot: boolean) {
    this.typeKey = typeKey
    this.seen = seen
    this.isRoot = isRoot
  }
}

/** All neighbors of a group, grouped; those that reach most of it first, those shown already last. Roots stand apart. */
function groupNeighbors(
  snapshot: Snapshot,
  walk: Walk,
  {nodes, weights}: Pick<NeighborGroup, 'nodes' | 'weights'>,
  {shown, stops}: {shown: BitSet; stops: BitSet},
): CountedFound[] {
  const {edgeKind, nodeId} = snapshot
  const typeKeyOf = typeKeys(snapshot)
  const bundles = new Map<number, Bundle>()
  for (let member = 0; member < nodes.length; member++) {
    walk(nodes[member], (neighbor, edge) => {
      const seen = shown.has(neighbor)
      const isRoot = stops.has(neighbor)
      const key = (typeKeyOf(neighbor) * 256 + edgeKind[edge]) * 4 + 2 * Number(seen) + Number(isRoot)
      let bundle = bundles.get(key)
      if (bundle === undefined) {
        bundle = new Bundle(typeKeyOf(neighbor), seen, isRoot)
        bundles.set(key, bundle)
      }
      bundle.edge.push(edge)
      bundle.neighbor.push(neighbor)
      bundle.member.push(member)
    })
  }
  const foundOfType = new Map<number, Found[]>()
  for (const bundle of bundles.values()) {
    const found = foundOfType.get(bundle.typeKey) ?? []
    foundOfType.set(bundle.typeKey, found)
    const names = distinctNames(snapshot, bundle.edge.view())
    if (names.length > MAX_NAMES) addJoint(snapshot, found, bundle, nodes.length, names, () => true)
    else
      for (const name of names)
        addJoint(snapshot, found, bundle, nodes.length, [name], edge => snapshot.edgeName[edge] === name)
  }
  return [...foundOfType.values()]
    .flat()
    .map(found => counted(snapshot, found, weights))
    .sort(
      (a, b) =>
        Number(a.seen) - Number(b.seen) ||
        b.reached - a.reached ||
        b.edges - a.edges ||
        nodeId[a.nodes[0]] - nodeId[b.nodes[0]] ||
        a.joints[0].exampleEdge - b.joints[0].exampleEdge,
    )
}

/** A number for each type, but for each name of V8's roots and arrays: a Map's table is not a list's elements. */
function typeKeys({types, nodeKind, nodeName}: Snapshot): (node: number) => number {
  return node => {
    const byName = nodeKind[node] === NodeKind.synthetic || nodeKind[node] === NodeKind.array
    return byName ? types.names.length + nodeName[node] : types.ofNode[node]
  }
}

/** Float32Array(n) of zeros, kept between uses. */
const scratchWeights = memoize(({nodeCount}: Snapshot) => new Float32Array(nodeCount))

/** The different names of edges, in ascending order of string index or number. */
function distinctNames({edgeName}: Snapshot, edges: Uint32Array): number[] {
  const first = edgeName[edges[0]]
  if (edges.every(edge => edgeName[edge] === first)) return [first]
  return Array.from(distinct(Float64Array.from(edges, edge => edgeName[edge])))
}

/**
 * Adds the part of a bundle with certain names to the groups of its type: as one more, or as a further joint of the very same
 * objects. `count`: of the objects asked about.
 */
function addJoint(
  snapshot: Snapshot,
  found: Found[],
  bundle: Bundle,
  count: number,
  names: number[],
  isMeant: (edge: number) => boolean,
): void {
  const all = bundle.edge.view()
  const neighbors = bundle.neighbor.view()
  const members = bundle.member.view()
  const meant = all.map((_, i) => i).filter(i => isMeant(all[i]))
  const pairs = distinct(Float64Array.from(meant, i => neighbors[i] * count + members[i]))
  const nodes = sortById(snapshot, distinct(Uint32Array.from(meant, i => neighbors[i])))
  const exampleEdge = all[meant[0]]
  const edges = meant.length
  const edgeKind = snapshot.edgeKind[exampleEdge]
  const joint: Joint = {edgeKind, names: names.slice(0, MAX_NAMES), nameCount: names.length, edges, exampleEdge}
  const {typeKey, seen, isRoot} = bundle
  const twin = found.find(other => other.seen === seen && areEqual(other.nodes, nodes))
  if (twin === undefined) found.push({typeKey, nodes, joints: [joint], pairs, edges, seen, isRoot})
  else {
    twin.joints.push(joint)
    twin.joints.sort((a, b) => b.edges - a.edges || a.exampleEdge - b.exampleEdge)
    twin.edges += edges
    // Another name may lead to other objects: `.a` to the one, `.b` to the next.
    const both = new Float64Array(twin.pairs.length + pairs.length)
    both.set(twin.pairs)
    both.set(pairs, twin.pairs.length)
    twin.pairs = distinct(both)
  }
}

/** How many objects a finished group reaches, and for how many of those asked about at first these stand. */
function counted(snapshot: Snapshot, found: Found, memberWeights: Float32Array): CountedFound {
  const count = memberWeights.length
  const weightOf = scratchWeights(snapshot)
  const met = new BitSet(count)
  let reached = 0
  let reachedWeight = 0
  for (const pair of found.pairs) {
    const member = pair % count
    weightOf[(pair - member) / count] += memberWeights[member]
    if (met.has(member)) continue
    met.add(member)
    reached++
    reachedWeight += memberWeights[member]
  }
  const weights = Float32Array.from(found.nodes, node => weightOf[node])
  for (const node of found.nodes) weightOf[node] = 0
  return {...found, reached, reachedWeight, weights}
}

function distinct<T extends Uint32Array | Float64Array>(values: T): T {
  // Most come in order: sorting those takes longer than all the rest.
  if (isAscending(values)) return values
  const sorted = values.slice().sort()
  return sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]) as T
}

function areEqual(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}
