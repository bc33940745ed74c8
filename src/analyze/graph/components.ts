/** Strongly connected components: Tarjan (1972), with stacks of our own instead of recursion. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'

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
  // Order of first visit, from 1 on; 0 is unvisited.
  const visit = new Uint32Array(nodeCount)
  const low = new Uint32Array(nodeCount)
  const cursor = new Uint32Array(nodeCount)
  const open = new Uint32Array(nodeCount)
  const path = new Uint32Array(nodeCount)
  const members = new GrowableUint32()
  const first = new GrowableUint32()
  first.push(0)
  first.push(0)
  let openCount = 0
  let visits = 0
  let count = 0
  for (let start = 0; start < nodeCount; start++) {
    if (visit[start] !== 0) continue
    let depth = 0
    const enter = (node: number) => {
      visit[node] = low[node] = ++visits
      cursor[node] = firstEdge[node]
      open[openCount++] = node
      path[depth++] = node
    }
    enter(start)
    while (depth > 0) {
      const node = path[depth - 1]
      const edge = cursor[node]
      if (edge < firstEdge[node + 1]) {
        cursor[node] = edge + 1
        if ((words[edge >>> 5] & (1 << (edge & 31))) === 0) continue
        const target = edgeTarget[edge]
        if (visit[target] === 0) enter(target)
        // A closed node has low CLOSED, which is never smaller.
        else if (low[target] !== CLOSED && visit[target] < low[node]) low[node] = visit[target]
        continue
      }
      depth--
      if (low[node] === visit[node]) {
        let from = openCount
        do from--
        while (open[from] !== node)
        if (openCount - from > 1 || hasSelfEdge(snapshot, edges, node)) {
          count++
          for (let i = from; i < openCount; i++) {
            ofNode[open[i]] = count
            members.push(open[i])
          }
          first.push(members.length)
        }
        for (let i = from; i < openCount; i++) low[open[i]] = CLOSED
        openCount = from
      }
      if (depth > 0 && low[node] < low[path[depth - 1]]) low[path[depth - 1]] = low[node]
    }
  }
  const all = members.view()
  const starts = first.view()
  for (let component = 1; component <= count; component++) all.subarray(starts[component], starts[component + 1]).sort()
  return {ofNode, first: starts, members: all, count}
}

const CLOSED = 0xffffffff

function hasSelfEdge({firstEdge, edgeTarget}: Snapshot, edges: BitSet, node: number): boolean {
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeTarget[edge] === node && edges.has(edge)) return true
  }
  return false
}
