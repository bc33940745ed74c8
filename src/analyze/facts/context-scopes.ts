/**
 * Which scope of the text each living context is of: V8's contexts (objects that hold the variables which functions inside use) and
 * closures, matched to the scopes that the text of their script has.
 *
 * A closure's place leads to its function in the text. The contexts around the closure, from inside out, are those of the scopes around
 * the function that hold a variable for a function further inside (`Scope::NeedsContext`, `Variable::MustAllocateInContext` in V8's
 * ast/scopes.cc); the others have none. Contexts of one scope share their ScopeInfo, and closures of one function their
 * SharedFunctionInfo, so that each is matched once. Where the two rows do not fit, in exactly one way, nothing is claimed.
 */
import {originOfScript} from '../../snapshot/code/code-origin.ts'
import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import {nameTest} from '../../snapshot/code/names.ts'
import {readablePath} from '../../snapshot/code/places.ts'
import type {Scope, Variable} from '../../snapshot/code/scope-tree.ts'
import {SHARED_NAME, scopes} from '../../snapshot/code/scopes.ts'
import {scopeOfClosure} from '../../snapshot/code/script-lines.ts'
import {scriptOf, syntaxOfScript, textOfScript} from '../../snapshot/code/script-syntax.ts'
import {sourceScopes} from '../../snapshot/code/source-scopes.ts'
import {textOf} from '../../snapshot/code/text.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {numberValue} from './property-value.ts'

/** Why nothing can be said of a context. */
export type Unknown = 'no text' | 'not parsed' | 'not matched' | 'runtime'

/** What a closure is: the scope that its calls make, by ordinal of its SharedFunctionInfo. */
export interface KnownFunction {
  /** The scope that a call of it makes in the text; the root for the function that V8 makes of a whole script. */
  scope: Scope
  /** Ordinal of the script. */
  script: number
}

export interface ContextScopes {
  /** By closure; a word where the text does not tell. */
  functionOf(closure: number): KnownFunction | Unknown
  /** By context: filled in by `functionOf` of the closures inside it. Undefined where no closure has told. */
  scopeOf(context: number): (KnownFunction & {slots: readonly string[]}) | Unknown | undefined
}

/** From the texts of the scripts, as far as the file has them whole; else from what V8 says of their scopes. */
export const contextScopes = memoize(newContextScopes)

/** The same, which no other question has told anything yet: `scopeOf` knows what `functionOf` was asked, in that order. */
export function newContextScopes(snapshot: Snapshot): ContextScopes {
  const texts = fromTexts(snapshot)
  if (sourceScopes(snapshot).size === 0) return texts
  const sections = fromSections(snapshot)
  // A script's scopes are of one kind, or contexts and functions of it would not fit each other.
  const hasText = memoizeByNumber(script => syntaxOfScript(snapshot, script) !== undefined)
  return {
    functionOf(closure) {
      const script = scriptOf(snapshot, closure)
      return script >= 0 && !hasText(script) && sourceScopes(snapshot).has(script)
        ? sections.functionOf(closure)
        : texts.functionOf(closure)
    },
    scopeOf(context) {
      const found = sections.scopeOf(context)
      return typeof found === 'object' ? found : (texts.scopeOf(context) ?? found)
    },
  }
}

/** From the texts of scripts alone. */
export function fromTexts(snapshot: Snapshot): ContextScopes {
  return new FromTexts(snapshot)
}

/** From V8's own sections alone. */
export function fromSections(snapshot: Snapshot): ContextScopes {
  return new FromSections(snapshot)
}

export function memoizeByNumber<Value>(compute: (key: number) => Value): (key: number) => Value {
  const known = new Map<number, Value>()
  return key => getOrMake(known, key, () => compute(key))
}

/** By the numbers that V8 gives scopes: a SharedFunctionInfo and a ScopeInfo have that of the scope they are of, as `scope_id`. */
class FromSections implements ContextScopes {
  readonly #snapshot: Snapshot
  readonly #target: (node: number, name: string) => number
  readonly #ofShared = new Map<number, KnownFunction | Unknown>()
  readonly #ofInfo = new Map<number, (KnownFunction & {slots: readonly string[]}) | Unknown>()

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
    this.#target = internalTargets(snapshot)
    this.#nameFunctions()
  }

  /** Which scopes are functions', and how these are called, is told by V8's SharedFunctionInfos, also of functions that do not live. */
  #nameFunctions(): void {
    const {nodeCount, nodeKind, nodeName, strings} = this.#snapshot
    const isShared = nameTest(this.#snapshot, text => SHARED_NAME.test(text))
    for (let node = 0; node < nodeCount; node++) {
      if (nodeKind[node] !== NodeKind.code || !isShared(nodeName[node])) continue
      const scope = sourceScopes(this.#snapshot).get(this.#target(node, 'script'))?.get(this.#numberOf(node))
      if (scope === undefined || scope.kind === 'root') continue
      const name = strings.get(nodeName[node]).replace(SHARED_NAME, '')
      scope.function = {name, kind: 'function', isAsync: false, isGenerator: false, start: -1, end: -1, scope}
    }
    for (const ofScript of sourceScopes(this.#snapshot).values()) {
      // Each stands behind those around it.
      for (const scope of ofScript.values()) if (scope.function?.scope !== scope) scope.function = scope.outer?.function
    }
  }

  functionOf(closure: number): KnownFunction | Unknown {
    const shared = this.#target(closure, 'shared')
    return getOrMake(this.#ofShared, shared, () => {
      const script = scriptOf(this.#snapshot, closure)
      const scope = sourceScopes(this.#snapshot).get(script)?.get(this.#numberOf(shared))
      if (scope === undefined) return 'not matched'
      const found = {scope, script}
      this.#match(closure, found)
      return found
    })
  }

  scopeOf(context: number): (KnownFunction & {slots: readonly string[]}) | Unknown | undefined {
    return this.#ofInfo.get(this.#target(context, 'scope_info'))
  }

  #numberOf(node: number): number {
    const number = this.#target(node, 'scope_id')
    return number < 0 ? Number.NaN : (numberValue(this.#snapshot, number) ?? Number.NaN)
  }

  /** Contexts around a closure are of scopes around its own, as long as they are of the same script: code of `eval` stands in another. */
  #match(closure: number, {scope, script}: KnownFunction): void {
    const scopes = sourceScopes(this.#snapshot).get(script)
    let inside: Scope | undefined = scope
    for (const context of contextsAround(this.#snapshot, closure)) {
      const info = this.#target(context, 'scope_info')
      const found = scopes?.get(this.#numberOf(info))
      while (inside !== undefined && inside !== found) inside = inside.outer
      if (inside === undefined || found === undefined) return
      this.#ofInfo.set(info, {scope: found, script, slots: [...found.variables.keys()]})
    }
  }
}

class FromTexts implements ContextScopes {
  readonly #snapshot: Snapshot
  readonly #target: (node: number, name: string) => number
  readonly #ofShared = new Map<number, KnownFunction | Unknown>()
  readonly #ofInfo = new Map<number, (KnownFunction & {slots: readonly string[]}) | Unknown>()
  readonly #isRuntime = new Map<number, boolean>()
  readonly #unparsed = new Map<number, Unknown>()
  readonly #fits: Fits

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
    this.#target = internalTargets(snapshot)
    this.#fits = fitting(snapshot)
  }

  functionOf(closure: number): KnownFunction | Unknown {
    const shared = this.#target(closure, 'shared')
    return getOrMake(this.#ofShared, shared, () => {
      const found = this.#find(closure)
      this.#match(closure, found)
      return found
    })
  }

  scopeOf(context: number): (KnownFunction & {slots: readonly string[]}) | Unknown | undefined {
    return this.#ofInfo.get(this.#target(context, 'scope_info'))
  }

  #find(closure: number): KnownFunction | Unknown {
    const script = scriptOf(this.#snapshot, closure)
    if (script < 0 || this.#isOfRuntime(script)) return 'runtime'
    if (syntaxOfScript(this.#snapshot, script) === undefined) return this.#whyNot(script)
    const scope = scopeOfClosure(this.#snapshot, closure)
    return scope === undefined ? 'not matched' : {scope, script}
  }

  /** Asked for each function of the script, and a text of megabytes takes its time to read. */
  #whyNot(script: number): Unknown {
    return getOrMake(this.#unparsed, script, () =>
      textOfScript(this.#snapshot, script)?.isWhole === true ? 'not parsed' : 'no text',
    )
  }

  #isOfRuntime(script: number): boolean {
    return getOrMake(this.#isRuntime, script, () => {
      const name = this.#target(script, 'name')
      const text = name < 0 ? undefined : textOf(this.#snapshot, name)
      return text !== undefined && originOfScript(readablePath(text)).code === 'runtime'
    })
  }

  /** Tells the ScopeInfos of the contexts around a closure from its place in the text. */
  #match(closure: number, found: KnownFunction | Unknown): void {
    const contexts = contextsAround(this.#snapshot, closure)
    const matched = typeof found === 'string' ? undefined : this.#matchKnown(contexts, found)
    contexts.forEach((context, i) => {
      const info = this.#target(context, 'scope_info')
      const scope = matched?.[i]
      if (typeof found === 'string' || scope === undefined) {
        // Another closure may tell it.
        if (!this.#ofInfo.has(info)) this.#ofInfo.set(info, typeof found === 'string' ? found : 'not matched')
      } else if (typeof this.#ofInfo.get(info) !== 'object') {
        this.#ofInfo.set(info, {scope, script: found.script, slots: slotNames(scope)})
      }
    })
  }

  #matchKnown(contexts: readonly number[], {scope, script}: KnownFunction): Scope[] | undefined {
    const isModule = syntaxOfScript(this.#snapshot, script)?.isModule === true
    return matchScopes(this.#fits, contexts, scopesAround(scope, isModule), isModule)
  }
}

/** Nobody nests functions deeper; in a file made by hand a ring would never end. */
const MAX_AROUND = 1000

/** Contexts around a closure, the innermost first, without the native one. */
function contextsAround(snapshot: Snapshot, closure: number): number[] {
  const {isScope, outer} = scopes(snapshot)
  const found: number[] = []
  let context = internalTargets(snapshot)(closure, 'context')
  if (context < 0 || !isScope(context)) return found
  for (; context >= 0 && found.length < MAX_AROUND; context = outer(context)) found.push(context)
  return found
}

/**
 * The scopes around a function in the text, the innermost first. What V8 makes of a class itself stands inside the class's scope, what it
 * makes of a module inside the module's.
 */
function scopesAround(scope: Scope, isModule: boolean): Scope[] {
  const isInside = scope.kind === 'class' || (scope.kind === 'root' && isModule)
  const found: Scope[] = []
  for (let at = isInside ? scope : scope.outer; at !== undefined && found.length < MAX_AROUND; at = at.outer) {
    found.push(at)
  }
  return found
}

/** Whether the calls of a scope have a context: `always` and `never` as the text tells, `maybe` where V8 has reasons of its own. */
type Need = 'always' | 'never' | 'maybe'

/** Variables that V8 keeps in the context of a scope, in the order in which they are declared. */
const slotNames = memoize((scope: Scope): readonly string[] => {
  // What a direct `eval` further inside sees, it may use.
  const all = scope.containsEval
  // What a module imports or exports is in cells of the module.
  const isHeld = ({kind, isExported, uses}: Variable) =>
    kind !== 'import' && !isExported && (all || uses.some(use => use.scope.function !== scope.function))
  return [...scope.variables.values()].filter(isHeld).map(({name}) => name)
})

function needOf(scope: Scope, isModule: boolean): Need {
  if (scope.kind === 'root' && isModule) return 'always'
  if (scope.kind === 'object') return scope.variables.size > 0 ? 'always' : 'never'
  if (scope.kind === 'class' || scope.kind === 'with' || scope.kind === 'root' || scope.containsEval) return 'maybe'
  return slotNames(scope).length > 0 ? 'always' : 'never'
}

/**
 * The scope of each context, of scopes from the innermost on: undefined if there is no way to match all contexts, or several.
 * Both rows are as long as functions are nested.
 */
function matchScopes(
  fits: Fits,
  contexts: readonly number[],
  around: readonly Scope[],
  isModule: boolean,
): Scope[] | undefined {
  const needs = around.map(scope => needOf(scope, isModule))
  // Number of ways, up to two, to match the contexts from i on with the scopes from j on; filled from the end.
  const width = around.length + 1
  const ways = new Uint8Array((contexts.length + 1) * width)
  ways[contexts.length * width + around.length] = 1
  const take = (i: number, j: number) =>
    i < contexts.length && needs[j] !== 'never' && fits(contexts[i], around[j]) ? ways[(i + 1) * width + j + 1] : 0
  const skip = (i: number, j: number) => (needs[j] === 'always' ? 0 : ways[i * width + j + 1])
  for (let i = contexts.length; i >= 0; i--) {
    for (let j = around.length - 1; j >= 0; j--) ways[i * width + j] = Math.min(2, take(i, j) + skip(i, j))
  }
  if (ways[0] !== 1) return undefined
  const found: Scope[] = []
  for (let j = 0; j < around.length; j++) if (take(found.length, j) > 0) found.push(around[j])
  return found
}

/** Names that V8 keeps in a context besides what the text declares. */
const OWN_NAME = /^(?:this$|arguments$|[.#])/

/** Whether a context may be one of a scope, by the names of its variables: V8 before 15 has none for those of blocks. */
type Fits = (context: number, scope: Scope) => boolean

/** Answers once for each pair: thousands of functions are written in one scope of thousands of variables. */
function fitting(snapshot: Snapshot): Fits {
  const known = new Map<number, Map<Scope, boolean>>()
  return (context, scope) => {
    const ofContext = getOrMake(known, context, () => new Map<Scope, boolean>())
    return getOrMake(ofContext, scope, () => mayBeOf(snapshot, context, scope))
  }
}

function mayBeOf({edgeKind, edgeName, firstEdge, strings}: Snapshot, context: number, scope: Scope): boolean {
  const names: string[] = []
  let hidden = 0
  for (let edge = firstEdge[context]; edge < firstEdge[context + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.context) names.push(strings.get(edgeName[edge]))
    else if (edgeKind[edge] === EdgeKind.hidden) hidden++
  }
  // Node gives modules variables that the text does not declare: `require`, `exports`.
  if (scope.kind === 'root') return names.length > 0 || hidden === 0
  if (scope.kind === 'function' && names.length === 0 && hidden > 0) return false
  return names.every(name => OWN_NAME.test(name) || scope.variables.has(name))
}

/** An edge of a context to the value of a variable. */
export interface Slot {
  /** The variable's name; several in the order of the text where it may be any of them. */
  names: readonly string[]
  edge: number
}

/**
 * The variables of a context that hold something. V8 before 15 does not name those of blocks, and leaves out those that hold a small
 * number or nothing (`V8HeapExplorer::ExtractContextReferences`): they are told by their order, as far as it tells.
 * `names`: all that the context has room for. Undefined if they cannot be these.
 */
export function slotsOf(snapshot: Snapshot, context: number, names: readonly string[]): Slot[] | undefined {
  const {edgeKind, edgeName, firstEdge, strings} = snapshot
  const named: Slot[] = []
  const unnamed: number[] = []
  for (let edge = firstEdge[context]; edge < firstEdge[context + 1]; edge++) {
    if (edgeKind[edge] === EdgeKind.context) named.push({names: [strings.get(edgeName[edge])], edge})
    else if (edgeKind[edge] === EdgeKind.hidden) unnamed.push(edge)
  }
  if (named.length > 0 || unnamed.length === 0) return named
  const missing = names.length - unnamed.length
  return missing < 0 ? undefined : unnamed.map((edge, i) => ({names: names.slice(i, i + missing + 1), edge}))
}

/**
 * What a variable holds, by the edge from its context; -1 for nothing that is in the file. From V8 13.5 on, one that changes has a cell of
 * its own (`ContextCell`, context-cell.tq).
 */
export function valueOfVariable(snapshot: Snapshot, edge: number): number {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeName, strings} = snapshot
  const target = edgeTarget[edge]
  if (strings.get(nodeName[target]) !== 'system / ContextCell') return target
  for (let inside = firstEdge[target]; inside < firstEdge[target + 1]; inside++) {
    if (edgeKind[inside] === EdgeKind.hidden && edgeName[inside] === 0) return edgeTarget[inside]
    if (edgeKind[inside] === EdgeKind.internal && strings.get(edgeName[inside]) === 'tagged_value')
      return edgeTarget[inside]
  }
  return -1
}

/** Whether a node is a closure. */
export function isClosure({nodeKind}: Snapshot, node: number): boolean {
  return nodeKind[node] === NodeKind.closure
}
