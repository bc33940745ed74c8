/** Values of properties as columns and as rows, and sizes counted, of a program whose objects are known. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {list, openSnapshot, select, types} from '../../src/public/heapgraph.ts'
import {programs} from '../support/programs.ts'
import {heapgraph} from './cli.ts'

const {run} = programs()
const STATES = ['open', 'closed', 'it "waits"\u001b[31m']

/** 90 sessions: 45 open, 30 closed, 15 wait; each with an own user, a size of its own, and for a third a number. */
const [file] = run(
  'sessions.cjs',
  `class User { constructor(name) { this.name = name } }
class Session {
  constructor(i) {
    this.id = 's' + i
    this.user = new User('user ' + (i % 7))
    this.state = ${JSON.stringify(STATES)}[i % 6 < 3 ? 0 : i % 6 < 5 ? 1 : 2]
    if (i % 3 === 0) this.rank = i
    this.isOld = i % 2 === 0
    this.payload = Array.from({length: i < 80 ? 10 : 1000}, () => ({}))
    this['two words, with a comma'] = i % 2 === 0 ? this.user : null
  }
}
globalThis.all = Array.from({length: 90}, (_, i) => new Session(i))
function round() {}
const {writeHeapSnapshot} = require('v8')
require('v8').writeHeapSnapshot = file => writeHeapSnapshot(file, {exposeNumericValues: true})
`,
)

interface ListDocument {
  columns: string[]
  rows: {values: (string | null)[]; retainedBytes: number}[]
  histogram: {fromBytes: number; toBytes: number; count: number; retainedBytes: number}[]
}

test('values of properties stand in columns', async () => {
  const columns = `id, user.name, state, rank, isOld, "two words, with a comma", nobody.name`
  const {stdout} = await heapgraph(['list', '--type', 'Session', '--limit', '90', '--columns', columns, '--json', file])
  const {rows, columns: told} = JSON.parse(stdout) as ListDocument
  assert.deepEqual(told, ['id', 'user.name', 'state', 'rank', 'isOld', '"two words, with a comma"', 'nobody.name'])
  assert.equal(rows.length, 90)
  for (const {values} of rows) {
    const i = Number(/^"s(\d+)"$/.exec(values[0] ?? '')?.[1])
    const state = STATES[i % 6 < 3 ? 0 : i % 6 < 5 ? 1 : 2]
    assert.deepEqual(values.slice(1, 3), [`"user ${i % 7}"`, JSON.stringify(state)])
    assert.equal(values[3], i % 3 === 0 ? String(i) : null)
    assert.deepEqual(values.slice(4), [String(i % 2 === 0), i % 2 === 0 ? 'User' : 'null', null])
  }
  const {stdout: text} = await heapgraph(['list', '--type', 'Session', '--limit', '90', '--columns', 'id,state', file])
  assert.match(text, /^ *id +retained .* \.id +\.state/)
  assert.match(text, /"s0" +"open"/)
  assert.ok(!text.includes('\u001b'))
})

test('a row is a value, and rows add up to the whole', async () => {
  const ask = async (...words: string[]) => {
    const {stdout} = await heapgraph(['types', '--json', ...words, file])
    return (JSON.parse(stdout) as {rows: {type: string; count: number}[]}).rows.map(({type, count}) => [type, count])
  }
  const counts = STATES.map((state, i) => [JSON.stringify(state), [45, 30, 15][i]])
  assert.deepEqual(await ask('--where', 'type=Session', '--by', 'prop.state', '--sort', 'count'), counts)
  // Of all there are, only what has the property.
  assert.deepEqual(await ask('--by', 'prop.user.name', '--sort', 'name'), [
    ...Array.from({length: 7}, (_, i) => [`"user ${i}"`, i < 6 ? 13 : 12]),
  ])
  const ranks = await ask('--where', 'type=Session', '--by', 'prop.rank', '--limit', '100')
  assert.equal(ranks.length, 31)
  assert.deepEqual(
    ranks.filter(([type]) => type === '(no such property)'),
    [['(no such property)', 60]],
  )
  assert.equal((await heapgraph(['types', '--by', 'prop.nobodyHasThis', file])).code, 1)
})

test('sizes are counted, each object once', async () => {
  const words = ['list', '--type', 'Session', '--limit', '90', '--histogram', '--json', file]
  const {rows, histogram} = JSON.parse((await heapgraph(words)).stdout) as ListDocument
  for (const {fromBytes, toBytes, count, retainedBytes} of histogram) {
    const own = rows.filter(row => row.retainedBytes >= fromBytes && row.retainedBytes < toBytes)
    assert.equal(count, own.length)
    assert.equal(
      retainedBytes,
      own.reduce((sum, row) => sum + row.retainedBytes, 0),
    )
  }
  assert.equal(
    histogram.reduce((sum, {count}) => sum + count, 0),
    90,
  )
  assert.ok(histogram[0].count > 0 && (histogram.at(-1)?.count ?? 0) === 10)
  const {stdout} = await heapgraph(['list', '--type', 'Session', '--histogram', file])
  assert.match(stdout, /retained from +objects +retained/)
  assert.match(stdout, / 10 +[\d.]+ [kM]B +#+/)
})

test('what is no path is told, and the library answers the same', async () => {
  const tried: [words: string[], said: RegExp][] = [
    [['list', '--type', 'Session', '--columns', 'a,,b'], /a property's name is expected here/],
    [['list', '--type', 'Session', '--columns', 'a b'], /a comma or the end is expected here/],
    [
      ['list', '--type', 'Session', '--columns', Array.from({length: 21}, (_, i) => `a${i}`).join()],
      /more than 20 columns/,
    ],
    [['types', '--by', 'prop.'], /a property's name is expected here/],
    [['types', '--by', 'prop.a,b'], /names two properties/],
    [['types', '--by', 'state'], /allowed choices are type, .*prop\.NAME/],
  ]
  for (const [words, said] of tried) {
    const {code, stdout, stderr} = await heapgraph([...words, file])
    assert.deepEqual([code, stdout], [2, ''], words.join(' '))
    assert.match(stderr, said)
  }
  const heap = await openSnapshot(file)
  const among = select(heap, {type: 'Session'})
  assert.deepEqual(
    types(heap, {by: 'prop.state', among, sort: 'count'}).rows.map(({count}) => count),
    [45, 30, 15],
  )
  assert.equal(list(heap, among, {columns: ['user.name'], histogram: true}).columns.length, 1)
  assert.throws(() => types(heap, {by: 'state' as 'type'}), {code: 'USAGE'})
})
