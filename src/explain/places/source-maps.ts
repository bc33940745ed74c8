/**
 * Source maps: from the scripts that V8 ran to the sources that people wrote (ECMA-426).
 *
 * Names of scripts come out of the snapshot, so whoever made the file chooses them. These are the rules for reading beside a script:
 *
 * - Only files of this machine, never the network: absolute paths, no `//host` and `\\host`, nothing below folders of devices, of the system
 *   or of other machines; the name must end like a script's. A comment's URL is followed if it is relative and ends in `.map`, or is a
 *   `data:` URL. Names are judged as the system reads them, so without `.` and empty parts, and with escapes undone.
 * - Only regular files, up to 64 MiB each and 512 MiB in all, for 5,000 scripts at the most.
 * - Nothing of a file is ever shown but names and texts of sources in a valid map of version 3 that is of this script, as its `file`
 *   tells, the text of a script that begins like the snapshot's, 1,024 characters of it, and is as long, and the text of a source in which
 *   the script's names stand where the map leads from them. Not even the message of a failed JSON.parse, which quotes the text.
 */
import {fileURLToPath, pathToFileURL} from 'node:url'
import {filesBelow, readTextFile, readTextFileNow, type TextFile} from '../../files/text-file.ts'
import {originOfScript} from '../../snapshot/code/code-origin.ts'
import {originalTypeNames} from '../../snapshot/code/original-names.ts'
import {type Place, scriptNames, usePlaceMap} from '../../snapshot/code/places.ts'
import type {MappingUrl} from '../../snapshot/code/script-fields.ts'
import {textOfScript, useScriptFiles} from '../../snapshot/code/script-syntax.ts'
import {looksMinified, mappingUrl, mappingUrlOfId, scriptOfId} from '../../snapshot/code/script-urls.ts'
import {type TextsBeside, useTextsBeside} from '../../snapshot/columns/settings.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {textKey} from '../../util/checksum.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {plural} from '../../util/units.ts'
import {lastPart, openMap, type ScriptMap} from './open-map.ts'
import {useMinified} from './place-sentences.ts'

/** Where source maps are looked for. */
export interface SourceMapsOptions {
  /** A folder with maps, looked in before the scripts' own places. */
  folder?: string
  /** When the snapshot was taken, in milliseconds since 1970: for remarks on scripts that were changed later. */
  takenAt?: number
}

/** Which source maps were found, and what was wrong with others. */
export interface SourceMapsReport {
  /** Scripts whose places are from now on those of their sources. */
  scripts: number
  /** Sentences about maps that are broken or may be out of date. */
  remarks: string[]
}

const MAX_FILE_BYTES = 64 << 20
const MAX_TOTAL_BYTES = 512 << 20
const MAX_SCRIPTS = 5_000
const MAX_FOLDER_ENTRIES = 200_000

/**
 * Looks for the source maps of the application's scripts, beside them and in `folder`, and has all places of the snapshot told by them
 * from here on. Comes before the first question. Broken maps are remarks; throws a HeapgraphError only if there is no such folder.
 */
export async function loadSourceMaps(snapshot: Snapshot, options: SourceMapsOptions = {}): Promise<SourceMapsReport> {
  const reading = new Reading(options, await filesOf(options.folder))
  const names = new Map([...scriptNames(snapshot)].filter(([, name]) => originOfScript(name).code === 'application'))
  const beside = new Map<string, ScriptMap | undefined>()
  const maps = new Map<number, ScriptMap>()
  /** Ids of scripts with short names whose maps have no names. */
  const minified = new Set<number>()
  /** Names of those that have no map at all. */
  const unmapped = new Set<string>()
  const wanted = [...new Set(names.values())].sort().slice(0, MAX_SCRIPTS)
  const isWanted = new Set(wanted)
  for (const [id, name] of [...names].sort(([a, x], [b, y]) => (x < y ? -1 : x > y ? 1 : a - b))) {
    if (!isWanted.has(name)) continue
    const url = mappingUrlOfId(snapshot, id)
    // Scripts of one name may have been made anew, each with its own map inside.
    const isOwn = url !== undefined && !url.isCut && inlineText(url.text) !== undefined
    if (!isOwn && beside.has(name)) setIf(maps, id, beside.get(name))
    else {
      const map = await reading.mapOf(name, url)
      if (!isOwn) beside.set(name, map)
      setIf(maps, id, map)
      if (map?.hasNames || !looksMinified(snapshot, id)) continue
      if (map === undefined) unmapped.add(name)
      else minified.add(id)
    }
  }
  if (names.size > 0 && isWanted.size === MAX_SCRIPTS) {
    reading.remarks.push(`source maps were looked for next to ${plural(MAX_SCRIPTS, 'script')} only`)
  }
  useMinified(snapshot, unmapped)
  useScriptFiles(snapshot, script => reading.textOf(script))
  useTextsBeside(snapshot, reading.textsBeside())
  if (maps.size > 0) {
    const idOf = new Map<string, number>()
    for (const [id, map] of maps) for (const source of map.sources) idOf.set(source, id)
    /** What the map has; else the source's file, if it is what the script was made of. */
    const contentOf = (source: string): string | undefined => {
      const id = idOf.get(source)
      const map = id === undefined ? undefined : maps.get(id)
      const script = id === undefined ? undefined : scriptOfId(snapshot, id)
      const content = map?.content(source)
      if (content !== undefined || map === undefined || script === undefined) return content
      const generated = textOfScript(snapshot, script)
      const text = reading.textOf(source)
      return text !== undefined && map.isOf(source, text, generated?.isWhole ? generated.text : undefined)
        ? text
        : undefined
    }
    snapshot.useTypeNames(types => originalTypeNames(snapshot, types))
    usePlaceMap(snapshot, {
      source: (id, place) => maps.get(id)?.source(place) ?? inNoSource(maps.get(id), names.get(id)),
      sources: id => maps.get(id)?.sources,
      hasNames: id => maps.get(id)?.hasNames === true || minified.has(id),
      // Bundlers that write no names (Bun), or not all (webpack), still lead to where they stand in the source.
      name(id, place) {
        const map = maps.get(id)
        return (minified.has(id) ? undefined : map?.name(place)) ?? map?.nameInSource(place)
      },
      content: source => contentOf(source),
      compiled: (source, line) => {
        const scriptId = idOf.get(source)
        const found = scriptId === undefined ? undefined : maps.get(scriptId)?.compiled(source, line)
        return scriptId === undefined || found === undefined ? undefined : {scriptId, ...found}
      },
    })
  }
  const mapped = new Set([...maps.keys()].map(id => names.get(id))).size
  return {scripts: mapped, remarks: [...reading.remarks, ...reading.changedRemark()]}
}

/** The maps of scripts by their names alone, found as `loadSourceMaps` finds them; of the application's scripts only. */
export async function mapsOfScripts(
  scripts: readonly string[],
  options: SourceMapsOptions = {},
): Promise<{maps: Map<string, ScriptMap>; remarks: string[]}> {
  const reading = new Reading(options, await filesOf(options.folder))
  const maps = new Map<string, ScriptMap>()
  const own = scripts.filter(script => originOfScript(script).code === 'application')
  for (const script of own.sort().slice(0, MAX_SCRIPTS)) {
    const map = await reading.mapOf(script, undefined)
    if (map !== undefined) maps.set(script, map)
  }
  return {maps, remarks: [...reading.remarks, ...reading.changedRemark()]}
}

function setIf(maps: Map<number, ScriptMap>, id: number, map: ScriptMap | undefined): void {
  if (map !== undefined) maps.set(id, map)
}

async function filesOf(folder: string | undefined): Promise<string[]> {
  if (folder === undefined) return []
  const files = await filesBelow(folder, MAX_FOLDER_ENTRIES)
  if (files !== undefined) return files
  throw new HeapgraphError('USAGE', `${folder}: no such folder for source maps`, 'check the path')
}

/** The text of a map and what it is relative to. */
interface FoundMap {
  text: string
  /** Where it was found, for remarks. */
  path: string
  /** What its sources are relative to: a map lies beside its script, wherever a copy of it was found. */
  url: string
  /** Name of the script that its `file` must agree with; undefined for a map that the script itself points at. */
  file?: string
}

const SCRIPT_ENDING = /\.[cm]?[jt]sx?$/i
/** Of scripts, and of what compilers make them of. */
const TEXT_ENDING = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/i

/** Looks for maps one script after the other, and keeps count of what was read. */
class Reading {
  readonly remarks: string[] = []
  readonly #changed: string[] = []
  readonly #options: SourceMapsOptions
  readonly #files: readonly string[]
  #bytesLeft = MAX_TOTAL_BYTES
  /** What was looked for before the first question, each with its text or why there is none. */
  readonly #before: [path: string, found: string][] = []
  /** Texts that questions have looked for, each with its key. */
  readonly #later = new Map<string, string | null>()

  constructor(options: SourceMapsOptions, files: readonly string[]) {
    this.#options = options
    this.#files = files
  }

  /** `url`: what the snapshot has of the script's own comment. */
  async mapOf(script: string, url: MappingUrl | undefined): Promise<ScriptMap | undefined> {
    const found = (await this.#inFolder(script)) ?? (await this.#ofUrl(script, url)) ?? (await this.#beside(script))
    if (found === undefined) {
      return url?.isCut && SOURCE_ENDING.test(script) ? withoutLines(script) : undefined
    }
    const map = await openMap(found.text, found.url, found.file)
    if (typeof map === 'object') return map
    this.remarks.push(`${found.path} ${map}; the lines shown are those of ${script}`)
    return undefined
  }

  /** The map, or the script with its comment, whose path has most folders at its end in common with the script's. */
  async #inFolder(script: string): Promise<FoundMap | undefined> {
    const {folder} = this.#options
    if (folder === undefined) return undefined
    const path = script.replace(/[?#].*$/s, '')
    for (const ending of ['.map', '']) {
      if (ending === '' && !SCRIPT_ENDING.test(path)) continue
      const best = bestFit(this.#files, `${path}${ending}`)
      if (best.length > 1) this.remarks.push(`${best.join(' and ')} in ${folder} fit ${script} equally: none is used`)
      if (best.length !== 1) continue
      const file = `${folder}/${best[0]}`
      const found = ending === '' ? await this.#inScript(file, script) : await this.#mapFile(file, script)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** A map within the snapshot, or the file that the script's comment names. */
  async #ofUrl(script: string, url: MappingUrl | undefined): Promise<FoundMap | undefined> {
    if (url === undefined || url.isCut) return undefined
    const inline = inlineText(url.text)
    if (inline !== undefined) return {text: inline, path: `the map of ${script}`, url: `${urlOf(script)}.map`}
    return isOfThisMachine(script) ? this.#named(url.text, script, script) : undefined
  }

  async #beside(script: string): Promise<FoundMap | undefined> {
    if (!isOfThisMachine(script)) return undefined
    return (await this.#mapFile(`${script}.map`, script, lastPart(script))) ?? (await this.#inScript(script, script))
  }

  /** The text of a script's file, or of its copy in the folder. Only for texts that are held against the snapshot's. */
  textOf(script: string): string | undefined {
    const found = this.#readNow(script, this.#bytesLeft)
    this.#bytesLeft -= found?.bytes ?? 0
    if (!this.#later.has(script)) this.#later.set(script, keyOfText(found))
    return found?.text
  }

  /** What answers depend on that is in no snapshot. */
  textsBeside(): TextsBeside {
    return {
      key: textKey(JSON.stringify([this.#options.folder, this.#files, this.#before])),
      read: this.#later,
      keyOf: script => keyOfText(this.#readNow(script, MAX_FILE_BYTES)),
    }
  }

  #readNow(script: string, maxBytes: number): TextFile | undefined {
    const {folder} = this.#options
    const copies = folder === undefined ? [] : bestFit(this.#files, script.replace(/[?#].*$/s, ''))
    const path = copies.length === 1 && TEXT_ENDING.test(copies[0]) ? `${folder}/${copies[0]}` : script
    if (path === script && !isOfThisMachine(script)) return undefined
    return readTextFileNow(path, Math.min(MAX_FILE_BYTES, maxBytes))
  }

  async #mapFile(path: string, script: string, file?: string): Promise<FoundMap | undefined> {
    const found = await this.#read(path)
    return found && {text: found.text, path, url: `${urlOf(script)}.map`, ...(file === undefined ? {} : {file})}
  }

  /** What the last `//# sourceMappingURL=` of a script's file leads to. */
  async #inScript(path: string, script: string): Promise<FoundMap | undefined> {
    const found = await this.#read(path)
    const url = found && mappingUrl(found.text)
    if (url === undefined) return undefined
    const inline = inlineText(url)
    if (inline !== undefined) return {text: inline, path, url: `${urlOf(script)}.map`}
    return this.#named(url, path, script)
  }

  /** The map beside a script, or its copy at `path`, that a comment names. */
  async #named(url: string, path: string, script: string): Promise<FoundMap | undefined> {
    if (!/^[^\s:\\]+\.map$/.test(url) || url.startsWith('/')) return undefined
    const named = path.slice(0, -lastPart(path).length) + decoded(url)
    const map = isBelowUsualFolders(named) ? await this.#read(named) : undefined
    return map && {text: map.text, path: named, url: resolved(url, urlOf(script))}
  }

  async #read(path: string): Promise<TextFile | undefined> {
    const found = await readTextFile(path, Math.min(MAX_FILE_BYTES, this.#bytesLeft))
    this.#before.push([path, typeof found === 'object' ? textKey(found.text) : String(found)])
    if (found === 'large') {
      this.remarks.push(`${path} is too large to look for a source map`)
      return undefined
    }
    if (found === undefined) return undefined
    this.#bytesLeft -= found.bytes
    const {takenAt} = this.#options
    // File systems have times of their own steps, some of two seconds.
    if (takenAt !== undefined && found.modified > takenAt + 2_000) this.#changed.push(path)
    return found
  }

  changedRemark(): string[] {
    const [first, ...rest] = this.#changed
    if (first === undefined) return []
    const more = rest.length === 0 ? 'was' : `and ${plural(rest.length, 'other file')} were`
    return [`${first} ${more} changed after the snapshot was taken: lines may be off`]
  }
}

function keyOfText(file: TextFile | undefined): string | null {
  return file === undefined ? null : textKey(file.text)
}

/** Files with the name of `path` that have most of the folders before it in common. */
function bestFit(files: readonly string[], path: string): string[] {
  const name = lastPart(path)
  const wanted = path.split(/[\\/]/)
  let most = 0
  let best: string[] = []
  for (const file of files) {
    if (!file.endsWith(name) || lastPart(file) !== name) continue
    const parts = file.split('/')
    let common = 1
    while (common < parts.length && parts.at(-1 - common) === wanted.at(-1 - common)) common++
    if (common < most) continue
    if (common > most) best = []
    most = common
    best.push(file)
  }
  return best
}

/** Whether a file with this name may be opened: see the rules above. */
export function isOfThisMachine(script: string): boolean {
  if (!TEXT_ENDING.test(script) || /\p{Cc}/u.test(script)) return false
  const isWhole = process.platform === 'win32' ? /^[A-Za-z]:[\\/](?![\\/])/ : /^\/(?!\/)/
  return isWhole.test(script) && !script.split(/[\\/]/).includes('..') && isBelowUsualFolders(script)
}

/** Folders of devices, of processes, and those in which a look at a name may mount what another machine has; Windows has none. */
const UNUSUAL_FOLDERS = /^\/+(?:proc|sys|dev|net|run|afs|network)(?:\/|$)/i

/** Whether what the system makes of a path is no device and of no other machine. */
function isBelowUsualFolders(path: string): boolean {
  // Two bars at the beginning are another machine to Windows, and may be to POSIX.
  return !/^[\\/]{2}/.test(path) && !UNUSUAL_FOLDERS.test(fileURLToPath(pathToFileURL(path)))
}

/** Sources that only run once something has made JavaScript of them, in memory: `tsx`, `ts-node`, Vite. */
const SOURCE_ENDING = /\.(?:[cm]?tsx?|jsx|vue|svelte|astro)(?:[?#]|$)/i

/** Where a script was made in memory of a source of its name, its other lines are not the source's. */
function inNoSource(map: ScriptMap | undefined, script = ''): Place | undefined {
  return map?.sources.includes(script) ? {script, line: 0, column: 0} : undefined
}

/** For a script made in memory of a source of the same name, whose map the file has not all of: its lines are not the source's. */
function withoutLines(script: string): ScriptMap {
  return {
    sources: [script],
    hasNames: false,
    isOf: () => false,
    source: () => ({script, line: 0, column: 0}),
    name: () => undefined,
    nameInSource: () => undefined,
    content: () => undefined,
    compiled: () => undefined,
  }
}

/** The text of a `data:` URL with JSON; undefined for any other. */
function inlineText(url: string): string | undefined {
  const head = /^data:application\/json(?:;charset=[\w-]+)?(;base64)?,/i.exec(url.slice(0, 100))
  if (head === null) return undefined
  const data = url.slice(head[0].length)
  return head[1] === undefined ? decoded(data) : Buffer.from(data, 'base64').toString('utf8')
}

function urlOf(script: string): string {
  return isOfThisMachine(script) || script.startsWith('/') ? pathToFileURL(script).href : script.replace(/[?#].*$/s, '')
}

function resolved(url: string, base: string): string {
  return URL.canParse(url, base) ? new URL(url, base).href : base
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
