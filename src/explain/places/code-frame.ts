/** The lines of code around a place, from what is known to be the text that ran or what it was made of. */
import {moduleCopies, type Place, placeMapOf, scriptNames} from '../../snapshot/code/places.ts'
import {placedScriptOfId} from '../../snapshot/code/script-lines.ts'
import {textOfScript} from '../../snapshot/code/script-syntax.ts'
import {scriptOfId} from '../../snapshot/code/script-urls.ts'
import {snapshotSetting} from '../../snapshot/columns/settings.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {type TextLines, textLines} from '../../util/text-lines.ts'
import {placeOfText, shownScript} from './script-root.ts'

/** One line of source code. */
export interface CodeLine {
  /** From 1 on. */
  line: number
  /** The line as it is written, without its line end. */
  text: string
  /** Where the source's text is not known: the script that was compiled from it, which the line is of, and whether the place is in it. */
  compiled?: {script: string; isPlace: boolean}
}

/** Lines shown of a place unless told otherwise: the place's own in the middle. */
const DEFAULT_LINES = 3

const wanted = snapshotSetting<number>(String)

/** From here on so many lines are told of a place in this snapshot. Must come before the first question. */
export function useCodeLines(snapshot: Snapshot, lines: number): void {
  wanted.set(snapshot, lines)
}

/** Characters of a line that are told: a minified script may be one line. */
const LONGEST_LINE = 200

/** Lines around a place as answers have it (`src/cache.js:12`); none where the text is not known, or the line is not in it. */
export function codeAt(snapshot: Snapshot, place: string): CodeLine[] {
  const found = placeOfText(snapshot, place)
  return found === undefined ? [] : codeAround(snapshot, found)
}

/** The same of a place found otherwise. */
function codeAround(snapshot: Snapshot, place: Place): CodeLine[] {
  const count = wanted.get(snapshot) ?? DEFAULT_LINES
  if (count <= 0 || place.line <= 0) return []
  const text = textOfPlace(snapshot, place.script)
  return text === undefined ? compiledLines(snapshot, place, count) : linesAround(text, place, count)
}

/** Of a source whose text nobody has what was compiled from it, if a person can read that. */
function compiledLines(snapshot: Snapshot, {script, line}: Place, count: number): CodeLine[] {
  const place = placeMapOf(snapshot)?.compiled(script, line)
  if (place === undefined) return []
  const text = textOfId(snapshot, place.scriptId)
  const name = scriptNames(snapshot).get(place.scriptId)
  if (text === undefined || name === undefined || place.line < text.first || place.line > text.last) return []
  if (text.lineOf(place.line).length > LONGEST_LINE) return []
  const shown = shownScript(snapshot, name)
  return linesAround(text, place, count).map(one => ({
    ...one,
    compiled: {script: shown, isPlace: one.line === place.line},
  }))
}

function linesAround(text: KnownText, place: {line: number; column: number}, count: number): CodeLine[] {
  if (place.line > text.last || place.line < text.first) return []
  const first = Math.max(text.first, place.line - Math.floor((count - 1) / 2))
  const last = Math.min(text.last, first + count - 1)
  // Of a line that nobody wrote only the part around the place says anything.
  if (place.column <= 0 && text.lineOf(place.line).length > LONGEST_LINE) return []
  const found: CodeLine[] = []
  for (let line = first; line <= last; line++) {
    found.push({line, text: shortened(text.lineOf(line), line === place.line ? place.column : 1)})
  }
  return found
}

/** Of a line that nobody wrote the part around a column, from 1 on. */
function shortened(line: string, column: number): string {
  if (line.length <= LONGEST_LINE) return line
  const from = Math.max(0, Math.min(column - 1 - LONGEST_LINE / 2, line.length - LONGEST_LINE))
  const part = line.slice(from, from + LONGEST_LINE)
  return `${from > 0 ? '…' : ''}${part}${from + LONGEST_LINE < line.length ? '…' : ''}`
}

interface KnownText {
  /** Lines that are known, from 1 on. */
  first: number
  last: number
  lineOf(line: number): string
}

/** The text that a script's or source's places are of. */
function textOfPlace(snapshot: Snapshot, script: string): KnownText | undefined {
  return getOrMake(knownTexts(snapshot), script, () => {
    const content = placeMapOf(snapshot)?.content(script)
    return content === undefined ? textThatRan(snapshot, script) : wholeText(content)
  })
}

const knownTexts = memoize((_: Snapshot) => new Map<string, KnownText | undefined>())

function wholeText(text: string): KnownText {
  const lines = textLines(text)
  return {first: 1, last: lines.count, lineOf: line => lineIn(text, lines, line - 1)}
}

function lineIn(text: string, lines: TextLines, line: number): string {
  const end = line + 1 < lines.count ? lines.offset(line + 1, 0) : text.length
  return text.slice(lines.offset(line, 0), end).replace(/[\r\n\u2028\u2029]+$/, '')
}

function textThatRan(snapshot: Snapshot, script: string): KnownText | undefined {
  const copies = moduleCopies(snapshot)
  const named = [...scriptNames(snapshot)].filter(([, name]) => name === script).map(([id]) => copies.get(id) ?? id)
  const ids = [...new Set(named)]
  // Scripts of one name may have several texts: which one a place is of is not known. Copies of a module have one.
  if (ids.length !== 1 || placeMapOf(snapshot)?.sources(ids[0])?.includes(script)) return undefined
  return textOfId(snapshot, ids[0])
}

/** The text of a script, by its id. */
function textOfId(snapshot: Snapshot, scriptId: number): KnownText | undefined {
  const placed = placedScriptOfId(snapshot, scriptId)
  if (placed !== undefined) {
    const {lines, text} = placed.syntax
    const {line: before} = placed.place(0)
    return {first: 1 + before, last: before + lines.count, lineOf: line => lineIn(text, lines, line - 1 - before)}
  }
  const node = scriptOfId(snapshot, scriptId)
  const read = node === undefined ? undefined : textOfScript(snapshot, node)
  // In a page, lines are counted from the page's beginning.
  const isInPage = /^https?:/.test(scriptNames(snapshot).get(scriptId) ?? '')
  if (read === undefined || !read.isKnown || isInPage) return undefined
  const known = wholeText(read.text)
  return read.isWhole ? known : {...known, last: known.last - 1}
}
