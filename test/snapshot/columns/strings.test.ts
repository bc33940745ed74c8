import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {type StringTable, StringTableBuilder} from '../../../src/snapshot/columns/strings.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {heapText} from '../../support/ascii-heap.ts'
import {randomFormat, randomHeap, writeHeap} from '../../support/random-heap.ts'
import {runs} from '../../support/runs.ts'

const SEGMENT_BYTES = 1 << 24

/** A table of strings as the file writes them. */
function tableOf(written: readonly (string | Uint8Array)[], pieceBytes = 1 << 30): StringTable {
  const builder = new StringTableBuilder()
  for (const text of written) {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      builder.append(bytes, at, Math.min(bytes.length, at + pieceBytes))
    }
    builder.end()
  }
  return builder.finish()
}

test('escapes, raw UTF-8 and bytes that are none read as JSON.parse reads them', () => {
  const written: (string | Uint8Array)[] = [
    '',
    'plain',
    '\\"\\\\\\/\\b\\f\\n\\r\\t',
    '\\u00e9\\u20AC\\uD83D\\uDE00',
    '\\ud800',
    'é€😀\u2028\ufeff',
    Buffer.from([0xff]),
    Buffer.from([0x61, 0xe2, 0x82, 0x62]),
    Buffer.from([0xed, 0xa0, 0x80, 0x5c, 0x6e]),
  ]
  const table = tableOf(written)
  assert.equal(table.count, written.length)
  written.forEach((text, index) => {
    const json = new TextDecoder('utf-8', {ignoreBOM: true}).decode(Buffer.from(text))
    assert.equal(table.get(index), JSON.parse(`"${json}"`))
  })
  assert.equal(
    table.totalBytes,
    written.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
  )
  for (const index of [-1, written.length, Number.NaN]) assert.throws(() => table.get(index), RangeError)
})

test('a table takes about as much memory as it has bytes', () => {
  for (const length of [1, 65_535, 65_536, 65_537, 5_000_000]) {
    for (const pieceBytes of [1000, 1 << 30]) {
      const text = 'é'.repeat(length / 2) + 'x'.repeat(length % 2)
      const table = tableOf(['a', text], pieceBytes)
      assert.equal(table.get(1), text)
      const {byteLength} = table.read(0)
      assert.ok(byteLength <= Math.max(2 * (length + 1), 65_536), `${byteLength} for ${length}`)
    }
  }
})

test('strings across the borders of segments', () => {
  // Characters of 3 bytes and escapes of 6, so that a border falls into one.
  const long = '€\\u00e9x'.repeat(700_000)
  const decoded = JSON.parse(`"${long}"`)
  const pieces: (string | Uint8Array)[] = ['first', long, 'a', long, long, '', 'last']
  for (const pieceBytes of [1 << 30, 65_536]) {
    const table = tableOf(pieces, pieceBytes)
    assert.ok(table.totalBytes > SEGMENT_BYTES)
    assert.deepEqual(
      pieces.map((_, index) => table.get(index) === (pieces[index] === long ? decoded : pieces[index])),
      pieces.map(() => true),
    )
    assert.deepEqual([...table.indexesOf('last')], [6])
    assert.deepEqual([...table.indexesOf(decoded)], [1, 3, 4])
  }
})

test('strings that end at the border of a segment, and one that is longer than two', () => {
  const filler = Buffer.alloc(SEGMENT_BYTES - 3, 'f')
  const huge = Buffer.alloc(2 * SEGMENT_BYTES + 5, 'h')
  const table = tableOf([filler, 'abc', '', 'next', huge, 'end'])
  assert.deepEqual(
    [1, 2, 3, 5].map(index => table.get(index)),
    ['abc', '', 'next', 'end'],
  )
  assert.equal(table.get(4), huge.toString())
  assert.deepEqual([...table.indexesOf('abc')], [1])
  assert.deepEqual([...table.indexesOf('')], [2])
  assert.deepEqual([table.lastByte(1), table.lastByte(2), table.lastByte(3)], [0x63, -1, 0x74])
})

test('a section of strings beyond the 16 MiB of a segment, through the loader', async () => {
  const all = Array.from({length: 300_000}, (_, index) => `${index}: "é" ${'x'.repeat(index % 120)}`)
  const drawn = JSON.parse(Buffer.from(heapText('root -> A')).toString())
  const raw = JSON.stringify({...drawn, strings: all})
  for (const text of [raw, raw.replaceAll('é', '\\u00e9')]) {
    const {strings} = await openSnapshot(Buffer.from(text), {chunkBytes: 100_003})
    assert.ok(strings.totalBytes > SEGMENT_BYTES)
    assert.equal(strings.count, all.length)
    // Not deepEqual, which takes its time with so many.
    for (let index = 0; index < all.length; index++) {
      if (strings.get(index) !== all[index]) assert.fail(`string ${index}: ${strings.get(index)}`)
    }
  }
})

test('indexesOf finds a text of which every character is escaped, and looks no further', () => {
  const table = tableOf(['\\u0061\\u0062', 'ab', '\\u0061\\u0062c', '\\uD83D\\uDE00'])
  assert.deepEqual([...table.indexesOf('ab')], [0, 1])
  assert.deepEqual([...table.indexesOf('abc')], [2])
  assert.deepEqual([...table.indexesOf('😀')], [3])
})

test('indexesOf finds exactly the strings that are equal', async () => {
  const property = fc.asyncProperty(randomHeap(1), randomFormat, async (heap, format) => {
    const {strings} = await openSnapshot(writeHeap({...heap, strings: [...heap.strings, ...heap.strings]}, format))
    const all = Array.from({length: strings.count}, (_, index) => strings.get(index))
    for (const wanted of new Set([...all, ...all.map(text => text.slice(1)), '\ufffd', '\\n'])) {
      const expected = all.flatMap((text, index) => (text === wanted ? [index] : []))
      assert.deepEqual([...strings.indexesOf(wanted)], expected)
    }
  })
  await fc.assert(property, {seed: 5, numRuns: runs(150)})
})

test('many look-ups do not look through all strings, whatever the texts are like', () => {
  const texts = Array.from({length: 3_000}, (_, i) => [
    `${'long '.repeat(20)}${i}`,
    `\\u0065scaped ${i}`,
    `no \ufffd UTF-8 ${i}`,
  ]).flat()
  const table = tableOf(texts)
  let decoded = 0
  const get = table.get.bind(table)
  table.get = index => {
    decoded++
    return get(index)
  }
  texts.forEach((text, index) => {
    assert.deepEqual([...table.indexesOf(JSON.parse(`"${text}"`))], [index])
    assert.deepEqual([...table.indexesOf(`${text}?`)], [])
  })
  // Some while the table by hash is not made, one in three to make it, and few look-ups that find others of the same bits.
  assert.ok(decoded < 12 * texts.length, `${decoded} strings decoded for ${texts.length}`)
})
