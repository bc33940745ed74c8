/** The text of strings that V8 writes in pieces. */
import {EdgeKind, NodeKind} from './schema.ts'
import type {Snapshot} from './snapshot.ts'

/** V8 does not write the text of a part of another string; the edge `parent` leads to that, but not which part it is. */
export const UNKNOWN_TEXT = '(sliced string)'

/** Pieces of a rope looked at before what there is must do. */
const MAX_PIECES = 4096

/** The text of a concatenated string, from its leaves, left to right, until there are `length` characters or more. */
export function joinedText(snapshot: Snapshot, node: number, length: number): string {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeKind, nodeName, strings} = snapshot
  let text = ''
  const pending = [node]
  for (let pieces = 0; pending.length > 0 && pieces < MAX_PIECES && text.length < length; pieces++) {
    const piece = pending.pop()!
    if (nodeKind[piece] !== NodeKind['concatenated string']) {
      const name = strings.get(nodeName[piece])
      text += nodeKind[piece] === NodeKind['sliced string'] && name === UNKNOWN_TEXT ? '…' : name
      continue
    }
    const halves: {first?: number; second?: number} = {}
    for (let edge = firstEdge[piece]; edge < firstEdge[piece + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.internal) continue
      const half = strings.get(edgeName[edge])
      if (half === 'first' || half === 'second') halves[half] = edgeTarget[edge]
    }
    if (halves.second !== undefined) pending.push(halves.second)
    if (halves.first !== undefined) pending.push(halves.first)
  }
  return text
}
