/** What `leaks` says of structures that look like others: a list with one part that grows, jobs that wait, timers in a ring, held values. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {findLeaks, sampleLeaks} from '../../src/graph/views/leak-suspects.ts'
import {type LeaksView, leaksView} from '../../src/graph/views/leaks-view.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {programs} from '../support/programs.ts'

const {run} = programs()

async function leaksIn(name: string, text: string): Promise<LeaksView['rows']> {
  const snapshots = []
  for (const file of run(name, text, 3)) snapshots.push(await openSnapshot(file))
  const takes = snapshots.slice(0, -1).map(sampleLeaks)
  return leaksView(findLeaks(takes, snapshots[snapshots.length - 1], {limit: 10})).rows
}

/** Line of the program, as places have it. */
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length

test('of a list with one of several parts the part that grows is told, not the list', async () => {
  const text = `
  class Open { seen = new Map(); started(item) { this.seen.set(item.id, item) } }
  class Quiet { started() {} }
  class Many { constructor(parts) { this.parts = parts } started(item) { for (const part of this.parts) part.started(item) } }
  class Item { constructor(id, to) { this.id = id; this.to = to } }
  class Maker { constructor(to) { this.to = to } start(id) { new Item(id, this.to) && this.to.started(new Item(id, this.to)) } }
  const maker = new Maker(new Many([new Quiet(), new Open()]))
  let n = 0
  const round = () => { for (let i = 0; i < 50; i++) maker.start('item ' + n++) }
  exports.maker = maker
`
  const [row, ...others] = await leaksIn('parts.cjs', text)
  assert.equal(others.length, 0)
  assert.equal(row.kind, 'cache without limit')
  assert.match(row.holder, /parts\[i\]\.seen$/)
  assert.equal(row.place.split(':').at(-1), String(lineOf(text, 'class Open')))
  assert.match(row.verdict, /^one cut frees all 50: /)
})

test('what has the objects in a list of each entry is the collection of the entries', async () => {
  const text = `
  class Letter { constructor(i) { this.i = i } }
  function recorded(call) {
    const recorder = {calls: []}
    return new Proxy(call, {apply(target, self, given) { recorder.calls.push({given, result: target(...given)}); return 0 }})
  }
  const send = recorded(letter => letter.i)
  let n = 0
  const round = () => { for (let i = 0; i < 100; i++) send(new Letter(n++)) }
  exports.send = send
`
  const [row] = await leaksIn('calls.cjs', text)
  assert.equal(row.kind, 'growing array')
  assert.match(row.holder, /calls$/)
  assert.match(row.advice, /remove entries from \S*calls that/)
})

/** A queue that calls one job after the other; the first never ends. */
const QUEUE = (job: string) => `
  class Job { constructor(i) { this.i = i } }
  class Queue {
    waiting = []
    isBusy = false
    add(run) { return new Promise((resolve, reject) => { ${job}; void this.next() }) }
    async next() {
      if (this.isBusy || this.waiting.length === 0) return
      this.isBusy = true
      const first = this.waiting.shift()
      await (typeof first === 'function' ? first() : first.run().then(first.resolve))
      this.isBusy = false
      void this.next()
    }
  }
  const queue = new Queue()
  const print = job => new Promise(() => { exports.now = job })
  let n = 0
  const round = () => { for (let i = 0; i < 50; i++) { const job = new Job(n++); queue.add(() => print(job)).catch(() => {}) } }
  exports.queue = queue
`

for (const [how, job, advice] of [
  [
    'that sees what settles its promise',
    'this.waiting.push(() => run().then(resolve, reject))',
    /end what holds the others up/,
  ],
  ['beside what settles its promise', 'this.waiting.push({run, resolve})', /^settle the promise/],
] as const) {
  test(`a job in a queue ${how} is no listener`, async () => {
    const [row] = await leaksIn(`queue-${how.split(' ')[0]}.cjs`, QUEUE(job))
    assert.match(row.holder, /waiting$/)
    assert.equal(row.kind, 'pending promise')
    assert.match(row.advice, advice)
    assert.doesNotMatch(row.advice, /unsubscribe/)
  })
}

test('who waits for an event that does not come is told to be taken out, and not as a queue alone', async () => {
  const [row] = await leaksIn(
    'waits.cjs',
    `class Request { constructor(i) { this.i = i } }
     const bus = new Set()
     const answerTo = request => new Promise(resolve => {
       const onAnswer = answer => { if (answer === request.i) { bus.delete(onAnswer); resolve(answer) } }
       bus.add(onAnswer)
     })
     let n = 0
     const round = () => { for (let i = 0; i < 50; i++) answerTo(new Request(n++)).then(() => {}) }
     exports.bus = bus`,
  )
  assert.match(row.holder, /bus$/)
  assert.equal(row.kind, 'pending promise')
  assert.match(row.advice, /take each out after a timeout$/)
})

test('functions of a list that settle nothing are listeners, though they see a function of the runtime', async () => {
  const [row] = await leaksIn(
    'listeners.cjs',
    `class View { constructor(i) { this.i = i } }
     const listeners = [], done = new Promise(resolve => { exports.resolve = resolve })
     const settled = () => { let settle; new Promise(resolve => { settle = resolve }).then(() => {}); settle(); return settle }
     let n = 0
     const round = () => { for (let i = 0; i < 50; i++) { const view = new View(n++), settle = settled(); listeners.push(() => { settle(view) }) } }
     exports.all = [listeners, done]`,
  )
  assert.equal(row.kind, 'listener never removed')
  assert.match(row.advice, /^unsubscribe/)
})

test('timers that are linked to one another, and found by a key of the program, are no linked list', async () => {
  const [row] = await leaksIn(
    'timers.cjs',
    `class Page { constructor(i) { this.i = i; this.text = 'page ' + i } }
     class Window { timers = new Map(); constructor(page) { this.page = page; this.timers.set(1, setInterval(() => this.page, 3600000)) } }
     const windows = []
     let n = 0
     const round = () => { for (let i = 0; i < 20; i++) { const made = new Window(new Page(n++)); if (windows.length === 0) windows.push(made) } }
     exports.windows = windows`,
  )
  assert.equal(row.kind, 'timer')
  assert.doesNotMatch(row.advice, /_idleNext/)
})

test('what a FinalizationRegistry will hand over is told so, with what to hold instead', async () => {
  const text = `
  class Image { constructor(id) { this.id = id } }
  const open = new Set()
  const registry = new FinalizationRegistry(({image}) => open.delete(image.id))
  let n = 0
  const round = () => { for (let i = 0; i < 40; i++) { const image = new Image(n++); registry.register(image, {image}) } }
  exports.all = [open, registry]
`
  const [row] = await leaksIn('registry.cjs', text)
  assert.match(row.holder, /registry · held value/)
  assert.match(row.advice, /does not lead to the object that is registered/)
  assert.match(row.verdict, /^one cut frees all 40/)
})
