/** What a snapshot will take, and what to do where that is not there. The figures are those of ARCHITECTURE.md, "The columns". */
import {addressSpaceLeft, type MemoryLeft, memoryLeft} from '../../read/memory.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {formatBytes} from '../../util/units.ts'
import type {Header} from '../columns/schema.ts'

/** Columns of the file; those of a place in code as well, one a node as a rule. */
const READ = {node: 18 + 4, edge: 9}
/** At the peak of the dominators, which most answers ask for. */
const ANSWERED = {node: 54, edge: 14.5}
/** Of the file are texts, as a rule. */
const SHARE_OF_TEXT = 0.15
/** What a thread takes of the address space: its heap and its code are reserved beforehand. */
const THREAD_ADDRESSES = 300e6
/** What V8 must find free at any time, or it ends the process. */
const RESERVE = 150e6

export interface MemoryNeed {
  /** Bytes that reading takes, and that answers take at their peak, this included. */
  read: number
  answered: number
}

/** `sizeBytes`: of the plain file. */
export function memoryNeed(
  {nodeCount, edgeCount}: Pick<Header, 'nodeCount' | 'edgeCount'>,
  sizeBytes: number,
): MemoryNeed {
  // A row takes two bytes a number at the least: a count that lies is believed no further.
  const nodes = Math.min(nodeCount, sizeBytes / 10)
  const edges = Math.min(edgeCount, sizeBytes / 6)
  const text = SHARE_OF_TEXT * sizeBytes
  return {
    read: READ.node * nodes + READ.edge * edges + text,
    answered: ANSWERED.node * nodes + ANSWERED.edge * edges + text,
  }
}

/** The threads that there is room for, at least one. Who starts one more without room for it is ended by V8. */
export function threadsFor(need: MemoryNeed, wanted: number, room = addressSpaceLeft()): number {
  const left = room - need.answered - RESERVE
  return Math.max(1, Math.min(wanted, 1 + Math.floor(left / THREAD_ADDRESSES)))
}

/**
 * A sentence for a file whose answers may not find the memory they need; undefined if they do. Throws TOO_LARGE where a fixed limit does
 * not even let it be read.
 */
export function checkMemory(name: string, need: MemoryNeed, left: MemoryLeft = memoryLeft()): string | undefined {
  const has = `${formatBytes(left.bytes)} ${left.isFixed ? 'are allowed' : 'are free'}`
  if (left.isFixed && need.read + RESERVE > left.bytes) {
    throw new HeapgraphError(
      'TOO_LARGE',
      `${name}: needs about ${formatBytes(need.read + RESERVE)} of memory to be read, ${has}`,
      helpAt(left),
    )
  }
  if (need.answered + RESERVE <= left.bytes) return undefined
  return `needs about ${formatBytes(need.answered + RESERVE)} of memory, ${has}; ${helpAt(left)}`
}

/** Not fewer threads: these needs are those of one. */
function helpAt({isFixed}: MemoryLeft): string {
  const more = isFixed ? 'a higher limit (ulimit -v, the container)' : 'a machine with more free memory'
  return `an index made elsewhere or ${more} helps`
}

/** Asked while something of unknown size is read: packed files, pipes. Throws TOO_LARGE before the memory ends. */
export function checkStillRoom(name: string, readBytes: number, left: MemoryLeft = memoryLeft()): void {
  if (left.bytes > RESERVE) return
  const what = `${name}: ${formatBytes(readBytes)} of it have been read, and only ${formatBytes(left.bytes)} of memory are left`
  throw new HeapgraphError('TOO_LARGE', what, helpAt(left))
}
