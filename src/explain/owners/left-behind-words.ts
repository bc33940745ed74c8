/** Who holds what a piece of work has left behind: the sentences of a failed assertion. */

import type {KnownObjects} from '../../analyze/facts/known-objects.ts'
import {type CountedType, type LeftBehind, leftBehind} from '../../analyze/growth/left-behind.ts'
import {owners} from '../../analyze/owners/owners.ts'
import {type CodeOrigin, originOfScript} from '../../snapshot/code/code-origin.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {getOrMake} from '../../util/memo.ts'
import {formatCount, plural} from '../../util/units.ts'
import {isSlot} from '../code/step.ts'
import {placeSentences} from '../places/place-sentences.ts'
import {sourcePlace} from '../places/source-place.ts'
import {type MadeRow, madeBy} from '../words/allocation-words.ts'
import {measuredCuts} from './owner-cut.ts'
import {cutsOfVerdict, verdict} from './owner-verdict.ts'
import {type OwnerWords, ownerWords} from './owner-words.ts'

export interface HolderWords extends OwnerWords {
  /** New objects of the type that it holds. */
  count: number
  code: CodeOrigin
}

/** One type that has grown, and who holds its new objects. */
export interface GrownFinding {
  type: string
  /** `src/cache.js:12`: where the constructor is written; '' if the file does not say. */
  place: string
  /** Objects in each snapshot. */
  counts: number[]
  /** New objects of the type, and an example's id. */
  added: number
  exampleId: number
  holders: HolderWords[]
  /** Holders left out. */
  holdersLeft: number
  /** What must let go for the new objects to be freed; '' if that is not known. */
  verdict: string
  /** What to give to `what-if --cut`. */
  cuts: string[]
  /** Other types that have grown, and whose new objects the same holder has: their texts, arrays and the like. */
  also: string[]
  /** Who made most of the new objects, by allocation stacks. */
  allocated: MadeRow[]
}

export interface GrownFindings {
  findings: GrownFinding[]
  /** Types beyond those. */
  left: number
  /** Where the places' paths are below. */
  placeNotes: string[]
}

/** Types whose holders are looked for at the most, and that are told. */
const MAX_LOOKED_AT = 12
const MAX_TOLD = 5
const HOLDERS_TOLD = 3

/** Packages that run tests: what they write down about a run is no leak of the program's. */
const RUNNERS = /^(?:vitest|@vitest\/.*|vite|vite-node|tinypool|tinyspy|jest|@jest\/.*|jest-.*|mocha|tap|ava|tsx)$/

/**
 * Types with new objects that some code holds which people can change; not those that only the runtime or a runner of tests holds,
 * and not those whose new objects are all parts of others. `base`: see `leftBehind`. `least`: objects that a
 * holder must have.
 */
export function grownFindings(
  snapshot: Snapshot,
  grown: readonly GrownType[],
  base: KnownObjects | undefined,
  least: number,
): GrownFindings {
  return findingsOf(snapshot, grownSets(snapshot, grown, base), least)
}

export type GrownType = CountedType & {key: string; counts: number[]}
export type GrownSet = LeftBehind & GrownType

/** The new objects of the types: to be told by the same places as the types were, so before source maps change these. */
export function grownSets(snapshot: Snapshot, grown: readonly GrownType[], base: KnownObjects | undefined): GrownSet[] {
  return grown.length === 0 ? [] : leftBehind(snapshot, grown, base).map((set, i) => ({...set, ...grown[i]}))
}

/** As `grownFindings`, of `grownSets`. */
export function findingsOf(snapshot: Snapshot, sets: readonly GrownSet[], least: number): GrownFindings {
  if (sets.length === 0) return {findings: [], left: 0, placeNotes: []}
  const whole = sets
    .filter(({outermost}) => outermost > 0)
    .sort((a, b) => b.outermost - a.outermost || (a.key < b.key ? -1 : 1))
  const looked = whole.slice(0, MAX_LOOKED_AT)
  const found = looked.flatMap(set => findingOf(snapshot, set, least))
  // Types that people have written say most, functions more than other things without a class, those of the runtime's least.
  found.sort((a, b) => rank(snapshot, a) - rank(snapshot, b))
  const merged = mergedByHolder(withoutHolders(snapshot, found))
  const told = merged.slice(0, MAX_TOLD)
  const places = told.flatMap(({place, holders}) => [place, ...holders.map(holder => holder.place)])
  return {
    findings: told,
    left: merged.length - told.length + whole.length - looked.length,
    placeNotes: placeSentences(snapshot, places),
  }
}

interface Found {
  finding: GrownFinding
  set: GrownSet
  /** Ordinals of the edges by which the first holder has them. */
  edges: Uint32Array
}

function rank({nodeKind}: Snapshot, {finding, set}: Found): number {
  if (set.isRuntime) return 3
  if (finding.place !== '') return 0
  return nodeKind[set.nodes[0]] === NodeKind.closure ? 1 : 2
}

/** Where the runtime's new objects are what holds others, as timers hold what their callbacks see, those others say whose they are. */
function withoutHolders(snapshot: Snapshot, found: readonly Found[]): GrownFinding[] {
  const told: Found[] = []
  for (const each of found) {
    const isMember = each.set.isRuntime ? BitSet.of(snapshot.nodeCount, each.set.nodes) : undefined
    const held = told.find(({edges}) => edges.some(edge => isMember?.has(sourceOf(snapshot.firstEdge, edge))))
    if (held === undefined) told.push(each)
    else held.finding.also.push(each.finding.type)
  }
  return told.map(({finding}) => finding)
}

/** One change mends all that one holder has. */
function mergedByHolder(findings: readonly GrownFinding[]): GrownFinding[] {
  const ofHolder = new Map<string, GrownFinding>()
  for (const finding of findings) {
    const [{holder, place}] = finding.holders
    const what = finding.cuts.length > 0 ? finding.cuts.join('\0') : holder
    const first = getOrMake(ofHolder, `${what}\0${place}`, () => finding)
    if (first !== finding) first.also.push(finding.type)
  }
  return [...ofHolder.values()]
}

function findingOf(snapshot: Snapshot, set: GrownSet, least: number): Found[] {
  const {type, place, counts, nodes} = set
  const answer = owners(snapshot, {subject: type, nodes}, {limit: 2 * HOLDERS_TOLD})
  const all = answer.owners.map((owner): HolderWords & {edges: Uint32Array} => {
    const words = ownerWords(snapshot, owner)
    return {...words, count: owner.count, code: codeOfHolder(words, owner.code), edges: owner.cuts}
  })
  // What is held by V8's own slots, or by ways of which each holds one or two, is no growth of anything that people keep.
  const isPeoples = ({code, count, steps}: HolderWords) =>
    (code === 'application' || code === 'library') && count >= least && !steps.some(({value}) => isSlot(value))
  const holders = all.filter(isPeoples)
  if (holders.length === 0) return []
  // Of the other holders there is nothing to cut.
  const peoples = {...answer, owners: answer.owners.filter((_, i) => isPeoples(all[i]))}
  const cuts = measuredCuts(peoples)
  const [{edges}] = holders
  const finding: GrownFinding = {
    type,
    // By source maps, if there are any by now.
    place: place === '' ? '' : sourcePlace(snapshot, nodes[nodes.length - 1]),
    counts: [...counts],
    added: nodes.length,
    exampleId: snapshot.nodeId[nodes[nodes.length - 1]],
    holders: holders.slice(0, HOLDERS_TOLD).map(({edges: _, ...words}) => words),
    holdersLeft: answer.total.owners - Math.min(holders.length, HOLDERS_TOLD),
    verdict: verdict(peoples, holders, cuts),
    cuts: cutsOfVerdict(cuts),
    also: [],
    allocated: madeBy(snapshot, Uint32Array.from(nodes)),
  }
  return [{finding, set, edges}]
}

/** A timer is the runtime's, its callback people's: the line tells. */
function codeOfHolder({place}: OwnerWords, code: CodeOrigin): CodeOrigin {
  if (place === '') return code
  const origin = originOfScript(place.replace(/:\d+$/, ''))
  return origin.package !== undefined && RUNNERS.test(origin.package) ? 'runtime' : origin.code
}

/** The lines of a finding, without line ends; names as the heap has them. */
export function findingLines(finding: GrownFinding): string[] {
  const {type, place, counts, holders, holdersLeft, cuts, added, also, allocated} = finding
  const name = type === '' ? '(unnamed)' : type
  const lines = [
    `${name} ${counts.map(formatCount).join(' → ')}${place === '' ? '' : `  (${place})`}`,
    ...holders.flatMap(({holder, place, pattern, count}) => [
      `  held by ${holder}${place === '' ? '' : ` (${place})`}: ${formatCount(count)} of ${formatCount(added)} new ones`,
      `    ${pattern}`,
    ]),
  ]
  if (allocated.length > 0) {
    const makers = allocated.map(
      ({name, place, count}) => `${name}${place === '' ? '' : ` (${place})`}: ${formatCount(count)}`,
    )
    lines.push(`  made by ${makers.join(', ')}`)
  }
  if (also.length > 0) lines.push(`  with it grow ${also.join(', ')}`)
  if (holdersLeft > 0) lines.push(`  and ${plural(holdersLeft, 'more holder')}`)
  if (finding.verdict !== '') lines.push(`  ${finding.verdict}`)
  if (cuts.length > 0) lines.push(`  to cut: ${cuts.join(', ')}`)
  return lines
}
