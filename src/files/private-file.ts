/** Files that heapgraph keeps for itself: for their owner only, complete or not there, and never in the way. */
import {createHash} from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import {rm, writeFile} from 'node:fs/promises'
import {HeapgraphError} from '../util/errors.ts'
import {clearAbandoned, ownMark} from './abandoned.ts'
import {untilSignal} from './ending-signals.ts'
import {readAt} from './file.ts'
import {renameOver, renameOverLater} from './rename-over.ts'

/** Tells one state of a file from another without reading all of it. */
export interface FileStamp {
  size: number
  /** Nanoseconds; text, since they are more than a double can tell apart. */
  mtimeNs: string
  /** When anything about the file changed last, which no program can set back: it shows what was written between the samples. */
  ctimeNs: string
  /** SHA-256 of the first and last 64 KiB and of 16 places between. */
  sample: string
}

const END_BYTES = 64 << 10
const PLACES = 16
const PLACE_BYTES = 4 << 10

/** The stamp of a regular file; undefined for anything else, and for what cannot be read. */
export function stampOf(path: string): FileStamp | undefined {
  return attempt(() => {
    // A pipe must not be opened: whoever writes into it would take that for its reader.
    if (!statSync(path).isFile()) return undefined
    return withOpen(path, 'r', fd => {
      const {size, mtimeNs, ctimeNs} = fstatSync(fd, {bigint: true})
      const times = {mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs)}
      return {size: Number(size), ...times, sample: sampleOf(fd, Number(size))}
    })
  })
}

function sampleOf(fd: number, size: number): string {
  const hash = createHash('sha256')
  const take = (offset: number, length: number) => {
    const bytes = new Uint8Array(length)
    hash.update(bytes.subarray(0, readAt(fd, bytes, offset)))
  }
  take(0, END_BYTES)
  for (let place = 1; place <= PLACES; place++) take(Math.floor((size * place) / (PLACES + 1)), PLACE_BYTES)
  take(Math.max(0, size - END_BYTES), END_BYTES)
  return hash.digest('hex')
}

export function sameStamp(a: FileStamp | undefined, b: FileStamp | undefined): boolean {
  if (a === undefined || b === undefined) return false
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.sample === b.sample
}

/** A name for the state of a file: 32 hexadecimal digits. */
export function nameOfStamp({size, mtimeNs, sample}: FileStamp): string {
  return createHash('sha256').update(`${size} ${mtimeNs} ${sample}`).digest('hex').slice(0, 32)
}

/** What JSON may begin with: a brace, white space, the mark of UTF-8. */
const PLAIN_STARTS = [0x7b, 0x20, 0x09, 0x0a, 0x0d, 0xef]

/** Whether the file is packed or an archive, by its first byte. */
export function isPacked(path: string): boolean {
  const first = readPart(path, 0, 1)?.[0]
  return first !== undefined && !PLAIN_STARTS.includes(first)
}

/** Bytes of a file; undefined if there are not as many, or it cannot be read. */
export function readPart(path: string, offset: number, length: number): Uint8Array | undefined {
  return attempt(() =>
    withOpen(path, 'r', fd => {
      if (!fstatSync(fd).isFile()) return undefined
      const bytes = new Uint8Array(length)
      return readAt(fd, bytes, offset) === length ? bytes : undefined
    }),
  )
}

/** The first bytes of a file, as many as there are; none if it cannot be read. */
export function firstBytes(path: string, most: number): Uint8Array {
  const read = (fd: number) => {
    if (!fstatSync(fd).isFile()) return undefined
    const bytes = new Uint8Array(most)
    return bytes.subarray(0, readAt(fd, bytes, 0))
  }
  return attempt(() => withOpen(path, 'r', read)) ?? new Uint8Array(0)
}

/** A pipe without a writer keeps nobody waiting: it has nothing to read. */
export function withOpen<T>(path: string, flags: 'r' | 'wx', use: (fd: number) => T, mode?: number): T {
  const fd = openSync(path, flags === 'r' ? constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) : flags, mode)
  try {
    return use(fd)
  } finally {
    closeSync(fd)
  }
}

/** Puts bytes at a place of the file that is being written. */
export type Put = (bytes: Uint8Array, position: number) => void

function putInto(fd: number): Put {
  return (bytes, position) => {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(fd, bytes, done, bytes.length - done, position + done)
    }
  }
}

/** What a file is called until it is whole: beside it, so that it can be renamed into place. What killed runs left there goes. */
export function temporaryName(path: string): string {
  clearAbandoned(folderOf(path))
  return `${path}.${ownMark()}.tmp`
}

/** The folder that a file is, or is to be, in. */
function folderOf(path: string): string {
  const folder = /^(.*)[\\/]/s.exec(path)?.[1]
  return folder === '' ? '/' : (folder ?? '.')
}

export const OWNER_ONLY = 0o600
const FOLDER_OF_OWNER = 0o700

/**
 * Writes a file for its owner only, under another name first, so that nobody ever sees half of it. `open` is for tests: what to
 * write with.
 */
export function writePrivately(path: string, fill: (put: Put) => void, open: (fd: number) => Put = putInto): void {
  const temporary = temporaryName(path)
  try {
    withOpen(temporary, 'wx', fd => fill(open(fd)), OWNER_ONLY)
    renameOver(temporary, path)
  } catch (error) {
    attempt(() => rmSync(temporary, {force: true}))
    throw notWritable(path, error)
  }
}

/** The same of text, in chunks while they are made; a signal that ends this process leaves nothing. Throws what Node throws. */
export function writeTextPrivately(
  path: string,
  text: string | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const temporary = temporaryName(path)
  return untilSignal(async signal => {
    try {
      await writeFile(temporary, text, {mode: OWNER_ONLY, flag: 'wx', signal})
      signal.throwIfAborted()
      await renameOverLater(temporary, path)
    } catch (error) {
      await rm(temporary, {force: true})
      throw error
    }
  })
}

/** Makes a folder for its owner only; one that is there is made so. */
export function makePrivateFolder(path: string): void {
  try {
    makeFolders(path)
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, FOLDER_OF_OWNER)
  } catch (error) {
    throw notWritable(path, error)
  }
}

/** Not mkdir's own `recursive`: where folders cannot be made, as in /proc, that of Node 20 never ends. */
function makeFolders(path: string): void {
  if (attempt(() => statSync(path))?.isDirectory()) return
  const above = path.replace(/[\\/]+[^\\/]*$/, '')
  if (above !== '' && above !== path) makeFolders(above)
  try {
    mkdirSync(path, FOLDER_OF_OWNER)
  } catch (error) {
    // Another process may have been faster.
    if (!attempt(() => statSync(path))?.isDirectory()) throw error
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EEXIST: 'a file is in its place',
  EISDIR: 'this is a directory',
  ENXIO: 'this is a pipe',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EIO: 'the disk has an error',
  EFBIG: 'the file would be too large',
  ENAMETOOLONG: 'the name is too long',
}

/** Why a file cannot be written, as a clause: of an error of Node's or its code, which is told itself where it has no words. */
export function reasonOf(error: unknown): string {
  const code = typeof error === 'string' ? error : ((error as NodeJS.ErrnoException).code ?? String(error))
  return REASONS[code] ?? code
}

export function notWritable(path: string, error: unknown, hint?: string): HeapgraphError {
  return new HeapgraphError('UNREADABLE', `${path}: cannot be written: ${reasonOf(error)}`, hint)
}

export interface StoredFile {
  path: string
  bytes: number
  /** When it was last used, in milliseconds. */
  usedMs: number
}

/** The regular files of a folder whose names match, least recently used first; none if there is no such folder. */
export function filesIn(folder: string, name: RegExp): StoredFile[] {
  const names = attempt(() => readdirSync(folder)) ?? []
  return names
    .filter(file => name.test(file))
    .flatMap(file => {
      const path = `${folder}/${file}`
      const found = attempt(() => statSync(path))
      return found?.isFile() ? [{path, bytes: found.size, usedMs: found.mtimeMs}] : []
    })
    .sort((a, b) => a.usedMs - b.usedMs || (a.path < b.path ? -1 : 1))
}

/** Notes that a file has been used just now, if that can be noted. */
export function touch(path: string): void {
  attempt(() => utimesSync(path, new Date(), new Date()))
}

/** Whether the file is gone. */
export function removeFile(path: string): boolean {
  attempt(() => rmSync(path, {force: true}))
  return !isThere(path)
}

export function isSameFile(a: string, b: string): boolean {
  return attempt(() => realpathSync(a) === realpathSync(b)) ?? false
}

export function isThere(path: string): boolean {
  return attempt(() => statSync(path)) !== undefined
}

/** The whole way to a file, links followed; the path as it is if there is none. */
export function wholePath(path: string): string {
  return attempt(() => realpathSync(path)) ?? path
}

function attempt<T>(what: () => T): T | undefined {
  try {
    return what()
  } catch {
    return undefined
  }
}
