/** The assertion for tests, as it is built: under each runner a leaking server fails with its line, and the mended one passes. */
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {existsSync, readdirSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {before, test} from 'node:test'
import {fileURLToPath} from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const RUNNERS = join(ROOT, 'fixtures', 'runners')
const built = new URL('../../dist/testing/index.js', import.meta.url).href

before(() => assert.ok(existsSync(fileURLToPath(built)), 'npm run build comes first'))

interface Ended {
  code: number
  output: string
}

function run(...args: string[]): Promise<Ended> {
  const {NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, FORCE_COLOR: ___, ...env} = process.env
  return new Promise(resolve => {
    execFile(process.execPath, args, {cwd: ROOT, env: {...env, NO_COLOR: '1', CI: '1'}}, (error, stdout, stderr) => {
      resolve({code: Number(error?.code ?? 0), output: stdout + stderr})
    })
  })
}

const bin = (...path: string[]) => join(ROOT, 'node_modules', ...path)
const COMMANDS: Record<string, (kind: string) => string[]> = {
  'node:test': kind => ['--test', join(RUNNERS, 'node-test', `${kind}.test.mjs`)],
  ...Object.fromEntries(
    ['forks', 'threads', 'vmThreads'].map(pool => [
      `vitest --pool=${pool}`,
      (kind: string) => [
        ...[bin('vitest', 'vitest.mjs'), 'run', '--root', join(RUNNERS, 'vitest')],
        ...[`--pool=${pool}`, `${kind}.test`],
      ],
    ]),
  ),
  jest: kind => [bin('jest', 'bin', 'jest.js'), '--config', join(RUNNERS, 'jest', 'jest.config.cjs'), `${kind}.test`],
}

for (const [runner, command] of Object.entries(COMMANDS)) {
  test(`under ${runner} the leaking server fails with the holder's line`, async () => {
    const {code, output} = await run(...command('leaking'))
    assert.notEqual(code, 0, output)
    assert.match(output, /objects of Session .*held by sessions\.get\(…\) \(\S*leaking-server\.cjs:10\)/, output)
    assert.match(output, /Session \d+ → \d+ → \d+ → \d+ {2}\(\S*leaking-server\.cjs:5\)/)
    assert.match(output, /one cut frees all \d+: sessions\.get\(…\)/)
    // Node keeps texts of requests too: nothing that people can cut.
    for (const [, cut] of output.matchAll(/to cut: (.*)/g)) assert.equal(cut, 'sessions[]')
  })

  test(`under ${runner} the mended server passes`, async () => {
    const {code, output} = await run(...command('fixed'))
    assert.equal(code, 0, output)
  })

  test(`under ${runner} a timer that is never cleared fails with its line and what it keeps, a cleared one passes`, async () => {
    const left = await run(...command('timer-left'))
    assert.notEqual(left.code, 0, left.output)
    assert.match(
      left.output,
      /objects of Poller .*held by Timeout\._onTimeout \(\S*leaking-timer\.cjs:10\)/,
      left.output,
    )
    assert.match(left.output, /with it grow .*Timeout/, left.output)
    const cleared = await run(...command('timer-cleared'))
    assert.equal(cleared.code, 0, cleared.output)
  })
}

interface Testing {
  expectNoGrowth(work: () => unknown, options?: object): Promise<void>
}

const {expectNoGrowth} = (await import(built)) as Testing

class Kept {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}
class Ring {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

const kept: Kept[] = []
const ring: Ring[] = []

test('what is replaced is no growth, what is kept is, whatever its share of the iterations', async () => {
  let done = 0
  await expectNoGrowth(
    () => {
      ring[done++ % 7] = new Ring(`${done}`)
    },
    {iterations: 10},
  )
  const work = () => {
    if (done++ % 2 === 0) kept.push(new Kept('k'))
  }
  await assert.rejects(expectNoGrowth(work, {iterations: 20}), (error: Error) => {
    assert.equal(error.name, 'AssertionError')
    assert.match(
      error.message,
      /objects of Kept are left behind, held by .*: more in each of 3 rounds of 20 iterations/,
    )
    return true
  })
  // Other types are not asked about.
  await expectNoGrowth(work, {iterations: 20, types: ['Ring', '/^Other/']})
})

test('without Node it says so, instead of passing', async () => {
  const {checkRuntime} = await import('../../src/testing/expect-no-growth.ts')
  checkRuntime(process.versions)
  for (const [versions, name] of [
    [{bun: '1.3.0'}, /this is Bun 1\.3\.0/],
    [{deno: '2.9.6'}, /this is Deno 2\.9\.6/],
  ] as const) {
    assert.throws(() => checkRuntime({...process.versions, ...versions}), name)
  }
})

test('what the work throws is passed on, options are checked, and no file stays behind', async () => {
  const ours = () => readdirSync(tmpdir()).filter(name => /^heapgraph-\w{6}$/.test(name))
  const earlier = ours()
  await assert.rejects(
    expectNoGrowth(() => Promise.reject(new Error('no luck'))),
    /no luck/,
  )
  for (const options of [{iterations: 0}, {rounds: 1}, {warmup: -1}, {perIteration: 0}, {types: 'Kept'}]) {
    await assert.rejects(
      expectNoGrowth(() => {}, options),
      {name: 'HeapgraphError', code: 'USAGE'},
    )
  }
  assert.deepEqual(
    ours().filter(name => !earlier.includes(name)),
    [],
  )
})

test('a server that leaks a listener is caught, its mended twin passes, three times in a row', async () => {
  const {code, output} = await run(join(ROOT, 'scripts', 'no-flake.mjs'), '3')
  assert.equal(code, 0, output)
})
