/** What grew from one snapshot to the next: sums of groups in each, kept while the snapshots themselves come and go. */

import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake} from '../../util/memo.ts'
import {type NumberArray, narrowed} from '../../util/number-column.ts'
import {MAX_UINT32} from '../../util/uint32.ts'
import {type Agreement, agreement, type IdSample, idSample} from '../facts/agreement.ts'
import {idsAscending} from '../facts/id-column.ts'
import {selfSizes} from '../facts/self-sizes.ts'
import {retainedOf, sumsOf} from '../graph/group-sums.ts'
import {type CountTrend, change, trendOf} from './trend.ts'

/** A division of nodes into groups that other snapshots' can be compared with. */
export interface GrowthGroups {
  /** What each group is called, in words that mean the same in every snapshot; several groups may have one name. */
  keys: readonly GroupKey[]
  /** Uint32Array(n): every node's group; NO_GROUP for nodes of none. */
  ofNode: Uint32Array
}

/** What makes a row of one snapshot the same row in another: its name and its line. */
export interface GroupKey {
  /** Type, holder or path. */
  name: string
  /** `src/cache.js:12`; '' if the file does not say. */
  place: string
  /** Of a path: what its name is put together from, for `samePlaces`. */
  parts?: readonly PlacePart[]
}

/** A step of a path to a group. */
export interface PlacePart {
  /** The step as it is written in a path. */
  text: string
  /** What a property would be called if its object were a dictionary; '' for what is no property, and for a dictionary's. */
  asKey: string
  /** Whether it is a dictionary's. */
  isKey: boolean
  /** Whether it leads to the group from an object of the group's own class or shape, as `next` does. */
  isLink: boolean
}

export const NO_GROUP = MAX_UINT32

/** What is kept of one snapshot: columns of 12 bytes a node with a size, and sums. */
export interface GrowthStep {
  /** What the input was called. */
  name: string
  /** Nodes of the snapshot. */
  nodeCount: number
  /** Sum of all self sizes. */
  heapBytes: number
  /** Counts and bytes by the text of the group. */
  sums: Map<string, GroupKey & {count: number; selfBytes: number; retainedBytes: number}>
  /** Some objects by id, to tell whether ids of another snapshot mean the same. */
  sample: IdSample
  /** Ascending: ids of the nodes with a group and a size. */
  ids: NumberArray
  /** Their self sizes, and Uint32Array: their groups, as places in `keys`. */
  selfBytes: NumberArray
  /** Of each of `ids`, its group: an index of `keys`. */
  group: Uint32Array
  /** The groups, as they are told. */
  keys: readonly GroupKey[]
}

/** Types, told apart by the place of the constructor, as DevTools does. `placeText`: what a row of the locations is called. */
export function typeGroups(snapshot: Snapshot, placeText: (row: number) => string): GrowthGroups {
  const {names, locations, ofNode} = snapshot.types
  return {keys: names.map((name, type) => ({name, place: placeText(locations[type])})), ofNode}
}

export interface GrowthOptions {
  /** Whether to compute retained sizes, which takes the dominator tree. */
  retained?: boolean
}

/** What growth needs to know of one snapshot: nothing of it is kept. As in DevTools, nodes without a size are not counted. */
export function growthStep(
  snapshot: Snapshot,
  {keys, ofNode}: GrowthGroups,
  {retained = true}: GrowthOptions = {},
): GrowthStep {
  const isMember = (node: number) => ofNode[node] !== NO_GROUP
  const size = selfSizes(snapshot, 'devtools')
  const grouping = {names: keys.map(({name}) => name), ofNode}
  const {count, selfBytes} = sumsOf(snapshot, grouping, 'devtools', isMember)
  const retainedBytes = retained ? retainedOf(snapshot, grouping, 'devtools', isMember) : undefined
  const sums: GrowthStep['sums'] = new Map()
  keys.forEach((key, group) => {
    if (count[group] === 0) return
    const sum = getOrMake(sums, textOf(key), () => ({...key, count: 0, selfBytes: 0, retainedBytes: 0}))
    sum.count += count[group]
    sum.selfBytes += selfBytes[group]
    sum.retainedBytes += retainedBytes?.[group] ?? 0
  })
  const column = idsAscending(snapshot, node => size[node] > 0 && isMember(node))
  let heapBytes = 0
  let largest = 0
  for (let node = 0; node < size.length; node++) {
    heapBytes += size[node]
    if (size[node] > largest) largest = size[node]
  }
  return {
    name: snapshot.name,
    nodeCount: snapshot.nodeCount,
    heapBytes,
    sums,
    sample: idSample(snapshot),
    ids: column.ids,
    selfBytes: narrowed(column.nodes, node => size[node], largest),
    group: column.nodes.map(node => ofNode[node]),
    keys,
  }
}

/** One row of a comparison: its counts and bytes in each snapshot. */
export interface GrowthRow extends GroupKey {
  /** One number a snapshot. */
  counts: number[]
  /** Sums of self sizes, one a snapshot. */
  selfBytes: number[]
  /** Bytes that would be freed with the objects, one a snapshot; undefined if not asked for. */
  retainedBytes: number[] | undefined
  /** Objects of the last snapshot that are not in the first, and the other way round; undefined where ids do not agree. */
  identity: {added: number; addedBytes: number; removed: number; removedBytes: number} | undefined
  /** How the counts and bytes develop. */
  trend: CountTrend
}

export interface GrowthAnswer {
  steps: {name: string; nodeCount: number; heapBytes: number}[]
  /** Of each snapshot with the one before. */
  agreements: Agreement[]
  /** Of the last with the first. */
  agreement: Agreement
  /** Those that changed most, up or down; what grew most first, what shrank most last. */
  rows: GrowthRow[]
  total: GrowthTotal
  limitsReached: {rows?: number}
}

/** Of all rows that changed, listed or not. `replaced`: as many objects and bytes as before, but not the same objects. */
export interface GrowthTotal {
  /** Rows that changed. */
  rows: number
  /** Of these, rows with more objects or bytes in the last snapshot than in the first. */
  grew: number
  /** Rows with fewer. */
  shrank: number
  /** Rows with as many, but of other objects. */
  replaced: number
}

/** What a comparison groups objects by. */
export type GrowthBy = 'type' | 'holder' | 'path'

/** What rows of a comparison are sorted by. */
export type GrowthSort = 'count' | 'self' | 'retained' | 'name'

/**
 * `agreements`: of each snapshot with the one before it, `overall` of the last with the first; see `agreement`. Linear in nodes and
 * groups. Throws RangeError for fewer than two steps.
 */
export function growth(
  steps: readonly GrowthStep[],
  agreements: Agreement[],
  overall: Agreement,
  {limit = 30, sort = 'self', retained = true}: {limit?: number; sort?: GrowthSort; retained?: boolean} = {},
): GrowthAnswer {
  if (steps.length < 2) throw new RangeError('growth needs two snapshots')
  const identity = overall.sameProcess ? changes(steps[0], steps[steps.length - 1]) : undefined
  const keys = new Map<string, GroupKey>()
  for (const {sums} of steps) for (const [text, {name, place}] of sums) keys.set(text, {name, place})
  const rows: GrowthRow[] = []
  for (const [text, key] of keys) {
    const of = (what: 'count' | 'selfBytes' | 'retainedBytes') => steps.map(({sums}) => sums.get(text)?.[what] ?? 0)
    const counts = of('count')
    const selfBytes = of('selfBytes')
    const row: GrowthRow = {
      ...key,
      counts,
      selfBytes,
      retainedBytes: retained ? of('retainedBytes') : undefined,
      identity: identity && (identity.get(text) ?? {added: 0, addedBytes: 0, removed: 0, removedBytes: 0}),
      trend: trendOf(counts, selfBytes),
    }
    const isChanged = (all: number[]) => all.some(value => value !== all[0])
    const hasMoved = row.identity !== undefined && row.identity.added + row.identity.removed > 0
    if (isChanged(counts) || isChanged(selfBytes) || hasMoved) rows.push(row)
  }
  const kept = mostChanged(rows, sort, limit)
  return {
    steps: steps.map(({name, nodeCount, heapBytes}) => ({name, nodeCount, heapBytes})),
    agreements,
    agreement: overall,
    rows: kept,
    total: growthTotal(rows),
    limitsReached: kept.length < rows.length ? {rows: limit} : {},
  }
}

/** The agreement of a snapshot with what was kept of an earlier one. */
export function agreementWith({sample}: GrowthStep, later: Snapshot): Agreement {
  return agreement(sample, later)
}

/** What rows of several snapshots are found by. */
export function textOf({name, place}: Pick<GroupKey, 'name' | 'place'>): string {
  return `${name}\0${place}`
}

/** The step with other names; groups that have one name then are one. */
export function renamedGroups(step: GrowthStep, nameOf: (key: GroupKey, group: number) => string): GrowthStep {
  const keys = step.keys.map((key, group) => ({...key, name: nameOf(key, group)}))
  const sums: GrowthStep['sums'] = new Map()
  const renamed = new Map(step.keys.map((key, group) => [textOf(key), keys[group]]))
  for (const [text, {count, selfBytes, retainedBytes}] of step.sums) {
    const key = renamed.get(text)
    if (key === undefined) continue
    const sum = getOrMake(sums, textOf(key), () => ({...key, count: 0, selfBytes: 0, retainedBytes: 0}))
    sum.count += count
    sum.selfBytes += selfBytes
    sum.retainedBytes += retainedBytes
  }
  return {...step, keys, sums}
}

/** Those of the rows that changed most by what they are sorted by, up or down, or the first by name. */
export function mostChanged(rows: readonly GrowthRow[], sort: GrowthSort, limit: number): GrowthRow[] {
  const byName = (a: GrowthRow, b: GrowthRow) => compare(a.name, b.name) || compare(a.place, b.place)
  if (sort === 'name') return [...rows].sort(byName).slice(0, limit)
  const value = ({counts, selfBytes, retainedBytes}: GrowthRow) =>
    change(sort === 'count' ? counts : sort === 'self' ? selfBytes : (retainedBytes ?? selfBytes))
  const moved = ({counts, selfBytes, identity}: GrowthRow) =>
    Math.abs(change(selfBytes)) || Math.abs(change(counts)) || (identity?.added ?? 0)
  return [...rows]
    .sort((a, b) => Math.abs(value(b)) - Math.abs(value(a)) || moved(b) - moved(a) || byName(a, b))
    .slice(0, limit)
    .sort((a, b) => value(b) - value(a) || byName(a, b))
}

export function growthTotal(rows: readonly GrowthRow[]): GrowthTotal {
  const by = (sign: number) => rows.filter(row => directionOf(row) === sign).length
  return {rows: rows.length, grew: by(1), shrank: by(-1), replaced: rows.filter(isReplaced).length}
}

/** 1 for a row of more bytes, or of as many in more objects; -1 for the contrary. */
function directionOf({counts, selfBytes}: GrowthRow): number {
  return Math.sign(change(selfBytes)) || Math.sign(change(counts))
}

/** Whether every snapshot has as much of a row, though not the same objects. */
export function isReplaced({counts, selfBytes}: GrowthRow): boolean {
  return [counts, selfBytes].every(values => values.every(value => value === values[0]))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

type Identity = NonNullable<GrowthRow['identity']>

/**
 * By row, as DevTools' comparison counts (`calculateDiffForClass`): an id only in the later one is added, only in the earlier one
 * removed; an object that changed its row is removed from one and added to the other.
 */
function changes(first: GrowthStep, last: GrowthStep): Map<string, Identity> {
  const rows = new Map<string, Identity>()
  const ofFirst = rowsOf(first, rows)
  const ofLast = rowsOf(last, rows)
  let a = 0
  let b = 0
  const remove = () => {
    const row = ofFirst[first.group[a]]
    row.removed++
    row.removedBytes += first.selfBytes[a++]
  }
  const add = () => {
    const row = ofLast[last.group[b]]
    row.added++
    row.addedBytes += last.selfBytes[b++]
  }
  while (a < first.ids.length || b < last.ids.length) {
    const idA = a < first.ids.length ? first.ids[a] : Number.POSITIVE_INFINITY
    const idB = b < last.ids.length ? last.ids[b] : Number.POSITIVE_INFINITY
    if (idA < idB) remove()
    else if (idB < idA) add()
    else if (ofFirst[first.group[a]] === ofLast[last.group[b]]) {
      a++
      b++
    } else {
      remove()
      add()
    }
  }
  return rows
}

function rowsOf({keys}: GrowthStep, rows: Map<string, Identity>): Identity[] {
  return keys.map(key => getOrMake(rows, textOf(key), () => ({added: 0, addedBytes: 0, removed: 0, removedBytes: 0})))
}
