/** One place has one name in all snapshots, however V8 and the rules see it: real programs that grow between snapshots. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {growthView, sampleGrowth} from '../../src/graph/views/growth-view.ts'
import {findLeaks, sampleLeaks} from '../../src/graph/views/leak-suspects.ts'
import {leaksView} from '../../src/graph/views/leaks-view.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'

const PROGRAM = `
const v8 = require('node:v8')
class Item { constructor(serial) { this.payload = [serial, serial + 1]; this.tags = ['tag ' + serial] } }
const few = {}, registry = {}, large = {}, sparse = [], byId = new Map()
let short, long, serial = 0
const STEPS = {
  few: [2, 1, 5],
  registry: [3, 30, 30],
  large: [10, 200, 890],
  sparse: [3, 30, 30],
  byId: [10, 10, 10],
  short: [1, 1, 1],
  long: [1, 19, 30],
}
if (process.argv[3] === 'without large') STEPS.large = [10, 0, 0]
for (let step = 0; step < 3; step++) {
  const times = (name, add) => { for (let i = 0; i < STEPS[name][step]; i++) add(new Item(++serial)) }
  times('few', item => { few['t' + serial] = item })
  times('registry', item => { registry['t' + serial] = item })
  times('large', item => { large['t' + serial] = item })
  times('sparse', item => { sparse[step * 1e6 + serial] = item })
  times('byId', item => byId.set('k' + serial, item))
  times('short', value => { short = {value, next: short} })
  times('long', value => { long = {value, next: long} })
  v8.writeHeapSnapshot(process.argv[2] + step + '.heapsnapshot')
}
globalThis.all = () => [few, registry, large, sparse, byId, short, long]
`

/** Items there in each snapshot. */
const EXPECTED: Record<string, number[]> = {
  'few[…]': [2, 3, 8],
  'registry[…]': [3, 33, 63],
  'large[…]': [10, 210, 1100],
  'sparse[i]': [3, 33, 63],
  'byId.get(…)': [10, 20, 30],
  'short.value': [1, 2, 3],
  'long.value': [1, 20, 50],
}

const folder = temporaryFolder()
const program = join(folder, 'grow.cjs')
writeFileSync(program, PROGRAM)

function snapshotsOf(how: string): string[] {
  execFileSync(process.execPath, [program, join(folder, how), how], {timeout: HANG_MS})
  return [0, 1, 2].map(step => join(folder, `${how}${step}.heapsnapshot`))
}

test('growth counts a place by one name in all snapshots', async () => {
  const files = snapshotsOf('with large')
  const takes: ReturnType<typeof sampleGrowth>[] = []
  let last = await openSnapshot(files[0])
  for (const file of files) {
    last = await openSnapshot(file)
    takes.push(sampleGrowth(last, takes, {by: 'path'}))
  }
  const {rows, collections} = growthView(takes, last, {by: 'path', limit: 1000})
  const items = rows.filter(({type}) => type === 'Item')
  const found = Object.fromEntries(items.map(({name, counts}) => [name.slice(name.indexOf(' · ') + 3), counts]))
  assert.deepEqual(found, EXPECTED)
  const entries = Object.fromEntries(collections.map(({name, entries}) => [name, entries]))
  assert.deepEqual([entries['few[…]'], entries['registry[…]']], [EXPECTED['few[…]'], EXPECTED['registry[…]']])
})

test('leaks finds what grew from little, and counts all of it', async () => {
  // Beside much growth the little is counted only.
  const files = snapshotsOf('without large')
  const [base, target, final] = await Promise.all(files.map(file => openSnapshot(file)))
  const {rows} = leaksView(findLeaks([sampleLeaks(base), sampleLeaks(target)], final, {limit: 100}))
  const found = new Map(rows.map(({holder, counts}) => [holder, counts]))
  for (const [place, counts] of Object.entries(EXPECTED)) {
    if (counts[2] - counts[0] < 3 || place === 'large[…]') continue
    assert.deepEqual(found.get(place.replace(/[[.].*/, '')), counts, `${place} in ${[...found.keys()].join(', ')}`)
  }
})
