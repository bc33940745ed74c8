import assert from 'node:assert/strict'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {type DominatorsAnswer, dominators} from '../../src/analyze/answers/dominator-view.ts'
import {show} from '../../src/analyze/answers/objects.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {type DrawnHeap, heapOf} from '../support/ascii-heap.ts'
import {enough, runs} from '../support/runs.ts'
import {type Heap, randomHeap, snapshotOf} from './heaps.ts'
import {type Dominance, dominance, reachable, retained} from './twin.ts'

function childrenOf({dominator}: Dominance, node: number): number[] {
  return dominator.flatMap((above, child) => (above === node && child !== 0 ? [child] : []))
}

interface Limits {
  depth: number
  fan: number
  minShare: number
}

/** Rows add up: what is shown of a node's children and what is left are all its children. */
function assertRows(heap: Heap, answer: DominatorsAnswer, {depth, fan, minShare}: Limits): void {
  const tree = dominance(heap)
  const bytes = retained(
    tree,
    heap.nodes.map(({selfBytes}) => selfBytes),
  )
  const order = (a: number, b: number) => bytes[b] - bytes[a] || heap.nodes[a].id - heap.nodes[b].id
  answer.rows.forEach((row, index) => {
    const children = childrenOf(tree, row.node)
    const large = children.filter(child => bytes[child] > 0 && bytes[child] >= minShare * bytes[0])
    const expected = row.level === depth ? [] : large.sort(order).slice(0, fan)
    const shown = answer.rows.filter(({parent}) => parent === index)
    assert.deepEqual(
      shown.map(({node}) => node),
      expected,
    )
    assert.ok(shown.every(({level}) => level === row.level + 1))
    assert.equal(row.retainedBytes, bytes[row.node])
    const left = children.filter(child => !expected.includes(child))
    const leftBytes = left.reduce((sum, child) => sum + bytes[child], 0)
    assert.deepEqual(
      row.left,
      left.length === 0 ? undefined : {count: left.length, retainedBytes: leftBytes, types: []},
    )
  })
  assert.equal(answer.heapBytes, bytes[0])
  assert.equal(answer.rows[0].parent, null)
}

/** Down along the largest child, to the first node of which no child has half. */
function naiveDrop(heap: Heap, start: number): DominatorsAnswer['drop'] {
  const tree = dominance(heap)
  const bytes = retained(
    tree,
    heap.nodes.map(({selfBytes}) => selfBytes),
  )
  let node = start
  for (let level = 0; ; level++) {
    const children = childrenOf(tree, node)
    if (children.length === 0) return undefined
    const largestChildBytes = Math.max(...children.map(child => bytes[child]))
    if (largestChildBytes < bytes[node] / 2) {
      return {node, retainedBytes: bytes[node], largestChildBytes, childCount: children.length, level}
    }
    node = children.find(child => bytes[child] === largestChildBytes)!
  }
}

test('dominators: rows add up, the chain reaches the root, the drop is where it should be', async () => {
  const met = {drop: 0, deepDrop: 0, left: 0, levels: 0, chain: 0}
  const limits = fc.record({
    depth: fc.nat(3),
    fan: fc.integer({min: 1, max: 4}),
    minShare: fc.constantFrom(0, 0, 0.05, 0.3),
  })
  await fc.assert(
    fc.asyncProperty(randomHeap, fc.nat(), limits, async (heap, number, limits) => {
      const snapshot = await snapshotOf(heap)
      const node = number % 2 === 0 ? 0 : number % heap.nodes.length
      const answer = dominators(snapshot, {...limits, node, sizes: 'raw'})
      assertRows(heap, answer, limits)
      const {dominator} = dominance(heap)
      assert.equal(answer.chain[0], node)
      assert.equal(answer.chain.at(-1), 0)
      answer.chain.slice(1).forEach((above, i) => {
        assert.equal(above, dominator[answer.chain[i]])
      })
      assert.deepEqual(answer.drop, naiveDrop(heap, node))
      met.drop += Number(answer.drop !== undefined)
      met.deepDrop += Number((answer.drop?.level ?? 0) > 0)
      met.left += Number(answer.rows.some(({left}) => left !== undefined))
      met.levels += Number(answer.rows.some(({level}) => level > 1))
      met.chain += Number(answer.chain.length > 2)
    }),
    {seed: 41, numRuns: runs(800)},
  )
  assert.ok(
    Object.values(met).every(count => count > enough(30)),
    JSON.stringify(met),
  )
})

test('show: what a node retains and what it reaches', async () => {
  const met = {more: 0, shadow: 0}
  await fc.assert(
    fc.asyncProperty(randomHeap, fc.nat(), async (heap, number) => {
      const snapshot = await snapshotOf(heap)
      const node = number % heap.nodes.length
      const tree = dominance(heap)
      const sizes = heap.nodes.map(({selfBytes}) => selfBytes)
      const answer = show(snapshot, node, {sizes: 'raw'})
      assert.equal(answer.retainedBytes, retained(tree, sizes)[node])
      assert.equal(answer.retainedCount, tree.dominated[node].size)
      assert.equal(answer.dominator, tree.dominator[node])
      // Section 6 without its rule 5: reaching is no matter of who else does.
      const strong = heap.edges.filter(
        ({source, kind, half}) => half !== 'table' && kind !== 'weak' && (kind !== 'shortcut' || source === 0),
      )
      const reached = reachable(node, strong)
      const selfBytes = [...reached].reduce((sum, other) => sum + sizes[other], 0)
      assert.deepEqual(answer.reachable, {count: reached.size, selfBytes})
      met.more += Number(reached.size > answer.retainedCount)
      met.shadow += Number(answer.retainedCount > 1)
    }),
    {seed: 42, numRuns: runs(500)},
  )
  assert.ok(
    Object.values(met).every(count => count > enough(50)),
    JSON.stringify(met),
  )
})

function drawn(heap: DrawnHeap, answer: DominatorsAnswer): string[] {
  return answer.rows.map(({node, level, retainedBytes, left}) => {
    const rest = left === undefined ? '' : ` + ${left.count} left: ${left.retainedBytes}`
    return `${'  '.repeat(level)}${heap.label(node)} ${retainedBytes}${rest}`
  })
}

// root ─▶ app ─▶ cache ─▶ e1 (20), e2 (30), e3 (50)     nearly all goes down to the cache, and there it falls apart
//      └▶ small (5)
test('a cache, drawn', async () => {
  const heap = await heapOf(`
    root -> app -> cache
    root -> small
    cache [0] -> e1
    cache [1] -> e2
    cache [2] -> e3
    app: object App 1
    cache: object Cache 1
    small: object Small 5
    e1: object Entry 20
    e2: object Entry 30
    e3: object Entry 40
  `)
  const all = dominators(heap, {minShare: 0})
  assert.deepEqual(drawn(heap, all), [
    'root 97',
    '  app 92',
    '  small 5',
    '    cache 91',
    ...['e3 40', 'e2 30', 'e1 20'].map(row => `      ${row}`),
  ])
  const cache = heap.node('cache')
  assert.deepEqual(all.drop, {node: cache, retainedBytes: 91, largestChildBytes: 40, childCount: 3, level: 2})
  const cut = dominators(heap, {minShare: 0.1, fan: 2})
  assert.deepEqual(drawn(heap, cut), [
    ...['root 97 + 1 left: 5', '  app 92', '    cache 91 + 1 left: 20', '      e3 40', '      e2 30'],
  ])
  assert.deepEqual(drawn(heap, dominators(heap, {depth: 0})), ['root 97 + 2 left: 97'])
  const chain = dominators(heap, {node: heap.node('e2')})
  assert.deepEqual(
    chain.chain.map(node => heap.label(node)),
    ['e2', 'cache', 'app', 'root'],
  )
  assert.equal(chain.drop, undefined)
})

test('a list of links has no drop, but an end', async () => {
  const list = await heapOf('root -> a -> b -> c')
  assert.equal(dominators(list).drop, undefined)
  // Exactly half is none yet.
  const half = await heapOf('root -> a -> b\n a -> c\n a: object A 0')
  assert.equal(dominators(half).drop, undefined)
})

// RequestCache ─▶ Map ─▶ table ─▶ 300 entries of a Buffer each, by fixtures/programs/buffer-cache.cjs: the table is where the way
// down falls apart.
test('a real leak: the way down from its holder', async () => {
  const file = fileURLToPath(new URL('../../fixtures/snapshots/buffer-cache.node20.heapsnapshot.gz', import.meta.url))
  const snapshot = await openSnapshot(file)
  const {types, nodeKind, header} = snapshot
  const typeOf = (node: number) => types.names[types.ofNode[node]]
  const cache = types.ofNode.indexOf(types.names.indexOf('RequestCache'))
  const {drop, rows, chain} = dominators(snapshot, {node: cache, minShare: 0, fan: 400})
  assert.ok(drop !== undefined && drop.level === 2 && drop.childCount > 300)
  assert.equal(header.schema.nodeKinds[nodeKind[drop.node]], 'array')
  const entries = rows.filter(
    ({node, parent}) => parent !== null && rows[parent].node === drop.node && typeOf(node) === '{req, body}',
  )
  assert.equal(entries.length, 300)
  assert.ok(entries.every(({retainedBytes}) => retainedBytes > 2048 && retainedBytes <= drop.largestChildBytes))
  assert.deepEqual(chain.map(typeOf).slice(-3), ['Module', 'global', '(synthetic)'])
})
