/**
 * Stand-ins for texts: of equal length, equal for equal texts, and telling nothing else without the salt. Digits stand for the digits of
 * a number, letters for anything else; characters beyond Latin-1 become such as well, since V8 stores those in two bytes and sizes tell.
 */
import {createHmac, randomBytes} from 'node:crypto'

/** Texts up to this length are told apart by a table: there are too few stand-ins to leave it to chance. */
const TABLED_LENGTH = 6
/** Entries of the table at the most. */
const TABLED = 200_000
/** Other stand-ins that are tried for a short text whose first is taken. */
const TRIES = 64
/** Characters that are looked at, of a text of any length. */
const LOOKED_AT = 1 << 20

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const LETTERS_AND_DIGITS = `${LETTERS}0123456789`
const DIGITS = '0123456789'
/** The first of 32 Cyrillic letters. */
const WIDE = 0x0430
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i

/** How texts that are hidden look. */
export interface StandInOptions {
  /** Makes equal texts of several files equal; random if not given. */
  salt?: string | Uint8Array | undefined
  /** Whether texts with a common beginning keep one. */
  prefixes?: boolean | undefined
}

export class StandIns {
  readonly #salt: string | Uint8Array
  readonly #prefixes: boolean
  readonly #short = new Map<string, string>()
  readonly #taken = new Set<string>()

  constructor({salt = randomBytes(32), prefixes = false}: StandInOptions = {}) {
    this.#salt = salt
    this.#prefixes = prefixes
  }

  /** The stand-in of a text; line breaks stay where `keepsLines`. */
  of(text: string, keepsLines = false): string {
    if (text === '') return ''
    // The table's has no lines, whoever asked for it first.
    const hasLines = keepsLines && LINE_END.test(text)
    if (text.length > TABLED_LENGTH || this.#prefixes || hasLines) return this.#made(text, 0, keepsLines)
    const known = this.#short.get(text)
    if (known !== undefined) return known
    let made = this.#made(text, 0, keepsLines)
    for (let round = 1; round < TRIES && this.#taken.has(made); round++) made = this.#made(text, round, keepsLines)
    if (this.#short.size < TABLED) {
      this.#short.set(text, made)
      this.#taken.add(made)
    }
    return made
  }

  #made(text: string, round: number, keepsLines: boolean): string {
    const noise = this.#prefixes ? this.#rolling(text) : this.#random(text, round)
    const isNumber = NUMBER.test(text)
    const parts: string[] = []
    for (let from = 0; from < text.length; from += PIECE) {
      const to = Math.min(from + PIECE, text.length)
      const units = new Uint16Array(to - from)
      for (let i = from; i < to; i++) units[i - from] = unitFor(text.charCodeAt(i), noise(i), i, isNumber, keepsLines)
      parts.push(String.fromCharCode(...units))
    }
    return parts.join('')
  }

  /** A number for each place, of the whole text. */
  #random(text: string, round: number): (at: number) => number {
    const key = createHmac('sha256', this.#salt)
      .update(`${round} ${text.length} `)
      .update(utf16(text.slice(0, LOOKED_AT)))
    const seed = key.digest()
    let block = seed
    let number = 0
    return at => {
      const wanted = at >>> 5
      if (wanted !== number) {
        number = wanted
        block = createHmac('sha256', seed).update(String(number)).digest()
      }
      return block[at & 31]
    }
  }

  /** A number for each place, of the text up to there. */
  #rolling(text: string): (at: number) => number {
    let state: Buffer = createHmac('sha256', this.#salt).digest()
    return at => {
      state = createHmac('sha256', state).update(text[at], 'utf16le').digest()
      return state[0]
    }
  }
}

/** Characters made at once. */
const PIECE = 1 << 12

/** Two bytes a character: halves of surrogate pairs stay what they are. */
function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le')
}

/** What ends a line to V8 (`IsLineTerminatorSequence`). */
const LINE_END = /[\n\r\u2028\u2029]/

function isLineEnd(unit: number): boolean {
  return unit === 0x0a || unit === 0x0d || unit === 0x2028 || unit === 0x2029
}

function unitFor(unit: number, noise: number, at: number, isNumber: boolean, keepsLines: boolean): number {
  if (keepsLines && isLineEnd(unit)) return unit
  if (isNumber) {
    const isDigit = unit >= 0x30 && unit <= 0x39
    return isDigit ? DIGITS.charCodeAt(noise % 10) : unit
  }
  if (unit > 0xff) return WIDE + (noise & 31)
  const letters = at === 0 ? LETTERS : LETTERS_AND_DIGITS
  return letters.charCodeAt(noise % letters.length)
}
