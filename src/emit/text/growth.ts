/** What grew, as text and as JSON. */
import type {GrowthView} from '../../graph/views/growth-view.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {history, noteLines, objectWords, signedText, typeName} from '../safe/wording.ts'
import {type TableColumn, textTable} from './text-table.ts'

const WIDEST_NAME = 60
const WIDEST_PATH = 110
const WIDEST_PLACE = 80
const WIDEST_SENTENCE = 400

type Column<Row> = TableColumn & {cell(row: Row): string; hidden?: boolean}

export function growthText(view: GrowthView, paint: Paint = plainPaint): string {
  const {rows, by, total, snapshots, agreement} = view
  const bytes = (values: readonly number[]) => signedText(values[values.length - 1] - values[0], formatBytes)
  const columns: Column<GrowthView['rows'][number]>[] = [
    {title: 'count', align: 'right', cell: row => history(row.counts)},
    {
      title: '',
      align: 'right',
      cell: row => signedText(row.counts[row.counts.length - 1] - row.counts[0], formatCount),
    },
    {
      title: 'new',
      align: 'right',
      style: 'dim',
      hidden: !agreement.sameProcess,
      cell: ({added}) => (added === null || added.count === 0 ? '' : `+${formatCount(added.count)}`),
    },
    {
      title: 'gone',
      align: 'right',
      style: 'dim',
      hidden: !agreement.sameProcess,
      cell: ({removed}) => (removed === null || removed.count === 0 ? '' : `-${formatCount(removed.count)}`),
    },
    {title: 'self', align: 'right', style: 'size', cell: row => bytes(row.selfBytes)},
    {
      title: 'retained',
      align: 'right',
      style: 'size',
      hidden: rows.every(({retainedBytes}) => retainedBytes === null),
      cell: ({retainedBytes}) => (retainedBytes === null ? '' : bytes(retainedBytes)),
    },
    {title: by, style: 'type', max: by === 'path' ? WIDEST_PATH : WIDEST_NAME, cell: row => typeName(row.name)},
    {title: 'type', style: 'type', max: WIDEST_NAME, hidden: by !== 'path', cell: row => typeName(row.type)},
    {
      title: 'source',
      style: 'place',
      max: WIDEST_PLACE,
      hidden: rows.every(({place}) => place === ''),
      cell: row => row.place,
    },
    {title: '', style: 'mark', hidden: snapshots.length < 3, cell: ({trend}) => (MARKED.has(trend) ? trend : '')},
  ]
  const heap = snapshots.map(({heapBytes}) => formatBytes(heapBytes)).join(' → ')
  const summary = `${plural(total.rows - total.replaced, by)} changed, ${formatCount(total.grew)} grew, ${formatCount(total.shrank)} shrank; heap ${heap}`
  return [
    `${forTerminal(agreement.text, WIDEST_SENTENCE)}\n\n`,
    total.grew === 0 ? `${nothingGrew(view)}\n` : '',
    rows.length === 0 ? '' : table(columns, rows, paint),
    `${paint.dim(summary)}\n`,
    collectionsText(view, paint),
    freshText(view, paint),
    ...noteLines(view.limits, paint),
  ].join('')
}

export function nothingGrew({baseline}: GrowthView): string {
  return baseline === undefined ? 'nothing grew' : 'nothing grew beyond the baseline'
}

export function growthJson(view: GrowthView): string {
  return tableToJson('growth', view)
}

/** Trends that a third snapshot tells. */
const MARKED: ReadonlySet<string> = new Set(['grew every step', 'saturated', 'shrank every step'])

/** `byId Map (src/cache.js:2)  21 → 121 → 221`. */
function collectionsText({collections}: GrowthView, paint: Paint): string {
  if (collections.length === 0) return ''
  const lines = collections.map(({name, type, place, instances, entries}) => {
    const source = place === '' ? '' : ` (${paint.place(forTerminal(place, WIDEST_PLACE), place)})`
    const many = instances === 1 ? type : `${formatCount(instances)} ${type}s`
    const counts = entries.map(count => (count === null ? '–' : formatCount(count))).join(' → ')
    return `  ${paint.edge(forTerminal(name, WIDEST_PATH))} ${paint.type(many)}${source}  ${counts}\n`
  })
  return `\n${paint.strong('collections that grew')}\n${lines.join('')}`
}

function freshText({fresh}: GrowthView, paint: Paint): string {
  if (fresh === null) return ''
  const columns: Column<NonNullable<GrowthView['fresh']>['rows'][number]>[] = [
    {title: 'id', style: 'dim', cell: ({id}) => `@${id}`},
    {title: 'self', align: 'right', style: 'size', cell: ({selfBytes}) => formatBytes(selfBytes)},
    {
      title: 'retained',
      align: 'right',
      style: 'size',
      hidden: fresh.rows.every(({retainedBytes}) => retainedBytes === null),
      cell: ({retainedBytes}) => formatBytes(retainedBytes ?? 0),
    },
    {
      title: 'object',
      style: 'type',
      max: WIDEST_PATH,
      cell: objectWords,
    },
    {
      title: 'source',
      style: 'place',
      max: WIDEST_PLACE,
      hidden: fresh.rows.every(({place}) => place === ''),
      cell: ({place}) => place,
    },
  ]
  const title = `${plural(fresh.count, 'new object')}, self ${formatBytes(fresh.selfBytes)}`
  return `\n${paint.strong(title)}\n${fresh.rows.length === 0 ? '' : table(columns, fresh.rows, paint)}`
}

function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], paint: Paint): string {
  const shown = columns.filter(({hidden}) => hidden !== true)
  return textTable(
    [...shown],
    rows.map(row => shown.map(({cell}) => cell(row))),
    paint,
  )
}
