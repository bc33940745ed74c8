/** Rules for what React keeps of a page's components (react-reconciler/src/ReactFiber.js, ReactFiberHooks.js, ReactFiberNewContext.js). */
import {type ComponentHook, hookOfEffect, hooksOf, hookWith} from '../../analyze/facts/component-hooks.ts'
import {components} from '../../analyze/facts/components.ts'
import {frameworkParts, isShaped, Part, Shape} from '../../analyze/facts/framework-parts.ts'
import {stringValue} from '../../analyze/facts/property-value.ts'
import {propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import {definitionPlace, fiberTitle} from '../words/component-words.ts'
import {hookWords} from '../words/hook-words.ts'
import type {Chain} from './code-chain.ts'
import type {Fold, Rule} from './code-fold.ts'
import {variableOf} from './nodejs-rules.ts'

/** From one fiber to another: to the component around, inside, beside, and to the one that it takes turns with. */
const LINKS = new Set(['return', 'child', 'sibling', 'alternate'])

/**
 * From what has a component to its fiber: elements of a page (react-dom-bindings/src/client/ReactDOMComponentTree.js, with random letters
 * behind), objects of its class, the root.
 */
const INTO_FIBER = /^(?:__react(?:Fiber|InternalInstance|Container)\$\w*|_reactInternals|_reactInternalFiber|current)$/

/** Where the functions that set a state have the fiber and the queue of their hook (`dispatchSetState.bind(null, fiber, queue)`). */
const BOUND = new Set(['bindings', 'bound_arguments'])

/** What a step leads to, of the fiber that the path has come to. */
interface Tail {
  length: number
  /** `useRef #1`, `props`, `context Theme`. */
  part: string
  place?: string
}

/**
 * `element → fiber → return … → memoizedState → next … → memoizedState`: the component, and what of it the path goes through. Links of
 * React's tree are told by where they end.
 */
export const component: Rule = (chain, at) => {
  const {snapshot} = chain
  const parts = frameworkParts(snapshot)
  if (parts === undefined) return undefined
  const isFiber = (node: number) => parts[node] === Part.fiber
  let end = at
  if (!isFiber(chain.source(at))) {
    end += arrival(chain, at)
    if (end === at) return undefined
    if (!isFiber(chain.target(end - 1))) return queueStep(chain, at, end)
  }
  while (end < chain.length && isLink(chain, end) && isFiber(chain.target(end))) end++
  const fiber = chain.source(end)
  const tail = end < chain.length ? tailOf(chain, end, fiber) : undefined
  const length = end + (tail?.length ?? 0) - at
  return length === 0 ? undefined : stepTo(chain, fiber, length, tail)
}

function stepTo(chain: Chain, fiber: number, length: number, tail: Omit<Tail, 'length'> | undefined): Fold {
  const {snapshot} = chain
  const definition = components(snapshot)?.definitionOf(fiber) ?? -1
  return {
    length,
    step: {kind: 'component', title: fiberTitle(snapshot, fiber), part: tail?.part ?? ''},
    place: tail?.place || (definition < 0 ? '' : definitionPlace(snapshot, definition)),
    inCode: true,
  }
}

function isLink(chain: Chain, at: number): boolean {
  return chain.kind(at) === EdgeKind.property && LINKS.has(chain.name(at))
}

/** Edges by which the path comes to a fiber, or to the queue of a hook; 0 if it does not. */
function arrival(chain: Chain, at: number): number {
  const {snapshot} = chain
  const into = (node: number) =>
    frameworkParts(snapshot)?.[node] === Part.fiber || isShaped(snapshot, node, Shape.queue)
  if (chain.kind(at) === EdgeKind.property) {
    return INTO_FIBER.test(chain.name(at)) && frameworkParts(snapshot)?.[chain.target(at)] === Part.fiber ? 1 : 0
  }
  if (chain.kind(at) === EdgeKind.shortcut) {
    return chain.name(at).startsWith('bound_argument_') && into(chain.target(at)) ? 1 : 0
  }
  const isBound = chain.kind(at) === EdgeKind.internal && BOUND.has(chain.name(at))
  return isBound && chain.slot(at + 1) >= 0 && into(chain.target(at + 1)) ? 2 : 0
}

/** From the function that sets a state to the state's queue: the fiber is the argument before. */
function queueStep(chain: Chain, at: number, end: number): Fold | undefined {
  const {edgeTarget, firstEdge} = chain.snapshot
  const queue = chain.target(end - 1)
  const parts = frameworkParts(chain.snapshot)!
  const holder = chain.source(end - 1)
  for (let edge = firstEdge[holder]; edge < firstEdge[holder + 1]; edge++) {
    if (parts[edgeTarget[edge]] !== Part.fiber) continue
    const fiber = edgeTarget[edge]
    const hook = hookWith(chain.snapshot, fiber, queue)
    const state = chain.is(end, EdgeKind.property, 'lastRenderedState') ? 1 : 0
    const words = hook === undefined ? undefined : hookWords(chain.snapshot, fiber, hook)
    const part = words?.text ?? 'state'
    return stepTo(chain, fiber, end + state - at, {
      part: state === 1 ? part : `${part} queue`,
      place: words?.place ?? '',
    })
  }
  return undefined
}

function tailOf(chain: Chain, at: number, fiber: number): Tail | undefined {
  if (chain.kind(at) !== EdgeKind.property) return undefined
  switch (chain.name(at)) {
    case 'memoizedProps':
    case 'pendingProps':
      return {length: 1, part: 'props'}
    case 'memoizedState':
      return hookTail(chain, at, fiber) ?? (isOfClass(chain, fiber) ? {length: 1, part: 'state'} : undefined)
    case 'stateNode':
      return isOfClass(chain, fiber) ? {length: 1, part: 'this'} : undefined
    case 'updateQueue':
      return chain.is(at + 1, EdgeKind.property, 'lastEffect')
        ? inEffect(chain, at, at + 2, fiber)
        : cacheTail(chain, at)
    case 'dependencies':
      return contextTail(chain, at)
    default:
      return undefined
  }
}

/** Whether a component is a class: what it is made as has its own fiber. */
function isOfClass({snapshot}: Chain, fiber: number): boolean {
  const found = components(snapshot)
  return found !== undefined && found.definitionOf(fiber) >= 0 && hooksOf(snapshot, fiber).length === 0
}

/** `memoizedState → next … → memoizedState` and on into what each kind of hook keeps. */
function hookTail(chain: Chain, at: number, fiber: number): Tail | undefined {
  let end = at + 1
  if (!isShaped(chain.snapshot, chain.target(at), Shape.hook)) return undefined
  while (chain.is(end, EdgeKind.property, 'next')) end++
  const hook = hooksOf(chain.snapshot, fiber).find(({node}) => node === chain.source(end))
  if (hook === undefined) return undefined
  return insideHook(chain, at, end, fiber, hook)
}

function insideHook(chain: Chain, at: number, end: number, fiber: number, hook: ComponentHook): Tail {
  const {snapshot} = chain
  const {text, place} = hookWords(snapshot, fiber, hook)
  const to = (length: number, more = '') => ({length: end + length - at, part: text + more, place})
  const is = (offset: number, ...names: string[]) =>
    chain.kind(end + offset) === EdgeKind.property && names.includes(chain.name(end + offset))
  if (is(0, 'queue')) return is(1, 'lastRenderedState') ? to(2) : is(1, 'dispatch') ? to(2, ' setter') : to(1, ' queue')
  if (is(0, 'baseQueue')) return to(1, ' queue')
  if (!is(0, 'memoizedState', 'baseState')) return to(0)
  if (isShaped(snapshot, chain.target(end), Shape.effect)) return inEffect(chain, at, end + 1, fiber) ?? to(1)
  if (hook.name !== 'useMemo') return to(1)
  // The pair of value and dependencies.
  const slots = chain.kind(end + 1) === EdgeKind.element ? 1 : chain.is(end + 1, EdgeKind.internal, 'elements') ? 2 : 0
  const slot = slots === 0 ? -1 : chain.slot(end + slots)
  return slot < 0 ? to(1) : to(1 + slots, slot === 0 ? '' : ' dependencies')
}

/** From an effect's record on: what it does, what it does at the end, its dependencies; or the same of another one further on in the ring. */
function inEffect(chain: Chain, at: number, from: number, fiber: number): Tail | undefined {
  let end = from
  while (chain.is(end, EdgeKind.property, 'next')) end++
  const hook = hookOfEffect(chain.snapshot, fiber, chain.source(end))
  if (hook === undefined) return undefined
  const {text, place} = hookWords(chain.snapshot, fiber, hook)
  const to = (length: number, more = '') => ({length: end + length - at, part: text + more, place})
  if (chain.is(end, EdgeKind.property, 'create')) return to(1)
  if (chain.is(end, EdgeKind.property, 'deps')) return to(1, ' dependencies')
  if (chain.is(end, EdgeKind.property, 'destroy')) return to(1, ' cleanup')
  const isInst = chain.is(end, EdgeKind.property, 'inst') && chain.is(end + 1, EdgeKind.property, 'destroy')
  return isInst ? to(2, ' cleanup') : to(0)
}

/** What React's compiler keeps between renders (`useMemoCache`). */
function cacheTail(chain: Chain, at: number): Tail | undefined {
  if (!chain.is(at + 1, EdgeKind.property, 'memoCache')) return undefined
  return {length: chain.is(at + 2, EdgeKind.property, 'data') ? 3 : 2, part: "compiler's cache"}
}

/** `dependencies → firstContext → next … → memoizedValue`: the contexts that a component has read. */
function contextTail(chain: Chain, at: number): Tail | undefined {
  if (!chain.is(at + 1, EdgeKind.property, 'firstContext')) return undefined
  let end = at + 2
  while (chain.is(end, EdgeKind.property, 'next')) end++
  const record = chain.source(end)
  if (!isShaped(chain.snapshot, record, Shape.context)) return undefined
  const context = propertyTarget(chain.snapshot, record, 'context')
  const name = context < 0 ? '' : contextName(chain, context)
  const isValue = chain.is(end, EdgeKind.property, 'memoizedValue') || chain.is(end, EdgeKind.property, 'context')
  return {length: end + (isValue ? 1 : 0) - at, part: `context ${name}`.trimEnd()}
}

/** As it says itself, else the variable that has it. */
function contextName({snapshot}: Chain, context: number): string {
  const own = propertyTarget(snapshot, context, 'displayName')
  return (own < 0 ? undefined : stringValue(snapshot, own)) || variableOf(snapshot, context)
}
