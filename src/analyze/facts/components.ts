/** Components of user-interface frameworks: which are in use, and which are unmounted and yet alive. */
import {functionName} from '../../snapshot/code/bound-functions.ts'
import {propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {originalOfFunction} from '../../snapshot/code/original-names.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {memoize} from '../../util/memo.ts'
import {selectorOfAngular, shownByAngular} from './angular-views.ts'
import {angularClass, frameworkParts, Part} from './framework-parts.ts'
import {oddballValue, stringValue} from './property-value.ts'

/** `alternate`: the other of the two fibers that React has for a component in use: what was shown before, or will be next. */
export type ComponentState = 'mounted' | 'alternate' | 'unmounted'

const STATES: readonly (ComponentState | undefined)[] = [undefined, 'mounted', 'alternate', 'unmounted']
const [NONE, MOUNTED, ALTERNATE, UNMOUNTED] = [0, 1, 2, 3]

export interface Components {
  /** Of the object that a framework has for a component, or a component's own instance; undefined for all else. */
  stateOf(node: number): ComponentState | undefined
  /** What the component was made by: its function or class, the object that describes it; -1 for all else. */
  definitionOf(node: number): number
  /** Unmounted components made by `definition` in the heap. */
  unmounted(definition: number): number
}

/** Undefined for heaps without components. Linear in the nodes. */
export const components = memoize((snapshot: Snapshot): Components | undefined => {
  const parts = frameworkParts(snapshot)
  if (parts === undefined) return undefined
  const states = new Uint8Array(snapshot.nodeCount)
  const mounted = mountedFibers(snapshot, parts)
  const isShown = parts.includes(Part.angular) ? shownByAngular(snapshot) : () => false
  const counts = new Map<number, number>()
  const property = (node: number, name: string) => propertyTarget(snapshot, node, name)
  for (let node = 0; node < snapshot.nodeCount; node++) {
    if (parts[node] === Part.none || definitionOf(snapshot, parts, node) < 0) continue
    states[node] = stateOfPart(node)
    // Of two fibers that nobody shows the one with the smaller number counts.
    const other = parts[node] === Part.fiber ? property(node, 'alternate') : -1
    const isSecond = other >= 0 && parts[other] === Part.fiber && other < node
    if (states[node] !== UNMOUNTED || isSecond) continue
    const definition = definitionOf(snapshot, parts, node)
    counts.set(definition, (counts.get(definition) ?? 0) + 1)
  }
  // An instance of a class component has its fiber as `_reactInternals` (ReactFiberClassComponent.js).
  const partFor = (node: number) => {
    if (parts[node] !== Part.none || snapshot.nodeKind[node] !== NodeKind.object) return node
    const fiber = property(node, '_reactInternals')
    return fiber >= 0 && parts[fiber] === Part.fiber ? fiber : node
  }
  return {
    stateOf: node => STATES[states[partFor(node)]],
    definitionOf: node => definitionOf(snapshot, parts, partFor(node)),
    unmounted: definition => counts.get(definition) ?? 0,
  }

  function stateOfPart(node: number): number {
    if (parts![node] === Part.vue) return isTrue(snapshot, property(node, 'isUnmounted')) ? UNMOUNTED : MOUNTED
    if (parts![node] === Part.vue2) return isTrue(snapshot, property(node, '_isDestroyed')) ? UNMOUNTED : MOUNTED
    if (parts![node] === Part.angular) return isShown(node) ? MOUNTED : UNMOUNTED
    return parts![node] === Part.fiber ? mounted[node] || UNMOUNTED : NONE
  }
})

/** Whether a node is one of the two fibers that React has for a component in use. */
export function inUseTest(snapshot: Snapshot): (node: number) => boolean {
  const parts = frameworkParts(snapshot)
  const found = components(snapshot)
  if (parts === undefined || found === undefined) return () => false
  return node => {
    const state = parts[node] === Part.fiber ? found.stateOf(node) : undefined
    return state === 'mounted' || state === 'alternate'
  }
}

function isTrue(snapshot: Snapshot, node: number): boolean {
  return node >= 0 && oddballValue(snapshot, node) === 'true'
}

/**
 * Uint8Array(n): the fibers that a root shows, from `current` on by child and sibling, and their alternates. Fibers of what is unmounted
 * are in no root's tree, whether React has cleared them (`detachFiberAfterEffects`, from 18 on) or not.
 */
function mountedFibers(snapshot: Snapshot, parts: Uint8Array): Uint8Array {
  const states = new Uint8Array(snapshot.nodeCount)
  const waiting = new GrowableUint32()
  const take = (node: number) => {
    if (node < 0 || parts[node] !== Part.fiber || states[node] === MOUNTED) return
    states[node] = MOUNTED
    waiting.push(node)
  }
  for (let node = 0; node < snapshot.nodeCount; node++) {
    if (parts[node] === Part.fiberRoot) take(propertyTarget(snapshot, node, 'current'))
  }
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    take(propertyTarget(snapshot, node, 'child'))
    take(propertyTarget(snapshot, node, 'sibling'))
    const alternate = propertyTarget(snapshot, node, 'alternate')
    if (alternate >= 0 && parts[alternate] === Part.fiber && states[alternate] === NONE) states[alternate] = ALTERNATE
  }
  return states
}

/** `memo` and `forwardRef` may stand around one another (React.memo, React.forwardRef). */
const MAX_WRAPPERS = 4

/** What an instance of Vue 2's has of its own inherits from its component's options (`initInternalComponent`); the root's is all there is. */
function optionsOfVue2(snapshot: Snapshot, instance: number): number {
  const own = propertyTarget(snapshot, instance, '$options')
  const inherited = own < 0 ? -1 : propertyTarget(snapshot, own, '__proto__')
  return inherited >= 0 && propertyTarget(snapshot, inherited, '_base') >= 0 ? inherited : own
}

/** Of elements and fragments, whose type is a text or a symbol, and of contexts: -1. */
function definitionOf(snapshot: Snapshot, parts: Uint8Array, node: number): number {
  const {nodeKind} = snapshot
  if (parts[node] === Part.vue2) return optionsOfVue2(snapshot, node)
  if (parts[node] === Part.angular) return angularClass(snapshot, node)
  let type = parts[node] === Part.fiber || parts[node] === Part.vue ? propertyTarget(snapshot, node, 'type') : -1
  if (parts[node] === Part.vue) return type
  for (let step = 0; step < MAX_WRAPPERS && type >= 0 && nodeKind[type] === NodeKind.object; step++) {
    const inner = propertyTarget(snapshot, type, 'render')
    type = inner >= 0 ? inner : propertyTarget(snapshot, type, 'type')
  }
  return type >= 0 && nodeKind[type] === NodeKind.closure ? type : -1
}

/** What a component is called: by what it says itself, else as its function is; Angular's by its element, as in Angular's own DevTools. */
export function componentName(snapshot: Snapshot, definition: number): string {
  const selector = selectorOfAngular(snapshot, definition)
  if (selector !== '') return selector
  // `displayName`: React; `__name`: written by Vue's compiler of single-file components; `name`: Vue's option.
  const isFunction = snapshot.nodeKind[definition] === NodeKind.closure
  for (const property of isFunction ? ['displayName'] : ['name', '__name', '_componentTag']) {
    const value = propertyTarget(snapshot, definition, property)
    const text = value < 0 ? undefined : stringValue(snapshot, value)
    if (text) return text
  }
  const name = isFunction ? (originalOfFunction(snapshot, definition) ?? functionName(snapshot, definition)) : ''
  return name || 'Anonymous'
}
