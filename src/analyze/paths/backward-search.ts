/** A* search from objects back to where chains begin: one chain after the other, the shortest first. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {UNREACHED} from '../graph/bfs-depth.ts'
import {type Candidates, type Chain, ChainAtHand, ChainQueue} from './path-chains.ts'

/** Nodes visited by a search for the rest of a chain that count as much as a chain looked at. */
const VISITS_PER_STEP = 16

/**
 * Chains in order of their least possible length. A chain taken from the queue puts in two: the one with its nearest
 * retainer before it, and its next sibling; so a node with a million retainers costs one sorting and no queue of a million.
 *
 * The hops of a node are a promise of what is still to come, as long as none of the chain is nearer to the roots. Else
 * its path may lead through the chain itself, as from parts back to their whole: then the rest is looked for, once, before
 * the chain is made longer; for the paths through such parts are more than can be counted (Yen 1971 does so for every chain).
 */
export class BackwardSearch {
  gaveUp = false
  #steps = 0
  readonly #snapshot: Snapshot
  readonly #edges: BitSet
  readonly #bfsDepth: Uint32Array
  readonly #starts: BitSet
  readonly #queue = new ChainQueue()
  readonly #chainAtHand: ChainAtHand
  readonly #candidatesOf = new Map<number, Candidates>()
  /** The search for a rest that visited a node last, and how far from the chain. */
  readonly #visitedBy: Uint32Array
  readonly #depth: Uint32Array
  #rests = 0

  constructor(snapshot: Snapshot, edges: BitSet, bfsDepth: Uint32Array, starts: BitSet, targets: Uint32Array) {
    this.#snapshot = snapshot
    this.#edges = edges
    this.#bfsDepth = bfsDepth
    this.#starts = starts
    this.#chainAtHand = new ChainAtHand(snapshot.nodeCount)
    this.#visitedBy = new Uint32Array(snapshot.nodeCount)
    this.#depth = new Uint32Array(snapshot.nodeCount)
    const nodes = targets.filter(node => bfsDepth[node] !== UNREACHED)
    const none = new Uint32Array(nodes.length)
    const candidates = this.#sorted({nodes, edges: none, parallel: none})
    this.#offer(undefined, candidates, 0)
  }

  /** The next complete chain; undefined when there are no more, or after `maxSteps`. */
  next(maxSteps: number): Chain | undefined {
    for (;;) {
      const chain = this.#queue.pop()
      if (chain === undefined) return undefined
      this.gaveUp = this.#steps++ >= maxSteps
      if (this.gaveUp) return undefined
      if (!chain.isCertain) {
        const isStillFirst = this.#makeCertain(chain)
        this.#offer(chain.towardsTarget, chain.candidates, chain.place + 1)
        if (!isStillFirst) continue
      }
      if (this.#starts.has(chain.node)) return chain
      this.#offer(chain, this.#retainersOf(chain.node), 0)
    }
  }

  /** Finds out how long the chain gets at the least, and queues it anew if that is longer than believed. */
  #makeCertain(chain: Chain): boolean {
    chain.isCertain = true
    const before = chain.towardsTarget
    if (before === undefined || this.#bfsDepth[chain.node] <= before.nearest) return true
    const rest = this.#restOf(chain)
    if (rest === UNREACHED) return false
    if (rest === this.#bfsDepth[chain.node]) return true
    this.#queue.push(chain, chain.length + rest)
    return false
  }

  /** Hops of `chain.node` when the other nodes of the chain are not passed; UNREACHED marks what was visited as dead. */
  #restOf(chain: Chain): number {
    const {first, edge: edges, source: sources} = this.#snapshot.retainers
    const bfsDepth = this.#bfsDepth
    const search = ++this.#rests
    const before = chain.towardsTarget
    this.#chainAtHand.become(chain)
    const queue = new GrowableUint32()
    queue.push(chain.node)
    this.#visitedBy[chain.node] = search
    this.#depth[chain.node] = 0
    let best = UNREACHED
    for (let next = 0; next < queue.length; next++) {
      const node = queue.get(next)
      const depth = this.#depth[node]
      if (depth + bfsDepth[node] >= best) continue
      if (this.#starts.has(node)) {
        best = depth + bfsDepth[node]
        continue
      }
      for (let slot = first[node]; slot < first[node + 1]; slot++) {
        const source = sources[slot]
        if (this.#visitedBy[source] === search || bfsDepth[source] === UNREACHED) continue
        if (!this.#edges.has(edges[slot]) || this.#chainAtHand.has(source) || before?.dead?.has(source)) continue
        this.#visitedBy[source] = search
        this.#depth[source] = depth + 1
        queue.push(source)
      }
    }
    this.#steps += Math.floor(queue.length / VISITS_PER_STEP)
    if (best === UNREACHED && before !== undefined) {
      before.dead ??= new Set()
      for (const node of queue.view()) before.dead.add(node)
    }
    return best
  }

  /** Queues `chain` with the first of `candidates` from `place` on that can go before it. */
  #offer(chain: Chain | undefined, candidates: Candidates, from: number): void {
    const {nodes, edges, parallel} = candidates
    let place = from
    if (place === nodes.length) return
    this.#chainAtHand.become(chain)
    while (place < nodes.length && (this.#chainAtHand.has(nodes[place]) || chain?.dead?.has(nodes[place]))) place++
    if (place === nodes.length) return
    const node = nodes[place]
    const bfsDepth = this.#bfsDepth[node]
    const length = chain === undefined ? 0 : chain.length + 1
    const nearest = chain === undefined ? bfsDepth : Math.min(bfsDepth, chain.nearest)
    const longer: Chain = {
      node,
      edge: edges[place],
      parallel: parallel[place],
      towardsTarget: chain,
      length,
      nearest,
      candidates,
      place,
      isCertain: false,
      dead: undefined,
    }
    this.#queue.push(longer, length + bfsDepth)
  }

  /** Each retainer once, with the best named of its edges. */
  #retainersOf(node: number): Candidates {
    const known = this.#candidatesOf.get(node)
    if (known !== undefined) return known
    const {retainers} = this.#snapshot
    const [from, to] = [retainers.first[node], retainers.first[node + 1]]
    const edges = retainers.edge.subarray(from, to)
    const sources = retainers.source.subarray(from, to)
    const found = {nodes: [] as number[], edges: [] as number[], parallel: [] as number[]}
    // Edges come in ascending order, so those of one retainer stand together.
    for (let slot = 0; slot < edges.length; slot++) {
      const edge = edges[slot]
      const source = sources[slot]
      if (!this.#edges.has(edge) || this.#bfsDepth[source] === UNREACHED) continue
      const last = found.nodes.length - 1
      if (last >= 0 && found.nodes[last] === source) {
        found.parallel[last]++
        if (isBetterNamed(this.#snapshot, edge, found.edges[last])) found.edges[last] = edge
      } else {
        found.nodes.push(source)
        found.edges.push(edge)
        found.parallel.push(1)
      }
    }
    const candidates = this.#sorted({
      nodes: Uint32Array.from(found.nodes),
      edges: Uint32Array.from(found.edges),
      parallel: Uint32Array.from(found.parallel),
    })
    this.#candidatesOf.set(node, candidates)
    return candidates
  }

  #sorted({nodes, edges, parallel}: Candidates): Candidates {
    const {nodeId} = this.#snapshot
    const ids = Float64Array.from(nodes, node => nodeId[node])
    const bfsDepth = this.#bfsDepth
    const order = Uint32Array.from(nodes, (_, place) => place).sort(
      (a, b) => bfsDepth[nodes[a]] - bfsDepth[nodes[b]] || ids[a] - ids[b] || a - b,
    )
    return {
      nodes: order.map(place => nodes[place]),
      edges: order.map(place => edges[place]),
      parallel: order.map(place => parallel[place]),
    }
  }
}

/** Edge kinds by how much their names tell a person: context, element, property, then V8's own. */
const NAME_RANK = Uint8Array.from({length: 256}, (_, kind) => [1, 2, 0, 3, 4, 5, 6][kind] ?? 7)

export function isBetterNamed({edgeKind}: Snapshot, a: number, b: number): boolean {
  return NAME_RANK[edgeKind[a]] < NAME_RANK[edgeKind[b]]
}
