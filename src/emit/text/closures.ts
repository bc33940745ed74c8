/** Captured variables that nobody uses, as text and as JSON. */
import type {ClosureRow, ClosuresView} from '../../graph/views/closures-view.ts'
import {formatBytes, plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {tableToJson} from '../safe/json.ts'
import {type Paint, plainPaint} from '../safe/paint.ts'
import {CUT_SIGN, nodeTitle, noteLines, times} from '../safe/wording.ts'

const WIDEST_NAME = 60
const WIDEST_LINE = 200

export function closuresText({rows, total, judged, limits}: ClosuresView, paint: Paint = plainPaint): string {
  const head = `${plural(total.variables, 'captured variable')} that nobody uses: ${formatBytes(total.retainedBytes)} in ${plural(total.contexts, 'scope')}, of ${judged} judged`
  const lines = [paint.strong(head), '']
  rows.forEach((row, i) => {
    lines.push(...rowLines(row, i + 1, paint), '')
  })
  return `${lines.join('\n')}\n${noteLines(limits, paint).join('')}`
}

function rowLines(row: ClosureRow, number: number, paint: Paint): string[] {
  const {variable, kind, place, scope, scopes, retainedBytes, value, readers, keepers, mend} = row
  const cell = (text: string, most = WIDEST_LINE) => forTerminal(text, most)
  const declared = kind === 'this' ? '' : `${kind} `
  return [
    `${number}. ${paint.edge(cell(declared + variable, WIDEST_NAME))}  ${paint.size(formatBytes(retainedBytes))}  ${paint.type(cell(nodeTitle(value), WIDEST_NAME))} @${value.id}${times(scopes)}  ${place === '' ? '' : paint.place(cell(place), place)}`,
    `   in ${cell(scope)}`,
    `   ${readers.count === 0 ? 'nothing reads it' : `read by ${functions(readers, paint)}: ${readers.count === 1 ? 'it does not live, and cannot be made again' : 'none of them lives, or can be made again'}`}`,
    `   the scope is kept by ${keepers.count === 0 ? 'no function that is known' : functions(keepers, paint)}`,
    `   ${paint.mark(CUT_SIGN)} ${cell(mend)}`,
  ]
}

function functions(
  {count, list}: {count: number; list: readonly {name: string; place: string; id?: number}[]},
  paint: Paint,
): string {
  const named = list.map(({name, place, id}) => {
    const at = place === '' ? '' : paint.place(forTerminal(place, WIDEST_LINE), place)
    const where = [at, id === undefined ? '' : `@${id}`].filter(text => text !== '').join(' ')
    const called = forTerminal(name, WIDEST_NAME)
    return where === '' ? called : `${called} (${where})`
  })
  const more = count - list.length
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

export function closuresJson(view: ClosuresView): string {
  return tableToJson('closures', view)
}
