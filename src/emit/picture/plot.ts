/**
 * Memory over time as a picture that needs nothing else: SVG of our own, without script. Each process is a line that says at its end who it
 * is; the floor under it and the trend through the floor are drawn with it, for they are what tells a leak.
 */
import {formatSlope, formatValue, type SeriesLine, type SeriesView} from '../../util/series.ts'
import {plural} from '../../util/units.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {type Tick, timeText, timeTicks, valueTicks, visiblePoints} from '../text/plot-scale.ts'
import {fitted, sansWidth} from './font.ts'
import {round} from './geometry.ts'
import type {Theme} from './picture-style.ts'
import {dashes, lightLines, plotStyle} from './plot-style.ts'

/** How a plot looks. */
export interface PlotOptions {
  /** Pixels; 960 by 420 for the plot itself unless given. */
  width?: number
  /** Pixels. */
  height?: number
  /** `auto` follows what the reader's system asks for; `print` has black ink. */
  theme?: Theme
  /** Without its own colors, for a page that has them. */
  bare?: boolean
}

/** Where the data is drawn, and how numbers become places. */
export interface PlotFrame {
  left: number
  top: number
  width: number
  height: number
  from: number
  to: number
  most: number
}

const MARGIN = 16
const AXIS_WIDTH = 62
const LABEL_WIDTH = 190
const HEAD_HEIGHT = 44
/** Of a mark's number, half of which stands above the frame. */
const BADGE_HEIGHT = 16
const AXIS_HEIGHT = 30
const ROW_HEIGHT = 18
const MAX_LABEL_ROWS = 26
const MAX_MARKS = 12
/** Floors of more points than these are a line only. */
const MAX_DOTS = 60

export function plotFrame(view: SeriesView, {width = 960, height = 420}: PlotOptions = {}): PlotFrame {
  const most = view.lines.reduce((max, {peak}) => Math.max(max, peak.value), 0)
  const ticks = valueTicks(most * 1.02, view.unit)
  return {
    left: MARGIN + AXIS_WIDTH,
    top: HEAD_HEIGHT + MARGIN + (shownMarks(view).length > 0 ? BADGE_HEIGHT / 2 : 0),
    width: width - 2 * MARGIN - AXIS_WIDTH - LABEL_WIDTH,
    height: height - 2 * MARGIN,
    from: view.from,
    to: view.to > view.from ? view.to : view.from + 1,
    most: ticks[ticks.length - 1].at,
  }
}

/** The same view gives the same bytes. */
export function toPlotSvg(view: SeriesView, options: PlotOptions = {}): string {
  const {width = 960, theme = 'auto', bare = false} = options
  const frame = plotFrame(view, options)
  const legendTop = frame.top + frame.height + AXIS_HEIGHT + 12
  const legend = legendRows(view, width)
  const notes = notesOf(view)
  const notesTop = legendTop + legend.length * ROW_HEIGHT + 16
  const height = Math.ceil(notesTop + notes.length * 16 + MARGIN)
  const title = forXml(view.title, 120)
  const open = `<svg xmlns="http://www.w3.org/2000/svg" class="hp" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="graphics-document document" aria-label="${title}">`
  return [
    ...(bare ? [] : ['<?xml version="1.0" encoding="UTF-8"?>']),
    open,
    `<title>${title}</title>`,
    `<desc>${forXml(plotDescription(view), 4000)}</desc>`,
    ...(bare ? [] : [`<style>${plotStyle(theme)}</style>`]),
    `<rect class="hp-page" width="${width}" height="${height}"/>`,
    `<text class="hp-head" x="${MARGIN}" y="${MARGIN + 15}">${forXml(view.title, 100)}</text>`,
    `<text class="hp-soft" x="${MARGIN}" y="${MARGIN + 33}">${forXml(subtitle(view), 160)}</text>`,
    ...axes(frame, view),
    ...marksOf(frame, view),
    ...view.lines.map((line, i) => drawLine(frame, view, line, i)),
    ...directLabels(frame, view),
    ...drawPeak(frame, view),
    ...legend.map((row, i) => `<g transform="translate(${MARGIN} ${round(legendTop + i * ROW_HEIGHT)})">${row}</g>`),
    ...notes.map(
      (text, i) =>
        `<text class="hp-soft" x="${MARGIN}" y="${round(notesTop + 12 + i * 16)}">${forXml(text, 170)}</text>`,
    ),
    '</svg>\n',
  ].join('\n')
}

/** The plot in words. */
function plotDescription(view: SeriesView): string {
  return view.lines.map(line => lineSentence(view, line)).join(' ')
}

function lineSentence({unit}: SeriesView, {label, peak, trend}: SeriesLine): string {
  return `${label}: peak ${formatValue(peak.value, unit)} at ${timeText(peak.time)}; ${trendText({unit}, trend)}; ${trend.why}.`
}

/** `growing +4.2 MB/min`. */
function trendText({unit}: Pick<SeriesView, 'unit'>, {verdict, perMinute}: SeriesLine['trend']): string {
  if (perMinute === null) return `${verdict} to judge`
  return verdict === 'flat' ? verdict : `${verdict} ${formatSlope(perMinute, unit)}`
}

function subtitle({lines, from, to}: SeriesView): string {
  const files = new Set(lines.map(({recording}) => recording)).size
  const over = files > 1 ? ` of ${plural(files, 'recording')}, each from its own beginning` : ''
  return `${plural(lines.length, 'line')}${over}, ${timeText(from)} to ${timeText(to)}; dots and thin lines: the floor, what stays after collections; broad lines: its trend`
}

function placeX(frame: PlotFrame, time: number): number {
  return frame.left + ((time - frame.from) / (frame.to - frame.from)) * frame.width
}

function placeY(frame: PlotFrame, value: number): number {
  return frame.top + frame.height - (value / frame.most) * frame.height
}

function axes(frame: PlotFrame, view: SeriesView): string[] {
  const {left, top, width, height} = frame
  const bottom = top + height
  const parts = valueTicks(frame.most, view.unit).map(({at, text}: Tick) => {
    const y = round(placeY(frame, at))
    return `<path class="hp-grid" d="M${left} ${y}H${left + width}"/><text class="hp-soft hp-right" x="${left - 6}" y="${round(placeY(frame, at) + 4)}">${text}</text>`
  })
  for (const {at, text} of timeTicks(frame.from, frame.to)) {
    const x = round(placeX(frame, at))
    parts.push(
      `<path class="hp-axis" d="M${x} ${bottom}v5"/><text class="hp-soft hp-middle" x="${x}" y="${bottom + 18}">${text}</text>`,
    )
  }
  parts.push(`<path class="hp-axis" d="M${left} ${bottom}H${left + width}"/>`)
  return parts
}

function shownMarks(view: SeriesView): SeriesView['marks'] {
  return view.marks.filter(({time}) => time >= view.from && time <= view.to).slice(0, MAX_MARKS)
}

function marksOf(frame: PlotFrame, view: SeriesView): string[] {
  return shownMarks(view).map(({time, text}, i) => {
    const x = round(placeX(frame, time))
    const badge = `<circle class="hp-badge" cx="${x}" cy="${frame.top - 2}" r="${BADGE_HEIGHT / 2}"/><text class="hp-middle hp-strong" x="${x}" y="${frame.top + 2}">${i + 1}</text>`
    return `<g role="graphics-symbol" aria-label="${forXml(`${timeText(time)}: ${text}`, 200)}"><path class="hp-mark" d="M${x} ${frame.top + 6}V${frame.top + frame.height}"/>${badge}</g>`
  })
}

function drawLine(frame: PlotFrame, view: SeriesView, line: SeriesLine, i: number): string {
  const {times, values, floor, trend} = line
  const style = i % lightLines.length
  const x = (time: number) => round(placeX(frame, time))
  const y = (value: number) => round(placeY(frame, value))
  const visible = visiblePoints(times, values, time => Math.floor(placeX(frame, time)))
  const path = visible.map((at, n) => `${n === 0 ? 'M' : 'L'}${x(times[at])} ${y(values[at])}`).join('')
  const dash = dashes[style] === '' ? '' : ` stroke-dasharray="${dashes[style]}"`
  const shown = visiblePoints(floor.times, floor.values, time => Math.floor(placeX(frame, time)))
  const floorPath = shown.map((at, n) => `${n === 0 ? 'M' : 'L'}${x(floor.times[at])} ${y(floor.values[at])}`).join('')
  const dots =
    shown.length > MAX_DOTS
      ? []
      : shown.map(
          at => `<circle class="hp-dot hp-f${style}" cx="${x(floor.times[at])}" cy="${y(floor.values[at])}" r="2.2"/>`,
        )
  return [
    `<g role="graphics-symbol" aria-label="${forXml(lineSentence(view, line), 400)}"><title>${forXml(lineSentence(view, line), 400)}</title>`,
    ...(trend.perMinute === null || trend.verdict === 'flat' ? [] : [drawTrend(frame, line, style)]),
    // A lone point is no line to be seen.
    times.length === 1 ? `<circle class="hp-dot hp-f${style}" cx="${x(times[0])}" cy="${y(values[0])}" r="3"/>` : '',
    `<path class="hp-line hp-s${style}"${dash} d="${path}"/>`,
    ...(shown.length < 2 ? [] : [`<path class="hp-floor hp-s${style}" d="${floorPath}"/>`]),
    ...dots,
    '</g>',
  ]
    .filter(part => part !== '')
    .join('\n')
}

/** Cut where it would leave the frame. */
function drawTrend(frame: PlotFrame, {trend}: SeriesLine, style: number): string {
  const perSecond = (trend.perMinute ?? 0) / 60
  const ends = [trend.from, trend.to].map(time => {
    const value = Math.min(frame.most, Math.max(0, trend.startValue + perSecond * (time - trend.from)))
    return `${round(placeX(frame, time))} ${round(placeY(frame, value))}`
  })
  return `<path class="hp-trend hp-s${style}" d="M${ends.join('L')}"/>`
}

/** At the end of each line who it is; moved apart where they would cover each other. */
function directLabels(frame: PlotFrame, view: SeriesView): string[] {
  const {left, top, width, height} = frame
  const labels = view.lines
    .map((line, i) => ({line, i, at: placeY(frame, line.values[line.values.length - 1]), y: 0}))
    .sort((a, b) => a.at - b.at || a.i - b.i)
  let next = top
  for (const label of labels) {
    label.y = Math.max(label.at, next)
    next = label.y + MAX_LABEL_ROWS
  }
  // From below up, since the last may have been pushed out.
  let room = top + height
  for (const label of labels.toReversed()) {
    label.y = Math.min(label.y, room)
    room = label.y - MAX_LABEL_ROWS
  }
  const x = left + width + 22
  return labels.map(({line, i, at, y}) => {
    const style = i % lightLines.length
    const end = placeX(frame, line.times[line.times.length - 1])
    const leader = `<path class="hp-leader hp-s${style}" d="M${round(end + 1)} ${round(at)}L${round(x - 10)} ${round(y - 1)}H${x - 4}"/>`
    const name = `<text class="hp-strong" x="${x}" y="${round(y - 1)}">${forXml(fitted(line.label, LABEL_WIDTH - 24), 200)}</text>`
    const what = `<text class="hp-soft" x="${x}" y="${round(y + 11)}">${trendText(view, line.trend)}</text>`
    return `${leader}${name}${what}`
  })
}

/** The highest of all. */
function drawPeak(frame: PlotFrame, {lines, unit}: SeriesView): string[] {
  const highest = lines.reduce((most, line, i) => (line.peak.value > lines[most].peak.value ? i : most), 0)
  const line = lines[highest]
  if (line === undefined) return []
  const [x, y] = [placeX(frame, line.peak.time), placeY(frame, line.peak.value)]
  const text = `peak ${formatValue(line.peak.value, unit)}`
  const isRight = x + sansWidth(text, 11) > frame.left + frame.width
  const words = `<text class="hp-strong${isRight ? ' hp-right' : ''}" x="${round(isRight ? x - 4 : x + 4)}" y="${round(y - 8)}">${text}</text>`
  return [`<path class="hp-dot hp-f${highest % lightLines.length}" d="M${round(x)} ${round(y - 1)}l-4 -7h8z"/>${words}`]
}

/** A row a line: its look, who, its peak and its verdict with what that rests on. */
function legendRows(view: SeriesView, width: number): string[] {
  const names = view.lines.map(({label}) => fitted(label, 230))
  const column = names.reduce((widest, name) => Math.max(widest, sansWidth(name, 11)), 0) + 52
  return view.lines.map((line, i) => {
    const style = i % lightLines.length
    const dash = dashes[style] === '' ? '' : ` stroke-dasharray="${dashes[style]}"`
    const between =
      line.peakBetween === undefined ? '' : ` (${formatValue(line.peakBetween, view.unit)} between samples)`
    const peak = `peak ${formatValue(line.peak.value, view.unit)}${between}`
    const rest = `${peak}; ${trendText(view, line.trend)}: ${line.trend.why}`
    return `<path class="hp-line hp-s${style}"${dash} d="M0 8H32"/><text class="hp-strong" x="40" y="12">${forXml(names[i])}</text><text x="${round(column)}" y="12">${forXml(fitted(rest, width - 2 * MARGIN - column))}</text>`
  })
}

function notesOf(view: SeriesView): string[] {
  const inside = view.marks.filter(({time}) => time >= view.from && time <= view.to)
  const marks = shownMarks(view).map(({time, text}, i) => `${i + 1}: ${timeText(time)}  ${forTerminal(text, 140)}`)
  const more = inside.length > marks.length ? [`… ${plural(inside.length - marks.length, 'more mark')}`] : []
  return [...marks, ...more, ...view.notes.map(text => forTerminal(text, 160))]
}
