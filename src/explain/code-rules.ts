/**
 * What stands behind V8's and Node's own slots in JavaScript: one small rule for each shape of edges, found by the name of its first.
 * A rule says how many edges of the chain it stands for; where none speaks, an edge is shown as it is.
 */

import {exportName} from '../analyze/cut-variables.ts'
import {tableLayout} from '../analyze/tables.ts'
import {originOfScript} from '../snapshot/code-origin.ts'
import {isIndexed} from '../snapshot/columns.ts'
import {parseEphemeronName} from '../snapshot/ephemerons.ts'
import {internalTargets, propertyTarget} from '../snapshot/internal-edges.ts'
import {EdgeKind, NodeKind} from '../snapshot/schema.ts'
import {scopes} from '../snapshot/scopes.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import type {Chain} from './code-chain.ts'
import {functionName, isGlobal, isRealm, keyText, scopeName, sideOf, startName} from './code-nodes.ts'
import {propertyLabel} from './edge-label.ts'
import {shownScript} from './script-root.ts'
import {placeOf, sourcePlace} from './source-place.ts'

export interface Fold {
  /** Edges of the chain that it stands for. */
  length: number
  text: string
  /** The same with keys and indexes left out; `text` if it has none. */
  pattern?: string
  /** What the step is called alone, if that is not its text. */
  label?: string
  /** What a path may begin with that has nothing but the runtime's own before it; the text leads on from there. */
  alone?: string
  /** Line to look at, if it is not that of the function arrived at. */
  place?: string
  /** False for what the runtime does by itself; where the rule does not tell, that depends on what the edges connect. */
  inCode?: boolean
}

type Rule = (chain: Chain, at: number) => Fold | undefined

// Scopes (`V8HeapExplorer::ExtractContextReferences`, heap-snapshot-generator.cc)

/** `function → context → previous … → variable`: the variable that the function sees, or the module that it is written in. */
const scopeOfFunction: Rule = (chain, at) => {
  const {isScope, kind} = scopes(chain.snapshot)
  let end = at + 1
  while (chain.is(end, EdgeKind.internal, 'previous') && isScope(chain.target(end))) end++
  const scope = chain.target(end - 1)
  if (!isScope(scope)) return undefined
  if (kind(scope) === 'module') {
    const name = scopeName(chain.snapshot, scope)
    return {length: end - at, text: ` · ${name}`, alone: name, inCode: sideOf(chain.snapshot, scope) !== 'runtime'}
  }
  const variable = scopeVariable(chain, end)
  return variable && {...variable, length: end + variable.length - at}
}

/** `scope → variable`; a variable that changes has a cell of its own in newer versions (`ContextCell`, context-cell.tq). */
const scopeVariable: Rule = (chain, at) => {
  const {isScope, kind} = scopes(chain.snapshot)
  const scope = chain.source(at)
  const isHidden = chain.kind(at) === EdgeKind.hidden
  if (!isScope(scope) || kind(scope) === 'builtin' || (!isHidden && chain.kind(at) !== EdgeKind.context))
    return undefined
  const inCell = chain.kind(at + 1) === EdgeKind.hidden && isRaw(chain, chain.target(at), 'ContextCell')
  const word = kind(scope) === 'module' ? '' : 'scope var '
  // V8 does not write the names of variables of blocks.
  const text = isHidden ? ' · unnamed scope var' : ` · ${word}${chain.name(at)}`
  const inCode = sideOf(chain.snapshot, scope) !== 'runtime'
  return {length: inCell ? 2 : 1, text, label: isHidden ? 'unnamed scope var' : `scope var ${chain.name(at)}`, inCode}
}

/** `realm → script_context_table → scope`: `let` and `class` at the top of a script. */
const scriptScope: Rule = (chain, at) => {
  if (at + 1 >= chain.length || chain.slot(at + 1) < 0) return undefined
  const scope = chain.target(at + 1)
  if (!scopes(chain.snapshot).isScope(scope)) return undefined
  const name = scopeName(chain.snapshot, scope)
  const alone = name === 'module' ? 'script' : name
  return {length: 2, text: ` · ${alone}`, alone, inCode: sideOf(chain.snapshot, scope) !== 'runtime'}
}

/** What V8's resolving functions see of the promise they are for (`CreatePromiseResolvingFunctionsContext`, promise-misc.tq). */
const resolvedPromise: Rule = (chain, at) => {
  if (chain.kind(at + 1) !== EdgeKind.hidden || chain.targetType(at + 1) !== 'Promise') return undefined
  return isBuiltin(chain, chain.source(at)) ? {length: 2, text: ' · resolves Promise', inCode: true} : undefined
}

// Modules

/** `module record → body → scope`, `module record → exports → cell → value` (`SourceTextModule`, source-text-module.tq). */
const moduleRecord: Rule = (chain, at) => {
  const record = chain.source(at)
  if (!isRaw(chain, record, 'SourceTextModule')) return undefined
  const {isScope, kind} = scopes(chain.snapshot)
  if (chain.is(at + 1, EdgeKind.internal, 'context')) {
    const scope = chain.target(at + 1)
    if (!isScope(scope) || kind(scope) !== 'module') return undefined
    const name = scopeName(chain.snapshot, scope)
    return {length: 2, text: ` · ${name}`, alone: name, inCode: sideOf(chain.snapshot, scope) !== 'runtime'}
  }
  if (
    chain.slot(at + 1) < 0 ||
    !chain.is(at + 2, EdgeKind.internal, 'value') ||
    !isRaw(chain, chain.target(at + 1), 'Cell')
  ) {
    return undefined
  }
  const name = moduleName(chain, at)
  const key = slotBefore(chain, at + 1)
  const isExport = key >= 0 && chain.snapshot.nodeKind[key] === NodeKind.string
  const binding = isExport ? `export ${chain.rawName(key) || text(chain, key)}` : 'binding'
  return {length: 3, text: ` · ${name} · ${binding}`, alone: `${name} · ${binding}`, inCode: true}
}

/** From the cell of an ES module's export, where a path begins there. */
const exportedValue: Rule = (chain, at) => {
  const name = exportName(chain.snapshot, chain.edge(at))
  return name === undefined ? undefined : {length: 1, text: ` · ${name}`, inCode: true}
}

/** By the place of the module's body, or the address that Node's wrapper of it has. */
function moduleName(chain: Chain, at: number): string {
  const {snapshot} = chain
  const record = chain.source(at)
  for (let edge = snapshot.firstEdge[record]; edge < snapshot.firstEdge[record + 1]; edge++) {
    const kind = snapshot.nodeKind[snapshot.edgeTarget[edge]]
    const place =
      kind === NodeKind.object || kind === NodeKind.closure ? placeOf(snapshot, snapshot.edgeTarget[edge]) : undefined
    if (place !== undefined && snapshot.edgeKind[edge] === EdgeKind.hidden) return `module ${place.shown}`
  }
  const url = at === 0 ? -1 : propertyTarget(snapshot, chain.source(at - 1), 'url')
  return url < 0 ? 'module' : `module ${shownScript(snapshot, text(chain, url).replace(/^file:\/\//, ''))}`
}

/** `exports` of Node's record of a CommonJS module (lib/internal/modules/cjs/loader.js). */
const commonJsExports: Rule = (chain, at) => {
  const file = propertyTarget(chain.snapshot, chain.source(at), 'filename')
  if (chain.type(chain.source(at)) !== 'Module' || file < 0) return undefined
  const name = text(chain, file)
  const alone = `module ${shownScript(chain.snapshot, name)} · exports`
  return {length: 1, text: ` · ${alone}`, alone, inCode: originOfScript(name).code !== 'runtime'}
}

// Collections (`OrderedHashTable`, ordered-hash-table.h)

/** `Map → table → slot`, and what of a WeakMap's table leads to a value. */
const tableEntry: Rule = (chain, at) => {
  const entry = entryOf(chain, at + 1)
  return entry && {...entry, length: 2}
}

/** An iterator that has the table itself (`JSCollectionIterator`, js-collection-iterator.tq), or the array. */
const iterated: Rule = (chain, at) => {
  if (!/(Map|Set|Array) ?Iterator$/.test(chain.type(chain.source(at)))) return undefined
  const entry = chain.snapshot.nodeKind[chain.target(at)] === NodeKind.array ? entryOf(chain, at + 1) : undefined
  if (entry === undefined) return {length: 1, text: ' · iterates'}
  const pattern = ` · iterates${entry.pattern ?? entry.text}`
  return {length: 2, text: ` · iterates${entry.text}`, pattern}
}

const entryOf: Rule = (chain, at) => {
  if (chain.kind(at) === EdgeKind.internal && parseEphemeronName(chain.name(at)) !== undefined)
    return weakMapValue(chain, at)
  const slot = chain.kind(at) === EdgeKind.internal ? chain.slot(at) : -1
  const entry = slot < 0 ? undefined : placeInTable(chain.snapshot, chain.source(at), slot)
  if (entry === undefined) return undefined
  if (entry === 'member') return {length: 1, text: ' · Set entry'}
  if (entry === 'key') return {length: 1, text: ' · key of Map entry'}
  const key = slotBefore(chain, at)
  return {length: 1, text: `.get(${key < 0 ? '…' : keyText(chain.snapshot, key)})`, pattern: '.get(…)'}
}

/** The value of a WeakMap's entry, from its key or from the table; V8 before 8.4 writes only the way from the key, under another name. */
const weakMapValue: Rule = (chain, at) => {
  const name = chain.name(at)
  const isEntry = parseEphemeronName(name) !== undefined || /^\d+ \/ key .* in WeakMap$/s.test(name)
  return isEntry ? {length: 1, text: ' · value in WeakMap'} : undefined
}

/** What a slot of a Map's or Set's table is. */
export function placeInTable(snapshot: Snapshot, table: number, slot: number): 'key' | 'value' | 'member' | undefined {
  const layout = tableLayout(snapshot, table)
  const place = layout === undefined ? -1 : slot - layout.firstSlot
  if (layout === undefined || place < 0) return undefined
  if (layout.entryWords === 2) return place % 2 === 0 ? 'member' : undefined
  return place % 3 === 0 ? 'key' : place % 3 === 1 ? 'value' : undefined
}

/** What the slot before that of an edge has: V8 writes slots in order, so it is the edge before; -1 for a number, which has no edge. */
function slotBefore(chain: Chain, at: number): number {
  const {snapshot} = chain
  const {edgeKind, edgeName, edgeTarget, firstEdge, strings} = snapshot
  const before = chain.edge(at) - 1
  if (before < firstEdge[chain.source(at)] || edgeKind[before] !== chain.kind(at)) return -1
  const wanted = chain.slot(at) - 1
  const slot = isIndexed(edgeKind[before]) ? edgeName[before] : strings.get(edgeName[before])
  return String(slot) === String(wanted) ? edgeTarget[before] : -1
}

/** What a FinalizationRegistry holds for the day that its object is gone (`WeakCell`, js-weak-refs.tq). */
const finalizationHeld: Rule = (chain, at) => {
  let end = at
  while (chain.kind(end) === EdgeKind.hidden && isRaw(chain, chain.target(end), 'WeakCell')) end++
  if (end === at || chain.kind(end) !== EdgeKind.hidden) return undefined
  return {length: end + 1 - at, text: ' · held value'}
}

// Properties kept apart from their object

/** `object → properties → slot`: named after the property that leads to the same. */
const propertyStore: Rule = (chain, at) => {
  let end = at + 1
  if (chain.slot(end) < 0) return undefined
  end++
  if (chain.is(end, EdgeKind.internal, 'value') && isRaw(chain, chain.target(end - 1), 'PropertyCell')) end++
  const twin = twinOf(chain, at, end - 1, EdgeKind.property)
  if (twin < 0) return undefined
  return {length: end - at, text: propertyLabel(chain.snapshot.strings.get(chain.snapshot.edgeName[twin]))}
}

/** `array → elements → slot`. */
const elementStore: Rule = (chain, at) => {
  const slot = chain.kind(at + 1) === EdgeKind.internal ? chain.slot(at + 1) : -1
  if (slot < 0) return undefined
  const twin = twinOf(chain, at, at + 1, EdgeKind.element)
  const index = twin < 0 ? slot : chain.snapshot.edgeName[twin]
  return {length: 2, text: `[${index}]`, pattern: '[i]'}
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

// Functions (`V8HeapExplorer::ExtractJSBoundFunctionReferences`)

const boundArgument: Rule = (chain, at) => {
  const slot = chain.slot(at + 1)
  return slot < 0 ? undefined : {length: 2, text: ` · bound argument ${slot}`}
}

const shortcutArgument: Rule = (chain, at) => {
  const found = /^bound_argument_(\d+)$/.exec(chain.name(at))
  return found === null ? undefined : {length: 1, text: ` · bound argument ${found[1]}`}
}

/** A slot that has a word of its own. */
const inWords =
  (words: string): Rule =>
  () => ({length: 1, text: words})

/** `JSProxy` has its target and its handler last (js-proxy.tq); in some versions an empty hash stands before them. */
const proxyPart: Rule = (chain, at) => {
  const {snapshot} = chain
  const {edgeKind, firstEdge} = snapshot
  const proxy = chain.source(at)
  if (!isRaw(chain, proxy, 'JSProxy')) return undefined
  let after = 0
  for (let edge = chain.edge(at) + 1; edge < firstEdge[proxy + 1]; edge++)
    if (edgeKind[edge] === EdgeKind.hidden) after++
  return after > 1 ? undefined : {length: 1, text: after === 1 ? ' · Proxy target' : ' · Proxy handler'}
}

// Suspended functions and promises (`JSGeneratorObject`, js-generator.tq; `PromiseReaction`, promise.tq)

/** `generator → parameters_and_registers → slot`: names of locals are not in the file. */
const suspended: Rule = (chain, at) => {
  const slot = chain.slot(at + 1)
  // Of a function that was reached by what it waits for, that it is suspended is said already.
  const isSaid = at > 0 && chain.is(at - 1, EdgeKind.internal, 'extension')
  if (isSaid && slot >= 0) return {length: 2, text: `, local #${slot}`, inCode: true}
  const of = functionOf(chain, chain.source(at))
  const isAsync = isAsyncFunction(chain, chain.source(at))
  const {name, place} = functionWords(chain, of, chain.source(at))
  return {length: 1, text: ` · suspended at ${isAsync ? 'async ' : ''}${name}`, place, inCode: true}
}

const local: Rule = (chain, at) => {
  const isRegisters = at > 0 && chain.is(at - 1, EdgeKind.internal, 'parameters_and_registers')
  const slot = chain.slot(at)
  return isRegisters && slot >= 0 ? {length: 1, text: `, local #${slot}`, inCode: true} : undefined
}

/** `promise → reaction … → handler`, and through V8's own handlers of an `await` on to the function that waits. */
const reaction: Rule = (chain, at) => {
  let end = at + 1
  if (!isReaction(chain, end - 1)) {
    return chain.type(chain.source(at)) === 'Promise' ? {length: 1, text: ' · result'} : undefined
  }
  while (chain.kind(end) === EdgeKind.hidden && isReaction(chain, end)) end++
  if (chain.kind(end) !== EdgeKind.hidden) return undefined
  return ofReaction(chain, at, end)
}

/** The same from a reaction on. */
const fromReaction: Rule = (chain, at) => {
  if (!isRaw(chain, chain.source(at), 'PromiseReaction')) return undefined
  let end = at
  while (chain.kind(end) === EdgeKind.hidden && isReaction(chain, end)) end++
  return chain.kind(end) === EdgeKind.hidden ? ofReaction(chain, at, end) : undefined
}

function ofReaction(chain: Chain, at: number, end: number): Fold | undefined {
  const {snapshot} = chain
  const node = chain.target(end)
  const length = end + 1 - at
  const store = asyncStore(chain, end)
  if (store !== undefined) return {...store, length: length + store.length - 1}
  if (snapshot.nodeKind[node] !== NodeKind.closure) return {length, text: '.then(…)', inCode: true}
  if (!isBuiltin(chain, node)) return {length, text: `.then(${functionName(snapshot, node)})`, inCode: true}
  const generator = end + 2
  const isAwait =
    chain.is(end + 1, EdgeKind.internal, 'context') &&
    generator < chain.length &&
    isGenerator(chain, chain.target(generator))
  if (!isAwait) return {length, text: '.then(…)', inCode: true}
  const {name, place} = functionWords(chain, functionOf(chain, chain.target(generator)), chain.target(generator))
  return {length: generator + 1 - at, text: ` · awaited by async ${name}`, place, inCode: true}
}

/** `generator of an async function → its promise → … → the function that waits for it`. */
const awaitedResult: Rule = (chain, at) => {
  if (chain.targetType(at) !== 'Promise' || !isGenerator(chain, chain.source(at))) return undefined
  const next = chain.is(at + 1, EdgeKind.internal, 'reactions_or_result') ? reaction(chain, at + 1) : undefined
  if (next === undefined) return {length: 1, text: ' · its Promise'}
  return {...next, length: next.length + 1}
}

function isReaction(chain: Chain, at: number): boolean {
  return at < chain.length && isRaw(chain, chain.target(at), 'PromiseReaction')
}

function isGenerator({snapshot}: Chain, node: number): boolean {
  return internalTargets(snapshot)(node, 'parameters_and_registers') >= 0
}

function functionOf({snapshot}: Chain, generator: number): number {
  return internalTargets(snapshot)(generator, 'function')
}

function functionWords({snapshot}: Chain, closure: number, generator: number): {name: string; place: string} {
  const place = sourcePlace(snapshot, closure < 0 ? generator : closure) || sourcePlace(snapshot, generator)
  return {name: (closure < 0 ? '' : functionName(snapshot, closure)) || '(anonymous)', place}
}

/** The generators of async functions have the promise that they will settle. */
function isAsyncFunction(chain: Chain, generator: number): boolean {
  const {edgeKind, edgeTarget, firstEdge} = chain.snapshot
  for (let edge = firstEdge[generator]; edge < firstEdge[generator + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.hidden && chain.type(edgeTarget[edge]) === 'Promise') return true
  }
  return false
}

// Node's own (lib/events.js, lib/internal/event_target.js, lib/async_hooks.js, lib/internal/async_hooks.js)

/** `emitter → _events → name → [i]`, and through the wrapper that `once` makes. */
const eventListener: Rule = (chain, at) => {
  if (chain.kind(at + 1) !== EdgeKind.property) return undefined
  const end = at + (chain.kind(at + 2) === EdgeKind.element && chain.targetType(at + 1) === 'Array' ? 3 : 2)
  if (chain.snapshot.nodeKind[chain.target(end - 1)] !== NodeKind.closure) return undefined
  const wrapped = insideWrapper(chain, end)
  const text = ` ${wrapped > end ? 'once' : 'on'} ${eventText(chain.name(at + 1))} listener`
  return {length: wrapped - at, text: withName(chain, text, wrapped - 1), inCode: true}
}

/** Where the function given to `once` is reached: by the wrapper's `listener`, its bound object, or its scope. */
function insideWrapper(chain: Chain, at: number): number {
  if (!/^(?:native_bind|bound .*|wrapper|)$/.test(functionName(chain.snapshot, chain.target(at - 1)))) return at
  if (sideOf(chain.snapshot, chain.target(at - 1)) === 'people') return at
  if (chain.is(at, EdgeKind.property, 'listener')) return at + 1
  if (chain.is(at, EdgeKind.internal, 'bound_this') && chain.is(at + 1, EdgeKind.property, 'listener')) return at + 2
  if (chain.is(at, EdgeKind.internal, 'context') && chain.is(at + 1, EdgeKind.context, 'listener')) return at + 2
  return at
}

/** With the name of the function that the edge leads to, if it has one. */
function withName(chain: Chain, words: string, at: number): string {
  const name = functionName(chain.snapshot, chain.target(at))
  return name === '' ? words : `${words} ${name}`
}

function eventText(name: string): string {
  const symbol = /^<symbol ?(.*)>$/s.exec(name)
  return symbol === null ? JSON.stringify(name) : `Symbol(${symbol[1]})`
}

/** `target → kEvents → Map → table → slot → {next} → Listener … → function`. */
const targetListener: Rule = (chain, at) => {
  if (!chain.is(at + 1, EdgeKind.internal, 'table')) return undefined
  const key = slotBeforeOf(chain, at + 2)
  let end = at + 3
  while (chain.is(end, EdgeKind.property, 'next')) end++
  const isLast = chain.is(end, EdgeKind.property, 'listener') || chain.is(end, EdgeKind.property, 'callback')
  if (end === at + 3 || !isLast) return undefined
  const event = key < 0 ? '' : ` ${keyText(chain.snapshot, key)}`
  return {length: end + 1 - at, text: withName(chain, ` on${event} listener`, end), inCode: true}
}

function slotBeforeOf(chain: Chain, at: number): number {
  return at < chain.length ? slotBefore(chain, at) : -1
}

/** `resource → kResourceStore` up to Node 22. */
const resourceStore: Rule = () => ({length: 1, text: ' · AsyncLocalStorage store', inCode: true})

/** `resource → AsyncContextFrame → table → slot` from Node 24 on (lib/internal/async_context_frame.js). */
const asyncStore: Rule = (chain, at) => {
  if (chain.targetType(at) !== 'AsyncContextFrame') return undefined
  const entry = chain.is(at + 1, EdgeKind.internal, 'table') ? tableEntry(chain, at + 1) : undefined
  if (entry === undefined || !entry.text.startsWith('.get(')) return undefined
  return {length: 3, text: ' · AsyncLocalStorage store', inCode: true}
}

/** `FixedCircularBuffer → list → [i] → task → callback`: what waits for the next tick (lib/internal/process/task_queues.js, fixed_queue.js). */
const nextTick: Rule = (chain, at) => {
  if (chain.type(chain.source(at)) !== 'FixedCircularBuffer' || chain.kind(at + 1) !== EdgeKind.element)
    return undefined
  if (chain.is(at + 2, EdgeKind.property, 'args')) return alone(3, 'process.nextTick · args')
  if (!chain.is(at + 2, EdgeKind.property, 'callback')) return undefined
  return alone(3, withName(chain, 'process.nextTick', at + 2))
}

/** `root → task → function`, and through the AsyncResource that Node's `queueMicrotask` binds (V8's microtask.tq). */
const microtask: Rule = (chain, at) => {
  if (!/^system \/ (?:Callable|Callback|Promise\w+)Task( |$)/.test(chain.rawName(chain.target(at)))) return undefined
  if (chain.kind(at + 1) !== EdgeKind.hidden) return undefined
  const isBound = chain.is(at + 2, EdgeKind.internal, 'bound_this') && chain.is(at + 3, EdgeKind.property, 'callback')
  const length = isBound && chain.targetType(at + 2) === 'AsyncResource' ? 4 : 2
  return alone(length, withName(chain, 'microtask', at + length - 1))
}

/** A step that a path may begin with. */
function alone(length: number, words: string): Fold {
  return {length, text: ` · ${words}`, alone: words, inCode: true}
}

/** `handle → owner`: what Node's C++ side holds of a server, socket or port (lib/internal/async_hooks.js). */
const handleOwner: Rule = (chain, at) => {
  const alone = `${chain.type(chain.source(at))} handle · ${startName(chain.snapshot, chain.target(at))}`
  return {length: 1, text: ` · ${startName(chain.snapshot, chain.target(at))}`, alone, inCode: true}
}

// Pages (Blink's `third_party/blink/renderer/core/dom/events`, `bindings/core/v8/js_based_event_listener.h`)

const LISTENER_PARTS =
  /(?:^|\/ |blink::)(?:Detached )?(?:EventTargetData|RegisteredEventListener|EventListener|V8EventListener|V8EventHandler\w*|JSBasedEventListener)|^(?:Heap)?(?:Vector|HashMap|VectorBacking|HashTableBacking|BasicHeapVector|HeapVector\w*|HeapHash\w*)/

/** `window → EventTargetData → … → V8EventListener → function`: which event it is for is not in the file. */
const pageListener: Rule = (chain, at) => {
  if (chain.snapshot.nodeKind[chain.target(at)] !== NodeKind.native) return undefined
  let end = at
  let seen = false
  while (
    end < chain.length &&
    chain.snapshot.nodeKind[chain.target(end)] === NodeKind.native &&
    LISTENER_PARTS.test(chain.rawName(chain.target(end)))
  ) {
    seen ||= chain.rawName(chain.target(end)).includes('EventListener')
    end++
  }
  if (!seen || end >= chain.length || chain.snapshot.nodeKind[chain.target(end)] !== NodeKind.closure) return undefined
  return {length: end + 1 - at, text: withName(chain, ' · event listener', end), inCode: true}
}

/** From one node of a page's tree to another: parent, child or sibling, the file does not say which. */
const pageTree: Rule = (chain, at) => {
  const {nodeKind} = chain.snapshot
  const isTree = (node: number) =>
    nodeKind[node] === NodeKind.native && /^(?:Detached )?(?:<|#text|Text|HTML|SVG)/.test(chain.rawName(node))
  if (!isTree(chain.source(at)) || !isTree(chain.target(at))) return undefined
  return {length: 1, text: ` › ${startName(chain.snapshot, chain.target(at))}`}
}

// Roots

/** `realm → global object`. */
const globalOfRealm: Rule = (chain, at) => {
  if (!isRealm(chain.snapshot, chain.source(at)) || !isGlobal(chain.snapshot, chain.target(at))) return undefined
  const name = startName(chain.snapshot, chain.target(at))
  return {length: 1, text: ` · ${name}`, alone: name, inCode: false}
}

/** From one of V8's roots into the heap. */
export const fromRoot: Rule = (chain, at) => {
  const {nodeKind, nodeName, strings} = chain.snapshot
  const root = strings.get(nodeName[chain.source(at)])
  if (nodeKind[chain.target(at)] === NodeKind.synthetic) return undefined
  const task = microtask(chain, at)
  if (task !== undefined) return task
  const inCode = sideOf(chain.snapshot, chain.target(at)) === 'people'
  if (root === '(Stack roots)') return {length: 1, text: ' · local variable of a running function', inCode}
  // `6 / DevTools console`: what the embedder says of a handle.
  const why = /^\d+ \/ (.+)$/s.exec(chain.name(at))
  return {length: 1, text: why === null ? ' · held' : ` · ${why[1]}`, inCode}
}

// The table: rules by the name of a chain's next edge, or by its kind where it has no name. The first that speaks counts.

const INTERNAL: Record<string, readonly Rule[]> = {
  context: [resolvedPromise, scopeOfFunction],
  previous: [scopeOfFunction],
  script_context_table: [scriptScope],
  global_object: [globalOfRealm],
  extension: [globalOfRealm],
  table: [tableEntry],
  value: [exportedValue],
  properties: [propertyStore],
  elements: [elementStore],
  bindings: [boundArgument],
  bound_arguments: [boundArgument],
  bound_this: [inWords(' · bound this')],
  bound_function: [inWords(' · bound function')],
  parameters_and_registers: [suspended],
  reactions_or_result: [reaction],
  reactions: [reaction],
  receiver: [inWords(' · this')],
  buffer: [inWords('.buffer')],
  backing_store: [inWords(' · its bytes')],
  first: [inWords(' · part of a joined string')],
  second: [inWords(' · part of a joined string')],
  parent: [inWords(' · string it is cut from')],
}

const PROPERTY: Record<string, readonly Rule[]> = {
  _events: [eventListener],
  list: [nextTick],
  exports: [commonJsExports],
  '<symbol kEvents>': [targetListener],
  '<symbol kResourceStore>': [resourceStore],
  '<symbol kAsyncContextFrame>': [asyncStore],
  '<symbol async_context_frame>': [asyncStore],
  '<symbol owner_symbol>': [handleOwner],
  '<symbol owner>': [handleOwner],
  // Where a window keeps its document (V8's cached accessors, named by Blink's bindings).
  '<symbol Window#DocumentCachedAccessor>': [inWords('.document')],
}

const NUMBERED: readonly Rule[] = [local, weakMapValue]
const HIDDEN: readonly Rule[] = [
  scopeVariable,
  proxyPart,
  finalizationHeld,
  moduleRecord,
  awaitedResult,
  fromReaction,
  iterated,
  asyncStore,
  local,
]
const ELEMENT: readonly Rule[] = [pageListener, pageTree]

/** What the next edges of the chain are in JavaScript, undefined if no rule speaks. */
export function foldAt(chain: Chain, at: number): Fold | undefined {
  if (chain.snapshot.nodeKind[chain.source(at)] === NodeKind.synthetic) return fromRoot(chain, at)
  for (const rule of rulesFor(chain, at)) {
    const fold = rule(chain, at)
    if (fold !== undefined) return fold
  }
  return undefined
}

function rulesFor(chain: Chain, at: number): readonly Rule[] {
  const kind = chain.kind(at)
  if (kind === EdgeKind.hidden) return HIDDEN
  if (kind === EdgeKind.element) return ELEMENT
  if (kind === EdgeKind.context) return [scopeVariable]
  if (kind === EdgeKind.shortcut) return [shortcutArgument]
  const name = chain.name(at)
  if (kind === EdgeKind.property) return ownRules(PROPERTY, name) ?? []
  return kind === EdgeKind.internal ? (ownRules(INTERNAL, name) ?? NUMBERED) : []
}

/** A property may be called `constructor`. */
function ownRules(table: Record<string, readonly Rule[]>, name: string): readonly Rule[] | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** V8's own structure of that name: `system / Cell`, in newer versions with more behind it. */
function isRaw(chain: Chain, node: number, name: string): boolean {
  const raw = chain.rawName(node)
  return raw.startsWith('system / ') && (raw === `system / ${name}` || raw.startsWith(`system / ${name} `))
}

/** A function of V8's own, which has neither name nor place. */
function isBuiltin(chain: Chain, closure: number): boolean {
  const {nodeKind} = chain.snapshot
  return (
    nodeKind[closure] === NodeKind.closure &&
    functionName(chain.snapshot, closure) === '' &&
    sideOf(chain.snapshot, closure) === 'runtime'
  )
}

function text({snapshot}: Chain, node: number): string {
  return snapshot.strings.get(snapshot.nodeName[node])
}
