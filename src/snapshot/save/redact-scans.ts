/**
 * A snapshot read from front to back, several times, for those who write it anew without keeping it: what its strings are used for, and its sections one after
 * the other.
 */
import {JsonScanner, type ScanHandler, type SectionPlan, type StringSink} from '../../read/json-scanner.ts'
import {type ByteSource, openSource, type SnapshotInput} from '../../read/source.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {type Header, parseHeader} from '../columns/schema.ts'
import {MAX_HEADER_BYTES} from '../load/load.ts'
import {explain, noteSection, SectionMissing} from '../load/load-errors.ts'
import {Waiting} from '../load/waiting.ts'
import {type CodeNames, nameOfCode} from './safe-text.ts'
import {NodeNames, UseFinder, WordFinder} from './text-uses.ts'

/** Names of code that are remembered: some millions of different ones are no program's. */
const MAX_NAMES = 1 << 21
/** Characters of a string that are kept while it is read; the rest of a longer one is that of its beginning. */
const MAX_STRING_BYTES = 256 << 20

const SECTIONS = ['snapshot', 'nodes', 'edges', 'locations', 'strings'] as const
/** Sections of allocation stacks, and of scopes. */
export const TRACES = ['trace_function_infos', 'trace_tree', 'samples'] as const
export const SCOPES = ['scopes', 'scope_context_vars', 'scope_uses'] as const

/** Throws USAGE for what cannot be read more than once. */
export async function openTwice(input: SnapshotInput): Promise<ByteSource> {
  const source = await openSource(input)
  if (source.repeatable) return source
  throw new HeapgraphError(
    'USAGE',
    `${source.name}: it is read several times, which a pipe cannot be`,
    'write it to a file first',
  )
}

/** What the first three scans found. */
export interface UsesRead {
  header: Header
  nodes: NodeNames
  uses: UseFinder
}

/** What the strings of a file are used for; adds the names that its code has. */
export async function readUses(source: ByteSource, names: NameSets, onProgress: Progress): Promise<UsesRead> {
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

/** What the scans share: where sections begin, and that known ones occur once. */
export abstract class Sections implements ScanHandler {
  readonly offsets = new Map<string, number>()
  header: Header | undefined

  section(key: string, offset: number): SectionPlan {
    noteSection(this.offsets, key, offset, isKnown)
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

/** Told while a file is read, again and again: bytes of how many, undefined where nobody knows. */
export type Progress = ((bytes: number, ofBytes: number | undefined) => void) | undefined

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
export async function* scanned(source: ByteSource, handler: Sections, onProgress: Progress): AsyncGenerator<void> {
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

type NumbersPlan = SectionPlan & {kind: 'numbers'}

/** A plan for rows of numbers. */
export function numbers(rowLength: number, rows: (values: Float64Array, rows: number) => void): NumbersPlan {
  return {kind: 'numbers', rowLength, rows}
}

/** The first scan: header, columns of the nodes, words among the strings. */
class NodesAndWords extends Sections {
  readonly words = new WordFinder()
  nodes: NodeNames | undefined
  readonly #waiting = new Waiting()

  protected plan(key: string): SectionPlan | undefined {
    if (key === 'snapshot') return {kind: 'text', limitBytes: MAX_HEADER_BYTES, text: json => this.#read(json)}
    if (key === 'strings') return {kind: 'strings', sink: new TextSink(text => this.words.take(text))}
    if (key !== 'nodes') return undefined
    const {header, nodes} = this
    return header === undefined || nodes === undefined
      ? numbers(1, (values, rows) => this.#waiting.rows(values, rows))
      : rowsOf(header, nodes)
  }

  #read(json: string): void {
    this.header = parseHeader(json)
    this.nodes = new NodeNames(this.header)
  }

  finish(): {header: Header; nodes: NodeNames; words: WordFinder} {
    const {header, nodes} = this
    if (header === undefined || nodes === undefined) throw new SectionMissing('snapshot')
    this.#waiting.replay('nodes', rowsOf(header, nodes))
    return {header, nodes, words: this.words}
  }
}

function rowsOf({schema}: Header, nodes: NodeNames): NumbersPlan {
  return numbers(schema.node.length, (values, rows) => nodes.append(values, rows))
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
export class TextSink implements StringSink {
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
