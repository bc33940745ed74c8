import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {reachableNodes, reachableWithout} from '../../src/analyze/reachable.ts'
import type {Snapshot} from '../../src/snapshot/snapshot.ts'
import {BitSet} from '../../src/util/bit-set.ts'
import {heapOf} from '../support/ascii-heap.ts'
import {nodesOf, type PlainEdge, type PlainHeap, randomHeap, snapshotOf} from './plain-heap.ts'

/**
 * The twin: the edges that are left, again and again, until nothing more is reached. An entry of a WeakMap counts when its key and
 * its table are reached; one whose other half the heap does not have is the key's.
 */
function reachedByHand({edges}: PlainHeap, isCut: (edge: number) => boolean): Set<number> {
  const isStrong = ({source, target, kind}: PlainEdge) =>
    kind !== 'weak' && source !== target && (kind !== 'shortcut' || source === 0)
  const reached = new Set([0])
  for (let grown = true; grown; ) {
    grown = false
    edges.forEach((edge, number) => {
      if (isCut(number) || !reached.has(edge.source) || reached.has(edge.target)) return
      if (edge.half === 'table') return
      const tables = edges.map((other, at) => ({other, at})).filter(({other}) => isOtherHalf(edge, other))
      const held = edge.half === 'key' && tables.length > 0 && tables.every(({other}) => other.target === edge.target)
      if (held && !tables.some(({other, at}) => !isCut(at) && reached.has(other.source))) return
      if (!held && !isStrong(edge)) return
      reached.add(edge.target)
      grown = true
    })
  }
  return reached
}

const isOtherHalf = (edge: PlainEdge, other: PlainEdge) => other.half === 'table' && other.entry === edge.entry

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
    {numRuns: 400},
  )
  assert.ok(freed > 100, `${freed} nodes were freed in all`)
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
