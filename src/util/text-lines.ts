/** Lines of a text and offsets in it, as V8 counts them: `String::CalculateLineEnds` (string.cc) also ends lines at U+2028 and U+2029. */
import {GrowableUint32} from './growable.ts'

export interface TextLines {
  /** Number of lines: at least one. */
  count: number
  /** Offset of a place; lines and columns from 0 on. -1 where the text has no such line, or the line not that column. */
  offset(line: number, column: number): number
  /** Line and column, from 0 on, of an offset from 0 to the length of the text. */
  place(offset: number): {line: number; column: number}
}

/** Finds the lines of a text once. Offsets are UTF-16 units, as V8's. */
export function textLines(text: string): TextLines {
  const starts = lineStarts(text)
  const endOf = (line: number) => (line + 1 < starts.length ? starts[line + 1] : text.length + 1)
  return {
    count: starts.length,
    offset(line, column) {
      if (line < 0 || line >= starts.length || column < 0) return -1
      const offset = starts[line] + column
      return offset < endOf(line) ? offset : -1
    },
    place(offset) {
      let low = 0
      let high = starts.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if (starts[middle] <= offset) low = middle + 1
        else high = middle
      }
      return {line: low - 1, column: offset - starts[low - 1]}
    },
  }
}

function lineStarts(text: string): Uint32Array {
  const starts = new GrowableUint32()
  starts.push(0)
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const isEnd =
      unit === 0x0a || (unit === 0x0d && text.charCodeAt(at + 1) !== 0x0a) || unit === 0x2028 || unit === 0x2029
    if (isEnd) starts.push(at + 1)
  }
  return starts.view()
}
