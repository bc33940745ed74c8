/** Owners on drawn heaps, against a slow twin on random ones, and on shapes that would take a careless walk forever. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {retainingEdges} from '../../../src/analyze/facts/edge-policy.ts'
import {rootNodes} from '../../../src/analyze/facts/roots.ts'
import {type OwnersAnswer, owners} from '../../../src/analyze/owners/owners.ts'
import {select} from '../../../src/analyze/select/select.ts'
import {sourceOf} from '../../../src/snapshot/columns/retainers.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'
import {MODULES} from '../../support/drawn-modules.ts'
import {enough, many, runs} from '../../support/runs.ts'
import {largeHeap, randomHeap, snapshotOf} from '../plain-heap.ts'

async function ownersOf(
  drawing: string,
  type: string,
): Promise<{heap: DrawnHeap; answer: OwnersAnswer; lines: string[]}> {
  const heap = await heapOf(MODULES + drawing)
  const answer = owners(heap, select(heap, {type}))
  const lines = answer.owners.map(({start, edges, cut, count, alone, code}) => {
    const way = edges.map((edge, i) => `${i === cut ? '|' : ' '}${heap.label(heap.edgeTarget[edge])}`).join('')
    return `${code} ${heap.label(start)}${way} ${count}/${alone}`
  })
  return {heap, answer, lines}
}

test('a variable of a module owns what is in its Map, whatever else names the Map', async () => {
  const {lines, answer} = await ownersOf(
    `
    scopeA -context:byId-> Map -internal:table-> table [0] -> T1
    table [1] -> T2
    scopeB -context:alias-> Map
    table: array "" 64
    `,
    'T',
  )
  assert.deepEqual(lines, ['application scopeA Map|table T1 2/2'])
  assert.equal(answer.shared, 0)
})

test('two Maps, a listener and a library: each is an owner, application code first', async () => {
  const {lines, answer} = await ownersOf(
    `
    scopeB -context:cache-> MapB -internal:table-> tableB [0] -> T1
    scopeA -context:byId-> MapA -internal:table-> tableA [0] -> T1
    tableA [1] -> T2
    scopeA -context:bus-> Bus.events -> Events.flush -> Array [0] -> listen -internal:context-> call -context:user-> T1
    listen: closure listen 32 at 1:20:3
    call: object "system / Context" 32
    call -internal:previous-> scopeA
    tableA: array "" 64
    tableB: array "" 64
    `,
    'T',
  )
  assert.deepEqual(lines, [
    'application scopeA MapA|tableA T1 2/1',
    'application scopeA Bus|Events Array listen call T1 1/0',
    'library scopeB MapB|tableB T1 1/0',
  ])
  assert.deepEqual([answer.shared, answer.unheld, answer.isCut], [1, 0, false])
})

test('what the object itself keeps alive is no owner of it', async () => {
  const {lines} = await ownersOf('scopeA -context:cache-> T1.entry -> Entry.cache -> T1', 'T')
  assert.deepEqual(lines, ['application scopeA|T1 1/1'])
})

test('links of a list have the owner of its head', async () => {
  const {lines} = await ownersOf('scopeA -context:head-> T1.next -> T2.next -> T3.cell -> Cell.item -> T4', 'T')
  assert.deepEqual(lines, ['application scopeA|T1 4/4'])
})

test('members of a ring have the owner of the ring', async () => {
  const {lines} = await ownersOf(
    `
    scopeA -context:ring-> Ring.first -> A1.next -> A2.next -> A3.next -> A1
    A1.prev -> A3.prev -> A2.prev -> A1
    A2.item -> T1
    `,
    'T',
  )
  assert.equal(lines.length, 1)
  assert.match(lines[0], /^application scopeA Ring\|A1 .*A2 T1 1\/1$/)
})

test('objects that only roots hold have those as owners', async () => {
  const {lines} = await ownersOf('root -> stack [3] -> T1\n stack: synthetic "(Stack roots)" 0', 'T')
  assert.deepEqual(lines, ['runtime stack|T1 1/1'])
})

test('objects that only code of V8 holds have an owner too', async () => {
  const {lines} = await ownersOf('gc -> code -internal:constant-> T1\n code: code "" 32', 'T')
  assert.deepEqual(lines, ['runtime gc|code T1 1/1'])
})

test('an element of a function that is a root is no name', async () => {
  const {lines} = await ownersOf('root -> main [900] -> T1\n main: closure main 32', 'T')
  assert.deepEqual(lines, ['application main|T1 1/1'])
})

test('garbage and what is held weakly has none, and is counted', async () => {
  const {lines, answer} = await ownersOf('scopeA -weak:x-> T1\n scopeA -context:x-> T2\n T3.self -> T3', 'T')
  assert.deepEqual(lines, ['application scopeA|T2 1/1'])
  assert.equal(answer.unheld, 2)
})

test('owners beyond the limit are counted', async () => {
  const vars = Array.from({length: 6}, (_, i) => `scopeA -context:v${i}-> T1`).join('\n')
  const heap = await heapOf(MODULES + vars)
  const {owners: kept, total, limitsReached} = owners(heap, select(heap, {type: 'T'}), {limit: 2})
  assert.deepEqual([kept.length, total.owners, limitsReached], [2, 6, {owners: 2}])
})

test('more owners of one object than are followed are said to be more', async () => {
  const vars = Array.from({length: 20}, (_, i) => `scopeA -context:v${i}-> T1`).join('\n')
  const heap = await heapOf(MODULES + vars)
  assert.equal(owners(heap, select(heap, {type: 'T'})).isCut, true)
})

test("a class's prototype, which counts among its instances, comes last", async () => {
  const {lines} = await ownersOf(
    `
    scopeA -context:Cls-> cls.prototype -> T1
    scopeB -context:cache-> Map -internal:table-> table [0] -> T2
    cls: closure Cls 32 at 1:30:3
    table: array "" 64
    `,
    'T',
  )
  assert.deepEqual(lines, ['library scopeB Map|table T2 1/1', 'runtime scopeA cls|T1 1/1'])
})

test('all edges of an owner are known, not only those to the example', async () => {
  const {answer, heap} = await ownersOf(
    `
    scopeA -context:list-> Array [0] -> T1
    Array [1] -> T2
    Array [2] -> Cell.item -> T3
    `,
    'T',
  )
  const targets = answer.owners.flatMap(({cuts}) => Array.from(cuts, edge => heap.label(heap.edgeTarget[edge])))
  assert.deepEqual(targets.sort(), ['Cell', 'T1', 'T2'])
})

/** Whether every way from the root to `below` passes `above`, by trying; as in DevTools garbage counts as held by the root. */
function dominates(snapshot: Snapshot, above: number, below: number): boolean {
  const reached = reach(snapshot)
  const garbage = Array.from({length: snapshot.nodeCount}, (_, node) => node).filter(node => !reached.has(node))
  return !reach(snapshot, above, [snapshot.root, ...garbage]).has(below)
}

/** What the root, or other nodes, lead to without passing a node. */
function reach(snapshot: Snapshot, without = -1, starts = [snapshot.root]): Set<number> {
  const {firstEdge, edgeTarget} = snapshot
  const retaining = retainingEdges(snapshot)
  const met = new Set<number>(starts.filter(start => start !== without))
  for (const node of met) {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (retaining.has(edge) && edgeTarget[edge] !== without) met.add(edgeTarget[edge])
    }
  }
  return met
}

const PLUMBING_KINDS = ['code', 'object shape']

/** The edges at which following holders of `target` ends, by plain walking; by rules without names, as random heaps have no code. */
function ends(snapshot: Snapshot, target: number): Set<number> {
  const {edgeCount, edgeKind, edgeTarget, firstEdge, nodeKind, header} = snapshot
  const {nodeKinds, edgeKinds} = header.schema
  const retaining = retainingEdges(snapshot)
  const reached = reach(snapshot)
  const roots = rootNodes(snapshot)
  const holders = (node: number, withPlumbing: boolean) =>
    Array.from({length: edgeCount}, (_, edge) => edge).filter(edge => {
      const source = sourceOf(firstEdge, edge)
      if (edgeTarget[edge] !== node || !retaining.has(edge) || !reached.has(source)) return false
      if (!withPlumbing && PLUMBING_KINDS.includes(nodeKinds[nodeKind[source]])) return false
      return !dominates(snapshot, node, source)
    })
  const isHardEnd = (edge: number) => {
    const source = sourceOf(firstEdge, edge)
    if (roots.has(source) || snapshot.detachedness[source] === 1) return true
    return nodeKinds[nodeKind[source]] === 'closure' && edgeKinds[edgeKind[edge]] === 'property'
  }
  const walk = (withPlumbing: boolean) => {
    const found = new Set<number>()
    const met = new Set([target])
    for (const node of met) {
      for (const edge of holders(node, withPlumbing)) {
        const source = sourceOf(firstEdge, edge)
        const isThing = ['object', 'native'].includes(nodeKinds[nodeKind[source]]) && source !== target
        const isNamed = !withPlumbing && isThing && holders(source, false).some(isHardEnd)
        if (isHardEnd(edge) || isNamed) found.add(edge)
        else met.add(source)
      }
    }
    return found
  }
  const strict = walk(false)
  return strict.size > 0 ? strict : walk(true)
}

/** V8's own stores and Contexts have rules of names, told apart above. */
const hasPlainNames = ({nodeName, nodeCount, strings}: Snapshot) =>
  !Array.from({length: nodeCount}, (_, node) => strings.get(nodeName[node])).some(name =>
    /^system \/|^\(object (elements|properties)\)$/.test(name),
  )

test('owners of one object are where the twin ends, and each way is one that holds', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(randomHeap({nodes: 9, edges: 16}), async heap => {
      const snapshot = await snapshotOf(heap)
      if (!hasPlainNames(snapshot)) return
      const reached = reach(snapshot)
      const retaining = retainingEdges(snapshot)
      for (let node = 1; node < snapshot.nodeCount; node++) {
        if (snapshot.ephemerons.edge.length > 0) return
        const answer = owners(snapshot, {subject: '', nodes: Uint32Array.of(node)})
        assert.equal(answer.unheld, reached.has(node) ? 0 : 1)
        if (!reached.has(node)) continue
        const expected = ends(snapshot, node)
        assert.ok(answer.owners.length > 0, `no owner of ${node}`)
        for (const {start, edges, cut, example} of answer.owners) {
          assert.equal(example, node)
          let at = start
          for (const edge of edges) {
            assert.equal(sourceOf(snapshot.firstEdge, edge), at)
            assert.ok(retaining.has(edge))
            at = snapshot.edgeTarget[edge]
          }
          assert.equal(at, node)
          assert.ok(reached.has(start))
          assert.ok(expected.has(edges[cut]), `cut ${edges[cut]} of ${node}`)
          compared++
        }
        if (expected.size === 1) assert.equal(answer.owners.length, 1)
      }
    }),
    {numRuns: runs(500)},
  )
  assert.ok(compared > enough(200), `${compared}`)
})

const MANY = many(1_000_000)

function ownersOfThings(snapshot: Snapshot) {
  const {owners: found, shared, unheld, isCut} = owners(snapshot, select(snapshot, {type: 'Thing'}))
  return {counts: found.map(({count}) => count), shared, unheld, isCut}
}

test('a list of very many links', () => {
  const list = largeHeap({
    nodeCount: MANY,
    edgeCount: MANY - 1,
    source: edge => edge,
    target: edge => edge + 1,
    nodeKind: node => (node === 1 ? 'synthetic' : 'object'),
    nodeName: node => (node === 1 ? '(Stack roots)' : 'Thing'),
  })
  assert.deepEqual(ownersOfThings(list), {counts: [MANY - 2], shared: 0, unheld: 0, isCut: false})
})

test('a ring of very many links, both ways', () => {
  const ring = largeHeap({
    nodeCount: MANY + 2,
    edgeCount: 2 * MANY + 2,
    source: edge => (edge < 2 ? edge : ((edge - 2) >> 1) + 2),
    target: edge => {
      if (edge < 2) return edge + 1
      const at = (edge - 2) >> 1
      return ((edge % 2 === 0 ? at + 1 : at + MANY - 1) % MANY) + 2
    },
    edgeName: edge => (edge % 2 === 0 ? 'next' : 'prev'),
    nodeKind: node => (node === 1 ? 'synthetic' : 'object'),
    nodeName: node => (node === 1 ? '(Stack roots)' : 'Thing'),
  })
  assert.deepEqual(ownersOfThings(ring), {counts: [MANY], shared: 0, unheld: 0, isCut: false})
})

test('an object with very many holders', () => {
  const fan = largeHeap({
    nodeCount: MANY + 3,
    edgeCount: 2 * MANY + 1,
    source: edge => (edge <= MANY ? Math.min(edge, 1) : edge - MANY + 1),
    target: edge => (edge <= MANY ? edge + 1 : MANY + 2),
    nodeKind: node => (node === 1 ? 'synthetic' : 'object'),
    nodeName: node => (node === 1 ? '(Stack roots)' : node === MANY + 2 ? 'Thing' : 'Holder'),
  })
  assert.deepEqual(ownersOfThings(fan), {counts: [1], shared: 0, unheld: 0, isCut: false})
})

test('a ladder with more ways than could be counted', () => {
  const ladder = largeHeap({
    nodeCount: 200_001,
    edgeCount: 399_997,
    source: edge => (edge < 2 ? 0 : ((edge - 2) >> 1) + 1),
    target: edge => (edge < 2 ? edge + 1 : 2 * ((edge - 2) >> 2) + 3 + (edge % 2)),
    nodeName: node => (node === 200_000 ? 'Thing' : node % 2 === 0 ? 'Left' : 'Right'),
    edgeName: edge => `e${edge % 7}`,
  })
  const {counts, unheld} = ownersOfThings(ladder)
  assert.equal(unheld, 0)
  assert.ok(counts.length > 0)
})

test('of elements in an array the array is the owner, though siblings and their layout refer to them, in whatever order the heap has them', async () => {
  const array = `
    scopeA -context:kept-> Array [0] -> E1
    Array [1] -> E2
    Array [2] -> E3
    `
  const page = `
    layout1 [4] -> E1
    layout2 [4] -> E2
    layout3 [4] -> E3
    E1 [7] -> layout1
    E2 [7] -> layout2
    E3 [7] -> layout3
    E1 [8] -> E2 [8] -> E3
    E3 [9] -> E2 [9] -> E1
    root -> roots -hidden:1-> view [1] -> layout1
    view [2] -> layout2
    view [3] -> layout3
    roots: synthetic "(GC roots)" 0
    view: native Layout 16 attached
    layout1: native Layout 16 attached
    layout2: native Layout 16 attached
    layout3: native Layout 16 attached
    `
  const are = [1, 2, 3].map(i => `E${i}: native "<i>" 16 attached\n`).join('')
  for (const drawing of [array + page, page + array]) {
    const {lines} = await ownersOf(drawing + are, '<i>')
    assert.equal(lines[0], 'application scopeA Array|E1 3/3', drawing)
    assert.equal(lines.length, 1)
  }
})
