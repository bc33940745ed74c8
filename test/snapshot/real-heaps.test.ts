/** Real snapshots of every producer, number by number against JSON.parse. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {assertSameHeap, parsedHeap} from '../support/parse-twin.ts'

const SNAPSHOTS = new URL('../../fixtures/snapshots/', import.meta.url)
/** One of each producer; the others of Node 20 differ only in what the program did. */
const files = readdirSync(SNAPSHOTS).filter(file => /^(types-zoo\.(?!.*internals)|tracked|page)/.test(file))
assert.ok(files.length >= 10)

for (const file of files) {
  test(`${file} loads and equals JSON.parse`, async () => {
    const bytes = readFileSync(new URL(file, SNAPSHOTS))
    const plain = file.endsWith('.gz') ? gunzipSync(bytes) : bytes
    assertSameHeap(await openSnapshot(bytes), parsedHeap(plain))
  })
}
