/** Who must let go, one line an owner. */
import type {ResultGraph, ResultOwner, ResultOwners} from '../../graph/answer/result.ts'
import {formatBytes, formatCount} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {CODE_SHOWN, codeLines} from '../safe/code-lines.ts'
import {madeByText} from '../safe/made-by.ts'
import {asIs, type Paint} from '../safe/paint.ts'
import {CUT_SIGN, selfAndOffHeap} from '../safe/wording.ts'

const MAX_PATTERN_WIDTH = 200
const MAX_SUMMARY_WIDTH = 400

/** What stands behind the objects' name in the first line. */
export function ownersHeadline({retainedBytes, summary, list}: ResultOwners, paint: Paint): string {
  const size = paint.size(`retained ${formatBytes(retainedBytes)}`)
  if (summary === '') return size
  return `${size}, ${withPlace(forTerminal(summary, MAX_SUMMARY_WIDTH), list[0]?.place ?? '', asIs, paint)}`
}

/** A line, and what it is: an owner, code, what must let go, or sizes. */
export interface OwnersLine {
  text: string
  kind: 'owner' | 'code' | 'cut' | 'size'
}

/** `1. 320 of 320  87.0 kB  module src/cache.js · byId.get(…)  src/cache.js:13`, and what must let go. */
export function ownersLines(graph: ResultGraph, paint: Paint): OwnersLine[] {
  const owners = graph.getAttribute('owners')
  if (owners === null) return []
  const count = graph.getAttribute('count')
  const lines = owners.list.flatMap((owner, i): OwnersLine[] => [
    {text: ownerLine(owner, i + 1, count, paint), kind: 'owner'},
    ...(i < CODE_SHOWN && isFirst(owners.list, i) ? shownCode(owner, paint) : []),
  ])
  if (owners.allocated.length > 0) lines.push({text: `  ${madeByText(owners, paint)}`, kind: 'size'})
  if (owners.verdict !== '') {
    lines.push({text: `${paint.mark(CUT_SIGN)} ${forTerminal(owners.verdict, MAX_SUMMARY_WIDTH)}`, kind: 'cut'})
  }
  const offHeap = graph.getAttribute('offHeap')
  if (offHeap !== null && offHeap.stores > 0) {
    lines.push({text: `  ${selfAndOffHeap(graph.getAttributes())}`, kind: 'size'})
  }
  return lines
}

function shownCode(owner: ResultOwner, paint: Paint): OwnersLine[] {
  return codeLines(owner.codeLines, owner.place, '   ', paint).map(text => ({text, kind: 'code'}))
}

/** A text that may have a place in it, which is a link then; `brush` is for what is around it. */
function withPlace(text: string, place: string, brush: (text: string) => string, paint: Paint): string {
  const shown = forTerminal(place, MAX_PATTERN_WIDTH)
  const at = place === '' ? -1 : text.indexOf(shown)
  if (at < 0) return brush(text)
  return brush(text.slice(0, at)) + paint.place(shown, place) + brush(text.slice(at + shown.length))
}

/** Whether no owner before has the same place, whose code would be shown again. */
function isFirst(owners: readonly ResultOwner[], index: number): boolean {
  return owners.findIndex(({place}) => place === owners[index].place) === index
}

function ownerLine(
  {pattern, place, count, alone, retainedBytes, code}: ResultOwner,
  number: number,
  all: number,
  paint: Paint,
) {
  const share =
    all === 1
      ? ''
      : `${formatCount(count)} of ${formatCount(all)}${alone === count ? '' : alone === 0 ? '' : ` (${formatCount(alone)} by nothing else)`}`
  const whose = code === 'library' ? paint.dim('(library)') : ''
  const parts = [
    share,
    paint.size(formatBytes(retainedBytes)),
    withPlace(forTerminal(pattern, MAX_PATTERN_WIDTH), place, paint.edge, paint),
    whose,
  ]
  // Places of functions stand in the pattern.
  if (place !== '' && !pattern.includes(place)) parts.push(paint.place(forTerminal(place, MAX_PATTERN_WIDTH), place))
  return `${paint.strong(`${number}.`)} ${parts.filter(part => part !== '').join('  ')}`
}
