/** Builders of the columns: rows of numbers in, checked typed arrays out. */
import {NumberColumn, reserve} from '../../util/number-column.ts'
import {sharedInts, sharedWords} from '../../util/shared.ts'
import type {Columns, Locations} from '../columns/heap.ts'
import {EdgeKind, type LocationField, type RowLayout, type Schema} from '../columns/schema.ts'
import {sortByNode} from './location-order.ts'

/** A number that cannot be right: `valueIndex` is its place in the section's flat array, undefined if no one is to blame. */
export class RowError extends Error {
  readonly section: string
  readonly valueIndex: number | undefined

  constructor(section: string, row: number | undefined, valueIndex: number | undefined, message: string) {
    super(row === undefined ? message : `${message} (${section.slice(0, -1)} ${row})`)
    this.section = section
    this.valueIndex = valueIndex
  }
}

/** Rows beyond twice the promised number that are still read, so that a count that is merely wrong is told exactly. */
const ROWS_BEYOND = 1_000_000

/** What the builders share: a section's name, its row layout, and how to complain about one field of one row. */
class RowReader<Field extends string> {
  rows = 0
  readonly #section: string
  readonly layout: RowLayout<Field>

  constructor(section: string, layout: RowLayout<Field>) {
    this.#section = section
    this.layout = layout
  }

  fail(field: Field, row: number, message: string): never {
    throw new RowError(this.#section, row, row * this.layout.length + this.layout.at[field], message)
  }

  failNumber(field: Field, row: number, value: number, range = '0 to 2^53 - 1'): never {
    this.fail(field, row, `${field} is ${value}, not a whole number from ${range}`)
  }

  checkCount(key: string, promised: number): void {
    if (promised === this.rows) return
    const message = `the header promises ${promised} ${this.#section} (${key}), but there are ${this.rows}`
    throw new RowError(this.#section, undefined, undefined, message)
  }

  /**
   * Ends reading early where there are far more rows than promised: a packed file of some megabytes can unpack to rows without end. A count
   * of 0 promises nothing.
   */
  checkExcess(key: string, promised: number): void {
    if (promised === 0 || this.rows <= 2 * promised + ROWS_BEYOND) return
    const message = `the header promises ${promised} ${this.#section} (${key}), but there are more than ${this.rows}`
    throw new RowError(this.#section, undefined, undefined, message)
  }

  /** Appends one field of all rows to a column. */
  numbers(column: NumberColumn, field: Field, values: Float64Array, rows: number): void {
    const {at, length} = this.layout
    const bad = column.append(values, at[field], length, rows)
    if (bad >= 0) this.failNumber(field, this.rows + bad, values[bad * length + at[field]])
  }

  /** Appends one field of all rows to `target`, from `this.rows` on, each number replaced by `map[number]`. */
  kinds(target: Uint8Array, map: Uint8Array, field: Field, values: Float64Array, rows: number): void {
    const {at, length} = this.layout
    for (let row = 0, k = at[field]; row < rows; row++, k += length) {
      const value = values[k]
      const raw = value >>> 0
      if (raw !== value || raw >= map.length)
        this.fail(
          field,
          this.rows + row,
          `${field} ${value} is none of the ${map.length} types (0 to ${map.length - 1})`,
        )
      target[this.rows + row] = map[raw]
    }
  }
}

export class NodeColumns {
  readonly #reader: RowReader<keyof Schema['node']['at']>
  readonly #kindOfRaw: Uint8Array
  #kind: Uint8Array
  readonly #name: NumberColumn
  readonly #id: NumberColumn
  readonly #selfBytes: NumberColumn
  #firstEdge: Uint32Array
  #detachedness: Uint8Array | undefined
  #traceId: NumberColumn | undefined
  /** The first node's name; undefined as long as there is none. */
  firstName: number | undefined

  /** `capacity`: nodes believed to come. */
  constructor(schema: Schema, capacity: number) {
    this.#reader = new RowReader('nodes', schema.node)
    this.#kindOfRaw = schema.nodeKindOfRaw
    this.#kind = new Uint8Array(capacity)
    this.#name = new NumberColumn(capacity)
    this.#id = new NumberColumn(capacity)
    this.#selfBytes = new NumberColumn(capacity)
    this.#firstEdge = new Uint32Array(capacity + 1)
    if (schema.node.at.detachedness >= 0) this.#detachedness = new Uint8Array(capacity)
  }

  append(values: Float64Array, rows: number): void {
    const reader = this.#reader
    const end = reader.rows + rows
    if (rows > 0) this.firstName ??= values[reader.layout.at.name]
    this.#kind = reserve(this.#kind, reader.rows, end)
    reader.kinds(this.#kind, this.#kindOfRaw, 'type', values, rows)
    reader.numbers(this.#name, 'name', values, rows)
    reader.numbers(this.#id, 'id', values, rows)
    reader.numbers(this.#selfBytes, 'self_size', values, rows)
    this.#appendEdgeCounts(values, rows)
    if (this.#detachedness !== undefined) this.#appendDetachedness(values, rows)
    if (reader.layout.at.trace_node_id >= 0) this.#appendTraceIds(values, rows)
    reader.rows = end
  }

  #appendEdgeCounts(values: Float64Array, rows: number): void {
    const {layout, rows: before} = this.#reader
    this.#firstEdge = reserve(this.#firstEdge, before + 1, before + rows + 1)
    const firstEdge = this.#firstEdge
    for (let row = 0, k = layout.at.edge_count; row < rows; row++, k += layout.length) {
      const count = values[k]
      const sum = firstEdge[before + row] + count
      firstEdge[before + row + 1] = sum
      if (!(count >= 0) || firstEdge[before + row + 1] !== sum) this.#badEdgeCount(before + row, count)
    }
  }

  #badEdgeCount(row: number, count: number): never {
    if (!Number.isSafeInteger(count) || count < 0) this.#reader.failNumber('edge_count', row, count)
    const sum = this.#firstEdge[row] + count
    this.#reader.fail('edge_count', row, `edge_count is ${count}: ${sum} edges so far, more than 2^32 - 1`)
  }

  #appendDetachedness(values: Float64Array, rows: number): void {
    const {layout, rows: before} = this.#reader
    const detachedness = reserve(this.#detachedness!, before, before + rows)
    this.#detachedness = detachedness
    for (let row = 0, k = layout.at.detachedness; row < rows; row++, k += layout.length) {
      const value = values[k]
      detachedness[before + row] = value
      if (detachedness[before + row] !== value) {
        this.#reader.failNumber('detachedness', before + row, value, '0 to 255')
      }
    }
  }

  /** The column is made at the first node that has a trace: without tracking all are 0. */
  #appendTraceIds(values: Float64Array, rows: number): void {
    const {layout, rows: before} = this.#reader
    if (this.#traceId === undefined) {
      let k = layout.at.trace_node_id
      while (k < rows * layout.length && values[k] === 0) k += layout.length
      if (k >= rows * layout.length) return
      this.#traceId = new NumberColumn(before + rows)
      for (let node = 0; node < before; node++) this.#traceId.push(0)
    }
    this.#reader.numbers(this.#traceId, 'trace_node_id', values, rows)
  }

  get rows(): number {
    return this.#reader.rows
  }

  checkCount(nodeCount: number): void {
    this.#reader.checkCount('node_count', nodeCount)
  }

  checkExcess(nodeCount: number): void {
    this.#reader.checkExcess('node_count', nodeCount)
  }

  finish(nodeCount: number, stringCount: number) {
    const reader = this.#reader
    this.checkCount(nodeCount)
    const name = this.#name.finish()
    const bad = firstAtLeast(name, stringCount)
    if (bad >= 0) reader.fail('name', bad, `name ${name[bad]} points outside the ${stringCount} strings`)
    return {
      nodeKind: this.#kind.subarray(0, nodeCount),
      nodeName: name as Uint32Array,
      nodeId: this.#id.finish(),
      nodeSelfBytes: this.#selfBytes.finish(),
      firstEdge: this.#firstEdge.subarray(0, nodeCount + 1),
      nodeDetachedness: this.#detachedness?.subarray(0, nodeCount),
      nodeTraceId: this.#traceId?.finish(),
    } satisfies Partial<Columns>
  }
}

export class EdgeColumns {
  readonly #reader: RowReader<keyof Schema['edge']['at']>
  readonly #kindOfRaw: Uint8Array
  readonly #nodeCount: number
  readonly #nodeRowLength: number
  #kind: Uint8Array
  readonly #name: NumberColumn
  #target: Uint32Array

  /** `nodeCount`: as the header has it; `capacity`: edges believed to come. */
  constructor(schema: Schema, nodeCount: number, capacity: number) {
    this.#reader = new RowReader('edges', schema.edge)
    this.#kindOfRaw = schema.edgeKindOfRaw
    this.#nodeCount = nodeCount
    this.#nodeRowLength = schema.node.length
    this.#kind = new Uint8Array(capacity)
    this.#name = new NumberColumn(capacity)
    this.#target = new Uint32Array(capacity)
  }

  append(values: Float64Array, rows: number): void {
    const reader = this.#reader
    const before = reader.rows
    this.#kind = reserve(this.#kind, before, before + rows)
    reader.kinds(this.#kind, this.#kindOfRaw, 'type', values, rows)
    this.#appendNames(values, rows)
    this.#target = reserve(this.#target, before, before + rows)
    const target = this.#target
    const nodeRowLength = this.#nodeRowLength
    const nodeCount = this.#nodeCount
    const {length, at} = reader.layout
    for (let row = 0, k = at.to_node; row < rows; row++, k += length) {
      const node = (values[k] / nodeRowLength) >>> 0
      if (node * nodeRowLength !== values[k] || node >= nodeCount) this.#badTarget(before + row, values[k])
      target[before + row] = node
    }
    reader.rows += rows
  }

  /**
   * From Node 24 on V8 writes element indexes above 2^31 - 1 as the negative numbers of the same 32 bits: 4294967294 as
   * -2. They are rare, and are looked for only once there is a negative number.
   */
  #appendNames(values: Float64Array, rows: number): void {
    const {at, length} = this.#reader.layout
    if (this.#name.append(values, at.name_or_index, length, rows) < 0) return
    for (let row = 0, k = at.name_or_index; row < rows; row++, k += length) {
      const value = values[k]
      if ((value | 0) === value && isIndexed(this.#kind[this.#reader.rows + row])) values[k] = value >>> 0
    }
    this.#reader.numbers(this.#name, 'name_or_index', values, rows)
  }

  #badTarget(row: number, value: number): never {
    const onGrid = value % this.#nodeRowLength === 0
    const why = onGrid
      ? `points outside the ${this.#nodeCount} nodes (0 to ${(this.#nodeCount - 1) * this.#nodeRowLength})`
      : `points into the middle of a node (no multiple of ${this.#nodeRowLength})`
    this.#reader.fail('to_node', row, `to_node ${value} ${why}`)
  }

  get rows(): number {
    return this.#reader.rows
  }

  checkCount(edgeCount: number): void {
    this.#reader.checkCount('edge_count', edgeCount)
  }

  checkExcess(edgeCount: number): void {
    this.#reader.checkExcess('edge_count', edgeCount)
  }

  /** `claimed`: the sum of all nodes' edge_count. */
  finish(edgeCount: number, stringCount: number, claimed: number) {
    const reader = this.#reader
    this.checkCount(edgeCount)
    if (claimed !== edgeCount) {
      throw new RowError(
        'nodes',
        undefined,
        undefined,
        `the nodes' edge_count fields add up to ${claimed}, but there are ${edgeCount} edges`,
      )
    }
    const kind = this.#kind.subarray(0, edgeCount)
    const name = this.#name.finish()
    for (let edge = 0; edge < edgeCount; edge++) {
      if (name[edge] >= stringCount && !isIndexed(kind[edge])) {
        reader.fail('name_or_index', edge, `name_or_index ${name[edge]} points outside the ${stringCount} strings`)
      }
    }
    return {edgeKind: kind, edgeName: name, edgeTarget: this.#target.subarray(0, edgeCount)} satisfies Partial<Columns>
  }
}

/** Whether the "name" of edges of this kind is a number, not a string index (`JSHeapSnapshotEdge.hasStringName`). */
export function isIndexed(edgeKind: number): boolean {
  return edgeKind === EdgeKind.element || edgeKind === EdgeKind.hidden
}

export class LocationColumns {
  readonly #reader: RowReader<LocationField> | undefined
  readonly #nodeRowLength: number
  readonly #nodeCount: number
  #columns: Locations
  #kept = 0
  /** Rows with numbers that are no line, column or script of V8's. */
  leftOut = 0

  /** Without a layout there are no locations. `capacity`: rows believed to come at the most; what is not used takes no memory. */
  constructor(
    layout: RowLayout<LocationField> | undefined,
    nodeRowLength: number,
    nodeCount: number,
    capacity: number,
  ) {
    this.#reader = layout === undefined ? undefined : new RowReader('locations', layout)
    this.#nodeRowLength = nodeRowLength
    this.#nodeCount = nodeCount
    this.#columns = {
      node: sharedWords(capacity),
      scriptId: sharedInts(capacity),
      line: sharedInts(capacity),
      column: sharedInts(capacity),
    }
  }

  append(values: Float64Array, rows: number): void {
    const reader = this.#reader
    if (reader === undefined) return
    const {at, length} = reader.layout
    const columns = this.#columns
    const first = this.#kept
    for (const key of ['node', 'scriptId', 'line', 'column'] as const) {
      columns[key] = reserve(columns[key] as Int32Array, first, first + rows) as Int32Array & Uint32Array
    }
    for (let row = 0, k = 0; row < rows; row++, k += length) {
      const kept = this.#kept
      const index = values[k + at.object_index]
      const node = index / this.#nodeRowLength
      // A number that is next to nothing has a quotient of nothing.
      if (!Number.isInteger(index) || !Number.isInteger(node) || node < 0 || node >= this.#nodeCount) {
        reader.fail('object_index', reader.rows + row, `object_index ${index} is not the place of a node`)
      }
      columns.node[kept] = node
      const fits =
        this.#put(columns.scriptId, kept, values[k + at.script_id], 'script_id', row) &&
        this.#put(columns.line, kept, values[k + at.line], 'line', row) &&
        this.#put(columns.column, kept, values[k + at.column], 'column', row)
      if (fits) this.#kept++
      else this.leftOut++
    }
    reader.rows += rows
  }

  /**
   * V8 marks what it does not know with -1; versions that write unsigned numbers make 4294967295 of it. False for whole numbers that do not
   * fit: no script has so many lines, and the rest of the file can be used without the place.
   */
  #put(column: Int32Array, kept: number, value: number, field: LocationField, row: number): boolean {
    column[kept] = value
    if (column[kept] === value || value >>> 0 === value) return true
    if (!Number.isInteger(value)) this.#reader!.failNumber(field, this.#reader!.rows + row, value, '-2^31 to 2^32 - 1')
    return false
  }

  /** Sorted by node. */
  finish(): Locations {
    const rows = this.#kept
    const {node, scriptId, line, column} = this.#columns
    const locations = {
      node: node.subarray(0, rows),
      scriptId: scriptId.subarray(0, rows),
      line: line.subarray(0, rows),
      column: column.subarray(0, rows),
    }
    sortByNode(locations)
    return locations
  }
}

/** Place of the first value that is `limit` or more; -1 if there is none. */
function firstAtLeast(values: Uint32Array | Float64Array, limit: number): number {
  for (let i = 0; i < values.length; i++) if (values[i] >= limit) return i
  return -1
}
