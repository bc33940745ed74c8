/**
 * From places in a script's text to those that V8 tells and back. They differ where a script stands inside a page: V8 counts lines from the
 * page's beginning (`Script::GetPositionInfo` with offsets), the text begins at the script's.
 */
import {getOrMake, memoize} from '../../util/memo.ts'
import {bytesOf, parsedBytes} from '../columns/saved.ts'
import {NodeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {variableName} from './block-variables.ts'
import type {ScriptSyntax} from './parse-script.ts'
import {locationRow} from './places.ts'
import type {Scope, Variable} from './scope-tree.ts'
import {scopes} from './scopes.ts'
import {madeAt, scopeWith, variableIn} from './script-names.ts'
import {scriptOf, syntaxOfScript} from './script-syntax.ts'

export interface PlacedScript {
  syntax: ScriptSyntax
  /** Offset in the text of a place as the locations have it, from 0 on; -1 where the text has no such place. */
  offset(line: number, column: number): number
  /** The place, from 0 on, that V8 tells of an offset. */
  place(offset: number): {line: number; column: number}
}

/** Functions of a script that are held against its text. */
const MAX_CHECKED = 200
/** So many of them in a hundred must begin where the text has the beginning of a function. */
const MIN_AGREEING = 90

/**
 * The text of the script that a closure is of, parsed, once V8's places of the script's functions were found in it. Undefined where the
 * file has not the whole text, it is no JavaScript, or it does not agree with the places.
 */
export function placedScript(snapshot: Snapshot, closure: number): PlacedScript | undefined {
  const script = scriptOf(snapshot, closure)
  return script < 0 ? undefined : placed(snapshot, script)
}

/** The same by the script's id in the locations. */
export function placedScriptOfId(snapshot: Snapshot, scriptId: number): PlacedScript | undefined {
  const script = placesOfFunctions(snapshot).ofId.get(scriptId)
  return script === undefined ? undefined : placed(snapshot, script)
}

function placed(snapshot: Snapshot, script: number): PlacedScript | undefined {
  return getOrMake(placedScripts(snapshot), script, () => {
    const syntax = syntaxOfScript(snapshot, script)
    return syntax && place(syntax, placesOfFunctions(snapshot).found.get(script) ?? [])
  })
}

/**
 * The scope that a call of a closure makes in the text: of a class without a constructor of its own, the class's; of what V8 makes of a
 * whole script, the root. Undefined where the text does not have it.
 */
export function scopeOfClosure(snapshot: Snapshot, closure: number): Scope | undefined {
  const script = placedScript(snapshot, closure)
  return script && madeAt(script.syntax, offsetOfFunction(snapshot, script, closure))
}

const placedScripts = memoize((_: Snapshot) => new Map<number, PlacedScript | undefined>())

interface FoundPlace {
  line: number
  column: number
}

interface FoundPlaces {
  /** By the ordinal of the functions' script. */
  found: ReadonlyMap<number, readonly FoundPlace[]>
  /** Ordinals of scripts by id. */
  ofId: ReadonlyMap<number, number>
}

/** Places of some functions of each script. */
export const placesOfFunctions = memoize((snapshot: Snapshot): FoundPlaces => {
  const find = () => {
    const {found, ofId} = findPlaces(snapshot)
    return {values: bytesOf([[...found], [...ofId]])}
  }
  const {values} = snapshot.saved.group('places of functions', ['values'], find)
  const [found, ofId] = parsedBytes(values) as [[number, FoundPlace[]][], [number, number][]]
  return {found: new Map(found), ofId: new Map(ofId)}
})

function findPlaces(snapshot: Snapshot): FoundPlaces {
  const {locations, nodeKind} = snapshot
  const found = new Map<number, FoundPlace[]>()
  const full = new Set<number>()
  const ofId = new Map<number, number>()
  for (let row = 0; row < locations.node.length; row++) {
    const closure = locations.node[row]
    if (nodeKind[closure] !== NodeKind.closure || full.has(locations.scriptId[row])) continue
    const script = scriptOf(snapshot, closure)
    if (script < 0) continue
    ofId.set(locations.scriptId[row], script)
    const places = getOrMake(found, script, (): FoundPlace[] => [])
    places.push({line: locations.line[row], column: locations.column[row]})
    if (places.length >= MAX_CHECKED) full.add(locations.scriptId[row])
  }
  return {found, ofId}
}

function place(syntax: ScriptSyntax, found: readonly FoundPlace[]): PlacedScript | undefined {
  const isStart = ({line, column}: FoundPlace, lines: number, columns: number) =>
    syntax.functionStarts.has(syntax.lines.offset(line - lines, line === lines ? column - columns : column))
  const agree = (lines: number, columns: number) => {
    const agreeing = found.filter(place => isStart(place, lines, columns)).length
    return agreeing > 0 && agreeing * 100 >= found.length * MIN_AGREEING
  }
  for (const {lines, columns} of beginnings(syntax, found)) {
    if (!agree(lines, columns)) continue
    return {
      syntax,
      offset: (line, column) => syntax.lines.offset(line - lines, line === lines ? column - columns : column),
      place(offset) {
        const {line, column} = syntax.lines.place(offset)
        return {line: line + lines, column: line === 0 ? column + columns : column}
      },
    }
  }
  return undefined
}

/** Places of the text's first character that may be: the script's own beginning, and those that put the first function on one of the text's. */
function* beginnings({lines, functionStarts}: ScriptSyntax, [first]: readonly FoundPlace[]) {
  yield {lines: 0, columns: 0}
  if (first === undefined) return
  for (const start of [...functionStarts].slice(0, MAX_CHECKED)) {
    const at = lines.place(start)
    if (first.line < at.line || (at.line > 0 && first.column !== at.column)) continue
    if (at.line > 0) yield {lines: first.line - at.line, columns: 0}
    else if (first.column >= at.column) yield {lines: first.line, columns: first.column - at.column}
  }
}

/** Where V8 places a function in its script's text; -1 if nothing tells. */
export function offsetOfFunction(snapshot: Snapshot, script: PlacedScript, closure: number): number {
  const {line, column} = snapshot.locations
  const row = locationRow(snapshot, closure)
  return row < 0 ? -1 : script.offset(line[row], column[row])
}

/**
 * The variable that a name means around a function; of the script as a whole if nothing of the kind is around it. `context`: the one of the
 * contexts around it that has the variable.
 */
export function variableAround(
  snapshot: Snapshot,
  script: PlacedScript,
  closure: number,
  name: string,
  context?: number,
): Variable | undefined {
  const {syntax} = script
  const made = madeAt(syntax, offsetOfFunction(snapshot, script, closure))
  if (context !== undefined) {
    // The context may be that of the function's own call; what V8 makes of a whole module has it inside, too.
    const isOwn = made?.kind === 'root' || scopes(snapshot).function(context) === closure
    const inner = made === undefined ? syntax.root : isOwn ? made : made.outer
    return scopeWith(inner, variablesOf(snapshot, context))?.variables.get(name) ?? onlyVariable(syntax, name)
  }
  // A function sees its own name further inside than what is around it.
  const inside = made?.inner.find(({kind}) => kind === 'body') ?? made
  return variableIn(made?.outer, name) ?? variableIn(inside, name) ?? variableIn(syntax.root, name)
}

/** The variable of a name that one scope of the script has; undefined if none or several have. */
function onlyVariable({root}: ScriptSyntax, name: string): Variable | undefined {
  const found: Variable[] = []
  const pending = [root]
  for (let scope = pending.pop(); scope !== undefined && found.length < 2; scope = pending.pop()) {
    const variable = scope.variables.get(name)
    if (variable !== undefined && variable.offset !== null) found.push(variable)
    pending.push(...scope.inner)
  }
  return found.length === 1 ? found[0] : undefined
}

/** Names of the variables of a context that hold something. */
function variablesOf(snapshot: Snapshot, context: number): string[] {
  const names: string[] = []
  for (let edge = snapshot.firstEdge[context]; edge < snapshot.firstEdge[context + 1]; edge++) {
    const name = variableName(snapshot, edge)
    if (name !== '') names.push(name)
  }
  return names
}
