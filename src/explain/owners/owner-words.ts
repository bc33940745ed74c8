/** What an owner is called: the path to the objects as code, the holder in a few words, and the line where it is written. */

import type {Owner, OwnersAnswer} from '../../analyze/owners/owners.ts'
import {codeOf, originOfScript} from '../../snapshot/code/code-origin.ts'
import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import {isModuleScope, scopes} from '../../snapshot/code/scopes.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {formatCount, plural} from '../../util/units.ts'
import {functionName} from '../code/code-nodes.ts'
import {type CodeStep, codePath, codePathText, isCallbackOf} from '../code/code-path.ts'
import {isEntry, isOfComponent, partsOf, type StepValue} from '../code/step.ts'
import {jointOf, stepWords} from '../code/step-words.ts'
import {sourcePlace} from '../places/source-place.ts'
import {describe} from '../words/describe.ts'
import {unheldWords} from '../words/wholeness-words.ts'
import {holderPlace, startPlace} from './owner-place.ts'

export interface OwnerWords {
  /** `module src/cache.js · byId.get("u1")`: the example's. */
  path: string
  /** `module src/cache.js · byId.get(…)`: that of all objects held so. */
  pattern: string
  /** `byId.get(…)`, `onFlush()`, `(Stack roots)`. */
  holder: string
  /** Of a holder that ends in an entry the collection: `byId`. */
  container: string
  /** `src/cache.js:13`: a line of the holder's; '' if the file does not say. */
  place: string
  /** The path to the example, step by step. */
  steps: readonly CodeStep[]
  /** Those of them that `container` is made of, from the last variable of a function on; none where it is the name of a function. */
  containerSteps: readonly CodeStep[]
  /** Ordinal of the scope that tells the holder from others of the same words: what its function sees, or what has its variable; -1 for none. */
  scope: number
}

/** Of an owner what its words are made of: the path to its example, and how it holds the objects. */
export type OwnerPath = Pick<Owner, 'start' | 'edges' | 'cut' | 'cuts' | 'isGathered' | 'hasInstances'> &
  Partial<Pick<Owner, 'count'>>

/** `structure`: an object on the path that is told as the container, since all its parts have the objects; none for the collection. */
export function ownerWords(snapshot: Snapshot, owner: OwnerPath, structure = -1): OwnerWords {
  const steps = ownerSteps(snapshot, owner)
  const callback = lastFunction(snapshot, owner, steps)
  const isOfCalled = callback !== undefined && isCalled(steps, owner.cut)
  const subscription = isOfCalled ? undefined : subscriptionIn(snapshot, steps, owner)
  const subscriber = subscription?.closure ?? -1
  const waiter = callback === undefined ? waiterOf(snapshot, steps, owner.cut) : ''
  const own =
    waiter !== ''
      ? waiter
      : subscriber >= 0
        ? sourcePlace(snapshot, subscriber)
        : isOfCalled || (owner.hasInstances && callback !== undefined)
          ? ''
          : ownPlace(snapshot, owner, steps)
  const place =
    own || (callback === undefined ? '' : sourcePlace(snapshot, callback)) || startPlace(snapshot, owner, steps)
  // Of what the runtime keeps: the nearest function of people's own, which waits or is called.
  const line = isRuntimes(place) ? (steps.findLast(step => !isRuntimes(step.place))?.place ?? place) : place
  const named = holderSteps(steps, subscription?.cut ?? owner.cut, line !== place).map(step =>
    ofAllEvents(snapshot, owner, step),
  )
  const called = isOfCalled ? functionHolder(snapshot, callback) : ''
  const list = listSteps(steps, named, owner)
  // A collection whose functions are called may have them in lists: it is the collection that they must leave.
  const ofList =
    subscriber >= 0 && list?.some(({value}) => isEntry(value) || value.kind === 'weakValue') ? undefined : list
  const ofContainer = called !== '' ? [] : (upTo(named, structure) ?? ofList ?? containerSteps(upToCut(named, owner)))
  const ofVariable = fromVariable(ofContainer)
  return {
    path: codePathText(steps),
    pattern: codePathText(steps, {pattern: true, places: true}),
    holder: called || holderText(steps, named),
    container: called || holderText(steps, ofContainer),
    place: line,
    steps,
    containerSteps: ofVariable,
    scope: holderScope(snapshot, owner, ofVariable, isOfCalled ? callback : undefined),
  }
}

/**
 * Steps of a name from the last variable of a function on: the same for all sets of objects in it, wherever they are cut off, at the variable or at what has the
 * function. What calls a function, a listener or a timer, is part of the name.
 */
function fromVariable(named: readonly CodeStep[]): readonly CodeStep[] {
  const last = named.findLastIndex(({value}) => value.kind === 'scopeVariable')
  return last < 0 || named.slice(0, last).some(({value}) => isCall(value)) ? named : named.slice(last)
}

/** Of a function that is called the scope in which it is written, unless that is a module's; else that of the variable that the holder begins with. */
function holderScope(
  snapshot: Snapshot,
  {edges}: OwnerPath,
  [variable]: readonly CodeStep[],
  called: number | undefined,
): number {
  const {isScope} = scopes(snapshot)
  const written = called === undefined ? -1 : internalTargets(snapshot)(called, 'context')
  if (written >= 0 && isScope(written) && !isModuleScope(snapshot, written)) return written
  if (variable?.value.kind !== 'scopeVariable') return -1
  for (let edge = variable.endEdge - 1; edge >= variable.firstEdge; edge--) {
    const has = sourceOf(snapshot.firstEdge, edges[edge])
    if (isScope(has)) return has
  }
  return -1
}

/** The line of the nearest thing that holds the objects: of what a component keeps, the hook's or the component's. */
function ownPlace(snapshot: Snapshot, owner: OwnerPath, steps: readonly CodeStep[]): string {
  const from = collectionEdge(steps, owner)
  const component = steps.findLast(({value, firstEdge}) => isOfComponent(value) && firstEdge <= from)
  return holderPlace(snapshot, owner, from, component?.endEdge) || component?.place || ''
}

function upTo(named: readonly CodeStep[], node: number): readonly CodeStep[] | undefined {
  const end = node < 0 ? -1 : named.findIndex(step => step.node === node)
  return end < 0 ? undefined : named.slice(0, end + 1)
}

/**
 * Of steps with entries of entries those to the entry that is cut, if almost each object is behind one of its own: `mock.calls[…]` of
 * `mock.calls[…].arguments[0]`.
 */
function upToCut(named: readonly CodeStep[], {cut, cuts, count = 0}: OwnerPath): readonly CodeStep[] {
  const at = named.findIndex(({firstEdge, endEdge}) => firstEdge <= cut && endEdge > cut)
  const isOwnEach = count > 0 && cuts.length > count / 2
  return at > 0 && isOwnEach && isEntry(named[at].value) ? named.slice(0, at + 1) : named
}

/** Place of the edge by which the first entry leaves its collection, where parts of the owner alone lead there from the cut; else the cut. */
function collectionEdge(steps: readonly CodeStep[], owner: OwnerPath): number {
  const {cut} = owner
  const above = entryAbove(steps, owner)
  if (above !== undefined) return above.firstEdge
  const list = listIn(steps, owner)
  // The property that has the first of a list; a variable is told by its function.
  const has = list === undefined ? undefined : steps.find(({endEdge}) => endEdge === list.firstEdge)
  if (has?.value.kind === 'property') return Math.max(cut, has.firstEdge)
  let ofObject = -1
  for (const {value, firstEdge} of steps) {
    if (firstEdge < cut) continue
    // What looks like an object used as a map may be one with many parts, such as a module's exports.
    if (value.kind === 'property') {
      if (value.isKey && ofObject < 0) ofObject = firstEdge
    } else return isEntry(value) ? firstEdge : ofObject < 0 ? cut : ofObject
  }
  return ofObject < 0 ? cut : ofObject
}

/**
 * The entry of a collection that is cut in a part of its own, such as `models[…].schema`: each of the edges cut is of another entry, so it is
 * the collection that grows. Undefined if the cut is of one object, or of what a collection has.
 */
export function entryAbove(
  steps: readonly CodeStep[],
  {cut, cuts}: Pick<OwnerPath, 'cut' | 'cuts'>,
): CodeStep | undefined {
  const at = steps.findIndex(({endEdge}) => endEdge > cut)
  const isPart = at > 0 && isPlainProperty(steps[at].value)
  return isPart && cuts.length > 1 && isEntry(steps[at - 1].value) ? steps[at - 1] : undefined
}

/** Of where listeners of several events gather, the one of the example's event stands for all. */
function ofAllEvents({edgeName}: Snapshot, {cut, cuts, edges, isGathered}: OwnerPath, step: CodeStep): CodeStep {
  const {value, firstEdge, endEdge} = step
  if (!isGathered || value.kind !== 'listener' || value.of !== 'emitter') return step
  // The first edge leads to the object that has them by event (`_events`), the second to those of one.
  const isOfSeveral = cut === firstEdge + 1 && cuts.some(edge => edgeName[edge] !== edgeName[edges[cut]])
  if (endEdge <= cut || !(cut === firstEdge || isOfSeveral)) return step
  return {...step, ...stepWords({...value, event: '', functionName: ''}, '')}
}

/** `onFlush()`; '' for a function without a name, which says nothing. */
function functionHolder(snapshot: Snapshot, closure: number): string {
  return functionName(snapshot, closure) === '' ? '' : describe(snapshot, closure).preview
}

/**
 * The path to the owner's example; of where the objects gather, the collection is told though it be the runtime's. Instances of a module
 * hang on one property, which is told by its name, however many others are beside it.
 */
function ownerSteps(snapshot: Snapshot, {start, edges, cut, cuts, isGathered, hasInstances}: OwnerPath): CodeStep[] {
  const steps = codePath(snapshot, start, edges, {keep: isGathered ? cut : undefined})
  if (!hasInstances || cuts.length !== 1) return steps
  return steps.map(step => {
    const {value, firstEdge, endEdge, functionName} = step
    if (value.kind !== 'property' || firstEdge > cut || endEdge <= cut) return step
    const named = {...value, isKey: false}
    return {...step, value: named, ...stepWords(named, functionName)}
  })
}

/** Whether a place is the runtime's code, or none. */
export function isRuntimes(place: string): boolean {
  return place === '' || originOfScript(place).code === 'runtime'
}

/** The function of people's own that holds the objects: a listener, a callback, nearest to them. */
function lastFunction(snapshot: Snapshot, {edges, cut}: OwnerPath, steps: readonly CodeStep[]): number | undefined {
  const called = steps.findIndex(({value, endEdge}) => endEdge > cut && isCall(value))
  // The object's own place is no holder's; a function that the owner's name passes through is part of the name.
  const last = called > 0 ? called : steps.length - 2
  for (let i = last; i > 0 && steps[i].endEdge > cut; i--) {
    for (let edge = steps[i].endEdge - 1; edge >= Math.max(cut, steps[i].firstEdge); edge--) {
      const node = snapshot.edgeTarget[edges[edge]]
      if (snapshot.nodeKind[node] === NodeKind.closure && isUserCode(snapshot, node)) return node
    }
  }
  return undefined
}

/** The function that the objects are held for and that something calls: a listener, a subscriber, a timer's; -1 if none is. */
export function calledFunction(snapshot: Snapshot, owner: OwnerPath, steps: readonly CodeStep[]): number {
  if (!isCalled(steps, owner.cut)) return subscriberIn(snapshot, steps, owner)
  return lastFunction(snapshot, owner, steps) ?? -1
}

/** Whether a step leads to a function that something calls: a listener, a timer's callback. */
function isCall(value: StepValue): boolean {
  return value.kind === 'listener' || value.kind === 'callback' || isCallbackOf(value)
}

/**
 * The line of the application's function that waits for what a function of the runtime's, called by an emitter or a timer, will settle: who waits for
 * `on(bus, "price")` is who listens, be it by `await` or by `then`. '' if none does.
 */
function waiterOf(snapshot: Snapshot, steps: readonly CodeStep[], cut: number): string {
  if (!isCalled(steps, cut)) return ''
  for (const {value, endEdge, place, node} of steps) {
    const waits = value.kind === 'awaited' || value.kind === 'suspended'
    const line = waits ? place : value.kind === 'reaction' ? sourcePlace(snapshot, node) : ''
    if (endEdge > cut && line !== '' && originOfScript(line).code === 'application') return line
  }
  return ''
}

/** Whether the objects are held for the sake of a function that something calls: that is what must be taken off. */
export function isCalled(steps: readonly CodeStep[], cut: number): boolean {
  return steps.some(({value, endEdge}) => endEdge > cut && isCall(value))
}

/**
 * A function of people's that a collection has as an entry: it was given to be called, as a listener is. What others wrote puts it into an
 * object of its own at times, and around it functions of its own: `handlers[i].fulfilled`; their collection may be a linked list, as that of
 * what runs again when a signal changes: `theme.targets.next ×80.effect`. -1 if there is none.
 */
export function subscriberIn(
  snapshot: Snapshot,
  steps: readonly CodeStep[],
  owner: Pick<OwnerPath, 'edges' | 'cut' | 'cuts'>,
): number {
  return subscriptionIn(snapshot, steps, owner)?.closure ?? -1
}

/** A function that something calls which has it in a collection. */
interface Subscription {
  /** The function that was given to be called. */
  closure: number
  /** Place of the edge by which it is held: the owner's cut, or that by which it leaves a collection further down. */
  cut: number
}

/** As `subscriberIn`: in the first collection behind the cut; or, where a library has that in variables of its own, in a larger one further down. */
export function subscriptionIn(
  snapshot: Snapshot,
  steps: readonly CodeStep[],
  owner: Pick<OwnerPath, 'edges' | 'cut' | 'cuts'>,
): Subscription | undefined {
  const list = listIn(steps, owner)
  const first = steps.findIndex(step => step === list || (step.endEdge > owner.cut && isEntry(step.value)))
  if (first < 0) return undefined
  const closure = subscriberAt(snapshot, steps, first)
  const entries = entriesAt(snapshot, owner, steps[first])
  for (let at = first + 1; list === undefined && at < steps.length; at++) {
    // One with a name of its own: lists in a Map are parts of that.
    const isOfFunction = steps.slice(first, at).some(({value}) => value.kind === 'scopeVariable')
    if (!isEntry(steps[at].value) || !isOfFunction || !isOthers(snapshot, steps.slice(0, at))) continue
    const inner = entriesAt(snapshot, owner, steps[at]) > entries ? subscriberAt(snapshot, steps, at) : -1
    if (inner >= 0) return {closure: inner, cut: steps[at].firstEdge}
  }
  return closure < 0 ? undefined : {closure, cut: owner.cut}
}

/** Entries of the collection that a step leaves: what its store, or it itself, refers to. */
function entriesAt(
  {firstEdge}: Snapshot,
  {edges}: Pick<OwnerPath, 'edges'>,
  {firstEdge: from, endEdge}: CodeStep,
): number {
  const has = sourceOf(firstEdge, edges[endEdge - 1] ?? edges[from])
  return firstEdge[has + 1] - firstEdge[has]
}

/** The function that was given to the collection that a step leaves; -1 if what is in it is no such function. */
function subscriberAt(snapshot: Snapshot, steps: readonly CodeStep[], first: number): number {
  // A value in a WeakMap is what others know of its key.
  const before = steps.slice(0, first)
  const mayWrap = isOthers(snapshot, before) || before.some(({value}) => value.kind === 'weakValue')
  for (let i = first; i < steps.length; i++) {
    const {value, node} = steps[i]
    // Entries of entries: a Map's lists of functions. A library's own function may call the one that it was given.
    if (!isEntry(value) && !(mayWrap && partsOf(value).every(isOfWrapper))) return -1
    if (!isUserCode(snapshot, node)) continue
    // One whose own properties have the objects is a class, or another thing with parts.
    const hasParts = steps[i + 1]?.value.kind === 'property'
    return snapshot.nodeKind[node] === NodeKind.closure && !hasParts ? node : -1
  }
  const {node} = steps[steps.length - 1]
  return mayWrap && snapshot.nodeKind[node] === NodeKind.closure ? wrappedFunction(snapshot, node) : -1
}

/** Scopes between a function and the one of people's that it calls: Pinia has one around it, Vue one around Pinia's, and each has a scope for its parameters. */
const MAX_BETWEEN = 6
/** Functions of a library's looked at: what sees more is no wrapper. */
const MAX_WRAPPING = 64

/**
 * The one function of people's that a library's sees, as that which it was given to call: in its scopes, or in those of library's functions there,
 * the nearest. Of an object, what the functions see that are its properties. -1 if there is none, or several are as near.
 */
export function wrappedFunction(snapshot: Snapshot, node: number): number {
  const internal = internalTargets(snapshot)
  const {kind} = scopes(snapshot)
  // What a module has is not what was given to its functions.
  const isOfCall = (scope: number) => scope >= 0 && kind(scope) !== 'module'
  const {nodeKind} = snapshot
  const seen = new Set<number>()
  const take = (closures: readonly number[]) => closures.map(closure => internal(closure, 'context')).filter(isOfCall)
  let at = take(nodeKind[node] === NodeKind.closure ? [node] : functionsOf(snapshot, node, EdgeKind.property))
  for (let step = 0; step < MAX_BETWEEN && seen.size <= MAX_WRAPPING; step++) {
    const found = new Set(at.flatMap(scope => functionsOf(snapshot, scope, EdgeKind.context)))
    const closures = [...found].filter(closure => !seen.has(closure))
    const called = closures.filter(closure => isUserCode(snapshot, closure))
    if (called.length > 0) return called.length === 1 ? called[0] : -1
    for (const closure of closures) seen.add(closure)
    at = [...new Set([...take(closures), ...at.map(scope => internal(scope, 'previous')).filter(isOfCall)])]
  }
  return -1
}

function functionsOf({edgeKind, edgeTarget, firstEdge, nodeKind}: Snapshot, node: number, kind: number): number[] {
  const found: number[] = []
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] === kind && nodeKind[edgeTarget[edge]] === NodeKind.closure) found.push(edgeTarget[edge])
  }
  return found
}

function isOfWrapper({kind}: StepValue): boolean {
  return kind === 'property' || kind === 'scopeVariable'
}

/** Whether what the steps lead to belongs to a library or the runtime, as the last says that tells whose it is. */
function isOthers(snapshot: Snapshot, steps: readonly CodeStep[]): boolean {
  const codes = steps.map(({node}) => codeOf(snapshot, node))
  const last = codes.findLast(code => code !== 'unknown')
  return last === 'library' || last === 'runtime'
}

function isUserCode(snapshot: Snapshot, node: number): boolean {
  return codeOf(snapshot, node) === 'application'
}

/** What must let go in a few words: from the variable on, or from where the path begins. */
export function holderText(steps: readonly CodeStep[], named: readonly CodeStep[]): string {
  const [first, second] = steps
  const [from, ...rest] = named
  if (from === first) return codePathText(named, {pattern: true})
  const {value, functionName: suffix} = from
  // A variable is told without what sets it off, a property of what a module exports with it.
  const bare = value.kind === 'scopeVariable' && value.name !== '' ? {...value, ofModule: true} : value
  const text = codePathText([{...from, ...stepWords(bare, suffix)}, ...rest], {pattern: true})
  const isExported = first.value.kind === 'start' && first.value.of === 'exports' && from === second
  return isExported ? `exports${text}` : text.slice(jointOf(value).length)
}

/** The steps of the path that name what the objects, or what they are parts of, must be taken out of. */
function holderSteps(steps: readonly CodeStep[], cut: number, isWhole: boolean): readonly CodeStep[] {
  let from = 0
  for (const [i, {value, firstEdge}] of steps.entries()) {
    if (i > 0 && firstEdge > cut) break
    const isModule = value.kind === 'start' && (value.of === 'module' || value.of === 'exports')
    if (value.kind === 'scopeVariable' || isOfComponent(value) || isOpenTarget(steps, i)) from = i
    else if (isModule && i < steps.length - 1) from = i + 1
  }
  let end = steps.length
  while (end > from + 1 && steps[end - 1].firstEdge > cut && isPlainProperty(steps[end - 1].value)) end--
  // What comes behind a promise, a WeakMap's key and the like is the runtime's path.
  const onward = steps.findIndex(
    ({value, firstEdge}, i) => i > from && firstEdge > cut && jointOf(value) === ' · ' && !isEntry(value),
  )
  if (!isWhole && onward > 0 && onward < end) end = onward
  return steps.slice(from, end)
}

/** Whether a step leads to a listener of what the browser itself keeps as long as it is open: a WebSocket, a BroadcastChannel. */
function isOpenTarget(steps: readonly CodeStep[], at: number): boolean {
  const {value} = steps[at]
  return value.kind === 'listener' && value.target !== undefined && steps[at - 1]?.value.kind === 'root'
}

/** The interface of the target that the browser itself keeps, and that has the listener behind an owner; '' for all others. */
export function openTarget(steps: readonly CodeStep[]): string {
  const value = steps.find((_, i) => isOpenTarget(steps, i))?.value
  return value?.kind === 'listener' ? (value.target ?? '') : ''
}

function isPlainProperty(value: StepValue): boolean {
  return value.kind === 'property' && !value.isKey
}

/**
 * The step of a chain in which each object has the next, if that is what has grown: it is longer than there are ways into it. Of what is
 * in a collection there are as many ways as entries.
 */
export function chainIn(
  steps: readonly CodeStep[],
  {cut, cuts}: Pick<OwnerPath, 'cut' | 'cuts'>,
): CodeStep | undefined {
  return steps.find(({value, endEdge, times}) => value.kind === 'repeat' && endEdge > cut && times > cuts.length)
}

/** Of a list that has grown the steps to where its chain begins: `shop.lastError` of `shop.lastError.cause ×40`. */
function listSteps(
  steps: readonly CodeStep[],
  [first]: readonly CodeStep[],
  owner: OwnerPath,
): readonly CodeStep[] | undefined {
  const chain = listIn(steps, owner)
  const from = steps.indexOf(first)
  const to = chain === undefined ? -1 : steps.indexOf(chain)
  return from >= 0 && to > from ? steps.slice(from, to) : undefined
}

/** The chain of a linked list that has grown. */
export function listIn(steps: readonly CodeStep[], owner: Pick<OwnerPath, 'cut' | 'cuts'>): CodeStep | undefined {
  const chain = chainIn(steps, owner)
  return chain !== undefined && partsOf(chain.value).every(({kind}) => kind === 'property') ? chain : undefined
}

/** Of `byId.get(…).body` the steps to the collection; of a list those to where the chain begins. */
export function containerSteps(steps: readonly CodeStep[]): readonly CodeStep[] {
  let end = steps.length
  if (end > 1 && steps[end - 1].value.kind === 'repeat') end--
  let last = end
  while (last > 1 && isPlainProperty(steps[last - 1].value)) last--
  let entry = last
  while (entry > 1 && isEntry(steps[entry - 1].value)) entry--
  return steps.slice(0, entry < last ? entry : end)
}

/** Holders named in a headline; the others are counted. */
const NAMED = 3

/**
 * `held 3 ways: by byId (src/cache.js:13), onFlush() (src/server.js:10) and refresh() (src/server.js:16)`. Ways that differ in what comes
 * before the same holder are counted with it.
 */
export function ownersSentence(answer: OwnersAnswer, words: readonly OwnerWords[]): string {
  const {owners, total, unheld, target} = answer
  if (owners.length === 0) return unheld === target.nodes.length ? unheldWords(answer.snapshot) : ''
  const ways = new Map<string, number>()
  for (const {holder, place} of words) {
    const name = place === '' ? holder : `${holder} (${place})`
    ways.set(name, (ways.get(name) ?? 0) + 1)
  }
  const named = [...ways].slice(0, NAMED)
  const rest = total.owners - named.reduce((sum, [, count]) => sum + count, 0)
  if (named.length === 1 && rest === 0) return `held ${inWays(total.owners)}by ${named[0][0]}`
  const names = named.map(([name, count]) => (count === 1 ? name : `${name} in ${formatCount(count)} ways`))
  if (rest > 0) names.push(`${formatCount(rest)} more`)
  const list = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
  return `held ${plural(total.owners, 'way')}: by ${list}`
}

/** `3 ways `; '' for one. */
function inWays(count: number): string {
  return count === 1 ? '' : `${plural(count, 'way')} `
}
