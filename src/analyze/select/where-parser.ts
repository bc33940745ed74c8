/**
 * The language of `--where`, read into a tree. docs/where.md has the grammar:
 *
 *     type=Socket and retained>1mb and not /^node_modules/ and prop.destroyed=true
 */
import {HeapgraphError} from '../../util/errors.ts'
import {parseBytes, parseDuration, unitBytes} from '../../util/units.ts'
import {regexOf} from '../facts/text-pattern.ts'
import {SYSTEM_DISTANCE} from '../graph/system-distance.ts'

const TEXT_FIELDS = ['type', 'name', 'kind', 'place', 'realm', 'package', 'allocated'] as const
const NUMBER_FIELDS = ['id', 'self', 'retained', 'distance', 'edges', 'retainers', 'born'] as const

export type TextField = (typeof TEXT_FIELDS)[number]
export type NumberField = (typeof NUMBER_FIELDS)[number]
export type Comparison = '=' | '<' | '<=' | '>' | '>='

/** A whole text, or a regular expression found somewhere in it. */
export type TextMatch = {exact: string} | {regex: RegExp}

/** What a property's value is compared with. */
export type ValueTest =
  | {text: TextMatch}
  /** `true`, `false`, `null` or `undefined`. */
  | {oddball: string}
  | {number: number; compare: Comparison}
  /** V8's id of the object that is the value. */
  | {id: number}

/** `!=` and `!~` are the negation of `=` and `~`. */
export type Where =
  | {test: 'and' | 'or'; terms: Where[]}
  | {test: 'not'; term: Where}
  /** A text without a field: of the type, the name, or the place. */
  | {test: 'any'; match: TextMatch}
  | {test: 'text'; field: TextField; match: TextMatch}
  | {test: 'number'; field: NumberField; compare: Comparison; value: number}
  | {test: 'detached'}
  /** The property at the end of `path`; without `value`, whether there is one. */
  | {test: 'prop'; path: string[]; value: ValueTest | undefined}

/** Parentheses and `not`s inside one another: more are no question a person asks. */
const MAX_DEPTH = 100

export const FIELDS: readonly string[] = [...TEXT_FIELDS, ...NUMBER_FIELDS, 'detached', 'prop']
const OPERATOR = /!=|!~|<=|>=|[=<>~]/y
/** What stands before an operator, or alone. */
const WORD = /[^\s()"'<>=!~]+/y
/** Behind an operator there is no other one: signs that are part of a name may stand as they are. */
const VALUE_WORD = /[^\s()"']+/y
/** Types as they are printed: `(array)`, `{a, b}`, `<div>`. */
const BRACKETED = /\([^()]*\)|\{[^{}]*\}|<[^<>\s]*>/y
const BRACKETED_ALONE = /\{[^{}]*\}|<[^<>\s]*>/y
export const ODDBALLS: readonly string[] = ['true', 'false', 'null', 'undefined']
/** Distances that have a name: the same that `show` prints. */
export const NAMED_DISTANCES: Record<string, number> = {system: SYSTEM_DISTANCE, unreachable: Number.POSITIVE_INFINITY}

/** Reads an expression. Throws USAGE with the place of the character that it cannot understand. */
export function parseWhere(text: string): Where {
  return new Parser(text).whole()
}

/** Properties, and properties of their values: from name to name. */
export interface PropertyPath {
  /** As it was written. */
  text: string
  /** The names, outermost first. */
  path: readonly string[]
}

/** Reads `id, user.name, "two words"`. Throws USAGE with the place of the character that it cannot understand. */
export function parsePropertyPaths(text: string): PropertyPath[] {
  return new Parser(text).paths()
}

/** What may stand somewhere in an expression. `field`: as it was written. */
export type WherePlace = {is: 'test' | 'joint'} | {is: 'operator' | 'value'; field: string}

/** What may stand behind the last character of a text that begins an expression; undefined where the text has a mistake before. */
export function readUntilEnd(text: string): WherePlace | undefined {
  return new Parser(text).placeAtEnd()
}

export function isTextField(field: string): field is TextField {
  return isOneOf(TEXT_FIELDS, field)
}

/** Whether a text that may also be a type or an id is an expression: if it begins with a field and an operator, or `where `. */
export function isWhere(text: string): boolean {
  return WHERE_PREFIX.test(text) || FIELD_FIRST.test(text)
}

/** An expression without the `where` that marks it as one. */
export function withoutPrefix(text: string): string {
  return text.replace(WHERE_PREFIX, '')
}

const WHERE_PREFIX = /^where\s+/
const FIELD_FIRST = new RegExp(
  `^(?:not\\s+)?(?:(?:${[...TEXT_FIELDS, ...NUMBER_FIELDS].join('|')})\\s*[=!<>~]|prop\\.\\S)`,
)

class Parser {
  readonly #text: string
  #at = 0
  #depth = 0
  /** What is read next, for completions. */
  #place: WherePlace = {is: 'test'}

  constructor(text: string) {
    this.#text = text
  }

  whole(): Where {
    const where = this.#or()
    this.#skipBlanks()
    if (this.#at < this.#text.length) {
      const found = this.#text[this.#at]
      throw this.#error(found === ')' ? 'this ) closes nothing' : 'and, or, or the end is expected here')
    }
    return where
  }

  placeAtEnd(): WherePlace | undefined {
    try {
      this.whole()
    } catch (error) {
      if (!(error instanceof HeapgraphError)) throw error
      // What it could not understand stands before the end.
      if (this.#at < this.#text.trimEnd().length) return undefined
    }
    return this.#place
  }

  /** `id, user.name, "two words"`. */
  paths(): PropertyPath[] {
    const paths: PropertyPath[] = []
    do {
      this.#skipBlanks()
      const start = this.#at
      const path = [this.#propertyName(LISTED_NAME)]
      while (this.#text[this.#at] === '.') {
        this.#at++
        path.push(this.#propertyName(LISTED_NAME))
      }
      paths.push({text: this.#text.slice(start, this.#at), path})
      this.#skipBlanks()
    } while (this.#text[this.#at++] === ',')
    if (this.#at <= this.#text.length) throw this.#error('a comma or the end is expected here', this.#at - 1)
    return paths
  }

  #or(): Where {
    return this.#chain('or', () => this.#chain('and', () => this.#not()))
  }

  #chain(word: 'and' | 'or', next: () => Where): Where {
    const terms = [next()]
    while (this.#take(word)) terms.push(next())
    return terms.length === 1 ? terms[0] : {test: word, terms}
  }

  #not(): Where {
    this.#place = {is: 'test'}
    if (!this.#take('not')) return this.#primary()
    return {test: 'not', term: this.#nested(() => this.#not())}
  }

  #primary(): Where {
    this.#skipBlanks()
    const open = this.#at
    if (this.#text[open] === '(') {
      this.#at++
      const where = this.#nested(() => this.#or())
      this.#skipBlanks()
      if (this.#text[this.#at] !== ')') {
        throw this.#at < this.#text.length
          ? this.#error('and, or, or a ) is expected here')
          : this.#error('this ( is never closed', open)
      }
      this.#at++
      this.#place = {is: 'joint'}
      return where
    }
    this.#place = {is: 'test'}
    const where = this.#test()
    this.#place = {is: 'joint'}
    return where
  }

  #nested(read: () => Where): Where {
    if (++this.#depth > MAX_DEPTH) throw this.#error(`more than ${MAX_DEPTH} nested parentheses and nots`)
    const where = read()
    this.#depth--
    return where
  }

  /** `and`, `or`, `not`, if it stands here as a word of its own. */
  #take(word: string): boolean {
    this.#skipBlanks()
    const found = this.#peek(WORD)
    if (found !== word && found !== word.toUpperCase()) return false
    this.#at += word.length
    return true
  }

  /** One field, compared; or a text alone. */
  #test(): Where {
    const start = this.#at
    const char = this.#text[start]
    if (char === undefined) throw this.#error('a condition is missing here')
    if (char === '/' || char === '"' || char === "'") return {test: 'any', match: this.#textValue(false)}
    const bracketed = this.#peek(BRACKETED_ALONE)
    if (bracketed !== undefined) {
      this.#at += bracketed.length
      return {test: 'any', match: {exact: bracketed}}
    }
    const word = this.#peek(WORD)
    if (word === undefined) throw this.#error(`a field or a text is expected here, not ${char}`)
    if (['and', 'or'].includes(word.toLowerCase()))
      throw this.#error(`a condition is missing before this ${word}; a type of that name is written in quotes`)
    if (word.startsWith('prop.')) return this.#property(start)
    this.#at += word.length
    this.#place = {is: 'operator', field: word}
    const operator = this.#operator()
    if (operator === undefined) return this.#alone(word, start)
    this.#place = {is: 'value', field: word}
    if (isOneOf(TEXT_FIELDS, word)) return this.#textTest(word, operator)
    if (isOneOf(NUMBER_FIELDS, word)) return this.#numberTest(word, operator)
    if (word === 'detached') return this.#detachedTest(operator)
    if (word === 'prop') throw this.#error('write a property as prop.NAME', start)
    throw this.#error(
      `${shown(word)} is not a field; the fields are ${FIELDS.slice(0, -1).join(', ')} and prop.NAME`,
      start,
    )
  }

  #alone(word: string, start: number): Where {
    if (word === 'detached') return {test: 'detached'}
    const id = /^@(\d+)$/.exec(word)
    if (id !== null) return {test: 'number', field: 'id', compare: '=', value: Number(id[1])}
    if (FIELDS.includes(word)) {
      const how = word === 'prop' ? 'prop.NAME is expected' : `a condition is missing after ${word}`
      throw this.#error(`${how}; an object of that name is written in quotes`, word === 'prop' ? start : this.#at)
    }
    return {test: 'any', match: {exact: word}}
  }

  #textTest(field: TextField, operator: string): Where {
    if (/[<>]/.test(operator)) throw this.#error(`${field} is a text: = != ~ !~ compare it`, this.#at - operator.length)
    return negated(operator, {test: 'text', field, match: this.#textValue(operator.endsWith('~'))})
  }

  #numberTest(field: NumberField, operator: string): Where {
    const compare = this.#comparison(operator, field)
    const start = this.#valueStart(operator)
    const value = this.#numberValue(field)
    if (value === undefined) throw this.#error(EXPECTED[field], start)
    return negated(operator, {test: 'number', field, compare, value})
  }

  #comparison(operator: string, field: string): Comparison {
    if (operator.endsWith('~')) throw this.#error(`${field} is a number: = != < <= > >= compare it`, this.#at - 1)
    return (operator === '!=' ? '=' : operator) as Comparison
  }

  #numberValue(field: NumberField): number | undefined {
    const word = this.#peek(WORD)
    if (word === undefined) return undefined
    this.#at += word.length
    if (field === 'distance' && Object.hasOwn(NAMED_DISTANCES, word)) return NAMED_DISTANCES[word]
    if (field === 'self' || field === 'retained') return parseBytes(word + this.#unitBehind(word))
    if (field === 'born') return secondsOf(word)
    const number = (field === 'id' ? /^@?(\d+)$/ : /^(\d+)$/).exec(word)
    return number === null ? undefined : Number(number[1])
  }

  /** The unit of `12.4 MB`, as sizes are printed. */
  #unitBehind(word: string): string {
    if (!/^[\d.]+$/.test(word)) return ''
    const before = this.#at
    this.#skipBlanks()
    const unit = this.#peek(WORD)
    if (unit !== undefined && /^[a-z]+$/i.test(unit) && unitBytes(unit) !== undefined) {
      this.#at += unit.length
      return unit
    }
    this.#at = before
    return ''
  }

  #detachedTest(operator: string): Where {
    if (operator !== '=' && operator !== '!=') {
      throw this.#error('detached is true or false: = and != compare it', this.#at - operator.length)
    }
    const start = this.#valueStart(operator)
    const word = this.#peek(WORD)
    if (word !== 'true' && word !== 'false') throw this.#error('true or false is expected here', start)
    this.#at += word.length
    const is: Where = {test: 'detached'}
    return (word === 'true') === (operator === '=') ? is : {test: 'not', term: is}
  }

  /** `prop.a`, `prop."two words"`, `prop.a.b`. */
  #property(start: number): Where {
    this.#at = start + 'prop'.length
    const path: string[] = []
    while (this.#text[this.#at] === '.') {
      this.#at++
      path.push(this.#propertyName(PROPERTY_NAME))
    }
    const field = this.#text.slice(start, this.#at)
    this.#place = {is: 'operator', field}
    const operator = this.#operator()
    if (operator === undefined) return {test: 'prop', path, value: undefined}
    this.#place = {is: 'value', field}
    return negated(operator, {test: 'prop', path, value: this.#propertyValue(operator)})
  }

  #propertyName(unquoted: RegExp): string {
    const quote = this.#text[this.#at]
    if (quote === '"' || quote === "'") return this.#quoted(quote)
    const name = this.#peek(unquoted)
    if (name === undefined) throw this.#error("a property's name is expected here")
    this.#at += name.length
    return name
  }

  #propertyValue(operator: string): ValueTest {
    if (operator.endsWith('~')) return {text: this.#textValue(true)}
    const start = this.#valueStart(operator)
    const isOrder = /[<>]/.test(operator)
    const compare = this.#comparison(operator, 'a value')
    const word = /["'/]/.test(this.#text[start]) ? undefined : this.#peek(VALUE_WORD)
    const number = word === undefined ? undefined : numberOf(word)
    if (word !== undefined && number !== undefined) {
      this.#at += word.length
      return {number, compare}
    }
    if (isOrder) throw this.#error(`a number is expected after ${operator}`, start)
    if (word !== undefined && (ODDBALLS.includes(word) || /^@\d+$/.test(word))) {
      this.#at += word.length
      return word.startsWith('@') ? {id: Number(word.slice(1))} : {oddball: word}
    }
    return {text: this.#textValue(false)}
  }

  /** A text, in quotes or not, or `/regex/`. `isRegex`: what has no slashes is one, too. */
  #textValue(isRegex: boolean): TextMatch {
    this.#skipBlanks()
    const start = this.#at
    const char = this.#text[start]
    if (char === undefined || char === ')') throw this.#error('a value is missing here')
    if (char === '/') return {regex: this.#slashed()}
    const text = char === '"' || char === "'" ? this.#quoted(char) : this.#plainValue()
    return isRegex ? {regex: this.#compiled(text, '', start)} : {exact: text}
  }

  #plainValue(): string {
    const word = this.#peek(BRACKETED) ?? this.#peek(VALUE_WORD)
    if (word === undefined) throw this.#error('a value is expected here; quote one that has blanks or parentheses')
    this.#at += word.length
    return word
  }

  /** `/…/flags`; a slash inside stands behind a backslash or in brackets, as in JavaScript. */
  #slashed(): RegExp {
    const start = this.#at
    const found = this.#peek(/\/((?:[^\\/[]|\\.|\[(?:[^\\\]]|\\.)*\])*)\/([a-z]*)/y)
    if (found === undefined) {
      throw this.#error('the regular expression that starts at this / has no end; quote a path', start)
    }
    const flags = found.slice(found.lastIndexOf('/') + 1)
    this.#at += found.length
    if (this.#at < this.#text.length && !/[\s)]/.test(this.#text[this.#at])) {
      const why = 'the regular expression ends at this /; one inside is written \\/, and a path in quotes'
      throw this.#error(why, start + found.length - flags.length - 1)
    }
    return this.#compiled(found.slice(1, found.length - flags.length - 1), flags, start)
  }

  #compiled(source: string, flags: string, start: number): RegExp {
    try {
      return regexOf(source, flags)
    } catch (error) {
      throw this.#error(`invalid regular expression: ${(error as Error).message}`, start)
    }
  }

  /** Between quotes all stands for itself, but for a quote or backslash behind a backslash. */
  #quoted(quote: string): string {
    const start = this.#at
    let text = ''
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at]
      if (char === quote) {
        this.#at++
        return text
      }
      const next = this.#text[this.#at + 1]
      if (char === '\\' && (next === quote || next === '\\')) this.#at++
      text += this.#text[this.#at]
    }
    throw this.#error(`this ${quote} is never closed`, start)
  }

  #operator(): string | undefined {
    const before = this.#at
    this.#skipBlanks()
    const operator = this.#peek(OPERATOR)
    if (operator === undefined) {
      if (this.#text[this.#at] === '!') throw this.#error('! is allowed only in != and !~; use not')
      this.#at = before
      return undefined
    }
    this.#at += operator.length
    // Programmers write two or three.
    if (operator === '=' && this.#text[this.#at] === '=') throw this.#error('one = is enough')
    return operator
  }

  /** Where the value begins; it must be there. */
  #valueStart(operator: string): number {
    this.#skipBlanks()
    if (this.#at === this.#text.length) throw this.#error(`a value is missing after ${operator}`)
    return this.#at
  }

  #skipBlanks(): void {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at])) this.#at++
  }

  #peek(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    return pattern.exec(this.#text)?.[0]
  }

  #error(what: string, at = this.#at): HeapgraphError {
    const message = `the expression cannot be read at character ${at + 1}: ${what}`
    return new HeapgraphError('USAGE', message, undefined, {text: this.#text, at})
  }
}

/** The same between commas. */
const LISTED_NAME = /[^\s()"'<>=!~.,]+/y
const PROPERTY_NAME = /[^\s()"'<>=!~.]+/y

const EXPECTED: Record<NumberField, string> = {
  id: 'an object id, such as @12345, is expected here',
  self: 'a size, such as 500, 10kb or 1.5mib, is expected here',
  retained: 'a size, such as 500, 10kb or 1.5mib, is expected here',
  distance: 'a whole number, system or unreachable is expected here',
  edges: 'a whole number is expected here',
  retainers: 'a whole number is expected here',
  born: 'a time since the first sample, such as 2s, 500ms or 1.5m, is expected here',
}

/** `2s`, `0s`, `1.5m`: seconds. */
function secondsOf(word: string): number | undefined {
  if (/^0(?:ms|s|m|min|h|d)?$/.test(word)) return 0
  const ms = parseDuration(word)
  return ms === undefined ? undefined : ms / 1000
}

function negated(operator: string, where: Where): Where {
  return operator.startsWith('!') ? {test: 'not', term: where} : where
}

/** A number as programs write it, or a size; undefined if the word is neither. */
function numberOf(word: string): number | undefined {
  if (/^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(word)) return Number(word)
  if (/^-?Infinity$/.test(word) || word === 'NaN') return Number(word)
  return /^\d/.test(word) ? parseBytes(word) : undefined
}

function isOneOf<T extends string>(names: readonly T[], word: string): word is T {
  return (names as readonly string[]).includes(word)
}

function shown(word: string): string {
  return word.length > 40 ? `${word.slice(0, 40)}…` : word
}
