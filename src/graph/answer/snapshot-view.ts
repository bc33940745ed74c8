/** What every answer says of the snapshot it is about. */
import {scriptRoot} from '../../explain/places/script-root.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'

/** The file that an answer is about. */
export interface SnapshotView {
  /** What the input was called: a path, mostly. */
  name: string
  /** Nodes in the file. */
  nodeCount: number
  /** Edges in the file. */
  edgeCount: number
  /** The folder that relative paths in `place` are below, with a separator at its end; '' if all are whole. */
  root: string
}

export function snapshotView(snapshot: Snapshot): SnapshotView {
  const {name, nodeCount, edgeCount} = snapshot
  return {name, nodeCount, edgeCount, root: scriptRoot(snapshot)}
}
