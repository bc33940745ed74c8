/**
 * Interrupts `heapgraph capture --pid` at random moments, and looks at what is left: a port of the target that can be connected to, half files,
 * a target that does not go on. `node scripts/interrupt-capture.mjs [count] [seed] [bin] [signal]`; the signals take turns unless one is given.
 * Exits with 1 if anything was left. Needs POSIX signals.
 */
import {spawn} from 'node:child_process'
import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {createConnection} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath, pathToFileURL} from 'node:url'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL']
/** How long an inspector may stay open afterwards; the limit is for what would never close. */
const CLOSE_MS = 20_000
const POLL_MS = 20
/** Takes a moment to be written, so that it can be interrupted in the middle. */
const PROGRAM = `globalThis.k = [...Array(2e5)].map((_, i) => ({i})); console.log('ready'); setInterval(() => {}, 1e3)`

/** One number after the other, 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * Each round: a target, a capture of two snapshots, and a signal at a random moment of the time that a capture takes. `openMs`: how long
 * after the end of the capture its port was open; undefined if it still was at the end.
 */
export async function interruptCaptures({count, seed = 1, bin, signals = SIGNALS, onRound = () => {}}) {
  const random = randomFrom(seed)
  const folder = mkdtempSync(join(tmpdir(), 'interrupt-capture-'))
  const rounds = []
  try {
    const wholeMs = (await round(folder, bin, undefined, 0)).tookMs
    for (let i = 0; i < count; i++) {
      const signal = signals[i % signals.length]
      const result = await round(folder, bin, signal, Math.round(random() * wholeMs))
      rounds.push(result)
      onRound(result)
    }
    return {wholeMs, rounds}
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

async function round(folder, bin, signal, afterMs) {
  const program = join(folder, 'program.cjs')
  writeFileSync(program, PROGRAM)
  const output = join(folder, 'out.heapsnapshot')
  // At a port that the system chooses: 9229 may be another's.
  const target = started([process.execPath, '--inspect-port=0', program])
  try {
    while (target.said.stdout === '') await delay(POLL_MS)
    const startMs = performance.now()
    const words = ['capture', '--pid', String(target.child.pid), '--count', '2', '--between', '100ms', '-o', output]
    const capture = started([process.execPath, bin, ...words])
    if (signal !== undefined) {
      await Promise.race([delay(afterMs), capture.ended])
      capture.child.kill(signal)
    }
    const {code, signal: endedBy} = await capture.ended
    const endMs = performance.now()
    // A capture that is killed cannot tidy up: the next one does.
    const parts = signal === 'SIGKILL' ? [] : partsIn(folder)
    const openMs = await untilClosed(target, endMs)
    const isAlive = target.child.exitCode === null && target.child.signalCode === null
    for (const name of readdirSync(folder)) if (name !== 'program.cjs') rmSync(join(folder, name))
    const stage = target.said.stderr.includes('Debugger attached')
      ? 'attached'
      : portOf(target) === undefined
        ? 'not opened'
        : 'opened'
    const last = isAlive
      ? ''
      : `${target.child.exitCode ?? target.child.signalCode}: ${target.said.stderr.slice(-2000)}`
    return {signal, afterMs, tookMs: endMs - startMs, endedBy: endedBy ?? code, stage, openMs, parts, isAlive, last}
  } finally {
    target.child.kill('SIGKILL')
    await target.ended
  }
}

function started([file, ...args]) {
  const {NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env} = process.env
  const child = spawn(file, args, {env, stdio: ['ignore', 'pipe', 'pipe']})
  const said = {stdout: '', stderr: ''}
  child.stdout.setEncoding('utf8').on('data', text => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', text => (said.stderr += text))
  const ended = new Promise(resolve => child.on('exit', (code, signal) => resolve({code, signal})))
  return {child, said, ended}
}

function portOf({said}) {
  const ports = [...said.stderr.matchAll(/listening on ws:\/\/127\.0\.0\.1:(\d+)/g)]
  return ports.length === 0 ? undefined : Number(ports.at(-1)[1])
}

const partsIn = folder => readdirSync(folder).filter(name => /\.tmp$|^\.heapgraph/.test(name))

/** The signal may be on its way to a target that has not opened yet, so that it is looked at for a while. */
async function untilClosed(target, endMs) {
  const QUIET_MS = 1000
  let quietSince = performance.now()
  for (const end = endMs + CLOSE_MS; performance.now() < end; await delay(POLL_MS)) {
    const port = portOf(target)
    if (port !== undefined && (await isOpen(port))) quietSince = performance.now()
    else if (performance.now() - quietSince > QUIET_MS) return Math.max(0, Math.round(quietSince - endMs))
  }
  return undefined
}

function isOpen(port) {
  return new Promise(resolve => {
    const socket = createConnection(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** What is wrong with a round, in words; empty if nothing is. */
export function faultsOf({openMs, parts, isAlive, last}) {
  return [
    ...(openMs === undefined ? ['its port is open'] : []),
    ...(parts.length > 0 ? [`left ${parts.join(', ')}`] : []),
    ...(isAlive ? [] : [`the target has ended by ${last}`]),
  ]
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [count = '50', seed = '1', bin, signal] = process.argv.slice(2)
  const {wholeMs, rounds} = await interruptCaptures({
    count: Number(count),
    seed: Number(seed),
    bin: bin ?? fileURLToPath(new URL('../bin/heapgraph.js', import.meta.url)),
    ...(signal === undefined ? {} : {signals: [signal]}),
    onRound: round => {
      const faults = faultsOf(round)
      const what = faults.length > 0 ? faults.join('; ') : `closed ${round.openMs} ms after the end`
      console.log(`${round.signal} after ${round.afterMs} ms, ended by ${round.endedBy}, ${round.stage}: ${what}`)
    },
  })
  const bad = rounds.filter(round => faultsOf(round).length > 0).length
  const opened = rounds.filter(({stage}) => stage !== 'not opened')
  const slowest = Math.max(0, ...opened.map(({openMs}) => openMs ?? CLOSE_MS))
  console.log(
    `${rounds.length} captures of ${Math.round(wholeMs)} ms interrupted, ${opened.length} of them with the inspector opened: ${bad} left something; closed at most ${slowest} ms after the end`,
  )
  process.exitCode = bad > 0 ? 1 : 0
}
