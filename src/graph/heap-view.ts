/**
 * The whole heap as a graphology graph that cannot be changed: graphology's read interface over the snapshot's columns,
 * so that its algorithms run on a heap of millions of nodes without a copy of it.
 *
 * It answers as a MultiDirectedGraph would that was given the same nodes and edges in order of their ordinals. A node's
 * key is `@` and V8's id, an edge's key `e` and its ordinal. Attributes are made when asked for; changing such an object
 * changes nothing in the graph. All edges are seen, weak ones too: which of them keep an object alive is not known here.
 */
import {EventEmitter} from 'node:events'
import {InvalidArgumentsGraphError, MultiDirectedGraph, NotFoundGraphError, UsageGraphError} from 'graphology'
import type {
  AbstractGraph,
  Attributes,
  EdgeEntry,
  GraphOptions,
  NeighborEntry,
  NodeEntry,
  SerializedEdge,
  SerializedGraph,
  SerializedNode,
} from 'graphology-types'
import {isIndexed} from '../snapshot/columns.ts'
import {sourceOf} from '../snapshot/retainers.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {HeapgraphError} from '../util/errors.ts'
import type {NumberArray} from '../util/number-column.ts'

export interface HeapNodeAttributes {
  /** V8's id. */
  id: number
  /** What `--type` takes: constructor name, `(string)`, … */
  type: string
  /** V8's node kind. */
  kind: string
  /** V8's name of the node: for a string its text, for a function its name. */
  name: string
  selfBytes: number
  /** 0 unknown, 1 attached, 2 detached. */
  detachedness: number
}

export interface HeapEdgeAttributes {
  /** V8's edge kind. */
  kind: string
  /** A number for element and hidden edges. */
  name: string | number
}

/** The type of the view, and of every copy made from it. */
export type HeapGraph = AbstractGraph<HeapNodeAttributes, HeapEdgeAttributes>

/** The heap as a read-only graphology graph; made at once, whatever the size of the heap. */
export function heapView(snapshot: Snapshot): HeapGraph {
  // The families of methods are installed below, so that the compiler does not see them in the class.
  return new HeapView(snapshot) as unknown as HeapGraph
}

// ---------------------------------------------------------------------------------------------------------------------
// Copies

/** Edges a copy may have if the caller does not say otherwise. */
export const MAX_COPIED_EDGES = 2_000_000
/** A Map, in which graphology keeps its nodes and its edges, holds no more. */
const MAX_MAP_ENTRIES = 16_777_216
/** Measured with graphology 0.26. */
const BYTES_PER_EDGE = 400

/** Refuses a copy into graphology's own graph that would take all memory, or cannot be made at all. */
export function checkCopySize(
  {name, nodeCount, edgeCount}: Pick<Snapshot, 'name' | 'nodeCount' | 'edgeCount'>,
  maxEdges: number,
): void {
  const limit = Math.min(maxEdges, MAX_MAP_ENTRIES)
  if (edgeCount <= limit && nodeCount <= MAX_MAP_ENTRIES) return
  const counts = `${withCommas(nodeCount)} nodes and ${withCommas(edgeCount)} edges`
  const gigabytes = ((edgeCount * BYTES_PER_EDGE) / 1e9).toFixed(1)
  const cost = `at about ${BYTES_PER_EDGE} bytes an edge it would take ${gigabytes} GB`
  const possible = Math.max(nodeCount, edgeCount) <= MAX_MAP_ENTRIES
  const why = possible
    ? `more than ${withCommas(limit)} edges are not copied into a graphology graph; ${cost}`
    : `a graphology graph holds at most ${withCommas(MAX_MAP_ENTRIES)} nodes and as many edges`
  const raise = possible ? ', or raise maxEdges of toGraphology()' : ''
  throw new HeapgraphError(
    'TOO_LARGE',
    `${name}: ${counts}: ${why}`,
    `use the read-only view (heapView, loadGraph), copy a part of it with graphology-operators/subgraph${raise}`,
  )
}

function withCommas(count: number): string {
  return count.toLocaleString('en-US')
}

/** Adds all nodes of the heap to an empty graph. */
export function copyNodes(snapshot: Snapshot, graph: HeapGraph): void {
  const heap = new HeapReader(snapshot)
  heap.checkIds()
  for (let node = 0; node < snapshot.nodeCount; node++) graph.addNode(heap.nodeKey(node), heap.nodeAttributes(node))
}

/** Adds all edges of the heap to a graph that has its nodes. */
export function copyEdges(snapshot: Snapshot, graph: HeapGraph): void {
  const heap = new HeapReader(snapshot)
  const {firstEdge, edgeTarget} = snapshot
  for (let node = 0; node < snapshot.nodeCount; node++) {
    const source = heap.nodeKey(node)
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const target = heap.nodeKey(edgeTarget[edge])
      graph.addDirectedEdgeWithKey(edgeKey(edge), source, target, heap.edgeAttributes(edge))
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// From ids to ordinals

/** Ordinals by id: a hash table with open addressing, 4 bytes a slot and at most three quarters full. */
class IdIndex {
  readonly #ids: NumberArray
  /** Ordinals + 1; 0 marks an empty slot. */
  readonly #slots: Uint32Array

  constructor({name, nodeId}: Pick<Snapshot, 'name' | 'nodeId'>) {
    let size = 4
    while (size * 3 < nodeId.length * 4) size *= 2
    this.#ids = nodeId
    this.#slots = new Uint32Array(size)
    for (let node = 0; node < nodeId.length; node++) {
      const slot = this.#slotOf(nodeId[node])
      if (this.#slots[slot] !== 0) {
        throw new HeapgraphError(
          'BROKEN_SNAPSHOT',
          `${name}: section "nodes": the id @${nodeId[node]} is used twice, by rows ${this.#slots[slot] - 1} and ${node}`,
          'take the snapshot again',
        )
      }
      this.#slots[slot] = node + 1
    }
  }

  /** The ordinal of the node with this id; -1 if there is none. */
  get(id: number): number {
    return this.#slots[this.#slotOf(id)] - 1
  }

  /** The slot that has this id, or else the empty one where it would go. */
  #slotOf(id: number): number {
    const ids = this.#ids
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = hash(id) & mask
    while (slots[slot] !== 0 && ids[slots[slot] - 1] !== id) slot = (slot + 1) & mask
    return slot
  }
}

/** Mixes both halves of an id, which may be greater than 2^32 (the constants are murmur3's). */
function hash(id: number): number {
  let bits = (id | 0) ^ Math.imul((id / 0x1_0000_0000) | 0, 0xc2b2ae35)
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  return bits ^ (bits >>> 13)
}

function edgeKey(edge: number): string {
  return `e${edge}`
}

// ---------------------------------------------------------------------------------------------------------------------
// What the columns say, in graphology's order

/** Which of a node's edges: an undirected edge there never is. */
type Direction = 'in' | 'out' | 'both' | 'none'
type SomeDirection = Exclude<Direction, 'none'>

/** Keys, attributes and adjacency by ordinals. Lists come in the order in which graphology would have them. */
class HeapReader {
  readonly snapshot: Snapshot
  #ids: IdIndex | undefined
  /** One number a node, all 0 between calls: see `outEdges` and `neighbors`. */
  #scratch: Uint32Array | undefined
  #selfLoops: number | undefined
  /** The node that `source` was last asked about. */
  #lastSource = 0

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot
  }

  nodeKey(node: number): string {
    return `@${this.snapshot.nodeId[node]}`
  }

  /** The ordinal of a node's key; -1 if no node has it. */
  node(key: string): number {
    const id = Number(key.slice(1))
    // `@01` and `@1e3` are nobody's keys.
    if (`@${id}` !== key) return -1
    return this.#idIndex().get(id)
  }

  /** Throws a HeapgraphError if two nodes have the same id. */
  checkIds(): void {
    this.#idIndex()
  }

  #idIndex(): IdIndex {
    this.#ids ??= new IdIndex(this.snapshot)
    return this.#ids
  }

  /** The ordinal of an edge's key; -1 if no edge has it. */
  edge(key: string): number {
    const edge = Number(key.slice(1))
    return Number.isInteger(edge) && edge >= 0 && edge < this.snapshot.edgeCount && edgeKey(edge) === key ? edge : -1
  }

  /** The node an edge leaves. Edges are mostly asked about in order, so the last answer is tried first. */
  source(edge: number): number {
    const {firstEdge} = this.snapshot
    const last = this.#lastSource
    if (edge < firstEdge[last] || edge >= firstEdge[last + 1]) this.#lastSource = sourceOf(firstEdge, edge)
    return this.#lastSource
  }

  target(edge: number): number {
    return this.snapshot.edgeTarget[edge]
  }

  nodeAttributes(node: number): HeapNodeAttributes {
    const {snapshot} = this
    return {
      id: snapshot.nodeId[node],
      type: snapshot.types.names[snapshot.types.ofNode[node]],
      kind: snapshot.header.schema.nodeKinds[snapshot.nodeKind[node]],
      name: snapshot.strings.get(snapshot.nodeName[node]),
      selfBytes: snapshot.nodeSelfBytes[node],
      detachedness: snapshot.nodeDetachedness?.[node] ?? 0,
    }
  }

  edgeAttributes(edge: number): HeapEdgeAttributes {
    const {edgeKind, edgeName, header, strings} = this.snapshot
    const kind = edgeKind[edge]
    return {
      kind: header.schema.edgeKinds[kind],
      name: isIndexed(kind) ? edgeName[edge] : strings.get(edgeName[edge]),
    }
  }

  degree(node: number, direction: Direction): number {
    const {firstEdge} = this.snapshot
    let degree = 0
    if (direction === 'in' || direction === 'both') {
      const {first} = this.snapshot.retainers
      degree += first[node + 1] - first[node]
    }
    if (direction === 'out' || direction === 'both') degree += firstEdge[node + 1] - firstEdge[node]
    return degree
  }

  get selfLoopCount(): number {
    if (this.#selfLoops === undefined) {
      let count = 0
      for (let node = 0; node < this.snapshot.nodeCount; node++) count += this.selfLoopsOf(node)
      this.#selfLoops = count
    }
    return this.#selfLoops
  }

  selfLoopsOf(node: number): number {
    const {firstEdge, edgeTarget} = this.snapshot
    const end = firstEdge[node + 1]
    let count = 0
    for (let edge = firstEdge[node]; edge < end; edge++) if (edgeTarget[edge] === node) count++
    return count
  }

  /** A node's edges; a self loop is among those that come in, and with 'both' not a second time among those that go out. */
  edgesOf(node: number, direction: SomeDirection): Iterable<number> {
    if (direction === 'in') return this.#inEdges(node)
    if (direction === 'out') return this.#outEdges(node)
    const out = this.#outEdges(node).filter(edge => this.target(edge) !== node)
    return [...this.#inEdges(node), ...out]
  }

  /** The edges between two nodes; 'out' is from `node` to `other`. */
  edgesBetween(node: number, other: number, direction: SomeDirection): number[] {
    const edges: number[] = []
    if (direction !== 'out') this.#addEdgesFromTo(other, node, edges)
    if (direction === 'out' || (direction === 'both' && node !== other)) this.#addEdgesFromTo(node, other, edges)
    return edges
  }

  /** graphology keeps parallel edges together, newest first, and their sources in order of the first of them. */
  #inEdges(node: number): Uint32Array {
    const {first, edge, source} = this.snapshot.retainers
    const from = first[node]
    const to = first[node + 1]
    const edges = edge.slice(from, to)
    for (let start = from; start < to; ) {
      let end = start + 1
      while (end < to && source[end] === source[start]) end++
      if (end - start > 1) edges.subarray(start - from, end - from).reverse()
      start = end
    }
    return edges
  }

  /** As `#inEdges`, but here the edges to one target need not stand together: they are numbered, then sorted by number. */
  #outEdges(node: number): Uint32Array {
    const {firstEdge, edgeTarget} = this.snapshot
    const from = firstEdge[node]
    const targets = edgeTarget.subarray(from, firstEdge[node + 1])
    const numberOf = this.#scratchOfNodes()
    const ends: number[] = [0]
    for (const target of targets) {
      if (numberOf[target] === 0) numberOf[target] = ends.push(0) - 1
      ends[numberOf[target]]++
    }
    for (let number = 1; number < ends.length; number++) ends[number] += ends[number - 1]
    const edges = new Uint32Array(targets.length)
    for (let index = 0; index < targets.length; index++) edges[--ends[numberOf[targets[index]]]] = from + index
    for (const target of targets) numberOf[target] = 0
    return edges
  }

  /** Adds the edges from one node to another, newest first, by looking through the shorter of two lists. */
  #addEdgesFromTo(source: number, target: number, edges: number[]): void {
    const {firstEdge, edgeTarget} = this.snapshot
    const from = firstEdge[source]
    const to = firstEdge[source + 1]
    if (to - from <= this.degree(target, 'in')) {
      for (let edge = to - 1; edge >= from; edge--) if (edgeTarget[edge] === target) edges.push(edge)
    } else {
      const {first, edge} = this.snapshot.retainers
      for (let slot = first[target + 1] - 1; slot >= first[target]; slot--) {
        if (edge[slot] >= from && edge[slot] < to) edges.push(edge[slot])
      }
    }
  }

  /** Every neighbor once: first those that point here, then those pointed to. */
  neighbors(node: number, direction: Direction): number[] {
    const neighbors: number[] = []
    if (direction === 'in' || direction === 'both') {
      const {first, source} = this.snapshot.retainers
      const start = first[node]
      const end = first[node + 1]
      for (let slot = start; slot < end; slot++) {
        if (slot === start || source[slot] !== source[slot - 1]) neighbors.push(source[slot])
      }
    }
    if (direction === 'out' || direction === 'both') {
      const {firstEdge, edgeTarget} = this.snapshot
      const end = firstEdge[node + 1]
      const seen = this.#scratchOfNodes()
      for (const neighbor of neighbors) seen[neighbor] = 1
      for (let edge = firstEdge[node]; edge < end; edge++) {
        const target = edgeTarget[edge]
        if (seen[target] !== 0) continue
        seen[target] = 1
        neighbors.push(target)
      }
      for (const neighbor of neighbors) seen[neighbor] = 0
    }
    return neighbors
  }

  #scratchOfNodes(): Uint32Array {
    this.#scratch ??= new Uint32Array(this.snapshot.nodeCount)
    return this.#scratch
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// The graph

/** Nodes and edges that `console.log` shows, of each. */
const INSPECTED = 100

type CopyOptions = Partial<GraphOptions>
type AdjacencyCallback = (
  node: string,
  neighbor: string | null,
  nodeAttributes: HeapNodeAttributes,
  neighborAttributes: HeapNodeAttributes | null,
  edge: string | null,
  edgeAttributes: HeapEdgeAttributes | null,
  undirected: boolean | null,
) => unknown

/**
 * The methods that are like no other. Those that come in families are installed on the prototype below: degrees,
 * attributes, `are…Neighbors`, iteration over nodes, edges and neighbors, and all that would change the graph.
 */
class HeapView extends EventEmitter {
  /** What the families of methods are made from. */
  readonly heap: HeapReader

  constructor(snapshot: Snapshot) {
    super()
    this.heap = new HeapReader(snapshot)
  }

  get order(): number {
    return this.heap.snapshot.nodeCount
  }
  get size(): number {
    return this.heap.snapshot.edgeCount
  }
  get directedSize(): number {
    return this.size
  }
  get undirectedSize(): number {
    return 0
  }
  get selfLoopCount(): number {
    return this.heap.selfLoopCount
  }
  get directedSelfLoopCount(): number {
    return this.heap.selfLoopCount
  }
  get undirectedSelfLoopCount(): number {
    return 0
  }
  get type(): 'directed' {
    return 'directed'
  }
  get multi(): boolean {
    return true
  }
  get allowSelfLoops(): boolean {
    return true
  }
  get implementation(): string {
    return 'heapgraph'
  }

  /** The ordinal of a key that a caller gave to `method`. */
  nodeOf(method: string, key: unknown, what = 'node'): number {
    const node = this.heap.node(`${key}`)
    if (node >= 0) return node
    throw new NotFoundGraphError(`Graph.${method}: could not find the "${key}" ${what} in the graph.`)
  }

  edgeOf(method: string, key: unknown): number {
    const edge = this.heap.edge(`${key}`)
    if (edge >= 0) return edge
    throw new NotFoundGraphError(`Graph.${method}: could not find the "${key}" edge in the graph.`)
  }

  /** The node at the other end of an edge. */
  oppositeOf(method: string, nodeKey: unknown, key: unknown): number {
    const edge = this.edgeOf(method, key)
    const node = this.heap.node(`${nodeKey}`)
    const source = this.heap.source(edge)
    const target = this.heap.target(edge)
    if (node === source) return target
    if (node === target) return source
    const ends = `${this.heap.nodeKey(source)}, ${this.heap.nodeKey(target)}`
    throw new NotFoundGraphError(
      `Graph.${method}: the "${nodeKey}" node is not attached to the "${key}" edge (${ends}).`,
    )
  }

  hasNode(node: unknown): boolean {
    return this.heap.node(`${node}`) >= 0
  }

  /** With one argument an edge's key, with two a source and a target. */
  hasEdge(...args: unknown[]): boolean {
    return this.#hasEdge('hasEdge', args)
  }

  hasDirectedEdge(...args: unknown[]): boolean {
    return this.#hasEdge('hasDirectedEdge', args)
  }

  hasUndirectedEdge(): boolean {
    return false
  }

  #hasEdge(method: string, args: unknown[]): boolean {
    if (args.length === 1) return this.heap.edge(`${args[0]}`) >= 0
    if (args.length !== 2) {
      throw new InvalidArgumentsGraphError(
        `Graph.${method}: invalid arity (${args.length}, instead of 1 or 2). You can either ask for an edge id or for the existence of an edge between a source & a target.`,
      )
    }
    const source = this.heap.node(`${args[0]}`)
    const target = this.heap.node(`${args[1]}`)
    return source >= 0 && target >= 0 && this.heap.edgesBetween(source, target, 'out').length > 0
  }

  edge(): never {
    throw oneOfManyEdges('edge', 'edges')
  }

  directedEdge(): never {
    throw oneOfManyEdges('directedEdge', 'directedEdges')
  }

  undirectedEdge(): undefined {
    return undefined
  }

  source(edge: unknown): string {
    return this.heap.nodeKey(this.heap.source(this.edgeOf('source', edge)))
  }

  target(edge: unknown): string {
    return this.heap.nodeKey(this.heap.target(this.edgeOf('target', edge)))
  }

  extremities(key: unknown): [string, string] {
    const edge = this.edgeOf('extremities', key)
    return [this.heap.nodeKey(this.heap.source(edge)), this.heap.nodeKey(this.heap.target(edge))]
  }

  opposite(node: unknown, edge: unknown): string {
    return this.heap.nodeKey(this.oppositeOf('opposite', node, edge))
  }

  hasExtremity(key: unknown, nodeKey: unknown): boolean {
    const edge = this.edgeOf('hasExtremity', key)
    const node = this.heap.node(`${nodeKey}`)
    return node === this.heap.source(edge) || node === this.heap.target(edge)
  }

  isDirected(edge: unknown): boolean {
    return this.edgeOf('isDirected', edge) >= 0
  }

  isUndirected(edge: unknown): boolean {
    return this.edgeOf('isUndirected', edge) < 0
  }

  isSelfLoop(key: unknown): boolean {
    const edge = this.edgeOf('isSelfLoop', key)
    return this.heap.source(edge) === this.heap.target(edge)
  }

  /** The graph as a whole has no attributes. */
  getAttributes(): Attributes {
    return {}
  }

  getAttribute(): undefined {
    return undefined
  }

  hasAttribute(): boolean {
    return false
  }

  forEachAdjacencyEntry(callback: unknown): void {
    this.#forEachAdjacency('forEachAdjacencyEntry', callback, false)
  }

  forEachAdjacencyEntryWithOrphans(callback: unknown): void {
    this.#forEachAdjacency('forEachAdjacencyEntryWithOrphans', callback, true)
  }

  /** The same: only undirected edges are seen from both ends. */
  forEachAssymetricAdjacencyEntry(callback: unknown): void {
    this.#forEachAdjacency('forEachAssymetricAdjacencyEntry', callback, false)
  }

  forEachAssymetricAdjacencyEntryWithOrphans(callback: unknown): void {
    this.#forEachAdjacency('forEachAssymetricAdjacencyEntryWithOrphans', callback, true)
  }

  #forEachAdjacency(method: string, callback: unknown, withOrphans: boolean): void {
    const visit: AdjacencyCallback = asCallback(method, callback)
    for (let node = 0; node < this.order; node++) {
      for (const row of edgeRows(this.heap, this.heap.edgesOf(node, 'out'))) {
        const [edge, attributes, source, target, sourceAttributes, targetAttributes, undirected] = row
        visit(source, target, sourceAttributes, targetAttributes, edge, attributes, undirected)
      }
      if (withOrphans && this.heap.degree(node, 'out') === 0) {
        visit(this.heap.nodeKey(node), null, this.heap.nodeAttributes(node), null, null, null, null)
      }
    }
  }

  /** A graph of graphology's own without nodes. */
  nullCopy(options?: CopyOptions): HeapGraph {
    return new MultiDirectedGraph<HeapNodeAttributes, HeapEdgeAttributes>().nullCopy(options)
  }

  /** A graph of graphology's own with the nodes only. */
  emptyCopy(options?: CopyOptions): HeapGraph {
    const {name, nodeCount} = this.heap.snapshot
    checkCopySize({name, nodeCount, edgeCount: 0}, MAX_COPIED_EDGES)
    const copy = this.nullCopy(options)
    copyNodes(this.heap.snapshot, copy)
    return copy
  }

  copy(options?: CopyOptions): HeapGraph {
    checkCopySize(this.heap.snapshot, MAX_COPIED_EDGES)
    // The copy of a graph without nodes refuses the options that graphology refuses.
    const copy = new MultiDirectedGraph<HeapNodeAttributes, HeapEdgeAttributes>().copy(options)
    copyNodes(this.heap.snapshot, copy)
    copyEdges(this.heap.snapshot, copy)
    return copy
  }

  export(): SerializedGraph<HeapNodeAttributes, HeapEdgeAttributes> {
    checkCopySize(this.heap.snapshot, MAX_COPIED_EDGES)
    const nodes: SerializedNode<HeapNodeAttributes>[] = []
    for (const [key, attributes] of nodeRows(this.heap, range(this.order))) nodes.push({key, attributes})
    const edges: SerializedEdge<HeapEdgeAttributes>[] = []
    for (let edge = 0; edge < this.size; edge++) {
      const [source, target] = this.extremities(edgeKey(edge))
      edges.push({key: edgeKey(edge), source, target, attributes: this.heap.edgeAttributes(edge)})
    }
    return {options: this.#options(), attributes: this.getAttributes(), nodes, edges}
  }

  toJSON(): SerializedGraph<HeapNodeAttributes, HeapEdgeAttributes> {
    return this.export()
  }

  override toString(): string {
    return '[object Graph]'
  }

  /** For `console.log`: unlike graphology, of a large graph only the beginning. */
  inspect(): object {
    const nodes: Record<string, unknown> = {}
    for (let node = 0; node < Math.min(this.order, INSPECTED); node++) {
      nodes[this.heap.nodeKey(node)] = this.heap.nodeAttributes(node)
    }
    if (this.order > INSPECTED) nodes['…'] = `${withCommas(this.order - INSPECTED)} more nodes`
    const edges: Record<string, unknown> = {}
    for (let edge = 0; edge < Math.min(this.size, INSPECTED); edge++) {
      const [source, target] = this.extremities(edgeKey(edge))
      edges[`[${edgeKey(edge)}]: (${source})->(${target})`] = this.heap.edgeAttributes(edge)
    }
    if (this.size > INSPECTED) edges['…'] = `${withCommas(this.size - INSPECTED)} more edges`
    const {order, size, implementation} = this
    return {order, size, ...this.#options(), implementation, attributes: this.getAttributes(), nodes, edges}
  }

  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return this.inspect()
  }

  #options() {
    return {type: this.type, multi: this.multi, allowSelfLoops: this.allowSelfLoops}
  }
}

function oneOfManyEdges(method: string, many: string): Error {
  return new UsageGraphError(
    `Graph.${method}: this method is irrelevant with multigraphs since there might be multiple edges between source & target. See #.${many} instead.`,
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// Rows: what a callback is called with, one row a call

type NodeRow = [key: string, attributes: HeapNodeAttributes]
type EdgeRow = [
  key: string,
  attributes: HeapEdgeAttributes,
  source: string,
  target: string,
  sourceAttributes: HeapNodeAttributes,
  targetAttributes: HeapNodeAttributes,
  undirected: boolean,
]
type Row = NodeRow | EdgeRow

function* range(end: number): Generator<number> {
  for (let index = 0; index < end; index++) yield index
}

function* nodeRows(heap: HeapReader, nodes: Iterable<number>): Generator<NodeRow> {
  for (const node of nodes) yield [heap.nodeKey(node), heap.nodeAttributes(node)]
}

function* edgeRows(heap: HeapReader, edges: Iterable<number>): Generator<EdgeRow> {
  let source = -1
  let sourceKey = ''
  let sourceAttributes: HeapNodeAttributes | undefined
  for (const edge of edges) {
    // The edges of one node mostly follow one another.
    if (sourceAttributes === undefined || source !== heap.source(edge)) {
      source = heap.source(edge)
      sourceKey = heap.nodeKey(source)
      sourceAttributes = heap.nodeAttributes(source)
    }
    const target = heap.target(edge)
    const targetAttributes = target === source ? sourceAttributes : heap.nodeAttributes(target)
    const attributes = heap.edgeAttributes(edge)
    yield [edgeKey(edge), attributes, sourceKey, heap.nodeKey(target), sourceAttributes, targetAttributes, false]
  }
}

function toNodeEntry([node, attributes]: NodeRow): NodeEntry<HeapNodeAttributes> {
  return {node, attributes}
}

function toNeighborEntry([neighbor, attributes]: NodeRow): NeighborEntry<HeapNodeAttributes> {
  return {neighbor, attributes}
}

function toEdgeEntry(row: EdgeRow): EdgeEntry<HeapNodeAttributes, HeapEdgeAttributes> {
  const [edge, attributes, source, target, sourceAttributes, targetAttributes, undirected] = row
  return {edge, attributes, source, target, sourceAttributes, targetAttributes, undirected}
}

function* entries<R extends Row, Entry>(rows: Iterable<R>, toEntry: (row: R) => Entry): Generator<Entry> {
  for (const row of rows) yield toEntry(row)
}

// ---------------------------------------------------------------------------------------------------------------------
// Families of methods

/** The prefixes of graphology's methods, and which edges they mean where none is undirected. */
const DIRECTIONS: [prefix: string, direction: Direction][] = [
  ['', 'both'],
  ['In', 'in'],
  ['Out', 'out'],
  ['Inbound', 'in'],
  ['Outbound', 'out'],
  ['Directed', 'both'],
  ['Undirected', 'none'],
]

type Callback = (...args: unknown[]) => unknown

function define(name: string, method: (this: HeapView, ...args: unknown[]) => unknown): void {
  Object.defineProperty(HeapView.prototype, name, {value: method, writable: true, configurable: true})
}

function uncapitalized(name: string): string {
  return name[0].toLowerCase() + name.slice(1)
}

function asCallback(method: string, callback: unknown): Callback {
  if (typeof callback === 'function') return callback as Callback
  throw new InvalidArgumentsGraphError(`Graph.${method}: expecting a callback.`)
}

/** What `forEach`, `map`, … go over; `ends` are the arguments before the callback. */
interface Family<R extends Row> {
  /** `Node`, `InEdge`, … */
  one: string
  /** How many arguments stand before the callback; undefined if that varies, and the callback is the last. */
  ends: number | undefined
  /** `method` is for error messages. */
  ordinals(view: HeapView, method: string, ends: unknown[]): Iterable<number>
  key(heap: HeapReader, ordinal: number): string
  rows(heap: HeapReader, ordinals: Iterable<number>): Iterable<R>
  toEntry(row: R): unknown
}

/** Nine methods: `nodes`, `nodeEntries`, `forEachNode`, `mapNodes`, `filterNodes`, `reduceNodes`, `findNode`, … */
function defineFamily<R extends Row>({one, ends, ordinals, key, rows, toEntry}: Family<R>): void {
  const all = uncapitalized(`${one}s`)
  const iterator = uncapitalized(`${one}Entries`)
  const forEach = `forEach${one}`
  const find = `find${one}`
  const reduce = `reduce${one}s`
  const rowsOf = (view: HeapView, method: string, given: unknown[]) =>
    rows(view.heap, ordinals(view, method, given.slice(0, ends)))
  /** The rows that a call is about, and its callback: `extra` arguments may follow it. */
  const split = (view: HeapView, method: string, args: unknown[], extra = 0) => {
    const at = ends ?? Math.max(args.length - 1 - extra, 0)
    const callback = asCallback(method, args[at])
    return {rows: rowsOf(view, method, args.slice(0, at)), callback}
  }

  define(all, function (...args) {
    return Array.from(ordinals(this, all, args.slice(0, ends)), ordinal => key(this.heap, ordinal))
  })
  define(iterator, function (...args) {
    return entries(rowsOf(this, iterator, args), toEntry)
  })
  define(forEach, function (...args) {
    const {rows, callback} = split(this, forEach, args)
    for (const row of rows) callback(...row)
  })
  define(`map${one}s`, function (...args) {
    const {rows, callback} = split(this, forEach, args)
    const results: unknown[] = []
    for (const row of rows) results.push(callback(...row))
    return results
  })
  define(`filter${one}s`, function (...args) {
    const {rows, callback} = split(this, forEach, args)
    const keys: string[] = []
    for (const row of rows) if (callback(...row)) keys.push(row[0])
    return keys
  })
  define(reduce, function (...args) {
    const missing = ends === undefined ? typeof args.at(-2) !== 'function' : args.length < ends + 2
    if (missing) throw new InvalidArgumentsGraphError(`Graph.${reduce}: missing initial value.`)
    const {rows, callback} = split(this, forEach, args, 1)
    let accumulator = ends === undefined ? args.at(-1) : args[ends + 1]
    for (const row of rows) accumulator = callback(accumulator, ...row)
    return accumulator
  })
  define(find, function (...args) {
    const {rows, callback} = split(this, find, args)
    for (const row of rows) if (callback(...row)) return row[0]
    return undefined
  })
  define(`some${one}`, function (...args) {
    const {rows, callback} = split(this, find, args)
    for (const row of rows) if (callback(...row)) return true
    return false
  })
  define(`every${one}`, function (...args) {
    const {rows, callback} = split(this, find, args)
    for (const row of rows) if (!callback(...row)) return false
    return true
  })
}

/** Of the whole graph, of one node, or between two nodes. */
function selectEdges(view: HeapView, method: string, ends: unknown[], direction: Direction): Iterable<number> {
  if (direction === 'none') return []
  if (ends.length === 0) return range(view.size)
  if (ends.length === 1) return view.heap.edgesOf(view.nodeOf(method, ends[0]), direction)
  if (ends.length > 2) throw new InvalidArgumentsGraphError(`Graph.${method}: too many arguments.`)
  const source = view.nodeOf(method, ends[0], 'source node')
  const target = view.nodeOf(method, ends[1], 'target node')
  return view.heap.edgesBetween(source, target, direction)
}

function nodeKey(heap: HeapReader, node: number): string {
  return heap.nodeKey(node)
}

defineFamily({
  one: 'Node',
  ends: 0,
  ordinals: view => range(view.order),
  key: nodeKey,
  rows: nodeRows,
  toEntry: toNodeEntry,
})

for (const [prefix, direction] of DIRECTIONS) {
  defineFamily({
    one: `${prefix}Edge`,
    ends: undefined,
    ordinals: (view, method, ends) => selectEdges(view, method, ends, direction),
    key: (_, edge) => edgeKey(edge),
    rows: edgeRows,
    toEntry: toEdgeEntry,
  })
  defineFamily({
    one: `${prefix}Neighbor`,
    ends: 1,
    ordinals: (view, method, [node]) =>
      direction === 'none' ? [] : view.heap.neighbors(view.nodeOf(method, node), direction),
    key: nodeKey,
    rows: nodeRows,
    toEntry: toNeighborEntry,
  })

  const degree = uncapitalized(`${prefix}Degree`)
  define(degree, function (node) {
    return this.heap.degree(this.nodeOf(degree, node), direction)
  })
  const withoutLoops = `${degree}WithoutSelfLoops`
  define(withoutLoops, function (key) {
    const node = this.nodeOf(withoutLoops, key)
    // A self loop is one edge that comes in and one that goes out.
    const timesCounted = {in: 1, out: 1, both: 2, none: 0}[direction]
    return this.heap.degree(node, direction) - timesCounted * this.heap.selfLoopsOf(node)
  })

  const areNeighbors = `are${prefix}Neighbors`
  define(areNeighbors, function (key, neighborKey) {
    const node = this.nodeOf(areNeighbors, key)
    const neighbor = this.heap.node(`${neighborKey}`)
    return direction !== 'none' && neighbor >= 0 && this.heap.edgesBetween(node, neighbor, direction).length > 0
  })
}

/** `get…Attributes`, `get…Attribute` and `has…Attribute`; `ends` is how many arguments say whose, before the name. */
function defineAttributes(
  of: string,
  ends: number,
  attributesOf: (view: HeapView, method: string, args: unknown[]) => HeapNodeAttributes | HeapEdgeAttributes,
): void {
  const getAll = `get${of}Attributes`
  define(getAll, function (...args) {
    return attributesOf(this, getAll, args)
  })
  const get = `get${of}Attribute`
  define(get, function (...args) {
    const attributes: Attributes = attributesOf(this, get, args)
    return attributes[`${args[ends]}`]
  })
  const has = `has${of}Attribute`
  define(has, function (...args) {
    return Object.hasOwn(attributesOf(this, has, args), `${args[ends]}`)
  })
}

defineAttributes('Node', 1, (view, method, [node]) => view.heap.nodeAttributes(view.nodeOf(method, node)))
defineAttributes('Source', 1, (view, method, [edge]) =>
  view.heap.nodeAttributes(view.heap.source(view.edgeOf(method, edge))),
)
defineAttributes('Target', 1, (view, method, [edge]) =>
  view.heap.nodeAttributes(view.heap.target(view.edgeOf(method, edge))),
)
defineAttributes('Opposite', 2, (view, method, [node, edge]) =>
  view.heap.nodeAttributes(view.oppositeOf(method, node, edge)),
)

for (const type of ['', 'Directed', 'Undirected']) {
  defineAttributes(`${type}Edge`, 1, (view, method, args) => {
    const named = method.endsWith('Attribute') ? 1 : 0
    const problem = edgeArgumentsProblem(type, args.length - named)
    if (problem !== undefined) throw new UsageGraphError(`Graph.${method}: ${problem}`)
    return view.heap.edgeAttributes(view.edgeOf(method, args[0]))
  })
}

/** graphology finds an edge's attributes by its key alone in a multigraph, and by nothing if the method names a type. */
function edgeArgumentsProblem(type: string, ends: number): string | undefined {
  if (type === 'Undirected') return 'cannot find this type of edges in your directed graph.'
  if (ends > 1) {
    return "cannot use a {source,target} combo when asking about an edge's attributes in a MultiGraph since we cannot infer the one you want information about."
  }
  if (type === '') return undefined
  return 'calling this method with only a key (vs. a source and target) does not make sense since an edge with this key could have the other type.'
}

function mutators(): string[] {
  const names = ['addNode', 'mergeNode', 'updateNode', 'dropNode', 'clear', 'clearEdges', 'import']
  names.push('dropEdge', 'dropDirectedEdge', 'dropUndirectedEdge')
  names.push('updateEachNodeAttributes', 'updateEachEdgeAttributes')
  const edges = ['Edge', 'DirectedEdge', 'UndirectedEdge']
  for (const verb of ['add', 'merge', 'update']) {
    for (const edge of edges) names.push(`${verb}${edge}`, `${verb}${edge}WithKey`)
  }
  for (const of of ['', 'Node', 'Source', 'Target', 'Opposite', ...edges]) {
    for (const verb of ['set', 'update', 'remove']) names.push(`${verb}${of}Attribute`)
    for (const verb of ['replace', 'merge', 'update']) names.push(`${verb}${of}Attributes`)
  }
  return names
}

for (const name of mutators()) {
  define(name, () => {
    throw new HeapgraphError(
      'READ_ONLY',
      'the graph view of a heap is read-only',
      'copy a part of it with toGraphology() or graphology-operators/subgraph',
    )
  })
}
