/** Where bytes come from: a file, standard input, a buffer or a stream, packed by gzip or zstd, in an archive, or neither. */
import {constants} from 'node:fs'
import {type FileHandle, open, stat} from 'node:fs/promises'
import {Readable} from 'node:stream'
import * as zlib from 'node:zlib'
import {readAt, withFile} from '../files/file.ts'
import {HeapgraphError} from '../util/errors.ts'
import {isTar, type RandomBytes, untarred, unzipped, ZIP_MAGIC} from './archive.ts'
import {foreignFormat} from './foreign.ts'

/** A path (`-` is standard input; behind a `#` the name of a file in an archive), the bytes themselves, or a stream of them. */
export type SnapshotInput = string | Uint8Array | AsyncIterable<Uint8Array>

export interface ByteSource {
  /** What to call it in a message. */
  name: string
  /** Size of the unpacked bytes, if it is known before they are read. */
  sizeBytes: number | undefined
  /** Size of the bytes as stored, if known: what progress is counted against. */
  storedBytes: number | undefined
  /** Whether `chunks()` may be called again, to look at the bytes once more. */
  repeatable: boolean
  /** The unpacked bytes. `onStored` hears how many stored bytes have been read. A chunk is valid until the next one is asked for. */
  chunks(onStored?: (bytes: number) => void): AsyncIterable<Uint8Array>
}

const CHUNK_BYTES = 4 << 20

/** What to do about a file that ends too early. */
export const NOT_COMPLETE =
  'it was not written to its end (process killed, disk full, copy broken off?); take or copy it again'

const UNPACKERS = [
  {magic: [0x1f, 0x8b], name: 'gzip', create: (_name: string) => zlib.createGunzip({chunkSize: 1 << 20})},
  {magic: [0x28, 0xb5, 0x2f, 0xfd], name: 'zstd', create: createZstd},
]
/** As many as a .tar needs to be told by. */
const MAGIC_BYTES = 512

/** Opens the input for reading; `chunkBytes` is how much of a file is read at once. */
export async function openSource(input: SnapshotInput, chunkBytes = CHUNK_BYTES): Promise<ByteSource> {
  if (!(Number.isSafeInteger(chunkBytes) && chunkBytes > 0)) {
    throw new HeapgraphError('USAGE', `chunkBytes is ${chunkBytes}, not a whole number above 0`)
  }
  if (typeof input !== 'string') {
    const sizeBytes = input instanceof Uint8Array ? input.byteLength : undefined
    const read = input instanceof Uint8Array ? () => slices(input, chunkBytes) : () => input
    const random = input instanceof Uint8Array ? bytesOf(input) : undefined
    const repeatable = sizeBytes !== undefined
    return packedOrNot({name: 'snapshot', storedBytes: sizeBytes, repeatable, read, random, chunkBytes})
  }
  if (input === '-') {
    const read = () => process.stdin as AsyncIterable<Uint8Array>
    return packedOrNot({name: 'standard input', storedBytes: undefined, repeatable: false, read, chunkBytes})
  }
  const [path, wanted] = await pathAndEntry(input)
  const size = await regularFileSize(path)
  const read = () => fileChunks(path, chunkBytes)
  const random = size === undefined ? undefined : bytesOfFile(path, size)
  return packedOrNot({
    name: input,
    storedBytes: size,
    repeatable: size !== undefined,
    read,
    random,
    archive: path,
    wanted,
    chunkBytes,
  })
}

/** `report.zip#a.heapsnapshot` is a file in an archive, unless a file has that very name. */
async function pathAndEntry(input: string): Promise<[path: string, wanted: string | undefined]> {
  const exists = (path: string) =>
    stat(path).then(
      found => found.isFile(),
      () => false,
    )
  if (!input.includes('#') || (await exists(input))) return [input, undefined]
  for (let at = input.indexOf('#', 1); at > 0; at = input.indexOf('#', at + 1)) {
    if (await exists(input.slice(0, at))) return [input.slice(0, at), input.slice(at + 1)]
  }
  return [input, undefined]
}

function bytesOf(bytes: Uint8Array): RandomBytes {
  const at = async (offset: number, length: number) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(offset, offset + length)
  return {size: bytes.byteLength, at}
}

function bytesOfFile(path: string, size: number): RandomBytes {
  const at = (offset: number, length: number) =>
    withFile(path, fd => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)))
      return bytes.subarray(0, readAt(fd, bytes, offset))
    })
  return {size, at}
}

/** The size of a regular file; undefined for a pipe or a device, whose size says nothing. */
async function regularFileSize(path: string): Promise<number | undefined> {
  // Not by opening it: whoever writes into a named pipe takes the second opening for another reader.
  const found = await stat(path).catch(error => unreadable(path, error))
  if (found.isDirectory()) {
    throw new HeapgraphError('UNREADABLE', `${path}: this is a directory`, 'name a .heapsnapshot file')
  }
  return found.isFile() ? found.size : undefined
}

function unreadable(path: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') throw new HeapgraphError('UNREADABLE', `${path}: no such file`, 'check the path')
  if (code === 'EACCES' || code === 'EPERM') {
    throw new HeapgraphError(
      'UNREADABLE',
      `${path}: permission denied`,
      'heap snapshots are often written by another user',
    )
  }
  throw new HeapgraphError('UNREADABLE', `${path}: cannot be read (${code ?? String(error)})`)
}

interface StoredBytes {
  name: string
  storedBytes: number | undefined
  repeatable: boolean
  read(): AsyncIterable<Uint8Array>
  /** For what is not read from front to back; a pipe has none. */
  random?: RandomBytes | undefined
  /** The file meant in an archive, and what the archive is called. */
  wanted?: string | undefined
  archive?: string
  chunkBytes: number
}

/** Looks at the first bytes to see whether they are packed; the look is given back, so that pipes work too. */
async function packedOrNot(stored: StoredBytes): Promise<ByteSource> {
  let {head, all, close} = await peek(stored.read())
  const isZip = startsWith(head, ZIP_MAGIC)
  const isStored = !isZip && unpackerOf(head) === undefined && !isTar(head)
  let fresh = true
  return {
    name: stored.name,
    sizeBytes: isStored ? stored.storedBytes : undefined,
    storedBytes: stored.storedBytes,
    repeatable: stored.repeatable,
    async *chunks(onStored) {
      if (!fresh) ({all, close} = await peek(stored.read()))
      fresh = false
      try {
        const counted = count(all, onStored)
        yield* isZip ? fromZip(stored, onStored) : opened(stored, head, counted)
      } finally {
        await close()
      }
    },
  }
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => head[index] === byte)
}

const unpackerOf = (head: Uint8Array) => UNPACKERS.find(({magic}) => startsWith(head, magic))

/** Unpacks, takes the snapshot out of a .tar and unpacks that; refuses what is known to be something else. */
async function* opened(
  {name, archive = name, wanted}: StoredBytes,
  head: Uint8Array,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const outer = await unpacked(name, head, chunks)
  try {
    if (!isTar(outer.head)) {
      if (wanted !== undefined) throw noArchive(name)
      yield* known(name, outer)
      return
    }
    const inner = await peek(untarred(archive, outer.all, wanted))
    try {
      yield* fromArchive(name, inner)
    } finally {
      await inner.close()
    }
  } finally {
    await outer.close()
  }
}

async function* fromZip(
  {name, archive = name, wanted, random, chunkBytes}: StoredBytes,
  onStored?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  if (random === undefined) {
    throw new HeapgraphError(
      'UNREADABLE',
      `${name}: a .zip cannot be read from a pipe`,
      'name the file, or unpack it: unzip -p FILE | heapgraph … -',
    )
  }
  let read = 0
  const counted: RandomBytes = {
    size: random.size,
    async at(offset, length) {
      const bytes = await random.at(offset, length)
      read += bytes.length
      onStored?.(Math.min(read, random.size))
      return bytes
    },
  }
  const inner = await peek(unzipped(archive, counted, wanted, chunkBytes))
  try {
    yield* fromArchive(name, inner)
  } finally {
    await inner.close()
  }
}

/** A snapshot in an archive may be packed itself; an archive in an archive is not opened. */
async function* fromArchive(name: string, {head, all}: Peeked): AsyncGenerator<Uint8Array> {
  const inner = await unpacked(name, head, all)
  try {
    if (isTar(inner.head) || startsWith(inner.head, ZIP_MAGIC)) {
      throw new HeapgraphError('NOT_A_SNAPSHOT', `${name}: it holds another archive`, 'unpack it first')
    }
    yield* known(name, inner)
  } finally {
    await inner.close()
  }
}

async function unpacked(name: string, head: Uint8Array, chunks: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const unpacker = unpackerOf(head)
  if (unpacker === undefined) return {head, all: chunks, close: async () => {}}
  return peek(unpack(name, unpacker, chunks))
}

function known(name: string, {head, all}: Peeked): AsyncIterable<Uint8Array> {
  const foreign = foreignFormat(head)
  if (foreign === undefined) return all
  throw new HeapgraphError('NOT_A_SNAPSHOT', `${name}: not a heap snapshot, but ${foreign.what}`, foreign.hint)
}

function noArchive(name: string): HeapgraphError {
  return new HeapgraphError(
    'UNREADABLE',
    `${name}: no such file, and the part before the # is not an archive`,
    'check the path',
  )
}

interface Peeked {
  head: Uint8Array
  /** All bytes, the head among them. */
  all: AsyncIterable<Uint8Array>
  /** To be called in any case: a generator that was never begun has no end in which it could clean up. */
  close(): Promise<unknown>
}

async function peek(chunks: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  let length = 0
  while (length < MAGIC_BYTES) {
    const next = await iterator.next()
    if (next.done) break
    // A chunk is only valid until the next one is asked for, and more than one may be needed here.
    first.push(length + next.value.length < MAGIC_BYTES ? copy(next.value) : next.value)
    length += next.value.length
  }
  const head = Buffer.concat(first.map(chunk => chunk.subarray(0, MAGIC_BYTES)))
  async function* all() {
    yield* first
    yield* {[Symbol.asyncIterator]: () => iterator}
  }
  return {head, all: all(), close: async () => iterator.return?.()}
}

/** Not slice(), which for a Buffer is no copy. */
function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

async function* count(chunks: AsyncIterable<Uint8Array>, onStored?: (bytes: number) => void) {
  let total = 0
  for await (const chunk of chunks) {
    total += chunk.length
    yield chunk
    onStored?.(total)
  }
}

async function* slices(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
}

const PIPE_PATIENCE_MS = 5_000

/** A pipe opens once somebody opens its other end, which may be never. */
async function openPipe(path: string): Promise<FileHandle> {
  const opening = open(path)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(resolve, PIPE_PATIENCE_MS, undefined)
  })
  const file = await Promise.race([opening.catch(error => unreadable(path, error)), late])
  clearTimeout(timer)
  if (file !== undefined) return file
  // Both ends at once: the thread that is still opening goes on, without which the process could not end.
  const other = await open(path, constants.O_RDWR | constants.O_NONBLOCK)
  await opening.then(handle => handle.close())
  await other.close()
  throw new HeapgraphError(
    'UNREADABLE',
    `${path}: a pipe into which nobody writes`,
    'start what writes into it, or name a file',
  )
}

/** Reads the file in large pieces into two buffers by turns, so that the disk works while the last piece is scanned. */
async function* fileChunks(path: string, chunkBytes: number): AsyncGenerator<Uint8Array> {
  const about = await stat(path).catch(error => unreadable(path, error))
  const file = await (about.isFIFO() ? openPipe(path) : open(path).catch(error => unreadable(path, error)))
  // Megabytes for each small file would make V8 collect garbage after every few. Files of /proc and devices say that they have no bytes.
  const bytes = about.isFile() && about.size > 0 ? Math.min(chunkBytes, about.size) : chunkBytes
  try {
    const buffers = [Buffer.allocUnsafeSlow(bytes), Buffer.allocUnsafeSlow(bytes)]
    let pending = file.read(buffers[0], 0, bytes, null)
    for (let turn = 1; ; turn ^= 1) {
      const {bytesRead, buffer} = await pending.catch(error => unreadable(path, error))
      if (bytesRead === 0) return
      pending = file.read(buffers[turn], 0, bytes, null)
      // A failed read is reported when its turn comes, not as an unhandled rejection while the last chunk is in use.
      pending.catch(() => {})
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

async function* unpack(
  name: string,
  unpacker: (typeof UNPACKERS)[number],
  packed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const stream = unpacker.create(name)
  const source = Readable.from(copies(packed))
  let failedSource: unknown
  // pipe() does not pass errors on.
  source.on('error', error => {
    failedSource = error
    stream.destroy(error)
  })
  source.pipe(stream)
  try {
    yield* stream as AsyncIterable<Uint8Array>
  } catch (error) {
    if (failedSource !== undefined) throw failedSource
    throw damaged(name, unpacker.name, stream.bytesWritten, error as NodeJS.ErrnoException)
  } finally {
    source.destroy()
    stream.destroy()
  }
}

/** `packedBytes`: what the unpacker has taken without complaint. */
function damaged(name: string, format: string, packedBytes: number, error: NodeJS.ErrnoException): HeapgraphError {
  const endsEarly = error.code === 'Z_BUF_ERROR'
  const what = endsEarly
    ? `the ${format} data ends too early, at packed byte ${packedBytes}`
    : `the ${format} data is damaged${packedBytes > 0 ? ` after packed byte ${packedBytes}` : ''} (${error.message})`
  const hint = endsEarly ? NOT_COMPLETE : 'copy it again, or take a new snapshot'
  return new HeapgraphError('BROKEN_SNAPSHOT', `${name}: ${what}`, hint)
}

/** A stream keeps chunks in its queue beyond their validity. */
async function* copies(chunks: AsyncIterable<Uint8Array>) {
  for await (const chunk of chunks) yield copy(chunk)
}

function createZstd(name: string) {
  // Since Node 22.15; Node 20 has no zstd.
  const create = (zlib as {createZstdDecompress?: typeof zlib.createGunzip}).createZstdDecompress
  if (create === undefined) {
    throw new HeapgraphError(
      'UNREADABLE',
      `${name}: it is packed by zstd, which needs Node 22.15 or newer`,
      'unpack the file first, or pipe it: zstd -dc FILE | heapgraph … -',
    )
  }
  return create({chunkSize: 1 << 20})
}
