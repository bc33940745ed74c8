/** Lines of code around a place, with the place's own marked. */
import {forTerminal} from './clean.ts'
import type {Paint} from './paint.ts'
import {splitPlace} from './place-link.ts'

/** One line of source code. */
export interface CodeLine {
  /** From 1 on. */
  line: number
  /** The line as it is written, without its line end. */
  text: string
}

/** Findings of an answer whose code is shown: of more it would hide the answer. */
export const CODE_SHOWN = 3

const WIDEST_CODE = 110

/** `→ 10 │ const loader = new Loader()`: a line each, without its end; none if there is no code. */
export function codeLines(code: readonly CodeLine[], place: string, indent: string, paint: Paint): string[] {
  const {line: marked} = splitPlace(place)
  const width = String(code.at(-1)?.line ?? '').length
  return code.map(({line, text}) => {
    const written = forTerminal(text.replaceAll('\t', '  '), WIDEST_CODE)
    const number = String(line).padStart(width)
    return line === marked
      ? `${indent}${paint.mark('→')} ${number} ${paint.dim('│')} ${paint.strong(written)}`.trimEnd()
      : paint.dim(`${indent}  ${number} │ ${written}`.trimEnd())
  })
}
