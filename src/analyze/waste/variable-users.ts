/**
 * Who uses the variables of a context: a context keeps all variables that some function in the text needs, for as long as any function
 * made in it lives, whether or not that one needs them.
 *
 * A variable of a context is used if a function that reads it lives with that context around it, or one that does may still make it:
 * any function around the place of use. A call that is not over (a generator or async function that waits, a call on the stack) counts
 * as such a function for its own context. What assigns only needs nothing of the value. Nothing is claimed of contexts that direct `eval`
 * or code without a known place may look into.
 */
import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import type {Scope, Use, Variable} from '../../snapshot/code/scope-tree.ts'
import {nativeContextTest, scopes} from '../../snapshot/code/scopes.ts'
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
  type Unknown,
} from '../facts/context-scopes.ts'
import {callsOnStack, functionScopeOf, waitingCalls} from './open-calls.ts'

/** Why it is not decided whether a context's variables are used. */
export type Undecided = Unknown | 'eval' | 'unknown code' | 'global' | 'unnamed'

/** A function that lives, and has a context around it. */
export interface Keeper {
  /** The function's own scope, in the text of the script. */
  scope: Scope
  /** Ordinal of one such closure. */
  closure: number
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
export const contextUses = memoize((snapshot: Snapshot): ContextUses => {
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

/** Why it cannot be said that nobody uses a context's variables, though nobody is known to; undefined if it can. */
export function unknownUse(snapshot: Snapshot, context: number, scope: Scope): Undecided | undefined {
  const {living} = contextUses(snapshot)
  if (living.get(context, UNKNOWN_CODE) >= 0) return 'unknown code'
  if (!scope.containsEval) return undefined
  return evalsIn(scope).some(at => livingAround(snapshot, context, at) >= 0) ? 'eval' : undefined
}

export function usersOf(
  snapshot: Snapshot,
  context: number,
  {uses}: Variable,
  most = Number.POSITIVE_INFINITY,
): User[] {
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
export function keepersOf(snapshot: Snapshot, context: number, scope: Scope): Keeper[] {
  const {living, numberOf} = contextUses(snapshot)
  const found: Keeper[] = []
  const own = functionScopeOf(scope)
  for (const at of new Set([own, ...scopesIn(scope)])) {
    const closure = numberOf(at) > 0 ? living.get(context, numberOf(at)) : -1
    if (closure >= 0) found.push({scope: at, closure})
  }
  return found
}
