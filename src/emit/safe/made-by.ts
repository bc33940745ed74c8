/** Who made objects, by their allocation stacks. */
import {formatCount} from '../../util/units.ts'
import {forTerminal} from './clean.ts'
import type {Paint} from './paint.ts'

const WIDEST = 80

/** `made by open() (src/pool.js:31): 150, handle() (src/server.js:4): 50`. */
export function madeByText(
  {allocated}: {allocated: readonly {name: string; place: string; count: number}[]},
  paint: Paint,
): string {
  const makers = allocated.map(({name, place, count}) => {
    const at = place === '' ? '' : ` (${paint.place(forTerminal(place, WIDEST), place)})`
    return `${paint.edge(forTerminal(name, WIDEST))}${at}: ${formatCount(count)}`
  })
  return `made by ${makers.join(', ')}`
}
