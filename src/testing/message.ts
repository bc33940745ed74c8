/** What a failed assertion says. */
import {forTerminal} from '../emit/safe/clean.ts'
import {findingLines, type GrownFindings} from '../explain/owners/left-behind-words.ts'
import {plural} from '../util/units.ts'

/** Names come out of the heap: what would steer a terminal is written out. */
export function failureMessage(
  {findings, left, placeNotes}: GrownFindings,
  {rounds, iterations}: {rounds: number; iterations: number},
): string {
  const [{type, holders}] = findings
  const [{holder, place}] = holders
  const more = findings.length + left - 1
  const others = more === 0 ? '' : ` and ${plural(more, 'other type')}`
  const lines = [
    `objects of ${type === '' ? '(unnamed)' : type}${others} are left behind, held by ${holder}${place === '' ? '' : ` (${place})`}: more in each of ${plural(rounds, 'round')} of ${plural(iterations, 'iteration')}`,
    '',
    ...findings.flatMap(finding => [...findingLines(finding), '']),
    ...(left > 0 ? [`${plural(left, 'more type')} grew`] : []),
    ...placeNotes,
  ]
  return lines
    .map(line => forTerminal(line))
    .join('\n')
    .trimEnd()
}
