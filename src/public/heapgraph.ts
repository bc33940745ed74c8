/**
 * heapgraph as a library: open a snapshot, ask, write the answer.
 *
 *     const snapshot = await openSnapshot('app.heapsnapshot')
 *     console.log(toText(why(snapshot, select(snapshot, {type: 'Session'}))))
 *
 * Questions are called as the commands are. Objects are given and answered by `ordinal`, their position in the file from 0 on, which has a
 * meaning within one snapshot only; `snapshot.nodeId[ordinal]` is V8's id, which is the same in all snapshots of one process. Sizes are bytes.
 * Every function throws HeapgraphError USAGE for arguments that make no sense; those that return a promise reject with it.
 */
import {
  nearestTypes as findNearest,
  selectorOf as readSelector,
  select as selectNodes,
} from '../analyze/select/select.ts'
import {loadSourceMaps as readSourceMaps, type SourceMapsOptions} from '../explain/places/source-maps.ts'
import {infoView} from '../graph/views/views.ts'
import type {SnapshotInput} from '../read/source.ts'
import {openSnapshot as loadSnapshot, openHeader} from '../snapshot/load/load.ts'
import {anInput, openOptions} from '../snapshot/load/open-options.ts'
import {aLimit, aNumber, aText, checked, checkedLater, optionsOf} from '../util/arguments.ts'
import {questionLater} from './answers.ts'
import {aSnapshot, selectorCheck, whereOptions} from './checks.ts'

// Opening

/**
 * Loads a heap snapshot: a path (plain, gzip, in a .zip or .tar.gz, `-` for standard input), its bytes, or a stream of them. Throws UNREADABLE,
 * TOO_LARGE, NOT_A_SNAPSHOT or BROKEN_SNAPSHOT, with file, section, byte and what to do. `close()`, or `using`, ends the threads that have read it.
 */
export const openSnapshot = checkedLater([anInput, ['options', openOptions]], loadSnapshot)

/** What a file is, by its header alone, in milliseconds: producer, counts, and the bytes of memory that loading it will take. Throws as `openSnapshot`. */
export const info = questionLater('info', [anInput], async (input: SnapshotInput) => infoView(await openHeader(input)))

/**
 * Reads the source maps of the application's scripts, beside them and in `folder`, and has all places told by them from here on. Comes before
 * the first question. Broken maps are `remarks`; throws USAGE if there is no such folder.
 */
export const loadSourceMaps = checkedLater(
  [aSnapshot, ['options', optionsOf<SourceMapsOptions>({folder: aText, takenAt: aNumber})]],
  readSourceMaps,
)

// Selecting

/**
 * The objects meant, `Uint32Array` of ordinals ascending by id, empty if there are none: by `type` or `name` (exact, or `/regex/`), `id`, `ids`, or
 * `where`, an expression (docs/where.md). Throws USAGE for a bad regular expression or expression.
 */
export const select = checked([aSnapshot, ['selector', selectorCheck], ['options', whereOptions]], selectNodes)

/** A selector in one word: `@123`, an expression, or a type, exact or as `/regex/`. */
export const selectorOf = checked([['text', aText]], readSelector)

/** Type names like `wanted`, best first, at most `limit` (5): for "did you mean". */
export const nearestTypes = checked(
  [aSnapshot, ['wanted', aText], ['limit', (value, name, all) => value === undefined || aLimit(value, name, all)]],
  findNearest,
)

// Questions, named as the commands are

export {
  asyncCensus,
  backrefs,
  closures,
  cycles,
  detached,
  dominators,
  list,
  makers,
  path,
  refs,
  show,
  strings,
  suspects,
  types,
  waste,
  whatIf,
  why,
} from './questions.ts'

// Sampled profiles of allocations

export {allocations} from './allocations.ts'

// Several snapshots, and assertions

export {assert, baseOf, type GrowthOptions, growth, growthBaseline, leaks} from './comparisons.ts'

// Answers

export {toDot, toGraph, toHtml, toJson, toMarkdown, toMermaid, toPng, toSvg, toText} from './output.ts'

// Facts of single objects, and of all

export {
  codeOf,
  distanceOf,
  dominatorTree,
  formatBytes,
  offHeapBytes,
  placeOf,
  retainedSizes,
  scopeText,
  selfSizes,
} from './facts.ts'

// Indexes

export {indexFolder, listIndexes, pruneIndexes, saveIndex} from './indexes.ts'

// The types in the signatures above

export type {DetachedAnswer, DetachedOptions, DetachedTree} from '../analyze/answers/detached.ts'
export type {
  BigDrop,
  DominatorRow,
  DominatorsAnswer,
  DominatorsOptions,
  Omitted,
} from '../analyze/answers/dominator-view.ts'
export type {HistogramRow, ListAnswer, ListOptions, ShowAnswer, ShowOptions} from '../analyze/answers/objects.ts'
export type {TypeRow, TypesAnswer, TypesOptions, TypesSort} from '../analyze/answers/types.ts'
export type {Cut} from '../analyze/cuts/cuts.ts'
export type {Fate, FreedRow, Holding, WhatIfAnswer, WhatIfOptions} from '../analyze/cuts/what-if.ts'
export type {CycleGroup} from '../analyze/cycles/cycle-groups.ts'
export type {CyclesAnswer, CyclesOptions} from '../analyze/cycles/cycles.ts'
export type {Agreement, IdSample} from '../analyze/facts/agreement.ts'
export type {BirthMark} from '../analyze/facts/births.ts'
export type {Unknown} from '../analyze/facts/context-scopes.ts'
export type {KnownObjects} from '../analyze/facts/known-objects.ts'
export type {OffHeapBytes} from '../analyze/facts/off-heap.ts'
export type {SizeModel} from '../analyze/facts/self-sizes.ts'
export type {Distance} from '../analyze/graph/distances.ts'
export type {DominatorTree} from '../analyze/graph/dominators.ts'
export type {GroupBy} from '../analyze/graph/groupings.ts'
export type {
  GroupKey,
  GrowthBy,
  GrowthRow,
  GrowthSort,
  GrowthStep,
  GrowthTotal,
  PlacePart,
} from '../analyze/growth/growth.ts'
export type {LeakedSet} from '../analyze/growth/leaks.ts'
export type {CountedType, ObjectCounts} from '../analyze/growth/left-behind.ts'
export type {CountTrend} from '../analyze/growth/trend.ts'
export type {OwnedPath} from '../analyze/owners/owner-search.ts'
export type {Owner, OwnersAnswer, OwnersOptions} from '../analyze/owners/owners.ts'
export type {Joint, NeighborGroup, NeighborsAnswer, NeighborsOptions} from '../analyze/paths/neighbors.ts'
export type {Path, PathAnswer, PathOptions} from '../analyze/paths/path.ts'
export type {Selection, Selector} from '../analyze/select/select.ts'
export type {WhereOptions} from '../analyze/select/where.ts'
export type {PropertyPath} from '../analyze/select/where-parser.ts'
export type {AsyncAnswer, AsyncOptions, WaitSection} from '../analyze/waiting/census.ts'
export type {WaitFact, WaitGroup, WaitHow, WaitKind} from '../analyze/waiting/wait-group.ts'
export type {Rope, SameText, Slices, StringsAnswer, StringsOptions} from '../analyze/waste/string-waste.ts'
export type {UnusedVariable, UnusedVariablesAnswer} from '../analyze/waste/unused-variables.ts'
export type {Keeper, Undecided} from '../analyze/waste/variable-users.ts'
export type {WasteAnswer, WasteCategory, WasteKind} from '../analyze/waste/waste.ts'
export type {HtmlOptions} from '../emit/page/html.ts'
export type {DotOptions} from '../emit/picture/dot.ts'
export type {Direction} from '../emit/picture/layout.ts'
export type {LayoutOptions} from '../emit/picture/layout-options.ts'
export type {MermaidOptions} from '../emit/picture/mermaid.ts'
export type {Theme} from '../emit/picture/picture-style.ts'
export type {Png} from '../emit/picture/png.ts'
export type {SvgOptions} from '../emit/picture/svg.ts'
export type {Paint} from '../emit/safe/paint.ts'
export type {TextOptions} from '../emit/text/text-tree.ts'
export type {Naming} from '../explain/code/edge-label.ts'
export type {LeakKind} from '../explain/owners/leak-words.ts'
export type {CodeLine} from '../explain/places/code-frame.ts'
export type {SourceMapsOptions, SourceMapsReport} from '../explain/places/source-maps.ts'
export type {CodePlace} from '../explain/places/source-place.ts'
export type {MadeRow} from '../explain/words/allocation-words.ts'
export type {UnmountedComponent} from '../explain/words/component-words.ts'
export type {Put} from '../files/private-file.ts'
export type {
  ResultChain,
  ResultCycle,
  ResultEdge,
  ResultGraph,
  ResultInfo,
  ResultNode,
  ResultOwner,
  ResultOwners,
  ResultRole,
  ResultStep,
} from '../graph/answer/result.ts'
export type {SnapshotView} from '../graph/answer/snapshot-view.ts'
export type {GraphAnswer, GraphOptions} from '../graph/answer/to-graph.ts'
export type {CellForm, ColumnCells, ColumnHead, RowBatch, RowTable, SqlAnswer} from '../graph/rows/row-table.ts'
export type {AllocationFrame} from '../graph/views/allocation-frames.ts'
export type {AllocationRow, AllocationsAnswer, AllocationsView} from '../graph/views/allocations-view.ts'
export type {Assertion, AssertionView, AssertView, GrowthBase} from '../graph/views/assert-view.ts'
export type {AllowedGrowth, GrowthBaseline, WithinBaseline} from '../graph/views/growth-baseline.ts'
export type {AgreementView, GrowthView, GrowthViewOptions} from '../graph/views/growth-view.ts'
export type {KnownRow, KnownVerdict} from '../graph/views/known.ts'
export type {Confidence, SuspectView} from '../graph/views/leak-row.ts'
export type {LeaksAnswer, Suspect} from '../graph/views/leak-suspects.ts'
export type {KeeperRow, MakerRow, MakersOptions, MakersView} from '../graph/views/makers-view.ts'
export type {MadeKeeper} from '../graph/views/still-there.ts'
export type {SuspectsOptions, SuspectsView} from '../graph/views/suspects-view.ts'
export type {InfoView} from '../graph/views/views.ts'
export type {SnapshotInput} from '../read/source.ts'
export type {CodeOrigin} from '../snapshot/code/code-origin.ts'
export type {Place} from '../snapshot/code/places.ts'
export type {
  FunctionKind,
  FunctionSyntax,
  Scope,
  ScopeSyntaxKind,
  Use,
  Variable,
  VariableKind,
} from '../snapshot/code/scope-tree.ts'
export type {Snapshot} from '../snapshot/columns/snapshot.ts'
export type {SaveOptions, WrittenIndex} from '../snapshot/index/index-cache.ts'
export type {ListedIndex, PruneOptions} from '../snapshot/index/index-folder.ts'
export type {OpenOptions, ProgressListener} from '../snapshot/load/open-options.ts'
export type {BitSet} from '../util/bit-set.ts'
export {type ErrorCode, HeapgraphError} from '../util/errors.ts'
export type {NumberArray} from '../util/number-column.ts'
export type {AllocationsFileOptions} from './allocations.ts'
export type {Answer, DrawableAnswer} from './answers.ts'
