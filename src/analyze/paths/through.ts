/**
 * Chains that must pass something: the shortest path from a start to it and the shortest from it to the target, if the two do
 * not cross. Whether there is any chain that passes a given node twice never is a hard question in directed graphs (Fortune,
 * Hopcroft and Wyllie 1980: two disjoint paths are NP-complete), so what cannot be settled within bounds is said, not searched.
 */

import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {bfsDepthTo, UNREACHED} from '../graph/bfs-depth.ts'
import type {Waypoint} from './waypoint.ts'

/** Nodes of a chain, and its edges: one fewer. */
export interface Chain {
  nodes: number[]
  edges: number[]
}

export interface ThroughQuestion {
  snapshot: Snapshot
  /** The edges that a chain may take. */
  edges: BitSet
  /** Hops from the starts over these edges. */
  bfsDepth: Uint32Array
  /** The same over fewer edges. */
  bfsDepthOver(edges: BitSet): Uint32Array
  starts: BitSet
  targets: Uint32Array
  waypoint: Waypoint
  /** Chains wanted. */
  count: number
  /** All chains to the targets, whatever they pass, the shortest first; undefined after the last, `gaveUp` if it was not that. */
  nextOfAll(): Chain | undefined
  gaveUp(): boolean
}

export interface ThroughAnswer {
  /** The shortest for each thing to pass, no two alike, in ascending order of length. */
  chains: Chain[]
  /** Things to pass for which a shorter chain than is shown, or one at all, is not ruled out. */
  unsettled: number
  /** Things to pass beyond the nearest, which were not looked at. */
  untried: number
}

/** Things to pass that are looked at, nearest first. */
const MAX_PLACES = 4096
/** Searches of the whole heap for paths that do not cross. */
const MAX_DETOURS = 8
/** Of all chains, those looked at for one that passes what two ways could not. */
const MAX_LOOKED = 2000
/** Nodes walked through in all. */
const MAX_WALKED = 5_000_000

/** A node (`from` = `to`) or an edge between two nodes that is to be passed. */
interface Place {
  from: number
  to: number
  /** -1 for a node. */
  edge: number
  /** No chain through it is shorter. */
  least: number
}

interface Found {
  place: Place
  chain: Chain | undefined
  length: number
  isSettled: boolean
}

export function chainsThrough(question: ThroughQuestion): ThroughAnswer {
  const {snapshot, edges, starts, targets, count} = question
  const toEnd = bfsDepthTo(snapshot, targets, edges, starts)
  const paths = new JoinedPaths(question, toEnd)
  const found: Found[] = []
  // Tried, or on a chain found before: that is the shortest through these, too, since no place before them was farther.
  const done = {nodes: new BitSet(snapshot.nodeCount), edges: new BitSet(snapshot.edgeCount)}
  const isDone = ({edge, to}: Place) => (edge < 0 ? done.nodes.has(to) : done.edges.has(edge))
  let settled = 0
  let left = 0
  // One more than is shown, to know whether there is one.
  const isEnough = () => settled > count || found.length >= MAX_PLACES || paths.walked > MAX_WALKED
  do {
    const {nearest, places} = placesToPass(question, toEnd, isDone)
    left = places
    for (const place of nearest) {
      if (isEnough()) break
      left--
      if (isDone(place)) continue
      const path = paths.through(place)
      found.push(path)
      if (place.edge < 0) done.nodes.add(place.to)
      else done.edges.add(place.edge)
      if (path.chain === undefined || !path.isSettled) continue
      settled++
      for (const node of path.chain.nodes) done.nodes.add(node)
      for (const edge of path.chain.edges) done.edges.add(edge)
    }
  } while (left > 0 && !isEnough())
  settle(question, found)
  const chains = distinctChains(found)
  const last = chains.length > count ? chains[count - 1].length : Number.POSITIVE_INFINITY
  return {
    chains: chains.map(({chain}) => chain!),
    unsettled: found.filter(({isSettled, place}) => !isSettled && place.least < last).length,
    untried: settled > count ? 0 : left,
  }
}

/** The nearest things to pass that are not done, by the least length of a chain, then by id; and how many there are. */
function placesToPass(
  {snapshot, edges, bfsDepth, starts, waypoint}: ThroughQuestion,
  toEnd: Uint32Array,
  isDone: (place: Place) => boolean,
): {nearest: Place[]; places: number} {
  const {nodeCount, nodeId, firstEdge, edgeTarget} = snapshot
  const nearest: Place[] = []
  let places = 0
  const isBefore = (a: Place, b: Place) =>
    a.least - b.least || nodeId[a.to] - nodeId[b.to] || nodeId[a.from] - nodeId[b.from] || a.edge - b.edge
  const offer = (place: Place) => {
    if (isDone(place)) return
    places++
    if (nearest.length === MAX_PLACES && isBefore(place, nearest[MAX_PLACES - 1]) >= 0) return
    let [low, high] = [0, nearest.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(nearest[middle], place) < 0) low = middle + 1
      else high = middle
    }
    nearest.splice(low, 0, place)
    if (nearest.length > MAX_PLACES) nearest.pop()
  }
  for (let node = 0; node < nodeCount; node++) {
    if (bfsDepth[node] === UNREACHED) continue
    if (waypoint.nodes.has(node) && toEnd[node] !== UNREACHED) {
      offer({from: node, to: node, edge: -1, least: bfsDepth[node] + toEnd[node]})
    }
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const to = edgeTarget[edge]
      // A chain begins at a start and passes no other.
      if (toEnd[to] === UNREACHED || starts.has(to) || !edges.has(edge) || !waypoint.isEdge(edge)) continue
      offer({from: node, to, edge, least: bfsDepth[node] + 1 + toEnd[to]})
    }
  }
  return {nearest, places}
}

/** The shortest paths to and from a place, put together. */
class JoinedPaths {
  walked = 0
  readonly #question: ThroughQuestion
  readonly #toEnd: Uint32Array
  readonly #marks: BitSet
  /** How far the end is without passing the path to a node, by that node. */
  readonly #toEndWithout = new Map<number, Uint32Array>()
  #detours = 0

  constructor(question: ThroughQuestion, toEnd: Uint32Array) {
    this.#question = question
    this.#toEnd = toEnd
    this.#marks = new BitSet(question.snapshot.nodeCount)
  }

  through(place: Place): Found {
    const up = this.#up(place.from, this.#question.bfsDepth)
    const down = this.#down(place.to, this.#toEnd)
    if (up === undefined || down === undefined) return {place, chain: undefined, length: 0, isSettled: false}
    const whole = this.#joined(place, up, down)
    if (whole !== undefined) return this.#found(place, whole)
    const detours = [this.#around(place, up), this.#before(place, down)]
      .filter(chain => chain !== undefined)
      .map(chain => this.#found(place, chain))
      .sort((a, b) => a.length - b.length)
    return detours[0] ?? {place, chain: undefined, length: 0, isSettled: false}
  }

  #found(place: Place, chain: Chain): Found {
    const length = chain.edges.length + this.#question.bfsDepth[chain.nodes[0]]
    return {place, chain, length, isSettled: length === place.least}
  }

  /** The two ways as one chain; undefined if they cross. */
  #joined({from, to, edge}: Place, up: Chain, down: Chain): Chain | undefined {
    for (const node of up.nodes) this.#marks.add(node)
    const crosses = down.nodes.some(node => this.#marks.has(node) && !(node === to && from === to))
    for (const node of up.nodes) this.#marks.delete(node)
    if (crosses) return undefined
    if (edge < 0) return {nodes: [...up.nodes, ...down.nodes.slice(1)], edges: [...up.edges, ...down.edges]}
    return {nodes: [...up.nodes, ...down.nodes], edges: [...up.edges, edge, ...down.edges]}
  }

  /** The same way to the place, and another from it that does not cross. */
  #around(place: Place, up: Chain): Chain | undefined {
    const {snapshot, edges, starts, targets} = this.#question
    // Places that are entered from one node share the path to that.
    const [above, last] = place.edge >= 0 ? [up.nodes, place.from] : [up.nodes.slice(0, -1), up.nodes.at(-2)]
    if (last === undefined) return undefined
    let toEnd = this.#toEndWithout.get(last)
    if (toEnd === undefined) {
      if (this.#detours >= MAX_DETOURS) return undefined
      this.#detours++
      toEnd = bfsDepthTo(snapshot, targets, edges, starts, BitSet.of(snapshot.nodeCount, above))
      this.#toEndWithout.set(last, toEnd)
    }
    if (toEnd[place.to] === UNREACHED) return undefined
    const down = this.#down(place.to, toEnd)
    return down && this.#joined(place, up, down)
  }

  /** The same way from the place, and another to it that does not cross. */
  #before(place: Place, down: Chain): Chain | undefined {
    const {snapshot, edges, bfsDepthOver} = this.#question
    if (this.#detours >= MAX_DETOURS) return undefined
    this.#detours++
    const rest = edges.copy()
    for (const node of place.edge < 0 ? down.nodes.slice(1) : down.nodes) {
      for (let edge = snapshot.firstEdge[node]; edge < snapshot.firstEdge[node + 1]; edge++) rest.delete(edge)
    }
    const bfsDepth = bfsDepthOver(rest)
    if (bfsDepth[place.from] === UNREACHED) return undefined
    const up = this.#up(place.from, bfsDepth, rest)
    return up && this.#joined(place, up, down)
  }

  /** From the nearest start down to `node`; among equals by the least id, from `node` on. */
  #up(node: number, bfsDepth: Uint32Array, edges = this.#question.edges): Chain | undefined {
    const {snapshot, starts} = this.#question
    const {first, edge: entering, source} = snapshot.retainers
    const {nodeId} = snapshot
    const chain: Chain = {nodes: [node], edges: []}
    for (let at = node; !starts.has(at); ) {
      let best = -1
      for (let slot = first[at]; slot < first[at + 1]; slot++) {
        if (bfsDepth[source[slot]] !== bfsDepth[at] - 1 || !edges.has(entering[slot])) continue
        if (best < 0 || nodeId[source[slot]] < nodeId[source[best]]) best = slot
      }
      if (best < 0) return undefined
      at = source[best]
      chain.nodes.push(at)
      chain.edges.push(entering[best])
      this.walked++
    }
    chain.nodes.reverse()
    chain.edges.reverse()
    return chain
  }

  /** From `node` to the nearest target; among equals by the least id. */
  #down(node: number, toEnd: Uint32Array): Chain | undefined {
    const {snapshot, edges, starts} = this.#question
    const {edgeTarget, firstEdge, nodeId} = snapshot
    const chain: Chain = {nodes: [node], edges: []}
    for (let at = node; toEnd[at] > 0; ) {
      let best = -1
      for (let edge = firstEdge[at]; edge < firstEdge[at + 1]; edge++) {
        const next = edgeTarget[edge]
        if (toEnd[next] !== toEnd[at] - 1 || starts.has(next) || !edges.has(edge)) continue
        if (best < 0 || nodeId[next] < nodeId[edgeTarget[best]]) best = edge
      }
      if (best < 0) return undefined
      at = edgeTarget[best]
      chain.nodes.push(at)
      chain.edges.push(best)
      this.walked++
    }
    return chain
  }
}

/**
 * Where paths crossed: the first of all chains that passes a place is the shortest through it, and if there is none among all
 * of them, there is none.
 */
function settle({bfsDepth, nextOfAll, gaveUp}: ThroughQuestion, found: Found[]): void {
  let open = found.filter(({isSettled}) => !isSettled)
  for (let looked = 0; open.length > 0 && looked < MAX_LOOKED; looked++) {
    const chain = nextOfAll()
    if (chain === undefined) {
      for (const each of open) each.isSettled = !gaveUp()
      return
    }
    const length = chain.edges.length + bfsDepth[chain.nodes[0]]
    const placeOf = new Map(chain.nodes.map((node, i) => [node, i]))
    for (const each of open) {
      const {from, to, edge} = each.place
      const at = placeOf.get(from)
      const passes = at !== undefined && (edge < 0 || chain.nodes[at + 1] === to)
      if (each.chain !== undefined && each.length <= length) each.isSettled = true
      else if (passes) {
        const edges = edge < 0 ? chain.edges : chain.edges.with(at, edge)
        Object.assign(each, {chain: {nodes: chain.nodes, edges}, length, isSettled: true})
      }
    }
    open = open.filter(({isSettled}) => !isSettled)
  }
}

/** The chains found, by length and then in the order of their places; of equal ones the first. */
function distinctChains(found: Found[]): Found[] {
  const seen = new Set<string>()
  return found
    .filter(({chain}) => chain !== undefined)
    .sort((a, b) => a.length - b.length)
    .filter(({chain}) => {
      const key = chain!.nodes.join()
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
}
