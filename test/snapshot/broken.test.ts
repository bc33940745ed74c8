/**
 * The files of fixtures/broken and fixtures/odd. What is said of each broken one stands in broken.golden.txt:
 * `UPDATE_GOLDEN=1 node scripts/run-tests.mjs broken` writes it anew, to be read before it is committed.
 */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {gunzipSync} from 'node:zlib'
import type {Snapshot} from '../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {HeapgraphError} from '../../src/util/errors.ts'
import {assertSameHeap, parsedHeap} from '../support/parse-twin.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url))
const GOLDEN = fileURLToPath(new URL('broken.golden.txt', import.meta.url))

/** `3e1` is a way to write 30, to JSON.parse too; `_valid` is what the others are made from. */
const SOUND = ['_valid.heapsnapshot', 'exponent-in-nodes.heapsnapshot']
/** What is said depends on whether this Node can unpack zstd. */
const ZSTD = 'zstd-garbage.heapsnapshot'

interface Case {
  file: string
  section: string
  /** Of the first wrong byte or number; null where no single place is at fault. */
  offset: number | null
}

const cases: Case[] = JSON.parse(readFileSync(join(FIXTURES, 'broken/cases.json'), 'utf8'))
const brokenCases = cases.filter(({file}) => !SOUND.includes(file) && file !== ZSTD)

function filesOf(folder: string): string[] {
  return readdirSync(join(FIXTURES, folder))
    .filter(file => file.includes('.heapsnapshot'))
    .sort()
}

function unpacked(path: string): Uint8Array {
  const bytes = readFileSync(path)
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
}

async function errorOf(opened: Promise<Snapshot>, file: string): Promise<HeapgraphError> {
  try {
    await opened
  } catch (error) {
    if (error instanceof HeapgraphError) return error
    throw error
  }
  assert.fail(`${file} was opened`)
}

test('every file of fixtures/broken is in its table', () => {
  assert.deepEqual(cases.map(({file}) => file).sort(), filesOf('broken'))
  assert.ok(brokenCases.length > 90)
})

test('what is said of each broken file: one sentence with file, section and byte, and a hint', async () => {
  let said = ''
  for (const {file} of brokenCases) {
    const path = join(FIXTURES, 'broken', file)
    const {code, message, hint} = await errorOf(openSnapshot(path), file)
    assert.match(code, /^(NOT_A_SNAPSHOT|BROKEN_SNAPSHOT)$/)
    assert.ok(message.startsWith(`${path}: `), message)
    assert.match(hint ?? '', /^[^\n]+$/)
    const sentence = message.replace(path, file)
    assert.match(sentence, /^[^\n]+[^.\n]$/)
    said += `${code}\n  ${sentence}\n  ${hint}\n`
    // The same whatever the pieces in which the file is read.
    for (const chunkBytes of statSync(path).size < 5000 ? [7, 100] : [1000]) {
      const again = await errorOf(openSnapshot(path, {chunkBytes}), file)
      if (!file.endsWith('.gz')) assert.deepEqual([again.message, again.hint], [message, hint])
      else assert.equal(again.code, code)
    }
  }
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, said)
  assert.equal(said, readFileSync(GOLDEN, 'utf8').replaceAll('\r\n', '\n'))
})

test('the byte that is named is the one the table names', async () => {
  let compared = 0
  for (const {file, section, offset} of brokenCases) {
    const {message} = await errorOf(openSnapshot(join(FIXTURES, 'broken', file)), file)
    const [, named, byte] = /: section "(\w+)", byte (\d+): /.exec(message) ?? []
    if (offset === null || byte === undefined || named !== section || section === 'snapshot') continue
    // The table names the backslash of an escape and the key of a section, the message what stands wrong behind it.
    const slack = file.includes('escape') ? 5 : file.startsWith('duplicate') ? '"nodes":'.length : 0
    assert.ok(Number(byte) >= offset && Number(byte) <= offset + slack, `${file}: ${message}, not ${offset}`)
    compared++
  }
  assert.ok(compared > 35, `${compared}`)
})

test('zstd garbage names the file', async () => {
  const path = join(FIXTURES, 'broken', ZSTD)
  const {message, hint} = await errorOf(openSnapshot(path), ZSTD)
  assert.ok(message.startsWith(`${path}: `), message)
  assert.ok(hint)
})

test('the files of fixtures/odd load and equal JSON.parse', async () => {
  const files = filesOf('odd')
  assert.ok(files.length >= 10)
  for (const file of files) {
    const path = join(FIXTURES, 'odd', file)
    assertSameHeap(await openSnapshot(path), parsedHeap(unpacked(path)))
  }
})

test('what a reader might not take for sound is: numbers with an exponent', async () => {
  for (const file of SOUND) {
    const path = join(FIXTURES, 'broken', file)
    assertSameHeap(await openSnapshot(path), parsedHeap(unpacked(path)))
  }
})
