/** Sampled allocations as text and as JSON. */
import type {AllocationsView} from '../../graph/views/allocations-view.ts'
import {formatBytes, formatPercent, plural} from '../../util/units.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {noteLines} from '../safe/wording.ts'
import {textTable} from './text-table.ts'

const WIDEST = 60

export function allocationsText({by, rows, total, limits, beside}: AllocationsView, paint: Paint = plainPaint): string {
  const isDifference = total.change !== null
  const hasKeepers = rows.some(({keeper}) => keeper !== null)
  const table = textTable(
    [
      ...(isDifference ? [{title: 'change', align: 'right', style: 'size'} as const] : []),
      {title: 'allocated', align: 'right', style: 'size'},
      {title: '', align: 'right', style: 'dim'},
      ...(beside === null
        ? []
        : [
            {title: 'still there', align: 'right', style: 'size'} as const,
            {title: '', align: 'right', style: 'dim'} as const,
          ]),
      {title: by === 'line' ? 'made by' : 'package', style: 'edge', max: WIDEST},
      ...(by === 'line' ? [{title: 'source', style: 'place', max: WIDEST} as const] : []),
      ...(hasKeepers
        ? [{title: 'kept by', style: 'edge', max: WIDEST} as const, {title: '', style: 'place'} as const]
        : []),
    ],
    rows.map(({name, place, bytes, change, leftBytes, keeper}) => [
      ...(change === null ? [] : [signed(change)]),
      formatBytes(Math.round(bytes)),
      formatPercent(bytes, total.bytes),
      ...(leftBytes === null
        ? []
        : [formatBytes(Math.round(leftBytes)), bytes > 0 ? formatPercent(leftBytes, bytes) : '']),
      name,
      ...(by === 'line' ? [place] : []),
      ...(hasKeepers ? [keeper?.holder ?? '', keeper?.place ?? ''] : []),
    ]),
    paint,
  )
  const changed = total.change === null ? '' : `, ${signed(total.change)}`
  const noun = by === 'line' ? 'function' : 'package'
  const left = total.leftBytes === null ? '' : `, ${formatBytes(Math.round(total.leftBytes))} still there`
  const summary = `${plural(total.rows, noun)}, ${formatBytes(Math.round(total.bytes))}${changed}${left}`
  return `${table}${paint.dim(summary)}\n${noteLines(limits, paint).join('')}`
}

function signed(bytes: number): string {
  return `${bytes > 0 ? '+' : ''}${formatBytes(Math.round(bytes))}`
}

export function allocationsJson(view: AllocationsView): string {
  return tableToJson('allocations', view)
}
