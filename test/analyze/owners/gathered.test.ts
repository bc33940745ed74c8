/** Where many objects gather: against brute force on random heaps, and the one place of drawn structures. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {bottlenecks} from '../../../src/analyze/owners/bottlenecks.ts'
import {type Gathered, gatheredAt} from '../../../src/analyze/owners/gathered.ts'
import {select} from '../../../src/analyze/select/select.ts'
import type {KnownNodeKind} from '../../../src/snapshot/columns/schema.ts'
import {BitSet} from '../../../src/util/bit-set.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'
import {MODULES} from '../../support/drawn-modules.ts'
import {enough, runs} from '../../support/runs.ts'
import {nodesOf, type PlainHeap, snapshotOf} from '../plain-heap.ts'
import {reachedByHand} from '../reached-by-hand.ts'

/** A few holders in a tree, everything else below them or below one another, and some edges across: without a plan hardly anything gathers. */
const heapWithHolders: fc.Arbitrary<PlainHeap> = fc
  .record({
    holders: fc.array(fc.record({up: fc.nat(), kind: fc.constantFrom('Box', 'Map', 'fn', 'table')}), {
      minLength: 2,
      maxLength: 7,
    }),
    below: fc.array(
      fc.record({up: fc.nat(), deeper: fc.nat(3), kind: fc.constantFrom('Item', 'Item', 'Item', 'Box', 'fn', 'table')}),
      {minLength: 6, maxLength: 50, size: 'max'},
    ),
    across: fc.array(fc.record({source: fc.nat(), target: fc.nat(), isWeak: fc.boolean()}), {maxLength: 8}),
    favorite: fc.nat(),
  })
  .map(({holders, below, across, favorite}) => {
    const nodes: PlainHeap['nodes'] = [
      {kind: 'synthetic', name: '', id: 1, selfBytes: 0},
      ...[...holders, ...below].map(({kind}, i) => ({
        kind: KINDS[kind] ?? ('object' as const),
        name: kind === 'table' ? '' : kind,
        id: 2 * i + 3,
        selfBytes: 16 + i,
      })),
    ]
    const edges: PlainHeap['edges'] = []
    const add = (source: number, target: number, isWeak = false) =>
      edges.push({source, target, kind: isWeak ? 'weak' : 'property', name: `p${edges.length}`})
    for (const [i, {up}] of holders.entries()) add(up % (i + 1), i + 1)
    for (const [i, {up, deeper}] of below.entries()) {
      const node = holders.length + 1 + i
      // Most hang on one holder, some on others, some on what came before them.
      if (deeper === 0) add(1 + (up % (node - 1)), node)
      else add(deeper === 1 ? 1 + (up % holders.length) : 1 + (favorite % holders.length), node)
    }
    for (const {source, target, isWeak} of across) add(source % nodes.length, target % nodes.length, isWeak)
    return {nodes, edges: edges.sort((a, b) => a.source - b.source)}
  })

const KINDS: Record<string, KnownNodeKind> = {fn: 'closure', table: 'array'}

test('on random heaps, what is cut frees every member, and no object is a member twice', async () => {
  let places = 0
  let named = 0
  await fc.assert(
    fc.asyncProperty(heapWithHolders, async heap => {
      const snapshot = await snapshotOf(heap)
      const targets = Uint32Array.from(nodesOf(snapshot, node => heap.nodes[node].name === 'Item'))
      const now = reachedByHand(heap, () => false)
      const taken = new Set<number>()
      for (const place of bottlenecks(snapshot, targets, BitSet.of(snapshot.nodeCount, targets))) {
        places++
        const members = [...place.members]
        const withoutNode = reachedByHand(heap, edge => heap.edges[edge].target === place.node)
        for (const member of members) {
          assert.ok(targets.includes(member) && now.has(member) && !taken.has(member))
          assert.ok(!withoutNode.has(member), `${member} is reached without ${place.node}`)
          taken.add(member)
        }
        assert.ok(members.length >= 3 && !targets.includes(place.node))
        const found = gatheredAt(snapshot, place)
        if (found === undefined) continue
        named++
        const {start, edges, cut, cuts, example} = found
        const left = reachedByHand(heap, edge => cuts.includes(edge))
        assert.deepEqual(
          [...found.members].filter(member => left.has(member)),
          [],
          'freed by the cuts',
        )
        assert.ok([...found.members].every(member => members.includes(member)))
        assert.ok(found.members.includes(example))
        // The way is one: each step leaves where the one before led.
        let at = start
        for (const edge of edges) {
          assert.equal(heap.edges[edge].source, at)
          at = heap.edges[edge].target
        }
        assert.equal(at, example)
        assert.ok(cuts.includes(edges[cut]))
      }
    }),
    {numRuns: runs(200), seed: 7},
  )
  assert.ok(places > enough(100) && named > enough(50), `${places} places, ${named} of them named`)
})

const times = (count: number, line: (i: number) => string) => Array.from({length: count}, (_, i) => line(i)).join('\n')

/** `node` that dominates, how many hang there, `holder>what` of the edge that is cut, and how many are cut. */
async function placesIn(drawing: string): Promise<string[]> {
  const heap = await heapOf(MODULES + drawing)
  const {nodes} = select(heap, {type: 'Item'})
  return bottlenecks(heap, nodes, BitSet.of(heap.nodeCount, nodes)).map(place => {
    const found = gatheredAt(heap, place)
    return `${heap.label(place.node)} ${place.members.length} ${found === undefined ? 'unnamed' : cutOf(heap, found)}`
  })
}

function cutOf(heap: DrawnHeap, {start, edges, cut, cuts, code}: Gathered): string {
  const source = cut === 0 ? start : heap.edgeTarget[edges[cut - 1]]
  return `${code} ${heap.label(source)}>${heap.label(heap.edgeTarget[edges[cut]])} x${cuts.length}`
}

test('an array in an instance that objects of a library also hold gathers what is in it', async () => {
  const found = await placesIn(`
    scopeA -context:store-> Store.list -> list
    Store: object Store 16 at 1:5:1
    list: object Array 16
    scopeB -context:one-> Lib1.store -> Store
    scopeB -context:two-> Lib2.store -> Store
    ${times(20, i => `list [${i}] -> Item${i}`)}
  `)
  assert.deepEqual(found, ['list 20 application list>Item0 x20'])
})

test('a Map that eight closures of one scope see is one place', async () => {
  const found = await placesIn(`
    scopeA -context:api-> Api
    ${times(8, i => `Api.m${i} -> f${i} -internal:context-> call\nf${i}: closure f${i} 32 at 1:${20 + i}:3`)}
    call: object "system / Context" 32
    call -internal:previous-> scopeA
    call -context:all-> Map -internal:table-> table
    table: array "" 64
    ${times(20, i => `table [${i}] -> Item${i}`)}
  `)
  assert.deepEqual(found, ['table 20 application Map>table x1'])
})

test("a Set of listeners of the runtime's is one place", async () => {
  const found = await placesIn(`
    root -> runtime -internal:context-> inside -context:listeners-> Set -internal:table-> table
    inside: object "system / Context" 32
    runtime: closure runtime 32
    table: array "" 64
    ${times(20, i => `table [${i}] -> on${i} -internal:context-> call${i} -context:item-> Item${i}\non${i}: closure on 32 at 1:20:3\ncall${i}: object "system / Context" 32`)}
  `)
  assert.equal(found.length, 1)
  assert.match(found[0], /^table 20 /)
})

for (const length of [5, 500]) {
  test(`a list of ${length} links gathers at its head`, async () => {
    const found = await placesIn(`
      scopeA -context:queue-> Queue.head -> Link0
      ${times(length, i => `Link${i}.item -> Item${i}\n${i > 0 ? `Link${i - 1}.next -> Link${i}` : ''}`)}
    `)
    assert.deepEqual(found, [`Link0 ${length} application Queue>Link0 x1`])
  })
}

test('what two named holders share gathers nowhere', async () => {
  const found = await placesIn(`
    scopeA -context:one-> One
    scopeA -context:two-> Two
    ${times(20, i => `One.p${i} -> Item${i}\nTwo.p${i} -> Item${i}`)}
  `)
  assert.deepEqual(found, [])
})

test('two collections of one module are two places', async () => {
  const found = await placesIn(`
    scopeA -context:many-> Many
    scopeA -context:few-> Few
    ${times(60, i => `Many.p${i} -> Item${i}`)}
    ${times(40, i => `Few.p${i} -> Item${100 + i}`)}
  `)
  assert.deepEqual(found, ['Many 60 application Many>Item0 x60', 'Few 40 application Few>Item100 x40'])
})

test('an object that is itself asked about is no place', async () => {
  const found = await placesIn(`
    scopeA -context:item-> Item0
    ${times(9, i => `Item0.p${i} -> Item${i + 1}`)}
    Item0 -context:all-> Map -internal:table-> table
    table: array "" 64
    ${times(90, i => `table [${i}] -> Item${i + 10}`)}
  `)
  assert.deepEqual(found, ['table 90 application Map>table x1'])
})

test('what is held beside by something below the place is cut there, too', async () => {
  const found = await placesIn(`
    scopeA -context:store-> Store
    ${times(20, i => `Store.p${i} -> Item${i}`)}
    Store.last -> Last.item -> Item3
  `)
  assert.deepEqual(found, ['Store 20 application Store>Item0 x21'])
})
