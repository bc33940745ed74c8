/** Sampled allocations as a page in a browser: into a call and out again, by keyboard; hostile names stay text. */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import type {Browser} from 'playwright-core'
import {heapgraph, temporaryFolder} from '../cli/cli.ts'
import {hostileNames} from '../emit/hostile.ts'
import {call, DRAWN, POOL} from '../support/drawn-profile.ts'
import {HANG_MS} from '../support/limits.ts'
import {everywhere, laptop, mayBeSkipped, openPage, startBrowser, violations} from './browser.ts'

const options = {skip: mayBeSkipped()}
const folder = temporaryFolder()

let browser: Browser
before(
  async () => {
    if (options.skip === false) browser = await startBrowser()
  },
  {timeout: HANG_MS},
)
after(async () => browser?.close(), {timeout: HANG_MS})

async function written(name: string, head: object): Promise<string> {
  const [profile, page] = [join(folder, `${name}.heapprofile`), join(folder, `${name}.html`)]
  writeFileSync(profile, JSON.stringify({head, samples: []}))
  const {code, stderr} = await heapgraph(['allocations', '-o', page, profile])
  assert.equal(code, 0, stderr)
  assert.match(stderr, /^page written to .* \(\d+ of \d+ calls drawn; legend inside\)\n/)
  return page
}

for (const surroundings of everywhere) {
  test(`into a call and out again (${surroundings.width} px, ${surroundings.colorScheme})`, options, async () => {
    const {page, complaints} = await openPage(browser, await written('drawn', DRAWN), surroundings)
    const cells = page.locator('#areas .hg-node')
    await page.locator('#tools button').first().waitFor()
    assert.equal(await cells.count(), 8)
    assert.deepEqual(await violations(page), [])
    await page.locator('.hg-node', {hasText: 'ƒ makeOne'}).first().focus()
    assert.match(
      await page.locator('#details').innerText(),
      /^ƒ makeOne · src\/pool\.js:31 · allocated 5\.8 kB, 83 % of all · by itself 5\.0 kB$/,
    )
    await page.keyboard.press('Enter')
    const current = page.locator('#tools button[aria-current]')
    await current.filter({hasText: 'makeOne'}).waitFor()
    // makeOne, clone, push: what it calls alone.
    assert.equal(await cells.count(), 3)
    assert.deepEqual(await violations(page), [])
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await current.filter({hasText: 'whole'}).waitFor()
    assert.equal(await cells.count(), 8)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })
}

test('hostile names stay text', options, async () => {
  const calls = hostileNames.map((name, i) => call(name, POOL, i, 100 + i))
  const {page, complaints} = await openPage(
    browser,
    await written('hostile', call('(root)', '', -1, 0, ...calls)),
    laptop,
  )
  await page.locator('#tools button').first().waitFor()
  const foreign = 'script:not(#data):not(body > script), img, iframe, b, a[href^="javascript"]'
  assert.equal(await page.locator(`#areas :is(${foreign})`).count(), 0)
  assert.deepEqual(complaints, [])
  await page.context().close()
})
