/** The text around a picture: what was asked and answered, the legend, what was left out. */
import type {ResultCycle, ResultGraph, ResultInfo} from '../../graph/answer/result.ts'
import {formatCount, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {plainPaint} from '../safe/paint.ts'
import {CUT_SIGN, captionTitle, cutEdges, limitText, snapshotText, times, typeName} from '../safe/wording.ts'
import {ownersHeadline, ownersLines} from '../text/owners-text.ts'
import {kindsPresent, lineLegend, looks} from './looks.ts'

export interface TextLine {
  text: string
  name: string
  size: number
}

export interface LegendEntry {
  /** Both '' for what has no box of its own. */
  fill: string
  sign: string
  text: string
}

/** The name of lines in letters of one width. */
export const CODE_LINE = 'hg-code'

/** What a component has besides its example. */
function memberWords({members, membersLeft}: ResultCycle, i: number): string[] {
  if (members.length === 0) return []
  const shown = members.map(({type, count}) => `${forTerminal(typeName(type), 60)} ×${formatCount(count)}`)
  const left =
    membersLeft.types === 0 ? [] : [`… ${plural(membersLeft.types, 'more type')} ×${formatCount(membersLeft.count)}`]
  return [`${i + 1}. members: ${[...shown, ...left].join(', ')}`]
}

/** The lines above a picture, as long as they are. */
export function headLines(graph: ResultGraph): TextLine[] {
  const info = graph.getAttributes()
  const lines: TextLine[] = []
  const add = (text: string, name: string, size: number) => lines.push({text: forTerminal(text, 600), name, size})
  const {owners, chains} = info
  const subject = forTerminal(typeName(info.subject), 60)
  if (owners === null) add(captionTitle(info), 'hg-head', 17)
  else {
    add(`${info.question}: ${subject}${times(info.count)}`, 'hg-head', 17)
    add(ownersHeadline(owners, plainPaint), 'hg-verdict', 13)
    const said = ownersLines(graph, plainPaint)
    for (const {text, kind} of said) if (kind !== 'cut') add(text, kind === 'code' ? CODE_LINE : '', 11)
    for (const {text, kind} of said) if (kind === 'cut') add(text, 'hg-cut', 13)
  }
  for (const [i, {code}] of chains.entries())
    if (owners === null && code !== undefined) add(`${i + 1}. ${code}`, '', 11)
  const objects = graph.filterNodes((_node, {role}) => role !== 'more').length
  const drawn = `drawn: ${plural(objects, 'card')}, ${plural(graph.size, 'line')}`
  add(`${snapshotText(info.snapshot)} · ${drawn} · weak references do not count as holding`, 'hg-soft', 11)
  return lines
}

/** What stands below a picture. `limits`: of the picture, besides the answer's own. */
export function noteLines(graph: ResultGraph, limits: string[]): string[] {
  const info = graph.getAttributes()
  const said = [...info.cycles.flatMap(memberWords), ...[...info.limits, ...limits].map(limitText)]
  return said.map(text => forTerminal(text, 400))
}

/** Only what is there to be seen. */
export function legendEntries(graph: ResultGraph): LegendEntry[] {
  const info = graph.getAttributes()
  return [
    ...kindsPresent(graph).map(name => ({
      fill: looks[name].fill as string,
      sign: looks[name].sign as string,
      text: looks[name].legend as string,
    })),
    ...[
      'arrows go from holder to held',
      widthLegend(info),
      ...lineLegend(graph),
      graph.someNode((_node, {code}) => code === 'application') ? 'thick border: of your code' : '',
      info.question === 'path' && info.chains.length > 0 ? 'numbered: the path from the root' : '',
      cutEdges(info).size > 0 ? cutLegend(info) : '',
      info.cycles.length > 0 ? '↺ closes the cycle' : '',
      graph.someNode((_node, {role, count}) => role !== 'more' && count > 1)
        ? 'stacked: several objects, sizes of all'
        : '',
    ]
      .filter(text => text !== '')
      .map(text => ({fill: '', sign: '', text})),
  ]
}

function cutLegend({question}: ResultInfo): string {
  if (question === 'what-if') return `${CUT_SIGN} what is cut`
  const whose = question === 'leaks' || question === 'growth' ? 'suspect' : 'owner'
  return `${CUT_SIGN} with the ${whose}'s number: what must let go`
}

function widthLegend({question}: ResultInfo): string {
  if (question === 'why' || question === 'dominators') return 'thicker: more bytes retained this way'
  return question === 'backrefs' || question === 'refs' ? 'thicker: more references' : ''
}
