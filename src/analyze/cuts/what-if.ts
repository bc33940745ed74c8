/** What would be freed if the program let go of some things: reachability without the edges that are cut. */
import {locationRow, rowOrNull} from '../../snapshot/code/places.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {typesMeant} from '../../snapshot/columns/types.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {memoize} from '../../util/memo.ts'
import {ANY_INDEX, edgePatterns} from '../facts/edge-pattern.ts'
import {mentionEdges} from '../facts/edge-policy.ts'
import {type SizeModel, selfSizes} from '../facts/self-sizes.ts'
import {textPattern} from '../facts/text-pattern.ts'
import {edgesLeft, reachableNodes} from '../graph/reachable.ts'
import {PathsBack} from '../paths/paths-back.ts'
import {type Cut, resolveCuts} from './cuts.ts'
import {letGo} from './let-go.ts'

/** Which objects `whatIf` is asked about, and how many rows it lists. */
export interface WhatIfOptions {
  /** Only this type: an exact name or `/regex/`. */
  type?: string
  /** Rows, and types told of what stays, at the most. */
  limit?: number
  /** `devtools` unless given. */
  sizes?: SizeModel
}

/** Objects of one type that a cut would free. */
export interface FreedRow {
  /** Type of the objects. */
  type: string
  /** A row of the snapshot's locations: where the constructor is written; null if the file does not say. */
  location: number | null
  /** Objects freed and their self sizes. As in `types`, those without a size of their own are not counted. */
  count: number
  /** Sum of the self sizes of those freed. */
  selfBytes: number
  /** Objects of the type that are alive while nothing is cut. */
  alive: number
  /** Ordinal of the freed object with the smallest id. */
  example: number
}

/** What becomes of the objects a person meant. */
export interface Fate {
  /** Type of the objects. */
  type: string
  /** A row of the locations of the snapshot: where the constructor is written; null if the file does not say. */
  location: number | null
  /** Those alive while nothing is cut; of them are freed; the others stay. */
  count: number
  /** Those that the cut frees. */
  freed: number
  /** Ordinal of the one with the smallest id that stays; null if all go. */
  example: number | null
  /** Who still holds those that stay, most of them first: the nearest variable or property on a shortest path from the roots. */
  holders: Holding[]
  /** Holders left out, and how many objects they hold. */
  left: {holders: number; count: number}
}

/** An edge that still holds objects, and what lies between them. */
export interface Holding {
  /** Ordinal of the edge, of the object with the smallest id. */
  edge: number
  /** Ordinals of the objects between what that edge leads to and the object that stays, holder first. */
  via: number[]
  /** Objects that it holds. */
  count: number
}

/** What `whatIf` answers. */
export interface WhatIfAnswer {
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** What was cut, with the edges that each expression names. */
  cuts: readonly Cut[]
  /** What the root reaches while nothing is cut, and with the cuts. */
  before: BitSet
  /** The same with the cuts, one bit a node. */
  after: BitSet
  /** The type asked about, exact or `/regex/`; undefined for all. */
  type: string | undefined
  /** How the bytes here were counted. */
  sizes: SizeModel
  /** Most bytes first, and cut to the limit. */
  rows: FreedRow[]
  /** Over all that is freed (of the types asked about), whether listed or not. */
  total: {types: number; count: number; selfBytes: number}
  /** Sum of all self sizes in the file: what shares are of. */
  heapBytes: number
  /** What the root does not reach even while nothing is cut: it is in the file, but no cut frees it. */
  unreachable: {count: number; selfBytes: number}
  /** Callbacks of FinalizationRegistries that run for what is freed; what the registries held for them is freed as well. */
  callbacks: number
  /** Of what stays, what those callbacks may let go of, one bit a node, and their sum. */
  mayGo: {nodes: BitSet; count: number; selfBytes: number}
  /** Freed objects with a C++ side that something which stays mentions without keeping them (`mentionEdges`); DevTools says that it holds them. */
  mentioned: number
  /** What the cut edges lead to, or the type asked about: types before V8's kinds, those of which most stay first. */
  fates: Fate[]
  /** What stays though something freed holds it, most objects first; empty if a type was asked about. */
  stays: Fate[]
  /** Rows and fates: the limit, where it was reached; `stays`: how many types there are, where not all are listed. */
  limitsReached: {rows?: number; fates?: number; stays?: number}
}

/**
 * Marks what stays once the edges that `cuts` name are gone (`letGo`), and compares. Linear in nodes and edges, but for the sorting of
 * what is shown. Throws USAGE for a text that is no cut and NOTHING_FOUND for one that matches nothing (`resolveCuts`).
 */
export function whatIf(snapshot: Snapshot, cuts: readonly string[], options: WhatIfOptions = {}): WhatIfAnswer {
  const {type, limit = 30, sizes = 'devtools'} = options
  const resolved = resolveCuts(snapshot, cuts)
  const before = reachableNodes(snapshot)
  const {cut, after, out, callbacks, mayGo} = letGo(snapshot, resolved)
  const isMeant = meantTypes(snapshot, type)
  const {all, heapBytes, unreachable} = addUp(snapshot, before, after, sizes)
  const rows = all.filter(({count}, number) => count > 0 && isMeant[number] === 1).sort(byBytes)
  const paths = memoize(() => new PathsBack(snapshot, edgesLeft(snapshot, cut, after, out)))
  const targets = targetsOf(snapshot, resolved)
  const isAsked = (node: number) =>
    type === undefined ? targets.has(node) : isMeant[snapshot.types.ofNode[node]] === 1
  const fates = fatesOf(
    snapshot,
    node => before.has(node) && isAsked(node),
    after,
    () => paths(snapshot),
  )
  const heldByFreed = type === undefined ? stayingNeighbors(snapshot, before, after) : new BitSet(snapshot.nodeCount)
  const stays = fatesOf(
    snapshot,
    node => heldByFreed.has(node) && !targets.has(node),
    after,
    () => paths(snapshot),
  )
  const sum = (value: (row: FreedRow) => number) => rows.reduce((total, row) => total + value(row), 0)
  return {
    snapshot,
    cuts: resolved,
    before,
    after,
    type,
    sizes,
    rows: rows.slice(0, limit),
    total: {types: rows.length, count: sum(row => row.count), selfBytes: sum(row => row.selfBytes)},
    heapBytes,
    unreachable,
    callbacks,
    mayGo: {nodes: mayGo, ...sumOf(snapshot, mayGo, sizes)},
    mentioned: mentionedAmong(snapshot, before, after),
    fates: fates.slice(0, limit),
    stays: stays.slice(0, STAYS_SHOWN),
    limitsReached: {
      ...(rows.length > limit ? {rows: limit} : {}),
      ...(fates.length > limit ? {fates: limit} : {}),
      ...(stays.length > STAYS_SHOWN ? {stays: stays.length} : {}),
    },
  }
}

function mentionedAmong(snapshot: Snapshot, before: BitSet, after: BitSet): number {
  const {edgeTarget, firstEdge, nodeCount} = snapshot
  const mentioned = new BitSet(nodeCount)
  let count = 0
  for (const edge of mentionEdges(snapshot)) {
    const target = edgeTarget[edge]
    if (mentioned.has(target) || after.has(target) || !before.has(target)) continue
    if (!after.has(sourceOf(firstEdge, edge))) continue
    mentioned.add(target)
    count++
  }
  return count
}

/** Uint8Array, 1 for each type that the pattern means. */
function meantTypes({types}: Snapshot, pattern: string | undefined): Uint8Array {
  const matches = pattern === undefined ? () => true : textPattern(pattern)
  return typesMeant(types, matches)
}

function byBytes(a: FreedRow, b: FreedRow): number {
  return b.selfBytes - a.selfBytes || b.count - a.count || Number(a.type > b.type) - Number(a.type < b.type)
}

function addUp(snapshot: Snapshot, before: BitSet, after: BitSet, sizes: SizeModel) {
  const {nodeCount, nodeId, types} = snapshot
  const selfBytes = selfSizes(snapshot, sizes)
  const all = types.names.map(
    (type, number): FreedRow => ({
      type,
      location: rowOrNull(types.locations[number]),
      ...{count: 0, selfBytes: 0, alive: 0, example: 0},
    }),
  )
  const unreachable = {count: 0, selfBytes: 0}
  let heapBytes = 0
  for (let node = 0; node < nodeCount; node++) {
    const bytes = selfBytes[node]
    if (bytes === 0) continue
    heapBytes += bytes
    if (!before.has(node)) {
      unreachable.count++
      unreachable.selfBytes += bytes
      continue
    }
    const row = all[types.ofNode[node]]
    row.alive++
    if (after.has(node)) continue
    row.count++
    row.selfBytes += bytes
    if (row.count === 1 || nodeId[node] < nodeId[row.example]) row.example = node
  }
  return {all, heapBytes, unreachable}
}

function sumOf(snapshot: Snapshot, nodes: BitSet, sizes: SizeModel): {count: number; selfBytes: number} {
  const selfBytes = selfSizes(snapshot, sizes)
  const sum = {count: 0, selfBytes: 0}
  for (const node of nodes.members()) {
    if (selfBytes[node] === 0) continue
    sum.count++
    sum.selfBytes += selfBytes[node]
  }
  return sum
}

// what becomes of what was meant

/** `undefined` and the like are everybody's: nobody means them. */
const SINGLETONS = ['system / Oddball', 'system / Hole']

function fatesOf(
  snapshot: Snapshot,
  isMeant: (node: number) => boolean,
  after: BitSet,
  pathsBack: () => PathsBack,
): Fate[] {
  const {nodeCount, nodeId, nodeName, strings, types} = snapshot
  const singletons = strings.setOf(...SINGLETONS)
  const fates: (Fate | undefined)[] = types.names.map(() => undefined)
  const staying = new GrowableUint32()
  for (let node = 0; node < nodeCount; node++) {
    if (!isMeant(node) || singletons.has(nodeName[node])) continue
    const type = types.ofNode[node]
    const fate = fates[type] ?? newFate(snapshot, type)
    fates[type] = fate
    fate.count++
    if (!after.has(node)) {
      fate.freed++
      continue
    }
    staying.push(node)
    if (fate.example === null || nodeId[node] < nodeId[fate.example]) fate.example = node
  }
  if (staying.length > 0) holdersOf(snapshot, staying.view(), fates, pathsBack())
  return fates
    .filter(fate => fate !== undefined)
    .sort(
      (a, b) =>
        Number(isOfKind(a)) - Number(isOfKind(b)) ||
        b.count - b.freed - (a.count - a.freed) ||
        b.count - a.count ||
        Number(a.type > b.type) - Number(a.type < b.type),
    )
}

/** Strings, numbers and V8's own kinds have names in parentheses: what people mean are the others. */
const isOfKind = ({type}: Fate) => type.startsWith('(')

function newFate({types}: Snapshot, type: number): Fate {
  return {
    type: types.names[type],
    location: rowOrNull(types.locations[type]),
    ...{count: 0, freed: 0, example: null, holders: [], left: {holders: 0, count: 0}},
  }
}

function targetsOf({nodeCount, edgeTarget}: Snapshot, cuts: readonly Cut[]): BitSet {
  const targets = new BitSet(nodeCount)
  for (const {edges} of cuts) for (const edge of edges) targets.add(edgeTarget[edge])
  return targets
}

/** What every object and function has besides what the program gave it. */
const INHERITED = ['__proto__', 'constructor', 'prototype']
const PEOPLES_KINDS = new Set([NodeKind.object, NodeKind.closure, NodeKind.native, NodeKind.regexp])

/**
 * Objects that stay, though something that is freed holds them by a variable, a property, an element or an entry of its own. Not functions
 * without a script, V8's own and those made from templates in C++ (`FunctionTemplate::GetFunction`): V8 caches them for good.
 */
function stayingNeighbors(snapshot: Snapshot, before: BitSet, after: BitSet): BitSet {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeCount, nodeKind, strings} = snapshot
  const found = new BitSet(nodeCount)
  const inherited = strings.setOf(...INHERITED)
  const patternOf = edgePatterns(snapshot)
  const hasLocations = snapshot.locations.scriptId.length > 0
  for (let node = 0; node < nodeCount; node++) {
    if (!before.has(node) || after.has(node)) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const target = edgeTarget[edge]
      const kind = edgeKind[edge]
      if (!after.has(target) || !PEOPLES_KINDS.has(nodeKind[target]) || kind === EdgeKind.weak) continue
      if (hasLocations && nodeKind[target] === NodeKind.closure && locationRow(snapshot, target) < 0) continue
      const isNamed = kind === EdgeKind.property || kind === EdgeKind.context
      if (isNamed ? !inherited.has(edgeName[edge]) : patternOf(edge) === ANY_INDEX) found.add(target)
    }
  }
  return found
}

const STAYS_SHOWN = 5
const HOLDERS_SHOWN = 5

interface Group extends Holding {
  fate: Fate
  /** Id of the object that `edge` and `via` were found for. */
  id: number
}

function holdersOf(snapshot: Snapshot, staying: Uint32Array, fates: (Fate | undefined)[], paths: PathsBack): void {
  const {nodeId, types} = snapshot
  const patternOf = edgePatterns(snapshot)
  const groups = new Map<string, Group>()
  for (const node of staying) {
    const {edge, source, via} = paths.toNamed(node)
    const type = types.ofNode[node]
    const fate = fates[type]
    if (edge < 0 || fate === undefined) continue
    const key = `${type}:${types.ofNode[source]}:${patternOf(edge)}`
    const group = groups.get(key)
    const id = nodeId[node]
    if (group === undefined) groups.set(key, {fate, edge, via, count: 1, id})
    else {
      group.count++
      if (id < group.id) Object.assign(group, {edge, via, id})
    }
  }
  const sorted = [...groups.values()].sort((a, b) => b.count - a.count || a.id - b.id)
  for (const {fate, edge, via, count} of sorted) {
    if (fate.holders.length < HOLDERS_SHOWN) fate.holders.push({edge, via, count})
    else {
      fate.left.holders++
      fate.left.count += count
    }
  }
}
