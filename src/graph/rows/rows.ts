/**
 * The whole heap as two tables, nodes and edges, for other programs: handed out in batches of columns, so that no row is
 * ever an object and a table of any length needs the memory of one batch.
 */

import {selfSizes} from '../../analyze/facts/self-sizes.ts'
import {distances, systemDistance, userDistance} from '../../analyze/graph/distances.ts'
import {dominatorTree, retainedSizes} from '../../analyze/graph/dominators.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'
import type {NumberArray} from '../../util/number-column.ts'

/** The tables of an export. */
export type TableName = 'nodes' | 'edges'

/** What the cells of a column are: whole numbers of so many bits, one of a list of words, or any text. */
export type CellForm = 'int32' | 'int64' | 'word' | 'text'

/** The name of a column, and what its cells are. */
export interface ColumnHead {
  /** Of the column. */
  name: string
  /** What its cells are. */
  form: CellForm
  /** Whether cells may be missing. */
  isNullable?: boolean
}

/** The cells of one column in one batch. */
export type ColumnCells =
  | {form: 'int32' | 'int64'; values: NumberArray | Int32Array | Uint8Array}
  /** Of a column that may miss cells: negative numbers stand for those. */
  | {form: 'int32'; values: Int32Array; isNullable: true}
  /** Cell i is `words[values[i]]`. The list of a `word` column is the same in every batch, that of a `text` column is not. */
  | {form: 'word' | 'text'; values: Uint32Array | Uint8Array; words: readonly string[]}

/** Some rows of a table, column by column. */
export interface RowBatch {
  /** Rows in this batch. */
  rowCount: number
  /** As many and of the same forms as the table's heads. */
  cells: readonly ColumnCells[]
}

/** A table that is handed out in batches. */
export interface RowTable {
  /** Which table it is. */
  name: TableName
  /** Rows in all batches. */
  rowCount: number
  /** Its columns. */
  heads: readonly ColumnHead[]
  /** Rows in the order of the file; at most `size` in a batch, fewer where their texts are long. */
  batches(size: number): Iterable<RowBatch>
}

/** Characters of text decoded for one batch: names may be as long as whoever filled the heap liked. */
const MAX_BATCH_TEXT = 1 << 24

/** The nodes or the edges of a heap; the columns that have to be computed are computed here, not with the first batch. */
export function tableOf(snapshot: Snapshot, name: TableName): RowTable {
  return name === 'nodes' ? nodeTable(snapshot) : edgeTable(snapshot)
}

function nodeTable(snapshot: Snapshot): RowTable {
  const {nodeCount, nodeId, nodeKind, nodeSelfBytes, types, header, detachedness} = snapshot
  const selfBytes = selfSizes(snapshot, 'devtools')
  const retainedBytes = retainedSizes(snapshot, 'devtools')
  const distance = distances(snapshot)
  const {dominator} = dominatorTree(snapshot)
  const heads: ColumnHead[] = [
    {name: 'id', form: 'int64'},
    {name: 'type', form: 'word'},
    {name: 'kind', form: 'word'},
    {name: 'selfSize', form: 'int64'},
    {name: 'rawSelfSize', form: 'int64'},
    {name: 'retainedSize', form: 'int64'},
    {name: 'distance', form: 'int32', isNullable: true},
    {name: 'systemDistance', form: 'int32', isNullable: true},
    {name: 'dominator', form: 'int64'},
    {name: 'detachedness', form: 'int32'},
  ]
  const cells = (from: number, to: number): ColumnCells[] => [
    {form: 'int64', values: nodeId.subarray(from, to)},
    {form: 'word', values: types.ofNode.subarray(from, to), words: types.names},
    {form: 'word', values: nodeKind.subarray(from, to), words: header.schema.nodeKinds},
    {form: 'int64', values: selfBytes.subarray(from, to)},
    {form: 'int64', values: nodeSelfBytes.subarray(from, to)},
    {form: 'int64', values: retainedBytes.subarray(from, to)},
    {form: 'int32', values: distance.subarray(from, to).map(userDistance), isNullable: true},
    {form: 'int32', values: distance.subarray(from, to).map(systemDistance), isNullable: true},
    {form: 'int64', values: pick(nodeId, dominator.subarray(from, to))},
    {form: 'int32', values: detachedness.subarray(from, to)},
  ]
  return {
    name: 'nodes',
    rowCount: nodeCount,
    heads,
    *batches(size) {
      for (let from = 0; from < nodeCount; from += size) {
        const to = Math.min(from + size, nodeCount)
        yield {rowCount: to - from, cells: cells(from, to)}
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
          {form: 'int64', values: pick(nodeId, sources(from, to))},
          {form: 'int64', values: pick(nodeId, edgeTarget.subarray(from, to))},
          {form: 'word', values: edgeKind.subarray(from, to), words: header.schema.edgeKinds},
          {form: 'text', ...names},
        ]
        yield {rowCount, cells}
        from = to
      }
    },
  }
}

function pick(values: NumberArray, ordinals: Uint32Array): NumberArray {
  const picked: NumberArray =
    values instanceof Uint32Array ? new Uint32Array(ordinals.length) : new Float64Array(ordinals.length)
  for (let i = 0; i < ordinals.length; i++) picked[i] = values[ordinals[i]]
  return picked
}

/** The nodes that edges leave, for stretches of edges asked for one after the other. */
function edgeSources({firstEdge}: Snapshot): (from: number, to: number) => Uint32Array {
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

/** Names of edges from `from` on: up to `to`, or until they fill the batch. An element's or a hidden edge's is its index. */
function edgeNames(
  {edgeKind, edgeName, strings}: Snapshot,
  from: number,
  to: number,
): {values: Uint32Array; words: string[]} {
  const values = new Uint32Array(to - from)
  const words: string[] = []
  const wordOfString = new Map<number, number>()
  const wordOfIndex = new Map<number, number>()
  let edge = from
  for (let length = 0; edge < to && length < MAX_BATCH_TEXT; edge++) {
    const name = edgeName[edge]
    const isIndex = isIndexed(edgeKind[edge])
    const wordOf = isIndex ? wordOfIndex : wordOfString
    let word = wordOf.get(name)
    if (word === undefined) {
      const text = isIndex ? String(name) : strings.get(name)
      word = words.push(text) - 1
      wordOf.set(name, word)
      length += text.length
    }
    values[edge - from] = word
  }
  return {values: values.subarray(0, edge - from), words}
}
