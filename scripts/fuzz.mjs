/**
 * Mutated snapshots, tried in process and, a share of them, by command: none may crash, hang, be answered wrongly (slow twins say what is
 * right), or be told as a mistake of heapgraph's own. The same seed gives the same mutants, whatever the machine.
 *
 *     npm run fuzz -- [--count 20000] [--seed 1] [--commands 250] [--only N]
 */
import {fork, spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {availableParallelism, tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {mutant} from './fuzz/mutants.mjs'

const {values} = parseArgs({
  options: {
    count: {type: 'string', default: '20000'},
    seed: {type: 'string', default: '1'},
    commands: {type: 'string', default: '250'},
    only: {type: 'string'},
  },
})
const [count, seed, commands] = [values.count, values.seed, values.commands].map(Number)
const only = values.only === undefined ? undefined : Number(values.only)
const WORKER = fileURLToPath(new URL('fuzz/worker.mjs', import.meta.url))
const TYPESCRIPT = new URL('typescript.mjs', import.meta.url).href
const PROGRAM = fileURLToPath(new URL('../bin/heapgraph.js', import.meta.url))
/** Of silence: a mutant is answered in milliseconds. */
const HANG_MS = 120_000
const folder = mkdtempSync(join(tmpdir(), 'heapgraph-fuzz-'))
const outcomes = {refused: 0, read: 0, failed: 0}
const failures = []

function fail(number, why) {
  outcomes.failed++
  const file = join(folder, `${number}.heapsnapshot`)
  writeFileSync(file, mutant(seed, number).bytes)
  failures.push(file)
  console.error(`mutant ${number} of seed ${seed} (${file}): ${why}\n`)
}

/** Every `step`th mutant from `from` on; goes on behind one that kills or holds up its process. */
async function inProcess(from, to, step) {
  let at = from
  while (at < to) {
    let current
    let isDone = false
    await new Promise(resolve => {
      const child = fork(WORKER, [seed, at, to, step].map(String), {
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
          if (outcome === 'failed') fail(number, why)
          else outcomes[outcome]++
        }
      })
      child.on('exit', (code, signal) => {
        clearTimeout(timer)
        isDone = code === 0 && current === undefined
        if (current !== undefined)
          fail(current, signal === 'SIGKILL' ? 'a hang, or no memory' : `the process ended with ${code ?? signal}`)
        else if (!isDone) fail(at, `the process ended with ${code ?? signal} before it began`)
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

function byCommand(number) {
  const file = join(folder, 'mutant.heapsnapshot')
  writeFileSync(file, mutant(seed, number).bytes)
  const [command, ...options] = COMMANDS[number % COMMANDS.length]
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
  if (![0, 1, 2].includes(status)) fail(number, `${told}: ended with ${status ?? signal}: ${err.slice(0, 2000)}`)
  else if (/internal error|\n {4}at /.test(err)) fail(number, `${told}: ${err.slice(0, 2000)}`)
  else if (CONTROL.test(out) || CONTROL.test(err)) fail(number, `${told}: a control character in its output`)
  else if (status === 2 && !/^heapgraph: .+\n$/m.test(err)) fail(number, `${told}: no sentence: ${err.slice(0, 2000)}`)
  else return true
  return false
}

const began = performance.now()
if (only !== undefined) {
  await inProcess(only, only + 1, 1)
  byCommand(only)
} else {
  const step = Math.min(4, availableParallelism())
  await Promise.all(Array.from({length: step}, (_, i) => inProcess(i, count, step)))
}
const inProcessSeconds = Math.round((performance.now() - began) / 1000)
let tried = 0
if (only === undefined) {
  const every = Math.max(1, Math.floor(count / Math.max(1, commands)))
  for (let number = 0; number < count && tried < commands; number += every) {
    byCommand(number)
    tried++
  }
}
const seconds = Math.round((performance.now() - began) / 1000)
console.log(
  `seed ${seed}: ${outcomes.refused + outcomes.read} of ${only === undefined ? count : 1} mutants right in process (${outcomes.read} read, ${outcomes.refused} refused) in ${inProcessSeconds} s, ${tried} commands in ${seconds - inProcessSeconds} s, ${outcomes.failed} failed`,
)
if (failures.length === 0) rmSync(folder, {recursive: true, force: true})
process.exitCode = failures.length === 0 ? 0 : 1
