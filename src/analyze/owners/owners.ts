/**
 * Who must let go: every independent owner of a set of objects, all objects that are owned alike as one group. An owner is the place
 * where a path from code ends and what exists for the objects' sake begins: a variable, a collection, a timer, a root. From the objects
 * back to there every path is followed; from there on the one that a person would name (`named-paths.ts`).
 */

import {placeOfRow} from '../../snapshot/code/places.ts'
import {scopes} from '../../snapshot/code/scopes.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake} from '../../util/memo.ts'
import {roles} from '../facts/roles.ts'
import {selfSizes} from '../facts/self-sizes.ts'
import {timerCallback} from '../facts/timers.ts'
import {computeAhead, OF_HOLDERS} from '../graph/ahead.ts'
import {keepingTree, keepingTreeOfTables} from '../graph/dominance.ts'
import {keptTree} from '../graph/dominators.ts'
import {retainedBySets} from '../graph/retained-set.ts'
import type {Selection} from '../select/select.ts'
import {bottlenecks, FEWEST} from './bottlenecks.ts'
import {type Gathered, gatheredAt} from './gathered.ts'
import {type OwnedPath, OwnerSearch} from './owner-search.ts'
import {pathNames} from './path-names.ts'

/** How many owners `why` lists. */
export interface OwnersOptions {
  /** Owners kept; the others are counted. */
  limit?: number
}

/** One way of being held, and the objects held so. */
export interface Owner extends OwnedPath {
  /** Objects held so. */
  count: number
  /** Of those, how many no other owner holds. */
  alone: number
  /** Bytes that would be freed if all objects of `count` were dropped. */
  retainedBytes: number
  /** Of these, bytes of backing stores. */
  retainedOffHeapBytes: number
  /** Sum of the self sizes of the objects held so. */
  selfBytes: number
  /** Whose code the path begins in. */
  code: 'application' | 'library' | 'runtime'
  /** Ordinal of the object that the path leads to. */
  example: number
  /** Whether it is where all paths to the objects come together, whoever else refers to them. */
  isGathered: boolean
  /** Whether that is where instances of a module that was run several times hang. */
  hasInstances: boolean
  /** Ordinals of all edges by which it holds the objects: from what it is to what serves them, or into its listeners. */
  cuts: Uint32Array
}

/** What `why` answers. */
export interface OwnersAnswer {
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** Always `owners`. */
  question: 'owners'
  /** The objects asked about. */
  target: Selection
  /** Application code first, then by number of objects. */
  owners: Owner[]
  /** Objects that more than one owner holds. */
  shared: number
  /** Objects that nothing holds: garbage not yet collected, or held weakly only. */
  unheld: number
  /** Whether some objects are held in more ways than were followed. */
  isCut: boolean
  /** Which limits were reached, with their values; empty if nothing was left out. */
  limitsReached: {owners?: number}
  /** Owners, whether listed or not, and the bytes of all objects asked about. */
  total: {owners: number; selfBytes: number; retainedBytes: number; retainedOffHeapBytes: number}
}

const DEFAULT_LIMIT = 10

/** The owners of the objects of `target`. Linear in the nodes and edges behind them. */
export function owners(
  snapshot: Snapshot,
  target: Selection,
  {limit = DEFAULT_LIMIT}: OwnersOptions = {},
): OwnersAnswer {
  computeAhead(snapshot, ['types', ...OF_HOLDERS])
  keptTree(snapshot)
  const isTarget = BitSet.of(snapshot.nodeCount, target.nodes)
  const search = new OwnerSearch(snapshot, target.nodes, isTarget)
  const grouped = groupByOwner(snapshot, search, target.nodes)
  const places = gatheredPlaces(snapshot, search, grouped.groups, target.nodes, isTarget)
  const {groups, shared, isCut} = places.length === 0 ? grouped : without(snapshot, search, target.nodes, places)
  const listed = places.slice(0, limit)
  const kept = groups.slice(0, limit - listed.length)
  const membersOfKept = kept.map(({members}) => members.view())
  const [all, ...bytes] = bytesOfSets(snapshot, [target.nodes, ...listed.map(({members}) => members), ...membersOfKept])
  const gathered = listed.map((place, i) => ownerOfPlace(place, bytes[i]))
  const cuts = search.cutsOf(kept.map(({owner}) => search.sets.key(owner)))
  const held = kept.map(({owner, alone}, i): Owner => {
    const held = membersOfKept[i]
    const example = held[0]
    return {
      count: held.length,
      alone,
      ...bytes[listed.length + i],
      code: search.codeOf(owner),
      example,
      isGathered: false,
      hasInstances: false,
      ...pathOf(snapshot, search, example, owner, cuts[i]),
      cuts: cuts[i],
    }
  })
  const found = places.length + groups.length
  return {
    snapshot,
    question: 'owners',
    target,
    owners: ranked(snapshot, [...gathered, ...held]),
    shared,
    unheld: search.unheld,
    isCut,
    limitsReached: found > limit ? {owners: limit} : {},
    total: {owners: found, ...all},
  }
}

function ownerOfPlace({members, ...place}: Gathered, bytes: OwnerBytes): Owner {
  return {count: members.length, alone: members.length, isGathered: true, ...bytes, ...place}
}

/** An owner that frees this share of the objects alone is the answer. */
const NEARLY_ALL = 0.9
/** Objects of the runtime's in greater numbers are no owners: something holds them. */
const MAX_RUNTIME_SOURCES = 8

/**
 * The places where the objects gather, if the owners found do not answer who must let go: where no one of the application's alone has
 * nearly all, several have the same objects, or the owner is many objects of the runtime's.
 */
function gatheredPlaces(
  snapshot: Snapshot,
  search: OwnerSearch,
  groups: readonly Group[],
  targets: Uint32Array,
  isTarget: BitSet,
): Gathered[] {
  if (targets.length < FEWEST) return []
  const held = targets.length - search.unheld
  if (isAnswered(snapshot, search, groups, held)) return nearerPlace(snapshot, search, groups, targets, isTarget)
  // What only the runtime's code leads to is no better answer than a name of people's own.
  const isOfPeople =
    groups.length > 0 &&
    search.codeOf(groups[0].owner) === 'application' &&
    !isOfRuntimeOnly(snapshot, search, groups[0])
  // Instances of what was run anew hold one another by tables of theirs, the keys of which outlive them.
  const by = areInstances(snapshot, search, groups) ? keepingTreeOfTables(snapshot) : keepingTree(snapshot)
  const isOneName = areOneName(search, groups)
  return bottlenecks(snapshot, targets, isTarget, by).flatMap(place => {
    const found = place.isOfVariables && !isOneName ? undefined : gatheredAt(snapshot, place, isOneName)
    return found === undefined || (found.code === 'runtime' && isOfPeople) ? [] : [found]
  })
}

function isAnswered(snapshot: Snapshot, search: OwnerSearch, groups: readonly Group[], held: number): boolean {
  const [first] = groups
  if (first === undefined) return true
  if (search.codeOf(first.owner) !== 'application') return false
  const isApart = groups.every(({alone, members}) => alone === members.length)
  const all = isApart ? groups.reduce((sum, {alone}) => sum + alone, 0) : first.alone
  if (all < NEARLY_ALL * held || !areDifferent(snapshot, search, groups)) return false
  return !isOfRuntimeOnly(snapshot, search, first)
}

/**
 * Of one owner that has all, the place further down that has a variable of its own, or that an entry of another collection has: what a function
 * beyond the owner keeps for itself is named by that, and of a list with one of several parts that part grows, not the list.
 */
function nearerPlace(
  snapshot: Snapshot,
  search: OwnerSearch,
  groups: readonly Group[],
  targets: Uint32Array,
  isTarget: BitSet,
): Gathered[] {
  if (groups.length !== 1 || targets.length < MAX_RUNTIME_SOURCES) return []
  const [{owner, members}] = groups
  const {edges, cut} = search.pathTo(members.get(0), owner)
  const source = sourceOf(snapshot.firstEdge, edges[cut])
  const [place] = bottlenecks(snapshot, targets, isTarget)
  if (place === undefined || place.members.length < NEARLY_ALL * (targets.length - search.unheld)) return []
  const found = gatheredAt(snapshot, place, true)
  if (found === undefined || found.code === 'runtime') return []
  const {firstEdge, edgeKind} = snapshot
  const from = found.edges.findIndex(edge => sourceOf(firstEdge, edge) === source)
  const isOfOther = (edge: number) => edgeKind[edge] === EdgeKind.context || edgeKind[edge] === EdgeKind.element
  const isBeyond = from >= 0 && found.edges.slice(from, found.cut).some(isOfOther)
  return isBeyond ? [{...found, code: search.codeOf(owner)}] : []
}

function isOfRuntimeOnly(snapshot: Snapshot, search: OwnerSearch, {owner}: Group): boolean {
  const [cuts] = search.cutsOf([search.sets.key(owner)])
  return areOfRuntime(snapshot, cuts)
}

/** More owners than these are not parts of one thing. */
const MAX_PARTS = 8

/** Whether all owners are below one name, as the functions of a store are, which share what that has. */
function areOneName(search: OwnerSearch, groups: readonly Group[]): boolean {
  if (groups.length > MAX_PARTS) return false
  const names = groups.map(({owner, members}) => {
    const {start, edges} = search.pathTo(members.get(0), owner)
    return `${start} ${edges[0]}`
  })
  return new Set(names).size === 1
}

/** Whether no two owners are the same place of the program. */
function areDifferent(snapshot: Snapshot, search: OwnerSearch, groups: readonly Group[]): boolean {
  const places = placesOfOwners(snapshot, search, groups)
  return new Set(places.map(({key}) => key)).size === places.length
}

/** Whether two owners may be the same place of the program seen in several instances: modules that were loaded anew each time. */
function areInstances(snapshot: Snapshot, search: OwnerSearch, groups: readonly Group[]): boolean {
  const places = placesOfOwners(snapshot, search, groups)
  const {hasRepeated} = roles(snapshot)
  return places.some((place, i) =>
    places.slice(0, i).some(({key, node}) => key === place.key && (hasRepeated || node !== place.node)),
  )
}

/** Where the first owners are. */
function placesOfOwners(snapshot: Snapshot, search: OwnerSearch, groups: readonly Group[]): OwnerPlace[] {
  return groups
    .slice(0, COMPARED)
    .map(({owner, members}) => placeOfOwner(snapshot, search.pathTo(members.get(0), owner)))
}

interface OwnerPlace {
  /** Ordinal of the scope next to the owner, or of where its path begins. */
  node: number
  /** The scope, told by its script, and the names from there on: equal for all instances of one place. */
  key: string
}

function placeOfOwner(snapshot: Snapshot, {start, edges, cut}: OwnedPath): OwnerPlace {
  const {edgeName, edgeTarget} = snapshot
  const {isScope, locationRow} = scopes(snapshot)
  const nodeAt = (i: number) => (i === 0 ? start : edgeTarget[edges[i - 1]])
  let from = cut
  while (from > 0 && !isScope(nodeAt(from))) from--
  const node = nodeAt(from)
  const place = placeOfRow(snapshot, isScope(node) ? locationRow(node) : -1)
  const names = Array.from(edges.slice(from, cut), edge => edgeName[edge])
  const at = place === undefined ? `${node}` : `${place.script}:${place.line}:${place.column}`
  return {node, key: `${at} ${names.join()}`}
}

const COMPARED = 4

/** Whether edges leave many objects of the runtime's that are no timers: what runs by itself is let go of one by one. */
function areOfRuntime(snapshot: Snapshot, cuts: Uint32Array): boolean {
  const {firstEdge, nodeKind} = snapshot
  const {isRuntime} = roles(snapshot)
  let sources = 0
  let last = -1
  for (const edge of cuts) {
    const source = sourceOf(firstEdge, edge)
    if (source === last) continue
    last = source
    if (nodeKind[source] !== NodeKind.object || !isRuntime(source) || timerCallback(snapshot, source) >= 0) continue
    if (++sources > MAX_RUNTIME_SOURCES) return true
  }
  return false
}

/** The path to an example; of many objects of the runtime's from a root on, since what keeps each of them is what a person looks for. */
function pathOf(snapshot: Snapshot, search: OwnerSearch, example: number, owner: number, cuts: Uint32Array): OwnedPath {
  const path = search.pathTo(example, owner)
  if (!areOfRuntime(snapshot, cuts)) return path
  const edges: number[] = []
  const start = pathNames(snapshot).wholePathTo(path.start, edges)
  return {start, edges: [...edges, ...path.edges], cut: edges.length + path.cut}
}

/** The owners of what does not gather at one of the places. */
function without(snapshot: Snapshot, search: OwnerSearch, targets: Uint32Array, places: readonly Gathered[]) {
  const told = new BitSet(snapshot.nodeCount)
  for (const {members} of places) told.addAll(members)
  return groupByOwner(
    snapshot,
    search,
    targets.filter(node => !told.has(node)),
  )
}

function ranked({nodeId}: Snapshot, owners: Owner[]): Owner[] {
  return owners.sort(
    (a, b) => RANK[a.code] - RANK[b.code] || b.count - a.count || nodeId[a.example] - nodeId[b.example],
  )
}

interface Group {
  /** The owner's number among those of the search. */
  owner: number
  members: GrowableUint32
  alone: number
}

/** Objects by owner: an object stands in as many groups as it has owners. */
function groupByOwner(
  snapshot: Snapshot,
  search: OwnerSearch,
  targets: Uint32Array,
): {groups: Group[]; shared: number; isCut: boolean} {
  const groups = new Map<number, Group>()
  const groupOf = (owner: number) => getOrMake(groups, owner, () => ({owner, members: new GrowableUint32(), alone: 0}))
  // Most objects have the same set as the one before.
  let last = -1
  let held: Group[] = []
  let shared = 0
  // A root leads to them, but by no way that was followed: said, not hidden.
  let isCut = search.isLost
  for (let i = 0; i < targets.length; i++) {
    const node = targets[i]
    const set = search.setOf(node)
    if (set !== last) {
      last = set
      held = Array.from(search.sets.of(set), groupOf)
      if (search.sets.isCut(set)) isCut = true
    }
    if (held.length > 1) shared++
    for (const group of held) group.members.push(node)
    if (held.length === 1) held[0].alone++
  }
  const {nodeId} = snapshot
  const rank = ({owner}: Group) => RANK[search.codeOf(owner)]
  const sorted = [...groups.values()].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      b.members.length - a.members.length ||
      nodeId[a.members.get(0)] - nodeId[b.members.get(0)] ||
      a.owner - b.owner,
  )
  return {groups: sorted, shared, isCut}
}

const RANK = {application: 0, library: 1, runtime: 2}

type OwnerBytes = Pick<Owner, 'selfBytes' | 'retainedBytes' | 'retainedOffHeapBytes'>

/** Bytes of each of some sets of objects, and what it retains. Owners often hold the very same objects: those are asked about once. */
function bytesOfSets(snapshot: Snapshot, sets: readonly Uint32Array[]): OwnerBytes[] {
  const different: Uint32Array[] = []
  const placeOf = sets.map(set => {
    const known = different.findIndex(one => one.length === set.length && one.every((node, i) => node === set[i]))
    return known < 0 ? different.push(set) - 1 : known
  })
  const self = selfSizes(snapshot, 'devtools')
  const found = retainedBySets(snapshot, different).map(({bytes, offHeapBytes}, i) => ({
    selfBytes: different[i].reduce((sum, node) => sum + self[node], 0),
    retainedBytes: bytes,
    retainedOffHeapBytes: offHeapBytes,
  }))
  return placeOf.map(place => found[place])
}
