/** Whose a node is, by realm and by package: planted programs and pages, and sums that are the whole. */
import assert from 'node:assert/strict'
import {mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {types} from '../../../src/analyze/answers/types.ts'
import {realms} from '../../../src/analyze/facts/realms.ts'
import {heldByTools} from '../../../src/analyze/graph/held-by-tools.ts'
import {removedFrames} from '../../../src/analyze/growth/removed-frames.ts'
import {select} from '../../../src/analyze/select/select.ts'
import {suspectsView} from '../../../src/graph/views/suspects-view.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {ROOT} from '../../cli/cli.ts'
import {programs} from '../../support/programs.ts'

const {folder, run} = programs()
const FIXTURES = join(ROOT, 'fixtures/snapshots')

function count(snapshot: Snapshot, where: string): number {
  return select(snapshot, {where}).nodes.length
}

/** Rows by name; checks that they are the whole. */
function rowsBy(snapshot: Snapshot, by: 'realm' | 'package') {
  const all = {retained: false, limit: Number.POSITIVE_INFINITY}
  for (const sizes of ['devtools', 'raw'] as const) {
    const whole = types(snapshot, {...all, sizes})
    const answer = types(snapshot, {...all, sizes, by})
    const sum = (what: 'count' | 'selfBytes') => answer.rows.reduce((total, row) => total + row[what], 0)
    assert.equal(sum('count'), whole.total.count)
    assert.equal(sum('selfBytes'), whole.heapBytes)
  }
  return new Map(types(snapshot, {...all, by}).rows.map(row => [row.type, row]))
}

test('rows by realm and by package are the whole heap, in all versions', async () => {
  const names = readdirSync(FIXTURES).filter(name => /^(types-zoo|iframe-page|worker-inside|vendor)\./.test(name))
  assert.ok(names.length > 8)
  for (const name of names) {
    const snapshot = await openSnapshot(join(FIXTURES, name))
    assert.ok(rowsBy(snapshot, 'realm').size > 1, name)
    assert.ok(rowsBy(snapshot, 'package').size > 1, name)
  }
})

test('contexts of vm have the objects that were made in them, and what only those hold', async () => {
  const text = `
    const vm = require('vm')
    const contexts = []
    const taken = []
    function round() {
      for (const [i, amount] of [100, 200, 300].entries()) {
        const context = vm.createContext({})
        const code = 'class Thing { constructor(i) { this.text = "thing of " + i; this.list = [i] } }' +
          ' var things = []; for (let i = 0; i < ' + amount + '; i++) things.push(new Thing(i))'
        vm.runInContext(code, context, {filename: 'plugin' + i + '.js'})
        contexts.push(context)
        taken.push(vm.runInContext('things[0]', context))
      }
      class Thing { constructor() { this.list = [] } }
      for (let i = 0; i < 50; i++) taken.push(new Thing())
    }
    globalThis.taken = taken`
  const [file] = run('plugins.cjs', text)
  const snapshot = await openSnapshot(file)
  assert.deepEqual(
    realms(snapshot).map(({kind, name}) => [kind, name]),
    [
      ['main', 'main'],
      ['vm context', 'vm context plugin0.js'],
      ['vm context', 'vm context plugin1.js'],
      ['vm context', 'vm context plugin2.js'],
    ],
  )
  for (const [i, amount] of [100, 200, 300].entries()) {
    const inIt = `realm="vm context plugin${i}.js"`
    assert.equal(count(snapshot, `type=Thing and prop.list and ${inIt}`), amount, 'held from outside or not')
    assert.equal(count(snapshot, `type=Array and ${inIt} and not prop.0~.`) > amount, true)
    assert.ok(count(snapshot, `name=/^thing of/ and ${inIt}`) >= amount, 'texts that only its objects hold')
  }
  assert.equal(count(snapshot, 'type=Thing and prop.list and realm=main'), 50)
  assert.equal(count(snapshot, 'type=Thing and prop.list and realm="vm context"'), 600)
  assert.equal(count(snapshot, 'type=Thing and prop.list and realm!=main'), 600)
  assert.equal(count(snapshot, 'realm=shared') + count(snapshot, 'realm!=shared'), snapshot.nodeCount)
})

test('a context that was run twice is told by its id', async () => {
  const text = `
    const vm = require('vm')
    globalThis.contexts = []
    function round() {
      for (let i = 0; i < 2; i++) {
        const context = vm.createContext({})
        vm.runInContext('function f() {}', context, {filename: 'same.js'})
        contexts.push(context)
      }
    }`
  const snapshot = await openSnapshot(run('twice.cjs', text)[0])
  const [, first, second] = realms(snapshot)
  assert.match(first.name, /^vm context same\.js @\d+$/)
  assert.notEqual(first.name, second.name)
  assert.equal(select(snapshot, {where: `realm=@${snapshot.nodeId[first.context]} and name=f`}).nodes.length >= 1, true)
})

test('packages have what their code made and what only that holds', async () => {
  const library = join(folder, 'node_modules/@scope/library')
  mkdirSync(library, {recursive: true})
  writeFileSync(
    join(library, 'index.js'),
    `class Held { constructor(i) { this.record = {number: 'record ' + i} } }
     const cache = new Map()
     exports.make = i => cache.set(i, new Held(i))
     exports.Given = class Given {}`,
  )
  const text = `
    const {make, Given} = require('@scope/library')
    const mine = []
    class Mine { constructor(i) { this.note = {text: 'note ' + i} } }
    globalThis.look = () => mine
    function round() {
      for (let i = 0; i < 70; i++) make(i)
      for (let i = 0; i < 40; i++) mine.push(new Mine(i), new Given())
    }`
  const snapshot = await openSnapshot(run('packaged.cjs', text)[0])
  const rows = rowsBy(snapshot, 'package')
  for (const name of ['(shared)', 'application', 'node', 'node_modules/@scope/library']) assert.ok(rows.has(name), name)
  assert.equal(count(snapshot, 'type=Held and prop.record and package=@scope/library'), 70)
  assert.equal(count(snapshot, 'type=Given and package=node_modules/@scope/library') >= 40, true, 'by who made it')
  assert.equal(count(snapshot, 'name=/^(record )\\d/ and package=@scope/library'), 70)
  assert.equal(count(snapshot, 'name=/^(note )\\d/ and package=application'), 40)
  assert.equal(count(snapshot, 'type=Mine and prop.note and package=application'), 40)
  assert.equal(count(snapshot, 'type=Held and prop.record and package=application'), 0)
})

test('a thread is told as one', async () => {
  const snapshot = await openSnapshot(join(FIXTURES, 'worker-inside.node20.heapsnapshot.gz'))
  assert.deepEqual(
    realms(snapshot).map(({kind}) => kind),
    ['worker'],
  )
})

test('iframes that were removed are realms of their own, and a suspect with their holder', async () => {
  const snapshot = await openSnapshot(join(FIXTURES, 'iframe-page.chromium.heapsnapshot.gz'))
  const kinds = realms(snapshot).map(({kind}) => kind)
  assert.equal(kinds.filter(kind => kind === 'removed frame').length, 5)
  assert.equal(kinds.filter(kind => kind === 'page').length, 1)
  const removed = removedFrames(snapshot)
  assert.ok(removed !== undefined && removed.retained.bytes > 500_000)
  const {rows} = suspectsView(snapshot)
  assert.equal(rows[0].kind, 'removed iframe')
  assert.deepEqual(rows[0].instances, {type: 'removed frame', count: 5})
  assert.match(rows[0].place, /^previews\.js:\d+$/)
  assert.equal(rows[0].retainedBytes, removed.retained.bytes)
  assert.equal(heldByTools(snapshot), undefined)
})

test('what knows of no realms says nothing of them', async () => {
  const hermes = await openSnapshot(join(ROOT, 'fixtures/engines/sessions.hermes.base.heapsnapshot.gz'))
  assert.deepEqual(realms(hermes), [])
  assert.deepEqual([...rowsBy(hermes, 'realm').keys()], ['(shared)'])
  const deno = await openSnapshot(join(FIXTURES, 'types-zoo.deno.heapsnapshot.gz'))
  assert.deepEqual(
    realms(deno).map(({kind}) => kind),
    ['main'],
  )
})

test('in every version of Node here the main realm is told', async () => {
  for (const name of readdirSync(FIXTURES).filter(name => /^types-zoo\.node/.test(name))) {
    const found = realms(await openSnapshot(join(FIXTURES, name)))
    assert.equal(found.filter(({kind}) => kind === 'main').length, 1, name)
  }
})
