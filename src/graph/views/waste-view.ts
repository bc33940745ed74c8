/** Wasted memory as rows with ids, names and words. */

import {pathNames} from '../../analyze/owners/path-names.ts'
import type {StringsAnswer} from '../../analyze/waste/string-waste.ts'
import type {WasteAnswer, WasteCategory, WasteKind} from '../../analyze/waste/waste.ts'
import {holdersOfSet, type SetHolder} from '../../explain/owners/holders-of.ts'
import {placeSentences} from '../../explain/places/place-sentences.ts'
import {describe} from '../../explain/words/describe.ts'
import {sizesSentence} from '../../explain/words/sizes.ts'
import {CUT_LENGTH} from '../../snapshot/code/text.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake} from '../../util/memo.ts'
import {formatCount, plural} from '../../util/units.ts'
import {type SnapshotView, snapshotView} from '../answer/snapshot-view.ts'

export interface StringsView {
  snapshot: SnapshotView
  /** What the texts had to contain; null for all. */
  match: string | null
  minBytes: number
  /** One row a text that several strings have; with `match`, every text that matches. */
  same: {
    /** As the file has it, at most 200 characters, quoted. */
    text: string
    count: number
    selfBytes: number
    wastedBytes: number
    /** Whether only the beginning is known to be the same. */
    isCut: boolean
    exampleId: number
    holders: SetHolder[]
  }[]
  /** One row a string that parts were cut out of. */
  slices: {
    text: string
    count: number
    parentBytes: number
    parentId: number
    /** Whether only parts hold it. */
    isPinned: boolean
    holders: SetHolder[]
  }[]
  /** One row a concatenated string. */
  ropes: {text: string; joins: number; leaves: number; selfBytes: number; exampleId: number; holders: SetHolder[]}[]
  total: StringsAnswer['total']
  limits: string[]
}

export function stringsView(answer: StringsAnswer): StringsView {
  const {snapshot, match, minBytes, total, limit} = answer
  const {nodeId} = snapshot
  const text = (node: number) => describe(snapshot, node).preview
  const same = answer.same.map(({nodes, selfBytes, wastedBytes, isCut}) => ({
    text: text(nodes[0]),
    count: nodes.length,
    selfBytes,
    wastedBytes,
    isCut,
    exampleId: nodeId[nodes[0]],
    holders: holdersOfSet(snapshot, nodes),
  }))
  const slices = answer.slices.map(({parent, parentBytes, nodes, isPinned}) => ({
    text: text(parent),
    count: nodes.length,
    parentBytes,
    parentId: nodeId[parent],
    isPinned,
    holders: holdersOfSet(snapshot, nodes),
  }))
  const ropes = answer.ropes.map(({node, joins, leaves, selfBytes}) => ({
    text: text(node),
    joins,
    leaves,
    selfBytes,
    exampleId: nodeId[node],
    holders: holdersOfSet(snapshot, [node]),
  }))
  const rows = [...same, ...slices, ...ropes]
  const left = (shown: number, all: number, what: string) =>
    shown < all ? [`${formatCount(shown)} of ${plural(all, what)} are shown; --limit N shows more`] : []
  const isCut = same.some(row => row.isCut)
  return {
    snapshot: snapshotView(snapshot),
    match: match ?? null,
    minBytes,
    same,
    slices,
    ropes,
    total,
    limits: [
      ...left(same.length, total.same, 'text'),
      ...left(slices.length, total.slices, 'sliced text'),
      ...left(ropes.length, total.ropes, 'concatenation'),
      `as many of each list as --limit says (${limit}); wasted is what all but one of equal strings take`,
      ...(isCut
        ? [
            `texts marked ~ are the same in their first ${formatCount(CUT_LENGTH)} characters, all that the file has of them, and in size: the rest may differ`,
          ]
        : []),
      ...(match === undefined ? [] : ['concatenated strings are not searched: the file does not have their text']),
      sizesSentence('devtools'),
      ...placeSentences(snapshot, placesOf(rows)),
    ],
  }
}

function placesOf(rows: readonly {holders: readonly SetHolder[]}[]): string[] {
  return rows.flatMap(({holders}) => holders.map(({place}) => place))
}

export interface WasteRow {
  /** `Map`, `Price`. */
  type: string
  /** Where its constructor is written; '' if the file does not say. */
  place: string
  count: number
  wastedBytes: number
  exampleId: number
  /** The path to them; null if there is none. */
  holder: SetHolder | null
}

export interface WasteView {
  snapshot: SnapshotView
  categories: {
    kind: WasteKind
    title: string
    /** How they were found, and what V8 does not write down. */
    how: string
    count: number
    wastedBytes: number
    rows: WasteRow[]
    /** Rows, and objects in them, that are not shown. */
    left: {rows: number; count: number}
  }[]
  /** Whether the file has small whole numbers. */
  hasNumbers: boolean
  total: {count: number; wastedBytes: number}
  limits: string[]
}

export interface WasteViewOptions {
  /** Rows of each category. */
  limit?: number
}

export function wasteView(
  {snapshot, categories, hasNumbers}: WasteAnswer,
  {limit = 5}: WasteViewOptions = {},
): WasteView {
  const views = categories.map(category => categoryView(snapshot, category, hasNumbers, limit))
  const places = views.flatMap(({rows}) => rows.flatMap(({place, holder}) => [place, holder?.place ?? '']))
  return {
    snapshot: snapshotView(snapshot),
    categories: views,
    hasNumbers,
    total: {
      count: views.reduce((sum, {count}) => sum + count, 0),
      wastedBytes: views.reduce((sum, {wastedBytes}) => sum + wastedBytes, 0),
    },
    limits: [
      ...(hasNumbers
        ? []
        : [
            'the file has no small whole numbers, so what may be full of them is not counted as empty; write it with {exposeNumericValues: true} for more',
          ]),
      'an object may appear in several lists; sizes as the file has them',
      ...placeSentences(snapshot, places),
    ],
  }
}

function categoryView(
  snapshot: Snapshot,
  {kind, nodes, bytes, wastedBytes}: WasteCategory,
  hasNumbers: boolean,
  limit: number,
): WasteView['categories'][number] {
  const {nodeId} = snapshot
  const {patternOf} = pathNames(snapshot)
  const {types} = snapshot
  const groups = new Map<number, {nodes: number[]; wastedBytes: number}>()
  for (let i = 0; i < nodes.length; i++) {
    const key = patternOf(nodes[i]) * types.names.length + types.ofNode[nodes[i]]
    const group = getOrMake(groups, key, () => ({nodes: [], wastedBytes: 0}))
    group.nodes.push(nodes[i])
    group.wastedBytes += bytes[i]
  }
  const sorted = [...groups.values()].sort(
    (a, b) => b.wastedBytes - a.wastedBytes || nodeId[a.nodes[0]] - nodeId[b.nodes[0]],
  )
  const shown = sorted.slice(0, limit).map(({nodes, wastedBytes}): WasteRow => {
    const [holder = null] = holdersOfSet(snapshot, nodes, 1)
    const {type, place} = describe(snapshot, nodes[0])
    return {type, place, count: nodes.length, wastedBytes, exampleId: nodeId[nodes[0]], holder}
  })
  return {
    kind,
    title: TITLES[kind],
    how: HOW[kind](hasNumbers),
    count: nodes.length,
    wastedBytes,
    rows: shown,
    left: {
      rows: sorted.length - shown.length,
      count: nodes.length - shown.reduce((sum, {count}) => sum + count, 0),
    },
  }
}

const TITLES: Record<WasteKind, string> = {
  empty: 'empty collections',
  oversized: 'oversized collections',
  sparse: 'sparse arrays',
  equal: 'equal objects',
  boxed: 'boxed numbers',
  pool: 'pooled Buffers',
}

const HOW: Record<WasteKind, (hasNumbers: boolean) => string> = {
  empty: hasNumbers =>
    hasNumbers
      ? 'Map, Set, Array and plain objects with nothing in them; all of their bytes'
      : 'Map and Set without an entry that the file shows (up to 4 small whole numbers may be in one), Arrays without a store; all of their bytes',
  oversized: () =>
    'room for more than twice what is in an Array, more than four times in a Map or Set: capacity is computed from the size of the store, since V8 does not write it; bytes of the free places',
  sparse: () =>
    'Arrays with indexes beyond their store, which V8 keeps as a hash table; bytes besides a word for each item',
  equal: hasNumbers =>
    hasNumbers
      ? 'of one shape (V8 map), every property the same object, an equal text or number; bytes of all but the oldest'
      : 'of one shape (V8 map), every property the same object or an equal text, two properties at least; they may differ in small whole numbers, which the file does not have; bytes of all but the oldest',
  boxed: () => 'numbers that are not small integers and are stored outside of their object; their own bytes',
  pool: () =>
    'slabs that small Buffers were cut out of and that Node fills no further, with what still keeps them alive; bytes of the slabs, of which the file does not say how many are in use',
}
