/**
 * A snapshot with its texts hidden, for others to look into: the same nodes, edges, sizes, ids and places. The file is read three or four times
 * from front to back; what is kept are 9 bytes a node, 2 a string, and the names that code has.
 */
import {
  JsonScanner,
  type NestedSink,
  type ScanHandler,
  type SectionPlan,
  type StringSink,
} from '../../read/json-scanner.ts'
import {type ByteSource, openSource, type SnapshotInput} from '../../read/source.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {type Header, parseHeader} from '../columns/schema.ts'
import {explain, MAX_HEADER_BYTES, MAX_KEYS, SectionMissing, SectionRepeated} from '../load/load.ts'
import {
  type CodeNames,
  type KeptSources,
  nameOfCode,
  READABLE_KINDS,
  type ReadableKind,
  type SafeTextOptions,
  safeText,
} from './safe-text.ts'
import {SnapshotWriter} from './snapshot-writer.ts'
import {type StandInOptions, StandIns} from './stand-ins.ts'
import {ElementNumbers, NodeNames, UseFinder, WordFinder} from './text-uses.ts'

/** What is hidden, and what must not be there in the end. */
export interface RedactOptions extends StandInOptions {
  /** What is kept of the texts of scripts: `none` if not given. */
  sources?: KeptSources
  /** Other snapshots of the program, whose names of code count too: so that all of them are redacted alike. */
  together?: readonly SnapshotInput[]
  /** Patterns that no text of the result may match. */
  forbidden?: readonly RegExp[]
  /** Readable texts that the audit lists of each kind. */
  examples?: number
  /** Told while the file is read, again and again: bytes of how many, undefined where nobody knows. */
  onProgress?: (bytes: number, ofBytes: number | undefined) => void
}

/** What is still readable in the result, by kind. */
export interface RedactionAudit {
  /** Strings of the file. */
  strings: number
  /** Strings of which nothing is left. */
  hidden: number
  /** Element numbers that stood for keys, and were numbered anew. */
  renumbered: number
  /** Sections that nobody knows, left out. */
  leftOut: string[]
  /** By what they are. */
  readable: Record<ReadableKind, ReadableTexts>
  /** Texts of the result that match a forbidden pattern, the first of them. */
  matches: {pattern: string; kind: ReadableKind | 'hidden'; text: string}[]
  /** All of them. */
  matchCount: number
}

/** Texts of one kind. */
export interface ReadableTexts {
  /** How many there are. */
  count: number
  /** The first of them, as the result has them. */
  examples: string[]
}

const MAX_MATCHES = 20
/** Names of code that are remembered: some millions of different ones are no program's. */
const MAX_NAMES = 1 << 21
/** Characters of a string that are kept while it is read; the rest of a longer one is that of its beginning. */
const MAX_STRING_BYTES = 256 << 20

const SECTIONS = ['snapshot', 'nodes', 'edges', 'locations', 'strings'] as const
const TRACES = ['trace_function_infos', 'trace_tree', 'samples'] as const
const SCOPES = ['scopes', 'scope_context_vars', 'scope_uses'] as const

/** A redaction prepared: the chunks are made while they are asked for, after which the audit is complete. */
export interface Redaction {
  /** What is still readable. */
  audit: RedactionAudit
  /** The file. */
  chunks(): AsyncGenerator<Uint8Array>
}

/** Throws as `openSnapshot` does; USAGE for what cannot be read more than once. */
export async function redact(input: SnapshotInput, options: RedactOptions = {}): Promise<Redaction> {
  const {onProgress} = options
  const names = {names: new Set<string>(), literals: new Set<string>()}
  for (const other of options.together ?? []) await readUses(await openTwice(other), names, onProgress)
  const source = await openTwice(input)
  const read = await readUses(source, names, onProgress)
  const audit = emptyAudit(read.uses.uses.length)
  const texts: SafeTextOptions = {sources: options.sources ?? 'none', standIns: new StandIns(options), names}
  const writing = new Writing(read, texts, audit, options)
  return {audit, chunks: () => written(source, writing, onProgress)}
}

async function openTwice(input: SnapshotInput): Promise<ByteSource> {
  const source = await openSource(input)
  if (source.repeatable) return source
  throw new HeapgraphError(
    'USAGE',
    `${source.name}: it is read several times, which a pipe cannot be`,
    'write it to a file first',
  )
}

interface UsesRead {
  header: Header
  nodes: NodeNames
  uses: UseFinder
}

/** What the strings of a file are used for; adds the names that its code has. */
async function readUses(source: ByteSource, names: NameSets, onProgress: Progress): Promise<UsesRead> {
  const nodesAndWords = new NodesAndWords()
  await scanWhole(source, nodesAndWords, onProgress)
  const {header, nodes, uses} = await behind(source, nodesAndWords, () => {
    const {header, nodes, words} = nodesAndWords.finish()
    return {header, nodes, uses: new UseFinder(header, nodes, words.finish(), words.count)}
  })
  await scanWhole(source, new EdgesAndTraces(header, uses), onProgress)
  uses.finish()
  // Not in one go with the edges: some uses are known at the end only, and some files have the strings first.
  await scanWhole(source, new StringsOnly(new NameCollector(uses.uses, names)), onProgress)
  return {header, nodes, uses}
}

function emptyAudit(strings: number): RedactionAudit {
  const readable = Object.fromEntries(READABLE_KINDS.map(kind => [kind, {count: 0, examples: []}]))
  return {
    strings,
    hidden: 0,
    renumbered: 0,
    leftOut: [],
    readable: readable as unknown as RedactionAudit['readable'],
    matches: [],
    matchCount: 0,
  }
}

/** What the scans share: where sections begin, and that known ones occur once. */
abstract class Sections implements ScanHandler {
  readonly offsets = new Map<string, number>()
  header: Header | undefined

  section(key: string, offset: number): SectionPlan {
    if (this.offsets.has(key) && isKnown(key)) throw new SectionRepeated(key, offset)
    if (this.offsets.size < MAX_KEYS || isKnown(key)) this.offsets.set(key, offset)
    return this.plan(key) ?? (FLAT.some(known => known === key) ? PASSED_OVER : {kind: 'skip'})
  }

  sectionEnd(_key: string): void {}

  protected abstract plan(key: string): SectionPlan | undefined
}

/** Passed over by the loop for numbers, which is ten times as fast as the one for any JSON. */
const FLAT = ['nodes', 'edges', 'locations'] as const
const PASSED_OVER: SectionPlan = {kind: 'numbers', rowLength: 1, rows() {}}

function isKnown(key: string): boolean {
  return [...SECTIONS, ...TRACES, ...SCOPES].some(known => known === key)
}

type Progress = RedactOptions['onProgress']

async function scanWhole(source: ByteSource, handler: Sections, onProgress: Progress): Promise<void> {
  for await (const _ of scanned(source, handler, onProgress)) {
    // The handler has it.
  }
}

/** What is found wrong behind a scan is told as what is found while it runs. */
async function behind<T>(source: ByteSource, handler: Sections, find: () => T): Promise<T> {
  try {
    return find()
  } catch (error) {
    throw await explain(error, source, handler)
  }
}

/** Gives a turn after each chunk of the input, and after the last. */
async function* scanned(source: ByteSource, handler: Sections, onProgress: Progress): AsyncGenerator<void> {
  const scanner = new JsonScanner(handler)
  try {
    for await (const chunk of source.chunks(bytes => onProgress?.(bytes, source.storedBytes))) {
      scanner.write(chunk)
      yield
    }
    scanner.end()
    if (handler.offsets.get('snapshot') === undefined) throw new SectionMissing('snapshot')
    for (const key of ['nodes', 'edges', 'strings']) if (!handler.offsets.has(key)) throw new SectionMissing(key)
  } catch (error) {
    throw await explain(error, source, handler)
  }
}

async function* written(source: ByteSource, writing: Writing, onProgress: Progress): AsyncGenerator<Uint8Array> {
  for await (const _ of scanned(source, writing, onProgress)) yield* writing.writer.take()
  writing.writer.finish()
  yield* writing.writer.take()
}

function numbers(rowLength: number, rows: (values: Float64Array, rows: number) => void): SectionPlan {
  return {kind: 'numbers', rowLength, rows}
}

/** The first scan: header, columns of the nodes, words among the strings. */
class NodesAndWords extends Sections {
  readonly words = new WordFinder()
  nodes: NodeNames | undefined
  /** Nodes that stand before the header. */
  readonly #waiting: Float64Array[] = []

  protected plan(key: string): SectionPlan | undefined {
    if (key === 'snapshot') return {kind: 'text', limitBytes: MAX_HEADER_BYTES, text: json => this.#read(json)}
    if (key === 'strings') return {kind: 'strings', sink: new TextSink(text => this.words.take(text))}
    if (key !== 'nodes') return undefined
    const {header, nodes} = this
    if (header === undefined || nodes === undefined)
      return numbers(1, (values, rows) => void this.#waiting.push(values.slice(0, rows)))
    return numbers(header.schema.node.length, (values, rows) => nodes.append(values, rows))
  }

  #read(json: string): void {
    this.header = parseHeader(json)
    this.nodes = new NodeNames(this.header)
  }

  finish(): {header: Header; nodes: NodeNames; words: WordFinder} {
    const {header, nodes} = this
    if (header === undefined || nodes === undefined) throw new SectionMissing('snapshot')
    const rowLength = header.schema.node.length
    let rest = new Float64Array(0)
    for (const block of this.#waiting.splice(0)) {
      const values = new Float64Array(rest.length + block.length)
      values.set(rest)
      values.set(block, rest.length)
      const rows = Math.floor(values.length / rowLength)
      nodes.append(values, rows)
      rest = values.slice(rows * rowLength)
    }
    return {header, nodes, words: this.words}
  }
}

/** The second: what edges and traces say of strings. */
class EdgesAndTraces extends Sections {
  override readonly header: Header
  readonly #uses: UseFinder

  constructor(header: Header, uses: UseFinder) {
    super()
    this.header = header
    this.#uses = uses
  }

  protected plan(key: string): SectionPlan | undefined {
    if (key === 'edges')
      return numbers(this.header.schema.edge.length, (values, rows) => this.#uses.edges(values, rows))
    if (key === 'scope_context_vars') return this.#uses.variables()
    const sink = key === 'trace_function_infos' ? this.#uses.functions() : undefined
    return sink && {kind: 'nested', sink}
  }
}

/** The third: names of code. */
class StringsOnly extends Sections {
  readonly #names: NameCollector

  constructor(names: NameCollector) {
    super()
    this.#names = names
  }

  protected plan(key: string): SectionPlan | undefined {
    return key === 'strings' ? {kind: 'strings', sink: new TextSink(text => this.#names.take(text))} : undefined
  }
}

type NameSets = {[Key in keyof CodeNames]: Set<string>}

class NameCollector {
  readonly #sets: NameSets
  readonly #uses: Uint16Array
  #index = 0

  constructor(uses: Uint16Array, sets: NameSets) {
    this.#uses = uses
    this.#sets = sets
  }

  take(text: string): void {
    const found = nameOfCode(text, this.#uses[this.#index++])
    if (found !== undefined && this.#sets[found].size < MAX_NAMES) this.#sets[found].add(text)
  }
}

/** Decodes strings one by one. */
class TextSink implements StringSink {
  #bytes = Buffer.allocUnsafe(1 << 12)
  #used = 0
  readonly #take: (text: string) => void

  constructor(take: (text: string) => void) {
    this.#take = take
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    const length = Math.min(to - from, MAX_STRING_BYTES - this.#used)
    if (this.#used + length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#used + length, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, this.#used)
      this.#bytes = larger
    }
    this.#bytes.set(bytes.subarray(from, from + length), this.#used)
    this.#used += length
  }

  end(): void {
    const raw = this.#bytes.toString('utf8', 0, this.#used)
    this.#used = 0
    this.#take(raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw)
  }
}

/** The last: everything once more, with other texts. */
class Writing extends Sections {
  readonly writer = new SnapshotWriter()
  override readonly header: Header
  readonly #nodes: NodeNames
  readonly #uses: UseFinder
  readonly #elements: ElementNumbers
  readonly #texts: SafeTextOptions
  readonly #audit: RedactionAudit
  readonly #forbidden: readonly RegExp[]
  readonly #examples: number
  #string = 0
  #open = false

  constructor(
    {header, nodes, uses}: UsesRead,
    texts: SafeTextOptions,
    audit: RedactionAudit,
    {forbidden = [], examples = 10}: RedactOptions,
  ) {
    super()
    this.header = header
    this.#nodes = nodes
    this.#uses = uses
    this.#texts = texts
    this.#audit = audit
    // A pattern that remembers where it was would pass over every other text.
    this.#forbidden = forbidden.map(({source, flags}) => new RegExp(source, flags.replace(/[gy]/g, '')))
    this.#examples = examples
    this.#elements = new ElementNumbers(header, nodes, uses.sparse)
  }

  protected plan(key: string): SectionPlan | undefined {
    const {schema, meta} = this.header
    const {writer} = this
    this.#open = false
    const copy = (rowLength: number) => {
      this.#begin(key, rowLength)
      return numbers(rowLength, (values, rows) => writer.numbers(values, rows * rowLength))
    }
    if (key === 'snapshot') {
      writer.json(key, JSON.stringify(safeHeader(this.header, this.#nodes.count)))
      return undefined
    }
    if (key === 'nodes') return copy(schema.node.length)
    if (key === 'edges') {
      this.#begin(key, schema.edge.length)
      return numbers(schema.edge.length, (values, rows) => {
        this.#audit.renumbered += this.#elements.renumber(values, rows)
        writer.numbers(values, rows * schema.edge.length)
      })
    }
    if (key === 'locations' && schema.location !== undefined) return copy(schema.location.length)
    if (key === 'strings') {
      this.#begin(key)
      return {kind: 'strings', sink: new TextSink(text => this.#write(text))}
    }
    if (TRACES.some(known => known === key)) {
      this.#begin(key, listLength(meta[FIELDS_OF[key]]))
      return {kind: 'nested', sink: this.#nested()}
    }
    if (SCOPES.some(known => known === key) && meta.scope_fields !== undefined) return copy(1)
    this.#audit.leftOut.push(key)
    return undefined
  }

  override sectionEnd(): void {
    if (this.#open) this.writer.end()
    this.#open = false
  }

  #begin(key: string, rowLength = 0): void {
    this.writer.begin(key, rowLength)
    this.#open = true
  }

  /** The outermost array is begun already; what is no number is left out. */
  #nested(): NestedSink {
    const {writer} = this
    let depth = 0
    return {
      open() {
        if (depth++ > 0) writer.open()
      },
      close() {
        if (--depth > 0) writer.close()
      },
      number: value => writer.number(value),
      other() {},
    }
  }

  #write(text: string): void {
    const index = this.#string++
    const {text: safe, readable} = safeText(text, this.#uses.uses[index], this.#texts)
    this.writer.string(safe)
    const audit = this.#audit
    if (readable === undefined) audit.hidden++
    else {
      const known = audit.readable[readable]
      known.count++
      if (known.examples.length < this.#examples) known.examples.push(safe)
    }
    const pattern = this.#forbidden.find(one => one.test(safe))
    if (pattern === undefined) return
    audit.matchCount++
    if (audit.matches.length < MAX_MATCHES)
      audit.matches.push({pattern: String(pattern), kind: readable ?? 'hidden', text: safe})
  }
}

const FIELDS_OF: Record<string, string> = {
  trace_function_infos: 'trace_function_info_fields',
  samples: 'sample_fields',
}

function listLength(fields: unknown): number {
  return Array.isArray(fields) ? fields.length : 0
}

/** Names of fields and types, and counts: what a header of V8's has, and nothing else (`HeapSnapshotJSONSerializer::SerializeSnapshot`). */
const LISTS = new Set(
  'node_fields|node_types|edge_fields|edge_types|trace_function_info_fields|trace_node_fields|sample_fields|location_fields|scope_fields|scope_context_var_fields|scope_use_fields'.split(
    '|',
  ),
)

const FIELD = /^[a-z_][a-z_ ]{0,40}$/

function safeHeader(
  {meta, schema, edgeCount, traceFunctionCount, extraNativeBytes, rootOrdinal}: Header,
  nodeCount: number,
) {
  const isWord = (item: unknown) => typeof item === 'string' && FIELD.test(item)
  const safeList = (list: unknown): unknown =>
    Array.isArray(list) ? list.map(item => (isWord(item) ? item : safeList(item))) : 'x'
  const lists = Object.entries(meta).filter(([key, value]) => LISTS.has(key) && Array.isArray(value))
  return {
    meta: Object.fromEntries(lists.map(([key, value]) => [key, safeList(value)])),
    ...(rootOrdinal === 0 ? {} : {root_index: rootOrdinal * schema.node.length}),
    node_count: nodeCount,
    edge_count: edgeCount,
    trace_function_count: traceFunctionCount,
    ...(extraNativeBytes === undefined ? {} : {extra_native_bytes: extraNativeBytes}),
  }
}
