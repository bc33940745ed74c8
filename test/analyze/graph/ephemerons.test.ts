import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {retainingEdges} from '../../../src/analyze/facts/edge-policy.ts'
import {distances} from '../../../src/analyze/graph/distances.ts'
import {SYSTEM_DISTANCE} from '../../../src/analyze/graph/system-distance.ts'
import {shortestPaths} from '../../../src/analyze/paths/path.ts'
import {select} from '../../../src/analyze/select/select.ts'
import {parseEphemeronName} from '../../../src/snapshot/columns/ephemerons.ts'
import {type DrawnHeap, heapOf} from '../../support/ascii-heap.ts'
import {enough, runs} from '../../support/runs.ts'
import {randomHeap, snapshotOf} from '../plain-heap.ts'

const entryName = (number: number, key: string, value: string, table: string) =>
  `${number} / part of key (${key}) -> value (${value}) pair in WeakMap (table ${table})`

/** An edge of a drawing. */
const entry = (...parts: Parameters<typeof entryName>) => `-internal:${JSON.stringify(entryName(...parts))}->`

test('names of WeakMap entries', () => {
  const read = (name: string) => Object.values(parseEphemeronName(name) ?? {})
  assert.deepEqual(read(entryName(3, 'Key @11', 'Value @13', '@15')), [11, 13, 15])
  // Parentheses, arrows and line breaks in names; a value is often a string of any text.
  for (const odd of [
    'a) -> value (b',
    '(',
    ')))',
    ' -> ',
    'a\nb',
    '\r\n',
    '\u2028',
    '',
    ' ',
    '1 / part of key (',
    'x @7',
  ]) {
    assert.deepEqual(read(entryName(3, `${odd} @11`, 'Value @13', '@15')), [11, 13, 15], odd)
    assert.deepEqual(read(entryName(3, 'Key @11', `${odd} @13`, '@15')), [11, 13, 15], odd)
  }
  const pretending = 'x @1) -> value (y @2) pair in WeakMap (table @3)'
  assert.deepEqual(read(entryName(3, 'Key @11', `${pretending} @13`, '@15')), [11, 13, 15])
  // A key's name that says it all is believed: nothing in the text tells which is the true one.
  assert.deepEqual(read(entryName(3, `${pretending} @11`, 'Value @13', '@15')), [1, 13, 15])
})

test('names that are none', () => {
  const good = entryName(3, 'Key @11', 'Value @13', '@15')
  const others = [
    '',
    '3',
    'elements',
    `x${good}`,
    `${good} `,
    `${good}\n`,
    good.replace('3 / ', '/ '),
    good.replace('WeakMap', 'Map'),
    good.replace('@11', '@'),
    good.replace('@15', '15'),
    // From before V8 8.4, and from tables of C++.
    '2 / key Object in WeakMap',
    'part of key -> value pair in ephemeron table',
    // Cut by V8 at 1,024 characters.
    entryName(3, `${'k'.repeat(1100)} @11`, 'Value @13', '@15').slice(0, 1024),
    // Not closed.
    '1 / part of key (a @1) -> value ( @2) pair in WeakMap (table @3',
  ]
  for (const name of others) assert.equal(parseEphemeronName(name), undefined, name.slice(0, 80))
})

test('a name made to be slow to read is not', () => {
  const parts = '1 / part of key ('.concat(
    ' @1) -> value ('.repeat(200_000),
    ' @1) pair in WeakMap (table @2) '.repeat(100_000),
  )
  assert.equal(parseEphemeronName(`${parts}x)`), undefined)
  assert.equal(parseEphemeronName(`${parts.slice(0, -1)}`)?.tableId, 2)
})

test('entries and their halves, on random heaps', async () => {
  let entries = 0
  await fc.assert(
    fc.asyncProperty(randomHeap(), async heap => {
      const {edge: edges, fromTable, pair, pairCount} = (await snapshotOf(heap)).ephemerons
      const expected = heap.edges.flatMap(({half}, edge) => (half === undefined ? [] : [edge]))
      assert.deepEqual([...edges], expected)
      expected.forEach((edge, i) => {
        assert.equal(fromTable[i] === 1, heap.edges[edge].half === 'table')
        expected.forEach((other, j) => {
          assert.equal(pair[i] === pair[j], heap.edges[edge].entry === heap.edges[other].entry)
        })
      })
      assert.equal(pairCount, new Set(pair).size)
      entries += pairCount
    }),
    {seed: 51, numRuns: runs(800)},
  )
  assert.ok(entries > enough(500), `${entries}`)
})

// window ─▶ keys ─▶ Key ═══════▶ Value      the value is held by the key that is held;
//      └─▶ WeakMap ─▶ table ═══▶ Value      the other by nothing but a key that only the table knows, weakly
//                       ├╌╌╌▶ Lost ═▶ Other
//                       └════════════▶ Other
const WEAK_MAP = `
  root -> window -> keys [0] -> Key ${entry(7, 'Key @11', 'Value @13', '@15')} Value
  window -> WeakMap -internal:table-> table ${entry(9, 'Key @11', 'Value @13', '@15')} Value
  table -weak:5-> Key
  table -weak:6-> Lost ${entry(3, 'Lost @17', 'Other @19', '@15')} Other
  table ${entry(10, 'Lost @17', 'Other @19', '@15')} Other
  Key: object Key @11
  Value: object Value @13
  table: array "" @15
  Lost: object Lost @17
  Other: object Other @19
`

function pathsTo(heap: DrawnHeap, label: string, avoid: string[] = []): string[] {
  const {paths} = shortestPaths(heap, select(heap, {id: heap.nodeId[heap.node(label)]}), {count: 9, avoid})
  return paths.map(({nodes}) => nodes.map(node => heap.label(node)).join(' '))
}

test('a value is held by its key only', async () => {
  const heap = await heapOf(WEAK_MAP)
  assert.deepEqual(pathsTo(heap, 'Value'), ['window keys Key Value'])
  assert.deepEqual(pathsTo(heap, 'Value', ['Key']), [])
  assert.deepEqual(pathsTo(heap, 'Other'), [])
  const retaining = retainingEdges(heap)
  assert.equal(retaining.has(heap.edge('Key', 'Value')), true)
  assert.equal(retaining.has(heap.edge('table', 'Value')), false)
})

test('a value is as far as the farther of key and table', async () => {
  const heap = await heapOf(WEAK_MAP)
  const distance = (label: string) => distances(heap)[heap.node(label)]
  assert.deepEqual(['Key', 'table', 'Value'].map(distance), [3, 3, 4])
  // The key is not reached, so only one half of the pair is ever met.
  assert.deepEqual(['Lost', 'Other'].map(distance), [-5, -5])
  const far = await heapOf(`${WEAK_MAP}\n window -> Key`)
  assert.deepEqual(
    ['Key', 'table', 'Value'].map(label => distances(far)[far.node(label)]),
    [2, 3, 4],
  )
})

// root ─▶ window ─▶ Key1 ═▶ Key2 ═▶ Value      a chain of entries: each value is the next one's key
test('entries whose values are keys', async () => {
  const heap = await heapOf(`
    root -> window -> Key1 ${entry(1, 'Key @11', 'Key @13', '@21')} Key2 ${entry(1, 'Key @13', 'Value @15', '@21')} Value
    window -> table ${entry(5, 'Key @11', 'Key @13', '@21')} Key2
    table ${entry(6, 'Key @13', 'Value @15', '@21')} Value
    Key1: object Key @11
    Key2: object Key @13
    Value: object Value @15
    table: array "" @21
  `)
  assert.deepEqual(pathsTo(heap, 'Value'), ['window Key1 Key2 Value'])
  assert.deepEqual([...distances(heap)].slice(0, 5), [SYSTEM_DISTANCE, 1, 2, 3, 4])
})
