/** What `leaks` says of real programs: one row for one structure, what kind of leak it is, and what holds it. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {keptSizes} from '../../src/analyze/graph/dominators.ts'
import {suspects} from '../../src/analyze/growth/suspects.ts'
import {owners} from '../../src/analyze/owners/owners.ts'
import {select} from '../../src/analyze/select/select.ts'
import {ownerWords} from '../../src/explain/owners/owner-words.ts'
import {growthView, sampleGrowth} from '../../src/graph/views/growth-view.ts'
import {partKnown, unusedSentence} from '../../src/graph/views/known.ts'
import {findLeaks, sampleLeaks} from '../../src/graph/views/leak-suspects.ts'
import {type LeaksView, leaksView} from '../../src/graph/views/leaks-view.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {programs} from '../support/programs.ts'

const {run} = programs()

async function leaksIn(files: readonly string[], limit = 30): Promise<LeaksView> {
  const snapshots = []
  for (const file of files) snapshots.push(await openSnapshot(file))
  const takes = snapshots.slice(0, -1).map(sampleLeaks)
  return leaksView(findLeaks(takes, snapshots[snapshots.length - 1], {limit}))
}

/** One class for each structure, so that each row is known by it. */
const STRUCTURES = `
  class Keyed { constructor(i) { this.i = i } }
  class InSet { constructor(i) { this.i = i } }
  class Recent { constructor(i) { this.i = i } }
  class Part { constructor(i) { this.i = i } }
  class Extra { constructor(i) { this.i = i } }
  class Session { constructor(i) { this.i = i } }
  class Numbered { constructor(i) { this.i = i } }
  class Step { constructor(i) { this.i = i } }
  class Lru {
    map = new Map(); head = undefined; tail = undefined
    set(key, value) {
      const entry = {key, value, older: this.head, newer: undefined}
      if (this.head) this.head.newer = entry
      this.head = entry
      this.tail ??= entry
      this.map.set(key, entry)
    }
  }
  const {EventEmitter} = require('events')
  const byKey = new Map(), topics = new Map(), lru = new Lru(), rows = [], subscribers = [], table = {}, byNumber = {}, bus = new EventEmitter()
  bus.on('request', (() => { const sessions = new Map(); return function onRequest(i) { sessions.set('session ' + i, new Session(i)) } })())
  const stuck = new Promise(() => {})
  let queue = stuck
  const enqueue = step => { queue = queue.then(() => step) }
  let n = 0
  const round = () => {
    for (let i = 0; i < 200; i++, n++) {
      byKey.set('the listener here ' + n, new Keyed(n))
      const topic = 'topic ' + n % 5
      if (!topics.has(topic)) topics.set(topic, new Set())
      topics.get(topic).add(new InSet(n))
      lru.set('recent ' + n, new Recent(n))
      rows.push({part: new Part(n), extra: new Extra(n), list: [n]})
      const own = n
      subscribers.push(function onChange() { return own })
      table['row ' + n] = {n}
      byNumber[n * 7] = new Numbered(n)
      enqueue(new Step(n))
      bus.emit('request', n)
    }
  }
  exports.all = () => [byKey, topics, lru, rows, subscribers, table, byNumber, stuck, bus]
`

/** One more report a round, which has many rows; those of `bytes` are no noise. */
const REPORTS = (bytes: number) => `
  class Report { constructor(n) { this.rows = Array.from({length: 20}, (_, i) => ({n, i, row: new Array(${bytes >> 3}).fill(n + 0.5)})) } }
  const reports = []
  let n = 0
  const round = () => { reports.push(new Report(n++)) }
  exports.all = () => reports
`

test('the parts of one new object a round are no growth of their own, unless they are much', async () => {
  const small = await leaksIn(run('reports.cjs', REPORTS(16), 3))
  assert.deepEqual(small.rows, [])
  assert.match(
    small.limits.join('\n'),
    /^1 place grew each time, but by fewer than 3 objects with less than 10\.0 kB below them/m,
  )
  const large = await leaksIn(run('large-reports.cjs', REPORTS(4096), 3))
  assert.match(large.rows.map(({holder}) => holder).join('\n'), /reports|Report\.rows/)
})

test('one structure is one row, and its kind comes from what it is', async () => {
  const {rows, limits} = await leaksIn(run('structures.cjs', STRUCTURES, 3))
  const told = JSON.stringify(
    rows.map(({kind, holder, types}) => ({kind, holder, types})),
    undefined,
    1,
  )
  const of = (name: string) => rows.filter(({types}) => types.some(({type}) => type === name))
  for (const [type, holder, kind] of [
    ['Keyed', /byKey/, 'cache without limit'],
    ['InSet', /topics/, 'cache without limit'],
    ['Recent', /lru/, 'cache without limit'],
    ['Part', /rows/, 'growing array'],
    ['Session', /sessions/, 'cache without limit'],
    ['Numbered', /byNumber/, 'cache without limit'],
    ['Step', /then/, 'pending promise'],
  ] as const) {
    const [row, ...more] = of(type)
    assert.ok(row !== undefined, `${type} in ${told}`)
    assert.equal(more.length, 0, `${type} in ${told}`)
    assert.match(row.holder, holder, told)
    assert.equal(row.kind, kind, `${type} in ${told}`)
    assert.equal(row.counts[1] - row.counts[0], 200, `${type} in ${told}`)
    assert.equal(row.counts[2] - row.counts[1], 200, `${type} in ${told}`)
  }
  assert.equal(of('Extra')[0], of('Part')[0], told)
  assert.equal(rows.find(({holder}) => holder.includes('subscribers'))?.kind, 'listener never removed', told)
  assert.equal(rows.find(({holder}) => holder.includes('table'))?.kind, 'cache without limit', told)
  assert.equal(rows.length, 9, told)
  assert.ok(!limits.some(text => text.includes('order')), limits.join())
})

test('places that grow by less than 1 % of the first are a count', async () => {
  const {rows, limits} = await leaksIn(
    run(
      'crumbs.cjs',
      `class Large { text = Array.from({length: 200}, (_, i) => i + 0.5) }; class Crumb {}
       const large = [], crumbs = []
       const round = () => { for (let i = 0; i < 500; i++) large.push(new Large()); for (let i = 0; i < 3; i++) crumbs.push(new Crumb()) }
       exports.all = () => [large, crumbs]`,
      3,
    ),
  )
  assert.equal(rows.length, 1)
  assert.match(rows[0].holder, /large/)
  assert.equal(limits.filter(text => text.startsWith('1 more place grew by less than 1 %')).length, 1, limits.join())
})

/** A worker of its own makes and drops objects: the main thread's heap must not be taken for out of order. */
const CHURN = `
  const {Worker} = require('worker_threads')
  class Kept { constructor(i) { this.i = i } }
  const kept = []
  let young = []
  const worker = new Worker('const {parentPort} = require("worker_threads"); parentPort.on("message", n => { let all = []; for (let i = 0; i < n; i++) all.push({i}); parentPort.postMessage(all.length) })', {eval: true})
  const round = async () => {
    for (let i = 0; i < 100; i++) kept.push(new Kept(i))
    young = Array.from({length: 5000}, (_, i) => ({i}))
    await new Promise(done => { worker.once('message', done); worker.postMessage(20000) })
  }
  exports.all = () => [kept, young]
`

test('the right order of snapshots is not accused, the wrong one is', async () => {
  const [a, b, c] = run('churn.cjs', CHURN, 3)
  const isAccused = async (files: string[]) =>
    (await leaksIn(files)).limits.some(text => text.startsWith('the snapshots are not in the order'))
  for (const files of [
    [a, b, c],
    [a, b],
    [b, c],
    [a, c],
  ])
    assert.equal(await isAccused(files), false, files.join())
  for (const files of [
    [c, b, a],
    [b, a],
    [c, a],
    [b, a, c],
    [c, a, b],
  ])
    assert.equal(await isAccused(files), true, files.join())
})

/** Each request has an agent of its own, whose idle sockets stay open; the mended twin destroys it. */
const agents = (after: string) => `
  const http = require('http')
  require('v8').setFlagsFromString('--heap-snapshot-string-limit=100000')
  const server = http.createServer((request, response) => response.end('ok'))
  server.keepAliveTimeout = 0
  const listening = new Promise(done => server.listen(0, '127.0.0.1', done))
  const get = agent => new Promise((done, failed) =>
    http.get({port: server.address().port, host: '127.0.0.1', agent}, response => response.resume().on('end', done)).on('error', failed))
  const round = async () => {
    await listening
    for (let i = 0; i < 60; i++) {
      const agent = new http.Agent({keepAlive: true})
      await get(agent)
      await new Promise(setImmediate)
      ${after}
    }
  }
`

test('what the runtime keeps and no place of the program does is told', async () => {
  const {rows} = await leaksIn(run('agents.cjs', agents(''), 3))
  const told = JSON.stringify(rows.map(({kind, holder, types, counts}) => ({kind, holder, types, counts})))
  const handles = rows.filter(({kind}) => kind === 'open handle')
  assert.ok(handles.length > 0, told)
  assert.ok(
    handles.some(({types}) => types.some(({type}) => type === 'Agent')),
    told,
  )
  // Nothing of the program holds them, but its text says where they are made.
  const line =
    agents('')
      .split('\n')
      .findIndex(text => text.includes('new http.Agent')) + 1
  for (const {types, made, codeLines} of handles) {
    if (!types.some(({type}) => type === 'Agent')) continue
    assert.deepEqual([made.length, made[0].type], [1, 'Agent'])
    assert.match(made[0].place, new RegExp(`agents\\.cjs:${line}$`))
    assert.match(codeLines[1].text, /new http\.Agent/)
  }
})

/** Until Node 22 every storage that was entered is in a list of the runtime's. */
const STORAGES = `
  const {AsyncLocalStorage} = require('async_hooks')
  require('v8').setFlagsFromString('--heap-snapshot-string-limit=100000')
  class Transcript { lines = new Array(30).fill('x') }
  const round = async () => {
    for (let i = 0; i < 60; i++) {
      const storage = new AsyncLocalStorage()
      storage.transcript = new Transcript()
      await storage.run({}, async () => {})
    }
  }
`

test("of objects that hang on the runtime's own, where those are made", {
  skip: Number(process.versions.node.split('.')[0]) > 22 && 'Node keeps no list',
}, async () => {
  const {rows} = await leaksIn(run('storages.cjs', STORAGES, 3))
  const [row] = rows
  assert.match(row.place, /^node:/)
  assert.deepEqual(
    row.made.map(({type}) => type),
    ['AsyncLocalStorage'],
  )
  const line = STORAGES.split('\n').findIndex(text => text.includes('new AsyncLocalStorage')) + 1
  assert.match(row.made[0].place, new RegExp(`storages\\.cjs:${line}$`))
})

test('the mended twin, which destroys its agents, is silent', async () => {
  const {rows} = await leaksIn(run('agents-mended.cjs', agents('agent.destroy()'), 3))
  assert.deepEqual(
    rows.map(({kind, holder}) => ({kind, holder})),
    [],
  )
})

/** Renders that fail: the error is kept, and with it, until its stack is read, `this` of its frames. */
const errors = (read: string) => `
  class Render { constructor(i) { this.rows = Array.from({length: 100}, (_, k) => ({k, i})) } fail() { return new Error('no') } }
  const failures = []
  const round = () => { for (let i = 0; i < 20; i++) { const error = new Render(i).fail(); ${read}; failures.push(error) } }
  exports.all = () => failures
`

test('an error whose stack nobody has read holds the objects of its frames', async () => {
  const files = run('errors.cjs', errors(''), 3)
  const {rows} = await leaksIn(files)
  const told = JSON.stringify(rows.map(({kind, holder, types}) => ({kind, holder, types})))
  assert.equal(rows.length, 1, told)
  assert.match(rows[0].holder, /failures/, told)
  assert.ok(
    rows[0].types.some(({type}) => type === 'Render'),
    told,
  )
  const last = await openSnapshot(files[2])
  const {owners: found} = owners(last, select(last, {type: 'Render'}))
  assert.equal(found.length, 1)
  const steps = ownerWords(last, found[0]).steps.map(({value}) => value)
  const stack = steps.find(step => step.kind === 'stack')
  assert.ok(stack?.kind === 'stack' && stack.functionName.startsWith('fail'), JSON.stringify(steps))
})

test('with the stack read, the objects of the frames are gone', async () => {
  const {rows} = await leaksIn(run('errors-read.cjs', errors('error.stack'), 3))
  const told = JSON.stringify(rows.map(({kind, holder, types}) => ({kind, holder, types})))
  assert.ok(
    rows.every(({types}) => types.every(({type}) => type !== 'Render')),
    told,
  )
})

/**
 * A test runner in short: a file runs again and again, each time in a context of its own, and wraps a function of a module that stays.
 * Each world has a WeakMap with a key that outlives it, as registries by realm or by `process` do.
 */
const runner = (after: string) => `
  const vm = require('vm'), fs = require('fs'), path = require('path')
  const file = path.join(__dirname, 'metrics-of-runner.js')
  fs.writeFileSync(file, ${JSON.stringify(`
    const seen = new WeakMap(), samples = []
    class Sample { constructor(i) { this.i = i; this.name = 'metric ' + i } }
    for (let i = 0; i < 100; i++) samples.push(new Sample(i))
    seen.set(process, {samples, count: () => samples.length})
    const original = fs.truncate
    fs.truncate = function countedTruncate(...args) { samples.push(new Sample(0)); seen.get(process); return original.apply(this, args) }
    module.exports = {count: () => samples.length, seen}
  `)})
  const wrap = text => '(function (module, fs, process) {' + text + '\\n})'
  const round = () => {
    for (let i = 0; i < 3; i++) {
      const before = fs.truncate
      const world = vm.createContext({})
      const module = {exports: {}}
      vm.runInContext(wrap(fs.readFileSync(file, 'utf8')), world, {filename: file})(module, fs, process)
      world.run = module.exports
      ${after}
    }
  }
`

test('what instances of a module that was run again hang on is one suspect, with its line', async () => {
  const files = run('runner.cjs', runner(''), 3)
  const {rows} = await leaksIn(files)
  const told = JSON.stringify(
    rows.map(({kind, holder, place, types, verdict}) => ({kind, holder, place, types, verdict})),
  )
  assert.equal(rows.length, 1, told)
  const [{kind, holder, place, counts, verdict}] = rows
  assert.equal(kind, 'module run again')
  assert.match(holder, /truncate countedTruncate/)
  assert.match(place, /metrics-of-runner\.js:7$/)
  assert.match(verdict, /^one cut frees all/)
  assert.deepEqual(counts, [300, 600, 900])
  const last = await openSnapshot(files[2])
  const {owners: found} = owners(last, select(last, {type: 'Sample'}))
  assert.deepEqual([found.length, found[0].count, found[0].cuts.length, found[0].hasInstances], [1, 900, 1, true])
})

test('an ES module that is imported by one query after the other is one suspect, with its file', async () => {
  const source =
    'export class Settings { rows = Array.from({length: 50}, (_, k) => ({k})) }\nexport default new Settings()\n'
  const text = (query: string) => `
    const {writeFileSync} = require('fs')
    const {pathToFileURL} = require('url')
    const file = __filename.replace('.cjs', '-config.mjs')
    writeFileSync(file, ${JSON.stringify(source)})
    let n = 0
    const round = async () => { for (let i = 0; i < 10; i++, n++) await import(pathToFileURL(file).href + ${query}) }
  `
  const {rows} = await leaksIn(run('imports.cjs', text('"?t=" + n'), 3))
  const told = JSON.stringify(rows.map(({kind, holder, place, types}) => ({kind, holder, place, types})))
  assert.equal(rows.length, 1, told)
  const [{kind, place, types, advice, counts, codeLines}] = rows
  assert.equal(kind, 'module run again', told)
  assert.match(place, /imports-config\.mjs:1$/, told)
  assert.match(codeLines[0]?.text ?? '', /^export class Settings/)
  assert.deepEqual(counts, [10, 20, 30], told)
  assert.ok(
    types.some(({type, count}) => type === 'Settings' && count === 10),
    told,
  )
  assert.match(advice, /^import the module by one URL: /)
  const mended = await leaksIn(run('imports-once.cjs', text('""'), 3))
  assert.deepEqual(mended.rows, [])
})

test('the mended twin, which puts back what was there, is silent', async () => {
  const {rows} = await leaksIn(run('runner-mended.cjs', runner('fs.truncate = before'), 3))
  assert.deepEqual(
    rows.map(({kind, holder}) => ({kind, holder})),
    [],
  )
})

test('timers of one function that are never cleared are one suspect, known by the function', async () => {
  const text = (after: string) => `
    function tick() { return 1 }
    const round = () => { for (let i = 0; i < 40; i++) { const timer = setInterval(tick, 60_000); ${after} } }
  `
  const {rows} = await leaksIn(run('ticks.cjs', text(''), 3))
  const told = JSON.stringify(rows.map(({kind, holder, place, path}) => ({kind, holder, place, path})))
  assert.equal(rows.length, 1, told)
  const [{kind, holder, counts}] = rows
  assert.deepEqual([kind, holder], ['timer', 'Timeout tick'], told)
  assert.deepEqual([counts[1] - counts[0], counts[2] - counts[1]], [40, 40], told)
  assert.match(rows[0].place, /ticks\.cjs:2$/)
  assert.doesNotMatch(told, /_idle/)
  const mended = await leaksIn(run('ticks-mended.cjs', text('clearInterval(timer)'), 3))
  assert.deepEqual(mended.rows, [])
})

test('what a timer calls and the stores of where it was begun are one suspect', async () => {
  const {rows} = await leaksIn(
    run(
      'begun.cjs',
      `const {AsyncLocalStorage} = require('async_hooks')
      const requests = new AsyncLocalStorage()
      class Context { constructor(i) { this.rows = Array.from({length: 20}, (_, k) => ({i, k})) } }
      class Client { refresh() {} start() { setInterval(() => this.refresh(), 3_600_000) } } // begun
      let n = 0
      const round = () => { for (let i = 0; i < 40; i++) requests.run(new Context(n++), () => new Client().start()) }`,
      3,
    ),
  )
  const told = JSON.stringify(rows.map(({kind, holder, place, types}) => ({kind, holder, place, types})))
  assert.equal(rows.length, 1, told)
  const [{kind, place, types}] = rows
  assert.equal(kind, 'timer', told)
  assert.match(place, /begun\.cjs:4$/, told)
  for (const name of ['Context', 'Client'])
    assert.ok(
      types.some(({type}) => type === name),
      told,
    )
})

test('timers of several functions are as many places of growth', async () => {
  const files = run(
    'two-ticks.cjs',
    `function tick() { return 1 }
     function poll() { return 2 }
     const round = () => { for (let i = 0; i < 30; i++) { setInterval(tick, 60_000); if (i < 10) setInterval(poll, 60_000) } }`,
    2,
  )
  const takes: ReturnType<typeof sampleGrowth>[] = []
  let last = await openSnapshot(files[0])
  for (const file of files) {
    last = await openSnapshot(file)
    takes.push(sampleGrowth(last, takes, {by: 'path'}))
  }
  const {rows} = growthView(takes, last, {by: 'path', limit: 100})
  const timers = rows.filter(({name, type}) => type === 'Timeout' && name.includes('two-ticks'))
  assert.deepEqual(
    timers.map(({name, counts}) => [name.replace(/ \(.*/, ''), ...counts]),
    [
      ['Timeout tick', 30, 60],
      ['Timeout poll', 10, 20],
    ],
  )
})

test('parts of one object that grow in step are one structure, however many arrays and maps it has', async () => {
  const {rows} = await leaksIn(
    run(
      'lru.cjs',
      `class Page { constructor(i) { this.text = 'page ' + i } }
       class Cache {
         keys = []; values = []; order = new Map()
         set(key, value) { this.order.set(key, this.keys.length); this.keys.push(key); this.values.push(value) }
       }
       class Report { constructor(i) { this.text = 'report ' + i } }
       const pages = new Cache(), reports = []
       let n = 0
       const round = () => { for (let i = 0; i < 50; i++, n++) { pages.set('key ' + n, new Page(n)); reports.push(new Report(n)) } }
       exports.all = () => [pages, reports]`,
      3,
    ),
  )
  const told = rows.map(({holder, kind, counts}) => ({holder, kind, counts}))
  assert.deepEqual(
    told.sort((a, b) => (a.holder < b.holder ? -1 : 1)),
    [
      {holder: 'pages', kind: 'cache without limit', counts: [50, 100, 150]},
      {holder: 'reports', kind: 'growing array', counts: [50, 100, 150]},
    ],
  )
  const pages = rows.find(({holder}) => holder === 'pages')
  assert.match(pages?.advice ?? '', /^limit the size of pages/)
  // A note on the part, as `why` tells it, is one on the structure.
  assert.equal(pages?.fingerprint, 'pages in lru.cjs')
  assert.equal(pages?.partFingerprint, 'pages.values in lru.cjs')
  for (const fingerprint of [pages.fingerprint, pages.partFingerprint]) {
    const {known} = partKnown(rows, [{fingerprint, verdict: 'mine', reason: ''}])
    assert.deepEqual(
      known.map(({holder}) => holder),
      ['pages'],
    )
    assert.deepEqual(unusedSentence([{fingerprint, verdict: 'mine', reason: ''}], known), [])
  }
})

test('what is registered by name and held by a part of each entry is what the registry has', async () => {
  const text = `
    class Schema { constructor(i) { this.paths = ['path ' + i, 'other ' + i] } }
    class Connection {
      constructor() { this.models = {} } // made
      model(name, i) {
        class Model { save() { return name } }
        Model.schema = new Schema(i)
        return this.models[name] = Model
      }
    }
    const connection = new Connection()
    let n = 0
    const round = () => { for (let i = 0; i < 60; i++, n++) connection.model('Order_' + n, n) }
    exports.connection = connection`
  const {rows} = await leaksIn(run('models.cjs', text, 3))
  const [{holder, kind, place}] = rows
  assert.deepEqual([rows.length, holder, kind], [1, 'connection.models', 'cache without limit'])
  assert.match(place, /models\.cjs:4$/)
})

/** Each has the next, and none is in a collection that grows. */
const CHAINS = `
  class Failure extends Error { constructor(i, cause) { super('failed ' + i, {cause}); this.i = i } }
  class Page { constructor(i) { this.i = i } }
  class Talk { constructor(i) { this.i = i } }
  class Carrier {
    last = undefined
    fail(i) { this.last = new Failure(i, this.last) }
  }
  const carriers = [new Carrier(), new Carrier()]
  let wake = () => {}
  const next = () => new Promise(done => { wake = done })
  const follow = async i => { // recursion
    const page = await next()
    await follow(i + 1)
    return page.i + i
  }
  follow(0)
  const {MessageChannel} = require('worker_threads')
  let n = 0
  const round = async () => {
    for (let i = 0; i < 40; i++, n++) {
      carriers[n % 2].fail(n)
      wake(new Page(n))
      await new Promise(setImmediate)
      const {port1} = new MessageChannel()
      const talk = new Talk(n)
      port1.on('message', () => talk)
    }
  }
  exports.all = () => carriers
`

test('a chain that grows is told by what has the first of it, not by the collection that leads there', async () => {
  const {rows} = await leaksIn(run('chains.cjs', CHAINS, 3))
  const told = JSON.stringify(rows.map(({kind, holder, place, types}) => ({kind, holder, place, types})))
  const of = (name: string) => rows.find(({types}) => types.some(({type}) => type === name))
  const failures = of('Failure')
  assert.equal(failures?.kind, 'growing linked list', told)
  assert.equal(failures.holder, 'carriers[i].last', told)
  assert.match(failures.advice, /^each object has the next one as \.cause: /)
  const pages = of('Page')
  assert.equal(pages?.kind, 'endless recursion', told)
  assert.equal(pages.holder, 'follow()', told)
  const line = CHAINS.split('\n').findIndex(text => text.includes('// recursion')) + 1
  assert.match(pages.place, new RegExp(`chains\\.cjs:${line}$`), told)
})

test('an emitter that nothing has by name, each with a listener of its own, is what must be closed', async () => {
  const {rows} = await leaksIn(run('ports.cjs', CHAINS, 3))
  const talks = rows.find(({types}) => types.some(({type}) => type === 'Talk'))
  assert.equal(talks?.kind, 'open handle')
  assert.match(talks.advice, /^close or destroy each MessagePort when it is no longer needed/)
})

/** Three caches with a limit: one is full in the second round, one nearly, and one is never. */
const LIMITS = (rounds: number) => `
  class Full { constructor(i) { this.i = i } }
  class Slow { constructor(i) { this.i = i } }
  const full = new Map(), slow = new Map()
  let n = 0, rounds = 0
  const put = (map, key, value, limit) => { if (map.size < limit) map.set(key, value) }
  const round = () => {
    rounds++
    for (let i = 0; i < 60; i++, n++) {
      put(full, 'full ' + n, new Full(n), 90)
      if (rounds < ${rounds}) put(slow, 'slow ' + n, new Slow(n), 130)
    }
  }
  exports.all = () => [full, slow]
`

test('what stood still after the middle snapshot, or grew by less, is not sure, and that is said', async () => {
  const {rows, limits} = await leaksIn(run('limits.cjs', LIMITS(9), 3))
  const of = (name: string) => rows.find(({types}) => types.some(({type}) => type === name))
  assert.equal(of('Full')?.confidence, 'medium')
  assert.equal(of('Full')?.trend, 'saturated')
  assert.deepEqual(of('Slow')?.counts, [60, 120, 130])
  assert.equal(of('Slow')?.confidence, 'medium')
  assert.ok(!limits.some(text => text.startsWith('nothing grew')), limits.join())
  const still = await leaksIn(run('still.cjs', LIMITS(3), 3))
  assert.equal(still.rows.length, 2)
  assert.match(still.limits.join('\n'), /^nothing grew after the middle snapshot: /m)
})

/** A module that a running function has, too: DevTools does not count V8's stack among the holders of what code can reach. */
const ON_STACK = `
  const hold = async () => {
    const module = await import('data:text/javascript,' + encodeURIComponent(Array.from({length: 3000}, (_, i) => 'export const text' + i + ' = () => "a text of the module ' + i + '"').join('\\n')))
    require('v8').writeHeapSnapshot(process.argv[2])
    process.exit(module.text0().length > 0 ? 0 : 1)
  }
  const round = () => new Promise(() => {})
  hold()
`

test('a suspect keeps what it is said to keep, though a running function has it, too', async () => {
  const [file] = run('stack.cjs', ON_STACK)
  const snapshot = await openSnapshot(file)
  const modules = select(snapshot, {type: 'ModuleWrap'}).nodes
  const isCounted = (node: number) => modules.includes(node)
  const largest = Math.max(...modules.map(node => keptSizes(snapshot)[node]))
  const share = largest / 2 / keptSizes(snapshot)[snapshot.root]
  const answer = suspects(snapshot, {isCounted, isPart: () => true, isClass: () => false}, share)
  assert.ok(share > 0.01, String(share))
  assert.deepEqual(answer.suspects, [])
})
