/** Paths as people write them: below the folder in which they work, which is told once. */
import {originOfScript} from '../../snapshot/code/code-origin.ts'
import {addressOf, type Place, placeMapOf, scriptNames} from '../../snapshot/code/places.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {memoize} from '../../util/memo.ts'

/** Where a path or URL begins: `/`, `C:\`, `https://host/`; what has no such beginning is no path. */
const BEGINNING = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/\\]*\/(?:\.\/)?|[A-Za-z]:[\\/]|\/)/

/** Folders that people name along with what is in them: `src/cache.js`, not `cache.js`. */
const NAMED_FOLDERS = new Set(
  'src source sources lib dist build out bin server client api pages public static assets scripts functions test tests'.split(
    ' ',
  ),
)

/** Folders with such a name that are no part of a project: where Docker's images for Node and others put one. */
const SYSTEM_FOLDERS = new Set(['/usr/src/', '/usr/local/src/', '/usr/lib/', '/usr/local/lib/', '/usr/local/bin/'])

/**
 * The folder that all of the application's scripts are in, with a separator at its end; '' if they have none in common. If they are
 * of several hosts or drives, that of the one with the most counts. The folder in which `node_modules` is goes before a deeper one,
 * and a folder named `src` or the like is none.
 */
export function scriptRoot(snapshot: Snapshot): string {
  return rootAndNames(snapshot).root
}

interface RootAndNames {
  root: string
  /** Names below the root, without it. */
  below: ReadonlySet<string>
  /** Of all scripts and sources. */
  all: ReadonlySet<string>
}

const rootAndNames = memoize((snapshot: Snapshot): RootAndNames => {
  const map = placeMapOf(snapshot)
  const scripts = scriptNames(snapshot)
  const names = [...scripts].flatMap(([id, name]) => map?.sources(id) ?? [name])
  const root = rootOf(names)
  const shown = root === '' ? [] : [...names, ...scripts.values()].filter(name => isBelow(name, root))
  const below = shown.map(name => name.slice(root.length))
  return {root, below: new Set(below), all: new Set([...names, ...scripts.values()])}
})

/** The place that a text as `placeText` has it is of, without its column; undefined if no script or source is called so. */
export function placeOfText(snapshot: Snapshot, text: string): Place | undefined {
  const {root, below, all} = rootAndNames(snapshot)
  const [, shown, line = '0'] = /^(.*?)(?::(\d+))?$/s.exec(text)!
  const script = below.has(shown) ? root + shown : shown
  return all.has(script) ? {script, line: Number(line), column: 0} : undefined
}

/** The sentence that tells where the root is, if any of these places, as `placeText` has them, leaves it out. */
export function rootSentence(snapshot: Snapshot, places: Iterable<string>): string[] {
  const {root, below} = rootAndNames(snapshot)
  for (const place of places) if (below.has(place.replace(/:\d+$/, ''))) return [`paths of code are below ${root}`]
  return []
}

/** A script's name without the root, or all of it if it is elsewhere. */
export function shownScript(snapshot: Snapshot, script: string): string {
  const root = scriptRoot(snapshot)
  return root !== '' && isBelow(script, root) ? script.slice(root.length) : script
}

/** A page may be called like the folder that its scripts are in. */
function isBelow(script: string, root: string): boolean {
  return script.startsWith(root) && script.length > root.length
}

export function rootOf(names: readonly string[]): string {
  const own = mainGroup(names.filter(name => originOfScript(name).code === 'application'))
  if (own.length === 0) return ''
  const beginning = BEGINNING.exec(own[0])![0]
  let root = own.map(folderOf).reduce(commonFolder)
  if (root.length < beginning.length) return ''
  const project = projectOf(names, root)
  if (project !== undefined) root = project
  else {
    while (root.length > beginning.length && NAMED_FOLDERS.has(lastFolder(root)) && !SYSTEM_FOLDERS.has(root)) {
      root = parentOf(root)
    }
  }
  // What is left must be nobody else's name, such as that of a script of Node's, `fs.js`.
  const all = new Set(names)
  while (root.length > beginning.length && own.some(name => all.has(name.slice(root.length)))) root = parentOf(root)
  return root.length > beginning.length || beginning.includes('://') ? root : ''
}

/** Those of the host or drive that most are of; the first in the alphabet if several are equal. */
function mainGroup(names: readonly string[]): string[] {
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const beginning = BEGINNING.exec(name)?.[0]
    if (beginning === undefined) continue
    const group = groups.get(beginning)
    if (group === undefined) groups.set(beginning, [name])
    else group.push(name)
  }
  const sorted = [...groups].sort(([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1))
  return sorted[0]?.[1] ?? []
}

/** The deepest folder with `node_modules` that the root is, or is in. */
function projectOf(names: readonly string[], root: string): string | undefined {
  let project = ''
  for (const name of names) {
    const at = name.search(/[\\/]node_modules[\\/]/)
    const folder = name.slice(0, at + 1)
    if (at >= 0 && folder.length > project.length && root.startsWith(folder)) project = folder
  }
  return project.length > (BEGINNING.exec(root)?.[0].length ?? 0) ? project : undefined
}

function folderOf(name: string): string {
  const path = addressOf(name)
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}

function commonFolder(a: string, b: string): string {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return a.slice(0, Math.max(a.lastIndexOf('/', length - 1), a.lastIndexOf('\\', length - 1)) + 1)
}

function parentOf(folder: string): string {
  return folderOf(folder.slice(0, -1))
}

function lastFolder(folder: string): string {
  return folder.slice(parentOf(folder).length, -1)
}
