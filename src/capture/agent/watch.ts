/** Runs a program and has its processes write snapshots of themselves when their memory passes a limit. */
import type {ChildProcess} from 'node:child_process'
import {readdirSync, rmSync, statSync} from 'node:fs'
import type {Server, Socket} from 'node:net'
import {dirname, join, resolve} from 'node:path'
import {ENDING_SIGNALS, onSignals, sendable} from '../../files/ending-signals.ts'
import {notWritable} from '../../files/private-file.ts'
import {formatBytes} from '../../util/units.ts'
import {adopt, numbered, type Written} from '../files/part-file.ts'
import type {Sources} from '../inspect/prepare.ts'
import {isWhole, lackFor, openAgentServer, partFolder} from './agents.ts'
import {startProgram} from './start-program.ts'
import {eachMessage, type FromAgent, type ToAgent, tell, type WatchMetric} from './watch-channel.ts'

/** Which program is watched, and when it writes snapshots. */
export interface WatchOptions {
  /** Program and arguments. */
  command: readonly string[]
  /** Files are called so, with process id and number before the ending. */
  output: string
  /** What is looked at, ten times a second; heapUsed. Garbage is collected before `heapUsed` and `external` count as too much. */
  metric?: WatchMetric
  /** Snapshot when the metric is there, and again whenever it is `growthBytes`, or a tenth of this, above the last one. */
  aboveBytes?: number
  /** Snapshot when the metric is so much above that of the start, or of the last snapshot. */
  growthBytes?: number
  /** Milliseconds between two snapshots. */
  everyMs?: number
  /** V8 itself writes one when the heap is nearly at its limit (`v8.setHeapSnapshotNearHeapLimit`). */
  nearLimit?: boolean
  /** One when the program ends by itself, if none was taken before; it keeps the name as it is. */
  atExit?: boolean
  /** Snapshots of one heap at most; 3. */
  max?: number
  /** Also when memory or disk do not seem to be enough. */
  force?: boolean
  /** As `capture` has it. */
  internals?: boolean
  /** As `capture` has it. */
  numeric?: boolean
  /** `full`: all strings whole, the sources of scripts among them. Unless given, `full` in heaps with no more than 1 GiB of room for text. Not in what V8 writes near the limit. */
  sources?: Sources
  /** V8 notes the stack of each allocation from the start on, without inlining functions. The program is many times as slow where it allocates. */
  stacks?: boolean
  /** One sentence for a person. */
  onNote?: (text: string) => void
  /** Called with every snapshot that was written. */
  onWritten?: (written: WatchedFile) => void
}

/** A snapshot that a watched process wrote. */
export interface WatchedFile extends Written {
  /** Of the process that wrote it. */
  pid: number
  /** 0 in the main thread. */
  thread: number
}

/** How a watched program ended. */
export interface WatchOutcome {
  /** Of the program; undefined if a signal ended it. */
  exitCode: number | undefined
  /** The signal that ended the program; undefined if none did. */
  signal: NodeJS.Signals | undefined
  /** Snapshots, in the order in which they were written. */
  written: WatchedFile[]
  /** Processes and threads of Node that were watched. */
  heaps: number
}

const DEFAULT_MAX = 3
const PASSED_ON = [...ENDING_SIGNALS, 'SIGUSR2'] as const

/**
 * Runs `command` with its own streams; ends when it ends. Snapshots of a heap are comparable, since the process writes them itself.
 * Throws UNREADABLE if the program cannot be started or the folder not be written.
 */
export async function watch(options: WatchOptions): Promise<WatchOutcome> {
  const {command, output, metric = 'heapUsed', aboveBytes, growthBytes, everyMs, nearLimit, atExit} = options
  // Beside the files to be.
  const parts = partFolder(dirname(resolve(output)))
  const exitFile = join(parts, 'exit')
  try {
    const agents = await openAgentServer()
    try {
      const overseer = oversee(agents.server, parts, options)
      const config = {
        metric,
        ...(aboveBytes === undefined ? {} : {aboveBytes}),
        ...(growthBytes === undefined ? {} : {growthBytes}),
        ...(everyMs === undefined ? {} : {everyMs}),
        ...(atExit ? {exitFile} : {}),
        ...(nearLimit ? {nearLimit} : {}),
        ...(options.internals ? {internals: true} : {}),
        ...(options.numeric ? {numeric: true} : {}),
        ...(options.stacks ? {stacks: true} : {}),
        ...(options.sources === undefined ? {} : {sources: options.sources}),
      }
      const env = agents.environment(config, process.env, nearLimit ? parts : undefined)
      const child = await startProgram(command, {stdio: 'inherit', env})
      const {exitCode, signal} = await ended(child)
      const written = await overseer.close()
      await adoptRest(parts, exitFile, child.pid ?? 0, written, options)
      // A program that never lets its event loop turn could not say that it is there, and may have written all the same.
      const writers = new Set(written.map(file => `${file.pid}.${file.thread}`)).size
      return {exitCode, signal, written, heaps: Math.max(overseer.heaps(), writers)}
    } finally {
      agents.close()
    }
  } finally {
    rmSync(parts, {recursive: true, force: true})
  }
}

function ended(child: ChildProcess): Promise<Pick<WatchOutcome, 'exitCode' | 'signal'>> {
  // A terminal sends Ctrl-C to the program, too.
  const stop = onSignals(PASSED_ON, signal => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(sendable(signal))
  })
  return new Promise<Pick<WatchOutcome, 'exitCode' | 'signal'>>(done => {
    child.once('close', (code, signal) => done({exitCode: code ?? undefined, signal: signal ?? undefined}))
  }).finally(stop)
}

interface Heap {
  pid: number
  thread: number
  taken: number
  /** The file that it is writing. */
  part: string | undefined
  finish: (() => void) | undefined
}

function nameOf({pid, thread}: Pick<Heap, 'pid' | 'thread'>): string {
  return thread === 0 ? `process ${pid}` : `worker ${thread} of process ${pid}`
}

/** Hears the agents, and lets one at a time write: each needs memory. */
function oversee(server: Server, parts: string, options: WatchOptions) {
  const {output, max = DEFAULT_MAX, force, onNote, onWritten} = options
  const written: WatchedFile[] = []
  const open = new Set<Promise<void>>()
  let heaps = 0
  let files = 0
  let line = Promise.resolve()
  let isWarned = false

  const takeOver = async (heap: Heap, part: string): Promise<void> => {
    const who = heap.thread === 0 ? String(heap.pid) : `${heap.pid}.${heap.thread}`
    const file = await adopt(part, numbered(output, `${who}-${++heap.taken}`))
    const entry = {...file, pid: heap.pid, thread: heap.thread}
    written.push(entry)
    onWritten?.(entry)
  }
  const turn = async (socket: Socket, heap: Heap, {heapBytes, reason}: Extract<FromAgent, {type: 'due'}>) => {
    if (socket.destroyed) return
    // It asked while it was not told yet that it has enough.
    if (heap.taken >= max) return tell<ToAgent>(socket, {type: 'stop'})
    const lack = force ? undefined : lackFor(heapBytes, parts)
    if (lack !== undefined) {
      onNote?.(`no snapshot of ${nameOf(heap)}: ${lack}; --force takes it anyway`)
      return tell<ToAgent>(socket, {type: 'skip'})
    }
    if (!isWarned) onNote?.('a snapshot pauses the process and needs about twice the memory of its heap')
    isWarned = true
    onNote?.(`${nameOf(heap)}: ${readable(reason)}, snapshot ${heap.taken + 1} of ${max}`)
    heap.part = join(parts, `part-${++files}`)
    const finished = new Promise<void>(resolve => {
      heap.finish = resolve
    })
    tell<ToAgent>(socket, {type: 'take', file: heap.part})
    await finished
    if (heap.taken >= max) tell<ToAgent>(socket, {type: 'stop'})
  }
  server.on('connection', socket => {
    const heap: Heap = {pid: 0, thread: 0, taken: 0, part: undefined, finish: undefined}
    const settled = async (code: string | undefined) => {
      const {part, finish} = heap
      heap.part = undefined
      if (part === undefined) return
      try {
        if (code !== undefined) throw notWritable(output, Object.assign(new Error(code), {code}))
        if (isWhole(part)) await takeOver(heap, part)
        else onNote?.(`${nameOf(heap)} ended in the middle of a snapshot, which was deleted`)
      } catch (error) {
        onNote?.((error as Error).message)
      } finally {
        rmSync(part, {force: true})
        finish?.()
      }
    }
    const closed = new Promise<void>(resolve => {
      socket.on('close', () => settled(undefined).then(resolve))
    })
    open.add(closed)
    closed.then(() => open.delete(closed))
    socket.on('error', () => {})
    eachMessage<FromAgent>(socket, message => {
      if (message.type === 'hello') {
        heaps++
        heap.pid = message.pid
        heap.thread = message.thread
      } else if (message.type === 'due') line = line.then(() => turn(socket, heap, message))
      else if (message.type === 'done' && message.leftOut !== undefined) {
        onNote?.(`${nameOf(heap)}: ${message.leftOut}`)
        void settled(undefined)
      } else void settled(message.type === 'failed' ? message.code : undefined)
    })
  })
  return {
    heaps: () => heaps,
    /** When every agent's last words are heard. */
    async close(): Promise<WatchedFile[]> {
      server.close()
      await Promise.all(open)
      await line
      return written
    },
  }
}

function readable(reason: string): string {
  return reason
    .replace(/^(\w+) (\d+)$/, (_, metric: string, bytes: string) => `${metric} ${formatBytes(Number(bytes))}`)
    .replace(/^(\d+) ms/, (_, ms: string) => `${Number(ms) / 1000} s`)
}

/** What was written without a word: at the end of the program, and by V8 near the limit of its heap. */
async function adoptRest(
  parts: string,
  exitFile: string,
  pid: number,
  written: WatchedFile[],
  {output, onWritten, onNote}: WatchOptions,
): Promise<void> {
  const add = async (part: string, path: string, of: number, thread: number) => {
    if (!isWhole(part))
      return onNote?.(`${nameOf({pid: of, thread})} ended in the middle of a snapshot, which was deleted`)
    const entry = {...(await adopt(part, path)), pid: of, thread}
    written.push(entry)
    onWritten?.(entry)
  }
  if (written.length === 0 && statSync(exitFile, {throwIfNoEntry: false}) !== undefined) {
    await add(exitFile, output, pid, 0)
  }
  for (const name of readdirSync(parts).sort()) {
    // Heap.DATE.TIME.PID.THREAD.NUMBER.heapsnapshot (node/src/diagnosticfilename.cc)
    const words = /^Heap\.\d+\.\d+\.(\d+)\.(\d+)\.(\d+)\.heapsnapshot$/.exec(name)
    if (words === null) continue
    const [of, thread] = [Number(words[1]), Number(words[2])]
    await add(join(parts, name), numbered(output, `${of}-limit-${Number(words[3])}`), of, thread)
  }
}
