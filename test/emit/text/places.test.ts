/** Places in code, as text answers give them to whoever makes them links. */
import assert from 'node:assert/strict'
import {join} from 'node:path'
import {test} from 'node:test'
import {plainPaint} from '../../../src/emit/safe/paint.ts'
import {
  closuresText,
  closuresView,
  openSnapshot,
  owners,
  select,
  toGraph,
  toText,
  unusedVariables,
} from '../../../src/index.ts'
import {ROOT} from '../../cli/cli.ts'

const paint = {...plainPaint, place: (text: string, place: string) => `‹${text}|${place}›`}
const fixture = (name: string) => openSnapshot(join(ROOT, 'fixtures', 'snapshots', `${name}.heapsnapshot.gz`))

test('the headline and the lines of owners have their places as links, and say the same', async () => {
  const snapshot = await fixture('listener.node20')
  const graph = toGraph(owners(snapshot, select(snapshot, {type: 'UserRecord'})))
  const [head, first] = toText(graph, {paint}).split('\n')
  assert.match(head, /held by .*\(‹(\S+:\d+)\|\1›\)$/)
  assert.match(first, /^1\. .*\(‹(\S+:\d+)\|\1›\)/)
  const [plainHead, plainFirst] = toText(graph).split('\n')
  const without = (line: string) => line.replaceAll(/‹([^|]*)\|[^›]*›/g, '$1')
  assert.deepEqual([without(head), without(first)], [plainHead, plainFirst])
})

test('captured variables, their readers and who keeps them have places as links', async () => {
  const view = closuresView(unusedVariables(await fixture('captured-page.chromium')))
  const {keepers} = view.rows[0]
  const text = closuresText(view, paint)
  for (const {place, id} of keepers.list) assert.ok(text.includes(`‹${place}|${place}› @${id}`), text)
  const row = view.rows.find(({place}) => place !== '')
  if (row !== undefined) assert.ok(text.includes(`‹${row.place}|${row.place}›`))
})
