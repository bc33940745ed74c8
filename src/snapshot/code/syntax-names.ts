/** What nodes of acorn's tree are called, and small questions about them. */
import type {AnyNode} from 'acorn'

export function isStrict(body: readonly AnyNode[]): boolean {
  for (const statement of body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined || statement.directive === null)
      return false
    if (statement.directive === 'use strict') return true
  }
  return false
}

export function isMethod({method, kind}: {method: boolean; kind: string}): boolean {
  return method || kind !== 'init'
}

export function keyName(
  node: Extract<AnyNode, {type: 'Property' | 'MethodDefinition' | 'PropertyDefinition'}>,
): string {
  const {key, computed} = node
  if (key.type === 'Identifier') return computed ? '' : key.name
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  return key.type === 'Literal' ? String(key.value) : ''
}

/** `get size`, as getters and setters are called. */
export function withAccessor(kind: string, name: string): string {
  return kind === 'get' || kind === 'set' ? `${kind} ${name}` : name
}

/** `void 0`, also given to others on the way: compilers announce all that a CommonJS module exports so, before it is made. */
export function isNothing(node: AnyNode): boolean {
  let value = node
  while (value.type === 'AssignmentExpression') value = value.right
  return value.type === 'UnaryExpression' && value.operator === 'void'
}

/** `a.b.c` as its names; undefined for anything that is computed or called. */
export function memberNames(node: AnyNode): string[] | undefined {
  const names: string[] = []
  let at = node
  for (; at.type === 'MemberExpression'; at = at.object) {
    const {property, computed} = at
    if (property.type === 'Identifier' && !computed) names.push(property.name)
    else if (property.type === 'PrivateIdentifier') names.push(`#${property.name}`)
    else if (property.type === 'Literal' && typeof property.value === 'string') names.push(property.value)
    else return undefined
  }
  if (at.type === 'ThisExpression') names.push('this')
  else if (at.type === 'Identifier') names.push(at.name)
  else return undefined
  return names.reverse()
}

export function nameOf(node: Extract<AnyNode, {type: 'Identifier' | 'Literal'}>): string {
  return node.type === 'Identifier' ? node.name : String(node.value)
}

/** The names of an exported declaration. */
export function declaredBy(node: AnyNode): {name: string; start: number}[] {
  if (node.type !== 'VariableDeclaration')
    return 'id' in node && node.id ? [node.id as {name: string; start: number}] : []
  const found: {name: string; start: number}[] = []
  const pending: (AnyNode | null)[] = node.declarations.map(({id}) => id).reverse()
  while (pending.length > 0) {
    const pattern = pending.pop()
    if (pattern?.type === 'Identifier') found.push(pattern)
    else if (pattern?.type === 'ObjectPattern') pending.push(...pattern.properties.toReversed())
    else if (pattern?.type === 'ArrayPattern') pending.push(...pattern.elements.toReversed())
    else if (pattern?.type === 'Property') pending.push(pattern.value)
    else if (pattern?.type === 'RestElement') pending.push(pattern.argument)
    else if (pattern?.type === 'AssignmentPattern') pending.push(pattern.left)
  }
  return found
}
