/** A program of Deno's: recorded from outside, captured through its inspector, and refused where it gives nothing. */
import assert from 'node:assert/strict'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {openSnapshot, select} from '../../src/index.ts'
import {heapgraph, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS, until} from '../support/limits.ts'
import {findDeno} from './deno.ts'
import {freePort, run, runHeapgraph} from './processes.ts'

const folder = temporaryFolder()
const deno = findDeno()
const guard = {timeout: HANG_MS, skip: 'why' in deno ? deno.why : false}
const path = 'path' in deno ? deno.path : ''

/** Asked for nothing, it keeps 1,000 rows; it says where it listens. */
const PROGRAM = join(folder, 'server.ts')
writeFileSync(
  PROGRAM,
  `class Leaked { rows: number[] = new Array(100).fill(0) }
const kept: Leaked[] = []
for (let i = 0; i < 1000; i++) kept.push(new Leaked())
Deno.serve({port: 0, hostname: '127.0.0.1', onListen: ({port}) => console.log(port)}, () => {
  kept.push(new Leaked())
  return new Response('ok')
})`,
)
const ALLOWED = ['run', '--allow-net', '--no-lock', '--no-config']

test(
  'a Deno program with --inspect: captured by port and by process, its objects told by their class',
  guard,
  async () => {
    const port = await freePort()
    const {child, said} = run(path, [...ALLOWED, `--inspect=127.0.0.1:${port}`, PROGRAM])
    await until(
      () => /^\d+\n/.test(said.stdout),
      () => said.stderr,
    )
    const file = join(folder, 'deno.heapsnapshot')
    const captured = await heapgraph(['capture', '--port', String(port), '-o', file])
    assert.equal(captured.code, 0, captured.stderr)
    assert.match(captured.stdout, /deno\.heapsnapshot {2}[\d.]+ MB\n/)
    const types = await heapgraph(['types', file, '--limit', '10000'])
    assert.equal(types.code, 0)
    assert.match(types.stdout, /^ +1,000 .* Leaked +server\.ts:1$/m)
    const path_ = await heapgraph(['why', '--type', 'Leaked', file])
    assert.match(path_.stdout, /kept/)
    await fetch(`http://127.0.0.1:${said.stdout.trim()}/`).then(answer => answer.text())
    const byPid = join(folder, 'deno-pid.heapsnapshot')
    const again = await heapgraph(['capture', '--pid', String(child.pid), '-o', byPid])
    assert.equal(again.code, 0, again.stderr)
    const snapshot = await openSnapshot(byPid, {index: 'off'})
    assert.equal(select(snapshot, {type: 'Leaked'}).nodes.length, 1001)
    child.kill()
  },
)

test('a Deno program without an inspector is told so, and goes on', guard, async () => {
  const {child, said} = run(path, [...ALLOWED, PROGRAM])
  await until(
    () => /^\d+\n/.test(said.stdout),
    () => said.stderr,
  )
  const file = join(folder, 'none.heapsnapshot')
  const {code, stderr} = await heapgraph(['capture', '--pid', String(child.pid), '-o', file])
  assert.equal(code, 2)
  assert.match(stderr, /^heapgraph: process \d+ is deno, not Node; start it with --inspect, then --port\n$/)
  assert.equal(existsSync(file), false)
  assert.equal(await fetch(`http://127.0.0.1:${said.stdout.trim()}/`).then(answer => answer.text()), 'ok')
  child.kill()
})

test('a Deno program is recorded as it was allowed to tell of itself, and ends as it would', guard, async () => {
  const program = join(folder, 'short.ts')
  writeFileSync(program, 'setTimeout(() => { console.log("said"); Deno.exit(4) }, 700)')
  const cases: [permission: string[], hasHeap: boolean][] = [
    [['--allow-all'], true],
    [[], false],
    [['--allow-env'], false],
  ]
  for (const [permission, hasHeap] of cases) {
    const output = join(folder, 'deno.jsonl')
    const command = [path, 'run', '--no-lock', '--no-config', ...permission, program]
    const {code, stdout, stderr} = await runHeapgraph(['record', '-o', output, '--', ...command]).ended
    assert.deepEqual([code, stdout], [4, 'said\n'], stderr)
    assert.match(stderr, /^recorded [^\n]+\nthe program ended with exit code 4\nnext: [^\n]+\n$/)
    const samples = readFileSync(output, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    assert.ok(samples.some(({type, rss}) => type === 'sample' && rss > 1e6))
    assert.equal(
      samples.some(({type, heapUsed}) => type === 'sample' && heapUsed > 1e5),
      hasHeap,
      permission.join(),
    )
  }
})

test('a watched Deno program runs as it would, and what to do instead is said', guard, async () => {
  const program = join(folder, 'unwatched.ts')
  writeFileSync(program, 'console.log("said"); Deno.exit(3)')
  const command = [path, 'run', '--no-lock', '--no-config', program]
  const {code, stdout, stderr} = await runHeapgraph(['watch', '--above', '1MB', '--', ...command], {cwd: folder}).ended
  assert.deepEqual([code, stdout], [3, 'said\n'])
  assert.match(stderr, /^heapgraph: \S+ started no Node process that can be watched; [^\n]+heapgraph capture --port\n$/)
})
