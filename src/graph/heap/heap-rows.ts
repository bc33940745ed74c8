/** Rows: what a callback of the view's is called with, one row a call. */
import type {HeapEdgeAttributes, HeapNodeAttributes} from './heap-graph.ts'
import {edgeKey, type HeapReader} from './heap-reader.ts'

export type NodeRow = [key: string, attributes: HeapNodeAttributes]
export type EdgeRow = [
  key: string,
  attributes: HeapEdgeAttributes,
  source: string,
  target: string,
  sourceAttributes: HeapNodeAttributes,
  targetAttributes: HeapNodeAttributes,
  undirected: boolean,
]
export type Row = NodeRow | EdgeRow

export function* range(end: number): Generator<number> {
  for (let index = 0; index < end; index++) yield index
}

export function* nodeRows(heap: HeapReader, nodes: Iterable<number>): Generator<NodeRow> {
  for (const node of nodes) yield [heap.nodeKey(node), heap.nodeAttributes(node)]
}

export function* edgeRows(heap: HeapReader, edges: Iterable<number>): Generator<EdgeRow> {
  let source = -1
  let sourceKey = ''
  let sourceAttributes: HeapNodeAttributes | undefined
  for (const edge of edges) {
    // The edges of one node mostly follow one another.
    if (sourceAttributes === undefined || source !== heap.source(edge)) {
      source = heap.source(edge)
      sourceKey = heap.nodeKey(source)
      sourceAttributes = heap.nodeAttributes(source)
    }
    const target = heap.target(edge)
    const targetAttributes = target === source ? sourceAttributes : heap.nodeAttributes(target)
    const attributes = heap.edgeAttributes(edge)
    yield [edgeKey(edge), attributes, sourceKey, heap.nodeKey(target), sourceAttributes, targetAttributes, false]
  }
}
