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

/** Tarjan's algorithm from one node after the other. What is asked only of nodes on the path down lies beside that path, not in columns. */
export class ComponentWalk {
  readonly #graph: Walked
  /** Order of first visit, from 1 on; 0 is unvisited, CLOSED of a component that is finished. */
  readonly #visit: Uint32Array
  readonly #open = new GrowableUint32()
  /** The path down: its nodes, the next slot of each, and the least visit that what lies below each leads to. */
  readonly #path = new GrowableUint32()
  readonly #slots = new GrowableUint32()
  readonly #lows = new GrowableUint32()
  readonly #single = new Uint32Array(1)
  #visits = 0

  constructor(nodeCount: number, graph: Walked) {
    this.#graph = graph
    this.#visit = new Uint32Array(nodeCount)
  }

  /** Walks on from a node, unless an earlier walk came by. */
  from(start: number): void {
    if (this.#visit[start] !== 0) return
    const graph = this.#graph
    const visit = this.#visit
    const path = this.#path
    const slots = this.#slots
    const lows = this.#lows
    let node = start
    let low = this.#enter(node)
    let from = 0
    for (;;) {
      const slot = graph.next(node, from)
      if (slot >= 0) {
        from = slot + 1
        const next = graph.neighbor(node, slot)
        const met = visit[next]
        if (met === 0) {
          path.push(node)
          slots.push(from)
          lows.push(low)
          node = next
          low = this.#enter(node)
          from = 0
        } else if (met < low) low = met
        continue
      }
      if (low === visit[node]) this.#close(node)
      const above = path.pop()
      if (above === undefined) return
      node = above
      from = slots.pop() as number
      const lowAbove = lows.pop() as number
      if (lowAbove < low) low = lowAbove
    }
  }

  #enter(node: number): number {
    this.#open.push(node)
    this.#visit[node] = ++this.#visits
    return this.#visits
  }

  /** Finishes the component of which `node` was visited first. */
  #close(node: number): void {
    const open = this.#open
    const visit = this.#visit
    let from = open.length
    do from--
    while (open.get(from) !== node)
    if (open.length - from === 1) {
      // Nearly all components are one node: no view of the stack is made for each.
      this.#single[0] = node
      this.#graph.finish(this.#single)
      visit[node] = CLOSED
    } else {
      const component = open.view().subarray(from)
      this.#graph.finish(component)
      for (const member of component) visit[member] = CLOSED
    }
    open.length = from
  }
}

function hasSelfEdge({firstEdge, edgeTarget}: Snapshot, edges: BitSet, node: number): boolean {
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeTarget[edge] === node && edges.has(edge)) return true
  }
  return false
}
