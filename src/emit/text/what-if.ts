/** What cuts would free, as text and as JSON. */
import type {FateView, HolderView, WhatIfView} from '../../graph/answer/what-if-view.ts'
import {formatBytes, formatCount, formatPercent, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {limitText, nodeTitle, typeName} from '../safe/wording.ts'
import {type TableColumn, textTable} from './text-table.ts'

const WIDEST_NAME = 60
const WIDEST_PLACE = 80
const WIDEST_CUT = 120

export function whatIfText(view: WhatIfView, paint: Paint = plainPaint): string {
  const fates = (title: string, all: FateView[]) =>
    all.length === 0 ? [] : [`\n${paint.strong(title)}\n`, ...all.map(fate => fateText(fate, paint))]
  return [
    ...view.cuts.map(cut => cutText(cut, paint)),
    `\n${paint.strong(totalText(view))}\n`,
    ...(view.freed.length === 0 ? [] : [freedTable(view, paint)]),
    ...fates(view.type === null ? 'what the cuts lead to' : 'what was asked about', view.meant),
    ...fates('what stays, though something freed holds it too', view.stays),
    ...view.limits.map(limit => `${paint.warn(forTerminal(limitText(limit)))}\n`),
  ].join('')
}

export function whatIfJson(view: WhatIfView): string {
  return tableToJson('what-if', view, 2)
}

function cutText({text, edges, shadowEdges, example, place}: WhatIfView['cuts'][number], paint: Paint): string {
  const count = `${plural(edges, 'edge')}${shadowEdges === 0 ? '' : ` (and ${formatCount(shadowEdges)} internal to V8)`}`
  const shown = `${forTerminal(edges === 1 ? example : `e.g. ${example}`, WIDEST_CUT)}`
  const source = place === '' ? '' : `  ${paint.place(forTerminal(place, WIDEST_PLACE), place)}`
  return `cut ${paint.edge(forTerminal(text, WIDEST_CUT))}: ${count}, ${shown}${source}\n`
}

function totalText({total, heapBytes, type}: WhatIfView): string {
  const of = type === null ? '' : ` of ${forTerminal(type, WIDEST_NAME)}`
  if (total.count === 0) return `nothing${of} would be freed`
  const share = formatPercent(total.selfBytes, heapBytes)
  return `would be freed${of}: ${plural(total.count, 'object')}, ${formatBytes(total.selfBytes)}, ${share} of the heap`
}

function freedTable({freed, heapBytes}: WhatIfView, paint: Paint): string {
  const columns: (TableColumn & {cell(row: WhatIfView['freed'][number]): string})[] = [
    {title: 'freed', align: 'right', cell: row => formatCount(row.count)},
    {title: 'of', align: 'right', style: 'dim', cell: row => formatCount(row.alive)},
    {title: 'self', align: 'right', style: 'size', cell: row => formatBytes(row.selfBytes)},
    {title: '', align: 'right', style: 'dim', cell: row => formatPercent(row.selfBytes, heapBytes)},
    {title: 'type', style: 'type', max: WIDEST_NAME, cell: nodeTitle},
    {title: 'source', style: 'place', max: WIDEST_PLACE, cell: row => row.place},
  ]
  const shown = columns.filter(({title}) => title !== 'source' || freed.some(({place}) => place !== ''))
  return textTable(
    shown,
    freed.map(row => shown.map(({cell}) => cell(row))),
    paint,
  )
}

function fateText(fate: FateView, paint: Paint): string {
  const {count, freed, stays, holders, left, exampleId} = fate
  const name = paint.type(forTerminal(nodeTitle(fate), WIDEST_NAME))
  if (stays === 0) return `${name}: ${count === 1 ? 'freed' : `all ${formatCount(count)} freed`}\n`
  const how = freed === 0 ? (count === 1 ? 'stays' : `all ${formatCount(count)} stay`) : staysText(stays, count)
  const more =
    left.holders === 0
      ? ''
      : `  … ${plural(left.holders, 'more kind of holder', 'more kinds of holders')}: ${plural(left.count, 'object')}\n`
  return `${name}: ${how}, e.g. ${paint.dim(`@${exampleId}`)}\n${holders.map(holder => holderText(holder, paint)).join('')}${more}`
}

function staysText(stays: number, count: number): string {
  return `${formatCount(stays)} of ${formatCount(count)} ${stays === 1 ? 'stays' : 'stay'}`
}

function holderText({text, place, id, via, count}: HolderView, paint: Paint): string {
  const between = via.length === 0 ? '' : `, by way of ${forTerminal(via.map(typeName).join(' → '), WIDEST_NAME)}`
  const source = place === '' ? '' : `  ${paint.place(forTerminal(place, WIDEST_PLACE), place)}`
  const holder = paint.edge(forTerminal(text, WIDEST_CUT))
  return `  ${formatCount(count)} still held by ${holder}${between} ${paint.dim(`@${id}`)}${source}\n`
}
