/** What `async` counts on a real page: which await, timers by how they were set, listeners by event. */
import assert from 'node:assert/strict'
import {createWriteStream} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {asyncCensus} from '../../src/analyze/waiting/census.ts'
import {asyncView} from '../../src/graph/views/async-view.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {mayBeSkipped, startBrowser} from './browser.ts'
import {servePages} from './page-server.ts'

const folder = temporaryFolder()
const guard = {timeout: HANG_MS, skip: mayBeSkipped()}

const APP = `const never = new Promise(() => {})
const kept = []
const at = (here, wanted) => (here === wanted ? never : Promise.resolve(1))
async function many(k) {
  await at(0, k)
  const f = async (x, y) => [x, y]
  await f(
    await at(1, k),
    await at(2, k),
  )
  for (
    let i = await at(3, k);
    i < 2;
    i += await at(5, k)
  ) {
    await at(4, k)
  }
  do {
    await at(6, k)
  } while ((await at(7, k)) > 1)
  try {
    await at(8, k)
  } finally {
    await at(9, k)
  }
  const inner = async () => { await at(11, k) }
  await inner()
  return [await at(10, k),
    (await at(12, k)) ? await at(13, k) : 0]
}
async function loop() {
  for await (const x of [never]) await x
}
for (let k = 0; k < 14; k++) kept.push(many(k))
kept.push(loop())
for (let i = 0; i < 3; i++) setInterval(function poll() { return i }, 1e6)
for (let i = 0; i < 2; i++) setTimeout(function later() { return i }, 1e7)
const button = document.querySelector('button')
for (let i = 0; i < 6; i++) button.addEventListener('click', () => i)
for (let i = 0; i < 4; i++) addEventListener('resize', function onResize() { return i })
const controller = new AbortController()
for (let i = 0; i < 3; i++) controller.signal.addEventListener('abort', () => i)
window.keep = [kept, controller]
const full = new ReadableStream({start(queue) { for (let i = 0; i < 17; i++) queue.enqueue({i}) }}, {highWaterMark: 100})
const slow = new WritableStream({write() { return new Promise(() => {}) }}, {highWaterMark: 100})
const writer = slow.getWriter()
for (let i = 0; i < 12; i++) writer.write({i})
window.streams = [full, writer]
setTimeout(() => { document.title = 'ready' }, 100)
`

const pages = servePages((request, response) => {
  const isApp = request.url === '/app.js'
  response
    .writeHead(200, {'content-type': isApp ? 'text/javascript' : 'text/html'})
    .end(isApp ? APP : '<!doctype html><button class="save">Save</button><script src="/app.js"></script>')
})

test('awaits, timers, listeners and signals of a page', guard, async () => {
  const file = join(folder, 'page.heapsnapshot')
  const browser = await startBrowser()
  try {
    const page = await browser.newPage()
    await page.goto(pages.address)
    await page.waitForFunction("document.title === 'ready'")
    const session = await page.context().newCDPSession(page)
    await session.send('HeapProfiler.enable')
    await session.send('HeapProfiler.collectGarbage')
    const stream = createWriteStream(file)
    session.on('HeapProfiler.addHeapSnapshotChunk', ({chunk}) => stream.write(chunk))
    await session.send('HeapProfiler.takeHeapSnapshot')
    await new Promise<void>(done => stream.end(done))
  } finally {
    await browser.close()
  }
  const {sections} = asyncView(asyncCensus(await openSnapshot(file), {limit: 50}))
  const rows = (kind: string) => sections.find(section => section.kind === kind)!.rows
  const awaits = rows('promises').map(({what, place, count}) => `${what} ${place} ${count}`)
  // Each call stands at another await, and the one that waits for inner() at that line.
  const lines = [5, 8, 9, 12, 14, 16, 19, 20, 22, 24, 27, 28, 29, 29]
  const counts = new Map<number, number>()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  assert.deepEqual(
    mergedLines(rows('promises').filter(({what}) => what === 'await in many()')),
    Object.fromEntries([...counts].map(([line, count]) => [`app.js:${line}`, count])),
    awaits.join('\n'),
  )
  assert.ok(awaits.includes('await in inner() app.js:26 1'))
  const looping = rows('promises').find(({what}) => what === 'await in loop()')
  assert.deepEqual([looping?.place, looping?.facts], ['app.js:31', ['at one of the awaits in line 32']])
  const table = (kind: string) =>
    Object.fromEntries(
      rows(kind)
        .filter(({place}) => place.startsWith('app.js'))
        .map(({what, place, count}) => [`${what.replace(/^Window \/ \S+/, 'window')} ${place}`, count]),
    )
  assert.deepEqual(table('timers'), {'setInterval poll() app.js:36': 3, 'setTimeout later() app.js:37': 2})
  assert.deepEqual(table('listeners'), {
    'button.save "click" app.js:39': 6,
    'window "resize" app.js:40': 4,
    'AbortSignal "abort" app.js:42': 3,
  })
  assert.deepEqual(Object.fromEntries(rows('chunks').map(({what, count}) => [what, count])), {
    'ReadableStreamDefaultController, to be read': 17,
    'WritableStreamDefaultController, to be written': 12,
  })
  // The page's own, and the one that a writable stream has.
  assert.equal(sections.find(({kind}) => kind === 'signals')?.count, 2)
})

/** Two awaits in one line are two rows. */
function mergedLines(rows: readonly {place: string; count: number}[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const {place, count} of rows) counts[place] = (counts[place] ?? 0) + count
  return counts
}
