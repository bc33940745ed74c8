/** What `async` counts in real programs, in which everything was planted. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {asyncCensus} from '../../../src/analyze/waiting/census.ts'
import type {WaitKind} from '../../../src/analyze/waiting/wait-group.ts'
import {type AsyncRow, asyncView} from '../../../src/graph/views/async-view.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {heapOf} from '../../support/ascii-heap.ts'
import {programs} from '../../support/programs.ts'

const {run} = programs()

/** V8 cuts texts in snapshots, those of scripts too, unless it is told otherwise. */
const WHOLE_TEXTS = "require('v8').setFlagsFromString('--heap-snapshot-string-limit=1000000');"

async function rowsOf(file: string, limit = 50): Promise<(kind: WaitKind) => AsyncRow[]> {
  const {sections} = asyncView(asyncCensus(await openSnapshot(file), {limit}))
  for (const {count, rows, left} of sections) {
    assert.equal(rows.reduce((sum, row) => sum + row.count, 0) + left.count, count)
  }
  return kind => sections.find(section => section.kind === kind)!.rows
}

/** Counts by words and line. */
function table(rows: readonly AsyncRow[]): Record<string, number> {
  return Object.fromEntries(rows.map(({what, place, count}) => [place === '' ? what : `${what} ${place}`, count]))
}

test('promises by the await or then that waits', async () => {
  const text = `${WHOLE_TEXTS} const gate = new Promise(() => {}), other = new Promise(() => {})
    const kept = []
    async function load(i) {
      const rows = [i]
      await gate
      return rows
    }
    async function outer() { await load(1) }
    function onGate() {}
    async function all() { await Promise.all([gate, other]) }
    async function* stream() { yield await other }
    function round() {
      for (let i = 0; i < 12; i++) kept.push(load(i))
      for (let i = 0; i < 4; i++) kept.push(outer())
      for (let i = 0; i < 5; i++) gate.then(onGate)
      for (let i = 0; i < 3; i++) gate.finally(() => i)
      for (let i = 0; i < 2; i++) kept.push(all())
      for (let i = 0; i < 2; i++) kept.push(stream().next())
      for (let i = 0; i < 6; i++) kept.push(Promise.race([gate]))
      kept.push(new Promise(() => {}), Promise.resolve(1))
    }
    globalThis.kept = kept`
  const all = (await rowsOf(run('promises.cjs', text)[0]))('promises')
  // What takes the snapshot waits, too.
  const rows = all.filter(({what}) => what !== 'await in (anonymous)()')
  assert.deepEqual(table(rows), {
    'await in load() promises.cjs:5': 16,
    'await in outer() promises.cjs:8': 4,
    'then(onGate) promises.cjs:9': 5,
    'then((anonymous)) promises.cjs:16': 3,
    // Of each of the two promises.
    'Promise.all or the like, for all() promises.cjs:10': 4,
    'await in all() promises.cjs:10': 2,
    'await in stream() promises.cjs:11': 2,
    'a promise made of it, for nothing that is known': 6,
  })
  const [load] = rows
  assert.equal(load.among, 'on 1 promise')
  assert.ok(load.retainedBytes > 16 * 100)
})

test('of several awaits in a function all lines, where the file has no numbers', async () => {
  const text = `${WHOLE_TEXTS} const never = new Promise(() => {})
    const kept = []
    async function two(k) {
      await (k === 0 ? never : undefined)
      const inner = async () => { await never }
      kept.push(inner())
      await never
    }
    function round() {
      for (let i = 0; i < 3; i++) kept.push(two(i))
      globalThis.kept = kept
    }`
  const rows = (await rowsOf(run('two.cjs', text)[0]))('promises').filter(({place}) => /^two\.cjs:[1-9]$/.test(place))
  assert.deepEqual(table(rows), {'await in two() two.cjs:3': 3, 'await in inner() two.cjs:5': 2})
  assert.deepEqual(rows[0].facts, ['at one of the awaits in line 4, 7'])
})

test('stores, timers, listeners, handles, chunks and signals', async () => {
  const text = `const {AsyncLocalStorage} = require('async_hooks')
    const {EventEmitter} = require('events')
    const {Readable, Writable} = require('stream')
    const net = require('net')
    const requests = new AsyncLocalStorage(), users = new AsyncLocalStorage()
    globalThis.current = () => [requests.getStore(), users.getStore()]
    class Store { constructor(i) { this.text = 'store ' + i } }
    const gate = new Promise(() => {})
    async function handle() { await gate }
    const bus = new EventEmitter(), calm = new EventEmitter(), target = new EventTarget()
    const emitters = Array.from({length: 5}, () => new EventEmitter())
    const controller = new AbortController(), done = new AbortController()
    const stuck = new Writable({write() {}}), source = new Readable({read() {}})
    const timers = [], kept = []
    async function round() {
      for (let i = 0; i < 9; i++) requests.run(new Store(i), () => kept.push(handle()))
      for (let i = 0; i < 4; i++) users.run({user: 'u' + i}, () => timers.push(setTimeout(function later() {}, 1e6)))
      for (let i = 0; i < 6; i++) setInterval(function poll() { return i }, 60000)
      for (let i = 0; i < 2; i++) setTimeout(function idle() { return i }, 60000).unref()
      for (let i = 0; i < 3; i++) { const timer = setTimeout(function gone() {}, 50000); clearTimeout(timer); timers.push(timer) }
      for (let i = 0; i < 15; i++) bus.on('news', function onNews() { return i })
      bus.once('end', function onEnd() {})
      calm.setMaxListeners(0)
      for (let i = 0; i < 30; i++) calm.on('tick', function onTick() { return i })
      for (const emitter of emitters) { emitter.on('data', function onData() {}); emitter.on('data', function onMore() {}) }
      for (let i = 0; i < 8; i++) target.addEventListener('ping', function onPing() { return i })
      for (let i = 0; i < 11; i++) controller.signal.addEventListener('abort', () => i)
      for (let i = 0; i < 3; i++) kept.push(AbortSignal.any([controller.signal]))
      done.abort()
      for (let i = 0; i < 21; i++) stuck.write(Buffer.alloc(100))
      for (let i = 0; i < 13; i++) source.push(Buffer.alloc(100))
      globalThis.all = {bus, calm, target, emitters, controller, done, stuck, source, timers, kept}
      const server = net.createServer()
      await new Promise(ready => server.listen(0, '127.0.0.1', ready))
      globalThis.sockets = []
      const accepted = new Promise(all => { let left = 3; server.on('connection', socket => { sockets.push(socket); if (--left === 0) all() }) })
      for (let i = 0; i < 3; i++) sockets.push(net.connect(server.address().port, '127.0.0.1'))
      await accepted
      globalThis.server = server
      globalThis.child = require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], {stdio: 'ignore'})
      process.on('exit', () => child.kill())
    }`
  process.setMaxListeners(0)
  const rows = await rowsOf(run('open.cjs', text)[0])
  assert.deepEqual(table(rows('stores')), {requests: 9, users: 4})
  assert.match(rows('stores')[0].holder?.path ?? '', /requests store|AsyncLocalStorage store/)
  const timers = rows('timers').filter(({place}) => place.startsWith('open.cjs'))
  assert.deepEqual(table(timers), {
    'setInterval poll() open.cjs:18': 6,
    'setTimeout later() open.cjs:17': 4,
    'setTimeout idle() open.cjs:19': 2,
  })
  assert.deepEqual(timers[2].facts, ['unref: keeps no process alive'])
  const own = rows('listeners').filter(({place, count}) => place.startsWith('open.cjs') && count > 1)
  // Node 20 calls a signal by the class above.
  const listeners = own.map(({what, place, count}) => [what.replace(/\w+ "abort"/, '"abort"'), place, count])
  assert.deepEqual(listeners, [
    ['EventEmitter "tick"', 'open.cjs:24', 30],
    ['EventEmitter "news"', 'open.cjs:21', 15],
    ['"abort"', 'open.cjs:27', 11],
    ['EventEmitter "data"', 'open.cjs:25', 10],
    ['EventTarget "ping"', 'open.cjs:26', 8],
  ])
  const once = rows('listeners').find(({what}) => what === 'EventEmitter "end"')
  assert.equal(once?.place, 'open.cjs:22', 'the function given to once, not its wrapper')
  const facts = new Map(own.map(row => [row.what, row.facts]))
  assert.deepEqual(facts.get('EventEmitter "news"'), ['Node has warned: more than its limit'])
  assert.deepEqual(facts.get('EventEmitter "tick"'), ['its limit was set by the program'])
  assert.deepEqual(facts.get('EventEmitter "data"'), [])
  assert.equal(own.find(({what}) => what === 'EventEmitter "data"')?.among, 'on 5 emitters, most 2')
  const handles = table(rows('handles'))
  assert.equal(handles['Socket (TCP)'], 6)
  assert.equal(
    Object.entries(handles).find(([what]) => /^Server \(TCP\), listening \(.*127\.0\.0\.1.*\)$/.test(what))?.[1],
    1,
  )
  assert.equal(Object.entries(handles).find(([what]) => /^ChildProcess \(Process\) /.test(what))?.[1], 1)
  // The first chunk is being written.
  assert.equal(table(rows('chunks'))['Writable, to be written'], 20)
  assert.equal(table(rows('chunks'))['Readable, to be read'], 13)
  const signals = rows('signals').filter(({holder}) => /controller|kept/.test(holder?.path ?? ''))
  assert.deepEqual(
    signals.map(({count}) => count),
    [3, 1],
  )
})

test('chunks in streams of the web', async () => {
  const text = `class Piece {}
    async function round() {
      const full = new ReadableStream({start(controller) { for (let i = 0; i < 17; i++) controller.enqueue(new Piece()) }}, {highWaterMark: 100})
      const read = new ReadableStream({start(controller) { for (let i = 0; i < 9; i++) controller.enqueue(new Piece()) }}, {highWaterMark: 100})
      const slow = new WritableStream({write() { return new Promise(() => {}) }}, {highWaterMark: 100})
      const writer = slow.getWriter()
      for (let i = 0; i < 12; i++) writer.write(new Piece()).catch(() => {})
      const reader = read.getReader()
      for (let i = 0; i < 9; i++) await reader.read()
      globalThis.all = [full, read, slow, writer, reader]
    }`
  const rows = await rowsOf(run('web.cjs', text)[0])
  assert.deepEqual(table(rows('chunks')), {
    'ReadableStreamDefaultController, to be read': 17,
    'WritableStreamDefaultController, to be written': 12,
  })
})

test('rings and ways without end', async () => {
  const answer = asyncCensus(
    await heapOf(`
      root -> P -internal:reactions_or_result-> R1 -hidden:0-> R2 -hidden:0-> R1
      R1 -hidden:1-> F -internal:context-> C -hidden:1-> P
      root -> E -property:"<symbol kEvents>"-> M -internal:table-> T
      root -> Q -property:buffer-> L -property:head-> N -property:next-> N
      P: object Promise
      Q: object ReadableState
      R1: hidden "system / PromiseReaction"
      R2: hidden "system / PromiseReaction"
      C: object "system / Context"
      F: closure ""
      T: array ""`),
  )
  const counts = Object.fromEntries(answer.sections.map(({kind, count}) => [kind, count]))
  assert.equal(counts.promises, 2)
  assert.equal(counts.chunks, 1)
})
