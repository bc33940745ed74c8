/** What `doctor` found: a short answer for a terminal, and the report of its folder as Markdown. */
import type {LeakView} from '../../graph/views/leak-row.ts'
import type {LeaksView} from '../../graph/views/leaks-view.ts'
import type {ProofView} from '../../graph/views/proof-view.ts'
import {formatSlope, formatValue, type SeriesLine, type SeriesView} from '../../util/series.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {forMarkdown, forMarkdownCode, forTerminal} from '../safe/clean.ts'
import {codeLines, placeOfCode} from '../safe/code-lines.ts'
import {madeByText} from '../safe/made-by.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {history} from '../safe/wording.ts'
import {leakLines, markdownNotes, markdownTable} from './growth-markdown.ts'
import {heldText, leaksHeadline} from './leaks.ts'
import {timeText} from './plot-scale.ts'

export interface DoctorView {
  /** Program and arguments, as for a shell. */
  command: string
  /** The load's command line; undefined if there was none. */
  load: string | undefined
  /** ISO 8601. */
  startedAt: string
  seconds: number
  folder: string
  /** Which heap the snapshots are of, and of how many; undefined if it did not come to that. */
  heap: {name: string; of: number} | undefined
  snapshots: {file: string; bytes: number; seconds: number}[]
  /** Why it came to an early end. */
  problem: string | undefined
  /** The last lines of what has more to say about that. */
  lastWords: string[]
  /** Of one recording, by metric: the heap used if it was recorded, what is resident. Judged from the first snapshot on. */
  memory: SeriesView[]
  /** The most that all processes had resident at one look. */
  peakRssBytes: number
  /** Of two snapshots at least. */
  leaks: LeaksView | undefined
  /** What came of the first leak's cut in the living program; undefined if it was not asked for, or not possible. */
  proof: ProofView | undefined
  /** What is in the folder, and what it is. */
  files: {file: string; what: string}[]
  /** What is not there, in sentences. */
  notes: string[]
  /** Command lines. */
  next: string[]
}

export const WIDEST = 400
/** Lines of the short answer for leaks. */
export const LEAKS_TOLD = 5
/** Processes told of in the short answer. */
const LINES_TOLD = 4

/** A few lines: what memory did, what leaks, where all of it is. */
export function doctorText(view: DoctorView, paint: Paint = plainPaint): string {
  const {memory, peakRssBytes, leaks, folder, problem, files} = view
  const rows: [title: string, text: string][] = []
  const [main] = memory
  if (main !== undefined) {
    for (const line of main.lines.slice(0, LINES_TOLD)) {
      rows.push(['', `${forTerminal(line.label, 60)}, ${main.quantity}: ${lineText(line)}`])
    }
    if (main.lines.length > LINES_TOLD) rows.push(['', `${main.lines.length - LINES_TOLD} more in the report`])
    rows.push(['', `at most ${formatBytes(peakRssBytes)} resident in all`])
    rows[0][0] = 'memory'
  }
  if (leaks !== undefined) {
    rows.push(['heap', `${heapsText(leaks)} in the snapshots`], ['leaks', paint.strong(leaksHeadline(leaks))])
    for (const [i, row] of leaks.rows.slice(0, LEAKS_TOLD).entries()) rows.push(...leakRows(row, i + 1, paint))
    if (leaks.rows.length > LEAKS_TOLD) rows.push(['', `${leaks.rows.length - LEAKS_TOLD} more in the report`])
  }
  if (view.proof !== undefined) rows.push(['proof', proofLine(view.proof, paint)])
  if (problem !== undefined) rows.push(['ended', forTerminal(problem, WIDEST)])
  rows.push(['folder', `${forTerminal(folder)}: ${files.map(({file}) => file).join(', ')}`])
  return rows.map(([title, text]) => `${paint.dim(title.padEnd(6))}  ${text}\n`).join('')
}

/** `growing, +12.3 MB/min, at most 88 MB`. */
function lineText({trend, peak, peakBetween}: SeriesLine): string {
  const slope = trend.perMinute === null ? ' to judge,' : `, ${formatSlope(trend.perMinute, 'bytes')},`
  return `${trend.verdict}${slope} at most ${formatBytes(Math.max(peak.value, peakBetween ?? 0))}`
}

export function leakRows(row: LeakView, number: number, paint: Paint) {
  const {made, codeLines: code, kind, confidence, counts, retainedBytes, hook, advice} = row
  const rows: [string, string][] = [
    ['', `${number}. ${heldText(row, paint)}: ${paint.mark(kind)}, ${confidence} confidence`],
    ['', `   ${history(counts)} there, retained ${formatBytes(retainedBytes)}`],
    ...(row.allocated.length > 0 ? [['', `   ${madeByText(row, paint)}`] as [string, string]] : []),
    ...(row.allocated.length > 0 ? [] : made).map(({type, place}): [string, string] => [
      '',
      `   the application makes ${forTerminal(type, 80)} (${paint.place(forTerminal(place, 80), place)})`,
    ]),
    ...codeLines(code, placeOfCode(row), '   ', paint).map((line): [string, string] => ['', line]),
    ...(hook === '' ? [] : [['', `   set in ${forTerminal(hook, WIDEST)}`] as [string, string]]),
    ['', `   ${paint.mark('✂')} ${forTerminal(advice, WIDEST)}`],
  ]
  return rows
}

/** `cut sessions[]: predicted 7.8 MB, 8.4 MB went: the prediction holds`. */
function proofLine({cuts, verdict}: ProofView, paint: Paint): string {
  const cut = cuts.map(text => paint.edge(forTerminal(text, 80))).join(', ')
  return `cut ${cut}: ${paint.strong(forTerminal(verdict, WIDEST))}`
}

export function heapsText({snapshots}: LeaksView): string {
  return snapshots.map(({heapBytes}) => formatBytes(heapBytes)).join(' → ')
}

export function doctorMarkdown(view: DoctorView): string {
  const {command, files, next} = view
  return [
    `# ${headline(view)}`,
    '',
    `${code(command)}, recorded from its start: ${whatItTook(view)}.`,
    '',
    ...(view.problem === undefined ? [] : [`**It ended early:** ${forMarkdown(view.problem, WIDEST)}.`, '']),
    ...(view.lastWords.length === 0 ? [] : [...view.lastWords.map(line => `    ${forTerminal(line, WIDEST)}`), '']),
    ...memoryPart(view),
    ...leaksPart(view),
    ...proofPart(view),
    ...runPart(view),
    ...nextPart(next),
    ...filesPart(files),
  ].join('\n')
}

export function nextPart(next: readonly string[]): string[] {
  if (next.length === 0) return []
  return ['## Next questions', '', ...next.map(line => `    ${forTerminal(line, Number.POSITIVE_INFINITY)}`), '']
}

export function filesPart(files: DoctorView['files']): string[] {
  return [
    '## In this folder',
    '',
    ...markdownTable(
      ['file', 'what it is'],
      files.map(({file, what}) => [`[${file}](${file})`, what]),
    ),
    '',
    'Snapshots contain every string of the process, passwords too: think before you share the folder.',
    '',
  ]
}

export function headline({leaks, problem}: Pick<DoctorView, 'leaks' | 'problem'>): string {
  if (leaks === undefined) return problem === undefined ? 'No verdict: the run was interrupted' : 'No verdict'
  if (leaks.total.rows === 0) return 'No leak found'
  const [{holder, place, kind}] = leaks.rows
  const more = leaks.total.rows > 1 ? `, and ${leaks.total.rows - 1} more` : ''
  return `Leak: ${code(holder)}${place === '' ? '' : ` at ${code(place)}`}, ${kind}${more}`
}

function whatItTook({startedAt, seconds, snapshots}: DoctorView): string {
  return `${startedAt}, ${seconds.toFixed(1)} s, ${plural(snapshots.length, 'snapshot')}`
}

function memoryPart({memory, files, snapshots}: DoctorView): string[] {
  const rows = memory.flatMap(({quantity, unit, lines}) =>
    lines.map(({label, peak, peakBetween, floor, trend}) => [
      quantity,
      cell(label),
      `${formatValue(Math.max(peak.value, peakBetween ?? 0), unit)} at ${timeText(peak.time)}`,
      floor.values.length === 0 ? '' : formatValue(floor.values[floor.values.length - 1], unit),
      trend.perMinute === null ? '' : formatSlope(trend.perMinute, unit),
      `**${trend.verdict}**: ${forMarkdown(trend.why, WIDEST).replaceAll('\n', ' ')}`,
    ]),
  )
  const notes = [...new Set(memory.flatMap(view => view.notes))]
  return [
    '## Memory',
    '',
    ...(rows.length === 0
      ? ['Nothing was recorded.']
      : markdownTable(['', 'process', 'peak', 'floor at the end', 'slope', 'verdict'], rows)),
    '',
    ...(rows.length === 0
      ? []
      : [
          `${judgedFrom(snapshots)}Load varies during a run, and taking a snapshot needs memory too: the heap in the snapshots, below, says more.`,
          '',
        ]),
    ...picture(files, 'memory.svg', 'memory over time'),
    ...markdownNotes(notes),
  ]
}

function judgedFrom([base]: DoctorView['snapshots']): string {
  return base === undefined ? '' : `Judged from the first snapshot on, ${timeText(base.seconds)} after the start. `
}

export function leaksPart({
  leaks,
  snapshots,
  files,
}: Pick<DoctorView, 'leaks' | 'files'> & {snapshots: readonly unknown[]}): string[] {
  if (leaks === undefined) {
    return ['## Leaks', '', `Two snapshots are needed to say what leaks; there ${are(snapshots.length)}.`, '']
  }
  const table = markdownTable(
    ['', 'holder', 'place', 'kind', 'confidence', 'objects there', 'retained', 'what to cut'],
    leaks.rows.map(({holder, place, kind, confidence, counts, retainedBytes, cuts}, i) => [
      String(i + 1),
      cell(holder),
      cell(place),
      kind,
      confidence,
      history(counts),
      formatBytes(retainedBytes),
      cuts.map(cell).join(', '),
    ]),
  )
  return [
    '## Leaks',
    '',
    `${forMarkdown(leaksHeadline(leaks), WIDEST)}. The heap was ${heapsText(leaks)} in the snapshots; ${forMarkdown(leaks.agreement.text, WIDEST)}.`,
    '',
    ...(leaks.rows.length === 0 ? [] : [...table, '', ...leaks.rows.flatMap((row, i) => leakLines(row, i + 1)), '']),
    ...picture(files, 'leaks.svg', 'who holds what is new'),
    ...markdownNotes(leaks.limits),
  ]
}

function proofPart({proof}: DoctorView): string[] {
  if (proof === undefined) return []
  const table = markdownTable(
    ['type', 'predicted', 'gone', 'stayed', 'predicted', 'gone'],
    proof.rows.map(row => [
      cell(row.type),
      ...[row.predicted, row.gone, row.stayed].map(formatCount),
      formatBytes(row.predictedBytes),
      formatBytes(row.goneBytes),
    ]),
  )
  const uncut = proof.uncut.map(
    ({reason, edges}) => `- not cut: ${plural(edges, 'edge')}, ${forMarkdown(reason, WIDEST)}`,
  )
  return [
    '## Proof',
    '',
    `The cut ${proof.cuts.map(cell).join(', ')} was made in the living program at the end: ${forMarkdown(proof.verdict, WIDEST)}.`,
    '',
    ...(uncut.length === 0 ? [] : [...uncut, '']),
    ...(proof.rows.length === 0 ? [] : [...table, '']),
    ...markdownNotes(proof.limits),
  ]
}

function are(count: number): string {
  return count === 1 ? 'is one' : 'is none'
}

function runPart({command, load, heap, snapshots, notes}: DoctorView): string[] {
  const of =
    heap === undefined
      ? []
      : [
          `- The snapshots are of ${code(heap.name)}${heap.of === 1 ? '' : `, of ${heap.of} heaps the one at work that grew most; the others were not analyzed`}.`,
        ]
  return [
    '## What was run',
    '',
    `- The program: ${code(command)}`,
    `- The load: ${load === undefined ? 'none; the program was left to itself' : code(load)}`,
    ...of,
    ...snapshots.map(
      ({file, bytes, seconds}) => `- After ${seconds.toFixed(1)} s: [${file}](${file}), ${formatBytes(bytes)}`,
    ),
    ...notes.map(note => `- ${forMarkdown(note, WIDEST)}`),
    '',
  ]
}

export function picture(files: DoctorView['files'], file: string, what: string): string[] {
  return files.some(row => row.file === file) ? [`![${what}](${file})`, ''] : []
}

export function cell(text: string): string {
  return forMarkdownCode(text, {inTable: true, max: 120})
}

export function code(text: string): string {
  return forMarkdownCode(text, {max: WIDEST})
}
