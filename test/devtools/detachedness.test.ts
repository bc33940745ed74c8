import assert from 'node:assert/strict'
import {readdirSync} from 'node:fs'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {ATTACHED, DETACHED, UNKNOWN} from '../../src/snapshot/columns/detachedness.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {heapOf} from '../support/ascii-heap.ts'
import {enough, runs} from '../support/runs.ts'
import {type Heap, randomHeap, snapshotOf} from './heaps.ts'

/**
 * Section 4, as a repetition until nothing changes: a native node without a state of its own, to which a native node of the
 * state leads, takes it; first all that can be attached, then all that can be detached.
 */
function naiveStates({nodes, edges}: Heap): number[] {
  const states = nodes.map(({detachedness = UNKNOWN}) => detachedness)
  const isNative = (node: number) => nodes[node].kind === 'native'
  for (const state of [ATTACHED, DETACHED]) {
    for (let changed = true; changed; ) {
      changed = false
      for (const {source, target, kind} of edges) {
        if (kind === 'hidden' || kind === 'weak' || !isNative(source) || states[source] !== state) continue
        if (!isNative(target) || states[target] !== UNKNOWN) continue
        states[target] = state
        changed = true
      }
    }
  }
  return states
}

/** Many native nodes, and edges among them. */
const domHeap: fc.Arbitrary<Heap> = fc
  .tuple(
    fc.array(
      fc.record({
        kind: fc.constantFrom('native' as const, 'native' as const, 'native' as const, 'object' as const),
        name: fc.constantFrom('<div id="a">', 'Detached <p class="x y">', 'InternalNode', 'Detached InternalNode'),
        detachedness: fc.constantFrom(UNKNOWN, UNKNOWN, UNKNOWN, ATTACHED, DETACHED),
      }),
      {minLength: 1, maxLength: 12, size: 'max'},
    ),
    fc.array(
      fc.record({
        source: fc.nat(),
        target: fc.nat(),
        kind: fc.constantFrom(
          'property' as const,
          'internal' as const,
          'shortcut' as const,
          'hidden' as const,
          'weak' as const,
        ),
      }),
      {maxLength: 24, size: 'max'},
    ),
  )
  .map(([drawn, edges]) => {
    const nodes: Heap['nodes'] = [
      {kind: 'synthetic', name: '', id: 1, selfBytes: 0},
      ...drawn.map((node, i) => ({...node, id: 2 * i + 3, selfBytes: 8})),
    ]
    const placed = edges.map(({source, target, kind}) => ({
      source: source % nodes.length,
      target: target % nodes.length,
      kind,
      name: kind === 'hidden' ? 1 : 'x',
    }))
    return {nodes, edges: placed.sort((a, b) => a.source - b.source)}
  })

test('detachedness spreads as the rules say, on random heaps', async () => {
  const met = {attached: 0, detached: 0, both: 0}
  await fc.assert(
    fc.asyncProperty(fc.oneof({weight: 4, arbitrary: domHeap}, {weight: 1, arbitrary: randomHeap}), async heap => {
      const found = [...(await snapshotOf(heap)).detachedness]
      assert.deepEqual(found, naiveStates(heap))
      const spread = found.filter((state, node) => state !== (heap.nodes[node].detachedness ?? UNKNOWN))
      met.attached += Number(spread.includes(ATTACHED))
      met.detached += Number(spread.includes(DETACHED))
      met.both += Number(spread.includes(DETACHED) && spread.includes(ATTACHED))
    }),
    {seed: 31, numRuns: runs(800)},
  )
  assert.ok(
    Object.values(met).every(count => count > enough(15)),
    JSON.stringify(met),
  )
})

test('without the field native nodes are detached by name, and nothing spreads', async () => {
  await fc.assert(
    fc.asyncProperty(domHeap, async heap => {
      const snapshot = await snapshotOf(heap, {detachedness: false})
      const expected = heap.nodes.map(({kind, name}) =>
        kind === 'native' && name.startsWith('Detached ') ? DETACHED : UNKNOWN,
      )
      assert.deepEqual([...snapshot.detachedness], expected)
      // The name says it already: it is not said twice.
      assert.ok(snapshot.types.names.every(name => !name.startsWith('Detached Detached ')))
    }),
    {seed: 32, numRuns: runs(200)},
  )
})

// D ─▶ both ◀─ A        attached wins over detached, but over no state of the file
//      D ─▶ own ◀─ A
// D ─▶ js ─▶ behind     JavaScript passes nothing on
// D ┄▶ weak, D ─7▶ hidden
test('detachedness, drawn', async () => {
  const heap = await heapOf(`
    root -> D -> both
    root -> A -> both
    D -> own
    A -> own
    D -> js -> behind
    D -weak:w-> weak
    D -hidden:7-> hid
    D -> child -> grandchild
    D: native "<p>" 8 detached
    A: native "<div>" 8 attached
    both: native Node 8
    own: native Node 8 detached
    js: object Listener 8 detached
    behind: native Node 8
    weak: native Node 8
    hid: native Node 8
    child: native "<b id=\\"x\\">" 8
    grandchild: native Node 8
  `)
  const label = (wanted: number) => heap.labels.filter((_, node) => heap.detachedness[node] === wanted)
  assert.deepEqual(label(ATTACHED), ['both', 'A'])
  // The listener keeps what the file says of it, and its name.
  assert.deepEqual(label(DETACHED).sort(), ['D', 'child', 'grandchild', 'js', 'own'])
  const typeOf = (name: string) => heap.types.names[heap.types.ofNode[heap.node(name)]]
  assert.deepEqual(['D', 'own', 'js', 'child', 'grandchild', 'both'].map(typeOf), [
    ...['Detached <p>', 'Detached Node', 'Listener', 'Detached <b>', 'Detached Node', 'Node'],
  ])
})

const SNAPSHOTS = fileURLToPath(new URL('../../fixtures/snapshots/', import.meta.url))

async function domOf(file: string) {
  const {nodeKind, nodeName, header, strings, detachedness} = await openSnapshot(SNAPSHOTS + file)
  const isDom = (node: number) =>
    header.schema.nodeKinds[nodeKind[node]] === 'native' && /^(Detached )?</.test(strings.get(nodeName[node]))
  const dom = Array.from(nodeKind, (_, node) => node).filter(isDom)
  const named = (state: number) =>
    dom.filter(node => detachedness[node] === state).map(node => strings.get(nodeName[node]))
  return {attached: named(ATTACHED), detached: named(DETACHED), unknown: named(UNKNOWN)}
}

test('a page of Chromium: 25 sections of 5 elements and 10 buttons are detached', async () => {
  const {attached, detached, unknown} = await domOf('page.chromium.heapsnapshot.gz')
  const counts: Record<string, number> = {}
  for (const name of detached) counts[name] = (counts[name] ?? 0) + 1
  assert.deepEqual(counts, {'<section class="panel">': 25, '<h2>': 25, '<ul>': 25, '<li>': 50, '<button>': 10})
  assert.equal(attached.length, 7)
  assert.ok(attached.includes('<main id="main">'))
  assert.deepEqual(unknown, [])
})

test('Node has no detached DOM', async () => {
  for (const file of readdirSync(SNAPSHOTS).filter(name => /^types-zoo\..*\.gz$/.test(name))) {
    assert.deepEqual(await domOf(file), {attached: [], detached: [], unknown: []}, file)
  }
})
