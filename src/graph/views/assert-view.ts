/** Assertions about a heap, each with its verdict and, where it fails, with who holds the objects. */

import {agreement, type IdSample, idSample} from '../../analyze/facts/agreement.ts'
import type {KnownObjects} from '../../analyze/facts/known-objects.ts'
import {globalObjects} from '../../analyze/facts/roots.ts'
import {countedObjects, countObjects, grownTypes, type ObjectCounts} from '../../analyze/growth/left-behind.ts'
import {owners} from '../../analyze/owners/owners.ts'
import {shortestPaths} from '../../analyze/paths/path.ts'
import {nearestTypes, type Selection, select, selectorOf} from '../../analyze/select/select.ts'
import {codePath, codePathText} from '../../explain/code/code-path.ts'
import {findingLines, grownFindings} from '../../explain/owners/left-behind-words.ts'
import {measuredCuts} from '../../explain/owners/owner-cut.ts'
import {verdict} from '../../explain/owners/owner-verdict.ts'
import {ownerWords} from '../../explain/owners/owner-words.ts'
import {scriptRoot} from '../../explain/places/script-root.ts'
import {agreementSentence} from '../../explain/words/growth-words.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {type SnapshotView, snapshotView} from '../answer/snapshot-view.ts'

/** `text`: as the command line has it, without the option's name. */
export type Assertion =
  | {kind: 'max'; text: string; type: string; count: number}
  | {kind: 'max-retained'; text: string; type: string; bytes: number}
  | {kind: 'no-growth'; text: string; base: GrowthBase}
  | {kind: 'no-path'; text: string; from: string; to: string}

/** One assertion: whether it holds, and by which numbers. */
export interface AssertionView {
  /** What was demanded. */
  kind: Assertion['kind']
  /** As it was written. */
  text: string
  /** Whether it holds. */
  passed: boolean
  /** `320 objects, 10 allowed`. */
  message: string
  /** Objects, or bytes; of `no-growth` types that grew, of `no-path` steps of the path. */
  actual: number
  /** Who holds them: lines for a person, the holder's place in each that has one. */
  details: string[]
  /** Of a type that does not exist: types with names like it. */
  near: string[]
  /** Whether the assertion speaks of something that is not there. */
  isMissing: boolean
}

/** What `assert` answers. */
export interface AssertView {
  /** The file that was asked. */
  snapshot: SnapshotView
  /** In the order in which they were given. */
  assertions: AssertionView[]
  /** Assertions that hold, and those that do not. */
  total: {passed: number; failed: number}
  /** One sentence for each thing that was left out or could not be decided. */
  limits: string[]
}

const HOLDERS_TOLD = 3
/** More objects of a type than in the base that are growth: programs keep one or two more of something all the time. */
const MIN_GROWTH = 3

/** What an assertion of growth needs of the base, which need not be in memory any more: some 12 bytes a node. */
export interface GrowthBase {
  /** Objects of the application, by type. */
  counts: ObjectCounts
  /** All objects that count. */
  objects: KnownObjects
  /** Some objects by id, to tell whether ids of another snapshot mean the same. */
  sample: IdSample
}

export function growthBase(snapshot: Snapshot): GrowthBase {
  return {counts: countObjects(snapshot), objects: countedObjects(snapshot), sample: idSample(snapshot)}
}

/** Each is answered, also behind one that fails. Throws USAGE for a type that is a bad regular expression. */
export function assertView(snapshot: Snapshot, assertions: readonly Assertion[]): AssertView {
  const notes: string[] = []
  const views = assertions.map(assertion => judge(snapshot, assertion, notes))
  const failed = views.filter(({passed}) => !passed).length
  const root = scriptRoot(snapshot)
  return {
    snapshot: snapshotView(snapshot),
    assertions: views,
    total: {passed: views.length - failed, failed},
    limits: [...notes, ...(failed > 0 && root !== '' ? [`paths of code are below ${root}`] : [])],
  }
}

/** `notes`: hears how sure it is. */
function judge(snapshot: Snapshot, assertion: Assertion, notes: string[]): AssertionView {
  switch (assertion.kind) {
    case 'max': {
      const {type, count} = assertion
      const {subject, nodes} = select(snapshot, selectorOf(type))
      const passed = nodes.length <= count
      const message = `${plural(nodes.length, 'object')}, ${formatCount(count)} allowed`
      const details = passed ? [] : holderLines(snapshot, {subject, nodes})
      return {...said(assertion), passed, message, actual: nodes.length, details, ...missing(snapshot, type, nodes)}
    }
    case 'max-retained': {
      const {type, bytes} = assertion
      const target = select(snapshot, selectorOf(type))
      const actual = target.nodes.length === 0 ? 0 : owners(snapshot, target, {limit: 0}).total.retainedBytes
      const passed = actual <= bytes
      const message = `${plural(target.nodes.length, 'object')} ${target.nodes.length === 1 ? 'retains' : 'retain'} ${formatBytes(actual)}, ${formatBytes(bytes)} allowed`
      const details = passed ? [] : holderLines(snapshot, target)
      return {...said(assertion), passed, message, actual, details, ...missing(snapshot, type, target.nodes)}
    }
    case 'no-growth': {
      const {counts, objects, sample} = assertion.base
      const grown = grownTypes([counts, countObjects(snapshot)], MIN_GROWTH)
      const agreed = agreement(sample, snapshot)
      if (!agreed.sameProcess) notes.push(`${assertion.text}: ${agreementSentence(agreed)}; ${YOUNGEST}`)
      const {findings, left} = grownFindings(snapshot, grown, agreed.sameProcess ? objects : undefined, MIN_GROWTH)
      const count = findings.length + left
      const message = count === 0 ? 'nothing grew that code of yours holds' : `${plural(count, 'type')} grew`
      const details = findings.flatMap(findingLines)
      if (left > 0) details.push(`and ${plural(left, 'more type')}`)
      const passed = findings.length === 0
      return {...said(assertion), passed, message, actual: count, details, near: [], isMissing: false}
    }
    case 'no-path':
      return judgePath(snapshot, assertion)
  }
}

const YOUNGEST = 'so the youngest of each type that grew are taken for the new ones'

function said({kind, text}: Assertion): Pick<AssertionView, 'kind' | 'text'> {
  return {kind, text}
}

function missing(snapshot: Snapshot, type: string, nodes: Uint32Array): Pick<AssertionView, 'near' | 'isMissing'> {
  return {near: nodes.length === 0 ? nearestTypes(snapshot, type) : [], isMissing: nodes.length === 0}
}

/** Everything leads to the global object, by way of its class: what is meant is that it is held from there. */
const GLOBAL = 'globalThis'

function judgePath(snapshot: Snapshot, assertion: Extract<Assertion, {kind: 'no-path'}>): AssertionView {
  const isHeld = assertion.to === GLOBAL
  const [from, to] = isHeld ? [assertion.to, assertion.from] : [assertion.from, assertion.to]
  const [above, below] = [end(snapshot, from), end(snapshot, to)]
  const empty = above.nodes.length === 0 ? from : below.nodes.length === 0 ? to : undefined
  if (empty !== undefined) {
    const near = nearestTypes(snapshot, empty)
    return {...said(assertion), passed: true, message: `no ${empty}`, actual: 0, details: [], near, isMissing: true}
  }
  const [path] = shortestPaths(snapshot, below, {from: above, count: 1}).paths
  if (path === undefined) {
    return {...said(assertion), passed: true, message: 'no path', actual: 0, details: [], near: [], isMissing: false}
  }
  const steps = codePath(snapshot, path.nodes[0], path.edges)
  const {length} = path.edges
  const message = `${from} leads to ${to} @${snapshot.nodeId[path.nodes[length]]} in ${plural(length, 'step')}`
  const details = [codePathText(steps, {places: true}), ...holderLines(snapshot, below)]
  return {...said(assertion), passed: false, message, actual: length, details, near: [], isMissing: false}
}

function end(snapshot: Snapshot, text: string): Selection {
  return text === GLOBAL ? {subject: GLOBAL, nodes: globalObjects(snapshot)} : select(snapshot, selectorOf(text))
}

function holderLines(snapshot: Snapshot, target: Selection): string[] {
  const answer = owners(snapshot, target, {limit: HOLDERS_TOLD})
  const words = answer.owners.map(owner => ownerWords(snapshot, owner))
  const lines = words.flatMap(({holder, place, pattern}, i) => [
    `held by ${holder}${place === '' ? '' : ` (${place})`}: ${formatCount(answer.owners[i].count)} of ${formatCount(target.nodes.length)}`,
    `  ${pattern}`,
  ])
  const left = answer.total.owners - words.length
  if (left > 0) lines.push(`and ${plural(left, 'more holder')}`)
  const sentence = verdict(answer, words, measuredCuts(answer))
  return sentence === '' ? lines : [...lines, sentence]
}
