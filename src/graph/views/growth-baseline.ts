/** Growth that a program may have: what it grew by once, kept in a file, so that only what grows beyond it is told. */
import {type GrowthBy, type GrowthRow, growthTotal} from '../../analyze/growth/growth.ts'
import {change} from '../../analyze/growth/trend.ts'
import {rowFingerprint} from '../../explain/owners/owner-fingerprint.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake} from '../../util/memo.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'

/** What may grow, and by how much. */
export interface GrowthBaseline {
  /** What its rows are. */
  by: GrowthBy
  /** Objects and their self sizes, of the last snapshot more than of the first. */
  grew: {fingerprint: string; count: number; selfBytes: number}[]
  /** Entries of Maps, Sets and arrays. */
  collections: {fingerprint: string; entries: number}[]
}

const KINDS: readonly GrowthBy[] = ['type', 'holder', 'path']

/** Whether it is one: it comes from files that people edit. */
export function isGrowthBaseline(value: unknown): value is GrowthBaseline {
  if (typeof value !== 'object' || value === null) return false
  const {by, grew, collections} = value as Record<string, unknown>
  return KINDS.some(one => one === by) && isListOf(grew, 'count', 'selfBytes') && isListOf(collections, 'entries')
}

function isListOf(list: unknown, ...numbers: string[]): boolean {
  return (
    Array.isArray(list) &&
    list.every(
      (entry: Record<string, unknown> | null) =>
        typeof entry === 'object' &&
        entry !== null &&
        typeof entry.fingerprint === 'string' &&
        numbers.every(name => Number.isSafeInteger(entry[name]) && (entry[name] as number) >= 0),
    )
  )
}

/** What rows may grow by. */
export interface AllowedGrowth {
  /** What they grew by once. */
  baseline: GrowthBaseline
  /** How much more than in the baseline a row may grow by, as a share of one. */
  tolerance: number
}

/** What of a comparison is no more than a baseline allows. */
export interface WithinBaseline {
  /** Rows that grew. */
  rows: number
  /** Objects by which all of them grew. */
  count: number
  /** Bytes of self sizes by which they grew. */
  selfBytes: number
  /** Collections that grew. */
  collections: number
  /** Entries of the baseline of which nothing grew any more. */
  unused: number
}

/** A Map, Set or array with more entries than at first. */
interface GrownCollection {
  collection: {path: string; type: string}
  by: number
}

/** No two runs of one program are alike: so many objects, bytes and entries more than allowed are none. */
const FEWEST_OBJECTS = 3
const FEWEST_BYTES = 1000

/** What has grown, as a baseline for later comparisons. `last`: the snapshot in which the rows' places are. */
export function baselineFrom(
  last: Snapshot,
  by: GrowthBy,
  rows: readonly GrowthRow[],
  grown: readonly GrownCollection[],
): GrowthBaseline {
  const grew = [...sumsOf(last, rows, by)]
    .filter(([, {count, selfBytes}]) => count > 0 || selfBytes > 0)
    .map(([fingerprint, {count, selfBytes}]) => ({
      fingerprint,
      count: Math.max(0, count),
      selfBytes: Math.max(0, selfBytes),
    }))
  const collections = [...entriesOf(last, grown)].map(([fingerprint, entries]) => ({fingerprint, entries}))
  return {by, grew: grew.sort(byFingerprint), collections: collections.sort(byFingerprint)}
}

/** The rows and collections that have grown beyond a baseline, with rows that have not grown; and what was left out. */
export function beyondBaseline<Collection extends GrownCollection>(
  last: Snapshot,
  {baseline, tolerance}: AllowedGrowth,
  rows: readonly GrowthRow[],
  grown: readonly Collection[],
): {rows: GrowthRow[]; grown: Collection[]; within: WithinBaseline} {
  const isMore = (value: number, allowed: number, fewest: number) => value - allowed * (1 + tolerance) >= fewest
  const allowed = new Map(baseline.grew.map(entry => [entry.fingerprint, entry]))
  const sums = sumsOf(last, rows, baseline.by)
  const isWithin = new Map(
    [...sums].map(([fingerprint, {count, selfBytes}]) => {
      const may = allowed.get(fingerprint) ?? {count: 0, selfBytes: 0}
      return [fingerprint, !isMore(count, may.count, FEWEST_OBJECTS) && !isMore(selfBytes, may.selfBytes, FEWEST_BYTES)]
    }),
  )
  const within: WithinBaseline = {rows: 0, count: 0, selfBytes: 0, collections: 0, unused: 0}
  const beyond = rows.filter(row => {
    if (growthTotal([row]).grew === 0 || !isWithin.get(fingerprintOf(last, row, baseline.by))) return true
    within.rows++
    within.count += change(row.counts)
    within.selfBytes += change(row.selfBytes)
    return false
  })
  const entries = entriesOf(last, grown)
  const allowedEntries = new Map(baseline.collections.map(entry => [entry.fingerprint, entry.entries]))
  const beyondGrown = grown.filter(({collection}) => {
    const fingerprint = collectionFingerprint(last, collection)
    return isMore(entries.get(fingerprint) ?? 0, allowedEntries.get(fingerprint) ?? 0, FEWEST_OBJECTS)
  })
  within.collections = grown.length - beyondGrown.length
  within.unused =
    baseline.grew.filter(({fingerprint}) => !hasGrown(sums.get(fingerprint))).length +
    baseline.collections.filter(({fingerprint}) => !entries.has(fingerprint)).length
  return {rows: beyond, grown: beyondGrown, within}
}

/** What was left out, in sentences. */
export function baselineSentences(
  {rows, count, selfBytes, collections, unused}: WithinBaseline,
  by: GrowthBy,
): string[] {
  const many = [
    ...(rows > 0 ? [`${plural(rows, by)} (${signed(count)} objects, self ${signedBytes(selfBytes)})`] : []),
    ...(collections > 0 ? [plural(collections, 'collection')] : []),
  ]
  return [
    ...(many.length > 0
      ? [
          `${many.join(' and ')} grew no more than the baseline allows, and ${rows + collections === 1 ? 'does' : 'do'} not count`,
        ]
      : []),
    ...(unused > 0
      ? [
          `${unused === 1 ? '1 entry of the baseline has' : `${formatCount(unused)} entries of the baseline have`} not grown; --update-baseline takes ${unused === 1 ? 'it' : 'them'} out`,
        ]
      : []),
  ]
}

function signed(count: number): string {
  return count < 0 ? `-${formatCount(-count)}` : `+${formatCount(count)}`
}

function signedBytes(bytes: number): string {
  return bytes < 0 ? `-${formatBytes(-bytes)}` : `+${formatBytes(bytes)}`
}

type Sum = {count: number; selfBytes: number}

function hasGrown(sum: Sum | undefined): boolean {
  return sum !== undefined && (sum.count > 0 || sum.selfBytes > 0)
}

/** Rows of one fingerprint are one: two classes of one name in one file. */
function sumsOf(last: Snapshot, rows: readonly GrowthRow[], by: GrowthBy): Map<string, Sum> {
  const sums = new Map<string, Sum>()
  for (const row of rows) {
    const sum = getOrMake(sums, fingerprintOf(last, row, by), () => ({count: 0, selfBytes: 0}))
    sum.count += change(row.counts)
    sum.selfBytes += change(row.selfBytes)
  }
  return sums
}

function entriesOf(last: Snapshot, grown: readonly GrownCollection[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const {collection, by} of grown) {
    const fingerprint = collectionFingerprint(last, collection)
    sums.set(fingerprint, (sums.get(fingerprint) ?? 0) + by)
  }
  return sums
}

/** The place of a path is the type of what is there. */
function fingerprintOf(last: Snapshot, {name, place}: GrowthRow, by: GrowthBy): string {
  return by === 'path' ? rowFingerprint(last, name, '', place) : rowFingerprint(last, name, place, '')
}

function collectionFingerprint(last: Snapshot, {path, type}: GrownCollection['collection']): string {
  return rowFingerprint(last, path, '', type)
}

function byFingerprint(a: {fingerprint: string}, b: {fingerprint: string}): number {
  return a.fingerprint < b.fingerprint ? -1 : a.fingerprint > b.fingerprint ? 1 : 0
}
