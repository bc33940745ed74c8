/** The report of a walk: no name, line of a log or command can become anything else than text in it. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {type DoctorView, doctorMarkdown, doctorText} from '../../../src/emit/text/doctor.ts'
import type {LeaksView} from '../../../src/graph/views/leaks-view.ts'
import {hostileNames} from '../hostile.ts'

function leaks(name: string): LeaksView {
  return {
    snapshots: [1, 2, 3].map(i => ({name, nodeCount: i, heapBytes: i * 1e6})),
    agreement: {sameProcess: true, common: 10, agreeing: 10, text: 'same process'} as unknown as LeaksView['agreement'],
    rows: [
      {
        kind: 'cache without limit',
        holder: name,
        place: name,
        made: [{type: name, place: name}],
        allocated: [],
        codeLines: [{line: 7, text: name}],
        code: 'application',
        count: 3,
        selfBytes: 300,
        offHeapBytes: 0,
        retainedBytes: 300,
        retainedOffHeapBytes: 0,
        types: [{type: name, count: 3}],
        exampleId: 7,
        path: name,
        verdict: name,
        cuts: [name],
        note: '',
        advice: name,
        unmounted: [{name, place: name, count: 3}],
        role: name,
        hook: name,
        fingerprint: 'byId in src/cache.js',
        also: [],
        confidence: 'high',
        counts: [1, 2, 3],
        trend: 'grew every step',
      },
    ],
    known: [],
    total: {rows: 1, count: 3, selfBytes: 300},
    limits: [name],
  }
}

function view(name: string): DoctorView {
  const points = {times: Float64Array.of(0, 1), values: Float64Array.of(1e6, 2e6)}
  return {
    command: `node ${name}`,
    load: name,
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 12,
    folder: name,
    heap: {name, of: 2},
    snapshots: [{file: 'base.heapsnapshot', bytes: 5e6, seconds: 3}],
    problem: name,
    lastWords: [name],
    memory: [
      {
        title: name,
        quantity: 'heap',
        unit: 'bytes',
        lines: [
          {
            ...points,
            label: name,
            peak: {time: 1, value: 2e6},
            floor: points,
            floorIsExact: true,
            trend: {verdict: 'growing', perMinute: 1e6, from: 0, to: 1, startValue: 1e6, why: name},
            recording: 0,
            isWorker: false,
            pid: 1,
            thread: 0,
          },
        ],
        marks: [],
        from: 0,
        to: 1,
        notes: [name],
      },
    ],
    peakRssBytes: 3e6,
    leaks: leaks(name),
    proof: undefined,
    files: [{file: 'report.md', what: 'this report'}],
    notes: [name],
    next: [`heapgraph types ${name}`],
  }
}

/** Everything that is no code: neither in a span nor a line set in. */
function proseOf(markdown: string): string {
  return markdown
    .split('\n')
    .filter(line => !line.startsWith('    '))
    .join('\n')
    .replace(/(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g, '')
}

test('hostile names stay what they are, and on their lines', () => {
  const plain = doctorMarkdown(view('plain'))
  const plainText = doctorText(view('plain'))
  const unsafe = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u
  for (const name of hostileNames.filter(name => name.trim() !== '')) {
    const [markdown, text] = [doctorMarkdown(view(name)), doctorText(view(name))]
    const told = JSON.stringify(name)
    assert.equal(markdown.split('\n').length, plain.split('\n').length, told)
    assert.equal(text.split('\n').length, plainText.split('\n').length, told)
    assert.doesNotMatch(markdown.replaceAll('\n', ''), unsafe, told)
    assert.doesNotMatch(text.replaceAll('\n', ''), unsafe, told)
    assert.doesNotMatch(proseOf(markdown), /<(?!!-- -->)/, told)
  }
})

test('what is not there is said', () => {
  const {leaks: _, heap: __, ...rest} = view('app')
  const broken = doctorMarkdown({...rest, heap: undefined, leaks: undefined, memory: [], snapshots: [], files: []})
  assert.match(broken, /^# No verdict$/m)
  assert.match(broken, /^Nothing was recorded\.$/m)
  assert.match(broken, /^Two snapshots are needed to say what leaks; there is none\.$/m)
  assert.doesNotMatch(broken, /!\[/)
})
