import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {reachableNodes, reachableWithout} from '../../../src/analyze/graph/reachable.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {BitSet} from '../../../src/util/bit-set.ts'
import {heapOf} from '../../support/ascii-heap.ts'
import {enough, runs} from '../../support/runs.ts'
import {nodesOf, randomHeap, snapshotOf} from '../plain-heap.ts'
import {reachedByHand} from '../reached-by-hand.ts'

const namesOf = (snapshot: Snapshot, set: BitSet) =>
  nodesOf(snapshot, node => set.has(node)).map(node => snapshot.strings.get(snapshot.nodeName[node]))

test('random edges cut from random heaps', async () => {
  let freed = 0
  await fc.assert(
    fc.asyncProperty(randomHeap(), fc.array(fc.nat(5), {minLength: 40, maxLength: 40}), async (heap, dice) => {
      const snapshot = await snapshotOf(heap)
      const cut = new BitSet(snapshot.edgeCount)
      for (let edge = 0; edge < snapshot.edgeCount; edge++) if (dice[edge] === 0) cut.add(edge)
      const twin = reachedByHand(heap, edge => cut.has(edge))
      const reached = reachableWithout(snapshot, cut)
      assert.deepEqual(
        nodesOf(snapshot, node => reached.has(node)),
        [...twin].sort((a, b) => a - b),
      )
      freed += nodesOf(snapshot, node => reachableNodes(snapshot).has(node) && !reached.has(node)).length
    }),
    {numRuns: runs(400)},
  )
  assert.ok(freed > enough(100), `${freed} nodes were freed in all`)
})

test('a WeakMap value needs its key and its table', async () => {
  const drawing = `
    root -> key
    root -> map -internal:table-> table
    key -internal:"1 / part of key (Key @11) -> value (Value @13) pair in WeakMap (table @15)"-> value -> more
    table -internal:"2 / part of key (Key @11) -> value (Value @13) pair in WeakMap (table @15)"-> value
    key: object Key @11
    value: object Value @13
    table: array WeakTable @15
    more: object More`
  const snapshot = await heapOf(drawing)
  const without = (source: string, target: string) => {
    const cut = new BitSet(snapshot.edgeCount)
    cut.add(snapshot.edge(source, target))
    return namesOf(snapshot, reachableWithout(snapshot, cut)).sort()
  }
  assert.deepEqual(namesOf(snapshot, reachableNodes(snapshot)).sort(), ['', 'Key', 'More', 'Value', 'WeakTable', 'map'])
  assert.deepEqual(without('root', 'key'), ['', 'WeakTable', 'map'])
  assert.deepEqual(without('root', 'map'), ['', 'Key'])
  assert.deepEqual(without('map', 'table'), ['', 'Key', 'map'])
  assert.deepEqual(without('key', 'value'), ['', 'Key', 'WeakTable', 'map'])
  assert.deepEqual(without('table', 'value'), ['', 'Key', 'WeakTable', 'map'])
})

test("V8's tables of strings hold none, though old versions say so", async () => {
  const snapshot = await heapOf(`
    root -> gc -internal:2-> table -internal:7-> word
    table -internal:8-> other
    root -> window -> holder -> word
    gc: synthetic "(GC roots)" 0
    table: synthetic "(Internalized strings)" 0
    word: string word 24
    other: string other 24`)
  const cut = new BitSet(snapshot.edgeCount)
  cut.add(snapshot.edge('window', 'holder'))
  assert.ok(reachableNodes(snapshot).has(snapshot.node('word')))
  assert.ok(!reachableWithout(snapshot, cut).has(snapshot.node('word')))
  assert.ok(!reachableNodes(snapshot).has(snapshot.node('other')))
})
