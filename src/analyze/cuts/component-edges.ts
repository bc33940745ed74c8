/** The edges by which React keeps what a component has, as paths name it: `<App> useRef #2`, `<App> props`. */
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {type ComponentHook, hooksOf, namedHook} from '../facts/component-hooks.ts'
import {componentName, components} from '../facts/components.ts'
import {isNamed} from '../facts/cut-variables.ts'
import {isShaped, Shape} from '../facts/framework-parts.ts'

/** A component, and what of it is meant. */
export interface ComponentPart {
  name: string
  /** `unmounted`, `alternate`; '' for any. */
  state: string
  /** `props`, `this`, `context Theme`; of a hook what it has besides its value, such as `queue`; '' for the component itself, or the value. */
  part: string
  hook?: {owner: string; name: string; number: number}
}

/** What a framework has for the components of a name: ordinals, ascending. */
export function componentsNamed(snapshot: Snapshot, {name, state}: ComponentPart): number[] {
  const found: number[] = []
  const known = components(snapshot)
  if (known === undefined) return found
  const isMeant = new Map<number, boolean>()
  for (let node = 0; node < snapshot.nodeCount; node++) {
    const is = known.stateOf(node)
    if (is === undefined || (state !== '' && is !== state)) continue
    const definition = known.definitionOf(node)
    if (!isMeant.has(definition)) isMeant.set(definition, componentName(snapshot, definition) === name)
    if (isMeant.get(definition) === true) found.push(node)
  }
  return found
}

/** Ascending: the edges by which the components have the part; none for a component itself. Linear in the nodes. */
export function componentEdges(snapshot: Snapshot, meant: ComponentPart): Uint32Array {
  const edges = new GrowableUint32()
  const {hook, part} = meant
  for (const fiber of componentsNamed(snapshot, meant)) {
    const fields: Fields =
      hook === undefined
        ? [[fiber, FIELDS[part.split(' ')[0]] ?? []]]
        : hooksOf(snapshot, fiber)
            .filter(one => isHook(snapshot, fiber, one, meant))
            .flatMap(one => fieldsOf(snapshot, one, part))
    for (const [node, names] of fields) eachEdge(snapshot, node, names, edge => edges.push(edge))
  }
  return Uint32Array.from(new Set(edges.view())).sort()
}

/** Where a fiber has what paths tell without a hook. */
const FIELDS: Record<string, readonly string[]> = {
  props: ['memoizedProps', 'pendingProps'],
  state: ['memoizedState', 'updateQueue'],
  this: ['stateNode'],
  context: ['dependencies'],
  "compiler's": ['updateQueue'],
}

function isHook(snapshot: Snapshot, fiber: number, hook: ComponentHook, {hook: meant}: ComponentPart): boolean {
  const {owner, name, number} = namedHook(snapshot, fiber, hook)
  return owner === meant?.owner && name === meant.name && number === meant.number
}

type Fields = [node: number, names: readonly string[]][]

/** Where a hook has its value, or what else of it is meant. */
function fieldsOf(snapshot: Snapshot, {node, name, state, queue}: ComponentHook, part: string): Fields {
  if (part === 'queue') return [[node, ['queue', 'baseQueue']]]
  if (part === 'setter') return [[queue, ['dispatch']]]
  if (isShaped(snapshot, state, Shape.effect)) return [[state, EFFECT[part] ?? ['create']]]
  if (name === 'useMemo') return [[state, [part === 'dependencies' ? '1' : '0']]]
  return [
    [node, ['memoizedState', 'baseState']],
    [queue, ['lastRenderedState']],
  ]
}

const EFFECT: Record<string, readonly string[]> = {dependencies: ['deps'], cleanup: ['destroy', 'inst']}

/** Properties by name, elements by index. */
function eachEdge(snapshot: Snapshot, node: number, names: readonly string[], visit: (edge: number) => void): void {
  if (node < 0) return
  const {edgeKind, edgeName, firstEdge} = snapshot
  for (const name of names) {
    const isMeant = isNamed(snapshot, name)
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const kind = edgeKind[edge]
      const is =
        kind === EdgeKind.property
          ? isMeant(edgeName[edge])
          : kind === EdgeKind.element && String(edgeName[edge]) === name
      if (is) visit(edge)
    }
  }
}
