/** The index of a snapshot: the same answers, from fewer bytes; and whatever is wrong with it, still the same answers. */
import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import {ownVersion} from '../../../src/files/own-package.ts'
import {nameOfStamp, stampOf, temporaryName} from '../../../src/files/private-file.ts'
import {
  backrefs,
  cycles,
  detached,
  detachedJson,
  detachedView,
  dominators,
  HeapgraphError,
  indexFolder,
  list,
  listJson,
  listView,
  openSnapshot,
  owners,
  prepare,
  pruneIndexes,
  refs,
  type Snapshot,
  saveIndex,
  select,
  shortestPaths,
  show,
  showJson,
  showView,
  toGraph,
  toJson,
  types,
  typesJson,
  typesView,
} from '../../../src/index.ts'
import {bytesOf} from '../../../src/snapshot/columns/saved.ts'
import {endOf, IndexFile, writeIndexFile} from '../../../src/snapshot/index/index-file.ts'
import {BASE} from '../../../src/snapshot/index/indexed-columns.ts'
import {Checksum} from '../../../src/util/checksum.ts'
import {heapgraph, QUESTIONS, ROOT, temporaryFolder, writeApp} from '../../cli/cli.ts'

const folder = temporaryFolder()
const SNAPSHOTS = join(ROOT, 'fixtures/snapshots')
const FIXTURES = [
  'buffer-cache.node20',
  'page.chromium',
  'tracked.node20',
  'weakmap.node20',
  'hostile-names.node20',
  'types-zoo.node12',
]

let folders = 0
function newFolder(): string {
  const path = join(folder, `f${folders++}`)
  mkdirSync(path)
  return path
}

/** A fixture, unpacked. */
function plainFixture(name: string): string {
  const path = join(newFolder(), `${name}.heapsnapshot`)
  writeFileSync(path, gunzipSync(readFileSync(join(SNAPSHOTS, `${name}.heapsnapshot.gz`))))
  return path
}

function answersOf(snapshot: Snapshot): Record<string, string> {
  const someType = types(snapshot, {sort: 'count'}).rows[2].type
  const selection = select(snapshot, {type: someType})
  const node = selection.nodes[0]
  return {
    types: typesJson(typesView(types(snapshot))),
    raw: typesJson(typesView(types(snapshot, {sizes: 'raw', by: 'script'}))),
    list: listJson(listView(list(snapshot, selection))),
    nearest: listJson(listView(list(snapshot, selection, {sort: 'distance'}))),
    show: showJson(showView(show(snapshot, node))),
    showRaw: showJson(showView(show(snapshot, node, {sizes: 'raw'}))),
    backrefs: toJson(toGraph(backrefs(snapshot, selection, {depth: 3, fan: 5}))),
    refs: toJson(toGraph(refs(snapshot, selection, {depth: 2, fan: 5}))),
    why: toJson(toGraph(owners(snapshot, selection))),
    path: toJson(toGraph(shortestPaths(snapshot, selection, {count: 2}))),
    cycles: toJson(toGraph(cycles(snapshot))),
    dominators: toJson(toGraph(dominators(snapshot))),
    detached: detachedJson(detachedView(detached(snapshot))),
  }
}

const COLUMNS = [...BASE, 'locations', 'retainers', 'types', 'ephemerons', 'detachedness'] as const

function assertSameColumns(actual: Snapshot, expected: Snapshot): void {
  assert.deepEqual(actual.header, expected.header)
  assert.deepEqual(
    [actual.nodeCount, actual.edgeCount, actual.root],
    [expected.nodeCount, expected.edgeCount, expected.root],
  )
  for (const name of COLUMNS) assert.deepEqual(plain(actual[name]), plain(expected[name]), name)
  assert.equal(actual.strings.count, expected.strings.count)
  for (let i = 0; i < actual.strings.count; i++) assert.equal(actual.strings.get(i), expected.strings.get(i))
}

/** Shared or not, memory is memory. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value))
    return [value.constructor.name, Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]))
}

for (const name of FIXTURES) {
  test(`${name}: every column and every answer is the same with an index, whatever it holds`, async () => {
    const path = plainFixture(name)
    const index = `${path}.hgx`
    const fresh = await openSnapshot(path)
    const expected = answersOf(fresh)
    const first = await openSnapshot(path, {index})
    assert.equal(saveIndex(first)?.isNew, true)
    const onlyColumns = await openSnapshot(path, {index})
    assert.deepEqual(answersOf(onlyColumns), expected)
    // What these answers did not need, such as names of scopes that none of them shows.
    prepare(onlyColumns)
    assert.equal(saveIndex(onlyColumns)?.isNew, false)
    const withAnswers = await openSnapshot(path, {index})
    prepare(withAnswers)
    assert.deepEqual([...withAnswers.saved.computed.keys()], [])
    assert.deepEqual(answersOf(withAnswers), expected)
    assert.equal(saveIndex(withAnswers), undefined)
    assertSameColumns(withAnswers, fresh)
  })
}

test('prepare computes all that the answers need but the syntax of scripts, which is kept once it was asked for', async () => {
  const path = plainFixture('page.chromium')
  const index = `${path}.hgx`
  const first = await openSnapshot(path, {index})
  prepare(first)
  saveIndex(first)
  const again = await openSnapshot(path, {index})
  const expected = answersOf(again)
  const added = [...again.saved.computed.keys()]
  assert.ok(added.length > 0 && added.every(group => group.startsWith('syntax ')), `${added}`)
  assert.equal(saveIndex(again)?.isNew, false)
  const last = await openSnapshot(path, {index})
  assert.deepEqual(answersOf(last), expected)
  assert.deepEqual([...last.saved.computed.keys()], [])
})

test('what an index has is copied as it is when something is added, damage too, which is noticed where it is read', async () => {
  const path = plainFixture('closure.node20')
  const index = `${path}.hgx`
  const fresh = await openSnapshot(path, {index})
  saveIndex(fresh)
  const {offset, bytes} = IndexFile.open(index)!.entry('locations.line')!
  const whole = readFileSync(index)
  assert.ok(bytes > 0)
  whole[offset] ^= 1
  writeFileSync(index, whole)
  const second = await openSnapshot(path, {index})
  void second.retainers.first
  assert.equal(saveIndex(second)?.isNew, false)
  const file = IndexFile.open(index)!
  assert.equal(file.read('locations.line'), undefined)
  assert.deepEqual(plain(file.read('edgeTarget')), plain(fresh.edgeTarget))
  assert.deepEqual(plain(file.read('derived.retainers.source')), plain(fresh.retainers.source))
  const third = await openSnapshot(path, {index})
  assert.deepEqual(plain(third.locations.line), plain(fresh.locations.line))
  assert.equal(saveIndex(third)?.isNew, false)
  assert.deepEqual(plain(IndexFile.open(index)!.read('locations.line')), plain(fresh.locations.line))
})

test('ids, sizes and strings beyond the ordinary survive', async () => {
  for (const name of readdirSync(join(ROOT, 'fixtures/odd')).filter(file => /\.heapsnapshot(\.gz)?$/.test(file))) {
    const path = join(newFolder(), name)
    copyFileSync(join(ROOT, 'fixtures/odd', name), path)
    const index = `${path}.hgx`
    const fresh = await openSnapshot(path)
    saveIndex(await openSnapshot(path, {index}))
    assertSameColumns(await openSnapshot(path, {index}), fresh)
  }
})

test('packed snapshots have indexes too, damaged or not', async () => {
  const path = join(newFolder(), 'a.heapsnapshot.gz')
  copyFileSync(join(SNAPSHOTS, 'weakmap.node20.heapsnapshot.gz'), path)
  const index = `${path}.hgx`
  const first = await openSnapshot(path, {index})
  const expected = answersOf(first)
  saveIndex(first)
  const whole = readFileSync(index)
  for (const name of ['edgeTarget', 'strings.0', 'strings.offsets', 'derived.distances.values']) {
    damage(index, whole, name)
    const snapshot = await openSnapshot(path, {index})
    assert.deepEqual(answersOf(snapshot), expected, name)
    assert.notEqual(saveIndex(snapshot), undefined, name)
    assert.deepEqual(answersOf(await openSnapshot(path, {index})), expected)
  }
})

/** Changes one bit in the middle of a column. */
function damage(index: string, whole: Uint8Array, column: string): void {
  writeFileSync(index, whole)
  const entry = IndexFile.open(index)?.entry(column)
  assert.ok(entry !== undefined, column)
  const bytes = new Uint8Array(whole)
  bytes[entry.offset + (entry.bytes >>> 1)] ^= 4
  writeFileSync(index, bytes)
}

/** A small heap beside its index, with everything in it, and what the right answers are. */
async function indexed(): Promise<{path: string; index: string; whole: Buffer; expected: string}> {
  const home = newFolder()
  const path = writeApp(home)
  const index = join(home, 'app.hgx')
  const snapshot = await openSnapshot(path, {index})
  prepare(snapshot)
  saveIndex(snapshot)
  return {path, index, whole: readFileSync(index), expected: everything(snapshot)}
}

function everything(snapshot: Snapshot): string {
  prepare(snapshot)
  const columns = COLUMNS.map(name => plain(snapshot[name]))
  const strings = Array.from({length: snapshot.strings.count}, (_, i) => snapshot.strings.get(i))
  return JSON.stringify([columns, strings, smallAnswers(snapshot)])
}

function smallAnswers(snapshot: Snapshot): unknown[] {
  const selection = select(snapshot, {type: 'Buffer'})
  return [
    typesJson(typesView(types(snapshot))),
    showJson(showView(show(snapshot, selection.nodes[0]))),
    listJson(listView(list(snapshot, selection))),
    toJson(toGraph(backrefs(snapshot, selection, {depth: 3, fan: 10}))),
    toJson(toGraph(dominators(snapshot))),
  ]
}

/** A snapshot and the index it came from. */
async function openRecorded(openIt: () => Promise<Snapshot>): Promise<{snapshot: Snapshot; file: IndexFile}> {
  const open = IndexFile.open
  let file: IndexFile | undefined
  IndexFile.open = path => {
    file = open(path)
    return file
  }
  try {
    const snapshot = await openIt()
    assert.ok(file !== undefined)
    return {snapshot, file}
  } finally {
    IndexFile.open = open
  }
}

test('every single bit that is changed is noticed, or means nothing', async () => {
  const {path, index, whole, expected} = await indexed()
  // What stands between columns, and columns that no question looks at once their results are there, may hold anything.
  const clean = await openRecorded(() => openSnapshot(path, {index}))
  assert.equal(everything(clean.snapshot), expected)
  const used = new Uint8Array(whole.length).fill(1)
  const {columns} = clean.file.table
  for (const entry of columns) {
    const {name, offset, bytes} = entry
    if (!clean.file.columnsRead.includes(name)) used.fill(0, offset, endOf(entry))
    used.fill(0, offset + bytes, Math.ceil((offset + bytes) / 8) * 8)
  }
  const tableAt = columns.reduce((end, entry) => Math.max(end, endOf(entry)), 0)
  assert.ok(used.reduce((sum, byte) => sum + byte, 0) > 0.8 * whole.length)
  // The table is one text under one checksum: some of its bytes will do; of the columns each is met.
  for (let at = 0; at < whole.length; at += at < 64 ? 1 : at < tableAt ? 9 : 97) {
    const changed = Buffer.from(whole)
    changed[at] ^= 1 << (at % 8)
    writeFileSync(index, changed)
    const snapshot = await openSnapshot(path, {index})
    const actual = everything(snapshot)
    if (actual !== expected) assert.fail(`byte ${at}`)
    const written = saveIndex(snapshot)
    assert.equal(written !== undefined, used[at] === 1, `byte ${at}`)
  }
  assert.deepEqual(readFileSync(index).length, whole.length)
})

test('an index cut off anywhere, or longer than it was, is not believed', async () => {
  const {path, index, whole, expected} = await indexed()
  for (let length = 0; length < whole.length; length += Math.max(1, Math.floor(whole.length / 100))) {
    writeFileSync(index, whole)
    truncateSync(index, length)
    const snapshot = await openSnapshot(path, {index})
    assert.ok(everything(snapshot) === expected, `${length} bytes`)
    assert.equal(saveIndex(snapshot)?.isNew, true)
    assert.ok(everything(await openSnapshot(path, {index})) === expected)
  }
  writeFileSync(index, Buffer.concat([whole, Buffer.of(0)]))
  assert.equal(IndexFile.open(index), undefined)
})

test('of another version, byte order or heapgraph, or no index at all: it is made anew', async () => {
  const {path, index, whole, expected} = await indexed()
  const table = IndexFile.open(index)?.table
  assert.ok(table !== undefined)
  const wrong: [what: string, write: () => void][] = [
    ['text', () => writeFileSync(index, 'not an index')],
    ['empty', () => writeFileSync(index, '')],
    ['a snapshot', () => copyFileSync(path, index)],
    ['version', () => writeFileSync(index, resealed(whole, 12, 1))],
    ['byte order', () => writeFileSync(index, resealed(whole, 8, 0x01000000))],
    ['another heapgraph', () => void writeIndexFile(index, {...table, writer: '0.0.0'}, [])],
    ['no columns', () => void writeIndexFile(index, table, [])],
    ['short columns', () => void writeIndexFile(index, table, shortened(index, whole))],
  ]
  for (const [what, write] of wrong) {
    write()
    const snapshot = await openSnapshot(path, {index})
    assert.ok(everything(snapshot) === expected, what)
    assert.equal(saveIndex(snapshot)?.isNew, true, what)
    assert.ok(everything(await openSnapshot(path, {index})) === expected, what)
  }
})

/** The index with another number in its beginning, its checksum right again. */
function resealed(whole: Uint8Array, at: number, value: number): Uint8Array {
  const bytes = new Uint8Array(whole)
  new DataView(bytes.buffer).setUint32(at, value, true)
  const checksum = new Checksum()
  checksum.add(bytes.slice(0, 48))
  bytes.set(Buffer.from(checksum.digest(), 'latin1'), 48)
  return bytes
}

function shortened(index: string, whole: Uint8Array) {
  writeFileSync(index, whole)
  const file = IndexFile.open(index)
  assert.ok(file !== undefined)
  return [...file.names].map(name => {
    const column = file.read(name)
    return {name, make: () => (name === 'edgeKind' ? column?.subarray(1) : column)}
  })
}

test('a snapshot that has changed in time, size or content has no index any more', async () => {
  const {path, index, whole} = await indexed()
  const text = readFileSync(path)
  const {mtime, atime} = statSync(path)
  const changes: [what: string, change: () => void][] = [
    ['time', () => utimesSync(path, atime, new Date(mtime.getTime() - 5000))],
    ['size', () => writeFileSync(path, Buffer.concat([text, Buffer.from(' ')]))],
    ['content', () => writeFileSync(path, text.toString('latin1').replace('secret', 'Secret'), 'latin1')],
  ]
  for (const [what, change] of changes) {
    change()
    if (what !== 'time') utimesSync(path, atime, mtime)
    writeFileSync(index, whole)
    const fresh = await openSnapshot(path)
    const snapshot = await openSnapshot(path, {index})
    assert.ok(everything(snapshot) === everything(fresh), what)
    assert.equal(saveIndex(snapshot)?.isNew, true, what)
    writeFileSync(path, text)
    utimesSync(path, atime, mtime)
  }
})

test('a snapshot that changed while it was read gets no index; one that changed since is not mixed with its index', async () => {
  const {path, index, whole} = await indexed()
  rmSync(index)
  const snapshot = await openSnapshot(path, {index})
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('\n')]))
  assert.equal(saveIndex(snapshot), undefined)
  assert.equal(existsSync(index), false)

  const other = await indexed()
  void whole
  damage(other.index, other.whole, 'edgeTarget')
  const opened = await openSnapshot(other.path, {index: other.index})
  writeFileSync(other.path, 'changed')
  assert.throws(
    () => opened.edgeTarget,
    (error: unknown) => error instanceof HeapgraphError && /changed while/.test(error.message),
  )
})

test('an index replaced or removed while a snapshot is open does no harm', async () => {
  for (const change of [
    (index: string) => rmSync(index),
    (index: string) => writeFileSync(index, 'something else'),
    (index: string) => void writeIndexFile(index, IndexFile.open(index)!.table, []),
  ]) {
    const {path, index, expected} = await indexed()
    const snapshot = await openSnapshot(path, {index})
    void snapshot.nodeKind
    change(index)
    assert.ok(everything(snapshot) === expected)
    assert.notEqual(saveIndex(snapshot), undefined)
    assert.ok(everything(await openSnapshot(path, {index})) === expected)
  }
})

test('only the columns that a question needs are read', async () => {
  const path = plainFixture('buffer-cache.node20')
  const index = `${path}.hgx`
  const first = await openSnapshot(path, {index})
  prepare(first)
  saveIndex(first)
  const whole = statSync(index).size
  const readBy = async (ask: (snapshot: Snapshot) => unknown) => {
    const {snapshot, file} = await openRecorded(() => openSnapshot(path, {index}))
    ask(snapshot)
    assert.equal(new Set(file.columnsRead).size, file.columnsRead.length)
    return {columns: [...file.columnsRead].sort(), bytes: file.bytesRead}
  }
  assert.deepEqual(await readBy(() => {}), {columns: [], bytes: 0})
  const byId = await readBy(snapshot => select(snapshot, {id: 1}))
  assert.deepEqual(byId.columns, ['nodeId'])
  const selfOnly = await readBy(snapshot => types(snapshot, {retained: false}))
  assert.deepEqual(selfOnly.columns, [
    ...['bytes', 'isPool', 'sharers', 'storeOf', 'stores', 'through', 'viewers'].map(name => `derived.offHeap.${name}`),
    'derived.typeOffHeap.values',
    'derived.typeSums.count',
    'derived.typeSums.distance',
    'derived.typeSums.example',
    'derived.typeSums.selfBytes',
    'derived.types.locations',
    'derived.types.names',
  ])
  // The sums of the types are there; nothing is read that has a value a node.
  const ofTypes = await readBy(snapshot => types(snapshot))
  assert.deepEqual(ofTypes.columns, ['derived.typeRetained.values', ...selfOnly.columns].sort())
  assert.ok(ofTypes.bytes < whole / 20, `${ofTypes.bytes} of ${whole}`)
  const byRaw = await readBy(snapshot => types(snapshot, {sizes: 'raw'}))
  assert.ok(!byRaw.columns.some(name => name.startsWith('edge')), byRaw.columns.join())
  assert.ok(byRaw.bytes < whole / 3, `${byRaw.bytes} of ${whole}`)
})

test('an index of other code is not used, though the version is the same', async () => {
  const copy = (name: string, change: (source: string) => void) => {
    const to = join(folder, name)
    mkdirSync(to)
    copyFileSync(join(ROOT, 'package.json'), join(to, 'package.json'))
    cpSync(join(ROOT, 'src'), join(to, 'src'), {recursive: true})
    change(join(to, 'src'))
    return import(join(to, 'src/files/own-package.ts')) as Promise<{ownVersion: () => string}>
  }
  const same = await copy('same', () => {})
  const other = await copy('other', source =>
    writeFileSync(join(source, 'analyze/graph/distances.ts'), '\n', {flag: 'a'}),
  )
  // Whole answers lie beside an index: the code that puts them into rows and graphs counts, too.
  const answers = await copy('answers', source =>
    writeFileSync(join(source, 'graph/views/suspects-view.ts'), '\n', {flag: 'a'}),
  )
  const deeper = await copy('deeper', source => {
    mkdirSync(join(source, 'analyze/a/b'), {recursive: true})
    writeFileSync(join(source, 'analyze/a/b/c.ts'), '')
  })
  assert.equal(same.ownVersion(), ownVersion())
  assert.notEqual(other.ownVersion(), ownVersion())
  assert.notEqual(answers.ownVersion(), ownVersion())
  assert.notEqual(deeper.ownVersion(), ownVersion())
})

test('a disk that is full leaves neither half an index nor a temporary file, and the old index as it was', async () => {
  const {path, index, whole, expected} = await indexed()
  for (const room of [0, 100, whole.length >> 1, whole.length - 1]) {
    const snapshot = await openSnapshot(path, {index})
    const open = () => (bytes: Uint8Array, position: number) => {
      if (position + bytes.length > room) throw Object.assign(new Error('no space'), {code: 'ENOSPC'})
    }
    assert.throws(
      () => saveIndex(snapshot, {always: true, open}),
      (error: unknown) => error instanceof HeapgraphError && /the disk is full/.test(error.message),
    )
    assert.deepEqual(readFileSync(index), whole)
    assert.deepEqual(readdirSync(join(index, '..')).sort(), ['app.heapsnapshot', 'app.hgx'])
    assert.ok(everything(snapshot) === expected)
  }
})

test('checksums notice every change of a word, and where the end is', () => {
  const digest = (bytes: Uint8Array) => {
    const checksum = new Checksum()
    checksum.add(bytes)
    return checksum.digest()
  }
  for (const length of [0, 1, 3, 4, 5, 31, 32, 33, 64, 100]) {
    const bytes = Uint8Array.from({length}, (_, i) => (i * 37) & 255)
    const seen = new Set([digest(bytes), digest(new Uint8Array([...bytes, 0]))])
    for (let bit = 0; bit < 8 * length; bit++) {
      const changed = bytes.slice()
      changed[bit >> 3] ^= 1 << (bit & 7)
      seen.add(digest(changed))
    }
    assert.equal(seen.size, 8 * length + 2, `${length} bytes`)
  }
  const long = Uint8Array.from({length: 3 << 10}, (_, i) => (i * 31) & 255)
  const parts = new Checksum()
  parts.add(long.slice(0, 1024))
  parts.add(long.slice(1024))
  assert.equal(parts.digest(), digest(long))
})

test('where the cache is', () => {
  assert.equal(indexFolder({XDG_CACHE_HOME: '/x', HOME: '/h'}, 'linux'), '/x/heapgraph')
  assert.equal(indexFolder({XDG_CACHE_HOME: 'x', HOME: '/h'}, 'linux'), '/h/.cache/heapgraph')
  assert.equal(indexFolder({HOME: '/h'}, 'darwin'), '/h/.cache/heapgraph')
  assert.equal(indexFolder({LOCALAPPDATA: 'C:\\Local'}, 'win32'), 'C:\\Local\\heapgraph')
  assert.equal(indexFolder({}, 'linux'), undefined)
})

/** The command line with a cache of its own. */
function withCache() {
  const cache = newFolder()
  const env = {XDG_CACHE_HOME: cache}
  return {cache, env, hgx: join(cache, 'heapgraph'), run: (args: string[]) => heapgraph(args, {env})}
}

test('small snapshots get no index by themselves, but one that was built is used, in every command', async () => {
  const {hgx, run} = withCache()
  const app = writeApp(newFolder())
  const expected = new Map<string, unknown>()
  // How much memory is free, which `info` says, is another thing.
  const questions = Object.entries(QUESTIONS).filter(([command]) => command !== 'info')
  for (const [command, args] of questions) expected.set(command, await run([...args, app]))
  assert.equal(existsSync(hgx), false)
  const built = await run(['index', 'build', app])
  assert.equal(built.code, 0)
  assert.match(built.stderr, /^next: heapgraph types /)
  const [file] = readdirSync(hgx)
  assert.ok(built.stdout.startsWith(join(hgx, file)), built.stdout)
  const before = readFileSync(join(hgx, file))
  for (const [command, args] of questions) {
    assert.deepEqual(await run([...args, app]), expected.get(command), command)
  }
  assert.deepEqual(readFileSync(join(hgx, file)), before)
  assert.deepEqual(readdirSync(hgx), [file, `${file}.answers`])
  // Damaged, it is made anew without a word about it being asked for.
  const damaged = new Uint8Array(before)
  damaged[100] ^= 1
  writeFileSync(join(hgx, file), damaged)
  const answer = await run(['types', app])
  assert.equal(answer.stdout, (expected.get('types') as {stdout: string}).stdout)
  assert.deepEqual(readFileSync(join(hgx, file)).length, before.length)
  assert.notEqual(IndexFile.open(join(hgx, file)), undefined)
})

/** A snapshot above the size from which on indexes are written: blanks mean nothing in JSON. */
function writeLarge(): string {
  const app = writeApp(newFolder(), 'large.heapsnapshot')
  const text = readFileSync(app)
  writeFileSync(app, Buffer.concat([Buffer.alloc(51e6, ' '), text]))
  return app
}

test('a large snapshot gets its index once the answer is there, said once; --no-index and the environment prevent it', async () => {
  const {env, hgx, run} = withCache()
  const app = writeLarge()
  const without = await run(['types', '--no-index', app])
  assert.deepEqual(await heapgraph(['types', app], {env: {...env, HEAPGRAPH_NO_INDEX: '1'}}), without)
  assert.equal(existsSync(hgx), false)
  const first = await run(['types', '--shallow', app])
  assert.match(first.stderr, /^next: [^\n]+\nindex written to [^\n]+\.hgx \([^\n]+\n$/)
  const [file] = readdirSync(hgx)
  assert.equal(statSync(hgx).mode & 0o777, process.platform === 'win32' ? statSync(hgx).mode & 0o777 : 0o700)
  assert.equal(statSync(join(hgx, file)).mode & 0o777, process.platform === 'win32' ? 0o666 : 0o600)
  const size = statSync(join(hgx, file)).size
  assert.deepEqual(await run(['types', '--shallow', app]), {...first, stderr: without.stderr})
  assert.equal(statSync(join(hgx, file)).size, size)
  assert.deepEqual(await run(['types', app]), without)
  assert.ok(statSync(join(hgx, file)).size > size)
  assert.deepEqual(readdirSync(hgx), [file])
})

test('a cache that cannot be written is a warning in one line, and no failure', async () => {
  const app = writeLarge()
  const {stdout} = await heapgraph(['types', app])
  const cases: [what: string, cache: () => string, words: RegExp][] = [
    [
      'a file in place of the folder',
      () => {
        const cache = newFolder()
        writeFileSync(join(cache, 'heapgraph'), '')
        return cache
      },
      /a file is in its place/,
    ],
    [
      'a folder in place of the file',
      () => {
        const cache = newFolder()
        const stamp = stampOf(app)
        assert.ok(stamp !== undefined)
        mkdirSync(join(cache, 'heapgraph', `${nameOfStamp(stamp)}.hgx`, 'full'), {recursive: true})
        return cache
      },
      /cannot be written/,
    ],
  ]
  // For root no folder is read-only but such a one.
  if (process.platform === 'linux') cases.push(['a read-only file system', () => '/proc', /cannot be written/])
  if (process.getuid?.() !== 0 && process.platform !== 'win32') {
    cases.push([
      'a read-only folder',
      () => {
        const cache = newFolder()
        mkdirSync(join(cache, 'heapgraph'))
        chmodSync(join(cache, 'heapgraph'), 0o500)
        return cache
      },
      /permission denied/,
    ])
  }
  for (const [what, cache, words] of cases) {
    const result = await heapgraph(['types', app], {env: {XDG_CACHE_HOME: cache()}})
    assert.equal(result.code, 0, what)
    assert.equal(result.stdout, stdout, what)
    assert.match(result.stderr, /^next: [^\n]+\nheapgraph: no index was written: [^\n]+\n$/, what)
    assert.match(result.stderr, words, what)
  }
})

test('--index names the file, whatever the size; what is no index is never overwritten', async () => {
  const {hgx, run} = withCache()
  const home = newFolder()
  const app = writeApp(home)
  const index = join(home, 'mine.hgx')
  const first = await run(['types', '--index', index, app])
  assert.match(first.stderr, /index written to .*mine\.hgx/)
  assert.equal(statSync(index).mode & 0o777, process.platform === 'win32' ? 0o666 : 0o600)
  assert.equal((await run(['types', app, '--index', index])).stdout, first.stdout)
  assert.equal(existsSync(hgx), false)
  const text = readFileSync(app)
  const precious = join(home, 'precious.txt')
  writeFileSync(precious, 'precious')
  for (const file of [app, precious]) {
    const {code, stdout, stderr} = await run(['types', '--index', file, app])
    assert.equal(code, 0)
    assert.equal(stdout, first.stdout)
    assert.match(stderr, /not an index; left unchanged/)
  }
  assert.deepEqual(readFileSync(app), text)
  assert.equal(readFileSync(precious, 'utf8'), 'precious')
})

test('index build refuses what can have none', async () => {
  const {run} = withCache()
  assert.equal((await run(['index', 'build', '-'])).code, 2)
  assert.equal((await heapgraph(['index', 'build', writeApp(newFolder())])).code, 2)
  assert.equal((await run(['index', 'build', '--no-index', writeApp(newFolder())])).code, 2)
  assert.equal((await run(['index', 'build', join(folder, 'none.heapsnapshot')])).code, 2)
})

test('index list tells of every index whose it is and whether it can be used', async () => {
  const {hgx, run} = withCache()
  const none = await run(['index', 'list'])
  assert.deepEqual([none.code, none.stdout], [1, ''])
  const apps = ['a', 'b', 'c', 'd'].map((name, i) => {
    const path = writeApp(newFolder(), `${name}.heapsnapshot`)
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(i, ' ')]))
    return path
  })
  for (const [i, app] of apps.entries()) {
    const {stdout} = await run(['index', 'build', app])
    const path = stdout.slice(0, stdout.indexOf('.hgx') + 4)
    utimesSync(path, 1000 + i, 1000 + i)
    if (i === 3) writeFileSync(path, 'broken')
    if (i === 3) utimesSync(path, 1000 + i, 1000 + i)
  }
  rmSync(apps[1])
  writeFileSync(apps[2], 'changed')
  const {code, stdout} = await run(['index', 'list'])
  assert.equal(code, 0)
  const lines = stdout.split('\n')
  assert.match(lines[0], /ready .*\/a\.heapsnapshot$/)
  assert.match(lines[1], /gone .*\/b\.heapsnapshot$/)
  assert.match(lines[2], /changed .*\/c\.heapsnapshot$/)
  assert.match(lines[3], /unusable .*\.hgx$/)
  assert.match(lines[4], /^4 indexes, /)
  const json = JSON.parse((await run(['index', 'list', '--json'])).stdout)
  assert.deepEqual(
    json.map(({state}: {state: string}) => state),
    ['ready', 'gone', 'changed', 'unusable'],
  )
  // What a killed writer left, and what a living one is writing.
  const [name] = readdirSync(hgx)
  const [, here] = /\.(\d+\.\w+)\.tmp$/.exec(temporaryName(join(hgx, name))) ?? []
  const place = here.slice(-12)
  writeFileSync(join(hgx, `${name}.${2 ** 22 + 1}.${place}.tmp`), 'left')
  writeFileSync(join(hgx, `${name}.${process.pid}.${place}.tmp`), 'written')
  writeFileSync(join(hgx, 'notes.txt'), 'not ours')
  assert.match((await run(['index', 'prune'])).stdout, /^4 files removed/)
  assert.equal(readdirSync(hgx).length, 3)
  assert.match((await run(['index', 'prune', '--limit', '0B'])).stdout, /^1 file removed/)
  assert.ok(readdirSync(hgx).includes('notes.txt'))
  assert.equal((await run(['index', 'prune', '--limit', 'much'])).code, 2)
})

test('prune takes the least recently used first, keeps what it was told to, and stops at the limit', () => {
  const home = newFolder()
  const names = ['c', 'a', 'b', 'd'].map(letter => `${letter.repeat(32)}.hgx`)
  for (const [i, name] of names.entries()) {
    writeFileSync(join(home, name), Buffer.alloc(100))
    utimesSync(join(home, name), 1000 + i, 1000 + i)
  }
  const keep = `${home}/${names[0]}`
  assert.deepEqual(pruneIndexes(home, {limitBytes: 250, keep, limitOnly: true}), {count: 2, bytes: 200})
  assert.deepEqual(readdirSync(home).sort(), [names[0], names[3]].sort())
  assert.deepEqual(pruneIndexes(home, {limitBytes: 250, limitOnly: true}), {count: 0, bytes: 0})
})

test('two processes that build, read and damage one index at once all answer right', async () => {
  const {path, index, whole, expected} = await indexed()
  const program = `
    import {openSnapshot, saveIndex, prepare, types, typesJson, typesView} from ${JSON.stringify(join(ROOT, 'src/index.ts'))}
    for (let i = 0; i < 30; i++) {
      const snapshot = await openSnapshot(${JSON.stringify(path)}, {index: ${JSON.stringify(index)}})
      if (i % 3 === 0) prepare(snapshot)
      console.log(JSON.stringify(typesJson(typesView(types(snapshot)))))
      saveIndex(snapshot, {always: true})
    }`
  const run = () =>
    new Promise<string>((resolve, reject) => {
      const child = spawn(
        process.execPath,
        ['--import', './scripts/typescript.mjs', '--input-type=module', '-e', program],
        {cwd: ROOT},
      )
      let out = ''
      let wrong = ''
      child.stdout.on('data', data => (out += data))
      child.stderr.on('data', data => (wrong += data))
      child.on('close', code => (code === 0 ? resolve(out) : reject(new Error(wrong))))
    })
  rmSync(index)
  const outputs = await Promise.all([run(), run()])
  const right = JSON.stringify(typesJson(typesView(types(await openSnapshot(path)))))
  for (const output of outputs) assert.deepEqual(new Set(output.trim().split('\n')), new Set([right]))
  assert.ok(everything(await openSnapshot(path, {index})) === expected)
  assert.equal(readFileSync(index).length, whole.length)
  assert.deepEqual(readdirSync(join(index, '..')).sort(), ['app.heapsnapshot', 'app.hgx'])
})

test('what a saved group has is read column by column, and computed only if it is not there', async () => {
  const {path, index} = await indexed()
  const snapshot = await openSnapshot(path, {index})
  const never = (): {first: Uint32Array; edge: Uint32Array; source: Uint32Array} => assert.fail('computed')
  const group = snapshot.saved.group('retainers', ['first', 'edge', 'source'], never)
  assert.deepEqual(group.first, (await openSnapshot(path)).retainers.first)
  let count = 0
  const compute = () => ({values: bytesOf(++count)})
  assert.deepEqual(snapshot.saved.group('new', ['values'], compute), snapshot.saved.group('new', ['values'], compute))
  assert.equal(count, 1)
})
