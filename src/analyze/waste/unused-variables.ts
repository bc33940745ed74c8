/**
 * Captured variables that nobody uses: a context keeps all variables that some function in the text needs, for as long as any function
 * made in it lives, whether or not that one needs them.
 *
 * A variable of a context is used if a function that reads it lives with that context around it, or one that does may still make it:
 * any function around the place of use. A call that is not over (a generator or async function that waits, a call on the stack) counts
 * as such a function for its own context. What assigns only needs nothing of the value. Nothing is claimed of contexts that direct `eval`
 * or code without a known place may look into.
 */
import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import {nativeContextTest, scopes} from '../../snapshot/code/scopes.ts'
import type {Scope, Use, Variable} from '../../snapshot/code/script-scopes.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {PairMap} from '../../util/pair-map.ts'
import {
  type ContextScopes,
  contextScopes,
  isClosure,
  type KnownFunction,
  slotsOf,
  type Unknown,
  valueOfVariable,
} from '../facts/context-scopes.ts'
import {numberValue, oddballValue} from '../facts/property-value.ts'
import {dominatorTree, retainedSizes} from '../graph/dominators.ts'
import {cutMeasure} from '../graph/retained-set.ts'

/** Why it is not decided whether a context's variables are used. */
export type Undecided = Unknown | 'eval' | 'unknown code' | 'global' | 'unnamed'

/** A function that lives, and has a context around it. */
export interface Keeper {
  scope: Scope
  /** Ordinal of one such closure. */
  closure: number
}

/** A variable that closures keep and nobody uses. */
export interface UnusedVariable {
  variable: Variable
  /** Ordinal of the script, which has the text. */
  script: number
  /** Contexts in which nobody uses it and that hold something by it, by ordinal; the one that keeps most first. */
  contexts: number[]
  /** Ordinals of its values there, in the same order. */
  values: number[]
  /** Freed if it were nulled in all of them. */
  retainedBytes: number
  /** Those functions that keep the first context, in the order of the text. */
  keepers: Keeper[]
}

/** What `closures` answers. */
export interface UnusedVariablesAnswer {
  snapshot: Snapshot
  /** Most bytes first, ties by id; cut to the limit. */
  rows: UnusedVariable[]
  /** All that keep something alive, shown or not, and what would be freed if all of them were nulled. */
  total: {variables: number; contexts: number; retainedBytes: number}
  /** Variables that nobody uses but that keep nothing alive by themselves: something else holds their values too. */
  heldOtherwise: number
  /** Variables of which it was not measured what they keep: those whose values retain least. */
  notMeasured: number
  /** Contexts of people's code: those that could be judged, and why the others could not. */
  judged: number
  undecided: ReadonlyMap<Undecided, number>
}

/** So many times the nodes of the heap are looked at to measure what variables keep. */
const MAX_WORK = 10

interface Candidate {
  variable: Variable
  script: number
  contexts: number[]
  /** Edges to its values, in the same order. */
  edges: number[]
}

/** Linear in nodes and edges, with the time for parsing, and for measuring ten times the nodes at the most. */
export function unusedVariables(snapshot: Snapshot, limit = 30): UnusedVariablesAnswer {
  const {nodeId} = snapshot
  const {found, judged, undecided} = candidates(snapshot)
  const measure = cutMeasure(snapshot)
  const rows: {candidate: Candidate; bytes: number}[] = []
  let notMeasured = 0
  for (const candidate of found) {
    if (measure.work > MAX_WORK * snapshot.nodeCount) notMeasured++
    else rows.push({candidate, bytes: measure.bytes(candidate.edges)})
  }
  const keeping = rows
    .filter(({bytes}) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes || nodeId[a.candidate.contexts[0]] - nodeId[b.candidate.contexts[0]])
  return {
    snapshot,
    rows: keeping.slice(0, limit).map(({candidate, bytes}) => rowOf(snapshot, candidate, bytes)),
    total: {
      variables: keeping.length,
      contexts: keeping.reduce((sum, {candidate}) => sum + candidate.contexts.length, 0),
      retainedBytes: measure.bytes(keeping.flatMap(({candidate}) => candidate.edges)),
    },
    heldOtherwise: rows.length - keeping.length,
    notMeasured,
    judged,
    undecided,
  }
}

/** Variables that nobody uses, those first whose values retain most. */
function candidates(snapshot: Snapshot): {found: Candidate[]; judged: number; undecided: Map<Undecided, number>} {
  const {edgeTarget, nodeId} = snapshot
  const retained = retainedSizes(snapshot, 'devtools')
  const found = new Map<Variable, Candidate>()
  const undecided = new Map<Undecided, number>()
  let judged = 0
  for (const context of contextUses(snapshot).contexts) {
    const judgment = judge(snapshot, context)
    if (typeof judgment === 'string') {
      undecided.set(judgment, (undecided.get(judgment) ?? 0) + 1)
      continue
    }
    judged++
    const {script} = judgment
    for (const {variable, edge} of judgment.unused) {
      const row = getOrMake(found, variable, (): Candidate => ({variable, script, contexts: [], edges: []}))
      row.contexts.push(context)
      row.edges.push(edge)
    }
  }
  const most = memoize(({edges}: Candidate) => edges.reduce((sum, edge) => sum + retained[edgeTarget[edge]], 0))
  const sorted = [...found.values()].sort((a, b) => most(b) - most(a) || nodeId[a.contexts[0]] - nodeId[b.contexts[0]])
  return {found: sorted, judged, undecided}
}

function rowOf(
  snapshot: Snapshot,
  {variable, script, contexts, edges}: Candidate,
  retainedBytes: number,
): UnusedVariable {
  const {edgeTarget, nodeId} = snapshot
  const {dominator} = dominatorTree(snapshot)
  const retained = retainedSizes(snapshot, 'devtools')
  // What a context holds alone, as far as the dominators tell.
  const alone = edges.map((edge, i) => (dominator[edgeTarget[edge]] === contexts[i] ? retained[edgeTarget[edge]] : 0))
  const order = [...contexts.keys()].sort((a, b) => alone[b] - alone[a] || nodeId[contexts[a]] - nodeId[contexts[b]])
  const sorted = order.map(i => contexts[i])
  return {
    variable,
    script,
    contexts: sorted,
    values: order.map(i => valueOfVariable(snapshot, edges[i])),
    retainedBytes,
    keepers: keepersOf(snapshot, sorted[0], variable.scope),
  }
}

/** A place in the text that reads a variable, and a living function that is around it, or is itself it. */
export interface User {
  use: Use
  /** Ordinal of a closure that lives with the context around it. */
  closure: number
}

export interface VariableUse {
  variable: Variable
  /** Ordinal of the script, which has the text. */
  script: number
  /** Undefined if it is decided whether anybody uses the variable. */
  undecided: Undecided | undefined
  /** Places that read it in functions that live with the context, or that one that does may still make. */
  users: User[]
}

/**
 * Who uses a variable of a context: `users` is why the context has to keep it, and empty where nobody does (if that is decided).
 * Undefined for a node that is no context, and for names that the text of its script does not declare.
 */
export function variableUse(snapshot: Snapshot, context: number, name: string): VariableUse | undefined {
  if (!scopes(snapshot).isScope(context)) return undefined
  const {isGlobal, model} = contextUses(snapshot)
  const known = model.scopeOf(context)
  const variable = typeof known === 'object' ? known.scope.variables.get(name) : undefined
  if (typeof known !== 'object' || variable === undefined) return undefined
  const users = usersOf(snapshot, context, variable)
  const undecided = isGlobal.has(context)
    ? 'global'
    : users.length > 0
      ? undefined
      : unknownUse(snapshot, context, known.scope)
  return {variable, script: known.script, undecided, users}
}

/**
 * Whether a variable that a context keeps is one that nobody uses: what explains an object that is held by it. `scope` is the ordinal of
 * the context, `name` the variable's. Undefined where that is not so, or not known.
 */
export function unusedVariable(snapshot: Snapshot, scope: number, name: string): UnusedVariable | undefined {
  const use = variableUse(snapshot, scope, name)
  if (use === undefined || use.undecided !== undefined || use.users.length > 0) return undefined
  const known = contextUses(snapshot).model.scopeOf(scope)
  const slots = typeof known === 'object' ? slotsOf(snapshot, scope, known.slots) : undefined
  const slot = slots?.find(({names}) => names.length === 1 && names[0] === name)
  if (slot === undefined) return undefined
  const {variable, script} = use
  const {edge} = slot
  return rowOf(snapshot, {variable, script, contexts: [scope], edges: [edge]}, measureOf(snapshot).bytes([edge]))
}

const measureOf = memoize(cutMeasure)

/** Number of the function that stands for code whose place is not known. */
const UNKNOWN_CODE = 0

interface ContextUses {
  model: ContextScopes
  /** All contexts of people's code, by ordinal, ascending. */
  contexts: Uint32Array
  /** Contexts of classic scripts, whose variables every script sees. */
  isGlobal: BitSet
  /** A closure by the context around it and the number of its function; of a call that is not over, by its own. */
  living: PairMap
  /** The number of a function by its scope; 0 for one that does not live. */
  numberOf(scope: Scope): number
}

/** One pass over the closures and edges; each context around a closure is looked at once for each function. */
const contextUses = memoize((snapshot: Snapshot): ContextUses => {
  const {nodeCount} = snapshot
  const model = contextScopes(snapshot)
  const numbers = new Map<Scope, number>()
  const living = new PairMap()
  const isSeen = new BitSet(nodeCount)
  const target = internalTargets(snapshot)
  const {isScope, outer} = scopes(snapshot)
  const add = (innermost: number, number: number, closure: number) => {
    for (let context = innermost; context >= 0 && living.add(context, number, closure); context = outer(context)) {
      isSeen.add(context)
    }
  }
  const numberOf = (scope: Scope) => getOrMake(numbers, scope, () => numbers.size + 1)
  const addFunction = (innermost: number, closure: number, found: KnownFunction | Unknown) => {
    if (innermost < 0 || !isScope(innermost) || found === 'runtime') return
    if (typeof found === 'string') add(innermost, UNKNOWN_CODE, closure)
    else add(innermost, numberOf(found.scope), closure)
  }
  for (let node = 0; node < nodeCount; node++) {
    if (!isClosure(snapshot, node)) continue
    const found = model.functionOf(node)
    // The code of a whole script runs once, and nobody can call it again.
    if (typeof found === 'object' && found.scope.kind === 'root') continue
    addFunction(target(node, 'context'), node, found)
  }
  for (const {closure, context} of waitingCalls(snapshot)) addFunction(context, closure, model.functionOf(closure))
  for (const {closure, context} of callsOnStack(snapshot, model))
    addFunction(context, closure, model.functionOf(closure))
  const contexts = new GrowableUint32()
  for (let node = 0; node < nodeCount; node++)
    if (isSeen.has(node) && model.scopeOf(node) !== 'runtime') contexts.push(node)
  return {
    model,
    contexts: contexts.view(),
    isGlobal: BitSet.of(nodeCount, globalContexts(snapshot)),
    living,
    numberOf: scope => numbers.get(scope) ?? 0,
  }
})

const GENERATOR_CLOSED = -1

interface Call {
  closure: number
  /** The innermost context of the call. */
  context: number
}

/**
 * Calls of generators and async functions that are not over: V8's generator objects know their function and the context in which they go
 * on (`JSGeneratorObject`). A module's, which its module keeps for ever, goes on only if it waits: then the context of an `await` holds it.
 */
function* waitingCalls(snapshot: Snapshot): Generator<Call> {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeCount, nodeKind, strings} = snapshot
  const {isScope} = scopes(snapshot)
  const target = internalTargets(snapshot)
  const names = strings.setOf('context')
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.internal || !names.has(edgeName[edge])) continue
      const context = edgeTarget[edge]
      const closure = target(node, 'function')
      if (!isScope(context) || closure < 0 || !isClosure(snapshot, closure)) continue
      const found = contextScopes(snapshot).functionOf(closure)
      // Newer files say whether a call is over (`JSGeneratorObject::kGeneratorClosed`).
      const continuation = target(node, 'continuation')
      if (continuation >= 0 && numberValue(snapshot, continuation) === GENERATOR_CLOSED) continue
      const isModule = continuation < 0 && typeof found === 'object' && found.scope.kind === 'root'
      if (!isModule || [...retainersOf(snapshot, node)].some(isScope)) yield {closure, context}
    }
  }
}

function* retainersOf({retainers: {first, source}}: Snapshot, node: number): Generator<number> {
  for (let i = first[node]; i < first[node + 1]; i++) yield source[i]
}

/** Calls that were under way when the snapshot was taken: a context on the stack together with a closure of the function that makes it. */
function* callsOnStack(snapshot: Snapshot, model: ContextScopes): Generator<Call> {
  const {edgeTarget, firstEdge, nodeCount, nodeKind, nodeName, strings} = snapshot
  const {isScope} = scopes(snapshot)
  const names = strings.setOf('(Stack roots)')
  for (let root = 0; root < nodeCount; root++) {
    if (nodeKind[root] !== NodeKind.synthetic || !names.has(nodeName[root])) continue
    const targets = [...new Set(edgeTarget.subarray(firstEdge[root], firstEdge[root + 1]))]
    const onStack = new Map<Scope, number>()
    for (const node of targets) {
      const found = isClosure(snapshot, node) ? model.functionOf(node) : undefined
      if (typeof found === 'object') onStack.set(found.scope, node)
    }
    for (const context of targets) {
      const known = isScope(context) ? model.scopeOf(context) : undefined
      if (typeof known !== 'object') continue
      const closure = onStack.get(known.scope.function?.scope ?? rootOf(known.scope))
      if (closure !== undefined) yield {closure, context}
    }
  }
}

function rootOf(scope: Scope): Scope {
  let root = scope
  while (root.outer !== undefined) root = root.outer
  return root
}

/** Contexts with the `let`, `const` and `class` of classic scripts: what a native context's ScriptContextTable holds. */
function* globalContexts(snapshot: Snapshot): Generator<number> {
  const {edgeTarget, firstEdge, nodeCount, nodeName} = snapshot
  const {isScope} = scopes(snapshot)
  const isNative = nativeContextTest(snapshot)
  const target = internalTargets(snapshot)
  for (let node = 0; node < nodeCount; node++) {
    if (!isNative(nodeName[node])) continue
    const table = target(node, 'script_context_table')
    if (table < 0) continue
    for (let edge = firstEdge[table]; edge < firstEdge[table + 1]; edge++)
      if (isScope(edgeTarget[edge])) yield edgeTarget[edge]
  }
}

/** A context's variables that nobody uses, with the edges to their values. */
function judge(
  snapshot: Snapshot,
  context: number,
): {script: number; unused: {variable: Variable; edge: number}[]} | Undecided {
  const {isGlobal, model} = contextUses(snapshot)
  const known = model.scopeOf(context) ?? 'not matched'
  if (typeof known === 'string') return known
  if (isGlobal.has(context)) return 'global'
  // The names of the class and of its private members; the object that `super` looks from.
  if (known.scope.kind === 'class' || known.scope.kind === 'object') return {script: known.script, unused: []}
  const slots = slotsOf(snapshot, context, known.slots)
  if (slots === undefined) return 'unnamed'
  // V8 lists no variables of scopes that a direct eval may look into.
  if (known.scope.start < 0 && known.scope.variables.size === 0 && slots.length > 0) return 'eval'
  const unused: {variable: Variable; edge: number}[] = []
  for (const {names, edge} of slots) {
    if (isNothing(snapshot, valueOfVariable(snapshot, edge))) continue
    const verdicts = names.map(name => {
      const variable = known.scope.variables.get(name)
      const isUnused =
        variable !== undefined && !variable.isExported && usersOf(snapshot, context, variable, 1).length === 0
      return isUnused ? variable : undefined
    })
    const first = verdicts.find(variable => variable !== undefined)
    if (first === undefined) continue
    // Which of them it is cannot be told, but if nobody uses any it does not matter.
    if (verdicts.includes(undefined)) return 'unnamed'
    unused.push({variable: first, edge})
  }
  if (unused.length === 0) return {script: known.script, unused}
  return unknownUse(snapshot, context, known.scope) ?? {script: known.script, unused}
}

/** Numbers and what V8 calls oddballs: nobody has to let go of them. */
function isNothing(snapshot: Snapshot, node: number): boolean {
  return node < 0 || snapshot.nodeKind[node] === NodeKind.number || oddballValue(snapshot, node) !== undefined
}

/** Why it cannot be said that nobody uses a context's variables, though nobody is known to; undefined if it can. */
function unknownUse(snapshot: Snapshot, context: number, scope: Scope): Undecided | undefined {
  const {living} = contextUses(snapshot)
  if (living.get(context, UNKNOWN_CODE) >= 0) return 'unknown code'
  if (!scope.containsEval) return undefined
  return evalsIn(scope).some(at => livingAround(snapshot, context, at) >= 0) ? 'eval' : undefined
}

function usersOf(snapshot: Snapshot, context: number, {uses}: Variable, most = Number.POSITIVE_INFINITY): User[] {
  const users: User[] = []
  for (const use of uses) {
    const closure = use.isRead ? livingAround(snapshot, context, use.scope) : -1
    if (closure >= 0) users.push({use, closure})
    if (users.length >= most) break
  }
  return users
}

/** A closure that lives with a context around it, of a function that is around a scope; -1 if there is none. */
function livingAround(snapshot: Snapshot, context: number, scope: Scope): number {
  const {living} = contextUses(snapshot)
  for (const number of functionsAround(snapshot)(scope)) {
    const closure = living.get(context, number)
    if (closure >= 0) return closure
  }
  return -1
}

/** The numbers of those functions around a scope, from inside out, that live anywhere. */
const functionsAround = memoize((snapshot: Snapshot) => {
  const {numberOf} = contextUses(snapshot)
  return memoize((scope: Scope): Uint32Array => {
    const numbers: number[] = []
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer)
      if (numberOf(at) > 0) numbers.push(numberOf(at))
    return Uint32Array.from(numbers)
  })
})

/** The scopes in which a direct `eval` stands, inside one or itself. */
const evalsIn = memoize((scope: Scope): readonly Scope[] => [...scopesIn(scope)].filter(({hasEval}) => hasEval))

/** A scope and all inside it, in the order of the text. */
function* scopesIn(scope: Scope): Generator<Scope> {
  const pending = [scope]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next
    for (let i = next.inner.length - 1; i >= 0; i--) pending.push(next.inner[i])
  }
}

/** The functions that live with a context around them, in the order of the text; first of all one whose call has made it and is not over. */
function keepersOf(snapshot: Snapshot, context: number, scope: Scope): Keeper[] {
  const {living, numberOf} = contextUses(snapshot)
  const found: Keeper[] = []
  const own = scope.function?.scope ?? rootOf(scope)
  for (const at of new Set([own, ...scopesIn(scope)])) {
    const closure = numberOf(at) > 0 ? living.get(context, numberOf(at)) : -1
    if (closure >= 0) found.push({scope: at, closure})
  }
  return found
}
