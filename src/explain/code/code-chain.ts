/** A chain of edges, such as a path from a root, as rules read it. */

import {isText, readText} from '../../snapshot/code/text.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {isIndexed} from '../../snapshot/load/columns.ts'

/** Characters of a key or file's name that are read. */
const LONGEST_NAME = 4096

/** A chain of edges, each beginning where the one before ends, read by its names. */
export class Chain {
  readonly snapshot: Snapshot
  readonly length: number
  readonly #start: number
  readonly #edges: ArrayLike<number>

  constructor(snapshot: Snapshot, start: number, edges: ArrayLike<number>) {
    this.snapshot = snapshot
    this.length = edges.length
    this.#start = start
    this.#edges = edges
  }

  edge(at: number): number {
    return this.#edges[at]
  }

  /** -1 beyond the end, as all that follows. */
  kind(at: number): number {
    return at < this.length ? this.snapshot.edgeKind[this.#edges[at]] : -1
  }

  /** Name of an edge that has one; '' for others. */
  name(at: number): string {
    const {edgeName, strings} = this.snapshot
    return at >= this.length || isIndexed(this.kind(at)) ? '' : strings.get(edgeName[this.#edges[at]])
  }

  is(at: number, kind: number, name: string): boolean {
    return this.kind(at) === kind && this.name(at) === name
  }

  /** Number of an element, hidden slot or numbered internal slot; -1 for others. */
  slot(at: number): number {
    const kind = this.kind(at)
    if (kind < 0) return -1
    if (isIndexed(kind)) return this.snapshot.edgeName[this.#edges[at]]
    const name = kind === EdgeKind.internal ? this.name(at) : ''
    return /^\d+$/.test(name) ? Number(name) : -1
  }

  source(at: number): number {
    return at === 0 ? this.#start : this.snapshot.edgeTarget[this.#edges[at - 1]]
  }

  target(at: number): number {
    return this.snapshot.edgeTarget[this.#edges[at]]
  }

  /** Type of the node that the edge leads to; '' beyond the end. */
  targetType(at: number): string {
    return at < this.length ? this.type(this.target(at)) : ''
  }

  type(node: number): string {
    const {types} = this.snapshot
    return types.names[types.ofNode[node]]
  }

  /** V8's own name of a node, without what newer versions put behind it: `system / Cell`. */
  rawName(node: number): string {
    const {nodeName, strings} = this.snapshot
    return isText(this.snapshot, node) ? '' : strings.get(nodeName[node])
  }

  /** V8's own structure of that name: `system / Cell`, in newer versions with more behind it. */
  isRaw(node: number, name: string): boolean {
    const raw = this.rawName(node)
    return raw.startsWith('system / ') && (raw === `system / ${name}` || raw.startsWith(`system / ${name} `))
  }

  /** What a string says. */
  text(node: number): string {
    return readText(this.snapshot, node, LONGEST_NAME)?.text ?? this.rawName(node)
  }

  /** What the slot before that of an edge has: V8 writes slots in order, so it is the edge before; -1 for a number, which has no edge. */
  slotBefore(at: number): number {
    if (at >= this.length) return -1
    const {edgeKind, edgeName, edgeTarget, firstEdge, strings} = this.snapshot
    const before = this.edge(at) - 1
    if (before < firstEdge[this.source(at)] || edgeKind[before] !== this.kind(at)) return -1
    const wanted = this.slot(at) - 1
    const slot = isIndexed(edgeKind[before]) ? edgeName[before] : strings.get(edgeName[before])
    return String(slot) === String(wanted) ? edgeTarget[before] : -1
  }
}
