/** A snapshot's file while it comes: for its owner only, under another name until it is whole, packed if its name ends in .gz. */
import {once} from 'node:events'
import {createReadStream, createWriteStream, rmSync, statSync, truncateSync} from 'node:fs'
import {basename} from 'node:path'
import {finished, pipeline} from 'node:stream/promises'
import {createGzip, type Gzip} from 'node:zlib'
import {notWritable, OWNER_ONLY, temporaryName} from '../../files/private-file.ts'
import {renameOver} from '../../files/rename-over.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {markRecording, snapshotMark} from './record-mark.ts'
import {SnapshotCheck} from './whole-snapshot.ts'

/** A file that was written. */
export interface Written {
  /** Of the file. */
  path: string
  /** Of the file, packed if it is. */
  bytes: number
}

export interface PartFile {
  /** Waits when the disk is slower than what comes. Throws when it cannot be written. */
  write(chunk: string): Promise<void> | undefined
  /** Gives the file its name, if it holds a whole snapshot. */
  finish(): Promise<Written>
  /** Leaves nothing behind. Safe to call at any time, also after `finish`. */
  discard(): Promise<void>
}

export function isPackedName(path: string): boolean {
  return /\.gz$/i.test(path)
}

/** `app.heapsnapshot`, 2 → `app-2.heapsnapshot`; endings that snapshots have stay endings. */
export function numbered(path: string, number: number | string): string {
  const ending = /(?:\.heapsnapshot|\.json)?(?:\.gz)?$/i.exec(path)?.[0] ?? ''
  return `${path.slice(0, path.length - ending.length)}-${number}${ending}`
}

export function openPartFile(path: string): PartFile {
  const temporary = temporaryName(path)
  const file = createWriteStream(temporary, {flags: 'wx', mode: OWNER_ONLY})
  const packer: Gzip | undefined = isPackedName(path) ? createGzip({level: 1}) : undefined
  const head = packer ?? file
  let failure: unknown
  file.on('error', error => {
    failure ??= error
    // Whoever waits for room would wait for ever.
    packer?.destroy(error)
  })
  packer?.on('error', error => {
    failure ??= error
  })
  packer?.pipe(file)
  const snapshot = new SnapshotCheck()
  const refuse = (problem: string | undefined) => {
    if (problem === undefined) return
    const what = `${path}: the data received is not a complete heap snapshot (${problem})`
    throw new HeapgraphError('UNREADABLE', what, 'nothing was written')
  }
  const check = () => {
    if (failure !== undefined) throw notWritable(path, failure)
  }
  return {
    write(chunk) {
      check()
      const bytes = Buffer.from(chunk, 'utf8')
      refuse(snapshot.write(bytes))
      if (head.write(bytes)) return undefined
      return once(head, 'drain').then(check, () => {
        throw notWritable(path, failure)
      })
    },
    async finish() {
      head.end()
      await finished(file).catch(() => {})
      check()
      refuse(snapshot.end())
      return settle(temporary, path)
    },
    async discard() {
      packer?.destroy()
      file.destroy()
      if (!file.closed) await once(file, 'close').catch(() => {})
      rmSync(temporary, {force: true})
    },
  }
}

/** Gives a whole file its name, and lets a recorder know. */
function settle(temporary: string, path: string): Written {
  try {
    renameOver(temporary, path)
    markRecording(snapshotMark(basename(path)))
    return {path, bytes: statSync(path).size}
  } catch (error) {
    throw notWritable(path, error)
  }
}

/** Of a snapshot that Node could not write. Emptied first: Node 20 and 24 leave it open then, and its bytes would stay on the disk. */
export function removePart(path: string): void {
  try {
    truncateSync(path)
  } catch {
    // It may never have been there.
  }
  rmSync(path, {force: true})
}

/** Takes over a plain file that somebody else has written in the same folder: renamed, or packed. */
export async function adopt(plain: string, path: string): Promise<Written> {
  if (!isPackedName(path)) return settle(plain, path)
  const temporary = temporaryName(path)
  try {
    const sink = createWriteStream(temporary, {flags: 'wx', mode: OWNER_ONLY})
    await pipeline(createReadStream(plain), createGzip({level: 1}), sink)
  } catch (error) {
    rmSync(temporary, {force: true})
    throw notWritable(path, error)
  }
  rmSync(plain, {force: true})
  return settle(temporary, path)
}
