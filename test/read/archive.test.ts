/** Snapshots in archives, as people attach them, and files that are something else. */
import assert from 'node:assert/strict'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {crc32, deflateRawSync, gzipSync} from 'node:zlib'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {HeapgraphError} from '../../src/util/errors.ts'
import {heapText} from '../support/ascii-heap.ts'

const folder = mkdtempSync(join(tmpdir(), 'heapgraph-archive-'))
after(() => rmSync(folder, {recursive: true}))

const SMALL = Buffer.from(heapText('root -> A.x -> B'))
const LARGE = Buffer.from(heapText(Array.from({length: 3000}, (_, i) => `root -> A${i}.x -> B${i}`).join('\n')))

interface File {
  name: string
  bytes: Uint8Array
  isStored?: boolean
  /** Said to be of so many bytes. */
  saidBytes?: number
}

/** As zip(1) writes it: sizes in the local header, or behind the data. */
function zipOf(files: readonly File[], {comment = ''} = {}): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const {name, bytes, isStored = false, saidBytes = bytes.length} of files) {
    const packed = isStored ? Buffer.from(bytes) : deflateRawSync(bytes)
    const nameBytes = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(isStored ? 0 : 8, 4)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(saidBytes, 18)
    common.writeUInt16LE(nameBytes.length, 22)
    parts.push(Buffer.from('PK\x03\x04'), common, nameBytes, packed)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, tail, nameBytes)
    offset += 30 + nameBytes.length + packed.length
  }
  const end = Buffer.alloc(22)
  const entries = Buffer.concat(directory)
  end.write('PK\x05\x06')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(entries.length, 12)
  end.writeUInt32LE(offset, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...parts, entries, end, Buffer.from(comment)])
}

function tarOf(files: readonly File[]): Buffer {
  const parts = files.flatMap(({name, bytes}) => {
    const blocks: Buffer[] = []
    if (name.length > 100)
      blocks.push(tarHeader('././@LongLink', name.length + 1, 'L'), padded(Buffer.from(`${name}\0`)))
    return [...blocks, tarHeader(name.slice(0, 100), bytes.length, '0'), padded(Buffer.from(bytes))]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

function tarHeader(name: string, size: number, type: string): Buffer {
  const header = Buffer.alloc(512)
  header.write(name)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write(type, 156)
  header.write('ustar\0', 257)
  return header
}

const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])

function pathOf(name: string, bytes: Uint8Array): string {
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

const README = {name: 'readme.txt', bytes: Buffer.from('see inside')}

test('the one snapshot in an archive is read, packed or stored, with files beside it', async () => {
  const long = `${'folder/'.repeat(20)}heap.heapsnapshot`
  const files = (name: string, bytes: Uint8Array): File[] => [
    README,
    {name, bytes},
    {name: '__MACOSX/._x.heapsnapshot', bytes: SMALL},
  ]
  const archives = {
    'one.zip': zipOf(files('heap.heapsnapshot', LARGE), {comment: 'PK\x05\x06 in a comment, too short to be one'}),
    'stored.zip': zipOf([{name: 'heap.heapsnapshot', bytes: LARGE, isStored: true}]),
    'packed.zip': zipOf(files('heap.heapsnapshot.gz', gzipSync(LARGE))),
    'other-name.zip': zipOf([{name: 'heap.json', bytes: LARGE}]),
    'one.tar.gz': gzipSync(tarOf(files('heap.heapsnapshot', LARGE))),
    'long.tar.gz': gzipSync(tarOf(files(long, LARGE))),
    'timeline.zip': zipOf(files('heap.heaptimeline', LARGE)),
    'packed.tar': tarOf(files('heap.heapsnapshot.gz', gzipSync(LARGE))),
  }
  for (const [name, bytes] of Object.entries(archives)) {
    for (const chunkBytes of [700, 1 << 20]) {
      const {nodeCount} = await openSnapshot(pathOf(name, bytes), {chunkBytes})
      assert.equal(nodeCount, 6001, name)
    }
    assert.equal((await openSnapshot(bytes)).nodeCount, 6001, `${name} in memory`)
  }
  async function* piped() {
    yield archives['one.tar.gz']
  }
  assert.equal((await openSnapshot(piped())).nodeCount, 6001)
})

test('of several snapshots one is named behind a #', async () => {
  const files: File[] = [README, {name: 'a.heapsnapshot', bytes: LARGE}, {name: 'sub/b.heapsnapshot', bytes: SMALL}]
  for (const [name, bytes] of [
    ['two.zip', zipOf(files)],
    ['two.tar.gz', gzipSync(tarOf(files))],
  ] as const) {
    const path = pathOf(name, bytes)
    const {message, hint} = await errorOf(openSnapshot(path))
    assert.match(message, /holds 2 heap snapshots: a\.heapsnapshot, sub\/b\.heapsnapshot/)
    assert.match(hint ?? '', /#a\.heapsnapshot/)
    assert.equal((await openSnapshot(`${path}#sub/b.heapsnapshot`)).nodeCount, 3)
    assert.equal((await openSnapshot(`${path}#a.heapsnapshot`)).nodeCount, 6001)
    assert.match((await errorOf(openSnapshot(`${path}#c`))).message, /has no c: it holds readme\.txt, a\.heapsnapshot/)
  }
  const odd = pathOf('odd#name.heapsnapshot', SMALL)
  assert.equal((await openSnapshot(odd)).nodeCount, 3)
  assert.match((await errorOf(openSnapshot(`${odd}#x`))).message, /not an archive/)
})

test('archives without a snapshot, cut off, damaged, or with more in them than they say', async () => {
  const one = [{name: 'heap.heapsnapshot', bytes: LARGE}]
  const zip = zipOf(one)
  const tar = tarOf(one)
  const flipped = Buffer.from(
    zipOf([{name: 'heap.heapsnapshot', bytes: Buffer.concat([LARGE, Buffer.alloc(64, ' ')]), isStored: true}]),
  )
  flipped[30 + 17 + LARGE.length + 10] = 0x0a
  const cases: [string, Uint8Array, RegExp][] = [
    ['empty.zip', zipOf([]), /no table of contents|it is empty|not copied|not with/],
    [
      'none.zip',
      zipOf([README, {name: 'other.txt', bytes: SMALL}]),
      /no file in it is named \.heapsnapshot: it holds readme\.txt, other\.txt/,
    ],
    ['none.tar.gz', gzipSync(tarOf([README])), /no file in it is named \.heapsnapshot: it holds readme\.txt/],
    ['cut.zip', zip.subarray(0, zip.length / 2), /no table of contents/],
    ['cut.tar', tar.subarray(0, tar.length / 2), /ends too early/],
    ['damaged.zip', flipped, /checksum/],
    ['bomb.zip', zipOf([{name: 'heap.heapsnapshot', bytes: LARGE, saidBytes: 1000}]), /more than the 1000 bytes/],
    ['nested.zip', zipOf([{name: 'heap.heapsnapshot', bytes: zip}]), /another archive/],
  ]
  for (const [name, bytes, said] of cases)
    assert.match((await errorOf(openSnapshot(pathOf(name, bytes)))).message, said, name)
  async function* piped() {
    yield zip
  }
  assert.match((await errorOf(openSnapshot(piped()))).message, /cannot be read from a pipe/)
})

test('files that people take for heap snapshots are named', async () => {
  const jsc =
    '{"version":2,"type":"Inspector","nodes":[0,0,0,0],"nodeClassNames":["<root>"],"edges":[],"edgeTypes":[],"edgeNames":[]}'
  const cases: [Uint8Array, RegExp][] = [
    [Buffer.from('JAVA PROFILE 1.0.2\0\0\0\0\x08'), /heap dump of Java \(HPROF\)/],
    [Buffer.from('MDMP\x93\xa7\0\0'), /minidump of Windows/],
    [Buffer.from('\x7fELF\x02\x01\x01\0'), /core dump/],
    [
      gzipSync(Buffer.from([9, 8, 0xa8, 0xd4, 0xae, 0xb6, 0xa7, 0xdb, 0xe7, 2, 2, 8, 1, 0x10])),
      /heap snapshot of Firefox/,
    ],
    [Buffer.from(jsc), /JavaScriptCore's own format/],
    [Buffer.from('{"head":{"callFrame":{},"children":[]},"samples":[]}'), /\.heapprofile/],
    [Buffer.from('BZh91AY&SY'), /packed by bzip2/],
  ]
  for (const [bytes, said] of cases) {
    const {code, message, hint} = await errorOf(openSnapshot(bytes))
    assert.equal(code, 'NOT_A_SNAPSHOT')
    assert.match(`${message}; ${hint}`, said)
    assert.doesNotMatch(`${message}; ${hint}`, /copy it again/)
  }
})
