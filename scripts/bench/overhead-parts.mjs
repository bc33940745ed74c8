/**
 * What the parts of `bin/record-preload.cjs` cost: `node --single-threaded scripts/bench/overhead-parts.mjs`. Finer than `overhead.mjs`: the
 * observer of collections is there and gone in turn within one process, whose work is to allocate, so that other work on the machine meets
 * both alike; "control" compares phases that are both without. A sample is what the timer does ten times a second.
 */
import {closeSync, mkdtempSync, openSync, rmSync, writeSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {PerformanceObserver} from 'node:perf_hooks'

const ROUNDS = 50
const WARM = 4
const STEPS = 400
const SAMPLES = 10_000

const folder = mkdtempSync(join(tmpdir(), 'heapgraph-parts-'))
const seconds = before => {
  const {user, system} = process.cpuUsage(before)
  return (user + system) / 1e6
}

const share = sampleSeconds() * 10
console.log(`ten samples a second: ${(share * 100).toFixed(3)} % of one CPU`)

let collections = 0
const observer = new PerformanceObserver(list => {
  collections += list.getEntries().length
})
const times = {observed: [], plain: [], control: []}
for (let round = 0; round < ROUNDS; round++) {
  for (const kind of Object.keys(times)) {
    if (kind === 'observed') observer.observe({entryTypes: ['gc']})
    times[kind].push(await phase())
    observer.disconnect()
  }
}
const ratio = kind => (middle(times[kind]) / middle(times.plain)).toFixed(4)
const perSecond = collections / times.observed.reduce((sum, time) => sum + time)
console.log(
  `observer of collections, ${perSecond.toFixed(0)} a second of CPU: ${ratio('observed')} of the CPU time without`,
)
console.log(`control: ${ratio('control')}`)

async function phase() {
  const before = process.cpuUsage()
  for (let step = 0; step < STEPS; step++) {
    for (let i = 0; i < 2000; i++) JSON.parse(`{"a":[1,2,3],"b":"${i}"}`)
    await new Promise(resolve => setImmediate(resolve))
  }
  return seconds(before)
}

function sampleSeconds() {
  const fd = openSync(join(folder, 'slots'), 'w', 0o600)
  const slot = new Float64Array(16)
  const bytes = new Uint8Array(slot.buffer)
  const before = process.cpuUsage()
  for (let i = 0; i < SAMPLES; i++) {
    const {rss, heapUsed, heapTotal, external, arrayBuffers} = process.memoryUsage()
    const [whole, nanoseconds] = process.hrtime()
    slot.set([i, whole * 1e3 + nanoseconds / 1e6, rss, heapUsed, heapTotal, external, arrayBuffers])
    writeSync(fd, bytes, 0, bytes.length, 0)
  }
  const each = seconds(before) / SAMPLES
  closeSync(fd)
  rmSync(folder, {recursive: true})
  return each
}

function middle(values) {
  const sorted = values.slice(WARM).sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}
