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
import {detached as askDetached, type DetachedOptions} from '../analyze/answers/detached.ts'
import {dominators as askDominators, type DominatorsOptions} from '../analyze/answers/dominator-view.ts'
import {list as askList, show as askShow, type ListOptions, type ShowOptions} from '../analyze/answers/objects.ts'
import {types as askTypes, type TypesOptions} from '../analyze/answers/types.ts'
import {whatIf as askWhatIf, type WhatIfOptions} from '../analyze/cuts/what-if.ts'
import {cycles as askCycles, type CyclesOptions} from '../analyze/cycles/cycles.ts'
import {offHeapBytes as sumOffHeap} from '../analyze/facts/off-heap.ts'
import {selfSizes as computeSelfSizes} from '../analyze/facts/self-sizes.ts'
import {distances as computeDistances, type Distance, toDistance} from '../analyze/graph/distances.ts'
import {retainedSizes as computeRetained, dominatorTree as computeTree} from '../analyze/graph/dominators.ts'
import {type OwnersOptions, owners} from '../analyze/owners/owners.ts'
import {backrefs as askBackrefs, refs as askRefs, type NeighborsOptions} from '../analyze/paths/neighbors.ts'
import {type PathOptions, shortestPaths} from '../analyze/paths/path.ts'
import {
  nearestTypes as findNearest,
  selectorOf as readSelector,
  type Selection,
  select as selectNodes,
} from '../analyze/select/select.ts'
import {strings as askStrings, type StringsOptions} from '../analyze/waste/string-waste.ts'
import {unusedVariables} from '../analyze/waste/unused-variables.ts'
import {waste as askWaste} from '../analyze/waste/waste.ts'
import {collectGarbage} from '../capture/own/settle.ts'
import {toHtml as drawPage, type HtmlOptions} from '../emit/page/html.ts'
import {type DotOptions, toDot as writeDot} from '../emit/picture/dot.ts'
import {type MermaidOptions, toMermaid as writeMermaid} from '../emit/picture/mermaid.ts'
import {toPng as drawPng, type Png} from '../emit/picture/png.ts'
import {toSvg as drawSvg, type SvgOptions} from '../emit/picture/svg.ts'
import type {TextOptions} from '../emit/text/text-tree.ts'
import {loadSourceMaps as readSourceMaps, type SourceMapsOptions} from '../explain/places/source-maps.ts'
import {scopeText as describeScope, placeOf as findPlace} from '../explain/places/source-place.ts'
import {type GraphOptions, toGraph as makeGraph} from '../graph/answer/to-graph.ts'
import {type Assertion, assertView, growthBase} from '../graph/views/assert-view.ts'
import {type GrowthSample, type GrowthViewOptions, growthView, sampleGrowth} from '../graph/views/growth-view.ts'
import {findLeaks, type LeaksSample, sampleLeaks} from '../graph/views/leak-suspects.ts'
import {type SuspectsOptions, suspectsView} from '../graph/views/suspects-view.ts'
import {infoView} from '../graph/views/views.ts'
import type {SnapshotInput} from '../read/source.ts'
import {codeOf as findCode} from '../snapshot/code/code-origin.ts'
import type {Snapshot} from '../snapshot/columns/snapshot.ts'
import {
  indexFolder as findIndexFolder,
  type PruneOptions,
  listIndexes as readIndexes,
  pruneIndexes as removeIndexes,
  type SaveOptions,
  saveIndex as writeIndex,
} from '../snapshot/index/index-cache.ts'
import {openSnapshot as loadSnapshot, openHeader} from '../snapshot/load/load.ts'
import {takeFromEach} from '../snapshot/load/one-at-a-time.ts'
import {anInput, openOptions} from '../snapshot/load/open-options.ts'
import {
  aCount,
  aFlag,
  aFunction,
  aLimit,
  aNumber,
  anObject,
  aShare,
  aSize,
  aText,
  type Check,
  checked,
  checkedLater,
  fitting,
  isObject,
  listOf,
  oneOf,
  optionsOf,
} from '../util/arguments.ts'
import {formatBytes as writeBytes} from '../util/units.ts'
import {
  aComparison,
  aDrawable,
  aGraphAnswer,
  anAnswer,
  graphOf,
  jsonOf,
  markdownOf,
  question,
  questionLater,
  textOf,
} from './answers.ts'
import {aNode, aSelection, aSnapshot, nodesOf, selectionOf, selectorCheck, sizes, whereOptions} from './checks.ts'

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

// Questions, as the commands are called

const limits = {limit: aLimit}

/** Objects and bytes by type, kind, shape or script: rows sorted and cut to `limit`, totals over all of them. */
export const types = question(
  'types',
  [
    aSnapshot,
    [
      'options',
      optionsOf<TypesOptions>({
        by: oneOf('type', 'kind', 'shape', 'script'),
        sort: oneOf('count', 'self', 'off-heap', 'retained', 'name'),
        filter: aText,
        among: selectionOf,
        limit: aLimit,
        sizes,
        retained: aFlag,
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
  [aSnapshot, aSelection, ['options', optionsOf<OwnersOptions>(limits)]],
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
  suspectsView,
)

/** Memory in strings: equal texts, slices that keep a long text, ropes; bytes. Throws USAGE for a bad regular expression. */
export const strings = question(
  'strings',
  [aSnapshot, ['options', optionsOf<StringsOptions>({match: aText, minBytes: aSize, limit: aLimit})]],
  askStrings,
)

/** Memory wasted by kind: empty and oversized collections, equal objects, boxed numbers, pools; `bytes` is a `Float64Array` beside `nodes`. Linear in the heap. */
export const waste = question('waste', [aSnapshot], askWaste)

/** Variables that closures keep and nobody uses any more: at most `limit` (30), most bytes first. */
export const closures = question(
  'closures',
  [aSnapshot, ['options', optionsOf<{limit?: number}>(limits)]],
  (snapshot: Snapshot, {limit = 30}: {limit?: number} = {}) => unusedVariables(snapshot, limit),
)

/** A file a snapshot: the older ones first. */
function files(least: number): Check {
  return (value, name, all) => {
    listOf(aText)(value, name, all)
    fitting(`an array of at least ${least} paths`, given => (given as unknown[]).length >= least)(value, name, all)
  }
}

/** One thread reads: others would hold the columns for some time longer. */
const opener = {
  open: (file: string) => loadSnapshot(file, {threads: 1}),
  letGo: collectGarbage,
}

/**
 * How several snapshots of one program differ, oldest first, two at least: counts and bytes for each, by type, holder or path. One snapshot is in
 * memory at a time. Throws as `openSnapshot`.
 */
export const growth = questionLater(
  'growth',
  [
    ['files', files(2)],
    [
      'options',
      optionsOf<GrowthViewOptions>({
        by: oneOf('type', 'holder', 'path'),
        sort: oneOf('count', 'self', 'retained', 'name'),
        limit: aLimit,
        retained: aFlag,
        fresh: aFlag,
      }),
    ],
  ],
  async (paths: readonly string[], options: GrowthViewOptions = {}) => {
    const samples: GrowthSample[] = []
    const last = await takeFromEach(paths, opener, snapshot => samples.push(sampleGrowth(snapshot, samples, options)))
    return growthView(samples, last, options)
  },
)

/**
 * What leaks, by two or three snapshots of one process: before the work, after it, and when it should be let go of. Who must let go, with the line,
 * counts and bytes; at most `limit` (10). One snapshot is in memory at a time. Throws as `openSnapshot`.
 */
export const leaks = questionLater(
  'leaks',
  [
    ['files', files(2)],
    ['options', optionsOf<{limit?: number}>(limits)],
  ],
  async (paths: readonly string[], options: {limit?: number} = {}) => {
    const samples: LeaksSample[] = []
    const last = await takeFromEach(paths, opener, (snapshot, isLast) => {
      if (!isLast) samples.push(sampleLeaks(snapshot))
    })
    return findLeaks(samples, last, options)
  },
)

const PARTS: Record<Assertion['kind'], Record<string, Check>> = {
  max: {type: aText, count: aLimit},
  'max-retained': {type: aText, bytes: aSize},
  'no-growth': {base: anObject},
  'no-path': {from: aText, to: aText},
}

const anAssertion: Check = (value, name, all) => {
  fitting("an object such as {kind: 'max', text, type, count}", isObject)(value, name, all)
  const assertion = value as Record<string, unknown>
  oneOf(...Object.keys(PARTS))(assertion.kind, `kind of ${name}`, all)
  for (const [part, check] of Object.entries({text: aText, ...PARTS[assertion.kind as Assertion['kind']]}))
    check(assertion[part], `${part} of ${name}`, all)
}

/** Whether a snapshot keeps what is demanded of it, one row an assertion: `max` objects of a type, `max-retained` bytes, `no-path`, `no-growth`. */
export const assert = question('assert', [aSnapshot, ['assertions', listOf(anAssertion)]], assertView)

/** What the assertion `no-growth` needs of the older snapshot, which may then be let go of: some 12 bytes a node. */
export const baseOf = checked([aSnapshot], growthBase)

// Answers

/** The answer as a small graphology graph, keys `@id`; `by`: the owners that `why` has found, told besides. */
export const toGraph = checked(
  [
    ['answer', aGraphAnswer],
    ['options', optionsOf<GraphOptions>({raw: aFlag, by: aGraphAnswer})],
  ],
  makeGraph,
)

/** Any answer as text for a terminal, as its command prints it; ends with a line feed. `width`: columns, for previews. */
export const toText = checked(
  [
    ['answer', anAnswer],
    ['options', optionsOf<TextOptions>({paint: anObject, width: aCount})],
  ],
  textOf,
)

/** Any answer as a JSON document (docs/json.md, schemas/): ids are V8's, sizes bytes, names exact. */
export const toJson = checked([['answer', anAnswer]], jsonOf)

/** A comparison, of `growth` or `leaks`, as Markdown. */
export const toMarkdown = checked([['answer', aComparison]], markdownOf)

const direction = oneOf('LR', 'TB')

/** The answer as a DOT text, for Graphviz. */
export const toDot = checked(
  [
    ['answer', aDrawable],
    ['options', optionsOf<DotOptions>({rankdir: direction})],
  ],
  (answer: Parameters<typeof graphOf>[0], options: DotOptions = {}) => writeDot(graphOf(answer), options),
)

/** As a Mermaid flowchart of at most `maxNodes` objects. */
export const toMermaid = checked(
  [
    ['answer', aDrawable],
    ['options', optionsOf<MermaidOptions>({maxNodes: aCount, rankdir: direction})],
  ],
  (answer: Parameters<typeof graphOf>[0], options: MermaidOptions = {}) => writeMermaid(graphOf(answer), options),
)

const svgChecks = {
  maxNodes: aCount,
  rankdir: direction,
  theme: oneOf('auto', 'light', 'dark', 'print'),
  link: aText,
  timeoutMs: aSize,
  graphviz: aText,
}

/** As a picture that stands alone. Throws RENDER if Graphviz fails or runs out of time (`timeoutMs`, 20,000). */
export const toSvg = checkedLater(
  [
    ['answer', aDrawable],
    ['options', optionsOf<SvgOptions>(svgChecks)],
  ],
  (answer: Parameters<typeof graphOf>[0], options: SvgOptions = {}) => drawSvg(graphOf(answer), options),
)

/** As a page that stands alone: the picture, to be searched and opened further. Throws RENDER as `toSvg`. */
export const toHtml = checkedLater(
  [
    ['answer', aDrawable],
    ['options', optionsOf<HtmlOptions>({...svgChecks, carriedNodes: aCount, file: aText, editor: aText})],
  ],
  (answer: Parameters<typeof graphOf>[0], options: HtmlOptions = {}) => drawPage(graphOf(answer), options),
)

/** A picture of `toSvg` as PNG: bytes, and its size in pixels. Throws RENDER where it would be too large, and where there is no resvg for the platform. */
export const toPng = checkedLater([['svg', aText]], (svg: string): Promise<Png> => drawPng(svg))

// Facts of single objects, and of all

/** Where a function, or an object's constructor, is written: lines and columns from 1 on, 0 if unknown; undefined if the file does not say. */
export const placeOf = checked([aSnapshot, ['node', aNode]], findPlace)

/** Whose code an object or function is of: the application's, a library's, the runtime's, or unknown. */
export const codeOf = checked([aSnapshot, ['node', aNode]], findCode)

/** `module src/cache.js`, `call of onData() (src/bus.js:40)`: what a scope (`system / Context`) belongs to; '' for an object that is none. */
export const scopeText = checked([aSnapshot, ['scope', aNode]], describeScope)

/** Bytes by ordinal, a typed array of `nodeCount`: `devtools` with V8's private parts counted as their owner's, `raw` as the file has them. */
export const selfSizes = checked([aSnapshot, ['model', sizes]], computeSelfSizes)

/** Bytes by ordinal, a typed array of `nodeCount`: what would be freed if the object alone were dropped. */
export const retainedSizes = checked([aSnapshot, ['model', sizes]], computeRetained)

/** Immediate dominators: `Uint32Array(nodeCount)` of ordinals, an order in which what an object dominates stands behind it, and counts. */
export const dominatorTree = checked([aSnapshot], computeTree)

/**
 * How far an object (an ordinal) is from the roots, in edges, as Chrome DevTools counts: `distance` from the nearest user root, or
 * `systemDistance` from the root if only V8's own roots reach it. Both are null for what nothing reaches.
 */
export const distanceOf = checked(
  [aSnapshot, ['node', aNode]],
  (snapshot: Snapshot, node: number): Distance => toDistance(computeDistances(snapshot)[node]),
)

/** What objects (`Uint32Array` of ordinals) have off the heap in all, in bytes: every backing store counts once. */
export const offHeapBytes = checked([aSnapshot, ['nodes', nodesOf]], sumOffHeap)

/** Bytes as people read them: `12.4 MB`. */
export const formatBytes = checked([['bytes', aNumber]], writeBytes)

// Indexes

/** Writes the index of a snapshot that was opened with `index`, for its owner only; undefined if there is nothing to add. Throws UNREADABLE if it cannot be written. */
export const saveIndex = checked(
  [aSnapshot, ['options', optionsOf<SaveOptions>({always: aFlag, fromBytes: aSize, open: aFunction})]],
  writeIndex,
)

/** All indexes in a folder, least recently used first: path, bytes, and whether each is of use. */
export const listIndexes = checked([['folder', aText]], readIndexes)

/** Removes indexes nobody can use, and the least recently used until all together take no more than `limitBytes`; says how many, and their bytes. */
export const pruneIndexes = checked(
  [
    ['folder', aText],
    ['options', optionsOf<PruneOptions>({limitBytes: aSize, keep: aText, limitOnly: aFlag})],
  ],
  removeIndexes,
)

/** The folder of indexes by the rules of the system, from an environment such as `process.env`; undefined if it names no place. */
export const indexFolder = checked([['env', anObject]], (env: Readonly<Record<string, string | undefined>>) =>
  findIndexFolder(env),
)

// The types in the signatures above

export type {DetachedAnswer, DetachedOptions, DetachedTree} from '../analyze/answers/detached.ts'
export type {
  BigDrop,
  DominatorRow,
  DominatorsAnswer,
  DominatorsOptions,
  Omitted,
} from '../analyze/answers/dominator-view.ts'
export type {ListAnswer, ListOptions, ShowAnswer, ShowOptions} from '../analyze/answers/objects.ts'
export type {TypeRow, TypesAnswer, TypesOptions, TypesSort} from '../analyze/answers/types.ts'
export type {Cut} from '../analyze/cuts/cuts.ts'
export type {Fate, FreedRow, Holding, WhatIfAnswer, WhatIfOptions} from '../analyze/cuts/what-if.ts'
export type {CycleGroup} from '../analyze/cycles/cycle-groups.ts'
export type {CyclesAnswer, CyclesOptions} from '../analyze/cycles/cycles.ts'
export type {Agreement, IdSample} from '../analyze/facts/agreement.ts'
export type {Unknown} from '../analyze/facts/context-scopes.ts'
export type {OffHeapBytes} from '../analyze/facts/off-heap.ts'
export type {SizeModel} from '../analyze/facts/self-sizes.ts'
export type {Distance} from '../analyze/graph/distances.ts'
export type {DominatorTree} from '../analyze/graph/dominators.ts'
export type {GroupBy} from '../analyze/graph/groupings.ts'
export type {GroupKey, GrowthRow, GrowthSort, GrowthStep, GrowthTotal, PlacePart} from '../analyze/growth/growth.ts'
export type {LeakedSet} from '../analyze/growth/leaks.ts'
export type {CountedType, ObjectCounts} from '../analyze/growth/left-behind.ts'
export type {CountTrend} from '../analyze/growth/trend.ts'
export type {OwnedPath} from '../analyze/owners/owner-search.ts'
export type {Owner, OwnersAnswer, OwnersOptions} from '../analyze/owners/owners.ts'
export type {Joint, NeighborGroup, NeighborsAnswer, NeighborsOptions} from '../analyze/paths/neighbors.ts'
export type {Path, PathAnswer, PathOptions} from '../analyze/paths/path.ts'
export type {Selection, Selector} from '../analyze/select/select.ts'
export type {WhereOptions} from '../analyze/select/where.ts'
export type {Rope, SameText, Slices, StringsAnswer, StringsOptions} from '../analyze/waste/string-waste.ts'
export type {Keeper, Undecided, UnusedVariable, UnusedVariablesAnswer} from '../analyze/waste/unused-variables.ts'
export type {WasteAnswer, WasteCategory, WasteKind} from '../analyze/waste/waste.ts'
export type {HtmlOptions} from '../emit/page/html.ts'
export type {DotOptions} from '../emit/picture/dot.ts'
export type {Direction, LayoutOptions} from '../emit/picture/layout.ts'
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
export type {Assertion, AssertionView, AssertView, GrowthBase} from '../graph/views/assert-view.ts'
export type {AgreementView, GrowthBy, GrowthView, GrowthViewOptions} from '../graph/views/growth-view.ts'
export type {Confidence, SuspectView} from '../graph/views/leak-row.ts'
export type {LeaksAnswer, Suspect} from '../graph/views/leak-suspects.ts'
export type {SuspectsOptions, SuspectsView} from '../graph/views/suspects-view.ts'
export type {InfoView} from '../graph/views/views.ts'
export type {SnapshotInput} from '../read/source.ts'
export type {CodeOrigin} from '../snapshot/code/code-origin.ts'
export type {
  FunctionKind,
  FunctionSyntax,
  Scope,
  ScopeSyntaxKind,
  Use,
  Variable,
  VariableKind,
} from '../snapshot/code/script-scopes.ts'
export type {Snapshot} from '../snapshot/columns/snapshot.ts'
export type {ListedIndex, PruneOptions, SaveOptions, WrittenIndex} from '../snapshot/index/index-cache.ts'
export type {OpenOptions, ProgressListener} from '../snapshot/load/open-options.ts'
export type {BitSet} from '../util/bit-set.ts'
export {type ErrorCode, HeapgraphError} from '../util/errors.ts'
export type {NumberArray} from '../util/number-column.ts'
export type {Answer, DrawableAnswer} from './answers.ts'
