/**
 * The one heap snapshot in an archive, as people attach them to reports: a .zip is read by its table of contents, a .tar (packed by gzip or
 * zstd, as a rule) from front to back. Nothing is written to disk, and no name in an archive is used as a path.
 *
 * Formats: APPNOTE.TXT 6.3 of PKWARE; POSIX.1-2017, pax, "ustar Interchange Format". An own reader: what is needed of either is one file,
 * streamed; packages for it bring writing, folders on disk and some more packages.
 */

import {Readable} from 'node:stream'
import {crc32, createInflateRaw} from 'node:zlib'
import {HeapgraphError} from '../util/errors.ts'
import {MAX_UINT32} from '../util/uint32.ts'

/** Bytes at any place: of a file, or in memory. */
export interface RandomBytes {
  size: number
  /** `length` bytes from `offset` on; fewer at the end. */
  at(offset: number, length: number): Promise<Buffer>
}

/** `.heaptimeline`: what DevTools saves of a recording of allocations; in the same format. */
const SNAPSHOT_NAME = /\.heap(?:snapshot|timeline)(?:\.gz|\.zst)?$/i
/** What macOS puts beside files: resource forks of the same names. */
const BESIDE = /(?:^|\/)(?:__MACOSX\/|\._)/

/** Names in an error, before the rest is counted. */
const NAMED = 5

/** The entry meant: the one that is asked for, else the only snapshot, else the only file there is. */
function chosen<Entry extends {name: string}>(
  archive: string,
  entries: readonly Entry[],
  wanted: string | undefined,
): Entry {
  const files = entries.filter(({name}) => !BESIDE.test(name))
  if (wanted !== undefined) {
    const found = files.find(({name}) => name === wanted)
    if (found !== undefined) return found
    throw notThere(archive, files, `it has no ${wanted}`)
  }
  const snapshots = files.filter(({name}) => SNAPSHOT_NAME.test(name))
  if (snapshots.length === 1) return snapshots[0]
  if (snapshots.length > 1)
    throw several(
      archive,
      snapshots.map(({name}) => name),
    )
  if (files.length === 1) return files[0]
  throw notThere(archive, files, 'no file in it is named .heapsnapshot')
}

function several(archive: string, names: readonly string[]): HeapgraphError {
  const what = `${archive}: it holds ${names.length} heap snapshots: ${list(names)}`
  return new HeapgraphError('USAGE', what, `name one of them after a #: '${archive}#${names[0]}'`)
}

function notThere(archive: string, files: readonly {name: string}[], what: string): HeapgraphError {
  const names = files.length === 0 ? 'it is empty' : `it holds ${list(files.map(({name}) => name))}`
  return new HeapgraphError(
    'NOT_A_SNAPSHOT',
    `${archive}: ${what}: ${names}`,
    `name a file of it after a #: '${archive}#NAME'`,
  )
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).join(', ')
  return names.length > NAMED ? `${shown} and ${names.length - NAMED} more` : shown
}

const broken = (archive: string, what: string) =>
  new HeapgraphError('BROKEN_SNAPSHOT', `${archive}: ${what}`, 'copy it again, or unpack it with another program')

// zip

export const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04]

const END_OF_DIRECTORY = 0x06054b50
const END_OF_DIRECTORY_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const DIRECTORY_ENTRY = 0x02014b50
const LOCAL_ENTRY = 0x04034b50
const END_BYTES = 22
const LOCATOR_BYTES = 20
const LONGEST_COMMENT = 0xffff
/** A table of contents larger than this is none of an archive that holds a snapshot. */
const MAX_DIRECTORY_BYTES = 16 << 20
const STORED = 0
const DEFLATED = 8
const IS_ENCRYPTED = 1
const UNKNOWN_32 = MAX_UINT32

interface ZipEntry {
  name: string
  method: number
  flags: number
  crc: number
  packedBytes: number
  bytes: number
  offset: number
}

/**
 * The bytes of one file of a .zip. `archive`: what it is called; `wanted`: the name of the file, if there may be several. No more comes
 * out than the table of contents says, and what comes out is checked against its sum.
 */
export async function* unzipped(
  archive: string,
  source: RandomBytes,
  wanted: string | undefined,
  chunkBytes: number,
): AsyncGenerator<Uint8Array> {
  const entry = chosen(archive, await zipEntries(archive, source), wanted)
  if ((entry.flags & IS_ENCRYPTED) !== 0) throw broken(archive, `${entry.name} is encrypted`)
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw broken(archive, `${entry.name} is packed by method ${entry.method}, not by deflate`)
  }
  const local = await source.at(entry.offset, 30)
  if (local.length < 30 || local.readUInt32LE(0) !== LOCAL_ENTRY)
    throw broken(archive, `${entry.name} is not where it should be`)
  const start = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
  const packed = stretch(source, start, entry.packedBytes, chunkBytes)
  let bytes = 0
  let sum = 0
  for await (const chunk of entry.method === STORED ? packed : inflated(archive, entry.name, packed)) {
    bytes += chunk.length
    if (bytes > entry.bytes)
      throw broken(archive, `${entry.name} unpacks to more than the ${entry.bytes} bytes it should have`)
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (bytes !== entry.bytes || sum !== entry.crc)
    throw broken(archive, `${entry.name} is damaged: its checksum is wrong`)
}

async function* stretch(
  source: RandomBytes,
  start: number,
  length: number,
  chunkBytes: number,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += chunkBytes) {
    const chunk = await source.at(start + at, Math.min(chunkBytes, length - at))
    if (chunk.length === 0) return
    yield chunk
  }
}

async function* inflated(archive: string, name: string, packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = createInflateRaw({chunkSize: 1 << 20})
  const source = Readable.from(packed)
  source.on('error', error => stream.destroy(error))
  source.pipe(stream)
  try {
    yield* stream as AsyncIterable<Uint8Array>
  } catch (error) {
    if (error instanceof HeapgraphError) throw error
    throw broken(archive, `${name} is damaged (${(error as Error).message})`)
  } finally {
    source.destroy()
    stream.destroy()
  }
}

async function zipEntries(archive: string, source: RandomBytes): Promise<ZipEntry[]> {
  const {size} = source
  const tailBytes = Math.min(size, END_BYTES + LONGEST_COMMENT)
  const tail = await source.at(size - tailBytes, tailBytes)
  let end = tail.length - END_BYTES
  // A comment, which comes last, may hold anything.
  while (end >= 0 && !isEnd(tail, end)) end--
  if (end < 0) throw broken(archive, 'the archive has no table of contents: it was not copied to its end')
  let bytes = tail.readUInt32LE(end + 12)
  let offset = tail.readUInt32LE(end + 16)
  if (offset === UNKNOWN_32 || bytes === UNKNOWN_32) {
    const locator = end - LOCATOR_BYTES
    if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR_64)
      throw broken(archive, 'its table of contents cannot be found')
    const end64 = await source.at(safe(tail.readBigUInt64LE(locator + 8)), 56)
    if (end64.length < 56 || end64.readUInt32LE(0) !== END_OF_DIRECTORY_64) {
      throw broken(archive, 'its table of contents cannot be found')
    }
    bytes = safe(end64.readBigUInt64LE(40))
    offset = safe(end64.readBigUInt64LE(48))
  }
  if (bytes > MAX_DIRECTORY_BYTES || offset + bytes > size) throw broken(archive, 'its table of contents is invalid')
  const directory = await source.at(offset, bytes)
  const entries: ZipEntry[] = []
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY; ) {
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map(place => directory.readUInt16LE(at + place))
    const extra = directory.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes)
    const entry = {
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      ...sizesOf(
        extra,
        [at + 24, at + 20, at + 42].map(place => directory.readUInt32LE(place)),
      ),
    }
    if (!entry.name.endsWith('/')) entries.push(entry)
    at += 46 + nameBytes + extraBytes + commentBytes
  }
  return entries
}

function isEnd(tail: Buffer, at: number): boolean {
  return tail.readUInt32LE(at) === END_OF_DIRECTORY && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length
}

/** `values`: size, packed size and offset; those that do not fit 32 bits stand in the extra field 1, in this order. */
function sizesOf(extra: Buffer, values: number[]): Pick<ZipEntry, 'bytes' | 'packedBytes' | 'offset'> {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue
    let from = at + 4
    for (let i = 0; i < values.length; i++) {
      if (values[i] !== UNKNOWN_32 || from + 8 > extra.length) continue
      values[i] = safe(extra.readBigUInt64LE(from))
      from += 8
    }
  }
  const [bytes, packedBytes, offset] = values
  return {bytes, packedBytes, offset}
}

/** Beyond 2^53 nothing is read anyway. */
function safe(value: bigint): number {
  return Number(value < BigInt(Number.MAX_SAFE_INTEGER) ? value : Number.MAX_SAFE_INTEGER)
}

// tar

const BLOCK = 512
const TAR_MAGIC_AT = 257
/** A longer name is none. */
const LONGEST_NAME = 64 << 10

export function isTar(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(TAR_MAGIC_AT, TAR_MAGIC_AT + 5)).toString('latin1') === 'ustar'
}

/**
 * The bytes of one file of a .tar: of `wanted`, else of the first snapshot. What follows is looked through, too: a second snapshot is
 * an error, which comes when the first has been read.
 */
export async function* untarred(
  archive: string,
  chunks: AsyncIterable<Uint8Array>,
  wanted: string | undefined,
): AsyncGenerator<Uint8Array> {
  const bytes = new Cursor(chunks)
  const names: string[] = []
  const snapshots: string[] = []
  let longName: string | undefined
  for (;;) {
    const header = await bytes.take(BLOCK)
    if (header.length === 0 || header.every(byte => byte === 0)) break
    if (header.length < BLOCK || !isTar(header)) throw broken(archive, 'it is damaged, or was not copied to its end')
    const size = tarNumber(header.subarray(124, 136))
    const padding = (BLOCK - (size % BLOCK)) % BLOCK
    const type = String.fromCharCode(header[156])
    if (type === 'L' || type === 'x') {
      const text = (await bytes.take(Math.min(size, LONGEST_NAME))).toString('utf8')
      await bytes.skip(Math.max(0, size - LONGEST_NAME) + padding)
      const path = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)
      longName = type === 'L' ? text.replace(/\0.*$/s, '') : (path?.[1] ?? longName)
      continue
    }
    const name = longName ?? tarName(header)
    longName = undefined
    const isFile = (type === '0' || type === '\0') && !BESIDE.test(name)
    if (isFile) names.push(name)
    const isSnapshot = isFile && (wanted === undefined ? SNAPSHOT_NAME.test(name) : name === wanted)
    if (isSnapshot) snapshots.push(name)
    if (isSnapshot && snapshots.length === 1) {
      yield* bytes.stretch(size)
      if (bytes.missing > 0) throw broken(archive, `${name} ends too early: the archive was not copied to its end`)
      if (wanted !== undefined) return
      await bytes.skip(padding)
    } else await bytes.skip(size + padding)
  }
  if (snapshots.length > 1) throw several(archive, snapshots)
  if (snapshots.length === 0) {
    const what = wanted === undefined ? 'no file in it is named .heapsnapshot' : `it has no ${wanted}`
    throw notThere(
      archive,
      names.map(name => ({name})),
      what,
    )
  }
}

function tarName(header: Buffer): string {
  const text = (from: number, to: number) => header.toString('utf8', from, to).replace(/\0.*$/s, '')
  const prefix = text(345, 500)
  return prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`
}

/** Octal digits; GNU tar writes what they cannot hold in binary, with the first bit set. */
function tarNumber(field: Buffer): number {
  if ((field[0] & 0x80) !== 0) return safe(field.readBigUInt64BE(4))
  return Number.parseInt(field.toString('latin1').replace(/[\0 ]/g, ''), 8) || 0
}

/** Bytes one after the other, whatever chunks they come in. */
class Cursor {
  readonly #iterator: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)
  /** Bytes that the last stretch was short of. */
  missing = 0

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#iterator = chunks[Symbol.asyncIterator]()
  }

  /** Up to `length` bytes without a copy, in pieces, each valid until the next. */
  async *stretch(length: number): AsyncGenerator<Uint8Array> {
    this.missing = length
    while (this.missing > 0) {
      if (this.#chunk.length === 0) {
        const next = await this.#iterator.next()
        if (next.done) return
        this.#chunk = next.value
      }
      const piece = this.#chunk.subarray(0, this.missing)
      this.#chunk = this.#chunk.subarray(piece.length)
      this.missing -= piece.length
      if (piece.length > 0) yield piece
    }
  }

  async take(length: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    for await (const piece of this.stretch(length)) pieces.push(Buffer.from(piece))
    return Buffer.concat(pieces)
  }

  async skip(length: number): Promise<void> {
    for await (const _ of this.stretch(length));
  }
}
