/**
 * How wide a text is in pixels. Helvetica's widths are those of Arial, Liberation Sans and Nimbus Sans too, so that cards fit on every
 * machine; in Courier's kin all characters are alike.
 */
import {forTerminal} from '../safe/clean.ts'
import {graphemes, textWidth} from '../safe/width.ts'

export const SANS_FAMILY = 'Helvetica,Arial,Liberation Sans,DejaVu Sans,sans-serif'
export const MONO_FAMILY = 'ui-monospace,SFMono-Regular,Menlo,Consolas,Liberation Mono,DejaVu Sans Mono,monospace'

/** Thousandths of an em, from U+0020 to U+007E: Adobe's font metrics of Helvetica-Bold, the wider of the two. */
const boldWidths = [
  278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611,
  556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
  280, 389, 584,
]

/** Ems of a column, for what Helvetica may not have: fonts that stand in are wider. */
const EMS_OF_WIDE_COLUMN = 0.55
const EMS_OF_OTHER_COLUMN = 0.75
const EMS_OF_MONO_COLUMN = 0.602

export function sansWidth(text: string, size: number): number {
  let ems = 0
  for (const piece of graphemes(text)) {
    const width = piece.length === 1 ? boldWidths[piece.charCodeAt(0) - 0x20] : undefined
    ems += width === undefined ? columnEms(piece) : width / 1000
  }
  return ems * size
}

function columnEms(piece: string): number {
  const columns = textWidth(piece)
  return columns > 1 ? columns * EMS_OF_WIDE_COLUMN : Math.max(1, columns) * EMS_OF_OTHER_COLUMN
}

/** The middle left out until it is no wider than the room, in pixels at 11 pixels a letter; never less than 4 characters. */
export function fitted(text: string, room: number): string {
  let [fits, tooMany] = [4, Math.ceil(room / 3) + 1]
  while (tooMany - fits > 1) {
    const length = Math.floor((fits + tooMany) / 2)
    if (sansWidth(forTerminal(text, length), 11) <= room) fits = length
    else tooMany = length
  }
  return forTerminal(text, fits)
}

export function monoWidth(text: string, size: number): number {
  return textWidth(text) * EMS_OF_MONO_COLUMN * size
}
