import assert from 'node:assert/strict'
import {test} from 'node:test'
import {gzipSync} from 'node:zlib'
import fc from 'fast-check'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {openHeader, openSnapshot} from '../../../src/snapshot/load/load.ts'
import {HeapgraphError} from '../../../src/util/errors.ts'
import {heapText} from '../../support/ascii-heap.ts'
import {chunksOf} from '../../support/chunks.ts'
import {assertSameHeap, judge, parsedHeap} from '../../support/parse-twin.ts'
import {PLAIN_FORMAT, randomFormat, randomHeap, writeHeap} from '../../support/random-heap.ts'
import {enough, runs} from '../../support/runs.ts'
import {errorOf, headerText} from '../texts.ts'

const SEED = 20240229

const chunkSizes = fc.oneof(
  // [1] among them.
  fc.array(fc.integer({min: 1, max: 9}), {minLength: 1, maxLength: 5}),
  fc.array(fc.integer({min: 1, max: 4000}), {minLength: 1, maxLength: 5}),
)

/** What comes of opening it: the snapshot, or the error, which must be one for a person. */
async function outcome(opened: Promise<Snapshot>): Promise<Snapshot | HeapgraphError> {
  try {
    return await opened
  } catch (error) {
    if (!(error instanceof HeapgraphError)) throw error
    return error
  }
}

test('random heaps in random formatting equal JSON.parse, whatever the chunks', async () => {
  const property = fc.asyncProperty(randomHeap(), randomFormat, chunkSizes, async (heap, format, sizes) => {
    const bytes = writeHeap(heap, format)
    const expected = parsedHeap(bytes)
    assertSameHeap(await openSnapshot(chunksOf(bytes, sizes)), expected)
    assertSameHeap(await openSnapshot(bytes, {chunkBytes: sizes[0]}), expected)
  })
  await fc.assert(property, {seed: SEED, numRuns: runs(200)})
})

test('heaps of more rows than are handed over at once equal JSON.parse', async () => {
  const property = fc.asyncProperty(randomHeap(12), randomFormat, async (heap, format) => {
    const times = 900
    const width = heap.nodes.length * heap.nodeFields.length
    const repeat = <T>(rows: T[], change: (row: T, turn: number) => T) =>
      Array.from({length: times}, (_, turn) => rows.map(row => change(row, turn))).flat()
    const large = {
      ...heap,
      nodes: repeat(heap.nodes, (row, turn) => ({...row, id: row.id + turn > 2 ** 53 - 1 ? turn : row.id + turn})),
      edges: repeat(heap.edges, (row, turn) => ({...row, to_node: row.to_node + turn * width})),
      locations: repeat(heap.locations, (row, turn) => ({...row, object_index: row.object_index + turn * width})),
    }
    const bytes = writeHeap(large, format)
    assertSameHeap(await openSnapshot(chunksOf(bytes, [1000, 70_000, 3])), parsedHeap(bytes))
  })
  await fc.assert(property, {seed: SEED, numRuns: runs(10)})
})

interface Mutation {
  how: 'set' | 'insert' | 'delete' | 'cut' | 'repeat' | 'number'
  /** Place in the file, from 0 to 1. */
  at: number
  length: number
  byte: number
  number: string
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  how: fc.constantFrom('set', 'insert', 'delete', 'cut', 'repeat', 'number', 'number', 'number', 'number'),
  at: fc.double({min: 0, max: 1, noNaN: true, maxExcluded: true}),
  length: fc.integer({min: 1, max: 12}),
  byte: fc.oneof(fc.constantFrom(...Buffer.from('{}[],:"\\ \n-+.eE0123456789u')), fc.nat(255)),
  number: fc.constantFrom(
    '0',
    '1',
    '7',
    '12',
    '14',
    '-1',
    '-0',
    '1.5',
    '4294967296',
    '1e3',
    '1e16',
    '1e400',
    '01',
    '.5',
  ),
})

function mutate(bytes: Uint8Array, {how, at, length, byte, number}: Mutation): Uint8Array {
  const place = Math.floor(at * bytes.length)
  const before = bytes.subarray(0, place)
  if (how === 'set') return Buffer.concat([before, Buffer.of(byte), bytes.subarray(place + 1)])
  if (how === 'insert') return Buffer.concat([before, Buffer.of(byte), bytes.subarray(place)])
  if (how === 'delete') return Buffer.concat([before, bytes.subarray(place + length)])
  if (how === 'repeat') return Buffer.concat([bytes.subarray(0, place + length), bytes.subarray(place)])
  if (how === 'cut') return before
  // The next number of the file, if there is one, becomes another.
  const rest = Buffer.from(bytes.subarray(place)).toString('latin1')
  return Buffer.concat([before, Buffer.from(rest.replace(/[-+.\deE]*\d[-+.\deE]*/, number), 'latin1')])
}

/** The reader agrees with its twin about these bytes. */
async function assertJudgedAlike(bytes: Uint8Array, opened: Promise<Snapshot>): Promise<string> {
  const verdict = judge(bytes)
  const result = await outcome(opened)
  if (verdict.is === 'heap') {
    if (result instanceof HeapgraphError) assert.fail(`the twin reads it, we say: ${result.message}`)
    assertSameHeap(result, verdict.heap)
  } else {
    const why = verdict.is === 'no heap' ? verdict.why : verdict.is
    if (!(result instanceof HeapgraphError)) assert.fail(`we read it, the twin says: ${why}`)
    assert.match(result.code, /^(NOT_A_SNAPSHOT|BROKEN_SNAPSHOT)$/, result.message)
    assert.match(result.message, /^snapshot: [^\n]+$/)
    assert.ok(result.hint, 'a hint')
  }
  return verdict.is
}

test('of mutated bytes the reader takes exactly what is a heap to JSON.parse and a plain check', async () => {
  const seen = new Map<string, number>()
  const property = fc.asyncProperty(
    randomHeap(5),
    randomFormat,
    fc.array(mutation, {minLength: 1, maxLength: 2}),
    chunkSizes,
    fc.boolean(),
    async (heap, format, mutations, sizes, asStream) => {
      const bytes = mutations.reduce(mutate, writeHeap(heap, format))
      const input = asStream ? chunksOf(bytes, sizes) : bytes
      const verdict = await assertJudgedAlike(bytes, openSnapshot(input, {chunkBytes: sizes[0]}))
      seen.set(verdict, (seen.get(verdict) ?? 0) + 1)
    },
  )
  await fc.assert(property, {seed: SEED, numRuns: runs(2500)})
  // Each of the three answers is common enough for the test to mean something.
  for (const verdict of ['no JSON', 'no heap', 'heap'])
    assert.ok((seen.get(verdict) ?? 0) > enough(150), `${verdict}: ${[...seen]}`)
})

/** A small file with everything in it. */
const SMALL = writeHeap(
  {
    nodeTypes: ['synthetic', 'object'],
    edgeTypes: ['element', 'property'],
    nodeFields: ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
    edgeFields: ['type', 'name_or_index', 'to_node'],
    locationFields: ['object_index', 'script_id', 'line', 'column'],
    nodes: [
      {type: 0, name: 0, id: 1, self_size: 0, edge_count: 1, trace_node_id: 0, detachedness: 0},
      {type: 1, name: 1, id: 3, self_size: 16, edge_count: 1, trace_node_id: 0, detachedness: 0},
    ],
    edges: [
      {type: 0, name_or_index: 1, to_node: 7},
      {type: 1, name_or_index: 2, to_node: 0},
    ],
    locations: [{object_index: 7, script_id: 5, line: 10, column: 3}],
    strings: ['', 'Foo "é"', 'x\\y'],
    root: undefined,
  },
  PLAIN_FORMAT,
)

test('cut at any byte, it is an error that names section and byte', async () => {
  assertSameHeap(await openSnapshot(SMALL), parsedHeap(SMALL))
  const sections = new Set<string>()
  for (let length = 0; length < SMALL.length; length++) {
    const bytes = SMALL.subarray(0, length)
    for (const input of [bytes, chunksOf(bytes, [1 + (length % 7)])]) {
      const {code, message, hint} = await errorOf(openSnapshot(input))
      if (length === 0) assert.deepEqual([code, message], ['NOT_A_SNAPSHOT', 'snapshot: the file is empty'])
      else {
        const [, section, byte] = /^snapshot: (.+), byte (\d+): the file ends too early$/.exec(message) ?? []
        assert.deepEqual([code, byte], ['BROKEN_SNAPSHOT', String(length)], message)
        assert.match(hint ?? '', /not written to its end/)
        sections.add(section)
      }
    }
  }
  assert.deepEqual([...sections], ['between sections', ...PLAIN_FORMAT.order.map(section => `section "${section}"`)])
})

test('sections in any order, the header last', async () => {
  const drawn = JSON.parse(Buffer.from(heapText('root -> A.x -> B\nA: closure A 8 at 1:2:3')).toString())
  const {strings, locations, edges, nodes, snapshot} = drawn
  const bytes = Buffer.from(JSON.stringify({strings, locations, edges, nodes, snapshot}))
  assertSameHeap(await openSnapshot(bytes), parsedHeap(bytes))
  for (const [key, place] of [
    ['nodes', 8],
    ['edges', 3],
    ['locations', 0],
  ] as const) {
    const values = [...drawn[key]]
    values[place] = 1e9
    const broken = Buffer.from(JSON.stringify({...{strings, locations, edges, nodes}, [key]: values, snapshot}))
    const {message} = await errorOf(openSnapshot(broken))
    assert.match(message, new RegExp(`^snapshot: section "${key}", byte ${broken.indexOf('1000000000')}: `), message)
    // A row that is cut short is told with its last number.
    const short = Buffer.from(
      JSON.stringify({...{strings, locations, edges, nodes}, [key]: [...drawn[key], 77], snapshot}),
    )
    const ofShort = await errorOf(openSnapshot(short))
    assert.match(ofShort.message, /: the last row has 1 of \d numbers/)
    assert.ok(ofShort.message.includes(`section "${key}", byte ${short.indexOf(',77]') + 1}: `), ofShort.message)
  }
})

test('each contradiction is told with the place of the number that is wrong', async () => {
  const text = Buffer.from(SMALL).toString()
  const cases: [string, string, string, RegExp][] = [
    // What to replace, by what, the section, the sentence. The wrong number is marked by `<>` in the first two.
    ['1,1,3,16,1,0,0', '<2>,1,3,16,1,0,0', 'nodes', /type 2 is none of the 2 types \(0 to 1\) \(node 1\)/],
    ['1,1,3,16,1,0,0', '1,<3>,3,16,1,0,0', 'nodes', /name 3 points outside the 3 strings \(node 1\)/],
    ['1,1,3,16,1,0,0', '1,1,<-3>,16,1,0,0', 'nodes', /id is -3, not a whole number from 0 to 2\^53 - 1 \(node 1\)/],
    ['1,1,3,16,1,0,0', '1,1,3,<9007199254740992>,1,0,0', 'nodes', /self_size is 9007199254740992, .* \(node 1\)/],
    ['1,1,3,16,1,0,0', '1,1,3,16,<0.5>,0,0', 'nodes', /edge_count is 0.5, not a whole number .* \(node 1\)/],
    ['1,1,3,16,1,0,0', '1,1,3,16,<4294967295>,0,0', 'nodes', /is 4294967295: 4294967296 edges so far, .* \(node 1\)/],
    ['1,1,3,16,1,0,0', '1,1,3,16,1,<1.5>,0', 'nodes', /trace_node_id is 1.5, .* \(node 1\)/],
    ['1,1,3,16,1,0,0', '1,1,3,16,1,0,<256>', 'nodes', /detachedness is 256, .* 0 to 255 \(node 1\)/],
    ['1,2,0', '<2>,2,0', 'edges', /type 2 is none of the 2 types \(0 to 1\) \(edge 1\)/],
    ['1,2,0', '1,<-2>,0', 'edges', /name_or_index is -2, .* \(edge 1\)/],
    ['0,1,7', '0,<-2147483649>,7', 'edges', /name_or_index is -2147483649, .* \(edge 0\)/],
    ['1,2,0', '1,<3>,0', 'edges', /name_or_index 3 points outside the 3 strings \(edge 1\)/],
    ['1,2,0', '1,2,<6>', 'edges', /to_node 6 points into the middle of a node \(no multiple of 7\) \(edge 1\)/],
    ['1,2,0', '1,2,<14>', 'edges', /to_node 14 points outside the 2 nodes \(0 to 7\) \(edge 1\)/],
    ['7,5,10,3', '<14>,5,10,3', 'locations', /object_index 14 is not the place of a node \(location 0\)/],
    ['7,5,10,3', '7,5,<10.5>,3', 'locations', /line is 10.5, .* \(location 0\)/],
  ]
  for (const [what, marked, section, sentence] of cases) {
    const at = text.indexOf(what, text.indexOf(`"${section}":`))
    const broken = text.slice(0, at) + marked + text.slice(at + what.length)
    const place = broken.indexOf('<')
    const bytes = Buffer.from(broken.replace(/[<>]/g, ''))
    const {code, message} = await errorOf(openSnapshot(bytes))
    assert.equal(code, 'BROKEN_SNAPSHOT')
    assert.match(message, sentence)
    assert.ok(message.startsWith(`snapshot: section "${section}", byte ${place}: `), `${message} (${place})`)
    // A stream cannot be read again to find the place.
    const ofStream = await errorOf(openSnapshot(chunksOf(bytes, [7])))
    const start = broken.indexOf('[', broken.indexOf(`"${section}":`))
    assert.match(ofStream.message, sentence)
    assert.ok(ofStream.message.startsWith(`snapshot: section "${section}", from byte ${start} on: `), ofStream.message)
  }
})

test('a place with a number that no script has is left out, and the rest is read', async () => {
  const drawn = JSON.parse(Buffer.from(heapText('root -> A -> B -> C\nB: object B at 5:10:3')).toString())
  const {locations} = drawn
  for (const [field, value] of [
    [1, 2 ** 32],
    [2, 1e10],
    [3, -(2 ** 31) - 1],
    [1, 1e300],
  ]) {
    const odd = locations.with(field, value)
    for (const [rows, at, kept] of [
      [[...odd, ...locations], 0, 1],
      [[...locations, ...odd, ...odd], 1, 1],
      [odd, 0, 0],
    ] as const) {
      const snapshot = await openSnapshot(Buffer.from(JSON.stringify({...drawn, locations: rows})))
      const {node, scriptId, line, column} = snapshot.locations
      assert.deepEqual([...node], kept === 0 ? [] : [locations[0] / 7])
      assert.deepEqual([...scriptId, ...line, ...column], kept === 0 ? [] : locations.slice(1))
      const count = rows.length / 4 - kept
      assert.match(
        snapshot.remarks[0],
        count === 1 ? /^1 place in code is left out: its line/ : /^2 places .* their line/,
        `${at}`,
      )
    }
  }
})

test('numbers beyond 32 bits stay exact', async () => {
  const drawn = JSON.parse(Buffer.from(heapText('root -> A [4294967294] -> B -hidden:9007199254740991-> A')).toString())
  drawn.nodes.splice(7 + 2, 2, 2 ** 32 + 3, 5_000_000_001)
  drawn.nodes.splice(14 + 2, 2, Number.MAX_SAFE_INTEGER, 2 ** 53 - 2)
  const bytes = Buffer.from(JSON.stringify(drawn))
  const snapshot = await openSnapshot(bytes)
  assert.deepEqual([...snapshot.nodeId], [1, 4294967299, Number.MAX_SAFE_INTEGER])
  assert.deepEqual([...snapshot.nodeSelfBytes], [0, 5_000_000_001, 2 ** 53 - 2])
  assert.deepEqual([...snapshot.edgeName].slice(1), [4294967294, Number.MAX_SAFE_INTEGER])
  assertSameHeap(snapshot, parsedHeap(bytes))
})

test('a line that V8 does not know is -1, also written as 4294967295', async () => {
  const drawn = JSON.parse(Buffer.from(heapText('root -> f\nf: closure f 8 at 5:4294967295:0')).toString())
  drawn.locations[3] = -1
  const {locations} = await openSnapshot(Buffer.from(JSON.stringify(drawn)))
  assert.deepEqual([locations.scriptId[0], locations.line[0], locations.column[0]], [5, -1, -1])
})

test('a count that lies costs no memory', async () => {
  for (const [nodeCount, edgeCount] of [
    [4e15, 1],
    [1, 4e15],
  ]) {
    const text = `{${headerText(nodeCount, edgeCount)},"nodes":[0,0,1,0,1],"edges":[0,0,0],"strings":[""]}`
    for (const input of [Buffer.from(text), chunksOf(Buffer.from(text), [100]), gzipSync(text)]) {
      const before = process.memoryUsage().arrayBuffers
      const {message} = await errorOf(openSnapshot(input))
      const grown = process.memoryUsage().arrayBuffers - before
      assert.match(
        message,
        /the header promises 4000000000000000 (nodes|edges) \((node|edge)_count\), but there are 1$/,
      )
      assert.ok(grown < 4 << 20, `${grown} bytes more`)
    }
  }
})

test('the header is read without the rest', async () => {
  let pulled = 0
  async function* text() {
    yield Buffer.from(`{${headerText(3, 4)}`)
    for (; pulled < 100; pulled++) yield Buffer.from(' '.repeat(600))
  }
  const {header} = await openHeader(text())
  assert.deepEqual([header.nodeCount, header.edgeCount], [3, 4])
  // One to know what the input is, and one in which the first node might be.
  assert.ok(pulled <= 2, `${pulled} chunks too many`)
  const {code, message} = await errorOf(openHeader(Buffer.from('{"a":1}')))
  assert.equal(code, 'NOT_A_SNAPSHOT')
  assert.match(message, /it has "a", but no "snapshot"/)
})

test('progress counts stored bytes up to all of them', async () => {
  for (const input of [SMALL, gzipSync(SMALL)]) {
    const calls: [string, number, number | undefined][] = []
    await openSnapshot(input, {chunkBytes: 50, onProgress: (...call) => calls.push(call)})
    assert.deepEqual(calls.at(-1), ['reading', input.length, input.length])
    const done = calls.map(([, bytes]) => bytes)
    assert.deepEqual(
      done,
      done.toSorted((a, b) => a - b),
    )
    assert.ok(new Set(done).size > 3)
  }
})

test('what is another kind of JSON is called by its name', async () => {
  const profiles: [string, RegExp][] = [
    ['{"nodes":[{"id":1}],"startTime":0,"endTime":1,"samples":[1],"timeDeltas":[0]}', /\.cpuprofile/],
    ['{"head":{"callFrame":{}},"samples":[]}', /\.heapprofile/],
    ['{"traceEvents":[]}', /\.heapsnapshot/],
    ['[{"a":1}]', /\.heapsnapshot/],
    ['{}', /\.heapsnapshot/],
  ]
  for (const [text, hint] of profiles) {
    const error = await errorOf(openSnapshot(Buffer.from(text)))
    assert.equal(error.code, 'NOT_A_SNAPSHOT', text)
    assert.match(error.message, /^snapshot: not a V8 heap snapshot: /)
    assert.match(error.hint ?? '', hint)
  }
})

test('rows without end are refused long before they fill the memory', async () => {
  const meta = {
    node_fields: ['type', 'name', 'id', 'self_size', 'edge_count'],
    node_types: [['object'], 'string', 'number', 'number', 'number'],
    edge_fields: ['type', 'name_or_index', 'to_node'],
    edge_types: [['property'], 'string_or_number', 'node'],
  }
  let blocks = 0
  async function* endless() {
    yield Buffer.from(`{"snapshot":${JSON.stringify({meta, node_count: 5, edge_count: 5})},"nodes":[0,0,1,0,0`)
    for (const block = Buffer.from(',0,0,1,0,0'.repeat(100_000)); ; blocks++) yield block
  }
  await assert.rejects(openSnapshot(endless()), /promises 5 nodes \(node_count\), but there are more than \d+/)
  assert.ok(blocks < 20, `${blocks} blocks were read`)
})
