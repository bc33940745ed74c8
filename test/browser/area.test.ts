/** Looks into a treemap and a flame view in a browser: by click, by keyboard, and back. */
import assert from 'node:assert/strict'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import type {Browser} from 'playwright-core'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {everywhere, laptop, mayBeSkipped, openPage, startBrowser, violations} from './browser.ts'

const options = {skip: mayBeSkipped()}
const folder = temporaryFolder()
const BUFFERS = join(ROOT, 'fixtures/snapshots/buffer-cache.node20.heapsnapshot.gz')
const HOSTILE = join(ROOT, 'fixtures/snapshots/hostile-names.node20.heapsnapshot.gz')

let browser: Browser
before(
  async () => {
    if (options.skip === false) browser = await startBrowser()
  },
  {timeout: HANG_MS},
)
after(async () => browser?.close(), {timeout: HANG_MS})

async function written(view: string, snapshot: string): Promise<string> {
  const file = join(folder, `${view}.html`)
  const {code, stderr} = await heapgraph(['dominators', '--view', view, '-o', file, snapshot])
  assert.equal(code, 0, stderr)
  assert.match(stderr, /^page written to .* \([\d,]+ of [\d,]+ objects drawn; legend inside\)\n/)
  return file
}

for (const surroundings of everywhere) {
  for (const view of ['treemap', 'flame']) {
    test(
      `${view}: into a cell and out again (${surroundings.width} px, ${surroundings.colorScheme})`,
      options,
      async () => {
        const {page, complaints} = await openPage(browser, await written(view, BUFFERS), surroundings)
        const ways = page.locator('#tools button')
        const cells = page.locator('#areas .hg-node')
        const drawn = page.locator('#areas[aria-busy=false]')
        await ways.first().waitFor()
        const all = await cells.count()
        assert.ok(all > 50, String(all))
        assert.deepEqual(await violations(page), [])
        const cache = page.locator('.hg-node[data-type="RequestCache"]').first()
        await cache.focus()
        assert.match(
          await page.locator('#details').innerText(),
          /RequestCache · src\/buffer-cache\.cjs:7 · retained 726\.9 kB/,
        )
        await page.keyboard.press('Enter')
        const current = page.locator('#tools button[aria-current]')
        await current.filter({hasText: 'RequestCache'}).waitFor()
        await drawn.waitFor()
        // What it is in can be gone back to, one by one.
        assert.ok((await ways.count()) > 2)
        assert.equal(await cells.first().getAttribute('data-type'), 'RequestCache')
        assert.deepEqual(await violations(page), [])
        const deep = await ways.count()
        await page.keyboard.press('Escape')
        await current.filter({hasText: 'RequestCache'}).waitFor({state: 'detached'})
        assert.equal(await ways.count(), deep - 1)
        await ways.first().click()
        await current.filter({hasText: 'whole'}).waitFor()
        await drawn.waitFor()
        assert.equal(await cells.count(), all)
        assert.deepEqual(complaints, [])
        await page.context().close()
      },
    )
  }
}

test('a click looks into a cell; hostile names stay text', options, async () => {
  const {page, complaints} = await openPage(browser, await written('treemap', HOSTILE), laptop)
  const nest = page.locator('#areas .hg-node').nth(1)
  const id = await nest.getAttribute('data-id')
  await nest.locator('text').first().click()
  await page.locator(`#areas .hg-node:first-child[data-id="${id}"]`).waitFor()
  const foreign = 'script:not(#data):not(body > script), img, iframe, b, a[href^="javascript"]'
  assert.equal(await page.locator(`#areas :is(${foreign})`).count(), 0)
  assert.deepEqual(complaints, [])
  await page.context().close()
})
