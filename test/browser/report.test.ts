/** `report`: one file with the answers in it, opened from the disk. */
import assert from 'node:assert/strict'
import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import type {Browser} from 'playwright-core'
import {APP, heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {laptop, mayBeSkipped, openPage, startBrowser, violations} from './browser.ts'

const guard = {timeout: HANG_MS, skip: mayBeSkipped()}
const folder = temporaryFolder()
const file = join(folder, 'report.html')
const snapshot = (name: string) => join(ROOT, `fixtures/snapshots/${name}.heapsnapshot.gz`)
const [BASE, TARGET] = [snapshot('growing.node20.base'), snapshot('growing.node20.target')]

let browser: Browser
before(
  async () => {
    if (guard.skip === false) browser = await startBrowser()
  },
  {timeout: HANG_MS},
)
after(async () => browser?.close(), {timeout: HANG_MS})

test('the answers of two snapshots are in one private file, which asks nobody', guard, async () => {
  const {code, stdout, stderr} = await heapgraph(['report', '-o', file, BASE, TARGET])
  assert.deepEqual([code, stdout], [0, ''], stderr)
  assert.match(stderr, /^report written to .*report\.html \([\d.]+ MB, \d+ answers/)
  const {size, mode} = statSync(file)
  assert.ok(size <= 2e6, `${size} bytes`)
  if (process.platform !== 'win32') assert.equal(mode & 0o077, 0)
  const {page, complaints} = await openPage(browser, file, laptop)
  await page.getByRole('heading', {level: 1, name: 'Overview'}).waitFor()
  assert.deepEqual((await violations(page)).slice(0, 3), [])
  await page.getByRole('link', {name: 'Compare'}).click()
  await page.getByRole('heading', {level: 1, name: 'Compare'}).waitFor()
  const leaks = JSON.parse((await heapgraph(['leaks', '--json', BASE, TARGET])).stdout) as {
    rows: {holder: string; advice: string}[]
  }
  const shown = await page.getByRole('main').innerText()
  for (const {holder, advice} of leaks.rows) assert.ok(shown.includes(holder) && shown.includes(advice), holder)
  await page.getByRole('link', {name: 'Types'}).click()
  await page.getByRole('table', {name: 'types'}).waitFor()
  // What is not in the file says so.
  await page.getByRole('searchbox').fill('/x/')
  await page.getByRole('searchbox').press('Enter')
  await page.getByRole('alert').filter({hasText: 'does not have this answer'}).waitFor()
  assert.deepEqual(complaints, [])
})

test('a recording and columns of properties are in the file', guard, async () => {
  const recording = join(folder, 'rec.jsonl')
  const lines = [
    {type: 'recording', t: 0, format: 1, time: '2026-01-01T00:00:00Z', interval: 1, platform: 'linux', command: 'node'},
    {type: 'process', t: 0, pid: 7, name: 'node app.js'},
    {type: 'thread', t: 0, pid: 7, thread: 0, name: 'main', node: '24.0.0'},
    ...Array.from({length: 9}, (_, t) => ({type: 'sample', t, pid: 7, thread: 0, rss: 8e7, heapUsed: 4e7 + t * 1e6})),
    {type: 'mark', t: 5, text: 'load <b>begins</b>'},
  ]
  writeFileSync(recording, lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  const path = join(folder, 'recorded.html')
  const {code, stderr} = await heapgraph(['report', '-o', path, recording, snapshot('srv.node20')])
  assert.equal(code, 0, stderr)
  const {page, complaints} = await openPage(browser, path, laptop)
  await page.getByRole('link', {name: 'Memory over time'}).click()
  await page.locator('svg .hp-line').first().waitFor()
  assert.match(await page.locator('.ex-marks').innerText(), /5 s load <b>begins<\/b>/)
  await page.evaluate("location.hash = '#/list?type=BuiltinModule'")
  await page.getByRole('columnheader', {name: '.filename'}).waitFor()
  assert.deepEqual((await violations(page)).slice(0, 3), [])
  assert.deepEqual(complaints, [])
  await page.context().close()
  assert.equal((await heapgraph(['report', '-o', path, recording])).code, 2)
})

test('the same snapshot gives the same file', async () => {
  const app = join(folder, 'app.heapsnapshot')
  writeFileSync(app, APP)
  const [first, second] = ['first.html', 'second.html'].map(name => join(folder, name))
  for (const path of [first, second]) assert.equal((await heapgraph(['report', '-o', path, app])).code, 0)
  assert.ok(readFileSync(first).equals(readFileSync(second)))
})
