/** What kind of leak something looks like, by the step at which objects hang on what keeps them, and what a person does about it. */
import {isOfCopy} from '../../analyze/facts/cut-variables.ts'
import {removedFrameTest} from '../../analyze/facts/realms.ts'
import {isTimer} from '../../analyze/facts/timers.ts'
import {isDetachedDom, type LeakedSet} from '../../analyze/growth/leaks.ts'
import type {Owner} from '../../analyze/owners/owners.ts'
import {isWaitedFor} from '../../analyze/waiting/promises.ts'
import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import {isModuleScope} from '../../snapshot/code/scopes.ts'
import {isText} from '../../snapshot/code/text.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isBuiltin} from '../code/code-nodes.ts'
import {type CodeStep, isCallbackOf} from '../code/code-path.ts'
import {functionNameOf, isEntry, partsOf, type StepKind, type StepValue} from '../code/step.ts'
import {sourcePlace} from '../places/source-place.ts'
import {
  chainIn,
  entryAbove,
  isCalled,
  isRuntimes,
  listIn,
  type OwnerWords,
  openTarget,
  subscriberIn,
} from './owner-words.ts'

/** What kind of leak it is, as far as its holder tells. */
export type LeakKind =
  | 'cache without limit'
  | 'listener never removed'
  | 'observer never disconnected'
  | 'timer'
  | 'open handle'
  | 'pending promise'
  | 'unread error stack'
  | 'global log'
  | 'growing array'
  | 'growing linked list'
  | 'growing string'
  | 'endless recursion'
  | 'closure scope'
  | 'module run again'
  | 'detached DOM'
  | 'removed iframe'
  | 'element never removed'
  | 'growing structure'

/** Kinds of what something else holds than the document. */
type HeldKind = Exclude<LeakKind, 'element never removed'>

const COLLECTED = new Set<LeakKind>(['cache without limit', 'growing array', 'growing linked list', 'global log'])
const WAITING = new Set<StepKind>(['awaited', 'suspended'])

export function leakKind(
  snapshot: Snapshot,
  {outermost, structure = -1}: LeakedSet,
  owner: Owner,
  {steps}: OwnerWords,
): HeldKind {
  const below = steps.filter(({endEdge}) => endEdge > owner.cut)
  if (owner.hasInstances || copiedModule(snapshot, owner, steps) !== undefined) return 'module run again'
  const isBelow = (test: (value: StepValue) => boolean) => below.some(({value}) => partsOf(value).some(test))
  if (isBelow(({kind}) => kind === 'listener')) {
    return beginsAtEmitters(snapshot, owner, steps) ? 'open handle' : 'listener never removed'
  }
  const list = listIn(steps, owner)
  const isRing = list !== undefined && isTimer(snapshot, list.node)
  if (isRing || isOfTimer(snapshot, steps) || isBelow(isCallbackOf)) return 'timer'
  if (isBelow(value => value.kind === 'callback' && value.of.endsWith('Observer'))) return 'observer never disconnected'
  if (isBelow(({kind}) => kind === 'callback')) return 'listener never removed'
  // What something calls must be taken off, whatever hangs on it; functions of the application's in a collection are given to be called.
  if (subscriberIn(snapshot, steps, owner) >= 0) {
    return areJobs(snapshot, steps, owner) ? 'pending promise' : 'listener never removed'
  }
  if (outermost.every(removedFrameTest(snapshot))) return 'removed iframe'
  if (outermost.some(node => isDetachedDom(snapshot, node))) return 'detached DOM'
  if (recursive(owner, steps) !== undefined) return 'endless recursion'
  if (isBelow(isOfPending)) return 'pending promise'
  const entry = entryAbove(steps, owner) ?? below.find(({value}) => isEntry(value) || value.kind === 'weakValue')
  if (list !== undefined) return 'growing linked list'
  if (entry !== undefined && settles(snapshot, entry.node)) return 'pending promise'
  if (entry !== undefined && structure >= 0 && isKeyed(snapshot, structure)) return 'cache without limit'
  if (entry !== undefined) return entryKind(snapshot, owner, steps, entry)
  if (isText(snapshot, owner.example)) return 'growing string'
  if (isBelow(({kind}) => kind === 'stack')) return 'unread error stack'
  if (isBelow(({kind}) => kind === 'scopeVariable')) return 'closure scope'
  return steps[0].value.kind === 'start' && steps[0].value.of === 'handle' ? 'open handle' : 'growing structure'
}

/** Where an ES module that was loaded several times is written, if the objects are what it exports: its first line. */
export function copiedModule(
  snapshot: Snapshot,
  {edges, cut}: Owner,
  steps: readonly CodeStep[],
): {place: string} | undefined {
  for (const {value, endEdge} of steps) {
    if (endEdge <= cut || value.kind !== 'start' || value.of !== 'export') continue
    if (isOfCopy(snapshot, edges[endEdge - 1])) return {place: `${value.file}:1`}
  }
  return undefined
}

/** Whether a step leads through a promise that is pending: one that is settled has no reactions any more (V8's promise-abstract-operations.tq). */
function isOfPending(value: StepValue): boolean {
  return WAITING.has(value.kind) || value.kind === 'reaction' || (value.kind === 'promise' && value.part === 'resolves')
}

/**
 * Whether functions of a collection are jobs, or wait for an event that does not come: what is in it has, or sees, what settles a promise that
 * something waits for. Who only listens waits for no such thing.
 */
function areJobs(snapshot: Snapshot, steps: readonly CodeStep[], owner: Owner): boolean {
  if (subscriberIn(snapshot, steps, owner) < 0) return false
  const {edgeTarget} = snapshot
  const first = steps.find(({value, endEdge}) => endEdge > owner.cut && isEntry(value))
  const from = first === undefined ? owner.edges.length : first.firstEdge
  return owner.edges.slice(from).some(edge => settles(snapshot, edgeTarget[edge]))
}

/** Whether an object has, or a function sees, what settles a promise that something waits for. */
function settles(snapshot: Snapshot, node: number): boolean {
  const {edgeKind, edgeTarget, firstEdge, nodeKind} = snapshot
  const isClosure = nodeKind[node] === NodeKind.closure
  const has = isClosure ? internalTargets(snapshot)(node, 'context') : node
  if (has < 0 || nodeKind[has] === NodeKind.array || (isClosure && isModuleScope(snapshot, has))) return false
  for (let edge = firstEdge[has]; edge < firstEdge[has + 1]; edge++) {
    const isNamed = edgeKind[edge] === EdgeKind.property || edgeKind[edge] === EdgeKind.context
    if (isNamed && isSettler(snapshot, edgeTarget[edge])) return true
  }
  return false
}

/** Whether a function is one of the two that a promise's executor is given, and the promise is waited for. */
function isSettler(snapshot: Snapshot, node: number): boolean {
  const {edgeKind, edgeTarget, firstEdge, nodeKind, types} = snapshot
  if (nodeKind[node] !== NodeKind.closure || !isBuiltin(snapshot, node)) return false
  const sees = internalTargets(snapshot)(node, 'context')
  for (let edge = sees < 0 ? 0 : firstEdge[sees]; edge < (sees < 0 ? 0 : firstEdge[sees + 1]); edge++) {
    const target = edgeTarget[edge]
    const isPromise = edgeKind[edge] === EdgeKind.hidden && types.names[types.ofNode[target]] === 'Promise'
    if (isPromise && isWaitedFor(snapshot, target)) return true
  }
  return false
}

/** Whether an object has a Map among its parts: what the others have is found by a key. */
function isKeyed({edgeKind, edgeTarget, firstEdge, strings, nodeName}: Snapshot, node: number): boolean {
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.property && strings.get(nodeName[edgeTarget[edge]]) === 'Map') return true
  }
  return false
}

/** More emitters than these, each with a listener of its own, are not meant to stay. */
const MIN_EMITTERS = 3

/** Whether the way begins at an emitter, as nothing with a name has it, and there is one for each few of the objects: a socket, a child process. */
function beginsAtEmitters({firstEdge}: Snapshot, {cuts, count}: Owner, [first, second]: readonly CodeStep[]): boolean {
  if (!isListener(second) || first.value.kind !== 'start' || first.value.of === 'global') return false
  const emitters = new Set(Array.from(cuts, edge => sourceOf(firstEdge, edge))).size
  return emitters >= MIN_EMITTERS && emitters >= count / 2
}

function isListener(step: CodeStep | undefined): boolean {
  return step?.value.kind === 'listener'
}

/** The step of async functions that wait for one another. */
function recursive(owner: Owner, steps: readonly CodeStep[]): CodeStep | undefined {
  const chain = chainIn(steps, owner)
  return chain !== undefined && partsOf(chain.value).every(({kind}) => WAITING.has(kind)) ? chain : undefined
}

/** The async function whose calls wait for one another, and its line: `follow()`. */
export function recursiveCall(
  snapshot: Snapshot,
  owner: Owner,
  steps: readonly CodeStep[],
): {holder: string; place: string} | undefined {
  const chain = recursive(owner, steps)
  if (chain === undefined) return undefined
  const [value] = partsOf(chain.value)
  return {
    holder: `${functionNameOf(value) || 'async function'}()`,
    place: chain.place || sourcePlace(snapshot, chain.node),
  }
}

/** Of what a collection has entries of. An object with numbers for keys is no array. */
function entryKind(
  {firstEdge, nodeName, strings}: Snapshot,
  {edges}: Owner,
  steps: readonly CodeStep[],
  entry: CodeStep,
): HeldKind {
  const collection = sourceOf(firstEdge, edges[entry.firstEdge])
  if (entry.value.kind !== 'element' || strings.get(nodeName[collection]) === 'Object') return 'cache without limit'
  const [{value}] = steps
  return value.kind === 'start' && value.of === 'global' && steps.length <= 3 ? 'global log' : 'growing array'
}

/** Whether the path begins at one of Node's timers, which call a function (lib/internal/timers.js). */
export function isOfTimer(snapshot: Snapshot, [first, second]: readonly CodeStep[]): boolean {
  return isTimer(snapshot, first.node) || (second !== undefined && isCallbackOf(second.value))
}

/** Of elements that only the document keeps; `hasWindow`: each has a window of its own. */
export function elementsAdvice(holder: string, hasWindow: boolean): string {
  const why = hasWindow ? ': its window and all that it has live as long as it is there' : ''
  return `take each out of ${holder} when it is no longer needed, element.remove()${why}`
}

export function leakAdvice(
  snapshot: Snapshot,
  kind: HeldKind,
  {container, place, steps}: OwnerWords,
  owner: Owner,
): string {
  const variable = innermostVariable(steps, owner.cut)
  const link = listIn(steps, owner)?.pattern ?? ''
  if (kind === 'pending promise' && areJobs(snapshot, steps, owner)) {
    return `only when what waits in ${container} is called is its promise settled: if one is called after the other, end what holds the others up, or limit how many wait; else take each out after a timeout`
  }
  if (
    kind === 'growing structure' &&
    steps.some(({value, endEdge}) => endEdge > owner.cut && value.kind === 'finalization')
  ) {
    return `hold a value that does not lead to the object that is registered, such as its id, or unregister(): the registry keeps what it will hand over until that object is gone`
  }
  // What Node keeps for itself nobody takes out by hand.
  if (COLLECTED.has(kind) && place !== '' && isRuntimes(place)) {
    return `${container} belongs to the runtime: create fewer of them, or call what clears it`
  }
  return {
    'cache without limit': `limit the size of ${container}, or delete entries that are no longer needed`,
    'listener never removed': openTarget(steps)
      ? `close or terminate the ${openTarget(steps)} when its owner is done: the browser keeps it and its listeners as long as it is open`
      : isCalled(steps, owner.cut)
        ? `remove the listener when its owner is done: off(), removeEventListener(), or once()`
        : `unsubscribe when it is no longer needed: ${container} keeps the function and everything it uses`,
    'observer never disconnected': `disconnect the observer when its owner is done: disconnect(), unobserve()`,
    timer: `clear the timer when it is no longer needed: clearTimeout(), clearInterval()`,
    'open handle': isListener(steps[1])
      ? `close or destroy each ${steps[0].text} when it is no longer needed: removing the listener alone would not free it`
      : `close or destroy it when it is no longer needed: ${container} is open`,
    'pending promise': `settle the promise, or end what waits for it after a timeout`,
    'unread error stack': `read error.stack before the error is stored, or store only its message: until it is read, the error keeps the objects of its frames`,
    'global log': `write ${container} elsewhere, or keep only the last entries`,
    'growing array': `remove entries from ${container} that are no longer needed, or keep only the last ones`,
    'growing linked list': `each object has the next one as ${link}: set that to null when it is no longer needed, or remove it from ${container}`,
    'endless recursion': `use a loop: each call waits for the next one that it makes, and none of them ends`,
    'growing string': `write ${container} elsewhere piece by piece`,
    'closure scope': `${variable === '' ? 'set the variable' : `set variable ${variable}`} of ${container} to null when it is no longer needed, or move it out of the scope that its functions share`,
    'module run again':
      copiedModule(snapshot, owner, steps) !== undefined
        ? `import the module by one URL: each query makes another instance of it, and ${container} keeps them all`
        : `restore what was there before, or run the module once: ${container} keeps every instance of it`,
    'removed iframe': `clear references to objects of an iframe when it is removed: ${container} keeps its whole window alive`,
    'detached DOM': `clear ${container} when its elements leave the page`,
    'growing structure': `remove entries from ${container} that are no longer needed`,
  }[kind]
}

/** The variable of a scope that is nearest to the objects; '' if there is none, or it has no name. */
function innermostVariable(steps: readonly CodeStep[], cut: number): string {
  const parts = steps.filter(({endEdge}) => endEdge > cut).flatMap(({value}) => partsOf(value))
  const variable = parts.findLast(({kind}) => kind === 'scopeVariable')
  return variable?.kind === 'scopeVariable' ? variable.name : ''
}
