/** The edges that a holder or path means as answers write it. */
import {codeOf} from '../../snapshot/code/code-origin.ts'
import {listenerEvent} from '../../snapshot/code/given-to.ts'
import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import {moduleExports} from '../../snapshot/code/module-exports.ts'
import {scopes} from '../../snapshot/code/scopes.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {isFunctionOf, isIn, isNamed, scopesSeenBy, scriptOf, variablesNamed} from '../facts/cut-variables.ts'
import {retainingEdges} from '../facts/edge-policy.ts'
import {callerOf} from '../facts/page-callbacks.ts'
import {reachableNodes} from '../graph/reachable.ts'
import {freedByCut} from '../graph/retained-set.ts'
import {type ComponentPart, componentEdges, componentsNamed} from './component-edges.ts'
import {
  edgesFrom,
  elements,
  globalObjects,
  nodesOfHead,
  setOf,
  step,
  targetsOf,
  variablesAndProperties,
} from './cut-accessors.ts'
import type {PrintedPath, PrintedStep} from './printed-path.ts'

/**
 * Ascending; none if the heap has nothing of the kind. Of the readings of the head (a variable or property, a type, a function, one of
 * V8's roots) the first counts from which all the steps lead on. Linear in nodes and edges for each reading and step.
 */
export function printedEdges(snapshot: Snapshot, path: PrintedPath): Uint32Array {
  for (const {nodes, edges} of headsOf(snapshot, path)) {
    if (path.steps.length > 0) {
      const found = alongSteps(snapshot, nodes, path.steps)
      if (found.length > 0) return found
    } else {
      const found = edges ?? edgesFromOutside(snapshot, nodes)
      if (found.length > 0) return found
    }
  }
  return new Uint32Array(0)
}

function alongSteps(snapshot: Snapshot, start: BitSet, steps: readonly PrintedStep[]): Uint32Array {
  let nodes = start
  let edges: Uint32Array = new Uint32Array(0)
  for (const [i, one] of steps.entries()) {
    // What lies behind V8's own slots of an object is let go of there, by the object.
    if (i > 0 && steps[i - 1].kind === 'inside' && one.kind !== 'name') return edges
    edges = leadingTo(snapshot, edgesOfStep(snapshot, nodes, one), one.functionName)
    // What one of V8's roots has is told in words, which are no name's.
    if (edges.length === 0 && one.kind === 'name' && hasRoot(snapshot, nodes))
      edges = edgesFrom(snapshot, nodes, () => true)
    if (edges.length === 0) return edges
    nodes = targetsOf(snapshot, edges)
  }
  return edges
}

interface Head {
  nodes: BitSet
  /** The edges by which the head itself is held; undefined where any from outside is meant. */
  edges: Uint32Array | undefined
}

function* headsOf(snapshot: Snapshot, {head, file, isCall, steps}: PrintedPath): Generator<Head> {
  const {nodeCount} = snapshot
  // The first step says it.
  if (steps[0]?.kind === 'component') return yield {nodes: new BitSet(nodeCount), edges: undefined}
  const ofEdges = (edges: Uint32Array): Head => ({nodes: targetsOf(snapshot, edges), edges})
  if (isCall) return yield {nodes: functionsNamed(snapshot, head), edges: undefined}
  if (head === 'exports') {
    const found = Array.from(moduleExports(snapshot)).filter(([, script]) => file === '' || isIn(script, file))
    yield {
      nodes: setOf(
        nodeCount,
        found.map(([node]) => node),
      ),
      edges: undefined,
    }
  }
  if (head === 'globalThis' || head === 'window') {
    const found = globalObjects(snapshot)
    if (found !== undefined) yield {nodes: found, edges: undefined}
  }
  const scope = /^scope (?:of|in) (.+)$/.exec(head)
  if (scope !== null) yield {nodes: scopesSeenBy(snapshot, scope[1]), edges: undefined}
  if (file !== '') {
    const [name, functionName] = wordAndRest(head)
    const inFile = variablesNamed(snapshot, name).filter(edge => isIn(scriptOf(snapshot, edge), file))
    return yield ofEdges(leadingTo(snapshot, inFile, functionName))
  }
  yield ofEdges(variablesAndProperties(snapshot, head))
  const meant = nodesOfHead(snapshot, head)
  if (meant !== undefined) yield {nodes: meant, edges: undefined}
  const root = edgesFrom(snapshot, rootsNamed(snapshot, head), () => true)
  if (root.length > 0) yield {nodes: rootsNamed(snapshot, head), edges: root}
  const [first, rest] = wordAndRest(head)
  if (rest === '') return
  const ofType = nodesOfHead(snapshot, first)
  if (ofType !== undefined)
    yield {nodes: rest === 'handle' ? ofType : thoseThatCall(snapshot, ofType, rest), edges: undefined}
  yield ofEdges(leadingTo(snapshot, variablesAndProperties(snapshot, first), rest))
}

function wordAndRest(text: string): [word: string, rest: string] {
  const space = text.indexOf(' ')
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1).trim()]
}

function rootsNamed({nodeCount, nodeKind, nodeName, strings}: Snapshot, name: string): BitSet {
  const found = new BitSet(nodeCount)
  for (let node = 0; node < nodeCount; node++)
    if (nodeKind[node] === NodeKind.synthetic && strings.get(nodeName[node]) === name) found.add(node)
  return found
}

function hasRoot({nodeKind}: Snapshot, nodes: BitSet): boolean {
  return nodes.members().some(node => nodeKind[node] === NodeKind.synthetic)
}

/** Functions of people's code if any has the name: the runtime has an `onTimeout`, too. */
function functionsNamed(snapshot: Snapshot, name: string): BitSet {
  const {nodeCount, nodeKind} = snapshot
  const isMeant = isFunctionOf(snapshot, name)
  const all: number[] = []
  for (let node = 0; node < nodeCount; node++) if (nodeKind[node] === NodeKind.closure && isMeant(node)) all.push(node)
  const own = all.filter(node => codeOf(snapshot, node) === 'application')
  return setOf(nodeCount, own.length > 0 ? own : all)
}

/** The edges into the nodes from what would be kept without them: what they hold themselves keeps them no longer than they live. */
function edgesFromOutside(snapshot: Snapshot, nodes: BitSet): Uint32Array {
  const {edgeCount, firstEdge, retainers} = snapshot
  const retaining = retainingEdges(snapshot)
  const found = new GrowableUint32()
  for (const node of nodes.members()) {
    for (let slot = retainers.first[node]; slot < retainers.first[node + 1]; slot++) {
      if (retaining.has(retainers.edge[slot])) found.push(retainers.edge[slot])
    }
  }
  const into = found.view().sort()
  const reached = reachableNodes(snapshot)
  const isFreed = freedByCut(snapshot, setOf(edgeCount, into))
  return into.filter(edge => {
    const source = sourceOf(firstEdge, edge)
    return reached.has(source) && !isFreed(source)
  })
}

// functions

/** Of edges those that lead to a function of the name, or to a timer that will call one; all of them for ''. */
function leadingTo(snapshot: Snapshot, edges: Uint32Array, functionName: string): Uint32Array {
  if (functionName === '') return edges
  const {edgeTarget} = snapshot
  const meant = thoseThatCall(snapshot, targetsOf(snapshot, edges), functionName)
  return edges.filter(edge => meant.has(edgeTarget[edge]))
}

/** Of nodes the functions of the name, and objects of which a property leads to one (`_onTimeout`, `listener`, a wrapper's scope). */
function thoseThatCall(snapshot: Snapshot, nodes: BitSet, functionName: string): BitSet {
  const {edgeTarget, firstEdge, nodeCount, nodeKind} = snapshot
  const isMeant = isFunctionOf(snapshot, functionName.replace(/\(\)$/, ''))
  const is = (node: number) => nodeKind[node] === NodeKind.closure && isMeant(node)
  const found = new BitSet(nodeCount)
  const hasOne = (node: number, depth: number): boolean => {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (!leadsOn(snapshot, edge)) continue
      if (is(edgeTarget[edge]) || (depth > 1 && hasOne(edgeTarget[edge], depth - 1))) return true
    }
    return false
  }
  for (const node of nodes.members()) {
    if (is(node)) found.add(node)
    // `once` calls what its wrapper has: as a property, of the object it is bound to, or in its scope.
    else if (hasOne(node, nodeKind[node] === NodeKind.closure ? 2 : 1)) found.add(node)
  }
  return found
}

const CALLED = ['listener', 'callback', '_onTimeout', '_onImmediate', 'bound_this', 'context']

function leadsOn({edgeKind, edgeName, strings}: Snapshot, edge: number): boolean {
  const kind = edgeKind[edge]
  const isOf = kind === EdgeKind.property || kind === EdgeKind.internal || kind === EdgeKind.context
  return isOf && CALLED.includes(strings.get(edgeName[edge]))
}

// steps

function edgesOfStep(snapshot: Snapshot, nodes: BitSet, one: PrintedStep): Uint32Array {
  switch (one.kind) {
    case 'access':
      return step(snapshot, nodes, one.accessor)
    case 'entries':
      return entriesOf(snapshot, nodes)
    case 'listeners':
      return listenersOf(snapshot, nodes, one.event, one.functionName)
    case 'callbacks':
      return callbacksOf(snapshot, nodes, one.of)
    case 'component':
      return ofComponent(snapshot, one.component)
    case 'store':
      return storesOf(snapshot, nodes, one.storage)
    case 'inside':
      return insideOf(snapshot, nodes)
    case 'name':
      return namedFrom(snapshot, nodes, one.name)
  }
}

/** Of a component itself the edges into what the framework has for it. */
function ofComponent(snapshot: Snapshot, meant: ComponentPart): Uint32Array {
  if (meant.hook !== undefined || meant.part !== '') return componentEdges(snapshot, meant)
  return edgesFromOutside(snapshot, setOf(snapshot.nodeCount, componentsNamed(snapshot, meant)))
}

/** What collections have, and of a WeakMap's key what it is the key of. */
function entriesOf(snapshot: Snapshot, nodes: BitSet): Uint32Array {
  const {edgeCount, ephemerons, firstEdge} = snapshot
  const found = setOf(edgeCount, elements(snapshot, nodes))
  for (const edge of ephemerons.edge) if (nodes.has(sourceOf(firstEdge, edge))) found.add(edge)
  return found.members()
}

/** Of emitters (lib/events.js), of event targets (lib/internal/event_target.js), and of a page's nodes. */
function listenersOf(snapshot: Snapshot, nodes: BitSet, event: string | undefined, functionName: string): Uint32Array {
  const found = new BitSet(snapshot.edgeCount)
  const add = (edges: Uint32Array) => {
    for (const edge of edges) found.add(edge)
  }
  add(ofEmitters(snapshot, nodes, event, functionName))
  add(ofTargets(snapshot, nodes, event))
  const ofPage = ofPages(snapshot, nodes, LISTENER_RECORD)
  add(
    event === undefined ? ofPage : ofPage.filter(edge => listenerEvent(snapshot, snapshot.edgeTarget[edge]) === event),
  )
  return found.members()
}

/** `emitter → _events → name → function`, or `→ Array → [i] → function`. */
function ofEmitters(snapshot: Snapshot, nodes: BitSet, event: string | undefined, functionName: string): Uint32Array {
  const {edgeKind, edgeTarget, nodeKind} = snapshot
  const tables = targetsOf(snapshot, propertiesNamed(snapshot, nodes, '_events'))
  const byEvent =
    event === undefined
      ? edgesFrom(snapshot, tables, edge => edgeKind[edge] === EdgeKind.property)
      : propertiesNamed(snapshot, tables, event)
  if (functionName === '') return byEvent
  const lists = byEvent.filter(edge => nodeKind[edgeTarget[edge]] !== NodeKind.closure)
  const inLists = edgesFrom(snapshot, targetsOf(snapshot, lists), edge => edgeKind[edge] === EdgeKind.element)
  const all = setOf(snapshot.edgeCount, [...byEvent, ...inLists])
  return all.members()
}

/** `target → kEvents → Map → table → slot → root → next → Listener → function`. */
function ofTargets(snapshot: Snapshot, nodes: BitSet, event: string | undefined): Uint32Array {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeCount, nodeName} = snapshot
  const entries = elements(snapshot, targetsOf(snapshot, propertiesNamed(snapshot, nodes, '<symbol kEvents>')))
  const isEvent = isNamed(snapshot, event ?? '')
  const isNext = isNamed(snapshot, 'next')
  const isFunction = [isNamed(snapshot, 'listener'), isNamed(snapshot, 'callback')]
  const found = new BitSet(snapshot.edgeCount)
  const seen = new BitSet(nodeCount)
  for (const [i, entry] of entries.entries()) {
    const key = i === 0 ? -1 : edgeTarget[entries[i - 1]]
    if (event !== undefined && (key < 0 || !isEvent(nodeName[key]))) continue
    const waiting = [edgeTarget[entry]]
    while (waiting.length > 0) {
      const node = waiting.pop()!
      if (seen.has(node)) continue
      seen.add(node)
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
        if (edgeKind[edge] !== EdgeKind.property && edgeKind[edge] !== EdgeKind.weak) continue
        if (isNext(edgeName[edge])) waiting.push(edgeTarget[edge])
        else if (isFunction.some(is => is(edgeName[edge]))) found.add(edge)
      }
    }
  }
  return found.members()
}

/** What the browser will call, by what calls it: a timer, an observer. */
function callbacksOf(snapshot: Snapshot, nodes: BitSet, caller: string): Uint32Array {
  const {firstEdge} = snapshot
  return ofPages(snapshot, nodes, OF_NO_TREE).filter(edge => callerOf(snapshot, sourceOf(firstEdge, edge)) === caller)
}

const LISTENER_RECORD = /Listener|EventTargetData|Vector|Hash|EventHandler/
/** Of a browser's objects all but a page's own: windows, documents, elements. */
const OF_NO_TREE = /^(?!(?:Detached )?(?:[<#]|HTML|Window|Document))/

/** From Blink's records, which hang together below the node, to the functions. */
function ofPages(snapshot: Snapshot, nodes: BitSet, record: RegExp): Uint32Array {
  const {edgeTarget, firstEdge, nodeCount, nodeKind, nodeName, strings} = snapshot
  const isRecord = (node: number) => nodeKind[node] === NodeKind.native && record.test(strings.get(nodeName[node]))
  const seen = new BitSet(nodeCount)
  const waiting = [...nodes.members()]
  const found = new BitSet(snapshot.edgeCount)
  while (waiting.length > 0) {
    const node = waiting.pop()!
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const held = edgeTarget[edge]
      if (nodeKind[held] === NodeKind.closure && !nodes.has(node)) found.add(edge)
      else if (isRecord(held) && !seen.has(held)) {
        seen.add(held)
        waiting.push(held)
      }
    }
  }
  return found.members()
}

function propertiesNamed(snapshot: Snapshot, nodes: BitSet, name: string): Uint32Array {
  const isMeant = isNamed(snapshot, name)
  const {edgeKind, edgeName} = snapshot
  return edgesFrom(snapshot, nodes, edge => edgeKind[edge] === EdgeKind.property && isMeant(edgeName[edge]))
}

/** By a symbol up to Node 22 (lib/async_hooks.js), in a frame from Node 24 on (lib/internal/async_context_frame.js). */
function storesOf(snapshot: Snapshot, nodes: BitSet, storage: string): Uint32Array {
  const {edgeKind, edgeName, edgeTarget, types} = snapshot
  const isStore = isNamed(snapshot, '<symbol kResourceStore>')
  const found = edgesFrom(
    snapshot,
    nodes,
    edge =>
      (edgeKind[edge] === EdgeKind.property && isStore(edgeName[edge])) ||
      types.names[types.ofNode[edgeTarget[edge]]] === 'AsyncContextFrame',
  )
  if (storage === '') return found
  const storages = targetsOf(snapshot, variablesNamed(snapshot, storage))
  const table = internalTargets(snapshot)
  return found.filter(edge => {
    const entries = table(edgeTarget[edge], 'table')
    return entries >= 0 && leadsToAny(snapshot, entries, storages)
  })
}

function leadsToAny({edgeTarget, firstEdge}: Snapshot, node: number, wanted: BitSet): boolean {
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) if (wanted.has(edgeTarget[edge])) return true
  return false
}

/** Slots that every object has for what it is, not for what it was given. */
const DESCRIBING = ['map', 'shared', 'code', 'initial_map', 'prototype', 'feedback_cell', 'native_context']

/** V8's own slots, and properties by symbols, such as that of an error's frames. */
function insideOf(snapshot: Snapshot, nodes: BitSet): Uint32Array {
  const {edgeKind, edgeName, strings} = snapshot
  return edgesFrom(snapshot, nodes, edge => {
    const kind = edgeKind[edge]
    if (kind === EdgeKind.hidden || kind === EdgeKind.shortcut) return true
    if (kind === EdgeKind.property) return strings.get(edgeName[edge]).startsWith('<symbol')
    return kind === EdgeKind.internal && !DESCRIBING.includes(strings.get(edgeName[edge]))
  })
}

/** A variable that functions among the nodes see, what the nodes lead to of that type or name, or, further on, what is so called anywhere. */
function namedFrom(snapshot: Snapshot, nodes: BitSet, name: string): Uint32Array {
  const {edgeTarget, firstEdge} = snapshot
  const variables = variablesNamed(snapshot, name)
  if (variables.length > 0) {
    const seen = scopesAround(snapshot, nodes)
    const own = variables.filter(edge => seen.has(sourceOf(firstEdge, edge)))
    if (own.length > 0) return own
  }
  const meant = nodesOfHead(snapshot, name)
  if (meant !== undefined) {
    const direct = edgesFrom(snapshot, nodes, edge => meant.has(edgeTarget[edge]))
    if (direct.length > 0) return direct
  }
  const property = propertiesNamed(snapshot, nodes, name)
  if (property.length > 0) return property
  if (hasRoot(snapshot, nodes)) return new Uint32Array(0)
  if (meant !== undefined) return edgesFromOutside(snapshot, meant)
  return variables
}

/** The scopes that functions among the nodes see, and scopes among them. */
function scopesAround(snapshot: Snapshot, nodes: BitSet): BitSet {
  const {nodeCount} = snapshot
  const {isScope} = scopes(snapshot)
  const target = internalTargets(snapshot)
  const seen = new BitSet(nodeCount)
  for (const node of nodes.members()) {
    for (
      let at = isScope(node) ? node : target(node, 'context');
      at >= 0 && isScope(at) && !seen.has(at);
      at = target(at, 'previous')
    )
      seen.add(at)
  }
  return seen
}
