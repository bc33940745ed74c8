/** The script of HTML files with a plot: what each line was at the moment below the pointer, or where the arrow keys have gone. */

interface PlotData {
  frame: {left: number; top: number; width: number; height: number; from: number; to: number}
  unit: 'bytes' | 'ms'
  lines: {label: string; times: number[]; values: number[]}[]
}

const data = JSON.parse(document.getElementById('data')!.textContent!) as PlotData
const plot = document.querySelector<SVGSVGElement>('svg.hp')!
const table = document.querySelector('#values')!
const when = document.querySelector('#when')!
const {frame} = data
const rule = document.createElementNS('http://www.w3.org/2000/svg', 'path')
rule.setAttribute('class', 'hp-rule')
plot.append(rule)
const cells = data.lines.map(({label}) => {
  const row = document.createElement('tr')
  const [name, value] = [document.createElement('th'), document.createElement('td')]
  name.textContent = label
  name.scope = 'row'
  row.append(name, value)
  table.append(row)
  return value
})

let share = 1

function show(): void {
  const time = frame.from + share * (frame.to - frame.from)
  rule.setAttribute('d', `M${frame.left + share * frame.width} ${frame.top}v${frame.height}`)
  when.textContent = `${Number(time.toFixed(2))} s`
  for (const [i, {times, values}] of data.lines.entries()) cells[i].textContent = valueAt(times, values, time)
}

/** The last sample before; nothing before a process began and after it ended. */
function valueAt(times: number[], values: number[], time: number): string {
  const slack = (frame.to - frame.from) / 200
  if (times.length === 0 || time < times[0] - slack || time > times[times.length - 1] + slack) return '–'
  let [low, high] = [0, times.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (times[middle] <= time) low = middle
    else high = middle - 1
  }
  return worded(values[low])
}

function worded(value: number): string {
  if (data.unit === 'ms') return `${Math.round(value)} ms`
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)))
  return `${(value / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`
}

plot.addEventListener('pointermove', event => {
  const box = plot.getBoundingClientRect()
  const x = ((event.clientX - box.left) / box.width) * plot.viewBox.baseVal.width
  share = Math.min(1, Math.max(0, (x - frame.left) / frame.width))
  show()
})

const steps: Record<string, number> = {
  ArrowLeft: -0.01,
  ArrowRight: 0.01,
  PageDown: -0.1,
  PageUp: 0.1,
  Home: -1,
  End: 1,
}

plot.addEventListener('keydown', event => {
  const step = steps[event.key]
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  share = Math.min(1, Math.max(0, share + (event.shiftKey ? 5 * step : step)))
  show()
})

plot.setAttribute('tabindex', '0')
show()
