/** The smallest part of a heap found that still passes a test, as a snapshot of its own. */
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../snapshot/load/load.ts'
import {type PartSections, writePart} from '../../snapshot/save/write-part.ts'
import {BitSet} from '../../util/bit-set.ts'
import {minimized} from '../../util/delta-debugging.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {reachedWithin, surroundingsOf} from './around.ts'

/** What must stay, and how long is searched. */
export interface ReduceOptions {
  /** Ordinals of the objects that the answer speaks of: parts around them are tried first. */
  nodes: Uint32Array
  /** Whether a part, opened, still gives the answer. */
  isSame: (part: Snapshot) => boolean | Promise<boolean>
  /** Parts that are tried without, 2,000 unless given. */
  tries?: number
}

/** A small snapshot. */
export interface ReducedSnapshot {
  /** The file. */
  bytes: Uint8Array
  /** Parts that were tried without. */
  tries: number
}

/** Steps around the objects of the answer that are tried, one after the other. */
const MOST_STEPS = 6

/** Throws NOTHING_FOUND if not even all of the snapshot passes, written anew: the answer needs more than the file. */
export async function smallestPart(
  snapshot: Snapshot,
  {nodes, isSame, tries: mostTries = 2000}: ReduceOptions,
): Promise<ReducedSnapshot> {
  const passes = async (bytes: Uint8Array) => isSame(await openSnapshot(bytes))
  const part = await openSnapshot(await sliceAround(snapshot, nodes, passes))
  const all = allNodes(part.nodeCount)
  const partOf = (items: Uint32Array) => {
    const keep = BitSet.of(part.nodeCount, items)
    keep.add(part.root)
    const reached = reachedWithin(part, keep)
    return {reached, bytes: writePart(part, reached)}
  }
  const {items, tries} = await minimized(all, mostTries, async items => {
    const {reached, bytes} = partOf(items)
    return (await passes(bytes)) ? all.filter(node => reached.has(node)) : undefined
  })
  const {reached} = partOf(items)
  const sections = await fewestSections(part, reached, passes)
  return {bytes: writePart(part, reached, sections), tries}
}

/** Stacks and scopes stay only if the answer needs them. */
async function fewestSections(
  part: Snapshot,
  keep: BitSet,
  passes: (bytes: Uint8Array) => Promise<boolean>,
): Promise<PartSections> {
  const sections = {traces: true, scopes: true}
  for (const section of ['traces', 'scopes'] as const) {
    const fewer = {...sections, [section]: false}
    if (await passes(writePart(part, keep, fewer))) sections[section] = false
  }
  return sections
}

/** The surroundings of the objects, as far as it takes; all if that is what it takes. */
async function sliceAround(
  snapshot: Snapshot,
  nodes: Uint32Array,
  passes: (bytes: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  const surroundings = surroundingsOf(snapshot, nodes)
  let last = 0
  for (let steps = 1; steps <= MOST_STEPS; steps++) {
    const keep = surroundings.within(steps)
    const count = keep.count()
    if (count === last) break
    last = count
    const bytes = writePart(snapshot, keep)
    if (await passes(bytes)) return bytes
  }
  const whole = writePart(snapshot, BitSet.of(snapshot.nodeCount, allNodes(snapshot.nodeCount)))
  if (await passes(whole)) return whole
  throw new HeapgraphError(
    'NOTHING_FOUND',
    'the answer needs more than the snapshot itself, such as files beside it',
    'share the whole snapshot: heapgraph redact',
  )
}

function allNodes(count: number): Uint32Array {
  return Uint32Array.from({length: count}, (_, node) => node)
}
