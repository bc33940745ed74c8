/**
 * The whole heap as a graphology graph that cannot be changed: graphology's read interface over the snapshot's columns,
 * so that its algorithms run on a heap of millions of nodes without a copy of it.
 *
 * It answers as a MultiDirectedGraph would that was given the same nodes and edges in order of their ordinals. A node's
 * key is `@` and V8's id, an edge's key `e` and its ordinal. Attributes are made when asked for; changing such an object
 * changes nothing in the graph. All edges are seen, weak ones too: which of them keep an object alive is not known here.
 */
import {EventEmitter} from 'node:events'
import {InvalidArgumentsGraphError, MultiDirectedGraph, UsageGraphError} from 'graphology'
import type {Attributes, GraphOptions, SerializedEdge, SerializedGraph, SerializedNode} from 'graphology-types'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {formatCount} from '../../util/units.ts'
import {asCallback, edgeOf, nodeOf, oppositeOf} from './heap-arguments.ts'
import {defineAttributes} from './heap-attributes.ts'
import {checkCopySize, copyEdges, copyNodes, MAX_COPIED_EDGES} from './heap-copy.ts'
import type {HeapEdgeAttributes, HeapGraph, HeapNodeAttributes} from './heap-graph.ts'
import {defineIteration} from './heap-iteration.ts'
import {type Define, DIRECTIONS, uncapitalized} from './heap-methods.ts'
import {edgeKey, HeapReader} from './heap-reader.ts'
import {edgeRows, nodeRows, range} from './heap-rows.ts'

/** The heap as a read-only graphology graph; made at once, whatever the size of the heap. */
export function heapView(snapshot: Snapshot): HeapGraph {
  // The families of methods are defined below, so that the compiler does not see them in the class.
  return new HeapView(snapshot) as unknown as HeapGraph
}

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
 * The methods that are like no other. Those that come in families are defined below: degrees, attributes,
 * iteration over nodes, edges and neighbors, `are…Neighbors`, and all that would change the graph.
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
    return this.heap.nodeKey(this.heap.source(edgeOf(this.heap, 'source', edge)))
  }

  target(edge: unknown): string {
    return this.heap.nodeKey(this.heap.target(edgeOf(this.heap, 'target', edge)))
  }

  extremities(key: unknown): [string, string] {
    const edge = edgeOf(this.heap, 'extremities', key)
    return [this.heap.nodeKey(this.heap.source(edge)), this.heap.nodeKey(this.heap.target(edge))]
  }

  opposite(node: unknown, edge: unknown): string {
    return this.heap.nodeKey(oppositeOf(this.heap, 'opposite', node, edge))
  }

  hasExtremity(key: unknown, nodeKey: unknown): boolean {
    const edge = edgeOf(this.heap, 'hasExtremity', key)
    const node = this.heap.node(`${nodeKey}`)
    return node === this.heap.source(edge) || node === this.heap.target(edge)
  }

  isDirected(edge: unknown): boolean {
    return edgeOf(this.heap, 'isDirected', edge) >= 0
  }

  isUndirected(edge: unknown): boolean {
    return edgeOf(this.heap, 'isUndirected', edge) < 0
  }

  isSelfLoop(key: unknown): boolean {
    const edge = edgeOf(this.heap, 'isSelfLoop', key)
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
    if (this.order > INSPECTED) nodes['…'] = `${formatCount(this.order - INSPECTED)} more nodes`
    const edges: Record<string, unknown> = {}
    for (let edge = 0; edge < Math.min(this.size, INSPECTED); edge++) {
      const [source, target] = this.extremities(edgeKey(edge))
      edges[`[${edgeKey(edge)}]: (${source})->(${target})`] = this.heap.edgeAttributes(edge)
    }
    if (this.size > INSPECTED) edges['…'] = `${formatCount(this.size - INSPECTED)} more edges`
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

/** Adds a method to the class, not enumerable, as those written in it. */
const define: Define = (name, method) => {
  Object.defineProperty(HeapView.prototype, name, {value: method, writable: true, configurable: true})
}

defineAttributes(define)
defineIteration(define)

for (const [prefix, direction] of DIRECTIONS) {
  const degree = uncapitalized(`${prefix}Degree`)
  define(degree, function (node) {
    return this.heap.degree(nodeOf(this.heap, degree, node), direction)
  })
  const withoutLoops = `${degree}WithoutSelfLoops`
  define(withoutLoops, function (key) {
    const node = nodeOf(this.heap, withoutLoops, key)
    // A self loop is one edge that comes in and one that goes out.
    const timesCounted = {in: 1, out: 1, both: 2, none: 0}[direction]
    return this.heap.degree(node, direction) - timesCounted * this.heap.selfLoopsOf(node)
  })
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
