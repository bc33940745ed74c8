/** The shortest chains of edges that keep objects alive. */
import type {Snapshot} from '../snapshot/snapshot.ts'
import {BitSet} from '../util/bit-set.ts'
import {GrowableUint32} from '../util/growable.ts'
import {retainingEdges} from './edge-policy.ts'
import {hopsFrom, hopsFromRoots, UNREACHED} from './hops.ts'
import {passing} from './passing.ts'
import {rootNodes} from './roots.ts'
import type {Selection} from './select.ts'
import {chainsThrough} from './through.ts'

export interface PathOptions {
  /** Chains to find, shortest first. */
  count?: number
  /** Where chains begin; without it, at the roots. */
  from?: Selection
  /** Type or edge names, exact or `/regex/`, or `@id`, or expressions (docs/where.md), that chains must not pass through. */
  avoid?: readonly string[]
  /**
   * The same, but chains must pass it; their ends count. Each further chain then goes by way of another such object or edge.
   */
  through?: string
  /** Partial chains looked at before giving up: only graphs made to be hard need more. */
  maxSteps?: number
}

export interface Path {
  /** Ordinals, holder first, the object asked about last. */
  nodes: number[]
  /** Edge ordinals: `edges[i]` leads from `nodes[i]` to `nodes[i + 1]`. */
  edges: number[]
  /** How many edges go side by side with `edges[i]`; that one is the best named of them. */
  parallel: number[]
}

export interface PathAnswer {
  question: 'path'
  snapshot: Snapshot
  target: Selection
  from: Selection | undefined
  avoid: readonly string[]
  through: string | undefined
  paths: Path[]
  /** How many of the objects asked about some chain reaches. */
  reached: number
  limitsReached: {
    /** The search gave up after so many steps; there may be more chains. */
    steps?: number
    /** There are more chains than were asked for. */
    count?: number
    /** Things to pass for which a shorter chain, or one at all, is not ruled out: the ways to and from them cross. */
    crossing?: number
    /** Things to pass that are farther than those looked at. */
    untried?: number
  }
}

const DEFAULT_COUNT = 1
const DEFAULT_MAX_STEPS = 1_000_000
/** Where ways to and from what a chain must pass cross, all chains are looked through, but not for long. */
const MAX_STEPS_THROUGH = 50_000

/**
 * The `count` shortest simple chains to any of the objects in `target`: A* backwards over the retainers, with the exact
 * distances of a breadth-first search as its guide, so that it goes straight from one chain to the next (the idea of
 * Hart, Nilsson and Raphael 1968). Ties are broken by id.
 */
export function shortestPaths(snapshot: Snapshot, target: Selection, options: PathOptions = {}): PathAnswer {
  const {count = DEFAULT_COUNT, from, avoid = [], through, maxSteps = DEFAULT_MAX_STEPS} = options
  const edges = withoutDeadEnds(snapshot, target, withoutAvoided(snapshot, target, from, avoid))
  const hopsOver = (some: BitSet) =>
    from === undefined ? hopsFromRoots(snapshot, some) : hopsFrom(snapshot, from.nodes, some)
  const hops = hopsOver(edges)
  const starts = from === undefined ? rootNodes(snapshot) : BitSet.of(snapshot.nodeCount, from.nodes)
  const search = new BackwardSearch(snapshot, edges, hops, starts, target.nodes)
  const reached = target.nodes.filter(node => hops[node] !== UNREACHED).length
  const answer = {question: 'path', snapshot, target, from, avoid, through, reached} as const
  if (through !== undefined) {
    const steps = Math.min(maxSteps, MAX_STEPS_THROUGH)
    const mustPass = passing(snapshot, [through])
    const found = chainsThrough({
      snapshot,
      edges,
      hops,
      hopsOver,
      starts,
      targets: target.nodes,
      passing: mustPass,
      count,
      nextOfAll() {
        const chain = search.next(steps)
        return chain && search.path(chain)
      },
      gaveUp: () => search.gaveUp,
    })
    const {chains, unsettled, untried} = found
    const limitsReached = {
      ...(chains.length > count ? {count} : {}),
      ...(unsettled > 0 ? {crossing: unsettled} : {}),
      ...(untried > 0 && chains.length <= count ? {untried} : {}),
    }
    return {
      ...answer,
      paths: chains.slice(0, count).map(chain => search.withParallel(chain, mustPass.isEdge)),
      limitsReached,
    }
  }
  const paths: Path[] = []
  while (paths.length < count) {
    const chain = search.next(maxSteps)
    if (chain === undefined) break
    paths.push(search.path(chain))
  }
  // One more, only to say whether there is one.
  const more = paths.length === count && search.next(maxSteps) !== undefined
  return {...answer, paths, limitsReached: {...(search.gaveUp ? {steps: maxSteps} : {}), ...(more ? {count} : {})}}
}

/**
 * The retaining edges, less those that are avoided by name, and those into or out of a node that is. What was asked about may
 * still end a chain, and `from` begin one, whatever is avoided.
 */
function withoutAvoided(
  snapshot: Snapshot,
  target: Selection,
  from: Selection | undefined,
  avoid: readonly string[],
): BitSet {
  const retaining = retainingEdges(snapshot)
  if (avoid.length === 0) return retaining
  const edges = retaining.copy()
  const mayEnd = BitSet.of(snapshot.nodeCount, target.nodes)
  const mayBegin = BitSet.of(snapshot.nodeCount, from?.nodes ?? new Uint32Array(0))
  const avoided = passing(snapshot, avoid)
  const {edgeTarget, firstEdge, nodeCount} = snapshot
  for (let node = 0; node < nodeCount; node++) {
    const mayPass = mayBegin.has(node) || !avoided.nodes.has(node)
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (!edges.has(edge)) continue
      const held = edgeTarget[edge]
      const mayEnter = mayEnd.has(held) || !avoided.nodes.has(held)
      if (!mayPass || !mayEnter || avoided.isEdge(edge)) edges.delete(edge)
    }
  }
  return edges
}

/**
 * Where all chains end at the same object, they never leave it: what it alone holds would be searched in vain, though it be full
 * of references back, as parts of a whole often are.
 */
function withoutDeadEnds({firstEdge}: Snapshot, {nodes}: Selection, edges: BitSet): BitSet {
  if (nodes.length !== 1) return edges
  const rest = edges.copy()
  for (let edge = firstEdge[nodes[0]]; edge < firstEdge[nodes[0] + 1]; edge++) rest.delete(edge)
  return rest
}

/** A chain from a target back to `node`: its last link; the others follow `towardsTarget`. */
interface Chain {
  node: number
  /** The best named edge from `node` to the next node of the chain; none for a target. */
  edge: number
  parallel: number
  towardsTarget: Chain | undefined
  length: number
  /** The smallest number of hops of its nodes. */
  nearest: number
  /** Where `node` stands among the candidates it was chosen from: its successor there is tried next. */
  candidates: Candidates
  place: number
  /** A chain of the length it is queued with is known to exist. */
  isCertain: boolean
  /** Nodes known to lead to no start but by way of this chain. */
  dead: Set<number> | undefined
}

/** What may come before a node on a chain, nearest to the roots first. */
interface Candidates {
  nodes: Uint32Array
  edges: Uint32Array
  parallel: Uint32Array
}

/** Nodes visited by a search for the rest of a chain that count as much as a chain looked at. */
const VISITS_PER_STEP = 16

/**
 * Chains in order of their least possible length. A chain taken from the queue puts in two: the one with its nearest
 * retainer before it, and its next sibling; so a node with a million retainers costs one sorting and no queue of a million.
 *
 * The hops of a node are a promise of what is still to come, as long as none of the chain is nearer to the roots. Else
 * its way may lead through the chain itself, as from parts back to their whole: then the rest is looked for, once, before
 * the chain is made longer; for the ways through such parts are more than can be counted (Yen 1971 does so for every chain).
 */
class BackwardSearch {
  steps = 0
  gaveUp = false
  readonly #snapshot: Snapshot
  readonly #edges: BitSet
  readonly #hops: Uint32Array
  readonly #starts: BitSet
  readonly #queue = new ChainQueue()
  readonly #chainAtHand: ChainAtHand
  readonly #candidatesOf = new Map<number, Candidates>()
  /** The search for a rest that visited a node last, and how far from the chain. */
  readonly #visitedBy: Uint32Array
  readonly #depth: Uint32Array
  #rests = 0

  constructor(snapshot: Snapshot, edges: BitSet, hops: Uint32Array, starts: BitSet, targets: Uint32Array) {
    this.#snapshot = snapshot
    this.#edges = edges
    this.#hops = hops
    this.#starts = starts
    this.#chainAtHand = new ChainAtHand(snapshot.nodeCount)
    this.#visitedBy = new Uint32Array(snapshot.nodeCount)
    this.#depth = new Uint32Array(snapshot.nodeCount)
    const nodes = targets.filter(node => hops[node] !== UNREACHED)
    const none = new Uint32Array(nodes.length)
    const candidates = this.#sorted({nodes, edges: none, parallel: none})
    this.#offer(undefined, candidates, 0)
  }

  /** The next complete chain; undefined when there are no more, or after `maxSteps`. */
  next(maxSteps: number): Chain | undefined {
    for (;;) {
      const chain = this.#queue.pop()
      if (chain === undefined) return undefined
      this.gaveUp = this.steps++ >= maxSteps
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
    if (before === undefined || this.#hops[chain.node] <= before.nearest) return true
    const rest = this.#restOf(chain)
    if (rest === UNREACHED) return false
    if (rest === this.#hops[chain.node]) return true
    this.#queue.push(chain, chain.length + rest)
    return false
  }

  /** Hops of `chain.node` when the other nodes of the chain are not passed; UNREACHED marks what was visited as dead. */
  #restOf(chain: Chain): number {
    const {first, edge: edges, source: sources} = this.#snapshot.retainers
    const hops = this.#hops
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
      if (depth + hops[node] >= best) continue
      if (this.#starts.has(node)) {
        best = depth + hops[node]
        continue
      }
      for (let slot = first[node]; slot < first[node + 1]; slot++) {
        const source = sources[slot]
        if (this.#visitedBy[source] === search || hops[source] === UNREACHED) continue
        if (!this.#edges.has(edges[slot]) || this.#chainAtHand.has(source) || before?.dead?.has(source)) continue
        this.#visitedBy[source] = search
        this.#depth[source] = depth + 1
        queue.push(source)
      }
    }
    this.steps += Math.floor(queue.length / VISITS_PER_STEP)
    if (best === UNREACHED && before !== undefined) {
      before.dead ??= new Set()
      for (const node of queue.view()) before.dead.add(node)
    }
    return best
  }

  path(chain: Chain): Path {
    const path: Path = {nodes: [], edges: [], parallel: []}
    for (let link: Chain | undefined = chain; link !== undefined; link = link.towardsTarget) {
      path.nodes.push(link.node)
      if (link.towardsTarget === undefined) continue
      path.edges.push(link.edge)
      path.parallel.push(link.parallel)
    }
    return path
  }

  /** A chain of nodes and any edges between them: each with those beside it; an edge that is to be passed stays. */
  withParallel({nodes, edges}: {nodes: number[]; edges: number[]}, keep: (edge: number) => boolean): Path {
    const {first, edge: entering, source} = this.#snapshot.retainers
    const path: Path = {nodes, edges: [], parallel: []}
    edges.forEach((edge, i) => {
      let best = edge
      let parallel = 0
      for (let slot = first[nodes[i + 1]]; slot < first[nodes[i + 1] + 1]; slot++) {
        if (source[slot] !== nodes[i] || !this.#edges.has(entering[slot])) continue
        parallel++
        if (!keep(edge) && this.#isBetterNamed(entering[slot], best)) best = entering[slot]
      }
      path.edges.push(best)
      path.parallel.push(parallel)
    })
    return path
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
    const hops = this.#hops[node]
    const length = chain === undefined ? 0 : chain.length + 1
    const nearest = chain === undefined ? hops : Math.min(hops, chain.nearest)
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
    this.#queue.push(longer, length + hops)
  }

  /** Each retainer once, with the best named of its edges. */
  #retainersOf(node: number): Candidates {
    const known = this.#candidatesOf.get(node)
    if (known !== undefined) return known
    const {first, edge: edges, source: sources} = this.#snapshot.retainers
    const found = {nodes: [] as number[], edges: [] as number[], parallel: [] as number[]}
    // Edges come in ascending order, so those of one retainer stand together.
    for (let slot = first[node]; slot < first[node + 1]; slot++) {
      const edge = edges[slot]
      const source = sources[slot]
      if (!this.#edges.has(edge) || this.#hops[source] === UNREACHED) continue
      const last = found.nodes.length - 1
      if (last >= 0 && found.nodes[last] === source) {
        found.parallel[last]++
        if (this.#isBetterNamed(edge, found.edges[last])) found.edges[last] = edge
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

  #isBetterNamed(a: number, b: number): boolean {
    const {edgeKind} = this.#snapshot
    return NAME_RANK[edgeKind[a]] < NAME_RANK[edgeKind[b]]
  }

  #sorted({nodes, edges, parallel}: Candidates): Candidates {
    const {nodeId} = this.#snapshot
    const hops = this.#hops
    const order = Uint32Array.from(nodes, (_, place) => place).sort(
      (a, b) => hops[nodes[a]] - hops[nodes[b]] || nodeId[nodes[a]] - nodeId[nodes[b]] || a - b,
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

/**
 * The nodes of one chain, as marks: chains share their ends, and the search goes on mostly with a chain it has just
 * lengthened, so that changing from one to the next costs few marks, while looking through a chain costs its whole length.
 */
class ChainAtHand {
  readonly #marks: BitSet
  #chain: Chain | undefined

  constructor(nodeCount: number) {
    this.#marks = new BitSet(nodeCount)
  }

  has(node: number): boolean {
    return this.#marks.has(node)
  }

  become(chain: Chain | undefined): void {
    // Back to where the two chains part, then forward from there; a node may be on both sides.
    const added: number[] = []
    let mine = this.#chain
    let other = chain
    while (mine !== other) {
      if (mine !== undefined && (other === undefined || mine.length >= other.length)) {
        this.#marks.delete(mine.node)
        mine = mine.towardsTarget
      } else if (other !== undefined) {
        added.push(other.node)
        other = other.towardsTarget
      }
    }
    for (const node of added) this.#marks.add(node)
    this.#chain = chain
  }
}

/**
 * A binary heap of chains: the least possible length first; among equals the longest, so that one chain is finished before
 * the next is begun and equal ones do not pile up; then the oldest.
 */
class ChainQueue {
  readonly #entries: {chain: Chain; least: number; age: number}[] = []
  #age = 0

  push(chain: Chain, least: number): void {
    const entries = this.#entries
    entries.push({chain, least, age: this.#age++})
    let at = entries.length - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#before(at, parent)) break
      this.#swap(at, parent)
      at = parent
    }
  }

  pop(): Chain | undefined {
    const entries = this.#entries
    if (entries.length === 0) return undefined
    this.#swap(0, entries.length - 1)
    const {chain} = entries.pop()!
    let at = 0
    for (;;) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < entries.length && this.#before(child, least)) least = child
      if (least === at) return chain
      this.#swap(at, least)
      at = least
    }
  }

  #before(a: number, b: number): boolean {
    const x = this.#entries[a]
    const y = this.#entries[b]
    if (x.least !== y.least) return x.least < y.least
    if (x.chain.length !== y.chain.length) return x.chain.length > y.chain.length
    return x.age < y.age
  }

  #swap(a: number, b: number): void {
    const entry = this.#entries[a]
    this.#entries[a] = this.#entries[b]
    this.#entries[b] = entry
  }
}
