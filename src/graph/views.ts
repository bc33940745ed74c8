/** Answers that are tables: plain rows with ids, names and words, all that an emitter knows of them. */

import {distances} from '../analyze/distances.ts'
import type {ListAnswer, ShowAnswer} from '../analyze/objects.ts'
import type {TypesAnswer} from '../analyze/types.ts'
import {type Description, describe} from '../explain/describe.ts'
import {edgeKindName, edgeLabel, edgeStrength, type Strength} from '../explain/edge-label.ts'
import {producerOf} from '../explain/producer.ts'
import type {SnapshotHeader} from '../snapshot/load.ts'
import {sourceOf} from '../snapshot/retainers.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {formatCount, plural} from '../util/units.ts'

export interface SnapshotView {
  name: string
  nodeCount: number
  edgeCount: number
}

export interface TypesView {
  snapshot: SnapshotView
  rows: {type: string; count: number; selfBytes: number; exampleId: number}[]
  total: {types: number; count: number; selfBytes: number}
  limits: string[]
}

export interface ObjectView extends Description {
  selfBytes: number
  /** As DevTools counts: from 100,000,000 up for what only the system holds, -5 for the unreachable. */
  distance: number
}

export interface ListView {
  snapshot: SnapshotView
  subject: string
  rows: ObjectView[]
  total: {count: number; selfBytes: number}
  limits: string[]
}

export interface EdgeView {
  label: string
  kind: string
  strength: Strength
  /** The node at the other end. */
  other: Description & {selfBytes: number}
}

export interface ShowView {
  snapshot: SnapshotView
  object: ObjectView
  detachedness: 'unknown' | 'attached' | 'detached'
  out: EdgeView[]
  in: EdgeView[]
  total: {out: number; in: number}
  limits: string[]
}

export interface InfoView {
  name: string
  /** Size of the file as stored; undefined for a pipe. */
  storedBytes: number | undefined
  /** Whether the file is packed. */
  isPacked: boolean
  producer: string
  nodeCount: number
  edgeCount: number
  /** What the file has besides nodes, edges and strings. */
  has: string[]
  extraNativeBytes: number | undefined
  /** What loading and `backrefs` take at the least. */
  neededBytes: number
}

function snapshotView({name, nodeCount, edgeCount}: Snapshot): SnapshotView {
  return {name, nodeCount, edgeCount}
}

function rowLimit(shown: number, total: number, noun: string): string[] {
  return shown < total ? [`${formatCount(shown)} of ${plural(total, noun)} are shown; --limit N shows more`] : []
}

export function typesView({snapshot, rows, total}: TypesAnswer): TypesView {
  return {
    snapshot: snapshotView(snapshot),
    rows: rows.map(({type, count, selfBytes, example}) => ({
      type,
      count,
      selfBytes,
      exampleId: snapshot.nodeId[example],
    })),
    total,
    limits: rowLimit(rows.length, total.types, 'type'),
  }
}

function objectView(snapshot: Snapshot, node: number): ObjectView {
  return {...describe(snapshot, node), selfBytes: snapshot.nodeSelfBytes[node], distance: distances(snapshot)[node]}
}

export function listView({snapshot, selection, nodes, total}: ListAnswer): ListView {
  return {
    snapshot: snapshotView(snapshot),
    subject: selection.subject,
    rows: Array.from(nodes, node => objectView(snapshot, node)),
    total,
    limits: rowLimit(nodes.length, total.count, 'object'),
  }
}

const DETACHEDNESS = ['unknown', 'attached', 'detached'] as const

export function showView({snapshot, node, out, in: incoming, total}: ShowAnswer): ShowView {
  const edgeView = (edge: number, other: number): EdgeView => ({
    label: edgeLabel(snapshot, edge),
    kind: edgeKindName(snapshot, snapshot.edgeKind[edge]),
    strength: edgeStrength(snapshot, edge),
    other: {...describe(snapshot, other), selfBytes: snapshot.nodeSelfBytes[other]},
  })
  return {
    snapshot: snapshotView(snapshot),
    object: objectView(snapshot, node),
    detachedness: DETACHEDNESS[snapshot.nodeDetachedness?.[node] ?? 0] ?? 'unknown',
    out: Array.from(out, edge => edgeView(edge, snapshot.edgeTarget[edge])),
    in: Array.from(incoming, edge => edgeView(edge, sourceOf(snapshot.firstEdge, edge))),
    total,
    limits: [...rowLimit(out.length, total.out, 'edge out'), ...rowLimit(incoming.length, total.in, 'edge in')],
  }
}

/** Bytes of the columns and derived columns that `backrefs` needs: see ARCHITECTURE.md. */
const NODE_BYTES = 40
const EDGE_BYTES = 18

export function infoView({name, storedBytes, sizeBytes, header}: SnapshotHeader): InfoView {
  const {nodeCount, edgeCount, schema, traceFunctionCount, extraNativeBytes, meta} = header
  const has = [
    ...(schema.location === undefined ? [] : ['source locations']),
    ...(schema.node.at.detachedness < 0 ? [] : ['detachedness']),
    ...(traceFunctionCount === 0 ? [] : [`allocation stacks of ${plural(traceFunctionCount, 'function')}`]),
    ...(meta.scope_fields === undefined ? [] : ['scopes']),
  ]
  return {
    name,
    storedBytes,
    isPacked: sizeBytes === undefined && storedBytes !== undefined,
    producer: producerOf(header),
    nodeCount,
    edgeCount,
    has,
    extraNativeBytes,
    // What is neither a node nor an edge is mostly strings, which are kept as they stand.
    neededBytes:
      nodeCount * NODE_BYTES + edgeCount * EDGE_BYTES + Math.max(0, (sizeBytes ?? 0) - nodeCount * 25 - edgeCount * 14),
  }
}
