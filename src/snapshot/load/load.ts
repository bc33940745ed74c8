/** From bytes to a Snapshot: fills the columns while the sections are scanned, and checks every number on the way. */
import {eachChunk, processorCount, regularFileSize} from '../../files/file.ts'
import {isPacked} from '../../files/private-file.ts'
import {JsonScanner, type ScanHandler, type SectionPlan} from '../../read/json-scanner.ts'
import {openSource, type SnapshotInput} from '../../read/source.ts'
import {formatBytes, formatCount} from '../../util/units.ts'
import {keepSourceScopes, SourceScopesBuilder} from '../code/source-scopes.ts'
import type {Locations} from '../columns/heap.ts'
import {type Header, HeaderError, parseHeader} from '../columns/schema.ts'
import {Snapshot} from '../columns/snapshot.ts'
import {type StringTable, StringTableBuilder} from '../columns/strings.ts'
import {keepTraces} from '../columns/traces.ts'
import {indexPlace, openIndexed} from '../index/index-cache.ts'
import {indexFolder} from '../index/index-folder.ts'
import {EdgeColumns, LocationColumns, NodeColumns} from './columns.ts'
import {explain, isKnown, noteSection, SectionMissing} from './load-errors.ts'
import {type NumberColumns, namesExist, type ParallelRead, readInParallel, scanRest} from './load-parallel.ts'
import {checkMemory, checkStillRoom, type MemoryNeed, memoryNeed, threadsFor} from './memory-need.ts'
import {checkOpening, type OpenOptions} from './open-options.ts'
import {TracesBuilder} from './trace-columns.ts'
import {Waiting} from './waiting.ts'

export const MAX_HEADER_BYTES = 16 << 20

/**
 * Loads a heap snapshot. Throws a HeapgraphError (USAGE, UNREADABLE, TOO_LARGE, NOT_A_SNAPSHOT, BROKEN_SNAPSHOT) that names the file, the
 * section, the byte and what to do.
 */
export async function openSnapshot(input: SnapshotInput, options: OpenOptions = {}): Promise<Snapshot> {
  checkOpening(input, options)
  const {signal} = options
  signal?.throwIfAborted()
  const snapshot = await openAny(input, options)
  if (signal?.aborted) snapshot.close()
  signal?.throwIfAborted()
  return snapshot
}

function openAny(input: SnapshotInput, options: OpenOptions): Promise<Snapshot> | Snapshot {
  const {index = 'off', indexFolder: folder = indexFolder(process.env)} = options
  const load = async () => {
    const need = await neededMemory(input)
    const lack = need === undefined ? undefined : checkMemory(String(input), need)
    if (lack !== undefined) options.onRemark?.(`${input}: ${lack}`)
    return (await openInParallel(input, options, need)) ?? openPlainly(input, options)
  }
  if (typeof input !== 'string' || input === '-' || index === 'off') return load()
  const place = indexPlace(input, index, folder)
  return place === undefined ? load() : openIndexed(place, load, () => openAtOnce(input))
}

/** Below this size there is room on any machine. */
const NEED_FROM_BYTES = 32 << 20

/** What a large plain file will take, by its header; undefined for anything else, and for what has no header to be read first. */
async function neededMemory(input: SnapshotInput): Promise<MemoryNeed | undefined> {
  if (typeof input !== 'string' || input === '-') return undefined
  const size = regularFileSize(input)
  if (size === undefined || size < NEED_FROM_BYTES || isPacked(input)) return undefined
  try {
    return memoryNeed((await openHeader(input)).header, size)
  } catch {
    // The loader will meet the same trouble.
    return undefined
  }
}

/** Loads a plain file that has been loaded before, without a pause. */
function openAtOnce(path: string): Snapshot {
  const loader = new SnapshotLoader(regularFileSize(path))
  const scanner = new JsonScanner(loader)
  eachChunk(path, chunk => scanner.write(chunk))
  scanner.end()
  return loader.finish(path)
}

const MAX_THREADS = 4
/** Below this size the threads take longer to start than they save. */
const PARALLEL_FROM_BYTES = 32 << 20

/** Loads a large plain file with several threads; undefined if it is none, or if anything about it is unusual. */
async function openInParallel(
  input: SnapshotInput,
  options: OpenOptions,
  need: MemoryNeed | undefined,
): Promise<Snapshot | undefined> {
  const {threads: wanted = Math.min(MAX_THREADS, processorCount()), parallelFromBytes = PARALLEL_FROM_BYTES} = options
  if (typeof input !== 'string' || input === '-' || wanted < 2) return undefined
  const threads = need === undefined ? wanted : threadsFor(need, wanted)
  if (threads < 2) return undefined
  try {
    const size = regularFileSize(input)
    if (size === undefined || size < parallelFromBytes) return undefined
    const read = await readInParallel(input, size, threads, options.onProgress)
    if (read === undefined) return undefined
    const loader = new SnapshotLoader(size, read)
    await scanRest(input, read, new JsonScanner(loader), offset => options.onProgress?.('reading', offset, size))
    const snapshot = loader.finish(input)
    snapshot.threads = read.threads
    return snapshot
  } catch {
    // The plain loader will meet the same trouble, and can say what and where.
    return undefined
  }
}

const CHECKED_EVERY_BYTES = 64 << 20
/** Snapshots of V8's are packed to a tenth as a rule, and to a fiftieth where they are one list of equal objects. */
const UNUSUAL_RATIO = 200

async function openPlainly(input: SnapshotInput, options: OpenOptions): Promise<Snapshot> {
  const source = await openSource(input, options.chunkBytes)
  const loader = new SnapshotLoader(source.sizeBytes)
  const scanner = new JsonScanner(loader)
  try {
    const onStored = (bytes: number) => options.onProgress?.('reading', bytes, source.storedBytes)
    let bytes = 0
    let checked = 0
    for await (const chunk of source.chunks(onStored)) {
      options.signal?.throwIfAborted()
      scanner.write(chunk)
      bytes += chunk.length
      if (bytes - checked < CHECKED_EVERY_BYTES) continue
      checked = bytes
      checkStillRoom(source.name, bytes)
    }
    scanner.end()
    const snapshot = loader.finish(source.name)
    const ratio = Math.round(bytes / (source.storedBytes ?? bytes))
    if (ratio >= UNUSUAL_RATIO)
      snapshot.remarks.push(`unpacked it is ${formatBytes(bytes)}, ${formatCount(ratio)} times its size`)
    return snapshot
  } catch (error) {
    throw await explain(error, source, loader)
  }
}

/** What is known of a snapshot without reading it: sizes in bytes, undefined where they cannot be known beforehand. */
export interface SnapshotHeader {
  name: string
  /** Of the file as it lies on the disk. */
  storedBytes: number | undefined
  /** Unpacked. */
  sizeBytes: number | undefined
  /** Its counts are those that the file promises. */
  header: Header
  /** The index of the root's name, which tells V8's files from others'; undefined if the nodes are not where V8 has them. */
  rootName: number | undefined
}

/** Reads no further than the header and the first nodes: milliseconds on a file of any size. */
export async function openHeader(input: SnapshotInput): Promise<SnapshotHeader> {
  const source = await openSource(input, 64 << 10)
  const loader = new SnapshotLoader(source.sizeBytes)
  const scanner = new JsonScanner(loader)
  try {
    let behind = 0
    for await (const chunk of source.chunks()) {
      scanner.write(chunk)
      if (loader.header === undefined) continue
      // The first node stands right behind the header.
      if (loader.rootName !== undefined || behind++ > 0) break
    }
    if (loader.header === undefined) {
      scanner.end()
      throw new SectionMissing('snapshot')
    }
    const {name, storedBytes, sizeBytes} = source
    return {name, storedBytes, sizeBytes, header: loader.header, rootName: loader.rootName}
  } catch (error) {
    throw await explain(error, source, loader)
  }
}

type Ready = Pick<ParallelRead, 'columns' | 'locations'>

class SnapshotLoader implements ScanHandler {
  header: Header | undefined
  /** Where each section's value begins. */
  readonly offsets = new Map<string, number>()
  readonly #sizeBytes: number | undefined
  readonly #strings: StringTableBuilder
  readonly #waiting = new Map<string, Waiting>()
  readonly #sourceScopes = new SourceScopesBuilder()
  readonly #traces = new TracesBuilder()
  #nodes: NodeColumns | undefined
  #edges: EdgeColumns | undefined
  #locations: LocationColumns | undefined
  readonly #ready: Ready | undefined

  /**
   * `sizeBytes`: the size of the unpacked file, if known; the header's counts are believed no further. `ready`: nodes, edges
   * and perhaps locations that have been read already; their sections are then empty.
   */
  constructor(sizeBytes: number | undefined, ready?: Ready) {
    this.#sizeBytes = sizeBytes
    this.#ready = ready
    // Those who have read the nodes and edges may help later on, and then need all.
    this.#strings = new StringTableBuilder(ready !== undefined)
  }

  section(key: string, offset: number): SectionPlan {
    noteSection(this.offsets, key, offset, isKnown)
    if (key === 'snapshot') {
      return {kind: 'text', limitBytes: MAX_HEADER_BYTES, text: json => this.#readHeader(json)}
    }
    if (key === 'strings') return {kind: 'strings', sink: this.#strings}
    if (key === 'nodes' || key === 'edges' || key === 'locations') {
      const plan = this.#rowPlan(key)
      if (plan !== undefined) return plan
      const waiting = new Waiting()
      this.#waiting.set(key, waiting)
      return {kind: 'numbers', rowLength: 1, rows: (values, rows) => waiting.rows(values, rows)}
    }
    const traces = this.#traces.sink(key)
    if (traces !== undefined) return {kind: 'nested', sink: traces}
    // Other producers may write what they like under such a key, but for those whose header says what it is.
    const take = this.header?.meta.scope_fields === undefined ? undefined : this.#sourceScopes.sink(key)
    return take === undefined ? {kind: 'skip'} : {kind: 'numbers', rowLength: 1, rows: take}
  }

  /**
   * A wrong count is told before what follows from it: edges to nodes that the header does not count. A count of 0 promises nothing
   * (Hermes wrote it before it could count): then the section, which is whole, is believed.
   */
  sectionEnd(key: string): void {
    if (this.header === undefined) return
    if (key === 'nodes' && this.#nodes !== undefined) {
      if (this.header.nodeCount === 0) this.header = {...this.header, nodeCount: this.#nodes.rows}
      this.#nodes.checkCount(this.header.nodeCount)
      this.#replay('edges')
      this.#replay('locations')
    }
    if (key === 'edges' && this.#edges !== undefined) {
      if (this.header.edgeCount === 0) this.header = {...this.header, edgeCount: this.#edges.rows}
      this.#edges.checkCount(this.header.edgeCount)
    }
  }

  /** The index of the root's name, once the nodes have begun. */
  get rootName(): number | undefined {
    return this.#nodes?.firstName
  }

  #readHeader(json: string): void {
    this.header = parseHeader(json)
    for (const key of ['nodes', 'edges', 'locations']) this.#replay(key)
  }

  /** Reads a section that was waiting, if it is now known how. */
  #replay(key: string): void {
    const waiting = this.#waiting.get(key)
    const plan = waiting === undefined ? undefined : this.#rowPlan(key)
    if (plan?.kind !== 'numbers') return
    this.#waiting.delete(key)
    waiting?.replay(key, plan)
    this.sectionEnd(key)
  }

  /** How to read a section of numbers; undefined as long as the header, or the number of nodes, is not known. */
  #rowPlan(key: string): SectionPlan | undefined {
    const {header} = this
    if (header === undefined || (key !== 'nodes' && header.nodeCount === 0)) return undefined
    const {schema} = header
    if (this.#ready !== undefined && (key !== 'locations' || this.#ready.locations !== undefined)) return {kind: 'skip'}
    if (key === 'nodes') {
      const columns = new NodeColumns(schema, this.#believed(header.nodeCount, schema.node.length))
      this.#nodes = columns
      return {kind: 'numbers', rowLength: schema.node.length, rows: readInto(columns, header.nodeCount)}
    }
    if (key === 'edges') {
      const columns = new EdgeColumns(schema, header.nodeCount, this.#believed(header.edgeCount, schema.edge.length))
      this.#edges = columns
      return {kind: 'numbers', rowLength: schema.edge.length, rows: readInto(columns, header.edgeCount)}
    }
    const layout = schema.location
    if (layout === undefined) return {kind: 'skip'}
    const columns = new LocationColumns(
      layout,
      schema.node.length,
      header.nodeCount,
      // One a node, as a rule.
      Math.min(this.#believed(header.nodeCount, schema.node.length), this.#believed(header.nodeCount, layout.length)),
    )
    this.#locations = columns
    return {kind: 'numbers', rowLength: layout.length, rows: (values, rows) => columns.append(values, rows)}
  }

  /** A row takes at least two bytes a number, so that a lying count costs no memory. */
  #believed(count: number, rowLength: number): number {
    return this.#sizeBytes === undefined ? 0 : Math.min(count, Math.ceil(this.#sizeBytes / (2 * rowLength)))
  }

  #numberColumns({nodeCount, edgeCount}: Header, stringCount: number): NumberColumns {
    if (this.#ready !== undefined) {
      const {columns} = this.#ready
      if (!namesExist(columns, stringCount)) throw new Error('a name is not a string')
      return columns
    }
    const nodes = this.#nodes!.finish(nodeCount, stringCount)
    return {...nodes, ...this.#edges!.finish(edgeCount, stringCount, nodes.firstEdge[nodeCount])}
  }

  #finishLocations(): Locations {
    const ready = this.#ready?.locations
    if (ready === undefined) return (this.#locations ?? new LocationColumns(undefined, 1, 0, 0)).finish()
    if (!ready.isSorted()) throw new Error('a worker thread died')
    return ready.rows
  }

  /** The checks that need more than one section, then the snapshot. */
  finish(name: string): Snapshot {
    const {header} = this
    if (header === undefined) throw new SectionMissing('snapshot')
    for (const key of ['nodes', 'edges', 'strings']) if (!this.offsets.has(key)) throw new SectionMissing(key)
    const strings: StringTable = this.#strings.finish()
    const columns = this.#numberColumns(header, strings.count)
    if (!Number.isInteger(header.rootOrdinal) || header.rootOrdinal >= header.nodeCount) {
      throw new HeaderError(
        header.nodeCount === 0 ? 'there are no nodes' : '"snapshot.root_index" is not the position of a node',
      )
    }
    const snapshot = new Snapshot(name, header, {...columns, locations: this.#finishLocations()}, strings)
    const leftOut = this.#locations?.leftOut ?? 0
    if (leftOut > 0) snapshot.remarks.push(leftOutRemark(leftOut))
    const {traces, remarks} = this.#traces.finish(header, strings.count, columns)
    if (traces !== undefined) keepTraces(snapshot, traces)
    snapshot.remarks.push(...remarks)
    const sourceScopes = this.#sourceScopes.finish()
    if (sourceScopes !== undefined) keepSourceScopes(snapshot, sourceScopes)
    return snapshot
  }
}

/** Rows go to their columns as long as there are not far more than promised. */
function readInto(columns: NodeColumns | EdgeColumns, promised: number): (values: Float64Array, rows: number) => void {
  return (values, rows) => {
    columns.append(values, rows)
    columns.checkExcess(promised)
  }
}

function leftOutRemark(count: number): string {
  const what =
    count === 1 ? '1 place in code is left out: its' : `${formatCount(count)} places in code are left out: their`
  return `${what} line, column or script has a number beyond 32 bits`
}
