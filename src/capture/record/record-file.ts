/** The file of a recording: every line that is in it is whole, whatever happens to the disk or to the recorder. */
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeSync,
} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {clearAbandoned, isAlive, ownerOf, ownMark} from '../../files/abandoned.ts'
import {OWNER_ONLY, reasonOf} from '../../files/private-file.ts'
import {HeapgraphError} from '../../util/errors.ts'
import type {RecordLine} from './series-lines.ts'

/** How long a full disk is left alone before it is tried again. */
const RETRY_MS = 1000

export class RecordFile {
  readonly path: string
  /** Why lines were lost, and since when (seconds); undefined while all is well. */
  trouble: {why: string; since: number} | undefined
  /** Seconds of the recording whose samples could not be written. */
  lostSeconds = 0
  #length = 0
  #nextTryMs = 0
  readonly #fd: number
  readonly #isNew: boolean
  /** The file that says that this one is being written; a device has none. */
  readonly #lock: string | undefined

  constructor(path: string) {
    this.path = path
    this.#isNew = !existsSync(path)
    let fd: number | undefined
    try {
      // Not emptied before it is known whose it is; of a pipe nobody may be the reader.
      fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | (constants.O_NONBLOCK ?? 0), OWNER_ONLY)
      this.#lock = takeFile(path, fd)
      this.#fd = fd
    } catch (error) {
      if (fd !== undefined) closeSync(fd)
      const why = error instanceof HeapgraphError ? error.message : `cannot be written: ${reasonOf(error)}`
      throw new HeapgraphError('UNREADABLE', `${path}: ${why}`, 'choose another place with -o')
    }
  }

  /** Writes lines at once, all or none. `t`: seconds since the recording began. */
  write(lines: RecordLine[], t: number): void {
    if (lines.length === 0 || (this.trouble !== undefined && Date.now() < this.#nextTryMs)) return
    const {trouble} = this
    const lost: RecordLine[] = trouble === undefined ? [] : [{type: 'lost', t, from: trouble.since}]
    const bytes = Buffer.from([...lost, ...lines].map(line => `${JSON.stringify(line)}\n`).join(''))
    try {
      // What was in it before stays until there is something else.
      if (this.#length === 0 && this.#lock !== undefined) ftruncateSync(this.#fd, 0)
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#fd, bytes, done, bytes.length - done, this.#length + done)
      }
      this.#length += bytes.length
      if (trouble !== undefined) this.lostSeconds += t - trouble.since
      this.trouble = undefined
    } catch (error) {
      this.trouble = {why: reasonOf(error), since: trouble?.since ?? t}
      this.#nextTryMs = Date.now() + RETRY_MS
      this.#cutToWholeLines()
    }
  }

  close(): void {
    closeSync(this.#fd)
    if (this.#lock !== undefined) rmSync(this.#lock, {force: true})
  }

  /** Of a recording that never began; a file that was there before stays. */
  discard(): void {
    this.close()
    if (this.#isNew) rmSync(this.path, {force: true})
  }

  #cutToWholeLines(): void {
    try {
      ftruncateSync(this.#fd, this.#length)
    } catch {
      // Then the last line is a half one, which readers leave out.
    }
  }
}

/**
 * Makes an open file ours alone: no other recorder writes it, and it is for its owner only, as all that is made of a program's memory.
 * Returns the lock's path, if it has one. Throws if it is another's, in a clause.
 */
function takeFile(path: string, fd: number): string | undefined {
  const found = fstatSync(fd)
  // Into nothing, as /dev/null.
  if (found.isCharacterDevice()) return undefined
  if (!found.isFile()) throw new HeapgraphError('UNREADABLE', 'not a regular file')
  if (process.getuid !== undefined && found.uid !== process.getuid()) {
    throw new HeapgraphError('UNREADABLE', 'this file belongs to another user, who could read the recording')
  }
  const lock = lockFile(realpathSync(path))
  try {
    if (process.platform !== 'win32') fchmodSync(fd, OWNER_ONLY)
    return lock
  } catch (error) {
    rmSync(lock, {force: true})
    throw error
  }
}

/**
 * Puts a file beside it that names us, and goes if there is another's: of two that come at the same time both may see the other and go, but
 * never do both stay. One whose owner is gone is no lock; it is taken away with all that killed runs leave.
 */
function lockFile(path: string): string {
  clearAbandoned(dirname(path))
  const own = `${path}.${ownMark()}.lock`
  closeSync(openSync(own, 'wx', OWNER_ONLY))
  const name = basename(path)
  const others = readdirSync(dirname(path)).filter(
    other => other.startsWith(`${name}.`) && LOCK.test(other.slice(name.length)) && other !== basename(own),
  )
  for (const other of others) {
    const owner = ownerOf(other)
    if (owner !== undefined && owner !== process.pid && !isAlive(owner)) continue
    rmSync(own, {force: true})
    const who =
      owner === undefined
        ? `another machine or container, according to ${join(dirname(path), other)}`
        : `process ${owner}`
    throw new HeapgraphError('UNREADABLE', `${who} is recording into it`)
  }
  return own
}

const LOCK = /^\.\d+\.[0-9a-f]{12}\.lock$/
