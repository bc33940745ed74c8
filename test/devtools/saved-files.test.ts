/** Files as people have them from DevTools' Memory panel, of a page with known objects: scripts/make-devtools-files.mjs took and saved them there. */
import assert from 'node:assert/strict'
import {join} from 'node:path'
import {test} from 'node:test'
import {unusedVariables} from '../../src/analyze/waste/unused-variables.ts'
import {closuresView} from '../../src/graph/views/closures-view.ts'
import {openSnapshot, select, types} from '../../src/index.ts'
import {heapgraph, ROOT} from '../cli/cli.ts'

const SAVED = join(ROOT, 'fixtures/devtools')
/** Objects a round of fixtures/programs/devtools-page. */
const ROUND = 30

test('a heap snapshot that DevTools saved: objects, names, and captured variables by the sections about scopes', async () => {
  const file = join(SAVED, 'page.heapsnapshot.gz')
  const snapshot = await openSnapshot(file)
  assert.deepEqual(snapshot.remarks, [])
  const among = select(snapshot, {where: 'type=Ticket and prop.title="Zürich 東京"'})
  assert.equal(among.nodes.length, ROUND)
  const {rows, limits} = closuresView(unusedVariables(snapshot))
  const variables = rows.map(({variable}) => variable).sort()
  assert.deepEqual(variables, ['deadFinished', 'deadItem', 'deadLocal', 'deadNested', 'deadNodes', 'deadOriginal'])
  // DevTools measures pages with a script of its own.
  assert.match(limits.join('\n'), /^\d+ scopes? that DevTools, drivers and extensions alone keep (?:is|are) left out$/m)
  const {code, stdout} = await heapgraph(['info', file])
  assert.equal(code, 0)
  assert.match(stdout, /^also has +source locations, detachedness, scopes$/m)
})

test('allocations on a timeline that DevTools saved, without stacks: what was made when', async () => {
  const file = join(SAVED, 'page.heaptimeline.gz')
  const snapshot = await openSnapshot(file)
  assert.deepEqual(snapshot.remarks, [])
  const born = types(snapshot, {by: 'born', retained: false, among: select(snapshot, {type: 'Ticket'})})
  assert.deepEqual(
    born.rows.map(({count}) => count),
    [ROUND, ROUND, ROUND],
  )
  assert.equal(born.rows[0].type, 'up to the first sample')
  const {code, stderr} = await heapgraph(['makers', file])
  assert.equal(code, 1)
  assert.match(stderr, /no allocation stack in \S+\.heaptimeline/)
})
