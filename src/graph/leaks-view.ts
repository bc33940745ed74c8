/** What leaks, as rows with names and words: the growth of places in the program, their new objects, and who holds them. */
import type {Agreement} from '../analyze/agreement.ts'
import {agreementWith, type GrowthStep, growthStep} from '../analyze/growth.ts'
import {idsAscending} from '../analyze/id-column.ts'
import {type LeakedSet, leakedSets} from '../analyze/leaks.ts'
import {type OwnersAnswer, owners} from '../analyze/owners.ts'
import {
  agreementSentence,
  type LeakKind,
  leakAdvice,
  leakKind,
  type Sureness,
  sureness,
} from '../explain/growth-words.ts'
import {measuredCuts} from '../explain/owner-cut.ts'
import {containerOf, type OwnerWords, ownerWords, verdict} from '../explain/owner-words.ts'
import {pathGroups, pathHolder} from '../explain/path-groups.ts'
import {codeOf} from '../snapshot/code-origin.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {formatCount, plural} from '../util/units.ts'
import {type AgreementView, pathGrowthGroups} from './growth-view.ts'

export interface LeaksView {
  snapshots: {name: string; nodeCount: number; heapBytes: number}[]
  /** Of the last with the first. */
  agreement: AgreementView
  rows: LeakView[]
  total: {rows: number; count: number; selfBytes: number}
  limits: string[]
}

export interface LeakView {
  kind: LeakKind
  sure: Sureness
  /** `byId`, `onFlush()`: what must let go. */
  holder: string
  place: string
  code: 'application' | 'library' | 'runtime'
  /** New objects, with all that hangs below them; without ids, as many as there are more. */
  count: number
  /** Their self sizes, with V8's own parts of them and backing stores. */
  selfBytes: number
  /** What those of the first of `types` retain, or the outermost if none is of a class of people's own. */
  retainedBytes: number
  /** What they are: most first, those of classes of people's own before the others. */
  types: {type: string; count: number}[]
  /** Outermost objects at these places in each snapshot. */
  counts: number[]
  exampleId: number
  /** The way to the example, as code. */
  path: string
  /** What must be cut for the objects to be freed. */
  verdict: string
  advice: string
  /** Other holders of the same objects. */
  also: {holder: string; place: string}[]
}

/** What is kept of a snapshot before the last. */
export interface LeaksTake {
  step: GrowthStep
  /** Float64Array, ascending. */
  ids: Float64Array
}

export function takeLeaks(snapshot: Snapshot): LeaksTake {
  return {
    step: growthStep(snapshot, pathGrowthGroups(snapshot), {retained: false}),
    ids: idsAscending(snapshot, () => true).ids,
  }
}

/** Owners asked for of one suspect: the first are told. */
const OWNERS = 4

/** `takes`: of the base, and of the target if there is a later one; `last` is that or the final snapshot. Throws RangeError without a take. */
export function leaksView(takes: readonly LeaksTake[], last: Snapshot, {limit = 10}: {limit?: number} = {}): LeaksView {
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
  const suspects = byHolder(last, sets).map(set => ({
    set,
    // The values of a Map, not its keys too.
    counts: histories[set.group].counts,
    code: groups[set.group].code,
  }))
  const sure = (counts: readonly number[], code: LeakView['code']) => SURE.indexOf(sureness(counts, isOne, code))
  suspects.sort(
    (a, b) =>
      sure(a.counts, a.code) - sure(b.counts, b.code) ||
      b.set.selfBytes - a.set.selfBytes ||
      last.nodeId[a.set.tops[0]] - last.nodeId[b.set.tops[0]],
  )
  const shown = suspects.slice(0, limit)
  return {
    snapshots: steps.map(({name, nodeCount, heapBytes}) => ({name, nodeCount, heapBytes})),
    agreement: {...overall, text: agreementSentence(overall)},
    rows: shown.map(({set, counts, code}) => leakView(last, set, counts, sureness(counts, isOne, code))),
    total: {
      rows: suspects.length,
      count: suspects.reduce((sum, {set}) => sum + set.count, 0),
      selfBytes: suspects.reduce((sum, {set}) => sum + set.selfBytes, 0),
    },
    limits: [
      ...limitsOf({shown: shown.length, all: suspects.length, overall, takes, left}),
      ...(sets.length > MOST_PLACES
        ? [`${formatCount(MOST_PLACES)} of ${plural(sets.length, 'place')} with more objects were looked at`]
        : []),
    ],
  }
}

const SURE: readonly Sureness[] = ['sure', 'likely', 'perhaps']

/** Places put into words: those of the most bytes. Beyond a change of the whole program there are not as many that leak. */
const MOST_PLACES = 300

/** Places of one holder are one suspect: the keys of a Map and its values. */
function byHolder(snapshot: Snapshot, sets: readonly LeakedSet[]): LeakedSet[] {
  const {groups} = pathGroups(snapshot)
  const suspects = new Map<string, LeakedSet>()
  for (const set of [...sets].sort((a, b) => b.selfBytes - a.selfBytes || a.group - b.group).slice(0, MOST_PLACES)) {
    const {holder, place} = pathHolder(snapshot, groups[set.group])
    const key = `${containerOf(holder)}\0${place}`
    const same = suspects.get(key)
    if (same === undefined) {
      suspects.set(key, {...set})
      continue
    }
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

/** Types named of one suspect. */
const TYPES = 4

function leakView(snapshot: Snapshot, set: LeakedSet, counts: number[], sure: Sureness): LeakView {
  const ranked = rankedTypes(snapshot, set)
  const [main] = ranked
  // Who holds the objects of people's own class says more than who holds what they hang on.
  const nodes = main?.rank === 0 ? membersOf(snapshot, set, main.type) : set.tops
  const answer: OwnersAnswer = owners(snapshot, {subject: 'new objects', nodes}, {limit: OWNERS})
  const words = answer.owners.map(owner => {
    const found = ownerWords(snapshot, owner)
    return {...found, holder: containerOf(found.holder)}
  })
  const [owner] = answer.owners
  const none: OwnerWords = {path: '', pattern: '', holder: '(nothing that was followed)', place: ''}
  const first = words[0] ?? none
  const kind = owner === undefined ? 'growing structure' : leakKind(snapshot, set, owner, first.pattern)
  return {
    kind,
    sure,
    holder: first.holder,
    place: first.place,
    code: owner?.code ?? 'application',
    count: set.count,
    selfBytes: set.selfBytes,
    retainedBytes: answer.total.retainedBytes,
    types: ranked.slice(0, TYPES).map(({type, count}) => ({type: snapshot.types.names[type], count})),
    counts,
    exampleId: snapshot.nodeId[owner?.example ?? set.tops[0]],
    path: first.path,
    verdict: verdict(answer, words, measuredCuts(answer)),
    advice: leakAdvice(kind, first.holder, first.pattern),
    also: words.slice(1).map(({holder, place}) => ({holder, place})),
  }
}

/** Classes of people's own say more than those of the runtime, and these more than strings and functions. */
function rankedTypes(snapshot: Snapshot, set: LeakedSet): {type: number; count: number; rank: number}[] {
  const {types} = snapshot
  const examples = new Map<number, number>()
  for (const node of set.members) if (!examples.has(types.ofNode[node])) examples.set(types.ofNode[node], node)
  const rank = (type: number) => {
    if (types.locations[type] < 0) return 2
    return codeOf(snapshot, examples.get(type) as number) === 'application' ? 0 : 1
  }
  return set.types
    .map(({type, count}) => ({type, count, rank: rank(type)}))
    .sort((a, b) => a.rank - b.rank || b.count - a.count || a.type - b.type)
}

function membersOf({types, nodeId}: Snapshot, {members}: LeakedSet, type: number): Uint32Array {
  return members.filter(node => types.ofNode[node] === type).sort((a, b) => nodeId[a] - nodeId[b])
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
