/** What grew from one snapshot to the next: sums of groups in each, kept while the snapshots themselves come and go. */
import {placeOfRow} from '../snapshot/places.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {getOrMake} from '../util/memo.ts'
import {type Agreement, agreement, type IdSample, idSample} from './agreement.ts'
import {retainedOf, sumsOf} from './group-sums.ts'
import {idsAscending} from './id-column.ts'
import {selfSizes} from './self-sizes.ts'

/** A division of nodes into groups that other snapshots' can be compared with. */
export interface GrowthGroups {
  /** What each group is called, in words that mean the same in every snapshot; several groups may have one name. */
  keys: readonly GroupKey[]
  /** Uint32Array(n): every node's group; NO_GROUP for nodes of none. */
  ofNode: Uint32Array
}

export interface GroupKey {
  name: string
  /** `src/cache.js:12`; '' if the file does not say. */
  place: string
}

export const NO_GROUP = 0xffffffff

/** What is kept of one snapshot: columns of some 16 bytes a node, and sums. */
export interface GrowthStep {
  name: string
  nodeCount: number
  /** Sum of all self sizes. */
  heapBytes: number
  sums: Map<string, GroupKey & {count: number; selfBytes: number; retainedBytes: number}>
  sample: IdSample
  /** Float64Array(m), ascending: ids of the nodes with a group and a size. */
  ids: Float64Array
  /** Float64Array(m): their self sizes, and Uint32Array(m): their groups, as places in `keys`. */
  selfBytes: Float64Array
  group: Uint32Array
  keys: readonly GroupKey[]
}

/** Types, told apart by the place of the constructor, as DevTools does. `placeText`: what a row of the locations is called. */
export function typeGroups(snapshot: Snapshot, placeText: (row: number) => string): GrowthGroups {
  const {names, locations, ofNode} = snapshot.types
  return {keys: names.map((name, type) => ({name, place: placeText(locations[type])})), ofNode}
}

/** `script:line:column` of a row, for those who need no words. */
export function plainPlace(snapshot: Snapshot): (row: number) => string {
  return row => {
    const place = placeOfRow(snapshot, row)
    return place === undefined ? '' : `${place.script}:${place.line}:${place.column}`
  }
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
  for (let node = 0; node < size.length; node++) heapBytes += size[node]
  return {
    name: snapshot.name,
    nodeCount: snapshot.nodeCount,
    heapBytes,
    sums,
    sample: idSample(snapshot),
    ids: column.ids,
    selfBytes: Float64Array.from(column.nodes, node => size[node]),
    group: column.nodes.map(node => ofNode[node]),
    keys,
  }
}

/** What happened to a row from the first snapshot to the last. */
export type Trend = 'grew every step' | 'saturated' | 'grew' | 'shrank' | 'shrank every step' | 'same count'

export interface GrowthRow extends GroupKey {
  /** One number a snapshot. */
  counts: number[]
  selfBytes: number[]
  retainedBytes: number[] | undefined
  /** Objects of the last snapshot that are not in the first, and the other way round; undefined where ids do not agree. */
  identity: {added: number; addedBytes: number; removed: number; removedBytes: number} | undefined
  trend: Trend
}

export interface GrowthAnswer {
  steps: {name: string; nodeCount: number; heapBytes: number}[]
  /** Of each snapshot with the one before. */
  agreements: Agreement[]
  /** Of the last with the first. */
  agreement: Agreement
  /** Rows that changed, by change of self size; those that grew first. */
  rows: GrowthRow[]
  /** Of all rows that changed, listed or not. */
  total: {rows: number; grew: number; shrank: number}
  limitsReached: {rows?: number}
}

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
  rows.sort(rowOrder(sort))
  const kept = rows.slice(0, limit)
  const by = (sign: number) => rows.filter(({selfBytes}) => Math.sign(change(selfBytes)) === sign).length
  return {
    steps: steps.map(({name, nodeCount, heapBytes}) => ({name, nodeCount, heapBytes})),
    agreements,
    agreement: overall,
    rows: kept,
    total: {rows: rows.length, grew: by(1), shrank: by(-1)},
    limitsReached: kept.length < rows.length ? {rows: limit} : {},
  }
}

/** The agreement of a snapshot with what was kept of an earlier one. */
export function agreementWith({sample}: GrowthStep, later: Snapshot): Agreement {
  return agreement(sample, later)
}

function textOf({name, place}: GroupKey): string {
  return `${name}\0${place}`
}

export function change(values: readonly number[]): number {
  return values[values.length - 1] - values[0]
}

/** Counts speak first; a row of as many objects may still have more bytes. */
export function trendOf(counts: readonly number[], selfBytes: readonly number[]): Trend {
  const values = change(counts) === 0 ? selfBytes : counts
  const total = change(values)
  if (total === 0) return 'same count'
  const up = total > 0
  const last = values.length - 1
  const isStrict = values.every((value, i) => i === 0 || (up ? value > values[i - 1] : value < values[i - 1]))
  if (isStrict && last > 1) return up ? 'grew every step' : 'shrank every step'
  if (up && last > 1 && values[last] === values[last - 1]) return 'saturated'
  return up ? 'grew' : 'shrank'
}

export function rowOrder(sort: GrowthSort): (a: GrowthRow, b: GrowthRow) => number {
  const byName = (a: GrowthRow, b: GrowthRow) => compare(a.name, b.name) || compare(a.place, b.place)
  if (sort === 'name') return byName
  const value = ({counts, selfBytes, retainedBytes}: GrowthRow) =>
    change(sort === 'count' ? counts : sort === 'self' ? selfBytes : (retainedBytes ?? selfBytes))
  return (a, b) => value(b) - value(a) || byName(a, b)
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
