/** A plot to look around in: what each line was at the moment below the pointer, or where the arrow keys have gone. */
import type {PlotPageData} from '../../src/emit/page/page-data.ts'
import {element} from '../host.ts'

const steps: Record<string, number> = {
  ArrowLeft: -0.01,
  ArrowRight: 0.01,
  PageDown: -0.1,
  PageUp: 0.1,
  Home: -1,
  End: 1,
}

/** Brings a plot that is in `root` to life: all that listens goes with it. */
export function mountPlot(root: HTMLElement, data: PlotPageData): void {
  const {frame, lines} = data
  const plot = root.querySelector('#plot svg') as SVGSVGElement
  const when = root.querySelector('#when') as HTMLElement
  const rule = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  rule.setAttribute('class', 'hp-rule')
  plot.append(rule)
  const cells = lines.map(() => element('td'))
  const rows = lines.map(({label}, i) => element('tr', {}, element('th', {scope: 'row'}, label), cells[i]))
  root.querySelector('#values')?.replaceChildren(...rows)
  let share = 1
  const show = () => {
    const time = frame.from + share * (frame.to - frame.from)
    rule.setAttribute('d', `M${frame.left + share * frame.width} ${frame.top}v${frame.height}`)
    when.textContent = `${Number(time.toFixed(2))} s`
    for (const [i, line] of lines.entries()) cells[i].textContent = valueAt(line, data, time)
  }
  const moveTo = (wanted: number) => {
    share = Math.min(1, Math.max(0, wanted))
    show()
  }
  plot.addEventListener('pointermove', event => {
    const box = plot.getBoundingClientRect()
    const x = ((event.clientX - box.left) / box.width) * plot.viewBox.baseVal.width
    moveTo((x - frame.left) / frame.width)
  })
  plot.addEventListener('keydown', event => {
    const step = steps[event.key]
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    moveTo(share + (event.shiftKey ? 5 * step : step))
  })
  plot.setAttribute('tabindex', '0')
  show()
}

/** The last sample before; nothing before a process began and after it ended. */
function valueAt({times, values}: PlotPageData['lines'][number], {frame, unit}: PlotPageData, time: number): string {
  const slack = (frame.to - frame.from) / 200
  if (times.length === 0 || time < times[0] - slack || time > times[times.length - 1] + slack) return '–'
  let [low, high] = [0, times.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (times[middle] <= time) low = middle
    else high = middle - 1
  }
  return worded(values[low], unit)
}

function worded(value: number, unit: PlotPageData['unit']): string {
  if (unit === 'ms') return `${Math.round(value)} ms`
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)))
  return `${(value / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`
}
