/** What an edge is called: as JavaScript would write the path from the holder to the held. */

import type {Joint} from '../../analyze/paths/neighbors.ts'
import {originalOfProperty, originalOfVariable, withOriginal} from '../../snapshot/code/original-names.ts'
import {parseEphemeronName} from '../../snapshot/columns/ephemerons.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import {formatCount, plural} from '../../util/units.ts'
import type {StepValue} from './step.ts'

export type Strength = 'strong' | 'internal' | 'ephemeron' | 'weak'

/** `.cache`, `[3]`, `scope var x`, `‹table›` for V8's own slots. */
export function edgeLabel(snapshot: Snapshot, edge: number): string {
  const label = labelOf(snapshot, snapshot.edgeKind[edge], snapshot.edgeName[edge])
  const original = originalName(snapshot, edge)
  if (original === undefined) return label
  const names = withOriginal(snapshot.strings.get(snapshot.edgeName[edge]), original)
  return snapshot.edgeKind[edge] === EdgeKind.context ? `scope var ${names}` : `.${names}`
}

/** What people called the variable or property that an edge leads from; undefined if they call it as the file does, or that is unknown. */
export function originalName(snapshot: Snapshot, edge: number): string | undefined {
  const kind = snapshot.edgeKind[edge]
  return kind === EdgeKind.context ? originalOfVariable(snapshot, edge) : originalOfProperty(snapshot, edge)
}

/** A reference that code has by one name or index, by which a cut can name it. */
export type Naming = 'property' | 'element' | 'variable'

/** Undefined for V8's own slots, properties whose names are no identifiers, and what is shown by another name. */
export function edgeNaming(snapshot: Snapshot, edge: number): Naming | undefined {
  const {edgeKind, edgeName} = snapshot
  if (originalName(snapshot, edge) !== undefined) return undefined
  return namingOf(snapshot, edgeKind[edge], edgeName[edge])
}

function namingOf({strings}: Snapshot, kind: number, name: number): Naming | undefined {
  if (kind === EdgeKind.element) return 'element'
  if (kind === EdgeKind.context) return 'variable'
  return kind === EdgeKind.property && IDENTIFIER.test(strings.get(name)) ? 'property' : undefined
}

/** The same of all edges of a joint, if they have one name. */
export function jointNaming(snapshot: Snapshot, {edgeKind, names, nameCount}: Joint): Naming | undefined {
  return nameCount === 1 ? namingOf(snapshot, edgeKind, names[0]) : undefined
}

/** The same of a step over several edges. */
export function stepNaming(value: StepValue): Naming | undefined {
  if (value.kind === 'element') return 'element'
  if (value.kind === 'scopeVariable') return value.name === '' ? undefined : 'variable'
  return value.kind === 'property' && IDENTIFIER.test(value.name) ? 'property' : undefined
}

const IDENTIFIER = /^#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

function labelOf(snapshot: Snapshot, kind: number, name: number): string {
  if (kind === EdgeKind.element) return `[${name}]`
  if (kind === EdgeKind.hidden) return `‹slot ${name}›`
  const text = snapshot.strings.get(name)
  if (kind === EdgeKind.property) return propertyLabel(text)
  if (kind === EdgeKind.context) return `scope var ${text}`
  if (kind === EdgeKind.shortcut) return `shortcut ${text}`
  if (kind === EdgeKind.weak) return `weak ‹${text}›`
  const entry = parseEphemeronName(text)
  if (entry !== undefined) return `${WEAK_MAP_VALUE} (key @${entry.keyId}, table @${entry.tableId})`
  return /^\d+$/.test(text) ? `‹slot ${text}›` : `‹${text}›`
}

/** `.cache`, `["two words"]`, `[Symbol(x)]`, `.value (getter)`. */
export function propertyLabel(name: string): string {
  if (IDENTIFIER.test(name)) return `.${name}`
  const accessor = /^([gs]et) ([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u.exec(name)
  if (accessor !== null) return `.${accessor[2]} (${accessor[1]}ter)`
  const symbol = /^<symbol ?(.*)>$/s.exec(name)
  if (symbol !== null) return `[Symbol(${symbol[1]})]`
  return `[${JSON.stringify(name)}]`
}

const NAMES_SHOWN = 3
const WEAK_MAP_VALUE = 'value in WeakMap'

/** One text for all edges of a joint: a range for indexes, the first few names and how many more there are else. */
export function jointLabel(snapshot: Snapshot, {edgeKind, names, nameCount}: Joint): string {
  if (nameCount === 1) return labelOf(snapshot, edgeKind, names[0])
  if (edgeKind === EdgeKind.element) return nameCount > names.length ? '[…]' : names.map(name => `[${name}]`).join(', ')
  const labels = names.map(name => labelOf(snapshot, edgeKind, name))
  if (labels.every(label => label.startsWith('‹slot '))) return `‹${plural(nameCount, 'slot')}›`
  if (labels.every(label => label.startsWith(WEAK_MAP_VALUE))) return `${WEAK_MAP_VALUE} (${plural(nameCount, 'key')})`
  const rest = nameCount - Math.min(nameCount, NAMES_SHOWN)
  return labels.slice(0, NAMES_SHOWN).join(', ') + (rest > 0 ? `, … ${formatCount(rest)} more` : '')
}

/** How an edge holds. */
export function edgeStrength(snapshot: Snapshot, edge: number): Strength {
  const kind = snapshot.edgeKind[edge]
  if (kind === EdgeKind.weak) return 'weak'
  if (kind === EdgeKind.internal && parseEphemeronName(snapshot.strings.get(snapshot.edgeName[edge])) !== undefined) {
    return 'ephemeron'
  }
  return kind === EdgeKind.internal || isIndexed(kind) !== (kind === EdgeKind.element) ? 'internal' : 'strong'
}

export function edgeKindName({header}: Snapshot, edgeKind: number): string {
  return header.schema.edgeKinds[edgeKind]
}
