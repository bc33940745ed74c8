/** The strings of a snapshot as they stand in the file: raw JSON bytes and offsets; one is decoded when asked for. */
import type {StringSink} from '../read/json-scanner.ts'
import {type NumberArray, NumberColumn} from '../util/number-column.ts'

/** Strings are stored in pieces of this size, so that no buffer has to hold (or be copied to hold) all of them. */
export const SEGMENT_BYTES = 1 << 24
const SHORT_RUN_BYTES = 32
const BACKSLASH = 0x5c

/** Where a table's bytes come from; each thing is asked for on first use. */
export interface StringSource {
  count: number
  /** `count + 1` offsets into the pieces laid end to end. */
  offsets(): NumberArray
  /** SEGMENT_BYTES of the strings' bytes, fewer at the end. */
  piece(index: number): Buffer
}

export class StringTable {
  readonly count: number
  readonly source: StringSource
  #places: NumberArray | undefined
  readonly #pieces: Buffer[] = []

  constructor(source: StringSource) {
    this.count = source.count
    this.source = source
  }

  /** A piece of the bytes, read if it has not been. */
  read(index: number): Buffer {
    this.#pieces[index] ??= this.source.piece(index)
    return this.#pieces[index]
  }

  get #offsets(): NumberArray {
    this.#places ??= this.source.offsets()
    return this.#places
  }

  /** Bytes of all strings as the file writes them. */
  get totalBytes(): number {
    return this.#offsets[this.count]
  }

  /** The string; bytes that are no UTF-8 become U+FFFD, as JSON.parse of the decoded file has it. */
  get(index: number): string {
    if (!(index >= 0 && index < this.count)) throw new RangeError(`no string ${index} of ${this.count}`)
    const from = this.#offsets[index]
    const to = this.#offsets[index + 1]
    const segment = Math.floor(from / SEGMENT_BYTES)
    const start = from - segment * SEGMENT_BYTES
    if (from === to) return ''
    const raw =
      start + (to - from) <= SEGMENT_BYTES
        ? this.read(segment).toString('utf8', start, start + to - from)
        : this.#bytes(from, to).toString('utf8')
    return raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw
  }

  /** The indexes of all strings equal to `text` (a file of V8's has at most one), in ascending order. */
  indexesOf(text: string): number[] {
    const wanted = Buffer.from(text, 'utf8')
    // U+FFFD may stand for a single byte that is no UTF-8: then lengths say nothing.
    const anyLength = text.includes('\ufffd')
    // An escape makes the written form longer, never shorter, and takes six bytes for one at the most.
    const longest = 6 * wanted.length
    const found: number[] = []
    for (let index = 0; index < this.count; index++) {
      const length = this.#offsets[index + 1] - this.#offsets[index]
      const same = length === wanted.length && this.#startsWith(index, wanted)
      const mayBeEscaped = length > wanted.length && length <= longest
      if (same || anyLength || (mayBeEscaped && this.#hasEscape(index))) {
        if (this.get(index) === text) found.push(index)
      }
    }
    return found
  }

  /** The last byte as the file writes it; -1 for the empty string. Cheap: nothing is decoded. */
  lastByte(index: number): number {
    const to = this.#offsets[index + 1]
    return to > this.#offsets[index] ? this.#byteAt(to - 1) : -1
  }

  #byteAt(offset: number): number {
    const segment = Math.floor(offset / SEGMENT_BYTES)
    return this.read(segment)[offset - segment * SEGMENT_BYTES]
  }

  #startsWith(index: number, wanted: Buffer): boolean {
    const from = this.#offsets[index]
    for (let i = 0; i < wanted.length; i++) if (this.#byteAt(from + i) !== wanted[i]) return false
    return true
  }

  #hasEscape(index: number): boolean {
    const to = this.#offsets[index + 1]
    for (let offset = this.#offsets[index]; offset < to; offset++) if (this.#byteAt(offset) === BACKSLASH) return true
    return false
  }

  /** Bytes that may lie in several segments. */
  #bytes(from: number, to: number): Buffer {
    const parts: Buffer[] = []
    for (let at = from; at < to; ) {
      const segment = Math.floor(at / SEGMENT_BYTES)
      const start = at - segment * SEGMENT_BYTES
      const end = Math.min(SEGMENT_BYTES, start + to - at)
      parts.push(this.read(segment).subarray(start, end))
      at += end - start
    }
    return Buffer.concat(parts)
  }
}

/** Collects a section of strings while it is scanned. */
export class StringTableBuilder implements StringSink {
  readonly #offsets = new NumberColumn(1 << 12)
  readonly #segments: Buffer[] = []
  #segment: Buffer = Buffer.alloc(0)
  #used = 0

  constructor() {
    this.#offsets.push(0)
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    let at = from
    while (at < to) {
      if (this.#used === this.#segment.length) this.#openSegment()
      const end = Math.min(to, at + this.#segment.length - this.#used)
      if (end - at <= SHORT_RUN_BYTES) {
        // For a few bytes a loop is cheaper than a call.
        const segment = this.#segment
        for (let used = this.#used, i = at; i < end; i++) segment[used++] = bytes[i]
      } else this.#segment.set(bytes.subarray(at, end), this.#used)
      this.#used += end - at
      at = end
    }
  }

  end(): void {
    this.#offsets.push(Math.max(0, this.#segments.length - 1) * SEGMENT_BYTES + this.#used)
  }

  finish(): StringTable {
    const offsets = this.#offsets.finish()
    const segments = this.#segments
    return new StringTable({count: offsets.length - 1, offsets: () => offsets, piece: index => segments[index]})
  }

  #openSegment(): void {
    this.#segment = Buffer.allocUnsafeSlow(SEGMENT_BYTES)
    this.#segments.push(this.#segment)
    this.#used = 0
  }
}
