/** When objects were made, as far as V8's samples tell: about twenty a second while objects are tracked. */

import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {sampleOf, traces} from '../../snapshot/columns/traces.ts'
import {firstFrom} from '../../util/bisect.ts'

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

/** Something that happened while objects were tracked. */
export interface BirthMark {
  /** Since the first sample; below 0 for what was before. */
  seconds: number
  /** As it was given with the mark. */
  text: string
}

export interface MarkWindows {
  /** What each window begins with, and how many such there are: those of equal text are one. */
  windows: readonly {text: string; times: number; seconds: number}[]
  /** The window of each node: the one that most of the time lies in between the sample that knew it first and the one before. -1 for before the first mark, -2 for what the first sample knew, -3 without samples. */
  of: (node: number) => number
}

/** Linear in samples and marks, but for sorting these by time. */
export function markWindows(snapshot: Snapshot, given: readonly BirthMark[]): MarkWindows {
  const marks = given.toSorted((a, b) => a.seconds - b.seconds)
  const {sampleTime} = traces(snapshot)
  const numbers = new Map<string, number>()
  const windows: {text: string; times: number; seconds: number}[] = []
  const windowOf = marks.map(({text, seconds}) => {
    const known = numbers.get(text)
    if (known !== undefined) {
      windows[known].times++
      return known
    }
    numbers.set(text, windows.length)
    return windows.push({text, times: 1, seconds}) - 1
  })
  const times = Float64Array.from(marks, ({seconds}) => seconds * 1e6)
  const ofTime = (time: number) => {
    const after = firstFrom(times, time)
    return after === 0 ? -1 : windowOf[after - 1]
  }
  // V8 takes its time for a sample, and who waits for it goes on as it ends: a mark often stands right behind one, and its clock is read a moment later.
  const middle = (sample: number) => (sampleTime[sample - 1] + sampleTime[sample]) / 2
  const ofSample = Int32Array.from(sampleTime, (_, sample) => (sample === 0 ? -2 : ofTime(middle(sample))))
  const last = ofTime(Number.POSITIVE_INFINITY)
  return {
    windows,
    of: node => {
      const sample = sampleOf(snapshot, node)
      return sample < 0 ? -3 : sample === sampleTime.length ? last : ofSample[sample]
    },
  }
}
