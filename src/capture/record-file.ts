/** The file of a recording: every line that is in it is whole, whatever happens to the disk or to the recorder. */
import {closeSync, ftruncateSync, openSync, writeSync} from 'node:fs'
import {HeapgraphError} from '../util/errors.ts'
import type {RecordLine} from './series-lines.ts'

/** How long a full disk is left alone before it is tried again. */
const RETRY_MS = 1000

const REASONS: Record<string, string> = {
  ENOENT: 'its folder does not exist',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'this is a directory',
  EROFS: 'the disk can only be read',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EIO: 'the disk has an error',
}

export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? String(error)
  return REASONS[code] ?? code
}

export class RecordFile {
  readonly path: string
  /** Why lines were lost, and since when (seconds); undefined while all is well. */
  trouble: {why: string; since: number} | undefined
  /** Seconds of the recording whose samples could not be written. */
  lostSeconds = 0
  #length = 0
  #nextTryMs = 0
  readonly #fd: number

  constructor(path: string) {
    this.path = path
    try {
      // For its owner only, as all that is made of a program's memory.
      this.#fd = openSync(path, 'w', 0o600)
    } catch (error) {
      throw new HeapgraphError(
        'UNREADABLE',
        `${path}: cannot be written: ${reasonOf(error)}`,
        'choose another place with -o',
      )
    }
  }

  /** Writes lines at once, all or none. `t`: seconds since the recording began. */
  write(lines: RecordLine[], t: number): void {
    if (lines.length === 0 || (this.trouble !== undefined && Date.now() < this.#nextTryMs)) return
    const {trouble} = this
    const lost: RecordLine[] = trouble === undefined ? [] : [{type: 'lost', t, from: trouble.since}]
    const bytes = Buffer.from([...lost, ...lines].map(line => `${JSON.stringify(line)}\n`).join(''))
    try {
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
  }

  #cutToWholeLines(): void {
    try {
      ftruncateSync(this.#fd, this.#length)
    } catch {
      // Then the last line is a half one, which readers leave out.
    }
  }
}
