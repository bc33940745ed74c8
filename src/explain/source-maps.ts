/**
 * Source maps: from the scripts that V8 ran to the sources that people wrote (ECMA-426).
 *
 * Names of scripts come out of the snapshot, so whoever made the file chooses them. These are the rules for reading beside a script:
 *
 * - Only files of this machine, never the network: absolute paths, no `//host` and `\\host`, no `/proc`, `/sys`, `/dev`, `/net`; the name
 *   must end like a script's. A comment's URL is followed if it is relative and ends in `.map`, or is a `data:` URL.
 * - Only regular files, up to 64 MiB each and 512 MiB in all, for 5,000 scripts at the most.
 * - Nothing of a file is ever shown but the names of sources in a valid map of version 3 that is of this script, as its `file` tells.
 *   Not even the message of a failed JSON.parse, which quotes the text.
 */
import {pathToFileURL} from 'node:url'
import type {SourceMapInput, TraceMap} from '@jridgewell/trace-mapping'
import {filesBelow, readTextFile, type TextFile} from '../read/text-file.ts'
import {originOfScript} from '../snapshot/code-origin.ts'
import {type Place, readablePath, scriptNames, usePlaceMap} from '../snapshot/places.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {HeapgraphError} from '../util/errors.ts'
import {plural} from '../util/units.ts'

export interface SourceMapsOptions {
  /** A folder with maps, looked in before the scripts' own places. */
  folder?: string
  /** When the snapshot was taken, in milliseconds since 1970: for remarks on scripts that were changed later. */
  takenAt?: number
}

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
  const maps = new Map<string, ScriptMap>()
  const names = new Set([...scriptNames(snapshot).values()].filter(name => originOfScript(name).code === 'application'))
  for (const name of [...names].sort().slice(0, MAX_SCRIPTS)) {
    const map = await reading.mapOf(name)
    if (map !== undefined) maps.set(name, map)
  }
  if (names.size > MAX_SCRIPTS) {
    reading.remarks.push(`source maps were looked for beside ${plural(MAX_SCRIPTS, 'script')} of ${names.size} only`)
  }
  if (maps.size > 0) {
    const ofId = new Map<number, ScriptMap>()
    for (const [id, name] of scriptNames(snapshot)) {
      const map = maps.get(name)
      if (map !== undefined) ofId.set(id, map)
    }
    usePlaceMap(snapshot, {
      source: (id, place) => ofId.get(id)?.source(place),
      sources: id => ofId.get(id)?.sources,
    })
  }
  return {scripts: maps.size, remarks: [...reading.remarks, ...reading.changedRemark()]}
}

async function filesOf(folder: string | undefined): Promise<string[]> {
  if (folder === undefined) return []
  const files = await filesBelow(folder, MAX_FOLDER_ENTRIES)
  if (files !== undefined) return files
  throw new HeapgraphError('USAGE', `${folder}: there is no such folder to look for source maps in`, 'check the path')
}

interface ScriptMap {
  sources: readonly string[]
  source(place: Place): Place | undefined
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

/** Looks for maps one script after the other, and keeps count of what was read. */
class Reading {
  readonly remarks: string[] = []
  readonly #changed: string[] = []
  readonly #options: SourceMapsOptions
  readonly #files: readonly string[]
  #bytesLeft = MAX_TOTAL_BYTES

  constructor(options: SourceMapsOptions, files: readonly string[]) {
    this.#options = options
    this.#files = files
  }

  async mapOf(script: string): Promise<ScriptMap | undefined> {
    const found =
      (await this.#inFolder(script)) ?? (isOfThisMachine(script) ? await this.#beside(script, script) : undefined)
    if (found === undefined) return undefined
    const map = await openMap(found)
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

  async #beside(path: string, script: string): Promise<FoundMap | undefined> {
    return (await this.#mapFile(`${path}.map`, script, lastPart(script))) ?? (await this.#inScript(path, script))
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
    if (!/^[^\s:\\]+\.map$/.test(url) || url.startsWith('/')) return undefined
    const folder = path.slice(0, -lastPart(path).length)
    const map = await this.#read(folder + decoded(url))
    return map && {text: map.text, path: folder + decoded(url), url: resolved(url, urlOf(script))}
  }

  async #read(path: string): Promise<TextFile | undefined> {
    const found = await readTextFile(path, Math.min(MAX_FILE_BYTES, this.#bytesLeft))
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
  if (!SCRIPT_ENDING.test(script) || /\p{Cc}/u.test(script)) return false
  if (process.platform === 'win32') return /^[A-Za-z]:[\\/](?![\\/])/.test(script)
  return /^\/(?!\/|(?:proc|sys|dev|net)\/)/.test(script) && !/(?:^|\/)\.\.(?:\/|$)/.test(script)
}

/** The URL of the last comment that names a map, as ECMA-426 has it. */
function mappingUrl(text: string): string | undefined {
  const at = Math.max(text.lastIndexOf('//# sourceMappingURL='), text.lastIndexOf('//@ sourceMappingURL='))
  if (at < 0) return undefined
  const start = at + '//# sourceMappingURL='.length
  const end = text.indexOf('\n', start)
  const url = text.slice(start, end < 0 ? undefined : end).trim()
  return url === '' ? undefined : url
}

/** The text of a `data:` URL with JSON; undefined for any other. */
function inlineText(url: string): string | undefined {
  const head = /^data:application\/json(?:;charset=[\w-]+)?(;base64)?,/i.exec(url.slice(0, 100))
  if (head === null) return undefined
  const data = url.slice(head[0].length)
  return head[1] === undefined ? decoded(data) : Buffer.from(data, 'base64').toString('utf8')
}

/** Opens a map, or says in words what is wrong with it. */
async function openMap({text, url, file}: FoundMap): Promise<ScriptMap | string> {
  const {FlattenMap, decodedMappings, originalPositionFor, GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND} = await import(
    '@jridgewell/trace-mapping'
  )
  let map: TraceMap
  try {
    // A line that keeps browsers from running JSON as a script may stand first.
    const json = JSON.parse(text.replace(/^\)\]\}[^\n]*\n/, ''))
    if (json?.version !== 3) return 'is no source map of version 3'
    if (file !== undefined && typeof json.file === 'string' && json.file !== '' && lastPart(json.file) !== file) {
      return 'is the source map of another file'
    }
    delete json.sourcesContent
    map = new FlattenMap(json as SourceMapInput, url)
    // Now, while it can be told.
    decodedMappings(map)
  } catch {
    return 'is no readable source map'
  }
  const names = map.resolvedSources.map(source => readablePath(source ?? ''))
  const nameOf = new Map(map.resolvedSources.map((source, index) => [source, names[index]]))
  return {
    sources: names.filter(name => name !== ''),
    source({line, column}) {
      if (line <= 0) return undefined
      const needle = {line, column: Math.max(column - 1, 0)}
      const below = originalPositionFor(map, {...needle, bias: GREATEST_LOWER_BOUND})
      const found = below.source === null ? originalPositionFor(map, {...needle, bias: LEAST_UPPER_BOUND}) : below
      const script = found.source === null ? '' : (nameOf.get(found.source) ?? '')
      return script === '' || found.line === null ? undefined : {script, line: found.line, column: found.column + 1}
    },
  }
}

function urlOf(script: string): string {
  return isOfThisMachine(script) || script.startsWith('/') ? pathToFileURL(script).href : script.replace(/[?#].*$/s, '')
}

function resolved(url: string, base: string): string {
  return URL.canParse(url, base) ? new URL(url, base).href : base
}

function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
