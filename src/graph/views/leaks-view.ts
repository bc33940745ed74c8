/** What leaks, as rows with names and words: the growth of places in the program, their new objects, and who holds them. */
import type {Agreement} from '../../analyze/facts/agreement.ts'
import {idsAscending} from '../../analyze/facts/id-column.ts'
import {retainedBySet} from '../../analyze/graph/retained-set.ts'
import {agreementWith, type GrowthStep, growthStep, NO_GROUP, textOf} from '../../analyze/growth/growth.ts'
import {FEW_BYTES, type LeakedSet, leakedSets, MIN_COUNT, newTest} from '../../analyze/growth/leaks.ts'
import {samePlaces} from '../../analyze/growth/same-places.ts'
import {trendOf} from '../../analyze/growth/trend.ts'
import {newBelow, type TypeSum, typeSums, unexplainedSets} from '../../analyze/growth/unexplained.ts'
import {commonContainer, pathAbove, structureOf, wholeOf} from '../../analyze/owners/common-path.ts'
import {type InstancesPlace, placesOfInstances} from '../../analyze/owners/instances.ts'
import {ownerWords} from '../../explain/owners/owner-words.ts'
import {isHolderCalled, type PathGroup, pathGroups, pathHolder} from '../../explain/owners/path-groups.ts'
import {placeSentences} from '../../explain/places/place-sentences.ts'
import {agreementSentence} from '../../explain/words/growth-words.ts'
import {lackSentence} from '../../explain/words/wholeness-words.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import type {NumberArray} from '../../util/number-column.ts'
import {isSlowing} from '../../util/series.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {info, mergeNode} from '../answer/graph-parts.ts'
import {createResultGraph, type ResultChain, type ResultGraph, type ResultOwner} from '../answer/result.ts'
import {toGraph} from '../answer/to-graph.ts'
import {type AgreementView, pathGrowthGroups} from './growth-view.ts'
import {type Confidence, type LeakView, mostMembers, namedMembers, ownersOfSet, suspectView} from './leak-row.ts'

export interface LeaksView {
  snapshots: {name: string; nodeCount: number; heapBytes: number}[]
  /** Of the last with the first. */
  agreement: AgreementView
  rows: LeakView[]
  total: {rows: number; count: number; selfBytes: number}
  limits: string[]
}

/** What is kept of a snapshot before the last. */
export interface LeaksSample {
  step: GrowthStep
  /** Of all nodes, ascending. */
  ids: NumberArray
  types: Map<string, TypeSum>
  /** The largest id of an object of JavaScript's. */
  newest: number
}

export function sampleLeaks(snapshot: Snapshot): LeaksSample {
  return {
    step: growthStep(snapshot, pathGrowthGroups(snapshot), {retained: false}),
    ids: idsAscending(snapshot, () => true).ids,
    types: typeSums(snapshot),
    newest: newestObject(snapshot),
  }
}

function newestObject({nodeCount, nodeId, nodeKind}: Snapshot): number {
  let newest = 0
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] === NodeKind.object && nodeId[node] > newest) newest = nodeId[node]
  }
  return newest
}

/** One thing that leaks, and who must let go of it. */
export interface Suspect {
  set: LeakedSet
  counts: number[]
  selfBytes: number[]
  confidence: Confidence
}

/** What leaks, in order: what is surest and largest first. */
export interface LeaksAnswer {
  snapshot: Snapshot
  steps: GrowthStep[]
  overall: Agreement
  suspects: Suspect[]
  limit: number
  limits: string[]
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
  const ids = {baseIds: isOne ? samples[0].ids : undefined, targetIds: isTargetOfIt ? target.ids : undefined}
  const {sets, few} = leakedSets(last, {ofNode, histories, ...ids})
  const isNew = isOne ? newTest(last, ids) : undefined
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
  const suspects = many.length === 0 ? large : many
  const remains = many.length === 0 ? 0 : large.length - many.length
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
  const shown = Math.min(limit, suspects.length)
  return {
    snapshot: last,
    steps,
    overall,
    suspects,
    limit,
    limits: [
      ...(isOne ? orderOf(isTargetOfIt ? samples : samples.slice(0, 1), last) : []),
      ...[lackSentence(last)].filter(sentence => sentence !== undefined),
      ...limitsOf({shown, all: suspects.length, overall, samples, left}),
      ...(sets.length > MAX_PLACES
        ? [`${formatCount(MAX_PLACES)} of ${plural(sets.length, 'place')} with more objects were looked at`]
        : []),
      ...(few > 0
        ? [
            `${plural(few, 'place')} grew each time, but by fewer than ${MIN_COUNT} objects with less than ${formatBytes(FEW_BYTES)} below them: ${few === 1 ? 'it is' : 'they are'} not shown, growth has all`,
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

export function leaksView({snapshot, steps, overall, suspects, limit, limits}: LeaksAnswer): LeaksView {
  const rows = suspects.slice(0, limit).map(
    ({set, counts, selfBytes, confidence}): LeakView => ({
      ...suspectView(snapshot, set),
      confidence,
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
      ...standstill(rows),
      ...limits,
      ...unexplained(steps, toldBytes(snapshot, suspects)),
      ...placeSentences(
        snapshot,
        rows.flatMap(({place, also}) => [place, ...also.map(holder => holder.place)]),
      ),
    ],
  }
}

/** Where all that grew stood still from the middle snapshot on: whether that is a leak depends on what was done then. */
function standstill(rows: readonly LeakView[]): string[] {
  if (rows.length === 0 || rows.some(({trend}) => trend !== 'saturated')) return []
  return [
    'nothing grew after the middle snapshot: if the same work was done then too, these are no leaks but caches that are full, or work done once',
  ]
}

/** A heap that grew by more than this share, most of it not by the suspects, is not said to be free of leaks. */
const WORTH_SAYING = 0.02

function unexplained(steps: readonly GrowthStep[], explained: number): string[] {
  const grown = grownBytes(steps)
  if (grown < WORTH_SAYING * steps[0].heapBytes || explained >= grown / 2) return []
  return [
    `the heap grew by ${formatBytes(grown)}; places in the program explain ${formatBytes(explained)} of it, growth says what the rest is`,
  ]
}

/** What suspects have was there in the middle snapshot already: what came after it is not theirs to explain. */
function grownBytes(steps: readonly GrowthStep[]): number {
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

/** Suspects asked for their holders, to see whether another set is theirs. */
const COMPARED = 10

/** What the same edges hold, or what the same words name, is one suspect, though the named ways to it part. Of the largest only. */
function oneByCut(last: Snapshot, found: readonly PlacesOfHolder[]): PlacesOfHolder[] {
  const told: (PlacesOfHolder & {words: string})[] = []
  for (const [i, {set, places, container, instances}] of bySize(found).entries()) {
    const isAsked = i < COMPARED && instances === undefined
    const words = isAsked ? ownerKey(last, set) : ''
    const same = isAsked
      ? (told.find(one => words !== '' && one.words === words) ?? sameHolder(last, set, told))
      : undefined
    if (same === undefined) told.push({set, places, container, instances, words})
    else {
      same.set = joinedSet(last, same.set, set)
      same.places.push(...places)
    }
  }
  return told
}

function bySize<Placed extends {set: LeakedSet}>(found: readonly Placed[]): Placed[] {
  return [...found].sort((a, b) => b.set.selfBytes - a.set.selfBytes)
}

/** What the first owner of a set is called and where; '' if it has no line. */
function ownerKey(last: Snapshot, set: LeakedSet): string {
  const [owner] = ownersOfSet(last, set).owners
  if (owner === undefined) return ''
  const {container, place} = ownerWords(last, owner)
  return place === '' ? '' : `${container}\0${place}`
}

/** The suspect that is held by the very edges that the set is held by: then that one explains both. */
function sameHolder<Placed extends {set: LeakedSet}>(
  last: Snapshot,
  set: LeakedSet,
  suspects: readonly Placed[],
): Placed | undefined {
  const [owner] = ownersOfSet(last, set).owners
  if (owner === undefined) return undefined
  const cuts = new Set(owner.cuts)
  return bySize(suspects)
    .slice(0, COMPARED)
    .find(suspect => ownersOfSet(last, suspect.set).owners[0]?.cuts.some(edge => cuts.has(edge)))
}

function toldBytes(last: Snapshot, suspects: LeaksAnswer['suspects']): number {
  return suspects.reduce((sum, {set}) => sum + Math.max(set.selfBytes, retainedBySet(last, set.members).bytes), 0)
}

function isMoreEachTime(counts: readonly number[]): boolean {
  return counts.every((count, i) => i === 0 || count - counts[i - 1] >= MIN_COUNT)
}

/** Fewer objects than this tell no order. */
const MIN_TELLING = 10

/**
 * V8 deals ids out in order (`HeapObjectsMap`, heap-snapshot-generator.cc): what a snapshot has and the one before it has not is
 * younger than all of that one's, unless it was taken earlier.
 */
function orderOf(samples: readonly LeaksSample[], last: Snapshot): string[] {
  const ids = [...samples.slice(1).map(({ids}) => ids), idsAscending(last, () => true).ids]
  return samples.every((sample, i) => isBefore(sample, ids[i]))
    ? []
    : ['the snapshots are not in the order in which they were taken: give the oldest first']
}

/** Whether what has these ids, ascending, may be younger than what was taken. Even ids are of things outside of V8's heap, and in no order. */
function isBefore({ids, newest}: LeaksSample, later: NumberArray): boolean {
  let added = 0
  let older = 0
  for (let i = 0, at = 0; i < later.length; i++) {
    while (at < ids.length && ids[at] < later[i]) at++
    if (later[i] % 2 === 0 || (at < ids.length && ids[at] === later[i])) continue
    added++
    if (later[i] < newest) older++
  }
  return added < MIN_TELLING || older < added / 2
}

/** Each suspect that the text lists, in a frame of its own: the path of its first owner to an example, which stands for all that is held so. */
export function leaksGraph(answer: LeaksAnswer, question: 'growth' | 'leaks'): ResultGraph {
  const {snapshot, suspects, limit} = answer
  const view = leaksView(answer)
  const {rows, total, limits} = view
  const {count, selfBytes} = total
  const graph = createResultGraph(
    info(snapshot, {question, subject: 'new objects', direction: 'in', count, selfBytes, limits}),
  )
  const paths = suspects.slice(0, limit).map(({set}) => pathOf(snapshot, set))
  const chains = paths.map((path, i) => addApart(graph, path.graph, `${i + 1} `))
  const frames = rows.map((row, i) => ({title: `${i + 1}. ${suspectTitle(row)}`, nodes: chains[i].nodes}))
  for (const [i, {also}] of rows.entries()) {
    const [target] = chains[i].nodes.slice(-1)
    const notes = also.map(({holder}) => `also held by ${holder}`)
    graph.updateNodeAttribute(target, 'notes', (own = []) => [...own, ...notes])
  }
  graph.mergeAttributes({chains, frames})
  const list = rows.flatMap((row, i): ResultOwner[] => {
    const {count, selfBytes, retainedBytes, retainedOffHeapBytes} = row
    const owner = paths[i].owner
    return owner === undefined ? [] : [{...owner, count, alone: count, selfBytes, retainedBytes, retainedOffHeapBytes}]
  })
  const members = joined(...suspects.map(({set}) => set.members))
  const {bytes, offHeapBytes} = retainedBySet(snapshot, members)
  graph.setAttribute('owners', {
    summary: plural(total.rows, 'suspect'),
    verdict: rows.flatMap(({verdict}, i) => (verdict === '' ? [] : [`${i + 1}. ${verdict}`])).join('; '),
    cuts: [],
    list,
    total: total.rows,
    shared: 0,
    unheld: 0,
    retainedBytes: bytes,
    retainedOffHeapBytes: offHeapBytes,
  })
  return graph
}

function suspectTitle({holder, place, kind, confidence}: LeakView): string {
  return `${holder}${place === '' || holder.includes(place) ? '' : ` (${place})`}: ${kind}, ${confidence} confidence`
}

/** The path of the first owner of a set; the example alone where nothing that was followed holds it. */
function pathOf(snapshot: Snapshot, set: LeakedSet): {graph: ResultGraph; owner: ResultOwner | undefined} {
  const answer = ownersOfSet(snapshot, set)
  const graph = toGraph({...answer, owners: answer.owners.slice(0, 1)})
  const [owner] = answer.owners
  if (owner === undefined) {
    const target = mergeNode(graph, snapshot, set.outermost[0], 'target', 0)
    graph.setAttribute('chains', [{nodes: [target], edges: []}])
    return {graph, owner: undefined}
  }
  const [{nodes}] = graph.getAttribute('chains')
  const {count, selfBytes, retainedBytes} = owner
  graph.mergeNodeAttributes(nodes[nodes.length - 1], {count, selfBytes, retainedBytes})
  return {graph, owner: graph.getAttribute('owners')?.list[0]}
}

/** Adds the one chain of a graph to another, by keys that no other chain has: its objects may be on several. */
function addApart(graph: ResultGraph, path: ResultGraph, prefix: string): ResultChain {
  const [{nodes, edges, cut, ...rest}] = path.getAttribute('chains')
  for (const node of new Set(nodes)) graph.addNode(prefix + node, path.getNodeAttributes(node))
  for (const edge of new Set(edges)) {
    graph.addEdgeWithKey(
      prefix + edge,
      prefix + path.source(edge),
      prefix + path.target(edge),
      path.getEdgeAttributes(edge),
    )
  }
  const named = (keys: readonly string[]) => keys.map(key => prefix + key)
  return {...rest, nodes: named(nodes), edges: named(edges), ...(cut === undefined ? {} : {cut: prefix + cut})}
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

/** Places put into words: those of the most bytes. Beyond a change of the whole program there are not as many that leak. */
const MAX_PLACES = 300

interface PlacesOfHolder {
  set: LeakedSet
  places: number[]
  /** Ordinal of the collection that has the objects; -1 if they have none in common. */
  container: number
  /** Where instances of modules hang, if it is what they have. */
  instances: InstancesPlace | undefined
}

/** Places of one holder are one suspect: the keys of a Map and its values. */
function byHolder(snapshot: Snapshot, sets: readonly LeakedSet[]): PlacesOfHolder[] {
  const suspects = new Map<string, PlacesOfHolder>()
  const instances = placesOfInstances(snapshot, joined(...sets.map(({outermost}) => outermost)))
  for (const set of [...sets].sort((a, b) => b.selfBytes - a.selfBytes || a.group - b.group).slice(0, MAX_PLACES)) {
    const rerun = instances.find(({has}) => isMostly(set.outermost, has))
    const {key, container, isCalled} =
      rerun === undefined
        ? holderKey(snapshot, set)
        : {key: `instances \0${rerun.node}`, container: -1, isCalled: false}
    const around = isCalled || container < 0 ? undefined : aroundOf(snapshot, container, suspects.values())
    const found = suspects.get(key) ?? around
    if (found === undefined) suspects.set(key, {set: {...set}, places: [set.group], container, instances: rerun})
    else {
      found.places.push(set.group)
      found.set = joinedSet(snapshot, found.set, set)
    }
  }
  return [...suspects.values()]
}

/**
 * Collections that one object has as its parts, and that grew by as many each time, are one structure: keys, values and order of a cache. The
 * largest tells the rest. `grownBy`: equal for places that grew so.
 */
function partsInStep(
  snapshot: Snapshot,
  suspects: readonly PlacesOfHolder[],
  grownBy: (group: number) => string,
): PlacesOfHolder[] {
  const structures = new Map<string, PlacesOfHolder>()
  return suspects.filter(suspect => {
    const {set, container, instances} = suspect
    const whole = instances === undefined && container >= 0 ? structureOf(snapshot, container) : -1
    if (whole < 0) return true
    const key = `${whole} ${grownBy(set.group)}`
    const first = structures.get(key)
    if (first === undefined) {
      structures.set(key, suspect)
      return true
    }
    first.set = {...joinedSet(snapshot, first.set, set), structure: whole}
    return false
  })
}

function joinedSet({nodeId}: Snapshot, a: LeakedSet, b: LeakedSet): LeakedSet {
  const counts = new Map(a.types.map(({type, count}) => [type, count]))
  for (const {type, count} of b.types) counts.set(type, (counts.get(type) ?? 0) + count)
  return {
    ...(a.structure === undefined ? {} : {structure: a.structure}),
    group: a.group,
    outermost: joined(a.outermost, b.outermost).sort((one, other) => nodeId[one] - nodeId[other]),
    members: joined(a.members, b.members),
    count: a.count + b.count,
    selfBytes: a.selfBytes + b.selfBytes,
    types: [...counts].map(([type, count]) => ({type, count})),
  }
}

/** Equal for sets of one holder. Listeners of one emitter are as many suspects as there are functions; entries of one collection are one. */
function holderKey(
  snapshot: Snapshot,
  {group, outermost}: LeakedSet,
): {key: string; container: number; isCalled: boolean} {
  const example = pathGroups(snapshot).groups[group]
  const container = wholeOf(snapshot, commonContainer(snapshot, outermost))
  // Words take time, and a collection is told by itself.
  if (container >= 0 && !isHolderCalled(snapshot, example)) return {key: String(container), container, isCalled: false}
  const {container: words, place, isCalled} = pathHolder(snapshot, example)
  return {key: `${container < 0 ? words : container}\0${place}`, container, isCalled}
}

/** A suspect whose collection the path to another leads through: that is a part of it. */
function aroundOf<Suspect extends {container: number}>(
  snapshot: Snapshot,
  container: number,
  suspects: Iterable<Suspect>,
): Suspect | undefined {
  if (container < 0) return undefined
  const path = new Set(pathAbove(snapshot, container))
  for (const suspect of suspects) if (suspect.container >= 0 && path.has(suspect.container)) return suspect
  return undefined
}

function joined(...parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, {length}) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Whether most of the nodes are such: of instances, the last may be in use. */
function isMostly(nodes: Uint32Array, test: (node: number) => boolean): boolean {
  return nodes.filter(test).length > nodes.length / 2
}

function limitsOf({
  shown,
  all,
  overall,
  samples,
  left,
}: {
  shown: number
  all: number
  overall: Agreement
  samples: readonly LeaksSample[]
  left: {patterns: number; count: number}
}): string[] {
  return [
    ...(shown < all ? [`${formatCount(shown)} of ${plural(all, 'suspect')} are shown; --limit N shows more`] : []),
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
      ? [`${plural(left.count, 'object')} at ${plural(left.patterns, 'more place')} in the program were not compared`]
      : []),
  ]
}
