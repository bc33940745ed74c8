/** What grew and what leaks as Markdown for a comment on a change: names of the heap's stand in code spans. */
import type {GrowthView} from '../../graph/views/growth-view.ts'
import type {KnownRow} from '../../graph/views/known.ts'
import type {LeakView} from '../../graph/views/leak-row.ts'
import type {LeaksView} from '../../graph/views/leaks-view.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {forMarkdown, forMarkdownCode} from '../safe/clean.ts'
import {codeLines, placeOfCode} from '../safe/code-lines.ts'
import {plainPaint} from '../safe/paint.ts'
import {history, limitText, signedText, typeName} from '../safe/wording.ts'
import {nothingGrew} from './growth.ts'
import {knownWords, leaksHeadline, typesText} from './leaks.ts'

const WIDEST_CELL = 120
const WIDEST_SENTENCE = 400

export function growthMarkdown(view: GrowthView): string {
  const {rows, by, total, agreement, snapshots, collections} = view
  const headline =
    total.grew === 0
      ? nothingGrew(view)
      : `${formatCount(total.grew)} of ${plural(total.rows - total.replaced, by)} that changed grew`
  const bytes = (values: readonly number[]) => signedText(values[values.length - 1] - values[0], formatBytes)
  const isRetained = rows.some(({retainedBytes}) => retainedBytes !== null)
  const growth = markdownTable(
    ['count', 'change', 'self', ...(isRetained ? ['retained'] : []), by, 'source', ''],
    rows.map(({counts, selfBytes, retainedBytes, name, type, place, trend}) => [
      history(counts),
      signedText(counts[counts.length - 1] - counts[0], formatCount),
      bytes(selfBytes),
      ...(isRetained ? [retainedBytes === null ? '' : bytes(retainedBytes)] : []),
      type === '' ? cell(typeName(name)) : `${cell(name)} ${cell(typeName(type))}`,
      cell(place),
      snapshots.length > 2 && trend === 'grew every step'
        ? `**${trend}**`
        : snapshots.length > 2 && trend === 'saturated'
          ? trend
          : '',
    ]),
  )
  const grown = markdownTable(
    ['entries', 'collection', 'type', 'source'],
    collections.map(({name, type, place, instances, entries}) => [
      entries.map(count => (count === null ? '–' : formatCount(count))).join(' → '),
      cell(name),
      instances === 1 ? type : `${formatCount(instances)} ${type}s`,
      cell(place),
    ]),
  )
  return [
    ...head('Heap growth', headline, view.snapshots, agreement.text),
    ...(collections.length === 0 ? [] : ['**Collections that grew**', '', ...grown, '']),
    ...(rows.length === 0 ? [] : folded(`${plural(rows.length, by)} that changed`, growth)),
    ...markdownNotes(view.limits),
  ].join('\n')
}

export function leaksMarkdown(view: LeaksView): string {
  return [
    ...head('Heap leaks', leaksHeadline(view), view.snapshots, view.agreement.text),
    ...view.rows.flatMap((row, i) => leakLines(row, i + 1)),
    ...(view.rows.length > 0 ? [''] : []),
    ...view.known.map(row => `- known, and not counted: ${knownLeak(row)}`),
    ...(view.known.length > 0 ? [''] : []),
    ...markdownNotes(view.limits),
  ].join('\n')
}

function knownLeak(row: KnownRow<LeakView>): string {
  const {holder, place, count} = row
  return `${code(holder)}${place === '' ? '' : ` at ${code(place)}`}, ${plural(count, 'object')}, ${forMarkdown(knownWords(row))}`
}

/** One leak as an item of a numbered list. */
export function leakLines(row: LeakView, number: number): string[] {
  const {codeLines: lines} = row
  const {
    kind,
    confidence,
    holder,
    place,
    made,
    allocated,
    count,
    selfBytes,
    offHeapBytes,
    retainedBytes,
    counts,
    path,
    advice,
    verdict,
  } = row
  const offHeap = offHeapBytes === 0 ? '' : ` + ${formatBytes(offHeapBytes)} off the heap`
  return [
    `${number}. ${code(holder)}${place === '' ? '' : ` at ${code(place)}`}: **${kind}**, ${confidence} confidence; ${history(counts)} there`,
    `   - ${plural(count, 'new object')}, self ${formatBytes(selfBytes)}${offHeap}, retained ${formatBytes(retainedBytes)}: ${code(typesText(row))}`,
    ...allocated.map(
      ({name, place, count}) =>
        `   - ${code(name)}${place === '' ? '' : ` at ${code(place)}`} made ${formatCount(count)} of them`,
    ),
    ...(allocated.length > 0 ? [] : made).map(
      ({type, place}) => `   - the application makes ${code(type)} at ${code(place)}`,
    ),
    ...(lines.length === 0 ? [] : ['', ...codeLines(lines, placeOfCode(row), '         ', plainPaint), '']),
    `   - e.g. ${code(path)}`,
    `   - ✂ ${forMarkdown(advice, WIDEST_SENTENCE)}${verdict === '' ? '' : `; ${forMarkdown(verdict, WIDEST_SENTENCE)}`}`,
  ]
}

function head(title: string, headline: string, snapshots: GrowthView['snapshots'], agreement: string): string[] {
  const heap = snapshots.map(({name, heapBytes}) => `${code(name)} ${formatBytes(heapBytes)}`).join(' → ')
  return [
    `### ${title}: ${forMarkdown(headline)}`,
    '',
    `Heap: ${heap}`,
    '',
    forMarkdown(agreement, WIDEST_SENTENCE),
    '',
  ]
}

function folded(summary: string, lines: readonly string[]): string[] {
  return [`<details><summary>${summary}</summary>`, '', ...lines, '', '</details>', '']
}

export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)]
}

export function markdownNotes(limits: readonly string[]): string[] {
  return [...limits.map(limit => `- ${forMarkdown(limitText(limit))}`), ...(limits.length > 0 ? [''] : [])]
}

function cell(text: string): string {
  return forMarkdownCode(text, {inTable: true, max: WIDEST_CELL})
}

function code(text: string): string {
  return forMarkdownCode(text, {max: WIDEST_SENTENCE})
}
