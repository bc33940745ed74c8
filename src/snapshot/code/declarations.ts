/**
 * Where a variable is declared and a property made. By the syntax of the script's whole text where the file has it
 * (`--heap-snapshot-string-limit`); else by patterns, as far as the first 1,024 characters say.
 */
import {getOrMake, memoize} from '../../util/memo.ts'
import {savedColumn} from '../columns/saved.ts'
import {NodeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {propertyTarget} from './internal-edges.ts'
import type {ScriptSyntax} from './parse-script.ts'
import {locationRow, type Place, placeInScript, placeMapOf} from './places.ts'
import type {Variable} from './scope-tree.ts'
import {offsetOfFunction, type PlacedScript, placedScript, variableAround} from './script-lines.ts'
import {isImported, keyOffset, madeAt, memberOffset, propertyOffset} from './script-names.ts'
import {scriptOf, textOfScript} from './script-syntax.ts'

/** The place of a name in the text, with source maps that in the source. */
export interface Declaration extends Place {
  /** Whether the variable has what another module made: an import, or a `require`. */
  isImport: boolean
}

/**
 * Where a script declares the variable that `name` means around a function; undefined where the file does not say. `closure`: that
 * function, or any of the script's. `context`: the scope around it, V8's context, that has the variable, if it is known: others further
 * inside may have one of the same name.
 */
export function declaration(
  snapshot: Snapshot,
  closure: number,
  name: string,
  context?: number,
): Declaration | undefined {
  const script = placedScript(snapshot, closure)
  if (script !== undefined) {
    const variable = variableAround(snapshot, script, closure, name, context)
    return variable && declarationOf(snapshot, closure, script, variable)
  }
  const text = textOf(snapshot, closure)
  if (text === undefined) return undefined
  const found = declarationIn1024(name).exec(text) ?? (isMinified(text) ? assignmentOf(name).exec(text) : null)
  const place = found === null ? undefined : placeOfMatch(snapshot, closure, text, found)
  return found === null || place === undefined ? undefined : {...place, isImport: isImport(found.input, found.index)}
}

/**
 * Where the object that a variable has gets a property: `names` lead from the variable to it (`const a = {b: {c: 1}}`: `['b', 'c']`).
 * Undefined where the file does not say, as without the script's whole text.
 */
export function memberDeclaration(
  snapshot: Snapshot,
  closure: number,
  variableName: string,
  names: readonly string[],
  context?: number,
): Place | undefined {
  const script = placedScript(snapshot, closure)
  const variable = script && variableAround(snapshot, script, closure, variableName, context)
  return script && variable && placeAt(snapshot, closure, script, memberOffset(script.syntax, variable, names))
}

/** Classes above one that are looked at. */
const MAX_CLASSES = 20

/**
 * Where an object gets a property, by its class: the field, or the assignment in the constructor or another method; that of a class above
 * if the class has none. Of a class itself, its static field. Undefined where the file does not say, as without the script's whole text.
 */
export function propertyDeclaration(snapshot: Snapshot, object: number, name: string): Place | undefined {
  const found = propertyMade(snapshot, object, name)
  return found && placeAt(snapshot, found.made, found.script, found.offset)
}

/** The same in the text: `made` is the class, by ordinal. */
export function propertyMade(
  snapshot: Snapshot,
  object: number,
  name: string,
): {made: number; script: PlacedScript; offset: number} | undefined {
  const isStatic = snapshot.nodeKind[object] === NodeKind.closure
  const above = (node: number) => (node < 0 ? -1 : propertyTarget(snapshot, node, '__proto__'))
  // Of an object the prototypes, of a class the classes: each leads to the one above.
  let at = isStatic ? object : above(object)
  for (let steps = 0; at >= 0 && steps < MAX_CLASSES; steps++, at = above(at)) {
    const made = isStatic ? at : propertyTarget(snapshot, at, 'constructor')
    const script = made < 0 ? undefined : placedScript(snapshot, made)
    const scope = script && madeAt(script.syntax, offsetOfFunction(snapshot, script, made))
    const offset = scope && propertyOffset(script.syntax, scope, name, isStatic)
    if (script !== undefined && offset !== undefined) return {made, script, offset}
  }
  return undefined
}

/**
 * The class of an object, by ordinal, as its prototype tells; -1 if that does not. V8 calls the objects of a class without a name `Object`,
 * and has no place for them.
 */
export function classOfObject(snapshot: Snapshot, object: number): number {
  const prototype = propertyTarget(snapshot, object, '__proto__')
  return prototype < 0 ? -1 : propertyTarget(snapshot, prototype, 'constructor')
}

/** The same for a script by its path, as of what modules export; also `exports.name = …`; '' is all that a CommonJS module exports. */
export function declarationIn(snapshot: Snapshot, script: string, name: string): Declaration | undefined {
  const closure = scriptClosures(snapshot).find(
    closure => placeInScript(snapshot, locationRow(snapshot, closure))?.script === script,
  )
  if (closure === undefined) return undefined
  const placed = placedScript(snapshot, closure)
  if (placed !== undefined) return exported(snapshot, closure, placed, name)
  if (name === '') return undefined
  const text = textOf(snapshot, closure) ?? ''
  const assigning = `^[ \\t]*(?:module\\.)?exports\\.(${escaped(name)})[ \\t]*=`
  const assigned = new RegExp(name === 'default' ? DEFAULT_EXPORT : assigning, 'mu').exec(text)
  if (assigned === null) return declaration(snapshot, closure, name)
  const place = placeOfMatch(snapshot, closure, text, assigned)
  return place && {...place, isImport: false}
}

/** By the exports of an ES module, those assigned one by one or in a literal, else a variable of the module of that name. */
function exported(snapshot: Snapshot, closure: number, script: PlacedScript, name: string): Declaration | undefined {
  const {syntax} = script
  const {root, exports} = syntax
  const found = exports.find(one => one.name === name)
  const variable = root.variables.get(found === undefined ? name : found.local)
  const offset = found?.offset ?? commonJsOffset(syntax, name)
  // `const a = …; exports.a = a`, not `exports.a = …; const a = exports.a`.
  const isMade = variable !== undefined && (found !== undefined || offset === undefined || isBefore(variable, offset))
  if (isMade) return declarationOf(snapshot, closure, script, variable)
  const place = placeAt(snapshot, closure, script, offset)
  return place && {...place, isImport: false}
}

function isBefore({offset}: Variable, end: number): boolean {
  return offset === null || offset < end
}

/** Offset of what a CommonJS module exports under a name: assigned by itself, or in an object literal. */
function commonJsOffset(syntax: ScriptSyntax, name: string): number | undefined {
  const assignedAs = (...wanted: string[]) =>
    syntax.assignments.find(({names}) => names.length === wanted.length && names.every((one, i) => one === wanted[i]))
  const whole = assignedAs('module', 'exports')?.offset
  if (name === '') return whole
  const own = assignedAs('exports', name) ?? assignedAs('module', 'exports', name)
  return own?.offset ?? (whole === undefined ? undefined : keyOffset(syntax, whole, [name]))
}

function declarationOf(
  snapshot: Snapshot,
  closure: number,
  script: PlacedScript,
  variable: Variable,
): Declaration | undefined {
  const place = placeAt(snapshot, closure, script, variable.offset)
  const isImport = isImported(script.syntax, variable)
  return place && {...place, isImport}
}

function placeAt(
  snapshot: Snapshot,
  closure: number,
  script: PlacedScript,
  offset: number | null | undefined,
): Place | undefined {
  if (offset == null || offset < 0) return undefined
  const {line, column} = script.place(offset)
  return sourcePlaceOf(snapshot, closure, line + 1, column + 1)
}

/** The place of an offset in the text of a function's script; undefined where the file has not the whole text. */
export function placeInText(snapshot: Snapshot, closure: number, offset: number): Place | undefined {
  const script = placedScript(snapshot, closure)
  return script && placeAt(snapshot, closure, script, offset)
}

/** A place in the script of a function, from 1 on; with source maps that in the source. */
function sourcePlaceOf(snapshot: Snapshot, closure: number, line: number, column: number): Place | undefined {
  const row = locationRow(snapshot, closure)
  const script = placeInScript(snapshot, row)?.script
  if (script === undefined) return undefined
  const place = {script, line, column}
  return placeMapOf(snapshot)?.source(snapshot.locations.scriptId[row], place) ?? place
}

const DEFAULT_EXPORT = '^[ \\t]*export[ \\t]+(default)(?![\\p{ID_Continue}$])'

/** Lines longer than this nobody wrote. */
const LONGEST_LINE = 300

function isMinified(text: string): boolean {
  return text.split('\n').some(line => line.length > LONGEST_LINE)
}

/** A function of each script's, by script id. */
export const scriptClosures = savedColumn('functions of scripts', ({locations, nodeKind}: Snapshot): Uint32Array => {
  const found = new Map<number, number>()
  for (let row = 0; row < locations.node.length; row++) {
    const node = locations.node[row]
    const script = locations.scriptId[row]
    if (nodeKind[node] === NodeKind.closure && !found.has(script)) found.set(script, node)
  }
  return Uint32Array.from([...found].sort(([a], [b]) => a - b).map(([, closure]) => closure))
})

/** The place of the name at the end of what was matched: what comes before may begin on a line above, such as a list in braces. */
function placeOfMatch(
  snapshot: Snapshot,
  closure: number,
  text: string,
  {index, 0: matched, 1: name}: RegExpExecArray,
): Place | undefined {
  const lines = text.slice(0, index + matched.lastIndexOf(name)).split('\n')
  return sourcePlaceOf(snapshot, closure, lines.length, lines[lines.length - 1].length + 1)
}

/** Whether the statement that begins at an index takes what another module has. */
function isImport(text: string, index: number): boolean {
  const statement = /^[ \t]*(?:(?:const|let|var)\b[^=;]*=\s*(?:await\s+import|(?:_\w+\()?_*require)\s*\(|import\s)/
  return statement.test(text.slice(index, index + LONGEST_LINE))
}

/** Scripts looked through for who makes a global variable. */
const MAX_SCRIPTS = 5_000

/**
 * The place where a script makes a variable of the global object, or declares one for all scripts, in the order of the scripts' ids;
 * undefined if the beginnings of the scripts, all that the file has, do not say.
 */
export function globalDeclaration(snapshot: Snapshot, name: string): Place | undefined {
  // No script declares a symbol.
  if (name.startsWith('<symbol ')) return undefined
  return getOrMake(globalDeclarations(snapshot), name, () => findGlobalDeclaration(snapshot, name))
}

const globalDeclarations = memoize((_: Snapshot) => new Map<string, Place | undefined>())

function findGlobalDeclaration(snapshot: Snapshot, name: string): Place | undefined {
  const assigned = new RegExp(
    `(?:^|[^.\\w$])(?:globalThis|window|self|global)\\.(${escaped(name)})(?=[ \\t]*(?:\\?\\?|\\|\\|)?=(?!=))`,
    'u',
  )
  for (const closure of scriptClosures(snapshot).slice(0, MAX_SCRIPTS)) {
    const text = textOf(snapshot, closure)
    if (text === undefined || !mayGive(text, name)) continue
    const script = placedScript(snapshot, closure)
    const found = script === undefined ? (assigned.exec(text) ?? declarationIn1024(name).exec(text)) : null
    const place =
      script !== undefined
        ? placeAt(snapshot, closure, script, globalOffset(script, name))
        : found === null
          ? undefined
          : placeOfMatch(snapshot, closure, text, found)
    if (place !== undefined) return place
  }
  return undefined
}

/** Whether a text may declare a name or give it a value, since not every mention is followed by what only a read is. To parse it takes longer. */
function mayGive(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    let next = at + name.length
    if (WORD.test(text.charAt(next)) || WORD.test(text.charAt(at - 1))) continue
    while (text.charCodeAt(next) <= SPACE) next++
    const after = text.charAt(next)
    if (after === '(' ? FUNCTION_BEFORE.test(text.slice(Math.max(0, at - LONGEST_GAP), at)) : !READS.has(after))
      return true
  }
  return false
}

const WORD = /[\p{ID_Continue}$]/u
const SPACE = 0x20
const READS = new Set(['.', '[', ')', ']'])
const FUNCTION_BEFORE = /\bfunction[\s*]*$/
/** Between the word `function` and a name. */
const LONGEST_GAP = 40

const GLOBAL_OBJECTS = new Set(['globalThis', 'window', 'self', 'global'])

/** Of an assignment to a property of the global object, or the first to a name that nothing declares, or a declaration for all scripts. */
function globalOffset({syntax: {assignments, root, free, isModule}}: PlacedScript, name: string): number | undefined {
  const assigned = assignments.find(
    ({names: [object, property, ...more]}) => GLOBAL_OBJECTS.has(object) && property === name && more.length === 0,
  )
  const declared = isModule ? undefined : root.variables.get(name)
  return assigned?.offset ?? declared?.offset ?? free.get(name)?.find(({isRead}) => !isRead)?.offset
}

/** As much of a script's text as the file has. */
function textOf(snapshot: Snapshot, closure: number): string | undefined {
  const script = scriptOf(snapshot, closure)
  return script < 0 ? undefined : textOfScript(snapshot, script)?.text
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** A declaration at the beginning of a line, as most are; of one name, or of several in braces or with commas between. */
function declarationIn1024(name: string): RegExp {
  const isolated = `(?<![\\p{ID_Continue}$.])(${escaped(name)})(?![\\p{ID_Continue}$])`
  return new RegExp(
    `^[ \\t]*(?:export[ \\t]+(?:default[ \\t]+)?)?(?:(?:const|let|var|class|import)[ \\t]|(?:async[ \\t]+)?function[ *\\t])[^=;()]{0,200}?${isolated}`,
    'mu',
  )
}

/** An assignment as minifiers write it, without spaces. */
function assignmentOf(name: string): RegExp {
  return new RegExp(`(?<![\\p{ID_Continue}$.])(${escaped(name)})(?==(?![=>]))`, 'u')
}
