/** What the columns say of keys, attributes and adjacency, in graphology's order. */

import {sourceOf} from '../../snapshot/columns/retainers.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import type {HeapEdgeAttributes, HeapNodeAttributes} from './heap-graph.ts'
import {IdIndex} from './id-index.ts'

/** Which of a node's edges: an undirected edge there never is. */
export type Direction = 'in' | 'out' | 'both' | 'none'
type SomeDirection = Exclude<Direction, 'none'>

export function edgeKey(edge: number): string {
  return `e${edge}`
}

/** Keys, attributes and adjacency by ordinals. Lists come in the order in which graphology would have them. */
export class HeapReader {
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
