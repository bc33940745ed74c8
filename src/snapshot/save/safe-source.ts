/** The text of a script without what people wrote into it in words: its code stays, with comments, literals and patterns hidden. */
import {partsOfText} from '../code/parse-script.ts'
import {isName} from './code-name.ts'
import type {StandIns} from './stand-ins.ts'

/** Digits of a number from which on it is more than a count. */
const LONG_NUMBER = /^\d{5,}$/

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
      return inner === 'use strict' || (names.has(inner) && isName(inner)) ? part : hidden(1, 1)
    }
    case 'template':
      return standIns.of(part, true)
    case 'regexp':
      return hidden(1, part.length - part.lastIndexOf('/'))
    case 'number':
      return LONG_NUMBER.test(part) ? standIns.of(part) : part
    default:
      return part
  }
}
