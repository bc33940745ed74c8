/** Cuts and what they free: grammar, shadow edges, near misses; a twin on random heaps; the holders planted in the fixtures. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {parseCut} from '../../../src/analyze/cuts/cut-expression.ts'
import {cutBetween, cutInto, cutOfElements} from '../../../src/analyze/cuts/cut-text.ts'
import {cutEdges, resolveCuts} from '../../../src/analyze/cuts/cuts.ts'
import {whatIf} from '../../../src/analyze/cuts/what-if.ts'
import {reachableNodes, reachableWithout} from '../../../src/analyze/graph/reachable.ts'
import {whatIfJson, whatIfText} from '../../../src/emit/text/what-if.ts'
import {whatIfView} from '../../../src/graph/answer/what-if-view.ts'
import {sourceOf} from '../../../src/snapshot/columns/retainers.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {HeapgraphError} from '../../../src/util/errors.ts'
import {hostileNames} from '../../emit/hostile.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'
import {enough, many, runs} from '../../support/runs.ts'
import {unicodeText} from '../../support/texts.ts'
import {largeHeap, randomHeap, snapshotOf} from '../plain-heap.ts'

const ROOT = new URL('../../../', import.meta.url)

/** `source -> target` of all edges that a cut names, and of those that go with them. */
function named(heap: DrawnHeap, text: string): {edges: string[]; shadowEdges: string[]} {
  const [{edges, shadowEdges}] = resolveCuts(heap, [text])
  const show = (edge: number) => `${heap.label(sourceOf(heap.firstEdge, edge))} -> ${heap.label(heap.edgeTarget[edge])}`
  return {edges: Array.from(edges, show).sort(), shadowEdges: Array.from(shadowEdges, show).sort()}
}

/** Labels of what is freed. */
function freed(heap: DrawnHeap, ...cuts: string[]): string[] {
  const after = reachableWithout(heap, cutEdges(heap, resolveCuts(heap, cuts)))
  return heap.labels.filter((_, node) => reachableNodes(heap).has(node) && !after.has(node)).sort()
}

test('what each form of a cut is read as', () => {
  assert.deepEqual(parseCut('@12'), {form: 'into', id: 12})
  assert.deepEqual(parseCut('@12 -> @34'), {form: 'between', from: 12, to: 34})
  assert.deepEqual(parseCut('@12->@34'), {form: 'between', from: 12, to: 34})
  assert.deepEqual(parseCut('byId'), {form: 'variable', name: 'byId'})
  assert.deepEqual(parseCut('scope var byId'), {form: 'variable', name: 'byId'})
  assert.deepEqual(parseCut('scope var u of onFlush()'), {form: 'variable', name: 'u', of: 'onFlush'})
  assert.deepEqual(parseCut('src/cache.js · byId'), {form: 'variable', name: 'byId', script: 'src/cache.js'})
  assert.deepEqual(parseCut('module a b/c.js · byId'), {form: 'variable', name: 'byId', script: 'a b/c.js'})
  assert.deepEqual(parseCut('Map(byId)'), {form: 'named', type: 'Map', name: 'byId'})
  assert.deepEqual(parseCut('on "flush"'), {form: 'listeners', event: 'flush', emitter: undefined})
  const emitter = {head: 'bus', accessors: [{name: '_events'}]}
  assert.deepEqual(parseCut("bus on 'flush'"), {form: 'listeners', event: 'flush', emitter})
  assert.deepEqual(parseCut('bus on "a \\" b" listener'), {form: 'listeners', event: 'a " b', emitter})
  const reading = (text: string) => {
    const cut = parseCut(text)
    assert.ok(cut.form === 'path')
    return cut.readings
  }
  assert.deepEqual(reading('Cache.entries'), [{head: 'Cache', accessors: [{name: 'entries'}]}])
  assert.deepEqual(reading('a.b.c'), [
    {head: 'a.b', accessors: [{name: 'c'}]},
    {head: 'a', accessors: [{name: 'b'}, {name: 'c'}]},
  ])
  assert.deepEqual(reading('@12.prop'), [{head: '@12', accessors: [{name: 'prop'}]}])
  assert.deepEqual(reading('.list of Registry'), [{head: 'Registry', accessors: [{name: 'list'}]}])
  assert.deepEqual(reading('Type[3]').at(-1), {head: 'Type', accessors: [{index: 3}]})
  assert.deepEqual(reading('Type.list[]').at(-1), {head: 'Type', accessors: [{name: 'list'}, 'any']})
  assert.deepEqual(reading('{a, b}["x.y"]').at(-1), {head: '{a, b}', accessors: [{name: 'x.y'}]})
  assert.deepEqual(reading('T[Symbol(k)]').at(-1), {head: 'T', accessors: [{name: '<symbol k>'}]})
  for (const none of ['', ' ', '.x', '[]', '@', '@x', '@1 -> ', 'a -> b', 'Type.', 'Type[']) {
    assert.throws(() => parseCut(none), {code: 'USAGE'}, none)
  }
})

test('what is written of ids and elements is read as that', () => {
  assert.deepEqual(parseCut(cutInto(12)), {form: 'into', id: 12})
  assert.deepEqual(parseCut(cutBetween(12, 2 ** 40)), {form: 'between', from: 12, to: 2 ** 40})
  const elements = parseCut(cutOfElements(cutInto(12)))
  assert.deepEqual(elements, {form: 'path', readings: [{head: '@12', accessors: ['any']}]})
})

test('any text is a cut or refused in a sentence, in time', () => {
  const parts = fc.constantFrom('.', '[', ']', '"', '\\', '(', ')', '@1', '->', 'on ', 'a', ' · ', 'scope var ', ' of ')
  fc.assert(
    fc.property(
      fc.oneof(
        unicodeText(),
        fc.array(parts).map(list => list.join('')),
      ),
      text => {
        try {
          parseCut(text)
        } catch (error) {
          assert.ok(error instanceof HeapgraphError && error.code === 'USAGE', String(error))
        }
      },
    ),
    {numRuns: runs(3000)},
  )
  for (const part of ['["', 'on "', '.a[', ' of ', ' · ', '[Symbol(', '("\\']) {
    assert.doesNotThrow(() => {
      try {
        parseCut(part.repeat(3000))
      } catch (error) {
        assert.ok(error instanceof HeapgraphError)
      }
    })
  }
})

const CACHES = `
  root -> window -context:byId-> Map
  window.cache -> Cache1.entries -> Map -internal:table-> table -internal:"5"-> User1 -> name1
  table -internal:"6"-> User2
  window.other -> Cache2.entries -> Array [0] -> User1
  Array [1] -> User2
  Cache2.list -> Array
  Cache2.spare -> User3
  table: array ""
  window: object Window
  class: closure Cache
  root -> class.instances -> Statics [0] -> User3
  window.bus -> bus._events -> events.flush -> listener -context:user-> User2
`

test('which edges a cut names', async () => {
  const heap = await heapOf(CACHES)
  const edges = (text: string) => named(heap, text).edges
  assert.deepEqual(edges('Cache.entries'), ['Cache1 -> Map', 'Cache2 -> Array'])
  assert.deepEqual(edges('Cache.instances'), ['class -> Statics'])
  assert.deepEqual(edges('Cache.entries[]'), ['Array -> User1', 'Array -> User2', 'table -> User1', 'table -> User2'])
  assert.deepEqual(edges('Array[1]'), ['Array -> User2'])
  assert.deepEqual(edges('byId'), ['window -> Map'])
  assert.deepEqual(edges('Map(entries)'), ['Cache1 -> Map'])
  assert.deepEqual(edges('Map(byId)'), ['window -> Map'])
  assert.deepEqual(edges('on "flush"'), ['events -> listener'])
  assert.deepEqual(edges('bus on "flush"'), ['events -> listener'])
  assert.deepEqual(edges('bus._events.flush'), ['events -> listener'])
  assert.deepEqual(edges('cache.entries'), ['Cache1 -> Map'])
  const id = (label: string) => heap.nodeId[heap.node(label)]
  assert.deepEqual(edges(`@${id('User3')}`), ['Cache2 -> User3', 'Statics -> User3'])
  assert.deepEqual(edges(`@${id('Cache2')}.spare`), ['Cache2 -> User3'])
  assert.deepEqual(edges(`@${id('Cache2')} -> @${id('Array')}`), ['Cache2 -> Array', 'Cache2 -> Array'])
})

test('what is freed, and what holds the rest', async () => {
  const heap = await heapOf(CACHES)
  assert.deepEqual(freed(heap, 'Cache.entries'), [])
  assert.deepEqual(freed(heap, 'Cache.entries', 'byId'), ['Map', 'table'])
  assert.deepEqual(freed(heap, 'Cache.entries', 'byId', 'Cache.list'), ['Array', 'Map', 'User1', 'name1', 'table'])
  const {fates, stays, total} = whatIf(heap, ['Cache.entries', 'byId', 'Cache.list'], {sizes: 'raw'})
  assert.deepEqual(
    fates.map(({type, count, freed: gone}) => [type, count, gone]),
    [
      ['Array', 1, 1],
      ['Map', 1, 1],
    ],
  )
  assert.equal(total.count, 5)
  assert.deepEqual(
    stays.map(({type, count, holders}) => [
      type,
      count,
      holders.map(({edge}) => heap.label(sourceOf(heap.firstEdge, edge))),
    ]),
    [['User', 1, ['listener']]],
  )
  const users = whatIf(heap, ['Cache.entries'], {type: 'User'})
  const [{count, freed: gone, holders, left}] = users.fates
  assert.deepEqual([users.fates.length, users.stays.length, count, gone, left.count], [1, 0, 3, 0, 0])
  assert.deepEqual(
    holders.map(({edge, via, count: held}) => [
      heap.label(sourceOf(heap.firstEdge, edge)),
      via.map(node => heap.label(node)),
      held,
    ]),
    [
      ['Cache2', ['Array'], 2],
      ['Cache2', [], 1],
    ],
  )
})

test("an object's own arrays let go with it, shared ones stay for the others", async () => {
  const heap = await heapOf(`
    root -> Bag1.big -> Big -> inside
    Bag1.small -> Small
    Bag1 -internal:properties-> store -internal:"3"-> Big
    store -internal:"4"-> Small
    root -> List1 [0] -> Item
    root -> List2 [0] -> Item
    List1 -internal:elements-> shared -internal:"0"-> Item
    List2 -internal:elements-> shared
    root -> global.x -> Value
    global -internal:global_proxy-> proxy
    global -internal:properties-> dictionary -internal:"7"-> cell -internal:value-> Value
    dictionary -internal:"8"-> other -internal:value-> Kept
    root -> code -> cell
    store: array ""
    shared: array ""
    dictionary: array ""
    cell: hidden "system / PropertyCell"
    other: hidden "system / PropertyCell"
    List1: object List
    List2: object Other
  `)
  assert.deepEqual(named(heap, 'Bag.big'), {edges: ['Bag1 -> Big'], shadowEdges: ['store -> Big']})
  assert.deepEqual(freed(heap, 'Bag.big'), ['Big', 'inside'])
  assert.deepEqual(freed(heap, 'Bag.small'), ['Small'])
  assert.deepEqual(named(heap, 'List[]'), {edges: ['List1 -> Item'], shadowEdges: ['List1 -> shared']})
  assert.deepEqual(freed(heap, 'List[]'), [])
  assert.deepEqual(freed(heap, 'List[]', 'Other[0]'), ['Item', 'shared'])
  assert.deepEqual(freed(heap, 'globalThis.x'), ['Value'])
})

test('a WeakMap: its values go with the keys, and with the map', async () => {
  const pair = 'part of key (Key @11) -> value (Value @13) pair in WeakMap (table @15)'
  const heap = await heapOf(`
    root -> Holder.keys -> key
    Holder.weak -> map -internal:table-> table
    key -internal:"1 / ${pair}"-> value
    table -internal:"2 / ${pair}"-> value
    key: object Key @11
    value: object Value @13
    table: array "" @15
    map: object WeakMap
  `)
  assert.deepEqual(freed(heap, 'Holder.keys'), ['key', 'value'])
  assert.deepEqual(freed(heap, 'Holder.weak'), ['map', 'table', 'value'])
  assert.deepEqual(freed(heap, 'Holder.weak[]'), ['value'])
})

test('a cut that names nothing says what comes near', async () => {
  const heap = await heapOf(CACHES)
  const refused = (text: string) => {
    try {
      resolveCuts(heap, [text])
    } catch (error) {
      assert.ok(error instanceof HeapgraphError && error.code === 'NOTHING_FOUND', String(error))
      assert.match(error.message, /^--cut .* in /)
      return error.hint
    }
    return assert.fail(`${text} named something`)
  }
  assert.equal(refused('Cache.entires'), 'near: entries')
  assert.equal(refused('Cahce.entries'), 'near: Cache, cache')
  assert.equal(refused('byID'), 'near: byId')
  assert.equal(refused('Set(byId)'), 'near: Map(byId)')
  assert.equal(refused('Map(byID)'), 'near: Map(byId)')
  assert.equal(refused('on "flsh"'), 'near: on "flush"')
  assert.equal(refused('a.js · byId'), undefined)
  assert.equal(refused('@99999'), undefined)
  assert.equal(refused('@1'), undefined)
  assert.equal(refused('globalThis.x'), undefined)
  assert.throws(() => resolveCuts(heap, []), {code: 'USAGE'})
})

test('hostile names can be cut, and reach no terminal as they are', async () => {
  for (const name of hostileNames.filter(name => name !== '')) {
    const heap = await heapOf(`root -> Holder.${JSON.stringify(name)} -> Thing\nHolder: object ${JSON.stringify(name)}`)
    const cut = `${name}[${JSON.stringify(name)}]`
    let view: ReturnType<typeof whatIfView>
    try {
      view = whatIfView(whatIf(heap, [cut]))
    } catch (error) {
      // A type's name of the form of an accessor or with blanks at its ends is not read as one.
      assert.ok(error instanceof HeapgraphError, String(error))
      continue
    }
    for (const text of [whatIfText(view), whatIfJson(view)]) {
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    }
    assert.equal(view.total.count, 1)
  }
})

const CUTS = ['A.a', 'A.b', 'B[]', '@5', 'a', 'A.a[]', 'B(a)', 'B.b', 'b.a', 'A[]']

test('freed: what the root no longer reaches, counted by type, on random heaps', async () => {
  const met = {answers: 0, freed: 0, stay: 0}
  await fc.assert(
    fc.asyncProperty(randomHeap({nodes: 14, edges: 50}), async heap => {
      const snapshot = await snapshotOf(heap)
      for (const cut of CUTS) {
        const answer = answerTo(snapshot, cut)
        if (answer === undefined) continue
        const cutSet = cutEdges(snapshot, answer.cuts)
        const after = reachableWithout(snapshot, cutSet)
        const before = reachableNodes(snapshot)
        const gone = [...heap.nodes.keys()].filter(node => before.has(node) && !after.has(node))
        const bytes = gone.reduce((sum, node) => sum + heap.nodes[node].selfBytes, 0)
        assert.equal(answer.total.selfBytes, bytes)
        assert.equal(answer.total.count, gone.filter(node => heap.nodes[node].selfBytes > 0).length)
        for (const {count, freed: went, holders, left} of [...answer.fates, ...answer.stays]) {
          const held = holders.reduce((sum, holder) => sum + holder.count, left.count)
          // The root is held by nobody.
          assert.ok(held === count - went || held === count - went - 1)
          for (const {edge} of holders) assert.ok(!cutSet.has(edge) && after.has(sourceOf(snapshot.firstEdge, edge)))
          met.stay += held
        }
        met.answers++
        met.freed += gone.length
      }
    }),
    {seed: 5, numRuns: runs(600)},
  )
  assert.ok(met.answers > enough(200) && met.freed > enough(40) && met.stay > enough(100), JSON.stringify(met))
})

function answerTo(snapshot: Snapshot, cut: string): ReturnType<typeof whatIf> | undefined {
  try {
    return whatIf(snapshot, [cut], {limit: 1000, sizes: 'raw'})
  } catch (error) {
    assert.ok(error instanceof HeapgraphError && error.code === 'NOTHING_FOUND', String(error))
    return undefined
  }
}

test('very many instances, and a store of as many slots, take no longer than they must', () => {
  const count = many(1_000_000)
  // Nodes: root, list, store, then the items; the list has each as an element, and the store as a slot.
  const heap = largeHeap({
    nodeCount: count + 3,
    edgeCount: 2 * count + 2,
    source: edge => (edge < 1 ? 0 : edge < count + 2 ? 1 : 2),
    target: edge => (edge === 0 ? 1 : edge === 1 ? 2 : ((edge - 2) % count) + 3),
    edgeKind: edge => (edge === 0 ? 'property' : edge === 1 ? 'internal' : edge < count + 2 ? 'element' : 'internal'),
    edgeName: edge => (edge === 0 ? 'list' : edge === 1 ? 'elements' : edge < count + 2 ? edge - 2 : '1'),
    nodeKind: node => (node === 2 ? 'array' : 'object'),
    nodeName: node => (node === 1 ? 'List' : 'Item'),
  })
  const {total, cuts} = whatIf(heap, ['List[]'])
  assert.deepEqual([total.count, cuts[0].edges.length, cuts[0].shadowEdges.length], [count, count, count])
  const {total: all} = whatIf(heap, ['list'.concat('[]')])
  assert.equal(all.count, count)
})

interface Truth {
  snapshots?: string[]
  holders?: {type: string; held: {name: string; cut: {from: string; edgeType: string; name: string; to: string}[]}[]}[]
  cuts?: {cut: string[]; freed: Record<string, number>}[]
}

const truths = readdirSync(new URL('fixtures/programs/', ROOT))
  .filter(name => name.endsWith('.truth.json'))
  .map(name => JSON.parse(readFileSync(new URL(`fixtures/programs/${name}`, ROOT), 'utf8')) as Truth)

const countsOf = (snapshot: Snapshot, cuts: string[], type: string) => {
  const [{count, freed: gone}] = whatIf(snapshot, cuts, {type}).fates
  return {count, freed: gone}
}

/** Exported variables stand in cells, which a person knows by the variable's name. */
const asWritten = ({from, edgeType, name, to}: {from: string; edgeType: string; name: string; to: string}) =>
  edgeType === 'context' ? `${to}(${name})` : from === 'global' ? `globalThis.${name}` : `${from}.${name}`

let planted = 0
for (const {snapshots = [], holders = [], cuts = []} of truths.filter(({cuts: some}) => some !== undefined)) {
  for (const name of snapshots) {
    test(`cutting what was planted in ${name} frees what the truth says`, async () => {
      const snapshot = await openSnapshot(fileURLToPath(new URL(`fixtures/snapshots/${name}.heapsnapshot.gz`, ROOT)))
      for (const {cut, freed: expected} of cuts) {
        const helds = holders.flatMap(({held}) => held.filter(({name: of}) => cut.includes(of)))
        const texts = [...new Set(helds.flatMap(({cut: edges}) => edges.map(asWritten)))]
        for (const [type, count] of Object.entries(expected)) {
          assert.equal(countsOf(snapshot, texts, type).freed, count, `${type} by ${texts.join(', ')}`)
          planted++
        }
      }
    })
  }
}

test('the fixtures have cuts', () => assert.ok(planted >= 20, `${planted}`))

test('ES modules: exported variables, and those of a file, can be cut', async () => {
  const snapshot = await openSnapshot(
    fileURLToPath(new URL('fixtures/snapshots/es-module.node20.heapsnapshot.gz', ROOT)),
  )
  assert.deepEqual(countsOf(snapshot, ['drafts'], 'Draft'), {count: 60, freed: 60})
  assert.deepEqual(countsOf(snapshot, ['store.mjs · orders'], 'Order'), {count: 90, freed: 90})
  assert.deepEqual(countsOf(snapshot, ['coupons.mjs · default'], 'Coupon'), {count: 30, freed: 30})
  assert.throws(() => whatIf(snapshot, ['coupons.mjs · orders']), {code: 'NOTHING_FOUND'})
})

test('records held three ways go when all three let go, on Node 20 and 24', async () => {
  for (const version of [20, 24]) {
    const file = fileURLToPath(new URL(`fixtures/snapshots/srv.node${version}.heapsnapshot.gz`, ROOT))
    const snapshot = await openSnapshot(file)
    const three = ['Map(byId)', 'bus._events.flush', 'Timeout._onTimeout']
    for (const two of three.keys()) {
      const {count, freed: gone} = countsOf(
        snapshot,
        three.filter((_, i) => i !== two),
        'UserRecord',
      )
      assert.deepEqual([count, gone], [320, 0])
    }
    assert.deepEqual(countsOf(snapshot, three, 'UserRecord'), {count: 320, freed: 320})
    const holder = whatIfView(whatIf(snapshot, three.slice(0, 2), {type: 'UserRecord'})).meant[0].holders[0]
    assert.deepEqual([holder.count, holder.text], [320, 'scope var record of refreshEveryMinute()'])
    assert.match(holder.place, /srv\/server\.cjs:\d+$/)
  }
})
