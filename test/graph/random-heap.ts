/** Random heaps: as the bytes of a `.heapsnapshot` file, and as the graphology graph that the view of it must equal. */
import fc from 'fast-check'
import {MultiDirectedGraph} from 'graphology'
import type {HeapEdgeAttributes, HeapNodeAttributes} from '../../src/graph/heap/heap-graph.ts'
import {EDGE_KINDS, NODE_KINDS} from '../../src/snapshot/columns/schema.ts'

export interface HeapNode {
  id: number
  kind: (typeof NODE_KINDS)[number]
  name: string
  selfBytes: number
  detachedness: number
}

export interface HeapEdge {
  /** Ordinals. */
  source: number
  target: number
  kind: (typeof EDGE_KINDS)[number]
  name: string | number
}

export interface Heap {
  nodes: HeapNode[]
  /** Sorted by source, as the file has them. */
  edges: HeapEdge[]
}

const id = fc.oneof(fc.nat(60), fc.nat(0xffffffff), fc.maxSafeNat())
const kindAndName = fc.oneof(
  fc.record({kind: fc.constantFrom('element', 'hidden'), name: fc.nat()}),
  fc.record({
    kind: fc.constantFrom('context', 'property', 'internal', 'shortcut', 'weak'),
    name: fc.constantFrom('a', 'b', '', 'ключ "x"\n'),
  }),
)

/** Few nodes and many edges, so that self loops and parallel edges are common; isolated nodes are too. */
export const randomHeap: fc.Arbitrary<Heap> = fc
  .uniqueArray(id, {minLength: 1, maxLength: 9})
  .chain(ids => {
    const node = (id: number): fc.Arbitrary<HeapNode> =>
      fc.record({
        id: fc.constant(id),
        kind: fc.constantFrom(...NODE_KINDS),
        name: fc.constantFrom('', 'Map', '<div id="a">', 'текст\u0001'),
        selfBytes: fc.oneof(fc.nat(100), fc.maxSafeNat()),
        detachedness: fc.nat(2),
      })
    const ordinal = fc.nat(ids.length - 1)
    const edge = fc
      .tuple(ordinal, ordinal, kindAndName)
      .map(([source, target, named]) => ({source, target, ...named}) as HeapEdge)
    return fc.record({nodes: fc.tuple(...ids.map(node)), edges: fc.array(edge, {maxLength: 30})})
  })
  .map(({nodes, edges}) => ({nodes, edges: edges.sort((a, b) => a.source - b.source)}))

/** A heap whose nodes have the ids given and differ in nothing else. */
export function plainHeap(ids: number[], ends: [source: number, target: number][]): Heap {
  return {
    nodes: ids.map(id => ({id, kind: 'object', name: 'Thing', selfBytes: 8, detachedness: 0})),
    edges: ends.map(([source, target], index) => ({source, target, kind: 'property', name: `p${index}`})),
  }
}

export function heapSnapshotBytes({nodes, edges}: Heap, withDetachedness = true): Uint8Array {
  const strings: string[] = []
  const stringIndex = (text: string) => (strings.includes(text) ? strings.indexOf(text) : strings.push(text) - 1)
  const nodeFields = ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id']
  if (withDetachedness) nodeFields.push('detachedness')
  const nodeRows = nodes.map((node, ordinal) => {
    const edgeCount = edges.filter(edge => edge.source === ordinal).length
    const row = [NODE_KINDS.indexOf(node.kind), stringIndex(node.name), node.id, node.selfBytes, edgeCount, 0]
    return withDetachedness ? [...row, node.detachedness] : row
  })
  const edgeRows = edges.map(({kind, name, target}) => [
    EDGE_KINDS.indexOf(kind),
    typeof name === 'number' ? name : stringIndex(name),
    target * nodeFields.length,
  ])
  const meta = {
    node_fields: nodeFields,
    node_types: [NODE_KINDS],
    edge_fields: ['type', 'name_or_index', 'to_node'],
    edge_types: [EDGE_KINDS],
  }
  const file = {
    snapshot: {meta, node_count: nodes.length, edge_count: edges.length},
    nodes: nodeRows.flat(),
    edges: edgeRows.flat(),
    strings,
  }
  return Buffer.from(JSON.stringify(file))
}

/** `typeOf` says what the snapshot calls a node's type: that is not what is under test here. */
export function toRealGraph({nodes, edges}: Heap, typeOf: (node: number) => string) {
  const graph = new MultiDirectedGraph<HeapNodeAttributes, HeapEdgeAttributes>()
  nodes.forEach((node, ordinal) => {
    graph.addNode(`@${node.id}`, {
      id: node.id,
      type: typeOf(ordinal),
      kind: node.kind,
      name: node.name,
      selfBytes: node.selfBytes,
      detachedness: node.detachedness,
    })
  })
  edges.forEach(({source, target, kind, name}, ordinal) => {
    graph.addDirectedEdgeWithKey(`e${ordinal}`, `@${nodes[source].id}`, `@${nodes[target].id}`, {kind, name})
  })
  return graph
}
