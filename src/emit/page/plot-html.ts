/** A plot as a page: the same picture, and the values at any moment, by pointer or arrow keys. */
import type {SeriesView} from '../../util/series.ts'
import {type PlotOptions, plotFrame, toPlotSvg} from '../picture/plot.ts'
import {forTerminal} from '../safe/clean.ts'
import {visiblePoints} from '../text/plot-scale.ts'
import type {PlotPageData} from './page-data.ts'
import {picturePage} from './picture-page.ts'
import {script} from './plot-script.ts'

const MAX_LABEL_WIDTH = 120

/** `bare`: without script and style sheet, for a page that has them. */
export function toPlotHtml(view: SeriesView, options: PlotOptions = {}): string {
  const frame = plotFrame(view, options)
  const column = (time: number) => Math.floor(((time - frame.from) / (frame.to - frame.from)) * frame.width)
  const lines = view.lines.map(({label, times, values}) => {
    const visible = visiblePoints(times, values, column)
    return {
      label: forTerminal(label, MAX_LABEL_WIDTH),
      times: visible.map(at => times[at]),
      values: visible.map(at => values[at]),
    }
  })
  return picturePage({
    kind: 'plot',
    title: view.title,
    lines: [],
    main: [
      `<div id="plot">${toPlotSvg(view, {...options, bare: true})}</div>`,
      '<table id="moment" aria-label="values at the moment chosen"><thead><tr><th scope="col">at</th><td id="when" aria-live="polite"></td></tr></thead><tbody id="values"></tbody></table>',
    ].join('\n'),
    legend: [],
    notes: [
      'The values are those below the pointer; ← and → move as well once the plot has the focus, with Shift in larger steps.',
    ],
    script,
    data: {frame, unit: view.unit, lines} satisfies PlotPageData,
    ...options,
  })
}
