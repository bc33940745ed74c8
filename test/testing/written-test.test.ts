/** The test that `leaks --write-test` writes: it fails while the leak is there, and passes when it is mended, under each runner. */
import assert from 'node:assert/strict'
import {execFile, execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {leakTest, type TestRunner} from '../../src/index.ts'
import {heapgraph, ROOT} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {programs} from '../support/programs.ts'

const {folder, run} = programs()
const GUARD = {timeout: HANG_MS}
const TICKETS = (line: string) => `class Ticket { constructor() { this.rows = new Array(20).fill(1.5) } }
const tickets = []
module.exports = function work() {
  ${line}
  tickets.push(new Ticket())
}
`
const LEAKING = TICKETS('// Leaks.')
const MENDED = TICKETS('tickets.length = 0')
const WORK = join(folder, 'work.cjs')
let files: string[] = []

before(() => {
  assert.ok(existsSync(join(ROOT, 'dist', 'testing', 'index.js')), 'npm run build comes first')
  writeFileSync(WORK, LEAKING)
  files = run(
    'program.cjs',
    "const work = require('./work.cjs'); function round() { for (let i = 0; i < 50; i++) work() }",
    3,
  )
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules', 'heapgraph'), 'junction')
  symlinkSync(join(ROOT, 'node_modules', 'vitest'), join(folder, 'node_modules', 'vitest'), 'junction')
  writeFileSync(
    join(folder, 'jest.config.cjs'),
    "module.exports = {testMatch: ['**/*.spec.js'], testEnvironment: 'node'}",
  )
})

function ended(args: string[]): Promise<{code: number; output: string}> {
  const {NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, FORCE_COLOR: ___, ...env} = process.env
  return new Promise(resolve => {
    execFile(process.execPath, args, {cwd: folder, env: {...env, NO_COLOR: '1', CI: '1'}}, (error, stdout, stderr) =>
      resolve({code: Number(error?.code ?? 0), output: stdout + stderr}),
    )
  })
}

const bin = (...path: string[]) => join(ROOT, 'node_modules', ...path)
const RUNNERS: Record<TestRunner, {name: string; command: string[]}> = {
  node: {name: 'leak.test.mjs', command: ['--test', 'leak.test.mjs']},
  vitest: {
    name: 'leak.vitest.test.mjs',
    command: [bin('vitest', 'vitest.mjs'), 'run', '--root', folder, 'leak.vitest'],
  },
  jest: {name: 'leak.spec.js', command: [bin('jest', 'bin', 'jest.js'), '--config', 'jest.config.cjs']},
}

for (const [runner, {name, command}] of Object.entries(RUNNERS)) {
  test(`under ${runner} it fails with the holder's line, and passes when the leak is mended`, GUARD, async () => {
    const file = join(folder, name)
    const words = ['leaks', ...files, '--write-test', file, '--runner', runner, '--work', './work.cjs']
    const {code, stderr} = await heapgraph(words)
    assert.equal(code, 0, stderr)
    assert.match(stderr, /test written to .*; \.\/work\.cjs is to export a function/)
    assert.match(readFileSync(file, 'utf8'), /^\/\/ - tickets \(.*work\.cjs:2\) keeps .*Ticket.*cut: tickets/m)
    writeFileSync(WORK, LEAKING)
    const red = await ended(command)
    assert.notEqual(red.code, 0, red.output)
    assert.match(red.output, /objects of Ticket .*held by tickets.*work\.cjs:2/, red.output)
    writeFileSync(WORK, MENDED)
    const green = await ended(command)
    assert.equal(green.code, 0, green.output)
    writeFileSync(WORK, LEAKING)
    const again = await heapgraph(words)
    assert.equal(again.code, 2)
    assert.match(again.stderr, /there is a file already/)
    rmSync(file)
  })
}

test('a file that cannot be written is told before snapshots are read', async () => {
  const missing = ['no-base.heapsnapshot', 'no-target.heapsnapshot']
  const {code, stderr} = await heapgraph([
    'leaks',
    ...missing,
    '--write-test',
    join(folder, 'nowhere', 'leak.test.mjs'),
  ])
  assert.equal(code, 2)
  assert.match(
    stderr,
    /^heapgraph: .*leak\.test\.mjs: cannot be written: its folder does not exist; choose another place\n$/,
  )
})

test('options of no use are refused', async () => {
  for (const words of [
    ['--format', 'svg', '--blame'],
    ['--format', 'dot', '--write-test', join(folder, 'never.test.mjs')],
    ['--runner', 'jest'],
    ['--work', './work.cjs'],
  ]) {
    const {code, stderr} = await heapgraph(['leaks', ...words, 'no-base.heapsnapshot', 'no-target.heapsnapshot'])
    assert.equal(code, 2)
    assert.match(stderr, /goes with no picture|are of --write-test/)
  }
})

test('names of the heap are literals and comments in it, whatever they are', async () => {
  const evil = "x'); process.exit(7); // \n*/ process.exit(8) \u2028 process.exit(9) \u202e\u009b31m"
  const view = {
    rows: [
      {
        code: 'application',
        holder: evil,
        place: evil,
        cuts: [evil],
        types: [{type: evil, count: 2}],
      },
      {code: 'application', holder: 'b', place: '', cuts: [], types: [{type: '/slashes/', count: 1}]},
    ],
  } as unknown as Parameters<typeof leakTest>[0]
  const program = `${leakTest(view, {runner: 'jest', work: `./${evil}`})}`
  assert.doesNotMatch(program, /[\u2028\u202e\u009b]/)
  const stubs = `
    const asked = []
    const require = name => name === 'heapgraph/testing' ? {expectNoGrowth: (_, options) => asked.push(options)} : () => {}
    const test = (name, body) => { body() }
  `
  const told = execFileSync(process.execPath, ['--eval', `{${stubs}${program}\nconsole.log(JSON.stringify(asked))}`], {
    timeout: HANG_MS,
    encoding: 'utf8',
  })
  assert.deepEqual(JSON.parse(told), [{types: [evil, '/^\\/slashes\\/$/']}])
})

test('--blame tells the last change of the line, by the git of the current folder alone', GUARD, async t => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      timeout: HANG_MS,
      cwd: folder,
      encoding: 'utf8',
    })
  try {
    git('init', '--quiet')
  } catch {
    return t.skip('git is not installed')
  }
  const blamed = async () => {
    const here = process.cwd()
    process.chdir(folder)
    try {
      return await heapgraph(['leaks', ...files, '--blame', '--json'])
    } finally {
      process.chdir(here)
    }
  }
  assert.equal(JSON.parse((await blamed()).stdout).rows[0].change, null)
  git('add', 'work.cjs')
  git('commit', '--quiet', '--no-gpg-sign', '-m', 'Keep tickets')
  const {change} = JSON.parse((await blamed()).stdout).rows[0]
  assert.equal(change.commit, git('rev-parse', 'HEAD').trim())
  assert.equal(change.subject, 'Keep tickets')
  assert.match(change.date, /^\d{4}-\d\d-\d\dT/)
  const {stdout} = await heapgraph(['leaks', ...files, '--blame', '--json'])
  assert.equal(JSON.parse(stdout).rows[0].change, null, 'another folder is asked nothing')
})
