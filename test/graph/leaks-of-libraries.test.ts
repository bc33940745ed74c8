/** What is said of structures that are not the application's own: libraries' collections, contexts of `vm`, emitters' lists, scripts' texts. */
import assert from 'node:assert/strict'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {findLeaks, sampleLeaks} from '../../src/graph/views/leak-suspects.ts'
import {type LeaksView, leaksView} from '../../src/graph/views/leaks-view.ts'
import {suspectsView} from '../../src/graph/views/suspects-view.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {HANG_MS} from '../support/limits.ts'
import {programs} from '../support/programs.ts'

const {folder, run} = programs()

const LIBRARY = `
  class Hub {
    constructor() { this.handlers = [] }
    use(fulfilled) { this.handlers.push({fulfilled, since: Date.now()}) }
  }
  class Store {
    constructor() { this.entries = new Map() }
    put(key, value) { this.entries.set(key, value) }
  }
  class Signal {
    constructor() { this.observers = new Set() }
    watch(effect) {
      const record = {}
      record.run = () => { effect(); return record }
      this.observers.add(record)
    }
  }
  class Topic {
    constructor() { this.targets = undefined }
    run(effect) { this.targets = {target: {effect}, next: this.targets} }
  }
  class Breaker { constructor(action) { this.action = action } }
  class Effect { constructor(scheduler) { this.scheduler = scheduler } }
  class Scope { constructor() { this.effects = [] } }
  const all = {shops: new Map(), scopes: []}
  const follow = (scope, source, callback, {flush} = {}) => {
    const job = () => flush || callback(source())
    const effect = new Effect(() => job())
    scope.effects.push(effect)
    return () => { scope.effects.splice(scope.effects.indexOf(effect), 1) }
  }
  const open = (name, setup = {}) => {
    const subscriptions = new Set()
    const scope = new Scope()
    all.scopes.push(scope)
    const shop = {
      get state() { return scope && setup },
      subscribe(callback, options = {}) {
        subscriptions.add(callback)
        const end = follow(scope, () => setup, state => { if (!options.quiet) callback(state) })
        return () => { subscriptions.delete(callback); end() }
      },
    }
    all.shops.set(name, shop)
    return shop
  }
  const shop = name => all.shops.get(name) ?? open(name)
  const server = () => {
    const api = {log: []}
    for (let i = 0; i < 60; i++) api['setting ' + i] = {i}
    ${Array.from({length: 30}, (_, i) => `api.method${i} = function method${i}() { return ${i} }`).join('\n')}
    return api
  }
  module.exports = {Breaker, Hub, Signal, Store, Topic, server, shop}
`

/** The line that a test expects has a mark. */
const STORE = `
  const {Store} = require('library')
  const store = new Store() // made
  module.exports = {store, size: () => store.entries.size}
`

const PROGRAM = `
  const {EventEmitter, once} = require('events')
  const vm = require('vm')
  const {Breaker, Hub, Signal, Topic, server, shop} = require('library')
  const {store} = require('./store.cjs')
  class Asked { constructor(i) { this.i = i } }
  class Put { constructor(i) { this.i = i } }
  class Logged { constructor(i) { this.i = i } }
  class Reply { constructor(i) { this.i = i } }
  class Thing { constructor(i) { this.i = i } }
  class Box { constructor(i) { this.context = vm.createContext({i}); vm.runInContext('var data = [i]; function use() { return data }', this.context) } }
  class Watched { constructor(i) { this.i = i } }
  class Guarded { constructor(i) { this.i = i } }
  class Ordered { constructor(i) { this.i = i } }
  class Run { constructor(i) { this.i = i } }
  class Awaiting { constructor(i) { this.i = i } }
  class Waiting { constructor(i) { this.i = i } }
  class Schema { constructor(i) { this.i = i } }
  class Line {
    head = undefined; tail = undefined
    push(value) {
      const link = {value, older: this.tail, newer: undefined}
      if (this.tail) this.tail.newer = link
      this.tail = link
      this.head ??= link
    }
  }
  const hub = new Hub(), app = server(), replies = new EventEmitter(), boxes = new Map(), line = new Line(), models = {}, signal = new Signal(), breakers = new Map(), topic = new Topic(), database = new EventEmitter()
  let last
  let n = 0
  const use = asked => hub.use(() => asked) // used
  const watch = watched => signal.watch(() => watched) // watched
  const order = ordered => {
    const stop = shop('cart').subscribe(() => ordered && stop) // ordered
  }
  const rerun = run => topic.run(() => run) // run again
  const whenReady = awaiting => { once(database, 'ready').then(() => awaiting) } // ready
  const answer = (i, reply) => replies.once('reply ' + i, () => reply)
  const follow = i => {
    const before = last
    const unused = () => before
    last = {thing: new Thing(i), name() { return i }}
  }
  // A scope of its own, which no other function of the round shares.
  const guard = guarded => breakers.set('breaker ' + n, new Breaker(() => guarded))
  const round = () => {
    for (let i = 0; i < 60; i++, n++) {
      use(new Asked(n))
      store.put('key ' + n, new Put(n))
      watch(new Watched(n))
      guard(new Guarded(n))
      rerun(new Run(n))
      order(new Ordered(n))
      whenReady(new Awaiting(n))
      app.log.push(new Logged(n))
      answer(n, new Reply(n))
      follow(n)
      line.push(new Waiting(n))
      class Model {}
      Model.schema = new Schema(n)
      models['model ' + n] = Model
      if (i % 12 === 0) boxes.set('box ' + n, new Box(n))
    }
  }
  exports.all = () => [hub, app, replies, boxes, line, models, last, signal, breakers, topic, database]
`

let view: LeaksView

before(
  async () => {
    mkdirSync(join(folder, 'node_modules', 'library'), {recursive: true})
    writeFileSync(join(folder, 'node_modules', 'library', 'index.js'), LIBRARY)
    writeFileSync(join(folder, 'store.cjs'), STORE)
    const snapshots = []
    for (const file of run('uses.cjs', PROGRAM, 3)) snapshots.push(await openSnapshot(file))
    view = leaksView(findLeaks(snapshots.slice(0, 2).map(sampleLeaks), snapshots[2], {limit: 30}))
  },
  {timeout: HANG_MS},
)

function rowOf(type: string): LeaksView['rows'][number] {
  const told = JSON.stringify(view.rows.map(({kind, holder, place, types}) => ({kind, holder, place, types})))
  const rows = view.rows.filter(({types}) => types.some(one => one.type === type))
  assert.equal(rows.length, 1, `${type} in ${told}`)
  return rows[0]
}

function lineOf(text: string, mark: string): number {
  return text.split('\n').findIndex(line => line.includes(`// ${mark}`)) + 1
}

test("a function that a library keeps in an object of the library's is a subscriber, at the application's line", () => {
  const {kind, holder, place} = rowOf('Asked')
  assert.equal(kind, 'listener never removed')
  assert.equal(holder, 'hub.handlers')
  assert.match(place, new RegExp(`uses\\.cjs:${lineOf(PROGRAM, 'used')}$`))
})

test("a function that a library's own function calls is a subscriber, too", () => {
  const {kind, holder, place, advice} = rowOf('Watched')
  assert.equal(kind, 'listener never removed')
  assert.equal(holder, 'signal.observers')
  assert.match(place, new RegExp(`uses\\.cjs:${lineOf(PROGRAM, 'watched')}$`))
  assert.match(advice, /^unsubscribe when it is no longer needed: signal\.observers /)
})

test('a function that a library has wrapped several times, in a store among others, is a subscriber, and told once', () => {
  const {kind, holder, place, advice} = rowOf('Ordered')
  assert.equal(kind, 'listener never removed')
  assert.equal(holder, 'subscriptions')
  assert.match(place, new RegExp(`uses\\.cjs:${lineOf(PROGRAM, 'ordered')}$`))
  assert.match(advice, /^unsubscribe when it is no longer needed: subscriptions /)
  assert.equal(view.rows.filter(row => row.place === place).length, 1)
  assert.equal(view.rows.filter(({types}) => types.some(({type}) => type === 'Effect')).length, 1)
})

test("a function in a linked list of a library's is a subscriber, too", () => {
  const {kind, place, advice} = rowOf('Run')
  assert.equal(kind, 'listener never removed')
  assert.match(place, new RegExp(`uses\\.cjs:${lineOf(PROGRAM, 'run again')}$`))
  assert.match(advice, /^unsubscribe when it is no longer needed: topic\.targets /)
})

test('who waits for an event by a promise is who listens', () => {
  const {kind, holder, place} = rowOf('Awaiting')
  assert.equal(kind, 'listener never removed')
  assert.match(holder, /^database /)
  assert.match(place, new RegExp(`uses\\.cjs:${lineOf(PROGRAM, 'ready')}$`))
})

test("a library's objects in a Map of the application's are no subscribers, though they call its functions", () => {
  const {kind, holder} = rowOf('Guarded')
  assert.equal(kind, 'cache without limit')
  assert.equal(holder, 'breakers')
})

test("what a module of the application's makes of a library's class is at that module's line", () => {
  const {kind, holder, place} = rowOf('Put')
  assert.equal(kind, 'cache without limit')
  assert.equal(holder, 'store.entries')
  assert.match(place, new RegExp(`store\\.cjs:${lineOf(STORE, 'made')}$`))
})

test('an object with many methods is no cache, though it has many properties', () => {
  const {kind, holder} = rowOf('Logged')
  assert.equal(holder, 'app.log')
  assert.equal(kind, 'growing array')
})

test('listeners of many events are told as those of the emitter, and cut as told', () => {
  const {kind, holder, verdict} = rowOf('Reply')
  assert.equal(kind, 'listener never removed')
  assert.equal(holder, 'replies once listener')
  assert.equal(verdict, 'one cut frees all 60: replies once listener')
})

test('a chain of scopes is told by the variable that makes it', () => {
  const {kind, advice} = rowOf('Thing')
  assert.equal(kind, 'closure scope')
  assert.match(advice, /^set variable before /)
})

test('contexts of vm are what holds them, not global objects of their own', () => {
  assert.equal(rowOf('Box').holder, 'boxes')
  assert.deepEqual(
    view.rows.filter(({path}) => path.includes('ArrayBuffer')).map(({path}) => path),
    [],
  )
})

test('a list that is entered from both ends is one suspect', () => {
  assert.match(rowOf('Waiting').holder, /^line/)
  assert.equal(rowOf('Waiting').kind, 'growing linked list')
  assert.equal(view.rows.filter(({holder}) => holder.startsWith('line')).length, 1)
})

test('classes in a map are no subscribers', () => {
  const {kind, holder} = rowOf('Schema')
  assert.match(holder, /^models/)
  assert.notEqual(kind, 'listener never removed')
})

test('the text of a script is no suspect, though functions look at it', async () => {
  const long = `/* ${'no data of the program '.repeat(100_000)} */`
  const [file] = run(
    'long.cjs',
    `const use = () => 'a function long enough for a part'\nconst text = String(use)\nconst kept = [text]\nconst round = () => kept.length\nexports.all = () => [kept, use]\n${long}`,
  )
  const {rows} = suspectsView(await openSnapshot(file))
  assert.deepEqual(
    rows.map(({holder, path}) => ({holder, path})),
    [],
  )
})
