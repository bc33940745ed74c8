/** Texts of snapshots in pieces, and what is said of those that are wrong. */
import assert from 'node:assert/strict'
import {HeapgraphError} from '../../src/util/errors.ts'

export async function errorOf(opened: Promise<unknown>): Promise<HeapgraphError> {
  try {
    await opened
  } catch (error) {
    if (error instanceof HeapgraphError) return error
    throw error
  }
  assert.fail('it was opened')
}

/** The section `snapshot` of a file whose nodes have five fields and whose edges three. */
export function headerText(nodeCount: number, edgeCount: number): string {
  const meta = {
    node_fields: ['type', 'name', 'id', 'self_size', 'edge_count'],
    node_types: [['synthetic', 'object']],
    edge_fields: ['type', 'name_or_index', 'to_node'],
    edge_types: [['element', 'property']],
  }
  return `"snapshot":${JSON.stringify({meta, node_count: nodeCount, edge_count: edgeCount})}`
}
