/** Digests hold no text of the heap, are one table wherever they lie, and tell what grew as the snapshots do. */
import assert from 'node:assert/strict'
import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {
  digestTable,
  findLeaks,
  type LeaksSample,
  leaksView,
  openSnapshot,
  type Snapshot,
  SqlSession,
  sampleLeaks,
  toNdjson,
  toParquet,
} from '../../src/index.ts'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {programs} from '../support/programs.ts'
import {ask, openFixture} from './heaps.ts'

const folder = temporaryFolder()
const {run} = programs()

/** The secret of a number, as the program makes it: a literal would be code. */
const SECRET = `(i => ['sek', ...[...Array(4)].map((_, k) => ((i + 1) * 2654435761 * (k + 3) % 4294967296).toString(36))].join('zq'))`

/** Where a program may keep them: 12 kinds of places, 300 secrets each. */
const PLANTS = `
const {EventEmitter} = require('node:events')
const {AsyncLocalStorage} = require('node:async_hooks')
const secret = ${SECRET}
const COUNT = 300
let next = 0
const many = make => Array.from({length: COUNT}, () => make(secret(next++)))
class Customer { constructor(name) { this.customerName = name } }
const texts = many(s => 'text ' + s)
const values = many(s => new Customer(s))
const byKey = new Map(many(s => [s, new Customer('x')]))
const members = new Set(many(s => s))
const dictionary = {}
many(s => { dictionary[s] = new Customer('y') })
const small = many(s => ({[s]: new Customer('z')}))
const addresses = many(s => new URL('https://host/' + s + '?token=' + s))
const tagged = many(s => ({get [Symbol.toStringTag]() { return s }, kept: new Customer('t')}))
const bus = new EventEmitter()
bus.setMaxListeners(0)
many(s => bus.on(s, () => s.length))
const symbols = many(s => ({[Symbol(s)]: new Customer('u'), key: Symbol.for(s)}))
const named = many(s => { const f = () => 1; Object.defineProperty(f, 'name', {value: s}); f.owner = new Customer('f'); return f })
const classes = many(s => { const C = {[s]: class { constructor() { this.made = 1 } }}[s]; return [new C(), new C()] })
const errors = many(s => new Error(s))
const nested = new Map(many(s => [s, {[s]: {[s]: new Customer('n')}}]))
const storage = new AsyncLocalStorage({name: secret(next++)})
const timers = many(s => storage.run({[s]: s}, () => setTimeout(() => {}, 1e8)))
module.exports = () => [texts, values, byKey, members, dictionary, small, addresses, tagged, bus, symbols, named, classes, errors, nested, storage, timers]
// Compiled code and feedback remember the names that come by.
const read = (o, k) => o[k]
function round() {
  let sum = 0
  for (let turn = 0; turn < 2000; turn++) for (let i = 0; i < 50; i++) sum += read(dictionary, secret(6 * COUNT - 600 + i)) ? 1 : 0
  for (let turn = 0; turn < 20000; turn++) sum += read(small[0], Object.keys(small[0])[0]) ? 1 : 0
  return sum
}
`

test('thousands of planted secrets are in no digest, and the names of code are', async () => {
  const [file] = run('planted.cjs', PLANTS)
  const snapshot = await openSnapshot(file)
  const digest = [...toNdjson(digestTable(snapshot, {id: '', taken: '', labels: new Map()}))].join('')
  const secretOf = new Function(`return ${SECRET}`)() as (i: number) => string
  const secrets = Array.from({length: 4501}, (_, i) => secretOf(i))
  let planted = 0
  for (const secret of secrets) {
    assert.ok(!digest.includes(secret), secret)
    if (snapshot.strings.indexesOf(secret).length > 0) planted++
  }
  // They are in the snapshot, or the test would say nothing.
  assert.ok(planted > 3000, `${planted} of ${secrets.length} are in the heap`)
  // Nor is a part of one: each has pieces of base 36 between letters that nothing else has.
  assert.doesNotMatch(digest, /sekzq[0-9a-z]{4}/)
  for (const name of ['Customer', 'byKey', 'dictionary', 'values in planted.cjs', 'bus']) {
    assert.ok(digest.includes(name), name)
  }
  assert.ok(digest.length < 600_000, `${digest.length}`)
})

test('--into refuses what it would not do, or would do over what is there', async () => {
  const file = join(ROOT, 'fixtures/snapshots/srv.node20.heapsnapshot.gz')
  const none = join(folder, 'none')
  for (const [words, told] of [
    [['-o', 'x.parquet', file], /both say where/],
    [['--format', 'csv', file], /--into writes Parquet/],
    [['-'], /standard input; name a file/],
  ] as const) {
    const {code, stderr} = await heapgraph(['digest', '--into', none, ...words])
    assert.equal(code, 2)
    assert.match(stderr, told)
  }
  assert.equal(existsSync(none), false)
})

test('digests in folders by their labels are one table, and nothing else is read', async () => {
  const fleet = join(folder, 'fleet')
  const file = join(ROOT, 'fixtures/snapshots/srv.node20.heapsnapshot.gz')
  for (const [build, pod] of [
    ['1.0', 'a'],
    ['1.0', 'b/c'],
    ['1.1', 'a'],
  ]) {
    const {code, stderr} = await heapgraph([
      'digest',
      '--into',
      fleet,
      '--label',
      `service=api,build=${build}`,
      '--label',
      `pod=${pod}`,
      file,
    ])
    assert.equal(code, 0, stderr)
  }
  const sql = "SELECT build, pod, count(*) AS n FROM digest WHERE level = 'heap' GROUP BY ALL ORDER BY ALL"
  const {code, stdout} = await heapgraph(['sql', sql, '--json', fleet])
  assert.equal(code, 0)
  assert.deepEqual(JSON.parse(stdout).rows, [
    {build: '1.0', pod: 'a', n: 1},
    {build: '1.0', pod: 'b/c', n: 1},
    {build: '1.1', pod: 'a', n: 1},
  ])
  writeFileSync(join(folder, 'beside.csv'), 'a\n1\n')
  const beside = await heapgraph(['sql', `SELECT * FROM read_csv('${join(folder, 'beside.csv')}')`, fleet])
  assert.equal(beside.code, 2)
  assert.match(beside.stderr, /disabled by configuration/)
})

test('a file has its labels as columns; names of columns are no labels', async () => {
  const file = join(ROOT, 'fixtures/snapshots/srv.node20.heapsnapshot.gz')
  const output = join(folder, 'one.parquet')
  assert.equal((await heapgraph(['digest', '-o', output, '--label', 'service=api,pod=7', file])).code, 0)
  const {stdout} = await heapgraph(['sql', 'SELECT DISTINCT service, pod FROM digest', '--json', output])
  assert.deepEqual(JSON.parse(stdout).rows, [{service: 'api', pod: '7'}])
  for (const label of ['name=x', 'Pod=1', 'pod', '../x=1', 'a b=1']) {
    const {code, stderr} = await heapgraph(['digest', '--label', label, file])
    assert.equal(code, 2, label)
    assert.match(stderr, /label/i)
  }
})

test('what leaks by the snapshots grows by their digests', async () => {
  const steps = ['base', 'target', 'final']
  const snapshots: Snapshot[] = []
  for (const step of steps) snapshots.push(await openFixture(`growing.node20.${step}`))
  const fleet = join(folder, 'steps')
  for (const [i, snapshot] of snapshots.entries()) {
    mkdirSync(join(fleet, `step=${i}`), {recursive: true})
    const table = digestTable(snapshot, {id: steps[i], taken: '', labels: new Map()})
    writeFileSync(join(fleet, `step=${i}`, 'd.parquet'), Buffer.concat([...(await toParquet(table))]))
  }
  const session = await SqlSession.open({snapshots: [], digests: [fleet]})
  try {
    const grown = await ask(
      session,
      `SELECT name, file FROM digest WHERE level = 'owner' AND file <> '' GROUP BY ALL
       HAVING count(DISTINCT step) = 3 AND max(count) FILTER (step = '2') > max(count) FILTER (step = '1')
          AND max(count) FILTER (step = '1') > max(count) FILTER (step = '0')`,
    )
    const samples: LeaksSample[] = snapshots.slice(0, 2).map(sampleLeaks)
    const {rows} = leaksView(findLeaks(samples, snapshots[2]))
    assert.ok(rows.length > 0)
    const names = new Set(grown.map(({name}) => name))
    const others = rows.filter(({fingerprint}) => !names.has(fingerprint)).map(({fingerprint}) => fingerprint)
    assert.deepEqual(others, [])
    assert.ok(rows.length >= 7, `${rows.length}`)
    // Nothing grows in other files: what else does hangs on the same objects.
    const files = new Set(rows.map(({fingerprint}) => fingerprint.split(' in ').at(-1)))
    assert.deepEqual(new Set(grown.map(({file}) => file)), files)
  } finally {
    session.close()
  }
})
