/** The files that an agent may name: those below the folders that were given at start. */
import {type Dirent, readdirSync, realpathSync, statSync} from 'node:fs'
import {isAbsolute, join, relative, resolve} from 'node:path'
import {HeapgraphError, pathBelow} from '../../index.ts'

export interface Folders {
  /** Absolute paths, links followed. */
  readonly roots: readonly string[]
  /** The real path of a file that an agent names. Throws UNREADABLE if there is none below the folders. */
  fileOf(given: string): string
  /** What a file is called: relative to the folder, if there is only one. */
  nameOf(path: string): string
  /** Snapshots below the folders, newest first. `leftOut`: older ones; `isCut`: whether there was more to look at than is looked at. */
  snapshots(): {files: {name: string; bytes: number; changed: Date}[]; leftOut: number; isCut: boolean}
}

/** Looked at below the folders; more are left out. */
const MAX_ENTRIES = 20_000
const MAX_DEPTH = 8
const MAX_LISTED = 40
const SNAPSHOT = /\.(?:heapsnapshot|heaptimeline)(?:\.(?:gz|zst|br|xz|zip))?$/

/** Throws UNREADABLE for a folder that is not there. */
export function openFolders(given: readonly string[]): Folders {
  const roots = given.map(folder => {
    const real = realOf(folder)
    if (real === undefined || !statSync(real).isDirectory())
      throw new HeapgraphError('UNREADABLE', `${folder}: not a directory`, 'give folders that have snapshots in them')
    return real
  })
  const isBelow = (path: string) => roots.some(root => pathBelow(path, root) !== undefined)
  const nameOf = (path: string) => (roots.length === 1 ? relative(roots[0], path) : path)
  return {
    roots,
    nameOf,
    fileOf(name) {
      const candidates = isAbsolute(name) ? [name] : roots.map(root => resolve(root, name))
      const found = candidates.flatMap(path => realOf(path) ?? []).find(isBelow)
      // Whether there is one elsewhere is nothing that an agent need know.
      if (found === undefined || statSync(found, {throwIfNoEntry: false})?.isFile() !== true)
        throw new HeapgraphError('UNREADABLE', 'no such file below the folders of this server')
      return found
    },
    snapshots() {
      const found: {name: string; bytes: number; changed: Date}[] = []
      let isCut = false
      const paths = walk(roots, () => {
        isCut = true
      })
      for (const path of paths) {
        // One that went meanwhile is none.
        const stats = statSync(path, {throwIfNoEntry: false})
        if (stats !== undefined) found.push({name: nameOf(path), bytes: stats.size, changed: stats.mtime})
      }
      found.sort((a, b) => b.changed.getTime() - a.changed.getTime() || (a.name < b.name ? -1 : 1))
      return {files: found.slice(0, MAX_LISTED), leftOut: Math.max(0, found.length - MAX_LISTED), isCut}
    },
  }
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

/** Links are not followed: they may lead out, or around. `onCut`: called where there is more than is looked at. */
function* walk(roots: readonly string[], onCut: () => void): Generator<string> {
  const pending = roots.map(folder => ({folder, depth: 0}))
  let looked = 0
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of entriesOf(next.folder)) {
      if (++looked > MAX_ENTRIES) return onCut()
      const path = join(next.folder, entry.name)
      if (entry.isFile() && SNAPSHOT.test(entry.name)) yield path
      else if (entry.isDirectory() && entry.name !== 'node_modules') {
        if (next.depth < MAX_DEPTH) pending.push({folder: path, depth: next.depth + 1})
        else onCut()
      }
    }
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, {withFileTypes: true})
  } catch {
    return []
  }
}
