/**
 * Who made an object: the functions on the stack on which V8 noted its allocation. The maker is the innermost function of the application's own
 * on it: that a library or the runtime made the object for it says nothing of whose object it is.
 */
import {type CodeOrigin, originOfScript} from '../../snapshot/code/code-origin.ts'
import {type Place, placeMapOf, readablePath} from '../../snapshot/code/places.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {sampleOf, traceOf, traces} from '../../snapshot/columns/traces.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {selfSizes} from './self-sizes.ts'

/** A function on a stack. */
export interface StackFrame {
  /** '' for one without a name. */
  name: string
  /** Where the function begins, with source maps in the source: V8 keeps no line of a call. Undefined for V8's own functions. */
  place: Place | undefined
  code: CodeOrigin
}

/** By number of the function. */
const stackFrames = memoize((snapshot: Snapshot): readonly StackFrame[] => {
  const {strings} = snapshot
  const {functionName, functionScript, functionScriptId, functionLine, functionColumn} = traces(snapshot)
  return Array.from(functionName, (nameIndex, i): StackFrame => {
    const script = readablePath(strings.get(functionScript[i]))
    const ran = {script, line: functionLine[i], column: functionColumn[i]}
    const place = script === '' ? undefined : (placeMapOf(snapshot)?.source(functionScriptId[i], ran) ?? ran)
    return {name: strings.get(nameIndex), place, code: originOfScript(place?.script ?? '').code}
  })
})

/** The stack on which a node was made, innermost first, without V8's root; none if the file does not say. `left`: frames beyond the limit. */
export function stackOf(snapshot: Snapshot, node: number, limit: number): {frames: StackFrame[]; left: number} {
  const {traceCaller, traceFunction} = traces(snapshot)
  const all = stackFrames(snapshot)
  const frames: StackFrame[] = []
  let left = 0
  for (let at = traceOf(snapshot, node); at >= 0 && traceCaller[at] > 0; at = traceCaller[at] - 1) {
    if (frames.length < limit) frames.push(all[traceFunction[at]])
    else left++
  }
  return {frames, left}
}

/** Makers of nodes that have none: without a stack; made without any of the application's functions on it. */
export const [NO_STACK, NOBODY] = [0, 1]

export interface Makers {
  /** By number of the maker; undefined for the first two, which are none. Functions of equal name that begin in one line are one. */
  frames: readonly (StackFrame | undefined)[]
  /** Maker of each place in the tree of calls. */
  ofTrace: Uint32Array
}

/** Linear in the tree of calls. */
export const makers = memoize((snapshot: Snapshot): Makers => {
  const {traceCaller, traceFunction} = traces(snapshot)
  const frames: (StackFrame | undefined)[] = [undefined, undefined]
  const numbers = new Map<string, number>()
  const own = Uint32Array.from(stackFrames(snapshot), frame => {
    if (frame.code !== 'application') return NOBODY
    const key = `${frame.place?.script}\0${frame.place?.line}\0${frame.name}`
    return getOrMake(numbers, key, () => frames.push(frame) - 1)
  })
  const ofTrace = new Uint32Array(traceFunction.length)
  const chain: number[] = []
  for (let from = 0; from < ofTrace.length; from++) {
    let at = from
    while (at >= 0 && ofTrace[at] === NO_STACK && own[traceFunction[at]] === NOBODY) {
      chain.push(at)
      at = traceCaller[at] - 1
    }
    const maker = at < 0 ? NOBODY : ofTrace[at] || own[traceFunction[at]]
    if (at >= 0) ofTrace[at] = maker
    for (let below = chain.pop(); below !== undefined; below = chain.pop()) ofTrace[below] = maker
  }
  return {frames, ofTrace}
})

/** What each maker allocated while V8 tracked, whether it is still there or not: objects, and their bytes. By number of the maker. */
export function allocatedByMaker(snapshot: Snapshot): {count: Float64Array; bytes: Float64Array} {
  const {frames, ofTrace} = makers(snapshot)
  const {traceCount, traceBytes} = traces(snapshot)
  const [count, bytes] = [new Float64Array(frames.length), new Float64Array(frames.length)]
  for (let trace = 0; trace < ofTrace.length; trace++) {
    count[ofTrace[trace]] += traceCount[trace]
    bytes[ofTrace[trace]] += traceBytes[trace]
  }
  return {count, bytes}
}

/** Number of the maker of each node, by its ordinal. */
export function makerOf(snapshot: Snapshot): (node: number) => number {
  const {ofTrace} = makers(snapshot)
  return node => {
    const trace = traceOf(snapshot, node)
    return trace < 0 ? NO_STACK : ofTrace[trace]
  }
}

/** Whether the file has stacks at all. */
export function hasStacks(snapshot: Snapshot): boolean {
  return traces(snapshot).traceId.length > 0 && snapshot.nodeTraceId !== undefined
}

export interface StackCoverage {
  /** Objects, as `types` counts them, and those with a stack. */
  count: number
  stacks: number
  /** Of these, what came after the first sample; undefined without samples. What came before may be older than the tracking. */
  later: {count: number; stacks: number} | undefined
}

/** How many objects have a stack: V8 notes none of what optimized code and its own code in C++ allocate at times. */
export const stackCoverage = memoize((snapshot: Snapshot): StackCoverage => {
  const self = selfSizes(snapshot, 'devtools')
  const [all, later] = [
    {count: 0, stacks: 0},
    {count: 0, stacks: 0},
  ]
  for (let node = 0; node < snapshot.nodeCount; node++) {
    if (self[node] === 0) continue
    const stacks = Number(traceOf(snapshot, node) >= 0)
    all.count++
    all.stacks += stacks
    if (sampleOf(snapshot, node) <= 0) continue
    later.count++
    later.stacks += stacks
  }
  return {...all, later: traces(snapshot).sampleTime.length === 0 ? undefined : later}
})
