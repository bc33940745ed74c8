/** A snapshot as other threads are given it: nothing is copied, all its columns lie in shared memory. */

import type {NumberArray} from '../../util/number-column.ts'
import {isShared} from '../../util/shared.ts'
import type {Columns} from './heap.ts'
import type {Header} from './schema.ts'
import {Snapshot} from './snapshot.ts'
import {SEGMENT_BYTES, StringTable} from './strings.ts'

export interface SharedHeap {
  name: string
  header: Header
  columns: Columns
  stringOffsets: NumberArray
  stringPieces: Uint8Array[]
}

/** Undefined if not all of the columns can be shared. */
export function sharedHeap(snapshot: Snapshot): SharedHeap | undefined {
  const {name, header, strings} = snapshot
  const {nodeKind, nodeName, nodeId, nodeSelfBytes, firstEdge, nodeDetachedness, nodeTraceId} = snapshot
  const {edgeKind, edgeName, edgeTarget, locations} = snapshot
  const columns = {
    nodeKind,
    nodeName,
    nodeId,
    nodeSelfBytes,
    firstEdge,
    nodeDetachedness,
    nodeTraceId,
    edgeKind,
    edgeName,
    edgeTarget,
  }
  const stringOffsets = strings.source.offsets()
  const pieces = Math.ceil(strings.totalBytes / SEGMENT_BYTES)
  const stringPieces = Array.from({length: pieces}, (_, index): Uint8Array => strings.source.piece(index))
  const all = [...Object.values(columns), ...Object.values(locations), stringOffsets, ...stringPieces]
  if (!all.every(column => column === undefined || isShared(column))) return undefined
  return {name, header, columns: {...columns, locations}, stringOffsets, stringPieces}
}

/** The snapshot again, in another thread. */
export function snapshotOfShared({name, header, columns, stringOffsets, stringPieces}: SharedHeap): Snapshot {
  const strings = new StringTable({
    count: stringOffsets.length - 1,
    offsets: () => stringOffsets,
    piece(index) {
      const {buffer, byteOffset, byteLength} = stringPieces[index]
      return Buffer.from(buffer, byteOffset, byteLength)
    },
  })
  return new Snapshot(name, header, columns, strings)
}
