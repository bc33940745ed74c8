/** The docs site: every page is there, and it is read and searched without asking anybody else. */
import assert from 'node:assert/strict'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import type {Browser, Page} from 'playwright-core'
import {ROOT} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {complaintsOf, laptop, mayBeSkipped, startBrowser, violations} from './browser.ts'
import {buildSite, DIST, serveSite} from './site.ts'

const guard = {timeout: HANG_MS, skip: mayBeSkipped()}

let browser: Browser
let site: Awaited<ReturnType<typeof serveSite>>

before(
  async () => {
    if (guard.skip !== false) return
    await buildSite()
    site = await serveSite()
    browser = await startBrowser()
  },
  {timeout: HANG_MS},
)
after(
  async () => {
    await browser?.close()
    site?.close()
  },
  {timeout: HANG_MS},
)

async function open(path: string): Promise<{page: Page; complaints: string[]}> {
  const {width, height, colorScheme} = laptop
  const page = await browser.newPage({viewport: {width, height}, colorScheme})
  const complaints = complaintsOf(page, url => url.startsWith(`${site.address}/`) || url.startsWith('data:'))
  page.on('response', response => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
  })
  await page.goto(`${site.address}${path}`, {waitUntil: 'networkidle'})
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
