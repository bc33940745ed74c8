/** Lines of code around a place, with the place's own marked. */
import type {CodeLine} from '../../graph/answer/result.ts'
import {forTerminal} from './clean.ts'
import type {Paint} from './paint.ts'
import {splitPlace} from './place-link.ts'

/** The place that the code of a finding is of: see `SuspectView.codeLines`. */
export function placeOfCode({place, made}: {place: string; made: readonly {place: string}[]}): string {
  return made[0]?.place ?? place
}

/** Findings of an answer whose code is shown: of more it would hide the answer. */
export const CODE_SHOWN = 3

const WIDEST_CODE = 110

/** `→ 10 │ const loader = new Loader()`: a line each, without its end; none if there is no code. */
export function codeLines(code: readonly CodeLine[], place: string, indent: string, paint: Paint): string[] {
  const {line: marked} = splitPlace(place)
  const width = String(code.at(-1)?.line ?? '').length
  const compiled = code[0]?.compiled
  const head = compiled === undefined ? [] : [paint.dim(`${indent}as compiled, ${forTerminal(compiled.script)}:`)]
  const lines = code.map(({line, text, compiled}) => {
    const written = forTerminal(text.replaceAll('\t', '  '), WIDEST_CODE)
    const number = String(line).padStart(width)
    return (compiled?.isPlace ?? line === marked)
      ? `${indent}${paint.mark('→')} ${number} ${paint.dim('│')} ${paint.strong(written)}`.trimEnd()
      : paint.dim(`${indent}  ${number} │ ${written}`.trimEnd())
  })
  return [...head, ...lines]
}
