/** Whether a prediction came true, as text and as JSON. */
import type {ProofView} from '../../graph/views/proof-view.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {limitText, typeName} from '../safe/wording.ts'
import {type TableColumn, textTable} from './text-table.ts'

const WIDEST_NAME = 60
const WIDEST_PLACE = 80
const WIDEST_CUT = 120
/** Types named of what went besides. */
const BESIDES_SHOWN = 3

export function proofText(view: ProofView, paint: Paint = plainPaint): string {
  const {of, cuts, edges, uncut, stayed, besides, verdict} = view
  const named = cuts.map(cut => paint.edge(forTerminal(cut, WIDEST_CUT))).join(', ')
  return [
    `cut ${named} in ${forTerminal(of)}: ${formatCount(edges.cut)} of ${plural(edges.named, 'edge')}\n`,
    ...uncut.map(row => uncutText(row, paint)),
    `\n${paint.strong(forTerminal(verdict))}\n`,
    ...(view.rows.length === 0 ? [] : [table(view, paint)]),
    ...(stayed.count === 0
      ? []
      : [
          `predicted to be freed, but still there: ${plural(stayed.count, 'object')}, ${formatBytes(stayed.selfBytes)}\n`,
        ]),
    ...(besides.count === 0 ? [] : [besidesText(besides)]),
    ...(view.mayGo.count === 0 ? [] : [mayGoText(view.mayGo)]),
    ...view.limits.map(limit => `${paint.warn(forTerminal(limitText(limit)))}\n`),
  ].join('')
}

export function proofJson(view: ProofView): string {
  return tableToJson('proof', view)
}

function uncutText({reason, edges, example, place}: ProofView['uncut'][number], paint: Paint): string {
  const shown = example === '' ? '' : `: ${paint.edge(forTerminal(example, WIDEST_CUT))}`
  const source = place === '' ? '' : `  ${paint.place(forTerminal(place, WIDEST_PLACE), place)}`
  return `not cut: ${plural(edges, 'edge')}, ${forTerminal(reason, WIDEST_CUT)}${shown}${source}\n`
}

function besidesText({count, selfBytes, types}: ProofView['besides']): string {
  const few = types.slice(0, BESIDES_SHOWN)
  const shown = few.map(row => `${formatCount(row.count)} ${forTerminal(typeName(row.type), WIDEST_NAME)}`).join(', ')
  const more = count > few.reduce((sum, row) => sum + row.count, 0) ? ' and others' : ''
  return `predicted to stay, but freed: ${plural(count, 'object')}, ${formatBytes(selfBytes)} (${shown}${more})\n`
}

function mayGoText({count, selfBytes, gone}: ProofView['mayGo']): string {
  return `for callbacks of FinalizationRegistries to let go of: ${plural(count, 'object')}, ${formatBytes(selfBytes)}; ${formatCount(gone)} went\n`
}

function table({rows}: ProofView, paint: Paint): string {
  const columns: (TableColumn & {cell(row: ProofView['rows'][number]): string})[] = [
    {title: 'predicted', align: 'right', cell: row => formatCount(row.predicted)},
    {title: 'gone', align: 'right', cell: row => formatCount(row.gone)},
    {title: 'stayed', align: 'right', cell: row => (row.stayed === 0 ? '' : formatCount(row.stayed))},
    {title: 'predicted', align: 'right', style: 'size', cell: row => formatBytes(row.predictedBytes)},
    {title: 'gone', align: 'right', style: 'size', cell: row => formatBytes(row.goneBytes)},
    {title: 'type', style: 'type', max: WIDEST_NAME, cell: row => typeName(row.type)},
    {title: 'source', style: 'place', max: WIDEST_PLACE, cell: row => row.place},
  ]
  const shown = columns.filter(({title}) => title !== 'source' || rows.some(({place}) => place !== ''))
  return textTable(
    shown,
    rows.map(row => shown.map(({cell}) => cell(row))),
    paint,
  )
}
