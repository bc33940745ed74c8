/** The lines of a recording, as docs/record.md has them: what writes them and what reads them agree here. */

/** Times are seconds since the recording began, sizes are bytes. */
export type RecordLine =
  | {
      type: 'recording'
      format: 1
      /** When it began, ISO 8601. */
      time: string
      /** Seconds between two samples. */
      interval: number
      platform: string
      /** The program's name, without its arguments: they may hold secrets. */
      command: string
    }
  | {type: 'process'; t: number; pid: number; ppid: number; name: string}
  | {type: 'thread'; t: number; pid: number; thread: number; name: string; node: string}
  | {type: 'sample'; t: number; pid: number; rss: number}
  | ({type: 'sample'; t: number; pid: number; thread: number; rss?: number} & HeapNumbers)
  /** A full garbage collection of one thread: what it left. */
  | {type: 'gc'; t: number; pid: number; thread: number; heapUsed: number}
  /** `peakRss`: the most it ever had, where the system keeps count. */
  | {type: 'end'; t: number; pid: number; peakRss?: number}
  | {type: 'mark'; t: number; text: string}
  /** Samples of this time could not be written. */
  | {type: 'lost'; t: number; from: number}
  | {type: 'finish'; t: number; code?: number | null; signal?: string | null}

export interface HeapNumbers {
  heapUsed: number
  heapTotal: number
  external: number
  arrayBuffers: number
  /** Milliseconds of garbage collection since the thread began. */
  gcMs: number
  gcs: number
}

/** What can be plotted. */
export const METRICS = ['rss', 'heapUsed', 'heapTotal', 'external', 'arrayBuffers', 'gcMs'] as const
/** What can be plotted of a recording. */
export type Metric = (typeof METRICS)[number]

/** A line as it was read: what a type has is there, and of the right kind. */
export type ReadLine = {type: string; t: number} & Record<string, unknown>

const WHOLE = ['pid', 'ppid', 'thread'] as const
const NUMBERS = ['t', 'from', 'interval', 'peakRss', 'gcs', ...METRICS] as const
const TEXTS = ['name', 'text', 'command', 'node', 'time', 'signal'] as const
const NEEDS: Record<string, readonly string[]> = {
  process: ['t', 'pid'],
  thread: ['t', 'pid', 'thread'],
  sample: ['t', 'pid'],
  gc: ['t', 'pid', 'thread', 'heapUsed'],
  end: ['t', 'pid'],
  mark: ['t', 'text'],
  lost: ['t', 'from'],
  finish: ['t'],
}

/** One line of a recording; undefined if it is none. Of types that are not known yet, only that they are there is told. */
export function parseLine(text: string): ReadLine | undefined {
  let value: Record<string, unknown>
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || typeof value.type !== 'string') return undefined
  const has = (name: string) => value[name] !== undefined && value[name] !== null
  const isSound =
    (NEEDS[value.type] ?? []).every(has) &&
    WHOLE.every(name => !has(name) || (Number.isSafeInteger(value[name]) && (value[name] as number) >= 0)) &&
    NUMBERS.every(name => !has(name) || (Number.isFinite(value[name]) && (value[name] as number) >= 0)) &&
    TEXTS.every(name => !has(name) || typeof value[name] === 'string')
  return isSound ? (value as ReadLine) : undefined
}
