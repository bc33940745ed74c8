/**
 * Profiles of V8's sampling heap profiler (`.heapprofile`): of `node --heap-prof`, of `HeapProfiler.getSamplingProfile`, of Chrome. A tree of calls as JSON,
 * without recursion, for it may be as deep as its writer likes.
 */
import {HeapgraphError} from '../util/errors.ts'

/** The calls of a profile, callers before those they call; arrays of one length. */
export interface AllocationProfile {
  /** The file. */
  name: string
  /** Names of functions; '' for anonymous ones. */
  functions: string[]
  /** Paths or URLs of their scripts; '' for V8's own, `GONE_SCRIPT` where the script was gone when the profile was written. */
  scripts: string[]
  /** Where the function begins, from 1 on; 0 where V8 does not know. Float64Array(calls). */
  line: Float64Array
  /** From 1 on; 0 where V8 does not know. Float64Array(calls). */
  column: Float64Array
  /** The call that called it; -1 for the root. Int32Array(calls). */
  caller: Int32Array
  /** Bytes sampled there, not in what it calls, as V8 estimates them. Float64Array(calls). */
  bytes: Float64Array
  /** What else is to be known of it, in sentences. */
  notes: readonly string[]
}

/** Instead of the name of a script that is not there any more. */
export const GONE_SCRIPT = '(gone)'

/** Calls of more are no profile that a person can use, and would not fit into memory. */
export const MAX_CALLS = 20_000_000
const HINT = 'give a .heapprofile, as node --heap-prof writes it, or a profile of pprof'

/** Throws UNREADABLE if the text is no such profile. */
export function parseAllocationProfile(text: string, name: string): AllocationProfile {
  const head = headOf(text, name)
  const calls: RawCall[] = [head]
  const caller: number[] = [-1]
  for (let at = 0; at < calls.length; at++) {
    const {children} = calls[at]
    if (!Array.isArray(children)) throw noAllocationProfile(name, 'a call has no list of what it calls')
    if (calls.length + children.length > MAX_CALLS) throw noAllocationProfile(name, `more than ${MAX_CALLS} calls`)
    for (const child of children) {
      calls.push(callOf(child, name))
      caller.push(at)
    }
  }
  const column = (value: (call: RawCall) => unknown) => Float64Array.from(calls, call => count(value(call), name))
  return {
    name,
    functions: calls.map(({callFrame}) => word(callFrame.functionName)),
    scripts: calls.map(({callFrame}) => word(callFrame.url) || (Number(callFrame.scriptId) > 0 ? GONE_SCRIPT : '')),
    // V8 counts from 0, and writes -1 where it does not know.
    line: column(({callFrame}) => Number(callFrame.lineNumber ?? -1) + 1),
    column: column(({callFrame}) => Number(callFrame.columnNumber ?? -1) + 1),
    caller: Int32Array.from(caller),
    bytes: column(({selfSize}) => selfSize),
    notes: [],
  }
}

interface RawCall {
  callFrame: {functionName?: unknown; scriptId?: unknown; url?: unknown; lineNumber?: unknown; columnNumber?: unknown}
  selfSize: unknown
  children: unknown
}

function headOf(text: string, name: string): RawCall {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch {
    throw noAllocationProfile(name, 'it is no whole JSON')
  }
  if (typeof file !== 'object' || file === null || !('head' in file)) throw noAllocationProfile(name, 'it has no head')
  return callOf(file.head, name)
}

function callOf(value: unknown, name: string): RawCall {
  const call = value as RawCall | null
  if (typeof call !== 'object' || call === null || typeof call.callFrame !== 'object' || call.callFrame === null)
    throw noAllocationProfile(name, 'a call has no frame')
  return call
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function count(value: unknown, name: string): number {
  if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(Math.round(value))) return value
  throw noAllocationProfile(name, 'a size or a line is no number')
}

/** What is no such profile, and why. */
export function noAllocationProfile(name: string, why: string): HeapgraphError {
  return new HeapgraphError('UNREADABLE', `${name}: not an allocation profile: ${why}`, HINT)
}
