/** The table answers as text and as JSON. */
import type {
  DetachedView,
  EdgeView,
  InfoView,
  ListView,
  ObjectView,
  ShowView,
  TypesView,
} from '../../graph/views/views.ts'
import {formatBytes, formatCount, formatPercent, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {limitText, nodeTitle, objectWords, offHeapText, selfAndOffHeap, strengthText} from '../safe/wording.ts'
import {type TableColumn, textTable} from './text-table.ts'

const WIDEST_NAME = 60
const WIDEST_VALUE = 40
const WIDEST_PLACE = 80

function notes(limits: string[], paint: Paint): string {
  return limits.map(limit => `${paint.warn(forTerminal(limitText(limit)))}\n`).join('')
}

export function typesText(view: TypesView, paint: Paint = plainPaint): string {
  const {rows, total, heapBytes, by} = view
  const retained = rows.some(({retainedBytes}) => retainedBytes !== null)
  const share = (bytes: number) => formatPercent(bytes, heapBytes)
  const columns: (TableColumn & {cell(row: TypesView['rows'][number]): string; hidden?: boolean})[] = [
    {title: 'count', align: 'right', cell: row => formatCount(row.count)},
    {title: 'self', align: 'right', style: 'size', cell: row => formatBytes(row.selfBytes)},
    {title: '', align: 'right', style: 'dim', cell: row => share(row.selfBytes)},
    {title: 'off-heap', align: 'right', style: 'size', hidden: total.offHeap.stores === 0, cell: offHeapCell},
    {
      title: 'retained',
      align: 'right',
      style: 'size',
      hidden: !retained,
      cell: row => formatBytes(row.retainedBytes ?? 0),
    },
    {title: '', align: 'right', style: 'dim', hidden: !retained, cell: row => share(row.retainedBytes ?? 0)},
    {title: by, style: 'type', max: WIDEST_NAME, cell: row => (row.type === '' ? '(unnamed)' : row.type)},
    {
      title: 'source',
      style: 'place',
      max: WIDEST_PLACE,
      hidden: rows.every(({place}) => place === ''),
      cell: row => row.place,
    },
  ]
  const shown = columns.filter(({hidden}) => hidden !== true)
  const table = textTable(
    shown,
    rows.map(row => shown.map(({cell}) => cell(row))),
    paint,
  )
  const noun = by.startsWith('prop.') ? 'value' : by === 'allocated' || by === 'born' ? 'row' : by
  const summary = `${plural(total.types, noun)}, ${totalText(total)}`
  return `${table}${paint.dim(summary)}\n${notes(view.limits, paint)}`
}

/** Nothing, rather than `0 B`, in the rows of what has no bytes off the heap: most have none. */
function offHeapCell({offHeapBytes}: {offHeapBytes: number}): string {
  return offHeapBytes === 0 ? '' : formatBytes(offHeapBytes)
}

function totalText({count, selfBytes, offHeap}: ListView['total']): string {
  const text = `${plural(count, 'object')}, self ${formatBytes(selfBytes)}`
  if (offHeap.stores === 0) return text
  if (offHeap.inSelfBytes === offHeap.bytes) return `${text}, of which ${offHeapText(offHeap)}`
  return `${plural(count, 'object')}, ${selfAndOffHeap({selfBytes, offHeap})}`
}

/** `shared by 14`, `pool, shared by 3`. */
function sharingText({offHeapSharedBy, offHeapIsPool}: ObjectView): string {
  const shared = offHeapSharedBy > 1 ? `shared by ${formatCount(offHeapSharedBy)}` : ''
  return [offHeapIsPool ? 'pool' : '', shared].filter(text => text !== '').join(', ')
}

export function typesJson(view: TypesView): string {
  return tableToJson('types', view, 2)
}

function distanceText({distance, systemDistance}: ObjectView): string {
  if (systemDistance !== null) return `${formatCount(systemDistance)} (system)`
  return distance === null ? 'unreachable' : formatCount(distance)
}

export function listText(view: ListView, paint: Paint = plainPaint): string {
  const {rows, total} = view
  const columns: (TableColumn & {cell(row: ListView['rows'][number]): string; hidden?: boolean})[] = [
    {title: 'id', style: 'dim', cell: row => `@${row.id}`},
    {title: 'retained', align: 'right', style: 'size', cell: row => formatBytes(row.retainedBytes)},
    {title: 'self', align: 'right', style: 'size', cell: row => formatBytes(row.selfBytes)},
    {title: 'off-heap', align: 'right', style: 'size', hidden: total.offHeap.stores === 0, cell: offHeapCell},
    {title: '', style: 'dim', hidden: rows.every(row => sharingText(row) === ''), cell: sharingText},
    {title: 'distance', align: 'right', cell: row => distanceText(row)},
    ...view.columns.map((name, i) => ({
      title: `.${name}`,
      max: WIDEST_VALUE,
      cell: ({values}: {values: (string | null)[]}) => values[i] ?? '',
    })),
    {title: 'object', style: 'type', max: WIDEST_NAME, cell: objectWords},
    {title: 'source', style: 'place', max: WIDEST_PLACE, cell: row => row.place},
  ]
  const shown = columns.filter(({hidden}) => hidden !== true)
  const table = textTable(
    shown,
    rows.map(row => shown.map(({cell}) => cell(row))),
    paint,
  )
  const summary = totalText(total)
  return `${table}${paint.dim(summary)}\n${histogramText(view, paint)}${notes(view.limits, paint)}`
}

const BAR_LENGTH = 40

/** How many objects are how large, with bars. */
function histogramText({histogram}: ListView, paint: Paint): string {
  if (histogram.length === 0) return ''
  const most = Math.max(...histogram.map(({count}) => count))
  const table = textTable(
    [
      {title: 'retained from', align: 'right', style: 'size'},
      {title: 'objects', align: 'right'},
      {title: 'retained', align: 'right', style: 'size'},
      {title: ''},
    ],
    histogram.map(({fromBytes, count, retainedBytes}) => [
      formatBytes(fromBytes),
      formatCount(count),
      formatBytes(retainedBytes),
      '#'.repeat(Math.ceil((BAR_LENGTH * count) / most)),
    ]),
    paint,
  )
  return `\n${table}`
}

export function listJson(view: ListView): string {
  return tableToJson('list', view, 2)
}

const IDS_IN_A_CHUNK = 10_000

/** Ids alone, one `@123` a line, in chunks. */
export function* idLines(ids: Float64Array): Generator<string> {
  for (let from = 0; from < ids.length; from += IDS_IN_A_CHUNK) {
    yield Array.from(ids.subarray(from, from + IDS_IN_A_CHUNK), id => `@${id}\n`).join('')
  }
}

export function showText(view: ShowView, paint: Paint = plainPaint): string {
  const {object, detachedness, total, dominator, heapBytes} = view
  const facts: [string, string][] = [
    ['type', object.title === undefined ? '' : object.type],
    ['kind', object.kind],
    ['self', formatBytes(object.selfBytes)],
    ['off-heap', offHeapFact(object)],
    [
      'retained',
      `${formatBytes(object.retainedBytes)} (${formatPercent(object.retainedBytes, heapBytes)} of the heap)`,
    ],
    ['not retained', notRetainedText(view)],
    ['dominated by', dominator === null ? '' : `${nodeTitle(dominator)} @${dominator.id}`],
    ['distance', distanceText(object)],
    ['source', object.place],
    ['made by', stackText(view.stack)],
    ['detachedness', detachedness === 'unknown' ? '' : detachedness],
    ['element', elementText(view.element)],
  ]
  const heading = `${paint.type(forTerminal(nodeTitle(object), WIDEST_NAME))} ${paint.dim(`@${object.id}`)}`
  return [
    `${heading}${object.preview === '' || object.title !== undefined ? '' : `  ${forTerminal(object.preview, WIDEST_PLACE)}`}\n`,
    ...facts.filter(([, value]) => value !== '').map(([name, value]) => `  ${name}: ${forTerminal(value)}\n`),
    `\n${paint.strong(`held by ${plural(total.in, 'edge')}`)}\n`,
    edgesText(view.in, paint),
    `\n${paint.strong(`holds by ${plural(total.out, 'edge')}`)}\n`,
    edgesText(view.out, paint),
    notes(view.limits, paint),
  ].join('')
}

/** `makeOne() (src/pool.js:31) ‹ handle() (src/server.js:4)`. */
function stackText(stack: ShowView['stack']): string {
  if (stack === null) return ''
  const frames = stack.frames.map(({name, place}) => (place === '' ? name : `${name} (${place})`))
  return [...frames, ...(stack.left > 0 ? [plural(stack.left, 'more frame')] : [])].join(' ‹ ')
}

/** `li.row, in ul < div.app (nearest in the document)`. */
function elementText(element: ShowView['element']): string {
  if (element === null) return ''
  const {selector, around, isInDocument} = element
  if (around === '') return selector
  return `${selector}, in ${around}${isInDocument ? ' (the last is in the document)' : ''}`
}

function offHeapFact(object: ObjectView): string {
  if (object.offHeapBytes === 0) return ''
  const sharing = sharingText(object)
  return `${formatBytes(object.offHeapBytes)} in a backing store, in addition to self${sharing === '' ? '' : ` (${sharing})`}`
}

/** What a person who drops the object might hope for in vain. */
function notRetainedText({notRetained: {count, selfBytes}}: ShowView): string {
  if (count === 0) return ''
  return `reaches another ${formatBytes(selfBytes)} in ${plural(count, 'object')} that something else holds too: dropping it would not free those`
}

function edgesText(edges: EdgeView[], paint: Paint): string {
  if (edges.length === 0) return '  none\n'
  return textTable(
    [
      {title: '  edge', style: 'edge', max: WIDEST_NAME},
      {title: '', style: 'dim'},
      {title: 'id', style: 'dim'},
      {title: 'self', align: 'right', style: 'size'},
      {title: 'object', style: 'type', max: WIDEST_NAME},
      {title: 'source', style: 'place', max: WIDEST_PLACE},
    ],
    edges.map(({label, strength, other}) => [
      `  ${label}`,
      strengthText(strength),
      `@${other.id}`,
      formatBytes(other.selfBytes),
      objectWords(other),
      other.place,
    ]),
    paint,
  )
}

export function showJson(view: ShowView): string {
  return tableToJson('show', view, 2)
}

export function detachedText({rows, total, limits}: DetachedView, paint: Paint = plainPaint): string {
  const table = textTable(
    [
      {title: 'trees', align: 'right'},
      {title: 'nodes', align: 'right'},
      {title: 'retained', align: 'right', style: 'size'},
      {title: 'top', style: 'type', max: WIDEST_NAME},
      {title: 'e.g.', style: 'dim'},
      {title: 'held by', style: 'edge', max: WIDEST_NAME},
      {title: 'source', style: 'place', max: WIDEST_PLACE},
      {title: 'path', style: 'dim', max: WIDEST_PLACE},
    ],
    rows.map(row => [
      formatCount(row.trees),
      formatCount(row.nodeCount),
      formatBytes(row.retainedBytes),
      [row.selector === '' ? row.type : row.selector, row.around].filter(text => text !== '').join(' '),
      `@${row.exampleId}`,
      row.heldBy === '' ? 'nothing (unreachable)' : row.heldBy,
      row.place,
      row.path,
    ]),
    paint,
  )
  const summary = `${plural(total.trees, 'detached tree')}, ${plural(total.nodeCount, 'DOM node')}, retained ${formatBytes(total.retainedBytes)}`
  return `${table}${paint.dim(summary)}\n${notes(limits, paint)}`
}

export function detachedJson(view: DetachedView): string {
  return tableToJson('detached', view)
}

/** `freeBytes`: memory to be had on this machine, for the verdict whether the snapshot will fit. */
export function infoText(view: InfoView, freeBytes: number, paint: Paint = plainPaint): string {
  const fits = view.neededBytes < freeBytes
  const verdict = `about ${formatBytes(view.neededBytes)} to load and answer; ${formatBytes(freeBytes)} free: ${fits ? 'fits' : 'does not fit'}`
  const facts: [string, string][] = [
    ['file', view.name],
    [
      'size',
      view.storedBytes === undefined
        ? 'unknown (a pipe)'
        : formatBytes(view.storedBytes) + (view.isPacked ? ', packed' : ''),
    ],
    ['written by', view.producer],
    ['nodes', formatCount(view.nodeCount)],
    ['edges', formatCount(view.edgeCount)],
    ['also has', view.has.length === 0 ? 'nothing besides' : view.has.join(', ')],
    ['memory', verdict],
  ]
  const width = Math.max(...facts.map(([name]) => name.length))
  const lines = facts.map(([name, value]) => `${paint.dim(name.padEnd(width))}  ${forTerminal(value)}\n`)
  return `${lines.join('')}${notes(['from the header alone: the numbers are claims of the file'], paint)}`
}

export function infoJson(view: InfoView): string {
  return tableToJson('info', view)
}
