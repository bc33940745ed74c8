/** The tables of a heap that SQL asks: nodes, edges, strings, types, owners and entries of collections, each column made when it is asked for. */
import {type TypesAnswer, types} from '../../analyze/answers/types.ts'
import {retainingEdges} from '../../analyze/facts/edge-policy.ts'
import {retainedOf, sumsOf} from '../../analyze/graph/group-sums.ts'
import {NO_GROUP} from '../../analyze/growth/growth.ts'
import {type CollectionEntries, collectionEntries} from '../../explain/code/collections.ts'
import {groupFingerprint, type PathGroup, pathGroups, pathHolder} from '../../explain/owners/path-groups.ts'
import {codePlaceOfRow, placeText} from '../../explain/places/source-place.ts'
import {isFlatText} from '../../snapshot/code/text.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {memoize} from '../../util/memo.ts'
import {cellText} from './cell-text.ts'
import {boundedString, DOMINATOR_OF_SQL, NODE_COLUMNS, type NodeColumn, Nodes, ordinals} from './node-columns.ts'
import {type ColumnCells, type LazyColumn, type LazyTable, maskOf, textCells} from './row-table.ts'
import {edgeSources, namesOfEdges} from './rows.ts'

/** The columns of `node`, by the names that SQL has for them. */
const OF_NODES: Record<string, NodeColumn> = {
  id: NODE_COLUMNS.id,
  type: NODE_COLUMNS.type,
  kind: NODE_COLUMNS.kind,
  name: NODE_COLUMNS.name,
  self: NODE_COLUMNS.self,
  retained: NODE_COLUMNS.retained,
  off_heap: NODE_COLUMNS.offHeap,
  distance: NODE_COLUMNS.distance,
  dominator: DOMINATOR_OF_SQL,
  detached: NODE_COLUMNS.detached,
  place: NODE_COLUMNS.place,
  package: NODE_COLUMNS.package,
  realm: NODE_COLUMNS.realm,
  origin: NODE_COLUMNS.origin,
  owner: NODE_COLUMNS.owner,
  allocated: NODE_COLUMNS.allocated,
  edges: NODE_COLUMNS.edges,
  retainers: NODE_COLUMNS.retainers,
}

/** Every node of the file. */
export function nodeRows(snapshot: Snapshot): LazyTable {
  return {
    name: 'node',
    rowCount: () => snapshot.nodeCount,
    columns: Object.entries(OF_NODES).map(([name, column]) => nodeColumn(snapshot, name, column, Nodes.stretch)),
  }
}

/** A column of nodes in a table whose rows from `from` up to `to` are those that `nodesOf` gives. */
export function nodeColumn(
  snapshot: Snapshot,
  name: string,
  {form, isNullable, open}: NodeColumn,
  nodesOf: (from: number, to: number) => Nodes,
): LazyColumn {
  return {
    head: {name, form, ...(isNullable === true && {isNullable})},
    open: () => {
      const cells = open(snapshot)
      return (from, to) => cells(nodesOf(from, to))
    },
  }
}

/** Every edge of the file, in its order. */
export function edgeRows(snapshot: Snapshot): LazyTable {
  return {
    name: 'edge',
    rowCount: () => snapshot.edgeCount,
    columns: [
      {
        head: {name: 'source', form: 'int64'},
        open: () => {
          const sources = edgeSources(snapshot)
          const {nodeId} = snapshot
          return (from, to) => ({form: 'int64', values: Nodes.of(sources(from, to)).pick(nodeId)})
        },
      },
      {
        head: {name: 'target', form: 'int64'},
        open: () => {
          const {edgeTarget, nodeId} = snapshot
          return (from, to) => ({form: 'int64', values: Nodes.of(edgeTarget.subarray(from, to)).pick(nodeId)})
        },
      },
      {
        head: {name: 'kind', form: 'word'},
        open: () => {
          const {edgeKind, header} = snapshot
          return (from, to) => ({form: 'word', values: edgeKind.subarray(from, to), words: header.schema.edgeKinds})
        },
      },
      {head: {name: 'name', form: 'text'}, open: () => edgeNames(snapshot)},
      {
        // Whether it keeps its target alive, by DevTools' rules.
        head: {name: 'retaining', form: 'bool'},
        open: () => {
          const retaining = retainingEdges(snapshot)
          return (from, to) => ({
            form: 'bool',
            values: Uint8Array.from({length: to - from}, (_, i) => Number(retaining.has(from + i))),
          })
        },
      },
    ],
  }
}

function edgeNames(snapshot: Snapshot): (from: number, to: number) => ColumnCells {
  return (from, to) => {
    const {values, words} = namesOfEdges(snapshot, from, to, index => boundedString(snapshot, index))
    return {form: 'text', values, words}
  }
}

/** Every string of the file's table: names and texts. */
export function stringRows(snapshot: Snapshot): LazyTable {
  const {strings} = snapshot
  const copies = memoizeOnce(() => {
    const {nodeCount, nodeName} = snapshot
    const counts = new Uint32Array(strings.count)
    for (let node = 0; node < nodeCount; node++) if (isFlatText(snapshot, node)) counts[nodeName[node]]++
    return counts
  })
  return {
    name: 'string',
    rowCount: () => strings.count,
    columns: [
      {head: {name: 'index', form: 'int32'}, open: () => (from, to) => ({form: 'int32', values: ordinals(from, to)})},
      {
        head: {name: 'text', form: 'text'},
        open: () => (from, to) => textCells(Array.from(ordinals(from, to), index => boundedString(snapshot, index))),
      },
      {
        // As the file writes it.
        head: {name: 'bytes', form: 'int32'},
        open: () => (from, to) => ({
          form: 'int32',
          values: ordinals(from, to).map(index => strings.byteLength(index)),
        }),
      },
      {
        // String objects with this text; those joined or cut out of others not yet made one have none of their own.
        head: {name: 'copies', form: 'int32'},
        open: () => (from, to) => ({form: 'int32', values: copies().subarray(from, to)}),
      },
    ],
  }
}

/** The rows of `types`. */
export function typeRows(snapshot: Snapshot): LazyTable {
  const ask = (retained: boolean): TypesAnswer =>
    types(snapshot, {sort: 'name', limit: Number.POSITIVE_INFINITY, retained})
  const plain = memoizeOnce(() => ask(false).rows)
  const sized = memoizeOnce(() => ask(true).rows)
  return {
    name: 'type',
    rowCount: () => plain().length,
    columns: [
      textColumn('name', plain, ({type}) => type),
      textColumn('place', plain, ({location}) => noneIfEmpty(placeText(codePlaceOfRow(snapshot, location)))),
      numberColumn('count', plain, ({count}) => count),
      numberColumn('self', plain, ({selfBytes}) => selfBytes),
      numberColumn('off_heap', plain, ({offHeapBytes}) => offHeapBytes),
      numberColumn('retained', sized, ({retainedBytes}) => retainedBytes ?? 0),
      numberColumn('example', plain, ({example}) => snapshot.nodeId[example]),
    ],
  }
}

/** The places of the program that have objects: the rows of `growth --by path`, of one snapshot. */
export function ownerRows(snapshot: Snapshot): LazyTable {
  const sums = memoizeOnce(() => ownerSums(snapshot))
  const retained = memoizeOnce(() => ownerRetained(snapshot))
  const rows = () => sums().rows
  const holder = memoize((group: PathGroup) => pathHolder(snapshot, group))
  return {
    name: 'owner',
    rowCount: () => rows().length,
    columns: [
      textColumn('name', rows, ({group}) => group.path),
      textColumn('type', rows, ({group}) => group.type),
      textColumn('origin', rows, ({group}) => group.code),
      textColumn('holder', rows, ({group}) => holder(group).container),
      textColumn('place', rows, ({group}) => noneIfEmpty(holder(group).place)),
      textColumn('fingerprint', rows, ({group}) => groupFingerprint(snapshot, group)),
      numberColumn('count', rows, ({count}) => count),
      numberColumn('self', rows, ({selfBytes}) => selfBytes),
      numberColumn('retained', rows, ({index}) => retained()[index]),
      numberColumn('example', rows, ({group}) => snapshot.nodeId[group.example]),
    ],
  }
}

/** A place of the program, and what its objects sum up to. */
export interface OwnerRow {
  group: PathGroup
  /** Among the groups. */
  index: number
  /** Objects with a size of their own. */
  count: number
  selfBytes: number
}

const ownerSums = memoize((snapshot: Snapshot): {rows: OwnerRow[]} => {
  const {groups} = pathGroups(snapshot)
  const {grouping, isMember} = ownerGrouping(snapshot)
  const {count, selfBytes} = sumsOf(snapshot, grouping, 'devtools', isMember)
  const rows = groups.map((group, index) => ({group, index, count: count[index], selfBytes: selfBytes[index]}))
  return {rows: rows.filter(row => row.count > 0)}
})

/** Every place of the program, and what its objects sum up to. */
export function ownersOfHeap(snapshot: Snapshot): readonly OwnerRow[] {
  return ownerSums(snapshot).rows
}

/** Float64Array(groups): what would be freed with the objects of each place, as DevTools adds it up. */
export const ownerRetained = memoize((snapshot: Snapshot): Float64Array => {
  const {grouping, isMember} = ownerGrouping(snapshot)
  return retainedOf(snapshot, grouping, 'devtools', isMember)
})

function ownerGrouping(snapshot: Snapshot) {
  const {groups, ofNode} = pathGroups(snapshot)
  const grouping = {names: groups.map(({path}) => path), ofNode}
  return {grouping, isMember: (node: number) => ofNode[node] !== NO_GROUP}
}

/** The entries of Maps and Sets: of a Set, a key is a member. */
export function entryRows(snapshot: Snapshot): LazyTable {
  const entries = memoizeOnce((): CollectionEntries => collectionEntries(snapshot))
  const idOf = (name: string, of: (entries: CollectionEntries) => Int32Array): LazyColumn => ({
    head: {name, form: 'int64', isNullable: true},
    open: () => (from, to) => {
      const nodes = of(entries()).subarray(from, to)
      const {nodeId} = snapshot
      return {
        form: 'int64',
        values: Float64Array.from(nodes, node => (node < 0 ? 0 : nodeId[node])),
        ...maskOf(nodes.length, row => nodes[row] < 0),
      }
    },
  })
  const text = (name: string, of: (entries: CollectionEntries) => Int32Array): LazyColumn => ({
    head: {name, form: 'text', isNullable: true},
    open: () => (from, to) =>
      textCells(
        Array.from(of(entries()).subarray(from, to), node => (node < 0 ? undefined : cellText(snapshot, node))),
      ),
  })
  return {
    name: 'entry',
    rowCount: () => entries().collection.length,
    columns: [
      idOf('collection', ({collection}) => collection),
      {
        head: {name: 'position', form: 'int32'},
        open: () => (from, to) => ({form: 'int32', values: entries().position.subarray(from, to)}),
      },
      text('key', ({key}) => key),
      idOf('key_id', ({key}) => key),
      text('value', ({value}) => value),
      idOf('value_id', ({value}) => value),
    ],
  }
}

/** Texts of rows that are few enough to be objects. */
export function textColumn<Row>(
  name: string,
  rows: () => readonly Row[],
  of: (row: Row) => string | undefined,
): LazyColumn {
  return {
    head: {name, form: 'text', isNullable: true},
    open: () => (from, to) => textCells(rows().slice(from, to).map(of)),
  }
}

/** Whole numbers of such rows; undefined is missing. */
export function numberColumn<Row>(
  name: string,
  rows: () => readonly Row[],
  of: (row: Row) => number | undefined,
): LazyColumn {
  return {
    head: {name, form: 'int64', isNullable: true},
    open: () => (from, to) => {
      const values = rows().slice(from, to).map(of)
      return {
        form: 'int64',
        values: Float64Array.from(values, value => value ?? 0),
        ...maskOf(values.length, row => values[row] === undefined),
      }
    },
  }
}

export function noneIfEmpty(text: string): string | undefined {
  return text === '' ? undefined : text
}

function memoizeOnce<Value>(compute: () => Value): () => Value {
  let known: {value: Value} | undefined
  return () => {
    known ??= {value: compute()}
    return known.value
  }
}
