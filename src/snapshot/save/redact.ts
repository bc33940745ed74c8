/**
 * A snapshot with its texts hidden, for others to look into: the same nodes, edges, sizes, ids and places. The file is read three or four times
 * from front to back; what is kept are 9 bytes a node, 2 a string, and the names that code has.
 */
import type {NestedSink, SectionPlan} from '../../read/json-scanner.ts'
import type {ByteSource, SnapshotInput} from '../../read/source.ts'
import type {Header} from '../columns/schema.ts'
import {
  numbers,
  openTwice,
  type Progress,
  readUses,
  SCOPES,
  Sections,
  scanned,
  TextSink,
  TRACES,
  type UsesRead,
} from './redact-scans.ts'
import {type KeptSources, READABLE_KINDS, type ReadableKind, type SafeTextOptions, safeText} from './safe-text.ts'
import {SnapshotWriter} from './snapshot-writer.ts'
import {type StandInOptions, StandIns} from './stand-ins.ts'
import {ElementNumbers, type NodeNames, type UseFinder} from './text-uses.ts'

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

async function* written(source: ByteSource, writing: Writing, onProgress: Progress): AsyncGenerator<Uint8Array> {
  for await (const _ of scanned(source, writing, onProgress)) yield* writing.writer.take()
  writing.writer.finish()
  yield* writing.writer.take()
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
