/** A chain of edges as the JavaScript that reaches its end: V8's own slots folded into what a person wrote. */

import {exportCells, exportName} from '../analyze/cut-variables.ts'
import {globalObjects} from '../analyze/roots.ts'
import {codeOf} from '../snapshot/code-origin.ts'
import {internalTargets} from '../snapshot/internal-edges.ts'
import {moduleExports} from '../snapshot/module-exports.ts'
import {placeOfRow} from '../snapshot/places.ts'
import {EdgeKind, NodeKind} from '../snapshot/schema.ts'
import {scopes} from '../snapshot/scopes.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {describe} from './describe.ts'
import {edgeLabel} from './edge-label.ts'
import {abstractLabel} from './pattern-label.ts'
import {shownScript} from './script-root.ts'
import {scopeText, sourcePlace} from './source-place.ts'

export interface CodeStep {
  /** What is appended to the text so far: `.entries`, `[3]`, `.get("k1")`; the first step of a path names its start: `globalThis`. */
  text: string
  /** The same with indexes, keys and identities left out: equal for all members of a group. */
  pattern: string
  /** Ordinal the step leads to. */
  node: number
  /** The edges it stands for: `firstEdge` to `endEdge - 1` of the chain. */
  firstEdge: number
  endEdge: number
  /** How often the step is repeated. */
  times: number
  /** `src/bus.js:40`: line of the function, class or module that the step names; '' if there is none. */
  place: string
  /** False for what V8 or the runtime does. */
  inCode: boolean
}

/** A chain of edge ordinals, each beginning where the one before ends; the first begins at `start`. */
export function codePath(
  snapshot: Snapshot,
  start: number,
  edges: ArrayLike<number>,
  {raw = false}: {raw?: boolean} = {},
): CodeStep[] {
  const steps = [startStep(snapshot, start)]
  for (let at = 0; at < edges.length; ) {
    const source = at === 0 ? start : snapshot.edgeTarget[edges[at - 1]]
    const {length, text, pattern} =
      (raw ? undefined : folded(snapshot, source, edges, at)) ?? plainStep(snapshot, edges[at])
    const node = snapshot.edgeTarget[edges[at + length - 1]]
    const step = {text, pattern, node, firstEdge: at, endEdge: at + length, times: 1, ...arrival(snapshot, node)}
    const last = steps[steps.length - 1]
    if (last.pattern === pattern && last.place === step.place && steps.length > 1) {
      last.times++
      last.node = node
      last.endEdge = step.endEdge
    } else steps.push(step)
    at += length
  }
  return steps
}

export function codePathText(
  steps: readonly CodeStep[],
  {places = false, pattern = false}: {places?: boolean; pattern?: boolean} = {},
): string {
  return steps
    .map(step => {
      const times = step.times > 1 ? ` ×${step.times}` : ''
      const place = places && step.place !== '' ? ` (${step.place})` : ''
      return (pattern ? step.pattern : step.text) + times + place
    })
    .join('')
}

interface Fold {
  length: number
  text: string
  pattern: string
}

function plainStep(snapshot: Snapshot, edge: number): Fold {
  const label = edgeLabel(snapshot, edge)
  const joint = /^[.[]/.test(label) ? '' : ' · '
  return {length: 1, text: joint + label, pattern: joint + abstractLabel(snapshot, edge).trim()}
}

function startStep(snapshot: Snapshot, node: number): CodeStep {
  const text = startText(snapshot, node)
  const at = {node, firstEdge: 0, endEdge: 0, times: 1}
  const callback = timerCallback(snapshot, node)
  const {place} = arrival(snapshot, callback < 0 ? node : callback)
  return {
    text,
    pattern: text,
    ...at,
    place,
    inCode: codeOf(snapshot, node) !== 'runtime',
  }
}

function startText(snapshot: Snapshot, node: number): string {
  const {isScope, kind, function: functionOf, locationRow} = scopes(snapshot)
  if (isScope(node)) {
    const place = placeOfRow(snapshot, locationRow(node))
    if (kind(node) === 'module') return place === undefined ? 'script' : scopeText(snapshot, node)
    const of = functionOf(node)
    return of < 0 ? 'scope' : `scope of ${describe(snapshot, of).preview}`
  }
  const cell = exportCells(snapshot).get(node)
  if (cell !== undefined) return `module ${shownScript(snapshot, cell)}`
  const exporter = moduleExports(snapshot).get(node)
  if (exporter !== undefined) return `module ${shownScript(snapshot, exporter)} · exports`
  const {type, preview, kind: nodeKind} = describe(snapshot, node)
  const callback = timerCallback(snapshot, node)
  if (callback >= 0) return `${type} ${describe(snapshot, callback).preview}`
  if (nodeKind === 'closure') return `closure ${preview}`
  return globalObjects(snapshot).includes(node) ? 'globalThis' : type
}

/** The function that a Timeout or Immediate of Node's will call; -1 for others. */
function timerCallback(snapshot: Snapshot, node: number): number {
  const {firstEdge, edgeTarget, nodeKind, types} = snapshot
  if (!TIMERS.has(types.names[types.ofNode[node]])) return -1
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    const isCallback = isProperty(snapshot, edge, '_onTimeout') || isProperty(snapshot, edge, '_onImmediate')
    if (isCallback && nodeKind[edgeTarget[edge]] === NodeKind.closure) return edgeTarget[edge]
  }
  return -1
}

const TIMERS = new Set(['Timeout', 'Immediate'])

/** Of functions the line they are written at. */
function arrival(snapshot: Snapshot, node: number): {place: string; inCode: boolean} {
  const isFunction = snapshot.nodeKind[node] === NodeKind.closure
  return {place: isFunction ? sourcePlace(snapshot, node) : '', inCode: codeOf(snapshot, node) !== 'runtime'}
}

type Rule = (snapshot: Snapshot, source: number, edges: ArrayLike<number>, at: number) => Fold | undefined

function folded(snapshot: Snapshot, source: number, edges: ArrayLike<number>, at: number): Fold | undefined {
  for (const rule of RULES) {
    const fold = rule(snapshot, source, edges, at)
    if (fold !== undefined) return fold
  }
  return undefined
}

/** `closure → context → previous … → variable`: the variable that the function sees. */
function scopeVariable(snapshot: Snapshot, source: number, edges: ArrayLike<number>, at: number): Fold | undefined {
  const {edgeKind, edgeTarget} = snapshot
  const {isScope} = scopes(snapshot)
  let next = at
  if (snapshot.nodeKind[source] === NodeKind.closure && isNamed(snapshot, edges[next], 'context')) next++
  while (next < edges.length && isNamed(snapshot, edges[next], 'previous') && isScope(edgeTarget[edges[next]])) next++
  if (next >= edges.length || edgeKind[edges[next]] !== EdgeKind.context) return undefined
  const isModule = next === at && isScope(source) && scopes(snapshot).kind(source) === 'module'
  const name = snapshot.strings.get(snapshot.edgeName[edges[next]])
  const text = isModule ? ` · ${name}` : ` · scope var ${name}`
  return {length: next + 1 - at, text, pattern: text}
}

/** `Map → table → slot`, `Set → table → slot`. */
function collectionEntry(snapshot: Snapshot, source: number, edges: ArrayLike<number>, at: number): Fold | undefined {
  const {types, edgeTarget} = snapshot
  const type = types.names[types.ofNode[source]]
  if (at + 1 >= edges.length || !isNamed(snapshot, edges[at], 'table')) return undefined
  if (snapshot.nodeKind[edgeTarget[edges[at]]] !== NodeKind.array) return undefined
  if (type === 'Set') return {length: 2, text: ' entry', pattern: ' entry'}
  if (type !== 'Map') return undefined
  return {length: 2, text: '.get(…)', pattern: '.get(…)'}
}

/** `emitter → _events → name → [i]`. */
function listener(snapshot: Snapshot, _source: number, edges: ArrayLike<number>, at: number): Fold | undefined {
  const {edgeKind, edgeName, edgeTarget, strings, nodeKind} = snapshot
  if (at + 1 >= edges.length || !isProperty(snapshot, edges[at], '_events')) return undefined
  if (edgeKind[edges[at + 1]] !== EdgeKind.property) return undefined
  const isList = at + 2 < edges.length && edgeKind[edges[at + 2]] === EdgeKind.element
  const length = isList ? 3 : 2
  const target = edgeTarget[edges[at + length - 1]]
  if (nodeKind[target] !== NodeKind.closure) return undefined
  const {preview} = describe(snapshot, target)
  const text = ` on ${JSON.stringify(strings.get(edgeName[edges[at + 1]]))} listener ${preview}`
  return {length, text, pattern: text}
}

/** `Timeout → _onTimeout`. */
function timer(snapshot: Snapshot, source: number, edges: ArrayLike<number>, at: number): Fold | undefined {
  if (!isProperty(snapshot, edges[at], '_onTimeout')) return undefined
  const {preview} = describe(snapshot, snapshot.edgeTarget[edges[at]])
  // Where the path begins with the timer, that is named by its callback already.
  const text = at === 0 && timerCallback(snapshot, source) >= 0 ? '' : ` callback ${preview}`
  return {length: 1, text, pattern: text}
}

/** `promise → reaction → resolve function → await's scope → generator → its registers → local`. */
function suspended(snapshot: Snapshot, source: number, edges: ArrayLike<number>, at: number): Fold | undefined {
  const {edgeName, edgeTarget, edgeKind, nodeKind} = snapshot
  if (at + 1 >= edges.length || !isNamed(snapshot, edges[at], 'parameters_and_registers')) return undefined
  const of = internalTargets(snapshot)(source, 'function')
  const slot = edges[at + 1]
  if (nodeKind[edgeTarget[edges[at]]] !== NodeKind.array || edgeKind[slot] === EdgeKind.weak) return undefined
  const name = of < 0 ? 'function' : describe(snapshot, of).preview
  const place = of < 0 ? '' : sourcePlace(snapshot, of)
  const text = ` · suspended at ${name}${place && ` (${place})`}, local`
  const index = snapshot.strings.get(edgeName[slot])
  return {length: 2, text: `${text} #${index}`, pattern: text}
}

/** From the cell of what an ES module exports. */
function moduleExport(snapshot: Snapshot, _source: number, edges: ArrayLike<number>, at: number): Fold | undefined {
  const name = exportName(snapshot, edges[at])
  return name === undefined ? undefined : {length: 1, text: ` · ${name}`, pattern: ` · ${name}`}
}

const RULES: readonly Rule[] = [moduleExport, scopeVariable, collectionEntry, listener, timer, suspended]

function isNamed({edgeKind, edgeName, strings}: Snapshot, edge: number, name: string): boolean {
  return edgeKind[edge] === EdgeKind.internal && strings.get(edgeName[edge]) === name
}

function isProperty({edgeKind, edgeName, strings}: Snapshot, edge: number, name: string): boolean {
  return edgeKind[edge] === EdgeKind.property && strings.get(edgeName[edge]) === name
}
