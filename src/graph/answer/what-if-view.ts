/** What cuts would free, as rows with ids, names and words. */

import type {Fate, WhatIfAnswer} from '../../analyze/cuts/what-if.ts'
import type {SizeModel} from '../../analyze/facts/self-sizes.ts'
import {describePathHolder} from '../../explain/owners/path-holder.ts'
import {codePlaceOfRow, placeText} from '../../explain/places/source-place.ts'
import {describe} from '../../explain/words/describe.ts'
import {titleField} from '../../explain/words/dom-words.ts'
import {mentionSentence, sizesSentence} from '../../explain/words/sizes.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {formatBytes, formatCount, plural} from '../../util/units.ts'
import {type SnapshotView, snapshotView} from './snapshot-view.ts'

export interface WhatIfView {
  snapshot: SnapshotView
  cuts: {
    text: string
    /** Edges it names. */
    edges: number
    /** Edges of V8's own arrays that hold the same values for the same objects, and go with those. */
    shadowEdges: number
    /** One of the edges, in words. */
    example: string
    place: string
  }[]
  /** The types asked about; null for all. */
  type: string | null
  sizes: SizeModel
  freed: {
    type: string
    /** `detached li`: of elements of a page; not there for others. */
    title?: string
    place: string
    count: number
    /** Objects of the type that are alive while nothing is cut. */
    alive: number
    selfBytes: number
    exampleId: number
  }[]
  total: {types: number; count: number; selfBytes: number}
  heapBytes: number
  /** Objects in the file that nothing reaches even while nothing is cut. */
  unreachable: {count: number; selfBytes: number}
  /** Callbacks of FinalizationRegistries that run for what is freed. */
  callbacks: number
  /** Of what stays, what those callbacks may let go of: WeakRefs that are empty then, and keys that lead to them. */
  mayGo: {count: number; selfBytes: number}
  /** What becomes of the objects the cut edges lead to, or of those of the type asked about. */
  meant: FateView[]
  /** What stays though something freed holds it; empty if a type was asked about. */
  stays: FateView[]
  limits: string[]
}

export interface FateView {
  type: string
  /** As in `freed`. */
  title?: string
  place: string
  count: number
  freed: number
  stays: number
  /** One of those that stay; null if none does. */
  exampleId: number | null
  holders: HolderView[]
  /** Holders left out, and how many objects they hold. */
  left: {holders: number; count: number}
}

export interface HolderView {
  /** `.entries of RequestCache`. */
  text: string
  place: string
  /** The object that has this variable or property. */
  id: number
  /** Types on the path from there to the object that stays: `Map`. */
  via: string[]
  /** Objects that stay and are held so. */
  count: number
}

export function whatIfView(answer: WhatIfAnswer): WhatIfView {
  const {snapshot, cuts, type, sizes, rows, total, heapBytes, unreachable, callbacks, mayGo, fates, stays} = answer
  const {nodeId} = snapshot
  return {
    snapshot: snapshotView(snapshot),
    cuts: cuts.map(({text, edges, shadowEdges}) => {
      const example = describePathHolder(snapshot, edges[0])
      return {text, edges: edges.length, shadowEdges: shadowEdges.length, example: example.text, place: example.place}
    }),
    type: type ?? null,
    sizes,
    freed: rows.map(({type, location, count, alive, selfBytes, example}) => ({
      type,
      ...titleField(type),
      place: placeText(codePlaceOfRow(snapshot, location)),
      count,
      alive,
      selfBytes,
      exampleId: nodeId[example],
    })),
    total,
    heapBytes,
    unreachable,
    callbacks,
    mayGo: {count: mayGo.count, selfBytes: mayGo.selfBytes},
    meant: fates.map(fate => fateView(snapshot, fate)),
    stays: stays.map(fate => fateView(snapshot, fate)),
    limits: limitsOf(answer),
  }
}

function fateView(snapshot: Snapshot, {type, location, count, freed, example, holders, left}: Fate): FateView {
  return {
    type,
    ...titleField(type),
    place: placeText(codePlaceOfRow(snapshot, location)),
    count,
    freed,
    stays: count - freed,
    exampleId: example === null ? null : snapshot.nodeId[example],
    holders: holders.map(({edge, via, count}) => ({
      ...describePathHolder(snapshot, edge),
      via: via.filter(node => snapshot.nodeKind[node] === NodeKind.object).map(node => describe(snapshot, node).type),
      count,
    })),
    left,
  }
}

function limitsOf(answer: WhatIfAnswer): string[] {
  const {rows, total, fates, stays, unreachable, callbacks, mayGo, mentioned, sizes, limitsReached} = answer
  const limits: string[] = []
  if (limitsReached.rows !== undefined) {
    limits.push(
      `${formatCount(rows.length)} of ${plural(total.types, 'type')} that would be freed are shown; --limit N shows more`,
    )
  }
  if (limitsReached.fates !== undefined) {
    limits.push(`of ${plural(fates.length, 'type')} that the cuts lead to, what stays is listed; --limit N lists more`)
  }
  if (limitsReached.stays !== undefined) {
    limits.push(
      `of ${plural(limitsReached.stays, 'type')} that stay though something freed holds them, ${stays.length} are shown`,
    )
  }
  if (unreachable.count > 0) {
    limits.push(
      `${plural(unreachable.count, 'object')}, ${formatBytes(unreachable.selfBytes)}, already unreachable: no cut frees ${unreachable.count === 1 ? 'it' : 'them'}`,
    )
  }
  if (mayGo.count > 0) {
    limits.push(
      `${plural(mayGo.count, 'more object', 'more objects')}, ${formatBytes(mayGo.selfBytes)}, may go once ${plural(callbacks, 'callback')} of FinalizationRegistries ${callbacks === 1 ? 'has' : 'have'} run: WeakRefs left empty`,
    )
  }
  if (mentioned > 0) limits.push(mentionSentence(mentioned))
  return [...limits, sizesSentence(sizes)]
}
