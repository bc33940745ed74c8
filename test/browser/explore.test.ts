/** The explorer in a browser: every view answers, is clean for axe and its policy, and leads from nothing to the line of code. */
import assert from 'node:assert/strict'
import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {after, before, test} from 'node:test'
import {pathToFileURL} from 'node:url'
import type {Browser, Page} from 'playwright-core'
import {shortNames} from '../../page/explore/short-names.ts'
import {openEngine} from '../../src/cli/explore/engine-client.ts'
import {notesOf} from '../../src/cli/explore/notes.ts'
import {isRecording} from '../../src/cli/explore/recordings.ts'
import {type ExploreOptions, serveExplorer} from '../../src/cli/explore/server.ts'
import {PART_MARK} from '../../src/emit/page/page-data.ts'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {hostileNames} from '../emit/hostile.ts'
import {heapText} from '../support/ascii-heap.ts'
import {HANG_MS, until} from '../support/limits.ts'
import {complaintsOf, everywhere, laptop, mayBeSkipped, type Surroundings, startBrowser, violations} from './browser.ts'

const guard = {timeout: HANG_MS, skip: mayBeSkipped()}
const folder = temporaryFolder()
const snapshot = (name: string) => join(ROOT, `fixtures/snapshots/${name}.heapsnapshot.gz`)
const SERVER = snapshot('srv.node20')
const BUFFERS = snapshot('buffer-cache.node20')
const VIEWS = [
  ...['overview', 'types', 'memory', 'strings', 'waste', 'closures', 'detached', 'async', 'cycles', 'show/1'],
  'around?id=1&way=refs&depth=4',
]
const HOUR = 3_600_000
/** Elements: a table's rows in sight, a picture of cards, or a part of one of areas are fewer. */
const MOST_AT_ONCE = 800

let browser: Browser
before(
  async () => {
    if (guard.skip === false) browser = await startBrowser()
  },
  {timeout: HANG_MS},
)
after(async () => browser?.close(), {timeout: HANG_MS})

/** Opens the explorer, does something there, and closes it. */
async function explore(
  files: string[],
  {width, height, colorScheme}: Surroundings,
  look: (page: Page, complaints: string[]) => Promise<void>,
  recordings: readonly string[] = [],
  notes = notesOf(files, {}, join(folder, 'known.json'))!,
): Promise<void> {
  const ending = new AbortController()
  const server = await serveExplorer({files, recordings, notes, idleMs: HOUR, signal: ending.signal})
  const context = await browser.newContext({viewport: {width, height}, colorScheme})
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    const address = server.address()
    const {origin} = new URL(address)
    const complaints = complaintsOf(page, url => new URL(url).origin === origin)
    await page.goto(address)
    await look(page, complaints)
  } finally {
    await context.close()
    ending.abort()
    await server.ended
  }
}

/** Goes to a view, and waits until all its questions are answered. */
async function goTo(page: Page, view: string): Promise<void> {
  await page.evaluate(`location.hash = '#/${view}'`)
  await page.locator(`main[data-view="${view.split(/[/?]/)[0]}"]`).waitFor()
  await answered(page)
}

async function answered(page: Page): Promise<void> {
  await page.getByRole('heading', {level: 1}).waitFor()
  const asking = page.locator('.ex-asking')
  await until(async () => (await asking.count()) === 0)
}

for (const surroundings of everywhere) {
  const where = `${surroundings.width} px, ${surroundings.colorScheme}`
  test(`every view answers; no complaint, nothing for axe (${where})`, guard, () =>
    explore([SERVER], surroundings, async (page, complaints) => {
      for (const view of VIEWS) {
        await goTo(page, view)
        assert.equal(await page.getByRole('alert').count(), 0, view)
        assert.ok((await page.locator('.ex-command').count()) > 0, `${view} names no command line`)
        assert.deepEqual((await violations(page)).slice(0, 3), [], view)
        const isWide = await page.evaluate(`document.documentElement.scrollWidth > ${surroundings.width}`)
        assert.equal(isWide, false, `${view} is wider than the window`)
      }
      assert.deepEqual(complaints, [])
    }),
  )
}

/** Files that are not of Node or a browser of today, or that have next to nothing in them. */
const STRANGE = [
  ...['bun.target', 'hermes.final'].map(name => join(ROOT, `fixtures/engines/sessions.${name}.heapsnapshot.gz`)),
  ...['types-zoo.deno', 'types-zoo.node12'].map(snapshot),
  join(ROOT, 'fixtures/odd/hostile-strings.heapsnapshot'),
]

for (const file of STRANGE) {
  test(`every view answers or says that there is nothing, and nothing for axe: ${basename(file)}`, guard, () =>
    explore([file], laptop, async (page, complaints) => {
      for (const view of [...VIEWS, 'makers', 'memory?form=tree']) {
        await goTo(page, view)
        // Of one that has no object @1.
        const wrong = await page.getByRole('alert').allInnerTexts()
        assert.ok(
          wrong.every(text => text.includes('no object @1')),
          `${view}: ${wrong.join()}`,
        )
        assert.ok((await page.getByRole('main').innerText()).length > 20, `${view} is empty`)
        assert.deepEqual((await violations(page)).slice(0, 3), [], view)
      }
      await goTo(page, 'types')
      await page.getByRole('table', {name: 'types'}).getByRole('link', {name: 'why'}).first().click()
      await page.getByRole('heading', {level: 1, name: 'Why'}).waitFor()
      await answered(page)
      assert.deepEqual((await violations(page)).slice(0, 3), [], 'why')
      assert.deepEqual(complaints, [])
    }),
  )
}

/** Fonts as a person sets them in the browser, and windows as narrow as https://www.w3.org/WAI/WCAG22/Understanding/reflow.html asks for. */
const LARGE_AND_NARROW = {
  'text of 200 %': {width: 1280, height: 800, font: 32},
  '320 px': {width: 320, height: 640, font: 16},
  'zoom of 200 %, and text of 200 %': {width: 640, height: 400, font: 32},
}

for (const [name, {width, height, font}] of Object.entries(LARGE_AND_NARROW)) {
  test(`every view can be read and reached with ${name}`, guard, () =>
    explore([SERVER], {width, height, colorScheme: 'light'}, async page => {
      const debug = await page.context().newCDPSession(page)
      // https://chromedevtools.github.io/devtools-protocol/tot/Page/#method-setFontSizes
      await debug.send('Page.setFontSizes', {fontSizes: {standard: font, fixed: font}})
      await answered(page)
      // Ours is seven eighths of the browser's.
      assert.equal(await page.evaluate('getComputedStyle(document.body).fontSize'), `${(font * 7) / 8}px`)
      for (const view of [
        ...VIEWS,
        'list?type=UserRecord&columns=id,name',
        'why?type=UserRecord',
        'memory?form=flame',
      ]) {
        await goTo(page, view)
        assert.deepEqual(await unreachable(page), [], view)
      }
      await page.getByRole('button', {name: 'Keys'}).click()
      await page.getByRole('dialog', {name: 'Keys'}).waitFor()
      assert.deepEqual(await unreachable(page), [], 'keys')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+k')
      await page.getByRole('dialog', {name: 'Go to'}).waitFor()
      await page.getByText('types are read').waitFor({state: 'detached'})
      assert.deepEqual(await unreachable(page), [], 'palette')
    }),
  )
}

/** What cannot be seen even by scrolling: beyond the window, or cut off. Cells of tables may be cut: they tell the rest. */
function unreachable(page: Page): Promise<string[]> {
  return page.evaluate(UNREACHABLE)
}

const UNREACHABLE = `(() => {
  const told = (what, element) =>
    what + ': ' + element.tagName + '.' + element.className + ' ' + element.textContent.trim().slice(0, 40)
  const found = []
  if (document.documentElement.scrollWidth > innerWidth) found.push(document.documentElement.scrollWidth + ' px wide')
  const scrolls = element => {
    for (let at = element.parentElement; at !== null; at = at.parentElement)
      if (['auto', 'scroll'].includes(getComputedStyle(at).overflowX)) return true
    return false
  }
  const hides = value => ['hidden', 'clip'].includes(value)
  const words = 'button,a,input,select,summary,p,h1,h2,h3,code,label,kbd,dt,dd,li,th,td'
  for (const element of document.querySelectorAll(':is(' + words + '):not(svg *, .hg-hidden)')) {
    const {left, right, width} = element.getBoundingClientRect()
    if (width === 0) continue
    if ((right > innerWidth + 1 || left < -1) && !scrolls(element)) found.push(told('beyond the window', element))
    const {overflowX, overflowY} = getComputedStyle(element)
    const isCut =
      (hides(overflowX) && element.scrollWidth > element.clientWidth + 1) ||
      (hides(overflowY) && element.scrollHeight > element.clientHeight + 1)
    if (isCut) found.push(told('cut off', element))
  }
  // Text that would stand over the row below.
  for (const row of document.querySelectorAll('.ex-row'))
    if (row.scrollHeight > row.clientHeight + 1) found.push(told('lower than its text', row))
  return found.slice(0, 5)
})()`

test('what has no room in the cell of a table is told', guard, () =>
  explore([SERVER], {...laptop, width: 700}, async page => {
    await goTo(page, 'strings')
    const cut = await page.evaluateHandle(
      `[...document.querySelectorAll('[role=cell]')].find(
        cell => cell.scrollWidth > cell.clientWidth || cell.scrollHeight > cell.clientHeight,
      ) ?? null`,
    )
    const cell = cut.asElement()
    assert.ok(cell !== null, 'no cell is cut')
    await cell.hover()
    assert.equal(await cell.getAttribute('title'), await cell.innerText())
  }),
)

test('of several snapshots whose names begin alike, the menu shows where they differ', () => {
  const pages = ['base', 'target', 'final'].map(name => `page.chromium.${name}.heapsnapshot`)
  assert.deepEqual(
    shortNames(pages),
    ['base', 'target', 'final'].map(name => `…${name}.heapsnapshot`),
  )
  assert.deepEqual(shortNames(['a.1', 'a.2']), ['a.1', 'a.2'])
  assert.deepEqual(shortNames(['heap-before', 'other']), ['heap-before', 'other'])
  assert.deepEqual(shortNames([]), [])
})

test('from nothing to the line of code, by clicks, and each answer has its command line', guard, () =>
  explore([SERVER], laptop, async page => {
    await answered(page)
    await page.getByRole('link', {name: 'Types'}).click()
    await answered(page)
    await page.getByRole('searchbox').fill('/UserRecord/')
    await page.getByRole('searchbox').press('Enter')
    await page.getByRole('row').filter({hasText: 'UserRecord'}).first().getByRole('link', {name: 'why'}).click()
    await page.getByRole('heading', {level: 1, name: 'Why'}).waitFor()
    await answered(page)
    const main = await page.getByRole('main').innerText()
    assert.match(main, /bus on "flush" listener/)
    assert.match(main, /src\/srv\/\w+\.cjs:\d+/)
    const command = page.locator('.ex-command').first()
    await command.getByRole('button', {name: 'copy'}).click()
    await command.getByRole('button', {name: 'copied'}).waitFor()
    const line = (await page.evaluate('navigator.clipboard.readText()')) as string
    assert.equal(line, `heapgraph why --type UserRecord ${SERVER}`)
    const {stdout} = await heapgraph(['why', '--type', 'UserRecord', '--json', SERVER])
    const {owners} = JSON.parse(stdout) as {owners: {verdict: string; list: {cuts: string[]}[]}}
    assert.ok(main.includes(owners.verdict))
    // With all owners cut, the records are freed.
    for (const box of await page.getByRole('checkbox').all()) await box.check()
    await answered(page)
    const freed = page.getByRole('table', {name: 'freed'})
    assert.match(await freed.innerText(), /UserRecord/)
    // An address of its own: another window with the key shows the same.
    await page.reload()
    await answered(page)
    assert.match(await page.getByRole('main').innerText(), /bus on "flush" listener/)
  }),
)

test(
  'a suspect that is known is folded with its reason, here, in a report and on the command line',
  guard,
  async () => {
    const path = join(folder, 'said.json')
    const notes = notesOf([BUFFERS], {}, path)!
    const first = 'cache.entries'
    await explore(
      [BUFFERS],
      laptop,
      async page => {
        await answered(page)
        const card = page.locator('.ex-cards > li').filter({hasText: first}).first()
        await card.getByRole('combobox', {name: 'known?'}).selectOption('expected')
        await card.getByRole('textbox', {name: 'reason'}).fill('<b>flushed</b> at night')
        await card.getByRole('button', {name: 'keep'}).click()
        await page.getByText('1 known suspect').click()
        assert.deepEqual(await violations(page), [])
        await page.reload()
        await answered(page)
        await page.getByText('1 known suspect').click()
        const reason = page.locator('.ex-known').getByRole('textbox', {name: 'reason'})
        assert.equal(await reason.inputValue(), '<b>flushed</b> at night')
      },
      [],
      notes,
    )
    const {stdout} = await heapgraph(['suspects', '--json', '--known', path, BUFFERS])
    const {rows, known} = JSON.parse(stdout) as {rows: {holder: string}[]; known: {holder: string}[]}
    assert.deepEqual(
      known.map(({holder}) => holder),
      [first],
    )
    assert.ok(!rows.some(({holder}) => holder === first))
    const report = join(folder, 'known-report.html')
    assert.equal((await heapgraph(['report', '-o', report, '--known', path, BUFFERS])).code, 0)
    const page = await browser.newPage()
    try {
      await page.goto(pathToFileURL(report).href)
      await page.getByText('1 known suspect').click()
      assert.match(await page.locator('.ex-known').innerText(), /expected: <b>flushed<\/b> at night/)
      assert.equal(await page.locator('.ex-known select').count(), 0)
    } finally {
      await page.close()
    }
  },
)

test('what is said of an owner on its card in Why is read by suspects', guard, async () => {
  const path = join(folder, 'said-of-owner.json')
  const first = 'cache.entries'
  const look = async (page: Page) => {
    await goTo(page, 'overview')
    const suspect = page.locator('.ex-cards > li').filter({hasText: first}).first()
    await suspect.getByRole('link', {name: 'why it stays'}).click()
    await page.getByRole('heading', {level: 1, name: 'Why'}).waitFor()
    await answered(page)
    const card = page.locator('.ex-cards > li').filter({hasText: first}).first()
    await card.getByRole('combobox', {name: 'known?'}).selectOption('ignore')
    await card.getByRole('textbox', {name: 'reason'}).fill('a cache')
    await card.getByRole('button', {name: 'keep'}).click()
    await page.getByText('What you say is kept in').waitFor()
    assert.deepEqual(await violations(page), [])
    // One of the objects may be held otherwise than all of them: then the suspect has its own choice.
    assert.equal(await page.getByRole('region', {name: 'suspect'}).count(), 0)
    const [, address] = ((await page.evaluate('location.hash')) as string).split('?')
    await goTo(page, `why?id=${new URLSearchParams(address).get('id')}&suspect=elsewhere`)
    const other = page.getByRole('region', {name: 'suspect'})
    assert.match(await other.innerText(), /One of what the suspect elsewhere keeps/)
    await other.getByRole('combobox', {name: 'known?'}).selectOption('mine')
    await other.getByRole('button', {name: 'keep'}).click()
    await goTo(page, 'overview')
    await page.getByText('1 known suspect').waitFor()
  }
  await explore([BUFFERS], laptop, look, [], notesOf([BUFFERS], {}, path)!)
  const {stdout} = await heapgraph(['suspects', '--json', '--known', path, BUFFERS])
  const {known, limits} = JSON.parse(stdout) as {known: {holder: string; known: object}[]; limits: string[]}
  assert.deepEqual(
    known.map(({holder, known: said}) => ({holder, said})),
    [{holder: first, said: {verdict: 'ignore', reason: 'a cache'}}],
  )
  assert.ok(limits.some(text => text.includes('of the known suspects, elsewhere was not among')))
})

test('what is said in Compare is read by leaks, and counts again once it is taken back', guard, async () => {
  const path = join(folder, 'said-of-leak.json')
  const leaking = ['base', 'target', 'final'].map(name => snapshot(`leaking-page.chromium.${name}`))
  const look = (act: (page: Page) => Promise<void>) =>
    explore(
      leaking,
      laptop,
      async page => {
        await goTo(page, 'compare')
        await act(page)
      },
      [],
      notesOf(leaking, {}, path)!,
    )
  const leaks = async () => {
    const {code, stdout} = await heapgraph(['leaks', '--json', '--known', path, ...leaking])
    const {rows, known} = JSON.parse(stdout) as {rows: {holder: string}[]; known: {holder: string; known: object}[]}
    return {code, rows: rows.map(({holder}) => holder), known: known.map(({holder, known: said}) => ({holder, said}))}
  }
  const said = [{holder: 'closedSheets', said: {verdict: 'mine', reason: 'until Friday'}}]
  await look(async page => {
    const card = page.locator('.ex-cards > li').filter({hasText: 'closedSheets'})
    await card.getByRole('combobox', {name: 'known?'}).selectOption('mine')
    await card.getByRole('textbox', {name: 'reason'}).fill('until Friday')
    await card.getByRole('button', {name: 'keep'}).click()
    await page.getByText('1 known suspect').waitFor()
  })
  assert.deepEqual(await leaks(), {code: 1, rows: [], known: said})
  await look(async page => {
    await page.getByText('1 known suspect').click()
    const card = page.locator('.ex-known')
    await card.getByRole('combobox', {name: 'known?'}).selectOption('no')
    await card.getByRole('button', {name: 'keep'}).click()
    await card.waitFor({state: 'detached'})
  })
  assert.deepEqual(await leaks(), {code: 0, rows: ['closedSheets'], known: []})
})

test('the walks of docs/explore.md take as many clicks and keys as it says', guard, async () => {
  const said = /\| heapgraph explore \| (\d+) \| (\d+) clicks and the name, or (\d+) keys and the name \|/.exec(
    readFileSync(join(ROOT, 'docs/explore.md'), 'utf8'),
  )
  const [standsOut, clicks, keys] = (said ?? []).slice(1).map(Number)
  // What stands out has its line of code when the page opens.
  await explore([BUFFERS], laptop, async page => {
    await answered(page)
    assert.equal(standsOut, 0)
    assert.match(await page.locator('.ex-cards .ex-meant').first().innerText(), /8 *this\.entries = new Map\(\)/)
  })
  await explore([SERVER], laptop, async page => {
    await answered(page)
    let count = 0
    const press = (key: string) => {
      count++
      return page.keyboard.press(key)
    }
    await press('Control+k')
    await page.getByText('types are read').waitFor({state: 'detached'})
    await page.keyboard.type('UserRecord')
    await press('Shift+Enter')
    await page.getByRole('heading', {level: 1, name: 'Why'}).waitFor()
    await answered(page)
    assert.match(await page.locator('.ex-cards .ex-meant').nth(1).innerText(), /const byId = new Map\(\)/)
    assert.equal(count, keys)
    await goTo(page, 'overview')
    count = 0
    const click = (target: ReturnType<Page['locator']>) => {
      count++
      return target.click()
    }
    await click(page.getByRole('link', {name: 'Types'}))
    await answered(page)
    await click(page.getByRole('searchbox'))
    await page.keyboard.type('UserRecord')
    await page.keyboard.press('Enter')
    const row = page.getByRole('row').filter({hasText: 'UserRecord'}).first()
    await click(row.getByRole('link', {name: 'why'}))
    await answered(page)
    assert.match(await page.locator('.ex-cards .ex-meant').nth(1).innerText(), /const byId = new Map\(\)/)
    assert.equal(count, clicks)
  })
})

test('an object is looked around in from link to link, and back', guard, () =>
  explore([SERVER], laptop, async page => {
    await goTo(page, 'list?type=UserRecord')
    const rows = page.getByRole('table').getByRole('row')
    await rows.nth(1).getByRole('link').click()
    await page.getByRole('heading', {level: 1, name: /^Object @/}).waitFor()
    await answered(page)
    const holder = page.getByRole('table', {name: 'held by'}).getByRole('row').nth(1).getByRole('link')
    const id = await holder.innerText()
    await holder.click()
    await page.getByRole('heading', {level: 1, name: `Object ${id}`}).waitFor()
    await page.goBack()
    await page.goBack()
    await page.getByRole('heading', {level: 1, name: 'Objects'}).waitFor()
  }),
)

test('the palette leads everywhere, by keys alone', guard, () =>
  explore([SERVER], laptop, async (page, complaints) => {
    await answered(page)
    const go = async (opening: string, text: string, entering: string, heading: string | RegExp) => {
      await page.keyboard.press(opening)
      await page.getByRole('dialog', {name: 'Go to'}).waitFor()
      await page.getByText('types are read').waitFor({state: 'detached'})
      await page.keyboard.type(text)
      assert.deepEqual(await violations(page), [])
      await page.keyboard.press(entering)
      await page.getByRole('dialog').waitFor({state: 'detached'})
      await page.getByRole('heading', {level: 1, name: heading}).waitFor()
    }
    for (const [title, heading] of Object.entries({
      Types: 'Types',
      Dominators: 'Dominators',
      Strings: 'Strings',
      Cycles: 'Cycles',
      'Detached DOM': 'Detached DOM',
    })) {
      await go('Control+k', title.toLowerCase(), 'Enter', heading)
    }
    await go(':', 'UserRecord', 'Enter', 'Objects')
    await answered(page)
    assert.match(await page.getByRole('main').innerText(), /UserRecord ×\d+/)
    await go(':', 'urecord', 'Shift+Enter', 'Why')
    await go('Control+k', '@1', 'Enter', 'Object @1')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({state: 'detached'})
    await page.getByRole('heading', {level: 1, name: 'Object @1'}).waitFor()
    assert.deepEqual(complaints, [])
  }),
)

test('objects have values of their properties, and are counted by them and by size', guard, () =>
  explore([SERVER], laptop, async (page, complaints) => {
    await goTo(page, 'list?type=UserRecord')
    const shown = await page.locator('.ex-histogram tbody tr td:nth-child(2)').allInnerTexts()
    const main = await page.getByRole('main').innerText()
    const total = Number(/UserRecord ×([\d,]+)/.exec(main)?.[1].replaceAll(',', ''))
    if (shown.length > 0)
      assert.equal(
        shown.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0),
        total,
      )
    const id = await page.getByRole('table').first().getByRole('link').first().innerText()
    await goTo(page, `show/${id.slice(1)}`)
    const edges = await page
      .getByRole('table', {name: 'holds'})
      .locator('.ex-rows .ex-row > :first-child')
      .allInnerTexts()
    const property = edges.find(text => /^\.\w+$/.test(text))?.slice(1) ?? ''
    assert.notEqual(property, '', edges.join())
    await goTo(page, 'list?type=UserRecord')
    await page.getByRole('textbox', {name: 'values of'}).fill(property)
    await page.keyboard.press('Enter')
    await page.getByRole('columnheader', {name: `.${property}`}).waitFor()
    await page.getByRole('textbox', {name: 'by the value of'}).fill(property)
    await page.keyboard.press('Enter')
    const values = page.getByRole('table', {name: `values of ${property}`})
    await answered(page)
    const rows = Number(await values.getAttribute('aria-rowcount')) - 1
    const counts = await values.locator('.ex-rows .ex-row > :first-child').allInnerTexts()
    assert.ok(rows > 0 && counts.length > 0)
    // Each has an id of its own.
    if (property === 'id') assert.deepEqual([rows, new Set(counts)], [total, new Set(['1'])])
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
  }),
)

test('pictures are alive: details, cuts and links of cards, and cells to look into', guard, () =>
  explore([SERVER], laptop, async (page, complaints) => {
    await goTo(page, 'why?type=UserRecord')
    const panel = page.locator('#panel')
    await page.locator('.hg-node[data-type="UserRecord"]').click()
    assert.match(await panel.innerText(), /UserRecord[\s\S]*src\/srv\/cache\.cjs:4[\s\S]*Paths as code/)
    const cuts = panel.getByRole('button', {name: /^cut this reference: /})
    for (const i of [0, 1, 2]) await cuts.nth(i).click()
    assert.match(await panel.locator('#freed').innerText(), /What was asked about is among them/)
    assert.deepEqual(await violations(page), [])
    // The wheel is the page's; with Ctrl it is the picture's.
    const viewBox = () => page.locator('#picture').getAttribute('viewBox')
    const before = await viewBox()
    await page.locator('#stage').hover()
    await page.mouse.wheel(0, -50)
    await page.keyboard.down('Control')
    assert.equal(await viewBox(), before)
    await page.mouse.wheel(0, -50)
    await page.waitForFunction(`document.querySelector('#picture').getAttribute('viewBox') !== '${before}'`)
    await page.keyboard.up('Control')
    await panel.getByRole('link', {name: /^object @/}).click()
    await page.getByRole('heading', {level: 1, name: /^Object @/}).waitFor()
    await answered(page)
    await goTo(page, 'memory')
    const cells = page.locator('#areas .hg-node')
    const drawn = page.locator('#areas[aria-busy="false"]')
    await drawn.waitFor()
    const all = await cells.count()
    await cells.nth(1).focus()
    await page.keyboard.press('Enter')
    await page.locator('#tools button').nth(1).waitFor()
    assert.ok((await page.locator('#details a').count()) > 0)
    await page.keyboard.press('Escape')
    await page.locator('#tools button').nth(1).waitFor({state: 'detached'})
    await drawn.waitFor()
    assert.equal(await cells.count(), all)
    // A picture that has gone takes no keys.
    await goTo(page, 'types')
    await page.keyboard.press('/')
    assert.equal(await page.evaluate('document.activeElement.type'), 'search')
    assert.deepEqual(complaints, [])
  }),
)

const nodesShown = async (page: Page) =>
  Number(/([\d,]+) nodes/.exec(await page.getByRole('main').innerText())?.[1].replaceAll(',', ''))

test('hundreds of nodes are drawn, walked by keys, and listed', guard, () =>
  explore([SERVER], laptop, async (page, complaints) => {
    await goTo(page, 'around?id=1&way=refs&depth=5')
    const count = await nodesShown(page)
    assert.ok(count > 300, String(count))
    const {stdout} = await heapgraph(['refs', '--id', '1', '--depth', '5', '--fan', '40', '--json', SERVER])
    const {nodes} = JSON.parse(stdout) as {nodes: {role: string}[]}
    assert.equal(count, nodes.filter(({role}) => role !== 'more').length)
    const list = page.getByRole('table', {name: 'nodes'})
    assert.equal(Number(await list.getAttribute('aria-rowcount')), count + 1)
    const canvas = page.getByRole('application', {name: 'nodes and edges'})
    await canvas.locator('canvas').first().waitFor()
    await canvas.focus()
    const told = page.locator('.ex-wide-told')
    assert.match(await told.innerText(), /^\(root\)/)
    await page.keyboard.press('ArrowDown')
    const child = await told.innerText()
    assert.doesNotMatch(child, /^\(root\)/)
    await page.keyboard.press('ArrowRight')
    assert.notEqual(await told.innerText(), child)
    await page.keyboard.press('ArrowLeft')
    assert.equal(await told.innerText(), child)
    await page.keyboard.press('+')
    await page.keyboard.press('0')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', {level: 1, name: /^Object @/}).waitFor()
    assert.deepEqual(complaints, [])
  }),
)

test('a graph of many nodes is drawn in parts, between which the page hears keys', guard, () =>
  explore([SERVER], laptop, async page => {
    await answered(page)
    // Tasks of the page that come between the parts: a message that is sent again whenever it arrives.
    await page.evaluate(`{
      const {port1, port2} = new MessageChannel()
      globalThis.between = []
      port1.onmessage = () => {
        between.push(performance.getEntriesByName(${JSON.stringify(PART_MARK)}).length)
        port2.postMessage(0)
      }
      port2.postMessage(0)
    }`)
    await page.evaluate("location.hash = '#/around?id=1&way=refs&depth=7'")
    await page.locator('.ex-wide[aria-busy="false"]').waitFor()
    const nodes = await nodesShown(page)
    assert.ok(nodes > 1500, String(nodes))
    const parts = (await page.evaluate('[...new Set(between)]')) as number[]
    // As many as the nodes alone take at 500 a part, the edges, and what comes before them.
    assert.ok(parts.length > nodes / 500 + 4, `${nodes} nodes, ${parts.join()}`)
  }),
)

test('no view puts in many elements at once, so that the page hears keys between them', guard, () =>
  explore([SERVER], laptop, async page => {
    // Told once for all that was put in since the page's code ran the last time.
    await page.evaluate(`{
      globalThis.most = 0
      new MutationObserver(records => {
        const added = records.flatMap(({addedNodes}) => [...addedNodes]).filter(node => node.nodeType === 1)
        const count = new Set(added.flatMap(node => [node, ...node.querySelectorAll('*')])).size
        most = Math.max(most, count)
      }).observe(document.body, {childList: true, subtree: true})
    }`)
    for (const view of ['types', ...VIEWS, 'memory?form=flame', 'memory?form=tree', 'list?type=UserRecord']) {
      await goTo(page, view)
      if (view.startsWith('memory') && !view.endsWith('tree')) await page.locator('#areas[aria-busy="false"]').waitFor()
      const most = Number(await page.evaluate('most'))
      assert.ok(most < MOST_AT_ONCE, `${view}: ${most} elements`)
    }
  }),
)

test('without WebGL the list has all nodes, and the page says why', guard, () =>
  explore([SERVER], laptop, async (page, complaints) => {
    await page.evaluate('HTMLCanvasElement.prototype.getContext = () => null')
    await goTo(page, 'around?type=UserRecord&depth=6')
    await page.getByText('draws no WebGL').waitFor()
    assert.ok((await page.getByRole('table', {name: 'nodes'}).getByRole('row').count()) > 10)
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
  }),
)

test('what may stand in --where is proposed, and mistakes are shown at their character', guard, () =>
  explore([SERVER], laptop, async (page, complaints) => {
    await goTo(page, 'list?type=UserRecord')
    const box = page.getByRole('combobox', {name: 'where'})
    const proposed = page.getByRole('listbox', {name: 'may stand here'}).getByRole('option')
    await page.keyboard.press('/')
    await page.keyboard.type('ret')
    assert.deepEqual(await proposed.allInnerTexts(), ['retained', 'retainers'])
    assert.deepEqual(await violations(page), [])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    assert.equal(await box.inputValue(), 'retained')
    assert.deepEqual((await proposed.allInnerTexts()).slice(0, 2), ['retained>', 'retained>='])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.keyboard.type('100 and prop.vi')
    // Names of properties are the heap's own.
    await proposed.filter({hasText: 'prop.visits'}).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    assert.equal(await box.inputValue(), 'retained>100 and prop.visits')
    await page.keyboard.press('Escape')
    assert.equal(await proposed.count(), 0)
    await page.keyboard.press('Enter')
    await page.locator('.ex-command').first().getByText("--where 'retained>100 and prop.visits'").waitFor()
    await answered(page)
    await box.fill('retaind>1mb and self>1')
    const mistake = page.getByRole('alert')
    assert.match(await mistake.innerText(), /retaind is not a field/)
    assert.equal(await mistake.locator('mark').innerText(), 'r')
    assert.equal(await box.getAttribute('aria-invalid'), 'true')
    // What is not written to its end is a mistake only once it is sent, which asks nothing.
    await box.fill('self>')
    assert.equal(await mistake.count(), 0)
    await page.keyboard.press('Enter')
    assert.match(await mistake.innerText(), /a value is missing after >/)
    assert.deepEqual(await violations(page), [])
    assert.match(await page.locator('.ex-command').first().innerText(), /retained>100/)
    await goTo(page, 'types')
    await page.getByRole('combobox', {name: 'where'}).fill('kind=obj')
    await proposed.filter({hasText: /^object$/}).click()
    assert.equal(await page.getByRole('combobox', {name: 'where'}).inputValue(), 'kind=object')
    assert.deepEqual(complaints, [])
  }),
)

test('all keys are told, and each letter of a view leads there', guard, () =>
  explore([SERVER], laptop, async (page, complaints) => {
    await answered(page)
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', {name: 'Keys'})
    await help.waitFor()
    assert.deepEqual(await violations(page), [])
    const told = (await help.locator('dl > div').allInnerTexts()).map(text => text.split(/\s*\n\s*/))
    const views = told.filter(([keys]) => keys.startsWith('g '))
    assert.ok(views.length >= 10)
    await page.keyboard.press('Escape')
    await help.waitFor({state: 'detached'})
    for (const [keys, title] of views) {
      for (const key of keys.split(' ')) await page.keyboard.press(key)
      await page.locator(`nav a[aria-current]`, {hasText: title}).waitFor()
    }
    assert.deepEqual(complaints, [])
  }),
)

test('a question is canceled, and asked again', guard, () =>
  explore([SERVER], laptop, async page => {
    await answered(page)
    const path = '**/answer'
    // Never answered.
    await page.route(path, () => {})
    const gone = page.waitForEvent('requestfailed')
    await page.evaluate(`location.hash = '#/strings'`)
    const cancel = page.getByRole('button', {name: 'cancel'})
    await cancel.waitFor()
    assert.deepEqual(await violations(page), [])
    await cancel.click()
    assert.match((await gone).url(), /\/answer$/)
    await page.unroute(path)
    await page.getByRole('button', {name: 'ask again'}).click()
    await page.getByRole('table', {name: 'equal strings'}).waitFor()
  }),
)

test('makers beside owners, each alone and all; a file without stacks says so', guard, async () => {
  await explore([snapshot('tracked.node20')], laptop, async (page, complaints) => {
    await goTo(page, 'makers')
    await page.locator('[data-maker]', {hasText: 'fromBeta()'}).focus()
    assert.match(await page.locator('#details').innerText(), /fromBeta\(\) .* made 1 object, 72 B, kept by fromBeta/)
    await page.keyboard.press('Escape')
    assert.equal(await page.locator('#flows .hg-dim').count(), 0)
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
  })
  await explore([SERVER], laptop, async page => {
    await goTo(page, 'makers')
    assert.match(await page.locator('.ex-none').innerText(), /allocation stack/)
  })
})

test('a table of many rows has those in sight only, sorts, and is walked by keys', guard, () =>
  explore([SERVER], laptop, async page => {
    await goTo(page, 'types')
    const table = page.getByRole('table', {name: 'types'})
    const count = Number(await table.getAttribute('aria-rowcount'))
    const shown = await table.getByRole('row').count()
    assert.ok(count > 60 && shown < 60, `${shown} of ${count}`)
    await table.getByRole('button', {name: 'objects'}).click()
    const counts = async () =>
      (await table.locator('.ex-rows .ex-row > :nth-child(4)').allInnerTexts()).map(text =>
        Number(text.replaceAll(',', '')),
      )
    const down = await counts()
    assert.deepEqual(
      down,
      [...down].sort((a, b) => b - a),
    )
    await table.evaluate(box => box.scrollTo(0, box.scrollHeight))
    await page.locator(`[aria-rowindex="${count}"]`).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('m')
    await page.getByRole('heading', {name: 'Dominators'}).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('t')
    await page.getByRole('heading', {name: 'Types'}).waitFor()
    await page.keyboard.press('/')
    assert.equal(await page.evaluate('document.activeElement.type'), 'search')
  }),
)

test('several snapshots are compared, and each is shown', guard, async () => {
  const [base, target] = ['base', 'target'].map(name => join(folder, `${name}.heapsnapshot`))
  const heap = (count: number) =>
    heapText(
      `root -> global.cache -> Map -internal:table-> table\n${Array.from({length: count}, (_, i) => `table [${i}] -> Job${i}`).join('\n')}\n${Array.from({length: count}, (_, i) => `Job${i}: object Job 16`).join('\n')}`,
    )
  writeFileSync(base, heap(3))
  writeFileSync(target, heap(30))
  await explore([base, target], laptop, async (page, complaints) => {
    await goTo(page, 'compare')
    const row = page.getByRole('table', {name: 'growth'}).getByRole('row').filter({hasText: 'Job'})
    assert.match(await row.innerText(), /27[\s\S]*3 → 30/)
    assert.deepEqual(await violations(page), [])
    await page.getByRole('combobox', {name: 'snapshot'}).selectOption('target.heapsnapshot')
    await goTo(page, 'list?type=Job&file=1')
    assert.match(await page.getByRole('main').innerText(), /Job ×30/)
    assert.deepEqual(complaints, [])
  })
})

test('memory over time is drawn, and marks lead to the snapshots taken then', guard, async () => {
  const [one, other] = ['a', 'b'].map(name => join(folder, `${name}.heapsnapshot`))
  writeFileSync(one, heapText('root -> First.a -> First'))
  writeFileSync(other, heapText('root -> Second.a -> Second'))
  const recording = join(folder, 'rec.jsonl')
  const lines = [
    {type: 'recording', t: 0, format: 1, time: '2026-01-01T00:00:00Z', interval: 1, platform: 'linux', command: 'node'},
    {type: 'process', t: 0, pid: 7, name: 'node app.js'},
    {type: 'thread', t: 0, pid: 7, thread: 0, name: 'main', node: '24.0.0'},
    ...Array.from({length: 30}, (_, t) => ({
      type: 'sample',
      t,
      pid: 7,
      thread: 0,
      rss: 8e7 + t * 1e6,
      heapUsed: 4e7 + t * 1e6,
      heapTotal: 9e7,
      external: 1e6,
      arrayBuffers: 0,
      gcMs: t,
      gcs: t,
    })),
    {type: 'mark', t: 5, text: 'load <b>begins</b>'},
    {type: 'mark', t: 10, text: 'snapshot a.heapsnapshot'},
    {type: 'mark', t: 20, text: 'snapshot b.heapsnapshot'},
  ]
  writeFileSync(recording, lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  assert.deepEqual([recording, one].map(isRecording), [true, false])
  await explore(
    [one, other],
    laptop,
    async (page, complaints) => {
      await answered(page)
      await page.getByRole('link', {name: 'Memory over time'}).click()
      await page.getByRole('heading', {level: 1, name: 'Memory over time'}).waitFor()
      await answered(page)
      await page.locator('svg .hp-line').first().waitFor()
      assert.deepEqual(await violations(page), [])
      assert.match(await page.locator('.ex-command').first().innerText(), /heapgraph plot .*rec\.jsonl/)
      assert.match(await page.locator('.ex-marks').innerText(), /5 s load <b>begins<\/b>[\s\S]*10 s snapshot a/)
      assert.equal(await page.locator('svg a').count(), 2)
      await page.locator('svg a').nth(1).click()
      await page.getByRole('heading', {level: 1, name: 'Overview'}).waitFor()
      assert.equal(await page.getByRole('combobox', {name: 'snapshot'}).inputValue(), '1')
      await goTo(page, 'time?file=1')
      await page.getByRole('combobox', {name: 'metric'}).selectOption('rss')
      await page.locator('.ex-command').first().getByText('--metric rss').waitFor()
      await page.locator('.ex-marks').getByRole('link', {name: 'snapshot a.heapsnapshot'}).click()
      await page.getByRole('heading', {level: 1, name: 'Overview'}).waitFor()
      assert.equal(await page.getByRole('combobox', {name: 'snapshot'}).inputValue(), '0')
      assert.deepEqual(complaints, [])
    },
    [recording],
  )
})

test('names of the heap are text, whatever they are', guard, async () => {
  const path = join(folder, 'hostile.heapsnapshot')
  const names = Object.values(hostileNames)
  const heap = JSON.parse(
    Buffer.from(heapText(names.map((_, i) => `root -> Type${i}.name -> text${i}`).join('\n'))).toString(),
  ) as {
    strings: string[]
  }
  heap.strings = heap.strings.map(text => names[Number(/^(?:Type|text)(\d+)$/.exec(text)?.[1] ?? -1)] ?? text)
  writeFileSync(path, JSON.stringify(heap))
  await explore([path], laptop, async (page, complaints) => {
    for (const view of ['overview', 'types', 'memory', 'strings', 'cycles', 'show/1', 'around?id=1&way=refs&depth=4']) {
      await goTo(page, view)
      assert.deepEqual((await violations(page)).slice(0, 3), [], view)
      assert.deepEqual(await unreachable(page), [], view)
      assert.equal(
        await page.locator('main script, main img, main iframe, main [onclick], main [onload]').count(),
        0,
        view,
      )
    }
    assert.deepEqual(complaints, [])
  })
})

test('a window without the key, and one whose server has ended, say what to do', guard, async () => {
  const ending = new AbortController()
  const server = await serveExplorer({files: [SERVER], idleMs: HOUR, signal: ending.signal})
  const [context, another] = [await browser.newContext(), await browser.newContext()]
  try {
    const address = server.address()
    const page = await context.newPage()
    await page.goto(address)
    await answered(page)
    // Of another browser, that is: one with other data.
    const second = await another.newPage()
    await second.goto(address)
    await second.getByRole('alert').filter({hasText: 'good once'}).waitFor()
    // Windows of this one have access by those that are open: a link in a new one, the address pasted, the address once more.
    const click = page.getByRole('link', {name: 'Types'}).click({modifiers: ['ControlOrMeta']})
    const [clicked] = await Promise.all([context.waitForEvent('page'), click])
    await clicked.getByRole('heading', {level: 1, name: 'Types'}).waitFor()
    await answered(clicked)
    for (const to of [`${new URL(address).origin}/#/strings`, address]) {
      const pasted = await context.newPage()
      await pasted.goto(to)
      await answered(pasted)
      assert.equal(await pasted.getByRole('alert').count(), 0, to)
    }
    ending.abort()
    await server.ended
    await page.evaluate(`location.hash = '#/types'`)
    await page.getByRole('alert').filter({hasText: 'heapgraph has ended'}).waitFor()
  } finally {
    ending.abort()
    await context.close()
    await another.close()
  }
})

/** Two windows on one server, each with an address of its own. */
async function twoWindows(options: Pick<ExploreOptions, 'files' | 'engine'>, look: (pages: Page[]) => Promise<void>) {
  const ending = new AbortController()
  const server = await serveExplorer({...options, idleMs: HOUR, signal: ending.signal})
  const contexts = [await browser.newContext(), await browser.newContext()]
  try {
    const pages: Page[] = []
    for (const context of contexts) {
      const page = await context.newPage()
      page.setDefaultTimeout(30_000)
      await page.goto(server.address())
      pages.push(page)
    }
    await look(pages)
  } finally {
    for (const context of contexts) await context.close()
    ending.abort()
    await server.ended
  }
}

test('a file that changes or vanishes while two windows look at it is told in both', guard, async () => {
  const path = join(folder, 'moving.heapsnapshot')
  const write = (type: string) => writeFileSync(path, heapText(`root -> ${type}.a -> ${type}`))
  write('First')
  await twoWindows({files: [path]}, async pages => {
    for (const page of pages) {
      await goTo(page, 'types')
      await page.getByRole('row').filter({hasText: 'First'}).first().waitFor()
      assert.equal(await page.getByText('was changed while it was open').count(), 0)
    }
    write('Second')
    // Each asks something else; what it had asked before is asked again.
    for (const page of pages) {
      await goTo(page, 'strings')
      await page.getByText('was changed while it was open: answers are of what is there now').waitFor()
      await goTo(page, 'types')
      await page.getByRole('row').filter({hasText: 'Second'}).first().waitFor()
      assert.equal(await page.getByRole('row').filter({hasText: 'First'}).count(), 0)
    }
    rmSync(path)
    for (const page of pages) {
      await goTo(page, 'waste')
      await page.getByRole('alert').filter({hasText: 'moving.heapsnapshot: no such file'}).waitFor()
      assert.deepEqual(await violations(page), [])
    }
    write('Third')
    for (const page of pages) {
      await goTo(page, 'types')
      await page.getByRole('row').filter({hasText: 'Third'}).first().waitFor()
    }
  })
})

test('one window cancels, the other is answered; what memory lacks is told before a file is read', guard, async () => {
  const program = join(folder, 'scripted.mjs')
  // Suspects are never answered, all else is at once.
  writeFileSync(
    program,
    `import {parentPort} from 'node:worker_threads'
     parentPort.on('message', line => {
       if (line[0] === 'suspects') return parentPort.postMessage({remark: 'big.heapsnapshot: needs about 9 GB of memory, 1 GB are free'})
       parentPort.postMessage({code: 1, stdout: '', stderr: 'nothing of ' + line[0]})
     })`,
  )
  await twoWindows(
    {files: [SERVER], engine: openEngine({texts: true}, pathToFileURL(program))},
    async ([page, other]) => {
      // Both wait for the suspects of the first.
      const cancels = page.getByRole('button', {name: 'cancel'})
      await cancels.first().waitFor()
      await page.getByRole('status').filter({hasText: '9 GB of memory, 1 GB are free'}).waitFor()
      await other.evaluate(`location.hash = '#/types'`)
      await other.getByRole('heading', {level: 1, name: 'Types'}).waitFor()
      assert.deepEqual(await violations(page), [])
      await until(async () => {
        if ((await cancels.count()) === 0) return true
        await cancels.first().click()
        return false
      })
      await page.getByText('canceled').first().waitFor()
      await other.getByText('nothing of types').waitFor()
      assert.equal(await other.getByText('canceled').count(), 0)
    },
  )
})

test('an address with a wrong token gets nothing, and says what to do', guard, () =>
  twoWindows({files: [SERVER]}, async ([page]) => {
    await answered(page)
    const context = await browser.newContext()
    try {
      const wrong = await context.newPage()
      await wrong.goto(`${new URL(page.url()).origin}/#token=${'x'.repeat(22)}`)
      await wrong.getByRole('alert').filter({hasText: 'This window has no access'}).waitFor()
      assert.ok(!(await wrong.innerText('body')).includes('srv.node20'))
      assert.deepEqual(await violations(wrong), [])
    } finally {
      await context.close()
    }
  }),
)
