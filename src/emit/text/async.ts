/** What waits and what is open, as text and as JSON. */
import type {AsyncRow, AsyncSectionView, AsyncView} from '../../graph/views/async-view.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {noteLines} from '../safe/wording.ts'
import {type TableColumn, textTable} from './text-table.ts'

const WIDEST_WHAT = 60
const WIDEST_HOLDER = 50
const WIDEST_PLACE = 60

export function asyncText({sections, limits}: AsyncView, paint: Paint = plainPaint): string {
  const empty = sections.filter(({count}) => count === 0)
  const parts = sections.filter(({count}) => count > 0).map(section => sectionText(section, paint))
  if (empty.length > 0) parts.push(`${paint.dim(`none: ${empty.map(({title}) => title).join(', ')}`)}\n`)
  return `${parts.join('\n')}\n${noteLines(limits, paint).join('')}`
}

function sectionText({title, count, rows, left}: AsyncSectionView, paint: Paint): string {
  const columns: (TableColumn & {cell(row: AsyncRow): string})[] = [
    {title: '  count', align: 'right', cell: row => formatCount(row.count)},
    {title: 'retained', align: 'right', style: 'size', cell: row => formatBytes(row.retainedBytes)},
    {title: 'what', style: 'edge', max: WIDEST_WHAT, cell: row => row.what},
    {title: '', style: 'dim', cell: row => [row.among, ...row.facts].filter(text => text !== '').join('; ')},
    {title: 'oldest', style: 'dim', cell: row => `@${row.oldestId}`},
    {title: 'source', style: 'place', max: WIDEST_PLACE, cell: row => row.place},
    {title: 'kept by', max: WIDEST_HOLDER, cell: row => (row.holder === null ? '' : row.holder.path)},
  ]
  const shown = columns.filter(({cell, title}) => title === '  count' || rows.some(row => cell(row) !== ''))
  const table = textTable(
    shown,
    rows.map(row => shown.map(({cell}) => cell(row))),
    paint,
  )
  const more = left.rows > 0 ? `  ${paint.dim(`… ${plural(left.rows, 'more row')}: ${formatCount(left.count)}`)}\n` : ''
  return `${paint.strong(forTerminal(`${title}: ${formatCount(count)}`))}\n${table}${more}`
}

export function asyncJson(view: AsyncView): string {
  return tableToJson('async', view)
}
