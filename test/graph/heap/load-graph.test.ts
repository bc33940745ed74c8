import assert from 'node:assert/strict'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {writeHeapSnapshot} from 'node:v8'
import fc from 'fast-check'
import {MultiDirectedGraph} from 'graphology'
import {subgraph} from 'graphology-operators'
import {bidirectional, edgePathFromNodePath} from 'graphology-shortest-path'
import {loadGraph, toGraphology} from '../../../src/graph/heap/load-graph.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {HeapgraphError} from '../../../src/util/errors.ts'
import {heapSnapshotBytes, plainHeap, randomHeap, toRealGraph} from '../random-heap.ts'

const folder = await mkdtemp(join(tmpdir(), 'heapgraph-graph-'))
after(() => rm(folder, {recursive: true}))

test('toGraphology makes an equal graph that can be changed', async () => {
  await fc.assert(
    fc.asyncProperty(randomHeap, async heap => {
      const snapshot = await openSnapshot(heapSnapshotBytes(heap))
      const {names, ofNode} = snapshot.types
      const copy = toGraphology(snapshot)
      assert.ok(copy instanceof MultiDirectedGraph)
      assert.deepEqual(copy.export(), toRealGraph(heap, node => names[ofNode[node]]).export())
      copy.addNode('new')
      assert.equal(copy.order, heap.nodes.length + 1)
    }),
  )
})

function refusal(snapshot: Snapshot, maxEdges?: number): HeapgraphError {
  try {
    toGraphology(snapshot, maxEdges === undefined ? {} : {maxEdges})
  } catch (error) {
    if (error instanceof HeapgraphError) return error
    throw error
  }
  assert.fail('not refused')
}

/** The same snapshot, with counts as of a larger one: the check looks at nothing else. */
function withCounts(snapshot: Snapshot, nodeCount: number, edgeCount: number): Snapshot {
  return Object.create(snapshot, {nodeCount: {value: nodeCount}, edgeCount: {value: edgeCount}})
}

test('toGraphology refuses more edges than asked for, and says what to do', async () => {
  const ring: [number, number][] = [
    [0, 1],
    [1, 2],
    [2, 0],
  ]
  const snapshot = await openSnapshot(heapSnapshotBytes(plainHeap([1, 3, 5], ring)))
  assert.equal(toGraphology(snapshot, {maxEdges: 3}).size, 3)
  const small = refusal(snapshot, 2)
  assert.equal(small.code, 'TOO_LARGE')
  assert.match(small.message, /3 nodes and 3 edges: more than 2 edges .* about 400 bytes an edge/)
  assert.match(small.hint ?? '', /read-only view.*raise maxEdges/)

  const large = refusal(withCounts(snapshot, 5_000_000, 12_000_000))
  assert.match(large.message, /5,000,000 nodes and 12,000,000 edges: more than 2,000,000 edges .* 4\.8 GB/)
  for (const [nodes, edges] of [
    [5, 16_777_217],
    [16_777_217, 5],
  ]) {
    const impossible = refusal(withCounts(snapshot, nodes, edges), Number.POSITIVE_INFINITY)
    assert.equal(impossible.code, 'TOO_LARGE')
    assert.match(impossible.message, /holds at most 16,777,216 nodes/)
    assert.doesNotMatch(impossible.hint ?? '', /maxEdges/)
  }
})

test('loadGraph refuses what openSnapshot refuses', async () => {
  await assert.rejects(loadGraph(join(folder, 'absent.heapsnapshot')), {code: 'UNREADABLE'})
})

class HeldForTheTest {
  readonly mark = 'held'
}

test('a path from the root to an object of this very process', async () => {
  const held = {list: [new HeldForTheTest()]}
  Object.assign(globalThis, {held})
  const file = writeHeapSnapshot(join(folder, 'self.heapsnapshot'))
  const graph = await loadGraph(file)
  const root = graph.nodes()[0]
  assert.equal(graph.getNodeAttribute(root, 'kind'), 'synthetic')
  const target = graph.findNode((_, {type, kind}) => type === HeldForTheTest.name && kind === 'object')
  assert.ok(target !== undefined)

  const path = bidirectional(graph, root, target)
  assert.ok(path !== null && path.length > 2)
  assert.equal(path[0], root)
  assert.equal(path.at(-1), target)
  const edges = edgePathFromNodePath(graph, path)
  edges.forEach((edge, index) => {
    assert.deepEqual(graph.extremities(edge), [path[index], path[index + 1]])
  })

  const small = subgraph(graph, path)
  assert.equal(small.order, path.length)
  assert.ok(small.size >= edges.length)
  assert.deepEqual(bidirectional(small, root, target)?.length, path.length)
  assert.equal(held.list.length, 1)
})
