/**
 * The scopes of a script: which function or block declares which variable, and who uses it (ECMA-262, "Declarative Environment Records").
 *
 * One pass over acorn's tree without recursion, so that no script's nesting is too deep, and a second over the names found. Nothing of
 * the tree is kept. Offsets are UTF-16 units in the text, as V8's positions.
 */
import type {AnyNode, Program} from 'acorn'
import {type Awaits, AwaitsOfFunctions} from './awaits.ts'
import {GivenFunctions} from './given-functions.ts'
import {
  declare,
  declareFunction,
  declarePattern,
  type FunctionKind,
  type FunctionNode,
  type FunctionSyntax,
  markEval,
  newScope,
  type Scope,
  thisScope,
  type Use,
  useArguments,
  useHomeObject,
  useThis,
  type VariableKind,
} from './scope-tree.ts'
import {declaredBy, isMethod, isNothing, isStrict, keyName, memberNames, nameOf, withAccessor} from './syntax-names.ts'
import {childrenOf} from './syntax-tree.ts'

export interface ClassMember {
  /** Name of the class; '' for none. */
  class: string
  name: string
  kind: 'field' | 'method' | 'getter' | 'setter' | 'constructor'
  isStatic: boolean
  /** Of its name. */
  offset: number
}

/** `exports.a = …`, `module.exports = …`, `globalThis.a = …`, `this.a = …`: what is assigned by name. */
export interface NamedAssignment {
  /** Its names from left to right: `['module', 'exports', 'a']`. */
  names: readonly string[]
  /** Of the last name. */
  offset: number
  scope: Scope
}

export interface ModuleExport {
  /** As others import it; `*` for all of another module. */
  name: string
  /** Of the variable in this module; '' for an expression, and what comes from another module. */
  local: string
  /** Of the name, or of `default`. */
  offset: number
}

export interface ScriptScopes {
  root: Scope
  /** In the order of their starts, so that each stands after those around it. */
  functions: readonly FunctionSyntax[]
  members: readonly ClassMember[]
  assignments: readonly NamedAssignment[]
  exports: readonly ModuleExport[]
  given: GivenFunctions
  /** Of the functions that have any; of the root those of no function. */
  awaits: ReadonlyMap<FunctionSyntax | undefined, Awaits>
  /** Names that no scope of the script declares: globals, or variables of what the script is evaluated in. */
  free: ReadonlyMap<string, readonly Use[]>
}

type ClassNode = Extract<AnyNode, {type: 'ClassDeclaration' | 'ClassExpression'}>
type Handlers = {[Type in AnyNode['type']]?: (node: Extract<AnyNode, {type: Type}>, at: At) => void}

/** What a visit needs to know of the way down. */
interface At {
  scope: Scope
  /** What a function or class here is called, if it has no name of its own. */
  name?: string
  /** For patterns: what they declare; or 'assign' for those that assign. */
  pattern?: VariableKind | 'assign'
  kind?: FunctionKind
  /** Of an object literal: the scope of its methods. */
  object?: Scope
}

export function scopesOf(program: Program): ScriptScopes {
  return new Analysis(program).run()
}

class Analysis {
  readonly #root: Scope
  readonly #functions: FunctionSyntax[] = []
  readonly #members: ClassMember[] = []
  readonly #assignments: NamedAssignment[] = []
  readonly #exports: ModuleExport[] = []
  readonly #given = new GivenFunctions()
  readonly #awaits = new AwaitsOfFunctions<FunctionSyntax>()
  readonly #free = new Map<string, Use[]>()
  readonly #names: {name: string; use: Use}[] = []
  readonly #selfNamed: {scope: Scope; name: string; offset: number}[] = []
  /** What is to be visited; the next one last. */
  readonly #pending: {node: AnyNode; at: At}[] = []

  constructor(program: Program) {
    this.#root = newScope('root', program.start, program.end, undefined)
    this.#root.isStrict = program.sourceType === 'module' || isStrict(program.body)
    this.#visit(program.body, {scope: this.#root})
  }

  run(): ScriptScopes {
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      const handle = this.#handlers[next.node.type] as ((node: AnyNode, at: At) => void) | undefined
      if (handle === undefined) this.#visit(childrenOf(next.node), {scope: next.at.scope})
      else handle(next.node, next.at)
    }
    // A parameter or variable of the same name hides a function expression's own.
    for (const {scope, name, offset} of this.#selfNamed)
      if (!scope.variables.has(name)) declare(scope, name, 'name', offset)
    for (const {name, use} of this.#names.sort((a, b) => a.use.offset - b.use.offset)) this.#resolve(name, use)
    for (const {local} of this.#exports) {
      const variable = this.#root.variables.get(local)
      if (variable !== undefined) variable.isExported = true
    }
    this.#functions.sort((a, b) => a.start - b.start || b.end - a.end)
    return {
      root: this.#root,
      functions: this.#functions,
      members: this.#members,
      assignments: this.#assignments,
      exports: this.#exports,
      given: this.#given,
      awaits: this.#awaits.all(),
      free: this.#free,
    }
  }

  /** Nodes are visited in the order given. */
  #visit(nodes: readonly (AnyNode | null | undefined)[], at: At): void {
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i]
      if (node !== null && node !== undefined) this.#pending.push({node, at})
    }
  }

  #resolve(name: string, use: Use): void {
    for (let scope: Scope | undefined = use.scope; scope !== undefined; scope = scope.outer) {
      const variable = scope.variables.get(name)
      if (variable === undefined) continue
      variable.uses.push(use)
      return
    }
    if (name === 'arguments' && thisScope(use.scope).kind === 'function') {
      useArguments(use)
      return
    }
    const uses = this.#free.get(name)
    if (uses === undefined) this.#free.set(name, [use])
    else uses.push(use)
  }

  #use(name: string, offset: number, scope: Scope, isRead: boolean): void {
    this.#names.push({name, use: {offset, scope, isRead}})
  }

  readonly #handlers: Handlers = {
    Identifier: ({name, start}, {scope, pattern}) => {
      if (pattern === undefined) this.#use(name, start, scope, true)
      else if (pattern === 'assign') this.#use(name, start, scope, false)
      else declarePattern(scope, name, pattern, start)
    },
    ThisExpression: ({start}, {scope}) => useThis(start, scope),
    Super: ({start}, {scope}) => {
      useThis(start, scope)
      useHomeObject(start, scope)
    },

    FunctionDeclaration: (node, at) => {
      if (node.id !== null) declareFunction(at.scope, node, node.id)
      this.#function(node, at)
    },
    FunctionExpression: (node, at) => this.#function(node, at),
    ArrowFunctionExpression: (node, at) => this.#function(node, at),

    ClassDeclaration: (node, at) => {
      if (node.id !== null) declare(at.scope, node.id.name, 'class', node.id.start)
      this.#class(node, at)
    },
    ClassExpression: (node, at) => this.#class(node, at),
    MethodDefinition: (node, at) => {
      const name = keyName(node)
      this.#member(node, at, name, node.kind === 'get' ? 'getter' : node.kind === 'set' ? 'setter' : node.kind)
      this.#visit([node.computed ? node.key : null], {scope: at.scope})
      this.#visit([node.value], {
        scope: at.scope,
        name: node.kind === 'constructor' ? (at.name ?? '') : withAccessor(node.kind, name),
        kind: 'method',
      })
    },
    PropertyDefinition: (node, at) => {
      const name = keyName(node)
      this.#member(node, at, name, 'field')
      this.#visit([node.computed ? node.key : null], {scope: at.scope})
      if (node.value) this.#visit([node.value], {scope: this.#initializer(node.value, at.scope), name})
    },
    StaticBlock: (node, at) => this.#visit(node.body, {scope: this.#initializer(node, at.scope)}),

    BlockStatement: (node, {scope}) => this.#visit(node.body, {scope: newScope('block', node.start, node.end, scope)}),
    AwaitExpression: (node, {scope}) => {
      this.#awaits.add(scope.function, node.start, node.end)
      this.#visit([node.argument], {scope})
    },
    ForStatement: (node, {scope}) => {
      if (node.update) this.#awaits.late(node.update.start, node.update.end, node.end)
      const loop = newScope('loop', node.start, node.end, scope)
      this.#visit([node.init, node.test, node.update, node.body], {scope: loop})
    },
    ForInStatement: (node, at) => this.#forEach(node, at),
    ForOfStatement: (node, at) => {
      if (node.await) this.#awaits.addLoop(at.scope.function, node.start)
      this.#forEach(node, at)
    },
    SwitchStatement: (node, {scope}) => {
      this.#visit([node.discriminant], {scope})
      this.#visit(node.cases, {scope: newScope('block', node.start, node.end, scope)})
    },
    CatchClause: (node, {scope}) => {
      const caught = newScope('catch', node.start, node.end, scope)
      this.#visit([node.param], {scope: caught, pattern: 'catch'})
      this.#visit([node.body], {scope: caught})
    },
    WithStatement: (node, {scope}) => {
      this.#visit([node.object], {scope})
      this.#visit([node.body], {scope: newScope('with', node.start, node.end, scope)})
    },

    VariableDeclaration: (node, {scope}) => {
      const kind = node.kind === 'var' || node.kind === 'let' ? node.kind : 'const'
      for (const {id, init} of node.declarations.toReversed()) {
        this.#visit([init], {scope, ...(id.type === 'Identifier' ? {name: id.name} : {})})
        this.#visit([id], {scope, pattern: kind})
      }
    },
    ObjectPattern: (node, at) => this.#visit(node.properties, at),
    ArrayPattern: (node, at) => this.#visit(node.elements, at),
    RestElement: (node, at) => this.#visit([node.argument], at),
    AssignmentPattern: ({left, right}, at) => {
      this.#visit([right], {scope: at.scope, ...(left.type === 'Identifier' ? {name: left.name} : {})})
      this.#visit([left], at)
    },
    ObjectExpression: ({properties, start, end}, {scope}) => {
      const hasMethods = properties.some(property => property.type === 'Property' && isMethod(property))
      this.#visit(properties, {scope, ...(hasMethods ? {object: newScope('object', start, end, scope)} : {})})
    },
    Property: (node, {scope, pattern, object}) => {
      if (node.computed) this.#visit([node.key], {scope})
      const name = keyName(node)
      const at: At = {
        scope: (isMethod(node) ? object : undefined) ?? scope,
        name: withAccessor(node.kind, name),
        ...(isMethod(node) ? {kind: 'method'} : {}),
        ...(pattern === undefined ? {} : {pattern}),
      }
      this.#visit([node.value], at)
    },
    AssignmentExpression: (node, {scope}) => {
      const names = memberNames(node.left)
      if (names !== undefined && names.length > 1 && !(names[0] === 'exports' && isNothing(node.right))) {
        const {property} = node.left as Extract<AnyNode, {type: 'MemberExpression'}>
        this.#assignments.push({names, offset: property.start, scope})
      }
      const name = names?.length === 1 ? names[0] : undefined
      this.#visit([node.right], {scope, ...(name === undefined ? {} : {name})})
      // `a += 1` reads what was there; `a.b = 1` reads `a`.
      this.#visit([node.left], node.operator === '=' ? {scope, pattern: 'assign'} : {scope})
    },
    MemberExpression: (node, {scope}) => {
      if (node.computed) this.#visit([node.property], {scope})
      this.#visit([node.object], {scope})
    },
    CallExpression: (node, {scope}) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'eval' && !node.optional) {
        markEval(scope)
        // What is evaluated may say `super` (`Scope::RecordEvalCall`).
        useHomeObject(node.start, scope)
      }
      this.#given.add(node.callee, node.arguments)
      this.#visit([node.callee, ...node.arguments], {scope})
    },
    NewExpression: (node, {scope}) => {
      this.#given.add(node.callee, node.arguments)
      this.#visit([node.callee, ...node.arguments], {scope})
    },
    LabeledStatement: (node, {scope}) => this.#visit([node.body], {scope}),
    BreakStatement: () => {},
    ContinueStatement: () => {},
    MetaProperty: ({meta, start}, {scope}) => {
      if (meta.name === 'new') useThis(start, scope, '.new.target')
    },

    ImportDeclaration: (node, {scope}) => {
      for (const {local} of node.specifiers) declare(scope, local.name, 'import', local.start)
    },
    ExportAllDeclaration: ({exported, start}) => {
      this.#exports.push({
        name: exported ? nameOf(exported) : '*',
        local: '',
        offset: exported?.start ?? start,
      })
    },
    ExportNamedDeclaration: (node, {scope}) => {
      const isOwn = node.source === null || node.source === undefined
      for (const {local, exported} of node.specifiers) {
        this.#exports.push({name: nameOf(exported), local: isOwn ? nameOf(local) : '', offset: exported.start})
      }
      if (node.declaration === null || node.declaration === undefined) return
      this.#visit([node.declaration], {scope})
      for (const {name, start} of declaredBy(node.declaration)) this.#exports.push({name, local: name, offset: start})
    },
    ExportDefaultDeclaration: (node, {scope}) => {
      const {declaration} = node
      const id = 'id' in declaration ? declaration.id : null
      const isDeclared = declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration'
      const local = isDeclared && id ? id.name : ''
      const offset = node.start + 'export '.length
      this.#exports.push({name: 'default', local, offset: isDeclared && id ? id.start : offset})
      this.#visit([declaration], {scope, name: 'default'})
    },
  }

  #function(node: FunctionNode, at: At): void {
    const isArrow = node.type === 'ArrowFunctionExpression'
    const own = node.id
    const kind = at.kind ?? (isArrow ? 'arrow' : 'function')
    const scope = this.#functionScope(node, at.scope, kind, own?.name ?? at.name ?? '', node.async, node.generator)
    if (own && node.type === 'FunctionExpression') this.#selfNamed.push({scope, name: own.name, offset: own.start})
    if (node.body.type === 'BlockStatement' && isStrict(node.body.body)) scope.isStrict = true
    // The body's block is the function's own scope.
    const isPlain = node.params.every(({type}) => type === 'Identifier')
    if (node.body.type !== 'BlockStatement') this.#visit([node.body], {scope})
    else {
      const body = isPlain ? scope : newScope('body', node.body.start, node.body.end, scope)
      this.#visit(node.body.body, {scope: body})
    }
    this.#visit(node.params, {scope, pattern: 'parameter'})
  }

  #functionScope(
    {start, end}: {start: number; end: number},
    outer: Scope,
    kind: FunctionKind,
    name: string,
    isAsync = false,
    isGenerator = false,
  ): Scope {
    const scope = newScope('function', start, end, outer)
    scope.function = {name, kind, isAsync, isGenerator, start, end, scope}
    this.#functions.push(scope.function)
    return scope
  }

  /** The scope of a field's value or of a static block, whose code V8 puts into a function of the class. */
  #initializer(node: AnyNode, outer: Scope): Scope {
    return this.#functionScope(node, outer, 'initializer', '')
  }

  #class(node: ClassNode, at: At): void {
    const name = node.id?.name ?? at.name ?? ''
    // What it extends and computed names are evaluated by the function around.
    const scope = newScope('class', node.start, node.end, at.scope)
    scope.isStrict = true
    const {start, end} = node
    this.#functions.push({name, kind: 'class', isAsync: false, isGenerator: false, start, end, scope})
    if (node.id) declare(scope, node.id.name, 'class', node.id.start)
    this.#visit([node.superClass], {scope})
    this.#visit(node.body.body, {scope, name})
  }

  #member(
    node: Extract<AnyNode, {type: 'MethodDefinition' | 'PropertyDefinition'}>,
    at: At,
    name: string,
    kind: ClassMember['kind'],
  ): void {
    this.#members.push({class: at.name ?? '', name, kind, isStatic: node.static, offset: node.key.start})
  }

  #forEach(node: Extract<AnyNode, {type: 'ForInStatement' | 'ForOfStatement'}>, {scope}: At): void {
    const loop = newScope('loop', node.start, node.end, scope)
    const isDeclaration = node.left.type === 'VariableDeclaration'
    this.#visit([node.body], {scope: loop})
    this.#visit([node.left], isDeclaration ? {scope: loop} : {scope: loop, pattern: 'assign'})
    this.#visit([node.right], {scope: loop})
  }
}
