/**
 * A push scanner for one JSON object of large flat sections: bytes in, rows of numbers and bytes of strings out.
 * It checks the whole JSON grammar (RFC 8259) and keeps its state between chunks, so that a chunk may end anywhere.
 * It knows nothing of heaps: a handler says, key by key, what each top-level value is.
 */
import {exactNumber} from './digits.ts'
import {KeyCollector} from './key-collector.ts'
import {describeByte, ScanError} from './scan-error.ts'

/** Receives the strings of an array of strings as raw JSON text: the bytes between the quotes, escapes untouched. */
export interface StringSink {
  append(bytes: Uint8Array, from: number, to: number): void
  end(): void
}

/** Receives a value of nested arrays of numbers piece by piece, however deep they are. */
export interface NestedSink {
  open(): void
  number(value: number): void
  close(): void
  /** Something stands there that is neither an array nor a number. */
  other(): void
}

/** How the value of one top-level key is to be read. */
export type SectionPlan =
  /** A flat array of numbers, handed over as whole rows: `values` holds `rows * rowLength` of them, valid for the call. */
  | {kind: 'numbers'; rowLength: number; rows(values: Float64Array, rows: number): void}
  | {kind: 'strings'; sink: StringSink}
  /** Any value, handed over as its JSON text; longer than `limitBytes` is an error. */
  | {kind: 'text'; limitBytes: number; text(json: string): void}
  /** Any value; what is not arrays and numbers is only said to be there. */
  | {kind: 'nested'; sink: NestedSink}
  /** Any value, checked and dropped. */
  | {kind: 'skip'}

export interface ScanHandler {
  /** Called at the first byte of a top-level value; `offset` is that byte's place in the input. */
  section(key: string, offset: number): SectionPlan
  sectionEnd(key: string): void
}

/** What the grammar allows next. */
const Mode = {
  start: 0,
  value: 1,
  valueOrEnd: 2,
  key: 3,
  keyOrEnd: 4,
  colon: 5,
  commaOrEnd: 6,
  string: 7,
  number: 8,
  literal: 9,
  numbers: 10,
  strings: 11,
  done: 12,
} as const

/** Where a flat array stands: before its first item, before a further one, behind one, between a string's quotes. */
const Item = {first: 0, next: 1, after: 2, inString: 3} as const

const QUOTE = 0x22

const LINE_FEED = 0x0a
const COMMA = 0x2c

const MINUS = 0x2d

const ZERO = 0x30

const COLON = 0x3a

const OPEN_ARRAY = 0x5b

const BACKSLASH = 0x5c

const CLOSE_ARRAY = 0x5d

const OPEN_OBJECT = 0x7b

const CLOSE_OBJECT = 0x7d

const LOWER_U = 0x75

const IN_OBJECT = 0

const IN_ARRAY = 1

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** No number of a heap snapshot needs more; one that does is an error, not a reason to grow. */
const MAX_NUMBER_BYTES = 64

/** Numbers handed over at once: small enough to stay in the processor's second-level cache. */
const BLOCK_VALUES = 8192

const BOM = [0xef, 0xbb, 0xbf]

/** Bytes that stand for themselves inside a JSON string. */
const PLAIN = new Uint8Array(256).fill(1, 0x20)
PLAIN[QUOTE] = 0
PLAIN[BACKSLASH] = 0

const ESCAPABLE = byteSet('"\\/bfnrtu')

const HEX = byteSet('0123456789abcdefABCDEF')

const NUMBER_BYTE = byteSet('0123456789+-.eE')

const SPACE = byteSet(' \t\n\r')

function byteSet(characters: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const character of characters) set[character.charCodeAt(0)] = 1
  return set
}

export class JsonScanner {
  readonly #handler: ScanHandler
  #mode: number = Mode.start
  /** Input bytes before the current chunk. */
  #position = 0
  #bomBytes = 0

  /** One entry an open bracket: IN_OBJECT or IN_ARRAY. */
  #stack = new Uint8Array(64)
  #depth = 0
  #key = ''
  #plan: SectionPlan = {kind: 'skip'}
  #section: string | undefined

  /** Hexadecimal digits of a \u escape still to come, or ESCAPE_LETTER. */
  #escape = 0
  #stringIsKey = false
  readonly #keyBytes = new KeyCollector()

  readonly #token = new Uint8Array(MAX_NUMBER_BYTES)
  #tokenLength = 0
  #literal = ''
  #literalAt = 0

  #item: number = Item.first
  #values = new Float64Array(0)
  #valueCount = 0

  #textParts: Uint8Array[] | undefined
  #textBytes = 0
  #textFrom = 0

  constructor(handler: ScanHandler) {
    this.#handler = handler
  }

  /** Scans the next piece of the input; the bytes are not kept. */
  write(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#mode === Mode.numbers) at = this.#scanNumbers(chunk, at)
      else if (this.#mode === Mode.strings) at = this.#scanStrings(chunk, at)
      else if (this.#mode === Mode.string) at = this.#scanSingleString(chunk, at)
      else at = this.#scanStructure(chunk, at)
    }
    if (this.#textParts !== undefined) this.#keepText(chunk, chunk.length)
    this.#position += chunk.length
  }

  /** Says that no more input comes. */
  end(): void {
    if (this.#mode === Mode.done) return
    if (this.#mode === Mode.start) {
      this.#checkBom()
      const what = this.#position === this.#bomBytes ? 'the file is empty' : 'the file holds only white space'
      throw new ScanError('empty', what, 0, undefined)
    }
    throw new ScanError('truncated', 'the file ends too early', this.#position, this.#section)
  }

  #fail(what: string, at: number): never {
    throw new ScanError('syntax', what, this.#position + at, this.#section)
  }

  #unexpected(byte: number, wanted: string, at: number): never {
    this.#fail(`found ${describeByte(byte)} where ${wanted} belongs`, at)
  }

  #scanStructure(bytes: Uint8Array, from: number): number {
    let at = from
    while (at < bytes.length) {
      const byte = bytes[at]
      if (this.#mode === Mode.number) {
        if (NUMBER_BYTE[byte] === 1) {
          this.#pushToken(byte, at++)
          continue
        }
        const value = this.#finishToken(at)
        if (this.#plan.kind === 'nested') this.#plan.sink.number(value)
        this.#valueDone(bytes, at)
        continue
      }
      if (this.#mode === Mode.literal) {
        if (byte !== this.#literal.charCodeAt(this.#literalAt)) this.#unexpected(byte, `"${this.#literal}"`, at)
        at++
        if (++this.#literalAt === this.#literal.length) this.#valueDone(bytes, at)
        continue
      }
      if (SPACE[byte] === 1) {
        at = skipSpace(bytes, at + 1)
        continue
      }
      switch (this.#mode) {
        case Mode.start:
          at = this.#scanStart(byte, at)
          break
        case Mode.value:
        case Mode.valueOrEnd:
          if (byte === CLOSE_ARRAY && this.#mode === Mode.valueOrEnd) {
            if (this.#plan.kind === 'nested') this.#plan.sink.close()
            this.#depth--
            this.#valueDone(bytes, ++at)
          } else {
            at = this.#beginValue(byte, at)
            if (!this.#inStructure()) return at
          }
          break
        case Mode.key:
        case Mode.keyOrEnd:
          if (byte === QUOTE) {
            this.#mode = Mode.string
            this.#stringIsKey = true
            this.#keyBytes.clear()
            return at + 1
          }
          if (byte !== CLOSE_OBJECT || this.#mode === Mode.key) this.#unexpected(byte, 'a property name', at)
          this.#depth--
          this.#valueDone(bytes, ++at)
          break
        case Mode.colon:
          if (byte !== COLON) this.#unexpected(byte, '":"', at)
          this.#mode = Mode.value
          at++
          break
        case Mode.commaOrEnd: {
          const inArray = this.#stack[this.#depth - 1] === IN_ARRAY
          if (byte === COMMA) {
            this.#mode = inArray ? Mode.value : Mode.key
            at++
          } else if (byte === (inArray ? CLOSE_ARRAY : CLOSE_OBJECT)) {
            if (inArray && this.#plan.kind === 'nested') this.#plan.sink.close()
            this.#depth--
            this.#valueDone(bytes, ++at)
          } else this.#unexpected(byte, inArray ? '"," or "]"' : '"," or "}"', at)
          break
        }
        default:
          throw new ScanError(
            'trailing',
            `found ${describeByte(byte)} after the closing brace`,
            this.#position + at,
            undefined,
          )
      }
    }
    return at
  }

  /** Whether the next byte is for `#scanStructure`: strings and flat arrays have loops of their own. */
  #inStructure(): boolean {
    return this.#mode !== Mode.string && this.#mode !== Mode.numbers && this.#mode !== Mode.strings
  }

  #scanStart(byte: number, at: number): number {
    if (this.#position + at === this.#bomBytes && byte === BOM[this.#bomBytes]) {
      this.#bomBytes++
      return at + 1
    }
    this.#checkBom()
    if (byte === OPEN_OBJECT) {
      this.#push(IN_OBJECT)
      this.#mode = Mode.keyOrEnd
      return at + 1
    }
    const kind = topLevelKind(byte)
    if (kind === undefined)
      throw new ScanError('not-json', `it begins with ${describeByte(byte)}`, this.#position + at, undefined)
    throw new ScanError('not-object', `its top level is ${kind}`, this.#position + at, undefined)
  }

  /** Part of a byte order mark is none. */
  #checkBom(): void {
    if (this.#bomBytes % BOM.length === 0) return
    throw new ScanError('not-json', `it begins with ${describeByte(BOM[0])}`, 0, undefined)
  }

  /** The first byte of a value: opens a section at depth 1, then enters the mode that reads the value. */
  #beginValue(byte: number, at: number): number {
    if (this.#depth === 1) {
      this.#section = this.#key
      this.#plan = this.#handler.section(this.#key, this.#position + at)
      const plan = this.#plan
      if (plan.kind === 'numbers' || plan.kind === 'strings') {
        if (byte !== OPEN_ARRAY) this.#unexpected(byte, `an array of ${plan.kind}`, at)
        this.#item = Item.first
        this.#valueCount = 0
        if (plan.kind === 'numbers') {
          const length = Math.max(1, Math.floor(BLOCK_VALUES / plan.rowLength)) * plan.rowLength
          if (this.#values.length !== length) this.#values = new Float64Array(length)
          this.#mode = Mode.numbers
        } else this.#mode = Mode.strings
        return at + 1
      }
      if (plan.kind === 'text') {
        this.#textParts = []
        this.#textBytes = 0
        this.#textFrom = at
      }
    }
    if (this.#plan.kind === 'nested') tell(this.#plan.sink, byte)
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      this.#push(byte === OPEN_OBJECT ? IN_OBJECT : IN_ARRAY)
      this.#mode = byte === OPEN_OBJECT ? Mode.keyOrEnd : Mode.valueOrEnd
      return at + 1
    }
    if (byte === QUOTE) {
      this.#mode = Mode.string
      this.#stringIsKey = false
      return at + 1
    }
    if (byte === MINUS || (byte - ZERO) >>> 0 <= 9) {
      this.#mode = Mode.number
      return at
    }
    const literal = LITERALS.get(byte)
    if (literal === undefined) this.#unexpected(byte, 'a value', at)
    this.#literal = literal
    this.#literalAt = 0
    this.#mode = Mode.literal
    return at
  }

  /** Called just behind a value (`at` is the byte after it). */
  #valueDone(bytes: Uint8Array, at: number): void {
    this.#mode = this.#depth === 0 ? Mode.done : Mode.commaOrEnd
    if (this.#depth !== 1) return
    if (this.#plan.kind === 'text' && this.#textParts !== undefined) {
      this.#keepText(bytes, at)
      const json = Buffer.concat(this.#textParts).toString('utf8')
      this.#textParts = undefined
      this.#plan.text(json)
    }
    const section = this.#section
    this.#section = undefined
    if (section !== undefined) this.#handler.sectionEnd(section)
  }

  #keepText(bytes: Uint8Array, to: number): void {
    const plan = this.#plan
    if (plan.kind !== 'text' || this.#textParts === undefined) return
    // A copy, since the chunk's bytes change; the slice() of a Buffer would be none.
    this.#textParts.push(Buffer.from(bytes.subarray(this.#textFrom, to)))
    this.#textBytes += to - this.#textFrom
    this.#textFrom = 0
    const excess = this.#textBytes - plan.limitBytes
    if (excess > 0) this.#fail(`the section is longer than ${plan.limitBytes} bytes`, to - excess)
  }

  #push(bracket: number): void {
    if (this.#depth === this.#stack.length) {
      const larger = new Uint8Array(this.#depth * 2)
      larger.set(this.#stack)
      this.#stack = larger
    }
    this.#stack[this.#depth++] = bracket
  }

  // Strings

  #scanSingleString(bytes: Uint8Array, from: number): number {
    const at = this.#scanStringBody(bytes, from, this.#stringIsKey ? this.#keyBytes : IGNORE)
    if (at < 0) return bytes.length
    if (this.#stringIsKey) {
      // Only keys of the outermost object name sections; deeper ones are merely checked.
      if (this.#depth === 1) this.#key = this.#keyBytes.text()
      this.#mode = Mode.colon
    } else this.#valueDone(bytes, at)
    return at
  }

  #scanStrings(bytes: Uint8Array, from: number): number {
    const plan = this.#plan
    if (plan.kind !== 'strings') throw new Error('not in a section of strings')
    const sink = plan.sink
    let at = from
    while (at < bytes.length) {
      if (this.#item === Item.inString) {
        at = this.#scanStringBody(bytes, at, sink)
        if (at < 0) return bytes.length
        sink.end()
        this.#item = Item.after
        continue
      }
      const byte = bytes[at++]
      if (SPACE[byte] === 1) continue
      if (byte === QUOTE && this.#item !== Item.after) this.#item = Item.inString
      else if (byte === COMMA && this.#item === Item.after) this.#item = Item.next
      else if (byte === CLOSE_ARRAY && this.#item !== Item.next) {
        this.#valueDone(bytes, at)
        return at
      } else this.#unexpected(byte, this.#item === Item.after ? '"," or "]"' : 'a string', at - 1)
    }
    return at
  }

  /** Reads on inside a string; returns the place behind its closing quote, or -1 if the chunk ends before. */
  #scanStringBody(bytes: Uint8Array, from: number, sink: {append: StringSink['append']}): number {
    let at = from
    while (at < bytes.length) {
      const start = at
      if (this.#escape === 0) {
        while (at < bytes.length && PLAIN[bytes[at]] === 1) at++
        if (at > start) sink.append(bytes, start, at)
        if (at === bytes.length) return -1
        const byte = bytes[at++]
        if (byte === QUOTE) return at
        if (byte !== BACKSLASH) this.#fail(`found ${describeByte(byte)} inside a string`, at - 1)
        sink.append(bytes, at - 1, at)
        this.#escape = ESCAPE_LETTER
        continue
      }
      const byte = bytes[at++]
      if (this.#escape === ESCAPE_LETTER) {
        if (ESCAPABLE[byte] === 0) this.#unexpected(byte, 'the letter of an escape', start)
        this.#escape = byte === LOWER_U ? 4 : 0
      } else {
        if (HEX[byte] === 0) this.#unexpected(byte, 'a hexadecimal digit', start)
        this.#escape--
      }
      sink.append(bytes, start, at)
    }
    return -1
  }

  // Numbers

  #scanNumbers(bytes: Uint8Array, from: number): number {
    const plan = this.#plan
    if (plan.kind !== 'numbers') throw new Error('not in a section of numbers')
    const end = bytes.length
    const values = this.#values
    let at = from
    if (this.#tokenLength > 0) {
      at = this.#collectToken(bytes, at)
      if (at === end) return at
      values[this.#valueCount++] = this.#finishToken(at)
      this.#item = Item.after
    }
    let count = this.#valueCount
    let item = this.#item
    while (at < end) {
      if (item !== Item.after) {
        const behind = scanPlainNumbers(bytes, at, values, count)
        if (behind > at) {
          at = behind
          count = plainCount[0]
          item = Item.next
          if (count === values.length) {
            plan.rows(values, count / plan.rowLength)
            count = 0
          }
          continue
        }
      }
      const byte = bytes[at]
      if (item !== Item.after) {
        if (byte === MINUS || (byte - ZERO) >>> 0 <= 9) {
          const start = at
          while (at < end && (bytes[at] - ZERO) >>> 0 <= 9) at++
          const digits = at - start
          if (
            at < end &&
            digits > 0 &&
            digits <= 15 &&
            NUMBER_BYTE[bytes[at]] === 0 &&
            (byte !== ZERO || digits === 1)
          ) {
            values[count++] = exactNumber(bytes, start, at)
          } else {
            at = this.#collectToken(bytes, start)
            if (at === end) break
            values[count++] = this.#finishToken(at)
          }
          item = Item.after
        } else if (SPACE[byte] === 1) at++
        else if (byte === CLOSE_ARRAY && item === Item.first) return this.#numbersDone(plan, count, bytes, at)
        else this.#unexpected(byte, 'a number', at)
      } else if (byte === COMMA) {
        item = Item.next
        at++
      } else if (byte === CLOSE_ARRAY) return this.#numbersDone(plan, count, bytes, at)
      else if (SPACE[byte] === 1) at++
      else this.#unexpected(byte, '"," or "]"', at)
      if (count === values.length) {
        plan.rows(values, count / plan.rowLength)
        count = 0
      }
    }
    this.#valueCount = count
    this.#item = item
    return at
  }

  #numbersDone(plan: SectionPlan & {kind: 'numbers'}, count: number, bytes: Uint8Array, at: number): number {
    const rows = Math.floor(count / plan.rowLength)
    if (rows > 0) plan.rows(this.#values, rows)
    if (count % plan.rowLength !== 0) {
      this.#fail(`the last row has ${count % plan.rowLength} of ${plan.rowLength} numbers`, at)
    }
    this.#valueDone(bytes, at + 1)
    return at + 1
  }

  /** Moves number bytes into the token; returns the place of the first other byte, or the chunk's end. */
  #collectToken(bytes: Uint8Array, from: number): number {
    let at = from
    while (at < bytes.length && NUMBER_BYTE[bytes[at]] === 1) this.#pushToken(bytes[at], at++)
    return at
  }

  #pushToken(byte: number, at: number): void {
    if (this.#tokenLength === MAX_NUMBER_BYTES) {
      this.#fail(`a number has more than ${MAX_NUMBER_BYTES} characters`, at - MAX_NUMBER_BYTES)
    }
    this.#token[this.#tokenLength++] = byte
  }

  #finishToken(at: number): number {
    const text = String.fromCharCode(...this.#token.subarray(0, this.#tokenLength))
    this.#tokenLength = 0
    if (!JSON_NUMBER.test(text)) this.#fail(`"${text}" is not a JSON number`, at - text.length)
    return Number(text)
  }
}

/** How many values there are since `scanPlainNumbers` was called last. */
const plainCount = new Uint32Array(1)

/**
 * Numbers as V8 writes them, each with its comma, stored from `values[count]` on while there is room: up to nine digits, for 32-bit
 * integers, and at most a line feed before the comma. Returns the place behind the last comma, `from` if there is none; all else is
 * for the caller. Apart from it, since V8 optimizes a function again each time that it meets something new in it.
 */
function scanPlainNumbers(bytes: Uint8Array, from: number, values: Float64Array, count: number): number {
  const end = bytes.length
  const room = values.length
  let filled = count
  let start = from
  while (filled < room) {
    let at = start
    let value = 0
    while (at < end) {
      const digit = bytes[at] - ZERO
      if (digit >>> 0 > 9) break
      value = (value * 10 + digit) | 0
      at++
    }
    const digits = at - start
    if (at < end && bytes[at] === LINE_FEED) at++
    const isPlain = digits > 0 && digits <= 9 && (digits === 1 || bytes[start] !== ZERO)
    if (!isPlain || at >= end || bytes[at] !== COMMA) break
    values[filled++] = value
    start = at + 1
  }
  plainCount[0] = filled
  return start
}

/** The place of the first byte that is no white space. */
function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && SPACE[bytes[at]] === 1) at++
  return at
}

/** Escape state: the backslash has been read, its letter comes next. */
const ESCAPE_LETTER = 5

const LITERALS = new Map([
  [0x74, 'true'],
  [0x66, 'false'],
  [0x6e, 'null'],
])

const IGNORE = {append() {}}

/** Says what begins at a byte; of numbers it is said when they end. */
function tell(sink: NestedSink, byte: number): void {
  if (byte === OPEN_ARRAY) sink.open()
  else if (byte !== MINUS && (byte - ZERO) >>> 0 > 9) sink.other()
}

function topLevelKind(byte: number): string | undefined {
  if (byte === OPEN_ARRAY) return 'an array'
  if (byte === QUOTE) return 'a string'
  if (byte === MINUS || (byte - ZERO) >>> 0 <= 9) return 'a number'
  return undefined
}
