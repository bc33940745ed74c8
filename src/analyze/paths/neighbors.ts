/**
 * The neighborhood of a set of objects, merged: who holds them (`backrefs`) or what they reach (`refs`), level by level,
 * all objects of one type over one kind of edge as one group. objgraph's show_backrefs and show_refs, for sets.
 */
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {type NumberArray, NumberColumn} from '../../util/number-column.ts'
import {PairMap} from '../../util/pair-map.ts'
import {retainingEdges} from '../facts/edge-policy.ts'
import {internals} from '../facts/internals.ts'
import {rootNodes} from '../facts/roots.ts'
import {shadowStores} from '../facts/stores.ts'
import {type Selection, sortById} from '../select/select.ts'

/** How far `backrefs` and `refs` go, and how wide. */
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
  /** V8's number of the kind of edge, an index of the kinds in the header. */
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
  /** Index of the group this one was found from; null for the objects asked about. */
  parent: number | null
  /** Ordinals, ascending by id. */
  nodes: Uint32Array
  /** By which edges these are joined to the parent group; none for the objects asked about. */
  joints: Joint[]
  /** How many objects of the parent group these are joined to. */
  reached: number
  /** Whether these are roots: nothing is looked for beyond. */
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

/** What `backrefs` and `refs` answer. */
export interface NeighborsAnswer {
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** Which way was gone: to holders, or to what is held. */
  question: 'backrefs' | 'refs'
  /** The objects asked about. */
  target: Selection
  /** Levels asked for. */
  depth: number
  /** Groups shown at most for each group. */
  fan: number
  /** Groups joined to a smaller share of the objects, 0 to 1, are not followed. */
  minShare: number
  /** Whether V8's own things are shown. */
  raw: boolean
  /** The first is the objects asked about; parents stand before their children. */
  groups: NeighborGroup[]
  /** Which limits were reached, with their values; empty if nothing was left out. */
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
      parent: null,
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
    for (let index = from; index < to; index++) shown.addAll(groups[index].nodes)
    for (let index = from; index < to; index++) {
      const group = groups[index]
      // Two groups of a level may lead to the same objects: without this the tree could double at every level.
      group.seen ||= group.nodes.length > 0 && group.nodes.every(node => followed.has(node))
      if (group.isRoot || group.seen) continue
      followed.addAll(group.nodes)
      const bundles = bundlesOf(snapshot, walk, group.nodes, {shown, stops})
      const stop = group.steps === depth ? 'depth' : group.share < minShare ? 'share' : undefined
      if (stop !== undefined) {
        const groups = countGroups(snapshot, bundles)
        if (groups === 0) continue
        group.left = {groups, edges: bundles.reduce((sum, {edge}) => sum + edge.length, 0), reason: stop}
        limitsReached[stop] = stop === 'depth' ? depth : minShare
        continue
      }
      const found = groupNeighbors(snapshot, bundles)
      const kept = found.slice(0, fan).map(one => weighed(snapshot, one, group.weights))
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

/** What nobody asks about who does not ask for it: each node is asked about once. */
function hidden(snapshot: Snapshot): (node: number) => boolean {
  const isShadow = shadowStores(snapshot)
  const isInternals = internals(snapshot)
  const known = new Uint8Array(snapshot.nodeCount)
  return node => {
    if (known[node] === 0) known[node] = isShadow(node) || isInternals(node) ? 2 : 1
    return known[node] === 2
  }
}

function inward(snapshot: Snapshot, raw: boolean): Walk {
  const {first, edge: edges, source} = snapshot.retainers
  const retaining = retainingEdges(snapshot)
  const isLeft = raw ? () => false : hidden(snapshot)
  return (node, visit) => {
    const end = first[node + 1]
    for (let slot = first[node]; slot < end; slot++) {
      const edge = edges[slot]
      if (!retaining.has(edge)) continue
      const holder = source[slot]
      if (!isLeft(holder)) visit(holder, edge)
    }
  }
}

function outward(snapshot: Snapshot, raw: boolean): Walk {
  const {firstEdge, edgeTarget} = snapshot
  const retaining = retainingEdges(snapshot)
  const isLeft = raw ? () => false : hidden(snapshot)
  return (node, visit) => {
    const end = firstEdge[node + 1]
    for (let edge = firstEdge[node]; edge < end; edge++) {
      if (!retaining.has(edge)) continue
      const target = edgeTarget[edge]
      if (!isLeft(target)) visit(target, edge)
    }
  }
}

/** Which neighbor is joined to which object asked about, each pair once; two columns, `member` ascending. */
interface Pairs {
  neighbor: Uint32Array
  member: Uint32Array
}

/** A group in the making. */
interface Found {
  typeKey: number
  nodes: Uint32Array
  joints: Joint[]
  pairs: Pairs
  edges: number
  seen: boolean
  isRoot: boolean
}

interface CountedFound extends Found {
  reached: number
}

interface WeighedFound extends CountedFound {
  /** Sum of the weights of the reached. */
  reachedWeight: number
  weights: Float32Array
}

const countEdges = (found: readonly Found[]) => found.reduce((sum, {edges}) => sum + edges, 0)

/** Edges between the objects asked about and neighbors of one type, by one kind of edge; four columns of equal length. */
class Bundle {
  readonly typeKey: number
  readonly seen: boolean
  readonly isRoot: boolean
  readonly edge = new GrowableUint32()
  /** The edge's: edges stand in no order, so that each look at a column of theirs waits for memory. */
  readonly name = new NumberColumn(16)
  readonly neighbor = new GrowableUint32()
  /** The object asked about, as a place in the list of them: ascending. */
  readonly member = new GrowableUint32()

  constructor(typeKey: number, seen: boolean, isRoot: boolean) {
    this.typeKey = typeKey
    this.seen = seen
    this.isRoot = isRoot
  }

  add(edge: number, name: number, neighbor: number, member: number): void {
    this.edge.push(edge)
    this.name.push(name)
    this.neighbor.push(neighbor)
    this.member.push(member)
  }

  /** The part whose edges have a name. */
  named(name: number): Bundle {
    const part = new Bundle(this.typeKey, this.seen, this.isRoot)
    const names = this.name.finish()
    for (let i = 0; i < names.length; i++) {
      if (names[i] === name) part.add(this.edge.get(i), name, this.neighbor.get(i), this.member.get(i))
    }
    return part
  }
}

/** All edges to neighbors of a group, those of one kind to neighbors of one type together. Roots stand apart, and what is shown already. */
function bundlesOf(
  snapshot: Snapshot,
  walk: Walk,
  nodes: Uint32Array,
  {shown, stops}: {shown: BitSet; stops: BitSet},
): Bundle[] {
  const {edgeKind, edgeName} = snapshot
  const typeKeyOf = typeKeys(snapshot)
  const bundles: Bundle[] = []
  const numbers = new PairMap()
  let member = 0
  // Most edges are of the bundle of the one before.
  let lastKey = -1
  let lastManner = -1
  let last: Bundle | undefined
  const visit = (neighbor: number, edge: number) => {
    const typeKey = typeKeyOf(neighbor)
    const seen = shown.has(neighbor)
    const isRoot = stops.has(neighbor)
    const manner = edgeKind[edge] * 4 + 2 * Number(seen) + Number(isRoot)
    if (last === undefined || typeKey !== lastKey || manner !== lastManner) {
      let number = numbers.get(typeKey, manner)
      if (number < 0) {
        number = bundles.push(new Bundle(typeKey, seen, isRoot)) - 1
        numbers.add(typeKey, manner, number)
      }
      lastKey = typeKey
      lastManner = manner
      last = bundles[number]
    }
    last.add(edge, edgeName[edge], neighbor, member)
  }
  for (; member < nodes.length; member++) walk(nodes[member], visit)
  return bundles
}

/** All neighbors of a group, grouped; those that reach most of it first, those shown already last. */
function groupNeighbors(snapshot: Snapshot, bundles: readonly Bundle[]): CountedFound[] {
  const {nodeId} = snapshot
  const foundOfType = new Map<number, Found[]>()
  for (const bundle of bundles) {
    const found = getOrMake(foundOfType, bundle.typeKey, (): Found[] => [])
    for (const {part, names, nameCount} of jointsOf(bundle)) addJoint(snapshot, found, part, names, nameCount)
  }
  return [...foundOfType.values()]
    .flat()
    .map(found => ({...found, reached: countMembers(found.pairs)}))
    .sort(
      (a, b) =>
        Number(a.seen) - Number(b.seen) ||
        b.reached - a.reached ||
        b.edges - a.edges ||
        nodeId[a.nodes[0]] - nodeId[b.nodes[0]] ||
        a.joints[0].exampleEdge - b.joints[0].exampleEdge,
    )
}

/** How many groups `groupNeighbors` would make. Most types have one joint: then nobody need know which objects they are. */
function countGroups(snapshot: Snapshot, bundles: readonly Bundle[]): number {
  const joints = new PairMap()
  const parts: Bundle[][] = []
  for (const bundle of bundles) {
    const known = joints.get(bundle.typeKey, Number(bundle.seen))
    const place = known < 0 ? parts.push([]) - 1 : known
    if (known < 0) joints.add(bundle.typeKey, Number(bundle.seen), place)
    for (const {part} of jointsOf(bundle)) parts[place].push(part)
  }
  let count = 0
  for (const alike of parts) {
    if (alike.length === 1) count++
    else {
      const different: Uint32Array[] = []
      for (const {neighbor} of alike) {
        const nodes = distinctNodes(snapshot, neighbor.view())
        if (!different.some(other => areEqual(other, nodes))) different.push(nodes)
      }
      count += different.length
    }
  }
  return count
}

/** A bundle by the names of its edges, or as a whole if these are too many. */
function jointsOf(bundle: Bundle): {part: Bundle; names: number[]; nameCount: number}[] {
  const {count, lowest} = distinctNames(bundle.name.finish())
  if (count === 1 || count > MAX_NAMES) return [{part: bundle, names: lowest, nameCount: count}]
  return lowest.map(name => ({part: bundle.named(name), names: [name], nameCount: 1}))
}

/** A number for each type, but for each name of V8's roots and arrays: a Map's table is not a list's elements. */
function typeKeys({types, nodeKind, nodeName}: Snapshot): (node: number) => number {
  const {names, ofNode} = types
  return node => {
    const kind = nodeKind[node]
    const byName = kind === NodeKind.synthetic || kind === NodeKind.array
    return byName ? names.length + nodeName[node] : ofNode[node]
  }
}

/** Float32Array(n) of zeros, kept between uses. */
const scratchWeights = memoize(({nodeCount}: Snapshot) => new Float32Array(nodeCount))

/** How many different names edges have, and of these the first MAX_NAMES in ascending order of string index or number. */
function distinctNames(names: NumberArray): {count: number; lowest: number[]} {
  let largest = 0
  let isOne = true
  for (let i = 0; i < names.length; i++) {
    const name = names[i]
    if (name > largest) largest = name
    isOne &&= name === names[0]
  }
  if (isOne) return {count: 1, lowest: [largest]}
  if (largest <= Math.min(names.length * BITS_AN_EDGE, MAX_BIT)) {
    const found = new BitSet(largest + 1)
    for (let i = 0; i < names.length; i++) found.add(names[i])
    const all = found.members()
    return {count: all.length, lowest: Array.from(all.subarray(0, MAX_NAMES))}
  }
  const sorted = names.slice().sort()
  const all = sorted.filter((name, i) => i === 0 || name !== sorted[i - 1])
  return {count: all.length, lowest: Array.from(all.subarray(0, MAX_NAMES))}
}

/** A set of bits is quicker than sorting as long as it is no larger than what would be sorted. */
const BITS_AN_EDGE = 64
/** Members of a set of bits are 32-bit numbers. */
const MAX_BIT = 2 ** 31

/** Adds a bundle to the groups of its type: as one more, or as a further joint of the very same objects. */
function addJoint(
  snapshot: Snapshot,
  found: Found[],
  {typeKey, seen, isRoot, edge, neighbor, member}: Bundle,
  names: number[],
  nameCount: number,
): void {
  const pairs = distinctPairs(snapshot, neighbor.view(), member.view())
  const nodes = sortById(snapshot, distinctNodes(snapshot, pairs.neighbor))
  const exampleEdge = edge.get(0)
  const edges = edge.length
  const joint: Joint = {edgeKind: snapshot.edgeKind[exampleEdge], names, nameCount, edges, exampleEdge}
  const twin = found.find(other => other.seen === seen && areEqual(other.nodes, nodes))
  if (twin === undefined) found.push({typeKey, nodes, joints: [joint], pairs, edges, seen, isRoot})
  else {
    twin.joints.push(joint)
    twin.joints.sort((a, b) => b.edges - a.edges || a.exampleEdge - b.exampleEdge)
    twin.edges += edges
    // Another name may lead to other objects: `.a` to the one, `.b` to the next.
    twin.pairs = mergedPairs(snapshot, twin.pairs, pairs)
  }
}

/** Uint32Array(n) of zeros, kept between uses: the member that a neighbor was last met with, and one. */
const scratchMembers = memoize(({nodeCount}: Snapshot) => new Uint32Array(nodeCount))

/** Each pair once; `member` is ascending, so that equal pairs stand near each other. */
function distinctPairs(snapshot: Snapshot, neighbor: Uint32Array, member: Uint32Array): Pairs {
  const last = scratchMembers(snapshot)
  const pairs = {neighbor: new Uint32Array(neighbor.length), member: new Uint32Array(neighbor.length)}
  let count = 0
  for (let i = 0; i < neighbor.length; i++) {
    if (last[neighbor[i]] === member[i] + 1) continue
    last[neighbor[i]] = member[i] + 1
    pairs.neighbor[count] = neighbor[i]
    pairs.member[count++] = member[i]
  }
  for (let i = 0; i < neighbor.length; i++) last[neighbor[i]] = 0
  return {neighbor: pairs.neighbor.subarray(0, count), member: pairs.member.subarray(0, count)}
}

function mergedPairs(snapshot: Snapshot, a: Pairs, b: Pairs): Pairs {
  const length = a.member.length + b.member.length
  const neighbor = new Uint32Array(length)
  const member = new Uint32Array(length)
  for (let i = 0, ofA = 0, ofB = 0; i < length; i++) {
    const isA = ofB === b.member.length || (ofA < a.member.length && a.member[ofA] <= b.member[ofB])
    neighbor[i] = isA ? a.neighbor[ofA] : b.neighbor[ofB]
    member[i] = isA ? a.member[ofA++] : b.member[ofB++]
  }
  return distinctPairs(snapshot, neighbor, member)
}

/** Ascending. */
function distinctNodes({nodeCount}: Snapshot, nodes: Uint32Array): Uint32Array {
  if (nodes.length * BITS_AN_EDGE >= nodeCount) return BitSet.of(nodeCount, nodes).members()
  const sorted = nodes.slice().sort()
  return sorted.filter((node, i) => i === 0 || node !== sorted[i - 1])
}

/** How many objects a finished group reaches. */
function countMembers({member}: Pairs): number {
  let count = 0
  for (let i = 0; i < member.length; i++) if (i === 0 || member[i] !== member[i - 1]) count++
  return count
}

/** The group, and for how many of the objects asked about at first those that it reaches stand. */
function weighed(snapshot: Snapshot, found: CountedFound, memberWeights: Float32Array): WeighedFound {
  const weightOf = scratchWeights(snapshot)
  const {neighbor, member} = found.pairs
  let reachedWeight = 0
  for (let i = 0; i < member.length; i++) {
    weightOf[neighbor[i]] += memberWeights[member[i]]
    if (i === 0 || member[i] !== member[i - 1]) reachedWeight += memberWeights[member[i]]
  }
  const {nodes} = found
  const weights = new Float32Array(nodes.length)
  for (let i = 0; i < nodes.length; i++) {
    weights[i] = weightOf[nodes[i]]
    weightOf[nodes[i]] = 0
  }
  return {...found, reachedWeight, weights}
}

function areEqual(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}
