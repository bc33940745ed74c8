/** Nodes by what they are. */
import {GrowableUint32} from '../../util/growable.ts'
import type {Snapshot} from '../columns/snapshot.ts'

/** All nodes that are meant, ascending. */
export function nodesThat({nodeCount}: Pick<Snapshot, 'nodeCount'>, isMeant: (node: number) => boolean): Uint32Array {
  const found = new GrowableUint32()
  for (let node = 0; node < nodeCount; node++) if (isMeant(node)) found.push(node)
  return found.view()
}
