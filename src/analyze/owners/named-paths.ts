/** The path to every object that a person would write down: through names of the application's own code where there is one. */

import {originOfScript} from '../../snapshot/code/code-origin.ts'
import {moduleExports} from '../../snapshot/code/module-exports.ts'
import {placeMapOf} from '../../snapshot/code/places.ts'
import {nativeContextTest} from '../../snapshot/code/scopes.ts'
import {savedColumn} from '../../snapshot/columns/saved.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {memoize} from '../../util/memo.ts'
import {sharedWords} from '../../util/shared.ts'
import {MAX_UINT32} from '../../util/uint32.ts'
import {hookPlaces} from '../facts/component-hooks.ts'
import {components, inUseTest} from '../facts/components.ts'
import {exportCells} from '../facts/cut-variables.ts'
import {holdingEdges} from '../facts/edge-policy.ts'
import {frameworkParts, Part} from '../facts/framework-parts.ts'
import {removedFrameTest} from '../facts/realms.ts'
import {roles} from '../facts/roles.ts'
import {globalObjects} from '../facts/roots.ts'
import {reachableNodes} from '../graph/reachable.ts'

export const NO_EDGE = MAX_UINT32

/** What a step of a kind makes a path worse by: names from code are cheap, what a person never wrote is dear. */
const COST = {
  property: 4,
  element: 5,
  scopeVariable: 4,
  hidden: 80,
  internal: 60,
  fromRoot: 120,
  intoRuntime: 30,
  intoInternals: 90,
} as const

/** Properties that every object has, links of Node's timers, and slots that stand for something a person wrote. */
const PROPERTY_COST: Record<string, number> = {
  __proto__: 70,
  constructor: 40,
  prototype: 20,
  _idleNext: 70,
  _idlePrev: 70,
}
const INTERNAL_COST: Record<string, number> = {
  context: 8,
  table: 1,
  elements: 1,
  properties: 1,
  buffer: 2,
  backing_store: 1,
  bound_this: 6,
  bound_function: 6,
  bound_arguments: 6,
  reactions_or_result: 6,
  reactions: 6,
  result: 6,
  parameters_and_registers: 6,
  previous: 20,
}

/** Where paths begin, and what it costs to begin there: a scope of a library's is named if nothing nearer has a name. */
const START = {application: 1, exports: 2, component: 2, global: 3, library: 50} as const

/** What hangs on a fiber of React's: what the component keeps is its own, other fibers and what is to be done for it are not. */
const OF_FIBER: Record<string, number> = {memoizedState: 1, memoizedProps: 4, stateNode: 8, dependencies: 30}
const COST_OF_FIBER = 70
/** From one of a component's hooks to the next. */
const COST_OF_NEXT_HOOK = 1

/** Larger than any step's cost. */
const BUCKETS = 256
const SETTLED = 255

/** The cheapest path to each object, by the edge with which it enters: NO_EDGE for where paths begin, and for what no root leads to. */
interface PathSearch {
  /** Of one node: the search goes on until it is known, so that who asks about what is near the roots does not wait for all. */
  entryOf(node: number): number
  /** Uint32Array(n): of all nodes. */
  all(): Uint32Array
}

const pathSearch = memoize(searchPaths)
const savedPaths = savedColumn('namedPaths', (snapshot: Snapshot) => pathSearch(snapshot).all())

/** Whose code a name is in is told by source maps, and those lie beside the scripts today, not in the snapshot. */
function isSavable(snapshot: Snapshot): boolean {
  return placeMapOf(snapshot) === undefined
}

/** Uint32Array(n): the edge by which the cheapest path enters each node. */
export const namedPaths = memoize(
  (snapshot: Snapshot): Uint32Array => (isSavable(snapshot) ? savedPaths(snapshot) : pathSearch(snapshot).all()),
)

/** The same of a node, without the paths of those that are farther from where paths begin, unless they lie ready. */
export const entryOnNamedPath = memoize((snapshot: Snapshot): ((node: number) => number) => {
  const {saved} = snapshot
  if (saved.inPages || (isSavable(snapshot) && saved.has('namedPaths'))) {
    const entries = namedPaths(snapshot)
    return node => entries[node]
  }
  return pathSearch(snapshot).entryOf
})

/** Dijkstra's algorithm with Dial's buckets ("Shortest-path forest with topological ordering", 1969): linear, costs being small. */
function searchPaths(snapshot: Snapshot): PathSearch {
  const {nodeCount, nodeKind, firstEdge, edgeKind, edgeName, edgeTarget, root} = snapshot
  const {words} = holdingEdges(snapshot)
  const role = roles(snapshot)
  role.findAll()
  const propertyCost = costs(snapshot, PROPERTY_COST)
  const internalCost = costs(snapshot, INTERNAL_COST)
  let cost = new Uint32Array(nodeCount).fill(NO_EDGE)
  const entry = sharedWords(nodeCount).fill(NO_EDGE)
  // Uint8Array(n): what it costs more to come into each node, plus one; 0 if it was not asked yet, SETTLED once the node has its path.
  // Most edges lead to what has, hubs above all: a byte a node nearly lies in the processor's cache, costs and kinds do not.
  const surcharge = new Uint8Array(nodeCount)
  const surchargeOf = (node: number) =>
    1 + (role.isInternals(node) ? COST.intoInternals : role.isRuntime(node) ? COST.intoRuntime : 0)
  const buckets = Array.from({length: BUCKETS}, () => new GrowableUint32())
  let waiting = 0
  const reach = (node: number, at: number, edge: number) => {
    if (at >= cost[node]) return
    cost[node] = at
    entry[node] = edge
    buckets[at % BUCKETS].push(node)
    waiting++
  }
  for (const [node, at] of starts(snapshot)) reach(node, at, NO_EDGE)
  if (cost[root] === NO_EDGE) reach(root, START.library, NO_EDGE)
  const fiberCost = fiberCosts(snapshot)
  const stepCost = (edge: number, source: number) => {
    if (nodeKind[source] === NodeKind.synthetic) return COST.fromRoot
    const kind = edgeKind[edge]
    const ofFiber = fiberCost?.(source, edge) ?? 0
    if (ofFiber > 0) return ofFiber
    if (kind === EdgeKind.property) return propertyCost[edgeName[edge]] || COST.property
    if (kind === EdgeKind.context) return COST.scopeVariable
    if (kind === EdgeKind.element) return COST.element
    return isIndexed(kind) ? COST.hidden : internalCost[edgeName[edge]] || COST.internal
  }
  let at = 0
  /** Finishes all nodes of the next cost. */
  const advance = () => {
    const bucket = buckets[at % BUCKETS]
    for (let i = 0; i < bucket.length; i++) {
      const node = bucket.get(i)
      waiting--
      if (cost[node] !== at) continue
      surcharge[node] = SETTLED
      // An array's slots are what its owner's `table` or `elements` is made of: no step of its own.
      const isStorage = nodeKind[node] === NodeKind.array
      const end = firstEdge[node + 1]
      for (let edge = firstEdge[node]; edge < end; edge++) {
        if ((words[edge >>> 5] & (1 << (edge & 31))) === 0) continue
        const target = edgeTarget[edge]
        if (surcharge[target] === SETTLED) continue
        if (surcharge[target] === 0) surcharge[target] = surchargeOf(target)
        const step = isStorage ? COST.element : stepCost(edge, node)
        reach(target, at + step + surcharge[target] - 1, edge)
      }
    }
    bucket.length = 0
    at++
    if (waiting === 0) cost = new Uint32Array(0)
  }
  return {
    entryOf(node) {
      while (waiting > 0 && surcharge[node] !== SETTLED) advance()
      return entry[node]
    },
    all() {
      while (waiting > 0) advance()
      return entry
    },
  }
}

function starts(snapshot: Snapshot): [node: number, cost: number][] {
  const reached = reachableNodes(snapshot)
  const found: [number, number][] = []
  const {moduleScopes, isRuntime, isLibrary} = roles(snapshot)
  // Its variables are there as long as something of a page's leads to them.
  const isRemoved = removedFrameTest(snapshot)
  for (const node of moduleScopes) {
    if (reached.has(node) && !isRuntime(node) && !isRemoved(node))
      found.push([node, isLibrary(node) ? START.library : START.application])
  }
  for (const [node, file] of [...moduleExports(snapshot), ...exportCells(snapshot)]) {
    const origin = originOfScript(file).code
    const cost = origin === 'application' ? START.exports : START.library
    if (reached.has(node) && origin !== 'runtime') found.push([node, cost])
  }
  for (const node of globalObjects(snapshot))
    if (reached.has(node) && !isRemoved(node) && isOfRoots(snapshot, node)) found.push([node, START.global])
  const component = components(snapshot)
  const isInUse = inUseTest(snapshot)
  for (let node = 0; component !== undefined && node < snapshot.nodeCount; node++) {
    if (!isInUse(node) || !reached.has(node) || isRemoved(node)) continue
    found.push([node, isLibrary(component.definitionOf(node)) ? START.library : START.component])
  }
  return found
}

/**
 * Whether one of V8's roots has a global object, or its context. Those that a program makes (`vm.createContext`), and pages' that are gone
 * from their window, live as long as something of the program's leads there: that way is theirs.
 */
function isOfRoots(snapshot: Snapshot, node: number): boolean {
  const {nodeKind, nodeName, retainers} = snapshot
  const holding = holdingEdges(snapshot)
  const isContext = nativeContextTest(snapshot)
  const hasRoot = (held: number, orElse: (holder: number) => boolean) => {
    for (let slot = retainers.first[held]; slot < retainers.first[held + 1]; slot++) {
      if (!holding.has(retainers.edge[slot])) continue
      const holder = retainers.source[slot]
      if (nodeKind[holder] === NodeKind.synthetic || orElse(holder)) return true
    }
    return false
  }
  return hasRoot(node, holder => isContext(nodeName[holder]) && hasRoot(holder, () => false))
}

/** What a step from a fiber, or one of its hooks, costs; 0 for those from all else. Undefined for heaps without. */
function fiberCosts(snapshot: Snapshot): ((source: number, edge: number) => number) | undefined {
  const parts = frameworkParts(snapshot)
  const hooks = hookPlaces(snapshot)
  if (parts === undefined || hooks === undefined) return undefined
  const {edgeKind, edgeName, strings} = snapshot
  const cost = costs(snapshot, OF_FIBER)
  const isNext = strings.setOf('next')
  return (source, edge) => {
    if (edgeKind[edge] !== EdgeKind.property) return 0
    if (parts[source] === Part.fiber) return cost[edgeName[edge]] || COST_OF_FIBER
    return hooks[source] > 0 && isNext.has(edgeName[edge]) ? COST_OF_NEXT_HOOK : 0
  }
}

/** Uint8Array(strings.count): the cost by name's string index; 0 for names of no price of their own. */
function costs({strings}: Snapshot, ofName: Record<string, number>): Uint8Array {
  const table = new Uint8Array(strings.count)
  for (const [name, cost] of Object.entries(ofName)) for (const index of strings.indexesOf(name)) table[index] = cost
  return table
}
