/** Makers and owners as a page in a browser: one of them alone, by click and by keyboard, and all again. */
import assert from 'node:assert/strict'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import type {Browser} from 'playwright-core'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {everywhere, mayBeSkipped, openPage, startBrowser, violations} from './browser.ts'

const options = {skip: mayBeSkipped()}
const folder = temporaryFolder()
const TRACKED = join(ROOT, 'fixtures/snapshots/tracked.node20.heapsnapshot.gz')

let browser: Browser
before(
  async () => {
    if (options.skip === false) browser = await startBrowser()
  },
  {timeout: HANG_MS},
)
after(async () => browser?.close(), {timeout: HANG_MS})

for (const surroundings of everywhere) {
  test(`makers (${surroundings.width} px, ${surroundings.colorScheme})`, options, async () => {
    const file = join(folder, `makers-${surroundings.width}.html`)
    const {code, stderr} = await heapgraph(['makers', '-o', file, TRACKED])
    assert.equal(code, 0, stderr)
    assert.match(stderr, /^page written to .* \(255 of 37,854 objects drawn; legend inside\)\n/)
    const {page, complaints} = await openPage(browser, file, surroundings)
    const dimmed = page.locator('#flows .hg-dim')
    assert.equal(await dimmed.count(), 0)
    assert.deepEqual(await violations(page), [])
    // fromBeta() made what fromBeta keeps, and nothing else.
    await page.locator('[data-maker]', {hasText: 'fromBeta()'}).focus()
    const bands = page.locator('#flows [data-from]:not(.hg-dim)')
    assert.equal(await bands.count(), 1)
    assert.equal(await page.locator('#flows [data-maker]:not(.hg-dim)').count(), 1)
    assert.equal(await page.locator('#flows [data-owner]:not(.hg-dim)').count(), 1)
    assert.match(await page.locator('#details').innerText(), /fromBeta\(\) .* made 1 object, 72 B, kept by fromBeta/)
    await page.keyboard.press('Escape')
    assert.equal(await dimmed.count(), 0)
    await page.locator('[data-owner]', {hasText: 'items'}).click()
    assert.ok((await dimmed.count()) > 3)
    assert.match(await page.locator('#details').innerText(), /makeOne\(\) .* made 200 objects, 6\.4 kB, kept by items/)
    await page.locator('summary').click()
    assert.ok((await page.locator('tbody tr').count()) > 10)
    assert.deepEqual(complaints, [])
  })
}
