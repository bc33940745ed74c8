/** Wasted memory as text and as JSON. */
import type {StringsView, WasteRow, WasteView} from '../../graph/views/waste-view.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {limitText, typeName} from '../safe/wording.ts'
import {type TableColumn, textTable} from './text-table.ts'

const WIDEST_TEXT = 50
const WIDEST_HOLDER = 60
const WIDEST_PLACE = 60

type Holders = StringsView['same'][number]['holders']

const HOLDER_COLUMNS: TableColumn[] = [
  {title: 'e.g.', style: 'dim'},
  {title: 'held by', style: 'edge', max: WIDEST_HOLDER},
  {title: 'source', style: 'place', max: WIDEST_PLACE},
]

const SIZE: Pick<TableColumn, 'align' | 'style'> = {align: 'right', style: 'size'}

export function stringsText(view: StringsView, paint: Paint = plainPaint): string {
  const {same, slices, ropes, total, match} = view
  const parts: string[] = []
  if (same.length > 0) {
    const title =
      match === null
        ? `equal strings: ${plural(total.same, 'text')}, ${formatBytes(total.wastedBytes)} wasted`
        : `strings that match: ${plural(total.same, 'text')}`
    parts.push(
      section(
        title,
        [
          {title: 'count', align: 'right'},
          {title: 'wasted', ...SIZE},
          {title: 'self', ...SIZE},
          {title: 'text', max: WIDEST_TEXT},
          ...HOLDER_COLUMNS,
        ],
        same.map(row => [
          formatCount(row.count),
          formatBytes(row.wastedBytes),
          formatBytes(row.selfBytes),
          `${row.isCut ? '~' : ''}${row.text}`,
          ...holderCells(row.exampleId, row.holders),
        ]),
        paint,
      ),
    )
  }
  if (slices.length > 0) {
    parts.push(
      section(
        `sliced strings: slices of ${plural(total.slices, 'string')}, ${formatBytes(total.pinnedBytes)} kept alive by slices alone`,
        [
          {title: 'slices', align: 'right'},
          {title: 'whole', ...SIZE},
          {title: '', style: 'warn'},
          {title: 'string', max: WIDEST_TEXT},
          ...HOLDER_COLUMNS.map(column => (column.title === 'held by' ? {...column, title: 'slices held by'} : column)),
        ],
        slices.map(row => [
          formatCount(row.count),
          formatBytes(row.parentBytes),
          row.isPinned ? 'kept by slices alone' : '',
          row.text,
          ...holderCells(row.parentId, row.holders),
        ]),
        paint,
      ),
    )
  }
  if (ropes.length > 0) {
    parts.push(
      section(
        `concatenated strings: ${plural(total.ropes, 'string')} not flattened, ${formatBytes(total.ropeBytes)}`,
        [
          {title: 'strings', align: 'right'},
          {title: 'joins', align: 'right'},
          {title: 'bytes', ...SIZE},
          {title: 'text', max: WIDEST_TEXT},
          ...HOLDER_COLUMNS,
        ],
        ropes.map(row => [
          formatCount(row.leaves),
          formatCount(row.joins),
          formatBytes(row.selfBytes),
          row.text,
          ...holderCells(row.exampleId, row.holders),
        ]),
        paint,
      ),
    )
  }
  const summary = `${plural(total.strings, 'string')}, ${formatBytes(total.selfBytes)}`
  return `${parts.join('\n')}${parts.length > 0 ? '\n' : ''}${paint.dim(summary)}\n${notes(view.limits, paint)}`
}

function section(title: string, columns: TableColumn[], rows: string[][], paint: Paint): string {
  return `${paint.strong(forTerminal(title))}\n${textTable(columns, rows, paint)}`
}

function holderCells(id: number, [first, ...others]: Holders): string[] {
  if (first === undefined) return [`@${id}`, 'nothing (unreachable)', '']
  const more = others.length > 0 ? ` + ${others.length} more` : ''
  return [`@${id}`, `${first.path}${first.count > 1 ? ` ×${formatCount(first.count)}` : ''}${more}`, first.place]
}

function notes(limits: readonly string[], paint: Paint): string {
  return limits.map(limit => `${paint.warn(forTerminal(limitText(limit)))}\n`).join('')
}

export function stringsJson(view: StringsView): string {
  return tableToJson('strings', view)
}

export function wasteText({categories, total, limits}: WasteView, paint: Paint = plainPaint): string {
  const parts = categories.map(({title, how, count, wastedBytes, rows, left}) => {
    if (count === 0) return `${paint.strong(`${title}: none`)}\n  ${paint.dim(how)}\n`
    const head = `${paint.strong(`${title}: ${formatCount(count)}, ${formatBytes(wastedBytes)}`)}\n  ${paint.dim(how)}\n`
    const more =
      left.rows > 0 ? `  ${paint.dim(`… ${plural(left.rows, 'more row')}: ${plural(left.count, 'object')}`)}\n` : ''
    return `${head}${rowsText(rows, paint)}${more}`
  })
  const summary = `${plural(total.count, 'object')}, ${formatBytes(total.wastedBytes)}`
  return `${parts.join('\n')}\n${paint.dim(summary)}\n${notes(limits, paint)}`
}

function rowsText(rows: readonly WasteRow[], paint: Paint): string {
  return textTable(
    [
      {title: '  count', align: 'right'},
      {title: 'wasted', ...SIZE},
      {title: 'type', style: 'type', max: WIDEST_TEXT},
      ...HOLDER_COLUMNS,
    ],
    rows.map(({count, wastedBytes, type, place, exampleId, holder}) => [
      formatCount(count),
      formatBytes(wastedBytes),
      typeName(type),
      `@${exampleId}`,
      holder?.path ?? 'nothing (unreachable)',
      holder?.place || place,
    ]),
    paint,
  )
}

export function wasteJson(view: WasteView): string {
  return tableToJson('waste', view)
}
