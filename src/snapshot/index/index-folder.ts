/** The folder of indexes: where it is, what is in it, and what may go. */
import {isAbandoned} from '../../files/abandoned.ts'
import {ownVersion} from '../../files/own-package.ts'
import {filesIn, isThere, removeFile, sameStamp, stampOf} from '../../files/private-file.ts'
import {distrust} from '../../files/trust.ts'
import {ANSWERS_ENDING} from './index-cache.ts'
import {IndexFile} from './index-file.ts'

/** The files of the folder of indexes. */
const INDEX_NAME = /^[0-9a-f]{32}\.hgx$/
const ANSWERS_NAME = /^[0-9a-f]{32}\.hgx\.answers$/
const TEMPORARY_NAME = /^[0-9a-f]{32}\.hgx(?:\.answers)?\.\d+\.[0-9a-f]{12}\.tmp$/

export const DEFAULT_LIMIT_BYTES = 10e9

/** An index in a folder. */
export interface ListedIndex {
  /** Of the index. */
  path: string
  /** Size of the file. */
  bytes: number
  /** When it was used last, in milliseconds since 1970. */
  usedMs: number
  /** The snapshot it belongs to; undefined if the index cannot be used. */
  snapshot: string | undefined
  /** `changed`, `gone`: the snapshot; `unusable`: the index, broken or of another heapgraph. */
  state: 'ready' | 'changed' | 'gone' | 'unusable'
}

/** All indexes of a folder, least recently used first. */
export function listIndexes(folder: string): ListedIndex[] {
  return filesIn(folder, INDEX_NAME).map(stored => {
    const table = distrust(stored.path) === undefined ? IndexFile.open(stored.path)?.table : undefined
    if (table?.writer !== ownVersion()) return {...stored, snapshot: undefined, state: 'unusable'}
    const now = stampOf(table.snapshot)
    const state = sameStamp(now, table.stamp) ? 'ready' : now === undefined ? 'gone' : 'changed'
    return {...stored, snapshot: table.snapshot, state}
  })
}

/** Which indexes `pruneIndexes` keeps. */
export interface PruneOptions {
  /** What all indexes together may take. */
  limitBytes?: number
  /** An index that stays in any case. */
  keep?: string
  /** Whether only the limit counts, so that no index is opened. */
  limitOnly?: boolean
}

/** Takes away what unfinished writers left, indexes nobody can use, and the least recently used until the limit holds. */
export function pruneIndexes(
  folder: string,
  {limitBytes = DEFAULT_LIMIT_BYTES, keep, limitOnly = false}: PruneOptions = {},
): {count: number; bytes: number} {
  const removed = {count: 0, bytes: 0}
  const remove = ({path, bytes}: {path: string; bytes: number}) => {
    if (!removeFile(path)) return false
    removed.count++
    removed.bytes += bytes
    return true
  }
  for (const file of filesIn(folder, TEMPORARY_NAME)) if (isAbandoned(file.path)) remove(file)
  if (!limitOnly) for (const index of listIndexes(folder)) if (index.state !== 'ready') remove(index)
  const files = filesIn(folder, INDEX_NAME)
  let total = files.reduce((sum, {bytes}) => sum + bytes, 0)
  for (const file of files) {
    if (total <= limitBytes) break
    if (file.path !== keep && remove(file)) total -= file.bytes
  }
  // Answers are of no use without the index, and small beside it.
  for (const file of filesIn(folder, ANSWERS_NAME))
    if (!isThere(file.path.slice(0, -ANSWERS_ENDING.length))) remove(file)
  return removed
}

/** The folder of indexes by the rules of the system; undefined if the environment names no place. */
export function indexFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: string = process.platform,
): string | undefined {
  const {XDG_CACHE_HOME, HOME, LOCALAPPDATA} = env
  const isWhole = (path: string | undefined) => path !== undefined && /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path)
  if (isWhole(XDG_CACHE_HOME)) return `${XDG_CACHE_HOME}/heapgraph`
  if (platform === 'win32') return isWhole(LOCALAPPDATA) ? `${LOCALAPPDATA}\\heapgraph` : undefined
  return isWhole(HOME) ? `${HOME}/.cache/heapgraph` : undefined
}
