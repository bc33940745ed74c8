/** Gives a whole file its name, though another one may have it. */
import {renameSync} from 'node:fs'
import {rename} from 'node:fs/promises'

/**
 * What Windows answers while somebody has the old file open, a virus scanner or an indexer for an instant (MoveFileEx, to which
 * libuv's `uv_fs_rename` leads); elsewhere these are final.
 */
const PASSING = new Set(['EPERM', 'EACCES', 'EBUSY'])
const TRIES = 10
const REST_MS = 50

/** `rename` and `platform` are for tests. Throws what Node throws, on Windows after half a second. */
export function renameOver(
  from: string,
  to: string,
  {rename = renameSync, platform = process.platform}: {rename?: typeof renameSync; platform?: string} = {},
): void {
  for (let left = TRIES; ; left--) {
    try {
      rename(from, to)
      return
    } catch (error) {
      if (!isPassing(error, platform) || left <= 1) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REST_MS)
    }
  }
}

/** The same without standing in the way of anything else. */
export async function renameOverLater(from: string, to: string, platform: string = process.platform): Promise<void> {
  for (let left = TRIES; ; left--) {
    try {
      await rename(from, to)
      return
    } catch (error) {
      if (!isPassing(error, platform) || left <= 1) throw error
      await new Promise(resolve => setTimeout(resolve, REST_MS))
    }
  }
}

function isPassing(error: unknown, platform: string): boolean {
  return platform === 'win32' && PASSING.has((error as NodeJS.ErrnoException).code ?? '')
}
