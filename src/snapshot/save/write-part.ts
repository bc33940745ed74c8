/** A part of a snapshot as a snapshot: some of its nodes with the edges between them, under the same ids, and the strings that those need. */
import type {BitSet} from '../../util/bit-set.ts'
import {EDGE_KINDS, NODE_KINDS, type RowLayout} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {isIndexed} from '../load/columns.ts'
import {SCOPE_META, writeScopes} from './part-scopes.ts'
import {PartTraces, TRACE_FIELDS} from './part-traces.ts'
import {SnapshotWriter} from './snapshot-writer.ts'

/** What V8 has as string 0, which nothing refers to (`StringsStorage`). */
const NO_STRING = '<dummy>'

/** What a part has besides nodes, edges, places and strings; both unless told otherwise. */
export interface PartSections {
  /** Allocation stacks of the nodes, and when they were made. */
  traces?: boolean
  /** What V8 says of the scopes of the scripts. */
  scopes?: boolean
}

/** The file's bytes. `keep` must have the root. Fields and sections that other engines and later V8s add are 0 and left out. */
export function writePart(snapshot: Snapshot, keep: BitSet, {traces = true, scopes = true}: PartSections = {}): Buffer {
  const writer = new SnapshotWriter()
  const part = new Part(snapshot, keep, traces)
  writer.json('snapshot', JSON.stringify(part.header()))
  part.nodes(writer)
  part.edges(writer)
  part.traces(writer)
  part.locations(writer)
  if (scopes) part.scopes(writer)
  part.strings(writer)
  writer.finish()
  return Buffer.concat(writer.take())
}

class Part {
  readonly #snapshot: Snapshot
  readonly #keep: BitSet
  /** By node: its place in the part. */
  readonly #place: Uint32Array
  /** By string: 1 + its place in the part. */
  readonly #stringPlace: Uint32Array
  readonly #strings: number[] = []
  readonly #nodes: Uint32Array
  readonly #edgeCounts: Uint32Array
  readonly #edgeCount: number
  readonly #traces: PartTraces

  constructor(snapshot: Snapshot, keep: BitSet, withTraces: boolean) {
    const {nodeCount, firstEdge, edgeTarget, strings} = snapshot
    this.#snapshot = snapshot
    this.#keep = keep
    this.#place = new Uint32Array(nodeCount)
    this.#stringPlace = new Uint32Array(strings.count)
    this.#nodes = new Uint32Array(keep.count())
    this.#edgeCounts = new Uint32Array(this.#nodes.length)
    let place = 0
    let edgeCount = 0
    for (let node = 0; node < nodeCount; node++) {
      if (!keep.has(node)) continue
      this.#place[node] = place
      this.#nodes[place] = node
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++)
        if (keep.has(edgeTarget[edge])) this.#edgeCounts[place]++
      edgeCount += this.#edgeCounts[place++]
    }
    this.#edgeCount = edgeCount
    this.#traces = new PartTraces(snapshot, withTraces ? this.#nodes : undefined)
  }

  header() {
    const {header, root} = this.#snapshot
    const {meta, schema} = header
    const lists = ['node_fields', 'node_types', 'edge_fields', 'edge_types', 'location_fields', ...SCOPE_META]
    const kept = lists.filter(key => meta[key] !== undefined)
    const rootPlace = this.#place[root]
    return {
      meta: {...Object.fromEntries(kept.map(key => [key, meta[key]])), ...TRACE_FIELDS},
      ...(rootPlace === 0 ? {} : {root_index: rootPlace * schema.node.length}),
      node_count: this.#nodes.length,
      edge_count: this.#edgeCount,
      trace_function_count: this.#traces.functionCount,
    }
  }

  nodes(writer: SnapshotWriter): void {
    const {header, nodeKind, nodeName, nodeId, nodeSelfBytes, nodeDetachedness} = this.#snapshot
    const {node: layout, nodeKindOfRaw, nodeKinds} = header.schema
    const rawOfKind = rawNumbers(nodeKindOfRaw, nodeKinds.length)
    const row = rowOf(layout)
    writer.begin('nodes', layout.length)
    this.#nodes.forEach((node, place) => {
      row.set('type', rawOfKind[nodeKind[node]])
      row.set('name', this.#string(nodeName[node]))
      row.set('id', nodeId[node])
      row.set('self_size', nodeSelfBytes[node])
      row.set('edge_count', this.#edgeCounts[place])
      row.set('trace_node_id', this.#traces.traceId(node))
      row.set('detachedness', nodeDetachedness?.[node] ?? 0)
      writer.numbers(row.values, layout.length)
    })
    writer.end()
  }

  edges(writer: SnapshotWriter): void {
    const {header, edgeKind, edgeName, edgeTarget, firstEdge} = this.#snapshot
    const {edge: layout, node: nodeLayout, edgeKindOfRaw, edgeKinds} = header.schema
    const rawOfKind = rawNumbers(edgeKindOfRaw, edgeKinds.length)
    const row = rowOf(layout)
    writer.begin('edges', layout.length)
    for (const node of this.#nodes) {
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
        if (!this.#keep.has(edgeTarget[edge])) continue
        const kind = edgeKind[edge]
        row.set('type', rawOfKind[kind])
        row.set('name_or_index', isIndexed(kind) ? edgeName[edge] : this.#string(edgeName[edge]))
        row.set('to_node', this.#place[edgeTarget[edge]] * nodeLayout.length)
        writer.numbers(row.values, layout.length)
      }
    }
    writer.end()
  }

  traces(writer: SnapshotWriter): void {
    this.#traces.write(writer, index => this.#string(index))
  }

  scopes(writer: SnapshotWriter): void {
    const placeOf = (node: number) => (this.#keep.has(node) ? this.#place[node] : undefined)
    writeScopes(writer, this.#snapshot, placeOf, index => this.#string(index))
  }

  locations(writer: SnapshotWriter): void {
    const {header, locations} = this.#snapshot
    const {location: layout, node: nodeLayout} = header.schema
    if (layout === undefined) return
    const row = rowOf(layout)
    writer.begin('locations', layout.length)
    for (let i = 0; i < locations.node.length; i++) {
      if (!this.#keep.has(locations.node[i])) continue
      row.set('object_index', this.#place[locations.node[i]] * nodeLayout.length)
      row.set('script_id', locations.scriptId[i])
      row.set('line', locations.line[i])
      row.set('column', locations.column[i])
      writer.numbers(row.values, layout.length)
    }
    writer.end()
  }

  strings(writer: SnapshotWriter): void {
    const {strings} = this.#snapshot
    writer.begin('strings')
    writer.string(NO_STRING)
    for (const index of this.#strings) writer.string(strings.get(index))
    writer.end()
  }

  /** The string's place in the part, which it gets when it is first asked for. */
  #string(index: number): number {
    if (this.#stringPlace[index] === 0) this.#stringPlace[index] = this.#strings.push(index)
    return this.#stringPlace[index]
  }
}

/** A type number of the file for each of our kinds. */
function rawNumbers(kindOfRaw: Uint8Array, kinds: number): Uint8Array {
  const raw = new Uint8Array(Math.max(kinds, NODE_KINDS.length, EDGE_KINDS.length))
  for (let number = kindOfRaw.length - 1; number >= 0; number--) raw[kindOfRaw[number]] = number
  return raw
}

function rowOf<T extends string>({length, at}: RowLayout<T>): {values: number[]; set(field: T, value: number): void} {
  const values: number[] = new Array(length).fill(0)
  const set = (field: T, value: number) => {
    if (at[field] >= 0) values[at[field]] = value
  }
  return {values, set}
}
