/**
 * Does it leak? What memory does between two garbage collections says nothing, so the floor is looked at: what is left after each. Its
 * slope is that of Theil and Sen, the median of the slopes between all pairs of points, which a few odd points cannot bend.
 */
import {formatSlope, formatValue, type Points, type SeriesUnit, type Trend} from '../../util/series.ts'
import {formatPercent} from '../../util/units.ts'

/** Fewer points than these say nothing about a trend. */
const MIN_POINTS = 6
/** A shorter time is a program's start. */
const MIN_SECONDS = 5
/** The start, when caches fill and code is compiled, is left out: this share of the time. */
const START_SHARE = 0.2
/** Slices of time whose lowest values are the floor where no collection was told. */
const SLICES = 24
/** More points than these do not make the median better. */
const MAX_POINTS = 400
/** Growth over the time looked at below this share of the level, or these bytes, is none. */
const FLAT_SHARE = 0.05
const FLAT_BYTES = 1e6
/** Of its first half's slope, what the second half's may at most be for it to have levelled off. */
const LEVELLED_SHARE = 0.25

/** The values after full collections if there were some, else the lowest of each slice of time; and the trend. `isCollected`: whether collections tell. */
export function floorOf(
  points: Points,
  afterGc: Points,
  unit: SeriesUnit,
  isCollected: boolean,
): {floor: Points; isExact: boolean; trend: Trend} {
  const exact = trendOf(afterGc, true, unit)
  const collections = afterGc.times.length
  if (exact.verdict !== 'too short') return {floor: afterGc, isExact: true, trend: exact}
  const lowest = lowestOfSlices(points)
  const seen = trendOf(lowest, false, unit)
  const trend = isCollected ? checked(seen, afterGc, unit) : seen
  return collections > 1 ? {floor: afterGc, isExact: true, trend} : {floor: lowest, isExact: false, trend}
}

/** Between two collections everything grows: the few that there were have a say. */
function checked(trend: Trend, afterGc: Points, unit: SeriesUnit): Trend {
  const {values, times} = between(afterGc, trend.from, trend.to)
  const {length} = values
  if (trend.verdict === 'flat' || trend.verdict === 'too short') return trend
  if (length < 2)
    return {
      ...trend,
      why: `${trend.why}; with ${length === 0 ? 'no full collection' : 'one full collection'}, some may be garbage`,
    }
  const growth = values[length - 1] - values[0]
  const seconds = times[length - 1] - times[0]
  if (growth >= Math.max(FLAT_SHARE * values[0], unit === 'bytes' ? FLAT_BYTES : 0)) return trend
  const why = `after ${length} full collections ${seconds.toFixed(1)} s apart ${formatValue(values[0], unit)} and ${formatValue(values[length - 1], unit)} were left`
  return {...trend, verdict: 'flat', perMinute: seconds > 0 ? (growth / seconds) * 60 : 0, why}
}

function lowestOfSlices({times, values}: Points): Points {
  const {length} = times
  if (length === 0) return {times: new Float64Array(), values: new Float64Array()}
  const [from, to] = [times[0], times[length - 1]]
  const width = (to - from) / SLICES || 1
  const lowest = new Int32Array(SLICES).fill(-1)
  for (let i = 0; i < length; i++) {
    const slice = Math.min(SLICES - 1, Math.floor((times[i] - from) / width))
    if (lowest[slice] < 0 || values[i] < values[lowest[slice]]) lowest[slice] = i
  }
  const kept = lowest.filter(i => i >= 0)
  return {times: Float64Array.from(kept, i => times[i]), values: Float64Array.from(kept, i => values[i])}
}

/** `isExact`: whether the floor's points are values after full collections. */
export function trendOf(floor: Points, isExact: boolean, unit: SeriesUnit = 'bytes'): Trend {
  const {length} = floor.times
  const begin = length === 0 ? 0 : floor.times[0]
  const to = length === 0 ? 0 : floor.times[length - 1]
  const from = begin + (to - begin) * START_SHARE
  const points = between(floor, from, to)
  const told = `${points.times.length} ${isExact ? 'full collections' : 'lowest points'}`
  const {times, values} = thinned(points)
  if (times.length < MIN_POINTS || to - from < MIN_SECONDS) {
    const why = `${told} in ${(to - from).toFixed(1)} s after the start; ${MIN_POINTS} in ${MIN_SECONDS} s are needed`
    return {verdict: 'too short', perMinute: null, from, to, startValue: values[0] ?? 0, why}
  }
  const slope = medianSlope({times, values})
  const seconds = times[times.length - 1] - times[0]
  const level = median(values)
  const middle = times[0] + seconds / 2
  const [early, late] = [between({times, values}, times[0], middle), between({times, values}, middle, to)].map(
    medianSlope,
  )
  const startValue = median(values.map((value, i) => value - slope * (times[i] - from)))
  const noise = median(values.map((value, i) => Math.abs(value - startValue - slope * (times[i] - from))))
  const threshold = Math.max(FLAT_SHARE * level, unit === 'bytes' ? FLAT_BYTES : 0, 3 * noise)
  const growth = slope * seconds
  const over = `over ${told} from ${from.toFixed(1)} to ${to.toFixed(1)} s`
  const trend = {perMinute: slope * 60, from, to, startValue}
  if (growth < threshold) {
    const change = `${growth < 0 ? 'fell' : 'rose'} by ${formatValue(Math.abs(growth), unit)}, ${formatPercent(Math.abs(growth), level)}`
    return {
      ...trend,
      verdict: 'flat',
      why: `${change}, ${over}: less than ${formatValue(threshold, unit)} counts as flat`,
    }
  }
  const grew = `rose by ${formatValue(growth, unit)} ${over}`
  const halves = `${formatSlope(early * 60, unit)} in the first half, ${formatSlope(late * 60, unit)} in the second`
  const hasLevelled = late < LEVELLED_SHARE * early && (late * seconds) / 2 < threshold
  return {...trend, verdict: hasLevelled ? 'saturating' : 'growing', why: `${grew}: ${halves}`}
}

/** Of floors that are known exactly, growth below this share of the first, or these bytes, is none: caches and code that come late. */
const MIN_SHARE = 0.03
const MIN_BYTES = 256_000
/** The same where the system deals memory out: what a snapshot itself takes stays resident for a while. */
const MIN_RESIDENT_SHARE = 0.1
const MIN_RESIDENT_BYTES = 16e6
/** Work that leaks leaves about as much each time: so much of all that was left at least. */
const STEP_SHARE = 0.2

/**
 * The verdict on what was left at three moments with as much work between them: base, target, final, in bytes. `isResident`: as the system
 * counts; `isLeaking`: it is known from elsewhere that more is held each time, so that small growth counts, too.
 */
export function trendOfFloors(
  {times, values}: Points,
  {isResident = false, isLeaking = false}: {isResident?: boolean; isLeaking?: boolean} = {},
): Trend {
  const [base, target, final] = values
  const seconds = times[2] - times[0]
  const growth = final - base
  const steps = [target - base, final - target]
  const usual = isResident
    ? Math.max(MIN_RESIDENT_BYTES, MIN_RESIDENT_SHARE * base)
    : Math.max(MIN_BYTES, MIN_SHARE * base)
  const isEven = Math.min(...steps) > 0 && Math.min(...steps) >= STEP_SHARE * growth
  const told = `${[base, target, final].map(value => formatValue(value, 'bytes')).join(' → ')} left at the three snapshots`
  const trend = {
    perMinute: seconds > 0 ? (growth / seconds) * 60 : 0,
    ...{from: times[0], to: times[2], startValue: base},
  }
  if (isEven && isLeaking && !isResident) return {...trend, verdict: 'growing', why: told}
  if (growth < usual) {
    return {...trend, verdict: 'flat', why: `${told}: less than ${formatValue(usual, 'bytes')} more counts as flat`}
  }
  if (isEven) return {...trend, verdict: 'growing', why: told}
  if (steps[0] > steps[1]) return {...trend, verdict: 'saturating', why: `${told}: most of it came in the first round`}
  return {...trend, verdict: isResident ? 'flat' : 'growing', why: `${told}: all of it came in the second round`}
}

export function between({times, values}: Points, from: number, to: number): Points {
  const kept = Uint32Array.from({length: times.length}, (_, i) => i).filter(i => times[i] >= from && times[i] <= to)
  return {times: Float64Array.from(kept, i => times[i]), values: Float64Array.from(kept, i => values[i])}
}

function thinned({times, values}: Points): Points {
  const step = Math.ceil(times.length / MAX_POINTS)
  if (step <= 1) return {times, values}
  return {times: times.filter((_, i) => i % step === 0), values: values.filter((_, i) => i % step === 0)}
}

/** Units a second; 0 for fewer than two points. */
export function medianSlope({times, values}: Points): number {
  const slopes: number[] = []
  for (let i = 0; i < times.length; i++) {
    for (let j = i + 1; j < times.length; j++) {
      if (times[j] > times[i]) slopes.push((values[j] - values[i]) / (times[j] - times[i]))
    }
  }
  return slopes.length === 0 ? 0 : median(Float64Array.from(slopes))
}

function median(values: Float64Array): number {
  const sorted = values.toSorted()
  const {length} = sorted
  return length % 2 === 1 ? sorted[(length - 1) / 2] : (sorted[length / 2 - 1] + sorted[length / 2]) / 2
}
