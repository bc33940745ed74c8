/** The workflow in docs/growth.md, read out of it and run: each of its shell steps, on two checkouts of which one keeps more. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {delimiter, dirname, join} from 'node:path'
import {before, test} from 'node:test'
import {parse} from 'yaml'
import {ROOT, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'

interface Step {
  name?: string
  uses?: string
  with?: Record<string, unknown>
  run?: string
  env?: Record<string, string>
}

interface Workflow {
  on: unknown
  permissions: Record<string, string>
  jobs: {growth: {'runs-on': string; steps: Step[]}}
}

const text = readFileSync(join(ROOT, 'docs/growth.md'), 'utf8')
const [, recipe] = /```yaml\n([\s\S]*?)```/.exec(text) ?? []
const folder = temporaryFolder()
const guard = {timeout: HANG_MS, skip: process.platform === 'win32' ? 'its shell is of Linux' : false}

before(() => assert.ok(existsSync(join(ROOT, 'dist/program/program.js')), 'npm run build comes first'))

/** What GitHub puts in place of an expression: of the event and the job. */
const filledIn = (value: string) =>
  value
    .replace(/\$\{\{ github\.event\.number \}\}/, '17')
    .replace(/\$\{\{ github\.token \}\}/, 'a token')
    .replace(/\$\{\{.*\}\}/, 'abc123')

/** Programs of the runner's that are not ours to test: what they are called with is written down. */
function toolsIn(place: string): string {
  const bin = join(place, 'bin')
  mkdirSync(bin)
  const tool = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  tool('npm', 'echo "npm $*" >> "$CALLS"')
  tool('gh', 'echo "gh $*" >> "$CALLS"')
  tool(
    'npx',
    `test "$1" = heapgraph || exit 99\nshift\nexec '${process.execPath}' '${join(ROOT, 'bin/heapgraph.js')}' "$@"`,
  )
  return bin
}

/** The load of one side: it keeps so many sessions. */
function loadOf(count: number): string {
  return `const {writeHeapSnapshot} = require('node:v8')
class Session { constructor(i) { this.rows = ['row ' + i, i] } }
const sessions = new Map()
for (let i = 0; i < ${count}; i++) sessions.set('session ' + i, new Session(i))
setImmediate(() => { writeHeapSnapshot(process.env.SNAPSHOT); module.exports = sessions.size })`
}

function replay(baseCount: number, headCount: number) {
  const place = mkdtempSync(join(folder, 'recipe-'))
  for (const [side, count] of [
    ['base', baseCount],
    ['head', headCount],
  ] as const) {
    mkdirSync(join(place, side, 'test'), {recursive: true})
    writeFileSync(join(place, side, 'package.json'), '{}')
    writeFileSync(join(place, side, 'test', 'load.js'), loadOf(count))
  }
  const calls = join(place, 'calls')
  const path = [toolsIn(place), dirname(process.execPath), process.env.PATH].join(delimiter)
  const {NODE_OPTIONS: _, ...env} = process.env
  const {steps} = (parse(recipe) as Workflow).jobs.growth
  const run = (step: Step) => {
    const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, filledIn(value)]))
    // As a runner calls it.
    const options = {
      timeout: HANG_MS,
      cwd: place,
      encoding: 'utf8' as const,
      env: {...env, PATH: path, CALLS: calls, ...own},
    }
    return spawnSync('bash', ['-e', '-c', filledIn(step.run!)], options)
  }
  const scripts = steps.filter(step => step.run !== undefined)
  return {
    place,
    scripts,
    run,
    calls: () => readFileSync(calls, 'utf8'),
    comment: () => readFileSync(join(place, 'comment.md'), 'utf8'),
  }
}

test('it is a workflow that checks out both sides and may write the comment', () => {
  const {on, permissions, jobs} = parse(recipe) as Workflow
  assert.equal(on, 'pull_request')
  assert.equal(permissions['pull-requests'], 'write')
  const {steps} = jobs.growth
  const paths = steps.filter(({uses}) => uses?.startsWith('actions/checkout@')).map(step => step.with?.path)
  assert.deepEqual(paths, ['base', 'head'])
  const used = steps.findIndex(({uses}) => uses?.startsWith('actions/setup-node@'))
  assert.ok(used >= 0 && used < steps.findIndex(({run}) => run?.includes('npm ci')))
})

test('what head keeps more is in the comment, by its holder', guard, () => {
  const {scripts, run, calls, comment} = replay(20, 320)
  for (const step of scripts) {
    const {status, stderr} = run(step)
    assert.equal(status, 0, `${step.name ?? step.run}: ${stderr}`)
  }
  assert.equal(calls(), 'npm ci\nnpm ci\ngh pr comment 17 --edit-last --create-if-none --body-file comment.md\n')
  const [growth, leaks] = comment().split(/^(?=#+ Heap leaks)/m)
  assert.match(growth, /Heap growth/)
  assert.match(growth, /sessions/)
  assert.match(leaks, /sessions/)
  assert.match(comment(), /different processes/)
})

test('nothing grew: the steps pass; a side without a snapshot fails them', guard, () => {
  const {place, scripts, run, comment} = replay(20, 20)
  for (const step of scripts) assert.equal(run(step).status, 0, step.name)
  assert.ok(!/cache without limit/.test(comment()), comment())
  rmSync(join(place, 'head.heapsnapshot'))
  const compare = scripts.find(step => step.run!.includes('heapgraph growth'))!
  const {status, stderr} = run(compare)
  assert.notEqual(status, 0)
  assert.match(stderr, /head\.heapsnapshot: no such file/)
})
