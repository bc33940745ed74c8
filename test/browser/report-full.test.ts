/** `report --full`: the whole program in a page from the disk answers as the command line does. */
import assert from 'node:assert/strict'
import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import {gunzipSync} from 'node:zlib'
import type {Browser, Page} from 'playwright-core'
import {commandLine, terminalLine} from '../../src/cli/explore/questions.ts'
import {heapgraph, ROOT, temporaryFolder, withoutFreeMemory} from '../cli/cli.ts'
import {HANG_MS, until} from '../support/limits.ts'
import {laptop, mayBeSkipped, openPage, startBrowser, violations} from './browser.ts'

const guard = {timeout: HANG_MS, skip: mayBeSkipped()}
const folder = temporaryFolder()

/** Unpacked, as the page has it: `info` tells how a file is stored. */
function snapshot(name: string): string {
  const file = join(folder, `${name}.heapsnapshot`)
  if (!existsSync(file))
    writeFileSync(file, gunzipSync(readFileSync(join(ROOT, `fixtures/snapshots/${name}.heapsnapshot.gz`))))
  return file
}

/** Heaps of several engines and versions, and pages. */
const HEAPS = ['types-zoo.node16', 'types-zoo.node26', 'detached-page.chromium']
/** What the explorer asks of one snapshot, one kind of question each. */
const QUESTIONS = [
  ['info', '$0'],
  ...['type', 'kind', 'shape', 'script', 'realm', 'package'].map(by => ['types', '--by', by, '$0']),
  ['types', '--shallow', '--sort', 'count', '$0'],
  ['list', '--where', 'self >= 1000', '--limit', '50', '$0'],
  ['why', '--type', 'Array', '$0'],
  ['path', '--type', 'Array', '--count', '3', '$0'],
  ['backrefs', '--type', 'Map', '$0'],
  ['refs', '--type', 'Map', '$0'],
  ...['dominators', 'cycles', 'detached', 'strings', 'waste', 'closures', 'async', 'suspects'].map(name => [
    name,
    '$0',
  ]),
]

let browser: Browser
before(
  async () => {
    if (guard.skip === false) browser = await startBrowser()
  },
  {timeout: HANG_MS},
)
after(async () => browser?.close(), {timeout: HANG_MS})

interface Answered {
  code: number
  stdout: string
  stderr: string
  command: string
}

/** Asks the page's own program, unpacked as the page does it. */
function answersOf(page: Page, lines: readonly (readonly string[])[]): Promise<Answered[]> {
  return page.evaluate<Answered[]>(`(${ASK})(${JSON.stringify(lines)})`)
}

/** Runs in the page. */
const ASK = `async lines => {
  const textOf = id => document.getElementById(id).textContent
  const unpacked = async id => {
    const packed = Uint8Array.from(atob(textOf(id)), character => character.charCodeAt(0))
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
    return new Uint8Array(await new Response(stream).arrayBuffer())
  }
  const {files, full} = JSON.parse(textOf('data'))
  const code = new TextDecoder().decode(await unpacked(full.engine))
  const worker = new Worker(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})))
  const bring = async ({path, element, modified}) => ({path, modified, bytes: await unpacked(element)})
  worker.postMessage({paths: files, brought: await Promise.all(full.brought.map(bring))})
  const answers = []
  for (const line of lines) {
    const answered = new Promise((resolve, reject) => {
      worker.onmessage = ({data}) => {
        if (data.answer !== undefined) resolve(data.answer)
        else if (data.failed !== undefined) reject(new Error(data.failed))
      }
      worker.onerror = ({message}) => reject(new Error(message))
      worker.postMessage(line)
    })
    answers.push(await answered)
  }
  worker.terminate()
  return answers
}`

async function sameAsTerminal(paths: readonly string[], lines: readonly (readonly string[])[], name: string) {
  const file = join(folder, `${name}.html`)
  const written = await heapgraph(['report', '--full', '-o', file, ...paths])
  assert.deepEqual([written.code, written.stdout], [0, ''], written.stderr)
  const {page, complaints} = await openPage(browser, file, laptop)
  const answers = await answersOf(page, lines)
  for (const [i, line] of lines.entries()) {
    const words = commandLine(line, paths)
    const {code, stdout, stderr} = await heapgraph(words)
    assert.deepEqual([answers[i].code, answers[i].stderr], [code, stderr], line.join(' '))
    assert.equal(answers[i].command, terminalLine(words, paths))
    const [actual, expected] = [answers[i].stdout, stdout].map(withoutFreeMemory)
    assert.ok(actual === expected, `${line.join(' ')}: ${firstDifference(actual, expected)}`)
  }
  assert.deepEqual(complaints.filter(isNotItsThread), [])
  await page.close()
}

/** Of its own program it makes an address, which the thread is started from. */
function isNotItsThread(complaint: string): boolean {
  return !complaint.startsWith('asked for blob:')
}

function firstDifference(actual: string, expected: string): string {
  const at = [...expected].findIndex((character, i) => actual[i] !== character)
  return `at ${at}: ${JSON.stringify(actual.slice(at - 40, at + 80))} instead of ${JSON.stringify(expected.slice(at - 40, at + 80))}`
}

for (const name of HEAPS) {
  test(`${name}: JSON, text and errors are those of the command line`, guard, async () => {
    const json = QUESTIONS.map(words => [...words.slice(0, -1), '--format', 'json', '$0'])
    const pictures = [
      ['why', '--type', 'Map', '--format', 'svg', '$0'],
      ['backrefs', '--type', 'Map', '--format', 'html', '--bare', '$0'],
      ['dominators', '--view', 'treemap', '--format', 'html', '--bare', '$0'],
    ]
    const nothing = [['why', '--type', 'NoSuchType', '$0']]
    await sameAsTerminal([snapshot(name)], [...json, ...QUESTIONS, ...pictures, ...nothing], name)
  })
}

test('several snapshots are compared', guard, async () => {
  const paths = ['base', 'target', 'final'].map(name => snapshot(`growing.node20.${name}`))
  const all = ['$0', '$1', '$2']
  const lines = [
    ['leaks', '--format', 'json', ...all],
    ['growth', '--format', 'json', ...all],
    ['leaks', ...all],
    ['types', '$1'],
    ['what-if', '--cut', 'globalThis.debugLog', '$2'],
  ]
  await sameAsTerminal(paths, lines, 'compared')
})

test('views that no answer was made for ahead are there, from the disk, and ask nobody', guard, async () => {
  const file = join(folder, 'views.html')
  assert.equal((await heapgraph(['report', '--full', '-o', file, snapshot('growing.node20.target')])).code, 0)
  if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o077, 0)
  const {page, complaints} = await openPage(browser, file, laptop)
  // The program is unpacked and the heap read with the first answer.
  page.setDefaultTimeout(HANG_MS)
  await page.getByRole('heading', {level: 1, name: 'Overview'}).waitFor()
  await page.getByRole('link', {name: 'Types'}).click()
  await page.getByRole('table', {name: 'types'}).waitFor()
  await page.getByRole('searchbox').fill('/^Sess/')
  await page.getByRole('searchbox').press('Enter')
  await page
    .getByRole('row', {name: /Session/})
    .first()
    .waitFor()
  await page.evaluate("location.hash = '#/why?type=Session'")
  await page.locator('svg').first().waitFor()
  assert.match(await page.getByRole('main').innerText(), /sessions\.mjs:\d+/)
  assert.deepEqual((await violations(page)).slice(0, 3), [])
  await page.evaluate("location.hash = '#/around?type=Session&depth=6'")
  await page.locator('.ex-wide canvas').first().waitFor()
  await page.getByRole('table', {name: 'nodes'}).waitFor()
  assert.deepEqual(complaints.filter(isNotItsThread), [])
  await page.close()
})

const STRANGE = [
  'engines/sessions.bun.target.heapsnapshot.gz',
  'engines/sessions.hermes.final.heapsnapshot.gz',
  'odd/hostile-strings.heapsnapshot',
]

for (const name of STRANGE) {
  test(
    `${name}: every view answers from the disk or says that there is nothing, and nothing for axe`,
    guard,
    async () => {
      const file = join(folder, 'strange.html')
      const {code, stderr} = await heapgraph(['report', '--full', '-o', file, join(ROOT, 'fixtures', name)])
      assert.equal(code, 0, stderr)
      const {page, complaints} = await openPage(browser, file, laptop)
      page.setDefaultTimeout(HANG_MS)
      for (const view of [
        'overview',
        'types?by=kind',
        'memory',
        'memory?form=flame',
        'strings',
        'async',
        'makers',
        'cycles',
      ]) {
        await page.evaluate(`location.hash = '#/${view}'`)
        await page.locator(`main[data-view="${view.split('?')[0]}"]`).waitFor()
        await page.locator('main .ex-command').first().waitFor()
        const asking = page.locator('.ex-asking')
        await until(async () => (await asking.count()) === 0)
        assert.equal(await page.getByRole('alert').count(), 0, view)
        assert.deepEqual((await violations(page)).slice(0, 3), [], view)
      }
      assert.deepEqual(complaints.filter(isNotItsThread), [])
      await page.close()
    },
  )
}

test('a question that has begun is canceled, and asked again of a new thread', guard, async () => {
  const file = join(folder, 'canceled.html')
  assert.equal((await heapgraph(['report', '--full', '-o', file, snapshot('growing.node20.target')])).code, 0)
  const {page} = await openPage(browser, file, laptop)
  page.setDefaultTimeout(HANG_MS)
  await page.getByRole('heading', {level: 1, name: 'Overview'}).waitFor()
  const started = page.waitForEvent('worker')
  await page.evaluate("location.hash = '#/why?type=Session'")
  const thread = await started
  await page.locator('svg').first().waitFor()
  // From now on it answers nothing. Not in the debugger's own task, which Chromium does not end.
  await thread.evaluate('void (self.postMessage = () => { for (;;); })')
  await page.evaluate("location.hash = '#/types?by=kind'")
  await page.getByRole('button', {name: 'cancel'}).click()
  const again = page.getByRole('button', {name: 'ask again'})
  const closed = new Promise(done => thread.once('close', done))
  await again.waitFor()
  await closed
  await again.click()
  const table = page.getByRole('table', {name: 'types'})
  await table.waitFor()
  assert.match(await table.innerText(), /closure/)
  assert.equal(page.workers().length, 1)
  await page.close()
})

test('the page is the program and the heap, and no more than they take', guard, () => {
  const text = readFileSync(join(folder, 'views.html'), 'latin1')
  const packed =
    statSync(join(ROOT, 'fixtures/snapshots/growing.node20.target.heapsnapshot.gz')).size +
    statSync(join(ROOT, 'dist/page/engine.js')).size
  assert.ok(text.length < 2e6 + (4 / 3) * packed, `${text.length} bytes of page, ${packed} of heap and program`)
  assert.match(text, /worker-src blob:/)
})
