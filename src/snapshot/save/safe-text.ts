/** What a string of a snapshot becomes when it is redacted, by what it is used for. */
import {renamedEntry} from '../columns/ephemerons.ts'
import {isName} from './code-name.ts'
import {OWN_WORDS} from './own-words.ts'
import {looksLikePath, safePath} from './safe-path.ts'
import {safeSource} from './safe-source.ts'
import type {StandIns} from './stand-ins.ts'
import {Use} from './text-uses.ts'

/** What a text is that is still readable: a name of code, one of a property, a word of V8 or the like, a script's path, a script's text, a number. */
export type ReadableKind = 'name' | 'property' | 'word' | 'path' | 'source' | 'number'
export const READABLE_KINDS: readonly ReadableKind[] = ['name', 'property', 'word', 'path', 'source', 'number']

export interface SafeText {
  text: string
  /** Undefined where nothing of the text is left. */
  readable: ReadableKind | undefined
}

export interface SafeTextOptions {
  sources: KeptSources
  standIns: StandIns
  names: CodeNames
}

/** What is kept of the texts of scripts: nothing but their lines, their code without comments and literals, or all. */
export type KeptSources = 'none' | 'code' | 'all'
export const KEPT_SOURCES: readonly KeptSources[] = ['none', 'code', 'all']

/** Names that code has, as far as they were found: in what is read, and in other snapshots of the program. */
export interface CodeNames {
  /** Of functions, classes, variables, and of properties that code has. */
  names: ReadonlySet<string>
  /** Literals of compiled code that look like names: of symbols and accessors, but also any text. */
  literals: ReadonlySet<string>
}

const ACCESSOR = /^(?:get|set) /
const PRIVATE_OR_COMPUTED = /^(?:get |set )?\[?([\p{ID_Start}$_][\p{ID_Continue}$.]*)\]?$/u
const SYMBOL = /^((?:get |set )?<symbol )(.*)(>)$/s
const WELL_KNOWN = /^Symbol\.[a-zA-Z]+$/
/** Words of V8 and of who embeds it: types of C++, parts in parentheses, `12 / CopyDataProperties`. */
const WORD = /^[\w$#.:<>()[\],*&~=+%! -]{0,2000}$/
const SCOPE = /^scope @\d+$/
const PROTOTYPE = /^[\w$.]+ [([](?:prototype|internal cache|JSGlobalObject)[)\]]$/
const NUMBER = /^[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Infinity)$|^NaN$/i
/** What V8 calls strings that it does not write out, and string 0, which nothing refers to (`StringsStorage`). */
const OF_STRINGS = new Set(['(concatenated string)', '(sliced string)', '(external string)', '<dummy>', ''])
/** And what it calls values that are no objects. */
const OF_VALUES = new Set('symbol|private symbol|bigint|heap number|smi number|double|number|int|bool'.split('|'))
const JOINT = ' / '

/** Which of `CodeNames` a string adds to; undefined for none. */
export function nameOfCode(text: string, use: number): keyof CodeNames | undefined {
  if ((use & (Use.code | Use.compiled)) === 0 || (use & (Use.path | Use.source)) !== 0 || !isName(text))
    return undefined
  return (use & (Use.code | Use.property)) !== 0 ? 'names' : 'literals'
}

export function safeText(text: string, use: number, options: SafeTextOptions): SafeText {
  const {standIns, names} = options
  if (OF_STRINGS.has(text)) return {text, readable: undefined}
  const only = (uses: number) => (use & ~(uses | Use.value | Use.compiled)) === 0
  if ((use & Use.source) !== 0 && only(Use.source)) return ofSource(text, options)
  if ((use & Use.path) !== 0 && only(Use.path | Use.word | Use.property | Use.edge)) {
    return {text: safePath(text, standIns), readable: 'path'}
  }
  if (OWN_WORDS.has(text) || OF_VALUES.has(text)) return {text, readable: 'word'}
  if (names.names.has(text)) {
    const isPropertyOnly = (use & (Use.property | Use.code)) === Use.property
    return {text, readable: isPropertyOnly ? 'property' : 'name'}
  }
  if ((use & Use.code) !== 0) return ofParts(text, options, part => isName(part) && !part.includes(' '))
  if ((use & Use.edge) !== 0) {
    // Its ids are the graph's, the names of key and value are told at their nodes.
    const entry = renamedEntry(text, name => standIns.of(name))
    if (entry !== undefined) return {text: entry, readable: 'word'}
  }
  if ((use & (Use.word | Use.edge)) !== 0) return ofParts(text, options, isWord)
  if ((use & Use.property) !== 0) return safeProperty(text, options)
  if ((use & Use.field) !== 0 && NUMBER.test(text)) return {text, readable: 'number'}
  return {text: standIns.of(text), readable: undefined}
}

function ofSource(text: string, {sources, standIns, names}: SafeTextOptions): SafeText {
  if (sources === 'all') return {text, readable: 'source'}
  if (sources === 'code') return {text: safeSource(text, names.names, standIns), readable: 'source'}
  return {text: standIns.of(text, true), readable: undefined}
}

function isWord(text: string): boolean {
  return WORD.test(text) && !/\d{7,}/.test(text)
}

/** Names with parts, `Window / https://host/`, and elements of a page: the parts that are no words are hidden. */
function ofParts(text: string, {standIns}: SafeTextOptions, isFit: (part: string) => boolean): SafeText {
  const element = /^((?:Detached )?<\/?[A-Za-z][\w:-]*)(.*)$/s.exec(text)
  if (element !== null) return {text: element[1] + safeAttributes(element[2], standIns), readable: 'word'}
  let readable = false
  const parts = text.split(JOINT).map(part => {
    if (isFit(part) || SCOPE.test(part) || PROTOTYPE.test(part) || NUMBER.test(part)) {
      readable = true
      return part
    }
    return looksLikePath(part) ? safePath(part, standIns) : standIns.of(part)
  })
  return {text: parts.join(JOINT), readable: readable ? 'word' : undefined}
}

/** ` class="row">`: names of attributes stay, as HTML has them; nothing else but what parts them does. */
function safeAttributes(text: string, standIns: StandIns): string {
  return text.replace(
    /(\s(?:class|id|type|role)=")|[^\s"'<>=/]+/g,
    (all, attribute?: string) => attribute ?? standIns.of(all),
  )
}

/** Of a dictionary, names are data: only those that code has stay. */
function safeProperty(text: string, {names: {names, literals}, standIns}: SafeTextOptions): SafeText {
  const kept: SafeText = {text, readable: 'property'}
  const isKnown = (name: string) => names.has(name) || literals.has(name) || OWN_WORDS.has(name)
  const symbol = SYMBOL.exec(text)
  if (symbol !== null) {
    const [, before, name, behind] = symbol
    if (WELL_KNOWN.test(name) || isKnown(name) || isNamedByRuntime(name)) return kept
    return {text: before + standIns.of(name) + behind, readable: undefined}
  }
  if (text === '<symbol>' || literals.has(text)) return kept
  if (!ACCESSOR.test(text)) return {text: standIns.of(text), readable: undefined}
  const name = PRIVATE_OR_COMPUTED.exec(text)?.[1]
  if (name !== undefined && isKnown(name)) return kept
  return {text: text.slice(0, 4) + standIns.of(text.slice(4)), readable: undefined}
}

/** `nodejs.util.inspect.custom`, `node:module_export`: Node's own. */
function isNamedByRuntime(name: string): boolean {
  return /^(?:nodejs\.[\w.]+|node:[\w:]+)$/.test(name)
}
