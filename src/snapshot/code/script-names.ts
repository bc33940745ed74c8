/** Names in a script's syntax and where they stand: variables as a function sees them, classes, properties of their objects. */
import {memoize} from '../../util/memo.ts'
import type {ScriptSyntax} from './parse-script.ts'
import type {FunctionSyntax, Scope, Variable} from './scope-tree.ts'
import type {NamedAssignment} from './script-scopes.ts'

/** The identifier that stands at an offset of a text; '' for all else. */
export function identifierAt(text: string, offset: number): string {
  IDENTIFIER.lastIndex = offset
  return IDENTIFIER.exec(text)?.[0] ?? ''
}

const IDENTIFIER = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy

/** The innermost scope that an offset is in. */
export function scopeAt(root: Scope, offset: number): Scope {
  let found = root
  for (let next: Scope | undefined = root; next !== undefined; next = innerAt(found, offset)) found = next
  return found
}

/** Bisection, since thousands of functions may be in one scope: the innermost that an offset is in begins last of all around it. */
function innerAt(scope: Scope, offset: number): Scope | undefined {
  const {inner, furthestEnd} = innerByStart(scope)
  let low = 0
  let high = inner.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (inner[middle].start <= offset) low = middle + 1
    else high = middle
  }
  // What a `switch` compares stands in the text of its block, but beside it.
  for (let i = low - 1; i >= 0 && furthestEnd[i] > offset; i--) if (inner[i].end > offset) return inner[i]
  return undefined
}

/** By where they begin; `furthestEnd`: of each and all before it. */
const innerByStart = memoize(({inner}: Scope) => {
  const sorted = [...inner].sort((a, b) => a.start - b.start)
  let furthest = 0
  const furthestEnd = Float64Array.from(sorted, ({end}) => {
    furthest = Math.max(furthest, end)
    return furthest
  })
  return {inner: sorted, furthestEnd}
})

/** The variable that a name means in a scope; undefined for a global one. */
export function variableIn(scope: Scope | undefined, name: string): Variable | undefined {
  for (let at = scope; at !== undefined; at = at.outer) {
    const variable = at.variables.get(name)
    if (variable !== undefined && variable.offset !== null) return variable
  }
  return undefined
}

/**
 * The innermost scope, from one outwards, that has all these variables for functions further inside: that of a context with them. V8 keeps
 * variables in a context only if functions inside use them; those of the script itself always (`Variable::MustAllocateInContext`).
 */
export function scopeWith(scope: Scope | undefined, names: readonly string[]): Scope | undefined {
  for (let at = scope; at !== undefined; at = at.outer) {
    const {variables, kind} = at
    const isKept = (name: string) => {
      const variable = variables.get(name)
      return variable !== undefined && (kind === 'root' || variable.kind === 'this' || isUsedInside(variable))
    }
    if (names.every(isKept)) return at
  }
  return undefined
}

function isUsedInside({scope, uses}: Variable): boolean {
  return uses.some(use => use.scope.function !== scope.function)
}

/**
 * What V8 places at an offset: the scope of a function that begins there, the body of a class without a constructor, else the script;
 * undefined if nothing begins there.
 */
export function madeAt(syntax: ScriptSyntax, offset: number): Scope | undefined {
  if (!syntax.functionStarts.has(offset)) return undefined
  const scope = scopeAt(syntax.root, offset)
  // Whatever sets fields begins at the class, its body or a member.
  const found = scope.kind === 'class' ? scope : scope.function?.scope
  return found ?? syntax.root
}

/** The class that a constructor is of: `scope` as `madeAt` has it; undefined for functions that are no constructors. */
function classOf(scope: Scope): Scope | undefined {
  if (scope.kind === 'class') return scope
  return scope.function?.kind === 'method' && scope.outer?.kind === 'class' ? scope.outer : undefined
}

/** Whether the variable has what another module made: an import, or a `require`. */
export function isImported({imported}: ScriptSyntax, {kind, offset}: Variable): boolean {
  return kind === 'import' || (offset !== null && imported.has(offset))
}

/** Offset of the name of a class or function, where the text has it; `scope` as `madeAt` has it. */
export function nameOffset(scope: Scope, name: string): number | undefined {
  const around = classOf(scope) ?? scope
  if (scope.kind === 'root') return undefined
  const own = around.variables.get(name)
  if (own !== undefined && (own.kind === 'name' || own.kind === 'class')) return own.offset ?? undefined
  return variableIn(around.outer, name)?.offset ?? undefined
}

/**
 * Offset of the name of a property where the objects of a class get it: a field, else an assignment in the constructor, else the first in
 * another method. `scope`: of the constructor, as `madeAt` has it. `isStatic`: of the class itself.
 */
export function propertyOffset(
  syntax: ScriptSyntax,
  scope: Scope,
  name: string,
  isStatic: boolean,
): number | undefined {
  const made = classOf(scope)
  if (made === undefined) return isStatic ? undefined : assignedIn(syntax, name, owner => owner === scope.function)
  const isOfClass = (offset: number) => classAround(scopeAt(syntax.root, offset)) === made
  const field = syntax.members.find(
    member =>
      member.name === name && member.kind === 'field' && member.isStatic === isStatic && isOfClass(member.offset),
  )
  if (field !== undefined) return field.offset
  if (isStatic) {
    return assignedIn(syntax, name, owner => owner?.kind === 'initializer' && owner.scope.outer === made)
  }
  const isMethod = (owner: FunctionSyntax | undefined) => owner?.kind === 'method' && owner.scope.outer === made
  const inConstructor = scope.function && assignedIn(syntax, name, owner => owner === scope.function)
  return inConstructor ?? assignedIn(syntax, name, isMethod)
}

/** Offset of the first `this.name = …` whose `this` is that of such a function. */
function assignedIn(
  {assignments}: ScriptSyntax,
  name: string,
  isMeant: (owner: FunctionSyntax | undefined) => boolean,
): number | undefined {
  return assignments.find(
    ({names, scope}) => names.length === 2 && names[0] === 'this' && names[1] === name && isMeant(thisOf(scope)),
  )?.offset
}

/** The function whose `this` is meant in a scope. */
function thisOf(scope: Scope): FunctionSyntax | undefined {
  let owner = scope.function
  while (owner?.kind === 'arrow') owner = owner.scope.outer?.function
  return owner
}

/** The class whose body a scope is directly in. */
export function classAround(scope: Scope): Scope | undefined {
  let at: Scope | undefined = scope
  while (at !== undefined && at.kind !== 'class')
    at = at.kind === 'function' && at.function?.kind !== 'initializer' ? undefined : at.outer
  return at
}

/**
 * Offset of the last of some names where the object that a variable has gets such a property: in object literals, one in the other, or
 * by an assignment `variable.name = …`.
 */
export function memberOffset(syntax: ScriptSyntax, variable: Variable, names: readonly string[]): number | undefined {
  const given = [variable.offset ?? [], variable.uses.filter(({isRead}) => !isRead).map(({offset}) => offset)].flat()
  for (const offset of given) {
    const found = keyOffset(syntax, offset, names)
    if (found !== undefined) return found
  }
  const isMeant = (assigned: NamedAssignment, count: number) =>
    assigned.names.length === count + 1 &&
    assigned.names[0] === variable.name &&
    assigned.names.every((name, i) => i === 0 || name === names[i - 1]) &&
    variableIn(assigned.scope, variable.name) === variable
  for (let count = names.length; count > 0; count--) {
    for (const assigned of syntax.assignments) {
      const found = isMeant(assigned, count) ? keyOffset(syntax, assigned.offset, names.slice(count)) : undefined
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** Offset of the last of some keys in the literal that the name at an offset is given, the others leading there. */
export function keyOffset({literals}: ScriptSyntax, offset: number, names: readonly string[]): number | undefined {
  let at: number | undefined = offset
  for (const name of names) at = at === undefined ? undefined : literals.get(at)?.get(name)
  return at
}
