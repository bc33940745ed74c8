/** The header of a snapshot: which fields a node and an edge have, and what their type numbers mean. */

/**
 * Node kinds, numbered as V8 does (`HeapGraphNode::Type`, v8-profiler.h); a file's own numbering is mapped to this one.
 * Kinds that only other producers know follow.
 */
export const NODE_KINDS = [
  'hidden',
  'array',
  'string',
  'object',
  'code',
  'closure',
  'regexp',
  'number',
  'native',
  'synthetic',
  'concatenated string',
  'sliced string',
  'symbol',
  'bigint',
  'object shape',
  'wasm object',
] as const

/** Edge kinds, numbered as V8 does (`HeapGraphEdge::Type`). */
export const EDGE_KINDS = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'] as const

export type KnownNodeKind = (typeof NODE_KINDS)[number]
export type KnownEdgeKind = (typeof EDGE_KINDS)[number]

const numbered = <T extends string>(names: readonly T[]) =>
  Object.fromEntries(names.map((name, index) => [name, index])) as Record<T, number>

export const NodeKind = numbered(NODE_KINDS)
export const EdgeKind = numbered(EDGE_KINDS)

/** Places of the fields of one row, by name; -1 where the file has no such field. */
export interface RowLayout<T extends string> {
  length: number
  at: Record<T, number>
}

export type NodeField = 'type' | 'name' | 'id' | 'self_size' | 'edge_count' | 'trace_node_id' | 'detachedness'
export type EdgeField = 'type' | 'name_or_index' | 'to_node'
export type LocationField = 'object_index' | 'script_id' | 'line' | 'column'

export interface Schema {
  node: RowLayout<NodeField>
  edge: RowLayout<EdgeField>
  /** Undefined where the file has no `location_fields`. */
  location: RowLayout<LocationField> | undefined
  /** Names of node kinds by our number: `NODE_KINDS`, then those only this file knows. */
  nodeKinds: readonly string[]
  edgeKinds: readonly string[]
  /** Our number of each of the file's type numbers. */
  nodeKindOfRaw: Uint8Array
  edgeKindOfRaw: Uint8Array
}

/** What the header promises; every number is a claim of the file until the sections have been read. */
export interface Header {
  schema: Schema
  nodeCount: number
  edgeCount: number
  /** Functions seen while allocations were tracked; 0 without tracking. */
  traceFunctionCount: number
  /** Bytes V8 knows of outside the heap and cannot attribute; undefined before V8 13.6. */
  extraNativeBytes: number | undefined
  /** Ordinal of the root; V8 writes none and means 0. */
  rootOrdinal: number
  /** `snapshot.meta` as the file has it, for those who ask who wrote it. */
  meta: Readonly<Record<string, unknown>>
}

/** A header that cannot be used; the message says which part. */
export class HeaderError extends Error {}

const NODE_FIELDS: NodeField[] = ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness']
const REQUIRED_NODE_FIELDS: NodeField[] = ['type', 'name', 'id', 'self_size', 'edge_count']
const EDGE_FIELDS: EdgeField[] = ['type', 'name_or_index', 'to_node']
const LOCATION_FIELDS: LocationField[] = ['object_index', 'script_id', 'line', 'column']

/** Reads the value of the top-level key `snapshot`. Throws a HeaderError that names the part it cannot use. */
export function parseHeader(json: string): Header {
  const snapshot = asRecord(JSON.parse(json), '"snapshot"')
  const meta = asRecord(snapshot.meta, '"snapshot.meta"')
  const node = rowLayout(meta, 'node_fields', NODE_FIELDS, REQUIRED_NODE_FIELDS)
  const nodeTypes = typeNames(meta, 'node_types')
  const edgeTypes = typeNames(meta, 'edge_types')
  const nodeKinds = mapKinds(nodeTypes, NODE_KINDS, 'node_types')
  const edgeKinds = mapKinds(edgeTypes, EDGE_KINDS, 'edge_types')
  return {
    schema: {
      node,
      edge: rowLayout(meta, 'edge_fields', EDGE_FIELDS, EDGE_FIELDS),
      location:
        meta.location_fields === undefined
          ? undefined
          : rowLayout(meta, 'location_fields', LOCATION_FIELDS, LOCATION_FIELDS),
      nodeKinds: nodeKinds.names,
      edgeKinds: edgeKinds.names,
      nodeKindOfRaw: withUndeclaredSymbols(nodeTypes, nodeKinds.ofRaw),
      edgeKindOfRaw: edgeKinds.ofRaw,
    },
    nodeCount: wholeNumber(snapshot, 'node_count'),
    edgeCount: wholeNumber(snapshot, 'edge_count'),
    traceFunctionCount: wholeNumber(snapshot, 'trace_function_count', 0),
    extraNativeBytes:
      snapshot.extra_native_bytes === undefined ? undefined : wholeNumber(snapshot, 'extra_native_bytes'),
    rootOrdinal: wholeNumber(snapshot, 'root_index', 0) / node.length,
    meta,
  }
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new HeaderError(`${what} is missing or not an object`)
}

function wholeNumber(record: Record<string, unknown>, key: string, absent?: number): number {
  const value = record[key]
  if (value === undefined && absent !== undefined) return absent
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value + 0 // -0 becomes 0
  const found = value === undefined ? 'missing' : `${JSON.stringify(value)?.slice(0, 40)}, not a whole number`
  throw new HeaderError(`"snapshot.${key}" is ${found}`)
}

function rowLayout<T extends string>(
  meta: Record<string, unknown>,
  key: string,
  fields: readonly T[],
  required: readonly T[],
): RowLayout<T> {
  const names = stringList(meta[key], `"snapshot.meta.${key}"`)
  const at = Object.fromEntries(fields.map(field => [field, names.indexOf(field)])) as Record<T, number>
  const missing = required.find(field => at[field] < 0)
  if (missing !== undefined) throw new HeaderError(`"snapshot.meta.${key}" has no field "${missing}"`)
  return {length: names.length, at}
}

/** Where fields of a row stand that only some files have; undefined if `snapshot.meta` does not list all of them. */
export function optionalLayout<T extends string>(
  {meta}: Header,
  key: string,
  fields: readonly T[],
): RowLayout<T> | undefined {
  const names = meta[key]
  if (!Array.isArray(names) || !fields.every(field => names.includes(field))) return undefined
  return {
    length: names.length,
    at: Object.fromEntries(fields.map(field => [field, names.indexOf(field)])) as Record<T, number>,
  }
}

function stringList(value: unknown, what: string): string[] {
  if (Array.isArray(value) && value.length > 0 && value.every(item => typeof item === 'string')) return value
  throw new HeaderError(`${what} is missing or not a list of names`)
}

/** The one list among the entries of `node_types` and `edge_types` names the types; the other entries do not matter. */
function typeNames(meta: Record<string, unknown>, key: string): string[] {
  const list = meta[key]
  return stringList(Array.isArray(list) ? list.find(Array.isArray) : undefined, `"snapshot.meta.${key}"`)
}

function mapKinds(raw: string[], known: readonly string[], key: string): {names: string[]; ofRaw: Uint8Array} {
  const names = [...known]
  const ofRaw = raw.map(name => {
    const index = names.indexOf(name)
    return index < 0 ? names.push(name) - 1 : index
  })
  if (names.length > 255) throw new HeaderError(`"snapshot.meta.${key}" lists ${raw.length} types, more than 255`)
  return {names, ofRaw: Uint8Array.from(ofRaw)}
}

/** V8 6.2 (Node 8 and 9) writes symbols as type 12 of a list of 12 names. */
function withUndeclaredSymbols(raw: string[], ofRaw: Uint8Array): Uint8Array {
  return raw.length === 12 ? Uint8Array.from([...ofRaw, NodeKind.symbol]) : ofRaw
}
