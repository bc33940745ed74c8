/** Scopes and their variables, and how a declaration or a use of a name finds its scope (ECMA-262, "Declarative Environment Records"). */
import type {AnyNode} from 'acorn'

/**
 * `name`: a function expression's own name inside itself. `this`: what a function has without declaring it, and arrow functions inside see
 * too: `this`, `arguments`, `new.target` (as `.new.target`). V8 keeps these like variables. `variable`: one of which the text is not known.
 */
export type VariableKind =
  | 'const'
  | 'let'
  | 'var'
  | 'function'
  | 'class'
  | 'parameter'
  | 'catch'
  | 'import'
  | 'name'
  | 'this'
  | 'variable'

/** A variable of a scope, as the text declares it. */
export interface Variable {
  /** As it is written. */
  name: string
  /** How it is declared. */
  kind: VariableKind
  /** Of the name where it is declared first; null for `this`, and where the text is not known. */
  offset: number | null
  /** The scope that declares it. */
  scope: Scope
  /** In the order of the text; without the declaration's own value. */
  uses: Use[]
  /** Whether the module exports it: other modules may use it. */
  isExported: boolean
}

/** A name in the text that means a variable. */
export interface Use {
  /** Offset of the name in the text. */
  offset: number
  /** Where it is written. */
  scope: Scope
  /** False for a mere assignment, which needs nothing of the value before. */
  isRead: boolean
}

/**
 * `root`: the whole script. `body`: what a function declares besides parameters that have defaults or patterns, which have a scope of their
 * own then, the function's (ECMA-262, FunctionDeclarationInstantiation; V8 does so for all that are not plain names). `block`: also a `switch`.
 * `object`: around the methods of an object literal; it holds the object if one of them may say `super` (V8's `ParseObjectLiteral`).
 */
export type ScopeSyntaxKind = 'root' | 'function' | 'body' | 'block' | 'object' | 'loop' | 'class' | 'catch' | 'with'

/** A scope in the text of a script. */
export interface Scope {
  /** What in the text makes it. */
  kind: ScopeSyntaxKind
  /** Offset of its first character; negative for one that the text has no place for. */
  start: number
  /** Offset behind its last character. */
  end: number
  /** The scope around; undefined for the root. */
  outer: Scope | undefined
  /** Scopes directly inside, in the order of the text. */
  inner: Scope[]
  /** The function that it is in, or of; undefined outside of all. */
  function: FunctionSyntax | undefined
  /** In the order of the text. */
  variables: Map<string, Variable>
  /** Whether strict mode holds in it. */
  isStrict: boolean
  /** Whether a direct `eval` stands in it, not further inside: it may use every variable that it sees. */
  hasEval: boolean
  /** Whether one stands in it or further inside. */
  containsEval: boolean
}

/**
 * `class`: what V8 makes functions of in a class besides its methods, the constructor that the text does not have and the one that sets
 * the fields; `initializer`: the value of a field, or a static block, in there.
 */
export type FunctionKind = 'function' | 'arrow' | 'method' | 'class' | 'initializer'

/** A function in the text of a script. */
export interface FunctionSyntax {
  /** As the language names functions: its own name, or of what it is assigned to; '' for none. */
  name: string
  /** How it is written. */
  kind: FunctionKind
  /** Whether it is an `async` function. */
  isAsync: boolean
  /** Whether it is a generator. */
  isGenerator: boolean
  /** Where its text begins: of methods at the parenthesis before the parameters. */
  start: number
  /** Where its text ends: the offset behind its last character. */
  end: number
  /** Holds its parameters and variables; of a class, the class's. */
  scope: Scope
}

/** A function of acorn's tree. */
export type FunctionNode = Extract<
  AnyNode,
  {type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression'}
>

export function newScope(kind: ScopeSyntaxKind, start: number, end: number, outer: Scope | undefined): Scope {
  const scope: Scope = {
    kind,
    start,
    end,
    outer,
    inner: [],
    function: outer?.function,
    variables: new Map(),
    isStrict: outer?.isStrict ?? false,
    hasEval: false,
    containsEval: false,
  }
  outer?.inner.push(scope)
  return scope
}

export function declare(scope: Scope, name: string, kind: VariableKind, offset: number | null): Variable {
  const known = scope.variables.get(name)
  // The first declaration counts, but a `var` of a parameter's name is the parameter.
  if (known !== undefined) return known
  const variable: Variable = {name, kind, offset, scope, uses: [], isExported: false}
  scope.variables.set(name, variable)
  return variable
}

export function markEval(scope: Scope): void {
  scope.hasEval = true
  for (let at: Scope | undefined = scope; at !== undefined && !at.containsEval; at = at.outer) at.containsEval = true
}

export function declarePattern(scope: Scope, name: string, kind: VariableKind, offset: number): void {
  declare(kind === 'var' ? varScope(scope) : scope, name, kind, offset)
}

/** A function in a block is a variable of the block, and in sloppy code one of the function around too (ECMA-262, B.3.2). */
export function declareFunction(scope: Scope, node: FunctionNode, id: {name: string; start: number}): void {
  declare(scope, id.name, 'function', id.start)
  if (!scope.isStrict && !node.async && !node.generator) declare(varScope(scope), id.name, 'function', id.start)
}

function varScope(scope: Scope): Scope {
  let around = scope
  while (around.kind !== 'function' && around.kind !== 'body' && around.outer !== undefined) around = around.outer
  return around
}

/** `arguments` has the values of all parameters. */
export function useArguments(use: Use): void {
  const owner = thisScope(use.scope)
  for (const variable of owner.variables.values()) if (variable.kind === 'parameter') variable.uses.push(use)
  declare(owner, 'arguments', 'this', null).uses.push(use)
}

export function useThis(offset: number, scope: Scope, name = 'this'): void {
  const owner = thisScope(scope)
  declare(owner, name, 'this', null).uses.push({offset, scope, isRead: true})
}

/** V8's name for the object that a method is of, which `super` looks from. */
const HOME_OBJECT = '.home_object'

export function useHomeObject(offset: number, scope: Scope): void {
  const {outer} = thisScope(scope)
  if (outer?.kind === 'object') declare(outer, HOME_OBJECT, 'this', null).uses.push({offset, scope, isRead: true})
}

/** Of the function whose `this` is meant, or the root. */
export function thisScope(scope: Scope): Scope {
  let around = scope
  while (around.outer !== undefined && (around.kind !== 'function' || around.function?.kind === 'arrow'))
    around = around.outer
  return around
}
