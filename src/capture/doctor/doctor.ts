/**
 * The whole walk: a program is recorded from its start, put under load, and three snapshots are written of the one of its heaps that grows. What
 * `leaks` compares is chosen so that nothing but a leak is left: see docs/doctor.md.
 */
import {closeSync, openSync, rmdirSync, rmSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {isAlive} from '../../files/abandoned.ts'
import {notWritable, OWNER_ONLY, readPart} from '../../files/private-file.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {formatBytes, plural} from '../../util/units.ts'
import {runShellLine} from '../agent/shell-line.ts'
import {type LiveHeap, SnapshotTaker, type Weight} from '../agent/snapshot-taker.ts'
import type {Sources} from '../inspect/prepare.ts'
import {type Recorder, type RecordResult, record} from '../record/record.ts'
import {stopProgram} from '../record/stop-program.ts'
import {firstAtWork, grownFarMore, growths, type HeapGrowth, heapName, type Weights} from './heap-choice.ts'

/** What is written, by these names. */
export const DOCTOR_FILES = {
  recording: 'rec.jsonl',
  programLog: 'program.log',
  loadLog: 'load.log',
  base: 'base.heapsnapshot',
  target: 'target.heapsnapshot',
  final: 'final.heapsnapshot',
} as const

/** What `doctor` starts, how it loads the program, and where it writes. */
export interface DoctorOptions {
  /** The program and its arguments. */
  command: readonly string[]
  /** Where the files go; made if need be. */
  folder: string
  /** A line for the shell that puts load on the program: run once to warm it up, and once before each later snapshot. */
  load?: string
  /** Without a load: from the first snapshot to the last; 30 s. */
  durationMs?: number
  /** Text of the program's output that says that it is ready; without it, it is when it listens on a port, or after 10 s. */
  ready?: string
  /** Waited before the first snapshot, after the load if there is one; 0 with a load, 5 s without. */
  warmUpMs?: number
  /** With a load: left alone so long before the first and the last snapshot; 2 s. */
  settleMs?: number
  /** How long the program may take to end when it is asked to; 5 s. */
  graceMs?: number
  /** Snapshots also when memory or disk do not seem to be enough. */
  force?: boolean
  /** `full`: all strings whole in the snapshots, the sources of scripts among them. Unless given, `full` in heaps with no more than 1 GiB of room for text. */
  sources?: Sources
  /** V8 notes the stack of each allocation from the first snapshot on, so that answers say who made what is left. The program is many times as slow where it allocates. */
  stacks?: boolean
  /** The program's environment. */
  env?: NodeJS.ProcessEnv
  /** While the program still lives, after the last snapshot: `url` is the address of its inspector. What it throws is a note. */
  beforeStop?: (living: {heap: LiveHeap; url: string; snapshots: readonly TakenSnapshot[]}) => Promise<void>
  /** Ends it: the program is stopped, and what there is stays. */
  signal?: AbortSignal
  /** One sentence for a person. */
  onNote?: (text: string) => void
}

/** A snapshot that was taken during a run. */
export interface TakenSnapshot {
  /** Before the work, right after it, or after as much work again. */
  role: 'base' | 'target' | 'final'
  /** Of the file. */
  path: string
  /** Size of the file. */
  bytes: number
  /** Seconds since the recording began. */
  seconds: number
  /** What was left right before it, after garbage was collected. */
  floor: Weight
}

/** What a run of `doctor` has found and written. */
export interface DoctorRun {
  /** When the program was started. */
  startedAt: Date
  /** How the recording of its memory ended. */
  recording: RecordResult
  /** The heap that the snapshots are of. */
  heap?: LiveHeap
  /** Heaps that there were to choose from. */
  heaps: number
  /** Those that were taken, in this order: three if nothing went wrong. */
  snapshots: TakenSnapshot[]
  /** Why it came to an early end: a sentence, what to do, and the file that has more. */
  problem?: {message: string; hint?: string; log?: string}
  /** What it would have come to next. */
  before: string
  /** Whether its signal ended it early. */
  isInterrupted: boolean
}

const DEFAULTS = {durationMs: 30_000, warmUpMs: 5_000, settleMs: 2_000, graceMs: 5_000}
/** How long a program has to listen on a port; one that does not is taken as it is. */
const LISTEN_MS = 10_000
/** How long a program has to say what it says when it is ready. */
const READY_MS = 60_000
const POLL_MS = 50
const NEWCOMERS_MS = 500
/** When a heap is gone, so long is waited whether its whole program is. */
const LAST_WORD_MS = 2_000

/**
 * Runs the program and stops it at the end. Throws UNREADABLE, and leaves nothing, if it cannot be started or the folder not be written;
 * whatever goes wrong later is told in the result, with what there was until then.
 */
export async function doctor(options: DoctorOptions): Promise<DoctorRun> {
  const {command, folder, env = process.env} = options
  const taker = await SnapshotTaker.open(folder, options.onNote)
  const log = join(folder, DOCTOR_FILES.programLog)
  let fd: number | undefined
  try {
    fd = openLog(log)
    const startedAt = new Date()
    const output = join(folder, DOCTOR_FILES.recording)
    const recorder = await record({command, output, env: taker.environment(env, options), stdio: fd}).catch(error => {
      rmSync(log, {force: true})
      throw error
    })
    const run = await new Walk(options, recorder, taker).run()
    return {startedAt, ...run}
  } finally {
    if (fd !== undefined) closeSync(fd)
    taker.close()
    try {
      rmdirSync(folder)
    } catch {
      // There is something in it.
    }
  }
}

/** A new file for the output of a program, for its owner only. */
export function openLog(path: string): number {
  try {
    return openSync(path, 'w', OWNER_ONLY)
  } catch (error) {
    throw notWritable(path, error)
  }
}

/** The program has ended before it was asked to. */
class ProgramEnded extends Error {
  readonly result: RecordResult

  constructor(result: RecordResult) {
    super()
    this.result = result
  }
}

/** A failure of which a file has more. */
class WithLog extends HeapgraphError {
  readonly log: string

  constructor(message: string, hint: string, log: string) {
    super('UNREADABLE', message, hint)
    this.log = log
  }
}

class Walk {
  readonly #options: DoctorOptions
  readonly #recorder: Recorder
  readonly #taker: SnapshotTaker
  readonly #snapshots: TakenSnapshot[] = []
  /** Aborted when there is nothing more to wait for. */
  readonly #over = new AbortController()
  /** Never resolves. */
  readonly #end: Promise<never>
  #heap: LiveHeap | undefined
  #heaps = 0
  #stage = 'it was ready'

  constructor(options: DoctorOptions, recorder: Recorder, taker: SnapshotTaker) {
    this.#options = options
    this.#recorder = recorder
    this.#taker = taker
    const {signal} = options
    this.#end = new Promise((_, reject) => {
      recorder.done.then(result => reject(new ProgramEnded(result)))
      const interrupted = () => reject(signal?.reason)
      if (signal?.aborted) interrupted()
      signal?.addEventListener('abort', interrupted, {once: true})
    })
    this.#end.catch(() => this.#over.abort())
  }

  async run(): Promise<Omit<DoctorRun, 'startedAt'>> {
    const {signal, graceMs = DEFAULTS.graceMs} = this.#options
    let cause: unknown
    try {
      await this.#steps()
    } catch (error) {
      cause = signal?.aborted ? undefined : await this.#cause(error)
    }
    this.#over.abort()
    await stopProgram(this.#recorder, graceMs, text => this.#note(text))
    const problem = cause === undefined ? undefined : this.#problemOf(cause)
    return {
      recording: await this.#recorder.done,
      ...(this.#heap === undefined ? {} : {heap: this.#heap}),
      heaps: this.#heaps,
      snapshots: this.#snapshots,
      ...(problem === undefined ? {} : {problem}),
      before: this.#stage,
      isInterrupted: signal?.aborted === true,
    }
  }

  async #steps(): Promise<void> {
    const {load, settleMs = DEFAULTS.settleMs} = this.#options
    this.#note(`the program runs as process ${this.#recorder.pid}; its output goes to ${this.#log('program')}`)
    await this.#untilReady()
    const before: Weights = new Map()
    await this.#weighNew(before)
    if (before.size === 0) {
      const how = 'doctor works with Node only, through NODE_OPTIONS; heapgraph record works with any program'
      throw new HeapgraphError('UNREADABLE', 'the program runs no Node process that can be inspected', how)
    }
    this.#stage = 'the first snapshot'
    await this.#warmUp(before)
    let heap = await this.#chosen(before)
    this.#heap = heap
    await this.#take(heap, 'base')
    const atBase = await this.#weightsOfSeveral()
    await this.#half('load 1 of 2')
    await this.#take(heap, 'target')
    const other = await this.#grownMore(heap, atBase)
    if (other !== undefined) {
      heap = other
      this.#heap = heap
      this.#snapshots.length = 0
      await this.#take(heap, 'base')
      await this.#half('load 1 of 2')
      await this.#take(heap, 'target')
    }
    await this.#half('load 2 of 2')
    if (load !== undefined) await this.#wait(settleMs, 'to settle')
    await this.#take(heap, 'final')
    await this.#beforeStop(heap)
  }

  /** What lies between two snapshots. */
  async #half(name: string): Promise<void> {
    const {load, durationMs = DEFAULTS.durationMs} = this.#options
    if (load !== undefined) await this.#load(load, name)
    else await this.#wait(durationMs / 2, 'at work')
  }

  async #beforeStop(heap: LiveHeap): Promise<void> {
    const {beforeStop} = this.#options
    if (beforeStop === undefined) return
    this.#stage = 'the proof'
    try {
      const url = await this.#meanwhile(this.#taker.inspect(heap))
      await this.#meanwhile(beforeStop({heap, url, snapshots: this.#snapshots}))
    } catch (error) {
      if (!(error instanceof HeapgraphError)) throw error
      this.#note(`nothing was proved: ${error.message}`)
    }
  }

  async #untilReady(): Promise<void> {
    const {ready} = this.#options
    if (ready !== undefined) return this.#untilSaid(ready)
    const listens = this.#taker.listening.then(() => true)
    const isListening = await this.#meanwhile(Promise.race([listens, this.#sleep(LISTEN_MS).then(() => false)]))
    this.#note(
      isListening
        ? 'it listens'
        : `it does not listen on a port after ${LISTEN_MS / 1000} s, so the load starts now; --ready TEXT waits for its output`,
    )
  }

  async #untilSaid(text: string): Promise<void> {
    const log = this.#log('program')
    const overlap = Buffer.byteLength(text) - 1
    let seen = 0
    for (const until = Date.now() + READY_MS; Date.now() < until; await this.#meanwhile(this.#sleep(POLL_MS))) {
      const {size} = statSync(log)
      const from = Math.max(0, seen - overlap)
      const part = readPart(log, from, size - from)
      seen = size
      if (part !== undefined && Buffer.from(part).includes(text)) return this.#note(`it printed "${text}"`)
    }
    throw new WithLog(
      `the program did not print "${text}" within ${READY_MS / 1000} s`,
      'give --ready a text that it prints',
      log,
    )
  }

  async #load(line: string, what: string): Promise<void> {
    this.#recorder.mark(what)
    this.#note(`${what}: ${line}`)
    const fd = openSync(this.#log('load'), 'a', OWNER_ONLY)
    try {
      const how = await this.#meanwhile(runShellLine(line, {log: fd, signal: this.#over.signal}))
      if (how === undefined) return
      const hint = 'append || true to the command if a failure is expected'
      throw new WithLog(`the load command ${how}`, hint, this.#log('load'))
    } finally {
      closeSync(fd)
    }
  }

  async #wait(ms: number, why: string): Promise<void> {
    if (ms === 0) return
    this.#note(`${ms / 1000} s ${why}`)
    await this.#meanwhile(this.#sleep(ms))
  }

  /** Meanwhile those that come later are weighed soon after they have come, so that it is seen how they grow. */
  async #warmUp(before: Weights): Promise<void> {
    let isWarm = false
    const warm = this.#warmUpSteps().finally(() => {
      isWarm = true
    })
    warm.catch(() => {})
    while (!isWarm) {
      await this.#meanwhile(Promise.race([warm, this.#sleep(NEWCOMERS_MS)]))
      await this.#weighNew(before)
    }
    await warm
  }

  async #warmUpSteps(): Promise<void> {
    const {load, warmUpMs, settleMs = DEFAULTS.settleMs} = this.#options
    if (load !== undefined) await this.#load(load, 'warm-up load')
    await this.#wait(warmUpMs ?? (load === undefined ? DEFAULTS.warmUpMs : 0), 'to warm up')
    if (load !== undefined) await this.#wait(settleMs, 'to settle')
  }

  /** What the heaps hold that are not among `weights`. */
  async #weighNew(weights: Weights): Promise<void> {
    for (const heap of this.#taker.heaps()) {
      if (weights.has(heap)) continue
      const weight = await this.#meanwhile(this.#taker.weigh(heap))
      if (weight !== undefined) weights.set(heap, weight)
    }
  }

  async #chosen(before: Weights): Promise<LiveHeap> {
    const rows = await this.#growths(before)
    this.#heaps = rows.length
    const first = firstAtWork(rows)
    if (first === undefined) throw new HeapgraphError('UNREADABLE', 'no Node process of the program is left')
    const {heap, growth} = first
    if (rows.length > 1) {
      this.#note(
        `of ${plural(rows.length, 'heap')}, snapshots are of ${heapName(heap)}, which grew most of those at work so far (${formatBytes(growth)})`,
      )
    }
    return heap
  }

  /** What the heaps hold, if there are several. */
  async #weightsOfSeveral(): Promise<Weights> {
    const weights: Weights = new Map()
    if (this.#taker.heaps().length > 1) await this.#weighNew(weights)
    return weights
  }

  /** Another heap to take snapshots of, if one has grown far more since `atBase`. */
  async #grownMore(chosen: LiveHeap, atBase: Weights): Promise<LiveHeap | undefined> {
    if (atBase.size < 2) return undefined
    const rows = await this.#growths(atBase)
    const other = grownFarMore(rows, chosen)
    if (other === undefined) return undefined
    const {heap, growth, own} = other
    this.#note(
      `${heapName(heap)} has grown by ${formatBytes(growth)} since the first snapshot, ${heapName(chosen)} by ${formatBytes(own)}: the snapshots are of ${heapName(heap)} from here on, all three`,
    )
    return heap
  }

  async #growths(before: Weights): Promise<HeapGrowth[]> {
    const now: Weights = new Map()
    await this.#weighNew(now)
    return growths(now, before)
  }

  async #take(heap: LiveHeap, role: TakenSnapshot['role']): Promise<void> {
    const path = join(this.#options.folder, DOCTOR_FILES[role])
    const seconds = this.#recorder.mark(`snapshot ${DOCTOR_FILES[role]}`)
    const force = this.#options.force === true
    const {bytes, floor, leftOut} = await this.#meanwhile(this.#taker.take(heap, path, {force}))
    this.#snapshots.push({role, path, bytes, seconds, floor})
    this.#note(`snapshot ${path}  ${formatBytes(bytes)}`)
    if (leftOut !== undefined && role === 'base') this.#note(leftOut)
    this.#stage = role === 'base' ? 'the second snapshot' : 'the third snapshot'
    if (role === 'base' && this.#options.stacks) await this.#meanwhile(this.#taker.track(heap))
  }

  #log(of: 'program' | 'load'): string {
    return join(this.#options.folder, DOCTOR_FILES[`${of}Log`])
  }

  #note(text: string): void {
    this.#options.onNote?.(text)
  }

  #sleep(ms: number): Promise<unknown> {
    return delay(ms, undefined, {signal: this.#over.signal})
  }

  /** Ends with the work, or before it with what ends all. */
  #meanwhile<T>(work: Promise<T>): Promise<T> {
    // Nobody waits for the work any more when all has ended.
    work.catch(() => {})
    return Promise.race([work, this.#end])
  }

  /** A heap may be gone because the whole program is. */
  async #cause(error: unknown): Promise<unknown> {
    if (!(error instanceof HeapgraphError)) return error
    const patience = new AbortController()
    const waited = delay(LAST_WORD_MS, error, {signal: patience.signal}).catch(() => error)
    if (isAlive(this.#recorder.pid)) return error
    const cause = await Promise.race([waited, this.#end.catch(end => end)])
    patience.abort()
    return cause
  }

  #problemOf(error: unknown): DoctorRun['problem'] {
    if (error instanceof HeapgraphError) {
      const log = error instanceof WithLog ? {log: error.log} : {}
      return {message: error.message, ...(error.hint === undefined ? {} : {hint: error.hint}), ...log}
    }
    if (!(error instanceof ProgramEnded)) throw error
    const {code, signal, seconds} = error.result
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`
    return {
      message: `the program ended ${how} after ${seconds.toFixed(1)} s, before ${this.#stage}`,
      hint: 'if the program ends by itself, heapgraph capture -- COMMAND takes a snapshot at its end',
      log: this.#log('program'),
    }
  }
}
