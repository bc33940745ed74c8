/** Questions to one snapshot, named as the commands are. */
import {detached as askDetached, type DetachedOptions} from '../analyze/answers/detached.ts'
import {dominators as askDominators, type DominatorsOptions} from '../analyze/answers/dominator-view.ts'
import {list as askList, show as askShow, type ListOptions, type ShowOptions} from '../analyze/answers/objects.ts'
import {types as askTypes, isGroupBy, type TypesOptions} from '../analyze/answers/types.ts'
import {whatIf as askWhatIf, type WhatIfOptions} from '../analyze/cuts/what-if.ts'
import {cycles as askCycles, type CyclesOptions} from '../analyze/cycles/cycles.ts'
import {GROUPINGS, isByProperty} from '../analyze/graph/groupings.ts'
import {type OwnersOptions, owners} from '../analyze/owners/owners.ts'
import {backrefs as askBackrefs, refs as askRefs, type NeighborsOptions} from '../analyze/paths/neighbors.ts'
import {type PathOptions, shortestPaths} from '../analyze/paths/path.ts'
import type {Selection} from '../analyze/select/select.ts'
import {type AsyncOptions, asyncCensus as askAsync} from '../analyze/waiting/census.ts'
import {strings as askStrings, type StringsOptions} from '../analyze/waste/string-waste.ts'
import {unusedVariables} from '../analyze/waste/unused-variables.ts'
import {waste as askWaste} from '../analyze/waste/waste.ts'
import {type MakersOptions, makersView} from '../graph/views/makers-view.ts'
import {type SuspectsOptions, suspectsView} from '../graph/views/suspects-view.ts'
import type {Snapshot} from '../snapshot/columns/snapshot.ts'
import {
  aCount,
  aFlag,
  aLimit,
  aShare,
  aSize,
  aText,
  type Check,
  fitting,
  isObject,
  listOf,
  oneOf,
  optionsOf,
} from '../util/arguments.ts'
import {question} from './answers.ts'
import {aNode, aSelection, aSnapshot, selectionOf, sizes} from './checks.ts'

const aWordForRows = oneOf(...GROUPINGS)
const aGrouping: Check = (value, name, all) => {
  if (typeof value !== 'string' || !isByProperty(value) || !isGroupBy(value)) aWordForRows(value, name, all)
}

const aMark = fitting("a mark such as {seconds: 1.5, text: 'login'}", value => {
  return isObject(value) && Number.isFinite(value.seconds) && typeof value.text === 'string'
})

/** Objects and bytes by type, kind, shape, script, realm, package, maker, time of birth or the value of a property (`prop.state`): rows sorted and cut to `limit`, totals over all of them. */
export const types = question(
  'types',
  [
    aSnapshot,
    [
      'options',
      optionsOf<TypesOptions>({
        by: aGrouping,
        sort: oneOf('count', 'self', 'off-heap', 'retained', 'name'),
        filter: aText,
        among: selectionOf,
        limit: aLimit,
        sizes,
        retained: aFlag,
        marks: listOf(aMark),
      }),
    ],
  ],
  askTypes,
)

/** The objects of a selection: `nodes` is a `Uint32Array` of ordinals, sorted, ties by id, cut to `limit`. */
export const list = question(
  'list',
  [
    aSnapshot,
    aSelection,
    [
      'options',
      optionsOf<ListOptions>({
        sort: oneOf('id', 'self', 'off-heap', 'retained', 'distance'),
        limit: aLimit,
        sizes,
        columns: listOf(aText),
        histogram: aFlag,
        isLast: aFlag,
      }),
    ],
  ],
  askList,
)

/** One object, by its ordinal: its edges out and in (`Uint32Array` of edge ordinals), what it retains, and what it reaches, in bytes. */
export const show = question(
  'show',
  [aSnapshot, ['node', aNode], ['options', optionsOf<ShowOptions>({limit: aLimit, sizes, isLast: aFlag})]],
  askShow,
)

const neighborsOptions = optionsOf<NeighborsOptions>({depth: aLimit, fan: aLimit, minShare: aShare, raw: aFlag})

/** What holds the objects, level by level up to the roots, in groups of one type: `groups[0]` is the objects asked about. */
export const backrefs = question('graph', [aSnapshot, aSelection, ['options', neighborsOptions]], askBackrefs)

/** What the objects hold, level by level, in groups of one type. */
export const refs = question('graph', [aSnapshot, aSelection, ['options', neighborsOptions]], askRefs)

/** Who keeps the objects alive and must let go: owners, the application's first, then by number of objects; sizes in bytes. Linear in the heap behind them. */
export const why = question(
  'graph',
  [aSnapshot, aSelection, ['options', optionsOf<OwnersOptions>({limit: aLimit})]],
  (snapshot: Snapshot, selection: Selection, options: OwnersOptions = {}) => owners(snapshot, selection, options),
)

/** The `count` (1) shortest paths to any of the objects, from the roots or from `from`; nodes and edges by ordinal. Throws USAGE for a bad expression. */
export const path = question(
  'graph',
  [
    aSnapshot,
    aSelection,
    [
      'options',
      optionsOf<PathOptions>({
        count: aCount,
        from: selectionOf,
        avoid: listOf(aText),
        through: aText,
        maxSteps: aCount,
      }),
    ],
  ],
  shortestPaths,
)

/** Objects that hold each other: strongly connected components by the pattern of their shortest cycle. */
export const cycles = question(
  'graph',
  [
    aSnapshot,
    [
      'options',
      optionsOf<CyclesOptions>({
        through: selectionOf,
        raw: aFlag,
        minLength: aCount,
        maxLength: aCount,
        retained: aFlag,
        limit: aLimit,
      }),
    ],
  ],
  askCycles,
)

/** What dominates the heap below an object, by its ordinal, or below the root: rows with their retained bytes, parents first. */
export const dominators = question(
  'graph',
  [
    aSnapshot,
    [
      'options',
      optionsOf<DominatorsOptions>({
        node: aNode,
        depth: aLimit,
        fan: aLimit,
        minShare: aShare,
        sizes,
        leftTypes: aLimit,
      }),
    ],
  ],
  askDominators,
)

/** DOM trees that are in no document any more, largest first, with the edge that holds each. */
export const detached = question(
  'detached',
  [aSnapshot, ['options', optionsOf<DetachedOptions>({limit: aLimit, sizes})]],
  askDetached,
)

/**
 * What would be freed if the edges were cut that `cuts` name (docs/what-if.md): types with counts and bytes, and what stays. Linear in the
 * heap. Throws USAGE for a text that is no cut, NOTHING_FOUND for one that matches nothing.
 */
export const whatIf = question(
  'whatIf',
  [aSnapshot, ['cuts', listOf(aText)], ['options', optionsOf<WhatIfOptions>({type: aText, limit: aLimit, sizes})]],
  askWhatIf,
)

/** What stands out in one snapshot: rows that retain at least `minShare` (0 to 1, 0.1) of the heap, with the line that must let go. */
export const suspects = question(
  'suspects',
  [aSnapshot, ['options', optionsOf<SuspectsOptions>({minShare: aShare})]],
  (snapshot: Snapshot, options: SuspectsOptions = {}) => suspectsView(snapshot, options),
)

/** Who made objects (by allocation stacks) beside who keeps them, of `among` or all: `cells` are counts and self sizes in bytes, and add up to those of `types`. */
export const makers = question(
  'makers',
  [aSnapshot, ['options', optionsOf<MakersOptions>({among: selectionOf, limit: aLimit})]],
  (snapshot: Snapshot, options: MakersOptions = {}) => makersView(snapshot, options),
)

/** Memory in strings: equal texts, slices that keep a long text, ropes; bytes. Throws USAGE for a bad regular expression. */
export const strings = question(
  'strings',
  [aSnapshot, ['options', optionsOf<StringsOptions>({match: aText, minBytes: aSize, limit: aLimit})]],
  askStrings,
)

/** Memory wasted by kind: empty and oversized collections, equal objects, boxed numbers, pools; `bytes` is a `Float64Array` beside `nodes`. Linear in the heap. */
export const waste = question('waste', [aSnapshot], askWaste)

/**
 * What waits and what is open, by kind and reason: pending promises by the await or then that waits, stores of AsyncLocalStorage, timers,
 * listeners by emitter and event, handles, chunks in streams, signals. `limit` (10) rows of each kind in a text; the answer has all. Linear in the heap.
 */
export const asyncCensus = question(
  'async',
  [aSnapshot, ['options', optionsOf<AsyncOptions>({limit: aLimit})]],
  askAsync,
)

/** Variables that closures keep and nobody uses any more: at most `limit` (30), most bytes first. */
export const closures = question(
  'closures',
  [aSnapshot, ['options', optionsOf<{limit?: number}>({limit: aLimit})]],
  (snapshot: Snapshot, {limit = 30}: {limit?: number} = {}) => unusedVariables(snapshot, limit),
)
