/** Plain files, read at any place: for those who do not go through from front to back. */
import {closeSync, openSync, readSync, statSync} from 'node:fs'
import {availableParallelism} from 'node:os'

/** The size in bytes of a regular file; undefined for anything else, and for what cannot be looked at. */
export function regularFileSize(path: string): number | undefined {
  try {
    const found = statSync(path)
    return found.isFile() ? found.size : undefined
  } catch {
    return undefined
  }
}

/** Opens the file, hands its descriptor to `use` and closes it again. */
export async function withFile<T>(path: string, use: (fd: number) => T | Promise<T>): Promise<T> {
  const fd = openSync(path, 'r')
  try {
    return await use(fd)
  } finally {
    closeSync(fd)
  }
}

/** When a file was last written, in milliseconds since 1970; undefined for what is no regular file. */
export function modifiedMs(path: string): number | undefined {
  try {
    const found = statSync(path)
    return found.isFile() ? found.mtimeMs : undefined
  } catch {
    return undefined
  }
}

/** Fills `bytes` from `offset` on, as far as the file goes; returns how many bytes there were. */
export function readAt(fd: number, bytes: Uint8Array, offset: number): number {
  let length = 0
  while (length < bytes.length) {
    const read = readSync(fd, bytes, length, bytes.length - length, offset + length)
    if (read === 0) break
    length += read
  }
  return length
}

const CHUNK_BYTES = 4 << 20

/** Hands the bytes of a file to `use`, one chunk after the other, each valid during the call only. */
export function eachChunk(path: string, use: (chunk: Uint8Array) => void): void {
  const fd = openSync(path, 'r')
  try {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    for (let offset = 0; ; ) {
      const length = readAt(fd, chunk, offset)
      if (length === 0) return
      offset += length
      use(chunk.subarray(0, length))
    }
  } finally {
    closeSync(fd)
  }
}

/** Threads that may run at once on this machine. */
export function processorCount(): number {
  return availableParallelism()
}
