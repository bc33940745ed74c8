/**
 * What names of a script are first given, as far as it says where things are made: object literals, and what comes from other modules.
 * One pass over acorn's tree without recursion; offsets are UTF-16 units in the text.
 */
import type {AnyNode, Program} from 'acorn'
import {GrowableUint32} from '../../util/growable.ts'
import {childrenOf} from './syntax-tree.ts'

export interface InitialValues {
  /** Offsets of the names of variables that are given what another module has: `const {a} = require('b')`. */
  imported: ReadonlySet<number>
  /** Keys of object literals with their offsets, by the offset of the name that is given the literal: a variable's, a property's. */
  literals: ReadonlyMap<number, ReadonlyMap<string, number>>
  /**
   * Of object literals that say all keys they have: how many, then the keys' offsets, one literal behind the other; those that no name is
   * given are among them.
   */
  keyOffsets: Uint32Array
  /** Of each `new a.b.C`, in pairs, the offsets of the first name and of the last; of `new C` twice the same. */
  constructed: Uint32Array
  /**
   * Offsets at which V8 places functions (`SharedFunctionInfo::StartPosition`): the parenthesis before the parameters; the beginning of an
   * arrow function, of a class for its constructor if it has none, of a class's body or member for what sets fields.
   */
  functionStarts: ReadonlySet<number>
}

/** `text`: what `program` was parsed from. */
export function initialValues(program: Program, text: string): InitialValues {
  const imported = new Set<number>()
  const literals = new Map<number, ReadonlyMap<string, number>>()
  const keyOffsets = new GrowableUint32()
  const constructed = new GrowableUint32()
  const functionStarts = new Set<number>([0])
  const give = (offset: number, value: AnyNode | null | undefined) => {
    const keys = value ? keysOf(value) : undefined
    if (keys !== undefined) literals.set(offset, keys)
  }
  const pending: AnyNode[] = [program]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'VariableDeclarator') {
      if (node.init && isImported(node.init)) for (const offset of namesIn(node.id)) imported.add(offset)
      else if (node.id.type === 'Identifier') give(node.id.start, node.init)
    } else if (node.type === 'AssignmentExpression') {
      const {left} = node
      if (left.type === 'Identifier') give(left.start, node.right)
      if (left.type === 'MemberExpression') give(left.property.start, node.right)
    } else if (node.type === 'PropertyDefinition' || node.type === 'Property') give(node.key.start, node.value)
    else if (node.type === 'ObjectExpression') addKeys(keyOffsets, node)
    else if (node.type === 'NewExpression') addConstruction(constructed, node.callee)
    else if (node.type === 'ClassBody') {
      functionStarts.add(node.start)
      for (const member of node.body) functionStarts.add('key' in member ? member.key.start : member.start)
    } else if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') functionStarts.add(node.start)
    else if (node.type === 'ArrowFunctionExpression') functionStarts.add(node.start)
    else if (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression') {
      functionStarts.add(parenthesis(text, node.id?.end ?? node.start))
    }
    for (const child of childrenOf(node)) pending.push(child)
  }
  return {
    imported,
    literals,
    keyOffsets: keyOffsets.view().slice(),
    constructed: constructed.view().slice(),
    functionStarts,
  }
}

/** The next parenthesis, beyond the word `function` and comments; -1 if something else stands before it. */
function parenthesis(text: string, from: number): number {
  BEFORE_PARAMETERS.lastIndex = from
  return BEFORE_PARAMETERS.test(text) ? BEFORE_PARAMETERS.lastIndex : -1
}

const BEFORE_PARAMETERS = /(?:async\b|function\b|\*|\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*\n)*(?=\()/y

/** Wrappers of a value that are looked through. */
const MAX_WRAPPERS = 20

/**
 * Whether a value is another module's, or a part of it: `require('a').b`, `await import('a')`, and both in the helpers that compilers put
 * around, whose names begin with an underscore (`__toESM` of esbuild, `__importStar` of TypeScript, `_interopRequireDefault` of Babel).
 */
function isImported(value: AnyNode): boolean {
  let node = value
  for (let step = 0; step < MAX_WRAPPERS; step++) {
    if (node.type === 'ImportExpression') return true
    if (node.type === 'AwaitExpression') node = node.argument
    else if (node.type === 'MemberExpression') node = node.object
    else if (node.type === 'CallExpression' && node.callee.type === 'Identifier') {
      const {name} = node.callee
      if (/^(?:require(?:_\w+)?|_+require|__webpack_require__)$/.test(name)) return true
      if (!name.startsWith('_') || node.arguments.length === 0) return false
      node = node.arguments[0]
    } else return false
  }
  return false
}

/** Functions of `Object` that give back what they are given. */
const SAME_OBJECT = new Set(['freeze', 'seal', 'preventExtensions'])

function addConstruction(offsets: GrowableUint32, callee: AnyNode): void {
  let first = callee
  while (first.type === 'MemberExpression' && !first.computed) first = first.object
  const last = callee.type === 'MemberExpression' ? callee.property : callee
  if (first.type !== 'Identifier' || last.type !== 'Identifier') return
  offsets.push(first.start)
  offsets.push(last.start)
}

function addKeys(offsets: GrowableUint32, {properties}: Extract<AnyNode, {type: 'ObjectExpression'}>): void {
  const isPlain = (property: AnyNode) =>
    property.type === 'Property' && !property.computed && property.kind === 'init' && property.key.type === 'Identifier'
  if (properties.length === 0 || !properties.every(isPlain)) return
  offsets.push(properties.length)
  for (const property of properties) if (property.type === 'Property') offsets.push(property.key.start)
}

/** Keys of an object literal; undefined for any other value. */
function keysOf(value: AnyNode): ReadonlyMap<string, number> | undefined {
  let node = value
  if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && node.arguments.length > 0) {
    const {object, property} = node.callee
    const isSame = object.type === 'Identifier' && object.name === 'Object' && property.type === 'Identifier'
    if (isSame && SAME_OBJECT.has(property.name)) node = node.arguments[0]
  }
  if (node.type !== 'ObjectExpression') return undefined
  const keys = new Map<string, number>()
  for (const property of node.properties) {
    if (property.type !== 'Property' || property.computed) continue
    const {key} = property
    if (key.type === 'Identifier') keys.set(key.name, key.start)
    else if (key.type === 'Literal') keys.set(String(key.value), key.start)
  }
  return keys
}

/** Offsets of the names that a pattern declares. */
function namesIn(pattern: AnyNode): number[] {
  const found: number[] = []
  const pending: (AnyNode | null)[] = [pattern]
  while (pending.length > 0) {
    const node = pending.pop()
    if (node?.type === 'Identifier') found.push(node.start)
    else if (node?.type === 'ObjectPattern') pending.push(...node.properties)
    else if (node?.type === 'ArrayPattern') pending.push(...node.elements)
    else if (node?.type === 'Property') pending.push(node.value)
    else if (node?.type === 'RestElement') pending.push(node.argument)
    else if (node?.type === 'AssignmentPattern') pending.push(node.left)
  }
  return found
}
