/** A part of a snapshot as a snapshot: some of its nodes with the edges between them, under the same ids, and the strings that those need. */
import type {BitSet} from '../../util/bit-set.ts'
import {EDGE_KINDS, NODE_KINDS, type RowLayout} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {isIndexed} from '../load/columns.ts'
import {SnapshotWriter} from './snapshot-writer.ts'

/** What V8 has as string 0, which nothing refers to (`StringsStorage`). */
const NO_STRING = '<dummy>'

/**
 * The file's bytes. `keep` must have the root. Fields and sections that other engines and later V8s add are 0 and left out; so are allocation
 * stacks and scopes.
 */
export function writePart(snapshot: Snapshot, keep: BitSet): Buffer {
  const writer = new SnapshotWriter()
  const part = new Part(snapshot, keep)
  writer.json('snapshot', JSON.stringify(part.header()))
  part.nodes(writer)
  part.edges(writer)
  for (const key of ['trace_function_infos', 'trace_tree', 'samples']) {
    writer.begin(key)
    writer.end()
  }
  part.locations(writer)
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

  constructor(snapshot: Snapshot, keep: BitSet) {
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
  }

  header() {
    const {header, root} = this.#snapshot
    const {meta, schema} = header
    const lists = ['node_fields', 'node_types', 'edge_fields', 'edge_types', 'location_fields', 'sample_fields']
    const more = ['trace_function_info_fields', 'trace_node_fields']
    const kept = [...lists, ...more].filter(key => meta[key] !== undefined)
    const rootPlace = this.#place[root]
    return {
      meta: Object.fromEntries(kept.map(key => [key, meta[key]])),
      ...(rootPlace === 0 ? {} : {root_index: rootPlace * schema.node.length}),
      node_count: this.#nodes.length,
      edge_count: this.#edgeCount,
      trace_function_count: 0,
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
