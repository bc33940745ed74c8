/** Small text files beside the snapshot's world: read whole, within limits, and never anything but regular files. */
import {closeSync, constants, type Dirent, fstatSync, openSync, readSync} from 'node:fs'
import {open, readdir} from 'node:fs/promises'

export interface TextFile {
  text: string
  /** Milliseconds since 1970. */
  modified: number
  bytes: number
}

type Reader = (path: string, file: TextFile) => void
const readers = new Set<Reader>()

/** Has `reader` told of every text that is read until the function that is returned is called: a report takes them along. */
export function onTextRead(reader: Reader): () => void {
  readers.add(reader)
  return () => void readers.delete(reader)
}

function told(path: string, file: TextFile): TextFile {
  for (const reader of readers) reader(path, file)
  return file
}

/**
 * The text of a regular file; 'large' if it is longer than `maxBytes`; undefined if there is no such file, it cannot be read, or it is a
 * folder, a device, a pipe. Opening waits for nobody: a pipe without a writer would keep it forever.
 */
export async function readTextFile(path: string, maxBytes: number): Promise<TextFile | 'large' | undefined> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(() => undefined)
  if (handle === undefined) return undefined
  try {
    const found = await handle.stat()
    if (!found.isFile()) return undefined
    if (found.size > maxBytes) return 'large'
    const bytes = Buffer.alloc(found.size)
    let length = 0
    while (length < bytes.length) {
      const {bytesRead} = await handle.read(bytes, length, bytes.length - length, length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return told(path, {text: bytes.toString('utf8', 0, length), modified: found.mtimeMs, bytes: length})
  } catch {
    return undefined
  } finally {
    await handle.close()
  }
}

/** The same at once, for what few questions need: undefined for a file that is longer, too. */
export function readTextFileNow(path: string, maxBytes: number): TextFile | undefined {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch {
    return undefined
  }
  try {
    const found = fstatSync(file)
    if (!found.isFile() || found.size > maxBytes) return undefined
    const bytes = Buffer.alloc(found.size)
    let length = 0
    while (length < bytes.length) {
      const bytesRead = readSync(file, bytes, length, bytes.length - length, length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return told(path, {text: bytes.toString('utf8', 0, length), modified: found.mtimeMs, bytes: length})
  } catch {
    return undefined
  } finally {
    closeSync(file)
  }
}

/**
 * Paths of the files below a folder, below which they are given with `/`, in the alphabet's order; links are not followed. No more than
 * `limit` entries are looked at. Undefined if there is no such folder, or it cannot be read.
 */
export async function filesBelow(folder: string, limit: number): Promise<string[] | undefined> {
  const files: string[] = []
  const pending = ['']
  let seen = 0
  for (let below = pending.shift(); below !== undefined && seen < limit; below = pending.shift()) {
    const entries = await readdir(`${folder}/${below}`, {withFileTypes: true}).catch(() => undefined)
    if (entries === undefined && below === '') return undefined
    for (const entry of (entries ?? []).sort(byName)) {
      if (++seen > limit) break
      if (entry.isDirectory()) pending.push(`${below}${entry.name}/`)
      else if (entry.isFile()) files.push(below + entry.name)
    }
  }
  return files.sort()
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : Number(a.name > b.name)
}
