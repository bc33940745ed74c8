import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import type {CycleGroup} from '../../../src/analyze/cycles/cycle-groups.ts'
import {type CyclesAnswer, type CyclesOptions, cycles} from '../../../src/analyze/cycles/cycles.ts'
import {retainingEdges} from '../../../src/analyze/facts/edge-policy.ts'
import {userRoots} from '../../../src/analyze/facts/roots.ts'
import {stronglyConnectedComponents} from '../../../src/analyze/graph/components.ts'
import {select} from '../../../src/analyze/select/select.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {BitSet} from '../../../src/util/bit-set.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'
import {enough, many, runs} from '../../support/runs.ts'
import {largeHeap, type PlainHeap, randomHeap, snapshotOf} from '../plain-heap.ts'
import {freedByHand} from '../reached-by-hand.ts'

/** `reaches[a][b]`: there is a way of one edge or more from a to b. Warshall's, edge by edge. */
function reachability({nodes, edges}: PlainHeap, mayFollow: (edge: number) => boolean): boolean[][] {
  const reaches = nodes.map(() => nodes.map(() => false))
  edges.forEach(({source, target}, edge) => {
    if (mayFollow(edge)) reaches[source][target] = true
  })
  for (const middle of nodes.keys()) {
    for (const from of nodes.keys()) {
      if (!reaches[from][middle]) continue
      for (const to of nodes.keys()) reaches[from][to] ||= reaches[middle][to]
    }
  }
  return reaches
}

test('components: nodes that reach one another both ways, on random heaps', async () => {
  const withSubset = fc.record({
    heap: randomHeap({nodes: 12, edges: 40}),
    bits: fc.array(fc.boolean(), {minLength: 31, maxLength: 31}),
  })
  let found = 0
  await fc.assert(
    fc.asyncProperty(withSubset, async ({heap, bits}) => {
      const snapshot = await snapshotOf(heap)
      const edges = new BitSet(snapshot.edgeCount)
      const mayFollow = (edge: number) => bits[edge % bits.length]
      heap.edges.forEach((_, edge) => {
        if (mayFollow(edge)) edges.add(edge)
      })
      const {ofNode, first, members, count} = stronglyConnectedComponents(snapshot, edges)
      const reaches = reachability(heap, mayFollow)
      for (const a of heap.nodes.keys()) {
        assert.equal(ofNode[a] !== 0, reaches[a][a])
        for (const b of heap.nodes.keys()) {
          if (reaches[a][a] && reaches[b][b]) assert.equal(ofNode[a] === ofNode[b], reaches[a][b] && reaches[b][a])
        }
      }
      for (let component = 1; component <= count; component++) {
        const expected = [...heap.nodes.keys()].filter(node => ofNode[node] === component)
        assert.deepEqual([...members.subarray(first[component], first[component + 1])], expected)
        assert.ok(expected.length > 0)
      }
      found += count
    }),
    {seed: 31, numRuns: runs(1500)},
  )
  assert.ok(found > enough(1000), `${found}`)
})

const MANY = many(1_000_000)
const allEdges = (snapshot: Snapshot) => {
  const edges = new BitSet(snapshot.edgeCount)
  edges.words.fill(0xffffffff)
  return edges
}

test('a chain of very many nodes has no component', () => {
  const chain = largeHeap({
    nodeCount: MANY,
    edgeCount: MANY - 1,
    source: edge => edge,
    target: edge => edge + 1,
  })
  assert.equal(stronglyConnectedComponents(chain, allEdges(chain)).count, 0)
  const downwards = largeHeap({
    nodeCount: MANY,
    edgeCount: MANY - 1,
    source: edge => edge + 1,
    target: edge => edge,
  })
  assert.equal(stronglyConnectedComponents(downwards, allEdges(downwards)).count, 0)
})

test('a ring of very many nodes is one component, and its own shortest cycle', () => {
  const ring = largeHeap({
    nodeCount: MANY + 1,
    edgeCount: MANY,
    source: edge => edge + 1,
    target: edge => ((edge + 1) % MANY) + 1,
  })
  const {count, members, first} = stronglyConnectedComponents(ring, allEdges(ring))
  assert.deepEqual([count, members.length, [...first]], [1, MANY, [0, 0, MANY]])
  const {groups, limitsReached} = cycles(ring)
  assert.deepEqual(
    groups.map(({components, nodeCount, nodes}) => [components, nodeCount, nodes.length]),
    [[1, MANY, MANY]],
  )
  // Four million edges are followed for a component at the most: here from fewer than its members.
  assert.deepEqual(limitsReached, {searched: 1})
})

const PLUMBING_KINDS = ['hidden', 'code', 'object shape', 'synthetic', 'wasm object']
const PLUMBING_NAMES: Record<string, string[]> = {
  property: ['__proto__', 'constructor', 'prototype'],
  internal: ['__proto__', 'constructor', 'prototype', 'map', 'native_context', 'initial_map', 'global_proxy'],
}

/** Which edges cycles are made of, said of one edge. */
function allowedEdges(heap: PlainHeap, snapshot: Snapshot, raw: boolean): (edge: number) => boolean {
  const retaining = retainingEdges(snapshot)
  const roots = userRoots(snapshot)
  const isInternals = (node: number) => {
    const {kind, name} = heap.nodes[node]
    if (roots.includes(node)) return true
    if (name === 'system / JSProxy') return false
    return PLUMBING_KINDS.includes(kind) || (kind === 'native' && name.startsWith('system / '))
  }
  return edge => {
    const {source, target, kind, name} = heap.edges[edge]
    if (source === target ? kind === 'weak' : !retaining.has(edge)) return false
    if (raw) return true
    return !isInternals(source) && !isInternals(target) && !PLUMBING_NAMES[kind]?.includes(`${name}`)
  }
}

/** Length of a shortest cycle through a node, by breadth-first search over lists. */
function shortestThrough({edges}: PlainHeap, mayFollow: (edge: number) => boolean, start: number): number {
  let level = new Set([start])
  const met = new Set<number>()
  for (let length = 1; level.size > 0; length++) {
    const next = new Set<number>()
    edges.forEach(({source, target}, edge) => {
      if (level.has(source) && mayFollow(edge) && !met.has(target)) next.add(target)
    })
    if (next.has(start)) return length
    for (const node of next) met.add(node)
    level = next
  }
  return Number.POSITIVE_INFINITY
}

/** Most of what the root points at is a root itself, and those are on no cycle: all but two of its edges leave other nodes instead. */
function awayFromRoot({nodes, edges}: PlainHeap): PlainHeap {
  const moved = edges.map((edge, i) => {
    if (edge.source !== 0 || i < 2 || edge.half !== undefined || nodes.length === 1) return edge
    return {...edge, source: 1 + (i % (nodes.length - 1))}
  })
  return {nodes, edges: moved.sort((a, b) => a.source - b.source)}
}

test('cycles: real, shortest, and nothing lost, on random heaps', async () => {
  const question = fc.record({
    heap: randomHeap({nodes: 16, edges: 40}).map(awayFromRoot),
    raw: fc.boolean(),
    through: fc.option(fc.constantFrom('A', 'B', '/./'), {nil: undefined}),
  })
  const met = {groups: 0, many: 0, long: 0}
  await fc.assert(
    fc.asyncProperty(question, async ({heap, raw, through: type}) => {
      const snapshot = await snapshotOf(heap)
      const through = type === undefined ? undefined : select(snapshot, {type})
      const options: CyclesOptions = {raw, ...(through === undefined ? {} : {through})}
      const {groups, total, limitsReached} = cycles(snapshot, options)
      const mayFollow = allowedEdges(heap, snapshot, raw)
      const reaches = reachability(heap, mayFollow)
      const componentOf = (node: number) => [...heap.nodes.keys()].filter(b => reaches[node][b] && reaches[b][node])
      const isMeant = (node: number) => through === undefined || through.nodes.includes(node)
      for (const {nodes, edges, heldBy, largest, nodeCount, components} of groups) {
        assert.equal(new Set(nodes).size, nodes.length)
        edges.forEach((edge, i) => {
          const {source, target} = heap.edges[edge]
          assert.ok(mayFollow(edge))
          assert.deepEqual([source, target], [nodes[i], nodes[(i + 1) % nodes.length]])
        })
        const component = componentOf(nodes[0])
        const lengths = component.filter(isMeant).map(node => shortestThrough(heap, mayFollow, node))
        assert.equal(nodes.length, Math.min(...lengths))
        assert.ok(nodes.some(isMeant))
        assert.ok(largest >= component.length && nodeCount >= largest + components - 1)
        if (heldBy !== undefined) {
          assert.ok(!component.includes(heap.edges[heldBy].source) && component.includes(heap.edges[heldBy].target))
        }
        met.groups++
        met.many += Number(components > 1)
        met.long += Number(nodes.length > 2)
      }
      const all = [...heap.nodes.keys()].filter(node => reaches[node][node] && componentOf(node).some(isMeant))
      assert.equal(total.nodeCount, all.length)
      assert.equal(
        total.selfBytes,
        all.reduce((sum, node) => sum + heap.nodes[node].selfBytes, 0),
      )
      assert.equal(total.components, new Set(all.map(node => componentOf(node).join())).size)
      assert.deepEqual([total.groups, limitsReached], [groups.length, {}])
    }),
    {seed: 32, numRuns: runs(1600)},
  )
  assert.ok(met.groups > enough(600) && met.many > enough(5) && met.long > enough(10), JSON.stringify(met))
})

test('cycles: retained bytes, members and lengths, on random heaps', async () => {
  const question = fc.record({
    heap: randomHeap({nodes: 16, edges: 40}).map(awayFromRoot),
    raw: fc.boolean(),
    lengths: fc.tuple(fc.integer({min: 1, max: 3}), fc.integer({min: 0, max: 2})),
  })
  const met = {groups: 0, members: 0, short: 0}
  await fc.assert(
    fc.asyncProperty(question, async ({heap, raw, lengths: [minLength, more]}) => {
      const snapshot = await snapshotOf(heap)
      const all = cycles(snapshot, {raw}).groups
      const maxLength = minLength + more
      const some = cycles(snapshot, {raw, minLength, maxLength})
      const isWithin = ({nodes}: CycleGroup) => nodes.length >= minLength && nodes.length <= maxLength
      // Cycles of functions and scopes alone are one group, whatever their length.
      if (!all.some(({isScopeOnly}) => isScopeOnly)) assert.deepEqual(some.groups, all.filter(isWithin))
      assert.ok(some.groups.every(isWithin))
      const mayFollow = allowedEdges(heap, snapshot, raw)
      const reaches = reachability(heap, mayFollow)
      for (const {nodes, components, nodeCount, selfBytes, retainedBytes, members, membersLeft} of all) {
        assert.ok((retainedBytes ?? 0) >= 0)
        const counted = members.reduce((sum, {count}) => sum + count, membersLeft.count)
        assert.equal(counted, nodeCount > nodes.length * components ? nodeCount : 0)
        if (components > 1) continue
        const component = [...heap.nodes.keys()].filter(node => reaches[node][nodes[0]] && reaches[nodes[0]][node])
        assert.equal(retainedBytes, retainedByHand(heap, component))
        assert.ok((retainedBytes ?? 0) >= 0 && selfBytes >= 0)
        met.groups++
        met.members += Number(members.length > 0)
      }
      met.short += Number(some.groups.length < all.length)
    }),
    {seed: 7, numRuns: runs(800)},
  )
  assert.ok(met.groups > enough(300) && met.members > enough(20) && met.short > enough(20), JSON.stringify(met))
})

function retainedByHand(heap: PlainHeap, nodes: number[]): number {
  return freedByHand(heap, new Set(nodes)).reduce((sum, node) => sum + heap.nodes[node].selfBytes, 0)
}

test('lengths that exclude each other are refused', async () => {
  const heap = await heapOf('root -> window -> keep -> A.b -> B.a -> A')
  assert.throws(() => cycles(heap, {minLength: 3, maxLength: 2}), /no cycle has at least 3 and at most 2 objects/)
  assert.equal(cycles(heap, {retained: false}).groups[0].retainedBytes, undefined)
})

test('application code is named as the holder before nearer others, and who holds an element', async () => {
  const heap = await heapOf(`
    root -> near -internal:slot-> A1.b -> B1.a -> A1
    root -> far -> farther -> listen -context:list-> List [0] -> A1
    listen -internal:shared-> shared -internal:script-> script -internal:name-> path
    root -> global -internal:elements-> array [7] -> B1
    listen: closure listen 64 at 5:3:7
    shared: code shared
    script: code script
    path: string "/app/src/a.js" 24
    List: object Array
  `)
  const [group] = cycles(heap).groups
  assert.ok(group.heldBy !== undefined)
  assert.equal(heap.label(holderOf(heap, group.heldBy)), 'List')
  assert.ok(group.holder !== undefined)
  assert.equal(heap.label(holderOf(heap, group.holder.edge)), 'listen')
})

/** `labels by edge names: components, nodes` of each group. */
function lines(heap: DrawnHeap, {groups}: CyclesAnswer): string[] {
  return groups.map(({nodes, edges, components, nodeCount, heldBy}) => {
    const steps = nodes.map((node, i) => {
      const kind = heap.header.schema.edgeKinds[heap.edgeKind[edges[i]]]
      const isNumber = kind === 'element' || kind === 'hidden'
      return `${heap.label(node)}.${isNumber ? heap.edgeName[edges[i]] : heap.strings.get(heap.edgeName[edges[i]])}`
    })
    const holder = heldBy === undefined ? 'nothing' : heap.label(holderOf(heap, heldBy))
    return `${steps.join(' ')}: ${components}, ${nodeCount}, held by ${holder}`
  })
}

function holderOf(heap: DrawnHeap, edge: number): number {
  return heap.labels.findIndex((_, node) => heap.firstEdge[node] <= edge && edge < heap.firstEdge[node + 1])
}

// keep ─▶ P1 ⇄ C1      pairs and a triple, each begun at another of its members
//      ─▶ P2 ⇄ C2
//      ─▶ C3 ⇄ P3
//      ─▶ R1 ▶ S1 ▶ R2 ▶ R1
//      ─▶ S2 ▶ R3 ▶ R4 ▶ S2
test('planted cycles are grouped, wherever they are entered', async () => {
  const heap = await heapOf(`
    root -> window -> keep
    keep -> P1.child -> C1.parent -> P1
    keep -> P2.child -> C2.parent -> P2
    keep -> C3.parent -> P3.child -> C3
    keep -> R1.next -> S1.next -> R2.next -> R1
    keep -> S2.next -> R3.next -> R4.next -> S2
    keep -> X.self -> X
  `)
  const answer = cycles(heap)
  assert.deepEqual(lines(heap, answer), [
    'P1.child C1.parent: 3, 6, held by keep',
    'R2.next R1.next S1.next: 2, 6, held by keep',
    'X.self: 1, 1, held by keep',
  ])
  assert.deepEqual(answer.total, {groups: 3, components: 6, nodeCount: 13, selfBytes: 13 * 16})
  const first = cycles(heap, {limit: 1})
  assert.deepEqual([first.groups.length, first.total, first.limitsReached], [1, answer.total, {groups: 1}])
  assert.deepEqual(lines(heap, cycles(heap, {through: select(heap, {type: 'S'})})), [
    'R2.next R1.next S1.next: 2, 6, held by keep',
  ])
  assert.deepEqual(cycles(heap, {through: select(heap, {type: 'keep'})}).groups, [])
})

test('a cycle turned round is the same pattern, on random rings', async () => {
  const rings = fc.record({
    types: fc.array(fc.constantFrom('A', 'B'), {minLength: 2, maxLength: 7}),
    names: fc.array(fc.constantFrom('x', 'y'), {minLength: 7, maxLength: 7}),
    turn: fc.nat(6),
  })
  await fc.assert(
    fc.asyncProperty(rings, async ({types, names, turn}) => {
      const ring = (offset: number, by: number) =>
        types.map((_, i) => {
          const at = (i + by) % types.length
          const next = (i + 1) % types.length
          return `${types[at]}${offset + i}.${names[at]} -> ${types[(at + 1) % types.length]}${offset + next}`
        })
      const heap = await heapOf([...ring(100, 0), ...ring(200, turn)].join('\n'))
      assert.deepEqual(
        cycles(heap).groups.map(({components}) => components),
        [2],
      )
    }),
    {seed: 33, numRuns: runs(300)},
  )
})

// Indexes are left out of a pattern, property names are not
test('the place in an array tells no patterns apart, a property name does', async () => {
  const heap = await heapOf(`
    A1 [0] -> B1.owner -> A1
    A2 [7] -> B2.owner -> A2
    A3 -internal:3-> B3.owner -> A3
    A4.first -> B4.owner -> A4
  `)
  assert.deepEqual(lines(heap, cycles(heap)), [
    'A1.0 B1.owner: 3, 6, held by nothing',
    'A4.first B4.owner: 1, 2, held by nothing',
  ])
})

// Layer.map ⇄ Map.layers is people's own; an object's `map` slot, a class's prototype are V8's
test("V8's own slots make no cycles, properties of the same names do, and all do with raw", async () => {
  const heap = await heapOf(`
    root -> window
    Layer.map -> Map.layers -> Layer
    Thing -internal:map-> shape -internal:constructor-> Thing
    shape: object-shape map
    Class -property:prototype-> proto -property:constructor-> Class
    Scoped -context:c-> Context -internal:next-> Scoped
    Context: hidden "system / Context"
    window.a -> Held.window -> window
  `)
  assert.deepEqual(lines(heap, cycles(heap)), ['Layer.map Map.layers: 1, 2, held by nothing'])
  const all = lines(heap, cycles(heap, {raw: true}))
  assert.equal(all.length, 5)
})

// f ─context▶ Scope ─f▶ f      a function in a variable it can see
test('cycles of functions and their scopes only are one group, listed last', async () => {
  const heap = await heapOf(`
    f -internal:context-> S1 -context:f-> f
    g -internal:context-> S2 -context:other-> g
    A -> B -> A
    f: closure f
    g: closure g
    S1: object "system / Context"
    S2: object "system / Context / scope @7"
  `)
  const {groups} = cycles(heap)
  assert.deepEqual(
    groups.map(({components, isScopeOnly}) => [components, isScopeOnly]),
    [
      [1, false],
      [2, true],
    ],
  )
})

// far ─▶ … and near both hold the ring; the nearer one to the roots is named
test('what holds a cycle from outside is the holder nearest to the roots', async () => {
  const heap = await heapOf(`
    lost -> A1
    root -> window -> x -> far -> A1.b -> B1.a -> A1
    window -> near -> B1
  `)
  assert.deepEqual(lines(heap, cycles(heap)), ['A1.b B1.a: 1, 2, held by near'])
})

test('in a component of more than 64 members, a short cycle far away may be missed, which is said', () => {
  // A ring of 200; of the last two members one also points back at the other.
  const size = 200
  const ring = (extra: boolean, self: boolean) =>
    largeHeap({
      nodeCount: size + 1,
      edgeCount: size + Number(extra) + Number(self),
      source: edge => Math.min(edge + 1, size),
      target: edge => (edge === size - 1 ? 1 : edge === size ? (self ? size : size - 1) : edge + 2),
    })
  const missed = cycles(ring(true, false))
  assert.deepEqual([missed.groups[0].nodes.length, missed.limitsReached], [size, {searched: 1}])
  // A cycle of one is never missed.
  const found = cycles(ring(false, true))
  assert.deepEqual([found.groups[0].nodes.length, found.limitsReached], [1, {}])
})

test('64 members are all tried, of 65 one is not', () => {
  const ring = (size: number) =>
    largeHeap({nodeCount: size + 1, edgeCount: size, source: edge => edge + 1, target: edge => ((edge + 1) % size) + 1})
  assert.deepEqual(cycles(ring(64)).limitsReached, {})
  assert.deepEqual(cycles(ring(65)).limitsReached, {searched: 1})
})
