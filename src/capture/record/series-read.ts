/** Recordings, read line by line in bounded memory: heapgraph's own and memory_profiler's `mprofile_*.dat`. */
import {openSource, type SnapshotInput} from '../../read/source.ts'
import {HeapgraphError} from '../../util/errors.ts'
import type {SeriesMark} from '../../util/series.ts'
import {type Metric, parseLine, type ReadLine} from './series-lines.ts'
import {PointCollector} from './series-points.ts'

/** More processes and threads than these are counted, not kept. */
const MAX_THREADS = 500
const MAX_MARKS = 1000
/** No line of a recording is longer. */
const MAX_CHARACTERS = 64 << 10

/** Which metric of a recording is read. */
export interface ReadOptions {
  /** What is wanted of the samples. */
  metric: Metric
  /** Seconds; all unless given. */
  from?: number
  /** Seconds; the end of the recording unless given. */
  to?: number
}

/** What was recorded of one process (thread 0) or of a worker in it. */
export interface ThreadSeries {
  /** Of the process. */
  pid: number
  /** 0 for the main thread. */
  thread: number
  /** The script's name; may hold anything, or be empty. */
  name: string
  /** Its values over time. */
  points: PointCollector
  /** Heap used after each full collection. */
  afterGc: PointCollector
  /** The most the process ever had resident, as the system counted. */
  peakRss?: number
}

/** One metric of one recording, over time. */
export interface Recording {
  /** As the reader was given it: a path, mostly. */
  file: string
  /** What the points are of. */
  metric: Metric
  /** The command line of the program; '' if the recording does not say. */
  command: string
  /** Main threads and worker threads that have points. */
  threads: ThreadSeries[]
  /** What happened meanwhile: snapshots, starts, ends. */
  marks: SeriesMark[]
  /** Seconds from the first sample to the last. */
  seconds: number
  /** Whether the recorder came to its end. */
  isFinished: boolean
  /** What is not in it, in sentences. */
  notes: string[]
}

/** Reads one file (`-` is standard input; it may be packed). `number`: which of several it is. */
export async function readRecording(input: SnapshotInput, options: ReadOptions, number = 0): Promise<Recording> {
  const source = await openSource(input)
  const builder = new RecordingBuilder(source.name, options, number)
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of source.chunks()) {
    const lines = (rest + decoder.decode(chunk, {stream: true})).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) builder.line(line)
    if (rest.length > MAX_CHARACTERS) throw notRecording(source.name)
  }
  if (rest !== '') builder.lastLine(rest)
  return builder.recording()
}

function notRecording(name: string): HeapgraphError {
  const how = 'it reads what heapgraph record writes, and mprofile_*.dat of memory_profiler'
  return new HeapgraphError('UNREADABLE', `${name}: not a recording of memory`, how)
}

const MIB = 1 << 20

class RecordingBuilder {
  readonly #file: string
  readonly #options: ReadOptions
  readonly #number: number
  readonly #threads = new Map<string, ThreadSeries>()
  readonly #marks: SeriesMark[] = []
  #format: 'own' | 'mprof' | undefined
  #command = ''
  #isFinished = false
  #lineNumber = 0
  #badLines = 0
  #firstBad = 0
  #leftOut = 0
  #marksLeft = 0
  #lostSeconds = 0
  #first = Number.POSITIVE_INFINITY
  #last = 0
  /** Of mprof's times, which count from 1970. */
  #epoch: number | undefined

  constructor(file: string, options: ReadOptions, number: number) {
    this.#file = file
    this.#options = options
    this.#number = number
  }

  line(text: string): void {
    this.#lineNumber++
    if (text.trim() === '') return
    this.#format ??= formatOf(text)
    if (this.#format === undefined) throw notRecording(this.#file)
    const isGood = this.#format === 'own' ? this.#ownLine(text) : this.#mprofLine(text.trim())
    if (isGood) return
    if (this.#badLines++ === 0) this.#firstBad = this.#lineNumber
  }

  /** Without a line feed: a recorder that was killed may have written half of it. */
  lastLine(text: string): void {
    const bad = this.#badLines
    this.line(text)
    if (this.#format === 'own' && this.#badLines > bad) this.#badLines = bad
  }

  recording(): Recording {
    if (this.#format === undefined) throw notRecording(this.#file)
    return {
      file: this.#file,
      metric: this.#options.metric,
      command: this.#command,
      threads: [...this.#threads.values()].filter(({points}) => points.length > 0),
      marks: this.#marks,
      seconds: Math.max(0, this.#last - Math.min(this.#first, this.#last)),
      isFinished: this.#isFinished,
      notes: this.#notes(),
    }
  }

  #ownLine(text: string): boolean {
    const line = parseLine(text)
    if (line === undefined) return false
    const {type, t, pid} = line
    const thread = (line.thread as number | undefined) ?? 0
    if (type === 'recording') {
      if (line.format !== 1) {
        const how = 'use the version of heapgraph that wrote it'
        throw new HeapgraphError('UNREADABLE', `${this.#file}: a recording of another format`, how)
      }
      this.#command = (line.command as string | undefined) ?? ''
    } else if (type === 'process') this.#name(pid as number, 0, line.name as string)
    else if (type === 'thread') this.#threadName(line, thread)
    else if (type === 'sample') this.#sample(line, thread)
    else if (type === 'gc') this.#afterGc(line, thread)
    else if (type === 'end') this.#peak(pid as number, line.peakRss as number | undefined)
    else if (type === 'mark') this.#mark(t, line.text as string)
    else if (type === 'lost') this.#lostSeconds += Math.max(0, t - (line.from as number))
    else if (type === 'finish') this.#isFinished = true
    return true
  }

  /** Thread 0 is the process, whose program is known by the script it runs. */
  #threadName({pid, name, node}: ReadLine, thread: number): void {
    const what = thread === 0 ? 'node' : 'worker'
    if (typeof node === 'string')
      this.#name(pid as number, thread, name === undefined || name === '' ? what : `${what} ${name}`)
  }

  #sample(line: ReadLine, thread: number): void {
    const value = line[this.#options.metric] as number | undefined
    if (value !== undefined) this.#add(line.pid as number, thread, line.t, value)
  }

  #afterGc({pid, t, heapUsed}: ReadLine, thread: number): void {
    if (this.#options.metric === 'heapUsed' && this.#isInside(t))
      this.#thread(pid as number, thread)?.afterGc.add(t, heapUsed as number)
  }

  #peak(pid: number, peakRss: number | undefined): void {
    const series = this.#threads.get(`${pid}-0`)
    if (peakRss !== undefined && series !== undefined) series.peakRss = Math.max(peakRss, series.peakRss ?? 0)
  }

  /** memory_profiler's mprof: CMDLINE, MEM MiB time, CHLD pid MiB time, FUNC name MiB time MiB time [level]. */
  #mprofLine(text: string): boolean {
    const [word, ...rest] = text.split(/\s+/)
    if (word === 'CMDLINE') {
      this.#command = rest[0]?.split('/').pop() ?? ''
      this.#name(0, 0, this.#command)
      return true
    }
    const numbers = (word === 'FUNC' ? rest.slice(1) : rest).map(Number)
    if (numbers.length === 0 || !numbers.every(Number.isFinite)) return false
    if (this.#options.metric !== 'rss') return true
    if (word === 'MEM' && numbers.length >= 2) this.#add(0, 0, this.#since(numbers[1]), numbers[0] * MIB)
    else if (word === 'CHLD' && numbers.length >= 3) {
      this.#name(numbers[0], 0, 'child')
      this.#add(numbers[0], 0, this.#since(numbers[2]), numbers[1] * MIB)
    } else if (word === 'FUNC' && numbers.length >= 4) {
      this.#mark(this.#since(numbers[1]), `${rest[0]} begins`)
      this.#mark(this.#since(numbers[3]), `${rest[0]} ends`)
    } else return false
    return true
  }

  #since(time: number): number {
    this.#epoch ??= time
    return Math.max(0, Math.round((time - this.#epoch) * 1000) / 1000)
  }

  #isInside(t: number): boolean {
    const {from = 0, to = Number.POSITIVE_INFINITY} = this.#options
    return t >= from && t <= to
  }

  #add(pid: number, thread: number, t: number, value: number): void {
    if (!this.#isInside(t)) return
    this.#first = Math.min(this.#first, t)
    this.#last = Math.max(this.#last, t)
    this.#thread(pid, thread)?.points.add(t, value)
  }

  #name(pid: number, thread: number, name: string): void {
    const series = this.#thread(pid, thread)
    if (series !== undefined) series.name = name
  }

  #thread(pid: number, thread: number): ThreadSeries | undefined {
    const key = `${pid}-${thread}`
    const known = this.#threads.get(key)
    if (known !== undefined) return known
    if (this.#threads.size >= MAX_THREADS) {
      this.#leftOut++
      return undefined
    }
    const series = {pid, thread, name: '', points: new PointCollector(), afterGc: new PointCollector()}
    this.#threads.set(key, series)
    return series
  }

  #mark(t: number, text: string): void {
    if (!this.#isInside(t)) return
    if (this.#marks.length >= MAX_MARKS) this.#marksLeft++
    else this.#marks.push({time: t, text, recording: this.#number})
  }

  #notes(): string[] {
    const notes: string[] = []
    const say = (count: number, text: string) => {
      if (count > 0) notes.push(`${this.#file}: ${text}`)
    }
    say(
      this.#badLines,
      `${this.#badLines} of ${this.#lineNumber} lines cannot be read; the first is line ${this.#firstBad}`,
    )
    say(this.#leftOut, `${this.#leftOut} samples are of processes or threads beyond the first ${MAX_THREADS}`)
    say(this.#marksLeft, `${this.#marksLeft} marks are not shown`)
    say(this.#lostSeconds, `${this.#lostSeconds.toFixed(1)} s are missing: the disk was full`)
    if (this.#format === 'own' && !this.#isFinished) {
      notes.push(`${this.#file}: the recording is incomplete: its recorder was killed, or is still running`)
    }
    return notes
  }
}

function formatOf(text: string): 'own' | 'mprof' | undefined {
  if (parseLine(text)?.type === 'recording') return 'own'
  return /^(CMDLINE|MEM|CHLD|FUNC) /.test(text) ? 'mprof' : undefined
}
