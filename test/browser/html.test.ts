/** Clicks through HTML pictures in a browser: at a laptop's size and a phone's, light and dark. */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import type {Browser, Page} from 'playwright-core'
import {toHtml} from '../../src/emit/page/html.ts'
import type {ResultGraph} from '../../src/graph/answer/result.ts'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {backrefsGraph, bigGraph, cyclesGraph, pathGraph, refsGraph} from '../emit/graphs.ts'
import {hostileNames} from '../emit/hostile.ts'
import {graphOfNames} from '../emit/names-graph.ts'
import {HANG_MS} from '../support/limits.ts'
import {everywhere, laptop, mayBeSkipped, type OpenPage, openPage, startBrowser, violations} from './browser.ts'

const options = {skip: mayBeSkipped()}
const folder = temporaryFolder()
const SERVER = join(ROOT, 'fixtures/snapshots/srv.node20.heapsnapshot.gz')

let browser: Browser
before(
  async () => {
    if (options.skip === false) browser = await startBrowser()
  },
  {timeout: HANG_MS},
)
after(async () => browser?.close(), {timeout: HANG_MS})

let files = 0

async function written(graph: ResultGraph): Promise<string> {
  const file = join(folder, `${files++}.html`)
  writeFileSync(file, await toHtml(graph))
  return file
}

async function opened(graph: ResultGraph, surroundings = laptop): Promise<OpenPage> {
  return openPage(browser, await written(graph), surroundings)
}

const shownCards = '[data-card]:not(.hg-none):has(.hg-node)'
const card = (page: Page, type: string) =>
  page
    .locator(shownCards)
    .filter({has: page.locator(`.hg-node[data-type="${type}"]`)})
    .first()
const status = (page: Page) => page.locator('#status').textContent()
const clipboard = (page: Page) => page.evaluate('navigator.clipboard.readText()') as Promise<string>
const focusedId = (page: Page) =>
  page.evaluate('document.activeElement.getAttribute("data-id")') as Promise<string | null>

for (const surroundings of everywhere) {
  const where = `${surroundings.width} px, ${surroundings.colorScheme}`

  test(
    `a server's owners: details, copy, cut; no request, no complaint, nothing for axe (${where})`,
    options,
    async () => {
      const file = join(folder, `server-${files++}.html`)
      const {code, stderr} = await heapgraph(['why', '--type', 'UserRecord', '-o', file, SERVER])
      assert.equal(code, 0, stderr)
      const {page, complaints} = await openPage(browser, file, surroundings)
      assert.deepEqual(await violations(page), [])
      assert.ok(
        await page.evaluate(`document.documentElement.scrollWidth <= ${surroundings.width}`),
        'wider than the window',
      )

      await card(page, 'UserRecord').click()
      const panel = page.locator('#panel')
      assert.match(await panel.innerText(), /UserRecord[\s\S]*src\/srv\/cache\.cjs:4[\s\S]*Paths as code/)
      const copies = panel.getByRole('button', {name: 'copy path'})
      assert.equal(await copies.count(), 3)
      await copies.first().click()
      // The clipboard answers when it has it.
      await page.locator('#status', {hasText: 'path copied'}).waitFor({state: 'attached'})
      assert.equal(await clipboard(page), await panel.locator('code').first().innerText())
      assert.match(await clipboard(page), /^module src\/srv\/server\.cjs · bus on "flush" listener onFlush/)
      assert.deepEqual(await violations(page), [])

      // Each of the three owners must let go: with the third the record is freed.
      const cuts = panel.getByRole('button', {name: /^cut this reference: /})
      assert.equal(await cuts.count(), 3)
      for (const i of [0, 1, 2]) {
        await cuts.nth(i).click()
        const freed = await panel.locator('#freed').innerText()
        assert.equal(/What was asked about is among them/.test(freed), i === 2, freed)
      }
      assert.equal(await page.locator('.hg-freed').count(), 1)
      const command = await panel.locator('code').first().innerText()
      assert.match(command, /^heapgraph what-if --cut .* --cut .* --cut .*srv\.node20/)
      assert.deepEqual(await violations(page), [])
      await panel.getByRole('button', {name: 'Undo all cuts'}).click()
      assert.equal(await page.locator('.hg-freed').count(), 0)
      assert.deepEqual(complaints, [])
      await page.context().close()
    },
  )

  test(`expand, hide, filter (${where})`, options, async () => {
    const {page, complaints} = await opened(bigGraph(301), surroundings)
    const shown = () => page.locator('[data-card]:not(.hg-none) .hg-node[data-id]').count()
    assert.equal(await shown(), 60)

    const more = page.locator('.hg-node:has(.hg-more)')
    await page
      .locator(`${shownCards}:has(.hg-more)`)
      .first()
      .focus()
      .catch(() => {})
    await more.first().press('Enter')
    assert.equal(await shown(), 68)
    assert.match((await status(page))!, /^8 cards more/)
    assert.deepEqual(await overlaps(page), [])

    // One that is not drawn is found, and shown by Enter.
    const filter = page.locator('#filter')
    await filter.fill('@299')
    assert.match((await status(page))!, /^0 cards found, 1 more not drawn/)
    await filter.press('Enter')
    assert.equal(await page.locator('[data-card]:not(.hg-none) .hg-node[data-id="299"]').count(), 1)
    assert.match((await status(page))!, /^1 card found/)
    assert.deepEqual(await violations(page), [])
    await page.keyboard.press('Escape')
    assert.equal(await filter.inputValue(), '')
    assert.equal(await page.locator('.hg-dim').count(), 0)

    const before = await shown()
    await page.locator('#types summary').click()
    const ofType = page.locator('[data-card]:not(.hg-none) .hg-node[data-type="Type5"]')
    const count = await ofType.count()
    assert.ok(count > 0)
    await page.getByRole('checkbox', {name: /^Type5 \(/}).uncheck()
    assert.equal(await ofType.count(), 0)
    assert.equal(await shown(), before - count)
    assert.equal(await status(page), `${count} ${count === 1 ? 'card' : 'cards'} hidden; Types shows them again`)
    assert.deepEqual(await violations(page), [])
    await page.getByRole('checkbox', {name: /^Type5 \(/}).check()
    assert.equal(await shown(), before)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })
}

/** Pairs of cards that cover each other. */
async function overlaps(page: Page): Promise<string[]> {
  const read = `[...document.querySelectorAll('[data-card]:not(.hg-none) .hg-node')].map(card => {
    const {left, right, top, bottom} = card.getBoundingClientRect()
    return {label: card.getAttribute('aria-label'), left, right, top, bottom}
  })`
  const boxes = (await page.evaluate(read)) as {
    label: string
    left: number
    right: number
    top: number
    bottom: number
  }[]
  return boxes.flatMap((a, i) =>
    boxes
      .slice(i + 1)
      .filter(b => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
      .map(b => `${a.label} / ${b.label}`),
  )
}

test('all that a picture left out can be shown, card by card, and none covers another', options, async () => {
  const {page, complaints} = await opened(bigGraph(150))
  for (let i = 0; i < 200; i++) {
    const more = page.locator('[data-card]:not(.hg-none) .hg-node:has(.hg-more)')
    if ((await more.count()) === 0) break
    await more.first().press('Enter')
  }
  assert.equal(await page.locator('[data-card]:not(.hg-none) .hg-node[data-id]').count(), 150)
  assert.deepEqual(await overlaps(page), [])
  assert.deepEqual(complaints, [])
})

test('what the file does not have, it says', options, async () => {
  const {page} = await opened(backrefsGraph())
  await page.locator('.hg-node:has(.hg-more)').press('Enter')
  assert.match(await page.locator('#panel').innerText(), /12 more holders[\s\S]*The file does not have these/)
  const large = await opened(bigGraph(900))
  assert.match(await large.page.locator('footer').innerText(), /in the file: 500 cards of 500 objects not drawn/)
})

test('arrows follow the path, Enter opens, Escape closes, + and 0 zoom, / filters', options, async () => {
  const {page, complaints} = await opened(refsGraph())
  const viewBox = () => page.locator('#picture').getAttribute('viewBox')
  // The one card that Tab leads to is what was asked about.
  assert.equal(await page.locator('.hg-node[tabindex="0"]').count(), 1)
  await page.locator('.hg-node[tabindex="0"]').focus()
  assert.equal(await focusedId(page), '7')
  await page.keyboard.press('ArrowRight')
  assert.notEqual(await focusedId(page), '7')
  await page.keyboard.press('ArrowLeft')
  assert.equal(await focusedId(page), '7')
  await page.keyboard.press('Enter')
  assert.equal(await page.locator('#panel h2').first().innerText(), 'Session')
  await page.keyboard.press('Escape')
  assert.equal(await page.locator('#panel h2').first().innerText(), 'How to look around')
  assert.equal(await focusedId(page), '7')
  const whole = await viewBox()
  await page.keyboard.press('+')
  assert.notEqual(await viewBox(), whole)
  await page.keyboard.press('0')
  assert.equal(await viewBox(), whole)
  await page.keyboard.press('/')
  assert.equal(await page.evaluate('document.activeElement.id'), 'filter')
  assert.deepEqual(complaints, [])
})

test('dragging moves the picture and is no click; the wheel zooms', options, async () => {
  const {page} = await opened(backrefsGraph())
  const viewBox = async () => (await page.locator('#picture').getAttribute('viewBox'))!.split(' ').map(Number)
  const [x, y, width] = await viewBox()
  const box = (await card(page, 'Buffer').boundingBox())!
  await page.mouse.move(box.x + 20, box.y + 10)
  await page.mouse.down()
  await page.mouse.move(box.x + 80, box.y + 50, {steps: 5})
  await page.mouse.up()
  const [movedX, movedY] = await viewBox()
  assert.ok(movedX < x && movedY < y)
  assert.equal(await page.locator('#panel h2').first().innerText(), 'How to look around')
  await page.mouse.wheel(0, -100)
  await page.waitForFunction(
    `Number(document.getElementById('picture').getAttribute('viewBox').split(' ')[2]) < ${width}`,
  )
})

test('the cuts of a path free what is behind them, and a weak reference cannot be cut', options, async () => {
  const {page} = await opened(pathGraph())
  await card(page, 'RequestCache').click()
  const panel = page.locator('#panel')
  await panel.getByRole('button', {name: /^cut this reference: \(GC roots\)/}).click()
  // All below the root: the cache, the list in two cards, the Buffer.
  assert.match(await panel.locator('#freed').innerText(), /^Would be freed: 4 cards, 88 objects/)
  const weak = await opened(backrefsGraph())
  await card(weak.page, 'RequestCache').click()
  assert.equal(await weak.page.getByRole('button', {name: /cut this reference: .*weak/}).count(), 0)
})

const elementNames = (page: Page) =>
  page.evaluate(`[...new Set([...document.querySelectorAll('*')].map(({tagName}) => tagName))]`) as Promise<string[]>

test('names do nothing: no element, no script, no dialog', options, async () => {
  const names = [...hostileNames, '</script><img src=x onerror=alert(1)>', '<!--<script>alert(1)', '\u2028']
  const {page, complaints} = await opened(graphOfNames(names))
  const plain = await opened(graphOfNames(names.map((_, i) => `plain${i}`)))
  const allowed = await elementNames(plain.page)
  assert.deepEqual(
    (await elementNames(page)).filter(name => !allowed.includes(name)),
    [],
  )
  for (const node of [0, 34, 60]) {
    await page.locator(`[data-card="${node}"] .hg-node`).press('Enter')
    assert.deepEqual(
      (await elementNames(page)).filter(
        name => !allowed.includes(name) && !['DL', 'DT', 'DD', 'CODE', 'H3'].includes(name),
      ),
      [],
    )
  }
  assert.deepEqual(complaints, [])
})

test('every kind of answer opens without complaint', options, async () => {
  for (const graph of [backrefsGraph(), refsGraph(), pathGraph(), cyclesGraph()]) {
    const {page, complaints} = await opened(graph)
    assert.ok((await page.locator('[data-card]:not(.hg-none)').count()) > 2)
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
    await page.context().close()
  }
})
