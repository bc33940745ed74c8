/** Rules for suspended functions and promises (`JSGeneratorObject`, js-generator.tq; `PromiseReaction`, promise.tq). */
import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import {sourcePlace} from '../places/source-place.ts'
import type {Chain} from './code-chain.ts'
import type {Fold, Rule} from './code-fold.ts'
import {functionName, isBuiltin} from './code-nodes.ts'
import {asyncStore} from './nodejs-rules.ts'

/** `generator → parameters_and_registers → slot`: names of locals are not in the file. */
export const suspended: Rule = (chain, at) => {
  const slot = chain.slot(at + 1)
  // Of a function that was reached by what it waits for, that it is suspended is said already.
  const isSaid = at > 0 && chain.is(at - 1, EdgeKind.internal, 'extension')
  if (isSaid && slot >= 0) return {length: 2, step: {kind: 'local', slot}, inCode: true}
  const of = functionOf(chain, chain.source(at))
  const isAsync = isAsyncFunction(chain, chain.source(at))
  const {name, place} = functionWords(chain, of, chain.source(at))
  return {length: 1, step: {kind: 'suspended', functionName: name, isAsync}, place, inCode: true}
}

export const local: Rule = (chain, at) => {
  const isRegisters = at > 0 && chain.is(at - 1, EdgeKind.internal, 'parameters_and_registers')
  const slot = chain.slot(at)
  return isRegisters && slot >= 0 ? {length: 1, step: {kind: 'local', slot}, inCode: true} : undefined
}

/** `promise → reaction … → handler`, and through V8's own handlers of an `await` on to the function that waits. */
export const reaction: Rule = (chain, at) => {
  let end = at + 1
  if (!isReaction(chain, end - 1)) {
    return chain.type(chain.source(at)) === 'Promise' ? {length: 1, step: {kind: 'promise', part: 'result'}} : undefined
  }
  while (chain.kind(end) === EdgeKind.hidden && isReaction(chain, end)) end++
  if (chain.kind(end) !== EdgeKind.hidden) return undefined
  return ofReaction(chain, at, end)
}

/** The same from a reaction on. */
export const fromReaction: Rule = (chain, at) => {
  if (!chain.isRaw(chain.source(at), 'PromiseReaction')) return undefined
  let end = at
  while (chain.kind(end) === EdgeKind.hidden && isReaction(chain, end)) end++
  return chain.kind(end) === EdgeKind.hidden ? ofReaction(chain, at, end) : undefined
}

function ofReaction(chain: Chain, at: number, end: number): Fold | undefined {
  const {snapshot} = chain
  const node = chain.target(end)
  const length = end + 1 - at
  const store = asyncStore(chain, end)
  if (store !== undefined) return {...store, length: length + store.length - 1}
  const then = (functionName: string): Fold => ({length, step: {kind: 'reaction', functionName}, inCode: true})
  if (snapshot.nodeKind[node] !== NodeKind.closure) return then('')
  if (!isBuiltin(chain.snapshot, node)) return then(functionName(snapshot, node))
  const generator = end + 2
  const isAwait =
    chain.is(end + 1, EdgeKind.internal, 'context') &&
    generator < chain.length &&
    isGenerator(chain, chain.target(generator))
  if (!isAwait) return then('')
  const {name, place} = functionWords(chain, functionOf(chain, chain.target(generator)), chain.target(generator))
  return {
    length: generator + 1 - at,
    step: {kind: 'awaited', functionName: name, isAsync: true},
    place,
    inCode: true,
  }
}

/** `generator of an async function → its promise → … → the function that waits for it`. */
export const awaitedResult: Rule = (chain, at) => {
  if (chain.targetType(at) !== 'Promise' || !isGenerator(chain, chain.source(at))) return undefined
  const next = chain.is(at + 1, EdgeKind.internal, 'reactions_or_result') ? reaction(chain, at + 1) : undefined
  if (next === undefined) return {length: 1, step: {kind: 'promise', part: 'own'}}
  return {...next, length: next.length + 1}
}

function isReaction(chain: Chain, at: number): boolean {
  return at < chain.length && chain.isRaw(chain.target(at), 'PromiseReaction')
}

function isGenerator({snapshot}: Chain, node: number): boolean {
  return internalTargets(snapshot)(node, 'parameters_and_registers') >= 0
}

function functionOf({snapshot}: Chain, generator: number): number {
  return internalTargets(snapshot)(generator, 'function')
}

function functionWords({snapshot}: Chain, closure: number, generator: number): {name: string; place: string} {
  const place = sourcePlace(snapshot, closure < 0 ? generator : closure) || sourcePlace(snapshot, generator)
  return {name: (closure < 0 ? '' : functionName(snapshot, closure)) || '(anonymous)', place}
}

/** The generators of async functions have the promise that they will settle. */
function isAsyncFunction(chain: Chain, generator: number): boolean {
  const {edgeKind, edgeTarget, firstEdge} = chain.snapshot
  for (let edge = firstEdge[generator]; edge < firstEdge[generator + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.hidden && chain.type(edgeTarget[edge]) === 'Promise') return true
  }
  return false
}
