/** Rules for V8's own parts of an object: its stores of properties and elements, what a bound function or a proxy is made of. */

import {originalOfProperty} from '../../snapshot/code/original-names.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Chain} from './code-chain.ts'
import type {Fold, Rule} from './code-fold.ts'
import {functionName} from './code-nodes.ts'
import {property} from './step.ts'

// Properties kept apart from their object

/** `object → properties → slot`: named after the property that leads to the same. */
export const propertyStore: Rule = (chain, at) => {
  let end = at + 1
  if (chain.slot(end) < 0) return undefined
  end++
  if (chain.is(end, EdgeKind.internal, 'value') && chain.isRaw(chain.target(end - 1), 'PropertyCell')) end++
  const twin = twinOf(chain, at, end - 1, EdgeKind.property)
  if (twin < 0) return undefined
  const {edgeName, strings} = chain.snapshot
  return {
    length: end - at,
    step: property(originalOfProperty(chain.snapshot, twin) ?? strings.get(edgeName[twin])),
  }
}

/** `array → elements → slot`. */
export const elementStore: Rule = (chain, at) => {
  const slot = chain.kind(at + 1) === EdgeKind.internal ? chain.slot(at + 1) : -1
  if (slot < 0) return undefined
  const twin = twinOf(chain, at, at + 1, EdgeKind.element)
  const index = twin < 0 ? slot : chain.snapshot.edgeName[twin]
  return {length: 2, step: {kind: 'element', index}}
}

/** An edge of that kind beside the chain from the source of `from` to the target of `to`; -1 if there is none. */
function twinOf(chain: Chain, from: number, to: number, kind: number): number {
  const {edgeKind, edgeTarget, firstEdge} = chain.snapshot
  const node = chain.source(from)
  const wanted = chain.target(to)
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeTarget[edge] === wanted && edgeKind[edge] === kind) return edge
  }
  return -1
}

// Errors (`ErrorStackData`, `CallSiteInfo`, call-site-info.tq)

/** Edges from an error to the record of one frame: a symbol's property, V8's array of frames, in newer versions a structure around it. */
const MAX_TO_FRAME = 3

/**
 * `error → symbol → frames → frame → slot`: until somebody reads `error.stack`, V8 keeps the frames themselves, with the function of each
 * and its `this`.
 */
export const errorStack: Rule = (chain, at) => {
  let frame = at
  while (frame < Math.min(chain.length, at + MAX_TO_FRAME) && !chain.isRaw(chain.target(frame), 'CallSiteInfo')) frame++
  if (frame === at || frame + 1 >= chain.length || !chain.isRaw(chain.target(frame), 'CallSiteInfo')) {
    return rawFrames(chain, at)
  }
  return {
    length: frame + 2 - at,
    step: {kind: 'stack', functionName: functionOfFrame(chain, chain.target(frame))},
    inCode: true,
  }
}

/**
 * Files of Node 24 and newer have what the frames need one behind the other in one array. No value of JavaScript's is such an array, so a
 * symbol that leads to one is V8's.
 */
function rawFrames(chain: Chain, at: number): Fold | undefined {
  const {nodeKind} = chain.snapshot
  const isOfV8 = chain.name(at).startsWith('<symbol') && nodeKind[chain.target(at)] === NodeKind.array
  if (!isOfV8 || at + 1 >= chain.length || chain.slot(at + 1) < 0) return undefined
  return {length: 2, step: {kind: 'stack', functionName: functionOfRawFrame(chain, at + 1)}, inCode: true}
}

/** Slots from a frame's code to its function; the receiver is between them. */
const CODE_TO_FUNCTION = 2

/** `at`: the edge out of the array. A frame begins with its code (`CaptureSimpleStackTrace`, v8/src/execution/isolate.cc); V8 writes slots in order. */
function functionOfRawFrame(chain: Chain, at: number): string {
  const {snapshot} = chain
  const {firstEdge, edgeName, edgeTarget, nodeKind, strings} = snapshot
  const array = chain.source(at)
  let code = chain.edge(at)
  while (code >= firstEdge[array] && nodeKind[edgeTarget[code]] !== NodeKind.code) code--
  if (code < firstEdge[array]) return ''
  const wanted = String(Number(strings.get(edgeName[code])) + CODE_TO_FUNCTION)
  const last = Math.min(firstEdge[array + 1], code + CODE_TO_FUNCTION + 1)
  for (let edge = code + 1; edge < last; edge++) {
    if (strings.get(edgeName[edge]) !== wanted || nodeKind[edgeTarget[edge]] !== NodeKind.closure) continue
    return functionName(snapshot, edgeTarget[edge])
  }
  return ''
}

function functionOfFrame({snapshot}: Chain, frame: number): string {
  const {firstEdge, edgeTarget, nodeKind} = snapshot
  for (let edge = firstEdge[frame]; edge < firstEdge[frame + 1]; edge++) {
    const target = edgeTarget[edge]
    if (nodeKind[target] === NodeKind.closure) return functionName(snapshot, target)
  }
  return ''
}

// Functions (`V8HeapExplorer::ExtractJSBoundFunctionReferences`)

export const boundArgument: Rule = (chain, at) => {
  const slot = chain.slot(at + 1)
  return slot < 0 ? undefined : {length: 2, step: {kind: 'boundArgument', index: slot}}
}

export const shortcutArgument: Rule = (chain, at) => {
  const found = /^bound_argument_(\d+)$/.exec(chain.name(at))
  return found === null ? undefined : {length: 1, step: {kind: 'boundArgument', index: Number(found[1])}}
}

/** `JSProxy` has its target and its handler last (js-proxy.tq); in some versions an empty hash stands before them. */
export const proxyPart: Rule = (chain, at) => {
  const {snapshot} = chain
  const {edgeKind, firstEdge} = snapshot
  const proxy = chain.source(at)
  if (!chain.isRaw(proxy, 'JSProxy')) return undefined
  let after = 0
  for (let edge = chain.edge(at) + 1; edge < firstEdge[proxy + 1]; edge++)
    if (edgeKind[edge] === EdgeKind.hidden) after++
  return after > 1 ? undefined : {length: 1, step: {kind: 'proxy', part: after === 1 ? 'target' : 'handler'}}
}
