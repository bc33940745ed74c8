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
import {allClosures, nativeContextTest, scopes} from '../../snapshot/code/scopes.ts'
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
  memoizeByNumber,
  newContextScopes,
  type Unknown,
} from '../facts/context-scopes.ts'
import {callsOnStack, contextsOnStack, functionScopeOf, waitingCalls} from './open-calls.ts'

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
  const uses = usesOf(snapshot, context)
  const known = uses.model.scopeOf(context)
  const variable = typeof known === 'object' ? known.scope.variables.get(name) : undefined
  if (typeof known !== 'object' || variable === undefined) return undefined
  const users = usersOf(uses, context, variable)
  const isGlobal = globalContexts(snapshot).has(context)
  const undecided = isGlobal ? 'global' : users.length > 0 ? undefined : unknownUse(uses, context, known.scope)
  return {variable, script: known.script, undecided, users}
}

/** Number of the function that stands for code whose place is not known. */
const UNKNOWN_CODE = 0

/** What is known of who may use the variables of contexts. */
export interface ContextUses {
  model: ContextScopes
  /** A closure by the context around it and the number of its function; of a call that is not over, by its own. */
  living: PairMap
  /** The number of a function by its scope; 0 for one that does not live. */
  numberOf(scope: Scope): number
}

interface AllUses extends ContextUses {
  /** All contexts of people's code, by ordinal, ascending. */
  contexts: Uint32Array
}

/** Notes functions, in the order in which they are told, by the contexts around them that are meant. */
class Living {
  readonly #snapshot: Snapshot
  readonly #model: ContextScopes
  readonly #numbers = new Map<Scope, number>()
  readonly #living = new PairMap()

  constructor(snapshot: Snapshot, model: ContextScopes) {
    this.#snapshot = snapshot
    this.#model = model
  }

  uses(): ContextUses {
    return {model: this.#model, living: this.#living, numberOf: scope => this.#numbers.get(scope) ?? 0}
  }

  /** `found`: what the closure's function is; calls `seen` for each context that it is the first of its function in. */
  add(innermost: number, closure: number, found: KnownFunction | Unknown, seen: (context: number) => void): void {
    const {isScope, outer} = scopes(this.#snapshot)
    if (innermost < 0 || !isScope(innermost) || found === 'runtime') return
    const number =
      typeof found === 'string' ? UNKNOWN_CODE : getOrMake(this.#numbers, found.scope, () => this.#numbers.size + 1)
    for (let at = innermost; at >= 0 && this.#living.add(at, number, closure); at = outer(at)) seen(at)
  }
}

/** The code of a whole script runs once, and nobody can call it again. */
function isOver(found: KnownFunction | Unknown): boolean {
  return typeof found === 'object' && found.scope.kind === 'root'
}

/** Of all contexts. One pass over the closures and edges; each context around a closure is looked at once for each function. */
export const contextUses = memoize((snapshot: Snapshot): AllUses => {
  const {nodeCount} = snapshot
  const model = contextScopes(snapshot)
  const living = new Living(snapshot, model)
  const isSeen = new BitSet(nodeCount)
  const seen = (context: number) => isSeen.add(context)
  const target = internalTargets(snapshot)
  for (let node = 0; node < nodeCount; node++) {
    if (!isClosure(snapshot, node)) continue
    const found = model.functionOf(node)
    if (!isOver(found)) living.add(target(node, 'context'), node, found, seen)
  }
  for (const {closure, context} of waitingCalls(snapshot, model.functionOf.bind(model), () => true))
    living.add(context, closure, model.functionOf(closure), seen)
  for (const {closure, context} of callsOnStack(snapshot, model))
    living.add(context, closure, model.functionOf(closure), seen)
  const contexts = new GrowableUint32()
  for (let node = 0; node < nodeCount; node++)
    if (isSeen.has(node) && model.scopeOf(node) !== 'runtime') contexts.push(node)
  return {...living.uses(), contexts: contexts.view()}
})

/** What `usesOf` needs of all closures. */
interface Closures {
  /** Ordinals, ascending. */
  closures: Uint32Array
  /** Int32Array: of each of them the scope around it; -1 for none. */
  context: Int32Array
  /** The first closure that runs the code of another: what its function is told of all of them. */
  firstOf(closure: number): number
}

const closuresByCode = memoize((snapshot: Snapshot): Closures => {
  const {isScope} = scopes(snapshot)
  const target = internalTargets(snapshot)
  const closures = allClosures(snapshot)
  const context = Int32Array.from(closures, closure => {
    const around = target(closure, 'context')
    return around >= 0 && isScope(around) ? around : -1
  })
  // By SharedFunctionInfo, and one for the closures without.
  const first = new Uint32Array(snapshot.nodeCount + 1)
  for (let i = closures.length - 1; i >= 0; i--) first[target(closures[i], 'shared') + 1] = closures[i]
  return {closures, context, firstOf: closure => first[target(closure, 'shared') + 1]}
})

/** A scope outside of all that are meant; inside one that is like the one meant, by its ScopeInfo; inside the one meant. */
const [OUTSIDE, ALIKE, INSIDE] = [1, 2, 3]

/** Of each scope, whether it is one of those, or inside. Each scope is looked at once. */
function placesAround(snapshot: Snapshot, context: number): (scope: number) => number {
  const {outer} = scopes(snapshot)
  const target = internalTargets(snapshot)
  const info = target(context, 'scope_info')
  const known = new Uint8Array(snapshot.nodeCount)
  const own = (scope: number) => (scope === context ? INSIDE : target(scope, 'scope_info') === info ? ALIKE : OUTSIDE)
  const chain: number[] = []
  return scope => {
    let at = scope
    // In a file made by hand they may be a ring: who is met again is done.
    for (; at >= 0 && known[at] === 0; at = outer(at)) {
      known[at] = own(at)
      chain.push(at)
    }
    let around = at < 0 ? OUTSIDE : known[at]
    for (let inner = chain.pop(); inner !== undefined; inner = chain.pop()) {
      around = Math.max(around, known[inner])
      known[inner] = around
    }
    return known[scope]
  }
}

/**
 * Of one context. Only closures inside it, and inside others of its ScopeInfo, tell of which scope it is and who uses its variables: so only
 * the scripts of those are parsed. With a call on the stack in it, all are asked.
 */
const usesByContext = memoize((snapshot: Snapshot) =>
  memoizeByNumber((scope): ContextUses => {
    const {closures, context, firstOf} = closuresByCode(snapshot)
    const placeOf = placesAround(snapshot, scope)
    const isInside = (at: number) => placeOf(at) === INSIDE
    if (contextsOnStack(snapshot).some(isInside)) return contextUses(snapshot)
    const model = newContextScopes(snapshot)
    const functionOf = (closure: number) => model.functionOf(firstOf(closure))
    const isAsked = new BitSet(snapshot.nodeCount)
    for (let i = 0; i < closures.length; i++)
      if (context[i] >= 0 && placeOf(context[i]) >= ALIKE) isAsked.add(firstOf(closures[i]))
    // In their order: the first that tells a scope counts.
    for (const closure of closures) if (isAsked.has(closure)) model.functionOf(closure)
    const living = new Living(snapshot, model)
    const seen = () => {}
    for (let i = 0; i < closures.length; i++) {
      if (context[i] < 0 || !isInside(context[i])) continue
      const found = functionOf(closures[i])
      if (!isOver(found)) living.add(context[i], closures[i], found, seen)
    }
    for (const call of waitingCalls(snapshot, functionOf, isInside))
      living.add(call.context, call.closure, functionOf(call.closure), seen)
    return living.uses()
  }),
)

export function usesOf(snapshot: Snapshot, context: number): ContextUses {
  return usesByContext(snapshot)(context)
}

/** Contexts with the `let`, `const` and `class` of classic scripts, whose variables every script sees. */
export const globalContexts = memoize((snapshot: Snapshot) => BitSet.of(snapshot.nodeCount, scriptContexts(snapshot)))

/** What native contexts' ScriptContextTables hold. */
function* scriptContexts(snapshot: Snapshot): Generator<number> {
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
export function unknownUse(uses: ContextUses, context: number, scope: Scope): Undecided | undefined {
  if (uses.living.get(context, UNKNOWN_CODE) >= 0) return 'unknown code'
  if (!scope.containsEval) return undefined
  return evalsIn(scope).some(at => livingAround(uses, context, at) >= 0) ? 'eval' : undefined
}

export function usersOf(
  uses: ContextUses,
  context: number,
  variable: Variable,
  most = Number.POSITIVE_INFINITY,
): User[] {
  const users: User[] = []
  for (const use of variable.uses) {
    const closure = use.isRead ? livingAround(uses, context, use.scope) : -1
    if (closure >= 0) users.push({use, closure})
    if (users.length >= most) break
  }
  return users
}

/** A closure that lives with a context around it, of a function that is around a scope; -1 if there is none. */
function livingAround(uses: ContextUses, context: number, scope: Scope): number {
  for (const number of functionsAround(uses)(scope)) {
    const closure = uses.living.get(context, number)
    if (closure >= 0) return closure
  }
  return -1
}

/** The numbers of those functions around a scope, from inside out, that live anywhere. */
const functionsAround = memoize(({numberOf}: ContextUses) =>
  memoize((scope: Scope): Uint32Array => {
    const numbers: number[] = []
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer)
      if (numberOf(at) > 0) numbers.push(numberOf(at))
    return Uint32Array.from(numbers)
  }),
)

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
export function keepersOf({living, numberOf}: ContextUses, context: number, scope: Scope): Keeper[] {
  const found: Keeper[] = []
  const own = functionScopeOf(scope)
  for (const at of new Set([own, ...scopesIn(scope)])) {
    const closure = numberOf(at) > 0 ? living.get(context, numberOf(at)) : -1
    if (closure >= 0) found.push({scope: at, closure})
  }
  return found
}
