/**
 * An index file (`.hgx`): named columns, written down as they lie in memory.
 *
 *     0   8  magic
 *     8   4  1, in the byte order of the machine
 *     12  4  version of this layout
 *     16  8  where the table begins (a double)
 *     24  8  length of the table in bytes (a double)
 *     32 16  checksum of the table, in hexadecimal
 *     48 16  checksum of the 48 bytes before
 *     64     the columns, each from a multiple of 8 on, and behind each, from a multiple of 8 on, the checksums of its blocks of
 *            64 KiB, in hexadecimal; then the table: JSON, an `IndexTable`
 *
 * The table says where each column lies and what the checksum of its checksums is; so a column can be read as a whole or a block
 * at a time, and is checked when it is read. Nothing in the file is believed before its checksum is.
 */
import {readAt} from '../../files/file.ts'
import {type FileStamp, type Put, withOpen, writePrivately} from '../../files/private-file.ts'
import {Checksum} from '../../util/checksum.ts'
import {pagedArray} from '../../util/paged-array.ts'
import type {SavedArray} from '../columns/saved.ts'

export interface IndexTable {
  /** The heapgraph that wrote it: another one may compute otherwise. */
  writer: string
  /** The snapshot it was made of. */
  stamp: FileStamp
  /** Where that was. */
  snapshot: string
  /** What `parseHeader` takes. */
  header: Record<string, unknown>
  stringCount: number
  columns: ColumnEntry[]
}

export interface ColumnEntry {
  name: string
  type: ElementType
  offset: number
  bytes: number
  /** Of the checksums of its blocks. */
  checksum: string
}

const TYPES = {u8: Uint8Array, u32: Uint32Array, i32: Int32Array, f64: Float64Array}
type ElementType = keyof typeof TYPES

const MAGIC = Uint8Array.of(0x89, 0x48, 0x47, 0x58, 0x0d, 0x0a, 0x1a, 0x0a)
const VERSION = 2
const START_BYTES = 64
const CHECKED_BYTES = 48
/** Each has a checksum of its own; a multiple of what a checksum takes at once. */
export const BLOCK_BYTES = 1 << 16
const CHECKSUM_BYTES = 16
/** Read or written at once: some blocks. */
const PIECE_BYTES = 16 * BLOCK_BYTES

/** Whether these are the first bytes of an index, of whatever version. */
export function looksLikeIndex(bytes: Uint8Array | undefined): boolean {
  return bytes !== undefined && MAGIC.every((byte, index) => bytes[index] === byte)
}

/** A column to be written; made only when it is its turn. */
export interface ColumnSource {
  name: string
  /** An index that may have it: then its bytes are copied as they are, with their checksums. */
  from?: IndexFile | undefined
  /** Undefined: left out. */
  make(): SavedArray | undefined
}

/** Writes an index; returns its size in bytes. `open` is for tests. */
export function writeIndexFile(
  path: string,
  about: Omit<IndexTable, 'columns'>,
  sources: Iterable<ColumnSource>,
  open?: (fd: number) => Put,
): number {
  let end = START_BYTES
  const fill = (put: Put) => {
    const columns: ColumnEntry[] = []
    for (const {name, from, make} of sources) {
      const copied = from?.copy(name, put, end)
      if (copied !== undefined) {
        columns.push(copied)
        end = endOf(copied)
        continue
      }
      const array = make()
      if (array === undefined) continue
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
      const checks = putBlocks(put, bytes, end)
      const entry = {name, type: typeOf(array), offset: end, bytes: bytes.length, checksum: checksumOf(checks)}
      put(checks, checksAt(entry))
      columns.push(entry)
      end = endOf(entry)
    }
    const table = new Uint8Array(Buffer.from(JSON.stringify({...about, columns} satisfies IndexTable)))
    const tableOffset = end
    put(table, tableOffset)
    end += table.length
    put(startOf(tableOffset, table.length, checksumOf(table)), 0)
  }
  writePrivately(path, fill, open)
  return end
}

function typeOf(array: SavedArray): ElementType {
  if (array instanceof Uint8Array) return 'u8'
  if (array instanceof Uint32Array) return 'u32'
  return array instanceof Int32Array ? 'i32' : 'f64'
}

function roundUp(offset: number): number {
  return Math.ceil(offset / 8) * 8
}

/** Where the checksums of a column's blocks lie. */
function checksAt({offset, bytes}: ColumnEntry): number {
  return roundUp(offset + bytes)
}

/** Where the next column may begin. */
export function endOf(entry: ColumnEntry): number {
  return checksAt(entry) + Math.ceil(entry.bytes / BLOCK_BYTES) * CHECKSUM_BYTES
}

/** Writes a column; returns the checksums of its blocks. */
function putBlocks(put: Put, bytes: Uint8Array, position: number): Uint8Array {
  const checks = new Uint8Array(Math.ceil(bytes.length / BLOCK_BYTES) * CHECKSUM_BYTES)
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES)
    // Columns of the file's strings may begin anywhere in their buffer.
    const aligned = piece.byteOffset % 4 === 0 ? piece : new Uint8Array(piece)
    eachBlock(aligned, at, (block, index) => checks.set(latin1(checksumOf(block)), index * CHECKSUM_BYTES))
    put(piece, position + at)
  }
  return checks
}

/** The blocks of a piece that begins at `at` in its column. */
function eachBlock(piece: Uint8Array, at: number, use: (block: Uint8Array, index: number) => void): void {
  for (let from = 0; from < piece.length; from += BLOCK_BYTES) {
    use(piece.subarray(from, from + BLOCK_BYTES), (at + from) / BLOCK_BYTES)
  }
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

function isBlockWhole(block: Uint8Array, checks: Buffer, index: number): boolean {
  const at = index * CHECKSUM_BYTES
  return checksumOf(block) === checks.toString('latin1', at, at + CHECKSUM_BYTES)
}

function startOf(tableOffset: number, tableBytes: number, checksum: string): Uint8Array {
  const start = new Uint8Array(START_BYTES)
  start.set(MAGIC)
  new Uint32Array(start.buffer).set([1, VERSION], 2)
  new Float64Array(start.buffer).set([tableOffset, tableBytes], 2)
  start.set(latin1(checksum), 32)
  start.set(latin1(checksumOf(start.subarray(0, CHECKED_BYTES))), CHECKED_BYTES)
  return start
}

function checksumOf(bytes: Uint8Array): string {
  const checksum = new Checksum()
  checksum.add(bytes)
  return checksum.digest()
}

/** An index that is there and whole as far as its table goes. */
export class IndexFile {
  readonly path: string
  readonly table: IndexTable
  /** Names of the columns read so far, in order. */
  readonly columnsRead: string[] = []
  bytesRead = 0
  readonly #start: Uint8Array
  readonly #entries: Map<string, ColumnEntry>
  /** By column, the checksums of its blocks. */
  readonly #checks = new Map<string, Buffer>()

  private constructor(path: string, start: Uint8Array, table: IndexTable) {
    this.path = path
    this.table = table
    this.#start = start
    this.#entries = new Map(table.columns.map(entry => [entry.name, entry]))
  }

  /** Undefined if there is no file, or none that can be used. */
  static open(path: string): IndexFile | undefined {
    try {
      return withOpen(path, 'r', fd => {
        const start = new Uint8Array(START_BYTES)
        if (readAt(fd, start, 0) < START_BYTES) return undefined
        const table = readTable(fd, start)
        return table === undefined ? undefined : new IndexFile(path, start, table)
      })
    } catch {
      return undefined
    }
  }

  entry(name: string): ColumnEntry | undefined {
    return this.#entries.get(name)
  }

  get names(): Iterable<string> {
    return this.#entries.keys()
  }

  /** How many elements a column has; -1 if there is none. */
  length(name: string): number {
    const entry = this.#entries.get(name)
    return entry === undefined ? -1 : entry.bytes / TYPES[entry.type].BYTES_PER_ELEMENT
  }

  /**
   * A column of which blocks are read as they are looked at, and all of it by `whole` once one cannot be, or many have been; undefined if
   * there is none, or so little that it is read at once. `look`: as `Pages` has it.
   */
  paged(name: string, whole: () => SavedArray, look?: (times: number) => void): SavedArray | undefined {
    const entry = this.#entries.get(name)
    if (entry === undefined || entry.bytes <= BLOCK_BYTES) return undefined
    const Type = TYPES[entry.type]
    return pagedArray<SavedArray>(new Type(0), {
      length: this.length(name),
      pageLength: BLOCK_BYTES / Type.BYTES_PER_ELEMENT,
      page: index => this.readBlock(name, index),
      whole,
      look,
    })
  }

  /** A column; undefined if there is none, it is damaged, or the file has been replaced by one with another table. */
  read(name: string): SavedArray | undefined {
    if (this.#entries.has(name)) this.columnsRead.push(name)
    return this.#reading(name, (fd, entry, checks) => {
      // Not cleared before it is filled.
      const bytes = Buffer.allocUnsafeSlow(entry.bytes)
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        const piece = bytes.subarray(at, at + PIECE_BYTES)
        if (!this.#fill(fd, piece, entry, at, checks)) return undefined
      }
      return elements(entry, bytes)
    })
  }

  /** Block `index` of a column; undefined as `read` has it. */
  readBlock(name: string, index: number): SavedArray | undefined {
    if (this.#entries.has(name) && !this.columnsRead.includes(name)) this.columnsRead.push(name)
    return this.#reading(name, (fd, entry, checks) => {
      const at = index * BLOCK_BYTES
      const bytes = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, entry.bytes - at))
      return this.#fill(fd, bytes, entry, at, checks) ? elements(entry, bytes) : undefined
    })
  }

  /**
   * Puts a column's bytes and checksums at `position` of another index, unread: whoever reads them there notices what is damaged. Its
   * entry there; undefined as `read` has it, however much has been put.
   */
  copy(name: string, put: Put, position: number): ColumnEntry | undefined {
    return this.#reading(name, (fd, entry) => {
      const length = endOf(entry) - entry.offset
      const bytes = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, length))
      for (let at = 0; at < length; at += bytes.length) {
        const piece = bytes.subarray(0, Math.min(bytes.length, length - at))
        if (readAt(fd, piece, entry.offset + at) < piece.length) return undefined
        put(piece, position + at)
      }
      return {...entry, offset: position}
    })
  }

  #reading<Result>(
    name: string,
    use: (fd: number, entry: ColumnEntry, checks: Buffer) => Result | undefined,
  ): Result | undefined {
    const entry = this.#entries.get(name)
    if (entry === undefined) return undefined
    try {
      return withOpen(this.path, 'r', fd => {
        const start = new Uint8Array(START_BYTES)
        readAt(fd, start, 0)
        if (!start.every((byte, index) => byte === this.#start[index])) return undefined
        const checks = this.#checks.get(name) ?? readChecks(fd, entry)
        if (checks === undefined) return undefined
        this.#checks.set(name, checks)
        return use(fd, entry, checks)
      })
    } catch {
      return undefined
    }
  }

  /** Reads what stands at `at` in the column; false if it is not what was written. */
  #fill(fd: number, bytes: Uint8Array, {offset}: ColumnEntry, at: number, checks: Buffer): boolean {
    if (readAt(fd, bytes, offset + at) < bytes.length) return false
    this.bytesRead += bytes.length
    let isWhole = true
    eachBlock(bytes, at, (block, index) => {
      isWhole &&= isBlockWhole(block, checks, index)
    })
    return isWhole
  }
}

/** The checksums of a column's blocks; undefined if they are not what was written. */
function readChecks(fd: number, entry: ColumnEntry): Buffer | undefined {
  const checks = Buffer.allocUnsafeSlow(endOf(entry) - checksAt(entry))
  const isWhole = readAt(fd, checks, checksAt(entry)) === checks.length && checksumOf(checks) === entry.checksum
  return isWhole ? checks : undefined
}

function elements({type}: ColumnEntry, bytes: Buffer): SavedArray {
  const Type = TYPES[type]
  return new Type(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / Type.BYTES_PER_ELEMENT)
}

function readTable(fd: number, start: Uint8Array): IndexTable | undefined {
  const [order, version] = new Uint32Array(start.buffer, 8, 2)
  if (!looksLikeIndex(start) || order !== 1 || version !== VERSION) return undefined
  const written = Buffer.from(start).toString('latin1')
  if (written.slice(CHECKED_BYTES) !== checksumOf(start.subarray(0, CHECKED_BYTES))) return undefined
  const [tableOffset, tableBytes] = new Float64Array(start.buffer, 16, 2)
  // A byte more than there should be: a file that goes on behind its table is not ours.
  const bytes = Buffer.allocUnsafeSlow(tableBytes + 1)
  if (readAt(fd, bytes, tableOffset) !== tableBytes) return undefined
  const text = bytes.subarray(0, tableBytes)
  if (checksumOf(text) !== written.slice(32, CHECKED_BYTES)) return undefined
  const table = JSON.parse(text.toString('utf8')) as IndexTable
  return table.columns.every(isPlausible) ? table : undefined
}

function isPlausible({type, bytes, offset}: ColumnEntry): boolean {
  const size = Object.hasOwn(TYPES, type) ? TYPES[type].BYTES_PER_ELEMENT : 0
  return size > 0 && bytes >= 0 && bytes % size === 0 && offset >= START_BYTES
}
