/** Chunks that wait in streams: Node's (lib/internal/streams/readable.js, writable.js) and those of the web (lib/internal/webstreams/). */
import {propertyTarget} from '../../snapshot/code/internal-edges.ts'
import {nameTest} from '../../snapshot/code/names.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
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
  const addWeb = (controller: number, count: number) => {
    if (count === 0) return
    const fact = strings.get(nodeName[controller]).startsWith('Writable') ? 'writable' : 'readable'
    groups.add(`web ${types.ofNode[controller]}`, controller, count, () => ({of: controller, facts: [fact]}))
  }
  for (const [state, list] of endsOf(snapshot, names('queue'))) {
    // A queue of a controller's state has sizes beside it.
    if (!isThing(snapshot, list) || !isWebState(snapshot, state)) continue
    addWeb(streamOf(snapshot, state, '<symbol kState>'), queuedIn(snapshot, list))
  }
  for (const [controller, queue] of blinkQueues(snapshot)) addWeb(controller, pairsBelow(snapshot, queue))
  return groups.all()
}

function isWebState(snapshot: Snapshot, state: number): boolean {
  return ['highWaterMark', 'sizeAlgorithm', 'strategyHWM'].some(name => propertyTarget(snapshot, state, name) >= 0)
}

/** Chunks in an array of them, or since Node 26 in a list of chunks and sizes by turns (`Queue` in lib/internal/webstreams/util.js). */
function queuedIn(snapshot: Snapshot, queue: number): number {
  const list = propertyTarget(snapshot, queue, 'list')
  return isThing(snapshot, list)
    ? elementCount(snapshot, list, index => index % 2 === 0)
    : elementCount(snapshot, queue)
}

const QUEUE = /^blink::QueueWithSizes$/
const PAIR = /^blink::QueueWithSizes::ValueSizePair$/

/** Each controller of a page's streams with the queue that it has (core/streams/queue_with_sizes.h). */
function* blinkQueues(snapshot: Snapshot): Generator<[controller: number, queue: number]> {
  const {nodeCount, nodeKind, nodeName, retainers} = snapshot
  const isQueue = nameTest(snapshot, text => QUEUE.test(text))
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.native || !isQueue(nodeName[node])) continue
    const slot = retainers.first[node]
    if (slot < retainers.first[node + 1]) yield [retainers.source[slot], node]
  }
}

/** A queue has a vector, and that a pair for each chunk. */
function pairsBelow({edgeTarget, firstEdge, nodeKind, nodeName, strings}: Snapshot, queue: number): number {
  let count = 0
  for (let edge = firstEdge[queue]; edge < firstEdge[queue + 1]; edge++) {
    const vector = edgeTarget[edge]
    if (nodeKind[vector] !== NodeKind.native) continue
    for (let item = firstEdge[vector]; item < firstEdge[vector + 1]; item++) {
      if (PAIR.test(strings.get(nodeName[edgeTarget[item]]))) count++
    }
  }
  return count
}

/** Items of an array, or of the linked list that readable streams had up to Node 20 (`BufferList`). */
function itemsOf(snapshot: Snapshot, list: number): number {
  const head = propertyTarget(snapshot, list, 'head')
  if (!isThing(snapshot, head)) return elementCount(snapshot, list)
  const seen = new Set<number>()
  for (let at = head; isThing(snapshot, at) && !seen.has(at); at = propertyTarget(snapshot, at, 'next')) seen.add(at)
  return seen.size
}

function elementCount(
  {edgeKind, edgeName, edgeTarget, firstEdge, nodeKind}: Snapshot,
  array: number,
  isMeant: (index: number) => boolean = () => true,
): number {
  let count = 0
  for (let edge = firstEdge[array]; edge < firstEdge[array + 1]; edge++) {
    // What was read already is null.
    if (edgeKind[edge] === EdgeKind.element && isMeant(edgeName[edge]) && !isHidden(nodeKind[edgeTarget[edge]])) count++
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
