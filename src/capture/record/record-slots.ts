/**
 * What the Node processes and workers of a recorded program say of themselves: bin/record-preload.cjs puts numbers into one small file a
 * thread, in turn into one of 64 slots, so that it never grows and nobody waits for a reader. Times are milliseconds of the machine's clock
 * that never jumps (process.hrtime), sizes are in bytes.
 */
import {closeSync, openSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {makeTemporaryFolder} from '../../files/abandoned.ts'
import {readAt} from '../../files/file.ts'
import {packageFile} from '../../files/own-package.ts'
import {MARK_NAMES, type Mark, RECORD_VARIABLE} from '../files/record-mark.ts'

const SLOTS = 64
const SLOT_NUMBERS = 16
const NAMES = /^\d+-\d+\.json$/

/** A process of Node's, or a worker in one. */
export interface ThreadAbout {
  pid: number
  ppid: number
  /** 0 is the main thread. */
  thread: number
  /** Node's version. */
  node: string
  /** The script's path; may be empty. */
  script: string
  /** Of a worker, if it was given one. */
  name: string
}

export interface HeapSample {
  about: ThreadAbout
  atMs: number
  rss: number
  heapUsed: number
  heapTotal: number
  external: number
  arrayBuffers: number
  /** Since the thread began. */
  gcMs: number
  gcCount: number
  majorGcs: number
  /** Used heap right after the last full collection, and when that was; 0 if there was none. */
  heapAfterMajor: number
  majorAtMs: number
  /** Whether the thread was about to end by itself. */
  isLast: boolean
}

interface OpenThread {
  about: ThreadAbout
  fd: number
  /** Number of the last sample that was taken over. */
  seen: number
}

/** Reads what the threads write; to be closed, which removes its folder. */
export class SlotReader {
  readonly folder: string
  /** Samples that were overwritten before they were read. */
  lost = 0
  readonly #threads = new Map<string, OpenThread>()
  readonly #bytes = new Uint8Array(SLOTS * SLOT_NUMBERS * 8)

  constructor() {
    this.folder = makeTemporaryFolder({kind: 'record'})
  }

  /** What a recorded program must be started with besides `env`, so that all Node processes of it write. */
  environment(env: NodeJS.ProcessEnv, intervalMs: number): NodeJS.ProcessEnv {
    const preload = fileURLToPath(packageFile('bin/record-preload.cjs'))
    const others = env.NODE_OPTIONS ?? ''
    // Node takes a backslash between quotes as the one of an escape.
    const quoted = `"${preload.replace(/[\\"]/g, '\\$&')}"`
    return {
      ...env,
      NODE_OPTIONS: `--require ${quoted}${others === '' ? '' : ` ${others}`}`,
      [RECORD_VARIABLE]: JSON.stringify([this.folder, intervalMs, process.pid]),
    }
  }

  /** The samples since the last call, oldest first within a thread. */
  read(): HeapSample[] {
    this.#openNew()
    return [...this.#threads.values()].flatMap(thread => this.#samplesOf(thread))
  }

  /** What has happened since the last call, in the order of time. */
  marks(): Mark[] {
    const marks = readdirSync(this.folder)
      .filter(name => MARK_NAMES.test(name))
      .flatMap(name => {
        const path = join(this.folder, name)
        try {
          const mark = JSON.parse(readFileSync(path, 'utf8')) as Mark
          rmSync(path)
          return [mark]
        } catch {
          // Still being written.
          return []
        }
      })
    return marks.sort((a, b) => a.atMs - b.atMs)
  }

  close(): void {
    for (const {fd} of this.#threads.values()) closeSync(fd)
    this.#threads.clear()
    rmSync(this.folder, {recursive: true, force: true})
  }

  #openNew(): void {
    for (const name of readdirSync(this.folder)) {
      if (!NAMES.test(name) || this.#threads.has(name)) continue
      try {
        const about = JSON.parse(readFileSync(join(this.folder, name), 'utf8')) as ThreadAbout
        const fd = openSync(join(this.folder, name.replace(/json$/, 'slots')), 'r')
        this.#threads.set(name, {about, fd, seen: 0})
      } catch {
        // Still being written: it will be whole at the next look.
      }
    }
  }

  #samplesOf(thread: OpenThread): HeapSample[] {
    const length = readAt(thread.fd, this.#bytes, 0)
    const numbers = new Float64Array(this.#bytes.buffer, 0, Math.floor(length / 8))
    const samples: [number, HeapSample][] = []
    for (let at = 0; at + SLOT_NUMBERS <= numbers.length; at += SLOT_NUMBERS) {
      const slot = numbers.subarray(at, at + SLOT_NUMBERS)
      // Two numbers differ while a slot is being written; it will be read at the next look.
      if (slot[0] > thread.seen && slot[0] === slot[SLOT_NUMBERS - 1])
        samples.push([slot[0], sampleOf(thread.about, slot)])
    }
    samples.sort(([a], [b]) => a - b)
    if (samples.length > 0) {
      const last = samples[samples.length - 1][0]
      this.lost += last - thread.seen - samples.length
      thread.seen = last
    }
    return samples.map(([, sample]) => sample)
  }
}

function sampleOf(about: ThreadAbout, slot: Float64Array): HeapSample {
  const [, atMs, rss, heapUsed, heapTotal, external, arrayBuffers, gcMs, gcCount, majorGcs, heapAfterMajor, majorAtMs] =
    slot
  const isLast = slot[12] === 1
  return {
    about,
    atMs,
    rss,
    heapUsed,
    heapTotal,
    external,
    arrayBuffers,
    gcMs,
    gcCount,
    majorGcs,
    heapAfterMajor,
    majorAtMs,
    isLast,
  }
}
