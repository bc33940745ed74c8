/** Answers that an agent has room for. */

/** Bytes of UTF-8 that are counted as one token, so that a budget is kept: o200k makes a token of 2.3 (tables of numbers) to 3.3 bytes of our answers. */
const BYTES_PER_TOKEN = 2

export const DEFAULT_TOKENS = 4_000
export const MIN_TOKENS = 500
export const MAX_TOKENS = 25_000

export interface Fitted {
  text: string
  /** Lines that were left out at the end, where an answer has what matters least. */
  leftOut: number
}

export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text, 'utf8') / BYTES_PER_TOKEN)
}

/** As many whole lines from the beginning as there is room for; of a single line that is too long, its beginning. */
export function fitTo(text: string, tokens: number): Fitted {
  const lines = text.replace(/\n+$/, '').split('\n')
  let left = tokens * BYTES_PER_TOKEN
  let count = 0
  for (; count < lines.length; count++) {
    left -= Buffer.byteLength(lines[count], 'utf8') + 1
    if (left < 0) break
  }
  if (count === 0 && lines[0] !== '') {
    const room = Math.floor((tokens * BYTES_PER_TOKEN) / 4)
    return {text: `${lines[0].slice(0, room)}…`, leftOut: lines.length - 1}
  }
  return {text: lines.slice(0, count).join('\n'), leftOut: lines.length - count}
}
