/**
 * Who must let go: every independent owner of a set of objects, all objects that are owned alike as one group. An owner is the place
 * where a way from code ends and what exists for the objects' sake begins: a variable, a collection, a timer, a root. From the objects
 * back to there every way is followed; from there on the one that a person would name (`named-ways.ts`).
 */

import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {GrowableUint32} from '../util/growable.ts'
import {getOrMake} from '../util/memo.ts'
import {type AheadGroup, computeAhead} from './ahead.ts'
import {dominatorTree} from './dominators.ts'
import {type OwnedWay, OwnerSearch} from './owner-search.ts'
import {retainedBySet} from './retained-set.ts'
import type {Selection} from './select.ts'
import {selfSizes} from './self-sizes.ts'

export interface OwnersOptions {
  /** Owners kept; the others are counted. */
  limit?: number
}

/** One way of being held, and the objects held so. */
export interface Owner extends OwnedWay {
  /** Objects held so. */
  count: number
  /** Of those, how many no other owner holds. */
  alone: number
  /** Bytes that would be freed if all objects of `count` were dropped. */
  retainedBytes: number
  /** Of these, bytes of backing stores. */
  retainedOffHeapBytes: number
  selfBytes: number
  /** Whose code the way begins in. */
  code: 'application' | 'library' | 'runtime'
  /** Ordinal of the object that the way leads to. */
  example: number
  /** Ordinals of all edges by which it holds the objects: from what it is to what serves them, or into its listeners. */
  cuts: Uint32Array
}

export interface OwnersAnswer {
  snapshot: Snapshot
  question: 'owners'
  target: Selection
  /** Application code first, then by number of objects. */
  owners: Owner[]
  /** Objects that more than one owner holds. */
  shared: number
  /** Objects that nothing holds: garbage not yet collected, or held weakly only. */
  unheld: number
  /** Whether some objects are held in more ways than were followed. */
  isCut: boolean
  limitsReached: {owners?: number}
  total: {owners: number; selfBytes: number; retainedBytes: number; retainedOffHeapBytes: number}
}

const DEFAULT_LIMIT = 10

/** What another thread computes meanwhile. */
const AHEAD: readonly AheadGroup[] = [
  'types',
  'retainers',
  'scripts',
  'functions in scopes',
  'functions of scopes',
  'selfSizes',
]

/** The owners of the objects of `target`. Linear in the nodes and edges behind them. */
export function owners(
  snapshot: Snapshot,
  target: Selection,
  {limit = DEFAULT_LIMIT}: OwnersOptions = {},
): OwnersAnswer {
  computeAhead(snapshot, AHEAD)
  dominatorTree(snapshot)
  const isTarget = BitSet.of(snapshot.nodeCount, target.nodes)
  const search = new OwnerSearch(snapshot, target.nodes, isTarget)
  const {groups, shared, isCut} = groupByOwner(snapshot, search, target.nodes)
  const kept = groups.slice(0, limit)
  const all = bytesOf(snapshot, target.nodes)
  const cuts = search.cutsOf(kept.map(({owner}) => search.sets.key(owner)))
  return {
    snapshot,
    question: 'owners',
    target,
    owners: kept.map(({owner, members, alone}, i) => {
      const held = members.view()
      const example = held[0]
      const code = search.codeOf(owner)
      return {
        count: held.length,
        alone,
        // One that holds all of them need not be asked about again.
        ...(held.length === target.nodes.length ? all : bytesOf(snapshot, held)),
        code,
        example,
        ...search.wayTo(example, owner),
        cuts: cuts[i],
      }
    }),
    shared,
    unheld: search.unheld,
    isCut,
    limitsReached: groups.length > kept.length ? {owners: limit} : {},
    total: {owners: groups.length, ...all},
  }
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
  let shared = 0
  // A root leads to them, but by no way that was followed: said, not hidden.
  let isCut = search.isLost
  for (const node of targets) {
    const set = search.setOf(node)
    const owners = search.sets.of(set)
    if (search.sets.isCut(set)) isCut = true
    if (owners.length > 1) shared++
    for (const owner of owners) {
      const group = getOrMake(groups, owner, () => ({owner, members: new GrowableUint32(), alone: 0}))
      group.members.push(node)
      if (owners.length === 1) group.alone++
    }
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

/** Bytes of a set of objects, and what it retains. */
function bytesOf(
  snapshot: Snapshot,
  nodes: Uint32Array,
): Pick<Owner, 'selfBytes' | 'retainedBytes' | 'retainedOffHeapBytes'> {
  const self = selfSizes(snapshot, 'devtools')
  const {bytes, offHeapBytes} = retainedBySet(snapshot, nodes)
  return {
    selfBytes: nodes.reduce((sum, node) => sum + self[node], 0),
    retainedBytes: bytes,
    retainedOffHeapBytes: offHeapBytes,
  }
}
