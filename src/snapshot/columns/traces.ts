/**
 * What V8 notes while it tracks allocations: the stacks on which objects were made, and when (`AllocationTracker`, allocation-tracker.h;
 * `HeapObjectsMap::samples`). A frame is a function, not a line in it.
 */
import {firstFrom, indexInSorted} from '../../util/bisect.ts'
import {memoize} from '../../util/memo.ts'
import type {NumberArray} from '../../util/number-column.ts'
import type {Snapshot} from './snapshot.ts'

/** Columns of a file's functions, of its tree of calls, and of its samples. */
export interface Traces {
  /** Of each function: index of its name in `strings`. */
  functionName: NumberArray
  /** Index of the name of its script in `strings`. */
  functionScript: NumberArray
  /** 0 for V8's own functions. */
  functionScriptId: NumberArray
  /** Where the function begins: from 1 on, 0 where V8 does not know. */
  functionLine: NumberArray
  functionColumn: NumberArray
  /** Of each place in the tree of calls, sorted: V8's number of it, which nodes have as their trace. */
  traceId: NumberArray
  /** Its function. */
  traceFunction: NumberArray
  /** 1 + the place that called it; 0 for the root. */
  traceCaller: NumberArray
  /** All allocations there while they were tracked, also of what is gone. */
  traceCount: NumberArray
  /** Their bytes. */
  traceBytes: NumberArray
  /** Of each sample: microseconds since the first. */
  sampleTime: NumberArray
  /** The last id that was given then. */
  sampleLastId: NumberArray
}

export const TRACE_KEYS = [
  'functionName',
  'functionScript',
  'functionScriptId',
  'functionLine',
  'functionColumn',
  'traceId',
  'traceFunction',
  'traceCaller',
  'traceCount',
  'traceBytes',
  'sampleTime',
  'sampleLastId',
] as const satisfies readonly (keyof Traces)[]

const GROUP = 'allocations'
const NOTHING = new Uint32Array(0)

/** Those of a file that has none. */
export function noTraces(): Traces {
  return Object.fromEntries(TRACE_KEYS.map(key => [key, NOTHING])) as unknown as Traces
}

/** Keeps them with the snapshot, and so in its index. */
export function keepTraces({saved}: Snapshot, found: Traces): void {
  saved.group<Traces>(GROUP, TRACE_KEYS, () => found)
}

/** Empty columns where allocations were not tracked. */
export const traces = memoize((snapshot: Snapshot): Traces => {
  if (!snapshot.saved.has(GROUP)) return noTraces()
  return snapshot.saved.group<Traces>(GROUP, TRACE_KEYS, noTraces)
})

/** Where in the tree of calls a node was made; -1 if the file does not say. Bisection. */
export function traceOf(snapshot: Snapshot, node: number): number {
  const id = snapshot.nodeTraceId?.[node] ?? 0
  return id === 0 ? -1 : indexInSorted(traces(snapshot).traceId, id)
}

/**
 * The first sample that knew a node, by its id; their number if none did, -1 without samples. What the first knew was made up to then: V8
 * takes it some 50 ms after tracking begins, and gives no time of the beginning.
 */
export function sampleOf(snapshot: Snapshot, node: number): number {
  const {sampleLastId} = traces(snapshot)
  return sampleLastId.length === 0 ? -1 : firstFrom(sampleLastId, snapshot.nodeId[node])
}
