/** Allocation stacks of a page, as DevTools saves them: a `.heaptimeline` of Chromium's. */
import assert from 'node:assert/strict'
import {closeSync, openSync, writeSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {test} from 'node:test'
import {makersView} from '../../src/graph/views/makers-view.ts'
import {openSnapshot, select, types} from '../../src/index.ts'
import {traces} from '../../src/snapshot/columns/traces.ts'
import {temporaryFolder} from '../cli/cli.ts'
import {HANG_MS, until} from '../support/limits.ts'
import {mayBeSkipped, startBrowser} from './browser.ts'

const folder = temporaryFolder()

/** `ROUND` objects of each maker a round; the elements are Blink's own objects. */
const [ROUND, ROUNDS] = [30, 2]
const APP = `const open = [], closed = new Map()
class Ticket { constructor(i) { this.title = 'ticket' } }
function openTicket(i) { open.push(new Ticket(i)) }
function closeTicket(i) { closed.set('t' + i, new Ticket(i)) }
window.round = () => {
  for (let i = 0; i < ${ROUND}; i++) openTicket(i)
  for (let i = 0; i < ${ROUND}; i++) closeTicket(performance.now() + i)
}
window.keep = () => [open, closed]
`

test('a timeline of Chromium: functions, lines, allocations and rounds', {
  timeout: HANG_MS,
  skip: mayBeSkipped(),
}, async () => {
  const server = createServer((request, response) => {
    const isScript = request.url === '/app.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? APP : '<!doctype html><script src="app.js"></script>')
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const browser = await startBrowser()
  const file = join(folder, 'page.heaptimeline')
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const session = await page.context().newCDPSession(page)
    const fd = openSync(file, 'w')
    session.on('HeapProfiler.addHeapSnapshotChunk', ({chunk}) => writeSync(fd, chunk))
    let samples = 0
    session.on('HeapProfiler.lastSeenObjectId', () => samples++)
    const further = async (count: number) => {
      const wanted = samples + count
      await until(() => samples >= wanted)
    }
    await session.send('HeapProfiler.enable')
    await session.send('HeapProfiler.startTrackingHeapObjects', {trackAllocations: true})
    await further(2)
    for (let i = 0; i < ROUNDS; i++) {
      await page.evaluate('round()')
      await further(3)
    }
    await session.send('HeapProfiler.stopTrackingHeapObjects', {reportProgress: false})
    closeSync(fd)
  } finally {
    await browser.close()
    server.close()
  }
  const snapshot = await openSnapshot(file)
  assert.deepEqual(snapshot.remarks, [])
  const among = select(snapshot, {where: 'type=Ticket and prop.title'})
  assert.equal(among.nodes.length, 2 * ROUND * ROUNDS)
  // Chromium 156 forgets the stacks of young objects that its collector moves, but not what was allocated where.
  const {traceFunction, traceCount} = traces(snapshot)
  const {functionName, functionLine} = traces(snapshot)
  const allocated = Array.from(traceFunction, (of, i) => [
    snapshot.strings.get(functionName[of]),
    functionLine[of],
    traceCount[i],
  ])
  for (const [name, line] of [
    ['openTicket', 3],
    ['closeTicket', 4],
  ]) {
    const found = allocated.filter(row => row[0] === name && row[1] === line)
    assert.equal(found.length, 1, JSON.stringify(allocated))
    assert.ok(Number(found[0][2]) >= ROUND * ROUNDS, JSON.stringify(found))
  }
  const {total, makers, limits} = makersView(snapshot, {among})
  assert.equal(total.count, 2 * ROUND * ROUNDS)
  assert.equal(
    makers.reduce((sum, {count}) => sum + count, 0),
    total.count,
  )
  assert.match(limits.join('\n'), /[\d,]+ of [\d,]+ objects have an allocation stack/)
  const born = types(snapshot, {by: 'born', retained: false, among})
  assert.deepEqual(
    born.rows.map(({count}) => count),
    Array.from({length: ROUNDS}, () => 2 * ROUND),
  )
})
