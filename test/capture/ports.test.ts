/** Node opens its inspector on one port only: what happens when another process has it. */
import assert from 'node:assert/strict'
import {existsSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:net'
import {join} from 'node:path'
import {test} from 'node:test'
import {activate} from '../../src/capture/activate.ts'
import {temporaryFolder} from '../cli/cli.ts'
import {type Running, run, runHeapgraph, until} from './processes.ts'

const folder = temporaryFolder()
const PORT = 9229
const guard = {timeout: 90_000, skip: process.platform === 'win32' ? 'signals are of POSIX' : false}
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
  const running = run(process.execPath, [program])
  await until(() => running.said.stdout !== '')
  return running
}

test('a port that stays in use is told, and the process goes on', guard, async () => {
  const server = await occupied()
  const {child, said} = await started()
  await assert.rejects(activate(child.pid!, 1500), (error: Error & {hint?: string}) => {
    assert.match(error.message, /^process \d+ did not open its inspector: port 9229 is in use by another process/)
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
