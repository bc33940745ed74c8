/** The text of a script without what people wrote into it in words: its code stays, with comments, literals and patterns hidden. */
import {partsOfText} from '../code/parse-script.ts'
import {isName} from './code-name.ts'
import type {StandIns} from './stand-ins.ts'

/** A number of more digits is more than a count. */
const MOST_DIGITS = 4
const RADIX: Readonly<Record<string, number>> = {x: 16, o: 8, b: 2}

/** Of equal length, with the same lines. What could not be read as JavaScript is hidden wholly. */
export function safeSource(text: string, names: ReadonlySet<string>, standIns: StandIns): string {
  const {parts, end} = partsOfText(text)
  const pieces: string[] = []
  let at = 0
  for (const {kind, start, end: partEnd} of parts) {
    if (start < at || partEnd > end) continue
    pieces.push(text.slice(at, start), safePart(kind, text.slice(start, partEnd), names, standIns))
    at = partEnd
  }
  pieces.push(text.slice(at, end), standIns.of(text.slice(Math.max(at, end)), true))
  return pieces.join('')
}

type Kind = ReturnType<typeof partsOfText>['parts'][number]['kind']

function safePart(kind: Kind, part: string, names: ReadonlySet<string>, standIns: StandIns): string {
  const hidden = (before: number, behind: number) =>
    part.slice(0, before) +
    standIns.of(part.slice(before, part.length - behind), true) +
    part.slice(part.length - behind)
  switch (kind) {
    case 'comment':
      if (part.startsWith('/*')) return hidden(2, 2)
      return hidden(/^(?:\/\/|#!|<!--|-->)/.exec(part)?.[0].length ?? 0, 0)
    case 'string': {
      const inner = part.slice(1, -1)
      if (inner === 'use strict' || (names.has(inner) && isName(inner))) return part
      // A line that ends within it has a backslash before its end.
      return hidden(1, 1).replace(/[^\n\r](?=[\n\r])/g, '\\')
    }
    case 'template':
      return standIns.of(part, true)
    case 'regexp':
      return hidden(1, part.length - part.lastIndexOf('/'))
    case 'number':
      return safeNumber(part, standIns)
    default:
      return part
  }
}

/** Another number, written as this one is: `0x`, `_`, the point and `n` stay where they are. */
function safeNumber(number: string, standIns: StandIns): string {
  const prefix = /^0[xob]/i.exec(number)?.[0] ?? ''
  const radix = RADIX[prefix.slice(1).toLowerCase()] ?? 10
  const digit = radix === 16 ? /[\da-f]/gi : /\d/g
  const written = number.slice(prefix.length)
  if ((written.match(digit) ?? []).length <= MOST_DIGITS) return number
  const noise = standIns.of(written)
  // What begins with 0 would be octal, and an error in modules.
  let least = 1
  const digits = written.replace(digit, (_, at: number) => {
    const other = least + (noise.charCodeAt(at) % (Math.min(radix, 10) - least))
    least = 0
    return String(other)
  })
  return prefix + digits
}
