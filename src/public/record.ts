/** `heapgraph/record`: the memory of programs over time, and snapshots of them when it grows. */
import {type WatchOptions, watch as watchProgram} from '../capture/agent/watch.ts'
import {birthMarks as marksOf} from '../capture/record/birth-marks.ts'
import {type RecordOptions, record as recordProgram} from '../capture/record/record.ts'
import {METRICS} from '../capture/record/series-lines.ts'
import {type ReadOptions, type Recording, readRecording as readSeries} from '../capture/record/series-read.ts'
import {seriesView, type ViewOptions} from '../capture/record/series-view.ts'
import {toPlotHtml as drawPage} from '../emit/page/plot-html.ts'
import {toPlotSvg as drawPlot, type PlotOptions} from '../emit/picture/plot.ts'
import {plotJson, plotText} from '../emit/text/plot-text.ts'
import {anInput} from '../snapshot/load/open-options.ts'
import {
  aCount,
  aFlag,
  aFunction,
  aLimit,
  anObject,
  aSize,
  aText,
  type Check,
  checked,
  checkedLater,
  fitting,
  isObject,
  listOf,
  neededOptions,
  oneOf,
  optionsOf,
} from '../util/arguments.ts'
import type {SeriesView} from '../util/series.ts'
import {aCommand} from './checks.ts'

const metric = oneOf(...METRICS)

/** Begins to record a program, started here or running already, into a file of lines (docs/record.md). Throws UNREADABLE if that cannot be done. */
export const record = checkedLater(
  [
    [
      'options',
      neededOptions<RecordOptions>(['output'], {
        output: aText,
        command: aCommand,
        pid: aCount,
        intervalMs: aCount,
        env: anObject,
        stdio: fitting("'inherit', 'ignore' or an open file", value => {
          return value === 'inherit' || value === 'ignore' || Number.isInteger(value)
        }),
        onSample: aFunction,
      }),
    ],
  ],
  recordProgram,
)

/** Runs a program and has it write snapshots when its memory grows; ends when it ends. Throws UNREADABLE if it cannot be started or the folder not be written. */
export const watch = checkedLater(
  [
    [
      'options',
      neededOptions<WatchOptions>(['command', 'output'], {
        command: aCommand,
        output: aText,
        metric: oneOf('rss', 'heapUsed', 'external'),
        aboveBytes: aSize,
        growthBytes: aSize,
        everyMs: aCount,
        nearLimit: aFlag,
        atExit: aFlag,
        max: aCount,
        force: aFlag,
        internals: aFlag,
        numeric: aFlag,
        stacks: aFlag,
        sources: oneOf('none', 'full'),
        thenCommand: aText,
        onNote: aFunction,
        onWritten: aFunction,
      }),
    ],
  ],
  watchProgram,
)

/** Reads a recording: points in seconds and bytes (`gcMs`: milliseconds) of each process and thread. `number`: which of several it is. Throws UNREADABLE. */
export const readRecording = checkedLater(
  [
    anInput,
    ['options', neededOptions<ReadOptions>(['metric'], {metric, from: aSize, to: aSize})],
    ['number', (value, name, all) => value === undefined || aLimit(value, name, all)],
  ],
  readSeries,
)

const aRecording = fitting('a recording, as readRecording gives it', value => {
  return (
    isObject(value) &&
    Array.isArray(value.threads) &&
    Array.isArray(value.marks) &&
    METRICS.some(name => name === value.metric)
  )
})

/**
 * The marks of a recording on the clock of a snapshot with allocation stacks, in order of time: `marks` for `types` by `born`. `snapshot`: its file, as it was called when it was
 * taken. Throws USAGE if the recording does not say when allocations began to be tracked.
 */
export const birthMarks = checked(
  [
    ['recording', aRecording],
    ['snapshot', aText],
  ],
  marksOf,
)

/** Recordings of one metric over one axis of time, those with the highest peaks: what the plots are drawn of, with a verdict on each line. */
export const plot = checked(
  [
    ['recordings', listOf(aRecording)],
    ['options', optionsOf<ViewOptions>({title: aText, limit: aLimit, from: aSize, to: aSize})],
  ],
  (recordings: readonly Recording[], options: ViewOptions = {}) => noted(seriesView(recordings, options)),
)

const plots = new WeakSet<object>()

function noted(view: SeriesView): SeriesView {
  plots.add(view)
  return view
}

const aPlot: [string, Check] = [
  'plot',
  fitting('a plot, as plot gives it', value => isObject(value) && plots.has(value)),
]
const plotOptions = optionsOf<PlotOptions>({
  width: aCount,
  height: aCount,
  theme: oneOf('auto', 'light', 'dark', 'print'),
  bare: aFlag,
})

/** A plot as a picture that stands alone; sizes in pixels. */
export const toPlotSvg = checked([aPlot, ['options', plotOptions]], drawPlot)

/** A plot as a page that stands alone. */
export const toPlotHtml = checked([aPlot, ['options', plotOptions]], drawPage)

/** A plot in words: one line a process or thread, with its trend. */
export const toPlotText = checked([aPlot], (view: SeriesView) => plotText(view))

/** A plot as a JSON document (docs/json.md). */
export const toPlotJson = checked([aPlot], plotJson)

// The types in the signatures above

export type {WatchedFile, WatchOptions, WatchOutcome} from '../capture/agent/watch.ts'
export type {WatchMetric} from '../capture/agent/watch-channel.ts'
export type {Written} from '../capture/files/part-file.ts'
export type {Sources} from '../capture/inspect/prepare.ts'
export type {Recorder, RecordOptions, RecordResult, Sample} from '../capture/record/record.ts'
export type {Metric} from '../capture/record/series-lines.ts'
export type {PointCollector} from '../capture/record/series-points.ts'
export type {ReadOptions, Recording, ThreadSeries} from '../capture/record/series-read.ts'
export type {ViewOptions} from '../capture/record/series-view.ts'
export type {PlotOptions} from '../emit/picture/plot.ts'
export {type ErrorCode, HeapgraphError} from '../util/errors.ts'
export type {Points, SeriesLine, SeriesMark, SeriesUnit, SeriesView, Trend} from '../util/series.ts'
