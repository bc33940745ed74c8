/**
 * Objects that user-interface frameworks make for a component, known by the set of their properties: minified builds keep those, and no
 * constructor's name. Only properties that always hold an object or null are asked for, since small numbers have no edges.
 */
import {internalTargets, propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {memoize} from '../../util/memo.ts'

/** What an object is to its framework. */
export const Part = {none: 0, fiber: 1, fiberRoot: 2, vue: 3, vue2: 4, angular: 5} as const
export type Part = (typeof Part)[keyof typeof Part]

/** Of Angular's components there are the people's own instances only: `ANGULAR_DEFINITION` tells them. */
const PROPERTIES: Record<Exclude<Part, 0 | typeof Part.angular>, readonly string[]> = {
  // React 16.9 to 19: FiberNode (react-reconciler/src/ReactFiber.js), FiberRootNode (ReactFiberRoot.js); Preact and Solid have none.
  [Part.fiber]: [
    'return',
    'child',
    'sibling',
    'alternate',
    'stateNode',
    'elementType',
    'type',
    'pendingProps',
    'memoizedProps',
    'memoizedState',
    'updateQueue',
  ],
  [Part.fiberRoot]: ['containerInfo', 'current', 'pendingChildren', 'pingCache', 'context', 'pendingContext'],
  // Vue 3: createComponentInstance (packages/runtime-core/src/component.ts).
  [Part.vue]: ['vnode', 'type', 'parent', 'appContext', 'subTree', 'scope', 'provides', 'isMounted', 'isUnmounted'],
  // Vue 2: initLifecycle and initRender (src/core/instance/lifecycle.ts, render.ts).
  [Part.vue2]: ['$options', '$parent', '$children', '_isMounted', '_isDestroyed', '_isBeingDestroyed', '_vnode'],
}

/** Where Angular's compiler writes what it knows of a component: a static property of its class, whose name minifiers keep (packages/core/src/render3/fields.ts). */
export const ANGULAR_DEFINITION = 'ɵcmp'

/** What hangs on those, and is looked for there only: the properties say little by themselves. */
export const Shape = {
  // ReactFiberHooks.js: Hook; its effects, of React 17 to 19; an update queue.
  hook: ['memoizedState', 'baseState', 'baseQueue', 'queue', 'next'],
  effect: ['create', 'deps', 'next'],
  queue: ['pending', 'dispatch', 'lastRenderedReducer'],
  // zone.js, lib/zone-impl.ts: ZoneTask.
  zoneTask: ['source', 'invoke', 'callback', 'scheduleFn', 'cancelFn', '_zone', '_zoneDelegates'],
  // Angular's TView (packages/core/src/render3/interfaces/view.ts), from 9 on.
  angularView: ['blueprint', 'template', 'declTNode', 'data', 'components', 'directiveRegistry'],
  // ReactFiberNewContext.js: ContextDependency.
  context: ['context', 'memoizedValue', 'next'],
} as const

/** Whether an object has the properties of a shape; those that may be small numbers, which have no edges, are not asked for. */
export function isShaped(snapshot: Snapshot, node: number, shape: readonly string[]): boolean {
  if (node < 0 || snapshot.nodeKind[node] !== NodeKind.object) return false
  return shape.every(name => MAY_BE_NUMBER.has(name) || propertyTarget(snapshot, node, name) >= 0)
}

const MAY_BE_NUMBER = new Set(['memoizedState', 'baseState', 'memoizedValue'])

/** Uint8Array(n): every object's part; undefined for heaps without any. Linear; objects of one hidden class (V8's map) are looked at once. */
export const frameworkParts = memoize((snapshot: Snapshot): Uint8Array | undefined => {
  const wanted = wantedParts(snapshot)
  const hasAngular = snapshot.strings.setOf(ANGULAR_DEFINITION).size > 0
  if (wanted.length === 0 && !hasAngular) return undefined
  const {nodeCount, nodeKind, firstEdge} = snapshot
  const fewest = hasAngular ? FEWEST_OF_INSTANCE : Math.min(...wanted.map(({names}) => names.length))
  const find = (node: number) => {
    const part = partOf(snapshot, node, wanted)
    return part === Part.none && hasAngular && angularClass(snapshot, node) >= 0 ? Part.angular : part
  }
  const mapOf = internalTargets(snapshot)
  const parts = new Uint8Array(nodeCount)
  // By ordinal of the hidden class: 1 + the part of its objects.
  const ofMap = new Uint8Array(nodeCount)
  let found = false
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object || firstEdge[node + 1] - firstEdge[node] < fewest) continue
    const map = mapOf(node, 'map')
    const part = map >= 0 && ofMap[map] > 0 ? ofMap[map] - 1 : find(node)
    if (map >= 0) ofMap[map] = part + 1
    parts[node] = part
    found ||= part !== Part.none
  }
  return found ? parts : undefined
})

/** Its prototype, its hidden class, and what Angular knows it by. */
const FEWEST_OF_INSTANCE = 2

/** The class of a component of Angular's that an object is an instance of; -1 for all else, and for prototypes of classes below such a class. */
export function angularClass(snapshot: Snapshot, node: number): number {
  const prototype = propertyTarget(snapshot, node, '__proto__')
  if (prototype < 0 || snapshot.nodeKind[prototype] !== NodeKind.object) return -1
  if (propertyTarget(snapshot, node, 'constructor') >= 0) return -1
  const made = propertyTarget(snapshot, prototype, 'constructor')
  const isClass = made >= 0 && snapshot.nodeKind[made] === NodeKind.closure
  return isClass && propertyTarget(snapshot, made, ANGULAR_DEFINITION) >= 0 ? made : -1
}

interface WantedPart {
  part: number
  /** Sets of string indexes, one for each property. */
  names: ReturnType<Snapshot['strings']['setOf']>[]
}

/** Those whose properties the heap has all of. */
function wantedParts({strings}: Snapshot): WantedPart[] {
  return Object.entries(PROPERTIES).flatMap(([part, properties]) => {
    const names: WantedPart['names'] = []
    for (const property of properties) {
      const set = strings.setOf(property)
      if (set.size === 0) return []
      names.push(set)
    }
    return [{part: Number(part), names}]
  })
}

function partOf({edgeKind, edgeName, firstEdge}: Snapshot, node: number, wanted: readonly WantedPart[]): number {
  const has = new Set<number>()
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.property) has.add(edgeName[edge])
  }
  const isOf = ({names}: WantedPart) => names.every(set => [...has].some(name => set.has(name)))
  return wanted.find(isOf)?.part ?? Part.none
}
