/** `doctor --record`: what a person does in a window becomes a scenario that does it again. */
import assert from 'node:assert/strict'
import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import type {Page} from 'playwright-core'
import {loadScenario, recordScenario} from '../../src/public/capture.ts'
import {heapgraph, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {findChromium, mayBeSkipped, startBrowser} from './browser.ts'
import {servePages} from './page-server.ts'

const folder = temporaryFolder()
const guard = {timeout: HANG_MS, skip: mayBeSkipped()}

/** Whatever is done is written down in `log`, so that the person's doing and the scenario's can be compared. */
const APP = `<!doctype html><title>app</title>
<button>Open</button> <button><span aria-hidden="true">×</span> Close</button>
<button data-testid="again">Same</button> <button>Same</button>
<button aria-label="it's a &quot;name&quot; \\ \${x}">…</button>
<label>Subject <input name="subject"></label> <label><input type="checkbox"> Urgent</label>
<label>Folder <select><option>Inbox</option><option>Sent</option></select></label>
<input placeholder="Find" name="find"> <a href="?view=1">View</a>
<div id="host"></div> <iframe id="inner" srcdoc="<button>Within</button>"></iframe>
<script>
  window.log = []
  for (const type of ['click', 'change', 'keydown'])
    document.addEventListener(type, event => {
      const element = event.composedPath()[0]
      const isIdle = type === 'click' && event.detail === 0
      if (element !== document && !isIdle) log.push([type, element.localName, element.value || element.textContent, event.key].join(' '))
    }, true)
  host.attachShadow({mode: 'open'}).innerHTML = '<p><button>Deep</button></p>'
  inner.addEventListener('load', () => {
    inner.contentDocument.querySelector('button').addEventListener('click', () => log.push('within'))
  })
  document.querySelector('a').addEventListener('click', event => {
    event.preventDefault()
    history.pushState({}, '', '?view=1')
  })
  addEventListener('popstate', () => log.push('popstate'))
  // A click that a script makes is nobody's.
  setTimeout(() => document.querySelector('button').click(), 50)
</script>`
const LOGIN = `<!doctype html><title>login</title>
<form action="/app"><label>Password <input type="password"></label><button>Sign in</button></form>`

const pages = servePages(({url}, response) => {
  response.writeHead(200, {'content-type': 'text/html; charset=utf-8'}).end(url === '/login' ? LOGIN : APP)
})

const log = (page: Page): Promise<string[]> => page.evaluate('log')

/** Records what `act` does at `path`; `act` is the person. */
async function record(name: string, path: string, act: (page: Page) => Promise<void>) {
  const file = join(folder, name)
  const notes: string[] = []
  let acting: Promise<void> | undefined
  const result = await recordScenario({
    url: `${pages.address}${path}`,
    path: file,
    browser: findChromium() as string,
    headed: false,
    onNote: text => notes.push(text),
    onPage: page => {
      acting = act(page).finally(() => page.close())
    },
  })
  await acting
  return {...result, notes, file, source: readFileSync(file, 'utf8')}
}

test('all that was done is done again, on the same elements', guard, async () => {
  let done: string[] = []
  const {file, source, setup, action} = await record('all.mjs', '/app', async page => {
    await page.getByRole('button', {name: 'Open'}).click()
    await page.locator('button', {hasText: 'Close'}).click()
    await page.getByTestId('again').click()
    await page.locator('button', {hasText: 'Same'}).nth(1).click()
    await page.locator('button[aria-label]').click()
    await page.locator('input[name=subject]').pressSequentially('it\'s "new"')
    await page.keyboard.press('Enter')
    await page.locator('input[type=checkbox]').click()
    await page.locator('label', {hasText: 'Urgent'}).click({position: {x: 40, y: 8}})
    await page.locator('select').focus()
    await page.keyboard.press('ArrowDown')
    await page.locator('input[name=find]').fill('x')
    await page.locator('#host button').click()
    await page.frameLocator('#inner').locator('button').click()
    await page.getByRole('link', {name: 'View'}).click()
    await page.goBack()
    await page.waitForFunction('log.at(-1) === "popstate"')
    done = await log(page)
  })
  assert.equal(setup, 0)
  assert.match(source, /getByRole\('button', \{name: 'Close', exact: true\}\)\.click\(\)/)
  assert.match(source, /getByTestId\('again'\)\.click\(\)/)
  assert.match(source, /getByLabel\('Subject'|getByRole\('textbox', \{name: 'Subject'/)
  assert.match(source, /frameLocator\('#inner'\)/)
  assert.match(source, /goBack\(\)/)
  const scenario = await loadScenario(file)
  assert.equal(scenario.url, `${pages.address}/app`)
  const browser = await startBrowser()
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(5_000)
    await page.goto(`${pages.address}/app`)
    for (const step of scenario.round) await step.run(page, () => {})
    await page.waitForFunction('log.at(-1) === "popstate"')
    const again = await log(page)
    // Letters that the person types one by one are filled in at once.
    const withoutLetters = (all: string[]) => all.filter(line => !line.startsWith('keydown') || /Enter$/.test(line))
    assert.deepEqual(settled(withoutLetters(again)), settled(withoutLetters(done)))
    assert.ok(action > 10)
  } finally {
    await browser.close()
  }
})

/** Clicks on what is only written in or chosen say nothing; the scenario does without. */
function settled(lines: string[]): string[] {
  return lines.filter(line => !/^click (input|label|select)/.test(line))
}

test('what leads to the last document is the set-up, and a password stays in the page', guard, async () => {
  const {source, setup, action, notes} = await record('login.mjs', '/login', async page => {
    await page.getByLabel('Password').pressSequentially('hunter2')
    await page.getByRole('button').click()
    await page.getByRole('button', {name: 'Open'}).click()
    await page.getByRole('link', {name: 'View'}).click()
  })
  assert.deepEqual([setup, action], [2, 2])
  assert.ok(!source.includes('hunter2'))
  assert.match(source, /async setup\(page\) \{\n.*fill\(process\.env\.HEAPGRAPH_PASSWORD \?\? ''\)\n.*'Sign in'/)
  assert.ok(notes.some(note => /HEAPGRAPH_PASSWORD/.test(note)))
  assert.ok(notes.some(note => /it ends at \S+view=1 but began at \S+\/app/.test(note)))
  if (process.platform !== 'win32') assert.equal(statSync(join(folder, 'login.mjs')).mode & 0o077, 0)
})

test('nothing done is said, and a file that is there is left alone', guard, async () => {
  const nothing = record('nothing.mjs', '/app', async () => {})
  await assert.rejects(nothing, {code: 'NOTHING_FOUND', message: /nothing was done in the window/})
  assert.ok(!existsSync(join(folder, 'nothing.mjs')))
  writeFileSync(join(folder, 'there.mjs'), 'mine')
  await assert.rejects(
    record('there.mjs', '/app', async () => {}),
    {code: 'USAGE', message: /it exists/},
  )
  assert.equal(readFileSync(join(folder, 'there.mjs'), 'utf8'), 'mine')
  for (const [args, words] of [
    [['--record', 'x.mjs'], /--record without a page/],
    [
      ['--url', pages.address, '--record', 'x.mjs', '--scenario', join(folder, 'all.mjs')],
      /both --record and --scenario/,
    ],
  ] as const) {
    const {code, stderr} = await heapgraph(['doctor', '-o', join(folder, 'out'), ...args])
    assert.equal(code, 2, stderr)
    assert.match(stderr, words)
  }
})
