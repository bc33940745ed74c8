/**
 * Runs commands and measures them: wall time by our own clock; CPU seconds and peak memory of the whole process with all its
 * threads by GNU time where there is one (Linux), else by the process's own account at its exit, which only Node programs give.
 */
import {spawn, spawnSync} from 'node:child_process'
import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'

const GNU_TIME = '/usr/bin/time'
const hasGnuTime = /GNU/.test(spawnSync(GNU_TIME, ['--version'], {encoding: 'utf8'}).output?.join('') ?? '')

export const method = hasGnuTime ? 'GNU time' : 'process.resourceUsage() at exit (Node programs only)'

/** What a Node child does at its exit where there is no GNU time. */
const ACCOUNT = `import {writeFileSync} from 'node:fs'
process.on('exit', () => {
  const {userCPUTime, systemCPUTime, maxRSS} = process.resourceUsage()
  writeFileSync(process.env.BENCH_ACCOUNT, [userCPUTime / 1e6, systemCPUTime / 1e6, maxRSS].join(' '))
})
`

/** Without what makes each start of Node another one: certificates alone take a third of a bare one. */
const ENVIRONMENT = {...process.env, NO_COLOR: '1'}
for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_COMPILE_CACHE']) delete ENVIRONMENT[name]

let running

/** Ends what is being measured: it has a group of its own, so that Ctrl-C does not reach it. */
export function stopRunning() {
  if (running === undefined) return
  try {
    if (process.platform === 'win32') running.kill('SIGKILL')
    else process.kill(-running.pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}

/**
 * `{seconds, cpuSeconds, peakBytes}`, the last two undefined if unknown, or `{failure, seconds}`. `folder`: for its notes; `answers`: the
 * exit codes of an answer.
 */
export async function runOnce(command, limitSeconds, folder, answers = [0]) {
  const account = join(folder, 'account')
  rmSync(account, {force: true})
  const {program, args, env} = wrapped(command, folder, account)
  const started = process.hrtime.bigint()
  const {code, signal, stderr, late} = await ended(program, args, env, limitSeconds)
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  if (late) return {failure: `no answer in ${limitSeconds} s`, seconds}
  if (!answers.includes(code))
    return {failure: reason(stderr) ?? `ended with ${signal ?? `exit code ${code}`}`, seconds}
  return {seconds, ...readAccount(account)}
}

function wrapped([program, ...args], folder, account) {
  if (hasGnuTime) return {program: GNU_TIME, args: ['-q', '-f', '%U %S %M', '-o', account, program, ...args], env: {}}
  if (program !== process.execPath) return {program, args, env: {}}
  const preload = join(folder, 'account.mjs')
  writeFileSync(preload, ACCOUNT)
  return {program, args: ['--import', pathToFileURL(preload).href, ...args], env: {BENCH_ACCOUNT: account}}
}

function readAccount(account) {
  try {
    const [user, system, kibibytes] = readFileSync(account, 'utf8').trim().split('\n').at(-1).split(' ').map(Number)
    return {cpuSeconds: user + system, peakBytes: kibibytes * 1024}
  } catch {
    return {}
  }
}

function ended(program, args, env, limitSeconds) {
  return new Promise(resolve => {
    // A group of its own, so that the limit ends the program and not only its wrapper.
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {...ENVIRONMENT, ...env},
      detached: process.platform !== 'win32',
    })
    running = child
    let stderr = ''
    let late = false
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr = (stderr + text).slice(-8000)
    })
    const timer = setTimeout(() => {
      late = true
      stopRunning()
    }, limitSeconds * 1000)
    const end = (code, signal) => {
      clearTimeout(timer)
      running = undefined
      resolve({code, signal, stderr, late})
    }
    child.on('error', error => {
      stderr = error.message
      end(-1, null)
    })
    child.on('close', end)
  })
}

/** The line of an error output that says most, without paths. */
function reason(stderr) {
  const lines = stderr.split('\n').map(line => line.trim())
  const said =
    lines.find(line => /error|panic|invalid|cannot|out of memory/i.test(line)) ?? lines.findLast(line => line !== '')
  return said
    ?.replace(/(file:\/\/)?(\/[\w.@+-]+){2,}(:\d+)*/g, '…')
    .replaceAll('|', '/')
    .slice(0, 100)
}

/**
 * Measures all commands, one run of each after the other, `runs` rounds. A command that failed once, or has taken `budget`
 * seconds in all, is not run again, and nothing is begun after `deadline` (of `performance.now()`). `commands`: `{key, command, answers}`,
 * the last the exit codes of an answer, 0 alone if undefined; returns a Map from key to `{runs, failure}`.
 */
export async function measureInTurn(
  commands,
  {runs, limitSeconds, budget, folder, warmUp = false, deadline = Infinity, onRun},
) {
  const results = new Map(commands.map(({key}) => [key, {runs: [], failure: undefined}]))
  for (let round = warmUp ? -1 : 0; round < runs; round++) {
    for (const {key, command, answers} of commands) {
      const result = results.get(key)
      const spent = result.runs.reduce((sum, {seconds}) => sum + seconds, 0)
      if (result.failure !== undefined || spent >= budget || performance.now() >= deadline) continue
      const run = await runOnce(command, limitSeconds, folder, answers)
      onRun?.(key, round, run)
      if (run.failure !== undefined) result.failure = run.failure
      else if (round >= 0) result.runs.push(run)
    }
  }
  return results
}

/** `{min, median, max}` of one field over the runs; undefined if it is unknown. */
export function spread(runs, field) {
  const values = runs.map(run => run[field]).filter(value => value !== undefined)
  if (values.length === 0) return undefined
  values.sort((a, b) => a - b)
  const middle = values.length >> 1
  const median = values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
  return {min: values[0], median, max: values.at(-1)}
}
