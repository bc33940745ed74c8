/** Where a path lies below a folder. */
import {isAbsolute, relative, resolve, sep} from 'node:path'

/** An absolute path from the folder on, '' for the folder itself; undefined if it lies elsewhere, or is relative. By the names alone: links are not followed. */
export function pathBelow(path: string, folder: string): string | undefined {
  if (!isAbsolute(path)) return undefined
  const below = relative(folder, path)
  return below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below) ? undefined : below
}

/** Between the folders of a path on this system. */
export const separator = sep

/** A path from the root of the file system on. */
export function wholePath(path: string): string {
  return resolve(path)
}
