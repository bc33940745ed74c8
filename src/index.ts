/** All that the command line may use of the stages. What people import is `src/public/`, where arguments are checked. */

export {type DetachedAnswer, type DetachedOptions, type DetachedTree, detached} from './analyze/answers/detached.ts'
export {
  type DominatorRow,
  type DominatorsAnswer,
  type DominatorsOptions,
  dominators,
} from './analyze/answers/dominator-view.ts'
export {
  type ListAnswer,
  type ListOptions,
  list,
  type ShowAnswer,
  type ShowOptions,
  show,
} from './analyze/answers/objects.ts'
export {prepare, prepareWhile} from './analyze/answers/prepare.ts'
export {isGroupBy, type TypeRow, type TypesAnswer, type TypesOptions, types} from './analyze/answers/types.ts'
export {type CutPlan, cutSteps, type Unfit} from './analyze/cuts/cut-steps.ts'
export type {Cut} from './analyze/cuts/cuts.ts'
export {type Proof, type ProofRow, proofOf} from './analyze/cuts/proof.ts'
export {
  type Fate,
  type FreedRow,
  type Holding,
  type WhatIfAnswer,
  type WhatIfOptions,
  whatIf,
} from './analyze/cuts/what-if.ts'
export type {CycleGroup} from './analyze/cycles/cycle-groups.ts'
export {type CyclesAnswer, type CyclesOptions, cycles} from './analyze/cycles/cycles.ts'
export {type Agreement, agreement, type IdSample, idSample} from './analyze/facts/agreement.ts'
export {hideTexts} from './analyze/facts/hidden-texts.ts'
export {
  type ObjectOffHeap,
  type OffHeap,
  type OffHeapBytes,
  offHeap,
  offHeapBytes,
  offHeapOf,
} from './analyze/facts/off-heap.ts'
export {type SizeModel, selfSizes} from './analyze/facts/self-sizes.ts'
export {regexParts} from './analyze/facts/text-pattern.ts'
export {distances, NO_DISTANCE} from './analyze/graph/distances.ts'
export {type DominatorTree, dominatorTree, retainedSizes} from './analyze/graph/dominators.ts'
export {GROUPINGS, type GroupBy} from './analyze/graph/groupings.ts'
export {reachableNodes, reachableWithout} from './analyze/graph/reachable.ts'
export {SYSTEM_DISTANCE} from './analyze/graph/system-distance.ts'
export type {GrowthBy, GrowthSort} from './analyze/growth/growth.ts'
export type {CountTrend} from './analyze/growth/trend.ts'
export {type Owner, type OwnersAnswer, type OwnersOptions, owners} from './analyze/owners/owners.ts'
export {
  backrefs,
  type Joint,
  type NeighborGroup,
  type NeighborsAnswer,
  type NeighborsOptions,
  refs,
} from './analyze/paths/neighbors.ts'
export {type Path, type PathAnswer, type PathOptions, shortestPaths} from './analyze/paths/path.ts'
export {type ReducedSnapshot, smallestPart} from './analyze/paths/smallest-part.ts'
export {nearestTypes, type Selection, type Selector, select, selectorOf} from './analyze/select/select.ts'
export {
  type MissingForWhere,
  missingForWhere,
  type Predicate,
  type WhereOptions,
  wherePredicate,
} from './analyze/select/where.ts'
export {asColumn, asValue} from './analyze/select/where-completion.ts'
export {parsePropertyPaths, parseWhere, type Where} from './analyze/select/where-parser.ts'
export {type AsyncAnswer, type AsyncOptions, asyncCensus, type WaitSection} from './analyze/waiting/census.ts'
export {
  type Rope,
  type SameText,
  type Slices,
  type StringsAnswer,
  type StringsOptions,
  strings,
} from './analyze/waste/string-waste.ts'
export {
  type UnusedVariable,
  type UnusedVariablesAnswer,
  unusedVariable,
  unusedVariables,
} from './analyze/waste/unused-variables.ts'
export {type VariableUse, variableUse} from './analyze/waste/variable-users.ts'
export {type WasteAnswer, type WasteCategory, type WasteKind, waste} from './analyze/waste/waste.ts'
export {type WatchedFile, type WatchOptions, type WatchOutcome, watch} from './capture/agent/watch.ts'
export type {WatchMetric} from './capture/agent/watch-channel.ts'
export {
  DOCTOR_FILES,
  type DoctorOptions,
  type DoctorRun,
  doctor,
  type TakenSnapshot,
} from './capture/doctor/doctor.ts'
export {heapName} from './capture/doctor/heap-choice.ts'
export {type InspectedOptions, withInspected} from './capture/doctor/inspected-program.ts'
export type {Written} from './capture/files/part-file.ts'
export {type LivingHeap, type LivingOptions, openLiving} from './capture/inspect/living.ts'
export {SOURCES, type Sources} from './capture/inspect/prepare.ts'
export {captureRemote, type RemoteOptions, type RemoteSource} from './capture/inspect/remote.ts'
export {type SamplingOptions, sampleRemote} from './capture/inspect/sample-allocations.ts'
export {
  type Captured,
  type CaptureOptions,
  capture,
  type Measured,
  type MeasureOptions,
  measure,
} from './capture/own/own.ts'
export {collectGarbage, type SettledHeap, type SettleOptions, settleHeap} from './capture/own/settle.ts'
export {
  FRAMES_FOLDER,
  MAPS_FOLDER,
  PAGE_PICTURES,
  type PageRun,
  type PageWalkOptions,
  WORKERS_FOLDER,
  walkPage,
} from './capture/page/page-walk.ts'
export {recordScenario} from './capture/page/record-scenario.ts'
export {type LoadedScenario, loadScenario, type Scenario} from './capture/page/scenario.ts'
export {withServer} from './capture/page/server.ts'
export {birthMarks} from './capture/record/birth-marks.ts'
export {type Recorder, type RecordOptions, type RecordResult, record, type Sample} from './capture/record/record.ts'
export {METRICS, type Metric, parseLine as parseRecordLine} from './capture/record/series-lines.ts'
export {type ReadOptions, type Recording, readRecording, type ThreadSeries} from './capture/record/series-read.ts'
export {trendOfFloors} from './capture/record/series-trend.ts'
export {seriesView, type ViewOptions} from './capture/record/series-view.ts'
export {toCsv} from './emit/interchange/export-csv.ts'
export {toNdjson} from './emit/interchange/export-ndjson.ts'
export {toParquet} from './emit/interchange/export-parquet.ts'
export {
  fileBelow,
  findingsJunit,
  type LocatedFinding,
  locatedFindings,
  toGithub,
  toGitlab,
  toSarif,
} from './emit/interchange/findings.ts'
export {toGexf} from './emit/interchange/gexf.ts'
export {toGraphml} from './emit/interchange/graphml.ts'
export {allocationsPprof} from './emit/interchange/pprof.ts'
export {allocationsSpeedscope, toSpeedscope} from './emit/interchange/speedscope.ts'
export {drawAllocationsPage} from './emit/page/allocations-html.ts'
export {type AreaPage, drawAreaPage} from './emit/page/area-html.ts'
export {explorePage} from './emit/page/explore-html.ts'
export {
  areasPicture,
  CYCLES_PICTURE,
  comparisons,
  type FullReport,
  forJson,
  forPicture,
  holdersPicture,
  listQuestion,
  MAKERS_PICTURE,
  type NotesAnswer,
  plotQuestion,
  QUESTIONS,
  type ReportData,
  showQuestion,
  typesQuestion,
  whyQuestion,
} from './emit/page/explore-questions.ts'
export {drawHtml, type HtmlOptions, type HtmlPicture, toHtml} from './emit/page/html.ts'
export {drawMakersPage, type MakersPage} from './emit/page/makers-html.ts'
export {toPlotHtml} from './emit/page/plot-html.ts'
export {type AllocationsPictureOptions, drawAllocations} from './emit/picture/allocations-svg.ts'
export type {AreaView} from './emit/picture/area-cells.ts'
export {type AreaOptions, type AreaPicture, drawAreas} from './emit/picture/area-svg.ts'
export {type DotOptions, toDot} from './emit/picture/dot.ts'
export {drawMakers, type MakersPicture, type MakersPictureOptions} from './emit/picture/makers-svg.ts'
export {type MermaidOptions, toMermaid} from './emit/picture/mermaid.ts'
export {type PlotOptions, toPlotSvg} from './emit/picture/plot.ts'
export {type Png, toPng} from './emit/picture/png.ts'
export {drawPicture, type Picture, type SvgOptions, toSvg} from './emit/picture/svg.ts'
export {forTerminal} from './emit/safe/clean.ts'
export {toJson} from './emit/safe/json.ts'
export {type Paint, plainPaint} from './emit/safe/paint.ts'
export {EDITOR_NAMES, editorPattern, linkPattern, placeUrl, splitPlace} from './emit/safe/place-link.ts'
export {textWidth} from './emit/safe/width.ts'
export {allocationsJson, allocationsText} from './emit/text/allocations.ts'
export {assertJson, assertJunit, assertText} from './emit/text/assert.ts'
export {asyncJson, asyncText} from './emit/text/async.ts'
export {closuresJson, closuresText} from './emit/text/closures.ts'
export {type DoctorView, doctorMarkdown, doctorText} from './emit/text/doctor.ts'
export {type DoctorPageView, doctorPageMarkdown, doctorPageText} from './emit/text/doctor-page.ts'
export {growthJson, growthText} from './emit/text/growth.ts'
export {growthMarkdown, leaksMarkdown} from './emit/text/growth-markdown.ts'
export {type LeakTestOptions, leakTest, TEST_RUNNERS, type TestRunner} from './emit/text/leak-test.ts'
export {leaksJson, leaksText, suspectsJson, suspectsText} from './emit/text/leaks.ts'
export {makersJson, makersText} from './emit/text/makers.ts'
export {plotJson, plotText} from './emit/text/plot-text.ts'
export {proofJson, proofText} from './emit/text/proof.ts'
export {SQL_ROWS, sqlJson, sqlText} from './emit/text/sql.ts'
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
} from './emit/text/tables.ts'
export {type TextOptions, toText} from './emit/text/text-tree.ts'
export {stringsJson, stringsText, wasteJson, wasteText} from './emit/text/waste.ts'
export {whatIfJson, whatIfText} from './emit/text/what-if.ts'
export {type CodeStep, codePath, codePathText} from './explain/code/code-path.ts'
export type {LeakKind} from './explain/owners/leak-words.ts'
export {type CodeLine, codeAt, useCodeLines} from './explain/places/code-frame.ts'
export {scriptRoot} from './explain/places/script-root.ts'
export {loadSourceMaps, type SourceMapsOptions, type SourceMapsReport} from './explain/places/source-maps.ts'
export {type CodePlace, placeOf, type ScopePlace, scopePlace, scopeText} from './explain/places/source-place.ts'
export {stackSentences} from './explain/words/allocation-words.ts'
export {makeTemporaryFolder} from './files/abandoned.ts'
export {pathBelow} from './files/below.ts'
export {ENDING_SIGNALS, onSignals, sendable, untilSignal} from './files/ending-signals.ts'
export {modifiedMs} from './files/file.ts'
export {optionalPackage} from './files/optional-package.ts'
export {packageFile} from './files/own-package.ts'
export {
  type FileStamp,
  firstBytes,
  isThere,
  makePrivateFolder,
  nameOfStamp,
  notWritable,
  sameStamp,
  stampOf,
  writeTextPrivately,
} from './files/private-file.ts'
export {onTextRead, readTextFileNow, type TextFile} from './files/text-file.ts'
export {
  importGraph,
  type ResultChain,
  type ResultCycle,
  type ResultEdge,
  type ResultGraph,
  type ResultInfo,
  type ResultNode,
  type ResultOwner,
  type ResultOwners,
  type ResultRole,
  type ResultStep,
  savedGraph,
} from './graph/answer/result.ts'
export {type GraphAnswer, type GraphOptions, toGraph} from './graph/answer/to-graph.ts'
export {whatIfGraph} from './graph/answer/what-if-graph.ts'
export {type FateView, type HolderView, type WhatIfView, whatIfView} from './graph/answer/what-if-view.ts'
export type {HeapEdgeAttributes, HeapGraph, HeapNodeAttributes} from './graph/heap/heap-graph.ts'
export {heapView} from './graph/heap/heap-view.ts'
export {type CopyLimits, loadGraph, toGraphology} from './graph/heap/load-graph.ts'
export {
  type DigestSource,
  digestTable,
  partitionPath,
  sourceOfFile,
  wrongLabel,
} from './graph/rows/digest-table.ts'
export type {
  ColumnCells,
  ColumnHead,
  LazyColumn,
  LazyTable,
  RowBatch,
  RowTable,
  SqlAnswer,
} from './graph/rows/row-table.ts'
export {type TableName, tableOf} from './graph/rows/rows.ts'
export {type AllocationsAnswer, type AllocationsView, allocationsView} from './graph/views/allocations-view.ts'
export {
  type Assertion,
  type AssertionView,
  type AssertView,
  assertView,
  type GrowthBase,
  growthBase,
} from './graph/views/assert-view.ts'
export {type AsyncRow, type AsyncSectionView, type AsyncView, asyncView} from './graph/views/async-view.ts'
export {type ClosureRow, type ClosuresView, closuresView} from './graph/views/closures-view.ts'
export {assertFindings, type Finding, suspectFindings} from './graph/views/findings.ts'
export {FLAME_LIMITS, type FlameRow, type FlameView, flameView} from './graph/views/flame-view.ts'
export {type AllowedGrowth, type GrowthBaseline, isGrowthBaseline} from './graph/views/growth-baseline.ts'
export {
  type GrowthSample,
  type GrowthView,
  type GrowthViewOptions,
  growthBaseline,
  growthView,
  sampleGrowth,
} from './graph/views/growth-view.ts'
export {type KnownNote, notesOn, VERDICTS} from './graph/views/known.ts'
export type {Confidence, LeakView, LineChange, SuspectView} from './graph/views/leak-row.ts'
export {findLeaks, type LeaksAnswer, type LeaksSample, sampleLeaks} from './graph/views/leak-suspects.ts'
export {leaksGraph} from './graph/views/leaks-graph.ts'
export {type LeaksView, leaksView} from './graph/views/leaks-view.ts'
export {
  type KeeperRow,
  type MakerRow,
  type MakersOptions,
  type MakersView,
  makersView,
} from './graph/views/makers-view.ts'
export {type ProofView, proofView} from './graph/views/proof-view.ts'
export {type SuspectsOptions, type SuspectsView, suspectsView} from './graph/views/suspects-view.ts'
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
} from './graph/views/views.ts'
export {
  type StringsView,
  stringsView,
  type WasteRow,
  type WasteView,
  type WasteViewOptions,
  wasteView,
} from './graph/views/waste-view.ts'
export {SqlSession} from './query/session.ts'
export type {SqlSources} from './query/sql-sources.ts'
export type {AllocationProfile} from './read/allocation-profile.ts'
export {Attachments} from './read/attachment.ts'
export {readAllocationProfile} from './read/read-allocation-profile.ts'
export type {SnapshotInput} from './read/source.ts'
export {type CodeOrigin, codeOf} from './snapshot/code/code-origin.ts'
export {type AskedQuestion, savedAnswer} from './snapshot/columns/answers.ts'
export type {Columns, Heap, Locations} from './snapshot/columns/heap.ts'
export type {Snapshot} from './snapshot/columns/snapshot.ts'
export {
  answerOfFew,
  type SaveOptions,
  saveIndex,
  type WrittenIndex,
} from './snapshot/index/index-cache.ts'
export {
  DEFAULT_LIMIT_BYTES,
  indexFolder,
  type ListedIndex,
  listIndexes,
  type PruneOptions,
  pruneIndexes,
} from './snapshot/index/index-folder.ts'
export {
  openHeader,
  openSnapshot,
  type SnapshotHeader,
} from './snapshot/load/load.ts'
export {takeFromEach} from './snapshot/load/one-at-a-time.ts'
export type {OpenOptions, ProgressListener} from './snapshot/load/open-options.ts'
export {type Redaction, type RedactionAudit, type RedactOptions, redact} from './snapshot/save/redact.ts'
export {KEPT_SOURCES, type KeptSources, READABLE_KINDS, type ReadableKind} from './snapshot/save/safe-text.ts'
export {expectNoGrowth, type NoGrowthOptions} from './testing/expect-no-growth.ts'
export {type AnsweringThread, askingOneByOne} from './threads/asking.ts'
export {openWorker} from './threads/open-worker.ts'
export type {CutKey, CutOutcome, CutStep} from './util/cut-step.ts'
export {type ErrorCode, HeapgraphError} from './util/errors.ts'
export type {Points, SeriesLine, SeriesMark, SeriesView, Trend} from './util/series.ts'
export {fileArgument, shellWord, wordsOfLine} from './util/shell-word.ts'
export {formatBytes, formatCount, parseBytes, parseDuration, plural} from './util/units.ts'
