/** Numbers over time, and what is drawn of them: the shapes that recordings and plots share. */
import {formatBytes, formatCount} from './units.ts'

/** What the values of a series are. */
export type SeriesUnit = 'bytes' | 'ms'

/** Points in the order of time. */
export interface Points {
  /** Seconds since the recording began. */
  times: Float64Array
  /** In bytes or milliseconds, as many as `times`. */
  values: Float64Array
}

/** How a quantity develops, and what that was judged by. */
export interface Trend {
  /** What the floor does; `too short` where it cannot be judged. */
  verdict: 'flat' | 'growing' | 'saturating' | 'too short'
  /** Change of the floor in units of the value a minute, by the median of all slopes between two points of it; null if it was too short. */
  perMinute: number | null
  /** Seconds from and to which the floor was looked at: the start of a program is no leak. */
  from: number
  /** Seconds: where that ends. */
  to: number
  /** Value of the line at `from`. */
  startValue: number
  /** One clause: what the verdict rests on. */
  why: string
}

/** One quantity of one process or thread. */
export interface SeriesLine extends Points {
  /** Who: `node app.js 1234`. May hold anything. */
  label: string
  /** The highest value. */
  peak: {time: number; value: number}
  /** What the system saw between two samples, if that was more. */
  peakBetween?: number
  /** What stays when garbage is collected: after each full collection, or, if none was told, the least of each slice of time. */
  floor: Points
  /** Whether the floor's points are values after full collections. */
  floorIsExact: boolean
  /** How the floor develops. */
  trend: Trend
  /** Number of the recording it is of. */
  recording: number
  /** A thread besides the main one. */
  isWorker: boolean
  /** Of its process; 0 if the recording does not say. */
  pid: number
  /** 0 for the main one. */
  thread: number
}

/** Something that happened at a moment. */
export interface SeriesMark {
  /** Seconds since the recording began. */
  time: number
  /** What happened. */
  text: string
  /** Number of the recording it is of. */
  recording: number
}

/** Lines over one axis of time, all of one quantity. */
export interface SeriesView {
  /** As it was given, or what was recorded: command lines and quantity. */
  title: string
  /** What is measured, in words: `heap used`. */
  quantity: string
  /** Unit of all values. */
  unit: SeriesUnit
  /** Those with the highest peaks, in the order of the recordings. */
  lines: SeriesLine[]
  /** In the order of time. */
  marks: SeriesMark[]
  /** Seconds. */
  from: number
  /** Seconds: where the axis ends. */
  to: number
  /** What is not shown, in words. */
  notes: string[]
}

/** `12.4 MB`, `310 ms`. */
export function formatValue(value: number, unit: SeriesUnit): string {
  return unit === 'bytes' ? formatBytes(Math.round(value)) : `${formatCount(Math.round(value))} ms`
}

/** `+4.2 MB/min`. */
export function formatSlope(perMinute: number, unit: SeriesUnit): string {
  const text = formatValue(perMinute, unit)
  return `${perMinute < 0 || text.startsWith('-') ? '' : '+'}${text}/min`
}

/** Whether what grew every step grew in the last by less than half of what it did in the first. */
export function isSlowing(values: readonly number[]): boolean {
  const last = values.length - 1
  return last > 1 && values[last] - values[last - 1] < (values[1] - values[0]) / 2
}
