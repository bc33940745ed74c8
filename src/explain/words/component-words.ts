/** Components of user-interface frameworks in words: `unmounted <TicketDetail>`. */
import {type Components, componentName, components} from '../../analyze/facts/components.ts'
import {frameworkParts, Part} from '../../analyze/facts/framework-parts.ts'
import {stringValue} from '../../analyze/facts/property-value.ts'
import {propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {sourcePlace} from '../places/source-place.ts'

/** A component that is unmounted and yet alive. */
export interface UnmountedComponent {
  /** `TicketDetail`. */
  name: string
  /** Where it is written; '' if the file does not say. */
  place: string
  /** Unmounted ones in the heap. */
  count: number
}

/** `<TicketDetail>`, `unmounted <TicketDetail>`: what an object is called that a framework has for a component; '' for all else. */
export function componentTitle(snapshot: Snapshot, node: number): string {
  const found = snapshot.nodeKind[node] === NodeKind.object ? components(snapshot) : undefined
  const state = found?.stateOf(node)
  if (found === undefined || state === undefined) return ''
  const name = `<${componentName(snapshot, found.definitionOf(node))}>`
  return state === 'mounted' ? name : `${state} ${name}`
}

/** What a fiber of React's is called on a path, also that of an element or of nothing that people name: `<TicketDetail>`, `<section>`, `React root`. */
export function fiberTitle(snapshot: Snapshot, fiber: number): string {
  const title = componentTitle(snapshot, fiber)
  // Which of a component's two fibers is in use changes with each render.
  if (title !== '') return title.replace(/^alternate /, '')
  const type = propertyTarget(snapshot, fiber, 'type')
  const tag = type < 0 ? undefined : stringValue(snapshot, type)
  if (tag) return `<${tag}>`
  const root = propertyTarget(snapshot, fiber, 'stateNode')
  return root >= 0 && frameworkParts(snapshot)?.[root] === Part.fiberRoot ? 'React root' : 'fiber'
}

/** What several are called together; '' if not all are called so. */
export function componentsTitle(snapshot: Snapshot, nodes: ArrayLike<number>): string {
  if (nodes.length === 0) return ''
  const title = componentTitle(snapshot, nodes[0])
  for (let i = 1; i < nodes.length && title !== ''; i++) if (componentTitle(snapshot, nodes[i]) !== title) return ''
  return title
}

/** The unmounted components among objects: that called `first` before the others, then most first; ties by name. */
export function unmountedAmong(snapshot: Snapshot, nodes: ArrayLike<number>, first: string): UnmountedComponent[] {
  const found = components(snapshot)
  if (found === undefined) return []
  const rank = ({name}: UnmountedComponent) => Number(name === first)
  const definitions = new Set<number>()
  for (let i = 0; i < nodes.length; i++) {
    if (found.stateOf(nodes[i]) === 'unmounted') definitions.add(found.definitionOf(nodes[i]))
  }
  return [...definitions]
    .map(definition => unmountedOf(snapshot, found, definition))
    .sort((a, b) => rank(b) - rank(a) || b.count - a.count || (a.name < b.name ? -1 : 1))
}

function unmountedOf(snapshot: Snapshot, found: Components, definition: number): UnmountedComponent {
  return {
    name: componentName(snapshot, definition),
    place: definitionPlace(snapshot, definition),
    count: found.unmounted(definition),
  }
}

/** Options that Vue's components are made of: what they have of functions, the first that tells a line. */
const VUE_FUNCTIONS = ['setup', 'data', 'render']

/** Where a component is written: `src/App.jsx:18`; '' if the file does not say. */
export function definitionPlace(snapshot: Snapshot, definition: number): string {
  if (snapshot.nodeKind[definition] === NodeKind.closure) return sourcePlace(snapshot, definition)
  for (const property of VUE_FUNCTIONS) {
    const closure = propertyTarget(snapshot, definition, property)
    const place = closure < 0 ? '' : sourcePlace(snapshot, closure)
    if (place !== '') return place
  }
  return ''
}
