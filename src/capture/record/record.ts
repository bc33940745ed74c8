/**
 * Records the memory of a program and all it starts, from outside for every process, and from inside for those of Node's. What the program
 * does, says and ends with is its own: its streams are the recorder's, signals go on to it, and its exit code is handed back.
 */
import type {ChildProcess, StdioOptions} from 'node:child_process'
import {basename} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {isAlive} from '../../files/abandoned.ts'
import {sendable} from '../../files/ending-signals.ts'
import {reasonOf} from '../../files/private-file.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {startProgram} from '../agent/start-program.ts'
import {clockMs} from '../files/record-mark.ts'
import {RecordFile} from './record-file.ts'
import {type ProcessReader, type ProcessRow, processReader} from './record-processes.ts'
import {type HeapSample, SlotReader} from './record-slots.ts'
import type {RecordLine} from './series-lines.ts'

/** Which program or process is recorded, how often, and where to. */
export interface RecordOptions {
  /** Where the lines go. */
  output: string
  /** The program and its arguments, to be started here; or */
  command?: readonly string[]
  /** a process that runs already: its heap is not to be seen from outside. */
  pid?: number
  /** Between two samples; 100 unless given. */
  intervalMs?: number
  /** The program's environment. */
  env?: NodeJS.ProcessEnv
  /** For programs that are started: `inherit` unless given. A number: the open file that their output goes to. */
  stdio?: 'inherit' | 'ignore' | number
  /** Called with every sample. */
  onSample?: (sample: Sample) => void
}

/** What one sample of all processes gave. */
export interface Sample {
  /** Seconds since the recording began. */
  t: number
  /** Processes that lived then. */
  processes: number
  /** Resident bytes of all of them. */
  rssBytes: number
}

/** How a recording ended. */
export interface RecordResult {
  /** Of the recording. */
  path: string
  /** Seconds from its beginning to its end. */
  seconds: number
  /** Processes seen. */
  processes: number
  /** Threads of Node's that told of their heaps. */
  threads: number
  /** The most that all processes had resident in one sample. */
  peakRssBytes: number
  /** How the program ended; both null if it had not. */
  code: number | null
  /** The signal that ended the program; null if none did, or it had not ended. */
  signal: NodeJS.Signals | null
  /** Processes that outlived the recording, the program itself among them; not one that was only looked at. */
  left: number
  /** Whether part of the recording could not be written to its file. */
  isCut: boolean
  /** What is missing in the file, in sentences. */
  notes: string[]
}

/** A recording that goes on. */
export interface Recorder {
  /** The process recorded, with all below it. */
  pid: number
  /** Notes a moment, as a snapshot: plots show it. Returns it, in seconds since the recording began. */
  mark(text: string): number
  /** Processes that are there; once the recording has ended, those that outlived it. */
  pids(): number[]
  /** Sends a signal to the recorded program. */
  kill(signal: NodeJS.Signals): void
  /** Ends the recording; a program that was started goes on. */
  stop(): void
  /** When the program or the recording has ended, and the file is complete. */
  done: Promise<RecordResult>
}

/** Begins to record. Throws UNREADABLE if the program cannot be started, the process is not there or the file cannot be written. */
export async function record(options: RecordOptions): Promise<Recorder> {
  const {command, pid} = options
  if ((command === undefined || command.length === 0) === (pid === undefined)) {
    throw new HeapgraphError('USAGE', 'nothing to record', 'give a command or a process id')
  }
  const reader = processReader()
  if (pid !== undefined) {
    const rows = await reader.read(pid, new Set())
    if (rows.length === 0)
      throw new HeapgraphError('UNREADABLE', `there is no process ${pid}`, 'find its process id with ps')
    return new Recording(options, reader, new RecordFile(options.output), pid, rows[0].name)
  }
  const file = new RecordFile(options.output)
  const slots = slotsIfPossible()
  try {
    const child = await started(options, slots.reader)
    return new Recording(options, reader, file, child.pid!, basename(command![0]), child, slots)
  } catch (error) {
    slots.reader?.close()
    file.discard()
    throw error
  }
}

interface Slots {
  reader?: SlotReader
  why?: string
}

/** Without a folder for them, the threads cannot say anything; their processes are seen all the same. */
function slotsIfPossible(): Slots {
  try {
    return {reader: new SlotReader()}
  } catch (error) {
    return {why: `heaps are not recorded: the folder for temporary files cannot be written: ${reasonOf(error)}`}
  }
}

async function started(
  {command = [], env = process.env, intervalMs = DEFAULT_INTERVAL_MS, stdio = 'inherit'}: RecordOptions,
  slots: SlotReader | undefined,
): Promise<ChildProcess> {
  const streams: StdioOptions = typeof stdio === 'number' ? ['ignore', stdio, stdio] : stdio
  return startProgram(command, {stdio: streams, env: slots?.environment(env, intervalMs) ?? env})
}

const DEFAULT_INTERVAL_MS = 100
/** How long children may take to see that their parent is gone. */
const CHILDREN_MS = 500

class Recording implements Recorder {
  readonly pid: number
  readonly done: Promise<RecordResult>
  readonly #options: RecordOptions
  readonly #reader: ProcessReader
  readonly #child: ChildProcess | undefined
  readonly #slots: Slots
  readonly #file: RecordFile
  readonly #startMs = clockMs()
  readonly #living = new Map<number, ProcessRow>()
  readonly #named = new Map<number, string>()
  readonly #threads = new Map<string, HeapSample>()
  #finish: (result: RecordResult) => void = () => {}
  #timer: NodeJS.Timeout | undefined
  #isSampling = false
  #nextSampleMs = 0
  #isOver = false
  #peakRssBytes = 0
  #seen = 0
  #left: number[] = []

  constructor(
    options: RecordOptions,
    reader: ProcessReader,
    file: RecordFile,
    pid: number,
    name: string,
    child?: ChildProcess,
    slots: Slots = {},
  ) {
    this.#options = options
    this.#reader = reader
    this.#child = child
    this.#slots = slots
    this.pid = pid
    this.done = new Promise(resolve => {
      this.#finish = resolve
    })
    const {intervalMs = DEFAULT_INTERVAL_MS} = options
    this.#file = file
    const head: RecordLine = {
      type: 'recording',
      format: 1,
      time: new Date().toISOString(),
      interval: intervalMs / 1000,
      platform: process.platform,
      command: name,
    }
    this.#file.write([head], 0)
    child?.once('exit', (code, signal) => void this.#endSoon(code, signal))
    this.#timer = setInterval(() => void this.#sample(), intervalMs)
    void this.#sample()
  }

  mark(text: string): number {
    const t = this.#seconds()
    this.#file.write([{type: 'mark', t, text}], t)
    return t
  }

  pids(): number[] {
    return this.#isOver ? this.#left : [...this.#living.keys()]
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#child !== undefined) this.#child.kill(sendable(signal))
    else process.kill(this.pid, sendable(signal))
  }

  stop(): void {
    this.#end(null, null)
  }

  #seconds(atMs = clockMs()): number {
    return Math.max(0, Math.round(atMs - this.#startMs) / 1000)
  }

  async #sample(): Promise<void> {
    // A sample that takes longer than the interval is waited for; no second one starts.
    if (this.#isSampling || this.#isOver) return
    this.#isSampling = true
    try {
      const lines = this.#heapLines()
      const told = new Set(lines.flatMap(line => (line.type === 'sample' ? [line.pid] : [])))
      if (clockMs() >= this.#nextSampleMs) {
        this.#nextSampleMs = clockMs() + this.#reader.leastIntervalMs
        const known = new Set(this.#living.keys())
        for (const {about} of this.#threads.values()) if (this.#child !== undefined) known.add(about.pid)
        const read = this.#reader.read(this.pid, known)
        const rows = read instanceof Promise ? await read.catch(() => []) : read
        // It may have ended while `ps` was asked.
        if (this.#isOver) return
        lines.unshift(...this.#processLines(rows))
        const t = this.#seconds()
        for (const {pid, rssBytes} of rows) if (!told.has(pid)) lines.push({type: 'sample', t, pid, rss: rssBytes})
        const rssBytes = rows.reduce((sum, row) => sum + row.rssBytes, 0)
        this.#peakRssBytes = Math.max(this.#peakRssBytes, rssBytes)
        this.#options.onSample?.({t, processes: rows.length, rssBytes})
      }
      lines.push(...this.#markLines())
      this.#file.write(lines, this.#seconds())
      if (this.#child === undefined && !this.#living.has(this.pid)) this.#end(null, null)
    } finally {
      this.#isSampling = false
    }
  }

  /** Processes that have come, changed their names, or gone. */
  #processLines(rows: ProcessRow[]): RecordLine[] {
    const t = this.#seconds()
    const lines: RecordLine[] = []
    for (const row of rows) {
      if (!this.#living.has(row.pid)) this.#seen++
      this.#living.set(row.pid, row)
      if (this.#named.get(row.pid) === row.name) continue
      this.#named.set(row.pid, row.name)
      lines.push({type: 'process', t, pid: row.pid, ppid: row.ppid, name: row.name})
    }
    const now = new Set(rows.map(({pid}) => pid))
    for (const row of this.#living.values()) if (!now.has(row.pid)) lines.push(this.#endLine(row, t))
    return lines
  }

  #endLine({pid, peakRssBytes}: ProcessRow, t: number): RecordLine {
    this.#living.delete(pid)
    this.#named.delete(pid)
    return {type: 'end', t, pid, ...(peakRssBytes === undefined ? {} : {peakRss: peakRssBytes})}
  }

  #heapLines(): RecordLine[] {
    return (this.#slots.reader?.read() ?? []).flatMap(sample => {
      const {about, rss, heapUsed, heapTotal, external, arrayBuffers} = sample
      const {pid, thread} = about
      const t = this.#seconds(sample.atMs)
      const key = `${pid}-${thread}`
      const before = this.#threads.get(key)
      this.#threads.set(key, sample)
      this.#peakRssBytes = Math.max(this.#peakRssBytes, rss)
      const lines: RecordLine[] = []
      if (before === undefined) {
        const name = thread === 0 || about.name === '' ? basename(about.script) : about.name
        lines.push({type: 'thread', t, pid, thread, name, node: about.node})
      }
      if (sample.majorGcs > (before?.majorGcs ?? 0)) {
        lines.push({type: 'gc', t: this.#seconds(sample.majorAtMs), pid, thread, heapUsed: sample.heapAfterMajor})
      }
      const gcMs = Math.round(sample.gcMs * 10) / 10
      // What a worker sees as resident is its whole process.
      const whole = thread === 0 ? {rss} : {}
      const numbers = {heapUsed, heapTotal, external, arrayBuffers, gcMs, gcs: sample.gcCount}
      lines.push({type: 'sample', t, pid, thread, ...whole, ...numbers})
      return lines
    })
  }

  /** What the recorded processes have told of, as snapshots that they have written. */
  #markLines(): RecordLine[] {
    const marks = this.#slots.reader?.marks() ?? []
    return marks.map(({atMs, text}) => ({type: 'mark', t: this.#seconds(atMs), text}))
  }

  /** Children go a moment after their parent: theirs is no end of another kind. */
  async #endSoon(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    const until = clockMs() + CHILDREN_MS
    const others = () => [...this.#living.keys()].some(pid => pid !== this.pid && isAlive(pid))
    while (clockMs() < until && others()) await setTimeout(CHILDREN_MS / 10)
    this.#end(code, signal)
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isOver) return
    this.#isOver = true
    clearInterval(this.#timer)
    const t = this.#seconds()
    const lines = [...this.#heapLines(), ...this.#markLines()]
    // A program that was started goes on, and is not waited for.
    this.#child?.unref()
    const isStarted = (pid: number) => pid !== this.pid || this.#child !== undefined
    this.#left = [...this.#living.keys()].filter(pid => isStarted(pid) && isAlive(pid))
    for (const row of [...this.#living.values()]) lines.push(this.#endLine(row, t))
    const {code: exitCode, signal: exitSignal} = this.#child === undefined ? {} : {code, signal}
    this.#file.write(
      [
        ...lines,
        {type: 'finish', t, ...(this.#child === undefined ? {} : {code: exitCode ?? null, signal: exitSignal ?? null})},
      ],
      t,
    )
    this.#file.close()
    const notes = this.#notes(t)
    this.#slots.reader?.close()
    this.#finish({
      path: this.#file.path,
      seconds: t,
      processes: this.#seen,
      threads: this.#threads.size,
      peakRssBytes: this.#peakRssBytes,
      code,
      signal,
      left: this.#left.length,
      isCut: this.#file.trouble !== undefined || this.#file.lostSeconds > 0,
      notes,
    })
  }

  #notes(t: number): string[] {
    const {trouble, lostSeconds, path} = this.#file
    const notes: string[] = []
    if (this.#seen === 0 && this.#threads.size === 0)
      notes.push('the program ended before its memory could be measured')
    if (this.#slots.why !== undefined) notes.push(this.#slots.why)
    if (trouble !== undefined) {
      notes.push(`${path}: ${trouble.why}: the recording until ${trouble.since.toFixed(1)} s is kept, the rest is lost`)
    }
    if (lostSeconds > 0) notes.push(`${path}: ${lostSeconds.toFixed(1)} s of ${t.toFixed(1)} s could not be written`)
    const missed = this.#slots.reader?.lost ?? 0
    if (missed > 0) notes.push(`${missed} heap samples are missing: they came faster than they were read`)
    return notes
  }
}
