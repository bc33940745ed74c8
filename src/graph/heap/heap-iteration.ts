/** Iteration over the view's nodes, edges and neighbors, and whether two nodes are neighbors. */
import {InvalidArgumentsGraphError} from 'graphology'
import type {EdgeEntry, NeighborEntry, NodeEntry} from 'graphology-types'
import {asCallback, nodeOf} from './heap-arguments.ts'
import type {HeapEdgeAttributes, HeapNodeAttributes} from './heap-graph.ts'
import {type Define, DIRECTIONS, uncapitalized} from './heap-methods.ts'
import {type Direction, edgeKey, type HeapReader} from './heap-reader.ts'
import {type EdgeRow, edgeRows, type NodeRow, nodeRows, type Row, range} from './heap-rows.ts'

/** `forEachNode`, `mapOutEdges`, `findInNeighbor`, …: what each direction has. */
export function defineIteration(define: Define): void {
  defineFamily(define, {
    one: 'Node',
    ends: 0,
    ordinals: heap => range(heap.snapshot.nodeCount),
    key: nodeKey,
    rows: nodeRows,
    toEntry: toNodeEntry,
  })

  for (const [prefix, direction] of DIRECTIONS) {
    defineFamily(define, {
      one: `${prefix}Edge`,
      ends: undefined,
      ordinals: (heap, method, ends) => selectEdges(heap, method, ends, direction),
      key: (_, edge) => edgeKey(edge),
      rows: edgeRows,
      toEntry: toEdgeEntry,
    })
    defineFamily(define, {
      one: `${prefix}Neighbor`,
      ends: 1,
      ordinals: (heap, method, [node]) =>
        direction === 'none' ? [] : heap.neighbors(nodeOf(heap, method, node), direction),
      key: nodeKey,
      rows: nodeRows,
      toEntry: toNeighborEntry,
    })

    const areNeighbors = `are${prefix}Neighbors`
    define(areNeighbors, function (key, neighborKey) {
      const node = nodeOf(this.heap, areNeighbors, key)
      const neighbor = this.heap.node(`${neighborKey}`)
      return direction !== 'none' && neighbor >= 0 && this.heap.edgesBetween(node, neighbor, direction).length > 0
    })
  }
}

/** What `forEach`, `map`, … go over; `ends` are the arguments before the callback. */
interface Family<R extends Row> {
  /** `Node`, `InEdge`, … */
  one: string
  /** How many arguments stand before the callback; undefined if that varies, and the callback is the last. */
  ends: number | undefined
  /** `method` is for error messages. */
  ordinals(heap: HeapReader, method: string, ends: unknown[]): Iterable<number>
  key(heap: HeapReader, ordinal: number): string
  rows(heap: HeapReader, ordinals: Iterable<number>): Iterable<R>
  toEntry(row: R): unknown
}

/** Nine methods: `nodes`, `nodeEntries`, `forEachNode`, `mapNodes`, `filterNodes`, `reduceNodes`, `findNode`, … */
function defineFamily<R extends Row>(define: Define, {one, ends, ordinals, key, rows, toEntry}: Family<R>): void {
  const all = uncapitalized(`${one}s`)
  const iterator = uncapitalized(`${one}Entries`)
  const forEach = `forEach${one}`
  const find = `find${one}`
  const reduce = `reduce${one}s`
  const rowsOf = (heap: HeapReader, method: string, given: unknown[]) =>
    rows(heap, ordinals(heap, method, given.slice(0, ends)))
  /** The rows that a call is about, and its callback: `extra` arguments may follow it. */
  const split = (heap: HeapReader, method: string, args: unknown[], extra = 0) => {
    const at = ends ?? Math.max(args.length - 1 - extra, 0)
    const callback = asCallback(method, args[at])
    return {rows: rowsOf(heap, method, args.slice(0, at)), callback}
  }

  define(all, function (...args) {
    return Array.from(ordinals(this.heap, all, args.slice(0, ends)), ordinal => key(this.heap, ordinal))
  })
  define(iterator, function (...args) {
    return entries(rowsOf(this.heap, iterator, args), toEntry)
  })
  define(forEach, function (...args) {
    const {rows, callback} = split(this.heap, forEach, args)
    for (const row of rows) callback(...row)
  })
  define(`map${one}s`, function (...args) {
    const {rows, callback} = split(this.heap, forEach, args)
    const results: unknown[] = []
    for (const row of rows) results.push(callback(...row))
    return results
  })
  define(`filter${one}s`, function (...args) {
    const {rows, callback} = split(this.heap, forEach, args)
    const keys: string[] = []
    for (const row of rows) if (callback(...row)) keys.push(row[0])
    return keys
  })
  define(reduce, function (...args) {
    const missing = ends === undefined ? typeof args.at(-2) !== 'function' : args.length < ends + 2
    if (missing) throw new InvalidArgumentsGraphError(`Graph.${reduce}: missing initial value.`)
    const {rows, callback} = split(this.heap, forEach, args, 1)
    let accumulator = ends === undefined ? args.at(-1) : args[ends + 1]
    for (const row of rows) accumulator = callback(accumulator, ...row)
    return accumulator
  })
  define(find, function (...args) {
    const {rows, callback} = split(this.heap, find, args)
    for (const row of rows) if (callback(...row)) return row[0]
    return undefined
  })
  define(`some${one}`, function (...args) {
    const {rows, callback} = split(this.heap, find, args)
    for (const row of rows) if (callback(...row)) return true
    return false
  })
  define(`every${one}`, function (...args) {
    const {rows, callback} = split(this.heap, find, args)
    for (const row of rows) if (!callback(...row)) return false
    return true
  })
}

/** Of the whole graph, of one node, or between two nodes. */
function selectEdges(heap: HeapReader, method: string, ends: unknown[], direction: Direction): Iterable<number> {
  if (direction === 'none') return []
  if (ends.length === 0) return range(heap.snapshot.edgeCount)
  if (ends.length === 1) return heap.edgesOf(nodeOf(heap, method, ends[0]), direction)
  if (ends.length > 2) throw new InvalidArgumentsGraphError(`Graph.${method}: too many arguments.`)
  const source = nodeOf(heap, method, ends[0], 'source node')
  const target = nodeOf(heap, method, ends[1], 'target node')
  return heap.edgesBetween(source, target, direction)
}

function nodeKey(heap: HeapReader, node: number): string {
  return heap.nodeKey(node)
}

function toNodeEntry([node, attributes]: NodeRow): NodeEntry<HeapNodeAttributes> {
  return {node, attributes}
}

function toNeighborEntry([neighbor, attributes]: NodeRow): NeighborEntry<HeapNodeAttributes> {
  return {neighbor, attributes}
}

function toEdgeEntry(row: EdgeRow): EdgeEntry<HeapNodeAttributes, HeapEdgeAttributes> {
  const [edge, attributes, source, target, sourceAttributes, targetAttributes, undirected] = row
  return {edge, attributes, source, target, sourceAttributes, targetAttributes, undirected}
}

function* entries<R extends Row, Entry>(rows: Iterable<R>, toEntry: (row: R) => Entry): Generator<Entry> {
  for (const row of rows) yield toEntry(row)
}
