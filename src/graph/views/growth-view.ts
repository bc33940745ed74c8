/** What grew, as rows with names and words. */

import type {Agreement} from '../../analyze/facts/agreement.ts'
import {type KnownObjects, knownObjects, knownTest} from '../../analyze/facts/known-objects.ts'
import {PROGRAM_KINDS} from '../../analyze/facts/program-kinds.ts'
import {selfSizes} from '../../analyze/facts/self-sizes.ts'
import {retainedSizes} from '../../analyze/graph/dominators.ts'
import {
  agreementWith,
  type GrowthAnswer,
  type GrowthBy,
  type GrowthGroups,
  type GrowthRow,
  type GrowthSort,
  type GrowthStep,
  type GrowthTotal,
  growth,
  growthStep,
  growthTotal,
  isReplaced,
  mostChanged,
  textOf,
  typeGroups,
} from '../../analyze/growth/growth.ts'
import {placeNames, samePlaces} from '../../analyze/growth/same-places.ts'
import {change, trendOf} from '../../analyze/growth/trend.ts'
import {type NamedCollection, namedCollections} from '../../explain/code/collections.ts'
import {type PathGroup, pathGroups, pathHolder} from '../../explain/owners/path-groups.ts'
import {placeSentences} from '../../explain/places/place-sentences.ts'
import {codePlaceOfRow, placeText} from '../../explain/places/source-place.ts'
import {describe} from '../../explain/words/describe.ts'
import {agreementSentence} from '../../explain/words/growth-words.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {
  type AllowedGrowth,
  baselineFrom,
  baselineSentences,
  beyondBaseline,
  type GrowthBaseline,
  type WithinBaseline,
} from './growth-baseline.ts'

/** What `growth` compares, and how many rows it lists. */
export interface GrowthViewOptions {
  /** `type` unless given. */
  by?: GrowthBy
  /** `self` unless given. */
  sort?: GrowthSort
  /** Rows; 30 unless given. */
  limit?: number
  /** Whether to compute retained sizes, which takes the dominator tree. */
  retained?: boolean
  /** Whether to list the objects that are new. */
  fresh?: boolean
}

/** Whether the ids of two snapshots mean the same objects, in numbers. */
export interface AgreementView {
  /** Ids that both snapshots have. */
  common: number
  /** Of these, objects of the same kind and name. */
  equal: number
  /** Whether so many are equal that ids tell objects apart. */
  sameProcess: boolean
  /** The same as a sentence. */
  text: string
}

/** What `growth` answers. */
export interface GrowthView {
  /** In the order in which they were given; `heapBytes` is the sum of all self sizes. */
  snapshots: {name: string; nodeCount: number; heapBytes: number}[]
  /** Of the last with the first. */
  agreement: AgreementView
  /** What a row is. */
  by: GrowthBy
  /** Largest change first, and cut to the limit; counts and bytes are one number a snapshot. */
  rows: {
    /** Type, holder or path. */
    name: string
    place: string
    /** Of what is at the end of a path; '' otherwise. */
    type: string
    counts: number[]
    selfBytes: number[]
    /** Null where it was not asked for. */
    retainedBytes: number[] | null
    /** Null where ids do not agree. */
    added: {count: number; selfBytes: number} | null
    removed: {count: number; selfBytes: number} | null
    trend: GrowthRow['trend']
  }[]
  /** Over all rows that changed, whether listed or not, but for those within a baseline. */
  total: GrowthTotal
  /** What grew no more than a baseline allows, where one was given. */
  baseline?: WithinBaseline
  /** Collections with more entries in the last snapshot than in the first; null for one that was not there. */
  collections: {name: string; type: string; place: string; instances: number; entries: (number | null)[]}[]
  /** Objects only in the last snapshot; null if they were not asked for, or ids do not agree. */
  fresh: {
    count: number
    selfBytes: number
    rows: {
      id: number
      type: string
      title?: string
      preview: string
      place: string
      selfBytes: number
      retainedBytes: number | null
    }[]
  } | null
  /** One sentence for each thing that was left out or could not be decided. */
  limits: string[]
}

/** What is kept of each snapshot, one after the other, so that only one need be in memory. */
export interface GrowthSample {
  step: GrowthStep
  collections: Map<string, NamedCollection>
  /** All objects; kept of the first snapshot only, and if new objects are asked for. */
  known: KnownObjects | undefined
  /** Of this snapshot with the one before, and with the first. */
  agreement: Agreement | undefined
  overall: Agreement | undefined
}

/** Takes of a snapshot what the comparison needs. `earlier`: the samples of those before it. */
export function sampleGrowth(
  snapshot: Snapshot,
  earlier: readonly GrowthSample[],
  {by = 'type', retained = true, fresh = false}: GrowthViewOptions = {},
): GrowthSample {
  // Paths nest: what one row retains would be in another's, too.
  const step = growthStep(snapshot, groupsOf(snapshot, by), {retained: retained && by === 'type'})
  const before = earlier[earlier.length - 1]
  return {
    step,
    collections: namedCollections(snapshot),
    known: fresh && before === undefined ? knownObjects(snapshot) : undefined,
    agreement: before && agreementWith(before.step, snapshot),
    overall: before && agreementWith(earlier[0].step, snapshot),
  }
}

/** Holders are asked for when it is known what grew: to name one takes time. */
function groupsOf(snapshot: Snapshot, by: GrowthBy): GrowthGroups {
  if (by === 'type') return typeGroups(snapshot, row => placeText(codePlaceOfRow(snapshot, row)))
  return pathGrowthGroups(snapshot)
}

/** Of a path, `place` is the type of what is there: two types at one path are two rows. */
export function pathGrowthGroups(snapshot: Snapshot): GrowthGroups {
  const {groups, ofNode} = pathGroups(snapshot)
  const keys = groups.map(({path, type, parts}) => ({name: path, place: type, ...(parts.length === 0 ? {} : {parts})}))
  return {keys, ofNode}
}

/** All rows that changed. Throws RangeError for fewer than two samples. */
function compared(
  samples: readonly GrowthSample[],
  last: Snapshot,
  {by = 'type', sort = 'self', retained = true}: GrowthViewOptions,
): {answer: GrowthAnswer; all: GrowthRow[]} {
  const {overall} = samples[samples.length - 1]
  if (overall === undefined) throw new RangeError('growth needs two snapshots')
  const agreements = samples.flatMap(({agreement}) => (agreement === undefined ? [] : [agreement]))
  const sampled = samples.map(({step}) => step)
  const steps = by === 'type' ? sampled : samePlaces(sampled)
  const limit = Number.POSITIVE_INFINITY
  const answer = growth(steps, agreements, overall, {limit, sort, retained: retained && by === 'type'})
  return {answer, all: by === 'holder' ? byHolder(answer.rows, last, steps[steps.length - 1]) : answer.rows}
}

/** What grew, as the baseline of later comparisons. `last` as in `growthView`. Throws RangeError for fewer than two samples. */
export function growthBaseline(
  samples: readonly GrowthSample[],
  last: Snapshot,
  options: GrowthViewOptions = {},
): GrowthBaseline {
  const {all} = compared(samples, last, {...options, retained: false})
  return baselineFrom(last, options.by ?? 'type', all, grownCollections(samples))
}

/**
 * `last`: the last of the snapshots, still in memory. `allowed`: rows and collections that grew no more than this are counted, and not listed. Throws
 * RangeError for fewer than two samples.
 */
export function growthView(
  samples: readonly GrowthSample[],
  last: Snapshot,
  options: GrowthViewOptions = {},
  allowed?: AllowedGrowth,
): GrowthView {
  const {by = 'type', sort = 'self', limit = 30, retained = true, fresh = false} = options
  const {answer, all} = compared(samples, last, options)
  const allGrown = grownCollections(samples)
  const {
    rows: told,
    grown,
    within,
  } = allowed === undefined
    ? {rows: all, grown: allGrown, within: undefined}
    : beyondBaseline(last, allowed, all, allGrown)
  const rows = mostChanged(told, sort, limit).filter(row => !isReplaced(row))
  const total = growthTotal(told)
  const changed = total.rows - total.replaced
  const {agreement: overall} = answer
  const {sameProcess} = overall
  const added = fresh && sameProcess ? freshObjects(last, samples[0], limit, retained) : null
  return {
    snapshots: answer.steps,
    agreement: {...overall, text: agreementSentence(overall)},
    by,
    rows: rows.map(({name, place, counts, selfBytes, retainedBytes, identity, trend}) => ({
      name,
      place: by === 'path' ? '' : place,
      type: by === 'path' ? place : '',
      counts,
      selfBytes,
      retainedBytes: retainedBytes ?? null,
      added: identity === undefined ? null : {count: identity.added, selfBytes: identity.addedBytes},
      removed: identity === undefined ? null : {count: identity.removed, selfBytes: identity.removedBytes},
      trend,
    })),
    total,
    ...(within === undefined ? {} : {baseline: within}),
    collections: grown.slice(0, limit).map(({collection, entries}) => {
      const {type, instances} = collection
      const {holder, place} = pathHolder(last, collection)
      return {name: holder, type, place, instances, entries}
    }),
    fresh: added,
    limits: [
      ...(within === undefined ? [] : baselineSentences(within, by)),
      ...(rows.length < changed
        ? [`${formatCount(rows.length)} of ${plural(changed, by)} that changed are shown; --limit N shows more`]
        : []),
      ...(total.replaced > 0
        ? [
            `${plural(total.replaced, by)} with as many objects and bytes as before, some of them new, ${total.replaced === 1 ? 'is' : 'are'} not shown`,
          ]
        : []),
      ...(grown.length > limit
        ? [`${formatCount(limit)} of ${plural(grown.length, 'collection')} that grew are shown`]
        : []),
      ...(added !== null && added.count > added.rows.length
        ? [`${formatCount(added.rows.length)} of ${plural(added.count, 'new object')} are shown; --limit N shows more`]
        : []),
      ...(added === null ? [] : ["V8's own parts and objects of C++ are not among the new objects"]),
      ...(fresh && !sameProcess
        ? ['new objects cannot be identified: ids are valid only within one process; --by path compares places']
        : []),
      ...(by === 'holder' && answer.rows.length > MAX_NAMED
        ? [`holders are named of the ${formatCount(MAX_NAMED)} paths that changed most; others are shown by path`]
        : []),
      ...agreementLimits(answer),
      ...(by === 'type' ? [] : elsewhere(answer.steps, all)),
      ...placeSentences(
        last,
        rows.map(({place}) => place),
      ),
    ],
  }
}

/** What no such row explains is said: V8's own parts, and what the runtime keeps for itself, have no path. */
function elsewhere(steps: GrowthView['snapshots'], rows: readonly GrowthRow[]): string[] {
  const grown = change(steps.map(({heapBytes}) => heapBytes))
  const explained = rows.reduce((sum, {selfBytes}) => sum + change(selfBytes), 0)
  if (grown <= 0 || explained >= grown) return []
  return [
    `${formatBytes(grown - explained)} of the ${formatBytes(grown)} by which the heap grew are at no path in the program: growth --by type has their types`,
  ]
}

/** Snapshots in the middle may be of another process than both ends. */
function agreementLimits({steps, agreements, agreement}: GrowthAnswer): string[] {
  if (!agreement.sameProcess) return []
  return agreements.flatMap((one, i) =>
    one.sameProcess
      ? []
      : [`${steps[i + 1].name} is not of the process of ${steps[i].name}: only its sums are compared`],
  )
}

/** Rows whose holders are looked for: those that changed most. To name one takes time. */
const MAX_NAMED = 500

/** Rows of paths with one holder are one. What the last snapshot has no more keeps its path as a name. */
function byHolder(rows: readonly GrowthRow[], last: Snapshot, {keys}: GrowthStep): GrowthRow[] {
  const groups = new Map<string, PathGroup>()
  // Those of the most objects first.
  for (const [i, group] of pathGroups(last).groups.entries()) {
    const text = textOf(keys[i])
    if (!groups.has(text)) groups.set(text, group)
  }
  const merged = new Map<string, GrowthRow>()
  for (const [i, row] of rows.entries()) {
    const group = i >= MAX_NAMED ? undefined : groups.get(textOf(row))
    const {container: holder, place} = group === undefined ? {container: row.name, place: ''} : pathHolder(last, group)
    const same = merged.get(`${holder}\0${place}`)
    if (same === undefined) {
      merged.set(`${holder}\0${place}`, {...row, name: holder, place})
      continue
    }
    const sum = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value + b[i])
    same.counts = sum(same.counts, row.counts)
    same.selfBytes = sum(same.selfBytes, row.selfBytes)
    if (same.identity && row.identity) {
      const {added, addedBytes, removed, removedBytes} = row.identity
      same.identity = {
        added: same.identity.added + added,
        addedBytes: same.identity.addedBytes + addedBytes,
        removed: same.identity.removed + removed,
        removedBytes: same.identity.removedBytes + removedBytes,
      }
    }
  }
  for (const row of merged.values()) row.trend = trendOf(row.counts, row.selfBytes)
  return [...merged.values()]
}

/** Collections that have more entries than at first and never had fewer than before, most growth first. */
function grownCollections(
  takes: readonly GrowthSample[],
): {collection: NamedCollection; entries: (number | null)[]; by: number}[] {
  const samples = sameCollections(takes.map(({collections}) => collections))
  const grown = [...samples[samples.length - 1]].map(([key, collection]) => ({
    collection,
    entries: samples.map(sample => sample.get(key)?.entries ?? null),
    by: collection.entries - (samples[0].get(key)?.entries ?? 0),
  }))
  return grown
    .filter(({by, entries}) => by > 0 && entries.every((count, i) => i === 0 || (count ?? 0) >= (entries[i - 1] ?? 0)))
    .sort((a, b) => b.by - a.by || (a.collection.path < b.collection.path ? -1 : 1))
}

/** One for each place of all snapshots; of several that are one place, that with most entries stands for all. */
function sameCollections(samples: readonly GrowthSample['collections'][]): GrowthSample['collections'][] {
  const nameOf = placeNames(samples.map(sample => [...sample.values()]))
  if (nameOf === undefined) return [...samples]
  return samples.map((sample, i) => {
    const same = new Map<string, NamedCollection>()
    for (const [place, collection] of [...sample.values()].entries()) {
      const key = `${nameOf(i, place)}\0${collection.type}`
      const known = same.get(key)
      same.set(key, {
        ...(known ?? collection),
        instances: collection.instances + (known?.instances ?? 0),
        entries: collection.entries + (known?.entries ?? 0),
      })
    }
    return same
  })
}

/** What is listed: V8's own parts are not; nor are objects of C++, whose ids do not last (Node's are addresses), but for those of a page. */
function isListed({nodeKind, detachedness}: Snapshot, node: number): boolean {
  return PROGRAM_KINDS.has(nodeKind[node]) || (nodeKind[node] === NodeKind.native && detachedness[node] !== 0)
}

/** Objects that the first snapshot does not have, by retained or self size. */
function freshObjects(
  last: Snapshot,
  {known}: GrowthSample,
  limit: number,
  retained: boolean,
): NonNullable<GrowthView['fresh']> {
  const {nodeCount, nodeId} = last
  const self = selfSizes(last, 'devtools')
  const isKnown = known && knownTest(known, last)
  const found = new GrowableUint32()
  let selfBytes = 0
  for (let node = 0; node < nodeCount; node++) {
    if (self[node] === 0 || !isListed(last, node) || isKnown?.(node)) continue
    found.push(node)
    selfBytes += self[node]
  }
  const retainedOf = retained ? retainedSizes(last, 'devtools') : undefined
  const size = retainedOf ?? self
  const nodes = found
    .view()
    .slice()
    .sort((a, b) => size[b] - size[a] || nodeId[a] - nodeId[b])
  const rows = Array.from(nodes.subarray(0, Math.min(limit, nodes.length)), node => {
    const {id, type, title, preview, place} = describe(last, node)
    return {
      id,
      type,
      ...(title === undefined ? {} : {title}),
      preview,
      place,
      selfBytes: self[node],
      retainedBytes: retainedOf?.[node] ?? null,
    }
  })
  return {count: found.length, selfBytes, rows}
}
