/**
 * Class names, property keys and strings come out of somebody's heap: whoever filled the heap chose them. Here, and
 * nowhere else, they become safe to show. What would steer a terminal, reorder or hide text, or break DOT or XML is
 * written out, `\n` or `\u{1b}`, so that a reader sees that it was there.
 */
import {graphemes, graphemeWidth, isPlain, MAX_GRAPHEME_LENGTH, textWidth} from './width.ts'

/**
 * Controls (C0, DEL, C1), format characters (bidi overrides and isolates, zero-width space, byte order mark, tags),
 * U+2028/9, lone surrogates, noncharacters, and what fonts draw as nothing. Joiners and variation selectors stay:
 * emoji, Persian and Indic scripts are spelt with them.
 */
const unsafe =
  /(?![\u200c\u200d]|\p{Variation_Selector})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}]/gu

/** Of nearly all documents this is all there is to know, and it is known at once. */
const plainJson = /^[\n\x20-\x7e]*$/

const shortEscapes: Record<string, string> = {'\n': '\\n', '\t': '\\t', '\r': '\\r'}

const ELLIPSIS = '…'

/** One line for a terminal, at most `max` columns wide, else the middle is left out; never cuts through what a reader takes for one character. A backslash of the text's own is left as it is. */
export function forTerminal(text: string, max = Number.POSITIVE_INFINITY): string {
  if (isPlain(text)) return cutPlain(text, max)
  return cutMiddle(piecesFor(text, max).map(visible), max)
}

/**
 * The inside of a quoted DOT string, without the quotes. Graphviz decodes entities in labels, so `&` is written as one;
 * control characters would go through into its SVG and break it.
 */
export function forDot(text: string, max = Number.POSITIVE_INFINITY): string {
  return forTerminal(text, max).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;')
}

const xmlEntities: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}

/** Text or attribute value of an XML or HTML document. */
export function forXml(text: string, max = Number.POSITIVE_INFINITY): string {
  return forTerminal(text, max).replace(/[&<>"']/g, character => xmlEntities[character])
}

/**
 * A code span of Markdown: names in it are no mention, link, HTML or emphasis. `inTable`: a bar would end the cell there, and stand
 * with a backslash elsewhere.
 */
export function forMarkdownCode(text: string, {inTable = false, max = Number.POSITIVE_INFINITY} = {}): string {
  const plain = forTerminal(text, max).trim()
  if (plain === '') return ''
  const longest = Math.max(0, ...(plain.match(/`+/g) ?? []).map(run => run.length))
  const fence = '`'.repeat(longest + 1)
  const space = longest > 0 ? ' ' : ''
  return `${fence}${space}${inTable ? plain.replaceAll('|', '\\|') : plain}${space}${fence}`
}

/** A sentence in Markdown: every sign that could mean something is escaped, and an empty comment parts mentions, references and addresses. */
export function forMarkdown(text: string, max = Number.POSITIVE_INFINITY): string {
  return forTerminal(text, max)
    .replace(/[\\`*_{}[\]|~]/g, '\\$&')
    .replace(/[&<>]/g, sign => xmlEntities[sign])
    .replace(/@(?=[\p{L}\p{N}])|:(?=\/\/)|www(?=\.)|#(?=\d)/giu, '$&<!-- -->')
}

/**
 * JSON text with everything unsafe inside its strings as `\uXXXX`: the same document to a parser, harmless on a
 * terminal. Only for text that JSON.stringify made, where nothing unsafe but line feeds stands outside of strings.
 */
export function forJson(json: string): string {
  if (plainJson.test(json)) return json
  return json.replace(unsafe, character => (character === '\n' ? character : jsonEscape(character)))
}

function visible(text: string): string {
  return text.replace(unsafe, character => shortEscapes[character] ?? `\\u{${hex(character.codePointAt(0)!)}}`)
}

function jsonEscape(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${hex(unit.charCodeAt(0)).padStart(4, '0')}`)
    .join('')
}

function hex(code: number): string {
  return code.toString(16)
}

/** The pieces of the text, or of its two ends if it is so long that the middle cannot be part of the result. */
function piecesFor(text: string, max: number): string[] {
  const reach = Math.max(1, max) * MAX_GRAPHEME_LENGTH
  if (text.length <= 2 * reach) return graphemes(text)
  return graphemes(text.slice(0, reach)).concat(graphemes(text.slice(-reach)))
}

/**
 * A piece without width of its own counts as one column, else ten thousand of them would pass as nothing. Only what was written out with a
 * backslash is more than one grapheme.
 */
function cost(piece: string): number {
  return Math.max(1, piece.includes('\\') ? textWidth(piece) : graphemeWidth(piece))
}

function cutPlain(text: string, max: number): string {
  if (text.length <= max) return text
  const tail = Math.max(0, Math.floor((max - 1) / 2))
  return text.slice(0, Math.max(0, Math.ceil((max - 1) / 2))) + ELLIPSIS + text.slice(text.length - tail)
}

function cutMiddle(pieces: string[], max: number): string {
  const total = pieces.reduce((sum, piece) => sum + cost(piece), 0)
  if (total <= max) return pieces.join('')
  const head = takeWhileFits(pieces, Math.ceil((max - 1) / 2))
  const tail = takeWhileFits(pieces.toReversed(), Math.floor((max - 1) / 2)).reverse()
  return head.join('') + ELLIPSIS + tail.join('')
}

function takeWhileFits(pieces: string[], room: number): string[] {
  let used = 0
  let end = 0
  while (end < pieces.length && used + cost(pieces[end]) <= room) used += cost(pieces[end++])
  return pieces.slice(0, end)
}
