/** A snapshot that is kept open serves any question after any other. */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {keepLast} from '../../../src/cli/explore/kept-snapshot.ts'
import {executeCli} from '../../../src/cli/main.ts'
import type {Snapshot} from '../../../src/index.ts'
import {APP, temporaryFolder} from '../cli.ts'

const folder = temporaryFolder()
const SILENT = {stdout: {write: () => {}}, stderr: {write: () => {}}, env: {HEAPGRAPH_NO_INDEX: '1'}}

test('it is the same for each command line, and none leaves its columns in pages, as the last question of a process may', async () => {
  const file = join(folder, 'app.heapsnapshot')
  writeFileSync(file, APP)
  const {open} = keepLast()
  const opened = new Set<Snapshot>()
  for (const line of [['types'], ['list', '--type', '/./'], ['show', '@1'], ['why', '--type', '/./']]) {
    const code = await executeCli([...line, file], SILENT, async (input, options) => {
      const snapshot = await open(input, options)
      opened.add(snapshot)
      return snapshot
    })
    assert.ok(code === 0 || line[0] === 'show', `${line[0]}: ${code}`)
    for (const {saved} of opened) assert.equal(saved.inPages, false, line[0])
  }
  assert.equal(opened.size, 1)
})
