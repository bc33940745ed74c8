/** Where the named paths to many objects part: the innermost thing that all of them lead through. */
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {roles} from '../facts/roles.ts'
import {NO_EDGE} from './named-paths.ts'
import {pathNames} from './path-names.ts'

/** Objects looked at of a larger set, spread over it. */
const MAX_COMPARED = 200
/** A path of more steps is not compared: lists of a million links have one holder, which is nearer. */
const LONGEST = 5000

/**
 * Ordinal of the collection or object that the named paths to all of `nodes` lead through last; -1 if they have none in common, or only
 * a module, a global object or a scope, which have many things.
 */
export function commonContainer(snapshot: Snapshot, nodes: Uint32Array): number {
  const step = Math.max(1, Math.ceil(nodes.length / MAX_COMPARED))
  let common: number[] | undefined
  for (let i = 0; i < nodes.length; i += step) {
    const path = pathAbove(snapshot, nodes[i])
    if (path === undefined) return -1
    common = common === undefined ? path : shared(common, path)
  }
  return containerAt(snapshot, common ?? [])
}

/** Of a link of a list, or a part of a tree, what has the first of them by the named path; any other thing is itself. */
export function wholeOf(snapshot: Snapshot, container: number): number {
  const {nodeKind, types} = snapshot
  const path = container < 0 ? undefined : pathAbove(snapshot, container)
  if (path === undefined) return container
  const things = [...path, container].filter(node => nodeKind[node] !== NodeKind.array)
  let first = things.length - 1
  while (first > 0 && types.ofNode[things[first - 1]] === types.ofNode[container]) first--
  const above = first === things.length - 1 ? -1 : containerAt(snapshot, things.slice(0, first))
  return above < 0 ? container : above
}

/**
 * Ordinal of the object that has a collection as a part of its own; -1 if that is a module, a scope, a global object or the runtime's, or a
 * plain object: what stands in those need not belong together.
 */
export function structureOf(snapshot: Snapshot, container: number): number {
  const {edgeKind, firstEdge, nodeKind, types} = snapshot
  const {isScope, isRuntime} = roles(snapshot)
  const edge = pathNames(snapshot).entryOf(container)
  if (edge === NO_EDGE || edgeKind[edge] !== EdgeKind.property) return -1
  const whole = sourceOf(firstEdge, edge)
  const isOfClass = nodeKind[whole] === NodeKind.object && types.locations[types.ofNode[whole]] >= 0
  return isOfClass && !isScope(whole) && !isRuntime(whole) ? whole : -1
}

/** The nodes of the named path to a node, without it, from where the path begins. */
export function pathAbove(snapshot: Snapshot, node: number): number[] | undefined {
  const {firstEdge} = snapshot
  const {entryOf, patternOf, patterns} = pathNames(snapshot)
  const path: number[] = []
  let at = node
  while (entryOf(at) !== NO_EDGE && !patterns.isStart(patternOf(at))) {
    at = sourceOf(firstEdge, entryOf(at))
    if (path.push(at) > LONGEST) return undefined
  }
  return path.reverse()
}

function shared(a: readonly number[], b: readonly number[]): number[] {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length++
  return a.slice(0, length)
}

/** The last thing of the path that code sees: of a table or a store, what has it. */
function containerAt(snapshot: Snapshot, path: readonly number[]): number {
  const {nodeKind} = snapshot
  const {isScope, isRuntime} = roles(snapshot)
  for (let i = path.length - 1; i > 0; i--) {
    if (nodeKind[path[i]] === NodeKind.array) continue
    const isThing = nodeKind[path[i]] === NodeKind.object && !isScope(path[i])
    return isThing && !(i === 0 && isRuntime(path[i])) ? path[i] : -1
  }
  return -1
}
