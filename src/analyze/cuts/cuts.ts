/** Which edges a cut means: those a person would remove by letting go in the code. */
import {scopes} from '../../snapshot/code/scopes.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {typesMeant} from '../../snapshot/columns/types.ts'
import {BitSet} from '../../util/bit-set.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {valueOfVariable} from '../facts/context-scopes.ts'
import {edgesNamed, isIn, isNamed, scopesSeenBy, scriptOf, variablesNamed} from '../facts/cut-variables.ts'
import {retainingEdges} from '../facts/edge-policy.ts'
import {nodesOfId} from '../facts/id-column.ts'
import {nearestNames} from '../select/select.ts'
import {
  isVariableOrProperty,
  nodesNamed,
  nodesOfHead,
  setOf,
  step,
  targetsOf,
  variablesAndProperties,
} from './cut-accessors.ts'
import {type Accessor, type CutExpression, type CutPath, parseCut} from './cut-expression.ts'
import {cutBetween} from './cut-text.ts'
import {printedEdges} from './printed-edges.ts'
import {parsePrintedPath} from './printed-path.ts'

/** One cut, and the edges that it names. */
export interface Cut {
  /** As it was written. */
  text: string
  /** Ordinals of the edges it names, ascending; at least one. */
  edges: Uint32Array
  /** Edges by which V8's own parts of the same objects hold the same targets, and which go with those. */
  shadowEdges: Uint32Array
}

/**
 * The edges that each text names. Throws USAGE for a text that is no cut, and NOTHING_FOUND, with names that come near, for one
 * that no edge of the heap answers to.
 */
export function resolveCuts(snapshot: Snapshot, texts: readonly string[]): Cut[] {
  if (texts.length === 0) throw new HeapgraphError('USAGE', 'no cut is given', "name one: --cut 'Type.property'")
  const parsed = texts.map(text => ({text, expression: parseCut(text)}))
  // A WeakMap's own half of an entry holds, too, for as long as the key lives.
  const isEntry = setOf(snapshot.edgeCount, snapshot.ephemerons.edge)
  const retaining = retainingEdges(snapshot)
  return parsed.map(({text, expression}) => {
    const named = edgesOrPrinted(snapshot, text, expression)
    const edges = named.filter(edge => retaining.has(edge) || isEntry.has(edge))
    if (edges.length === 0) throw nothing(snapshot, text, 'matches only edges that keep nothing alive')
    return {text, edges, shadowEdges: expression.form === 'into' ? new Uint32Array(0) : shadowEdgesOf(snapshot, edges)}
  })
}

/** All of the edges and their shadow edges, one bit an edge. */
export function cutEdges(snapshot: Snapshot, cuts: readonly Pick<Cut, 'edges' | 'shadowEdges'>[]): BitSet {
  const all = new BitSet(snapshot.edgeCount)
  for (const {edges, shadowEdges} of cuts) {
    for (const edge of edges) all.add(edge)
    for (const edge of shadowEdges) all.add(edge)
  }
  return all
}

/** A text with steps that only answers write is read as such a path first; any other only if it names nothing else. */
function edgesOrPrinted(snapshot: Snapshot, text: string, cut: CutExpression): Uint32Array {
  const path = parsePrintedPath(text.trim())
  const printed = () => (path === undefined ? new Uint32Array(0) : printedEdges(snapshot, path))
  const first = path?.isPrinted === true ? printed() : new Uint32Array(0)
  if (first.length > 0) return first
  try {
    return edgesOf(snapshot, text, cut)
  } catch (error) {
    const found = path?.isPrinted === false && error instanceof HeapgraphError ? printed() : first
    if (found.length === 0) throw error
    return found
  }
}

function edgesOf(snapshot: Snapshot, text: string, cut: CutExpression): Uint32Array {
  if (cut.form === 'into') return edgesInto(snapshot, text, cut.id)
  if (cut.form === 'between') return edgesBetween(snapshot, text, cut.from, cut.to)
  if (cut.form === 'variable') return variables(snapshot, text, cut)
  if (cut.form === 'named') return namedOfType(snapshot, text, cut.type, cut.name)
  if (cut.form === 'listeners') return listeners(snapshot, text, cut)
  return alongPath(snapshot, text, cut.readings)
}

// by id

function edgesInto(snapshot: Snapshot, text: string, id: number): Uint32Array {
  const {first, edge} = snapshot.retainers
  const into = new GrowableUint32()
  for (const node of nodesOf(snapshot, text, id)) {
    for (let slot = first[node]; slot < first[node + 1]; slot++) into.push(edge[slot])
  }
  if (into.length === 0) throw nothing(snapshot, text, 'matches no edge: nothing holds that object')
  return into.view().sort()
}

function edgesBetween(snapshot: Snapshot, text: string, from: number, to: number): Uint32Array {
  const {firstEdge, edgeTarget, nodeId} = snapshot
  const targets = setOf(snapshot.nodeCount, nodesOf(snapshot, text, to))
  const found = new GrowableUint32()
  for (const source of nodesOf(snapshot, text, from)) {
    const isScope = scopes(snapshot).isScope(source)
    for (let edge = firstEdge[source]; edge < firstEdge[source + 1]; edge++) {
      // Between a scope and a variable's value may be a cell.
      const value = isScope ? valueOfVariable(snapshot, edge) : -1
      if (targets.has(edgeTarget[edge]) || (value >= 0 && targets.has(value))) found.push(edge)
    }
  }
  if (found.length > 0) return found.view()
  throw nothing(snapshot, text, 'matches no edge', () => {
    const {first, source: sources} = snapshot.retainers
    const holders = new Set<string>()
    for (const target of nodesOf(snapshot, text, to)) {
      for (let slot = first[target]; slot < first[target + 1] && holders.size < NEAR; slot++) {
        holders.add(cutBetween(nodeId[sources[slot]], to))
      }
    }
    return [...holders]
  })
}

function nodesOf(snapshot: Snapshot, text: string, id: number): Uint32Array {
  const nodes = nodesOfId(snapshot, id)
  if (nodes.length === 0) throw nothing(snapshot, text, `names @${id}, but no object has that id`)
  return nodes
}

// by name

function variables(
  snapshot: Snapshot,
  text: string,
  {name, script, of}: {name: string; script?: string; of?: string},
): Uint32Array {
  const all = variablesNamed(snapshot, name)
  if (all.length === 0) throw nothing(snapshot, text, 'matches no variable', () => nearVariables(snapshot, name))
  if (script === undefined && of === undefined) return all
  const seen = script === undefined ? scopesSeenBy(snapshot, of ?? '') : undefined
  const found = all.filter(edge =>
    script === undefined ? seen?.has(sourceOf(snapshot.firstEdge, edge)) : isIn(scriptOf(snapshot, edge), script),
  )
  if (found.length > 0) return found
  throw nothing(snapshot, text, `matches none of the variables ${name}`, () => {
    const near = new Set<string>()
    for (const edge of all.subarray(0, NEAR_SEARCHED)) {
      const place = scriptOf(snapshot, edge)
      if (place !== '') near.add(`${place} · ${name}`)
    }
    return [...near].sort().slice(0, NEAR)
  })
}

function namedOfType(snapshot: Snapshot, text: string, type: string, name: string): Uint32Array {
  const {edgeTarget, types} = snapshot
  const named = variablesAndProperties(snapshot, name)
  const isMeant = typesMeant(types, name => name === type)
  const found = named.filter(edge => isMeant[types.ofNode[edgeTarget[edge]]] === 1)
  if (found.length > 0) return found
  throw nothing(snapshot, text, `matches no edge: no variable or property ${name} leads to a ${type}`, () => {
    const others = new Set(Array.from(named, edge => types.ofNode[edgeTarget[edge]]))
    const near = [...others].map(other => `${types.names[other]}(${name})`)
    if (near.length > 0) return near.sort().slice(0, NEAR)
    return nearVariables(snapshot, name).map(other => `${type}(${other})`)
  })
}

function listeners(
  snapshot: Snapshot,
  text: string,
  {event, emitter}: {event: string; emitter: CutPath | undefined},
): Uint32Array {
  if (emitter !== undefined) {
    return alongPath(snapshot, text, [{head: emitter.head, accessors: [...emitter.accessors, {name: event}]}])
  }
  const tables = targetsOf(snapshot, edgesNamed(snapshot, [EdgeKind.property], '_events'))
  const found = step(snapshot, tables, {name: event})
  if (found.length > 0) return found
  throw nothing(snapshot, text, 'matches no listener', () =>
    nearAccessors(snapshot, tables, event).map(name => `on "${name}"`),
  )
}

// paths

/** The first reading that any edge answers to: types and functions before names of variables and properties. */
function alongPath(snapshot: Snapshot, text: string, readings: readonly CutPath[]): Uint32Array {
  let failure: {nodes: BitSet; accessor: Accessor; head: string} | undefined
  for (const headNodes of [nodesOfHead, nodesNamed]) {
    for (const {head, accessors} of readings) {
      let nodes = headNodes(snapshot, head)
      if (nodes === undefined) continue
      for (const [i, accessor] of accessors.entries()) {
        const edges = step(snapshot, nodes, accessor)
        if (edges.length === 0) {
          failure ??= {nodes, accessor, head}
          break
        }
        if (i === accessors.length - 1) return edges
        nodes = targetsOf(snapshot, edges)
      }
    }
  }
  if (failure === undefined) {
    const heads = readings.map(({head}) => head)
    const what = `there is no type, function, variable or property ${heads[heads.length - 1]}`
    throw nothing(snapshot, text, `matches no edge: ${what}`, () => {
      const nearest = (head: string) => [...nearestNames(snapshot.types.names, head), ...nearVariables(snapshot, head)]
      return [...new Set(heads.flatMap(nearest))].slice(0, NEAR)
    })
  }
  const {nodes, accessor} = failure
  const asked = typeof accessor === 'object' && 'name' in accessor ? accessor.name : undefined
  const what = asked === undefined ? (accessor === 'any' ? 'elements' : 'such element') : `property ${asked}`
  const near = () => (asked === undefined ? [] : nearAccessors(snapshot, nodes, asked))
  throw nothing(snapshot, text, `matches no edge: what ${failure.head} means here has no ${what}`, near)
}

// shadow edges

/**
 * V8 writes an object's property or element as an edge of the object, and the same value again as a slot of the array it keeps such
 * values in (`properties`, `elements`), which the object holds: without this second edge the first would be cut in vain. Such an
 * array may be shared (literals copy theirs on the first write): then it stays for the others, and the object lets go of it as a
 * whole. Global objects keep each value in a PropertyCell of such an array.
 */
export function shadowEdgesOf(snapshot: Snapshot, edges: Uint32Array): Uint32Array {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeCount} = snapshot
  const isStore = [isNamed(snapshot, 'properties'), isNamed(snapshot, 'elements')]
  const isCell = cellNames(snapshot)
  const cutTargets = new BitSet(nodeCount)
  const shadowEdges = new BitSet(snapshot.edgeCount)
  let any = false
  const cut = (edge: number) => {
    shadowEdges.add(edge)
    any = true
  }
  for (let from = 0; from < edges.length; ) {
    const source = sourceOf(firstEdge, edges[from])
    // Edges of one object stand together.
    let to = from
    while (to < edges.length && edges[to] < firstEdge[source + 1]) to++
    const own = edges.subarray(from, to).filter(edge => isStored(edgeKind[edge]))
    from = to
    if (own.length === 0) continue
    for (const edge of own) cutTargets.add(edgeTarget[edge])
    for (let edge = firstEdge[source]; edge < firstEdge[source + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.internal || !isStore.some(isNamed => isNamed(edgeName[edge]))) continue
      const store = edgeTarget[edge]
      if (cutTargets.has(store)) continue
      if (!isOnlyOf(snapshot, store, source)) {
        cut(edge)
        continue
      }
      for (let slot = firstEdge[store]; slot < firstEdge[store + 1]; slot++) {
        const held = edgeTarget[slot]
        if (cutTargets.has(held)) cut(slot)
        else if (isCell(held)) {
          for (let inner = firstEdge[held]; inner < firstEdge[held + 1]; inner++) {
            if (cutTargets.has(edgeTarget[inner])) cut(inner)
          }
        }
      }
    }
    for (const edge of own) cutTargets.delete(edgeTarget[edge])
  }
  return any ? shadowEdges.members() : new Uint32Array(0)
}

const isStored = (kind: number) => kind === EdgeKind.property || kind === EdgeKind.element

/** Whether no other node holds `store`; stops at the first that does. */
function isOnlyOf(snapshot: Snapshot, store: number, owner: number): boolean {
  const {first, edge, source} = snapshot.retainers
  const retaining = retainingEdges(snapshot)
  for (let slot = first[store]; slot < first[store + 1]; slot++) {
    if (source[slot] !== owner && retaining.has(edge[slot])) return false
  }
  return true
}

function cellNames({nodeKind, nodeName, strings}: Snapshot): (node: number) => boolean {
  const names = strings.setOf('system / PropertyCell')
  return node => (nodeKind[node] === NodeKind.hidden || nodeKind[node] === NodeKind.native) && names.has(nodeName[node])
}

// near misses

const NEAR = 5
/** Edges or names looked at for those that come near: an answer to a slip of the pen must not take longer than the right question. */
const NEAR_SEARCHED = 1_000_000

/** `findNear`: looks over the heap, and only for who tells a person of it: answers try texts of their own. */
function nothing(snapshot: Snapshot, text: string, why: string, findNear?: () => readonly string[]): HeapgraphError {
  const hint = () => {
    const near = findNear?.() ?? []
    return near.length > 0 ? `near: ${near.join(', ')}` : undefined
  }
  return new HeapgraphError('NOTHING_FOUND', `--cut ${text} ${why} in ${snapshot.name}`, hint)
}

function nearVariables({edgeCount, edgeKind, edgeName, strings}: Snapshot, wanted: string): string[] {
  const seen = new BitSet(strings.count)
  const names: string[] = []
  for (let edge = 0; edge < edgeCount && names.length < NEAR_SEARCHED; edge++) {
    const name = edgeName[edge]
    if (!isVariableOrProperty(edgeKind[edge]) || seen.has(name)) continue
    seen.add(name)
    names.push(strings.get(name))
  }
  return nearestNames(names, wanted, NEAR)
}

function nearAccessors(snapshot: Snapshot, nodes: BitSet, wanted: string): string[] {
  const {edgeKind, firstEdge, nodeCount} = snapshot
  const names = new Set<string>()
  let left = NEAR_SEARCHED
  for (let node = 0; node < nodeCount && left > 0; node++) {
    if (!nodes.has(node)) continue
    const end = Math.min(firstEdge[node + 1], firstEdge[node] + left)
    left -= end - firstEdge[node]
    for (let edge = firstEdge[node]; edge < end; edge++) {
      if (isVariableOrProperty(edgeKind[edge])) names.add(snapshot.strings.get(snapshot.edgeName[edge]))
    }
  }
  return nearestNames(names, wanted, NEAR)
}
