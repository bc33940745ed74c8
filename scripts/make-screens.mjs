// Photographs views of the explorer, and the docs site, for docs/screens, light and dark, from the fixtures and from a program that it records. Needs a Chromium
// on the PATH and `npm run build`: node --import "$PWD/scripts/typescript.mjs" scripts/make-screens.mjs. People look at the pictures; no test does.
import {execFileSync} from 'node:child_process'
import {copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const {findChromium} = await import('../test/browser/browser.ts')
const {notesOf} = await import('../src/cli/explore/notes.ts')
const {serveExplorer} = await import('../src/cli/explore/server.ts')
const {buildSite, serveSite} = await import('../test/browser/site.ts')
const {chromium} = await import('playwright-core')

const HEIGHT = 760
const WIDTH = 1180
const folder = mkdtempSync(join(tmpdir(), 'heapgraph-screens-'))
// Names without folders: command lines are in the pictures.
process.chdir(folder)
const snapshot = name => {
  const file = `${name}.heapsnapshot.gz`
  copyFileSync(join(root, 'fixtures/snapshots', file), file)
  return file
}
const [BUFFERS, SERVER, PAGE] = ['buffer-cache.node20', 'srv.node20', 'detached-page.chromium'].map(snapshot)
const LEAK = ['base', 'target', 'final'].map(name => snapshot(`leaking-page.chromium.${name}`))
/** Name, files, view, and what is done there. */
const SCREENS = [
  ['overview', {files: [BUFFERS]}, 'overview'],
  ['types', {files: [SERVER]}, 'types'],
  ['objects', {files: [SERVER]}, 'list?type=UserRecord&columns=id,name'],
  ['object', {files: [SERVER]}, async page => `show/${await idOf(page, 'UserRecord')}`],
  ['why', {files: [SERVER]}, 'why?type=UserRecord', cutFirst],
  ['picture', {files: [SERVER]}, 'why?type=UserRecord', openCard],
  ['around', {files: [SERVER]}, 'around?id=1&way=refs&depth=6', walk],
  ['where', {files: [SERVER]}, 'list?type=UserRecord', write],
  ['makers', {files: [snapshot('tracked.node20')]}, 'makers'],
  ['dominators', {files: [SERVER]}, 'memory'],
  ['compare', {files: LEAK}, 'compare'],
  ['closures', {files: [snapshot('captured-page.chromium')]}, 'closures'],
  ['detached', {files: [PAGE]}, 'detached'],
  ['async', {files: [snapshot('promise.node20')]}, 'async'],
  ['time', () => recorded(), 'time'],
  ['palette', {files: [SERVER]}, 'overview', openPalette],
]

async function idOf(page, type) {
  await goTo(page, `list?type=${type}`)
  return (await page.getByRole('table').first().getByRole('link').first().innerText()).slice(1)
}

async function cutFirst(page) {
  await page.getByRole('checkbox').first().check()
  await answered(page)
  await page.getByRole('checkbox').first().scrollIntoViewIfNeeded()
}

async function openCard(page) {
  await page.locator('.hg-node[data-type="UserRecord"]').click()
  await page.locator('#tools').scrollIntoViewIfNeeded()
}

async function walk(page) {
  await page.locator('.ex-wide[aria-busy="false"]').waitFor()
  await page.locator('.ex-wide').focus()
  await page.keyboard.press('ArrowDown')
}

async function write(page) {
  await page.getByRole('combobox', {name: 'where'}).focus()
  await page.keyboard.type('retained>100 and prop.')
  await page.getByRole('option').first().waitFor()
}

async function openPalette(page) {
  await page.keyboard.press('Control+k')
  await page.getByText('types are read').waitFor({state: 'detached'})
  await page.keyboard.type('rec')
}

/** A program that leaks for some seconds, its recording, and two snapshots that it takes meanwhile. */
function recorded() {
  const [recording, one, other] = ['rec.jsonl', 'one.heapsnapshot', 'other.heapsnapshot']
  const capture = pathToFileURL(join(root, 'dist/public/capture.js')).href
  const program = `import {capture} from '${capture}'
const kept = []
const timer = setInterval(() => { for (let i = 0; i < 4000; i++) kept.push({id: i, text: 'x' + i}) }, 20)
await new Promise(done => setTimeout(done, 2000))
await capture(${JSON.stringify(one)})
await new Promise(done => setTimeout(done, 3000))
await capture(${JSON.stringify(other)})
await new Promise(done => setTimeout(done, 1000))
clearInterval(timer)`
  const file = 'leak.mjs'
  writeFileSync(file, program)
  const words = ['record', '--interval', '0.05', '-o', recording, '--', process.execPath, file]
  execFileSync(process.execPath, [join(root, 'bin/heapgraph.js'), ...words], {stdio: 'ignore'})
  return {files: [one, other], recordings: [recording]}
}

async function answered(page) {
  await page.getByRole('heading', {level: 1}).waitFor()
  const asking = page.locator('.ex-asking')
  while ((await asking.count()) > 0) await asking.first().waitFor({state: 'detached'})
  // Areas are drawn in parts.
  const drawing = page.locator('#areas:not([aria-busy="false"])')
  if ((await drawing.count()) > 0) await drawing.waitFor({state: 'detached'})
}

async function goTo(page, view) {
  await page.evaluate(hash => (location.hash = hash), `#/${view}`)
  await page.locator(`main[data-view="${view.split(/[/?]/)[0]}"]`).waitFor()
  await answered(page)
}

/** What `show` brings a page to, light and dark. */
async function photograph(name, show) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({viewport: {width: WIDTH, height: HEIGHT}, colorScheme})
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    await show(page)
    const path = `docs/screens/${name}${colorScheme === 'dark' ? '-dark' : ''}.png`
    await page.screenshot({path: join(root, path)})
    await context.close()
    console.log(path)
  }
}

const wanted = process.argv.slice(2)
const browser = await chromium.launch({executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu']})
mkdirSync(join(root, 'docs/screens'), {recursive: true})
try {
  for (const [name, given, view, act] of SCREENS) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const {files, recordings = []} = typeof given === 'function' ? given() : given
    const ending = new AbortController()
    const server = await serveExplorer({
      files,
      recordings,
      notes: notesOf(files, {}, 'known.json'),
      idleMs: 1e7,
      signal: ending.signal,
    })
    await photograph(name, async page => {
      await page.goto(server.address())
      await answered(page)
      await goTo(page, typeof view === 'string' ? view : await view(page))
      await act?.(page)
    })
    ending.abort()
    await server.ended
  }
  if (wanted.length === 0 || wanted.includes('site')) {
    await buildSite()
    const site = await serveSite()
    await photograph('site', page => page.goto(`${site.address}/recipes/rss-grows.html`, {waitUntil: 'networkidle'}))
    site.close()
  }
} finally {
  await browser.close()
  process.chdir(root)
  rmSync(folder, {recursive: true, force: true})
}
