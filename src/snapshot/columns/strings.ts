/** The strings of a snapshot as they stand in the file: raw JSON bytes and offsets; one is decoded when asked for. */
import type {StringSink} from '../../read/json-scanner.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {indexSet, joined, type Members} from '../../util/index-set.ts'
import {type NumberArray, NumberColumn} from '../../util/number-column.ts'
import {sharedCopy} from '../../util/shared.ts'

/** Strings are stored in pieces of this size, so that no buffer has to hold (or be copied to hold) all of them. */
export const SEGMENT_BYTES = 1 << 24
/** A power of two, as SEGMENT_BYTES is. */
const FIRST_BYTES = 1 << 16
const SHORT_RUN_BYTES = 32
const BACKSLASH = 0x5c
const LETTER_U = 0x75
/** What JSON's escapes of two characters mean (RFC 8259, 7), by the second. */
const ESCAPES = new Map(Array.from('"\\/bfnrt', (letter, i) => [letter.charCodeAt(0), '"\\/\b\f\n\r\t'.charCodeAt(i)]))

/** Texts up to so many bytes are looked up among those of their length. */
const SHORT_TEXT_BYTES = 64

/** Where a table's bytes come from; each thing is asked for on first use. */
export interface StringSource {
  count: number
  /** `count + 1` offsets into the pieces laid end to end. */
  offsets(): NumberArray
  /** SEGMENT_BYTES of the strings' bytes, fewer at the end. */
  piece(index: number): Buffer
}

/**
 * Strings looked at in vain, as a multiple of all, from which on a table by hash is made, which costs about as much: most commands look
 * up a few dozen names, and need none.
 */
const LOOKED_AT_MOST = 16

/** Bits of a last byte that a key has. */
const BYTE_KEYS = 64
const SHORT_KEYS = (SHORT_TEXT_BYTES + 1) * BYTE_KEYS

/** Tells most short texts apart by their length and their last byte: names of one length often begin alike. */
function shortKey(length: number, lastByte: number): number {
  return length * BYTE_KEYS + (lastByte & (BYTE_KEYS - 1))
}

/** What finds a few texts without looking at all strings. */
interface Lookup {
  /** Indexes of the strings of at most SHORT_TEXT_BYTES by `shortKey`: those of key i stand at `first[i]` to `first[i + 1] - 1`. */
  byKey: Uint32Array
  first: Uint32Array
  /** Indexes of the strings written with an escape, by first byte: those of byte b stand at `firstEscaped[b]` to `firstEscaped[b + 1] - 1`. */
  escaped: Uint32Array
  firstEscaped: Uint32Array
}

/** What finds any number of texts. */
interface ByHash {
  /** Indexes of the strings by the lowest bits of their hash, ascending in each: those of bits i stand at `first[i]` to `first[i + 1] - 1`. */
  indexes: Uint32Array
  first: Uint32Array
  mask: number
}

/** Strings remembered, each in the place of the last bits of its index: names are asked for again and again. */
const REMEMBERED_STRINGS = 1 << 12
/** Bytes of those: a longer one is some object's value. */
const REMEMBERED_BYTES = 128

/** Stands for a text that is hidden. */
export const HIDDEN_TEXT = '⟨hidden⟩'

/** Strings that are not to be read. */
export interface HiddenStrings {
  /** Whether HIDDEN_TEXT stands for the string. */
  isWholly(index: number): boolean
  /** Whether what `shown` makes of it does. */
  isPartly(index: number): boolean
  shown(text: string): string
}

export class StringTable {
  readonly count: number
  readonly source: StringSource
  #places: NumberArray | undefined
  readonly #pieces: Buffer[] = []
  #lookup: Lookup | undefined
  #byHash: ByHash | undefined
  #lookedAt = 0
  readonly #recent = new Float64Array(REMEMBERED_STRINGS).fill(Number.NaN)
  readonly #recentTexts: string[] = new Array(REMEMBERED_STRINGS).fill('')
  #hidden: HiddenStrings | undefined

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

  /** From now on these strings are not read as what they are. */
  hide(hidden: HiddenStrings): void {
    this.#hidden = hidden
    this.#recent.fill(Number.NaN)
  }

  /** Whether some strings cannot be read. */
  get isHiding(): boolean {
    return this.#hidden !== undefined
  }

  /** The string; bytes that are no UTF-8 become U+FFFD, as JSON.parse of the decoded file has it. */
  get(index: number): string {
    if (this.#hidden?.isPartly(index)) return this.#hidden.shown(this.#decode(index))
    if (this.#hidden?.isWholly(index)) return HIDDEN_TEXT
    const place = index & (REMEMBERED_STRINGS - 1)
    if (this.#recent[place] === index) return this.#recentTexts[place]
    const text = this.#decode(index)
    if (this.byteLength(index) <= REMEMBERED_BYTES) {
      this.#recent[place] = index
      this.#recentTexts[place] = text
    }
    return text
  }

  #decode(index: number): string {
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

  /** Bytes of the string as the file writes it: at least one a character. */
  byteLength(index: number): number {
    return this.#length(index)
  }

  /**
   * The indexes of all strings equal to `text` (a file of V8's has at most one), in ascending order. Once many have been asked for, in
   * the time that it takes to read as much text; that needs 6 to 8 bytes a string.
   */
  indexesOf(text: string): Uint32Array {
    const wanted = Buffer.from(text, 'utf8')
    if (this.#lookedAt > LOOKED_AT_MOST * this.count) {
      this.#byHash ??= this.#makeByHash()
      const {indexes, first, mask} = this.#byHash
      const bits = hashOf(wanted) & mask
      return membersOf(indexes.subarray(first[bits], first[bits + 1]), index => this.get(index) === text)
    }
    // U+FFFD may stand for a single byte that is no UTF-8: then lengths say nothing.
    if (text.includes('\ufffd')) {
      this.#lookedAt += LOOKED_AT_MOST * this.count
      return this.#indexesWhere(index => this.get(index) === text)
    }
    this.#lookup ??= this.#makeLookup()
    const {byKey, first, escaped, firstEscaped} = this.#lookup
    const {length} = wanted
    const isShort = length <= SHORT_TEXT_BYTES
    const key = isShort ? shortKey(length, wanted[length - 1] ?? 0) : -1
    // The text begins with the same byte, or with an escape.
    const beginning = [wanted[0] ?? BACKSLASH, BACKSLASH].map(byte =>
      escaped.subarray(firstEscaped[byte], firstEscaped[byte + 1]),
    )
    this.#lookedAt += beginning[0].length + beginning[1].length + (isShort ? first[key + 1] - first[key] : this.count)
    // An escape makes the written form longer, never shorter, and takes six bytes for one at the most.
    const mayBe = (index: number) => this.#length(index) > length && this.#length(index) <= 6 * length
    const isWritten = (index: number) => mayBe(index) && this.#mayBecome(index, wanted) && this.get(index) === text
    const byEscapes = (wanted[0] === BACKSLASH ? beginning.slice(1) : beginning).map(some => membersOf(some, isWritten))
    const same = (index: number) => this.#startsWith(index, wanted) && this.get(index) === text
    const plain = isShort
      ? membersOf(byKey.subarray(first[key], first[key + 1]), same)
      : this.#indexesWhere(index => this.#length(index) === length && same(index))
    return byEscapes.every(({length}) => length === 0) ? plain : joined(plain, ...byEscapes)
  }

  /** The strings of any of these texts. */
  setOf(...texts: readonly string[]): Members {
    return indexSet(...texts.map(text => this.indexesOf(text)))
  }

  #indexesWhere(isWanted: (index: number) => boolean): Uint32Array {
    const found = new GrowableUint32()
    for (let index = 0; index < this.count; index++) if (isWanted(index)) found.push(index)
    return found.view()
  }

  #length(index: number): number {
    return this.#offsets[index + 1] - this.#offsets[index]
  }

  #makeLookup(): Lookup {
    const {count} = this
    const keyOf = (index: number) => {
      const length = this.#length(index)
      return length <= SHORT_TEXT_BYTES ? shortKey(length, Math.max(this.lastByte(index), 0)) : -1
    }
    const keys = new Int32Array(count)
    const first = new Uint32Array(SHORT_KEYS + 1)
    for (let index = 0; index < count; index++) {
      keys[index] = keyOf(index)
      if (keys[index] >= 0) first[keys[index] + 1]++
    }
    for (let key = 0; key < SHORT_KEYS; key++) first[key + 1] += first[key]
    const byKey = new Uint32Array(first[SHORT_KEYS])
    const next = first.slice()
    for (let index = 0; index < count; index++) if (keys[index] >= 0) byKey[next[keys[index]]++] = index
    return {byKey, first, ...this.#findEscaped()}
  }

  #makeByHash(): ByHash {
    this.#lookup = undefined
    const {count} = this
    let mask = 1
    while (mask < count >>> 1) mask = mask * 2 + 1
    const bits = new Uint32Array(count)
    const first = new Uint32Array(mask + 2)
    for (let index = 0; index < count; index++) {
      bits[index] = this.#hash(index) & mask
      first[bits[index] + 1]++
    }
    for (let i = 0; i <= mask; i++) first[i + 1] += first[i]
    const next = first.slice()
    const indexes = new Uint32Array(count)
    for (let index = 0; index < count; index++) indexes[next[bits[index]]++] = index
    return {indexes, first, mask}
  }

  /** The hash of the text's UTF-8: that of the written bytes, but for escapes, and bytes that are no UTF-8. */
  #hash(index: number): number {
    const to = this.#offsets[index + 1]
    let hash = HASH_START
    for (let at = this.#offsets[index]; at < to; ) {
      const segment = Math.floor(at / SEGMENT_BYTES)
      const base = segment * SEGMENT_BYTES
      const bytes = this.read(segment)
      const end = Math.min(SEGMENT_BYTES, to - base)
      for (let i = at - base; i < end; i++) {
        const byte = bytes[i]
        if (byte === BACKSLASH || byte >= 0x80) return hashOf(Buffer.from(this.get(index), 'utf8'))
        hash = Math.imul(hash ^ byte, HASH_PRIME)
      }
      at = base + end
    }
    return mixed(hash)
  }

  /** The strings that have an escape, by first byte. */
  #findEscaped(): Pick<Lookup, 'escaped' | 'firstEscaped'> {
    const offsets = this.#offsets
    const escaped = new GrowableUint32()
    for (let at = 0, index = 0; at < this.totalBytes; ) {
      const segment = Math.floor(at / SEGMENT_BYTES)
      const base = segment * SEGMENT_BYTES
      const found = this.read(segment).indexOf(BACKSLASH, at - base)
      if (found < 0 || base + found >= this.totalBytes) {
        at = base + SEGMENT_BYTES
        continue
      }
      while (offsets[index + 1] <= base + found) index++
      escaped.push(index)
      at = offsets[index + 1]
    }
    const found = escaped.view()
    const firstEscaped = new Uint32Array(257)
    for (const index of found) firstEscaped[this.#byteAt(offsets[index]) + 1]++
    for (let byte = 0; byte < 256; byte++) firstEscaped[byte + 1] += firstEscaped[byte]
    const next = firstEscaped.slice()
    const byFirst = new Uint32Array(found.length)
    for (const index of found) byFirst[next[this.#byteAt(offsets[index])]++] = index
    return {escaped: byFirst, firstEscaped}
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

  /** Whether a string with an escape agrees with `wanted` up to the first `\u`: most others are told apart without being decoded. */
  #mayBecome(index: number, wanted: Buffer): boolean {
    const end = this.#offsets[index + 1]
    let at = this.#offsets[index]
    for (let i = 0; i < wanted.length; i++) {
      if (at >= end) return false
      let byte: number | undefined = this.#byteAt(at++)
      if (byte === BACKSLASH) {
        const second = this.#byteAt(at++)
        if (second === LETTER_U) return true
        byte = ESCAPES.get(second)
      }
      if (byte !== wanted[i]) return false
    }
    return at === end
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

/** FNV-1a, 32 bits (draft-eastlake-fnv). */
const HASH_START = 0x811c9dc5 | 0
const HASH_PRIME = 0x01000193

function hashOf(bytes: Uint8Array): number {
  let hash = HASH_START
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], HASH_PRIME)
  return mixed(hash)
}

/** The lowest bits are used, and the last byte must reach the highest: MurmurHash3's last steps. */
function mixed(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return half ^ (half >>> 13)
}

/** Collects a section of strings while it is scanned. */
export class StringTableBuilder implements StringSink {
  readonly #offsets = new NumberColumn(1 << 12)
  readonly #segments: Buffer[] = []
  #segment: Buffer = Buffer.alloc(0)
  #used = 0

  readonly #isShared: boolean

  /** `isShared`: whether other threads are to see the table. */
  constructor(isShared = false) {
    this.#isShared = isShared
    this.#offsets.push(0)
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    let at = from
    while (at < to) {
      if (this.#used === this.#segment.length) this.#makeRoom()
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
    const offsets = this.#isShared ? sharedCopy(this.#offsets.finish()) : this.#offsets.finish()
    const segments = this.#segments
    return new StringTable({count: offsets.length - 1, offsets: () => offsets, piece: index => segments[index]})
  }

  /** The first segment grows by doubling: most of 16 MiB would be unused in a small file. */
  #makeRoom(): void {
    const {length} = this.#segment
    if (length > 0 && length < SEGMENT_BYTES) {
      const larger = this.#bytes(length * 2)
      larger.set(this.#segment)
      this.#segments[0] = larger
    } else {
      this.#segments.push(this.#bytes(this.#segments.length === 0 ? FIRST_BYTES : SEGMENT_BYTES))
      this.#used = 0
    }
    this.#segment = this.#segments[this.#segments.length - 1]
  }

  #bytes(length: number): Buffer {
    return this.#isShared ? Buffer.from(new SharedArrayBuffer(length)) : Buffer.allocUnsafeSlow(length)
  }
}

/** Not `filter`, which collects in a list of V8's that ends the process where it cannot grow (typed-array-filter.tq). */
function membersOf(indexes: Uint32Array, isMeant: (index: number) => boolean): Uint32Array {
  const found = new GrowableUint32()
  for (const index of indexes) if (isMeant(index)) found.push(index)
  return found.view()
}
