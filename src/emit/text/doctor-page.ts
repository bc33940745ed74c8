/** What `doctor` found on a page: a short answer for a terminal, and the report of its folder as Markdown. */
import type {LeaksView} from '../../graph/views/leaks-view.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {forMarkdown, forTerminal} from '../safe/clean.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {
  cell,
  code,
  filesPart,
  headline,
  heapsText,
  LEAKS_TOLD,
  leakRows,
  leaksPart,
  nextPart,
  picture,
  WIDEST,
} from './doctor.ts'
import {markdownNotes, markdownTable} from './growth-markdown.ts'
import {leaksHeadline} from './leaks.ts'

/** After garbage was collected. */
interface Held {
  heapBytes: number
  domNodes: number
  listeners: number
  documents: number
  workers: number
}

export interface DoctorPageView {
  url: string
  /** The scenario's file; undefined if what the page offers was tried. */
  scenario: string | undefined
  browser: string
  /** ISO 8601. */
  startedAt: string
  seconds: number
  folder: string
  /** What a round consists of. */
  steps: string[]
  /** Rounds between two snapshots. */
  repeat: number
  snapshots: (Held & {file: string; bytes: number; rounds: number})[]
  /** What each step changes each time, the median of all rounds. */
  changes: (Held & {step: string})[]
  /** Why it came to an early end. */
  problem: string | undefined
  /** Of two snapshots at least. */
  leaks: LeaksView | undefined
  /** The same of workers, and of frames of other sites, that were there before the rounds. */
  others: {kind: 'worker' | 'frame'; address: string; leaks: LeaksView}[]
  /** What is in the folder, and what it is. */
  files: {file: string; what: string}[]
  /** Sentences. */
  notes: string[]
  /** Command lines. */
  next: string[]
}

/** Steps told in the short answer. */
const STEPS_TOLD = 4

/** A few lines: what was done, what memory did, what leaks, where all of it is. */
export function doctorPageText(view: DoctorPageView, paint: Paint = plainPaint): string {
  const {url, browser, leaks, problem, snapshots, folder, files} = view
  const rows: [title: string, text: string][] = [
    ['page', `${forTerminal(url, WIDEST)} in ${browser}`],
    ['rounds', `${view.repeat} between two snapshots: ${stepsText(view)}`],
  ]
  if (snapshots.length > 0) {
    const history = (of: (held: Held) => string) => snapshots.map(of).join(' → ')
    rows.push(['memory', `JavaScript ${history(({heapBytes}) => formatBytes(heapBytes))}`])
    rows.push(['', `DOM nodes ${history(({domNodes}) => formatCount(domNodes))}`])
    rows.push(['', `event listeners ${history(({listeners}) => formatCount(listeners))}`])
    if (snapshots.some(({workers}) => workers > 0)) {
      rows.push([
        '',
        `workers ${history(({workers}) => formatCount(workers))}, each with a heap of its own${view.others.every(({kind}) => kind !== 'worker') ? ', not in the snapshots' : ''}`,
      ])
    }
  }
  for (const {step, ...held} of growing(view).slice(0, STEPS_TOLD)) {
    rows.push(['', `each time ${forTerminal(step, 60)}: ${changeText(held)}`])
  }
  if (leaks !== undefined) {
    rows.push(['heap', `${heapsText(leaks)} in the snapshots`], ['leaks', paint.strong(leaksHeadline(leaks))])
    rows.push(...toldRows(view, leaks, paint))
  }
  for (const {kind, address, leaks} of view.others) {
    rows.push([kind, `${forTerminal(address, WIDEST)}: ${paint.strong(leaksHeadline(leaks))}`])
    rows.push(...toldRows(view, leaks, paint))
  }
  if (problem !== undefined) rows.push(['ended', forTerminal(problem, WIDEST)])
  rows.push(['folder', `${forTerminal(folder)}: ${files.map(({file}) => file).join(', ')}`])
  return rows.map(([title, text]) => `${paint.dim(title.padEnd(6))}  ${text}\n`).join('')
}

function toldRows(view: DoctorPageView, leaks: LeaksView, paint: Paint): [title: string, text: string][] {
  const rows = leaks.rows.slice(0, LEAKS_TOLD).flatMap((row, i) => {
    const [head, counts, ...more] = leakRows(row, i + 1, paint)
    return [head, [counts[0], counts[1] + eachRound(row.counts, view)] as [string, string], ...more]
  })
  return leaks.rows.length > LEAKS_TOLD ? [...rows, ['', `${leaks.rows.length - LEAKS_TOLD} more in the report`]] : rows
}

function stepsText({steps}: DoctorPageView): string {
  if (steps.length === 0) return 'nothing was done'
  const told = steps.slice(0, STEPS_TOLD).map(name => forTerminal(name, 60))
  const more = steps.length - told.length
  return `${told.join(', ')}${more > 0 ? `, and ${more} more` : ''}`
}

/** Steps after which there is more than before, what adds nodes or listeners first. */
function growing({changes}: DoctorPageView): DoctorPageView['changes'] {
  const byRounds = changes.length === 2 && changes.some(({step}) => step === 'back') ? [sumOf(changes)] : changes
  return byRounds
    .filter(({domNodes, listeners, workers}) => domNodes > 0 || listeners > 0 || workers > 0)
    .sort((a, b) => b.domNodes + b.listeners - (a.domNodes + a.listeners))
}

/** What `action` adds, `back` takes away. */
function sumOf(changes: DoctorPageView['changes']): Held & {step: string} {
  const sum = (of: (held: Held) => number) => changes.reduce((all, held) => all + of(held), 0)
  return {
    step: 'action and back',
    heapBytes: sum(({heapBytes}) => heapBytes),
    domNodes: sum(({domNodes}) => domNodes),
    listeners: sum(({listeners}) => listeners),
    documents: sum(({documents}) => documents),
    workers: sum(({workers}) => workers),
  }
}

function changeText({heapBytes, domNodes, listeners, workers}: Held): string {
  const parts = [
    ...(domNodes === 0 ? [] : [`${signed(domNodes)} DOM nodes`]),
    ...(listeners === 0 ? [] : [`${signed(listeners)} listeners`]),
    ...(workers === 0 ? [] : [`${signed(workers)} workers`]),
    `${heapBytes < 0 ? '' : '+'}${formatBytes(heapBytes)}`,
  ]
  return parts.join(', ')
}

function signed(count: number): string {
  return `${count < 0 ? '' : '+'}${formatCount(count)}`
}

/** What grows by a multiple of the rounds is made by what was done. */
function eachRound(counts: readonly number[], {repeat}: DoctorPageView): string {
  const steps = counts.slice(1).map((count, i) => count - counts[i])
  const [first] = steps
  const isEven = first !== undefined && first > 0 && steps.every(step => step === first) && first % repeat === 0
  return isEven ? `, ${formatCount(first / repeat)} each round` : ''
}

export function doctorPageMarkdown(view: DoctorPageView): string {
  const {files, problem, notes} = view
  return [
    `# ${headline(view)}`,
    '',
    `${code(view.url)} in ${view.browser}: ${view.startedAt}, ${view.seconds.toFixed(1)} s, ${plural(view.snapshots.length, 'snapshot')}.`,
    '',
    ...(problem === undefined ? [] : [`**It ended early:** ${forMarkdown(problem, WIDEST)}.`, '']),
    ...memoryPart(view),
    ...leaksPart(view),
    ...view.others.flatMap(({kind, address, leaks}) => [
      `## ${kind === 'worker' ? 'Worker' : 'Frame'} ${code(address)}`,
      '',
      `${leaksHeadline(leaks)}.`,
      '',
      ...toldRows(view, leaks, plainPaint).map(([, line]) => `    ${line}`),
      '',
    ]),
    ...donePart(view),
    ...picture(files, '1-base.png', 'the page before the rounds'),
    ...picture(files, '2-action.png', 'the page after the first step'),
    ...picture(files, '3-back.png', 'the page after the second step'),
    ...picture(files, '4-final.png', 'the page at the end'),
    ...(notes.length === 0 ? [] : ['## Notes', '', ...markdownNotes(notes)]),
    ...nextPart(view.next),
    ...filesPart(files),
  ].join('\n')
}

function memoryPart({snapshots, changes, repeat}: DoctorPageView): string[] {
  const columns = ['JavaScript heap', 'DOM nodes', 'event listeners', 'documents', 'workers']
  const values = ({heapBytes, domNodes, listeners, documents, workers}: Held) => [
    formatBytes(heapBytes),
    ...[domNodes, listeners, documents, workers].map(formatCount),
  ]
  const held = snapshots.map(({file, rounds, ...row}) => [`[${file}](${file})`, String(rounds), ...values(row)])
  const changed = changes.map(({step, ...row}) => [cell(step), ...values(row)])
  return [
    '## Memory',
    '',
    ...(held.length === 0 ? ['No snapshot was taken.'] : markdownTable(['snapshot', 'rounds', ...columns], held)),
    '',
    ...(changed.length === 0
      ? []
      : [
          `What each step changes each time, the median of ${plural(2 * repeat, 'round')}:`,
          '',
          ...markdownTable(['step', ...columns], changed),
          '',
        ]),
  ]
}

function donePart({scenario, steps, repeat, snapshots}: DoctorPageView): string[] {
  const how = scenario === undefined ? 'What the page offers was tried' : `The scenario is ${code(scenario)}`
  return [
    '## What was done',
    '',
    `- ${how}. A round: ${steps.map(name => code(name)).join(', ') || 'nothing'}.`,
    `- One round to warm up, then ${repeat} before the second snapshot and ${repeat} before the third.`,
    ...snapshots.map(
      ({file, rounds, bytes}) => `- After ${plural(rounds, 'round')}: [${file}](${file}), ${formatBytes(bytes)}`,
    ),
    '',
  ]
}
