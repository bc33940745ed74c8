/** A table for a class: a row for each of its objects, a column for each of their properties. */
import {originalOfProperty} from '../../snapshot/code/original-names.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {typesMeant} from '../../snapshot/columns/types.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {getOrMake} from '../../util/memo.ts'
import {cellText, kindOf, readValue, type Value} from './cell-text.ts'
import {nodeColumn} from './heap-tables.ts'
import {NODE_COLUMNS, Nodes} from './node-columns.ts'
import {type CellForm, type ColumnCells, type LazyColumn, type LazyTable, maskOf, textCells} from './row-table.ts'

/** What every object has besides its properties. */
const OWN = {id: NODE_COLUMNS.id, self: NODE_COLUMNS.self, retained: NODE_COLUMNS.retained}

/** Names that no property's column has: those of the columns that are the same in all tables of classes. */
const TAKEN = ['snapshot', ...Object.keys(OWN)]

/** Columns of properties; objects used as dictionaries have as many names as they have entries. */
const MAX_PROPERTIES = 200

export interface ClassTable extends LazyTable {
  /** Properties that have no column: those of the fewest objects. */
  left: number
}

/** The objects of a class, by the name that `--type` takes; undefined if the heap has none. Linear in the nodes and in the edges of the objects. */
export function classTable(snapshot: Snapshot, name: string): ClassTable | undefined {
  const {nodeCount, types} = snapshot
  const wanted = typesMeant(types, type => type === name)
  if (!wanted.includes(1)) return undefined
  const {ofNode} = types
  const found = new GrowableUint32()
  for (let node = 0; node < nodeCount; node++) if (wanted[ofNode[node]] === 1) found.push(node)
  const nodes = found.view()
  const properties = propertiesOf(snapshot, nodes)
  const rows = (from: number, to: number) => Nodes.of(nodes.subarray(from, to))
  const taken = new Set(TAKEN)
  return {
    name,
    rowCount: () => nodes.length,
    columns: [
      ...Object.entries(OWN).map(([own, column]) => nodeColumn(snapshot, own, column, rows)),
      ...properties.slice(0, MAX_PROPERTIES).map(property => propertyColumn(snapshot, nodes, property, taken)),
    ],
    left: Math.max(0, properties.length - MAX_PROPERTIES),
  }
}

const KIND: Readonly<Record<Value['kind'], number>> = {none: 0, number: 1, boolean: 2, object: 4, text: 8}

interface Property {
  name: string
  /** Objects that have it. */
  count: number
  /** Of which kinds its values are: bits of `KIND`. Of a dictionary there are as many properties as it has entries. */
  kinds: number
  /** Whether all numbers are whole. */
  isWhole: boolean
}

/** Those of most objects first, then by name. */
function propertiesOf(snapshot: Snapshot, nodes: Uint32Array): Property[] {
  const properties = new Map<string, Property>()
  for (const node of nodes) {
    forEachProperty(snapshot, node, (name, target) => {
      const property = getOrMake(properties, name, () => ({name, count: 0, kinds: 0, isWhole: true}))
      property.count++
      // Of what is a text either way, no more needs to be known.
      if ((property.kinds & KIND.text) !== 0 && property.kinds !== KIND.text) return
      const {kind, isWhole} = kindOf(snapshot, target)
      property.kinds |= KIND[kind]
      if (kind === 'number' && !isWhole) property.isWhole = false
    })
  }
  return [...properties.values()].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}

/** Properties by the names that they have in the source, where that is known. */
function forEachProperty(snapshot: Snapshot, node: number, visit: (name: string, target: number) => void): void {
  const {edgeKind, edgeName, edgeTarget, firstEdge, strings} = snapshot
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.property) continue
    const name = originalOfProperty(snapshot, edge) ?? strings.get(edgeName[edge])
    if (name !== '__proto__') visit(name, edgeTarget[edge])
  }
}

function propertyColumn(snapshot: Snapshot, nodes: Uint32Array, property: Property, taken: Set<string>): LazyColumn {
  const form = formOf(property)
  return {
    head: {name: columnName(property.name, taken), form, isNullable: true},
    open: () => {
      const targets = targetsOf(snapshot, nodes, property.name)
      return (from, to) => cellsOf(snapshot, form, targets.subarray(from, to))
    },
  }
}

/** SQL does not tell capitals from small letters in names of columns. */
function columnName(name: string, taken: Set<string>): string {
  let unique = name === '' || taken.has(name.toLowerCase()) ? `prop.${name}` : name
  for (let number = 2; taken.has(unique.toLowerCase()); number++) unique = `prop.${name}_${number}`
  taken.add(unique.toLowerCase())
  return unique
}

/** Objects are told by their ids, so that they can be joined; what is of several kinds is a text. */
function formOf({kinds, isWhole}: Property): CellForm {
  if (kinds === KIND.number) return isWhole ? 'int64' : 'double'
  if (kinds === KIND.boolean) return 'bool'
  return kinds === KIND.object ? 'int64' : 'text'
}

/** Int32Array(nodes): ordinals of the values; -1 for those without. */
function targetsOf(snapshot: Snapshot, nodes: Uint32Array, wanted: string): Int32Array {
  const targets = new Int32Array(nodes.length).fill(-1)
  nodes.forEach((node, row) => {
    forEachProperty(snapshot, node, (name, target) => {
      if (name === wanted && targets[row] < 0) targets[row] = target
    })
  })
  return targets
}

function cellsOf(snapshot: Snapshot, form: CellForm, targets: Int32Array): ColumnCells {
  if (form === 'text') {
    return textCells(Array.from(targets, node => (node < 0 ? undefined : cellText(snapshot, node))))
  }
  const values = Array.from(targets, node => (node < 0 ? undefined : numberOf(readValue(snapshot, node))))
  const missing = maskOf(values.length, row => values[row] === undefined)
  if (form === 'bool') return {form, values: Uint8Array.from(values, value => value ?? 0), ...missing}
  const numbers = Float64Array.from(values, value => value ?? 0)
  return form === 'double' ? {form, values: numbers, ...missing} : {form: 'int64', values: numbers, ...missing}
}

function numberOf(value: Value): number | undefined {
  if (value.kind === 'number') return value.number
  if (value.kind === 'boolean') return Number(value.boolean)
  return value.kind === 'object' ? value.id : undefined
}
