/**
 * Loads a large plain file with several threads: V8's own order of sections, nodes and edges first, locations last but for the strings. What is otherwise, or in any
 * way wrong, is left to the plain loader, which answers alike and knows what to say of errors.
 */
import {readAt, withFile} from '../../files/file.ts'
import type {JsonScanner} from '../../read/json-scanner.ts'
import {BLOCK_BYTES, type BlockJob, type ColumnPlan, readNumbers} from '../../read/number-blocks.ts'
import {openThreads, type Threads} from '../../threads/threads.ts'
import {sharedBytes, sharedInts, sharedWords} from '../../util/shared.ts'
import type {Columns, Locations} from '../columns/heap.ts'
import {type Header, parseHeader, type Schema} from '../columns/schema.ts'
import {isIndexed} from './columns.ts'
import {sortAside} from './location-order.ts'
import type {ProgressListener} from './open-options.ts'

const MAX_HEADER_BYTES = 1 << 20
const CHUNK_BYTES = 1 << 20

export type NumberColumns = Omit<Columns, 'locations'>

/** Rows of the locations, unsorted until `isSorted` has been called; false if sorting has failed. */
export interface ReadLocations {
  rows: Locations
  isSorted(): boolean
}

/** What the threads have read: the header, all of nodes and edges, mostly the locations, and where the rest of the file begins. */
export interface ParallelRead {
  header: Header
  headerText: string
  columns: NumberColumns
  locations: ReadLocations | undefined
  /** What stands between the edges and `restOffset`, without what the threads have read. */
  skippedText: string
  /** Offset of the bracket that closes the edges, or the locations if they have been read. */
  restOffset: number
  /** The threads, for whoever has more work for them; they end by themselves. */
  threads: Threads
}

/** Reads nodes and edges; undefined if the file is not as expected. */
export async function readInParallel(
  path: string,
  size: number,
  threads: number,
  onProgress?: ProgressListener,
  blockBytes = BLOCK_BYTES,
): Promise<ParallelRead | undefined> {
  return withFile(path, async fd => {
    const others = openThreads(threads - 1)
    let read: ParallelRead | undefined
    try {
      read = readSections({fd, size, blockBytes}, others, onProgress)
    } finally {
      if (read === undefined) await others.close()
    }
    return read
  })
}

function readSections(
  file: Pick<BlockJob, 'fd' | 'size' | 'blockBytes'>,
  threads: Threads,
  onProgress: ProgressListener | undefined,
): ParallelRead | undefined {
  const {fd, size} = file
  const start = readHeader(fd)
  if (start === undefined) return undefined
  const {header, headerText, nodesOffset} = start
  const {schema, nodeCount, edgeCount} = header
  // A row takes two bytes a number at the least: counts are believed no further.
  const least = 2 * (nodeCount * schema.node.length + edgeCount * schema.edge.length)
  if (least > size || header.traceFunctionCount > 0) return undefined
  const onBlock = (offset: number) => onProgress?.('reading', Math.min(offset, size), size)
  const nodes = nodePlans(schema, nodeCount)
  const nodeJob = {
    ...file,
    start: nodesOffset,
    rowLength: schema.node.length,
    rowLimit: nodeCount,
    columns: nodes.plans,
  }
  const nodesRead = readNumbers(nodeJob, threads, onBlock)
  if (nodesRead?.rows !== nodeCount) return undefined
  const edgesOffset = openingBehind(fd, nodesRead.end, 'edges')
  if (edgesOffset === undefined) return undefined
  const edges = edgePlans(schema, nodeCount, edgeCount)
  const edgeJob = {
    ...file,
    start: edgesOffset,
    rowLength: schema.edge.length,
    rowLimit: edgeCount,
    columns: edges.plans,
  }
  const edgesRead = readNumbers(edgeJob, threads, onBlock)
  if (edgesRead?.rows !== edgeCount || !sumUp(nodes.columns.firstEdge, edgeCount)) return undefined
  const columns = {...nodes.columns, ...edges.columns, nodeTraceId: undefined}
  const rest = readLocations(file, header, edgesRead.end, threads, onBlock)
  return {header, headerText, columns, threads, ...rest}
}

/** Reads the locations and has another thread sort them; if they do not follow as V8 writes them, the rest begins at the edges' end. */
function readLocations(
  file: Pick<BlockJob, 'fd' | 'size' | 'blockBytes'>,
  {schema, nodeCount}: Header,
  edgesEnd: number,
  threads: Threads,
  onBlock: (offset: number) => void,
): Pick<ParallelRead, 'locations' | 'skippedText' | 'restOffset'> {
  const nothing = {locations: undefined, skippedText: '', restOffset: edgesEnd}
  const {location, node} = schema
  const skippedText = textUpToLocations(file.fd, edgesEnd)
  if (location === undefined || skippedText === undefined) return nothing
  // One a node, as a rule.
  const columns = {
    node: sharedWords(nodeCount),
    scriptId: sharedInts(nodeCount),
    line: sharedInts(nodeCount),
    column: sharedInts(nodeCount),
  }
  const {at} = location
  // Versions that write unsigned numbers make 4294967295 of -1: 32 bits are the same.
  const signed = (field: number, {buffer}: Int32Array): ColumnPlan => ({
    kind: 'number',
    field,
    data: new Uint32Array(buffer),
    shift: 0,
  })
  const job = {
    ...file,
    start: edgesEnd + skippedText.length,
    rowLength: location.length,
    rowLimit: nodeCount,
    columns: [
      {kind: 'divided', field: at.object_index, data: columns.node, divisor: node.length, limit: nodeCount},
      signed(at.script_id, columns.scriptId),
      signed(at.line, columns.line),
      signed(at.column, columns.column),
    ] satisfies ColumnPlan[],
  }
  const read = readNumbers(job, threads, onBlock)
  if (read === undefined) return nothing
  const rows = {
    node: columns.node.subarray(0, read.rows),
    scriptId: columns.scriptId.subarray(0, read.rows),
    line: columns.line.subarray(0, read.rows),
    column: columns.column.subarray(0, read.rows),
  }
  return {locations: {rows, isSorted: sortAside(threads, rows)}, skippedText, restOffset: read.end}
}

/** What stands at `offset`, from the bracket that closes the edges to the one that opens the locations, if all in between is empty. */
function textUpToLocations(fd: number, offset: number): string | undefined {
  const bytes = Buffer.alloc(1024)
  const text = bytes.toString('latin1', 0, readAt(fd, bytes, offset))
  return /^\]\s*,\s*(?:"[a-z_]+"\s*:\s*\[\s*\]\s*,\s*){0,8}"locations"\s*:\s*\[/.exec(text)?.[0]
}

/** The header, if the file begins with it and the nodes follow. */
function readHeader(fd: number): {header: Header; headerText: string; nodesOffset: number} | undefined {
  const bytes = Buffer.alloc(MAX_HEADER_BYTES)
  const text = bytes.toString('latin1', 0, readAt(fd, bytes, 0))
  const opening = /^\s*\{\s*"snapshot"\s*:\s*(?=\{)/.exec(text)
  const behind = /\}\s*,\s*"nodes"\s*:\s*\[/.exec(text)
  if (opening === null || behind === null) return undefined
  const headerText = text.slice(opening[0].length, behind.index + 1)
  try {
    return {header: parseHeader(headerText), headerText, nodesOffset: behind.index + behind[0].length}
  } catch {
    return undefined
  }
}

/** The place behind `[` of `], "key": [`, if that is what stands at `offset`. */
function openingBehind(fd: number, offset: number, key: string): number | undefined {
  const bytes = Buffer.alloc(256)
  const text = bytes.toString('latin1', 0, readAt(fd, bytes, offset))
  const match = new RegExp(`^\\]\\s*,\\s*"${key}"\\s*:\\s*\\[`).exec(text)
  return match === null ? undefined : offset + match[0].length
}

function nodePlans({node, nodeKindOfRaw}: Schema, nodeCount: number) {
  const {at} = node
  const columns = {
    nodeKind: sharedBytes(nodeCount),
    nodeName: sharedWords(nodeCount),
    nodeId: sharedWords(nodeCount),
    nodeSelfBytes: sharedWords(nodeCount),
    firstEdge: sharedWords(nodeCount + 1),
    nodeDetachedness: at.detachedness < 0 ? undefined : sharedBytes(nodeCount),
  }
  const number = (field: number, data: Uint32Array, shift = 0): ColumnPlan => ({kind: 'number', field, data, shift})
  const plans: ColumnPlan[] = [
    {kind: 'mapped', field: at.type, data: columns.nodeKind, map: nodeKindOfRaw},
    number(at.name, columns.nodeName),
    number(at.id, columns.nodeId),
    number(at.self_size, columns.nodeSelfBytes),
    number(at.edge_count, columns.firstEdge, 1),
  ]
  if (columns.nodeDetachedness !== undefined) {
    const map = Uint8Array.from({length: 256}, (_, value) => value)
    plans.push({kind: 'mapped', field: at.detachedness, data: columns.nodeDetachedness, map})
  }
  if (at.trace_node_id >= 0) plans.push({kind: 'constant', field: at.trace_node_id, value: 0})
  return {columns, plans}
}

function edgePlans({node, edge, edgeKindOfRaw}: Schema, nodeCount: number, edgeCount: number) {
  const {at} = edge
  const columns = {
    edgeKind: sharedBytes(edgeCount),
    edgeName: sharedWords(edgeCount),
    edgeTarget: sharedWords(edgeCount),
  }
  const plans: ColumnPlan[] = [
    {kind: 'mapped', field: at.type, data: columns.edgeKind, map: edgeKindOfRaw},
    {kind: 'number', field: at.name_or_index, data: columns.edgeName, shift: 0},
    {kind: 'divided', field: at.to_node, data: columns.edgeTarget, divisor: node.length, limit: nodeCount},
  ]
  return {columns, plans}
}

/** Turns edge counts, stored one place on, into the place of each node's first edge; false if they do not add up. */
function sumUp(firstEdge: Uint32Array, edgeCount: number): boolean {
  let sum = 0
  for (let i = 1; i < firstEdge.length; i++) {
    sum += firstEdge[i]
    firstEdge[i] = sum
  }
  return sum === edgeCount
}

/** Whether all names are strings of the table: known only when the strings have been read. */
export function namesExist({nodeName, edgeKind, edgeName}: NumberColumns, stringCount: number): boolean {
  for (let node = 0; node < nodeName.length; node++) if (nodeName[node] >= stringCount) return false
  for (let edge = 0; edge < edgeName.length; edge++) {
    if (edgeName[edge] >= stringCount && !isIndexed(edgeKind[edge])) return false
  }
  return true
}

/** Gives the scanner the file again, without what the threads have read. */
export function scanRest(
  path: string,
  {headerText, skippedText, restOffset}: ParallelRead,
  scanner: JsonScanner,
  onBytes: (offset: number) => void,
): Promise<void> {
  return withFile(path, fd => {
    scanner.write(Buffer.from(`{"snapshot":${headerText},"nodes":[],"edges":[${skippedText}`, 'latin1'))
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    for (let offset = restOffset; ; ) {
      const length = readAt(fd, chunk, offset)
      if (length === 0) break
      offset += length
      scanner.write(chunk.subarray(0, length))
      onBytes(offset)
    }
    scanner.end()
  })
}
