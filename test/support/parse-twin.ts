/**
 * The reader's twin: JSON.parse and the plainest code there is. It says of any bytes whether they are JSON, whether that
 * is a heap snapshot without contradictions, and what is in it.
 */
import assert from 'node:assert/strict'
import type {Snapshot} from '../../src/snapshot/columns/snapshot.ts'

export interface PlainHeap {
  nodes: {
    kind: string
    name: number
    id: number
    selfBytes: number
    detachedness: number | undefined
    traceId: number
  }[]
  /** `source` and `target` are ordinals. */
  edges: {kind: string; name: number; source: number; target: number}[]
  /** Sorted by node. */
  locations: {node: number; scriptId: number; line: number; column: number}[]
  strings: string[]
  root: number
}

export type Verdict = {is: 'no JSON'} | {is: 'no heap'; why: string} | {is: 'heap'; heap: PlainHeap}

class Contradiction extends Error {}

export function judge(bytes: Uint8Array): Verdict {
  const text = new TextDecoder().decode(bytes)
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return {is: 'no JSON'}
  }
  try {
    return {is: 'heap', heap: plainHeap(parsed, text)}
  } catch (error) {
    if (error instanceof Contradiction) return {is: 'no heap', why: error.message}
    throw error
  }
}

/** The heap in the bytes, which are known to hold one. */
export function parsedHeap(bytes: Uint8Array): PlainHeap {
  const verdict = judge(bytes)
  if (verdict.is !== 'heap') throw new Error(verdict.is === 'no heap' ? verdict.why : verdict.is)
  return verdict.heap
}

export function assertSameHeap(snapshot: Snapshot, heap: PlainHeap): void {
  const {schema} = snapshot.header
  assert.equal(snapshot.nodeCount, heap.nodes.length)
  assert.equal(snapshot.edgeCount, heap.edges.length)
  assert.equal(snapshot.root, heap.root)
  assertSameRows(
    Array.from(snapshot.nodeKind, (kind, node) => ({
      kind: schema.nodeKinds[kind],
      name: snapshot.nodeName[node],
      id: snapshot.nodeId[node],
      selfBytes: snapshot.nodeSelfBytes[node],
      detachedness: snapshot.nodeDetachedness?.[node],
      traceId: snapshot.nodeTraceId?.[node] ?? 0,
    })),
    heap.nodes,
  )
  const sources = Array.from({length: snapshot.nodeCount}, (_, node) => {
    const count = snapshot.firstEdge[node + 1] - snapshot.firstEdge[node]
    return Array<number>(count).fill(node)
  }).flat()
  assert.equal(snapshot.firstEdge.length, heap.nodes.length + 1)
  assertSameRows(
    Array.from(snapshot.edgeKind, (kind, edge) => ({
      kind: schema.edgeKinds[kind],
      name: snapshot.edgeName[edge],
      source: sources[edge],
      target: snapshot.edgeTarget[edge],
    })),
    heap.edges,
  )
  const {locations} = snapshot
  assertSameRows(
    Array.from(locations.node, (node, row) => ({
      node,
      scriptId: locations.scriptId[row],
      line: locations.line[row],
      column: locations.column[row],
    })),
    heap.locations,
  )
  assert.equal(snapshot.strings.count, heap.strings.length)
  for (let index = 0; index < heap.strings.length; index++) {
    if (snapshot.strings.get(index) !== heap.strings[index]) {
      assert.equal(snapshot.strings.get(index), heap.strings[index], `string ${index}`)
    }
  }
}

/** deepEqual, which takes seconds for 100,000 rows, only of a row that differs. */
function assertSameRows<T extends object>(actual: readonly T[], expected: readonly T[]): void {
  assert.equal(actual.length, expected.length)
  for (let row = 0; row < expected.length; row++) {
    const keys = Object.keys(expected[row]) as (keyof T)[]
    if (!keys.every(key => Object.is(actual[row][key], expected[row][key]))) {
      assert.deepStrictEqual(actual[row], expected[row], `row ${row}`)
    }
  }
}

function check(holds: boolean, why: string): asserts holds {
  if (!holds) throw new Contradiction(why)
}

function plainHeap(parsed: unknown, text: string): PlainHeap {
  check(isObject(parsed), 'the top level is no object')
  const {keys, longestNumber} = looksOf(text)
  for (const key of ['snapshot', 'nodes', 'edges', 'locations', 'strings']) {
    check(keys.filter(other => other === key).length < 2, `${key} comes twice`)
  }
  check(longestNumber <= 64, 'a number is too long')
  const {snapshot, strings} = parsed
  check(isObject(snapshot) && isObject(snapshot.meta), 'no header')
  const {meta} = snapshot
  for (const key of ['node_count', 'edge_count']) check(isWhole(snapshot[key]), key)
  for (const key of ['trace_function_count', 'extra_native_bytes', 'root_index']) {
    check(snapshot[key] === undefined || isWhole(snapshot[key]), key)
  }
  const nodeTypes = asArray(meta.node_types).find(Array.isArray)
  const edgeTypes = asArray(meta.edge_types).find(Array.isArray)
  check(isNames(nodeTypes) && isNames(edgeTypes), 'types')
  const nodes = rowsOf(parsed.nodes, meta.node_fields, ['type', 'name', 'id', 'self_size', 'edge_count'])
  const edges = rowsOf(parsed.edges, meta.edge_fields, ['type', 'name_or_index', 'to_node'])
  check(Array.isArray(strings) && strings.every(item => typeof item === 'string'), 'strings')
  // A count of 0 promises nothing.
  check(snapshot.node_count === 0 || nodes.length === snapshot.node_count, 'node_count')
  check(snapshot.edge_count === 0 || edges.length === snapshot.edge_count, 'edge_count')
  const width = asArray(meta.node_fields).length
  const ordinalOf = (place: number, what: string) => {
    check(place % width === 0 && place >= 0 && place / width < nodes.length, what)
    return place / width + 0
  }
  // V8 6.2 writes symbols as type 12 of 12.
  const kinds = nodeTypes.length === 12 ? [...nodeTypes, 'symbol'] : nodeTypes
  const plainNodes = nodes.map(row => {
    check(Number.isInteger(row.type) && row.type >= 0 && row.type < kinds.length, 'type of a node')
    for (const field of ['name', 'id', 'self_size', 'edge_count']) check(isWhole(row[field]), field)
    check(row.name < strings.length, 'name of a node')
    check(row.trace_node_id === undefined || isWhole(row.trace_node_id), 'trace_node_id')
    check(row.detachedness === undefined || (isWhole(row.detachedness) && row.detachedness < 256), 'detachedness')
    return {
      kind: kinds[row.type],
      name: row.name + 0,
      id: row.id + 0,
      selfBytes: row.self_size + 0,
      detachedness: row.detachedness === undefined ? undefined : row.detachedness + 0,
      traceId: (row.trace_node_id ?? 0) + 0,
    }
  })
  check(nodes.reduce((sum, row) => sum + row.edge_count, 0) === edges.length, 'sum of edge_count')
  const sources = nodes.flatMap((row, node) => Array<number>(row.edge_count).fill(node))
  const plainEdges = edges.map((row, edge) => {
    check(Number.isInteger(row.type) && row.type >= 0 && row.type < edgeTypes.length, 'type of an edge')
    const kind = edgeTypes[row.type]
    const numbered = ['element', 'hidden'].includes(kind)
    const name = numbered ? unsigned(row.name_or_index) : row.name_or_index
    check(isWhole(name) && (numbered || name < strings.length), 'name_or_index')
    return {
      kind,
      name: name + 0,
      source: sources[edge],
      target: ordinalOf(row.to_node, 'to_node'),
    }
  })
  return {
    nodes: plainNodes,
    edges: plainEdges,
    locations: plainLocations(parsed.locations, meta.location_fields, ordinalOf),
    strings,
    root: ordinalOf((snapshot.root_index ?? 0) as number, 'root_index'),
  }
}

function plainLocations(
  section: unknown,
  fields: unknown,
  ordinalOf: (place: number, what: string) => number,
): PlainHeap['locations'] {
  if (fields === undefined) return []
  const rows = rowsOf(section ?? [], fields, ['object_index', 'script_id', 'line', 'column'])
  const places = rows
    .map(row => ({
      node: ordinalOf(row.object_index, 'object_index'),
      script_id: row.script_id,
      line: row.line,
      column: row.column,
    }))
    // Beyond 32 bits there is no line: such a row is left out.
    .filter(row => [row.script_id, row.line, row.column].every(fitsInt32))
    .map(row => ({node: row.node, scriptId: int32(row.script_id), line: int32(row.line), column: int32(row.column)}))
  return places.sort((a, b) => a.node - b.node)
}

/** V8 from Node 24 on writes the index 4294967294 as -2. */
function unsigned(value: number): number {
  return Number.isInteger(value) && value < 0 && value >= -(2 ** 31) ? value + 2 ** 32 : value
}

/** V8 before 15 writes -1 as 4294967295. */
function fitsInt32(value: number): boolean {
  check(Number.isInteger(value), 'a place in source code')
  return value >= -(2 ** 31) && value < 2 ** 32
}

function int32(value: number): number {
  return value < 2 ** 31 ? value + 0 : value - 2 ** 32
}

function rowsOf(section: unknown, fields: unknown, required: string[]): Record<string, number>[] {
  check(isNames(fields), 'field names')
  for (const name of required) check(fields.includes(name), `no field ${name}`)
  check(Array.isArray(section) && section.every(item => typeof item === 'number'), 'a section is no array of numbers')
  check(section.length % fields.length === 0, 'part of a row')
  return Array.from({length: section.length / fields.length}, (_, row) => {
    const values: Record<string, number> = {}
    // Of two fields of one name the first counts.
    for (let i = fields.length - 1; i >= 0; i--) values[fields[i]] = section[row * fields.length + i]
    return values
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every(item => typeof item === 'string')
}

/** What JSON.parse does not tell of a text it takes: the keys of the outermost object, twice if there twice. */
function looksOf(text: string): {keys: string[]; longestNumber: number} {
  const keys: string[] = []
  let depth = 0
  let longestNumber = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]|[-+.\deE]+/g)) {
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    else if (token.startsWith('"')) {
      if (depth === 1 && token.endsWith(':')) keys.push(JSON.parse(token.replace(/\s*:$/, '')))
    } else longestNumber = Math.max(longestNumber, token.length)
  }
  return {keys, longestNumber}
}
