/** The command line in process, with streams of its own, and a small heap that every command has an answer for. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after} from 'node:test'
import {fileURLToPath} from 'node:url'
import type {OutputStream} from '../../src/cli/io.ts'
import {executeCli} from '../../src/cli/main.ts'
import {heapText} from '../support/ascii-heap.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Result {
  code: number
  stdout: string
  stderr: string
}

export interface Surroundings {
  env?: Record<string, string>
  /** What comes through a pipe. */
  stdin?: string
  /** Terminals instead of pipes. */
  stdoutTTY?: boolean
  stderrTTY?: boolean
  columns?: number
  /** How snapshots are opened, if not as the command line does: one that is kept for several questions. */
  open?: Parameters<typeof executeCli>[2]
}

/** Runs one command line: the words after `heapgraph`. */
export async function heapgraph(args: readonly string[], surroundings: Surroundings = {}): Promise<Result> {
  const {env = {}, stdin, stdoutTTY = false, stderrTTY = false, columns, open} = surroundings
  const result = {code: 0, stdout: '', stderr: ''}
  const stream = (name: 'stdout' | 'stderr', isTTY: boolean): OutputStream => ({
    write: text => (result[name] += text),
    isTTY,
    ...(columns === undefined ? {} : {columns}),
  })
  const io = {
    ...(stdin === undefined ? {} : {stdin: pieces(stdin)}),
    stdout: stream('stdout', stdoutTTY),
    stderr: stream('stderr', stderrTTY),
    env,
  }
  result.code = await executeCli(args, io, open)
  return result
}

/** The one thing that is not the same twice: how much memory is free. */
export function withoutFreeMemory(text: string): string {
  return text.replace(/; [\d.]+ \wB free: .*/, '')
}

/** In chunks that part words and characters. */
async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += 3) yield bytes.subarray(from, from + 3)
}

/** The words of a line of a shell, as far as the lines of the docs go: parted by spaces, 'quoted' ones whole. */
export function shellWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word)
}

/** An empty folder of this test file's own, gone when its tests have run. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heapgraph-test-'))
  after(() => rmSync(folder, {recursive: true, force: true}))
  return folder
}

/** The examples in the help ask about it, so it has a Server that holds a Buffer in a Map and beside it. */
export const APP = heapText(`
  root -> global.server -> Server.cache -> Map -internal:table-> table [0] -> Buffer
  Server.spare -> Buffer
  Server.request -> Request.body -> text
  global.parent -> Parent.child -> Child.parent -> Parent
  Child.name -> label
  Server.node -> div
  Server.jobs -> list [0] -> Job1
  list [1] -> Job2
  list [2] -> Job3
  list: object Array 16
  Job1: object Job 16
  Job2: object Job 16
  Job3: object Job 16
  Server.names -> Array
  Server.label -> same
  global: object global 40
  Buffer: object Buffer 96 @12345
  table: array "" 128
  text: string "the secret of the request" 48
  label: string "a child" 24
  same: string "a child" 24
  div: native "<div>" 120 detached
`)

/** Writes the small heap into a folder and says where. */
export function writeApp(folder: string, name = 'app.heapsnapshot'): string {
  const path = join(folder, name)
  writeFileSync(path, APP)
  return path
}

/** What is compared with the small heap: it has grown from nothing. */
export const EMPTY_HEAP = fileURLToPath(new URL('../../fixtures/odd/only-root.heapsnapshot', import.meta.url))

/** One command line of each command on the small heap, without the file. */
export const QUESTIONS: Record<string, string[]> = {
  info: ['info'],
  types: ['types'],
  list: ['list', '--type', 'Buffer'],
  show: ['show', '@12345'],
  backrefs: ['backrefs', '--type', 'Buffer'],
  why: ['why', '--type', 'Buffer'],
  refs: ['refs', '--type', 'Server'],
  path: ['path', '--type', 'Buffer'],
  dominators: ['dominators'],
  detached: ['detached'],
  cycles: ['cycles'],
  strings: ['strings', '--match', 'secret'],
  waste: ['waste'],
  assert: ['assert', '--max', 'Buffer=10'],
  'what-if': ['what-if', '--cut', 'Server.cache'],
  growth: ['growth', EMPTY_HEAP],
  leaks: ['leaks', EMPTY_HEAP],
  suspects: ['suspects'],
  sql: ['sql', 'SELECT id, type, self FROM node ORDER BY id LIMIT 4'],
}

/** Which of the forms a command has. */
export function formatsOf(command: string): string[] {
  const isComparison = command === 'growth' || command === 'leaks'
  const isGraph = ['backrefs', 'why', 'refs', 'path', 'dominators', 'cycles'].includes(command)
  if (isComparison) return ['text', 'json', 'md', 'dot', 'svg', 'html', 'mermaid']
  return isGraph ? ['text', 'json', 'dot', 'svg', 'html', 'mermaid'] : ['text', 'json']
}
