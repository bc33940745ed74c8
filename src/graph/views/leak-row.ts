/** One suspect as a row with names and words: what is kept, by whom, what it looks like and what to do about it. */

import {components} from '../../analyze/facts/components.ts'
import {offHeap, offHeapBytes} from '../../analyze/facts/off-heap.ts'
import {realms, removedFrameTest} from '../../analyze/facts/realms.ts'
import {selfSizes} from '../../analyze/facts/self-sizes.ts'
import {keptSizes} from '../../analyze/graph/dominators.ts'
import {type RetainedSet, retainedBySet} from '../../analyze/graph/retained-set.ts'
import type {LeakedSet} from '../../analyze/growth/leaks.ts'
import type {CountTrend} from '../../analyze/growth/trend.ts'
import {type Owner, type OwnersAnswer, owners} from '../../analyze/owners/owners.ts'
import {memberName} from '../../explain/code/code-nodes.ts'
import {calledWords} from '../../explain/owners/called-words.ts'
import {
  copiedModule,
  elementsAdvice,
  type LeakKind,
  leakAdvice,
  leakKind,
  recursiveCall,
} from '../../explain/owners/leak-words.ts'
import {measuredCuts} from '../../explain/owners/owner-cut.ts'
import {ownerFingerprint, rowFingerprint, unheldFingerprint} from '../../explain/owners/owner-fingerprint.ts'
import {cutsOfVerdict, verdict} from '../../explain/owners/owner-verdict.ts'
import {type OwnerWords, ownerWords} from '../../explain/owners/owner-words.ts'
import {variableNote} from '../../explain/owners/variable-note.ts'
import {type CodeLine, codeAt} from '../../explain/places/code-frame.ts'
import {placeOfText} from '../../explain/places/script-root.ts'
import {codePlaceOf, placeText} from '../../explain/places/source-place.ts'
import {type MadeRow, madeBy} from '../../explain/words/allocation-words.ts'
import {componentsTitle, type UnmountedComponent, unmountedAmong} from '../../explain/words/component-words.ts'
import {elementPath, elementsTitle, parentElement, selectorOf, tagOf, typeTitle} from '../../explain/words/dom-words.ts'
import {codeOf, originOfScript} from '../../snapshot/code/code-origin.ts'
import {constructionsOf} from '../../snapshot/code/constructions.ts'
import {elementMakersOf} from '../../snapshot/code/element-makers.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {indexInSorted} from '../../util/bisect.ts'
import {getOrMake} from '../../util/memo.ts'

/** How sure it is that something leaks: of one process and larger every time, of one or the other, of neither. */
export type Confidence = 'high' | 'medium' | 'low'

/** One suspect of `suspects`, as rows and words. */
export interface SuspectView {
  /** What it looks like: a listener, a growing Map, a timer. */
  kind: LeakKind
  /** `byId`, `onFlush()`: what must let go. */
  holder: string
  /** Where that is written, `src/cache.js:12`; '' if the file does not say. */
  place: string
  /**
   * Where the application's code makes such objects of classes of the runtime's and of libraries, if `place` is no line of its own: a few of
   * these places.
   */
  made: {type: string; place: string}[]
  /** The functions of the application that made most of the objects, by their allocation stacks; none if the file has none of them. */
  allocated: MadeRow[]
  /** The code at `place`, or else at the first of `made`, where it is known. */
  codeLines: CodeLine[]
  /** Whose code must let go. */
  code: 'application' | 'library' | 'runtime'
  /** The objects meant, with all of them that hang below others of them. */
  count: number
  /** Their self sizes, with V8's own parts of them, without backing stores. */
  selfBytes: number
  /** Bytes of the backing stores that they look at, each once. */
  offHeapBytes: number
  /** What would be freed if all of them were dropped, and of that the bytes of backing stores. */
  retainedBytes: number
  /** Of `retainedBytes`, bytes of backing stores. */
  retainedOffHeapBytes: number
  /** What they are: those of classes of people's own before the others, then most first. */
  types: {type: string; title?: string; count: number}[]
  /** V8's id of one of the objects. */
  exampleId: number
  /** The path to the example, as code. */
  path: string
  /** What must be cut for the objects to be freed. */
  verdict: string
  /** What to give to `what-if --cut`; none where no expression names it. */
  cuts: string[]
  /** What to do about it, in a sentence. */
  advice: string
  /** Why a function keeps the variable that has the objects; '' if none does, or the file does not tell. */
  note: string
  /** Components among the objects that are unmounted. */
  unmounted: UnmountedComponent[]
  /** What the holder's function was given to: `resize listener`, `<button.save> click listener`, `timer`; '' for other holders, or if the file does not say. */
  role: string
  /** Where it was given to that: `<TicketDetail> useEffect #2 (src/TicketDetail.jsx:15)`; '' if not in a hook. */
  hook: string
  /** Other holders of the same objects. */
  also: {holder: string; place: string}[]
  /** What the first holder is called in every process and build: without lines, keys and ids. Notes on known suspects are found by it. */
  fingerprint: string
  /** What `why` calls that holder, if the row tells the object of which it is a part: notes on that are notes on this row. */
  partFingerprint?: string
}

/** The last change of a line, as git has it. */
export interface LineChange {
  /** The commit's hash. */
  commit: string
  /** When it was written, ISO 8601. */
  date: string
  /** The first line of its message. */
  subject: string
}

export interface LeakView extends SuspectView {
  /** Who changed the line at `place` last; only if asked for, and null if git does not know it. */
  change?: LineChange | null
  confidence: Confidence
  /** Outermost objects at these places in each snapshot. */
  counts: number[]
  trend: CountTrend
}

/** Types named of one suspect. */
const TYPES = 4

/** Places named where such objects are made. */
const MADE = 3

/** Owners asked for of one suspect: the first are told. */
const OWNERS = 4

/** `retained`: that of the objects meant, if they are not the members. */
export function suspectView(
  snapshot: Snapshot,
  set: LeakedSet,
  retained: RetainedSet = retainedBySet(snapshot, set.members),
): SuspectView {
  if (set.isInDocument) return elementsView(snapshot, set, retained)
  const ranked = rankedTypes(snapshot, set)
  const answer = ownersOfSet(snapshot, set)
  const words = answer.owners.map(owner => {
    const found = ownerWords(snapshot, owner, set.structure)
    return {...found, holder: found.container}
  })
  const [owner] = answer.owners
  const [first] = words
  const kind = owner === undefined ? 'growing structure' : leakKind(snapshot, set, owner, first)
  const cuts = measuredCuts(answer)
  const called = owner === undefined ? undefined : calledWords(snapshot, owner, first.steps)
  const told = (owner === undefined ? undefined : toldOtherwise(snapshot, owner, first)) ?? first
  const place = told?.place ?? ''
  const allocated = madeBy(snapshot, nodesOfSet(snapshot, set))
  const made = isOwnPlace(snapshot, place)
    ? []
    : allocated.length > 0
      ? allocated.map(row => ({type: typeOf(ranked), place: row.place}))
      : madeAt(snapshot, [...typesBehindCut(snapshot, owner), ...ranked])
  return {
    kind,
    holder: told?.holder ?? '(nothing that was followed)',
    place,
    made,
    allocated,
    codeLines: codeAt(snapshot, made[0]?.place ?? place),
    code: owner?.code ?? 'application',
    ...bytesOf(snapshot, set),
    retainedBytes: retained.bytes,
    retainedOffHeapBytes: retained.offHeapBytes,
    types: ranked.slice(0, TYPES).map(row => typeRow(snapshot, set, row)),
    exampleId: snapshot.nodeId[owner?.example ?? set.outermost[0]],
    path: first?.path ?? '',
    verdict: verdict(answer, words, cuts),
    cuts: cutsOfVerdict(cuts),
    advice: owner === undefined ? '' : leakAdvice(snapshot, kind, first, owner),
    note: owner === undefined ? '' : variableNote(snapshot, owner, first),
    unmounted: unmountedAmong(snapshot, set.members, called?.component ?? ''),
    role: called?.role ?? '',
    hook: called?.hook ?? '',
    also: otherHolders(words),
    fingerprint:
      first === undefined ? unheldFingerprint(typeOf(ranked)) : ownerFingerprint(snapshot, first, typeOf(ranked)),
    ...(owner === undefined || set.structure === undefined
      ? {}
      : {partFingerprint: ownerFingerprint(snapshot, ownerWords(snapshot, owner), typeOf(ranked))}),
  }
}

/** Of elements that the document alone keeps: there is no way through JavaScript to tell, nor one to cut. */
function elementsView(snapshot: Snapshot, set: LeakedSet, retained: RetainedSet): SuspectView {
  const {nodeId, types} = snapshot
  const [example] = set.outermost
  const parent = parentElement(snapshot, example)
  const around = parent < 0 ? 'document' : `<${selectorOf(snapshot, parent)}>`
  const title = elementsTitle(snapshot, set.outermost)
  const tag = tagOf(snapshot, example)
  const holder = `${around} › <${title || tag}>`
  const made = elementMakersOf(snapshot, selectorOf(snapshot, example, 'classes'))
    .slice(0, MADE)
    .map(place => ({type: title || tag, place: placeText(codePlaceOf(snapshot, place))}))
  return {
    kind: 'element never removed',
    holder,
    place: '',
    made,
    allocated: [],
    codeLines: codeAt(snapshot, made[0]?.place ?? ''),
    code: 'application',
    ...bytesOf(snapshot, set),
    retainedBytes: retained.bytes,
    retainedOffHeapBytes: retained.offHeapBytes,
    types: set.types.slice(0, TYPES).map(({type, count}) => typeRow(snapshot, set, {name: types.names[type], count})),
    exampleId: nodeId[example],
    path: elementPath(snapshot, example),
    verdict: '',
    cuts: [],
    advice: elementsAdvice(
      around,
      realms(snapshot).some(({frameElement}) => frameElement === example),
    ),
    note: '',
    unmounted: [],
    role: '',
    hook: '',
    also: [],
    fingerprint: rowFingerprint(snapshot, around, '', title || tag),
  }
}

/** What most of the objects are. */
function typeOf([main]: readonly RankedType[]): string {
  return main?.name ?? 'objects'
}

/** What is not told by its container or its place: a call that waits for the next, a module whose loader is the runtime's. */
function toldOtherwise(
  snapshot: Snapshot,
  owner: Owner,
  {container, steps}: OwnerWords,
): {holder: string; place: string} | undefined {
  const module = copiedModule(snapshot, owner, steps)
  return module === undefined ? recursiveCall(snapshot, owner, steps) : {holder: container, ...module}
}

/** Whether a place is in what the application or its packages have: it tells more than where objects are made. */
function isOwnPlace(snapshot: Snapshot, place: string): boolean {
  const script = placeOfText(snapshot, place)?.script
  const code = script === undefined ? 'unknown' : originOfScript(script).code
  return code === 'application' || code === 'library'
}

function madeAt(snapshot: Snapshot, types: readonly Pick<RankedType, 'name' | 'rank'>[]): SuspectView['made'] {
  const names = new Set(types.filter(({rank}) => rank === RANKS.others).map(({name}) => name))
  const places = [...names].flatMap(type =>
    constructionsOf(snapshot, type).map(place => ({type, place: placeText(codePlaceOf(snapshot, place))})),
  )
  return places.slice(0, MADE)
}

/** Of the objects between the owner's cut and its example: what the objects hang on may be what there is too much of. */
function typesBehindCut(snapshot: Snapshot, owner: Owner | undefined): Pick<RankedType, 'name' | 'rank'>[] {
  const {edgeTarget, nodeKind} = snapshot
  const behind = owner === undefined ? [] : Array.from(owner.edges.slice(owner.cut), edge => edgeTarget[edge])
  return behind
    .filter(node => nodeKind[node] === NodeKind.object)
    .map(node => ({name: memberName(snapshot, node), rank: rankOf(snapshot, node)}))
}

function rankOf(snapshot: Snapshot, node: number): number {
  if (snapshot.types.locations[snapshot.types.ofNode[node]] < 0) return RANKS.unplaced
  return codeOf(snapshot, node) === 'application' ? RANKS.application : RANKS.others
}

/** Those that are told by other words than the first, and than one another: several ways may lead through one variable. */
function otherHolders([first, ...rest]: readonly Pick<SuspectView, 'holder' | 'place'>[]): SuspectView['also'] {
  const text = ({holder, place}: Pick<SuspectView, 'holder' | 'place'>) => `${holder}\0${place}`
  const others = new Map(rest.map(one => [text(one), {holder: one.holder, place: one.place}]))
  if (first !== undefined) others.delete(text(first))
  return [...others.values()]
}

/** Who holds the objects of people's own class says more than who holds what they hang on. */
function nodesOfSet(snapshot: Snapshot, set: LeakedSet): Uint32Array {
  // Of a window that is gone from its page whatever is held holds all the rest.
  if (set.outermost.every(removedFrameTest(snapshot))) return set.outermost
  const named = namedMembers(snapshot, set)
  return named.length > 0 ? named : set.outermost
}

/** Those of the class of people's own that most are of; none if none is. */
export function namedMembers(snapshot: Snapshot, set: LeakedSet): Uint32Array {
  const [main] = rankedTypes(snapshot, set)
  return main?.rank === RANKS.application ? membersOf(snapshot, set, main.name) : new Uint32Array(0)
}

/** Those of the type that says most of what is in it. */
export function mostMembers(snapshot: Snapshot, set: LeakedSet): Uint32Array {
  const [main] = rankedTypes(snapshot, set)
  return main === undefined ? set.outermost : membersOf(snapshot, set, main.name)
}

/** Who holds the objects that a set is told by; asked once. */
export function ownersOfSet(snapshot: Snapshot, set: LeakedSet): OwnersAnswer {
  let answer = answers.get(set)
  if (answer === undefined) {
    answer = owners(snapshot, {subject: 'new objects', nodes: nodesOfSet(snapshot, set)}, {limit: OWNERS})
    // Ways to them lead through the elements around them, and no one of these must let go.
    if (set.isInDocument) answer = {...answer, owners: []}
    answers.set(set, answer)
  }
  return answer
}

const answers = new WeakMap<LeakedSet, OwnersAnswer>()

function bytesOf(
  snapshot: Snapshot,
  {members, count, selfBytes}: LeakedSet,
): Pick<SuspectView, 'count' | 'selfBytes' | 'offHeapBytes'> {
  const {stores} = offHeap(snapshot)
  const self = selfSizes(snapshot, 'devtools')
  const own = members.filter(node => indexInSorted(stores, node) >= 0)
  return {
    count: count - own.length,
    selfBytes: selfBytes - own.reduce((sum, node) => sum + self[node], 0),
    offHeapBytes: offHeapBytes(snapshot, members).bytes,
  }
}

/** Classes of people's own, of libraries and the runtime, and what no script is the place of: strings, arrays, Maps. */
const RANKS = {application: 0, others: 1, unplaced: 2}

interface RankedType {
  name: string
  count: number
  rank: number
}

/** Of classes, and functions, with one name as one. Classes of people's own say more than those of the runtime, and these more than strings and functions. */
function rankedTypes(snapshot: Snapshot, set: LeakedSet): RankedType[] {
  const retained = keptSizes(snapshot)
  const ofKind = new Map<number, {example: number; count: number; bytes: number}>()
  for (const node of set.types.length === 0 ? [] : set.members) {
    const kind = getOrMake(ofKind, memberKind(snapshot, node), () => ({example: node, count: 0, bytes: 0}))
    kind.count++
    kind.bytes += retained[node]
  }
  const rows = new Map<string, RankedType & {bytes: number}>()
  for (const {example, count, bytes} of ofKind.values()) {
    const name = memberName(snapshot, example)
    if (name.startsWith('system / ')) continue
    const rank = rankOf(snapshot, example)
    const row = getOrMake(rows, name, () => ({name, count: 0, rank, bytes: 0}))
    row.count += count
    row.bytes += bytes
    row.rank = Math.min(row.rank, rank)
  }
  // What others hang on retains more than they do.
  return [...rows.values()].sort((a, b) => a.rank - b.rank || b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
}

function membersOf(snapshot: Snapshot, {members}: LeakedSet, name: string): Uint32Array {
  const {nodeId} = snapshot
  const kinds = new Map<number, boolean>()
  const isMeant = (node: number) =>
    getOrMake(kinds, memberKind(snapshot, node), () => memberName(snapshot, node) === name)
  return members.filter(isMeant).sort((a, b) => nodeId[a] - nodeId[b])
}

/** Elements are told by what their selectors have in common, what a framework has for components by these. */
function typeRow(
  snapshot: Snapshot,
  set: LeakedSet,
  {name, count}: {name: string; count: number},
): SuspectView['types'][number] {
  const isElement = typeTitle(name) !== name
  const mayBeTold = isElement || components(snapshot) !== undefined
  const title = mayBeTold ? (isElement ? elementsTitle : componentsTitle)(snapshot, membersOf(snapshot, set, name)) : ''
  return {type: name, ...(title === '' ? {} : {title}), count}
}

/** A number for members told in one row: of one type; of one name, for functions. */
function memberKind({nodeKind, nodeName, types}: Snapshot, node: number): number {
  return nodeKind[node] === NodeKind.closure ? types.names.length + nodeName[node] : types.ofNode[node]
}
