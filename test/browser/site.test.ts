/** The docs site: built as `npm run site` builds it, whole, and usable from any static server without asking anybody else. */
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {extname, join} from 'node:path'
import {after, before, test} from 'node:test'
import {promisify} from 'node:util'
import type {Browser, Page} from 'playwright-core'
import {ROOT} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {complaintsOf, laptop, mayBeSkipped, startBrowser, violations} from './browser.ts'

const guard = {timeout: HANG_MS, skip: mayBeSkipped()}
const DIST = join(ROOT, 'site/dist')
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

let browser: Browser
let server: Server
let address: string

before(
  async () => {
    if (guard.skip !== false) return
    // The registry is asked once, and not while somebody works on the site.
    const isInstalled = existsSync(join(ROOT, 'site/node_modules/vitepress'))
    const words = isInstalled ? ['--prefix', 'site', 'run', '--silent', 'build'] : ['run', '--silent', 'site']
    const {NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env} = process.env
    const shell = process.platform === 'win32'
    await promisify(execFile)('npm', words, {cwd: ROOT, env, shell, maxBuffer: 1 << 24})
    server = createServer(({url = '/'}, response) => {
      const {pathname} = new URL(url, 'http://site.invalid')
      const file = join(DIST, pathname.endsWith('/') ? `${pathname}index.html` : pathname)
      if (!existsSync(file)) return void response.writeHead(404).end()
      response.writeHead(200, {'content-type': TYPES[extname(file)] ?? 'application/octet-stream'})
      response.end(readFileSync(file))
    })
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await startBrowser()
  },
  {timeout: HANG_MS},
)
after(async () => {
  await browser?.close()
  server?.close()
})

async function open(path: string): Promise<{page: Page; complaints: string[]}> {
  const {width, height, colorScheme} = laptop
  const page = await browser.newPage({viewport: {width, height}, colorScheme})
  const complaints = complaintsOf(page, url => url.startsWith(`${address}/`) || url.startsWith('data:'))
  page.on('response', response => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
  })
  await page.goto(`${address}${path}`, {waitUntil: 'networkidle'})
  return {page, complaints}
}

test('every page of docs is a page of the site', guard, () => {
  const docs = readdirSync(join(ROOT, 'docs'), {recursive: true, encoding: 'utf8'})
  const pages = docs.map(name => name.replaceAll('\\', '/')).filter(name => name.endsWith('.md'))
  assert.ok(pages.length > 80)
  const missing = pages
    .map(name => name.replace(/(^|\/)README\.md$/, '$1index.md').replace(/\.md$/, '.html'))
    .filter(name => !existsSync(join(DIST, name)))
  assert.deepEqual(missing, [])
})

test('from the home page to a recipe, and from a word to its page', guard, async () => {
  const {page, complaints} = await open('/')
  await page.getByRole('heading', {level: 1, name: /why is this object still alive/}).waitFor()
  assert.deepEqual((await violations(page)).slice(0, 3), [])
  await page.getByRole('link', {name: 'Recipes', exact: true}).first().click()
  await page.getByRole('heading', {level: 1, name: 'Recipes'}).waitFor()
  await page.getByRole('main').getByRole('link', {name: 'RSS grows'}).click()
  await page.getByRole('heading', {level: 1, name: 'RSS grows'}).waitFor()
  assert.match(
    await page.getByRole('main').innerText(),
    /heapgraph record --duration 10m -o rec\.jsonl -- node server\.js/,
  )
  await page
    .getByRole('button', {name: /search/i})
    .first()
    .click()
  await page.getByRole('searchbox').fill('detached')
  const found = page
    .getByRole('listbox')
    .getByRole('option')
    .filter({hasText: /Detached DOM/})
  await found.first().click()
  await page.getByRole('heading', {level: 1, name: 'Detached DOM'}).waitFor()
  assert.deepEqual(complaints, [])
})

test(
  'a page of its own address is whole without its scripts having run, braces and angle brackets too',
  guard,
  async () => {
    const {page, complaints} = await open('/pages.html')
    const text = await page.getByRole('main').innerText()
    assert.match(text, /15 unmounted <TicketDetail>, held by resize listener/)
    const raw = readFileSync(join(DIST, 'growth.html'), 'utf8')
    assert.match(raw, /github\.event\.pull_request\.base\.sha/)
    assert.deepEqual(complaints, [])
  },
)
