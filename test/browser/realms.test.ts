/** Realms of a real page: its iframes, one that was removed, an extension, the driver; what they hold was planted. */
import assert from 'node:assert/strict'
import {createWriteStream, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {chromium} from 'playwright-core'
import {realms} from '../../src/analyze/facts/realms.ts'
import {heldByTools} from '../../src/analyze/graph/held-by-tools.ts'
import {select} from '../../src/analyze/select/select.ts'
import {suspectsView} from '../../src/graph/views/suspects-view.ts'
import type {Snapshot} from '../../src/snapshot/columns/snapshot.ts'
import {openSnapshot} from '../../src/snapshot/load/load.ts'
import {heapgraph, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {findChromium, mayBeSkipped, startBrowser} from './browser.ts'
import {servePages} from './page-server.ts'

const folder = temporaryFolder()
const guard = {timeout: HANG_MS, skip: mayBeSkipped()}

const FRAME = (n: number) => `<!doctype html><title>frame</title><script>
  class Widget { constructor(i) { this.text = 'widget of ${n} ' + i; this.box = document.createElement('span') } }
  var widgets = []; for (let i = 0; i < ${n} * 100; i++) widgets.push(new Widget(i))
</script>`

const PAGE = `<!doctype html><title>page</title>
<iframe src="/frame/1"></iframe><iframe src="/frame/2"></iframe><iframe id=gone src="/frame/3"></iframe><script>
  class Row { constructor(i) { this.text = 'row ' + i } }
  var rows = []; for (let i = 0; i < 50; i++) rows.push(new Row(i))
  const kept = []
  addEventListener('load', () => {
    const frame = document.querySelector('#gone')
    kept.push(frame.contentWindow.widgets[0])
    frame.remove()
    document.title = 'ready'
  })
</script>`

const ROUNDS = `<!doctype html><title>rounds</title><script>
  const previews = []
  async function round() {
    const frame = document.createElement('iframe')
    frame.src = '/frame/1'
    const loaded = new Promise(done => { frame.onload = done })
    document.body.append(frame)
    await loaded
    previews.push(frame.contentWindow.widgets[0])
    frame.remove()
  }
</script><body></body>`

const CONTENT = `class Note { constructor(i) { this.text = 'note ' + i } }
  globalThis.notes = []; for (let i = 0; i < 70; i++) notes.push(new Note(i))`

const pages = servePages((request, response) => {
  const frame = /^\/frame\/(\d)$/.exec(request.url ?? '')
  response
    .writeHead(200, {'content-type': 'text/html'})
    .end(request.url === '/rounds' ? ROUNDS : frame === null ? PAGE : FRAME(Number(frame[1])))
})

/** `console`: an expression whose value DevTools' console keeps. */
async function pageSnapshot(name: string, console?: string): Promise<string> {
  const extension = join(folder, 'extension')
  mkdirSync(extension, {recursive: true})
  const scripts = [{matches: ['<all_urls>'], js: ['content.js']}]
  const manifest = {manifest_version: 3, name: 'planted', version: '1', content_scripts: scripts}
  writeFileSync(join(extension, 'manifest.json'), JSON.stringify(manifest))
  writeFileSync(join(extension, 'content.js'), CONTENT)
  const context = await chromium.launchPersistentContext('', {
    executablePath: findChromium()!,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--headless=new'],
      ...['--disable-features=DisableLoadExtensionCommandLineSwitch', `--disable-extensions-except=${extension}`],
      `--load-extension=${extension}`,
    ],
  })
  try {
    const page = await context.newPage()
    await page.goto(pages.address)
    await page.waitForFunction("document.title === 'ready'")
    const session = await context.newCDPSession(page)
    if (console !== undefined) {
      await session.send('Runtime.enable')
      await session.send('Runtime.evaluate', {expression: console, objectGroup: 'console'})
    }
    await session.send('HeapProfiler.enable')
    await session.send('HeapProfiler.collectGarbage')
    const file = join(folder, name)
    const stream = createWriteStream(file)
    session.on('HeapProfiler.addHeapSnapshotChunk', ({chunk}) => stream.write(chunk))
    await session.send('HeapProfiler.takeHeapSnapshot')
    await new Promise<void>(done => stream.end(done))
    return file
  } finally {
    await context.close()
  }
}

/** A page whose rounds each add an iframe, keep an object of its and remove it: a snapshot after 1, 4 and 7 rounds. */
async function roundsOfFrames(): Promise<string[]> {
  const browser = await startBrowser()
  try {
    const page = await browser.newPage()
    await page.goto(`${pages.address}/rounds`)
    const session = await page.context().newCDPSession(page)
    const files: string[] = []
    for (const rounds of [1, 3, 3]) {
      for (let i = 0; i < rounds; i++) await page.evaluate('round()')
      const file = join(folder, `rounds-${files.length}.heapsnapshot`)
      await session.send('HeapProfiler.enable')
      await session.send('HeapProfiler.collectGarbage')
      const stream = createWriteStream(file)
      const write = ({chunk}: {chunk: string}) => void stream.write(chunk)
      session.on('HeapProfiler.addHeapSnapshotChunk', write)
      await session.send('HeapProfiler.takeHeapSnapshot')
      session.off('HeapProfiler.addHeapSnapshotChunk', write)
      await new Promise<void>(done => stream.end(done))
      files.push(file)
    }
    return files
  } finally {
    await browser.close()
  }
}

function count(snapshot: Snapshot, where: string): number {
  return select(snapshot, {where}).nodes.length
}

let file = ''

test('page, iframes, removed iframe and extension have what was planted in them', guard, async () => {
  file = await pageSnapshot('page.heapsnapshot')
  const snapshot = await openSnapshot(file)
  const found = realms(snapshot)
  const addresses = (kind: string) =>
    found
      .filter(realm => realm.kind === kind)
      .map(realm => realm.address)
      .sort()
  assert.deepEqual(addresses('page'), [pages.address])
  assert.deepEqual(addresses('iframe'), [`${pages.address}/frame/1`, `${pages.address}/frame/2`])
  assert.deepEqual(addresses('removed frame'), [''])
  assert.match(addresses('extension')[0], /^chrome-extension:\/\/\w+$/)
  assert.ok(addresses('driver').length > 0, "Playwright's worlds")
  for (const n of [1, 2]) {
    const inFrame = `realm="${pages.address}/frame/${n}"`
    assert.equal(count(snapshot, `type=Widget and prop.box and ${inFrame}`), n * 100)
    assert.equal(count(snapshot, `name=/span/ and kind=native and ${inFrame}`), n * 100)
  }
  assert.equal(count(snapshot, 'type=Widget and prop.box and realm="removed frame"'), 300)
  assert.equal(count(snapshot, 'type=Row and prop.text and realm=page'), 50)
  assert.equal(count(snapshot, 'type=Note and prop.text and realm=extension'), 70)
  assert.equal(count(snapshot, 'type=Note and prop.text and package=/^chrome-extension/'), 70)
})

test('types says what tools alone keep, and the rows are the whole', guard, async () => {
  const {code, stdout} = await heapgraph(['types', '--by', 'realm', '--json', file])
  assert.equal(code, 0)
  const {rows, heapBytes, limits} = JSON.parse(stdout)
  const sum = rows.reduce((total: number, row: {selfBytes: number}) => total + row.selfBytes, 0)
  assert.equal(sum, heapBytes)
  assert.ok(
    rows.some(({type}: {type: string}) => type === `removed frame ${pages.address}/frame/3`),
    'told by its script',
  )
  assert.ok(limits.some((limit: string) => /^DevTools, drivers and extensions alone keep/.test(limit)))
})

test('the removed iframe is the suspect, with the line that keeps it', guard, async () => {
  const {rows} = suspectsView(await openSnapshot(file))
  assert.equal(rows[0].kind, 'removed iframe')
  assert.equal(rows[0].holder, 'kept')
  assert.match(rows[0].place, /:5$/)
  assert.equal(rows.filter(({kind}) => kind === 'removed iframe').length, 1)
})

test("what DevTools' console keeps is subtracted", guard, async () => {
  const planted = '({logged: Array.from({length: 9000}, (_, planted) => ({planted}))})'
  const snapshot = await openSnapshot(await pageSnapshot('console.heapsnapshot', planted))
  const tools = heldByTools(snapshot)!
  const logged = select(snapshot, {where: 'type={planted}'}).nodes
  assert.equal(logged.length, 9000)
  assert.ok(logged.every(node => tools.isHeld(node)))
  assert.equal([...select(snapshot, {where: 'type=Row and prop.text'}).nodes].some(tools.isHeld), false)
})

test('removed iframes that grow in number are told as such by leaks', guard, async () => {
  const {code, stdout} = await heapgraph(['leaks', '--json', ...(await roundsOfFrames())])
  assert.equal(code, 0)
  const [first] = (JSON.parse(stdout) as {rows: {kind: string; holder: string; place: string; counts: number[]}[]}).rows
  assert.equal(first.kind, 'removed iframe')
  assert.equal(first.holder, 'previews')
  assert.match(first.place, /rounds:2$/)
  assert.deepEqual(first.counts, [100, 400, 700], 'the widgets of each')
})
