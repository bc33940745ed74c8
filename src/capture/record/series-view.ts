/** Recordings as what a plot or a summary shows: the largest processes and threads, their floors, trends and peaks. */
import type {Points, SeriesLine, SeriesView} from '../../util/series.ts'
import {plural} from '../../util/units.ts'
import type {Metric} from './series-lines.ts'
import type {Recording, ThreadSeries} from './series-read.ts'
import {floorOf} from './series-trend.ts'

/** Colors that can be told apart are eight, and a legend of more is not read. */
const MAX_LINES = 8

/** What is shown of recordings. */
export interface ViewOptions {
  /** Shown above the plot. */
  title?: string
  /** Lines shown, those with the highest peaks; 8 unless given. */
  limit?: number
  /** Seconds from which on points are shown. */
  from?: number
  /** Seconds up to which points are shown. */
  to?: number
}

const QUANTITIES: Record<Metric, string> = {
  rss: 'resident memory (RSS)',
  heapUsed: 'JavaScript heap used',
  heapTotal: 'JavaScript heap reserved',
  external: 'memory outside of the heap',
  arrayBuffers: 'memory of ArrayBuffers',
  gcMs: 'garbage collection',
}

/** All recordings must be of one metric. */
export function seriesView(recordings: readonly Recording[], options: ViewOptions = {}): SeriesView {
  const metric = recordings[0]?.metric ?? 'rss'
  const several = recordings.length > 1
  const all = recordings.flatMap((recording, number) =>
    recording.threads.map(series => lineOf(series, metric, number, several ? baseName(recording.file) : '')),
  )
  const {limit = MAX_LINES} = options
  const ranked = [...all].sort((a, b) => b.peak.value - a.peak.value || (a.label < b.label ? -1 : 1))
  const kept = new Set(ranked.slice(0, limit))
  const lines = all.filter(line => kept.has(line))
  const notes = recordings.flatMap(({notes: told}) => told)
  if (all.length > lines.length)
    notes.push(
      `${plural(all.length - lines.length, 'smaller process or thread', 'smaller processes or threads')} not shown`,
    )
  const marks = recordings.flatMap(recording => recording.marks)
  // A mark may come after the last sample: a process that writes a snapshot stands still, and may end before it is sampled again.
  const times = [
    ...lines.flatMap(line => (line.times.length === 0 ? [] : [line.times[0], line.times[line.times.length - 1]])),
    ...marks.map(({time}) => time),
  ]
  const commands = [...new Set(recordings.map(({command}) => command).filter(command => command !== ''))]
  return {
    title: options.title ?? `${commands.length === 0 ? '' : `${commands.join(', ')}: `}${QUANTITIES[metric]}`,
    quantity: QUANTITIES[metric],
    unit: metric === 'gcMs' ? 'ms' : 'bytes',
    lines,
    marks,
    from: options.from ?? Math.min(0, ...times),
    to: options.to ?? Math.max(0, ...times),
    notes,
  }
}

function lineOf(series: ThreadSeries, metric: Metric, recording: number, file: string): SeriesLine {
  const {pid, thread, name, peakRss} = series
  const points = series.points.points()
  const unit = metric === 'gcMs' ? 'ms' : 'bytes'
  const {floor, isExact, trend} = floorOf(points, series.afterGc.points(), unit, metric === 'heapUsed')
  const who = `${name === '' ? 'process' : name}${pid === 0 ? '' : ` ${pid}`}${thread === 0 ? '' : `/${thread}`}`
  const peak = peakOf(points)
  return {
    ...points,
    label: file === '' ? who : `${file} ${who}`,
    peak,
    ...(metric === 'rss' && peakRss !== undefined && peakRss > peak.value ? {peakBetween: peakRss} : {}),
    floor,
    floorIsExact: isExact,
    trend,
    recording,
    isWorker: thread !== 0,
    pid,
    thread,
  }
}

function peakOf({times, values}: Points): {time: number; value: number} {
  let at = 0
  for (let i = 1; i < values.length; i++) if (values[i] > values[at]) at = i
  return {time: times[at], value: values[at]}
}

function baseName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path
}
