/** What stands out in one heap, as rows with names and words. */

import {browserParts} from '../../analyze/facts/internals.ts'
import {computeAhead, computeBesides, OF_HOLDERS} from '../../analyze/graph/ahead.ts'
import {keptSizes, keptTree, retainedSizes} from '../../analyze/graph/dominators.ts'
import {heldByTools} from '../../analyze/graph/held-by-tools.ts'
import {NO_GROUP} from '../../analyze/growth/growth.ts'
import {type RemovedFrames, removedFrames} from '../../analyze/growth/removed-frames.ts'
import {type SuspectsAnswer, suspects} from '../../analyze/growth/suspects.ts'
import {pathGroups} from '../../explain/owners/path-groups.ts'
import {placeSentences} from '../../explain/places/place-sentences.ts'
import {coverageSentences} from '../../explain/words/allocation-words.ts'
import {describe} from '../../explain/words/describe.ts'
import {keptSizesSentence} from '../../explain/words/sizes.ts'
import {toolsSentence} from '../../explain/words/tools-words.ts'
import {lackSentence} from '../../explain/words/wholeness-words.ts'
import {originOfScript} from '../../snapshot/code/code-origin.ts'
import {placeOfRow} from '../../snapshot/code/places.ts'
import {isScriptText} from '../../snapshot/code/script-syntax.ts'
import {savedAnswer} from '../../snapshot/columns/answers.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {BitSet} from '../../util/bit-set.ts'
import {plural} from '../../util/units.ts'
import {type SnapshotView, snapshotView} from '../answer/snapshot-view.ts'
import {type KnownNote, type KnownRow, partKnown, unusedSentence} from './known.ts'
import {mostMembers, type SuspectView, suspectView} from './leak-row.ts'

/** From which size on something is a suspect, and how many are listed. */
export interface SuspectsOptions {
  /** Share of the heap (0 to 1) from which on something stands out. */
  minShare?: number
}

/** What `suspects` answers. */
export interface SuspectsView {
  /** The file that was asked. */
  snapshot: SnapshotView
  /** Rows retain at least this share of the heap, 0 to 1. */
  minShare: number
  /** Self sizes of the whole heap: what shares are of. */
  heapBytes: number
  /** Most retained bytes first. */
  rows: (SuspectView & {
    /** What it gathers in: a Map, an array; null for the instances of a class. */
    accumulation: {id: number; type: string; retainedBytes: number} | null
    /** The class, and how many of its instances are meant; null for one object. */
    instances: {type: string; count: number} | null
  })[]
  /** Suspects about which notes say something: not among `rows`. */
  known: KnownRow<SuspectsView['rows'][number]>[]
  /** One sentence for each thing that was left out or could not be decided. */
  limits: string[]
}

export function suspectsView(
  snapshot: Snapshot,
  {minShare = 0.1, notes = []}: SuspectsOptions & {notes?: readonly KnownNote[]} = {},
): SuspectsView {
  const {heapBytes, rows, coverage, limits} = savedAnswer(
    snapshot,
    {question: 'suspects', options: {minShare}, of: []},
    () => allSuspects(snapshot, minShare),
  )
  const parted = partKnown(rows, notes)
  return {
    snapshot: snapshotView(snapshot),
    minShare,
    heapBytes,
    ...parted,
    limits: [...coverage, ...unusedSentence(notes, parted.known), ...limits],
  }
}

/** What the file alone says: all rows, and sentences that stand before and behind what is said of notes. */
interface AllSuspects extends Pick<SuspectsView, 'heapBytes' | 'rows'> {
  coverage: string[]
  limits: string[]
}

function allSuspects(snapshot: Snapshot, minShare: number): AllSuspects {
  const isUserCode = (row: number) => {
    const place = placeOfRow(snapshot, row)
    return place !== undefined && originOfScript(place.script).code !== 'runtime'
  }
  computeAhead(snapshot, ['types', ...OF_HOLDERS, 'offHeap'])
  const {groups, ofNode, left} = pathGroups(snapshot)
  const {names, locations} = snapshot.types
  const isPart = (node: number) => ofNode[node] !== NO_GROUP
  const removed = removedFrames(snapshot)
  const isBrowserPart = browserParts(snapshot)
  const tools = heldByTools(snapshot)
  const isSystemGroup = groups.map(({type}) => type.startsWith('system / '))
  const counted = new BitSet(snapshot.nodeCount)
  for (let node = 0; node < snapshot.nodeCount; node++) {
    const isCounted =
      isPart(node) &&
      !isBrowserPart(node) &&
      !isSystemGroup[ofNode[node]] &&
      // A program's own text is no data of its, though functions look at it.
      !isScriptText(snapshot, node) &&
      !tools?.isHeld(node) &&
      !removed?.isOfThem(node)
    if (isCounted) counted.add(node)
  }
  // Classes of the runtime are parts of everything: their instances have little in common.
  const classes = Uint8Array.from(names, (name, type) =>
    Number(TEXTS.has(name) || name.startsWith('{') || isUserCode(locations[type])),
  )
  const answer = suspects(
    snapshot,
    {isPart, isCounted: node => counted.has(node), isClass: type => classes[type] === 1},
    minShare,
  )
  const accumulations = answer.suspects.map(({accumulation}) => accumulation).filter(node => node >= 0)
  // Made beside the rows, and only if there is an object to compare.
  if (accumulations.length > 0) computeBesides(snapshot, ['dominatorTree'])
  const rows = [
    ...(removed === undefined ? [] : [removedRow(snapshot, removed)]),
    ...answer.suspects.filter(suspect => !isTold(answer, suspect, removed)).map(suspect => rowOf(answer, suspect)),
  ]
  const differing = accumulations.filter(
    node => keptSizes(snapshot)[node] !== retainedSizes(snapshot, 'devtools')[node],
  ).length
  return {
    heapBytes: answer.heapBytes,
    rows,
    coverage: coverageSentences(snapshot),
    limits: [
      ...[lackSentence(snapshot)].filter(sentence => sentence !== undefined),
      ...(differing > 0 ? [keptSizesSentence(differing)] : []),
      ...(tools !== undefined && tools.bytes >= minShare * answer.heapBytes ? [toolsSentence(tools)] : []),
      ...(left.count > 0
        ? [
            `${plural(left.count, 'object')} at ${plural(left.patterns, 'more place')} in the program were not looked at`,
          ]
        : []),
      ...placeSentences(
        snapshot,
        rows.flatMap(({place, also}) => [place, ...also.map(holder => holder.place)]),
      ),
    ],
  }
}

/** Whether an object is much only by the removed frames that it keeps, which are told already. */
function isTold(
  {snapshot, heapBytes, minShare}: SuspectsAnswer,
  {accumulation, retained}: SuspectsAnswer['suspects'][number],
  removed: RemovedFrames | undefined,
): boolean {
  if (removed === undefined || accumulation < 0) return false
  if (retained.bytes - removed.retained.bytes >= minShare * heapBytes) return false
  const {dominator} = keptTree(snapshot)
  return removed.set.outermost.some(node => {
    while (node !== accumulation && node !== snapshot.root) node = dominator[node]
    return node === accumulation
  })
}

/** All of them as one: whoever keeps one keeps others. */
function removedRow(snapshot: Snapshot, {frames, retained, set}: RemovedFrames): SuspectsView['rows'][number] {
  return {
    ...suspectView(snapshot, set, retained),
    accumulation: null,
    instances: {type: frames.length === 1 ? frames[0].name : 'removed frame', count: frames.length},
  }
}

const TEXTS = new Set(['(string)', '(concatenated string)', '(sliced string)'])

function rowOf(
  {snapshot}: SuspectsAnswer,
  {accumulation, type, retained, set}: SuspectsAnswer['suspects'][number],
): SuspectsView['rows'][number] {
  const held = accumulation < 0 ? null : describe(snapshot, accumulation)
  return {
    // What an object retains is more than what the objects below it do.
    ...suspectView(snapshot, accumulation < 0 ? set : {...set, outermost: mostMembers(snapshot, set)}, retained),
    accumulation: held === null ? null : {id: held.id, type: held.type, retainedBytes: retained.bytes},
    instances: type < 0 ? null : {type: snapshot.types.names[type], count: set.outermost.length},
  }
}
