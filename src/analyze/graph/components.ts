/** Strongly connected components: Tarjan (1972), with stacks of our own instead of recursion. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {MAX_UINT32} from '../../util/uint32.ts'

export interface Components {
  /** Uint32Array(n): each node's component; 0 for nodes that are on no cycle. */
  ofNode: Uint32Array
  /** Members of component c, from 1 on: `members[first[c]]` to `members[first[c + 1] - 1]`, in ascending order of ordinals. */
  first: Uint32Array
  members: Uint32Array
  /** Components are 1 to count. */
  count: number
}

/** The components with a cycle: two nodes or more, or a node with an edge to itself. Linear in nodes and edges. */
export function stronglyConnectedComponents(snapshot: Snapshot, edges: BitSet): Components {
  const {nodeCount, firstEdge, edgeTarget} = snapshot
  const {words} = edges
  const ofNode = new Uint32Array(nodeCount)
  const members = new GrowableUint32()
  const first = new GrowableUint32()
  first.push(0)
  first.push(0)
  let count = 0
  const walk = new ComponentWalk(nodeCount, {
    next(node, from) {
      const end = firstEdge[node + 1]
      for (let edge = firstEdge[node] + from; edge < end; edge++) {
        if ((words[edge >>> 5] & (1 << (edge & 31))) !== 0) return edge - firstEdge[node]
      }
      return -1
    },
    neighbor: (node, slot) => edgeTarget[firstEdge[node] + slot],
    finish(component) {
      if (component.length === 1 && !hasSelfEdge(snapshot, edges, component[0])) return
      count++
      for (const node of component) {
        ofNode[node] = count
        members.push(node)
      }
      first.push(members.length)
    },
  })
  for (let start = 0; start < nodeCount; start++) walk.from(start)
  const all = members.view()
  const starts = first.view()
  for (let component = 1; component <= count; component++) all.subarray(starts[component], starts[component + 1]).sort()
  return {ofNode, first: starts, members: all, count}
}

/** A graph as a walk sees it: a node's edges are slots from 0 on. */
export interface Walked {
  /** The first slot from `from` on that is followed; -1 if there is none. Asked for each slot once. */
  next(node: number, from: number): number
  /** The node at its other end. */
  neighbor(node: number, slot: number): number
  /** Takes the nodes of a component, in the order of first visit, valid until it returns; those that its edges lead to have been taken before. */
  finish(component: Uint32Array): void
}

const CLOSED = MAX_UINT32

/** Tarjan's algorithm from one node after the other. */
export class ComponentWalk {
  readonly #graph: Walked
  /** Order of first visit, from 1 on; 0 is unvisited. */
  readonly #visit: Uint32Array
  readonly #low: Uint32Array
  readonly #cursor: Uint32Array
  readonly #open = new GrowableUint32()
  readonly #path = new GrowableUint32()
  readonly #single = new Uint32Array(1)
  #visits = 0

  constructor(nodeCount: number, graph: Walked) {
    this.#graph = graph
    this.#visit = new Uint32Array(nodeCount)
    this.#low = new Uint32Array(nodeCount)
    this.#cursor = new Uint32Array(nodeCount)
  }

  /** Walks on from a node, unless an earlier walk came by. */
  from(start: number): void {
    if (this.#visit[start] !== 0) return
    const graph = this.#graph
    const visit = this.#visit
    const low = this.#low
    const cursor = this.#cursor
    const open = this.#open
    const path = this.#path
    this.#enter(start)
    while (path.length > 0) {
      const node = path.get(path.length - 1)
      const slot = graph.next(node, cursor[node])
      if (slot >= 0) {
        cursor[node] = slot + 1
        const next = graph.neighbor(node, slot)
        if (visit[next] === 0) this.#enter(next)
        // A closed node has low CLOSED, which is never smaller.
        else if (low[next] !== CLOSED && visit[next] < low[node]) low[node] = visit[next]
        continue
      }
      path.pop()
      if (low[node] === visit[node]) {
        let from = open.length
        do from--
        while (open.get(from) !== node)
        if (open.length - from === 1) {
          // Nearly all components are one node: no view of the stack is made for each.
          this.#single[0] = node
          graph.finish(this.#single)
          low[node] = CLOSED
        } else {
          const component = open.view().subarray(from)
          graph.finish(component)
          for (const member of component) low[member] = CLOSED
        }
        open.length = from
      }
      if (path.length > 0) {
        const above = path.get(path.length - 1)
        if (low[node] < low[above]) low[above] = low[node]
      }
    }
  }

  #enter(node: number): void {
    this.#visit[node] = this.#low[node] = ++this.#visits
    this.#open.push(node)
    this.#path.push(node)
  }
}

function hasSelfEdge({firstEdge, edgeTarget}: Snapshot, edges: BitSet, node: number): boolean {
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeTarget[edge] === node && edges.has(edge)) return true
  }
  return false
}
