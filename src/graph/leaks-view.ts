/** What leaks, as rows with names and words: the growth of places in the program, their new objects, and who holds them. */
import type {Agreement} from '../analyze/agreement.ts'
import {agreementWith, type GrowthStep, growthStep} from '../analyze/growth.ts'
import {idsAscending} from '../analyze/id-column.ts'
import {type LeakedSet, leakedSets} from '../analyze/leaks.ts'
import {owners} from '../analyze/owners.ts'
import {trendOf} from '../analyze/trend.ts'
import {agreementSentence} from '../explain/growth-words.ts'
import {type PathGroup, pathGroups, pathHolder} from '../explain/path-groups.ts'
import {rootSentence} from '../explain/script-root.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import type {NumberArray} from '../util/number-column.ts'
import {formatBytes, formatCount, plural} from '../util/units.ts'
import {type AgreementView, pathGrowthGroups} from './growth-view.ts'
import {type LeakView, namedMembers, nodesOfSet, type Sureness, suspectView} from './leak-row.ts'
import type {ResultGraph} from './result.ts'
import {toGraph} from './to-graph.ts'

export interface LeaksView {
  snapshots: {name: string; nodeCount: number; heapBytes: number}[]
  /** Of the last with the first. */
  agreement: AgreementView
  rows: LeakView[]
  total: {rows: number; count: number; selfBytes: number}
  limits: string[]
}

/** What is kept of a snapshot before the last. */
export interface LeaksTake {
  step: GrowthStep
  /** Of all nodes, ascending. */
  ids: NumberArray
}

export function takeLeaks(snapshot: Snapshot): LeaksTake {
  return {
    step: growthStep(snapshot, pathGrowthGroups(snapshot), {retained: false}),
    ids: idsAscending(snapshot, () => true).ids,
  }
}

/** What leaks, in order: what is surest and largest first. */
export interface LeaksAnswer {
  snapshot: Snapshot
  steps: GrowthStep[]
  overall: Agreement
  suspects: {set: LeakedSet; counts: number[]; selfBytes: number[]; sure: Sureness}[]
  limit: number
  limits: string[]
}

/** `takes`: of the base, and of the target if there is a later one; `last` is that or the final snapshot. Throws RangeError without a take. */
export function findLeaks(
  takes: readonly LeaksTake[],
  last: Snapshot,
  {limit = 10}: {limit?: number} = {},
): LeaksAnswer {
  if (takes.length === 0) throw new RangeError('leaks needs a base')
  const overall = agreementWith(takes[0].step, last)
  const {groups, ofNode, left} = pathGroups(last)
  const final = growthStep(last, pathGrowthGroups(last), {retained: false})
  const steps = [...takes.map(({step}) => step), final]
  const histories = groups.map(({path, type}) => {
    const sums = steps.map(({sums}) => sums.get(`${path}\0${type}`))
    return {counts: sums.map(sum => sum?.count ?? 0), selfBytes: sums.map(sum => sum?.selfBytes ?? 0)}
  })
  const target = takes[1]
  const isOne = overall.sameProcess
  const isTargetOfIt = isOne && target !== undefined && agreementWith(target.step, last).sameProcess
  const sets = leakedSets(last, {
    ofNode,
    histories,
    baseIds: isOne ? takes[0].ids : undefined,
    targetIds: isTargetOfIt ? target.ids : undefined,
  })
  const suspects = byHolder(last, sets).map(({set, places}) => {
    const alike = placesTold(last, set, places)
    const sum = (what: 'counts' | 'selfBytes') =>
      steps.map((_, i) => alike.reduce((all, group) => all + histories[group][what][i], 0))
    const counts = sum('counts')
    return {set, counts, selfBytes: sum('selfBytes'), sure: sureness(counts, isOne, groups[set.group].code)}
  })
  suspects.sort(
    (a, b) =>
      SURE.indexOf(a.sure) - SURE.indexOf(b.sure) ||
      b.set.selfBytes - a.set.selfBytes ||
      last.nodeId[a.set.tops[0]] - last.nodeId[b.set.tops[0]],
  )
  const shown = Math.min(limit, suspects.length)
  return {
    snapshot: last,
    steps,
    overall,
    suspects,
    limit,
    limits: [
      ...limitsOf({shown, all: suspects.length, overall, takes, left}),
      ...(sets.length > MOST_PLACES
        ? [`${formatCount(MOST_PLACES)} of ${plural(sets.length, 'place')} with more objects were looked at`]
        : []),
    ],
  }
}

export function leaksView({snapshot, steps, overall, suspects, limit, limits}: LeaksAnswer): LeaksView {
  const rows = suspects.slice(0, limit).map(
    ({set, counts, selfBytes, sure}): LeakView => ({
      ...suspectView(snapshot, set),
      sure,
      counts,
      trend: trendOf(counts, selfBytes),
    }),
  )
  const total = {
    rows: suspects.length,
    count: suspects.reduce((sum, {set}) => sum + set.count, 0),
    selfBytes: suspects.reduce((sum, {set}) => sum + set.selfBytes, 0),
  }
  return {
    snapshots: steps.map(({name, nodeCount, heapBytes}) => ({name, nodeCount, heapBytes})),
    agreement: {...overall, text: agreementSentence(overall)},
    rows,
    total,
    limits: [
      ...limits,
      ...unexplained(steps, total.selfBytes),
      ...rootSentence(
        snapshot,
        rows.map(({place}) => place),
      ),
    ],
  }
}

/** A heap that grew by more than this share, most of it not by the suspects, is not said to be free of leaks. */
const WORTH_SAYING = 0.02

function unexplained(steps: readonly GrowthStep[], explained: number): string[] {
  // What suspects have was there in the middle snapshot already: what came after it is not theirs to explain.
  const [base, ...later] = steps.map(({heapBytes}) => heapBytes)
  const grown = Math.min(...later) - base
  if (grown < WORTH_SAYING * steps[0].heapBytes || explained >= grown / 2) return []
  return [
    `the heap grew by ${formatBytes(grown)}; places in the program explain ${formatBytes(explained)} of it, growth says what the rest is`,
  ]
}

/** The owners of the new objects, each with an example that stands for all that it holds. */
export function leaksGraph(
  {snapshot, suspects, limit, limits}: LeaksAnswer,
  question: 'growth' | 'leaks',
): ResultGraph {
  const shown = suspects.slice(0, limit)
  const nodes = Uint32Array.from(new Set(shown.flatMap(({set}) => [...nodesOfSet(snapshot, set)])))
  const answer = owners(snapshot, {subject: 'new objects', nodes}, {limit: OWNERS_DRAWN})
  const graph = toGraph(answer)
  graph.setAttribute('question', question)
  graph.updateAttribute('limits', own => [...limits, ...(own ?? [])])
  for (const [i, {nodes}] of graph.getAttribute('chains').entries()) {
    const {count, selfBytes, retainedBytes} = answer.owners[i]
    const target = nodes[nodes.length - 1]
    // One object may be the example of several owners.
    if (graph.getNodeAttribute(target, 'count') < count) {
      graph.mergeNodeAttributes(target, {count, selfBytes, retainedBytes})
    }
  }
  return graph
}

/** The places whose numbers say most: of objects of people's own class, or of a Map the values, not the keys too. A ring is several places. */
function placesTold(snapshot: Snapshot, set: LeakedSet, places: readonly number[]): readonly number[] {
  const {groups, ofNode} = pathGroups(snapshot)
  const named = new Set(Array.from(namedMembers(snapshot, set), node => ofNode[node]))
  if (named.size > 0) return [...named]
  return places.filter(group => groups[group].type === groups[set.group].type)
}

const OWNERS_DRAWN = 15

const SURE: readonly Sureness[] = ['sure', 'likely', 'perhaps']

/** Sure: of one process and larger every time; likely: one or the other. A library may fill what it keeps for good. */
function sureness(counts: readonly number[], sameProcess: boolean, code: PathGroup['code']): Sureness {
  const isEveryTime = counts.length > 2 && counts.every((count, i) => i === 0 || count > counts[i - 1])
  const reasons = Number(isEveryTime) + Number(sameProcess) - Number(code === 'library')
  return reasons >= 2 ? 'sure' : reasons === 1 ? 'likely' : 'perhaps'
}

/** Places put into words: those of the most bytes. Beyond a change of the whole program there are not as many that leak. */
const MOST_PLACES = 300

/** Places of one holder are one suspect: the keys of a Map and its values. */
function byHolder(snapshot: Snapshot, sets: readonly LeakedSet[]): {set: LeakedSet; places: number[]}[] {
  const {groups} = pathGroups(snapshot)
  const suspects = new Map<string, {set: LeakedSet; places: number[]}>()
  for (const set of [...sets].sort((a, b) => b.selfBytes - a.selfBytes || a.group - b.group).slice(0, MOST_PLACES)) {
    const {container, place} = pathHolder(snapshot, groups[set.group])
    const key = `${container}\0${place}`
    const found = suspects.get(key)
    if (found === undefined) {
      suspects.set(key, {set: {...set}, places: [set.group]})
      continue
    }
    const same = found.set
    found.places.push(set.group)
    same.count += set.count
    same.selfBytes += set.selfBytes
    same.tops = joined(same.tops, set.tops).sort((a, b) => snapshot.nodeId[a] - snapshot.nodeId[b])
    same.members = joined(same.members, set.members)
    const counts = new Map(same.types.map(({type, count}) => [type, count]))
    for (const {type, count} of set.types) counts.set(type, (counts.get(type) ?? 0) + count)
    same.types = [...counts].map(([type, count]) => ({type, count}))
  }
  return [...suspects.values()]
}

function joined(a: Uint32Array, b: Uint32Array): Uint32Array {
  const all = new Uint32Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

function limitsOf({
  shown,
  all,
  overall,
  takes,
  left,
}: {
  shown: number
  all: number
  overall: Agreement
  takes: readonly LeaksTake[]
  left: {patterns: number; count: number}
}): string[] {
  return [
    ...(shown < all ? [`${formatCount(shown)} of ${plural(all, 'suspect')} are shown; --limit N shows more`] : []),
    ...(overall.sameProcess
      ? []
      : [
          'new objects are told by place in the program, not by id: the youngest at each place that has more than before',
        ]),
    ...(takes.length < 2
      ? ['with a third snapshot, after the work is over, what is merely in use is left out: leaks base target final']
      : []),
    ...(left.count > 0
      ? [`${plural(left.count, 'object')} at ${plural(left.patterns, 'more place')} in the program were not compared`]
      : []),
  ]
}
