/** Links from places in code to an editor, or to the file, and from objects to wherever people say. */
import {HeapgraphError} from '../../util/errors.ts'

export interface SplitPlace {
  script: string
  /** From 1 on; 0 where the place has none. */
  line: number
}

/** `src/cache.js:12` in its parts: the form that all answers have places in. */
export function splitPlace(place: string): SplitPlace {
  const [, script, line = '0'] = /^(.*?)(?::(\d{1,9}))?$/s.exec(place)!
  return {script, line: Number(line)}
}

/** Leads to the file, whatever opens that. */
export const DEFAULT_EDITOR = 'file://{path}'

/** Schemes that only show something: others may run code where they are clicked. */
const LINK_SCHEMES = ['http:', 'https:', 'file:']

/** URLs by which editors open a file: `{path}` is absolute and encoded, `{line}` and `{column}` are from 1 on. */
const EDITORS: Readonly<Record<string, string>> = {
  file: DEFAULT_EDITOR,
  vscode: 'vscode://file/{path}:{line}:{column}',
  'vscode-insiders': 'vscode-insiders://file/{path}:{line}:{column}',
  vscodium: 'vscodium://file/{path}:{line}:{column}',
  cursor: 'cursor://file/{path}:{line}:{column}',
  windsurf: 'windsurf://file/{path}:{line}:{column}',
  zed: 'zed://file/{path}:{line}:{column}',
  idea: 'idea://open?file={path}&line={line}&column={column}',
  webstorm: 'webstorm://open?file={path}&line={line}&column={column}',
  sublime: 'subl://open?url=file://{path}&line={line}&column={column}',
  textmate: 'txmt://open?url=file://{path}&line={line}&column={column}',
}

export const EDITOR_NAMES: readonly string[] = Object.keys(EDITORS)

/**
 * The same URL, if it is one that objects of a picture may lead to: of the web, a file, an editor's, or relative. Throws USAGE for any other.
 * Judged as browsers read it, which leave out line breaks and tabs.
 */
export function linkPattern(link: string): string {
  const schemes = [...new Set([...LINK_SCHEMES, ...Object.values(EDITORS).map(schemeOf)])]
  const scheme = schemeOf(
    link
      .replace(/[\0-\x20]/g, '')
      .replaceAll('{id}', '0')
      .toLowerCase(),
  )
  if (scheme === '' || schemes.includes(scheme)) return link
  const known = schemes.map(name => name.slice(0, -1)).join(', ')
  throw new HeapgraphError('USAGE', `--link ${link} is not a URL that a picture may lead to`, `schemes: ${known}`)
}

/** `https:`; '' for a relative URL. */
function schemeOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:/.exec(url)?.[0] ?? ''
}

/** The pattern of an editor by name, or one of people's own; undefined for anything else, as for URLs that run code. */
export function editorPattern(editor: string): string | undefined {
  if (Object.hasOwn(EDITORS, editor)) return EDITORS[editor]
  const isUrl = /^[a-z][a-z0-9+.-]*:[\x21-\x7e]*\{path\}[\x21-\x7e]*$/i.test(editor)
  return isUrl && !/^(?:javascript|data|vbscript):/i.test(editor) ? editor : undefined
}

/**
 * Where a place leads; undefined for what is no file, such as `node:events:219`. `root`: the folder that places leave out. A page's script
 * leads to its address. Whatever the place is, the URL is of printable ASCII without quotes, angle brackets and blanks.
 */
export function placeUrl(place: string, root: string, pattern: string): string | undefined {
  const {script, line} = splitPlace(place)
  if (/^https?:\/\//.test(script)) return encoded(script)
  if (/^[a-z][a-z0-9+.-]+:/i.test(script) || script === '') return undefined
  const path = isAbsolute(script) ? script : `${root}${script}`
  if (/^https?:\/\//.test(path)) return encoded(path)
  if (!isAbsolute(path) || /\p{Cc}/u.test(path)) return undefined
  const isWindows = !path.startsWith('/')
  const slashed = isWindows ? `/${path.replaceAll('\\', '/')}` : path
  const url = slashed.split('/').map(encodeURIComponentOf).join('/')
  const values: Record<string, string> = {path: url, line: String(Math.max(1, line)), column: '1'}
  // A slash before `{path}` is the path's own.
  const filled = pattern
    .replace(/(?<!\/)\/(?=\{path\})/, '')
    .replace(/\{(path|line|column)\}/g, (_, name) => values[name])
  return encoded(filled)
}

function isAbsolute(path: string): boolean {
  return /^(?:\/(?!\/)|[A-Za-z]:[\\/])/.test(path)
}

/** Lone surrogates become U+FFFD. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd')
}

/** A drive's colon stays. */
function encodeURIComponentOf(part: string): string {
  return /^[A-Za-z]:$/.test(part) ? part : encodeURIComponent(wellFormed(part))
}

function encoded(url: string): string {
  return wellFormed(url).replace(/[^\x21-\x7e]|["'<>\\^`{|}]/g, character => percent(character))
}

function percent(character: string): string {
  return encodeURIComponent(character) === character
    ? `%${character.charCodeAt(0).toString(16).toUpperCase()}`
    : encodeURIComponent(character)
}
