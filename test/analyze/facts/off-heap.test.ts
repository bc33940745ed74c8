import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {selfAndOffHeap} from '../../../src/emit/safe/wording.ts'
import {
  backrefs,
  list,
  listText,
  listView,
  type OffHeapBytes,
  offHeap,
  offHeapBytes,
  offHeapOf,
  openSnapshot,
  retainedSizes,
  type Snapshot,
  select,
  show,
  showText,
  showView,
  toGraph,
  toText,
  types,
  typesText,
  typesView,
} from '../../../src/index.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'
import {enough, many, runs} from '../../support/runs.ts'
import {
  largeHeap,
  NOTHING_OFF_HEAP as NOTHING,
  type PlainEdge,
  type PlainHeap,
  type PlainNode,
  snapshotOf,
} from '../plain-heap.ts'

const FIXTURES = fileURLToPath(new URL('../../../fixtures/', import.meta.url))
const open = (name: string) => openSnapshot(`${FIXTURES}snapshots/${name}.heapsnapshot.gz`)
const ofType = (snapshot: Snapshot, type: string) => select(snapshot, {type}).nodes

/** The object that the one named holds by a property. */
function held(snapshot: Snapshot, holder: number, property: string): number {
  for (let edge = snapshot.firstEdge[holder]; edge < snapshot.firstEdge[holder + 1]; edge++) {
    const name = snapshot.edgeName[edge]
    if (name < snapshot.strings.count && snapshot.strings.get(name) === property) return snapshot.edgeTarget[edge]
  }
  return assert.fail(`no ${property}`)
}

for (const version of ['node12', 'node20']) {
  test(`the Buffers of the cache have 2,048 bytes each off the heap (${version})`, async () => {
    const snapshot = await open(`buffer-cache.${version}`)
    const buffers = ofType(snapshot, 'Buffer')
    const planted = buffers.filter(node => offHeapOf(snapshot, node).bytes === 2048)
    assert.equal(planted.length, 300)
    for (const node of planted) {
      assert.deepEqual(offHeapOf(snapshot, node), {bytes: 2048, sharedBy: 1, isPool: false})
    }
    assert.deepEqual(offHeapBytes(snapshot, planted), {...NOTHING, bytes: 300 * 2048, stores: 300})
    // The other one or two share the pool.
    const {bytes, pools, poolBytes} = offHeapBytes(snapshot, buffers)
    assert.deepEqual({bytes, pools, poolBytes}, {bytes: 300 * 2048 + 8192, pools: 1, poolBytes: 8192})
  })
}

/** 8 kB until Node 24; what `Buffer.poolSize` is there, the pool says. */
const POOL_BYTES = {
  node12: 8192,
  node16: 8192,
  node18: 8192,
  node20: 8192,
  node22: 8192,
  node24: 65_536,
  node26: 65_600,
}

for (const [version, poolBytes] of Object.entries({...POOL_BYTES, 'node20-internals': 8192})) {
  test(`one of every kind of view (${version})`, async () => {
    const snapshot = await open(`types-zoo.${version}`)
    const zoo = select(snapshot, {type: 'Zoo'}).nodes.find(node => retainedSizes(snapshot, 'raw')[node] > 1000)!
    const of = (property: string) => offHeapOf(snapshot, held(snapshot, zoo, property))
    assert.deepEqual(of('float64'), {bytes: 8000, sharedBy: 1, isPool: false})
    assert.deepEqual(of('uint8'), {bytes: 0, sharedBy: 0, isPool: false}, 'so few bytes lie in the heap')
    assert.deepEqual(of('arrayBuffer'), {bytes: 5000, sharedBy: 1, isPool: false}, 'by its one DataView')
    assert.deepEqual(of('dataView'), {bytes: 5000, sharedBy: 1, isPool: false})
    assert.deepEqual(of('sharedBuffer'), {bytes: 6000, sharedBy: 1, isPool: false})
    assert.deepEqual(of('ownBuffer'), {bytes: 7000, sharedBy: 1, isPool: false})
    const pooled = of('pooledBuffer')
    assert.deepEqual({bytes: pooled.bytes, isPool: pooled.isPool}, {bytes: poolBytes, isPool: true})
  })
}

test('views and pools of the language zoo are those its truth file lists', async () => {
  const truth = JSON.parse(readFileSync(`${FIXTURES}programs/language-zoo.truth.json`, 'utf8'))
  for (const name of truth.snapshots as string[]) {
    const snapshot = await open(name)
    const {stores, viewers, storeOf, through, sharers, isPool} = offHeap(snapshot)
    for (const {bytes, views} of truth.stores as {bytes: number; views: string[]}[]) {
      const [store, ...others] = [...stores.keys()].filter(place => snapshot.nodeSelfBytes[stores[place]] === bytes)
      assert.deepEqual(others, [])
      assert.equal(sharers[store], views.length, name)
      const found = [...viewers.keys()].filter(i => storeOf[i] === store && through[i] !== viewers[i])
      const {types: table} = snapshot
      assert.deepEqual(found.map(i => table.names[table.ofNode[viewers[i]]]).sort(), views.toSorted())
      const nodes = viewers.filter((_, i) => storeOf[i] === store)
      assert.equal(offHeapBytes(snapshot, nodes).bytes, bytes)
    }
    const pools = [...isPool.keys()].filter(store => isPool[store] === 1)
    assert.ok(pools.some(store => sharers[store] >= truth.pool.views.length))
  }
})

const POOLED = `
  root -> Cache.a -> Buffer1 -internal:buffer-> ArrayBuffer1 -internal:backing_store-> store1
  Cache.b -> Buffer2 -internal:buffer-> ArrayBuffer1
  Cache.c -> Buffer3 -internal:buffer-> ArrayBuffer3 -internal:backing_store-> store3
  root -> Slice1 -internal:buffer-> ArrayBuffer3
  root -> context -context:allocPool-> ArrayBuffer1
  root -> Text.buffer -> ArrayBuffer3
  context: object "system / Context" 40
  store1: native "system / JSArrayBufferData" 9000
  store3: native "system / JSArrayBufferData" 500
  none: native "system / JSArrayBufferData" 0
  empty -internal:backing_store-> none
  other -internal:backing_store-> none
  root -> empty
  root -> other
`

const of = (heap: DrawnHeap, ...labels: string[]) =>
  offHeapBytes(
    heap,
    Uint32Array.from(labels, label => heap.node(label)),
  )

test('a store counts once, however many views it has, and says who else looks at it', async () => {
  const heap = await heapOf(POOLED)
  const pool = {...NOTHING, bytes: 9000, stores: 1, sharedBytes: 9000, sharedStores: 1, poolBytes: 9000, pools: 1}
  assert.deepEqual(of(heap, 'Buffer1', 'Buffer2'), pool)
  assert.deepEqual(of(heap, 'Buffer1', 'Buffer2', 'ArrayBuffer1'), pool)
  assert.deepEqual(of(heap, 'ArrayBuffer1'), pool)
  assert.deepEqual(of(heap, 'Buffer1'), {...pool, outsideBytes: 9000, outsideStores: 1})
  const slices = {...NOTHING, bytes: 500, stores: 1, sharedBytes: 500, sharedStores: 1}
  assert.deepEqual(of(heap, 'Buffer3'), {...slices, outsideBytes: 500, outsideStores: 1})
  assert.deepEqual(of(heap, 'Buffer3', 'Slice1'), slices)
  assert.deepEqual(of(heap, 'store3', 'Buffer3'), {...slices, inSelfBytes: 500})
  assert.deepEqual(
    of(heap, 'Cache', 'Text', 'empty', 'other', 'none'),
    NOTHING,
    'a property is no view; nor is nothing shared',
  )
  assert.deepEqual(offHeapOf(heap, heap.node('store1')), {bytes: 0, sharedBy: 2, isPool: true})
})

test('what all answers say of it', async () => {
  const heap = await heapOf(POOLED)
  const buffers = select(heap, {type: 'Buffer'})
  const said = '9.5 kB off the heap in 2 backing stores'
  const remarks = "(2 shared by several views, 1 is Node's pool of small Buffers, 1 in use by other objects too)"
  assert.match(toText(toGraph(backrefs(heap, buffers))), /^Buffer ×3 {3}48 B in the heap \+ 9\.5 kB off the heap/)
  assert.ok(toText(toGraph(backrefs(heap, buffers))).includes(`${said} ${remarks}`))
  const listed = listText(listView(list(heap, buffers, {sort: 'off-heap'})))
  assert.match(
    listed,
    /^@\S+ +16 B +16 B +9\.0 kB +pool, shared by 2 .*\n@.* pool, shared by 2 .*\n@.* 500 B +shared by 2 /m,
  )
  assert.ok(listed.includes(`3 objects, 48 B in the heap + ${said} ${remarks}`))
  assert.match(listed, /note: off-heap is in addition to self/)
  const shown = showText(showView(show(heap, heap.node('Buffer1'))))
  assert.match(shown, /off-heap: 9\.0 kB in a backing store, in addition to self \(pool, shared by 2\)/)
  const answer = types(heap, {sort: 'off-heap'})
  const bytes = Object.fromEntries(answer.rows.map(row => [row.type, row.offHeapBytes]))
  assert.deepEqual(bytes, {
    ...{ArrayBuffer: 9500, Buffer: 9500, Slice: 500, Cache: 0, Text: 0, empty: 0, other: 0},
    ...{'system / Context': 0, 'system / JSArrayBufferData': 0},
  })
  assert.equal(answer.total.offHeap.bytes, 9500)
  assert.equal(answer.total.offHeap.inSelfBytes, 9500)
  const text = typesText(typesView(answer))
  assert.match(text, /of which 9\.5 kB off the heap in 2 backing stores/)
  assert.match(text, /note: a backing store counts once in each type that looks at it/)
  const filtered = typesView(types(heap, {filter: 'Slice'}))
  assert.deepEqual(
    [filtered.total.selfBytes, filtered.total.offHeap.bytes, filtered.total.offHeap.inSelfBytes],
    [16, 500, 0],
  )
  assert.doesNotMatch(typesText(filtered), /counts once in each type/)
  const none = typesText(typesView(types(heap, {filter: 'Cache'})))
  assert.doesNotMatch(none, /off-heap|off the heap/, 'no column where nothing has any')
})

test('a WebAssembly memory, shared memory, a full pool, and slices that are no pool', async () => {
  const heap = await heapOf(`
    root -> Memory -hidden:2-> SharedArrayBuffer1 -internal:backing_store-> wasm
    root -> SharedArrayBuffer2 -internal:backing_store-> wasm
    root -> Buffer1 -internal:buffer-> ArrayBuffer1 -internal:backing_store-> full
    root -> Buffer2 -internal:buffer-> ArrayBuffer1
    root -> Buffer3 -internal:buffer-> ArrayBuffer3 -internal:backing_store-> slices
    root -> Buffer4 -internal:buffer-> ArrayBuffer3
    root -> Buffer5 -internal:buffer-> ArrayBuffer5 -internal:backing_store-> alone
    wasm: native "system / JSArrayBufferData" 65536
    full: native "system / JSArrayBufferData" 8192
    slices: native "system / JSArrayBufferData" 8000
    alone: native "system / JSArrayBufferData" 8192
  `)
  const one = (label: string) => offHeapOf(heap, heap.node(label))
  for (const label of ['Memory', 'SharedArrayBuffer1', 'SharedArrayBuffer2']) {
    assert.deepEqual(one(label), {bytes: 65_536, sharedBy: 2, isPool: false}, label)
  }
  assert.deepEqual(one('Buffer1'), {bytes: 8192, sharedBy: 2, isPool: true})
  assert.deepEqual(one('Buffer3'), {bytes: 8000, sharedBy: 2, isPool: false})
  assert.deepEqual(one('Buffer5'), {bytes: 8192, sharedBy: 1, isPool: false})
  assert.equal(of(heap, 'SharedArrayBuffer2').outsideBytes, 65_536)
})

test('self sizes and bytes off the heap are never added up twice', () => {
  const offHeap = {...NOTHING, bytes: 700, stores: 2, inSelfBytes: 500}
  assert.equal(selfAndOffHeap({selfBytes: 600, offHeap}), '100 B in the heap + 700 B off the heap in 2 backing stores')
  assert.equal(selfAndOffHeap({selfBytes: 600, offHeap: NOTHING}), 'self 600 B')
  assert.equal(selfAndOffHeap({selfBytes: 600, offHeap: null}), 'self 600 B')
})

test('with everything in the answer, stores are a part of the self sizes of the heap', async () => {
  for (const name of ['types-zoo.node26', 'types-zoo.deno', 'buffer-cache.node12']) {
    const snapshot = await open(name)
    const {total} = types(snapshot, {retained: false})
    const native = ofType(snapshot, 'system / JSArrayBufferData')
    const bytes = native.reduce((sum, node) => sum + snapshot.nodeSelfBytes[node], 0)
    assert.equal(total.offHeap.bytes, bytes, name)
    assert.equal(total.offHeap.inSelfBytes, bytes, name)
    assert.ok(bytes > 30_000)
  }
})

// The slow twin: every definition, word for word.

const names = ['Buffer', 'Uint8Array', 'Memory', 'system / JSArrayBufferData', 'ArrayBuffer']
const randomNode: fc.Arbitrary<Omit<PlainNode, 'id'>> = fc.record({
  kind: fc.constantFrom('native', 'native', 'object', 'object', 'object'),
  name: fc.constantFrom(...names),
  selfBytes: fc.constantFrom(0, 1, 100, 8192, 8192),
})
const randomEdge = fc.record({
  source: fc.nat(),
  target: fc.nat(),
  named: fc.oneof(
    {weight: 4, arbitrary: fc.constant({kind: 'internal' as const, name: 'backing_store'})},
    {weight: 4, arbitrary: fc.constant({kind: 'internal' as const, name: 'buffer'})},
    {weight: 2, arbitrary: fc.constant({kind: 'hidden' as const, name: 2})},
    {weight: 1, arbitrary: fc.constant({kind: 'context' as const, name: 'allocPool'})},
    {weight: 1, arbitrary: fc.constant({kind: 'property' as const, name: 'buffer'})},
    {weight: 1, arbitrary: fc.constant({kind: 'weak' as const, name: 'backing_store'})},
  ),
})
const randomBuffers: fc.Arbitrary<PlainHeap> = fc
  .tuple(
    fc.array(randomNode, {minLength: 4, maxLength: 14, size: 'max'}),
    fc.array(randomEdge, {minLength: 20, maxLength: 70, size: 'max'}),
  )
  .map(([drawn, edges]) => {
    const root: PlainNode = {kind: 'synthetic', name: '', id: 1, selfBytes: 0}
    const nodes = [root, ...drawn.map((node, i) => ({...node, id: 2 * i + 3}))]
    const at = (number: number) => number % nodes.length
    return {
      nodes,
      edges: edges
        .map(({source, target, named}): PlainEdge => ({source: at(source), target: at(target), ...named}))
        .sort((a, b) => a.source - b.source),
    }
  })

class Twin {
  readonly #heap: PlainHeap
  readonly #out: PlainEdge[][]

  constructor(heap: PlainHeap) {
    this.#heap = heap
    this.#out = heap.nodes.map((_, node) => heap.edges.filter(({source}) => source === node))
  }

  isStore(node: number): boolean {
    const {kind, name, selfBytes} = this.#heap.nodes[node]
    return kind === 'native' && name === 'system / JSArrayBufferData' && selfBytes > 0
  }

  ownStore(node: number): number | undefined {
    return this.#out[node].find(
      ({kind, name, target}) => kind === 'internal' && name === 'backing_store' && this.isStore(target),
    )?.target
  }

  bufferOf(node: number): number | undefined {
    if (this.ownStore(node) !== undefined) return node
    const isMemory = this.#heap.nodes[node].name === 'Memory'
    return this.#out[node].find(
      ({kind, name, target}) =>
        ((kind === 'internal' && name === 'buffer') || (isMemory && kind === 'hidden')) &&
        this.ownStore(target) !== undefined,
    )?.target
  }

  storeOf(node: number): number | undefined {
    const buffer = this.bufferOf(node)
    return buffer === undefined ? undefined : this.ownStore(buffer)
  }

  viewersOf(store: number): number[] {
    return [...this.#heap.nodes.keys()].filter(node => this.storeOf(node) === store)
  }

  sharers(store: number): number {
    const viewers = this.viewersOf(store)
    const through = new Set(viewers.filter(node => this.bufferOf(node) !== node).map(node => this.bufferOf(node)))
    return viewers.filter(node => !through.has(node)).length
  }

  isPool(store: number): boolean {
    const {nodes, edges} = this.#heap
    const pools = edges
      .filter(
        ({kind, name, target}) => kind === 'context' && name === 'allocPool' && this.ownStore(target) !== undefined,
      )
      .map(({target}) => this.ownStore(target)!)
    if (pools.includes(store)) return true
    const sizes = pools.length === 0 ? [8192] : pools.map(pool => nodes[pool].selfBytes)
    const isBuffer = (node: number) => nodes[node].name === 'Buffer' && this.bufferOf(node) !== node
    return sizes.includes(nodes[store].selfBytes) && this.sharers(store) > 1 && this.viewersOf(store).some(isBuffer)
  }

  isOutside(store: number, nodes: number[]): boolean {
    if (nodes.includes(store)) return false
    const buffers = nodes.map(node => this.bufferOf(node))
    return this.viewersOf(store).some(
      node => !nodes.includes(node) && !nodes.includes(this.bufferOf(node)!) && !buffers.includes(node),
    )
  }

  bytes(nodes: number[]): OffHeapBytes {
    const stores = [...this.#heap.nodes.keys()].filter(
      store => this.isStore(store) && (nodes.includes(store) || nodes.some(node => this.storeOf(node) === store)),
    )
    const bytesOf = (some: number[]) => some.reduce((sum, store) => sum + this.#heap.nodes[store].selfBytes, 0)
    const shared = stores.filter(store => this.sharers(store) > 1)
    const outside = stores.filter(store => this.isOutside(store, nodes))
    const pools = stores.filter(store => this.isPool(store))
    return {
      ...{bytes: bytesOf(stores), stores: stores.length},
      inSelfBytes: bytesOf(stores.filter(store => nodes.includes(store))),
      ...{sharedBytes: bytesOf(shared), sharedStores: shared.length},
      ...{outsideBytes: bytesOf(outside), outsideStores: outside.length},
      ...{poolBytes: bytesOf(pools), pools: pools.length},
    }
  }
}

test('stores, sharing and sums are those of the slow twin, on random heaps', async () => {
  const met = {...NOTHING}
  await fc.assert(
    fc.asyncProperty(randomBuffers, fc.array(fc.boolean(), {minLength: 15, maxLength: 15}), async (heap, chosen) => {
      const snapshot = await snapshotOf(heap)
      const twin = new Twin(heap)
      const ordinals = [...heap.nodes.keys()]
      const stores = ordinals.filter(node => twin.isStore(node))
      const found = offHeap(snapshot)
      assert.deepEqual([...found.stores], stores)
      assert.deepEqual(
        [...found.sharers],
        stores.map(store => twin.sharers(store)),
      )
      assert.deepEqual(
        [...found.isPool],
        stores.map(store => Number(twin.isPool(store))),
      )
      const viewers = ordinals.filter(node => twin.storeOf(node) !== undefined)
      assert.deepEqual([...found.viewers], viewers)
      assert.deepEqual(
        [...found.storeOf].map(place => stores[place]),
        viewers.map(node => twin.storeOf(node)),
      )
      assert.deepEqual(
        [...found.through],
        viewers.map(node => twin.bufferOf(node)),
      )
      const nodes = ordinals.filter(node => chosen[node])
      const sums = offHeapBytes(snapshot, Uint32Array.from(nodes).reverse())
      assert.deepEqual(sums, twin.bytes(nodes))
      for (const key of Object.keys(met) as (keyof OffHeapBytes)[]) met[key] += sums[key]
      for (const row of types(snapshot, {by: 'kind', retained: false, sizes: 'raw'}).rows) {
        const members = ordinals.filter(node => heap.nodes[node].kind === row.type)
        const seen = new Set(members.map(node => twin.storeOf(node)).filter(store => store !== undefined))
        assert.equal(
          row.offHeapBytes,
          [...seen].reduce((sum, store) => sum + heap.nodes[store].selfBytes, 0),
        )
      }
    }),
    {seed: 5, numRuns: runs(1500)},
  )
  for (const [key, sum] of Object.entries(met)) assert.ok(sum > enough(50), `${key}: ${sum}`)
})

test('very many views of one ArrayBuffer', () => {
  const views = many(1_000_000)
  const heap = largeHeap({
    nodeCount: views + 3,
    edgeCount: 2 * views + 1,
    source: edge => (edge < views ? 0 : edge === views ? 2 : edge - views + 2),
    target: edge => (edge < views ? edge + 3 : edge === views ? 1 : 2),
    edgeKind: edge => (edge < views ? 'property' : 'internal'),
    edgeName: edge => (edge < views ? 'all' : edge === views ? 'backing_store' : 'buffer'),
    nodeKind: node => (node === 1 ? 'native' : 'object'),
    nodeName: node => (node === 1 ? 'system / JSArrayBufferData' : node === 2 ? 'ArrayBuffer' : 'Uint8Array'),
  })
  assert.deepEqual(offHeapOf(heap, 2), {bytes: 16, sharedBy: views, isPool: false})
  const all = Uint32Array.from({length: views}, (_, i) => i + 3)
  assert.deepEqual(offHeapBytes(heap, all), {...NOTHING, bytes: 16, stores: 1, sharedBytes: 16, sharedStores: 1})
})
