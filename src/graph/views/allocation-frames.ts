/** The calls of sampled profiles as flame graphs have them: of one profile, or of two laid over each other, call by call. */
import type {AllocationProfile} from '../../read/allocation-profile.ts'
import type {CodeOrigin} from '../../snapshot/code/code-origin.ts'
import {getOrMake} from '../../util/memo.ts'

/** A call as a flame graph has it. */
export interface AllocationFrame {
  /** Index of the frame of its caller; -1 for the first. */
  parent: number
  /** `makeOne`; `(anonymous)`. */
  name: string
  /** Where the function begins, `src/pool.js:31`; '' where V8 does not know. */
  place: string
  /** The whole path or URL of its script; '' for V8's own, `(gone)` where it was not there any more. */
  script: string
  /** From 1 on; 0 where V8 does not know. */
  line: number
  /** Whose code it is. */
  code: CodeOrigin
  /** Its own, not of what it calls; of the later profile if there are two. */
  selfBytes: number
  /** Of itself and of what it calls; of the later profile if there are two. 0: only the earlier one has it. */
  bytes: number
  /** Own bytes of the later profile less those of the earlier one; null if there is one profile. */
  selfChange: number | null
  /** The same of `bytes`. */
  change: number | null
}

/** Each call's words: what its function is called, where it begins, and whose code it is. */
export interface CallWords {
  name: string
  script: string
  line: number
  code: CodeOrigin
  package: string | undefined
}

/** A profile, and the words of its calls. */
export interface ToldProfile {
  profile: AllocationProfile
  words: readonly CallWords[]
}

type Place = (of: CallWords) => string

/** Those with bytes in them. Linear in the calls. */
export function framesOf({profile: {caller, bytes}, words}: ToldProfile, place: Place): AllocationFrame[] {
  const sums = summedUp(bytes, caller)
  return framesWith(sums, caller, call => ({
    ...placed(words[call], place),
    selfBytes: bytes[call],
    bytes: sums[call],
    selfChange: null,
    change: null,
  }))
}

/**
 * The calls of both: one call for those of the same function at the same place, in the same caller. Those with bytes in either, those of the later one first.
 * Linear in the calls.
 */
export function framesOfBoth(earlier: ToldProfile, later: ToldProfile, place: Place): AllocationFrame[] {
  const both: MergedCalls = {caller: [], words: [], known: new Map()}
  const [ofLater, ofEarlier] = [mergedInto(both, later), mergedInto(both, earlier)]
  const {caller, words} = both
  const own = bytesOfMerged(later, ofLater, caller.length)
  const before = bytesOfMerged(earlier, ofEarlier, caller.length)
  const [sums, sumsBefore] = [summedUp(own, caller), summedUp(before, caller)]
  const either = sums.map((bytes, call) => bytes + sumsBefore[call])
  return framesWith(either, caller, call => ({
    ...placed(words[call], place),
    selfBytes: own[call],
    bytes: sums[call],
    selfChange: own[call] - before[call],
    change: sums[call] - sumsBefore[call],
  }))
}

interface MergedCalls {
  caller: number[]
  words: CallWords[]
  /** By caller and function. */
  known: Map<string, number>
}

/** Int32Array(calls): which of the merged calls each is. */
function mergedInto({caller, words, known}: MergedCalls, {profile, words: wordsOf}: ToldProfile): Int32Array {
  const merged = new Int32Array(wordsOf.length)
  for (const [call, of] of wordsOf.entries()) {
    const by = profile.caller[call]
    const parent = by < 0 ? -1 : merged[by]
    // There is one root, whatever a writer calls it.
    const key = by < 0 ? '' : `${parent}\0${of.name}\0${of.script}\0${of.line}`
    merged[call] = getOrMake(known, key, () => {
      words.push(of)
      return caller.push(parent) - 1
    })
  }
  return merged
}

/** Float64Array(count). */
function bytesOfMerged({profile}: ToldProfile, merged: Int32Array, count: number): Float64Array {
  const sums = new Float64Array(count)
  for (const [call, at] of merged.entries()) sums[at] += profile.bytes[call]
  return sums
}

function placed(words: CallWords, place: Place): Pick<AllocationFrame, 'name' | 'place' | 'script' | 'line' | 'code'> {
  const {name, script, line, code} = words
  return {name, place: place(words), script, line, code}
}

/** Float64Array(calls): of each with all below it. Callers stand before those they call. */
function summedUp(bytes: Float64Array, caller: ArrayLike<number>): Float64Array {
  const sums = bytes.slice()
  for (let call = sums.length - 1; call > 0; call--) sums[caller[call]] += sums[call]
  return sums
}

/** A frame for each call of which `weight` is not 0. */
function framesWith(
  weight: Float64Array,
  caller: ArrayLike<number>,
  frameOf: (call: number) => Omit<AllocationFrame, 'parent'>,
): AllocationFrame[] {
  const rowOf = new Int32Array(weight.length).fill(-1)
  const frames: AllocationFrame[] = []
  for (const [call, of] of weight.entries()) {
    if (of === 0) continue
    const parent = caller[call] < 0 ? -1 : rowOf[caller[call]]
    rowOf[call] = frames.push({parent, ...frameOf(call)}) - 1
  }
  return frames
}
