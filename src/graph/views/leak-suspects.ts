/** What leaks: the growth of places in the program, their new objects, and how sure that is. */

import type {Agreement} from '../../analyze/facts/agreement.ts'
import {computeAhead, OF_HOLDERS} from '../../analyze/graph/ahead.ts'
import {retainedBySet} from '../../analyze/graph/retained-set.ts'
import {agreementWith, type GrowthStep, growthStep, NO_GROUP, textOf} from '../../analyze/growth/growth.ts'
import {FEW_BYTES, type LeakedSet, leakedSets, MIN_COUNT, newTest} from '../../analyze/growth/leaks.ts'
import {samePlaces} from '../../analyze/growth/same-places.ts'
import {trendOf} from '../../analyze/growth/trend.ts'
import {newBelow, type TypeSum, typeSums, unexplainedSets} from '../../analyze/growth/unexplained.ts'
import type {InstancesPlace} from '../../analyze/owners/instances.ts'
import {pageSums} from '../../explain/owners/page-places.ts'
import {type PathGroup, pathGroups} from '../../explain/owners/path-groups.ts'
import {coverageSentences} from '../../explain/words/allocation-words.ts'
import {leftToTools} from '../../explain/words/tools-words.ts'
import {lackSentence} from '../../explain/words/wholeness-words.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {isSlowing} from '../../util/series.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {pathGrowthGroups} from './growth-view.ts'
import {byHolder, joined, MAX_PLACES, oneByCut, partsInStep, sameHolder} from './leak-places.ts'
import {type Confidence, mostMembers, namedMembers} from './leak-row.ts'
import {pageGrowth} from './page-growth.ts'
import {type DealtIds, dealtIds, orderOf} from './snapshot-order.ts'

/** What is kept of a snapshot before the last. */
export interface LeaksSample extends DealtIds {
  step: GrowthStep
  types: Map<string, TypeSum>
  /** Elements of the page by their place in it; undefined where there is no page. */
  page: ReadonlyMap<string, TypeSum> | undefined
}

export function sampleLeaks(snapshot: Snapshot): LeaksSample {
  // Not types, which are told by the shapes of the last snapshot.
  computeAhead(snapshot, OF_HOLDERS)
  return {
    step: growthStep(snapshot, pathGrowthGroups(snapshot), {retained: false}),
    ...dealtIds(snapshot),
    types: typeSums(snapshot),
    page: pageSums(snapshot),
  }
}

/** One thing that leaks, and who must let go of it. */
export interface Suspect {
  /** The objects. */
  set: LeakedSet
  /** Objects at these places in the program, one number a snapshot. */
  counts: number[]
  /** Their self sizes, one sum a snapshot. */
  selfBytes: number[]
  /** How sure it is that these leak. */
  confidence: Confidence
}

/** What leaks, in order: what is surest and largest first. */
export interface LeaksAnswer {
  /** The last of the snapshots. */
  snapshot: Snapshot
  /** What was kept of each, oldest first. */
  steps: GrowthStep[]
  /** Whether ids of the first and of the last mean the same objects. */
  overall: Agreement
  /** All of them; high confidence first, then by bytes. */
  suspects: Suspect[]
  /** Suspects that a table of these should have at the most. */
  limit: number
  /** One sentence for each thing that was left out or could not be decided. */
  limits: string[]
}

/** Whether as many are there as in the middle. */
function hasEnded(counts: readonly number[]): boolean {
  return counts.length > 2 && counts[counts.length - 1] <= counts[counts.length - 2]
}

/** `samples`: of the base, and of the target if there is a later one; `last` is that or the final snapshot. Throws RangeError without a sample. */
export function findLeaks(
  samples: readonly LeaksSample[],
  last: Snapshot,
  {limit = 10}: {limit?: number} = {},
): LeaksAnswer {
  if (samples.length === 0) throw new RangeError('leaks needs a base')
  const overall = agreementWith(samples[0].step, last)
  const {groups, ofNode: ownGroup, left} = pathGroups(last)
  const final = growthStep(last, pathGrowthGroups(last), {retained: false})
  const steps = samePlaces([...samples.map(({step}) => step), final])
  const texts = steps[steps.length - 1].keys.map(textOf)
  const histories = texts.map(text => {
    const sums = steps.map(({sums}) => sums.get(text))
    return {counts: sums.map(sum => sum?.count ?? 0), selfBytes: sums.map(sum => sum?.selfBytes ?? 0)}
  })
  // Of groups that are one place, the first has the most objects and stands for all.
  const first = new Map<string, number>()
  for (const [group, text] of texts.entries()) if (!first.has(text)) first.set(text, group)
  const ofNode = ownGroup.map(group => (group === NO_GROUP ? group : (first.get(texts[group]) ?? group)))
  const target = samples[1]
  const isOne = overall.sameProcess
  const isTargetOfIt = isOne && target !== undefined && agreementWith(target.step, last).sameProcess
  const known = {base: isOne ? samples[0] : undefined, target: isTargetOfIt ? target : undefined}
  const isNew = isOne ? newTest(last, known) : undefined
  const page = isNew && pageGrowth(last, [...samples.map(({page}) => page), pageSums(last)], isNew)
  if (page !== undefined) for (const node of page.explained.members()) ofNode[node] = NO_GROUP
  const {sets, few, ofTools} = leakedSets(last, {ofNode, histories, ...known})
  const grownBy = (group: number) => {
    const {counts} = histories[group]
    return counts.map(count => count - counts[0]).join()
  }
  const found = oneByCut(last, partsInStep(last, byHolder(last, sets), grownBy)).map(
    ({set: own, places, instances}): Suspect => {
      const set = instances === undefined || isNew === undefined ? own : withAllBelow(last, own, instances, isNew)
      if (instances !== undefined && isNew !== undefined) return ofMainType(last, samples, set, 'high')
      const alike = placesTold(last, set, places, ofNode)
      const sum = (what: 'counts' | 'selfBytes') =>
        steps.map((_, i) => alike.reduce((all, group) => all + histories[group][what][i], 0))
      const counts = sum('counts')
      return {set, counts, selfBytes: sum('selfBytes'), confidence: confidenceOf(counts, isOne, groups[set.group].code)}
    },
  )
  const mostBytes = found.reduce((most, {set}) => Math.max(most, set.selfBytes), 0)
  const mostObjects = found.reduce((most, {set}) => Math.max(most, set.count), 0)
  const large = found.filter(({set}) => set.selfBytes >= CRUMB * mostBytes || set.count >= CRUMB * mostObjects)
  const crumbs = found.length - large.length
  // What is left of a place whose objects are nearly all told with others.
  const many = large.filter(({set}) => set.count >= MIN_COUNT || set.selfBytes >= FEW_BYTES)
  // Fewer new objects than the place has grown by, and none since the middle: what was there is reached by another path now, as wrappers of a page's nodes.
  const suspects = many.length === 0 ? large.filter(({counts}) => !hasEnded(counts)) : many
  const remains = large.length - suspects.length
  for (const growth of page?.found ?? []) {
    suspects.push({...growth, confidence: confidenceOf(growth.counts, isOne, 'application')})
  }
  if (isNew !== undefined) {
    for (const more of elsewhere(last, samples, steps, suspects, isNew)) {
      const holder = sameHolder(last, more.set, suspects)
      if (holder === undefined) suspects.push(more)
      else
        holder.set = {
          ...newBelow(last, joined(holder.set.members, more.set.members), isNew),
          outermost: holder.set.outermost,
          group: holder.set.group,
        }
    }
  }
  suspects.sort(
    (a, b) =>
      CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence) ||
      b.set.selfBytes - a.set.selfBytes ||
      last.nodeId[a.set.outermost[0]] - last.nodeId[b.set.outermost[0]],
  )
  return {
    snapshot: last,
    steps,
    overall,
    suspects,
    limit,
    limits: [
      ...coverageSentences(last),
      ...(isOne ? orderOf(isTargetOfIt ? samples : samples.slice(0, 1), last) : []),
      ...[lackSentence(last)].filter(sentence => sentence !== undefined),
      ...limitsOf({overall, samples, left}),
      ...(sets.length > MAX_PLACES
        ? [`${formatCount(MAX_PLACES)} of ${plural(sets.length, 'place')} with more objects were looked at`]
        : []),
      ...leftToTools(ofTools, 'new object'),
      ...(few > 0
        ? [
            `${plural(few, 'place')} grew each time, but by fewer than ${MIN_COUNT} objects with less than ${formatBytes(FEW_BYTES)} below them: ${few === 1 ? 'it is' : 'they are'} not shown, growth lists all`,
          ]
        : []),
      ...(remains > 0
        ? [
            `${plural(remains, 'more place has', 'more places have')} fewer than ${MIN_COUNT} new objects of ${remains === 1 ? 'its' : 'their'} own with less than ${formatBytes(FEW_BYTES)}, and ${remains === 1 ? 'is' : 'are'} not shown`,
          ]
        : []),
      ...(crumbs > 0
        ? [
            `${plural(crumbs, 'more place')} grew by less than 1 % of what the largest did, and ${crumbs === 1 ? 'is' : 'are'} not shown`,
          ]
        : []),
    ],
  }
}

/** A heap that grew by more than this share, most of it not by the suspects, is not said to be free of leaks. */
export const WORTH_SAYING = 0.02

/** What suspects have was there in the middle snapshot already: what came after it is not theirs to explain. */
export function grownBytes(steps: readonly GrowthStep[]): number {
  const [base, ...later] = steps.map(({heapBytes}) => heapBytes)
  return Math.min(...later) - base
}

/** A set of other objects is told if it retains this share of what is not explained. */
const PART = 0.25

/** What grew in every snapshot and hangs at no place of the program's: what the runtime keeps, such as open handles. */
function elsewhere(
  last: Snapshot,
  samples: readonly LeaksSample[],
  steps: readonly GrowthStep[],
  suspects: LeaksAnswer['suspects'],
  isNew: (node: number) => boolean,
): LeaksAnswer['suspects'] {
  const grown = grownBytes(steps)
  const told = toldBytes(last, suspects)
  if (samples.length < 2 || grown < WORTH_SAYING * steps[0].heapBytes || told >= grown / 2) return []
  const explained = new BitSet(last.nodeCount)
  for (const {set} of suspects) for (const node of set.members) explained.add(node)
  const sums = [...samples.map(({types}) => types), typeSums(last)]
  const countsOf = (type: string) => sums.map(sum => sum.get(type)?.count ?? 0)
  const names = [...sums[sums.length - 1].keys()].filter(type => isMoreEachTime(countsOf(type)))
  const sets = unexplainedSets(last, {isNew, explained, grown: new Set(names), leastBytes: PART * (grown - told)})
  return sets.map(set => ofMainType(last, samples, set, 'medium'))
}

/** A suspect that is told by the type that says most of what is in it: of objects of the runtime's, those in which most hangs. */
function ofMainType(last: Snapshot, samples: readonly LeaksSample[], set: LeakedSet, confidence: Confidence): Suspect {
  const outermost = mostMembers(last, set)
  const type = last.types.names[last.types.ofNode[outermost[0]]]
  const sums = [...samples.map(({types}) => types), typeSums(last)].map(sum => sum.get(type))
  const counts = sums.map(sum => sum?.count ?? 0)
  return {set: {...set, outermost}, counts, selfBytes: sums.map(sum => sum?.selfBytes ?? 0), confidence}
}

/** Of a place where instances of modules hang, everything new there: each instance has a world of its own. */
function withAllBelow(
  last: Snapshot,
  set: LeakedSet,
  {node, by}: InstancesPlace,
  isNew: (node: number) => boolean,
): LeakedSet {
  return {...newBelow(last, Uint32Array.of(node), isNew, by.tree), outermost: set.outermost, group: set.group}
}

export function toldBytes(last: Snapshot, suspects: LeaksAnswer['suspects']): number {
  return suspects.reduce((sum, {set}) => sum + Math.max(set.selfBytes, retainedBySet(last, set.members).bytes), 0)
}

function isMoreEachTime(counts: readonly number[]): boolean {
  return counts.every((count, i) => i === 0 || count - counts[i - 1] >= MIN_COUNT)
}

/** The places whose numbers say most: of objects of people's own class, or of a Map the values, not the keys too. A ring is several places. */
function placesTold(
  snapshot: Snapshot,
  set: LeakedSet,
  places: readonly number[],
  ofNode: Uint32Array,
): readonly number[] {
  const {groups} = pathGroups(snapshot)
  const named = new Set(Array.from(namedMembers(snapshot, set), node => ofNode[node]))
  if (named.size > 0) return [...named]
  return places.filter(group => groups[group].type === groups[set.group].type)
}

/** Places that grew by less than this share of what the largest did, in bytes and in objects, are counted, not shown. */
const CRUMB = 0.01

const CONFIDENCES: readonly Confidence[] = ['high', 'medium', 'low']

/**
 * Sure: of one process and larger every time, as much at last as at first; likely: one or the other. A library may fill what it keeps for
 * good, and what grows by less and less may be nearly full.
 */
function confidenceOf(counts: readonly number[], sameProcess: boolean, code: PathGroup['code']): Confidence {
  const isEveryTime = trendOf(counts, counts) === 'grew every step' && !isSlowing(counts)
  const reasons = Number(isEveryTime) + Number(sameProcess) - Number(code === 'library')
  return reasons >= 2 ? 'high' : reasons === 1 ? 'medium' : 'low'
}

function limitsOf({
  overall,
  samples,
  left,
}: {
  overall: Agreement
  samples: readonly LeaksSample[]
  left: {patterns: number; count: number}
}): string[] {
  return [
    ...(overall.sameProcess
      ? []
      : [
          'new objects are identified by place in the program, not by id: the youngest at each place that has more than before',
        ]),
    ...(samples.length < 2
      ? [
          'with a third snapshot, after the work is over, what is only temporarily in use is left out: leaks base target final',
        ]
      : []),
    ...(left.count > 0
      ? [
          `not compared: ${plural(left.patterns, 'place')} in the program, those with the fewest objects (${formatCount(left.count)} in all)`,
        ]
      : []),
  ]
}
