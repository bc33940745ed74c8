/** Node opens its inspector on one port only: what happens when another process has it. */
import assert from 'node:assert/strict'
import {existsSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:net'
import {join} from 'node:path'
import {test} from 'node:test'
import {activate} from '../../src/capture/inspect/activate.ts'
import {namedPorts} from '../../src/capture/inspect/inspector-ports.ts'
import {temporaryFolder} from '../cli/cli.ts'
import {HANG_MS, until} from '../support/limits.ts'
import {freePort, type Running, run, runHeapgraph} from './processes.ts'

const folder = temporaryFolder()
/** Not the default: other tests' programs, and other people's, may want that at the same time. */
const PORT = await freePort()
const guard = {timeout: HANG_MS, skip: process.platform === 'win32' ? 'signals are of POSIX' : false}
const IN_USE = /address already in use/

/** Whoever else has it serves as well. */
async function occupied(): Promise<Server> {
  const server = createServer(socket => socket.destroy())
  await new Promise(resolve => server.once('listening', resolve).once('error', resolve).listen(PORT, '127.0.0.1'))
  return server
}

const free = (server: Server) => new Promise(resolve => server.close(resolve))

async function started(): Promise<Running> {
  const program = join(folder, 'program.cjs')
  writeFileSync(program, "console.log('ready'); setInterval(() => {}, 1000)")
  const running = run(process.execPath, [`--inspect-port=${PORT}`, program])
  await until(() => running.said.stdout !== '')
  return running
}

test('a port that stays in use is told, and the process goes on', guard, async () => {
  const server = await occupied()
  const {child, said} = await started()
  await assert.rejects(activate(child.pid!, {openMs: 1500}), (error: Error & {hint?: string}) => {
    assert.match(
      error.message,
      new RegExp(`^process \\d+ did not open its inspector: port ${PORT} is in use by another process`),
    )
    return true
  })
  assert.match(said.stderr, IN_USE)
  assert.equal(child.exitCode ?? child.signalCode, null)
  child.kill()
  await free(server)
})

test('a port that is let go of in time is taken then', guard, async () => {
  const server = await occupied()
  const {child, said} = await started()
  const file = join(folder, 'late.heapsnapshot')
  const {ended} = runHeapgraph(['capture', '--pid', String(child.pid), '-o', file])
  await until(() => IN_USE.test(said.stderr))
  await free(server)
  const {code, stderr} = await ended
  assert.equal(code, 0, stderr)
  assert.ok(existsSync(file))
  assert.match(said.stderr, /Debugger listening/)
  child.kill()
})

test('of two processes that are captured at once, both are', guard, async () => {
  const both = await Promise.all([started(), started()])
  const captures = both.map(({child}, i) =>
    runHeapgraph(['capture', '--pid', String(child.pid), '-o', join(folder, `both-${i}.heapsnapshot`)]),
  )
  for (const [i, {ended}] of captures.entries()) {
    const {code, stderr} = await ended
    assert.equal(code, 0, stderr)
    assert.ok(existsSync(join(folder, `both-${i}.heapsnapshot`)))
  }
  for (const {child} of both) child.kill()
})

test('an inspector at a port of its own is found by what the program was started with', guard, async t => {
  const named: [options: string, ports: number[]][] = [
    ['node\0--inspect=0\0app.js\0', [0]],
    ['node\0--inspect-brk=127.0.0.1:9300\0app.js\0', [9300]],
    ['node\0--inspect=[::1]:9301\0--inspect-port\x009302\0app.js\0', [9301, 9302]],
    ['node\0--inspect\0app.js\x009303\0', []],
    ['node\0app.js\0--inspector=9304\0--inspect=9305x\0', []],
  ]
  for (const [words, ports] of named) assert.deepEqual(namedPorts(words), ports, words)
  if (process.platform !== 'linux') return t.skip('which ports a process listens on is asked on Linux only')

  const program = join(folder, 'counts.cjs')
  writeFileSync(
    program,
    `let asked = 0
    require('http').createServer((request, answer) => answer.end(String(asked++))).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`,
  )
  const free = await freePort()
  const starts: {args: string[]; env: Record<string, string>}[] = [
    {args: [`--inspect=127.0.0.1:${free}`], env: {}},
    {args: [], env: {NODE_OPTIONS: `--inspect=${free}`}},
    {args: [`--inspect-port=${await freePort()}`], env: {}},
  ]
  for (const [i, {args, env}] of starts.entries()) {
    const {child, said} = run(process.execPath, [...args, program], {env})
    await until(() => said.stdout !== '')
    const {connection, port, wasClosed} = await activate(child.pid!)
    connection.close()
    assert.deepEqual([port === free, wasClosed], i < 2 ? [true, false] : [false, true])
    const answer = await fetch(`http://127.0.0.1:${said.stdout.trim()}/`)
    assert.equal(await answer.text(), '0', 'the program itself was asked nothing')
    child.kill()
    await until(() => child.exitCode !== null || child.signalCode !== null)
  }
})
