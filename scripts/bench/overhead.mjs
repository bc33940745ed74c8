/**
 * What `record` costs the program that it records: `node scripts/bench/overhead.mjs [alloc|http] [pairs] [interval] [control]`, after `npm run build`.
 *
 * The same work is done with and without the recorder, in turn, in many pairs. Compared is the CPU time (user and system) that the program
 * itself has used, from its first line to its end, since the time on the wall hangs on what else the machine does: the ratio of the medians, and
 * that of the quickest quarters, since other work on the machine only ever adds. The intervals have 95 % of those of 2,000 samples drawn
 * from the pairs (bootstrap). With "control" a third program, with nothing of ours, is compared
 * with the first in the same way: what it differs by is what the measurement cannot see. What the recorder itself uses is told apart.
 */
import {spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {Agent, get} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/heapgraph.js', import.meta.url))
const SAMPLES = 2000
const REQUESTS = 24_000
const CONNECTIONS = 8

/** The exit listener of the preload was added before this one, so that its time is in the sum. */
const TELL = `
const begun = process.cpuUsage()
process.on('exit', () => {
  const {user, system} = process.cpuUsage(begun)
  require('node:fs').writeFileSync(process.env.BENCH_TOLD, JSON.stringify((user + system) / 1e6))
})`

const WORKS = {
  // Short-lived objects, text, and a Map that is turned over: young collections all the time, full ones now and then.
  alloc: `${TELL}
    const kept = new Map()
    for (let i = 0; i < 500_000; i++) {
      const text = JSON.stringify({id: i, name: 'name ' + i, tags: [i, i + 1, i + 2]})
      kept.set(i % 50_000, JSON.parse(text))
    }`,
  http: `${TELL}
    let left = ${REQUESTS}
    const server = require('node:http').createServer((request, response) => {
      const rows = Array.from({length: 40}, (_, i) => ({i, url: request.url, now: i * 2}))
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(rows))
      if (--left === 0) { server.close(); setImmediate(() => server.closeAllConnections()) }
    }).listen(0, '127.0.0.1', () => console.log(server.address().port))`,
}

const [work = 'alloc', pairsText = '25', interval = '0.1', control] = process.argv.slice(2)
if (WORKS[work] === undefined) throw new Error(`${work} is none of ${Object.keys(WORKS).join(', ')}`)
const pairs = Number(pairsText)
const folder = mkdtempSync(join(tmpdir(), 'heapgraph-overhead-'))
const told = join(folder, 'told')

try {
  const times = {plain: [], recorded: [], ...(control === 'control' ? {plainAgain: []} : {})}
  const recorder = []
  await once('plain')
  for (let i = 0; i < pairs; i++) {
    // Whatever warms up or cools down meets all in turn.
    const order = Object.keys(times)
    for (const kind of i % 2 === 0 ? order : order.reverse()) {
      const {own, all} = await once(kind)
      times[kind].push(own)
      if (kind === 'recorded') recorder.push((all - own) / own)
    }
  }
  const percent = ratio => `${ratio >= 1 ? '+' : ''}${((ratio - 1) * 100).toFixed(2)} %`
  for (const [name, kind] of [
    ['recorded', 'recorded'],
    ['without the recorder again', 'plainAgain'],
  ]) {
    const range = ([low, value, high]) => `${percent(value)} (${percent(low)} to ${percent(high)})`
    if (times[kind] === undefined) continue
    const [byMedian, byQuickest] = [median, quickest].map(value => estimate(times.plain, times[kind], value))
    console.log(
      `${work}, ${pairs} pairs: ${name} ${range(byMedian)} by medians, ${range(byQuickest)} by quickest quarters`,
    )
  }
  console.log(`the recorder's own process: ${(median(recorder) * 100).toFixed(1)} % of the program's CPU time`)
} finally {
  rmSync(folder, {recursive: true, force: true})
}

/** One run: seconds of CPU of the program, and of all processes as the shell counts them. */
async function once(kind) {
  // One thread, also for collections: several of them wait for each other, and how long hangs on the machine's other work.
  const program = [process.execPath, '--single-threaded', '-e', WORKS[work]]
  const record = [
    process.execPath,
    BIN,
    'record',
    '-o',
    join(folder, 'rec.jsonl'),
    '--interval',
    interval,
    '--no-live',
    '--',
    ...program,
  ]
  const {NODE_OPTIONS: _, ...env} = process.env
  rmSync(told, {force: true})
  const child = spawn('sh', ['-c', '"$@"; times', 'sh', ...(kind === 'recorded' ? record : program)], {
    env: {...env, BENCH_TOLD: told},
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let output = ''
  child.stdout.setEncoding('utf8')
  const loaded = new Promise(resolve => {
    child.stdout.on('data', text => {
      const isFirst = output === ''
      output += text
      if (isFirst) resolve(work === 'http' ? load(Number.parseInt(text, 10)) : undefined)
    })
  })
  await new Promise(resolve => child.on('close', resolve))
  await loaded
  const children = output.trim().split('\n').at(-1)
  const all = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0)
  return {own: JSON.parse(readFileSync(told, 'utf8')), all}
}

/** Asks for as many answers as the server gives. */
async function load(port) {
  const agent = new Agent({keepAlive: true, maxSockets: CONNECTIONS})
  let left = REQUESTS
  const ask = () =>
    new Promise(resolve => {
      const request = get({port, host: '127.0.0.1', path: '/rows', agent}, response => {
        response.resume().on('end', resolve).on('error', resolve)
      })
      request.on('error', resolve)
    })
  await Promise.all(
    Array.from({length: CONNECTIONS}, async () => {
      while (left-- > 0) await ask()
    }),
  )
  agent.destroy()
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function quickest(values) {
  const sorted = [...values].sort((a, b) => a - b).slice(0, Math.ceil(values.length / 4))
  return sorted.reduce((sum, value) => sum + value) / sorted.length
}

/** [low, ratio, high] of a value of those after to that of those before. By chance, but the same each time. */
function estimate(before, after, value) {
  const ratio = places => value(places.map(place => after[place])) / value(places.map(place => before[place]))
  const all = before.map((_, i) => i)
  let state = 12345
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state / 2 ** 32
  }
  const drawn = Array.from({length: SAMPLES}, () => ratio(all.map(() => Math.floor(random() * all.length))))
  drawn.sort((a, b) => a - b)
  return [drawn[Math.floor(SAMPLES * 0.025)], ratio(all), drawn[Math.floor(SAMPLES * 0.975)]]
}
