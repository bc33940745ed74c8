import assert from 'node:assert/strict'
import {test} from 'node:test'
import {inspect} from 'node:util'
import fc from 'fast-check'
import {MultiDirectedGraph} from 'graphology'
import type {AbstractGraph} from 'graphology-types'
import {isGraph} from 'graphology-utils'
import type {HeapEdgeAttributes, HeapGraph, HeapNodeAttributes} from '../../../src/graph/heap/heap-graph.ts'
import {heapView} from '../../../src/graph/heap/heap-view.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {runs} from '../../support/runs.ts'
import {type Heap, heapSnapshotBytes, plainHeap, randomHeap, toRealGraph} from '../random-heap.ts'

type Method = (...args: unknown[]) => unknown

async function both(heap: Heap): Promise<{view: HeapGraph; real: HeapGraph}> {
  const snapshot = await openSnapshot(heapSnapshotBytes(heap))
  const {names, ofNode} = snapshot.types
  return {view: heapView(snapshot), real: toRealGraph(heap, node => names[ofNode[node]])}
}

/** graphology's own methods, without its privates and without those of its event emitter. */
const methodNames = Object.getOwnPropertyNames(Object.getPrototypeOf(MultiDirectedGraph.prototype)).filter(
  name => name !== 'constructor' && !name.startsWith('_'),
)
const isMutator = (name: string) => /^(add|merge|update|drop|clear|set|remove|replace|import)/.test(name)
const IN_PROPERTIES = /^(inspect|export|toJSON|toString|nullCopy|emptyCopy|copy)$/
const readers = methodNames.filter(name => !isMutator(name) && !IN_PROPERTIES.test(name))
const properties = [
  ...['order', 'size', 'directedSize', 'undirectedSize', 'type', 'multi', 'allowSelfLoops'],
  ...['selfLoopCount', 'directedSelfLoopCount', 'undirectedSelfLoopCount'],
]

/** Calls a method; the answer is what it returned or threw, and all that its callback heard. */
function observe(graph: HeapGraph, name: string, ends: unknown[], callback: 'none' | 'stops' | 'counts'): unknown {
  const heard: unknown[][] = []
  const args = [...ends]
  if (callback !== 'none') {
    args.push((...row: unknown[]) => {
      // An accumulator is its own story: it is compared as the result.
      heard.push(name.startsWith('reduce') ? row.slice(1) : row)
      if (name.startsWith('reduce')) return (row[0] as number) + heard.length
      return callback === 'stops' ? heard.length % 3 === 2 : heard.length % 4
    })
    if (name.startsWith('reduce')) args.push(7)
  }
  const method = (graph as unknown as Record<string, Method>)[name]
  try {
    let result = method.apply(graph, args)
    // An empty iterator of graphology's gives no value, where one made by a generator gives undefined.
    if (name.endsWith('Entries')) result = [...(result as Iterable<unknown>)]
    // graphology's find…Edge says false where there is no undirected edge, and undefined where nothing is found.
    if (name === 'findUndirectedEdge') result = result || undefined
    return {result, heard}
  } catch (error) {
    const {name, message} = error as Error
    return {name, message: name === 'InvalidArgumentsGraphError' ? '' : message.replace(/ +/g, ' '), heard}
  }
}

/** All lists of arguments, without the callback, that a method is tried with. */
function argumentLists(name: string, nodes: string[], edges: string[]): unknown[][] {
  const pairs = nodes.flatMap(source => nodes.map(target => [source, target]))
  const incident = nodes.flatMap(node => edges.map(edge => [node, edge]))
  if (/^(get|has)\w*Attributes?$/.test(name)) {
    const whose = /Opposite/.test(name) ? incident : [...nodes, ...edges].map(key => [key])
    const graphs = /^(get|has)Attributes?$/.test(name) ? [[], ['name']] : []
    const named = ['name', 'id', 'kind', 'weight'].flatMap(attribute => whose.map(keys => [...keys, attribute]))
    return [...graphs, ...(name.endsWith('Attributes') ? [...whose, ...pairs] : [...named, [...pairs[0], 'name']])]
  }
  if (name === 'opposite') return incident
  if (name === 'hasExtremity') return incident.map(([node, edge]) => [edge, node])
  if (/^are/.test(name) || /^(edge|directedEdge|undirectedEdge)$/.test(name)) return pairs
  if (/^has/.test(name)) return [[], ...nodes.map(key => [key]), ...edges.map(key => [key]), ...pairs, [1, 2, 3]]
  if (/^(source|target|extremities|is\w+)$/.test(name)) return [...edges, ...nodes].map(key => [key])
  if (/Adjacency|Nodes?$|nodeEntries|nodes/.test(name)) return [[]]
  if (/Neighbor/i.test(name) || /degree/i.test(name)) return [...nodes, ...edges].map(key => [key])
  assert.match(name, /edge/i, `${name} is not tried`)
  // Of undirected edges graphology does not count the arguments in most methods.
  const tooMany = /Undirected|undirected/.test(name) ? [] : [[nodes[0], nodes[0], nodes[0]]]
  return [[], ...nodes.map(key => [key]), ...pairs, ...tooMany]
}

const takesCallback = (name: string) => /^(forEach|map|filter|reduce|find|some|every)/.test(name)

test('has every member of a graphology graph', async () => {
  const {view, real} = await both(plainHeap([1], []))
  const members = view as unknown as Record<string, unknown>
  assert.ok(methodNames.length > 250)
  for (const name of methodNames) assert.equal(typeof members[name], 'function', name)
  for (const name of [...properties, 'implementation']) assert.equal(typeof members[name], typeof (real as never)[name])
  assert.equal(view.implementation, 'heapgraph')
})

test('every reading member answers as graphology does', async () => {
  await fc.assert(
    fc.asyncProperty(randomHeap, async heap => {
      const {view, real} = await both(heap)
      for (const name of properties) assert.equal((view as never)[name], (real as never)[name], name)
      const unknown = ['@01', '@99', '@-1', '@1.5', '@NaN', '@', '', 'toGraph', '5']
      const nodes = [...real.nodes(), unknown[heap.edges.length % unknown.length]]
      const edges = [...real.edges().slice(0, 12), ['e-1', 'e00', 'e1.0', `e${real.size}`, 'x'][real.size % 5]]
      for (const name of readers) {
        for (const ends of argumentLists(name, nodes, edges)) {
          for (const callback of takesCallback(name) ? (['stops', 'counts'] as const) : (['none'] as const)) {
            const seen = observe(view, name, ends, callback)
            assert.deepEqual(seen, observe(real, name, ends, callback), `${name}(${ends}) ${callback}`)
          }
        }
      }
    }),
    {numRuns: runs(60), includeErrorInReport: true},
  )
})

test('copies, serializes and shows itself as graphology does', async () => {
  await fc.assert(
    fc.asyncProperty(randomHeap, async heap => {
      const {view, real} = await both(heap)
      assert.deepEqual(view.export(), real.export())
      assert.equal(JSON.stringify(view), JSON.stringify(real))
      assert.equal(`${view}`, `${real}`)
      for (const options of [undefined, {}, {type: 'mixed'}, {multi: true}, {allowSelfLoops: true}] as const) {
        assert.deepEqual(view.copy(options).export(), real.copy(options).export())
        assert.deepEqual(view.nullCopy(options).export(), real.nullCopy(options).export())
        assert.deepEqual(view.emptyCopy(options).export(), real.emptyCopy(options).export())
      }
      assert.deepEqual(view.emptyCopy({multi: false}).export(), real.emptyCopy({multi: false}).export())
      const shown = view.inspect()
      const wanted = real.inspect()
      assert.deepEqual(shown.nodes, wanted.nodes)
      assert.deepEqual(shown.edges, wanted.edges)
    }),
  )
  const {view} = await both(plainHeap([1], []))
  for (const options of [{type: 'undirected'}, {multi: false}, {allowSelfLoops: false}] as const) {
    assert.throws(() => view.copy(options), {name: 'UsageGraphError'})
  }
  view.copy().addNode('new')
})

test('console.log shows the beginning of a large graph', async () => {
  const ids = Array.from({length: 150}, (_, index) => index * 2 + 1)
  const {view} = await both(
    plainHeap(
      ids,
      ids.map((_, node) => [node, 0]),
    ),
  )
  const text = inspect(view)
  assert.match(text, /order: 150/)
  assert.match(text, /'@199':/)
  assert.doesNotMatch(text, /'@201':/)
  assert.match(text, /50 more nodes/)
  assert.match(text, /50 more edges/)
})

test('every member that would change the graph refuses', async () => {
  const {view} = await both(plainHeap([1, 3], [[0, 1]]))
  const refusal = {code: 'READ_ONLY', message: 'the graph view of a heap is read-only', name: 'HeapgraphError'}
  const mutators = methodNames.filter(isMutator)
  assert.ok(mutators.length > 70)
  const members = view as unknown as Record<string, Method>
  for (const name of mutators) assert.throws(() => members[name]('@1', '@3', {}), refusal, name)
  assert.throws(() => Object.assign(view, {order: 7}), TypeError)
  // Attributes are made for the caller: changing them changes nothing.
  view.getNodeAttributes('@1').name = 'changed'
  assert.equal(view.getNodeAttribute('@1', 'name'), 'Thing')
})

test('a callback or an initial value that is missing is refused', async () => {
  const {view} = await both(plainHeap([1, 3], [[0, 1]]))
  const members = view as unknown as Record<string, Method>
  const invalid = {name: 'InvalidArgumentsGraphError'}
  for (const name of readers.filter(takesCallback)) {
    assert.throws(() => members[name](), invalid, name)
    assert.throws(() => members[name]('@1'), invalid, name)
  }
  assert.throws(() => members.reduceNodes(() => 0), invalid)
  assert.throws(() => members.reduceNeighbors('@1', () => 0), invalid)
  assert.throws(() => members.reduceEdges('@1', () => 0), invalid)
})

test('callbacks may ask the graph again', async () => {
  await fc.assert(
    fc.asyncProperty(randomHeap, async heap => {
      const {view, real} = await both(heap)
      const walk = (graph: HeapGraph) =>
        graph.mapNodes(node =>
          graph.mapNeighbors(node, neighbor => [
            graph.mapOutEdges(neighbor, (edge, _, source) => [edge, graph.inNeighbors(source)]),
            [...graph.edgeEntries()].map(({edge}) => graph.opposite(graph.source(edge), edge)),
          ]),
        )
      assert.deepEqual(walk(view), walk(real))
    }),
    {numRuns: runs(30)},
  )
})

test('keys may be given as anything that has them as its string', async () => {
  const {view, real} = await both(plainHeap([1, 3], [[0, 1]]))
  const key = {toString: () => '@1'}
  for (const graph of [view, real]) {
    assert.equal(graph.hasNode(key), true)
    assert.equal(graph.hasNode(1), false)
    assert.deepEqual(graph.outNeighbors(key), ['@3'])
    // As in `nodes.map(graph.neighbors.bind(graph))`.
    assert.deepEqual((graph.neighbors as Method)('@1', 0, ['@1']), ['@3'])
  }
})

test('ids that share their lower half, and many ids, are all found', async () => {
  const halves = [0, 1, 2, 3, 1000].flatMap(high => [7, 8, 0xffffffff].map(low => high * 2 ** 32 + low))
  const ids = [...halves, ...Array.from({length: 5000}, (_, index) => 100_003 + 2 * index)]
  const {view} = await both(plainHeap(ids, []))
  for (const id of ids) assert.equal(view.getNodeAttribute(`@${id}`, 'id'), id)
  for (const id of [6, 9, 100_004, 4 * 2 ** 32 + 7]) assert.equal(view.hasNode(`@${id}`), false)
})

test('an id that two nodes have is reported when ids are first needed', async () => {
  const snapshot = await openSnapshot(heapSnapshotBytes(plainHeap([4, 2 ** 40 + 1, 6, 2 ** 40 + 1], [])))
  const refusal = {code: 'BROKEN_SNAPSHOT', message: /@1099511627777 .*\b1 and 3\b/}
  assert.equal(heapView(snapshot).order, 4)
  assert.throws(() => heapView(snapshot).hasNode('@4'), refusal)
  assert.throws(() => heapView(snapshot).copy(), refusal)
})

test('detachedness is 0 where the file does not say', async () => {
  const heap = plainHeap([1], [])
  heap.nodes[0].detachedness = 2
  const graph = async (withDetachedness: boolean) =>
    heapView(await openSnapshot(heapSnapshotBytes(heap, withDetachedness)))
  assert.equal((await graph(true)).getNodeAttribute('@1', 'detachedness'), 2)
  assert.equal((await graph(false)).getNodeAttribute('@1', 'detachedness'), 0)
})

test('is a graph to graphology and to the compiler, and takes listeners', async () => {
  const {view} = await both(plainHeap([1], []))
  const graph: AbstractGraph<HeapNodeAttributes, HeapEdgeAttributes> = view
  assert.equal(isGraph(graph), true)
  const type: string = graph.getNodeAttributes('@1').type
  assert.equal(type, 'Thing')
  graph.on('nodeAdded', () => assert.fail())
  assert.equal(graph.listenerCount('nodeAdded'), 1)
})
