/** Pending promises by what waits for them: `JSPromise`, `PromiseReaction` (src/objects/promise.tq), the contexts of V8's own handlers. */

import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import {codeRow} from '../../snapshot/code/places.ts'
import {isText} from '../../snapshot/code/text.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {memoize} from '../../util/memo.ts'
import {numberValue} from '../facts/property-value.ts'
import {
  codeOfFunction,
  endsOf,
  isFunction,
  isThing,
  namedEdges,
  type WaitGroup,
  WaitGroups,
  type WaitHow,
} from './wait-group.ts'

/** Where a reaction waits. */
interface Site {
  how: WaitHow
  /** The async function that is suspended, or the handler; -1 if nothing waits. */
  function: number
  /** Number of the await in the function; -1 if the file does not say. */
  step: number
  /** What is kept for it: the suspended function's state; else V8's handlers and the promise that the wait has made. */
  nodes: readonly number[]
}

const HOW: readonly WaitHow[] = ['await', 'then', 'all', 'follows', 'nobody']
/** With more awaits in one function, some are told as one. */
const MAX_AWAITS = 2 ** 16
const KEYS = HOW.length * MAX_AWAITS

/** Promises that are made of one another. */
const MAX_STEPS = 20

/** One wait a reaction; a promise without any is in no group: nothing of it tells that it is pending. */
export function pendingWaits(snapshot: Snapshot): WaitGroup[] {
  const groups = new WaitGroups(snapshot)
  const {isReaction, next, site} = reactions(snapshot)
  const seen = new BitSet(snapshot.nodeCount)
  for (const name of ['reactions_or_result', 'reactions'] as const) {
    for (const [promise, first] of endsOf(snapshot, namedEdges(snapshot)(name))) {
      for (let at = first; at >= 0 && isReaction(at) && !seen.has(at); at = next(at)) {
        seen.add(at)
        const {how, function: waiter, step, nodes} = site(at, 0)
        const [node = at, ...kept] = nodes
        const key =
          (waiter < 0 ? 0 : codeOfFunction(snapshot, waiter) + 1) * KEYS + HOW.indexOf(how) * MAX_AWAITS + step + 1
        groups.add(key, node, 1, () => ({how, function: waiter, step}), promise, kept)
      }
    }
  }
  return groups.all()
}

/** Whether something waits for a promise, so that it is pending: one that is settled has no reactions any more. */
export function isWaitedFor(snapshot: Snapshot, promise: number): boolean {
  const target = internalTargets(snapshot)
  const {isReaction} = reactions(snapshot)
  return (['reactions_or_result', 'reactions'] as const).some(name => {
    const first = target(promise, name)
    return first >= 0 && isReaction(first)
  })
}

interface Reactions {
  isReaction(node: number): boolean
  /** The next of a promise's reactions; -1 for the last. */
  next(reaction: number): number
  site(reaction: number, steps: number): Site
}

const reactions = memoize((snapshot: Snapshot): Reactions => {
  const {edgeKind, edgeTarget, firstEdge, nodeName, strings} = snapshot
  const names = strings.setOf('PromiseReaction', 'system / PromiseReaction')
  const capabilities = strings.setOf('PromiseCapability', 'system / PromiseCapability')
  const target = internalTargets(snapshot)
  const isReaction = (node: number) => !isText(snapshot, node) && names.has(nodeName[node])
  const slots = (node: number, kinds: readonly number[]) => {
    const found: number[] = []
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (kinds.includes(edgeKind[edge])) found.push(edgeTarget[edge])
    }
    return found
  }
  const hidden = (node: number) => slots(node, [EdgeKind.hidden])
  const firstReaction = (promise: number) => {
    const first = Math.max(target(promise, 'reactions_or_result'), target(promise, 'reactions'))
    return first >= 0 && isReaction(first) ? first : -1
  }
  /** Functions of people's live on, if something else has them. */
  const keptBy = (reaction: number) =>
    hidden(reaction).filter(
      node =>
        !isReaction(node) && (isThing(snapshot, node) || (isFunction(snapshot, node) && codeRow(snapshot, node) < 0)),
    )
  const nobody = (reaction: number): Site => ({how: 'nobody', function: -1, step: -1, nodes: keptBy(reaction)})
  const site = (reaction: number, steps: number): Site => {
    const handlers = hidden(reaction).filter(node => isFunction(snapshot, node))
    const own = handlers.find(handler => codeRow(snapshot, handler) >= 0)
    if (own !== undefined) return {how: 'then', function: own, step: -1, nodes: keptBy(reaction)}
    const contexts = handlers.map(handler => target(handler, 'context')).filter(context => context >= 0)
    for (const context of contexts) {
      const generator = target(context, 'extension')
      const waiter = generator < 0 ? -1 : target(generator, 'function')
      if (waiter >= 0) return {how: 'await', function: waiter, step: stepOf(snapshot, generator), nodes: [generator]}
    }
    // One that rejects knows the promise alone, even of Promise.all.
    const found = contexts.flatMap(context => behind(context, reaction, steps) ?? [])
    const best = found.find(({how}) => how !== 'follows') ?? found[0]
    if (best !== undefined) return best
    // Without a handler, the promise that `then` has made waits for the same.
    const derived = hidden(reaction).findLast(node => firstReaction(node) >= 0)
    return handlers.length === 0 && derived !== undefined
      ? follow(derived, 'follows', reaction, steps)
      : nobody(reaction)
  }
  /** What a handler of V8's is for: a function of `finally`, a promise that follows, or one of `Promise.all` and the like. */
  const behind = (context: number, reaction: number, steps: number): Site | undefined => {
    const variables = slots(context, [EdgeKind.hidden, EdgeKind.context])
    const own = variables.find(node => isFunction(snapshot, node) && codeRow(snapshot, node) >= 0)
    if (own !== undefined) return {how: 'then', function: own, step: -1, nodes: keptBy(reaction)}
    const capability = variables.find(node => capabilities.has(nodeName[node]))
    const promises = capability === undefined ? variables : hidden(capability)
    const promise = promises.find(node => firstReaction(node) >= 0)
    return promise === undefined
      ? undefined
      : follow(promise, capability === undefined ? 'follows' : 'all', reaction, steps)
  }
  const follow = (promise: number, how: WaitHow, reaction: number, steps: number): Site => {
    if (steps >= MAX_STEPS) return nobody(reaction)
    const found = site(firstReaction(promise), steps + 1)
    return {...found, how: found.how === 'nobody' ? found.how : how, nodes: keptBy(reaction)}
  }
  return {isReaction, next: reaction => hidden(reaction).find(isReaction) ?? -1, site}
})

/** V8's number of the await that a function is suspended at (`continuation`); -1 in files without numbers. */
function stepOf(snapshot: Snapshot, generator: number): number {
  const continuation = internalTargets(snapshot)(generator, 'continuation')
  return continuation < 0 ? -1 : Math.min(numberValue(snapshot, continuation) ?? -1, MAX_AWAITS - 2)
}
