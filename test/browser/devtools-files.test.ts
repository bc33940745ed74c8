/** Files as people have them from DevTools' Memory panel: taken and saved in the front end that Chromium has built in, of a page with known objects. */
import assert from 'node:assert/strict'
import {existsSync, readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import {type BrowserContext, chromium, type Page} from 'playwright-core'
import {unusedVariables} from '../../src/analyze/waste/unused-variables.ts'
import {closuresView} from '../../src/graph/views/closures-view.ts'
import {openSnapshot, select, types} from '../../src/index.ts'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {findChromium, mayBeSkipped} from './browser.ts'

const guard = {timeout: HANG_MS, skip: mayBeSkipped()}
const folder = temporaryFolder()

/** Objects a round; captured.js is longer than what V8 writes of a text, so that only V8's own sections say who uses which variable. */
const ROUND = 30
const HTML = `<!doctype html><meta charset="utf-8"><title>tickets</title><script src="captured.js"></script><script>
class Ticket { title = 'Zürich 東京' }
const open = []
window.round = () => { for (let i = 0; i < ${ROUND}; i++) open.push(new Ticket()) }
round()
</script>`

const server = createServer(({url}, response) => {
  const isScript = url === '/captured.js'
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
  response.end(
    isScript ? readFileSync(join(ROOT, 'fixtures/programs/captured-page/captured.js')) : url === '/' ? HTML : '',
  )
})
let context: BrowserContext
let inspected: Page
let devtools: Page
/** What V8 has sent of the file that is taken, and how many samples. */
let chunks: string[] = []
let samples = 0

before(async () => {
  if (guard.skip !== false) return
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const profile = join(folder, 'profile')
  context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium() ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--remote-debugging-port=0',
      // The front end's own address has the port in it, which is not known yet.
      '--remote-allow-origins=*',
    ],
  })
  inspected = await context.newPage()
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await inspected.goto(address)
  const told = join(profile, 'DevToolsActivePort')
  while (!existsSync(told) || !readFileSync(told, 'utf8').includes('\n')) await inspected.waitForTimeout(20)
  const port = readFileSync(told, 'utf8').split('\n')[0]
  const list = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {id: string; url: string}[]
  const id = list.find(({url}) => url === address)?.id
  devtools = await context.newPage()
  devtools.on('websocket', socket =>
    socket.on('framereceived', ({payload}) => {
      const {method, params} = JSON.parse(String(payload))
      if (method === 'HeapProfiler.addHeapSnapshotChunk') chunks.push(params.chunk)
      if (method === 'HeapProfiler.lastSeenObjectId') samples++
    }),
  )
  const ws = `127.0.0.1:${port}/devtools/page/${id}`
  await devtools.goto(`http://127.0.0.1:${port}/devtools/devtools_app.html?ws=${ws}&panel=heap-profiler`)
})

after(async () => {
  await context?.close()
  server.close()
})

const button = (name: string) => devtools.getByRole('button', {name})

/** Pressed until there is something to save: the panel reads what it has taken first. Where the file is then. */
async function save(ending: string): Promise<string> {
  let file = ''
  const saved = devtools
    .waitForEvent('download', {predicate: download => download.suggestedFilename().endsWith(ending), timeout: HANG_MS})
    .then(async download => {
      const to = join(folder, download.suggestedFilename())
      await download.saveAs(to)
      file = to
    })
  while (file === '') {
    await button('Save profile').click()
    await Promise.race([saved, devtools.waitForTimeout(1000)])
  }
  assert.ok(readFileSync(file).equals(Buffer.from(chunks.join(''))), 'DevTools saves what V8 has sent')
  return file
}

test(
  'a heap snapshot that DevTools saved: objects, names, and captured variables by the sections about scopes',
  guard,
  async () => {
    await button('Take heap snapshot').click()
    const file = await save('.heapsnapshot')
    const snapshot = await openSnapshot(file)
    assert.deepEqual(snapshot.remarks, [])
    const among = select(snapshot, {where: 'type=Ticket and prop.title="Zürich 東京"'})
    assert.equal(among.nodes.length, ROUND)
    const {rows, limits} = closuresView(unusedVariables(snapshot))
    const variables = rows.map(({variable}) => variable).sort()
    assert.deepEqual(variables, ['deadFinished', 'deadItem', 'deadLocal', 'deadNested', 'deadNodes', 'deadOriginal'])
    // DevTools measures pages with a script of its own.
    assert.match(
      limits.join('\n'),
      /^\d+ scopes? that DevTools, drivers and extensions alone keep (?:is|are) left out$/m,
    )
    const {code, stdout} = await heapgraph(['info', file])
    assert.equal(code, 0)
    assert.match(stdout, /^also has +source locations, detachedness, scopes$/m)
  },
)

test('allocations on a timeline that DevTools saved, without stacks: what was made when', guard, async () => {
  const further = async (count: number) => {
    const until = samples + count
    while (samples < until) await devtools.waitForTimeout(20)
  }
  await devtools.getByRole('treeitem', {name: 'Profiles'}).first().click()
  await devtools.getByRole('radio', {name: 'Allocations on timeline'}).click()
  chunks = []
  await button('Start recording heap profile').click()
  await further(2)
  for (let i = 0; i < 2; i++) {
    await inspected.evaluate('round()')
    await further(3)
  }
  await button('Stop recording heap profile').click()
  const file = await save('.heaptimeline')
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
