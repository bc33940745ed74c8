/** Allocation stacks in words. */
import {
  hasStacks,
  makerOf,
  makers,
  NO_STACK,
  NOBODY,
  type StackFrame,
  stackCoverage,
  stackOf,
} from '../../analyze/facts/makers.ts'
import {makerName, NOBODY_NAME} from '../../analyze/graph/groupings.ts'
import type {CodeOrigin} from '../../snapshot/code/code-origin.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {formatCount, plural} from '../../util/units.ts'
import {codePlaceOf, placeText} from '../places/source-place.ts'

/** A function that made objects, or called what did. */
export interface MakerWords {
  /** `makeOne()`; `(anonymous)`; `(not by application code)`. */
  name: string
  /** Where the function begins, `src/pool.js:31`; '' for V8's own, and for none. */
  place: string
}

/** A function that made some of a set of objects. */
export interface MadeRow {
  /** `makeOne()`; `(anonymous)`. */
  name: string
  /** Where the function begins, `src/pool.js:31`. */
  place: string
  /** Objects that it made. */
  count: number
}

export interface FrameWords extends MakerWords {
  code: CodeOrigin
}

/** Frames of a stack that are told: V8 notes 64 at most (`kMaxAllocationTraceLength`). */
const MAX_FRAMES = 64

function frameWords(snapshot: Snapshot, frame: StackFrame): FrameWords {
  return {name: makerName(frame, -1), place: framePlace(snapshot, frame), code: frame.code}
}

function framePlace(snapshot: Snapshot, frame: StackFrame | undefined): string {
  return frame?.place === undefined ? '' : placeText(codePlaceOf(snapshot, frame.place))
}

/** The stack on which a node was made, innermost first; null if the file does not say. */
export function stackWords(snapshot: Snapshot, node: number): {frames: FrameWords[]; left: number} | null {
  const {frames, left} = stackOf(snapshot, node, MAX_FRAMES)
  return frames.length === 0 ? null : {frames: frames.map(frame => frameWords(snapshot, frame)), left}
}

/** What a maker is called, by its number. */
export function makerWords(snapshot: Snapshot, maker: number): MakerWords {
  const frame = makers(snapshot).frames[maker]
  return {name: makerName(frame, maker), place: framePlace(snapshot, frame)}
}

/** Makers told of one set of objects. */
const MADE = 3

/** Who made most of these objects, most first; none where no stack tells. */
export function madeBy(snapshot: Snapshot, nodes: Uint32Array): MadeRow[] {
  if (!hasStacks(snapshot)) return []
  const of = makerOf(snapshot)
  const counts = new Uint32Array(makers(snapshot).frames.length)
  for (const node of nodes) counts[of(node)]++
  const known = Array.from(counts.keys()).filter(maker => maker !== NO_STACK && maker !== NOBODY && counts[maker] > 0)
  return known
    .sort((a, b) => counts[b] - counts[a] || a - b)
    .slice(0, MADE)
    .map(maker => ({...makerWords(snapshot, maker), count: counts[maker]}))
}

/** How many objects have a stack; none for files that have no stacks. */
export function coverageSentences(snapshot: Snapshot): string[] {
  if (!hasStacks(snapshot)) return []
  const {count, stacks, later} = stackCoverage(snapshot)
  const ofLater =
    later === undefined || later.count === 0
      ? ''
      : ` (${formatCount(later.stacks)} of the ${formatCount(later.count)} that came after the first sample)`
  return [
    `${formatCount(stacks)} of ${plural(count, 'object')} have an allocation stack${ofLater}; V8 notes none before tracking begins, and forgets some of objects that its collector moves (node --no-compact)`,
  ]
}

/** The same for an answer that is of nothing else. */
export function stackSentences(snapshot: Snapshot): string[] {
  if (!hasStacks(snapshot))
    return ['the file has no allocation stacks: take it while allocations are tracked (docs/makers.md)']
  return [
    ...coverageSentences(snapshot),
    `a line is that of the function, which is all V8 notes; ${NOBODY_NAME} is what libraries and the runtime made on their own`,
  ]
}
