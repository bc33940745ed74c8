/** Syntax trees of scripts, as acorn makes them: what every walk through one needs. */
import type {AnyNode} from 'acorn'

/** Parts of a node that are nodes, in the order of the tree's own keys. */
export function childrenOf(node: AnyNode): readonly AnyNode[] {
  // Most nodes are one of these, and have none.
  if (node.type === 'Identifier' || node.type === 'Literal') return NONE
  const found: AnyNode[] = []
  for (const value of Object.values(node) as unknown[]) {
    if (isNode(value)) found.push(value)
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) found.push(item)
  }
  return found
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as {type?: unknown}).type === 'string'
}

const NONE: readonly AnyNode[] = []
