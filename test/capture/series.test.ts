/** Recordings read back and judged: planted truth, broken lines, other people's files, more samples than memory may hold. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  nameOfCommandLine,
  parsePowerShell,
  parsePs,
  parseStatus,
  treeOf,
} from '../../src/capture/record/record-processes.ts'
import {parseLine} from '../../src/capture/record/series-lines.ts'
import {PointCollector} from '../../src/capture/record/series-points.ts'
import {readRecording} from '../../src/capture/record/series-read.ts'
import {floorOf, medianSlope, trendOf, trendOfFloors} from '../../src/capture/record/series-trend.ts'
import {seriesView} from '../../src/capture/record/series-view.ts'
import type {Points} from '../../src/util/series.ts'

const HEAD =
  '{"type":"recording","format":1,"time":"2026-01-01T00:00:00.000Z","interval":0.1,"platform":"linux","command":"node"}'

function bytes(...lines: string[]): Uint8Array {
  return Buffer.from(lines.map(line => `${line}\n`).join(''))
}

function points(count: number, valueAt: (t: number) => number, step = 0.1): Points {
  const times = Float64Array.from({length: count}, (_, i) => i * step)
  return {times, values: times.map(valueAt)}
}

const none = points(0, () => 0)
const MB = 1e6

test('a leak under a sawtooth is growing, by its own slope', () => {
  const leak = points(600, t => 20 * MB + 0.2 * MB * t + ((t * 10) % 17) * MB)
  const {trend, isExact} = floorOf(leak, none, 'bytes', false)
  assert.equal(isExact, false)
  assert.equal(trend.verdict, 'growing')
  assert.ok(Math.abs(trend.perMinute! / MB - 12) < 2, String(trend.perMinute))
})

test('a sawtooth alone is flat, and so is one that falls', () => {
  assert.equal(
    floorOf(
      points(600, t => 20 * MB + ((t * 10) % 17) * MB),
      none,
      'bytes',
      true,
    ).trend.verdict,
    'flat',
  )
  assert.equal(
    floorOf(
      points(600, t => 80 * MB - t * MB),
      none,
      'bytes',
      true,
    ).trend.verdict,
    'flat',
  )
})

test('a cache that fills up is saturating', () => {
  const cache = points(600, t => 20 * MB + 50 * MB * (1 - Math.exp(-t / 10)))
  assert.equal(floorOf(cache, none, 'bytes', false).trend.verdict, 'saturating')
})

test('what full collections leave decides, not what grows between them', () => {
  // One long ramp of garbage after the other.
  const ramps = points(600, t => 20 * MB + (t % 29) * 3 * MB)
  const after = points(8, () => 20 * MB, 7)
  const {trend, isExact} = floorOf(ramps, after, 'bytes', true)
  assert.deepEqual([trend.verdict, isExact], ['flat', true])
  assert.match(trend.why, /full collections/)
  // Three are too few for a slope, and enough to know that nothing stayed.
  const steep = points(600, t => 20 * MB + t * MB)
  const few = {times: Float64Array.of(15, 30, 55), values: Float64Array.of(20 * MB, 20 * MB, 20 * MB)}
  assert.equal(floorOf(steep, few, 'bytes', true).trend.verdict, 'flat')
  const unseen = floorOf(steep, none, 'bytes', true).trend
  assert.equal(unseen.verdict, 'growing')
  assert.match(unseen.why, /with no full collection, some may be garbage/)
})

test('a short time is not judged', () => {
  const trend = trendOf(
    points(20, t => t * MB),
    false,
  )
  assert.deepEqual([trend.verdict, trend.perMinute], ['too short', null])
  assert.equal(trendOf(none, false).verdict, 'too short')
})

test('the median of slopes is not bent by a few odd points', () => {
  const odd = points(50, t => 5 * t)
  odd.values[7] = 1e9
  odd.values[31] = -1e9
  assert.ok(Math.abs(medianSlope(odd) - 5) < 1e-6)
  assert.equal(medianSlope(none), 0)
})

test('six million points stay few, with both extremes where they were', () => {
  const collector = new PointCollector()
  for (let i = 0; i < 6e6; i++) collector.add(i / 10, i === 3_456_789 ? 9e9 : i === 12_345 ? 1 : 1e6 + (i % 1000))
  const {times, values} = collector.points()
  assert.ok(times.length <= 1 << 15)
  assert.ok(times.length >= 1 << 13)
  assert.equal(times[values.indexOf(9e9)], 345_678.9)
  assert.equal(times[values.indexOf(1)], 1234.5)
  assert.ok(times.every((time, i) => i === 0 || times[i - 1] <= time))
})

test('points that came late are put in order', () => {
  const collector = new PointCollector()
  for (const t of [3, 1, 2]) collector.add(t, t * 10)
  assert.deepEqual([...collector.points().values], [10, 20, 30])
})

test('a recording is read: processes, workers, collections, marks, what is missing', async () => {
  const file = bytes(
    HEAD,
    '{"type":"process","t":0,"pid":7,"ppid":1,"name":"node a.js"}',
    '{"type":"thread","t":0,"pid":7,"thread":0,"name":"a.js","node":"v20.0.0"}',
    '{"type":"thread","t":0,"pid":7,"thread":1,"name":"","node":"v20.0.0"}',
    '{"type":"sample","t":0.5,"pid":7,"thread":0,"rss":5000,"heapUsed":100}',
    '{"type":"sample","t":0.5,"pid":7,"thread":1,"heapUsed":50}',
    '{"type":"gc","t":0.6,"pid":7,"thread":0,"heapUsed":60}',
    '{"type":"mark","t":0.7,"text":"snapshot"}',
    '{"type":"something new","t":0.7}',
    '{"type":"lost","t":3,"from":1}',
    '{"type":"end","t":4,"pid":7,"peakRss":9000}',
    '{"type":"finish","t":4,"code":0}',
  )
  const heap = await readRecording(file, {metric: 'heapUsed'})
  assert.deepEqual(
    heap.threads.map(({pid, thread, name, points: of, afterGc}) => [pid, thread, name, of.length, afterGc.length]),
    [
      [7, 0, 'node a.js', 1, 1],
      [7, 1, 'worker', 1, 0],
    ],
  )
  assert.equal(heap.isFinished, true)
  assert.deepEqual(heap.marks, [{time: 0.7, text: 'snapshot', recording: 0}])
  assert.deepEqual(heap.notes, ['snapshot: 2.0 s are missing: the disk was full'])
  const view = seriesView([await readRecording(file, {metric: 'rss'})])
  assert.deepEqual(
    [view.lines[0].label, view.lines[0].peak.value, view.lines[0].peakBetween],
    ['node a.js 7', 5000, 9000],
  )
  assert.deepEqual([view.from, view.to], [0, 0.7], 'a mark after the last sample is in it')
  const later = await readRecording(file, {metric: 'heapUsed', from: 0.55})
  assert.deepEqual([later.threads.length, later.marks.length], [0, 1])
})

test('broken lines are counted, half a last line is nothing to speak of', async () => {
  const good = '{"type":"sample","t":1,"pid":7,"rss":5}'
  const broken = [
    'nonsense',
    '[1]',
    '{"type":"sample","t":-1,"pid":7,"rss":5}',
    '{"type":"sample","t":1,"pid":7.5,"rss":5}',
    '{"type":"mark","t":1,"text":5}',
  ]
  for (const line of broken) assert.equal(parseLine(line), undefined, line)
  const told = await readRecording(bytes(HEAD, good, ...broken, good), {metric: 'rss'})
  assert.equal(told.threads[0].points.length, 2)
  assert.match(told.notes[0], /5 of 8 lines cannot be read; the first is line 3/)
  assert.match(told.notes[1], /is incomplete: its recorder was killed/)
  const half = Buffer.concat([bytes(HEAD, good), Buffer.from('{"type":"sam')])
  const cut = await readRecording(half, {metric: 'rss'})
  assert.deepEqual([cut.threads[0].points.length, cut.notes.length], [1, 1])
})

test('what is no recording is refused in one sentence', async () => {
  for (const text of ['', 'hello\n', '{"snapshot":{}}\n', 'x'.repeat(1 << 20)]) {
    await assert.rejects(readRecording(Buffer.from(text), {metric: 'rss'}), /not a recording of memory/)
  }
  const newer = bytes(HEAD.replace('"format":1', '"format":2'))
  await assert.rejects(readRecording(newer, {metric: 'rss'}), /a recording of another format/)
})

test('a recording of more processes than can be shown says how many are not', async () => {
  const lines = Array.from({length: 600}, (_, i) => `{"type":"sample","t":1,"pid":${i + 1},"rss":${i + 1}}`)
  const recording = await readRecording(bytes(HEAD, ...lines), {metric: 'rss'})
  assert.equal(recording.threads.length, 500)
  assert.match(recording.notes[0], /100 samples are of processes or threads beyond the first 500/)
  const view = seriesView([recording])
  assert.deepEqual([view.lines.length, view.lines[7].peak.value], [8, 500])
  assert.ok(view.notes.includes('492 smaller processes or threads not shown'))
})

test("memory_profiler's files are read", async () => {
  const file = bytes(
    'CMDLINE /usr/bin/python3 app.py',
    'MEM 10.0 1700000000.0',
    'CHLD 4242 5.5 1700000000.1',
    'MEM 12.0 1700000001.0',
    'FUNC __main__.work 10.0 1700000000.2 12.0 1700000000.9 0',
    'MEM what 1',
  )
  const {threads, marks, command, notes} = await readRecording(file, {metric: 'rss'})
  assert.equal(command, 'python3')
  assert.deepEqual(
    threads.map(({pid, name, points: of}) => [pid, name, [...of.points().values], [...of.points().times]]),
    [
      [0, 'python3', [10 * 2 ** 20, 12 * 2 ** 20], [0, 1]],
      [4242, 'child', [5.5 * 2 ** 20], [0.1]],
    ],
  )
  assert.deepEqual(
    marks.map(({time, text}) => [time, text]),
    [
      [0.2, '__main__.work begins'],
      [0.9, '__main__.work ends'],
    ],
  )
  assert.match(notes[0], /1 of 6 lines cannot be read; the first is line 6/)
})

test('ps is read, as macOS and FreeBSD write it', () => {
  const mac =
    '    1     0  10516 /sbin/launchd\n  812     1 104448 /Applications/Google Chrome.app/Contents/MacOS/Google Chrome\n 9001   812   2048 node\n'
  assert.deepEqual(parsePs(mac), [
    {pid: 1, ppid: 0, rssBytes: 10516 * 1024, name: 'launchd'},
    {pid: 812, ppid: 1, rssBytes: 104448 * 1024, name: 'Google Chrome'},
    {pid: 9001, ppid: 812, rssBytes: 2048 * 1024, name: 'node'},
  ])
  assert.deepEqual(parsePs(''), [])
})

test('PowerShell is read, with its line ends', () => {
  const text = '0 0 8192 12 System Idle Process\r\n4711 4 52428800 61440 node.exe\r\n'
  assert.deepEqual(parsePowerShell(text), [
    {pid: 0, ppid: 0, rssBytes: 8192, peakRssBytes: 12 * 1024, name: 'System Idle Process'},
    {pid: 4711, ppid: 4, rssBytes: 52428800, peakRssBytes: 61440 * 1024, name: 'node'},
  ])
})

test('/proc is read; a zombie is no more', () => {
  const living = 'Name:\tnode\nState:\tS (sleeping)\nPid:\t12\nPPid:\t3\nVmHWM:\t    2000 kB\nVmRSS:\t    1000 kB\n'
  assert.deepEqual(parseStatus(living), {pid: 12, ppid: 3, rssBytes: 1024000, peakRssBytes: 2048000, name: 'node'})
  assert.equal(parseStatus('Name:\tnode\nState:\tZ (zombie)\nPid:\t12\nPPid:\t3\n'), undefined)
  assert.equal(parseStatus(undefined), undefined)
})

test('of a command line no more is kept than the program and its script', () => {
  assert.equal(nameOfCommandLine('/usr/bin/node\0/srv/app.js\0--token=secret\0'), 'node app.js')
  assert.equal(nameOfCommandLine('/usr/bin/curl\0https://user:secret@example.org/a.js\0'), 'curl')
  assert.equal(nameOfCommandLine('psql\0password=a.b\0'), 'psql')
  assert.equal(nameOfCommandLine(''), undefined)
})

test('a tree has what is below its root, and those that have lost their parents', () => {
  const row = (pid: number, ppid: number, rssBytes = 1) => ({pid, ppid, rssBytes, name: ''})
  const all = [row(1, 0), row(5, 1), row(6, 5), row(7, 6), row(8, 1), row(9, 8), row(10, 5, 0)]
  assert.deepEqual(
    treeOf(all, 5, new Set()).map(({pid}) => pid),
    [5, 6, 7],
  )
  assert.deepEqual(
    treeOf(all, 5, new Set([6, 8])).map(({pid}) => pid),
    [5, 6, 8, 7, 9],
  )
  // Numbers that refer to each other end nothing.
  assert.equal(treeOf([row(2, 3), row(3, 2)], 2, new Set()).length, 2)
})

test('what was left at three snapshots is judged by itself', () => {
  const at = (...values: number[]) => ({
    times: Float64Array.of(10, 20, 30),
    values: Float64Array.from(values, value => value * MB),
  })
  const cases: [values: [number, number, number], options: Parameters<typeof trendOfFloors>[1], verdict: string][] = [
    [[20, 30, 40], {}, 'growing'],
    [[20, 38, 40], {}, 'saturating'],
    [[9.9, 9.9, 10.1], {}, 'flat'],
    [[9.9, 10.0, 10.1], {}, 'flat'],
    [[9.9, 10.0, 10.1], {isLeaking: true}, 'growing'],
    [[9.9, 10.0, 9.8], {isLeaking: true}, 'flat'],
    // What was on its way at the second is gone at the third.
    [[20, 40, 20.1], {}, 'flat'],
    [[100, 145, 150], {isResident: true}, 'saturating'],
    [[100, 105, 109], {isResident: true, isLeaking: true}, 'flat'],
    [[100, 130, 160], {isResident: true}, 'growing'],
  ]
  for (const [values, options, verdict] of cases) {
    const trend = trendOfFloors(at(...values), options)
    assert.equal(trend.verdict, verdict, `${values}: ${trend.why}`)
    assert.ok(Math.abs((trend.perMinute ?? 0) - (values[2] - values[0]) * 3 * MB) < 1)
  }
})
