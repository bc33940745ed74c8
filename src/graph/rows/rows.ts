/**
 * The whole heap as two tables, nodes and edges, for other programs: handed out in batches of columns, so that no row is
 * ever an object and a table of any length needs the memory of one batch.
 */

import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import {NODE_COLUMNS, type NodeColumn, Nodes} from './node-columns.ts'
import type {ColumnCells, ColumnHead, RowTable} from './row-table.ts'

/** The tables of an export. */
export type TableName = 'nodes' | 'edges'

/** Characters of text decoded for one batch: names may be as long as whoever filled the heap liked. */
const MAX_BATCH_TEXT = 1 << 24

/** The nodes or the edges of a heap; the columns that have to be computed are computed here, not with the first batch. */
export function tableOf(snapshot: Snapshot, name: TableName): RowTable {
  return name === 'nodes' ? nodeTable(snapshot) : edgeTable(snapshot)
}

/** The columns of an export, by the names that they have there. */
const EXPORTED: Record<string, NodeColumn> = {
  id: NODE_COLUMNS.id,
  type: NODE_COLUMNS.type,
  kind: NODE_COLUMNS.kind,
  selfSize: NODE_COLUMNS.self,
  rawSelfSize: NODE_COLUMNS.rawSelf,
  retainedSize: NODE_COLUMNS.retained,
  distance: NODE_COLUMNS.distance,
  systemDistance: NODE_COLUMNS.systemDistance,
  dominator: NODE_COLUMNS.dominator,
  detachedness: NODE_COLUMNS.detachedness,
}

function nodeTable(snapshot: Snapshot): RowTable {
  const {nodeCount} = snapshot
  const cells = Object.values(EXPORTED).map(column => column.open(snapshot))
  return {
    name: 'nodes',
    rowCount: nodeCount,
    heads: Object.entries(EXPORTED).map(([name, {form, isNullable}]): ColumnHead => {
      return {name, form, ...(isNullable === true && {isNullable})}
    }),
    *batches(size) {
      for (let from = 0; from < nodeCount; from += size) {
        const nodes = Nodes.stretch(from, Math.min(from + size, nodeCount))
        yield {rowCount: nodes.length, cells: cells.map(of => of(nodes))}
      }
    },
  }
}

function edgeTable(snapshot: Snapshot): RowTable {
  const {edgeCount, edgeKind, edgeTarget, nodeId, header} = snapshot
  const heads: ColumnHead[] = [
    {name: 'source', form: 'int64'},
    {name: 'target', form: 'int64'},
    {name: 'kind', form: 'word'},
    {name: 'name', form: 'text'},
  ]
  return {
    name: 'edges',
    rowCount: edgeCount,
    heads,
    *batches(size) {
      const sources = edgeSources(snapshot)
      for (let from = 0; from < edgeCount; ) {
        const names = edgeNames(snapshot, from, Math.min(from + size, edgeCount))
        const rowCount = names.values.length
        const to = from + rowCount
        const cells: ColumnCells[] = [
          {form: 'int64', values: Nodes.of(sources(from, to)).pick(nodeId)},
          {form: 'int64', values: Nodes.of(edgeTarget.subarray(from, to)).pick(nodeId)},
          {form: 'word', values: edgeKind.subarray(from, to), words: header.schema.edgeKinds},
          {form: 'text', ...names},
        ]
        yield {rowCount, cells}
        from = to
      }
    },
  }
}

/** The nodes that edges leave, for stretches of edges asked for one after the other. */
export function edgeSources({firstEdge}: Snapshot): (from: number, to: number) => Uint32Array {
  let node = 0
  return (from, to) => {
    const sources = new Uint32Array(to - from)
    for (let edge = from; edge < to; edge++) {
      while (firstEdge[node + 1] <= edge) node++
      sources[edge - from] = node
    }
    return sources
  }
}

/** Names of edges from `from` on: up to `to`, or until they fill the batch. */
function edgeNames(snapshot: Snapshot, from: number, to: number): {values: Uint32Array; words: string[]} {
  return namesOfEdges(snapshot, from, to, index => snapshot.strings.get(index), MAX_BATCH_TEXT)
}

/**
 * Names of edges from `from` on, each text once: up to `to`, or until they have `mostText` characters. An element's or a hidden edge's is
 * its index; `textOf`: that of another, by the index of its string.
 */
export function namesOfEdges(
  {edgeKind, edgeName}: Snapshot,
  from: number,
  to: number,
  textOf: (index: number) => string,
  mostText = Number.POSITIVE_INFINITY,
): {values: Uint32Array; words: string[]} {
  const values = new Uint32Array(to - from)
  const words: string[] = []
  const wordOfString = new Map<number, number>()
  const wordOfIndex = new Map<number, number>()
  let edge = from
  for (let length = 0; edge < to && length < mostText; edge++) {
    const name = edgeName[edge]
    const isIndex = isIndexed(edgeKind[edge])
    const wordOf = isIndex ? wordOfIndex : wordOfString
    let word = wordOf.get(name)
    if (word === undefined) {
      const text = isIndex ? String(name) : textOf(name)
      word = words.push(text) - 1
      wordOf.set(name, word)
      length += text.length
    }
    values[edge - from] = word
  }
  return {values: values.subarray(0, edge - from), words}
}
