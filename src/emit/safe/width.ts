/**
 * How many columns a text takes on a terminal: what tables are aligned and names are shortened by.
 * After Unicode's UAX 11 (East Asian Width W and F) and UAX 29 (what a reader takes for one character).
 * `string-width` does the same, but its current release asks for Node 22 and it costs three packages for these lines.
 */

/** ASCII, Latin without its soft hyphen, dashes and quotes, and what heapgraph itself draws with: … ‹ › → ⊘ ▣ ◇ ◎ and the lines of a tree. */
const plain = /^[\x20-\x7e\xa1-\xac\xae-\u024f\u2010-\u2027\u2039\u203a\u2192\u2298\u2500-\u257f\u25a3\u25c7\u25ce]*$/

/** Whether each code unit is a character of one column that may be shown as it is: true of nearly all texts. */
export function isPlain(text: string): boolean {
  return plain.test(text)
}

/** Base characters that take two columns. Emoji_Presentation covers the emoji, the ranges cover CJK. */
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u

/** U+FE0F asks for the emoji form of the character before it. */
const EMOJI_SELECTOR = '\ufe0f'

/** Alone, these attach to whatever stands before them. */
const marksOnly = /^[\p{Mn}\p{Me}\p{Variation_Selector}\u200c\u200d]+$/u

let segmenter: Intl.Segmenter | undefined

/** Made at the first text that needs it: that takes some 7 ms, a sixth of Node's whole start. */
function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', {granularity: 'grapheme'})
  return segmenter.segment(text)
}

/** Longest thing taken for one character: a family emoji has 11 code units, a name of marks only may have 10,000. */
export const MAX_GRAPHEME_LENGTH = 32

/** Code units given to the segmenter at once: of a text of megabytes it makes a copy for each character. */
const SEGMENTED = 1024

/** The text in pieces that a cut must not go through. */
export function graphemes(text: string): string[] {
  if (isPlain(text)) return text.split('')
  const pieces: string[] = []
  for (let from = 0; from < text.length; ) {
    const isLast = from + SEGMENTED >= text.length
    // Not between the halves of a character.
    const end = from + SEGMENTED - Number(!isLast && /[\ud800-\udbff]/.test(text[from + SEGMENTED - 1]))
    const part = text.slice(from, end)
    let used = 0
    for (const {segment} of segmentsOf(part)) {
      // What the part ends with may go on behind it; but nothing is as long as that.
      if (!isLast && used > 0 && used + segment.length === part.length && segment.length <= MAX_GRAPHEME_LENGTH) break
      used += segment.length
      if (segment.length <= MAX_GRAPHEME_LENGTH) pieces.push(segment)
      else for (const character of segment) pieces.push(character)
    }
    from += used
  }
  return pieces
}

export function textWidth(text: string): number {
  if (isPlain(text)) return text.length
  let width = 0
  for (const piece of graphemes(text)) width += graphemeWidth(piece)
  return width
}

/** Columns of one of the pieces that `graphemes` gives. */
export function graphemeWidth(piece: string): number {
  if (marksOnly.test(piece)) return 0
  return wide.test(piece) || piece.includes(EMOJI_SELECTOR) ? 2 : 1
}
