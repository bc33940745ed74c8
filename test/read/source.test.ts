import assert from 'node:assert/strict'
import {spawn, spawnSync} from 'node:child_process'
import {createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import * as zlib from 'node:zlib'
import {openSource} from '../../src/read/source.ts'
import {openHeader, openSnapshot} from '../../src/snapshot/load/load.ts'
import {HeapgraphError} from '../../src/util/errors.ts'
import {heapText} from '../support/ascii-heap.ts'
import {chunksOf} from '../support/chunks.ts'
import {HANG_MS} from '../support/limits.ts'
import {assertSameHeap, parsedHeap} from '../support/parse-twin.ts'

const folder = mkdtempSync(join(tmpdir(), 'heapgraph-source-'))
after(() => rmSync(folder, {recursive: true}))

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

async function errorOf(opened: Promise<unknown>): Promise<HeapgraphError> {
  try {
    await opened
  } catch (error) {
    if (error instanceof HeapgraphError) return error
    throw error
  }
  assert.fail('it was opened')
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(new Uint8Array(chunk))
  return Buffer.concat(parts)
}

/** Bytes that gzip cannot make small, so that there are many packed chunks. */
function noise(length: number): Buffer {
  let state = 12345
  const bytes = Buffer.alloc(length)
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    bytes[i] = state >>> 16
  }
  return bytes
}

const TEXT = heapText('root -> A.x -> B -weak:back-> A\nA [7] -> C\nB: string "some text" 40')
const EXPECTED = parsedHeap(TEXT)
const third = Math.floor(TEXT.length / 3)
const MEMBERS = Buffer.concat(
  [TEXT.subarray(0, third), TEXT.subarray(0, 0), TEXT.subarray(third)].map(part => zlib.gzipSync(part)),
)

test('path, bytes and stream, packed or not, give the same heap', async () => {
  const forms: [string, Uint8Array][] = [
    ['plain.heapsnapshot', TEXT],
    ['packed.heapsnapshot.gz', zlib.gzipSync(TEXT)],
    ['members.gz', MEMBERS],
    ['padded.gz', Buffer.concat([MEMBERS, Buffer.alloc(600)])],
  ]
  for (const [name, bytes] of forms) {
    const path = fileOf(name, bytes)
    assertSameHeap(await openSnapshot(path), EXPECTED)
    assertSameHeap(await openSnapshot(new Uint8Array(bytes)), EXPECTED)
    assertSameHeap(await openSnapshot(createReadStream(path)), EXPECTED)
    for (const size of [1, 2, 3, 10, 1000]) {
      assertSameHeap(await openSnapshot(path, {chunkBytes: size}), EXPECTED)
      assertSameHeap(await openSnapshot(Buffer.from(bytes), {chunkBytes: size}), EXPECTED)
      assertSameHeap(await openSnapshot(chunksOf(bytes, [size])), EXPECTED)
    }
    const {header} = await openHeader(path)
    assert.equal(header.nodeCount, EXPECTED.nodes.length)
  }
})

test('the name is that of the path; sizes are known of files and bytes', async () => {
  const path = fileOf('named.gz', MEMBERS)
  const names = async (input: Parameters<typeof openSource>[0]) => {
    const {name, sizeBytes, storedBytes, repeatable, chunks} = await openSource(input)
    await bytesOf(chunks())
    return [name, sizeBytes, storedBytes, repeatable]
  }
  assert.deepEqual(await names(path), [path, undefined, MEMBERS.length, true])
  assert.deepEqual(await names(fileOf('plain', TEXT)), [join(folder, 'plain'), TEXT.length, TEXT.length, true])
  assert.deepEqual(await names(TEXT), ['snapshot', TEXT.length, TEXT.length, true])
  assert.deepEqual(await names(chunksOf(TEXT, [9])), ['snapshot', undefined, undefined, false])
  assert.equal((await openSnapshot(path)).name, path)
})

test('a file may be read twice, packed or not', async () => {
  const bytes = noise(300_000)
  for (const stored of [bytes, zlib.gzipSync(bytes)]) {
    const source = await openSource(fileOf('twice', stored), 10_000)
    assert.ok((await bytesOf(source.chunks())).equals(bytes))
    const calls: number[] = []
    assert.ok((await bytesOf(source.chunks(stored => calls.push(stored)))).equals(bytes))
    assert.equal(calls.at(-1), stored.length)
  }
})

test('a small file is read into buffers of its size', async () => {
  const {chunks} = await openSource(fileOf('small', TEXT))
  const read: Buffer[] = []
  for await (const chunk of chunks()) {
    assert.equal(chunk.buffer.byteLength, TEXT.length)
    read.push(Buffer.from(chunk))
  }
  assert.ok(Buffer.concat(read).equals(TEXT))
})

test('many packed chunks in one buffer that is used again and again', async () => {
  const bytes = noise(3_000_000)
  const source = await openSource(chunksOf(zlib.gzipSync(bytes), [50_000, 7]))
  assert.ok((await bytesOf(source.chunks())).equals(bytes))
})

test('gzip cut at any byte is an error that says so', async () => {
  const packed = MEMBERS
  const ends = new Set<number>()
  for (let at = 0; at + 18 <= packed.length; at++) if (packed.readUInt32BE(at) === 0x1f8b0800) ends.add(at)
  assert.equal(ends.size, 3)
  for (let length = 0; length < packed.length; length++) {
    const cut = packed.subarray(0, length)
    for (const input of length % 10 === 0 ? [cut, chunksOf(cut, [5])] : [cut]) {
      const {code, message, hint} = await errorOf(openSnapshot(input))
      const facts = `${length}: ${message}`
      assert.ok(hint, facts)
      if (length < 2) assert.equal(code, 'NOT_A_SNAPSHOT', facts)
      else if (ends.has(length)) {
        // Between two members it is whole as gzip; the JSON is not.
        assert.match(message, /^snapshot: section "snapshot", byte \d+: the file ends too early$/)
      } else {
        assert.equal(code, 'BROKEN_SNAPSHOT', facts)
        assert.match(message, /^snapshot: (the gzip data ends too early, at packed byte \d+$|section )/)
        assert.ok(Number(/packed byte (\d+)/.exec(message)?.[1] ?? 0) <= length, facts)
      }
    }
  }
})

test('a wrong bit in gzip data never goes unnoticed', async () => {
  const packed = zlib.gzipSync(TEXT)
  // Bytes 3 to 9 are flags, time and system: what they say does not matter, or makes the header longer.
  for (let at = 10; at < packed.length; at++) {
    const wrong = Buffer.from(packed)
    wrong[at] ^= 1 << (at % 8)
    const {code, message} = await errorOf(openSnapshot(wrong))
    assert.match(code, /^(BROKEN_SNAPSHOT|NOT_A_SNAPSHOT)$/, message)
  }
})

test('standard input', async () => {
  const load = new URL('../../src/snapshot/load/load.ts', import.meta.url).href
  const script = `import {openSnapshot} from ${JSON.stringify(load)}
    const snapshot = await openSnapshot('-')
    console.log(snapshot.name, snapshot.nodeCount, snapshot.strings.get(snapshot.strings.count - 1))`
  for (const input of [TEXT, MEMBERS]) {
    const args = [
      '--import',
      import.meta.resolve('../../scripts/typescript.mjs'),
      '--input-type=module',
      '--eval',
      script,
    ]
    const {stdout, stderr} = spawnSync(process.execPath, args, {timeout: HANG_MS, input, encoding: 'utf8'})
    assert.equal(stdout, `standard input ${EXPECTED.nodes.length} ${EXPECTED.strings.at(-1)}\n`, stderr)
  }
})

const pipes = {timeout: HANG_MS, skip: process.platform === 'win32' && 'no named pipes'}

test('a named pipe is opened once', pipes, async () => {
  const path = join(folder, 'pipe')
  assert.equal(spawnSync('mkfifo', [path], {timeout: HANG_MS}).status, 0)
  const wrong = Buffer.from(Buffer.from(TEXT).toString().replace('"nodes":[9', '"nodes":[99'))
  for (const bytes of [TEXT, wrong]) {
    // A writer whose reader goes away in between would die, or wait for ever.
    const writer = spawn('sh', ['-c', `cat "${fileOf('for-pipe', bytes)}" > "${path}"`])
    if (bytes === TEXT) assertSameHeap(await openSnapshot(path), EXPECTED)
    else {
      // The place of a wrong number would take a second look.
      const {message} = await errorOf(openSnapshot(path))
      assert.match(message, /section "nodes", from byte \d+ on: type 99 is none of/)
    }
    if (writer.exitCode === null) await new Promise(resolve => writer.on('close', resolve))
    assert.equal(writer.exitCode, 0)
  }
})

test('what cannot be read', async () => {
  const missing = join(folder, 'missing.heapsnapshot')
  const cases: [string, string][] = [
    [missing, `${missing}: no such file`],
    [folder, `${folder}: this is a directory`],
    [join(fileOf('a-file', TEXT), 'below'), 'cannot be read (ENOTDIR)'],
    ['a\0b', 'cannot be read (ERR_INVALID_ARG_VALUE)'],
  ]
  for (const [path, sentence] of cases) {
    if (process.platform === 'win32' && sentence.includes('ENOTDIR')) continue
    const {code, message} = await errorOf(openSnapshot(path))
    assert.equal(code, 'UNREADABLE')
    assert.ok(message.includes(sentence), message)
  }
})

test('an error of the stream itself is passed on as it is', async () => {
  const failure = new Error('the network is gone')
  for (const bytes of [TEXT, MEMBERS]) {
    async function* failing() {
      yield bytes.subarray(0, 100)
      throw failure
    }
    await assert.rejects(openSnapshot(failing()), error => error === failure)
  }
})

test('a stream is closed, also when the reading ends early', async () => {
  for (const bytes of [TEXT, zlib.gzipSync(TEXT), Buffer.from('not a snapshot'), Buffer.from('{"snapshot":[] }')]) {
    let closed = false
    async function* watched() {
      try {
        for (;;) yield bytes
      } finally {
        closed = true
      }
    }
    await assert.rejects(openSnapshot(watched()), HeapgraphError)
    assert.ok(closed)
  }
})

test('no file stays open', {skip: process.platform !== 'linux' && 'needs /proc'}, async () => {
  const openFiles = () => readdirSync('/proc/self/fd').length
  const inputs = [
    TEXT,
    zlib.gzipSync(TEXT),
    TEXT.subarray(0, 500),
    zlib.gzipSync(TEXT).subarray(0, 300),
    Buffer.from(Buffer.from(TEXT).toString().replace('"nodes":[9', '"nodes":[99')),
    Buffer.from('not a snapshot'),
    Buffer.alloc(0),
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]),
  ]
  const before = openFiles()
  for (const [index, bytes] of inputs.entries()) {
    const path = fileOf(`open-${index}`, bytes)
    for (const options of [{}, {chunkBytes: 100}]) {
      const opened = await openSnapshot(path, options).catch((error: unknown) => error)
      assert.equal(opened instanceof HeapgraphError, index > 1)
    }
    await openHeader(path).catch(() => {})
    assert.equal(openFiles(), before, `after input ${index}`)
  }
})

test('zstd where Node has it, else an error that names the file', async () => {
  const compress = (zlib as {zstdCompressSync?: (bytes: Uint8Array) => Buffer}).zstdCompressSync
  if (compress === undefined) {
    const path = fileOf('a.heapsnapshot.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]))
    const {code, message} = await errorOf(openSnapshot(path))
    assert.deepEqual([code, message], ['UNREADABLE', `${path}: it is packed by zstd, which needs Node 22.15 or newer`])
  } else {
    assertSameHeap(await openSnapshot(compress(TEXT)), EXPECTED)
    // Node 22 does not complain of zstd data that ends too early; what is missing of the JSON tells.
    const {code, message, hint} = await errorOf(openSnapshot(compress(TEXT).subarray(0, -20)))
    assert.match(code, /^(BROKEN_SNAPSHOT|NOT_A_SNAPSHOT)$/)
    assert.match(message, /^snapshot: (the zstd data |the file is empty|.*the file ends too early)/)
    assert.match(hint ?? '', /it again/)
  }
})

test('chunkBytes must be a whole number above 0', async () => {
  for (const chunkBytes of [0, -1, 1.5, Number.NaN]) {
    assert.equal((await errorOf(openSnapshot(TEXT, {chunkBytes}))).code, 'USAGE')
  }
})
