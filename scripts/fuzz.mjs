/**
 * Mutated snapshots and allocation profiles, tried in process and, a share of them, by command: none may crash, hang, be answered wrongly (slow twins say what is
 * right), or be told as a mistake of heapgraph's own. The same seed gives the same mutants, whatever the machine.
 *
 *     npm run fuzz -- [--count 20000] [--seed 1] [--commands 250] [--profiles 4000] [--only N] [--only-profile N]
 */
import {fork, spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {availableParallelism, tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {mutant} from './fuzz/mutants.mjs'
import {profileMutant} from './fuzz/profiles.mjs'

const {values} = parseArgs({
  options: {
    count: {type: 'string', default: '20000'},
    seed: {type: 'string', default: '1'},
    commands: {type: 'string', default: '250'},
    profiles: {type: 'string', default: '4000'},
    only: {type: 'string'},
    'only-profile': {type: 'string'},
  },
})
const only = values.only ?? values['only-profile']
const [count, seed, commands, profiles] = [values.count, values.seed, values.commands, values.profiles].map(Number)
/** By what a file of them is called. */
const MUTANTS = {heapsnapshot: mutant, heapprofile: profileMutant}
const WORKER = fileURLToPath(new URL('fuzz/worker.mjs', import.meta.url))
const TYPESCRIPT = new URL('typescript.mjs', import.meta.url).href
const PROGRAM = fileURLToPath(new URL('../bin/heapgraph.js', import.meta.url))
/** Of silence: a mutant is answered in milliseconds. */
const HANG_MS = 120_000
const folder = mkdtempSync(join(tmpdir(), 'heapgraph-fuzz-'))
const outcomes = {refused: 0, read: 0, failed: 0}
const failures = []

async function fail(kind, number, why) {
  outcomes.failed++
  const file = join(folder, `${number}.${kind}`)
  writeFileSync(file, (await MUTANTS[kind](seed, number)).bytes)
  failures.push(file)
  console.error(`mutant ${number} of seed ${seed} (${file}): ${why}\n`)
}

/** Every `step`th mutant from `from` on; goes on behind one that kills or holds up its process. */
async function inProcess(kind, from, to, step) {
  let at = from
  while (at < to) {
    let current
    let isDone = false
    await new Promise(resolve => {
      const child = fork(WORKER, [kind, seed, at, to, step].map(String), {
        execArgv: ['--import', TYPESCRIPT, '--max-old-space-size=1024'],
      })
      let timer
      const patience = () => {
        clearTimeout(timer)
        timer = setTimeout(() => child.kill('SIGKILL'), HANG_MS)
      }
      patience()
      child.on('message', ({began, number, outcome, why}) => {
        patience()
        if (began !== undefined) current = began
        else {
          current = undefined
          at = number + step
          if (outcome === 'failed') void fail(kind, number, why)
          else outcomes[outcome]++
        }
      })
      child.on('exit', (code, signal) => {
        clearTimeout(timer)
        isDone = code === 0 && current === undefined
        if (current !== undefined)
          void fail(
            kind,
            current,
            signal === 'SIGKILL' ? 'a hang, or no memory' : `the process ended with ${code ?? signal}`,
          )
        else if (!isDone) void fail(kind, at, `the process ended with ${code ?? signal} before it began`)
        at = (current ?? at) + (isDone ? 0 : step)
        resolve()
      })
    })
    if (isDone) return
  }
}

const COMMANDS = [
  ['types'],
  ['info'],
  ['suspects'],
  ['dominators', '--format', 'svg'],
  ['cycles', '--json'],
  ['waste'],
  ['strings'],
  ['closures'],
  ['makers'],
  ['detached'],
  ['why', '--where', 'self>0'],
  ['backrefs', '--where', 'self>0', '--format', 'html'],
  ['list', '--where', 'self>0'],
  ['path', '--where', 'self>0'],
  ['show', '@3'],
  ['what-if', '--cut', '@3'],
]
const CONTROL = /[\0-\x08\x0b-\x1f\x7f]/

const OF_PROFILES = [
  ['allocations'],
  ['allocations', '--by', 'package', '--json'],
  ['allocations', '--format', 'svg'],
  ['allocations', '--format', 'html'],
  ['allocations', '--format', 'speedscope'],
]

const commandsOf = kind => (kind === 'heapprofile' ? OF_PROFILES : COMMANDS)

async function byCommand(kind, number, [command, ...options]) {
  const file = join(folder, `mutant.${kind}`)
  writeFileSync(file, (await MUTANTS[kind](seed, number)).bytes)
  // Show takes its object first.
  const args = [command, ...options, file]
  const env = {...process.env, HEAPGRAPH_NO_INDEX: '1', NO_COLOR: '1'}
  const {status, signal, stdout, stderr} = spawnSync(process.execPath, [PROGRAM, ...args], {
    env,
    timeout: HANG_MS,
    maxBuffer: 1 << 28,
  })
  const [out, err] = [String(stdout), String(stderr)]
  const told = `${command} ${options.join(' ')}`
  const wrong = ![0, 1, 2].includes(status)
    ? `ended with ${status ?? signal}: ${err.slice(0, 2000)}`
    : /internal error|\n {4}at /.test(err)
      ? err.slice(0, 2000)
      : CONTROL.test(out) || CONTROL.test(err)
        ? 'a control character in its output'
        : status === 2 && !/^heapgraph: .+\n$/m.test(err)
          ? `no sentence: ${err.slice(0, 2000)}`
          : undefined
  if (wrong !== undefined) await fail(kind, number, `${told}: ${wrong}`)
}

const began = performance.now()
const step = Math.min(4, availableParallelism())
let tried = 0
let inProcessSeconds = 0
/** Of one kind so many, and of these some by command. */
async function all(kind, many, share) {
  const start = performance.now()
  await Promise.all(Array.from({length: step}, (_, i) => inProcess(kind, i, many, step)))
  inProcessSeconds += (performance.now() - start) / 1000
  const every = Math.max(1, Math.floor(many / Math.max(1, share)))
  for (let number = 0, turn = 0; number < many && turn < share; number += every, turn++) {
    await byCommand(kind, number, commandsOf(kind)[turn % commandsOf(kind).length])
    tried++
  }
}

if (only === undefined) {
  await all('heapsnapshot', count, commands)
  // Of profiles, that have few commands, fewer.
  await all('heapprofile', profiles, Math.ceil(commands / 5))
} else {
  const kind = values.only === undefined ? 'heapprofile' : 'heapsnapshot'
  await inProcess(kind, Number(only), Number(only) + 1, 1)
  for (const command of commandsOf(kind)) {
    await byCommand(kind, Number(only), command)
    tried++
  }
}
const seconds = Math.round((performance.now() - began) / 1000 - inProcessSeconds)
const mutants = only === undefined ? count + profiles : 1
console.log(
  `seed ${seed}: ${outcomes.refused + outcomes.read} of ${mutants} mutants right in process (${outcomes.read} read, ${outcomes.refused} refused) in ${Math.round(inProcessSeconds)} s, ${tried} commands in ${seconds} s, ${outcomes.failed} failed`,
)
if (failures.length === 0) rmSync(folder, {recursive: true, force: true})
process.exitCode = failures.length === 0 ? 0 : 1
