/** Real processes for tests: programs that say one line when they are ready, and our own command line beside them. */
import {type ChildProcess, type ChildProcessByStdio, spawn} from 'node:child_process'
import {once} from 'node:events'
import {type AddressInfo, createServer} from 'node:net'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {after} from 'node:test'
import {ROOT} from '../cli/cli.ts'

export const BIN = join(ROOT, 'bin', 'heapgraph.js')
const children: ChildProcess[] = []
let isListening = false

/** Without what the runner of tests has put there. */
export function plainEnv(more: Record<string, string> = {}): Record<string, string | undefined> {
  const {NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...own} = process.env
  return {...own, ...more}
}

/** Whatever is still there when the file's tests have run goes. */
export function endLater(child: ChildProcess): void {
  if (!isListening) after(endAll)
  isListening = true
  children.push(child)
}

function endAll(): void {
  for (const child of children) child.kill('SIGKILL')
}

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcessByStdio<null, Readable, Readable>
  /** What it has said until now. */
  said: {stdout: string; stderr: string}
  ended: Promise<Ended>
}

export function run(file: string, args: string[], options: {cwd?: string; env?: Record<string, string>} = {}): Running {
  const env = plainEnv(options.env) as NodeJS.ProcessEnv
  const child = spawn(file, args, {cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe']})
  endLater(child)
  const said = {stdout: '', stderr: ''}
  child.stdout.setEncoding('utf8').on('data', text => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', text => (said.stderr += text))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({code, signal, ...said}))
  })
  return {child, said, ended}
}

/** Our command line as a process of its own, on a program that it starts. */
export function runHeapgraph(args: string[], options: {cwd?: string; env?: Record<string, string>} = {}): Running {
  return run(process.execPath, [BIN, ...args], options)
}

/** A port that nobody listens on, a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
