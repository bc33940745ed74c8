/** graphology's own algorithms give the same on the view as on a real graph: to the order of the answer. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {
  connectedComponents,
  countConnectedComponents,
  forEachConnectedComponent,
  largestConnectedComponent,
  largestConnectedComponentSubgraph,
  stronglyConnectedComponents,
} from 'graphology-components'
import gexf from 'graphology-gexf'
import {reverse, subgraph, toMixed, toSimple, toUndirected} from 'graphology-operators'
import {
  bidirectional,
  dijkstra,
  edgePathFromNodePath,
  singleSource,
  singleSourceLength,
  undirectedSingleSourceLength,
  unweighted,
} from 'graphology-shortest-path'
import {bfs, bfsFromNode, dfs, dfsFromNode} from 'graphology-traversal'
import type {HeapGraph} from '../../src/graph/heap/heap-graph.ts'
import {heapView} from '../../src/graph/heap/heap-view.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {heapSnapshotBytes, randomHeap, toRealGraph} from './random-heap.ts'

type Algorithm = (graph: HeapGraph) => unknown

/** Runs an algorithm on the view and on the real graph of many random heaps. */
function sameOnBoth(name: string, algorithm: Algorithm): void {
  test(name, async () => {
    await fc.assert(
      fc.asyncProperty(randomHeap, async heap => {
        const snapshot = await openSnapshot(heapSnapshotBytes(heap))
        const {names, ofNode} = snapshot.types
        const real = toRealGraph(heap, node => names[ofNode[node]])
        assert.deepEqual(algorithm(heapView(snapshot)), algorithm(real))
      }),
      {includeErrorInReport: true},
    )
  })
}

const fromEachNode = (algorithm: (graph: HeapGraph, node: string) => unknown): Algorithm => {
  return graph => graph.nodes().map(node => algorithm(graph, node))
}
const forEachPair = (algorithm: (graph: HeapGraph, source: string, target: string) => unknown): Algorithm => {
  return graph => graph.nodes().map(source => graph.nodes().map(target => algorithm(graph, source, target)))
}
/** Weights that differ from edge to edge, so that parallel edges matter. */
const weight = (edge: string) => 1 + ((Number(edge.slice(1)) * 7) % 5)

sameOnBoth('components: connectedComponents', graph => connectedComponents(graph))
sameOnBoth('components: countConnectedComponents', graph => countConnectedComponents(graph))
sameOnBoth('components: forEachConnectedComponent', graph => {
  const components: string[][] = []
  forEachConnectedComponent(graph, component => components.push(component))
  return components
})
sameOnBoth('components: largestConnectedComponent', graph => largestConnectedComponent(graph))
sameOnBoth('components: largestConnectedComponentSubgraph', graph => largestConnectedComponentSubgraph(graph).export())
sameOnBoth('components: stronglyConnectedComponents', graph => stronglyConnectedComponents(graph))

sameOnBoth('shortest path: bidirectional', forEachPair(bidirectional))
sameOnBoth(
  'shortest path: edgePathFromNodePath',
  forEachPair((graph, source, target) => {
    const path = bidirectional(graph, source, target)
    return path && edgePathFromNodePath(graph, path)
  }),
)
sameOnBoth('shortest path: singleSource', fromEachNode(singleSource))
sameOnBoth('shortest path: singleSourceLength', fromEachNode(singleSourceLength))
sameOnBoth('shortest path: undirectedSingleSourceLength', fromEachNode(undirectedSingleSourceLength))
sameOnBoth('shortest path: brandes', fromEachNode(unweighted.brandes))
sameOnBoth(
  'shortest path: dijkstra.bidirectional',
  forEachPair((graph, source, target) => dijkstra.bidirectional(graph, source, target, weight)),
)
sameOnBoth(
  'shortest path: dijkstra.singleSource',
  fromEachNode((graph, source) => dijkstra.singleSource(graph, source, weight)),
)

for (const mode of ['outbound', 'inbound', 'in', 'out', 'directed', 'undirected'] as const) {
  const record = (visit: (callback: (...row: unknown[]) => void) => void) => {
    const rows: unknown[] = []
    visit((...row) => {
      rows.push(row)
    })
    return rows
  }
  sameOnBoth(
    `traversal: bfsFromNode, ${mode}`,
    fromEachNode((graph, node) => record(visit => bfsFromNode(graph, node, visit, {mode}))),
  )
  sameOnBoth(
    `traversal: dfsFromNode, ${mode}`,
    fromEachNode((graph, node) => record(visit => dfsFromNode(graph, node, visit, {mode}))),
  )
  sameOnBoth(`traversal: bfs, ${mode}`, graph => record(visit => bfs(graph, visit, {mode})))
  sameOnBoth(`traversal: dfs, ${mode}`, graph => record(visit => dfs(graph, visit, {mode})))
}

sameOnBoth('operators: subgraph of keys', graph => subgraph(graph, graph.nodes().slice(1)).export())
sameOnBoth('operators: subgraph by attributes', graph => {
  return subgraph(graph, (_, attributes) => attributes.name !== 'Map').export()
})
sameOnBoth('operators: reverse', graph => reverse(graph).export())
sameOnBoth('operators: toSimple', graph => toSimple(graph).export())
sameOnBoth('operators: toMixed', graph => toMixed(graph).export())
sameOnBoth('operators: toUndirected', graph => {
  // The keys of its edges are new, and begin with a random number.
  return toUndirected(graph).mapEdges((_, attributes, source, target) => [attributes, source, target])
})

sameOnBoth('gexf: write', graph => {
  const text = gexf.write(graph)
  assert.match(text, /<gexf/)
  // It writes the day.
  return text.replace(/lastmodifieddate="[^"]*"/, '')
})

/** graphology-dag is not among the dependencies; these are the members that its functions call, used as there. */
sameOnBoth('dag: the members of hasCycle', graph => [
  graph.size,
  graph.selfLoopCount,
  graph.someNode(node => graph.someOutboundNeighbor(node, neighbor => neighbor === node)),
])
sameOnBoth('dag: topological sort by its members', graph => {
  const waitsFor = new Map<string, number>()
  const order: string[] = []
  graph.forEachNode(node => {
    let count = 0
    graph.forEachInNeighbor(node, () => {
      count++
    })
    waitsFor.set(node, count)
    if (count === 0) order.push(node)
  })
  for (const node of order) {
    graph.forEachOutNeighbor(node, neighbor => {
      const left = waitsFor.get(neighbor)! - 1
      waitsFor.set(neighbor, left)
      if (left === 0) order.push(neighbor)
    })
  }
  return [graph.order, graph.type, graph.undirectedSize, order]
})
