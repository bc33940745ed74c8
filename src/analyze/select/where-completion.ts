/** What may stand at a place of a `--where` expression: asked of the parser itself, so that there is one grammar. */
import {FIELDS, isTextField, NAMED_DISTANCES, ODDBALLS, readUntilEnd} from './where-parser.ts'

/** What may be written, in place of the characters from `from` up to `to`. */
export interface Completion {
  from: number
  to: number
  /** What is written already, without quotes. */
  written: string
  /** Whole words, as they are written in an expression, most usual first. */
  words: string[]
  /** What is asked of the heap besides: values of this field, or names of properties. */
  asks: {values: string} | {properties: true} | undefined
}

const TEXT_OPERATORS = ['=', '~', '!=', '!~']
const NUMBER_OPERATORS = ['>', '>=', '<', '<=', '=', '!=']
const SIZES = ['1kb', '100kb', '1mb', '10mb']
const VALUES: Readonly<Record<string, readonly string[]>> = {
  self: SIZES,
  retained: SIZES,
  distance: Object.keys(NAMED_DISTANCES),
  born: ['1s', '10s'],
  detached: ['true', 'false'],
  prop: ODDBALLS,
}
/** Texts of which a heap has few: those that `types --by` has rows of. */
const ASKED: readonly string[] = ['type', 'kind', 'realm', 'package', 'allocated']
const PROPERTY = 'prop.'
/** Characters of a word that stands where a test begins. */
const WORD_BEFORE = /[^\s()"'<>=!~]*$/
/** Texts in quotes that end, and whatever else. */
const CLOSED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"']/gs

/** What may stand at `at`; undefined where nothing can be said, as behind a mistake. */
export function completionAt(text: string, at: number): Completion | undefined {
  const before = text.slice(0, at)
  // A quote that is open has all behind it.
  const open = before.replace(CLOSED, blanks).search(/["']/)
  const word = open >= 0 ? before.slice(open) : (WORD_BEFORE.exec(before)?.[0] ?? '')
  const from = at - word.length
  const place = readUntilEnd(before.slice(0, from))
  if (place === undefined) return undefined
  const to = at
  switch (place.is) {
    case 'test':
      return {from, to, written: word, ...testWords(word)}
    case 'operator':
      return {from, to, written: word, words: operatorsOf(place.field), asks: undefined}
    case 'joint':
      return {from, to, written: word, words: ['and ', 'or '], asks: undefined}
    case 'value':
      return valuesOf(place.field, word, at)
  }
}

function testWords(word: string): Pick<Completion, 'words' | 'asks'> {
  if (word.startsWith(PROPERTY)) {
    const signs = word === PROPERTY ? [] : operatorsOf(word)
    return {words: signs.map(sign => word + sign), asks: {properties: true}}
  }
  // A field that is written whole is compared next.
  if (FIELDS.includes(word) && word !== 'prop')
    return {words: operatorsOf(word).map(sign => word + sign), asks: undefined}
  const fields = FIELDS.filter(field => field !== 'prop')
  return {words: [...fields, PROPERTY, 'not '], asks: undefined}
}

function operatorsOf(field: string): string[] {
  if (field === 'detached') return ['=', '!=']
  if (field.startsWith(PROPERTY)) return [...TEXT_OPERATORS, '>', '>=', '<', '<=']
  return isTextField(field) ? TEXT_OPERATORS : NUMBER_OPERATORS
}

function valuesOf(field: string, written: string, at: number): Completion {
  const name = field.startsWith(PROPERTY) ? 'prop' : field
  return {
    from: at - written.length,
    to: at,
    written: written.replace(/^["']/, ''),
    words: [...(VALUES[name] ?? [])],
    asks: ASKED.includes(name) ? {values: name} : undefined,
  }
}

/** As long as the text was. */
function blanks(text: string): string {
  return ' '.repeat(text.length)
}

/** A text as a value of an expression: in quotes where it would be read as more than a word. */
export function asValue(text: string): string {
  return /^[^\s()"'<>=!~/@]+$/.test(text) ? text : `"${text.replaceAll(/[\\"]/g, '\\$&')}"`
}

/** A name behind `prop.`. */
export function asProperty(name: string): string {
  return PROPERTY + asColumn(name)
}

/** A name as a column of `--columns`. */
export function asColumn(name: string): string {
  return /^[^\s()"'<>=!~.,]+$/.test(name) ? name : `"${name.replaceAll(/[\\"]/g, '\\$&')}"`
}
