/** Sampled allocations as text and as JSON. */
import type {AllocationsView} from '../../graph/views/allocations-view.ts'
import {formatBytes, formatPercent, plural} from '../../util/units.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {noteLines} from '../safe/wording.ts'
import {textTable} from './text-table.ts'

const WIDEST = 60

export function allocationsText({by, rows, total, limits}: AllocationsView, paint: Paint = plainPaint): string {
  const isDifference = total.change !== null
  const table = textTable(
    [
      ...(isDifference ? [{title: 'change', align: 'right', style: 'size'} as const] : []),
      {title: 'allocated', align: 'right', style: 'size'},
      {title: '', align: 'right', style: 'dim'},
      {title: by === 'line' ? 'made by' : 'package', style: 'edge', max: WIDEST},
      ...(by === 'line' ? [{title: 'source', style: 'place', max: WIDEST} as const] : []),
    ],
    rows.map(({name, place, bytes, change}) => [
      ...(change === null ? [] : [signed(change)]),
      formatBytes(Math.round(bytes)),
      formatPercent(bytes, total.bytes),
      name,
      ...(by === 'line' ? [place] : []),
    ]),
    paint,
  )
  const changed = total.change === null ? '' : `, ${signed(total.change)}`
  const noun = by === 'line' ? 'function' : 'package'
  const summary = `${plural(total.rows, noun)}, ${formatBytes(Math.round(total.bytes))}${changed}`
  return `${table}${paint.dim(summary)}\n${noteLines(limits, paint).join('')}`
}

function signed(bytes: number): string {
  return `${bytes > 0 ? '+' : ''}${formatBytes(Math.round(bytes))}`
}

export function allocationsJson(view: AllocationsView): string {
  return tableToJson('allocations', view)
}
