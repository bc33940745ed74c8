/** Chunks that wait in streams: Node's (lib/internal/streams/readable.js, writable.js) and those of the web (lib/internal/webstreams/). */
import {propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {endsOf, isThing, namedEdges, type WaitFact, type WaitGroup, WaitGroups} from './wait-group.ts'

const READABLE = 'ReadableState'
const WRITABLE = 'WritableState'

/** By class of the stream, and whether they are still to be read or written. */
export function waitingChunks(snapshot: Snapshot): WaitGroup[] {
  const {nodeName, strings, types} = snapshot
  const groups = new WaitGroups(snapshot)
  const readable = strings.setOf(READABLE)
  const writable = strings.setOf(WRITABLE)
  const add = (state: number, count: number, fact: WaitFact) => {
    if (count === 0) return
    const stream = streamOf(snapshot, state, fact === 'readable' ? '_readableState' : '_writableState')
    const key = `${types.ofNode[stream]} ${fact}`
    groups.add(key, stream, count, () => ({of: stream, facts: [fact]}))
  }
  const names = namedEdges(snapshot)
  for (const [state, list] of endsOf(snapshot, names('buffer'))) {
    if (readable.has(nodeName[state]) && isThing(snapshot, list)) add(state, itemsOf(snapshot, list), 'readable')
  }
  for (const name of ['buffered', '<symbol kBufferedValue>'] as const) {
    for (const [state, list] of endsOf(snapshot, names(name))) {
      if (writable.has(nodeName[state]) && isThing(snapshot, list)) add(state, itemsOf(snapshot, list), 'writable')
    }
  }
  for (const [state, list] of endsOf(snapshot, names('queue'))) {
    // A queue of a controller's state has sizes beside it.
    if (!isThing(snapshot, list) || !isWebState(snapshot, state)) continue
    const count = elementCount(snapshot, list)
    if (count > 0) groups.add(`web ${types.ofNode[state]}`, state, count, () => ({of: state, facts: []}))
  }
  return groups.all()
}

function isWebState(snapshot: Snapshot, state: number): boolean {
  return ['highWaterMark', 'sizeAlgorithm', 'strategyHWM'].some(name => propertyTarget(snapshot, state, name) >= 0)
}

/** Items of an array, or of the linked list that readable streams had up to Node 20 (`BufferList`). */
function itemsOf(snapshot: Snapshot, list: number): number {
  const head = propertyTarget(snapshot, list, 'head')
  if (!isThing(snapshot, head)) return elementCount(snapshot, list)
  const seen = new Set<number>()
  for (let at = head; isThing(snapshot, at) && !seen.has(at); at = propertyTarget(snapshot, at, 'next')) seen.add(at)
  return seen.size
}

function elementCount({edgeKind, edgeTarget, firstEdge, nodeKind}: Snapshot, array: number): number {
  let count = 0
  for (let edge = firstEdge[array]; edge < firstEdge[array + 1]; edge++) {
    // What was read already is null.
    if (edgeKind[edge] === EdgeKind.element && !isHidden(nodeKind[edgeTarget[edge]])) count++
  }
  return count
}

/** The stream that has a state; the state itself if none has. */
function streamOf(snapshot: Snapshot, state: number, property: string): number {
  const {edgeKind, edgeName, firstEdge, retainers, strings} = snapshot
  for (let slot = retainers.first[state]; slot < retainers.first[state + 1]; slot++) {
    const edge = retainers.edge[slot]
    if (edgeKind[edge] === EdgeKind.property && strings.get(edgeName[edge]) === property)
      return sourceOf(firstEdge, edge)
  }
  return state
}

function isHidden(kind: number): boolean {
  return kind === 0
}
