/**
 * What stands behind V8's and Node's own slots in JavaScript: one small rule for each shape of edges, found by the name of its first.
 * The rules are in `*-rules.ts`, the table of them is here.
 * A rule says how many edges of the chain it stands for; where none speaks, an edge is shown as it is.
 */
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Chain} from './code-chain.ts'
import type {Fold, Rule} from './code-fold.ts'
import {sideOf} from './code-nodes.ts'
import {finalizationHeld, iterated, tableEntry, weakMapValue} from './collection-rules.ts'
import {component} from './component-rules.ts'
import {
  asyncStore,
  eventListener,
  handleOwner,
  microtask,
  nextTick,
  resourceStore,
  targetListener,
} from './nodejs-rules.ts'
import {boundArgument, elementStore, errorStack, propertyStore, proxyPart, shortcutArgument} from './object-rules.ts'
import {pageCallback, pageListener, pageTree, zoneTask} from './page-rules.ts'
import {awaitedResult, fromReaction, local, reaction, suspended} from './promise-rules.ts'
import {
  commonJsExports,
  exportedValue,
  globalOfRealm,
  moduleRecord,
  resolvedPromise,
  scopeOfFunction,
  scopeVariable,
  scriptScope,
} from './scope-rules.ts'
import {property, type StepValue} from './step.ts'

// Roots

/** From one of V8's roots into the heap. */
const fromRoot: Rule = (chain, at) => {
  const {nodeKind, nodeName, strings} = chain.snapshot
  const root = strings.get(nodeName[chain.source(at)])
  if (nodeKind[chain.target(at)] === NodeKind.synthetic) return undefined
  const task = microtask(chain, at)
  if (task !== undefined) return task
  const inCode = sideOf(chain.snapshot, chain.target(at)) === 'people'
  if (root === '(Stack roots)') return rootStep('local variable of a running function', inCode)
  // `6 / DevTools console`: what the embedder says of a handle.
  const why = /^\d+ \/ (.+)$/s.exec(chain.name(at))
  return rootStep(why === null ? 'held' : why[1], inCode)
}

function rootStep(words: string, inCode: boolean): Fold {
  return {length: 1, step: {kind: 'root', words}, inCode}
}

// The table: rules by the name of a chain's next edge, or by its kind where it has no name. The first that speaks counts.

/** A slot that is one step, whatever it leads to. */
const always =
  (step: StepValue): Rule =>
  () => ({length: 1, step})

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
  bound_this: [always({kind: 'bound', part: 'this'})],
  bound_function: [always({kind: 'bound', part: 'function'})],
  parameters_and_registers: [suspended],
  reactions_or_result: [reaction],
  reactions: [reaction],
  receiver: [always({kind: 'this'})],
  buffer: [always(property('buffer'))],
  backing_store: [always({kind: 'bytes'})],
  first: [always({kind: 'text', part: 'piece'})],
  second: [always({kind: 'text', part: 'piece'})],
  parent: [always({kind: 'text', part: 'whole'})],
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
  '<symbol Window#DocumentCachedAccessor>': [always(property('document'))],
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
const ELEMENT: readonly Rule[] = [pageListener, pageCallback, pageTree]

/** Symbols of V8's own have a name in some versions only; zone.js makes names of its own. */
const OTHER_PROPERTIES: readonly Rule[] = [errorStack, zoneTask]

/** What the next edges of the chain are in JavaScript, undefined if no rule speaks. */
export function foldAt(chain: Chain, at: number): Fold | undefined {
  if (chain.snapshot.nodeKind[chain.source(at)] === NodeKind.synthetic) return fromRoot(chain, at)
  const ofComponent = component(chain, at)
  if (ofComponent !== undefined) return ofComponent
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
  if (kind === EdgeKind.property) return ownRules(PROPERTY, name) ?? OTHER_PROPERTIES
  return kind === EdgeKind.internal ? (ownRules(INTERNAL, name) ?? NUMBERED) : []
}

/** A property may be called `constructor`. */
function ownRules(table: Record<string, readonly Rule[]>, name: string): readonly Rule[] | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
