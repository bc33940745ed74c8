/** Named paths that are searched as far as somebody asks: the same as all of them. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {entryOnNamedPath, namedPaths} from '../../../src/analyze/owners/named-paths.ts'
import {openSnapshot} from '../../../src/snapshot/load/load.ts'
import {runs} from '../../support/runs.ts'
import {randomHeap, snapshotOf} from '../plain-heap.ts'

test('asked one by one in any order, nodes have the edges that all have at once', async () => {
  await fc.assert(
    fc.asyncProperty(randomHeap(), fc.array(fc.nat()), async (heap, asked) => {
      const all = namedPaths(await snapshotOf(heap))
      const entryOf = entryOnNamedPath(await snapshotOf(heap))
      for (const at of asked) assert.equal(entryOf(at % all.length), all[at % all.length])
      for (let node = 0; node < all.length; node++) assert.equal(entryOf(node), all[node])
    }),
    {numRuns: runs(200)},
  )
})

test('of a program, too, and all of them after a part', async () => {
  const file = fileURLToPath(new URL('../../../fixtures/snapshots/closure.node20.heapsnapshot.gz', import.meta.url))
  const all = namedPaths(await openSnapshot(file))
  const asked = await openSnapshot(file)
  const entryOf = entryOnNamedPath(asked)
  for (let node = 1; node < all.length; node *= 2) assert.equal(entryOf(node), all[node])
  assert.deepEqual(namedPaths(asked), all)
})
