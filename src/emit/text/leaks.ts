/** What leaks, and what stands out in one heap, as text and as JSON. */

import type {KnownRow} from '../../graph/views/known.ts'
import type {LeakView, SuspectView} from '../../graph/views/leak-row.ts'
import type {LeaksView} from '../../graph/views/leaks-view.ts'
import type {SuspectsView} from '../../graph/views/suspects-view.ts'
import {isSlowing} from '../../util/series.ts'
import {formatBytes, formatCount, formatPercent, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {CODE_SHOWN, codeLines, placeOfCode} from '../safe/code-lines.ts'
import {tableToJson} from '../safe/json.ts'
import {madeByText} from '../safe/made-by.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {history, nodeTitle, noteLines, snapshotText, typeName} from '../safe/wording.ts'

const WIDEST_NAME = 60
const WIDEST_HOLDER = 110
const WIDEST_PLACE = 80
const WIDEST_SENTENCE = 400

export function leaksText(view: LeaksView, paint: Paint = plainPaint): string {
  const {rows, agreement, snapshots, limits} = view
  return [
    `${forTerminal(agreement.text, WIDEST_SENTENCE)}\n`,
    `${paint.dim(`heap ${snapshots.map(({heapBytes}) => formatBytes(heapBytes)).join(' → ')}`)}\n\n`,
    `${paint.strong(leaksHeadline(view))}\n`,
    ...rows.map((row, i) => leakText(row, i + 1, paint)),
    ...knownLine(view.known, paint),
    ...(limits.length > 0 ? ['\n'] : []),
    ...noteLines(limits, paint),
  ].join('')
}

export function leaksJson(view: LeaksView): string {
  return tableToJson('leaks', view, 2)
}

/** `known, and not counted: byId (src/cache.js:12), 120 objects, expected: full at 1,000`. */
function knownLine(known: readonly KnownRow<SuspectView>[], paint: Paint): string[] {
  if (known.length === 0) return []
  const told = known.map(
    row => `${at(row.holder, row.place, paint)}, ${plural(row.count, 'object')}, ${knownWords(row)}`,
  )
  return [`\nknown, and not counted: ${told.join('; ')}\n`]
}

/** `expected: full at 1,000`. */
export function knownWords({known}: KnownRow<SuspectView>): string {
  const reason = known.reason === '' ? '' : `: ${known.reason}`
  return forTerminal(`${known.verdict}${reason}`, WIDEST_SENTENCE)
}

export function leaksHeadline({rows, known, total}: LeaksView): string {
  const standing = rows.every(({trend}) => trend === 'saturated') ? ' that did not grow after the middle snapshot' : ''
  return total.rows === 0
    ? known.length > 0
      ? 'nothing leaks that is not known'
      : 'nothing leaks: no place in the program holds more objects than before'
    : `${plural(total.rows, 'suspect')}${standing}, ${plural(total.count, 'new object')}, self ${formatBytes(total.selfBytes)}`
}

function leakText(row: LeakView, number: number, paint: Paint): string {
  const {kind, confidence, code, count, counts, trend, retainedBytes} = row
  const whose = code === 'library' ? ` ${paint.dim('(library)')}` : ''
  return [
    `\n${paint.strong(`${number}.`)} ${heldText(row, paint)}${whose}: ${paint.mark(kind)}, ${confidence} confidence\n`,
    `   ${plural(count, 'new object')}, ${selfText(row, paint)}, retained ${paint.size(formatBytes(retainedBytes))}: ${forTerminal(typesText(row), WIDEST_SENTENCE)}\n`,
    `   ${history(counts)} there${trendWords(counts, trend)}\n`,
    ...madeLine(row, paint),
    ...shownCode(row, number, paint),
    ...changeLine(row, paint),
    ...whyLines(row, paint),
  ].join('')
}

const SHORT_COMMIT = 10

/** `line changed last on 2026-01-02 in 1a2b3c4d5e: Cache sessions`. */
function changeLine({change}: LeakView, paint: Paint): string[] {
  if (change == null) return []
  const {commit, date, subject} = change
  const said = forTerminal(`${date.slice(0, 10)} in ${commit.slice(0, SHORT_COMMIT)}: ${subject}`, WIDEST_SENTENCE)
  return [`   ${paint.dim(`line changed last on ${said}`)}\n`]
}

function trendWords(counts: readonly number[], trend: LeakView['trend']): string {
  if (trend === 'saturated') return ', no more after the middle snapshot'
  if (trend !== 'grew every step') return ''
  return isSlowing(counts) ? ', grew every step, by less each time' : ', grew every step'
}

export function suspectsText(view: SuspectsView, paint: Paint = plainPaint): string {
  const {snapshot, rows, minShare, heapBytes, limits} = view
  const least = formatPercent(minShare, 1)
  const headline =
    rows.length === 0
      ? `nothing stands out${view.known.length > 0 ? ' that is not known' : ''}: no${view.known.length > 0 ? ' other' : ''} object or class of the program keeps ${least} of the heap`
      : `${plural(rows.length, 'suspect')}: what keeps ${least} of the heap or more`
  return [
    `${paint.dim(snapshotText(snapshot))}\n\n`,
    `${paint.strong(headline)}\n`,
    ...rows.map((row, i) => suspectText(row, heapBytes, i + 1, paint)),
    ...knownLine(view.known, paint),
    ...(limits.length > 0 ? ['\n'] : []),
    ...noteLines(limits, paint),
  ].join('')
}

export function suspectsJson(view: SuspectsView): string {
  return tableToJson('suspects', view)
}

/** `1. sessions (src/sessions.mjs:9), a Map @123, keeps 3.4 MB, 62 % of the heap.` */
function suspectText(row: SuspectsView['rows'][number], heapBytes: number, number: number, paint: Paint): string {
  const {accumulation, instances, retainedBytes, holder, place, kind} = row
  const share = `${paint.size(formatBytes(retainedBytes))}, ${formatPercent(retainedBytes, heapBytes)} of the heap`
  const name = (type: string) => paint.type(forTerminal(typeName(type), WIDEST_NAME))
  const held = at(holder, place, paint)
  const first =
    accumulation !== null
      ? `${held} keeps ${share}, in one ${name(accumulation.type)} ${paint.dim(`@${accumulation.id}`)}`
      : instances?.count === 1
        ? `${name(instances.type)} keeps ${share}; ${held} holds it`
        : `${formatCount(instances?.count ?? 0)} ${name(instances?.type ?? '')} keep ${share}; ${held} holds them`
  return [
    `\n${paint.strong(`${number}.`)} ${first}.\n`,
    `   ${thereAre(row, paint)}Suspected: ${paint.mark(kind)}.\n`,
    ...madeLine(row, paint),
    ...shownCode(row, number, paint),
    ...whyLines(row, paint),
  ].join('')
}

/** What is there besides suspects of their own. */
function thereAre(row: SuspectsView['rows'][number], paint: Paint): string {
  const types = typesText(row)
  const unmounted = row.unmounted.length === 0 ? '' : `It holds ${paint.type(unmountedText(row))}. `
  return types === ''
    ? unmounted
    : `${unmounted}There are ${forTerminal(types, WIDEST_SENTENCE)}: ${selfText(row, paint)}. `
}

function shownCode(row: SuspectView, number: number, paint: Paint): string[] {
  return number > CODE_SHOWN ? [] : codeLines(row.codeLines, placeOfCode(row), '   ', paint).map(line => `${line}\n`)
}

/** `made by open() (src/pool.js:31): 150 of 200`, by allocation stacks; else `the application makes Agent (src/client.js:8)`. */
function madeLine(row: SuspectView, paint: Paint): string[] {
  if (row.allocated.length > 0) return [`   ${madeByText(row, paint)}\n`]
  const places = row.made.map(({type, place}) => at(typeName(type), place, paint)).join(', ')
  return places === '' ? [] : [`   the application makes ${places}\n`]
}

function whyLines({exampleId, path, hook, also, advice, verdict, note}: SuspectView, paint: Paint): string[] {
  const others = also.map(other => at(other.holder, other.place, paint)).join(', ')
  return [
    `   e.g. ${paint.dim(`@${exampleId}`)}  ${forTerminal(path, WIDEST_SENTENCE)}\n`,
    hook === '' ? '' : `   set in ${forTerminal(hook, WIDEST_SENTENCE)}\n`,
    others === '' ? '' : `   also held by ${others}\n`,
    advice === '' ? '' : `   ${paint.mark('✂')} ${forTerminal(advice, WIDEST_SENTENCE)}\n`,
    verdict === '' ? '' : `     ${forTerminal(verdict, WIDEST_SENTENCE)}\n`,
    note === '' ? '' : `     ${forTerminal(note, WIDEST_SENTENCE)}\n`,
  ]
}

/** Unmounted components told in a headline. */
const COMPONENTS = 2

/** `<button.save> click listener onSave() (src/main.js:20)`, `10 unmounted <Ticket>, held by resize listener onResize() (src/Ticket.jsx:14)`. */
export function heldText({unmounted, role, holder, place}: SuspectView, paint: Paint): string {
  const as = role === '' || holder.includes(role) ? '' : `${forTerminal(role, WIDEST_NAME)} `
  const own = as + at(holder, place, paint)
  return unmounted.length === 0 ? own : `${paint.type(unmountedText({unmounted}))}, held by ${own}`
}

function unmountedText({unmounted}: Pick<SuspectView, 'unmounted'>): string {
  const named = unmounted.slice(0, COMPONENTS).map(({count, name}) => `${formatCount(count)} unmounted <${name}>`)
  const more = unmounted.length > COMPONENTS ? [`${plural(unmounted.length - COMPONENTS, 'more component')}`] : []
  return forTerminal([...named, ...more].join(', '), WIDEST_HOLDER)
}

function at(holder: string, place: string, paint: Paint): string {
  const source = place === '' ? '' : ` (${paint.place(forTerminal(place, WIDEST_PLACE), place)})`
  return `${paint.edge(forTerminal(holder, WIDEST_HOLDER))}${source}`
}

function selfText({selfBytes, offHeapBytes}: SuspectView, paint: Paint): string {
  const offHeap = offHeapBytes === 0 ? '' : ` + ${paint.size(formatBytes(offHeapBytes))} off the heap`
  return `self ${paint.size(formatBytes(selfBytes))}${offHeap}`
}

/** `50 Session, 50 Buffer`. */
export function typesText({types}: SuspectView): string {
  return types.map(row => `${formatCount(row.count)} ${forTerminal(nodeTitle(row), WIDEST_NAME)}`).join(', ')
}
