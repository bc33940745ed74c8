/** Wasted strings and wasted memory: planted in a real snapshot, and small heaps drawn by hand. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {openSnapshot, strings, stringsView, waste, wasteView} from '../../../src/index.ts'
import {NodeKind} from '../../../src/snapshot/columns/schema.ts'
import {heapText} from '../../support/ascii-heap.ts'
import {runs} from '../../support/runs.ts'

const FIXTURES = fileURLToPath(new URL('../../../fixtures/', import.meta.url))
const planted = await openSnapshot(`${FIXTURES}snapshots/waste.node20.heapsnapshot.gz`)
const truth = JSON.parse(readFileSync(`${FIXTURES}programs/waste.truth.json`, 'utf8'))

const open = (text: string) => openSnapshot(Buffer.from(heapText(text)))

test('all that the program wastes is told, by kind, with its holder', () => {
  const {categories} = wasteView(waste(planted), {limit: 1000})
  for (const {kind, type, count, path, bytes} of truth.waste) {
    const rows = categories.find(category => category.kind === kind)!.rows
    const row = rows.find(found => found.type === type && found.holder?.path === path)
    assert.equal(row?.count, count, `${kind} ${type} ${path}`)
    if (bytes !== undefined) assert.equal(row?.wastedBytes, bytes, `${kind} ${type}`)
    assert.match(row?.holder?.place ?? '', /^src\/waste\/main\.cjs/)
  }
  const boxed = categories.find(({kind}) => kind === 'boxed')!.rows
  const row = boxed.find(({holder}) => holder?.path.includes(truth.boxed.holder))
  assert.equal(row?.count, truth.boxed.count)
})

test('equal strings, parts that pin and ropes of the program are told', () => {
  const view = stringsView(strings(planted, {limit: 1000}))
  for (const number of [0, 1]) {
    const row = view.same.find(({text}) => text === JSON.stringify(truth.strings.text + number))
    assert.equal(row?.count, truth.strings.count)
    assert.equal(row?.holders[0].path, truth.strings.path)
    assert.equal(row?.wastedBytes, (row!.selfBytes / row!.count) * (row!.count - 1))
  }
  const slices = view.slices.filter(({holders}) => holders[0]?.path === truth.slices.path)
  assert.equal(slices.length, truth.slices.count)
  for (const {parentBytes, isPinned} of slices) {
    assert.ok(parentBytes >= truth.slices.parentBytes)
    assert.ok(isPinned)
  }
  const rope = view.ropes.find(({holders}) => holders[0]?.path === truth.rope.path)
  assert.ok((rope?.leaves ?? 0) >= truth.rope.leastPieces)
  assert.match(rope?.text ?? '', /^"line 0 of the report; /)
})

test('a text to match is looked for anywhere, as it stands or as an expression, and leaves the others out', () => {
  const plain = strings(planted, {match: 'label made at run'})
  const regex = strings(planted, {match: '/LABEL made at run/i'})
  assert.deepEqual(
    plain.same.map(({nodes}) => Array.from(nodes)),
    regex.same.map(({nodes}) => Array.from(nodes)),
  )
  assert.ok(plain.same.length >= 2 && plain.same.length < 10)
  assert.equal(strings(planted, {match: 'no such text at all'}).same.length, 0)
  for (const {wastedBytes} of strings(planted, {minBytes: 2000, limit: 1000}).same) assert.ok(wastedBytes >= 2000)
})

test('strings of one cut text and different sizes are not equal; of one size they are marked', async () => {
  const long = 'x'.repeat(1024)
  const snapshot = await open(`
    root -> A.a -> one
    A.b -> two
    A.c -> three
    one: string "${long}" 2048
    two: string "${long}" 2048
    three: string "${long}" 9000
  `)
  const {same} = strings(snapshot)
  assert.equal(same.length, 1)
  assert.deepEqual([same[0].nodes.length, same[0].wastedBytes, same[0].isCut], [2, 2048, true])
})

test('equal strings are those of a slow twin', () => {
  const slow = new Map<string, number[]>()
  for (let node = 0; node < planted.nodeCount; node++) {
    if (planted.nodeKind[node] !== NodeKind.string || planted.nodeSelfBytes[node] === 0) continue
    const text = planted.strings.get(planted.nodeName[node])
    const key = text.length >= 1024 ? `${text} ${planted.nodeSelfBytes[node]}` : text
    slow.set(key, [...(slow.get(key) ?? []), planted.nodeSelfBytes[node]])
  }
  const wasted = [...slow.values()].map(sizes => sizes.reduce((a, b) => a + b, 0) - Math.max(...sizes))
  const expected = wasted.filter(bytes => bytes > 0).sort((a, b) => b - a)
  const found = strings(planted, {limit: 1e6})
  assert.deepEqual(
    found.same.map(({wastedBytes}) => wastedBytes),
    expected,
  )
  assert.equal(
    found.total.wastedBytes,
    expected.reduce((a, b) => a + b, 0),
  )
})

test('a part does not pin what something else holds, and a shared piece counts for one rope', async () => {
  const snapshot = await open(`
    root -> A.part -> slice -internal:parent-> whole
    A.whole -> whole
    A.rope -> rope -internal:first-> left
    rope -internal:second-> right
    A.other -> other -internal:first-> left
    other -internal:second-> end
    slice: "sliced string" "(sliced string)" 32
    whole: string "a long text" 5000
    rope: "concatenated string" "(concatenated string)" 32
    other: "concatenated string" "(concatenated string)" 32
    left: string "left" 100
    right: string "right" 100
    end: string "end" 100
  `)
  const {slices, ropes} = strings(snapshot)
  assert.deepEqual(
    slices.map(({isPinned, parentBytes}) => [isPinned, parentBytes]),
    [[false, 5000]],
  )
  assert.equal(
    ropes.reduce((sum, {selfBytes}) => sum + selfBytes, 0),
    364,
  )
})

test('equal objects are those of a slow twin, on random records', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(1)), {minLength: 1, maxLength: 20}),
      async records => {
        const lines = records.flatMap(([a, b, map], i) => [
          `root -> R${i}.a -> v${a}`,
          `R${i}.b -> v${b}`,
          `R${i} -internal:map-> m${map}`,
          `R${i}: object "R" 40`,
        ])
        const values = [0, 1, 2].map(i => `v${i}: string "value ${i}" 24`)
        const names = lines.concat(values).join('\n')
        const maps = [0, 1].filter(i => names.includes(`m${i}`)).map(i => `m${i}: "object shape" "system / Map" 80`)
        const used = [0, 1, 2].filter(i => names.includes(`-> v${i}\n`)).map(i => values[i])
        const snapshot = await open([...lines, ...used, ...maps].join('\n'))
        const found = waste(snapshot).categories.find(({kind}) => kind === 'equal')!
        assert.equal(found.nodes.length, records.length - new Set(records.map(String)).size)
        assert.equal(found.wastedBytes, 40 * found.nodes.length)
      },
    ),
    {numRuns: runs(50)},
  )
})
