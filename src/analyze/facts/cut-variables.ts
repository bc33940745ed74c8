/** Variables by name: in scopes, and what ES modules export. */

import {blockVariablesNamed, unnamedContexts} from '../../snapshot/code/block-variables.ts'
import {functionName} from '../../snapshot/code/bound-functions.ts'
import {internalTargets, stringsOfName} from '../../snapshot/code/internal-edges.ts'
import {originalOfFunction, originalVariables} from '../../snapshot/code/original-names.ts'
import {locationRow, moduleCopies, placeOfRow} from '../../snapshot/code/places.ts'
import {allClosures, allScopes, scopeMakers, scopes} from '../../snapshot/code/scopes.ts'
import {isFlatText} from '../../snapshot/code/text.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {savedGroup} from '../../snapshot/columns/saved.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {memoize} from '../../util/memo.ts'

/** Whether a string index is one of `name`'s. */
export function isNamed(snapshot: Snapshot, name: string): (index: number) => boolean {
  return stringsOfName(snapshot, name).has
}

/** Edges to the variables of scopes, ascending, with string indexes of their names: few of all edges, and asked for by one name after the other. */
const scopeVariables = savedGroup('variables of scopes', ['edge', 'nameIndex'], (snapshot: Snapshot) => {
  const {edgeCount, edgeKind, edgeName} = snapshot
  const found = new GrowableUint32()
  for (let edge = 0; edge < edgeCount; edge++) if (edgeKind[edge] === EdgeKind.context) found.push(edge)
  const edge = found.view()
  return {edge, nameIndex: edge.map(edge => edgeName[edge])}
})

/** Every edge of one of the kinds, all of which have names, that is called `name`, ascending. One comparison of numbers an edge. */
export function edgesNamed(snapshot: Snapshot, kinds: readonly number[], name: string): Uint32Array {
  const {edgeCount, edgeKind, edgeName} = snapshot
  const found = new GrowableUint32()
  const names = stringsOfName(snapshot, name)
  if (names.size === 0) return found.view()
  if (names.size > 1) {
    for (let edge = 0; edge < edgeCount; edge++) {
      if (kinds.includes(edgeKind[edge]) && names.has(edgeName[edge])) found.push(edge)
    }
    return found.view()
  }
  const {first} = names
  for (let edge = 0; edge < edgeCount && first >= 0; edge++) {
    if (edgeName[edge] === first && kinds.includes(edgeKind[edge])) found.push(edge)
  }
  return found.view()
}

/** The edges from scopes, and from the cells of ES modules' exports, to what variables of a name have, ascending. */
export function variablesNamed(snapshot: Snapshot, name: string): Uint32Array {
  const isMeant = isNamed(snapshot, name)
  const found = new GrowableUint32()
  for (const {edge, nameIndex} of [scopeVariables(snapshot), exportedVariables(snapshot)]) {
    for (let i = 0; i < edge.length; i++) if (isMeant(nameIndex[i])) found.push(edge[i])
  }
  for (const edge of blockVariablesNamed(snapshot, name)) found.push(edge)
  for (const [edge, original] of originalVariables(snapshot)) if (original === name) found.push(edge)
  const sorted = found.view().slice().sort()
  return sorted.filter((edge, i) => i === 0 || edge !== sorted[i - 1])
}

/** In three columns. */
interface ExportedVariables {
  /** From the cell to the value. */
  edge: Uint32Array
  nameIndex: Uint32Array
  module: Uint32Array
}

/**
 * What modules export is in no scope: a SourceTextModule has a hash table of its exports, each key (a string) followed by the Cell
 * with the value (V8's `ObjectHashTable`, objects/module.h).
 */
const exportedVariables = savedGroup(
  'exported variables',
  ['edge', 'nameIndex', 'module'],
  (snapshot: Snapshot): ExportedVariables => {
    const {edgeKind, edgeName, edgeTarget, firstEdge, nodeCount, nodeKind, nodeName, strings} = snapshot
    const isModuleName = isNamed(snapshot, 'system / SourceTextModule')
    const isCellName = isNamed(snapshot, 'system / Cell')
    const isValue = isNamed(snapshot, 'value')
    const found = {edge: new GrowableUint32(), nameIndex: new GrowableUint32(), module: new GrowableUint32()}
    const slotsOf = (table: number) => {
      const slots = new Map<number, number>()
      for (let edge = firstEdge[table]; edge < firstEdge[table + 1]; edge++) {
        const slot = edgeKind[edge] === EdgeKind.internal ? Number(strings.get(edgeName[edge])) : edgeName[edge]
        if (Number.isInteger(slot) && edgeKind[edge] !== EdgeKind.weak) slots.set(slot, edgeTarget[edge])
      }
      return slots
    }
    for (let module = 0; module < nodeCount; module++) {
      const kind = nodeKind[module]
      if ((kind !== NodeKind.hidden && kind !== NodeKind.native) || !isModuleName(nodeName[module])) continue
      for (const table of slotsOf(module).values()) {
        if (nodeKind[table] !== NodeKind.array) continue
        const slots = slotsOf(table)
        for (const [slot, key] of slots) {
          const cell = slots.get(slot + 1)
          if (cell === undefined || !isFlatText(snapshot, key) || !isCellName(nodeName[cell])) continue
          for (let edge = firstEdge[cell]; edge < firstEdge[cell + 1]; edge++) {
            if (edgeKind[edge] !== EdgeKind.internal || !isValue(edgeName[edge])) continue
            found.edge.push(edge)
            found.nameIndex.push(nodeName[key])
            found.module.push(module)
          }
        }
      }
    }
    return {edge: found.edge.view(), nameIndex: found.nameIndex.view(), module: found.module.view()}
  },
)

/** Finds all that questions about variables need, or has it read from the index. */
export function prepareVariables(snapshot: Snapshot): void {
  scopeVariables(snapshot)
  exportedVariables(snapshot)
  unnamedContexts(snapshot)
}

/** What a module calls the value that `edge` leads to from an export's cell; undefined for every other edge. */
export function exportName(snapshot: Snapshot, edge: number): string | undefined {
  const known = exportNames(snapshot).get(edge)
  return known === undefined ? undefined : snapshot.strings.get(known)
}

const exportNames = memoize((snapshot: Snapshot) => {
  const {edge, nameIndex} = exportedVariables(snapshot)
  return new Map(Array.from(edge, (one, i) => [one, nameIndex[i]]))
})

/** The module that exports the value which `edge` leads to from its cell, by ordinal; undefined for every other edge. */
export function exportModule(snapshot: Snapshot, edge: number): number | undefined {
  return exportModules(snapshot).get(edge)
}

const exportModules = memoize((snapshot: Snapshot) => {
  const {edge, module} = exportedVariables(snapshot)
  return new Map(Array.from(edge, (one, i) => [one, module[i]]))
})

/**
 * The cells of what ES modules export: paths of the modules' files by the cell's ordinal, '' where nothing tells. Not those of a module that was
 * loaded several times: who has its instances is the loader.
 */
export const exportCells = memoize((snapshot: Snapshot): ReadonlyMap<number, string> => {
  const {edge: edges} = exportedVariables(snapshot)
  const own = Array.from(edges).filter(edge => !isOfCopy(snapshot, edge))
  return new Map(own.map(edge => [sourceOf(snapshot.firstEdge, edge), scriptOf(snapshot, edge)]))
})

/** Whether an exported variable is of an ES module that was loaded several times. */
export function isOfCopy(snapshot: Snapshot, variable: number): boolean {
  const copies = moduleCopies(snapshot)
  const row = copies.size === 0 ? -1 : moduleRow(snapshot, variable)
  return row >= 0 && copies.has(snapshot.locations.scriptId[row])
}

/** Whether the path `script` ends in `asked`, at a folder's border. */
export function isIn(script: string, asked: string): boolean {
  return script === asked || script.endsWith(`/${asked}`) || script.endsWith(`\\${asked}`)
}

/** The file a variable is written in; '' if nothing tells. */
export function scriptOf(snapshot: Snapshot, variable: number): string {
  const owner = sourceOf(snapshot.firstEdge, variable)
  const row = scopes(snapshot).isScope(owner) ? scopes(snapshot).locationRow(owner) : moduleRow(snapshot, variable)
  return placeOfRow(snapshot, row)?.script ?? ''
}

/** A row of the locations that tells an exported variable's script: that of the function that V8 makes of its module. */
function moduleRow(snapshot: Snapshot, variable: number): number {
  const {edgeKind, edgeTarget, firstEdge, nodeKind} = snapshot
  const module = exportModule(snapshot, variable)
  if (module === undefined) return -1
  // The module's function, or its generator, which has it as `function`.
  for (let edge = firstEdge[module]; edge < firstEdge[module + 1]; edge++) {
    const part = edgeTarget[edge]
    if (nodeKind[part] === NodeKind.closure) return locationRow(snapshot, part)
    if (nodeKind[part] !== NodeKind.object) continue
    for (let inner = firstEdge[part]; inner < firstEdge[part + 1]; inner++) {
      const held = edgeTarget[inner]
      if (edgeKind[inner] === EdgeKind.internal && nodeKind[held] === NodeKind.closure) {
        const row = locationRow(snapshot, held)
        if (row >= 0) return row
      }
    }
  }
  return -1
}

/**
 * The scopes that functions of this name make, or see: those that they are written in, from the innermost on outwards, blocks too.
 * Linear in functions and scopes; a bit a node. `(anonymous)`: functions without a name.
 */
export function scopesSeenBy(snapshot: Snapshot, name: string): BitSet {
  const {isScope} = scopes(snapshot)
  const isMeant = isFunctionOf(snapshot, name)
  const target = internalTargets(snapshot)
  const seen = new BitSet(snapshot.nodeCount)
  for (const node of allClosures(snapshot)) {
    if (!isMeant(node)) continue
    for (let at = target(node, 'context'); at >= 0 && isScope(at) && !seen.has(at); at = target(at, 'previous'))
      seen.add(at)
  }
  const makers = scopeMakers(snapshot)
  for (const [i, scope] of allScopes(snapshot).entries()) if (makers[i] >= 0 && isMeant(makers[i])) seen.add(scope)
  return seen
}

/** Whether a closure has that name, in the file or in the source. */
export function isFunctionOf(snapshot: Snapshot, name: string): (closure: number) => boolean {
  const {nodeName} = snapshot
  const isMeant = isNamed(snapshot, name === '(anonymous)' ? '' : name)
  // A bound function's name is made of that of its target.
  const isBound = isNamed(snapshot, 'native_bind')
  return closure =>
    isMeant(nodeName[closure]) ||
    originalOfFunction(snapshot, closure) === name ||
    (isBound(nodeName[closure]) && functionName(snapshot, closure) === name)
}
