/** Who made objects beside who keeps them, as text and as JSON. */
import type {MakersView} from '../../graph/views/makers-view.ts'
import {formatBytes, formatCount, formatPercent, plural} from '../../util/units.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {noteLines} from '../safe/wording.ts'
import {textTable} from './text-table.ts'

const WIDEST_NAME = 60
const WIDEST_PLACE = 60
/** Owners listed of one maker: the JSON has all. */
const OWNERS = 5

/** A row for each maker, and below it one for each of its owners. */
export function makersText({makers, owners, cells, total, limits}: MakersView, paint: Paint = plainPaint): string {
  const rows = makers.flatMap(({name, place, count, selfBytes, allocatedBytes}, maker) => {
    const own = cells
      .filter(cell => cell.maker === maker)
      .sort((a, b) => b.selfBytes - a.selfBytes || a.owner - b.owner)
    const more = own.slice(OWNERS)
    return [
      [
        formatCount(count),
        formatBytes(selfBytes),
        formatPercent(selfBytes, total.selfBytes),
        allocatedBytes === null ? '' : formatBytes(allocatedBytes),
        name,
        place,
      ],
      ...own
        .slice(0, OWNERS)
        .map(({owner, count, selfBytes}) => [
          formatCount(count),
          formatBytes(selfBytes),
          '',
          '',
          `  ▸ ${owners[owner].holder}`,
          owners[owner].place,
        ]),
      ...(more.length === 0
        ? []
        : [
            [
              formatCount(sum(more, 'count')),
              formatBytes(sum(more, 'selfBytes')),
              '',
              '',
              `  ▸ ${plural(more.length, 'more owner')}`,
              '',
            ],
          ]),
    ]
  })
  const table = textTable(
    [
      {title: 'count', align: 'right'},
      {title: 'self', align: 'right', style: 'size'},
      {title: '', align: 'right', style: 'dim'},
      {title: 'allocated', align: 'right', style: 'size'},
      {title: 'made by ▸ kept by', style: 'edge', max: WIDEST_NAME},
      {title: 'source', style: 'place', max: WIDEST_PLACE},
    ],
    rows,
    paint,
  )
  const summary = `${plural(total.makers, 'maker')}, ${plural(total.owners, 'owner')}, ${plural(total.count, 'object')}, self ${formatBytes(total.selfBytes)}`
  return `${table}${paint.dim(summary)}\n${noteLines(limits, paint).join('')}`
}

function sum(rows: readonly {count: number; selfBytes: number}[], what: 'count' | 'selfBytes'): number {
  return rows.reduce((total, row) => total + row[what], 0)
}

export function makersJson(view: MakersView): string {
  return tableToJson('makers', view)
}
