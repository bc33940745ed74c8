/** The pattern of the named path to each object, found when asked for. */
import {originOfScript} from '../../snapshot/code/code-origin.ts'
import {moduleExports} from '../../snapshot/code/module-exports.ts'
import {codeRow, moduleCopies} from '../../snapshot/code/places.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {hookPlaces} from '../facts/component-hooks.ts'
import {components, inUseTest} from '../facts/components.ts'
import {exportCells} from '../facts/cut-variables.ts'
import {dictionaryTest} from '../facts/dictionaries.ts'
import {ANY_INDEX, edgePatterns} from '../facts/edge-pattern.ts'
import {roles} from '../facts/roles.ts'
import {timerCallback} from '../facts/timers.ts'
import {entryOnNamedPath, NO_EDGE, namedPaths} from './named-paths.ts'
import {PathPatterns, Start} from './path-patterns.ts'

export interface PathNames {
  patterns: PathPatterns
  /** The edge by which the path comes into a node; NO_EDGE where none does. */
  entryOf(node: number): number
  /** The node that this edge leaves; of one with an entry. */
  parentOf(node: number): number
  /** Finds the entries and parents of all nodes: for who will ask about most. One look at each edge, instead of a bisection for each node. */
  findParents(): void
  /** The pattern of the path to a node. */
  patternOf(node: number): number
  /** The step along an edge from a node into another. */
  step(source: number, edge: number, into: number): number
  /** A number for objects of a kind: of a type; of a function, for closures. */
  kindOf(node: number): number
  /** Whether a kind is that of a function of which the file says where it is written. */
  isPlaced(kind: number): boolean
  /** Whose code a path begins in. */
  codeOf(pattern: number): 'application' | 'library' | 'runtime'
  /** Pushes the edges of the path to a node; returns where it begins. */
  pathTo(node: number, edges: number[]): number
  /** How many edges that path has, `most` if it has more. */
  lengthTo(node: number, most: number): number
  /** The same path from where the named paths begin, also where the runtime's objects, known by what they are, would begin one. */
  wholePathTo(node: number, edges: number[]): number
}

const NONE = 0
/** Above the kinds of objects and functions. */
const OF_CALLBACK = 2 ** 32

export const pathNames = memoize((snapshot: Snapshot): PathNames => {
  const {nodeCount, nodeKind, nodeName, types, firstEdge, edgeKind, edgeName, locations, strings} = snapshot
  // Asked for with the first path, so that another thread has time to find them.
  let entry: ((node: number) => number) | undefined
  const entryOf = (node: number) => {
    entry ??= entryOnNamedPath(snapshot)
    return entry(node)
  }
  let parents: Uint32Array | undefined
  const parentOf = (node: number) => (parents === undefined ? sourceOf(firstEdge, entryOf(node)) : parents[node])
  const findParents = () => {
    if (parents !== undefined) return
    const {edgeTarget} = snapshot
    const entries = namedPaths(snapshot)
    entry = node => entries[node]
    parents = new Uint32Array(nodeCount)
    for (let node = 0; node < nodeCount; node++) {
      const end = firstEdge[node + 1]
      for (let edge = firstEdge[node]; edge < end; edge++) {
        if (entries[edgeTarget[edge]] === edge) parents[edgeTarget[edge]] = node
      }
    }
  }
  const role = roles(snapshot)
  const patterns = new PathPatterns()
  const edgePattern = edgePatterns(snapshot)
  // Uint32Array(n): found patterns.
  const known = new Uint32Array(nodeCount)
  const exported = moduleExports(snapshot)
  const cells = exportCells(snapshot)
  // Node's own copies of what JavaScript has, by a symbol of the global object (lib/internal/per_context).
  const primordials = strings.setOf('<symbol node:per_context_binding_exports>')
  const libraryStarts = new Set<number>()
  const scriptNumbers = new Map<number, number>()
  const lineNumbers = new Map<number, number>()
  const places = new Map<number, number>()

  const isDictionary = dictionaryTest(snapshot)
  const component = components(snapshot)
  const isInUse = inUseTest(snapshot)
  // A component's hooks are told apart by their place among them.
  const hooks = hookPlaces(snapshot)

  const copies = moduleCopies(snapshot)
  const scriptOf = (row: number) => copies.get(locations.scriptId[row]) ?? locations.scriptId[row]
  const typeOf = typesOfCopies(snapshot, scriptOf)

  // Uint32Array(n): of functions their kind and one, found once for each.
  const kinds = new Uint32Array(nodeCount)
  const kindOf = (node: number) => {
    if (nodeKind[node] !== NodeKind.closure) {
      const hook = hooks === undefined ? 0 : hooks[node]
      return hook === 0 ? typeOf[types.ofNode[node]] : getOrMake(places, -hook, () => types.names.length + places.size)
    }
    if (kinds[node] === 0) kinds[node] = kindOfFunction(node) + 1
    return kinds[node] - 1
  }
  const kindOfFunction = (node: number) => {
    const row = codeRow(snapshot, node)
    if (row < 0) return typeOf[types.ofNode[node]]
    // Scripts and lines become small numbers first, so that three of them fit one key exactly.
    const script = getOrMake(scriptNumbers, scriptOf(row), () => scriptNumbers.size)
    const line = getOrMake(lineNumbers, script * 2 ** 31 + locations.line[row], () => lineNumbers.size)
    const place = line * 2 ** 31 + locations.column[row]
    return getOrMake(places, place, () => types.names.length + places.size)
  }

  const step = (source: number, edge: number, into: number) => {
    const isKey = edgeKind[edge] === EdgeKind.property && isDictionary(source)
    return patterns.step(isKey ? ANY_INDEX : edgePattern(edge), kindOf(into))
  }

  /** Whether a path does not go on upwards. One of V8's roots is not asked for the edge into it: those are the last to be found. */
  const isFirst = (node: number) => nodeKind[node] === NodeKind.synthetic || entryOf(node) === NO_EDGE

  /** The pattern of a node from which a path begins; NONE if it goes on upwards. `above`: the pattern of what the path comes from. */
  const startOf = (node: number, above: number): number => {
    if (isFirst(node)) {
      const file = exported.get(node) ?? cells.get(node)
      if (role.isScope(node) || file !== undefined) {
        const start = patterns.start(Start.scope, node)
        const isLibrary = role.isScope(node) ? role.isLibrary(node) : originOfScript(file ?? '').code === 'library'
        if (isLibrary) libraryStarts.add(start)
        return start
      }
      const definition = isInUse(node) ? component!.definitionOf(node) : -1
      if (definition >= 0) {
        const start = patterns.start(Start.component, definition)
        if (role.isLibrary(definition)) libraryStarts.add(start)
        return start
      }
      return nodeKind[node] !== NodeKind.synthetic
        ? patterns.start(Start.global, node)
        : patterns.start(Start.root, nodeName[node])
    }
    if (edgeKind[entryOf(node)] === EdgeKind.property && primordials.has(edgeName[entryOf(node)]))
      return patterns.start(Start.runtime, kindOf(node))
    if (!role.isRuntime(node)) return NONE
    // What the runtime keeps is known by what it is, not by the path through the runtime's own code.
    const isOwn = above !== NONE && startKind(above) === Start.scope && !role.isScope(node)
    return isOwn ? NONE : patterns.start(Start.runtime, runtimeKind(node))
  }
  /** Timers are as many places as there are functions that they call. */
  const runtimeKind = (node: number) => {
    const callback = timerCallback(snapshot, node)
    return callback < 0 ? kindOf(node) : OF_CALLBACK + kindOf(callback)
  }
  const startKind = (pattern: number) => patterns.startOf(pattern)

  const patternOf = (node: number) => {
    const chain: number[] = []
    let at = node
    while (known[at] === NONE) {
      chain.push(at)
      if (isFirst(at)) break
      at = parentOf(at)
    }
    for (let i = chain.length - 1; i >= 0; i--) {
      const into = chain[i]
      const source = i + 1 < chain.length ? chain[i + 1] : at
      const above = isFirst(into) ? NONE : known[source]
      known[into] = startOf(into, above) || patterns.extend(above, step(source, entryOf(into), into))
    }
    return known[node]
  }

  const firstPattern = (pattern: number): number => {
    let first = pattern
    while (!patterns.isStart(first)) first = patterns.parent(first)
    return patterns.startOf(first) >= Start.owner ? firstPattern(patterns.whatOf(first)) : first
  }

  return {
    patterns,
    entryOf,
    parentOf,
    findParents,
    patternOf,
    step,
    kindOf,
    isPlaced: kind => kind >= types.names.length,
    codeOf(pattern) {
      const first = firstPattern(pattern)
      const kind = patterns.startOf(first)
      if (kind === Start.scope || kind === Start.component) return libraryStarts.has(first) ? 'library' : 'application'
      return kind === Start.global ? 'application' : 'runtime'
    },
    pathTo(node, edges) {
      patternOf(node)
      return pathBack(node, edges, at => patterns.isStart(known[at]))
    },
    lengthTo(node, most) {
      patternOf(node)
      let length = 0
      for (let at = node; length < most && !patterns.isStart(known[at]); at = parentOf(at)) length++
      return length
    },
    wholePathTo: (node, edges) => pathBack(node, edges, isFirst),
  }

  function pathBack(node: number, edges: number[], isStart: (at: number) => boolean): number {
    const back: number[] = []
    let at = node
    while (!isStart(at)) {
      back.push(entryOf(at))
      at = parentOf(at)
    }
    for (let i = back.length - 1; i >= 0; i--) edges.push(back[i])
    return at
  }
})

/** Uint32Array(types): one number for each type, the same for one class of several copies of a module. `scriptOf`: equal for copies. */
function typesOfCopies({types, locations}: Snapshot, scriptOf: (row: number) => number): Uint32Array {
  const firsts = new Map<string, number>()
  return Uint32Array.from(types.names, (name, type) => {
    const row = types.locations[type]
    if (row < 0) return type
    const place = `${scriptOf(row)} ${locations.line[row]} ${locations.column[row]}`
    return getOrMake(firsts, `${place} ${name}`, () => type)
  })
}
