/**
 * Writes fixtures/devtools/: files as people have them from DevTools' Memory panel, taken and saved in the front end that Chromium has
 * built in, of a page with known objects: `node scripts/make-devtools-files.mjs`. CHROMIUM names another than Debian's Chromium.
 * What never comes is told after two minutes, with exit code 1; then the files there stay as they were.
 */
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {gzipSync} from 'node:zlib'
import {chromium} from 'playwright-core'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUT = join(ROOT, 'fixtures/devtools')
const PAGE = join(ROOT, 'fixtures/programs/devtools-page/index.html')
// Longer than what V8 writes of a text, so that only V8's own sections say who uses which variable.
const SCRIPT = join(ROOT, 'fixtures/programs/captured-page/captured.js')
const LIMIT_MS = 120_000
const MAX_BYTES = 2e6

const folder = mkdtempSync(join(tmpdir(), 'heapgraph-devtools-'))
/** What is waited for, in words. */
let waitsFor = 'a start of Chromium'
const limit = setTimeout(() => fail(`${waitsFor} has not come within ${LIMIT_MS / 1000} s`), LIMIT_MS)

const server = createServer(({url}, response) => {
  const isScript = url === '/captured.js'
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
  response.end(isScript ? readFileSync(SCRIPT) : url === '/' ? readFileSync(PAGE) : '')
})
/** What V8 has sent of the file that is taken, and how many samples. */
let chunks = []
let samples = 0
try {
  await makeFiles()
} catch (error) {
  fail(error.message)
}
clearTimeout(limit)
remove()

function fail(reason) {
  console.error(`make-devtools-files: ${reason}`)
  // Playwright kills the browser at the exit, with a listener of its own that comes before this one.
  process.on('exit', remove)
  process.exit(1)
}

function remove() {
  rmSync(folder, {recursive: true, force: true, maxRetries: 5})
}

async function makeFiles() {
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--remote-debugging-port=0',
      // The front end's own address has the port in it, which is not known yet.
      '--remote-allow-origins=*',
    ],
  })
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  const {inspected, devtools} = await openBoth(context)
  const button = name => devtools.getByRole('button', {name})
  const further = async count => {
    waitsFor = 'a sample of the timeline'
    for (const until = samples + count; samples < until; ) await delay(20)
  }

  waitsFor = 'the button "Take heap snapshot"'
  await button('Take heap snapshot').click()
  const snapshot = await saved(devtools, '.heapsnapshot')

  waitsFor = 'the panel of allocations on a timeline'
  await devtools.getByRole('treeitem', {name: 'Profiles'}).first().click()
  await devtools.getByRole('radio', {name: 'Allocations on timeline'}).click()
  chunks = []
  await button('Start recording heap profile').click()
  await further(2)
  for (let i = 0; i < 2; i++) {
    await inspected.evaluate('round()')
    await further(3)
  }
  waitsFor = 'the button "Stop recording heap profile"'
  await button('Stop recording heap profile').click()
  const timeline = await saved(devtools, '.heaptimeline')

  waitsFor = 'an end of Chromium'
  await context.close()
  server.close()
  server.closeAllConnections()
  pack('page.heapsnapshot', snapshot)
  pack('page.heaptimeline', timeline)
}

/** The page, and DevTools' front end in a page of its own that looks into it. */
async function openBoth(context) {
  waitsFor = 'the page'
  const inspected = await context.newPage()
  const address = `http://127.0.0.1:${server.address().port}/`
  await inspected.goto(address)
  waitsFor = "the number of Chromium's debugging port"
  const told = join(folder, 'profile', 'DevToolsActivePort')
  while (!existsSync(told) || !readFileSync(told, 'utf8').includes('\n')) await delay(20)
  const port = readFileSync(told, 'utf8').split('\n')[0]
  const list = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()
  const {id} = list.find(({url}) => url === address)
  waitsFor = "DevTools' front end"
  const devtools = await context.newPage()
  devtools.on('websocket', socket =>
    socket.on('framereceived', ({payload}) => {
      const {method, params} = JSON.parse(String(payload))
      if (method === 'HeapProfiler.addHeapSnapshotChunk') chunks.push(params.chunk)
      if (method === 'HeapProfiler.lastSeenObjectId') samples++
    }),
  )
  const ws = `127.0.0.1:${port}/devtools/page/${id}`
  await devtools.goto(`http://127.0.0.1:${port}/devtools/devtools_app.html?ws=${ws}&panel=heap-profiler`)
  return {inspected, devtools}
}

/** "Save profile" is pressed until there is something to save: the panel reads what it has taken first. */
async function saved(devtools, ending) {
  waitsFor = `a download of a ${ending} file`
  const file = join(folder, `saved${ending}`)
  let isSaved = false
  const predicate = download => download.suggestedFilename().endsWith(ending)
  const downloaded = devtools.waitForEvent('download', {predicate, timeout: LIMIT_MS}).then(async download => {
    await download.saveAs(file)
    isSaved = true
  })
  while (!isSaved) {
    await devtools.getByRole('button', {name: 'Save profile'}).click()
    await Promise.race([downloaded, delay(1000)])
  }
  const bytes = readFileSync(file)
  if (!bytes.equals(Buffer.from(chunks.join('')))) throw new Error(`${ending}: DevTools does not save what V8 has sent`)
  return bytes
}

function pack(name, bytes) {
  // zlib's name for the system, fixed to "unknown" as in make-fixtures.mjs.
  const packed = gzipSync(bytes, {level: 9})
  packed[9] = 255
  if (packed.length > MAX_BYTES) throw new Error(`${name}.gz has ${packed.length} bytes, more than ${MAX_BYTES}`)
  mkdirSync(OUT, {recursive: true})
  writeFileSync(join(OUT, `${name}.gz`), packed)
  console.log(`${name}  ${bytes.length} -> ${packed.length}`)
}
