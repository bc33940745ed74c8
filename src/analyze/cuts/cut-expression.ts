/** What a person writes to name edges: `Cache.entries`, `Map(byId)`, `@12 -> @34`; parsed without looking at a heap. */
import {HeapgraphError} from '../../util/errors.ts'

/** A step along an edge: a name, an index, or any element. */
export type Accessor = {name: string} | {index: number} | 'any'

export interface CutPath {
  /** A type, a function's name, `globalThis`, `@id`, or the name of a variable or property. */
  head: string
  /** At least one; the last is what is cut. */
  accessors: Accessor[]
}

export type CutExpression =
  /** All edges into an object. */
  | {form: 'into'; id: number}
  | {form: 'between'; from: number; to: number}
  /** A variable in a scope; `script`: of a scope in that file; `of`: of one that this function is written in. */
  | {form: 'variable'; name: string; script?: string; of?: string}
  /** `Map(byId)`: variables and properties of this name that lead to this type. */
  | {form: 'named'; type: string; name: string}
  | {form: 'listeners'; event: string; emitter: CutPath | undefined}
  /** One and the same text, divided into head and accessors in every way possible: the longest head first. */
  | {form: 'path'; readings: CutPath[]}

const TOLD = 80

const HOW =
  "write 'Type.property', 'Type[]', 'Map(name)', 'scope var name', 'a.b.c', 'on \"event\"', @id or '@id -> @id'"

/** V8 writes 1,024 characters of a name, and a path of variables and properties has a few. Some of the patterns take quadratic time. */
const LONGEST_CUT = 4096

/** Throws USAGE for a text that is none of the forms, or longer than 4,096 characters. */
export function parseCut(text: string): CutExpression {
  if (text.length > LONGEST_CUT) {
    const what = `--cut ${text.slice(0, TOLD)}… has ${text.length} characters`
    throw new HeapgraphError('USAGE', what, "write '@id -> @id' instead of names as long as that")
  }
  const cut = text.trim()
  const reading = parseIds(cut) ?? parseVariable(cut) ?? parseListeners(cut) ?? parseOf(cut) ?? parsePath(cut)
  if (reading !== undefined) return reading
  const named = /^(.+)\(([^()]+)\)$/s.exec(cut)
  if (named !== null) return {form: 'named', type: named[1].trim(), name: named[2].trim()}
  // What looks like the beginning of an accessor is no name.
  if (cut === '' || /^[.@[\]]|[.[]$|->/.test(cut)) throw new HeapgraphError('USAGE', `--cut ${text} names no edge`, HOW)
  return {form: 'variable', name: cut}
}

function parseIds(text: string): CutExpression | undefined {
  const between = /^@(\d+)\s*(?:->|→)\s*@(\d+)$/.exec(text)
  if (between !== null) return {form: 'between', from: Number(between[1]), to: Number(between[2])}
  const into = /^@(\d+)$/.exec(text)
  return into === null ? undefined : {form: 'into', id: Number(into[1])}
}

/** `scope var x`, `scope var x of f()`, `src/cache.js · x`, `module src/cache.js · x`. */
function parseVariable(text: string): CutExpression | undefined {
  const placed = /^(?:module\s+)?(\S.*?)\s+·\s+(?:scope var\s+)?(\S+)$/s.exec(text)
  if (placed !== null) return {form: 'variable', name: placed[2], script: placed[1]}
  const plain = /^scope var\s+(\S+)(?:\s+of\s+(.+?)(?:\(\))?)?$/s.exec(text)
  if (plain === null) return undefined
  return {form: 'variable', name: plain[1], ...(plain[2] === undefined ? {} : {of: plain[2]})}
}

/** `on "flush"`, `bus on 'flush'`, and as paths are written: `bus on "flush" listener`. */
function parseListeners(text: string): CutExpression | undefined {
  const found = /^(.*?)\s*\bon\s+("(?:[^"\\]|\\.)*"|'[^']*')(?:\s+listeners?)?$/s.exec(text)
  if (found === null) return undefined
  const emitter = found[1] === '' ? undefined : {head: found[1], accessors: [{name: '_events'}]}
  return {form: 'listeners', event: unquoted(found[2], text), emitter}
}

/** As answers print a holder: `.entries of RequestCache`. */
function parseOf(text: string): CutExpression | undefined {
  const found = /^([.[].*?) of (.+)$/s.exec(text)
  const accessors = found === null ? undefined : accessorsOf(found[1], 0)
  if (found === null || accessors === undefined) return undefined
  return {form: 'path', readings: [{head: found[2].replace(/\(\)$/, ''), accessors}]}
}

function parsePath(text: string): CutExpression | undefined {
  const readings: CutPath[] = []
  for (let at = text.length - 1; at > 0; at--) {
    if (text[at] !== '.' && text[at] !== '[') continue
    const accessors = accessorsOf(text, at)
    if (accessors !== undefined) readings.push({head: text.slice(0, at).trim(), accessors})
  }
  return readings.length === 0 ? undefined : {form: 'path', readings}
}

/** Each form of an accessor begins with a character of its own or differs in the second: nothing is tried twice. */
const ACCESSOR = /\.([^.[\]]+)|\[(\d*|i|…)\]|\[Symbol\(([^\]]*)\)\]|\[("(?:[^"\\]|\\.)*")\]/sy

/** Nobody writes more in a row. */
const MAX_ACCESSORS = 64

/** `.a[3]["b c"][]`, from a place in the text to its end; undefined if that is no chain of accessors. */
function accessorsOf(text: string, from: number): Accessor[] | undefined {
  const accessors: Accessor[] = []
  ACCESSOR.lastIndex = from
  for (let at = from; at < text.length; at = ACCESSOR.lastIndex) {
    const found = ACCESSOR.exec(text)
    if (found === null || accessors.length === MAX_ACCESSORS) return undefined
    const [, name, index, symbol, quoted] = found
    if (name !== undefined) accessors.push({name: name.trim()})
    else if (symbol !== undefined) accessors.push({name: `<symbol ${symbol}>`})
    else if (quoted !== undefined) accessors.push({name: unquoted(quoted, text)})
    else accessors.push(/^\d/.test(index) ? {index: Number(index)} : 'any')
  }
  return accessors
}

function unquoted(quoted: string, text: string): string {
  if (quoted.startsWith("'")) return quoted.slice(1, -1)
  try {
    return JSON.parse(quoted) as string
  } catch {
    throw new HeapgraphError(
      'USAGE',
      `--cut ${text}: ${quoted} is not a double-quoted string`,
      'write it as a JSON string',
    )
  }
}
