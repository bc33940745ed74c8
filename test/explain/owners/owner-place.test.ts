/** Lines of what holds objects, in programs whose lines are known. */
import assert from 'node:assert/strict'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {owners} from '../../../src/analyze/owners/owners.ts'
import {measuredCuts} from '../../../src/explain/owners/owner-cut.ts'
import {ownerWords} from '../../../src/explain/owners/owner-words.ts'
import {openSnapshot, select} from '../../../src/index.ts'
import {programs} from '../../support/programs.ts'

const {folder, run} = programs()

/** The line that the holder of the objects of `type` is told with. */
async function lineOf(name: string, text: string): Promise<number> {
  const flag = "require('v8').setFlagsFromString('--heap-snapshot-string-limit=1000000')\n"
  const [file] = run(name, `${text}\n${flag}`)
  const heap = await openSnapshot(file)
  const {nodes} = select(heap, {type: 'Kept'})
  assert.equal(nodes.length, 5)
  const [owner] = owners(heap, {subject: 'Kept', nodes}).owners
  return Number(/:(\d+)$/.exec(ownerWords(heap, owner).place)?.[1])
}

test('a field of a class without a name has the line of the field', async () => {
  const text = `class Kept {}
const store = new (class {
  title = 'all'
  items = []
  add() { this.items.push(new Kept()) }
})()
function round() { for (let i = 0; i < 5; i++) store.add() }`
  assert.equal(await lineOf('unnamed.cjs', text), 4)
})

test('what a compiler announces as exported is made where it has a value', async () => {
  const text = `exports.more = exports.kept = void 0
class Kept {}
exports.more = 1
exports.kept = new Map()
function round() { for (let i = 0; i < 5; i++) exports.kept.set(i, new Kept()) }`
  assert.equal(await lineOf('announced.cjs', text), 4)
})

const ORM = `class Repository {
  identity = new Map()
  find(id, make) {
    if (!this.identity.has(id)) this.identity.set(id, make(id))
    return this.identity.get(id)
  }
}
exports.Repository = Repository`

test("what a library's class gives to a class below it has the line of what the application made", async () => {
  mkdirSync(join(folder, 'node_modules/orm'), {recursive: true})
  writeFileSync(join(folder, 'node_modules/orm/index.js'), ORM)
  const head = `const {Repository} = require('orm')
class Kept {}
class Orders extends Repository {
  byId(id) { return this.find(id, () => new Kept()) }
}
`
  const variable = `${head}const orders = new Orders() // 6
function round() { for (let i = 0; i < 5; i++) orders.byId(i) }`
  assert.equal(await lineOf('variable.cjs', variable), 6)
  const field = `${head}class Shop {
  name = 'shop'
  orders = new Orders() // 8
}
const shop = new Shop()
function round() { for (let i = 0; i < 5; i++) shop.orders.byId(i) }`
  assert.equal(await lineOf('field.cjs', field), 8)
  // Nothing of the application's has it by a line.
  const listed = `${head}const held = []
function round() { held.push([new Orders()]); for (let i = 0; i < 5; i++) held[0][0].byId(i) }`
  assert.equal(await lineOf('listed.cjs', listed), 6)
})

const STORE = `exports.createStore = (reducer, first) => {
  let state = first
  let now = new Map()
  let next = now
  let calls = 0
  return {
    get: () => state,
    dispatch(action) {
      state = reducer(state, action)
      now = next
      now.forEach(listener => listener())
    },
    subscribe(listener) {
      next = new Map(next)
      next.set(++calls, listener)
    },
  }
}`

function storePrograms(): string {
  mkdirSync(join(folder, 'node_modules/store'), {recursive: true})
  writeFileSync(join(folder, 'node_modules/store/index.js'), STORE)
  return `const {createStore} = require('store')
class Kept { own = 1 }
`
}

test("what a library's store has is told by the literal of its first state, else by the variable that has the store", async () => {
  const head = storePrograms()
  const rounds = 'function round() { for (let i = 0; i < 5; i++) store.dispatch(new Kept()) }'
  const literal = `${head}const reducer = (state, kept) => ({...state, items: [...state.items, kept]})
const first = () => ({title: {}, items: []}) // 4
const store = createStore(reducer, first())
${rounds}`
  assert.equal(await lineOf('literal.cjs', literal), 4)
  // Several functions write such a literal: which of them it was is not known.
  const several = `${head}const reducer = (state, kept) => ({...state, items: [...state.items, kept]})
const one = () => ({title: {}, items: []})
const other = () => ({title: {}, items: []})
const store = createStore(reducer, one()) // 6
${rounds}`
  assert.equal(await lineOf('several.cjs', several), 6)
  const none = `${head}const reducer = (state, kept) => [...state, kept]
const store = createStore(reducer, []) // 4
${rounds}`
  assert.equal(await lineOf('none.cjs', none), 4)
})

test("of a store's listeners, those to come and those of now, both variables must let go, and the subscriber is told", async () => {
  const text = `${storePrograms()}const store = createStore(() => null, null)
function follow(kept) { store.subscribe(() => kept.own) } // 4
function round() { for (let i = 0; i < 5; i++) follow(new Kept()); store.dispatch(); store.subscribe(() => 0) }`
  const flag = "require('v8').setFlagsFromString('--heap-snapshot-string-limit=1000000')\n"
  const [file] = run('followed.cjs', `${text}\n${flag}`)
  const heap = await openSnapshot(file)
  const {nodes} = select(heap, {type: 'Kept'})
  assert.equal(nodes.length, 5)
  const answer = owners(heap, {subject: 'Kept', nodes})
  assert.equal(answer.total.owners, 1)
  const words = ownerWords(heap, answer.owners[0])
  assert.match(words.place, /:4$/)
  assert.match(words.container, /^(now|next)$/)
  const {together} = measuredCuts(answer)
  assert.deepEqual(together, {texts: ['next', 'now'], frees: 5})
})
