/** Axes that people can read: ticks at round numbers, in the unit that fits the largest. */
import type {SeriesUnit} from '../../util/series.ts'

export interface Tick {
  at: number
  text: string
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Steps of 1, 2 or 5 times a power of ten, from 0 to the first tick not below `most`; about `wanted` of them. */
export function valueTicks(most: number, unit: SeriesUnit, wanted = 5): Tick[] {
  const top = Math.max(most, 1)
  const step = Math.max(niceStep(top / wanted), 1)
  const power = unit === 'bytes' ? Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(top) / 3)) : 0
  const word = unit === 'bytes' ? BYTE_UNITS[power] : 'ms'
  const count = Math.ceil(top / step - 1e-9)
  return Array.from({length: count + 1}, (_, i) => ({
    at: i * step,
    text: `${plainNumber((i * step) / 1000 ** power)} ${word}`,
  }))
}

/** Seconds a step of time may have: what clocks and calendars have names for. */
const TIME_STEPS = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800,
  604800,
]

export function timeTicks(from: number, to: number, wanted = 8): Tick[] {
  const least = (to - from) / wanted
  const step = TIME_STEPS.find(candidate => candidate >= least) ?? niceStep(least / 604800) * 604800
  const first = Math.ceil(from / step - 1e-9)
  const count = Math.floor(to / step + 1e-9) - first + 1
  return Array.from({length: Math.max(0, count)}, (_, i) => ({
    at: (first + i) * step,
    text: timeText((first + i) * step, step),
  }))
}

/** `30 s`, `2:30 min`, `1:05 h`, `2 d 06 h`: as fine as the step asks for. */
export function timeText(seconds: number, step = 1): string {
  const whole = Math.round(seconds)
  if (seconds < 120 && step < 60) return `${plainNumber(Math.round(seconds * 10) / 10)} s`
  const two = (value: number) => String(value).padStart(2, '0')
  if (whole < 7200 && step < 3600)
    return step % 60 === 0 && whole % 60 === 0
      ? `${whole / 60} min`
      : `${Math.floor(whole / 60)}:${two(whole % 60)} min`
  if (whole < 172800 && step < 86400) return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))} h`
  const hours = Math.floor((whole % 86400) / 3600)
  return `${Math.floor(whole / 86400)} d${hours === 0 ? '' : ` ${two(hours)} h`}`
}

function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = [1, 2, 5, 10].find(candidate => candidate * power >= least * (1 - 1e-9)) ?? 10
  return factor * power
}

function plainNumber(value: number): string {
  return String(Number(value.toPrecision(6)))
}

/** Of all points in a pixel the first, the lowest, the highest and the last: nothing that could be seen is lost. Indexes, in order. */
export function visiblePoints(times: Float64Array, values: Float64Array, column: (time: number) => number): number[] {
  const kept: number[] = []
  for (let at = 0; at < times.length; ) {
    const here = column(times[at])
    let [low, high, end] = [at, at, at + 1]
    for (; end < times.length && column(times[end]) === here; end++) {
      if (values[end] < values[low]) low = end
      if (values[end] > values[high]) high = end
    }
    for (const i of [...new Set([at, low, high, end - 1])].sort((a, b) => a - b)) kept.push(i)
    at = end
  }
  return kept
}
