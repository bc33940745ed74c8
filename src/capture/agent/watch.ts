/** Runs a program and has its processes write snapshots of themselves when their memory passes a limit. */
import type {ChildProcess} from 'node:child_process'
import {readdirSync, rmSync, statSync} from 'node:fs'
import type {Server, Socket} from 'node:net'
import {dirname, join, resolve} from 'node:path'
import {ENDING_SIGNALS, onSignals, sendable} from '../../files/ending-signals.ts'
import {notWritable} from '../../files/private-file.ts'
import {renameOver} from '../../files/rename-over.ts'
import {formatBytes} from '../../util/units.ts'
import {adopt, numbered, type Written} from '../files/part-file.ts'
import type {Sources} from '../inspect/prepare.ts'
import {isWhole, lackFor, openAgentServer, partFolder} from './agents.ts'
import {runShellLine} from './shell-line.ts'
import {startProgram} from './start-program.ts'
import {eachMessage, type FromAgent, type NearLimitTold, type ToAgent, tell, type WatchMetric} from './watch-channel.ts'

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
  /**
   * Allocations are sampled, and a profile is written when half of V8's limit, or of the container's, is used, and anew at 75 and 90 %. V8 itself writes a
   * snapshot when the heap is nearly at its limit (`v8.setHeapSnapshotNearHeapLimit`), unless the container has no room for it.
   */
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
  /** A line for the shell, run for each file that was written, one after the other: the file's path is in HEAPGRAPH_FILE. */
  thenCommand?: string
  /** One sentence for a person. */
  onNote?: (text: string) => void
  /** Called with every snapshot, and every allocation profile, that was written. */
  onWritten?: (written: WatchedFile) => void
}

/** What a watched process wrote. */
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
  /** Allocation profiles near a limit, the last of each heap. */
  profiles: WatchedFile[]
  /** Processes and threads of Node that were watched. */
  heaps: number
}

const DEFAULT_MAX = 3
const PASSED_ON = [...ENDING_SIGNALS, 'SIGUSR2'] as const

/**
 * Runs `command` with its own streams; ends when it ends. Snapshots of a heap are comparable, since the process writes them itself.
 * Throws UNREADABLE if the program cannot be started or the folder not be written.
 */
export async function watch(asked: WatchOptions): Promise<WatchOutcome> {
  const following = new Following(asked)
  const options: WatchOptions = {
    ...asked,
    onWritten(file) {
      asked.onWritten?.(file)
      following.add(file.path)
    },
  }
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
        ...(nearLimit ? {nearLimit: {folder: parts, isForced: options.force === true}} : {}),
        ...(options.internals ? {internals: true} : {}),
        ...(options.numeric ? {numeric: true} : {}),
        ...(options.stacks ? {stacks: true} : {}),
        ...(options.sources === undefined ? {} : {sources: options.sources}),
      }
      const env = agents.environment(config, process.env, nearLimit ? parts : undefined)
      const child = await startProgram(command, {stdio: 'inherit', env})
      const {exitCode, signal} = await ended(child)
      const written = await overseer.close()
      const byV8 = await adoptRest(parts, exitFile, child.pid ?? 0, written, options)
      if (nearLimit) overseer.sayMissing(byV8, exitCode !== 0)
      await following.end()
      // A program that never lets its event loop turn could not say that it is there, and may have written all the same.
      const writers = new Set(written.map(file => `${file.pid}.${file.thread}`)).size
      const profiles = overseer.profiles()
      return {exitCode, signal, written, profiles, heaps: Math.max(overseer.heaps(), writers)}
    } finally {
      agents.close()
    }
  } finally {
    rmSync(parts, {recursive: true, force: true})
  }
}

/** Runs the command that follows each file. */
class Following {
  readonly #options: WatchOptions
  #line = Promise.resolve()

  constructor(options: WatchOptions) {
    this.#options = options
  }

  add(path: string): void {
    const {thenCommand, onNote} = this.#options
    if (thenCommand === undefined) return
    this.#line = this.#line.then(async () => {
      try {
        // Its output is none of the program's: stderr has it.
        const how = await runShellLine(thenCommand, {log: 2, env: {...process.env, HEAPGRAPH_FILE: resolve(path)}})
        onNote?.(`the command for ${path} ${how ?? 'ended with exit code 0'}`)
      } catch (error) {
        onNote?.(`the command for ${path} was not run: ${(error as Error).message}`)
      }
    })
  }

  /** When all have ended. */
  end(): Promise<void> {
    return this.#line
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
  /** The last that it told of a limit. */
  nearLimit: NearLimitTold | undefined
}

/** In names of files. */
function whoOf({pid, thread}: Pick<Heap, 'pid' | 'thread'>): string {
  return thread === 0 ? String(pid) : `${pid}.${thread}`
}

/** `app.heapsnapshot.gz` → `app-PID-limit.heapprofile`. */
function profilePath(output: string, who: string): string {
  return `${output.replace(/(?:\.heapsnapshot|\.json)?(?:\.gz)?$/i, '')}-${who}-limit.heapprofile`
}

function nameOf({pid, thread}: Pick<Heap, 'pid' | 'thread'>): string {
  return thread === 0 ? `process ${pid}` : `worker ${thread} of process ${pid}`
}

/** Hears the agents, and lets one at a time write: each needs memory. */
function oversee(server: Server, parts: string, options: WatchOptions) {
  const {output, max = DEFAULT_MAX, force, onNote, onWritten} = options
  const written: WatchedFile[] = []
  const known: Heap[] = []
  const profiles = new Map<string, WatchedFile>()
  const open = new Set<Promise<void>>()
  let heaps = 0
  let files = 0
  let line = Promise.resolve()
  let isWarned = false

  const takeOver = async (heap: Heap, part: string): Promise<void> => {
    const file = await adopt(part, numbered(output, `${whoOf(heap)}-${++heap.taken}`))
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
  /** At once, for whoever kills the process may kill all of its container. */
  const takeProfile = (heap: Heap, told: NearLimitTold) => {
    const {of, percent, file, noProfile, noSnapshot} = told
    const isFirst = heap.nearLimit === undefined
    heap.nearLimit = told
    const which = of === 'heap' ? "the heap's limit" : 'the limit of memory'
    const used = `${nameOf(heap)}: ${percent} % of ${which} used`
    if (noProfile === undefined) {
      onNote?.(`${used}, allocation profile`)
      const path = profilePath(output, whoOf(heap))
      try {
        renameOver(file, path)
        const entry = {path, bytes: statSync(path).size, pid: heap.pid, thread: heap.thread}
        profiles.set(path, entry)
        onWritten?.(entry)
      } catch (error) {
        onNote?.(notWritable(path, error).message)
      }
    } else onNote?.(`${used}, no allocation profile: ${noProfile}`)
    if (noSnapshot !== undefined && isFirst) {
      onNote?.(`no snapshot of ${nameOf(heap)} near its limit: ${noSnapshot}; --force takes it anyway`)
    }
  }
  server.on('connection', socket => {
    const heap: Heap = {pid: 0, thread: 0, taken: 0, part: undefined, finish: undefined, nearLimit: undefined}
    known.push(heap)
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
        if (message.tooLarge !== undefined) onNote?.(`${nameOf(heap)}: ${message.tooLarge}`)
      } else if (message.type === 'near-limit') takeProfile(heap, message)
      else if (message.type === 'due') line = line.then(() => turn(socket, heap, message))
      else if (message.type === 'done' && message.leftOut !== undefined) {
        onNote?.(`${nameOf(heap)}: ${message.leftOut}`)
        void settled(undefined)
      } else void settled(message.type === 'failed' ? message.code : undefined)
    })
  })
  return {
    heaps: () => heaps,
    profiles: () => [...profiles.values()],
    /** What is not there, and no line has told of. `byV8`: the snapshots that V8 wrote near a limit. `isKilled`: the program did not end well. */
    sayMissing(byV8: readonly WatchedFile[], isKilled: boolean): void {
      const snapshots = new Set(byV8.map(whoOf))
      const near = known.filter(heap => heap.nearLimit !== undefined)
      const seen = new Set(near.map(whoOf))
      // What never lets its event loop turn has not even said that it is there.
      for (const file of byV8.filter(one => !seen.has(whoOf(one)))) {
        onNote?.(
          `no allocation profile of ${nameOf(file)}: whenever its event loop turned, it was not near its limit yet`,
        )
      }
      for (const heap of isKilled ? near : []) {
        if (snapshots.has(whoOf(heap)) || heap.nearLimit?.noSnapshot !== undefined) continue
        onNote?.(`no snapshot of ${nameOf(heap)} near its limit: V8 wrote none where it was told to before it ended`)
      }
    },
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

/** What was written without a word: at the end of the program, and by V8 near the limit of its heap. Returns the latter. */
async function adoptRest(
  parts: string,
  exitFile: string,
  pid: number,
  written: WatchedFile[],
  {output, onWritten, onNote}: WatchOptions,
): Promise<WatchedFile[]> {
  const byV8: WatchedFile[] = []
  const add = async (part: string, path: string, of: number, thread: number) => {
    if (!isWhole(part)) {
      onNote?.(`${nameOf({pid: of, thread})} ended in the middle of a snapshot, which was deleted`)
      return undefined
    }
    const entry = {...(await adopt(part, path)), pid: of, thread}
    written.push(entry)
    onWritten?.(entry)
    return entry
  }
  if (written.length === 0 && statSync(exitFile, {throwIfNoEntry: false}) !== undefined) {
    await add(exitFile, output, pid, 0)
  }
  for (const name of readdirSync(parts).sort()) {
    // Heap.DATE.TIME.PID.THREAD.NUMBER.heapsnapshot (node/src/diagnosticfilename.cc)
    const words = /^Heap\.\d+\.\d+\.(\d+)\.(\d+)\.(\d+)\.heapsnapshot$/.exec(name)
    if (words === null) continue
    const [of, thread] = [Number(words[1]), Number(words[2])]
    const file = await add(join(parts, name), numbered(output, `${of}-limit-${Number(words[3])}`), of, thread)
    if (file !== undefined) byV8.push(file)
  }
  return byV8
}
