/**
 * Writes a `.heapsnapshot`: sections of numbers and strings in, chunks of bytes out, as V8 has them: a row of numbers a line, strings in
 * ASCII (`HeapSnapshotJSONSerializer`, heap-snapshot-generator.cc). What is not taken yet is all that it holds.
 */
import {LONGEST_NUMBER, putNumber} from './number-text.ts'

/** Bytes of a chunk, if no single text is longer. */
const CHUNK_BYTES = 1 << 18

const COMMA = 0x2c
const NEWLINE = 0x0a
const QUOTE = 0x22
const OPEN = 0x5b
const CLOSE = 0x5d

export class SnapshotWriter {
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  #used = 0
  readonly #ready: Buffer[] = []
  #sections = 0
  /** Whether the next item of the open array has one before it. */
  #isFurther = false
  #rowLength = 0
  #column = 0

  /** The chunks written since they were last taken. */
  take(): Buffer[] {
    return this.#ready.splice(0)
  }

  /** A section whose value is any JSON. */
  json(key: string, json: string): void {
    this.#key(key)
    this.#text(json)
  }

  /** Begins a section that is an array: of rows of so many numbers, of nested arrays, or of strings. */
  begin(key: string, rowLength = 0): void {
    this.#key(key)
    this.#byte(OPEN)
    this.#isFurther = false
    this.#rowLength = rowLength
    this.#column = 0
  }

  end(): void {
    this.#byte(CLOSE)
  }

  numbers(values: ArrayLike<number>, count: number): void {
    for (let i = 0; i < count; i++) this.number(values[i])
  }

  number(value: number): void {
    this.#room(LONGEST_NUMBER + 2)
    const chunk = this.#chunk
    let at = this.#used
    if (this.#isFurther) {
      // As in V8's files, the comma begins the line.
      if (this.#rowLength > 0 && this.#column === 0) chunk[at++] = NEWLINE
      chunk[at++] = COMMA
    }
    this.#used = putNumber(chunk, at, value)
    this.#isFurther = true
    if (++this.#column === this.#rowLength) this.#column = 0
  }

  /** An array in the open one. */
  open(): void {
    if (this.#isFurther) this.#byte(COMMA)
    this.#byte(OPEN)
    this.#isFurther = false
  }

  close(): void {
    this.#byte(CLOSE)
    this.#isFurther = true
  }

  string(text: string): void {
    if (this.#isFurther) {
      this.#byte(COMMA)
      this.#byte(NEWLINE)
    }
    this.#isFurther = true
    if (PLAIN.test(text)) {
      this.#byte(QUOTE)
      this.#text(text)
      this.#byte(QUOTE)
    } else this.#text(JSON.stringify(text).replace(NOT_ASCII, escaped))
  }

  /** Closes the file: what is taken then is the rest. */
  finish(): void {
    this.#text(this.#sections === 0 ? '{}\n' : '}\n')
    this.#flush()
  }

  #key(key: string): void {
    this.#text(`${this.#sections++ === 0 ? '{' : ',\n'}${JSON.stringify(key)}:`)
  }

  #byte(byte: number): void {
    this.#room(1)
    this.#chunk[this.#used++] = byte
  }

  #text(text: string): void {
    const most = 3 * text.length
    if (most > CHUNK_BYTES) {
      this.#flush()
      this.#ready.push(Buffer.from(text, 'utf8'))
      return
    }
    this.#room(most)
    this.#used += this.#chunk.write(text, this.#used, 'utf8')
  }

  #room(bytes: number): void {
    if (this.#used + bytes > CHUNK_BYTES) this.#flush()
  }

  #flush(): void {
    if (this.#used > 0) this.#ready.push(this.#chunk.subarray(0, this.#used))
    this.#chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    this.#used = 0
  }
}

/** What stands between quotes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/
const NOT_ASCII = /[\x7f-\uffff]/g

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
