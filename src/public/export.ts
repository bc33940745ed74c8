/** `heapgraph/export`: whole heaps as tables and as snapshots for others, and answers as files of other programs. */
import type {DominatorsAnswer} from '../analyze/answers/dominator-view.ts'
import {type ReducedSnapshot, type ReduceOptions, smallestPart} from '../analyze/paths/smallest-part.ts'
import {toCsv as writeCsv} from '../emit/interchange/export-csv.ts'
import {toNdjson as writeNdjson} from '../emit/interchange/export-ndjson.ts'
import {toParquet as writeParquet} from '../emit/interchange/export-parquet.ts'
import {
  fileBelow,
  findingsJunit,
  type LocatedFinding,
  locatedFindings,
  toGithub as writeGithub,
  toGitlab as writeGitlab,
  toSarif as writeSarif,
} from '../emit/interchange/findings.ts'
import {toGexf as writeGexf} from '../emit/interchange/gexf.ts'
import {toGraphml as writeGraphml} from '../emit/interchange/graphml.ts'
import {toSpeedscope as writeSpeedscope} from '../emit/interchange/speedscope.ts'
import {wholePath} from '../files/below.ts'
import {type DigestSource, digestTable, partitionPath, sourceOfFile, wrongLabel} from '../graph/rows/digest-table.ts'
import type {RowTable} from '../graph/rows/row-table.ts'
import {tableOf as makeTable} from '../graph/rows/rows.ts'
import {rowObjects} from '../graph/rows/table-cells.ts'
import {flameView} from '../graph/views/flame-view.ts'
import type {SnapshotInput} from '../read/source.ts'
import type {Snapshot} from '../snapshot/columns/snapshot.ts'
import {anInput} from '../snapshot/load/open-options.ts'
import {redact as hideTexts, type Redaction, type RedactOptions} from '../snapshot/save/redact.ts'
import {KEPT_SOURCES} from '../snapshot/save/safe-text.ts'
import {
  aCount,
  aFlag,
  aFunction,
  aLimit,
  aText,
  type Check,
  checked,
  checkedLater,
  fitting,
  isObject,
  listOf,
  neededOptions,
  oneOf,
  optional,
  optionsOf,
} from '../util/arguments.ts'
import {HeapgraphError} from '../util/errors.ts'
import {
  aDrawable,
  aFinding,
  type DrawableAnswer,
  type FoundAnswer,
  findingsOf,
  graphOf,
  isDominators,
} from './answers.ts'
import {aSnapshot, nodesOf} from './checks.ts'

// Tables

/** The nodes or the edges of a heap as rows, in the order of the file, given in batches: `Uint32Array` and the like a column. */
export const tableOf = checked([aSnapshot, ['name', oneOf('nodes', 'edges')]], makeTable)

const aTable: [string, Check] = [
  'table',
  fitting('a table, as tableOf, digest or SQL gives it', value => {
    return isObject(value) && Array.isArray(value.heads) && typeof value.batches === 'function'
  }),
]

/** A table as CSV, in pieces of text. */
export const toCsv = checked([aTable], (table: RowTable): Iterable<string> => writeCsv(table))

/** A table as JSON objects, one a line, in pieces of text. */
export const toNdjson = checked([aTable], (table: RowTable): Iterable<string> => writeNdjson(table))

/** A table as Parquet, in pieces of bytes, each made when it is asked for. */
export const toParquet = checkedLater([aTable], writeParquet)

/** The first `limit` rows of a table, or all, as objects: for small ones. NULL is null, whole numbers that a double does not hold are BigInts. */
export const toRows = checked([aTable, ['limit', optional(aLimit)]], (table: RowTable, limit?: number) =>
  rowObjects(table, limit),
)

/** Where a digest is from; what is not given is told by the snapshot's file. */
export interface DigestOptions {
  /** A name for the state of the file, '' if nothing tells. */
  id?: string
  /** When the snapshot was written, in ISO 8601, '' if nothing tells. */
  taken?: string
  /** What it is from: `{service: 'api', pod: '7', build: '42'}`. */
  labels?: Readonly<Record<string, string>>
}

const labelsCheck: Check = (value, name) => {
  fitting("an object such as {service: 'api'}", isObject)(value, name, [])
  for (const [label, text] of Object.entries(value as object)) {
    const wrong = wrongLabel(label)
    if (wrong !== undefined)
      throw new HeapgraphError('USAGE', `${name}: ${wrong}`, "such as {service: 'api', pod: '7'}")
    aText(text, `${label} of ${name}`, [])
  }
}

const digestOptions: [string, Check] = [
  'options',
  optionsOf<DigestOptions>({id: aText, taken: aText, labels: labelsCheck}),
]

function digestSource(snapshot: Snapshot, {labels = {}, ...given}: DigestOptions): DigestSource {
  return {...sourceOfFile(snapshot.name), ...given, labels: new Map(Object.entries(labels))}
}

/** A heap as a small table that may leave the machine: its types and owners by names of code, no text of the heap (docs/fleet.md). Some hundred rows; linear in the heap. */
export const digest = checked(
  [aSnapshot, digestOptions],
  (snapshot: Snapshot, options: DigestOptions = {}): RowTable => digestTable(snapshot, digestSource(snapshot, options)),
)

/** Where a digest lies below a folder of such, with `/`: the labels in names of folders, as query engines read them. The digest is then made without labels. */
export const digestPath = checked(
  [aSnapshot, digestOptions],
  (snapshot: Snapshot, options: DigestOptions = {}): string => partitionPath(digestSource(snapshot, options)),
)

// Snapshots for others

/**
 * A snapshot with its texts hidden: the same objects, edges, sizes and ids (docs/share.md). `chunks()` are the bytes of the file, made while they are asked for;
 * then `audit` says what is still readable, and `matchCount` how many texts match `forbidden`. Throws as `openSnapshot`; USAGE for a stream, since it is
 * read several times.
 */
export const redact = checkedLater(
  [
    anInput,
    [
      'options',
      optionsOf<RedactOptions>({
        sources: oneOf(...KEPT_SOURCES),
        together: listOf(anInput[1]),
        forbidden: listOf(fitting('a regular expression', value => value instanceof RegExp)),
        examples: aLimit,
        onProgress: aFunction,
        prefixes: aFlag,
        salt: fitting('a text or bytes', value => typeof value === 'string' || value instanceof Uint8Array),
      }),
    ],
  ],
  (input: SnapshotInput, options: RedactOptions = {}): Promise<Redaction> => hideTexts(input, options),
)

/**
 * The smallest part of a snapshot found for which `isSame` still holds, as the bytes of a snapshot: kilobytes, with the same ids. `nodes` are what the answer
 * speaks of. Texts stay as they are. Throws NOTHING_FOUND if it does not hold of all nodes, edges and strings.
 */
export const reduce = checkedLater(
  [
    aSnapshot,
    ['options', neededOptions<ReduceOptions>(['nodes', 'isSame'], {nodes: nodesOf, isSame: aFunction, tries: aCount})],
  ],
  (snapshot: Snapshot, options: ReduceOptions): Promise<ReducedSnapshot> => smallestPart(snapshot, options),
)

// Answers as files of other programs

/** An answer as GEXF, for Gephi. */
export const toGexf = checked([['answer', aDrawable]], (answer: DrawableAnswer) => writeGexf(graphOf(answer)))

/** An answer as GraphML, for yEd, NetworkX and others. */
export const toGraphml = checked([['answer', aDrawable]], (answer: DrawableAnswer) => writeGraphml(graphOf(answer)))

/** An answer of `dominators` as a profile for speedscope: bytes retained instead of time. */
export const toSpeedscope = checked(
  [['answer', fitting('an answer of dominators', isDominators)]],
  (answer: DominatorsAnswer) => writeSpeedscope(flameView(answer)),
)

/** What findings are told relative to. */
export interface FindingsOptions {
  /** The folder of the repository: files below it are named from there on. The current one unless given. */
  folder?: string
}

type FindingsWriter = (findings: readonly LocatedFinding[], snapshot: string) => string

function findingsWriter(write: FindingsWriter): (answer: FoundAnswer, options?: FindingsOptions) => string {
  return checked(
    [
      ['answer', aFinding],
      ['options', optionsOf<FindingsOptions>({folder: aText})],
    ],
    (answer: FoundAnswer, {folder = '.'}: FindingsOptions = {}) => {
      const {findings, file} = findingsOf(answer)
      const root = wholePath(folder)
      return write(locatedFindings(findings, root), fileBelow(file, root))
    },
  )
}

/** What `leaks`, `suspects` or `assert` have found as SARIF 2.1.0, on lines of code, for code scanning and editors. */
export const toSarif = findingsWriter(writeSarif)

/** The same as GitHub's workflow commands: a line each, which GitHub shows on the line of a pull request. */
export const toGithub = findingsWriter(writeGithub)

/** The same as GitLab's Code Quality report. */
export const toGitlab = findingsWriter(writeGitlab)

/** The same as JUnit's XML: a test case each, failed. */
export const toJunit = findingsWriter(findingsJunit)

// The types in the signatures above

export type {ReducedSnapshot, ReduceOptions} from '../analyze/paths/smallest-part.ts'

export type {CellForm, ColumnCells, ColumnHead, RowBatch, RowTable} from '../graph/rows/row-table.ts'
export type {TableName} from '../graph/rows/rows.ts'
export type {TableCell} from '../graph/rows/table-cells.ts'
export type {SnapshotInput} from '../read/source.ts'
export type {ReadableTexts, Redaction, RedactionAudit, RedactOptions} from '../snapshot/save/redact.ts'
export type {KeptSources, ReadableKind} from '../snapshot/save/safe-text.ts'
export type {StandInOptions} from '../snapshot/save/stand-ins.ts'
export {type ErrorCode, HeapgraphError} from '../util/errors.ts'
export type {FoundAnswer} from './answers.ts'
