/** A plot as a page: the same picture, and the values at any moment, by pointer or arrow keys. */
import type {SeriesView} from '../../util/series.ts'
import {SANS_FAMILY} from '../picture/font.ts'
import {type PlotOptions, plotFrame, toPlotSvg} from '../picture/plot.ts'
import {plotStyle} from '../picture/plot-style.ts'
import {forTerminal, forXml} from '../safe/clean.ts'
import {visiblePoints} from '../text/plot-scale.ts'
import {htmlPage} from './html-page.ts'
import {script} from './plot-script.ts'

export function toPlotHtml(view: SeriesView, options: PlotOptions = {}): string {
  const frame = plotFrame(view, options)
  const column = (time: number) => Math.floor(((time - frame.from) / (frame.to - frame.from)) * frame.width)
  const lines = view.lines.map(({label, times, values}) => {
    const visible = visiblePoints(times, values, column)
    return {
      label: forTerminal(label, 120),
      times: visible.map(at => times[at]),
      values: visible.map(at => values[at]),
    }
  })
  const picture = toPlotSvg(view, {...options, bare: true})
  const values = [
    '<table aria-label="values at the moment chosen"><thead><tr><th scope="col">at</th><td id="when" aria-live="polite"></td></tr></thead><tbody id="values"></tbody></table>',
    `<p>The values are those below the pointer; ${forXml('←')} and ${forXml('→')} move as well once the plot has the focus, with Shift in larger steps.</p>`,
  ].join('\n')
  return htmlPage({
    title: view.title,
    style: `${plotStyle(options.theme ?? 'auto')}${pageStyle}`,
    script,
    data: {frame, unit: view.unit, lines},
    body: `<main class="hp-body">\n${picture}${values}\n</main>`,
  })
}

const pageStyle = `
:root{color-scheme:light dark}
body{margin:0;font:13px ${SANS_FAMILY}}
.hp-body{max-width:1100px;margin:0 auto;padding:8px}
svg.hp{width:100%;height:auto;cursor:crosshair}
svg.hp:focus-visible{outline:2px solid;outline-offset:-2px}
.hp-rule{stroke:currentColor;stroke-width:1;fill:none}
table{border-collapse:collapse;margin:0 16px}
th{text-align:left;font-weight:normal;padding:2px 16px 2px 0}
td{text-align:right;font-variant-numeric:tabular-nums;padding:2px 0;min-width:6em}
p{margin:8px 16px;opacity:.75}
`
