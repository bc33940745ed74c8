/**
 * Loads a large plain file with several threads: V8's own order of sections, nodes and edges first. What is otherwise, or in any
 * way wrong, is left to the plain loader, which answers alike and knows what to say of errors.
 */
import {readAt, withFile} from '../read/file.ts'
import type {JsonScanner} from '../read/json-scanner.ts'
import {BLOCK_BYTES, type BlockJob, type ColumnPlan, readNumbers} from '../read/number-blocks.ts'
import {openThreads, type Threads} from '../read/threads.ts'
import {sharedBytes, sharedWords} from '../util/shared.ts'
import {isIndexed} from './columns.ts'
import type {Columns} from './heap.ts'
import type {ProgressListener} from './open-options.ts'
import {type Header, parseHeader, type Schema} from './schema.ts'

const MAX_HEADER_BYTES = 1 << 20
const CHUNK_BYTES = 1 << 20

export type NumberColumns = Omit<Columns, 'locations'>

/** What the threads have read: the header, all of nodes and edges, and where the rest of the file begins. */
export interface ParallelRead {
  header: Header
  headerText: string
  columns: NumberColumns
  /** Offset of the bracket that closes the edges. */
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
    rowCount: nodeCount,
    columns: nodes.plans,
  }
  const nodesEnd = readNumbers(nodeJob, threads, onBlock)
  if (nodesEnd === undefined) return undefined
  const edgesOffset = openingBehind(fd, nodesEnd, 'edges')
  if (edgesOffset === undefined) return undefined
  const edges = edgePlans(schema, nodeCount, edgeCount)
  const edgeJob = {
    ...file,
    start: edgesOffset,
    rowLength: schema.edge.length,
    rowCount: edgeCount,
    columns: edges.plans,
  }
  const restOffset = readNumbers(edgeJob, threads, onBlock)
  if (restOffset === undefined || !sumUp(nodes.columns.firstEdge, edgeCount)) return undefined
  const columns = {...nodes.columns, ...edges.columns, nodeTraceId: undefined}
  return {header, headerText, columns, restOffset, threads}
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
  {headerText, restOffset}: ParallelRead,
  scanner: JsonScanner,
  onBytes: (offset: number) => void,
): Promise<void> {
  return withFile(path, fd => {
    scanner.write(Buffer.from(`{"snapshot":${headerText},"nodes":[],"edges":[`, 'latin1'))
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
