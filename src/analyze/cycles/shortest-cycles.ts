/** A shortest cycle in a strongly connected component. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import type {Components} from '../graph/components.ts'

export interface Cycle {
  nodes: number[]
  edges: number[]
  /** Not all members were tried, so a shorter one may exist. */
  isPartial: boolean
}

/** Members tried in a component at the most, and edges followed for it. */
const MAX_STARTS = 64
const MAX_EDGES_FOLLOWED = 1 << 22

/** Finds a shortest cycle inside a component, by breadth-first searches that share their arrays. */
export class ShortestCycles {
  readonly #snapshot: Snapshot
  readonly #edges: BitSet
  readonly #components: Components
  /** The search that reached a node last, the edge it came by, and the node that edge leaves. */
  readonly #reachedBy: Uint32Array
  readonly #viaEdge: Uint32Array
  readonly #viaNode: Uint32Array
  #searches = 0

  constructor(snapshot: Snapshot, edges: BitSet, components: Components) {
    this.#snapshot = snapshot
    this.#edges = edges
    this.#components = components
    this.#reachedBy = new Uint32Array(snapshot.nodeCount)
    this.#viaEdge = new Uint32Array(snapshot.nodeCount)
    this.#viaNode = new Uint32Array(snapshot.nodeCount)
  }

  /** A shortest of the cycles through one of `starts`, all of one component. */
  through(starts: Uint32Array): Cycle | undefined {
    const itself = this.#selfCycle(starts)
    if (itself !== undefined) return itself
    let best: Cycle | undefined
    let tried = 0
    let edgesLeft = MAX_EDGES_FOLLOWED
    while (tried < starts.length && tried < MAX_STARTS && edgesLeft > 0 && best?.nodes.length !== 2) {
      const result = this.#from(starts[tried++], best === undefined ? Number.POSITIVE_INFINITY : best.nodes.length)
      edgesLeft -= result.followed
      best = result.cycle ?? best
    }
    if (best !== undefined) best.isPartial = best.nodes.length > 2 && tried < starts.length
    return best
  }

  #selfCycle(starts: Uint32Array): Cycle | undefined {
    const {firstEdge, edgeTarget} = this.#snapshot
    for (const node of starts) {
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
        if (edgeTarget[edge] === node && this.#edges.has(edge)) return {nodes: [node], edges: [edge], isPartial: false}
      }
    }
    return undefined
  }

  /** A shortest cycle through `start` of fewer nodes than `limit`. */
  #from(start: number, limit: number): {cycle: Cycle | undefined; followed: number} {
    const {firstEdge, edgeTarget} = this.#snapshot
    const component = this.#components.ofNode[start]
    const search = ++this.#searches
    const queue = new GrowableUint32()
    queue.push(start)
    let followed = 0
    let depth = 1
    let levelEnd = 1
    for (let next = 0; next < queue.length; next++) {
      if (next === levelEnd) {
        depth++
        levelEnd = queue.length
      }
      if (depth >= limit) break
      const node = queue.get(next)
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
        followed++
        const target = edgeTarget[edge]
        if (this.#components.ofNode[target] !== component || !this.#edges.has(edge)) continue
        if (target === start) return {cycle: this.#trace(start, node, edge), followed}
        if (this.#reachedBy[target] === search) continue
        this.#reachedBy[target] = search
        this.#viaEdge[target] = edge
        this.#viaNode[target] = node
        queue.push(target)
      }
    }
    return {cycle: undefined, followed}
  }

  #trace(start: number, last: number, closing: number): Cycle {
    const nodes = [last]
    const edges = [closing]
    for (let node = last; node !== start; node = this.#viaNode[node]) {
      nodes.push(this.#viaNode[node])
      edges.push(this.#viaEdge[node])
    }
    return {nodes: nodes.reverse(), edges: edges.reverse(), isPartial: false}
  }
}
