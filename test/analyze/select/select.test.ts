import assert from 'node:assert/strict'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {list, show} from '../../../src/analyze/answers/objects.ts'
import {types} from '../../../src/analyze/answers/types.ts'
import {distances} from '../../../src/analyze/graph/distances.ts'
import {edgeNamePredicate, nearestTypes, type Selector, select, sortById} from '../../../src/analyze/select/select.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'
import {many, runs} from '../../support/runs.ts'
import {largeHeap, NOTHING_OFF_HEAP, nodesOf, randomHeap, snapshotOf} from '../plain-heap.ts'

const typeOf = ({types}: Snapshot, node: number) => types.names[types.ofNode[node]]
const nameOf = ({strings, nodeName}: Snapshot, node: number) => strings.get(nodeName[node])

test('select: a scan finds the same, on random heaps', async () => {
  const patterns: [string, (text: string) => boolean][] = [
    ['A', text => text === 'A'],
    ['Object', text => text === 'Object'],
    ['<div>', text => text === '<div>'],
    ['(array)', text => text === '(array)'],
    ['/^[AB]$/', text => text === 'A' || text === 'B'],
    ['/DIV/i', text => text.toLowerCase().includes('div')],
    ['/a/g', text => text.includes('a')],
    ['//', () => true],
  ]
  const question = fc.tuple(randomHeap(), fc.constantFrom(...patterns), fc.nat())
  await fc.assert(
    fc.asyncProperty(question, async ([heap, [pattern, matches], number]) => {
      const snapshot = await snapshotOf(heap)
      const byId = (a: number, b: number) => heap.nodes[a].id - heap.nodes[b].id
      const found = (selector: Selector) => [...select(snapshot, selector).nodes]
      const byType = nodesOf(snapshot, node => matches(typeOf(snapshot, node))).sort(byId)
      assert.deepEqual(found({type: pattern}), byType)
      assert.deepEqual(found({name: pattern}), nodesOf(snapshot, node => matches(heap.nodes[node].name)).sort(byId))
      const node = number % heap.nodes.length
      assert.deepEqual(found({id: heap.nodes[node].id}), [node])
      const named = edgeNamePredicate(snapshot, pattern)
      heap.edges.forEach(({name}, edge) => {
        assert.equal(named(edge), matches(`${name}`))
      })
    }),
    {seed: 41, numRuns: runs(600)},
  )
})

const ODD_NAMES = ['a.b', '$', '^', '(', '[x]', 'два слова', '\n', ' ', '', '/', '\\', '"', '😀', '@12', 'a/b']

test('select: odd names are found as they are', async () => {
  const heap = await heapOf(ODD_NAMES.map((name, i) => `n${i}: object ${JSON.stringify(name)}`).join('\n'))
  ODD_NAMES.forEach((name, i) => {
    assert.deepEqual([...select(heap, {type: name}).nodes], [heap.node(`n${i}`)], name)
  })
  // The root has no name either.
  assert.deepEqual([...select(heap, {name: ''}).nodes], [0, heap.node(`n${ODD_NAMES.indexOf('')}`)])
  assert.deepEqual(
    ['A', '@12', 'name x'],
    [select(heap, {type: 'A'}), select(heap, {id: 12}), select(heap, {name: 'x'})].map(({subject}) => subject),
  )
})

test('select: what is no regular expression is told so', async () => {
  const heap = await heapOf('root -> A')
  for (const pattern of ['/(/', '/[/', '/a/uv']) {
    for (const selector of [{type: pattern}, {name: pattern}]) {
      assert.throws(() => select(heap, selector), {name: 'HeapgraphError', code: 'USAGE'}, pattern)
    }
  }
  // These are names, not expressions.
  for (const name of ['/', '/a', 'a/', '/a/B', '/a/1', '/a/b', '/usr/lib/x', '/usr/lib/s'])
    assert.equal(select(heap, {type: name}).nodes.length, 0)
  assert.deepEqual([...select(heap, {type: '/^a$/is'}).nodes], [1])
  assert.equal(select(heap, {id: 99}).nodes.length, 0)
})

test('sortById: ids beyond 32 bits and very many nodes', () => {
  const nodeCount = many(1_000_000)
  const heap = largeHeap({nodeCount, edgeCount: 0, source: () => 0, target: () => 0})
  const turned = Uint32Array.from({length: nodeCount}, (_, i) => nodeCount - 1 - i)
  assert.ok(sortById(heap, turned).every((node, i) => node === i))
  const huge = {...heap, nodeCount: 3, nodeId: Float64Array.of(2 ** 53 - 1, 5, 2 ** 53 - 3)} as unknown as Snapshot
  assert.deepEqual([...sortById(huge, Uint32Array.of(0, 1, 2))], [1, 2, 0])
})

test('nearest types: for a slip of the pen, the wrong case, a part of the name', async () => {
  const names = ['Buffer', 'ArrayBuffer', 'SharedArrayBuffer', 'Map', 'WeakMap', 'Request', 'IncomingMessage', 'x']
  const heap = await heapOf(names.map((name, i) => `n${i}: object ${name}`).join('\n'))
  const near = (wanted: string) => nearestTypes(heap, wanted)
  assert.equal(near('Bufer')[0], 'Buffer')
  assert.equal(near('buffer')[0], 'Buffer')
  assert.deepEqual(near('incoming'), ['IncomingMessage'])
  assert.deepEqual(near('WaekMap').slice(0, 1), ['WeakMap'])
  assert.deepEqual(near('Kubernetes'), [])
  assert.deepEqual(near('x'.repeat(1000)), [])
  assert.equal(nearestTypes(heap, 'Buffer', 2).length, 2)
})

/** Rows as text, without the example's id. */
const rows = (heap: DrawnHeap, options: Parameters<typeof types>[1]) =>
  types(heap, {retained: false, sizes: 'raw', ...options}).rows.map(
    ({type, count, selfBytes}) => `${type} ${count} ${selfBytes}`,
  )

// three types: 1 of 100 bytes, 3 of 40 in all, 2 of 40 in all; a node without bytes does not count
const ZOO = `
  root -> window
  window: object window 100
  B1: object B 10
  B2: object B 10
  B3: object B 20
  A1: object A 39
  A2: object A 1 @4
  Empty: object Empty 0
`

test('types: sorted, filtered, cut', async () => {
  const heap = await heapOf(ZOO)
  assert.deepEqual(rows(heap, {sort: 'self'}), ['window 1 100', 'B 3 40', 'A 2 40'])
  assert.deepEqual(rows(heap, {sort: 'count'}), ['B 3 40', 'A 2 40', 'window 1 100'])
  assert.deepEqual(rows(heap, {sort: 'name'}), ['A 2 40', 'B 3 40', 'window 1 100'])
  assert.deepEqual(rows(heap, {sort: 'name', filter: '/^[A-Z]$/'}), ['A 2 40', 'B 3 40'])
  const {rows: cut, total, limitsReached} = types(heap, {sort: 'self', limit: 1, sizes: 'raw', retained: false})
  assert.deepEqual(
    [cut.length, total, limitsReached],
    [1, {types: 3, count: 6, selfBytes: 180, offHeap: NOTHING_OFF_HEAP}, {rows: 1}],
  )
  const [a] = types(heap, {filter: 'A'}).rows
  assert.equal(heap.label(a.example), 'A2')
})

test('types: nodes add up, on random heaps', async () => {
  await fc.assert(
    fc.asyncProperty(randomHeap(), async heap => {
      const snapshot = await snapshotOf(heap)
      const {rows, total, emptyCount} = types(snapshot, {limit: 1000, sizes: 'raw', retained: false})
      for (const {type, count, selfBytes, example, location} of rows) {
        const members = nodesOf(snapshot, node => typeOf(snapshot, node) === type && heap.nodes[node].selfBytes > 0)
        const bytes = members.reduce((sum, node) => sum + heap.nodes[node].selfBytes, 0)
        const smallest = Math.min(...members.map(node => heap.nodes[node].id))
        assert.deepEqual([count, selfBytes, heap.nodes[example].id, location], [members.length, bytes, smallest, null])
      }
      assert.equal(total.count + emptyCount, heap.nodes.length)
    }),
    {seed: 42, numRuns: runs(400)},
  )
})

test('list: sorted by id, size or distance, ties by id', async () => {
  const heap = await heapOf(`
    root -> window -> far -> L1
    window -> L2
    L1: object L 8 @30
    L2: object L 8 @20
    L3: object L 9 @40
    L4: object L 8 @10
  `)
  const labels = (options: Parameters<typeof list>[2]) =>
    [...list(heap, select(heap, {type: 'L'}), options).nodes].map(node => heap.label(node))
  assert.deepEqual(labels({sort: 'id'}), ['L4', 'L2', 'L1', 'L3'])
  assert.deepEqual(labels({sort: 'self'}), ['L3', 'L4', 'L2', 'L1'])
  // Unreachable ones last.
  assert.deepEqual(labels({sort: 'distance'}), ['L2', 'L1', 'L4', 'L3'])
  const {nodes, total, limitsReached} = list(heap, select(heap, {type: 'L'}), {sort: 'id', limit: 3})
  assert.deepEqual(
    [nodes.length, total, limitsReached],
    [3, {count: 4, selfBytes: 33, offHeap: NOTHING_OFF_HEAP}, {rows: 3}],
  )
  assert.deepEqual(list(heap, select(heap, {type: 'None'})).total, {count: 0, selfBytes: 0, offHeap: NOTHING_OFF_HEAP})
})

test('show: all edges in the order of the file, weak ones too', async () => {
  const path = fileURLToPath(new URL('../../../fixtures/snapshots/weakmap.node20.heapsnapshot.gz', import.meta.url))
  const snapshot = await openSnapshot(path)
  const [node] = select(snapshot, {type: 'WeakMap'}).nodes
  const {out, in: incoming, total, distance} = show(snapshot, node, {limit: 5})
  const {firstEdge, edgeTarget} = snapshot
  assert.deepEqual(
    [...out],
    Array.from({length: out.length}, (_, i) => firstEdge[node] + i),
  )
  assert.equal(total.out, firstEdge[node + 1] - firstEdge[node])
  const pointing = edgeTarget.reduce((count, target) => count + Number(target === node), 0)
  assert.equal(total.in, pointing)
  assert.ok([...incoming].every(edge => edgeTarget[edge] === node))
  assert.equal(distance, distances(snapshot)[node])
  const hub = show(snapshot, 1, {limit: 2})
  assert.deepEqual([hub.out.length, hub.limitsReached], [2, {edges: 2}])
  assert.equal(nameOf(snapshot, 1), '(GC roots)')
})
