/** Indexes of snapshots: written, listed, removed. */
import {type SaveOptions, saveIndex as writeIndex} from '../snapshot/index/index-cache.ts'
import {
  indexFolder as findIndexFolder,
  type PruneOptions,
  listIndexes as readIndexes,
  pruneIndexes as removeIndexes,
} from '../snapshot/index/index-folder.ts'
import {aFlag, aFunction, anObject, aSize, aText, checked, optionsOf} from '../util/arguments.ts'
import {aSnapshot} from './checks.ts'

/** Writes the index of a snapshot that was opened with `index`, for its owner only; undefined if there is nothing to add. Throws UNREADABLE if it cannot be written. */
export const saveIndex = checked(
  [aSnapshot, ['options', optionsOf<SaveOptions>({always: aFlag, fromBytes: aSize, open: aFunction})]],
  writeIndex,
)

/** All indexes in a folder, least recently used first: path, bytes, and whether each is of use. */
export const listIndexes = checked([['folder', aText]], readIndexes)

/** Removes indexes nobody can use, and the least recently used until all together take no more than `limitBytes`; says how many, and their bytes. */
export const pruneIndexes = checked(
  [
    ['folder', aText],
    ['options', optionsOf<PruneOptions>({limitBytes: aSize, keep: aText, limitOnly: aFlag})],
  ],
  removeIndexes,
)

/** The folder of indexes by the rules of the system, from an environment such as `process.env`; undefined if it names no place. */
export const indexFolder = checked([['env', anObject]], (env: Readonly<Record<string, string | undefined>>) =>
  findIndexFolder(env),
)
