/** Indexes of snapshots: where they lie, when one may be used, and how it becomes a Snapshot again. */
import {ownVersion} from '../../files/own-package.ts'
import {
  type FileStamp,
  isPacked,
  isSameFile,
  isThere,
  makePrivateFolder,
  nameOfStamp,
  type Put,
  readPart,
  sameStamp,
  stampOf,
  touch,
  wholePath,
} from '../../files/private-file.ts'
import {distrust} from '../../files/trust.ts'
import {HeapgraphError} from '../../util/errors.ts'
import type {NumberArray} from '../../util/number-column.ts'
import {SavedAnswers} from '../columns/kept-answers.ts'
import {type SavedArray, SavedColumns} from '../columns/saved.ts'
import {type Header, parseHeader} from '../columns/schema.ts'
import {copySettings} from '../columns/settings.ts'
import {Snapshot} from '../columns/snapshot.ts'
import {SEGMENT_BYTES, StringTable} from '../columns/strings.ts'
import {type ColumnSource, IndexFile, looksLikeIndex, writeIndexFile} from './index-file.ts'
import {BASE, IndexedColumns, LOCATIONS} from './indexed-columns.ts'

const STRING_OFFSETS = 'strings.offsets'
const STRING_PIECE = 'strings.'
/** Between the name of a group of derived columns and that of the column. */
const DERIVED = 'derived.'

/** Which index belongs to an input. */
export interface IndexPlace {
  snapshotPath: string
  stamp: FileStamp
  path: string
  /** The folder of all indexes; undefined if the index has a place of its own. */
  folder: string | undefined
}

/** What is known of a snapshot that was opened with an index, or might get one. */
interface IndexState {
  place: IndexPlace
  /** The index it came from. */
  file: IndexFile | undefined
  /** Whether something in the index could not be used. */
  damaged: boolean
  /** Loads the snapshot at once, if it can be. */
  reload: () => Snapshot
  /** Columns that an attempt of `answerOfFew` has read whole: another need not read them again. */
  wholes?: Map<string, SavedArray>
}

const states = new WeakMap<Snapshot, IndexState>()

/** Where the index of a snapshot lies, or would: at `index`, or for `auto` in the folder; undefined if it can have none. */
export function indexPlace(snapshotPath: string, index: string, folder: string | undefined): IndexPlace | undefined {
  const isAuto = index === 'auto'
  if (isAuto && folder === undefined) return undefined
  const stamp = stampOf(snapshotPath)
  if (stamp === undefined) return undefined
  const path = isAuto ? `${folder}/${nameOfStamp(stamp)}.hgx` : index
  return {snapshotPath, stamp, path, folder: isAuto ? folder : undefined}
}

/**
 * The snapshot as its index has it, else as `load` does. `reload` loads it at once, for the case that the index turns out to
 * be damaged in the middle of a question; packed files cannot be, so that all that would be needed is read here and now.
 */
export async function openIndexed(
  place: IndexPlace,
  load: () => Promise<Snapshot>,
  reload: () => Snapshot,
): Promise<Snapshot> {
  const distrusted = isThere(place.path) ? distrust(place.path) : undefined
  if (distrusted !== undefined) {
    const snapshot = await load()
    snapshot.remarks.push(`the index ${place.path} is not used: ${distrusted}`)
    return snapshot
  }
  const file = usableIndex(place)
  const packed = isPacked(place.snapshotPath)
  const state: IndexState = {
    place,
    file,
    damaged: file === undefined && isThere(place.path),
    reload: packed ? cannotReload : reload,
  }
  const snapshot = file === undefined ? undefined : fromIndex(file, state)
  if (snapshot !== undefined && file !== undefined && (!packed || readAll(snapshot, file, state))) {
    states.set(snapshot, state)
    snapshot.answers = keptAnswers(place)
    touch(place.path)
    return snapshot
  }
  const loaded = await load()
  states.set(loaded, {place, file: undefined, damaged: isThere(place.path), reload: cannotReload})
  loaded.answers = keptAnswers(place)
  return loaded
}

/** Beside the index, so that an answer that is added does not have all columns copied. */
export const ANSWERS_ENDING = '.answers'

/** What all answers of a snapshot together may take: of more, the oldest are left out. */
const ANSWERS_BYTES = 16 << 20

function keptAnswers(place: IndexPlace): SavedAnswers {
  let file: IndexFile | undefined
  return new SavedAnswers(key => {
    file ??= usableAnswers(place)
    return file?.read(key) as Uint8Array | undefined
  })
}

function usableAnswers({path, stamp}: IndexPlace): IndexFile | undefined {
  const answers = path + ANSWERS_ENDING
  return isThere(answers) && distrust(answers) === undefined ? usableIndex({path: answers, stamp}) : undefined
}

/** Writes the answers made since the file was opened before those that are kept, as many as there is room for. */
function saveAnswers(snapshot: Snapshot, {place}: IndexState): void {
  const {made} = snapshot.answers
  const path = place.path + ANSWERS_ENDING
  if (made.size === 0 || !sameStamp(stampOf(place.snapshotPath), place.stamp)) return
  checkReplaceable(path, place.snapshotPath)
  if (distrust(path) !== undefined) return
  const about = {
    writer: ownVersion(),
    stamp: place.stamp,
    snapshot: wholePath(place.snapshotPath),
    header: {},
    stringCount: 0,
  }
  const kept = usableAnswers(place)
  const sources = [...made].reverse().map(([name, bytes]): ColumnSource & {bytes: number} => ({
    name,
    bytes: bytes.length,
    make: () => bytes,
  }))
  for (const name of kept?.names ?? []) {
    const bytes = kept?.entry(name)?.bytes ?? 0
    if (!made.has(name)) sources.push({name, bytes, from: kept, make: () => undefined})
  }
  let left = ANSWERS_BYTES
  const fitting = sources.filter(({bytes}) => {
    left -= bytes
    return left >= 0
  })
  writeIndexFile(path, about, fitting)
  made.clear()
  snapshot.answers = keptAnswers(place)
}

function cannotReload(): never {
  throw new Error('a packed snapshot cannot be loaded at once')
}

function usableIndex({path, stamp}: Pick<IndexPlace, 'path' | 'stamp'>): IndexFile | undefined {
  const file = IndexFile.open(path)
  // The version is a hash of all code: not for nothing.
  if (file === undefined || !sameStamp(file.table.stamp, stamp)) return undefined
  return file.table.writer === ownVersion() ? file : undefined
}

/** Undefined if the index contradicts itself. */
function fromIndex(file: IndexFile, state: IndexState, few?: FewLooks): Snapshot | undefined {
  const header = headerOf(file)
  if (header === undefined || !isComplete(file, header)) return undefined
  let fresh: Snapshot | undefined
  const read = (name: string) => {
    const column = state.wholes?.get(name) ?? file.read(name)
    if (column === undefined) state.damaged = true
    else if (few !== undefined) state.wholes = (state.wholes ?? new Map()).set(name, column)
    return column
  }
  const instead = () => {
    fresh ??= reloadUnchanged(state.place, state.reload)
    return fresh
  }
  // Lists of few nodes are gone through from end to end, and to read a bit or a byte a node costs little.
  const leastBytes = few === undefined ? 0 : header.nodeCount
  const isPaged = (name: string) => (file.entry(name)?.bytes ?? 0) > leastBytes
  const strings = new StringTable({
    count: file.table.stringCount,
    offsets: () => (read(STRING_OFFSETS) as NumberArray | undefined) ?? instead().strings.source.offsets(),
    piece(index) {
      const bytes = read(STRING_PIECE + index)
      if (bytes === undefined) return instead().strings.source.piece(index)
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    },
  })
  const groups = new Set(
    [...file.names].filter(name => name.startsWith(DERIVED)).map(name => name.slice(0, name.lastIndexOf('.'))),
  )
  const saved = new SavedColumns(
    group => groups.has(DERIVED + group),
    (group, key) => read(`${DERIVED}${group}.${key}`),
    (group, key, whole) => {
      const name = `${DERIVED}${group}.${key}`
      return isPaged(name) ? file.paged(name, whole, few?.look) : undefined
    },
    few === undefined ? {} : {computed: few.computed},
  )
  saved.inPages = few !== undefined
  const inPages = (name: string) => saved.inPages && isPaged(name)
  const columns = new IndexedColumns({file, read, instead, inPages, look: few?.look})
  return new Snapshot(state.place.snapshotPath, header, columns, few?.strings ?? strings, saved)
}

interface FewLooks {
  look(times: number): void
  computed: SavedColumns['computed']
  strings: StringTable
}

/** What `answerOfFew` ends an attempt with. */
class TooManyLooks extends Error {}

/** Some 0.3 s, and of a smaller heap no more than a part of what whole columns cost: an attempt that is given up is time lost. */
const MOST_LOOKS = 1_500_000
const LOOKS_OF_WHOLE = 1 / 20

/**
 * The answer to a question that is likely to look at little of the heap. With an index, columns are read in pages at first
 * (`util/paged-array.ts`); if that turns out to be too little, all is begun anew with whole columns: so `ask` must do nothing but
 * compute. `mostLooks`: at elements, a page that is read being some hundred, before that. Where types have other names than in the file, everything depends on these, and nothing is tried.
 */
export function answerOfFew<Answer>(
  snapshot: Snapshot,
  ask: (snapshot: Snapshot) => Answer,
  mostLooks = Math.min(MOST_LOOKS, LOOKS_OF_WHOLE * (snapshot.nodeCount + snapshot.edgeCount)),
): Answer {
  const few = pagedTwin(snapshot, mostLooks)
  if (few === undefined) return ask(snapshot)
  try {
    return ask(few)
  } catch (error) {
    if (!(error instanceof TooManyLooks)) throw error
    return ask(snapshot)
  }
}

/** The same snapshot, of which few elements may be looked at; undefined where that is not possible or of no use. */
function pagedTwin(snapshot: Snapshot, mostLooks: number): Snapshot | undefined {
  const state = states.get(snapshot)
  if (state?.file === undefined || state.damaged || snapshot.isNamedOtherwise || isPacked(state.place.snapshotPath))
    return undefined
  let left = mostLooks
  const look = (times: number) => {
    left -= times
    if (left < 0) throw new TooManyLooks('too much is looked at')
  }
  const {saved, strings} = snapshot
  const twin = fromIndex(state.file, state, {look, computed: saved.computed, strings})
  if (twin !== undefined) copySettings(snapshot, twin)
  return twin
}

function reloadUnchanged({snapshotPath, stamp}: IndexPlace, reload: () => Snapshot): Snapshot {
  if (sameStamp(stampOf(snapshotPath), stamp)) return reload()
  throw new HeapgraphError(
    'UNREADABLE',
    `${snapshotPath}: it changed while a question was answered`,
    'ask again when it is complete',
  )
}

function headerOf({table}: IndexFile): Header | undefined {
  try {
    return parseHeader(JSON.stringify(table.header))
  } catch {
    return undefined
  }
}

/** Whether all base columns are there, each as long as it has to be. */
function isComplete(file: IndexFile, {nodeCount, edgeCount, schema}: Header): boolean {
  const {stringCount} = file.table
  const pieces = stringPieces(file)
  const locations = file.length('locations.node')
  const lengths: [name: string, length: number][] = [
    ...(['nodeKind', 'nodeName', 'nodeId', 'nodeSelfBytes'] as const).map((name): [string, number] => [
      name,
      nodeCount,
    ]),
    ['firstEdge', nodeCount + 1],
    ...(['edgeKind', 'edgeName', 'edgeTarget'] as const).map((name): [string, number] => [name, edgeCount]),
    [STRING_OFFSETS, stringCount + 1],
    ...LOCATIONS.map((name): [string, number] => [`locations.${name}`, locations]),
  ]
  if (schema.node.at.detachedness >= 0) lengths.push(['nodeDetachedness', nodeCount])
  if (file.entry('nodeTraceId') !== undefined) lengths.push(['nodeTraceId', nodeCount])
  for (let piece = 0; piece < pieces - 1; piece++) lengths.push([STRING_PIECE + piece, SEGMENT_BYTES])
  return locations >= 0 && lengths.every(([name, length]) => file.length(name) === length)
}

function stringPieces(file: IndexFile): number {
  let count = 0
  while (file.entry(STRING_PIECE + count) !== undefined) count++
  return count
}

/** Reads what would need the snapshot if it were damaged; false if something is. */
function readAll(snapshot: Snapshot, file: IndexFile, state: IndexState): boolean {
  const {strings} = snapshot
  try {
    for (const name of BASE) void snapshot[name]
    void snapshot.locations
    void strings.totalBytes
    const pieces = stringPieces(file)
    for (let index = 0; index < pieces; index++) strings.read(index)
    return !state.damaged
  } catch {
    return false
  }
}

/** What a written index is. */
export interface WrittenIndex {
  /** Of the index. */
  path: string
  /** Size of the file. */
  bytes: number
  /** Whether there was none before that could be used. */
  isNew: boolean
}

/** When `saveIndex` writes. */
export interface SaveOptions {
  /** Write even if nothing would change. */
  always?: boolean
  /** Size in bytes of the snapshot from which on it gets an index, if it has none; 0 by default. */
  fromBytes?: number
  /** What to write with; for tests. */
  open?: (fd: number) => Put
}

/**
 * Writes the index of a snapshot that was opened with `index`: its columns, and all derived columns computed so far or found in the
 * index already. Undefined if there is nothing to add, or the snapshot can have none. Throws a HeapgraphError if it cannot be written.
 */
export function saveIndex(
  snapshot: Snapshot,
  {always = false, fromBytes = 0, open}: SaveOptions = {},
): WrittenIndex | undefined {
  const state = states.get(snapshot)
  // What a file lacks is found by reading it, and is said each time.
  if (state === undefined || snapshot.remarks.length > 0) return undefined
  // What is computed without texts is of no use to who sees them.
  if (snapshot.strings.isHiding) return undefined
  const written = saveColumns(snapshot, state, {always, fromBytes, ...(open === undefined ? {} : {open})})
  if (written !== undefined || state.file !== undefined) saveAnswers(snapshot, state)
  return written
}

function saveColumns(
  snapshot: Snapshot,
  state: IndexState,
  {always, fromBytes, open}: SaveOptions & {always: boolean; fromBytes: number},
): WrittenIndex | undefined {
  const {place, file} = state
  if (file !== undefined && !state.damaged && !always && snapshot.saved.computed.size === 0) return undefined
  const {stamp, snapshotPath, path, folder} = place
  if (file === undefined && !state.damaged && stamp.size < fromBytes) return undefined
  // Read while it was written, it would be taken for what it has become.
  if (!sameStamp(stampOf(snapshotPath), stamp)) return undefined
  checkReplaceable(path, snapshotPath)
  if (folder !== undefined) makePrivateFolder(folder)
  const distrusted = distrust(path)
  if (distrusted !== undefined)
    throw new HeapgraphError('UNREADABLE', `${path}: an index there would not be trusted: ${distrusted}`)
  const {header, strings} = snapshot
  const about = {
    writer: ownVersion(),
    stamp,
    snapshot: wholePath(snapshotPath),
    header: headerRecord(header),
    stringCount: strings.count,
  }
  const bytes = writeIndexFile(path, about, columnSources(snapshot, state), open)
  states.set(snapshot, {...state, file: IndexFile.open(path), damaged: false})
  return {path, bytes, isNew: file === undefined}
}

/** Something that is no index must not be lost by a slip of the pen: only a name that says so may be overwritten. */
function checkReplaceable(path: string, snapshotPath: string): void {
  const isOurs =
    path.endsWith('.hgx') ||
    path.endsWith(`.hgx${ANSWERS_ENDING}`) ||
    !isThere(path) ||
    looksLikeIndex(readPart(path, 0, 8))
  if (isOurs && !isSameFile(path, snapshotPath)) return
  throw new HeapgraphError('UNREADABLE', `${path}: not an index; left unchanged`, 'choose another file')
}

/** What `parseHeader` makes the same header of. */
function headerRecord(header: Header): Record<string, unknown> {
  return {
    meta: header.meta,
    node_count: header.nodeCount,
    edge_count: header.edgeCount,
    trace_function_count: header.traceFunctionCount,
    ...(header.extraNativeBytes === undefined ? {} : {extra_native_bytes: header.extraNativeBytes}),
    root_index: header.rootOrdinal * header.schema.node.length,
  }
}

/** All that goes into an index, one by one, so that what comes out of the old one need not be in memory together. */
function* columnSources(snapshot: Snapshot, {file, damaged}: IndexState): Generator<ColumnSource> {
  const {strings, saved} = snapshot
  // Of an index that is damaged somewhere only what its checksums vouch for is taken.
  const from = damaged ? undefined : file
  const copied = (name: string, other: () => SavedArray | undefined): ColumnSource => ({
    name,
    from,
    make: () => file?.read(name) ?? other(),
  })
  for (const name of BASE) yield copied(name, () => snapshot[name])
  for (const name of LOCATIONS) yield copied(`locations.${name}`, () => snapshot.locations[name])
  yield copied(STRING_OFFSETS, () => strings.source.offsets())
  const pieces = Math.ceil(strings.totalBytes / SEGMENT_BYTES)
  for (let index = 0; index < pieces; index++) {
    const length = Math.min(SEGMENT_BYTES, strings.totalBytes - index * SEGMENT_BYTES)
    yield copied(STRING_PIECE + index, () => strings.source.piece(index).subarray(0, length))
  }
  for (const [group, columns] of saved.computed) {
    for (const [key, column] of Object.entries(columns)) yield {name: `${DERIVED}${group}.${key}`, make: () => column}
  }
  for (const name of file?.names ?? []) {
    const group = name.slice(DERIVED.length, name.lastIndexOf('.'))
    if (name.startsWith(DERIVED) && !saved.computed.has(group)) yield copied(name, () => undefined)
  }
}
