/** Random heaps for DevTools' numbers: those of the other twins, with the fields that they leave out. */
import fc from 'fast-check'
import {EDGE_KINDS, type KnownNodeKind, NODE_KINDS} from '../../src/snapshot/columns/schema.ts'
import type {Snapshot} from '../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {randomHeap as randomGraph} from '../analyze/plain-heap.ts'

/** Script id, line and column, from 0 on. */
export type Place = readonly [number, number, number]

export interface HeapNode {
  kind: KnownNodeKind
  name: string
  id: number
  selfBytes: number
  detachedness?: number
  /** As the file has them: more than one is odd, but can be written. */
  places?: readonly Place[]
}

export interface HeapEdge {
  source: number
  target: number
  kind: (typeof EDGE_KINDS)[number]
  /** A number for element and hidden edges. */
  name: string | number
  /** Which half of a WeakMap entry it is, for those who do not want to read names. */
  half?: 'key' | 'table'
}

/** Node 0 is the root. Edges are sorted by source, as a file has them. */
export interface Heap {
  nodes: HeapNode[]
  edges: HeapEdge[]
}

const NODE_FIELDS = ['type', 'name', 'id', 'self_size', 'edge_count']

export interface TextOptions {
  /** Whether nodes have the field `detachedness`. */
  detachedness?: boolean
  /** Texts that the file holds twice, as V8 never does: of their uses every other takes the second. */
  twice?: readonly string[]
}

/** The text of a `.heapsnapshot`, with the sections in the order that DevTools needs. */
export function textOf({nodes, edges}: Heap, {detachedness = true, twice = []}: TextOptions = {}): string {
  const strings = ['<dummy>']
  const indexes = new Map<string, number[]>()
  let uses = 0
  const indexOf = (text: string) => {
    let known = indexes.get(text)
    if (known === undefined) {
      known = Array.from({length: twice.includes(text) ? 2 : 1}, () => strings.push(text) - 1)
      indexes.set(text, known)
    }
    return known[uses++ % known.length]
  }
  const edgeCounts = nodes.map(() => 0)
  for (const {source} of edges) edgeCounts[source]++
  const nodeFields = detachedness ? [...NODE_FIELDS, 'detachedness'] : NODE_FIELDS
  const nodeRows = nodes.map((node, ordinal) => [
    ...[NODE_KINDS.indexOf(node.kind), indexOf(node.name), node.id, node.selfBytes, edgeCounts[ordinal]],
    ...(detachedness ? [node.detachedness ?? 0] : []),
  ])
  const edgeRows = edges.map(({kind, name, target}) => [
    ...[EDGE_KINDS.indexOf(kind), typeof name === 'number' ? name : indexOf(name), target * nodeFields.length],
  ])
  const locations = nodes.flatMap(({places = []}, ordinal) =>
    places.map(place => [ordinal * nodeFields.length, ...place]),
  )
  return JSON.stringify({
    snapshot: {
      meta: {
        node_fields: nodeFields,
        node_types: nodeFields.map(field => (field === 'type' ? NODE_KINDS : 'number')),
        edge_fields: ['type', 'name_or_index', 'to_node'],
        edge_types: [EDGE_KINDS, 'string_or_number', 'node'],
        location_fields: ['object_index', 'script_id', 'line', 'column'],
      },
      node_count: nodes.length,
      edge_count: edges.length,
      trace_function_count: 0,
    },
    nodes: nodeRows.flat(),
    edges: edgeRows.flat(),
    locations: locations.flat(),
    strings,
  })
}

export function snapshotOf(heap: Heap, options: TextOptions = {}): Promise<Snapshot> {
  return openSnapshot(Buffer.from(textOf(heap, options)))
}

const MAX_NODES = 12

/** Nodes that rules speak of, and such as bear the names that DevTools makes for others. */
const odd: Partial<HeapNode>[] = [
  {kind: 'native', name: 'system / ExternalStringData'},
  {kind: 'object', name: 'Function'},
  {kind: 'native', name: '(system)'},
  {kind: 'closure'},
  {kind: 'hidden'},
]

const place: fc.Arbitrary<Place> = fc.tuple(fc.constantFrom(7, 8), fc.nat(1), fc.nat(1))

/**
 * Graphs of the twins for distances (WeakMap entries, weak, shortcut and self edges, parts that nothing reaches), with
 * detachedness, places and nodes without a size. A quarter has no user root, as files since V8 14.9.
 */
export const randomHeap: fc.Arbitrary<Heap> = fc
  .tuple(
    randomGraph({nodes: MAX_NODES, edges: 32, rootEdgesOnce: true}),
    fc.array(
      fc.record({
        detachedness: fc.constantFrom(0, 0, 0, 0, 1, 2),
        places: fc.oneof({weight: 3, arbitrary: fc.constant([])}, fc.array(place, {minLength: 1, maxLength: 2})),
        hasSize: fc.constantFrom(true, true, true, false),
        renamed: fc.oneof({weight: 6, arbitrary: fc.constant({})}, {weight: 2, arbitrary: fc.constantFrom(...odd)}),
        // Most nodes are held by an earlier one, so that trees get deep.
        holder: fc.option(fc.nat(MAX_NODES), {freq: 3}),
      }),
      {minLength: MAX_NODES, maxLength: MAX_NODES},
    ),
    fc.nat(3),
  )
  .map(([{nodes, edges: drawn}, extras, users]) => {
    const held = nodes.flatMap((_, target): HeapEdge[] => {
      const holder = target < 2 ? null : extras[target - 1].holder
      return holder === null ? [] : [{source: 1 + (holder % (target - 1)), target, kind: 'element', name: target}]
    })
    const edges = [...drawn, ...held].sort((a, b) => a.source - b.source)
    const isHeldByRoot = new Set(edges.filter(({source}) => source === 0).map(({target}) => target))
    const heap: Heap = {
      nodes: nodes.map((node, ordinal) => {
        if (ordinal === 0) return node
        const {detachedness, places, hasSize, renamed} = extras[ordinal - 1]
        const selfBytes = hasSize ? node.selfBytes : 0
        if (users === 0 && isHeldByRoot.has(ordinal)) return {...node, selfBytes, kind: 'synthetic', name: '(GC roots)'}
        return {...node, selfBytes, detachedness, places, ...renamed}
      }),
      edges,
    }
    return heap
  })
