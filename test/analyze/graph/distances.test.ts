import assert from 'node:assert/strict'
import {readdirSync} from 'node:fs'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {holdingEdges} from '../../../src/analyze/facts/edge-policy.ts'
import {rootNodes, userRoots} from '../../../src/analyze/facts/roots.ts'
import {
  bfsDepthFrom,
  bfsDepthFromRoots,
  heldDepth,
  heldDepthWithout,
  UNREACHED,
} from '../../../src/analyze/graph/bfs-depth.ts'
import {distances, NO_DISTANCE} from '../../../src/analyze/graph/distances.ts'
import {SYSTEM_DISTANCE} from '../../../src/analyze/graph/system-distance.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {BitSet} from '../../../src/util/bit-set.ts'
import {type DrawnHeap, heapOf, heapText} from '../../support/ascii-heap.ts'
import {enough, runs} from '../../support/runs.ts'
import {devToolsDistances, devToolsDistancesOfFile} from '../devtools.ts'
import {largeHeap, type PlainEdge, type PlainHeap, randomHeap, snapshotOf, textOf} from '../plain-heap.ts'

/** Section 7 of semantics.md, written down sentence by sentence with Maps and strings. */
function naiveDistances({nodes, edges}: PlainHeap): number[] {
  const ROOT = 0
  const isUserRoot = (node: number) => nodes[node].kind !== 'synthetic' || nodes[node].name === '(Document DOM trees)'
  const distance = new Map<number, number>()
  const rememberedTexts = new Set<string>()
  const refuses = (edge: PlainEdge): boolean => {
    const {kind, name} = nodes[edge.source]
    if (edge.name === 'sloppy_function_map' && kind === 'hidden' && name === 'system / NativeContext') return true
    if (kind === 'array' && name === '(map descriptors)') {
      const i = Number.parseInt(String(edge.name), 10)
      return !Number.isNaN(i) && i >= 2 && i % 3 === 1
    }
    if (edge.half === undefined) return false
    const text = String(edge.name).replace(/^\d+/, '')
    if (rememberedTexts.delete(text)) return false
    rememberedTexts.add(text)
    return true
  }
  const breadthFirst = (seeds: number[]) => {
    let level = seeds
    while (level.length > 0) {
      const next: number[] = []
      for (const node of level) {
        for (const edge of edges.filter(({source}) => source === node)) {
          if (edge.kind === 'weak' || distance.has(edge.target) || refuses(edge)) continue
          distance.set(edge.target, distance.get(node)! + 1)
          next.push(edge.target)
        }
      }
      level = next
    }
  }
  const seeds = [...new Set(edges.filter(({source}) => source === ROOT).map(({target}) => target))].filter(isUserRoot)
  for (const seed of seeds) distance.set(seed, 1)
  breadthFirst(seeds)
  distance.set(ROOT, seeds.length > 0 ? 100_000_000 : 0)
  breadthFirst([ROOT])
  return nodes.map((_, node) => distance.get(node) ?? -5)
}

test('distances: as the description says, on random heaps', async () => {
  const met = {system: 0, none: 0, fromRoot: 0}
  await fc.assert(
    fc.asyncProperty(randomHeap({nodes: 14}), async heap => {
      const expected = naiveDistances(heap)
      assert.deepEqual([...distances(await snapshotOf(heap))], expected)
      if (expected[0] === 0) met.fromRoot++
      if (expected.some(distance => distance > SYSTEM_DISTANCE)) met.system++
      if (expected.includes(NO_DISTANCE)) met.none++
    }),
    {seed: 3, numRuns: runs(1000)},
  )
  assert.ok(met.system > enough(50) && met.none > enough(400) && met.fromRoot > enough(50), JSON.stringify(met))
})

/** DevTools takes no name with a line break for a WeakMap entry; we do, and say so. */
const hasLineBreaks = ({edges}: PlainHeap) => edges.some(({half, name}) => half !== undefined && /\n/.test(`${name}`))

test("distances: as DevTools' own worker computes them, on random heaps", async () => {
  let different = 0
  const fresh = randomHeap({nodes: 14, rootEdgesOnce: true})
  await fc.assert(
    fc.asyncProperty(fresh, async heap => {
      const found = [...distances(await snapshotOf(heap))]
      const theirs = await devToolsDistances(textOf(heap))
      if (!hasLineBreaks(heap)) assert.deepEqual(found, theirs)
      else different += Number(JSON.stringify(found) !== JSON.stringify(theirs))
    }),
    {seed: 4, numRuns: runs(400)},
  )
  assert.ok(different > 0, 'the exception for line breaks is none')
})

// root ─▶ Key ─┬─▶ value ◀─┐      both halves are in the file, but the key's name has a line break:
//      └▶ Far ─▶ table ────┘      for DevTools two plain edges, so 2; the farther of both, so 3, for us
test('a WeakMap entry whose key has a line break in its name', async () => {
  const pair = '/ part of key (two\\nlines @3) -> value (Value @5) pair in WeakMap (table @9)'
  const drawing = `
    root -> Key -internal:"1 ${pair}"-> Value
    root -> Far -> table -internal:"2 ${pair}"-> Value
    table: array "" 8
  `
  const distance = labeled(await heapOf(drawing))
  assert.deepEqual(distance, {root: SYSTEM_DISTANCE, Key: 1, Value: 3, Far: 1, table: 2})
  const theirs = await devToolsDistances(Buffer.from(heapText(drawing)).toString())
  assert.deepEqual(theirs, [SYSTEM_DISTANCE, 1, 2, 1, 2])
  const oneLine = drawing.replace('\\n', ' ')
  assert.deepEqual(await devToolsDistances(Buffer.from(heapText(oneLine)).toString()), [SYSTEM_DISTANCE, 1, 3, 1, 2])
})

// root ══▶ table ─▶ value     DevTools visits a user root once for each edge from the root, and so meets the one
//      └─▶ table              half of the entry twice and takes that for both; a visit is a visit for us
test('a user root to which the root has two edges', async () => {
  const drawing = `
    root -shortcut:a-> table -internal:"2 / part of key (K @7) -> value (V @5) pair in WeakMap (table @3)"-> V
    root -element:1-> table
    lost -internal:"1 / part of key (K @7) -> value (V @5) pair in WeakMap (table @3)"-> V
    table: object Table
  `
  const heap = await heapOf(drawing)
  assert.deepEqual([...distances(heap)], [SYSTEM_DISTANCE, 1, NO_DISTANCE, NO_DISTANCE])
  const theirs = await devToolsDistances(Buffer.from(heapText(drawing)).toString())
  assert.deepEqual(theirs, [SYSTEM_DISTANCE, 1, 2, NO_DISTANCE])
})

function labeled(heap: DrawnHeap): Record<string, number> {
  return Object.fromEntries(Array.from(distances(heap), (distance, node) => [heap.label(node), distance]))
}

// root ─▶ window ─▶ A ─▶ B      the user root first, then what only the system holds
//      └▶ (GC roots) ┬▶ B
//                    └▶ S ┄▶ W
test('distances, drawn', async () => {
  const heap = await heapOf(`
    root -> window -> A -> B
    root -> gc -> B
    gc -> S -weak:w-> W
    lost -> alsoLost
    gc: synthetic "(GC roots)" 0
  `)
  const system = {gc: SYSTEM_DISTANCE + 1, S: SYSTEM_DISTANCE + 2}
  const none = {W: NO_DISTANCE, lost: NO_DISTANCE, alsoLost: NO_DISTANCE}
  assert.deepEqual(labeled(heap), {root: SYSTEM_DISTANCE, window: 1, A: 2, B: 3, ...system, ...none})
  assert.deepEqual([...userRoots(heap)], [heap.node('window')])
  const roots = heap.labels.filter((_, node) => rootNodes(heap).has(node))
  assert.deepEqual(roots, ['root', 'window', 'gc'])
})

// root ─▶ (GC roots) ─▶ A       no user root: all is counted from the root
test('distances without user roots', async () => {
  const heap = await heapOf('root -> gc -> A\n gc: synthetic "(GC roots)" 0')
  assert.deepEqual(labeled(heap), {root: 0, gc: 1, A: 2})
})

test('a list of a million links', () => {
  const nodeCount = 1_000_000
  const heap = largeHeap({nodeCount, edgeCount: nodeCount - 1, source: edge => edge, target: edge => edge + 1})
  const distance = distances(heap)
  assert.deepEqual([distance[0], distance[1], distance[nodeCount - 1]], [SYSTEM_DISTANCE, 1, nodeCount - 1])
})

test('BFS depth: breadth first over the edges given', async () => {
  const withSubset = fc.record({heap: randomHeap(), bits: fc.array(fc.boolean(), {minLength: 60, maxLength: 60})})
  await fc.assert(
    fc.asyncProperty(withSubset, async ({heap, bits}) => {
      const snapshot = await snapshotOf(heap)
      const edges = new BitSet(snapshot.edgeCount)
      heap.edges.forEach((_, edge) => {
        if (bits[edge % bits.length]) edges.add(edge)
      })
      /** Shortens by single edges until nothing changes. */
      const relaxed = (bfsDepth: number[], fixed?: number) => {
        for (let changed = true; changed; ) {
          changed = false
          heap.edges.forEach(({source, target}, edge) => {
            if (target === fixed || !edges.has(edge) || bfsDepth[source] + 1 >= bfsDepth[target]) return
            bfsDepth[target] = bfsDepth[source] + 1
            changed = true
          })
        }
        return bfsDepth
      }
      const starts = [0, heap.nodes.length - 1]
      const expected = relaxed(heap.nodes.map((_, node) => (starts.includes(node) ? 0 : Number.POSITIVE_INFINITY)))
      const found = bfsDepthFrom(snapshot, Uint32Array.from(new Set(starts)), edges)
      assert.deepEqual(Array.from(found, finite), expected)
      const seeds = userRoots(snapshot)
      const first = relaxed(heap.nodes.map((_, node) => (seeds.includes(node) ? 1 : Number.POSITIVE_INFINITY)))
      first[0] = seeds.length > 0 ? SYSTEM_DISTANCE : 0
      assert.deepEqual(Array.from(bfsDepthFromRoots(snapshot, edges), finite), relaxed(first, 0))
    }),
    {seed: 5, numRuns: runs(500)},
  )
})

test('BFS depth without the edges of one node: as if all were told anew', async () => {
  let lost = 0
  await fc.assert(
    fc.asyncProperty(randomHeap(), async heap => {
      const snapshot = await snapshotOf(heap)
      for (let node = 0; node < snapshot.nodeCount; node++) {
        const edges = holdingEdges(snapshot).copy()
        for (let edge = snapshot.firstEdge[node]; edge < snapshot.firstEdge[node + 1]; edge++) edges.delete(edge)
        const expected = bfsDepthFromRoots(snapshot, edges)
        for (const most of [0, 2, Number.POSITIVE_INFINITY]) {
          assert.deepEqual(heldDepthWithout(snapshot, node, most), expected)
        }
        if (expected.some((depth, at) => depth !== heldDepth(snapshot)[at])) lost++
      }
    }),
    {seed: 6, numRuns: runs(500)},
  )
  assert.ok(lost > 0)
})

const finite = (bfsDepth: number) => (bfsDepth === UNREACHED ? Number.POSITIVE_INFINITY : bfsDepth)

const SNAPSHOTS = fileURLToPath(new URL('../../../fixtures/snapshots/', import.meta.url))
/** A file that DevTools cannot load at all: its trace tree names functions that its header does not count. */
const NOT_LOADED = 'tracked-in-process.node24.heapsnapshot.gz'

for (const file of readdirSync(SNAPSHOTS).filter(name => name.endsWith('.heapsnapshot.gz'))) {
  test(`distances of ${file}: as DevTools' own worker computes them`, async () => {
    const path = SNAPSHOTS + file
    if (file === NOT_LOADED) {
      await assert.rejects(devToolsDistancesOfFile(path), /addTraceTopNode/)
      return
    }
    const found = distances(await openSnapshot(path))
    const theirs = await devToolsDistancesOfFile(path)
    assert.equal(theirs.length, found.length)
    // Every node of every file, also of those newer than the worker.
    assert.equal(
      found.findIndex((distance, node) => distance !== theirs[node]),
      -1,
    )
  })
}
