/** Plots: scales that people can read, nothing lost between pixels, and documents that no name can break. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {parse} from 'parse5'
import {toPlotHtml} from '../../../src/emit/page/plot-html.ts'
import {toPlotSvg} from '../../../src/emit/picture/plot.ts'
import {darkLines, dashes, lightLines} from '../../../src/emit/picture/plot-style.ts'
import {timeText, timeTicks, valueTicks, visiblePoints} from '../../../src/emit/text/plot-scale.ts'
import {plotJson, plotText} from '../../../src/emit/text/plot-text.ts'
import type {SeriesLine, SeriesView} from '../../../src/util/series.ts'
import {elementsOf, textOf} from '../html.ts'
import {elementsNamed, parseXml} from '../xml.ts'

const HOSTILE = `</title><script>alert(1)</script>"'\u001b[31m\u202e&`

function line(label: string, values: number[], index = 0): SeriesLine {
  const times = Float64Array.from(values, (_, i) => i)
  const most = values.indexOf(Math.max(...values))
  return {
    label,
    times,
    values: Float64Array.from(values),
    peak: {time: times[most], value: values[most]},
    floor: {
      times: times.filter((_, i) => i % 2 === 0),
      values: Float64Array.from(values.filter((_, i) => i % 2 === 0)),
    },
    floorIsExact: true,
    trend: {verdict: 'growing', perMinute: 6e6, from: 1, to: values.length - 1, startValue: 1e6, why: 'rose'},
    recording: index,
    isWorker: false,
    pid: 1,
    thread: 0,
  }
}

function view(lines: SeriesLine[], more: Partial<SeriesView> = {}): SeriesView {
  const to = Math.max(...lines.map(({times}) => times[times.length - 1]))
  return {title: 'heap of app.js', quantity: 'heap', unit: 'bytes', lines, marks: [], from: 0, to, notes: [], ...more}
}

test('ticks are round numbers in one unit, and hold all values', () => {
  assert.deepEqual(
    valueTicks(44e6, 'bytes').map(({text}) => text),
    ['0 MB', '10 MB', '20 MB', '30 MB', '40 MB', '50 MB'],
  )
  assert.deepEqual(
    valueTicks(1.9e9, 'bytes').map(({text}) => text),
    ['0 GB', '0.5 GB', '1 GB', '1.5 GB', '2 GB'],
  )
  assert.deepEqual(
    valueTicks(0, 'bytes').map(({at}) => at),
    [0, 1],
  )
  fc.assert(
    fc.property(fc.double({min: 0, max: 1e15, noNaN: true}), most => {
      const ticks = valueTicks(most, 'bytes')
      assert.ok(ticks.length >= 2 && ticks.length <= 12)
      assert.ok(ticks[ticks.length - 1].at >= most * (1 - 1e-9))
      assert.equal(new Set(ticks.map(({text}) => text)).size, ticks.length)
    }),
  )
})

test('times are told as clocks tell them', () => {
  assert.deepEqual(
    timeTicks(0, 20).map(({text}) => text),
    ['0 s', '5 s', '10 s', '15 s', '20 s'],
  )
  assert.deepEqual(
    timeTicks(0, 600)
      .map(({text}) => text)
      .slice(0, 3),
    ['0 min', '2 min', '4 min'],
  )
  assert.deepEqual(
    timeTicks(0, 7 * 86400)
      .map(({text}) => text)
      .slice(0, 3),
    ['0 d', '1 d', '2 d'],
  )
  assert.deepEqual(
    [timeText(12.34), timeText(150), timeText(3900, 60), timeText(8000, 300)],
    ['12.3 s', '2:30 min', '65 min', '2:13 h'],
  )
  fc.assert(
    fc.property(
      fc.double({min: 0, max: 1e7, noNaN: true}),
      fc.double({min: 0.5, max: 1e8, noNaN: true}),
      (from, length) => {
        const ticks = timeTicks(from, from + length)
        assert.ok(ticks.length <= 12, String(ticks.length))
        assert.ok(ticks.every(({at}) => at >= from - 1e-6 * length && at <= from + length * (1 + 1e-6)))
      },
    ),
  )
})

test('of all points in a pixel the lowest and the highest are drawn', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({min: 0, max: 1000}), {minLength: 1, maxLength: 400}), values => {
      const times = Float64Array.from(values, (_, i) => i)
      const column = (time: number) => Math.floor(time / 16)
      const kept = visiblePoints(times, Float64Array.from(values), column)
      for (let pixel = 0; pixel <= column(values.length - 1); pixel++) {
        const all = values.filter((_, i) => column(i) === pixel)
        const drawn = kept.filter(i => column(i) === pixel).map(i => values[i])
        assert.deepEqual([Math.min(...drawn), Math.max(...drawn)], [Math.min(...all), Math.max(...all)])
        assert.ok(drawn.length <= 4)
      }
      assert.deepEqual([kept[0], kept[kept.length - 1]], [0, values.length - 1])
    }),
  )
})

test('a picture says who, when and how much, in words too', () => {
  const svg = toPlotSvg(
    view([line('node app.js 7', [1e6, 5e6, 3e6, 9e6])], {marks: [{time: 2, text: 'snapshot base', recording: 0}]}),
  )
  const root = parseXml(svg)
  assert.equal(root.attributes.get('role'), 'graphics-document document')
  const texts = elementsNamed(root, 'text').map(({text}) => text)
  for (const text of [
    'heap of app.js',
    'node app.js 7',
    'growing +6.0 MB/min',
    'peak 9.0 MB',
    '10 MB',
    '3 s',
    '1: 2 s  snapshot base',
  ]) {
    assert.ok(texts.includes(text), text)
  }
  assert.match(
    elementsNamed(root, 'desc')[0].text,
    /node app\.js 7: peak 9\.0 MB at 3 s; growing \+6\.0 MB\/min; rose\./,
  )
  assert.equal(
    svg,
    toPlotSvg(
      view([line('node app.js 7', [1e6, 5e6, 3e6, 9e6])], {marks: [{time: 2, text: 'snapshot base', recording: 0}]}),
    ),
  )
})

test('no name can break a picture, a page, a table or JSON', () => {
  const hostile = view([line(HOSTILE, [1e6, 2e6, 1e6])], {
    title: HOSTILE,
    notes: [HOSTILE],
    marks: [{time: 1, text: HOSTILE, recording: 0}],
  })
  const svg = toPlotSvg(hostile)
  const root = parseXml(svg)
  assert.deepEqual(elementsNamed(root, 'script'), [])
  assert.ok(elementsNamed(root, 'text').some(({text}) => text.includes('<script>')))
  assert.doesNotMatch(svg + plotText(hostile) + plotJson(hostile) + toPlotHtml(hostile), /[\u001b\u202e]/)
  assert.equal(JSON.parse(plotJson(hostile)).lines[0].label, HOSTILE)
  const page = parse(toPlotHtml(hostile))
  const scripts = elementsOf(page).filter(({name}) => name === 'script')
  assert.deepEqual(
    scripts.map(({attributes}) => attributes.get('type') ?? ''),
    ['application/json', ''],
  )
  assert.equal(JSON.parse(textOf(scripts[0].node)).lines[0].label.includes('<script>alert(1)</script>'), true)
  // The page's policy lets one style sheet in: the picture must bring none.
  assert.equal(elementsOf(page).filter(({name}) => name === 'style').length, 1)
})

test('one point, no time and no memory make a picture, too', () => {
  for (const values of [[5e6], [0, 0, 0], [1]]) {
    const svg = toPlotSvg(view([line('a', values)]))
    assert.doesNotMatch(svg, /NaN|Infinity/)
    parseXml(svg)
  }
})

test('a million points take no more room than there are pixels', () => {
  const svg = toPlotSvg(
    view([
      line(
        'a',
        Array.from({length: 1e5}, (_, i) => (i * 7919) % 1000003),
      ),
    ]),
  )
  assert.ok(svg.length < 200_000, String(svg.length))
  assert.ok(
    toPlotHtml(
      view([
        line(
          'a',
          Array.from({length: 1e5}, (_, i) => i % 977),
        ),
      ]),
    ).length < 400_000,
  )
})

test('lines have 3:1 to their page, and each has a dash of its own', () => {
  const luminance = (color: string) =>
    [1, 3, 5]
      .map(at => Number.parseInt(color.slice(at, at + 2), 16) / 255)
      .map(value => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0)
  const contrast = (a: string, b: string) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
    return (high + 0.05) / (low + 0.05)
  }
  for (const color of lightLines) assert.ok(contrast(color, '#FFFFFF') >= 3, color)
  for (const color of darkLines) assert.ok(contrast(color, '#14181D') >= 3, color)
  assert.deepEqual([new Set(dashes).size, lightLines.length, darkLines.length], [8, 8, 8])
})
