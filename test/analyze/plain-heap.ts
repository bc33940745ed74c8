/**
 * Random heaps for the slow twins: plain objects that say of themselves what a snapshot says only by names, and the
 * snapshots made of them. Every random heap goes through the reader; very large ones are put straight into columns.
 */
import fc from 'fast-check'
import type {OffHeapBytes} from '../../src/analyze/facts/off-heap.ts'
import {
  EDGE_KINDS,
  EdgeKind,
  type KnownEdgeKind,
  type KnownNodeKind,
  NODE_KINDS,
  NodeKind,
  parseHeader,
} from '../../src/snapshot/columns/schema.ts'
import {Snapshot} from '../../src/snapshot/columns/snapshot.ts'
import {StringTableBuilder} from '../../src/snapshot/columns/strings.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'

/** What a heap without backing stores has in them. */
export const NOTHING_OFF_HEAP: OffHeapBytes = {
  bytes: 0,
  stores: 0,
  inSelfBytes: 0,
  sharedBytes: 0,
  sharedStores: 0,
  outsideBytes: 0,
  outsideStores: 0,
  poolBytes: 0,
  pools: 0,
}

export interface PlainNode {
  kind: KnownNodeKind
  name: string
  id: number
  selfBytes: number
}

export interface PlainEdge {
  /** Ordinals. */
  source: number
  target: number
  kind: KnownEdgeKind
  /** A number for element and hidden edges. */
  name: string | number
  /** For the two edges of a WeakMap entry: which half it is, and the number of the entry. */
  half?: 'key' | 'table'
  entry?: number
}

/** Node 0 is the root. Edges are sorted by source, as a file has them. */
export interface PlainHeap {
  nodes: PlainNode[]
  edges: PlainEdge[]
}

const NODE_FIELDS = ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness']
const HEADER_META = {
  node_fields: NODE_FIELDS,
  node_types: [NODE_KINDS, 'string', 'number', 'number', 'number', 'number', 'number'],
  edge_fields: ['type', 'name_or_index', 'to_node'],
  edge_types: [EDGE_KINDS, 'string_or_number', 'node'],
}

/** The text of a `.heapsnapshot`, with the sections in the order that DevTools needs. */
export function textOf({nodes, edges}: PlainHeap): string {
  const indexOfString = new Map<string, number>([['<dummy>', 0]])
  const indexOf = (text: string) => {
    const known = indexOfString.get(text)
    if (known !== undefined) return known
    indexOfString.set(text, indexOfString.size)
    return indexOfString.size - 1
  }
  const edgeCounts = nodes.map(() => 0)
  for (const {source} of edges) edgeCounts[source]++
  const nodeRows = nodes.flatMap(({kind, name, id, selfBytes}, ordinal) => [
    ...[NODE_KINDS.indexOf(kind), indexOf(name), id, selfBytes, edgeCounts[ordinal], 0, 0],
  ])
  const edgeRows = edges.flatMap(({kind, name, target}) => [
    ...[EDGE_KINDS.indexOf(kind), typeof name === 'number' ? name : indexOf(name), target * NODE_FIELDS.length],
  ])
  return JSON.stringify({
    snapshot: {meta: HEADER_META, node_count: nodes.length, edge_count: edges.length, trace_function_count: 0},
    nodes: nodeRows,
    edges: edgeRows,
    trace_function_infos: [],
    trace_tree: [],
    samples: [],
    locations: [],
    strings: [...indexOfString.keys()],
  })
}

export function snapshotOf(heap: PlainHeap): Promise<Snapshot> {
  return openSnapshot(Buffer.from(textOf(heap)))
}

/** Ordinals of all nodes of a snapshot for which `isMeant` holds. */
export function nodesOf(snapshot: Snapshot, isMeant: (node: number) => boolean): number[] {
  return Array.from({length: snapshot.nodeCount}, (_, node) => node).filter(isMeant)
}

const hostileNames = ['Key', 'a) -> value (b', 'two\nlines', 'pair in WeakMap (table @3)', ' @7) ', '']

/** Names of kinds of nodes, with those that DevTools treats in a way of their own among them. */
const kindAndName: fc.Arbitrary<{kind: KnownNodeKind; name: string}> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom<KnownNodeKind>(
        'object',
        'object',
        'native',
        'closure',
        'array',
        'string',
        'hidden',
        'code',
      ),
      name: fc.constantFrom(
        'A',
        'B',
        'Object',
        '<div id="a">',
        '<div class="x y">',
        'Detached <p id="q">',
        'a @3) -> value (b',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant<KnownNodeKind>('synthetic'),
      name: fc.constantFrom('(GC roots)', '(Handle scopes)', '(Document DOM trees)'),
    }),
  },
  {weight: 2, arbitrary: fc.constant({kind: 'array' as const, name: '(map descriptors)'})},
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom<KnownNodeKind>('hidden', 'native'),
      name: fc.constantFrom('system / NativeContext', 'system / NativeContext / x', 'system / Context'),
    }),
  },
)

const edgeNaming: fc.Arbitrary<{kind: KnownEdgeKind; name: string | number}> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({kind: fc.constantFrom<KnownEdgeKind>('element', 'hidden'), name: fc.nat(9)}),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constantFrom<KnownEdgeKind>('property', 'property', 'internal', 'context', 'shortcut', 'weak'),
      name: fc.constantFrom(
        ...['a', 'b', 'map', '__proto__', '1', '4', '7', '10x', 'sloppy_function_map', 'elements', ''],
        // Almost the name of an entry.
        '1 / part of key (A @3) -> value (B @5) pair in WeakMap',
        '1 / part of key -> value pair in ephemeron table',
      ),
    }),
  },
)

export interface RandomHeapOptions {
  /** At the most. */
  nodes?: number
  edges?: number
  /** Like V8, which writes one edge from the root to a user root: DevTools would visit it twice. */
  rootEdgesOnce?: boolean
}

/** Small heaps with everything that rules speak of, a good part of them unreachable; ids in another order than ordinals. */
export function randomHeap(options: RandomHeapOptions = {}): fc.Arbitrary<PlainHeap> {
  const {nodes: maxNodes = 10, edges: maxEdges = 30, rootEdgesOnce = false} = options
  const node = fc.record({...{selfBytes: fc.nat(100)}, named: kindAndName})
  const edge = fc.record({source: fc.nat(), target: fc.nat(), named: edgeNaming})
  const entry = fc.record({
    table: fc.nat(),
    key: fc.nat(),
    value: fc.nat(),
    number: fc.nat(20),
    names: fc.tuple(fc.constantFrom(...hostileNames), fc.constantFrom(...hostileNames)),
    halves: fc.constantFrom<('key' | 'table')[]>(['key', 'table'], ['key', 'table'], ['key'], ['table']),
  })
  const ids = fc.uniqueArray(fc.nat(999), {minLength: maxNodes, maxLength: maxNodes})
  return fc
    .tuple(
      fc.array(node, {minLength: 1, maxLength: maxNodes - 1, size: 'max'}),
      fc.array(edge, {maxLength: maxEdges, size: 'max'}),
      fc.array(entry, {maxLength: 3}),
      ids,
    )
    .map(([drawn, plain, entries, ids]) => {
      const root: PlainNode = {kind: 'synthetic', name: '', id: 1, selfBytes: 0}
      const nodes = [root, ...drawn.map(({named, selfBytes}, i) => ({...named, id: 2 * ids[i] + 3, selfBytes}))]
      const at = (number: number) => number % nodes.length
      const edges: PlainEdge[] = plain.map(({source, target, named}) => ({
        // A third of the edges leave the root, lest most heaps be unreachable.
        source: source % 3 === 0 ? 0 : at(source),
        target: at(target),
        ...named,
      }))
      const keysOfTables = new Set<string>()
      for (const [index, entry] of entries.entries()) edges.push(...entryEdges(nodes, index, entry, at, keysOfTables))
      edges.sort((a, b) => a.source - b.source)
      return {nodes, edges: rootEdgesOnce ? withoutTwins(edges) : edges}
    })
}

interface RandomEntry {
  table: number
  key: number
  value: number
  number: number
  names: [string, string]
  halves: ('key' | 'table')[]
}

/** Both edges of a WeakMap entry (or one of them, as no V8 writes it), and the table's weak edge to the key. */
function entryEdges(
  nodes: PlainNode[],
  index: number,
  entry: RandomEntry,
  at: (n: number) => number,
  keysOfTables: Set<string>,
): PlainEdge[] {
  const table = at(entry.table)
  const value = at(entry.value)
  const key = at(entry.key) === table ? (table + 1) % nodes.length : at(entry.key)
  // A table has one entry for a key.
  const place = `${table} ${key}`
  if (key === table || keysOfTables.has(place)) return []
  keysOfTables.add(place)
  const [keyName, valueName] = entry.names
  const pair =
    ` / part of key (${keyName} @${nodes[key].id}) -> value (${valueName} @${nodes[value].id})` +
    ` pair in WeakMap (table @${nodes[table].id})`
  const halves = entry.halves.map((half): PlainEdge => {
    const [source, number] = half === 'key' ? [key, entry.number] : [table, entry.number + 1]
    return {source, target: value, kind: 'internal', name: `${number}${pair}`, half, entry: index}
  })
  return [...halves, {source: table, target: key, kind: 'weak', name: '5'}]
}

function withoutTwins(edges: PlainEdge[]): PlainEdge[] {
  const met = new Set<number>()
  return edges.filter(({source, target}) => {
    if (source !== 0) return true
    const isNew = !met.has(target)
    met.add(target)
    return isNew
  })
}

export interface LargeHeap {
  nodeCount: number
  edgeCount: number
  /** By the number of the edge; sources must ascend. */
  source: (edge: number) => number
  target: (edge: number) => number
  edgeKind?: (edge: number) => KnownEdgeKind
  edgeName?: (edge: number) => string | number
  nodeKind?: (node: number) => KnownNodeKind
  nodeName?: (node: number) => string
}

/** A heap too large to be written as text, node 0 a root: ids are 2 * ordinal + 1, sizes 16 bytes. */
export function largeHeap(heap: LargeHeap): Snapshot {
  const {nodeCount, edgeCount, edgeKind = () => 'property', edgeName = () => 'next'} = heap
  const {nodeKind = () => 'object', nodeName = () => 'Thing'} = heap
  const strings = new Strings()
  const columns = {
    nodeKind: Uint8Array.from({length: nodeCount}, (_, node) => NodeKind[node === 0 ? 'synthetic' : nodeKind(node)]),
    nodeName: Uint32Array.from({length: nodeCount}, (_, node) => strings.indexOf(node === 0 ? '' : nodeName(node))),
    nodeId: Uint32Array.from({length: nodeCount}, (_, node) => 2 * node + 1),
    nodeSelfBytes: new Uint32Array(nodeCount).fill(16),
    firstEdge: new Uint32Array(nodeCount + 1),
    nodeDetachedness: undefined,
    nodeTraceId: undefined,
    edgeKind: new Uint8Array(edgeCount),
    edgeName: new Uint32Array(edgeCount),
    edgeTarget: new Uint32Array(edgeCount),
    locations: {node: new Uint32Array(), scriptId: new Int32Array(), line: new Int32Array(), column: new Int32Array()},
  }
  for (let edge = 0, last = 0; edge < edgeCount; edge++) {
    const source = heap.source(edge)
    if (source < last) throw new Error(`edge ${edge} leaves ${source}, the one before ${last}`)
    last = source
    const name = edgeName(edge)
    columns.firstEdge[source + 1]++
    columns.edgeKind[edge] = EdgeKind[edgeKind(edge)]
    columns.edgeName[edge] = typeof name === 'number' ? name : strings.indexOf(name)
    columns.edgeTarget[edge] = heap.target(edge)
  }
  for (let node = 0; node < nodeCount; node++) columns.firstEdge[node + 1] += columns.firstEdge[node]
  const header = parseHeader(JSON.stringify({meta: HEADER_META, node_count: nodeCount, edge_count: edgeCount}))
  return new Snapshot('large', header, columns, strings.table())
}

class Strings {
  readonly #builder = new StringTableBuilder()
  readonly #indexOf = new Map<string, number>()

  indexOf(text: string): number {
    const known = this.#indexOf.get(text)
    if (known !== undefined) return known
    const bytes = Buffer.from(JSON.stringify(text).slice(1, -1))
    this.#builder.append(bytes, 0, bytes.length)
    this.#builder.end()
    this.#indexOf.set(text, this.#indexOf.size)
    return this.#indexOf.size - 1
  }

  table() {
    return this.#builder.finish()
  }
}
