import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {type SizeModel, selfSizes} from '../../src/analyze/facts/self-sizes.ts'
import {dominatedNodes, dominatorTree, retainedSizes} from '../../src/analyze/graph/dominators.ts'
import {type LargeHeap, largeHeap} from '../analyze/plain-heap.ts'
import {type DrawnHeap, heapOf} from '../support/ascii-heap.ts'
import {enough, runs} from '../support/runs.ts'
import {randomHeap, snapshotOf} from './heaps.ts'
import {dominance, essentialEdges, isUserRoot, movedSizes, reachable, retained} from './twin.ts'

test('dominators and retained sizes: the slow twin finds the same, on random heaps', async () => {
  const met = {deep: 0, lost: 0, orphan: 0, page: 0, moved: 0, noUserRoots: 0, table: 0}
  await fc.assert(
    fc.asyncProperty(randomHeap, async heap => {
      const snapshot = await snapshotOf(heap)
      const expected = dominance(heap)
      const {dominator, order} = dominatorTree(snapshot)
      assert.deepEqual([...dominator], expected.dominator)
      const places = new Map(Array.from(order, (node, place) => [node, place]))
      for (const node of order.subarray(1)) assert.ok(places.get(dominator[node])! < places.get(node)!)
      const raw = heap.nodes.map(({selfBytes}) => selfBytes)
      const isDetached = (node: number) => snapshot.detachedness[node] === 2
      const moved = movedSizes(heap, isDetached)
      assert.deepEqual([...selfSizes(snapshot, 'raw')], raw)
      assert.deepEqual([...selfSizes(snapshot, 'devtools')], moved)
      assert.deepEqual([...retainedSizes(snapshot, 'raw')], retained(expected, raw))
      assert.deepEqual([...retainedSizes(snapshot, 'devtools')], retained(expected, moved))
      const essential = essentialEdges(heap)
      const reached = reachable(0, essential)
      const fromRoot = heap.edges.filter(({source}) => source === 0)
      const isPageEdge = ({source, target, kind, half}: (typeof heap.edges)[number]) =>
        source !== target && kind !== 'weak' && kind !== 'shortcut' && half !== 'table'
      met.deep += Number(expected.dominator.some(node => expected.dominator[node] !== 0))
      met.lost += Number(order.length < heap.nodes.length)
      met.orphan += Number(order.length > reached.size)
      met.page += Number(essential.filter(isPageEdge).length < heap.edges.filter(isPageEdge).length)
      met.moved += Number(moved.some((size, node) => size !== raw[node]))
      met.noUserRoots += Number(!fromRoot.some(({target}) => isUserRoot(heap, target)))
      met.table += Number(heap.edges.some(({half}) => half === 'table'))
    }),
    {seed: 11, numRuns: runs(2000)},
  )
  assert.ok(
    Object.values(met).every(count => count > enough(50)),
    JSON.stringify(met),
  )
})

/** Each node's dominator and retained size, by label. */
function drawnTree(heap: DrawnHeap, model: SizeModel = 'raw'): Record<string, string> {
  const {dominator} = dominatorTree(heap)
  const sizes = retainedSizes(heap, model)
  return Object.fromEntries(heap.labels.map((label, node) => [label, `${heap.label(dominator[node])} ${sizes[node]}`]))
}

// root ─▶ A ─┬▶ B ─┐         D is held by both B and C, so A is the one without which it goes
//            └▶ C ─┴▶ D ─▶ E
test('a diamond', async () => {
  const heap = await heapOf('root -> A -> B -> D -> E\n A -> C -> D', {selfBytes: 10})
  assert.deepEqual(drawnTree(heap), {root: 'root 50', A: 'root 50', B: 'A 10', C: 'A 10', D: 'A 20', E: 'D 10'})
  const {first, children} = dominatedNodes(heap)
  const childrenOf = (label: string) => [...children.subarray(first[heap.node(label)], first[heap.node(label) + 1])]
  assert.deepEqual(
    childrenOf('A').map(node => heap.label(node)),
    ['B', 'D', 'C'],
  )
  assert.deepEqual(childrenOf('E'), [])
})

// root ─▶ A ⇄ B     a cycle is dominated by its entrance
//         └▶ C ─▶ A
test('a cycle', async () => {
  const heap = await heapOf('root -> A -> B -> A\n A -> C -> A', {selfBytes: 10})
  assert.deepEqual(drawnTree(heap), {root: 'root 30', A: 'root 30', B: 'A 10', C: 'A 10'})
})

// root ─▶ A ┄▶ B, A ══▶ C     neither a weak edge nor a shortcut holds anything: B and C are entered by nobody and count as
//         └▶ D ◀── B          children of the root, and D is shared by A and B
test('what only weak edges and shortcuts lead to', async () => {
  const heap = await heapOf('root -> A -weak:w-> B -> D\n A -shortcut:s-> C\n A -> D', {selfBytes: 10})
  assert.deepEqual(drawnTree(heap), {root: 'root 40', A: 'root 10', B: 'root 10', C: 'root 10', D: 'root 10'})
})

// root ─▶ A ─▶ B ◀── X ⇄ Y    a cycle that nobody holds: its nodes retain themselves alone, and B does not notice
test('a cycle that nothing reaches', async () => {
  const heap = await heapOf('root -> A -> B\n X -> Y -> X -> B', {selfBytes: 10})
  assert.deepEqual(drawnTree(heap), {root: 'root 40', A: 'root 20', B: 'A 10', X: 'root 10', Y: 'root 10'})
  assert.equal(dominatorTree(heap).order.length, 3)
})

// root ─▶ Key ──▶ value      the value of a WeakMap belongs to its key, even if the table is the larger
//      └▶ table ─▶ value
test('a WeakMap', async () => {
  const name = '/ part of key (Key @3) -> value (V @5) pair in WeakMap (table @7)'
  const heap = await heapOf(
    `root -> Key -internal:"1 ${name}"-> V\n root -> table -internal:"2 ${name}"-> V\n table -weak:3-> Key`,
    {selfBytes: 10},
  )
  assert.deepEqual(drawnTree(heap), {root: 'root 30', Key: 'root 20', V: 'Key 10', table: 'root 10'})
})

// root ══▶ window ─▶ A     a handle holds A too, but page code reaches A and not the handle: for DevTools only the window holds it
//      └▶ (GC roots) ─▶ handle ─▶ A
test('page code reaches it', async () => {
  const drawing = `
    gc: synthetic "(GC roots)" 0
    gc -> handle -> A
  `
  const paged = await heapOf(`root -shortcut:w-> window -> A\n root -> gc\n ${drawing}`, {selfBytes: 10})
  const page = {root: 'root 30', window: 'root 20', A: 'window 10', gc: 'root 10', handle: 'gc 10'}
  assert.deepEqual(drawnTree(paged), page)
  const plain = await heapOf(`root -> window -> A\n root -> gc\n ${drawing}`, {selfBytes: 10})
  assert.deepEqual(drawnTree(plain), {...page, window: 'root 10', A: 'root 10'})
})

// root [1]▶ trees ─▶ A     the element edge counts for the synthetic node of that name only
//      └▶ handle ─▶ A
test('page code begins at the DOM trees', async () => {
  const drawing = 'root [1] -> trees -> A\n root -> handle -> A\n'
  const synthetic = await heapOf(`${drawing} trees: synthetic "(Document DOM trees)" 0`, {selfBytes: 10})
  assert.equal(drawnTree(synthetic).A, 'trees 10')
  const object = await heapOf(`${drawing} trees: object "(Document DOM trees)" 0`, {selfBytes: 10})
  assert.equal(drawnTree(object).A, 'root 10')
})

// root ─▶ Map ─▶ table ─▶ inner      V8's arrays count as the Map's; what two objects share stays
//         Map ─▶ shared ◀─ Other
test('the two models of sizes', async () => {
  const heap = await heapOf(
    `
    root -> Map -internal:table-> table [1] -> inner
    Map -> shared
    root -> Other -> shared
    table: array "" 100
    inner: hidden "" 1000
    shared: array "" 7
    `,
    {selfBytes: 10},
  )
  const raw = {root: 'root 1127', Map: 'root 1110', table: 'Map 1100', inner: 'table 1000'}
  const rest = {shared: 'root 7', Other: 'root 10'}
  assert.deepEqual(drawnTree(heap), {...raw, ...rest})
  assert.deepEqual(drawnTree(heap, 'devtools'), {...raw, table: 'Map 0', inner: 'table 0', ...rest})
  assert.deepEqual([...selfSizes(heap, 'devtools')], [0, 1110, 0, 0, 7, 10])
})

// root ─▶ A (4 GB) ─▶ array (3 GB)     sums above 32 bits, and above 32 bits by moving
test('sizes above 4 GiB', async () => {
  const gb = 1_000_000_000
  const small = await heapOf(`root -> A -> array\n A: object A ${4 * gb}\n array: array "" ${3 * gb}`)
  assert.deepEqual([...selfSizes(small, 'devtools')], [0, 7 * gb, 0])
  assert.deepEqual(drawnTree(small, 'devtools'), {root: `root ${7 * gb}`, A: `root ${7 * gb}`, array: 'A 0'})
  assert.deepEqual(drawnTree(small), {root: `root ${7 * gb}`, A: `root ${7 * gb}`, array: `A ${3 * gb}`})
  const large = await heapOf(`root -> A -> array\n A: object A ${2 ** 52}\n array: array "" ${2 ** 52 - 1}`)
  assert.deepEqual([...selfSizes(large, 'devtools')], [0, Number.MAX_SAFE_INTEGER, 0])
  assert.equal(retainedSizes(large, 'raw')[0], Number.MAX_SAFE_INTEGER)
})

const MILLION = 1_000_000

function treeOf(heap: LargeHeap) {
  const snapshot = largeHeap(heap)
  const bytes = retainedSizes(snapshot, 'raw')
  assert.equal(bytes[0], 16 * heap.nodeCount)
  return {...dominatorTree(snapshot), bytes}
}

test('a chain of a million', () => {
  const nodeCount = MILLION + 1
  const {dominator, bytes} = treeOf({nodeCount, edgeCount: MILLION, source: e => e, target: e => e + 1})
  assert.ok(dominator.every((above, node) => above === Math.max(0, node - 1)))
  assert.ok(bytes.every((size, node) => size === 16 * (nodeCount - node)))
})

test('a chain of a million with ways back and a way from the end to the root', () => {
  const nodeCount = MILLION + 1
  const chain = {source: (e: number) => e >> 1, target: (e: number) => (e % 2 === 0 ? (e >> 1) + 1 : e >> 2)}
  const {dominator} = treeOf({nodeCount, edgeCount: 2 * MILLION, ...chain})
  assert.ok(dominator.every((above, node) => above === Math.max(0, node - 1)))
})

test('a star of a million, and a million that hold one', () => {
  const nodeCount = MILLION + 2
  const last = nodeCount - 1
  const {dominator, bytes} = treeOf({
    nodeCount,
    edgeCount: 2 * MILLION,
    source: e => Math.max(0, e - MILLION + 1),
    target: e => (e < MILLION ? e + 1 : last),
  })
  assert.ok(dominator.every(above => above === 0))
  assert.equal(bytes[last], 16)
})

// root ─▶ c1 ─▶ c2 ─▶ ... ─▶ cn       the items of a long list are held by something else too: each has a way down as long as the
//  │      ▼     ▼            ▼        list and the root for a dominator; algorithms that walk up take n² steps
//  └────▶ x1    x2    ...    xn
test('a ladder: a list of half a million whose items the root holds too', () => {
  const n = MILLION / 2
  const {dominator} = treeOf({
    nodeCount: 2 * n + 1,
    edgeCount: n + 1 + 2 * n - 1,
    source: e => (e <= n ? 0 : ((e - n - 1) >> 1) + 1),
    target: e => {
      if (e === 0) return 1
      if (e <= n) return n + e
      const link = ((e - n - 1) >> 1) + 1
      return (e - n - 1) % 2 === 0 && link < n ? link + 1 : n + link
    },
  })
  assert.ok(dominator.every((above, node) => above === (node <= n ? Math.max(0, node - 1) : 0)))
})

// c1 ─▶ c2 ─▶ ... ─▶ cn, with n ways back from the end: every link is asked for its way up again and again, which only
// compressing it makes short
test('a chain of half a million, each link with a way back from the very end', () => {
  const n = MILLION / 2
  const {dominator} = treeOf({
    nodeCount: n + 1,
    edgeCount: 2 * n,
    source: e => Math.min(e, n),
    target: e => (e < n ? e + 1 : e - n + 1),
  })
  assert.ok(dominator.every((above, node) => above === Math.max(0, node - 1)))
})

// root ─▶ every fourth of a list of half a million whose links also point to far ones, forth and back: nearly every link is entered
// from all sides, and the root dominates whatever has two ways in
test('a list of half a million, cross-linked, that the root holds here and there', () => {
  const n = MILLION / 2
  const held = n / 4
  const far = (node: number) => 1 + ((node * 7919 + 13) % n)
  const {dominator, count, order} = treeOf({
    nodeCount: n + 1,
    edgeCount: held + 3 * n,
    source: e => (e < held ? 0 : 1 + Math.floor((e - held) / 3)),
    target: e => {
      if (e < held) return 1 + 4 * e
      const node = 1 + Math.floor((e - held) / 3)
      return [(node % n) + 1, far(node), far(n - node)][(e - held) % 3]
    },
  })
  assert.equal(order.length, n + 1)
  assert.ok(dominator.every((above, node) => node % 4 !== 1 || above === 0))
  const counted = new Uint32Array(n + 1).fill(1)
  for (let place = n; place > 0; place--) counted[dominator[order[place]]] += counted[order[place]]
  assert.deepEqual(counted, count)
})

test('all that a node dominates stands right behind it', async () => {
  await fc.assert(
    fc.asyncProperty(randomHeap, async heap => {
      const {order, count} = dominatorTree(await snapshotOf(heap))
      const {dominated} = dominance(heap)
      order.forEach((node, place) => {
        if (node === 0) assert.equal(count[0], heap.nodes.length)
        else assert.deepEqual(new Set(order.subarray(place, place + count[node])), dominated[node])
      })
    }),
    {seed: 12, numRuns: runs(300)},
  )
})
