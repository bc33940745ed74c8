/** Who holds an object, as the code has it: up the shortest path from the roots to the nearest variable or property. */

import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {BitSet} from '../../util/bit-set.ts'
import {MAX_UINT32} from '../../util/uint32.ts'
import {exportName} from '../facts/cut-variables.ts'
import {rootNodes} from '../facts/roots.ts'
import {bfsDepthFromRoots, UNREACHED} from '../graph/bfs-depth.ts'

const UNKNOWN = MAX_UINT32
/** Steps up from an object to the variable or property that holds it. */
const MAX_STEPS = 64

/** Edge kinds by how much their names tell a person: context, element, property, then V8's own. */
const NAME_RANK = Uint8Array.from({length: 256}, (_, kind) => [0, 2, 1, 3, 4, 5, 6][kind] ?? 7)

export interface NamedPath {
  /** Ordinal of the edge; -1 if there is none. */
  edge: number
  /** The node it leaves. */
  source: number
  /** The nodes between what the edge leads to and the one asked about, holder first; that of the edge's own target is first. */
  via: number[]
}

/** The first steps of the shortest paths from nodes back to the roots; each node's retainers are looked through once. */
export class PathsBack {
  readonly #snapshot: Snapshot
  readonly #edges: BitSet
  readonly #bfsDepth: Uint32Array
  readonly #roots: BitSet
  /** Slots in the retainers, for nodes that were asked about. */
  readonly #best: Uint32Array

  constructor(snapshot: Snapshot, edges: BitSet, bfsDepth = bfsDepthFromRoots(snapshot, edges)) {
    this.#snapshot = snapshot
    this.#edges = edges
    this.#bfsDepth = bfsDepth
    this.#roots = rootNodes(snapshot)
    this.#best = new Uint32Array(snapshot.nodeCount).fill(UNKNOWN)
  }

  /** Up to the first edge that is a variable or a property, or that a root has; `edge` is -1 if nothing holds the node. */
  toNamed(node: number): NamedPath {
    return this.#up(node, {edge: -1, source: node})
  }

  /** The same beginning with an edge that leaves `source`. */
  fromEdge(edge: number, source: number): NamedPath {
    return this.#isNamed(edge, source) ? {edge, source, via: []} : this.#up(source, {edge, source}, [source])
  }

  #up(node: number, start: {edge: number; source: number}, via: number[] = []): NamedPath {
    const {retainers} = this.#snapshot
    let found = start
    for (let held = node, steps = 0; steps < MAX_STEPS; steps++) {
      const slot = this.#bestOf(held)
      if (slot === UNKNOWN) break
      const edge = retainers.edge[slot]
      const source = retainers.source[slot]
      found = {edge, source}
      if (this.#isNamed(edge, source)) break
      via.push(source)
      held = source
    }
    return {...found, via: via.reverse()}
  }

  #isNamed(edge: number, source: number): boolean {
    const kind = this.#snapshot.edgeKind[edge]
    if (kind === EdgeKind.context || kind === EdgeKind.property || this.#roots.has(source)) return true
    return exportName(this.#snapshot, edge) !== undefined
  }

  /** The slot of the retainer nearest to the roots; of equals the best named, then that of the smallest id. */
  #bestOf(node: number): number {
    const known = this.#best[node]
    if (known !== UNKNOWN) return known
    const {first, edge, source} = this.#snapshot.retainers
    let best = UNKNOWN
    for (let slot = first[node]; slot < first[node + 1]; slot++) {
      if (!this.#edges.has(edge[slot]) || this.#bfsDepth[source[slot]] === UNREACHED) continue
      if (best === UNKNOWN || this.#isBefore(slot, best)) best = slot
    }
    this.#best[node] = best
    return best
  }

  #isBefore(a: number, b: number): boolean {
    const {edgeKind, nodeId, retainers} = this.#snapshot
    const {edge, source} = retainers
    const order =
      this.#bfsDepth[source[a]] - this.#bfsDepth[source[b]] ||
      NAME_RANK[edgeKind[edge[a]]] - NAME_RANK[edgeKind[edge[b]]] ||
      nodeId[source[a]] - nodeId[source[b]]
    return order < 0
  }
}
