/** Owners in snapshots of real programs: who they are, and that the cut of each frees what is its own. */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {cutEdges, shadowEdgesOf} from '../../../src/analyze/cuts/cuts.ts'
import {reachableWithout} from '../../../src/analyze/graph/reachable.ts'
import {type Owner, owners} from '../../../src/analyze/owners/owners.ts'
import {select} from '../../../src/analyze/select/select.ts'
import {measuredCuts} from '../../../src/explain/owners/owner-cut.ts'
import {ownerWords} from '../../../src/explain/owners/owner-words.ts'
import type {Snapshot} from '../../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {programs} from '../../support/programs.ts'

const {folder, run} = programs()

async function ownersIn(file: string, type: string): Promise<{snapshot: Snapshot; found: Owner[]; freed: number[]}> {
  const snapshot = await openSnapshot(file)
  const {nodes} = select(snapshot, {type})
  const found = owners(snapshot, select(snapshot, {type})).owners
  const freed = found.map(({cuts}) => {
    const cut = {text: '', edges: cuts, shadowEdges: shadowEdgesOf(snapshot, cuts)}
    const left = reachableWithout(snapshot, cutEdges(snapshot, [cut]))
    return nodes.filter(node => !left.has(node)).length
  })
  return {snapshot, found, freed}
}

const ITEMS = `
  const {EventEmitter} = require('events')
  class Item { constructor(i) { this.i = i } }
  const made = n => Array.from({length: n}, (_, i) => new Item(i))
  const round = () => {}
`
const LISTENERS = `
  function first() { const items = made(20); return function onFirst() { return items } }
  function second() { const items = made(30); return function onSecond() { return items } }
  bus.on('tick', first())
  bus.on('tick', second())
`

for (const [where, holder] of [
  ['a variable', 'const bus = new EventEmitter(); exports.use = () => bus'],
  ['an export', 'const bus = exports.bus = new EventEmitter()'],
  [
    'a field',
    'class Service { bus = new EventEmitter() }; const service = exports.service = new Service(); const {bus} = service',
  ],
]) {
  test(`two listeners of one emitter in ${where} are two owners, and each cut frees its own objects`, async () => {
    const [file] = run(`${where.replace(' ', '-')}.cjs`, `${ITEMS}${holder}\n${LISTENERS}`)
    const {snapshot, found, freed} = await ownersIn(file, 'Item')
    assert.deepEqual(freed, [30, 20])
    assert.deepEqual(
      found.map(({count, alone}) => [count, alone]),
      [
        [30, 30],
        [20, 20],
      ],
    )
    const ways = found.map(owner => ownerWords(snapshot, owner).path)
    assert.match(ways[0], /onSecond/)
    assert.match(ways[1], /onFirst/)
  })
}

test('two functions 4,096 columns apart in one line are two owners', async () => {
  const listener = (n: number) => `{const items=made(${n});bus.on('tick',function(){return items})};`
  const one = listener(20)
  const line = `const bus=exports.bus=new EventEmitter();${one}${' '.repeat(4096 - one.length)}${listener(30)}`
  const [file] = run('minified.cjs', `${ITEMS}${line}`)
  const {found, freed} = await ownersIn(file, 'Item')
  assert.deepEqual(freed, [30, 20])
  assert.equal(found.length, 2)
})

for (const [how, load] of [
  ['require', `delete require.cache[require.resolve(path)]; keep.push(require(path))`],
  [
    'vm',
    `const module = {exports: {}}; require('vm').runInThisContext('(function(module){' + require('fs').readFileSync(path) + '})', {filename: path})(module); keep.push(module.exports)`,
  ],
]) {
  test(`of a script that ran three times by ${how}, the holder of its instances is told`, async () => {
    writeFileSync(
      join(folder, 'plugin.cjs'),
      `class Item {}; const items = Array.from({length: 10}, () => new Item()); module.exports = () => items`,
    )
    const [file] = run(
      `host-${how}.cjs`,
      `const path = require('path').join(__dirname, 'plugin.cjs'); const keep = []; const round = () => {}
       for (let i = 0; i < 3; i++) { ${load} }
       delete require.cache[path]; module.children.length = 0; exports.keep = () => keep`,
    )
    const {snapshot, found, freed} = await ownersIn(file, 'Item')
    assert.equal(
      freed.reduce((a, b) => a + b),
      30,
    )
    for (const owner of found) assert.match(ownerWords(snapshot, owner).path, /module .*host-\w+\.cjs · keep\[/)
  })
}

test('of timers in one list each function is an owner, and none is known by its neighbors', async () => {
  const [file] = run(
    'ring.cjs',
    `function first() {}
     function second() {}
     for (let i = 0; i < 30; i++) { setInterval(first, 60_000); if (i % 3 === 0) setInterval(second, 60_000) }
     const round = () => {}`,
  )
  const snapshot = await openSnapshot(file)
  const answer = owners(snapshot, select(snapshot, {type: 'Timeout'}))
  const found = answer.owners
  const words = found.map(owner => ownerWords(snapshot, owner).holder)
  assert.deepEqual(words.slice(0, 2), ['Timeout first', 'Timeout second'])
  assert.deepEqual(
    found.slice(0, 2).map(({count, alone}) => [count, alone]),
    [
      [30, 30],
      [10, 10],
    ],
  )
  assert.deepEqual(measuredCuts(answer).best, {owner: 0, frees: 30})
  assert.ok(!words.some(text => text.includes('_idle')), words.join())
})
