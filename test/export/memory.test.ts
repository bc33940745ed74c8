/** A million nodes pass through a small window: neither rows nor output are ever all in memory. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {toCsv} from '../../src/emit/interchange/export-csv.ts'
import {toNdjson} from '../../src/emit/interchange/export-ndjson.ts'
import {toParquet} from '../../src/emit/interchange/export-parquet.ts'
import {tableOf} from '../../src/graph/rows/rows.ts'
import {largeHeap} from '../analyze/plain-heap.ts'

const NODES = 1_000_000
const MB = 1_000_000
/** An object a row would take some 200 MB, the NDJSON of the nodes alone takes 140. */
const BOUND = 100 * MB

test('the export of a million nodes and two million edges needs little memory of its own', async () => {
  const heap = largeHeap({
    nodeCount: NODES,
    edgeCount: 2 * NODES,
    source: edge => edge >> 1,
    target: edge => (edge + 1) % NODES,
    edgeName: edge => (edge % 3 === 0 ? edge : `property${edge % 1000}`),
    edgeKind: edge => (edge % 3 === 0 ? 'element' : 'property'),
    nodeName: node => `SomeConstructor${node % 500}`,
  })
  for (const name of ['nodes', 'edges'] as const) {
    for (const write of [toNdjson, toCsv, toParquet]) {
      const table = tableOf(heap, name)
      const before = process.memoryUsage().rss
      let peak = before
      let written = 0
      for (const chunk of await write(table)) {
        written += chunk.length
        assert.ok(chunk.length < 8 * MB, `a chunk of ${chunk.length}`)
        peak = Math.max(peak, process.memoryUsage().rss)
      }
      const growth = Math.round((peak - before) / MB)
      assert.ok(peak - before < BOUND, `${write.name} of ${name} took ${growth} MB for ${Math.round(written / MB)} MB`)
      if (process.env.SHOW_MEMORY) console.log(write.name, name, growth, 'MB for', Math.round(written / MB), 'MB')
    }
  }
})
