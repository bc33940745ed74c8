/** Who must let go, one line an owner. */
import type {ResultGraph, ResultOwner, ResultOwners} from '../../graph/answer/result.ts'
import {formatBytes, formatCount} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {CODE_SHOWN, codeLines} from '../safe/code-lines.ts'
import type {Paint} from '../safe/paint.ts'
import {selfAndOffHeap} from '../safe/wording.ts'

const MAX_PATTERN_WIDTH = 200
const MAX_SUMMARY_WIDTH = 400

/** What stands behind the objects' name in the first line. */
export function ownersHeadline(owners: ResultOwners, paint: Paint): string {
  const size = paint.size(`retained ${formatBytes(owners.retainedBytes)}`)
  return owners.summary === '' ? size : `${size}, ${forTerminal(owners.summary, MAX_SUMMARY_WIDTH)}`
}

/** `1. 320 of 320  87.0 kB  module src/cache.js · byId.get(…)  src/cache.js:13`, and what must let go. */
export function ownersLines(graph: ResultGraph, paint: Paint): string[] {
  const owners = graph.getAttribute('owners')
  if (owners === null) return []
  const count = graph.getAttribute('count')
  const lines = owners.list.flatMap((owner, i) => [
    ownerLine(owner, i + 1, count, paint),
    ...(i < CODE_SHOWN && isFirst(owners.list, i) ? codeLines(owner.codeLines, owner.place, '   ', paint) : []),
  ])
  if (owners.verdict !== '') lines.push(`${paint.mark('✂')} ${forTerminal(owners.verdict, MAX_SUMMARY_WIDTH)}`)
  const offHeap = graph.getAttribute('offHeap')
  if (offHeap !== null && offHeap.stores > 0) lines.push(`  ${selfAndOffHeap(graph.getAttributes())}`)
  return lines
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
    paint.edge(forTerminal(pattern, MAX_PATTERN_WIDTH)),
    whose,
  ]
  // Places of functions stand in the pattern.
  if (place !== '' && !pattern.includes(place)) parts.push(paint.place(forTerminal(place, MAX_PATTERN_WIDTH), place))
  return `${paint.strong(`${number}.`)} ${parts.filter(part => part !== '').join('  ')}`
}
