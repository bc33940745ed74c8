/** When objects were made, as far as V8's samples tell: about twenty a second while objects are tracked. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {sampleOf, traces} from '../../snapshot/columns/traces.ts'

/** Whether the file has samples. */
export function hasTimes(snapshot: Snapshot): boolean {
  return traces(snapshot).sampleTime.length > 0
}

/**
 * Of each node the seconds from the first sample to the first one that knew it: 0 for what is older, Infinity for what came after the last,
 * NaN if the file has no samples.
 */
export function birthOf(snapshot: Snapshot): (node: number) => number {
  const {sampleTime} = traces(snapshot)
  return node => {
    const sample = sampleOf(snapshot, node)
    if (sample < 0) return Number.NaN
    return sample === sampleTime.length ? Number.POSITIVE_INFINITY : sampleTime[sample] / 1e6
  }
}

/** Intervals that are told apart. */
const INTERVALS = 20

export interface BirthIntervals {
  /** Seconds at which each of the intervals ends, each beginning where the one before it ends; the first is what the first sample knew. */
  ends: readonly number[]
  /** The interval of each node: 0 is the first one, `ends.length` what came after the last sample, -1 without samples. */
  of: (node: number) => number
}

/** The time of the samples, divided into equal intervals that end at samples. */
export function birthIntervals(snapshot: Snapshot): BirthIntervals {
  const {sampleTime} = traces(snapshot)
  const width = (sampleTime.at(-1) ?? 0) / INTERVALS || 1
  const ends: number[] = []
  let last = -1
  const ofSample = Uint32Array.from(sampleTime, (time, sample) => {
    const interval = sample === 0 ? 0 : Math.max(1, Math.ceil(time / width))
    if (interval > last) ends.push(0)
    last = interval
    ends[ends.length - 1] = time / 1e6
    return ends.length - 1
  })
  return {
    ends,
    of: node => {
      const sample = sampleOf(snapshot, node)
      return sample < 0 ? -1 : sample === sampleTime.length ? ends.length : ofSample[sample]
    },
  }
}
