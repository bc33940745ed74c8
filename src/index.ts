/**
 * heapgraph as a library: open a snapshot, ask, turn the answer into a graph, write it.
 *
 *     const snapshot = await openSnapshot('app.heapsnapshot')
 *     const answer = backrefs(snapshot, select(snapshot, {type: 'Buffer'}), {depth: 3, fan: 10})
 *     const graph = toGraph(answer)
 *     console.log(toText(graph))
 */

export {type Agreement, agreement, type IdSample, idSample} from './analyze/agreement.ts'
export {type CutPlan, cutSteps, type Unfit} from './analyze/cut-steps.ts'
export type {Cut} from './analyze/cuts.ts'
export type {CycleGroup} from './analyze/cycle-groups.ts'
export {type CyclesAnswer, type CyclesOptions, cycles} from './analyze/cycles.ts'
export {type DetachedAnswer, type DetachedOptions, type DetachedTree, detached} from './analyze/detached.ts'
export {distances, NO_DISTANCE, SYSTEM_DISTANCE} from './analyze/distances.ts'
export {type DominatorRow, type DominatorsAnswer, type DominatorsOptions, dominators} from './analyze/dominator-view.ts'
export {type DominatorTree, dominatorTree, retainedSizes} from './analyze/dominators.ts'
export type {GroupBy} from './analyze/groupings.ts'
export type {GrowthSort} from './analyze/growth.ts'
export {
  backrefs,
  type Joint,
  type NeighborGroup,
  type NeighborsAnswer,
  type NeighborsOptions,
  refs,
} from './analyze/neighbors.ts'
export {type ListAnswer, type ListOptions, list, type ShowAnswer, type ShowOptions, show} from './analyze/objects.ts'
export {
  type ObjectOffHeap,
  type OffHeap,
  type OffHeapBytes,
  offHeap,
  offHeapBytes,
  offHeapOf,
} from './analyze/off-heap.ts'
export {type Owner, type OwnersAnswer, type OwnersOptions, owners} from './analyze/owners.ts'
export {type Path, type PathAnswer, type PathOptions, shortestPaths} from './analyze/path.ts'
export {prepare} from './analyze/prepare.ts'
export {type Proof, type ProofRow, proofOf} from './analyze/proof.ts'
export {reachableNodes, reachableWithout} from './analyze/reachable.ts'
export {nearestTypes, type Selection, type Selector, select, selectorOf} from './analyze/select.ts'
export {type SizeModel, selfSizes} from './analyze/self-sizes.ts'
export {
  type Rope,
  type SameText,
  type Slices,
  type StringsAnswer,
  type StringsOptions,
  strings,
} from './analyze/string-waste.ts'
export {regexParts} from './analyze/text-pattern.ts'
export type {Trend} from './analyze/trend.ts'
export {type TypeRow, type TypesAnswer, type TypesOptions, types} from './analyze/types.ts'
export {
  type UnusedVariable,
  type UnusedVariablesAnswer,
  unusedVariable,
  unusedVariables,
  type VariableUse,
  variableUse,
} from './analyze/unused-variables.ts'
export {type WasteAnswer, type WasteCategory, type WasteKind, waste} from './analyze/waste.ts'
export {
  type Fate,
  type FreedRow,
  type Holding,
  type WhatIfAnswer,
  type WhatIfOptions,
  whatIf,
} from './analyze/what-if.ts'
export {asksForMissingNumbers, type Predicate, type WhereOptions, wherePredicate} from './analyze/where.ts'
export {parseWhere, type Where} from './analyze/where-parser.ts'
export {
  DOCTOR_FILES,
  type DoctorOptions,
  type DoctorRun,
  doctor,
  heapName,
  type TakenSnapshot,
} from './capture/doctor.ts'
export {type InspectedOptions, withInspected} from './capture/inspected-program.ts'
export {type LivingHeap, type LivingOptions, openLiving} from './capture/living.ts'
export {
  type Captured,
  type CaptureOptions,
  capture,
  type Measured,
  type MeasureOptions,
  measure,
} from './capture/own.ts'
export type {Written} from './capture/part-file.ts'
export {SOURCES, type Sources} from './capture/prepare.ts'
export {type Look, type Recorder, type RecordOptions, type RecordResult, record} from './capture/record.ts'
export {captureRemote, type RemoteOptions, type RemoteSource} from './capture/remote.ts'
export {METRICS, type Metric} from './capture/series-lines.ts'
export {type ReadOptions, type Recording, readRecording, type ThreadSeries} from './capture/series-read.ts'
export {trendOfFloors} from './capture/series-trend.ts'
export {seriesView, type ViewOptions} from './capture/series-view.ts'
export {type SettledHeap, type SettleOptions, settleHeap} from './capture/settle.ts'
export {type WatchedFile, type WatchOptions, type WatchOutcome, watch} from './capture/watch.ts'
export type {Metric as WatchMetric} from './capture/watch-channel.ts'
export type {AreaView} from './emit/area-cells.ts'
export {type AreaPage, drawAreaPage} from './emit/area-html.ts'
export {type AreaOptions, type AreaPicture, drawAreas} from './emit/area-svg.ts'
export {assertJson, assertJunit, assertText} from './emit/assert.ts'
export {forTerminal} from './emit/clean.ts'
export {closuresJson, closuresText} from './emit/closures.ts'
export {type DoctorView, doctorMarkdown, doctorText} from './emit/doctor.ts'
export {type DotOptions, toDot} from './emit/dot.ts'
export {toCsv} from './emit/export-csv.ts'
export {toNdjson} from './emit/export-ndjson.ts'
export {toParquet} from './emit/export-parquet.ts'
export {toGexf} from './emit/gexf.ts'
export {toGraphml} from './emit/graphml.ts'
export {growthJson, growthText} from './emit/growth.ts'
export {growthMarkdown, leaksMarkdown} from './emit/growth-markdown.ts'
export {drawHtml, type HtmlOptions, type HtmlPicture, toHtml} from './emit/html.ts'
export {toJson} from './emit/json.ts'
export {leaksJson, leaksText, suspectsJson, suspectsText} from './emit/leaks.ts'
export {type MermaidOptions, toMermaid} from './emit/mermaid.ts'
export {type Paint, plainPaint} from './emit/paint.ts'
export {EDITOR_NAMES, editorPattern, linkPattern, placeUrl} from './emit/place-link.ts'
export {type PlotOptions, toPlotSvg} from './emit/plot.ts'
export {toPlotHtml} from './emit/plot-html.ts'
export {plotJson, plotText} from './emit/plot-text.ts'
export {type Png, toPng} from './emit/png.ts'
export {proofJson, proofText} from './emit/proof.ts'
export {toSpeedscope} from './emit/speedscope.ts'
export {drawPicture, type Picture, type SvgOptions, toSvg} from './emit/svg.ts'
export {
  detachedJson,
  detachedText,
  idLines,
  infoJson,
  infoText,
  listJson,
  listText,
  showJson,
  showText,
  typesJson,
  typesText,
} from './emit/tables.ts'
export {type TextOptions, toText} from './emit/text-tree.ts'
export {stringsJson, stringsText, wasteJson, wasteText} from './emit/waste.ts'
export {whatIfJson, whatIfText} from './emit/what-if.ts'
export {textWidth} from './emit/width.ts'
export {type CodeLine, codeAt, useCodeLines} from './explain/code-frame.ts'
export {type CodeStep, codePath, codePathText} from './explain/code-path.ts'
export type {LeakKind} from './explain/leak-words.ts'
export {scriptRoot} from './explain/script-root.ts'
export {loadSourceMaps, type SourceMapsOptions, type SourceMapsReport} from './explain/source-maps.ts'
export {type CodePlace, placeOf, type ScopePlace, scopePlace, scopeText} from './explain/source-place.ts'
export {
  type Assertion,
  type AssertionView,
  type AssertView,
  assertView,
  type GrowthBase,
  growthBase,
} from './graph/assert-view.ts'
export {type ClosureRow, type ClosuresView, closuresView} from './graph/closures-view.ts'
export {FLAME_LIMITS, type FlameRow, type FlameView, flameView} from './graph/flame-view.ts'
export {
  type GrowthBy,
  type GrowthTake,
  type GrowthView,
  type GrowthViewOptions,
  growthView,
  takeGrowth,
} from './graph/growth-view.ts'
export type {HeapEdgeAttributes, HeapGraph, HeapNodeAttributes} from './graph/heap-graph.ts'
export {heapView} from './graph/heap-view.ts'
export type {LeakView, Sureness, SuspectView} from './graph/leak-row.ts'
export {
  findLeaks,
  type LeaksAnswer,
  type LeaksTake,
  type LeaksView,
  leaksGraph,
  leaksView,
  takeLeaks,
} from './graph/leaks-view.ts'
export {type CopyLimits, loadGraph, toGraphology} from './graph/load-graph.ts'
export {type ProofView, proofView} from './graph/proof-view.ts'
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
} from './graph/result.ts'
export {
  type ColumnCells,
  type ColumnHead,
  type RowBatch,
  type RowTable,
  type TableName,
  tableOf,
} from './graph/rows.ts'
export {type SuspectsOptions, type SuspectsView, suspectsView} from './graph/suspects-view.ts'
export {type GraphAnswer, type GraphOptions, toGraph} from './graph/to-graph.ts'
export {
  type DetachedView,
  detachedView,
  type InfoView,
  infoView,
  type ListView,
  listIds,
  listView,
  type ShowView,
  showView,
  type TypesView,
  typesView,
} from './graph/views.ts'
export {
  type StringsView,
  stringsView,
  type WasteRow,
  type WasteView,
  type WasteViewOptions,
  wasteView,
} from './graph/waste-view.ts'
export {whatIfGraph} from './graph/what-if-graph.ts'
export {type FateView, type HolderView, type WhatIfView, whatIfView} from './graph/what-if-view.ts'
export {makeTemporaryFolder} from './read/abandoned.ts'
export {temporaryName} from './read/private-file.ts'
export type {SnapshotInput} from './read/source.ts'
export {type CodeOrigin, codeOf} from './snapshot/code-origin.ts'
export type {Columns, Heap, Locations} from './snapshot/heap.ts'
export {
  DEFAULT_LIMIT_BYTES,
  indexFolder,
  type ListedIndex,
  listIndexes,
  type PruneOptions,
  pruneIndexes,
  type SaveOptions,
  saveIndex,
  type WrittenIndex,
} from './snapshot/index-cache.ts'
export {
  openHeader,
  openSnapshot,
  type SnapshotHeader,
} from './snapshot/load.ts'
export type {OpenOptions, ProgressListener} from './snapshot/open-options.ts'
export type {Snapshot} from './snapshot/snapshot.ts'
export {expectNoGrowth, type NoGrowthOptions} from './testing/expect-no-growth.ts'
export type {CutKey, CutOutcome, CutStep} from './util/cut-step.ts'
export {type ErrorCode, HeapgraphError} from './util/errors.ts'
export {fileArgument} from './util/file-argument.ts'
export type {Points, SeriesLine, SeriesMark, SeriesView, Trend as SeriesTrend} from './util/series.ts'
export {formatBytes, formatCount, parseBytes, plural} from './util/units.ts'
