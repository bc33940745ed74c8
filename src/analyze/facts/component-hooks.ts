/** The hooks of React's function components, as React keeps them: a list that hangs on the component's fiber. */
import {hookOf} from '../../snapshot/code/given-to.ts'
import {type HookCall, hookCalls} from '../../snapshot/code/hook-calls.ts'
import {internalTargets, propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {components, inUseTest} from './components.ts'
import {frameworkParts, isShaped, Part, Shape} from './framework-parts.ts'

export interface ComponentHook {
  /** React's record of the hook: ordinal. */
  node: number
  /** What its record looks like: `useRef`; effects of all kinds are `useEffect`; `hook` where several look alike. */
  name: string
  /** Which of those called so, in the order of the calls, from 1 on. */
  number: number
  /** What the record has for it: an effect's record, a ref, the pair of value and dependencies; -1 if there is none. */
  state: number
  /** Where its updates wait: -1 for hooks without. */
  queue: number
}

/** Hooks of one component that are looked at. */
const MAX_HOOKS = 1000

/** In the order in which the component calls them; none for other nodes, and for components that React has let go of. Bounded by the number of hooks. */
export function hooksOf(snapshot: Snapshot, fiber: number): readonly ComponentHook[] {
  return getOrMake(knownHooks(snapshot), fiber, () => findHooks(snapshot, fiber))
}

const knownHooks = memoize((_: Snapshot) => new Map<number, readonly ComponentHook[]>())

function findHooks(snapshot: Snapshot, fiber: number): ComponentHook[] {
  if (frameworkParts(snapshot)?.[fiber] !== Part.fiber) return []
  const found: ComponentHook[] = []
  const count = new Map<string, number>()
  let node = propertyTarget(snapshot, fiber, 'memoizedState')
  for (
    ;
    isShaped(snapshot, node, Shape.hook) && found.length < MAX_HOOKS;
    node = propertyTarget(snapshot, node, 'next')
  ) {
    const state = propertyTarget(snapshot, node, 'memoizedState')
    const queue = objectOrNone(snapshot, propertyTarget(snapshot, node, 'queue'))
    const name = nameOf(snapshot, state, queue, found.at(-1)?.name ?? '')
    const number = (count.get(name) ?? 0) + 1
    count.set(name, number)
    found.push({node, name, number, state, queue})
  }
  return found
}

function objectOrNone({nodeKind}: Snapshot, node: number): number {
  return node >= 0 && nodeKind[node] === NodeKind.object ? node : -1
}

/** What `mountState`, `mountRef` and the like make (react-reconciler/src/ReactFiberHooks.js). */
function nameOf(snapshot: Snapshot, state: number, queue: number, before: string): string {
  const {nodeKind, types} = snapshot
  if (queue >= 0) {
    if (propertyTarget(snapshot, queue, 'getSnapshot') >= 0) return 'useSyncExternalStore'
    return isOwnReducer(snapshot, queue) ? 'useReducer' : 'useState'
  }
  if (isShaped(snapshot, state, Shape.effect)) {
    // A store is subscribed to by an effect of React's own: a bound function.
    const create = propertyTarget(snapshot, state, 'create')
    const isBound = create >= 0 && internalTargets(snapshot)(create, 'bound_function') >= 0
    return isBound && before === 'useSyncExternalStore' ? before : 'useEffect'
  }
  if (state < 0) return 'hook'
  if (nodeKind[state] === NodeKind.closure) return 'useTransition'
  if (nodeKind[state] !== NodeKind.object) return 'hook'
  if (propertyTarget(snapshot, state, 'current') >= 0) return 'useRef'
  return types.names[types.ofNode[state]] === 'Array' ? 'useMemo' : 'hook'
}

/**
 * Whether the reducer is people's: that of `useState` is React's own, and sees what the function sees that takes updates
 * (`basicStateReducer`, `dispatchSetState`).
 */
function isOwnReducer(snapshot: Snapshot, queue: number): boolean {
  const internal = internalTargets(snapshot)
  const reducer = propertyTarget(snapshot, queue, 'lastRenderedReducer')
  const dispatch = propertyTarget(snapshot, queue, 'dispatch')
  if (reducer < 0 || dispatch < 0) return false
  const target = internal(dispatch, 'bound_function')
  return target >= 0 && internal(target, 'context') !== internal(reducer, 'context')
}

/** Uint32Array(n): of React's record of a hook its place among those of its component, from 1 on; 0 for all else. Undefined for heaps without. */
export function hookPlaces(snapshot: Snapshot): Uint32Array | undefined {
  return hookRecords(snapshot)?.places
}

/** The fiber of the component whose hook a record is, and the hook; undefined for all else. */
export function hookOfRecord(snapshot: Snapshot, record: number): {fiber: number; hook: ComponentHook} | undefined {
  const records = hookRecords(snapshot)
  const place = records?.places[record] ?? 0
  if (records === undefined || place === 0) return undefined
  const fiber = records.fibers[record]
  const hook = hooksOf(snapshot, fiber)[place - 1]
  return hook && {fiber, hook}
}

/** `fibers`: Uint32Array(n), of a record the fiber through which it was found first. */
const hookRecords = memoize((snapshot: Snapshot): {places: Uint32Array; fibers: Uint32Array} | undefined => {
  const parts = frameworkParts(snapshot)
  if (parts === undefined || !parts.includes(Part.fiber)) return undefined
  const places = new Uint32Array(snapshot.nodeCount)
  const fibers = new Uint32Array(snapshot.nodeCount)
  for (let node = 0; node < snapshot.nodeCount; node++) {
    if (parts[node] !== Part.fiber) continue
    let hook = propertyTarget(snapshot, node, 'memoizedState')
    for (let place = 1; place <= MAX_HOOKS && isShaped(snapshot, hook, Shape.hook); place++) {
      if (places[hook] > 0) break
      places[hook] = place
      fibers[hook] = node
      hook = propertyTarget(snapshot, hook, 'next')
    }
  }
  return {places, fibers}
})

export interface HookHolds {
  /** Whether a node is React's record of a hook of a component in use. */
  isRecord(node: number): boolean
  /** Whether a node is what such a hook has, from one render to the next. */
  isValue(node: number): boolean
  /** Whether a node is what React has made of such values for a render: properties, dependencies. */
  isCopy(node: number): boolean
  /** Whether a node is the record of an effect of such a component. */
  isEffect(node: number): boolean
}

/** What hooks of components in use have: as long as these are in use, it lives, whoever else sees it. Linear; undefined for heaps without. */
export const heldByHooks = memoize((snapshot: Snapshot): HookHolds | undefined => {
  if (hookPlaces(snapshot) === undefined) return undefined
  const isInUse = inUseTest(snapshot)
  const [records, values, copies, effects] = [0, 1, 2, 3].map(() => new BitSet(snapshot.nodeCount))
  const {nodeCount, nodeKind} = snapshot
  const add = (set: BitSet, node: number) => {
    if (node >= 0 && nodeKind[node] === NodeKind.object) set.add(node)
  }
  const property = (node: number, name: string) => (node < 0 ? -1 : propertyTarget(snapshot, node, name))
  const addRing = (effect: number) => {
    for (const one of effect < 0 || effects.has(effect) ? [] : ringOf(snapshot, effect)) {
      effects.add(one)
      add(copies, property(one, 'deps'))
    }
  }
  for (let fiber = 0; fiber < nodeCount; fiber++) {
    if (!isInUse(fiber)) continue
    for (const name of ['memoizedProps', 'pendingProps']) add(copies, property(fiber, name))
    addRing(lastEffectOf(snapshot, fiber))
    let record = property(fiber, 'memoizedState')
    for (let place = 1; place <= MAX_HOOKS && isShaped(snapshot, record, Shape.hook); place++) {
      records.add(record)
      const state = property(record, 'memoizedState')
      const isEffect = isShaped(snapshot, state, Shape.effect)
      if (isEffect) addRing(state)
      else add(values, state)
      add(values, property(property(record, 'queue'), 'lastRenderedState'))
      for (const [index, node] of isEffect ? [] : elementsOf(snapshot, state)) add(index === 0 ? values : copies, node)
      record = property(record, 'next')
    }
  }
  return {
    isRecord: node => records.has(node),
    isValue: node => values.has(node),
    isCopy: node => copies.has(node),
    isEffect: node => effects.has(node),
  }
})

/** The first two of an array: the value and the dependencies of a `useMemo`, where it is one's. */
function elementsOf(
  {edgeKind, edgeName, edgeTarget, firstEdge}: Snapshot,
  node: number,
): [index: number, node: number][] {
  const found: [number, number][] = []
  for (let edge = node < 0 ? 0 : firstEdge[node]; node >= 0 && edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.element && edgeName[edge] < 2) found.push([edgeName[edge], edgeTarget[edge]])
  }
  return found.length === 2 ? found : []
}

/** The effects that were pushed in the same render as one: a ring, in the order of the hooks; that one first. */
function ringOf(snapshot: Snapshot, effect: number): number[] {
  const ring: number[] = []
  let next = effect
  for (
    ;
    isShaped(snapshot, next, Shape.effect) && ring.length < MAX_HOOKS;
    next = propertyTarget(snapshot, next, 'next')
  ) {
    if (next === effect && ring.length > 0) break
    ring.push(next)
  }
  return ring
}

/** The last effect of a component's last render; -1 if there is none. */
function lastEffectOf(snapshot: Snapshot, fiber: number): number {
  const queue = propertyTarget(snapshot, fiber, 'updateQueue')
  return queue < 0 ? -1 : propertyTarget(snapshot, queue, 'lastEffect')
}

/**
 * The hook that an effect is of, of a fiber or the one it takes turns with: by its record, or by its place in the ring of another's. Up to
 * React 17 the record has an earlier effect where nothing has changed (`updateEffectImpl`).
 */
export function hookOfEffect(snapshot: Snapshot, fiber: number, effect: number): ComponentHook | undefined {
  const own = hookWith(snapshot, fiber, effect)
  if (own !== undefined) return own
  for (const one of [fiber, propertyTarget(snapshot, fiber, 'alternate')]) {
    if (one < 0) continue
    const hooks = hooksOf(snapshot, one).filter(({state}) => isShaped(snapshot, state, Shape.effect))
    const starts = [...hooks.map(({state}) => state), lastEffectOf(snapshot, one)]
    for (const [place, start] of starts.entries()) {
      const turn = ringOf(snapshot, start).indexOf(effect)
      // The last effect stands behind the others, as the last hook's.
      if (turn >= 0) return hooks[(Math.min(place, hooks.length - 1) + turn) % hooks.length]
    }
  }
  return undefined
}

/** The hook of a fiber, or of the fiber that it takes turns with, that has a record or a queue; undefined if none has. */
export function hookWith(snapshot: Snapshot, fiber: number, part: number): ComponentHook | undefined {
  const alternate = propertyTarget(snapshot, fiber, 'alternate')
  const isOf = ({node, state, queue}: ComponentHook) => node === part || state === part || queue === part
  return hooksOf(snapshot, fiber).find(isOf) ?? (alternate < 0 ? undefined : hooksOf(snapshot, alternate).find(isOf))
}

/** What a person calls a hook: the call that made it, as far as the text of the script tells. */
export interface NamedHook {
  /** `useRef`. */
  name: string
  /** Which of the calls of that name, from 1 on. */
  number: number
  /** The hook of people's own that calls it: `useResize`; '' for the component itself. */
  owner: string
  /** A closure of the script and the call's offset in its text; -1 where that is not known. */
  closure: number
  offset: number
}

/** How many records React makes for a call of each of its hooks (`mountState` and the like, react-reconciler/src/ReactFiberHooks.js). */
const RECORDS: Record<string, number> = {
  use: 0,
  useContext: 0,
  useDebugValue: 0,
  useState: 1,
  useReducer: 1,
  useRef: 1,
  useMemo: 1,
  useCallback: 1,
  useEffect: 1,
  useLayoutEffect: 1,
  useInsertionEffect: 1,
  useImperativeHandle: 1,
  useDeferredValue: 1,
  useEffectEvent: 1,
  useId: 1,
  useOptimistic: 1,
  useSyncExternalStore: 2,
  useTransition: 2,
  useActionState: 3,
  useFormState: 3,
}

/** `fiber`: that has the hook. */
export function namedHook(snapshot: Snapshot, fiber: number, hook: ComponentHook): NamedHook {
  const closure = components(snapshot)?.definitionOf(fiber) ?? -1
  const call = closure < 0 ? undefined : callOf(hookCalls(snapshot, closure), hooksOf(snapshot, fiber), hook)
  if (call !== undefined) return {...call, owner: '', closure}
  const create = isShaped(snapshot, hook.state, Shape.effect) ? propertyTarget(snapshot, hook.state, 'create') : -1
  const given = create < 0 ? undefined : hookOf(snapshot, create)
  const {name, number} = hook
  return given === undefined ? {name, number, owner: '', closure: -1, offset: -1} : {...given, closure: create}
}

/**
 * The call that made a hook. People's own hooks have as many records as the hooks that they call, which is not known here: what is called
 * before the first of them is counted from the beginning, what is called behind the last from the end.
 */
function callOf(
  calls: readonly HookCall[],
  hooks: readonly ComponentHook[],
  hook: ComponentHook,
): HookCall | undefined {
  const isOwn = ({name}: HookCall) => !Object.hasOwn(RECORDS, name)
  const first = calls.findIndex(isOwn)
  const index = hooks.indexOf(hook)
  const before = recordsOf(first < 0 ? calls : calls.slice(0, first))
  if (first < 0) return before.length === hooks.length ? before[index] : undefined
  const after = recordsOf(calls.slice(calls.findLastIndex(isOwn) + 1))
  if (before.length + after.length > hooks.length) return undefined
  return before[index] ?? after[index - (hooks.length - after.length)]
}

/** For each record the call that made it. */
function recordsOf(calls: readonly HookCall[]): HookCall[] {
  return calls.flatMap(call => Array.from({length: RECORDS[call.name]}, () => call))
}
