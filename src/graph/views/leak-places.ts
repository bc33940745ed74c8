/** Which places in the program are one suspect: those of one holder, of one structure, of the same cut. */
import type {LeakedSet} from '../../analyze/growth/leaks.ts'
import {commonContainer, pathAbove, structureOf, wholeOf} from '../../analyze/owners/common-path.ts'
import {type InstancesPlace, placesOfInstances} from '../../analyze/owners/instances.ts'
import {isOfTimer} from '../../explain/owners/leak-words.ts'
import {ownerWords, subscriptionIn, wrappedFunction} from '../../explain/owners/owner-words.ts'
import {isHolderCalled, pathGroups, pathHolder} from '../../explain/owners/path-groups.ts'
import {sourcePlace} from '../../explain/places/source-place.ts'
import {codeOf} from '../../snapshot/code/code-origin.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {ownersOfSet} from './leak-row.ts'

/** How keys of owners begin that are functions which something calls; of those in a collection further down than the edges by which all there hangs. */
const OF_FUNCTION = 'function '
const OF_INNER = `${OF_FUNCTION}within \0`

/** Suspects asked for their holders, to see whether another set is theirs. */
const COMPARED = 10

/** What the same edges hold, or what the same words name, is one suspect, though the named ways to it part. Of the largest only. */
export function oneByCut(last: Snapshot, found: readonly PlacesOfHolder[]): PlacesOfHolder[] {
  const told: Told[] = []
  for (const [i, {set, places, container, instances}] of bySize(found).entries()) {
    const isAsked = i < COMPARED && instances === undefined
    const words = isAsked ? ownerKey(last, set) : ''
    const same = isAsked
      ? (told.find(one => words !== '' && one.words === words) ??
        (words.startsWith(OF_INNER) ? undefined : sameHolder(last, set, told)))
      : undefined
    if (same === undefined) told.push({set, places, container, instances, words})
    else {
      same.set = joinedSet(last, same.set, set)
      same.places.push(...places)
    }
  }
  return withWrapped(last, told)
}

type Told = PlacesOfHolder & {words: string}

/**
 * What a library has made around a function that it was given, and keeps elsewhere, as a store the effect that calls a subscriber, is told with
 * the collection that has the function: one call makes both go.
 */
function withWrapped(last: Snapshot, told: readonly Told[]): PlacesOfHolder[] {
  const placeOf = (words: string) => (words.startsWith(OF_FUNCTION) ? words.slice(words.indexOf('\0') + 1) : '')
  const ofFunctions = new Map(told.filter(({words}) => placeOf(words) !== '').map(one => [placeOf(one.words), one]))
  if (ofFunctions.size === 0) return [...told]
  return told.filter(({set, words, instances}, i) => {
    const isAsked = i < COMPARED && instances === undefined && placeOf(words) === ''
    const called = isAsked ? wrappedBy(last, set) : -1
    const whole = called < 0 ? undefined : ofFunctions.get(sourcePlace(last, called))
    if (whole === undefined) return true
    whole.set = {...joinedSet(last, whole.set, set), outermost: whole.set.outermost}
    return false
  })
}

/** The function of people's that the first owner's example is around: an object of a library's. */
function wrappedBy(last: Snapshot, set: LeakedSet): number {
  const [owner] = ownersOfSet(last, set).owners
  const isLibrarys = owner !== undefined && codeOf(last, owner.example) === 'library'
  return isLibrarys ? wrappedFunction(last, owner.example) : -1
}

function bySize<Placed extends {set: LeakedSet}>(found: readonly Placed[]): Placed[] {
  return [...found].sort((a, b) => b.set.selfBytes - a.set.selfBytes)
}

/**
 * What the first owner of a set is called and where; '' if it has no line. A function that several collections have was given to what they belong
 * to once: a library may keep it, and what it has made around it. A timer has what it calls and the stores of where it was begun.
 */
function ownerKey(last: Snapshot, set: LeakedSet): string {
  const [owner] = ownersOfSet(last, set).owners
  if (owner === undefined) return ''
  const {container, place, steps} = ownerWords(last, owner)
  if (place === '') return ''
  if (isOfTimer(last, steps)) return `timer \0${place}`
  const subscription = subscriptionIn(last, steps, owner)
  if (subscription === undefined) return `${container}\0${place}`
  return subscription.cut === owner.cut ? `${OF_FUNCTION}\0${place}` : `${OF_INNER}${place}`
}

/** The suspect that is held by the very edges that the set is held by: then that one explains both. */
export function sameHolder<Placed extends {set: LeakedSet}>(
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

/** Places put into words: those of the most bytes. Beyond a change of the whole program there are not as many that leak. */
export const MAX_PLACES = 300

interface PlacesOfHolder {
  set: LeakedSet
  places: number[]
  /** Ordinal of the collection that has the objects; -1 if they have none in common. */
  container: number
  /** Where instances of modules hang, if it is what they have. */
  instances: InstancesPlace | undefined
}

/** Places of one holder are one suspect: the keys of a Map and its values. */
export function byHolder(snapshot: Snapshot, sets: readonly LeakedSet[]): PlacesOfHolder[] {
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
export function partsInStep(
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

export function joined(...parts: readonly Uint32Array[]): Uint32Array {
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
