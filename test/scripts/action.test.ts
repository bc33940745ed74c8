/** The action for GitHub, by its own entry script: what it asks, what it writes where, and when it fails. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import {before, test} from 'node:test'
import {parse} from 'yaml'
import {ROOT, temporaryFolder} from '../cli/cli.ts'
import {heapText} from '../support/ascii-heap.ts'
import {HANG_MS} from '../support/limits.ts'

const folder = temporaryFolder()
const GUARD = {timeout: HANG_MS}
const SNAPSHOTS = join(ROOT, 'fixtures', 'snapshots')
const GROWING = ['base', 'target', 'final'].map(step => join(SNAPSHOTS, `growing.node20.${step}.heapsnapshot.gz`))
const CONTROL = ['base', 'target', 'final'].map(step =>
  join(SNAPSHOTS, `growing-control.node20.${step}.heapsnapshot.gz`),
)
const SCRIPT = join(ROOT, 'scripts', 'action.mjs')

before(() => assert.ok(existsSync(join(ROOT, 'dist/program/program.js')), 'npm run build comes first'))

let runs = 0

/** Runs the entry script as the action does, with a `gh` that writes down what it is called with. */
function act(env: Record<string, string>) {
  const place = join(folder, String(++runs))
  mkdirSync(join(place, 'bin'), {recursive: true})
  const gh = join(place, 'bin', 'gh')
  writeFileSync(gh, `#!/bin/sh\necho "$*" >> '${join(place, 'gh.txt')}'\n`)
  chmodSync(gh, 0o755)
  const {status, stdout, stderr} = spawnSync(process.execPath, [SCRIPT], {
    timeout: HANG_MS,
    encoding: 'utf8',
    env: {
      PATH: `${join(place, 'bin')}${delimiter}${process.env.PATH}`,
      HEAPGRAPH: join(ROOT, 'bin', 'heapgraph.js'),
      HEAPGRAPH_NO_INDEX: '1',
      RUNNER_TEMP: place,
      GITHUB_STEP_SUMMARY: join(place, 'summary.md'),
      GITHUB_OUTPUT: join(place, 'output.txt'),
      ...env,
    },
  })
  const read = (name: string) => (existsSync(join(place, name)) ? readFileSync(join(place, name), 'utf8') : '')
  return {status, stdout, stderr, summary: read('summary.md'), output: read('output.txt'), gh: read('gh.txt'), place}
}

test('what leaks fails the job, and is in the summary and in the comment', {
  ...GUARD,
  skip: process.platform === 'win32',
}, () => {
  const {status, stdout, summary, output, gh, place} = act({
    HEAPGRAPH_RUN: `leaks ${GROWING.map(file => `'${file}'`).join(' ')}`,
    HEAPGRAPH_COMMENT: 'true',
    PULL_REQUEST: '17',
    HEAPGRAPH_REPORT: `"${GROWING[2]}"`,
  })
  assert.equal(status, 1)
  assert.match(stdout, /^::error title=heapgraph::heapgraph leaks found something/m)
  assert.match(summary, /sessions.*src\/seven-leaks\/sessions\.mjs:9/)
  assert.match(output, /^found=true$/m)
  assert.equal(gh, `pr comment 17 --edit-last --create-if-none --body-file ${join(place, 'heapgraph.md')}\n`)
  assert.equal(readFileSync(join(place, 'heapgraph.md'), 'utf8').trim(), summary.trim())
  const page = /^report=(.*)$/m.exec(output)?.[1] ?? ''
  assert.match(readFileSync(page, 'utf8'), /^<!doctype html>/i)
})

test(
  'nothing passes; what is found passes where that is asked for; errors and failed assertions always fail',
  GUARD,
  () => {
    const control = act({HEAPGRAPH_RUN: `leaks ${CONTROL.join(' ')}`})
    assert.equal(control.status, 0, control.stdout + control.stderr)
    assert.match(control.output, /^found=false$/m)
    assert.equal(act({HEAPGRAPH_RUN: `leaks ${GROWING.join(' ')}`, HEAPGRAPH_FAIL: 'false'}).status, 0)
    const failed = act({HEAPGRAPH_RUN: `assert --max Session=10 ${GROWING[2]}`, HEAPGRAPH_FAIL: 'false'})
    assert.equal(failed.status, 1, failed.stdout + failed.stderr)
    assert.match(failed.summary, /```text\n[\s\S]*150 objects, 10 allowed/)
    const asserted = act({HEAPGRAPH_RUN: `leaks --fail ${GROWING.join(' ')}`, HEAPGRAPH_FAIL: 'false'})
    assert.equal(asserted.status, 1, asserted.stdout + asserted.stderr)
    assert.match(asserted.output, /^found=true$/m)
    assert.equal(act({HEAPGRAPH_RUN: `leaks --fail ${CONTROL.join(' ')}`}).status, 0)
    const passed = act({HEAPGRAPH_RUN: `assert --max Session=1000 ${GROWING[2]}`})
    assert.equal(passed.status, 0, passed.stdout + passed.stderr)
    const missing = act({HEAPGRAPH_RUN: 'leaks a.heapsnapshot b.heapsnapshot', HEAPGRAPH_FAIL: 'false'})
    assert.equal(missing.status, 1)
    assert.match(missing.stdout, /::error title=heapgraph::heapgraph leaks ended with exit code 2/)
    assert.match(act({HEAPGRAPH_RUN: '  '}).stdout, /the input run is empty/)
  },
)

/** Names of the commands that the runner would take from a log (actions/runner, ActionCommand.cs and ActionCommandManager.cs). */
function commandsIn(log: string): string[] {
  const found: string[] = []
  let stopped: string | undefined
  for (const line of log.split(/\r\n|\r|\n/)) {
    const [, name = '', data = ''] =
      /^\s*::([^\s:]+)[^:]*::(.*)$/.exec(line) ?? /##\[([^\s\]]+)[^\]]*\](.*)$/.exec(line) ?? []
    if (stopped !== undefined) stopped = name === stopped ? undefined : stopped
    else if (name === 'stop-commands') stopped = data
    else if (name !== '') found.push(name)
  }
  assert.equal(stopped, undefined, 'they are taken again')
  return found
}

test('names of the heap are no commands to the runner, and no fence ends early', GUARD, () => {
  const file = join(folder, 'evil.heapsnapshot')
  for (const name of ['::set-output name=x::``` ```` y', 'a ##[set-output name=found]false', '##[add-mask]a']) {
    writeFileSync(file, heapText(`root -> Evil\nEvil: object ${JSON.stringify(name)} 64`))
    const {stdout, summary} = act({HEAPGRAPH_RUN: `types '${file}'`, HEAPGRAPH_FAIL: 'false'})
    assert.ok(stdout.includes(name))
    assert.deepEqual(commandsIn(stdout), [])
    if (name.includes('`')) assert.match(summary, /^`{5,}text\n/)
    // Errors name what was asked for.
    const refused = act({HEAPGRAPH_RUN: `why --type '${name}x' '${file}'`, HEAPGRAPH_FAIL: 'false'})
    assert.deepEqual(commandsIn(refused.stdout + refused.stderr), [])
  }
})

test('lines for the runner are commands to it', GUARD, () => {
  const {stdout} = act({HEAPGRAPH_RUN: `leaks --format github ${GROWING.join(' ')}`, HEAPGRAPH_FAIL: 'false'})
  const commands = commandsIn(stdout)
  assert.ok(commands.length > 1)
  assert.ok(
    commands.every(name => ['error', 'warning', 'notice'].includes(name)),
    commands.join(),
  )
})

test('action.yml hands on every input, by names that the script reads', () => {
  const {inputs, runs} = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'))
  const told = JSON.stringify(runs.steps)
  for (const name of Object.keys(inputs)) assert.ok(told.includes(`inputs.${name} `), name)
  const script = readFileSync(SCRIPT, 'utf8')
  const [, asked] = runs.steps
  for (const name of Object.keys(asked.env)) assert.ok(name === 'GH_TOKEN' || script.includes(name), name)
  // Nothing that people write gets into a line of a shell.
  for (const {run = ''} of runs.steps) assert.doesNotMatch(run, /\$\{\{/)
})
