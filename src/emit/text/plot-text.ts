/** Recordings in words and as JSON. */
import {formatSlope, formatValue, type SeriesView} from '../../util/series.ts'
import {forTerminal} from '../safe/clean.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {timeText} from './plot-scale.ts'
import {textTable} from './text-table.ts'

/** A table of all lines, then what each verdict rests on. */
export function plotText(view: SeriesView, paint: Paint = plainPaint): string {
  const {lines, unit, marks, notes} = view
  const rows = lines.map(({label, peak, peakBetween, floor, trend}) => [
    formatValue(Math.max(peak.value, peakBetween ?? 0), unit),
    timeText(peak.time),
    floor.values.length === 0 ? '' : formatValue(floor.values[floor.values.length - 1], unit),
    trend.perMinute === null ? '' : formatSlope(trend.perMinute, unit),
    trend.verdict,
    label,
  ])
  const table = textTable(
    [
      {title: 'peak', align: 'right', style: 'size'},
      {title: 'at', align: 'right'},
      {title: 'floor', align: 'right', style: 'size'},
      {title: 'slope', align: 'right'},
      {title: 'verdict', style: 'strong'},
      {title: view.title, style: 'type', max: 60},
    ],
    rows,
    paint,
  )
  const reasons = lines.map(({label, trend}) => `${forTerminal(label, 60)}: ${trend.verdict}: ${trend.why}`)
  const happened = marks.map(({time, text}) => `${timeText(time)}  ${forTerminal(text, 200)}`)
  const between = lines.some(({peakBetween}) => peakBetween !== undefined)
    ? ["peaks between two samples are the system's own count"]
    : []
  return `${table}\n${[...reasons, ...happened, ...between, ...notes.map(note => forTerminal(note))].map(line => `${line}\n`).join('')}`
}

/** docs/record.md documents it. */
export function plotJson({title, quantity, unit, lines, marks, from, to, notes}: SeriesView): string {
  const document = {
    title,
    quantity,
    unit,
    from,
    to,
    lines: lines.map(({label, recording, isWorker, peak, peakBetween, floor, floorIsExact, trend}) => ({
      label,
      recording,
      isWorker,
      peak,
      peakBetween: peakBetween ?? null,
      floor: {isExact: floorIsExact, times: [...floor.times], values: [...floor.values]},
      trend,
    })),
    marks,
    notes,
  }
  return tableToJson('plot', document)
}
