/** What owners are called in every process, build and version of Node; and what `--known` does with it. */
import assert from 'node:assert/strict'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {openSnapshot, suspectsView} from '../../../src/index.ts'
import {heapgraph, ROOT} from '../../cli/cli.ts'
import {programs} from '../../support/programs.ts'

const {folder, run} = programs()

/** `key`: of what is in the Map; `lines`: put in before the program. */
const program = (key: string, lines: number) => `${'// more\n'.repeat(lines)}
const {EventEmitter} = require('events')
class Kept { constructor(key) { this.key = key; this.payload = Array.from({length: 40}, (_, i) => ({i})) } }
class Stock {${'\n'.repeat(lines)} items = [] }
const byKey = new Map()
globalThis.log = []
const stock = new Stock()
const bus = new EventEmitter().setMaxListeners(0)
let count = 0
function round() {
  for (let i = 0; i < 200; i++) {
    byKey.set('${key}' + count++, new Kept(i))
    stock.items.push(new Kept(i))
    log.push(new Kept(i))
    const captured = new Kept(i)
    bus.on('flush:${lines}', () => captured)
    const {length} = setInterval(function poll() { return captured2 }, 1e6)
    var captured2 = new Kept(length)
  }
}
require('v8').setFlagsFromString('--heap-snapshot-string-limit=1000000')
`

interface Found {
  rows: {fingerprint: string; holder: string; place: string}[]
  known: {fingerprint: string; holder: string; known: {verdict: string; reason: string}}[]
  total: {rows: number}
  limits: string[]
}

async function leaks(files: string[], ...options: string[]): Promise<{code: number; found: Found}> {
  const {stdout, code} = await heapgraph(['leaks', '--json', ...options, ...files])
  return {code, found: JSON.parse(stdout) as Found}
}

const one = run('app-3f9c2e1a.cjs', program('user:', 0), 3)
const other = run('app-9b2e4d17.cjs', program('order:', 7), 3)

test('the same in another process, with other keys, lines, events and hashes', async () => {
  const [first, second] = [(await leaks(one)).found, (await leaks(other)).found]
  const prints = ({rows}: Found) => rows.map(({fingerprint}) => fingerprint).sort()
  assert.deepEqual(prints(first), prints(second))
  assert.ok(new Set(prints(first)).size >= 4, prints(first).join('; '))
  assert.notDeepEqual(
    first.rows.map(({place}) => place),
    second.rows.map(({place}) => place),
  )
  for (const wanted of ['byKey in app-….cjs', 'stock.items in app-….cjs', 'poll() of round() in app-….cjs']) {
    assert.ok(prints(first).includes(wanted), `${wanted} is not in ${prints(first).join('; ')}`)
  }
  // Whether the file has the line of a global variable depends on the version of V8.
  assert.ok(
    prints(first).some(print => /^globalThis\.log (?:of Kept|in app-….cjs)$/.test(print)),
    prints(first).join('; '),
  )
})

/** Holders of equal words in one file, each in a function of its own; `bare`: V8 keeps no context of it, since only a block has what is captured. */
const SAME_WORDS = `
const {EventEmitter} = require('events')
class Kept { constructor() { this.payload = Array.from({length: 40}, (_, i) => ({i})) } }
const bus = new EventEmitter().setMaxListeners(0)
function makeUsers() { const cache = new Map(); return {add(key, value) { cache.set(key, value) }} }
const makeOrders = () => { const cache = new Map(); return {add(key, value) { cache.set(key, value) }} }
const [users, orders] = [makeUsers(), makeOrders()]
function listenOnce() { const captured = new Kept(); bus.on('flush', () => captured) }
class Page { open() { const captured = new Kept(); bus.on('flush', () => captured) } }
function bareFirst() { for (let i = 0; i < 1; i++) { const kept = new Kept(); setInterval(() => kept, 1e6).unref() } }
function bareSecond() { for (let i = 0; i < 1; i++) { const kept = new Kept(); setInterval(() => kept, 1e6).unref() } }
let count = 0
const cache = new Map()
const page = new Page()
function round() {
  for (let i = 0; i < 100; i++) {
    users.add('user' + ++count, new Kept())
    orders.add('order' + count, new Kept())
    cache.set(count, new Kept())
    listenOnce()
    page.open()
    bareFirst()
    bareSecond()
  }
}
require('v8').setFlagsFromString('--heap-snapshot-string-limit=1000000')
`

test('several functions of a file have each a fingerprint for the same words, on every version of Node', async () => {
  const {rows} = (await leaks(run('same-words.cjs', SAME_WORDS, 3), '--limit', '30')).found
  assert.deepEqual(rows.map(({fingerprint}) => fingerprint).sort(), [
    'Timeout._onTimeout of bareFirst() in same-words.cjs',
    'Timeout._onTimeout of bareSecond() in same-words.cjs',
    'bus on "flush" listener of listenOnce() in same-words.cjs',
    'bus on "flush" listener of open() in same-words.cjs',
    'cache in same-words.cjs',
    'cache of makeOrders() in same-words.cjs',
    'cache of makeUsers() in same-words.cjs',
  ])
})

test('the same from one version of Node to the next', async () => {
  for (const name of ['seven-leaks', 'language-zoo']) {
    const rows = await Promise.all(
      ['node20', 'node24'].map(async version => {
        const heap = await openSnapshot(join(ROOT, `fixtures/snapshots/${name}.${version}.heapsnapshot.gz`))
        return suspectsView(heap, {minShare: 0.01}).rows.map(({fingerprint}) => fingerprint)
      }),
    )
    assert.ok(rows[0].length > 0)
    assert.deepEqual(rows[0], rows[1], name)
  }
})

test('the same wherever a package is installed and a page is served', async () => {
  const library = `class Store { constructor() { this.all = new Map() } add(key, value) { this.all.set(key, value) } }
exports.store = new Store()`
  const text = (path: string) => `const {store} = require('${path}')
class Kept {}
let count = 0
function round() { for (let i = 0; i < 200; i++) store.add(count++, new Kept()) }
require('v8').setFlagsFromString('--heap-snapshot-string-limit=1000000')
`
  const found: string[][] = []
  for (const at of ['node_modules/shop', 'node_modules/.pnpm/shop@1.2.3/node_modules/shop']) {
    mkdirSync(join(folder, at), {recursive: true})
    writeFileSync(join(folder, at, 'index.js'), library)
    const {rows} = (await leaks(run('of-library.cjs', text(`./${at}`), 3))).found
    found.push(rows.map(({fingerprint}) => fingerprint))
  }
  assert.equal(found[0].length, 1)
  assert.match(found[0][0], /store\.all/)
  assert.deepEqual(found[0], found[1])
})

test('known suspects are told in one line, and do not count', async () => {
  const path = join(folder, 'known.json')
  const say = (notes: object[]) => writeFileSync(path, JSON.stringify({known: notes}))
  const all = (await leaks(one)).found
  say([
    {fingerprint: 'byKey in app-….cjs', verdict: 'expected', reason: 'full at 1,000 \u001b[31m'},
    {fingerprint: 'gone in app-….cjs', verdict: 'ignore', reason: ''},
  ])
  // Notes on one build are read of another.
  const {code, found} = await leaks(other, '--known', path)
  const {stdout: text} = await heapgraph(['leaks', '--known', path, ...other])
  assert.equal(code, 0)
  assert.equal(found.total.rows, all.total.rows - 1)
  assert.ok(!found.rows.some(({holder}) => holder === 'byKey'))
  assert.deepEqual(
    found.known.map(({holder, known}) => [holder, known.verdict]),
    [['byKey', 'expected']],
  )
  assert.match(text, /\nknown, and not counted: byKey \(app-9b2e4d17\.cjs:\d+\), .* objects?, expected: full at 1,000/)
  assert.ok(!text.includes('\u001b'))
  assert.match(found.limits.join('\n'), /of the known suspects, gone in app-….cjs was not among those looked at/)
  // The limit is for the others.
  const {found: two} = await leaks(one, '--known', path, '--limit', '2')
  assert.equal(two.rows.length, 2)
  // All known: as if there were none, and none is lost.
  say(all.rows.map(({fingerprint}) => ({fingerprint, verdict: 'mine', reason: ''})))
  const none = await leaks(one, '--known', path)
  assert.equal(none.code, 1)
  assert.deepEqual([none.found.rows, none.found.known.length], [[], all.rows.length])
  const {stdout: line} = await heapgraph(['leaks', '--known', path, ...one])
  assert.match(line, /nothing leaks that is not known/)
  for (const {holder} of all.rows) assert.ok(line.includes(holder), holder)
  const {stdout: picture, code: drawn} = await heapgraph(['leaks', '--format', 'mermaid', '--known', path, ...one])
  assert.equal(drawn, 1)
  assert.ok(!picture.includes('byKey'))
  const last = one[2]
  const suspects = await heapgraph(['suspects', '--json', '--known', path, last])
  const {rows, known} = JSON.parse(suspects.stdout) as Found
  assert.equal(suspects.code, rows.length === 0 ? 1 : 0)
  assert.ok(known.length > 0)
  assert.equal(readFileSync(path, 'utf8').includes('mine'), true)
})

test('a file of known suspects that is none is told before a snapshot is read', async () => {
  const path = join(folder, 'not-known.json')
  const tried: [content: string | undefined, said: RegExp][] = [
    [undefined, /no such file of known suspects/],
    ['', /is no file of known suspects: it has no list "known"/],
    ['{"known": 7}', /it has no list "known"/],
    ['null', /it has no list "known"/],
    ['{"known": [{"fingerprint": "a", "verdict": "fine", "reason": ""}]}', /entry 1 lacks .*expected, mine, ignore/],
    ['{"known": [{"fingerprint": "a", "verdict": "mine"}]}', /entry 1 lacks/],
    ['{"known": [null]}', /entry 1 lacks/],
  ]
  for (const [content, said] of tried) {
    if (content !== undefined) writeFileSync(path, content)
    const {code, stdout, stderr} = await heapgraph(['leaks', '--known', path, one[0], one[1]])
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, said)
  }
})
