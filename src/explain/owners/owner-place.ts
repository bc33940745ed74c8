/** The line to look at of what holds objects: where the collection is made, the variable declared, the class written. */
import {exportCells, exportName} from '../../analyze/facts/cut-variables.ts'
import {globalObjects} from '../../analyze/facts/roots.ts'
import type {OwnedPath} from '../../analyze/owners/owner-search.ts'
import {variableName} from '../../snapshot/code/block-variables.ts'
import {type CodeOrigin, codeOf, originOfScript} from '../../snapshot/code/code-origin.ts'
import {
  classOfObject,
  declaration,
  declarationIn,
  globalDeclaration,
  memberDeclaration,
  propertyDeclaration,
} from '../../snapshot/code/declarations.ts'
import {literalKey} from '../../snapshot/code/literals.ts'
import {moduleExports} from '../../snapshot/code/module-exports.ts'
import {type Place, placeOfRow} from '../../snapshot/code/places.ts'
import {scopes} from '../../snapshot/code/scopes.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {CodeStep} from '../code/code-path.ts'
import {codePlaceOf, placeText, sourcePlace} from '../places/source-place.ts'

/**
 * The line of the nearest thing that has one, up from the edge at `from`: a property of an object of the application's class, or a
 * variable. What is imported was made elsewhere: the line is that of the application's module that exports it. A library's variable says
 * no more than its class: then the line where the application writes the literal that the library has the objects in, as a store's first state,
 * else that of the application's variable or class that has what the library made, else the library's. What a library's class gives to an
 * object of the application's class below it is the variable's or property's that has the object, else the class's.
 * '' if the file does not say. `least`: place of the first edge that is looked at.
 */
export function holderPlace(snapshot: Snapshot, {start, edges}: OwnedPath, from: number, least = 0): string {
  const {edgeKind, edgeName, edgeTarget, nodeKind, strings} = snapshot
  const {isScope, kind} = scopes(snapshot)
  const names: string[] = []
  let ofClass = ''
  let ofLibrary = ''
  let inLiteral = -1
  let isMade = false
  // Of what a library has, asked last: it is looked for in all texts.
  const literal = () => placeOfLiteral(snapshot, edges, inLiteral)
  for (let i = from; i >= least; i--) {
    const node = i === 0 ? start : edgeTarget[edges[i - 1]]
    const edge = edges[i]
    const name = edgeKind[edge] === EdgeKind.property ? strings.get(edgeName[edge]) : variableName(snapshot, edge)
    if (isScope(node)) {
      if (name === '') continue
      const declared = variablePlace(snapshot, node, name, names)
      // What is further up is not where this variable is.
      if (declared === undefined && codeOf(snapshot, node) === 'application') return scopePlaceOf(snapshot, node)
      if (declared === undefined) continue
      // A call of a library's, as one that makes a store of functions, is what the application's variable above it has.
      if (declared.isElsewhere && !declared.isImport && kind(node) !== 'module') {
        ofLibrary ||= declared.text
        isMade = true
        continue
      }
      return declared.isElsewhere
        ? exportPlace(snapshot, edgeTarget[edge], names) || ofClass || literal() || ofLibrary || declared.text
        : (ofLibrary && literal()) || declared.text
    }
    const code = codeOfThing(snapshot, node)
    if (code === 'application') {
      if (!isOfLibraryAbove(snapshot, node, name)) return partPlace(snapshot, node, name)
      ofClass ||= classPlace(snapshot, node)
    }
    // What some other object of a library's has is that object's, not what the application has by a name.
    if (code === 'library' && isMade && nodeKind[node] === NodeKind.object) break
    if (code === 'unknown' && inLiteral < 0 && name !== '') inLiteral = i
    if (code === 'library') ofLibrary ||= partPlace(snapshot, node, name)
    if (name !== '') names.unshift(name)
  }
  return ofClass || (ofLibrary && literal()) || ofLibrary
}

/** Where the application writes the key of the literal that has the edge at a place; '' if the file does not say, or there is no such edge. */
function placeOfLiteral(snapshot: Snapshot, edges: readonly number[], at: number): string {
  const place = at < 0 ? undefined : literalKey(snapshot, sourceOf(snapshot.firstEdge, edges[at]), edges[at])
  return place === undefined ? '' : placeOfDeclaration(snapshot, place)
}

/** Whether a class of a library's, above the object's own, gives it a property. */
function isOfLibraryAbove(snapshot: Snapshot, node: number, name: string): boolean {
  const made = name === '' ? undefined : propertyDeclaration(snapshot, node, name)
  return made !== undefined && originOfScript(made.script).code === 'library'
}

/** Whose code an object's class or a function is; `unknown` for all else. */
function codeOfThing(snapshot: Snapshot, node: number): CodeOrigin {
  const kind = snapshot.nodeKind[node]
  if (kind !== NodeKind.object) return kind === NodeKind.closure ? codeOf(snapshot, node) : 'unknown'
  const code = codeOf(snapshot, node)
  const made = code === 'unknown' ? classOfObject(snapshot, node) : -1
  return made < 0 ? code : codeOf(snapshot, made)
}

/** Where an object gets a property, or where its class or the function is written. */
function partPlace(snapshot: Snapshot, node: number, name: string): string {
  const made = name === '' ? undefined : propertyDeclaration(snapshot, node, name)
  return made === undefined ? classPlace(snapshot, node) : placeOfDeclaration(snapshot, made)
}

function classPlace(snapshot: Snapshot, node: number): string {
  const place = sourcePlace(snapshot, node)
  const unnamed = place === '' ? classOfObject(snapshot, node) : -1
  return unnamed < 0 ? place : sourcePlace(snapshot, unnamed)
}

/** Holders of a value that are looked at for a module that exports it. */
const RETAINERS_LOOKED_AT = 100

/**
 * Where a module of the application's makes what another imports: `value` is what it exports, with `names` from there on, or a part of
 * that. '' if none does, or it imports it itself.
 */
function exportPlace(snapshot: Snapshot, value: number, names: readonly string[]): string {
  const {edgeKind, retainers} = snapshot
  const exporters = moduleExports(snapshot)
  const indexInSorted = (exported: number, name: string) => {
    const script = exporters.get(exported)
    if (script === undefined || originOfScript(script).code !== 'application') return ''
    const declared = declarationIn(snapshot, script, name)
    // Without a function of the module's in the heap the file does not say more than which module it is.
    if (declared === undefined) return fileOnly(snapshot, script)
    return declared.isImport ? '' : placeOfDeclaration(snapshot, declared)
  }
  const whole = (names.length > 0 && indexInSorted(value, names[0])) || indexInSorted(value, '')
  if (whole) return whole
  const end = Math.min(retainers.first[value + 1], retainers.first[value] + RETAINERS_LOOKED_AT)
  for (let slot = retainers.first[value]; slot < end; slot++) {
    const edge = retainers.edge[slot]
    const place =
      edgeKind[edge] === EdgeKind.property ? indexInSorted(retainers.source[slot], propertyName(snapshot, edge)) : ''
    if (place) return place
  }
  return ''
}

/** Of a scope whose variable's line is unknown: a module's file, the line of a call's function. */
function scopePlaceOf(snapshot: Snapshot, scope: number): string {
  const {kind, function: functionOf, locationRow} = scopes(snapshot)
  if (kind(scope) !== 'module' && functionOf(scope) >= 0) return sourcePlace(snapshot, functionOf(scope))
  const place = placeOfRow(snapshot, locationRow(scope))
  if (place === undefined) return ''
  return kind(scope) === 'module' ? fileOnly(snapshot, place.script) : placeOfDeclaration(snapshot, place)
}

interface VariablePlace {
  text: string
  /** Whether what it has was made elsewhere: it is imported, or a library's. */
  isElsewhere: boolean
  isImport: boolean
}

/** Where a scope's variable is declared, or its object gets the property that `names` lead to. */
function variablePlace(
  snapshot: Snapshot,
  scope: number,
  name: string,
  names: readonly string[],
): VariablePlace | undefined {
  const {inner, function: functionOf, kind} = scopes(snapshot)
  const inside = inner(scope) >= 0 ? inner(scope) : functionOf(scope)
  if (inside < 0) return kind(scope) === 'module' ? globalVariable(snapshot, name) : undefined
  const declared = declaration(snapshot, inside, name, scope)
  if (declared === undefined) return undefined
  const member =
    declared.isImport || names.length === 0 ? undefined : memberDeclaration(snapshot, inside, name, names, scope)
  const {isImport} = declared
  const isElsewhere = isImport || originOfScript(declared.script).code !== 'application'
  return {text: placeOfDeclaration(snapshot, member ?? declared), isElsewhere, isImport}
}

function globalVariable(snapshot: Snapshot, name: string): VariablePlace | undefined {
  const place = globalDeclaration(snapshot, name)
  return place === undefined
    ? undefined
    : {text: placeOfDeclaration(snapshot, place), isElsewhere: false, isImport: false}
}

function placeOfDeclaration(snapshot: Snapshot, place: Place): string {
  return placeText(codePlaceOf(snapshot, place))
}

/**
 * Where the path begins: of a timer its callback's line, of what a module exports where that is made, of a module's variable the file,
 * of a call its function.
 */
export function startPlace(snapshot: Snapshot, {start: node, edges}: OwnedPath, [first]: readonly CodeStep[]): string {
  if (first.value.kind === 'start' && first.value.file === '' && first.place !== '') return first.place
  const {isScope} = scopes(snapshot)
  const exporter = moduleExports(snapshot).get(node) ?? exportCells(snapshot).get(node)
  if (exporter !== undefined) {
    const name = exportName(snapshot, edges[0]) ?? propertyName(snapshot, edges[0])
    const declared = declarationIn(snapshot, exporter, name)
    return declared === undefined ? fileOnly(snapshot, exporter) : placeOfDeclaration(snapshot, declared)
  }
  return isScope(node)
    ? scopePlaceOf(snapshot, node)
    : sourcePlace(snapshot, node) || globalPlace(snapshot, node, edges)
}

function propertyName({edgeKind, edgeName, strings}: Snapshot, edge: number): string {
  return edgeKind[edge] === EdgeKind.property ? strings.get(edgeName[edge]) : ''
}

/** Of what the file has no line for: a line that is not the right one sends people astray. */
function fileOnly(snapshot: Snapshot, script: string): string {
  return script === '' ? '' : codePlaceOf(snapshot, {script, line: 0, column: 0}).shown
}

/** Where a property of a global object is made. */
function globalPlace(snapshot: Snapshot, node: number, edges: readonly number[]): string {
  if (!globalObjects(snapshot).includes(node)) return ''
  const name = propertyName(snapshot, edges[0])
  return name === '' ? '' : (globalVariable(snapshot, name)?.text ?? '')
}
