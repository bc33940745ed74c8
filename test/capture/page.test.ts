/** A page in Chromium, captured through the port for debuggers. */
import assert from 'node:assert/strict'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {openSnapshot, select} from '../../src/index.ts'
import {findChromium, mayBeSkipped} from '../browser/browser.ts'
import {heapgraph, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS, until} from '../support/limits.ts'
import {type Running, run} from './processes.ts'

const folder = temporaryFolder()
const skip = mayBeSkipped()
const guard = {timeout: HANG_MS, skip}
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--remote-debugging-port=0',
]

/** 500 of a class of its own, and a section of 8 elements that is in no document. */
const PAGE = `<!doctype html><title>Planted inbox</title><body><script>
class Mail { constructor(i) { this.subject = 'mail ' + i; this.rows = new Array(50).fill(i) } }
const box = []
for (let i = 0; i < 500; i++) box.push(new Mail(i))
const section = document.createElement('section')
for (let i = 0; i < 7; i++) section.append(document.createElement('article'))
globalThis.gone = section
</script>`

let browser: Running | undefined
let profile = ''
after(
  async () => {
    browser?.child.kill('SIGKILL')
    await browser?.ended
    // Its helpers may still be writing.
    if (profile !== '') rmSync(profile, {recursive: true, force: true, maxRetries: 20, retryDelay: 100})
  },
  {timeout: HANG_MS},
)

async function startPages(): Promise<string> {
  profile = mkdtempSync(join(tmpdir(), 'heapgraph-chromium-'))
  writeFileSync(join(folder, 'inbox.html'), PAGE)
  writeFileSync(join(folder, 'other.html'), '<!doctype html><title>Other \u001b[31mpage</title>')
  const address = (name: string) => pathToFileURL(join(folder, name)).href
  browser = run(findChromium()!, [...FLAGS, `--user-data-dir=${profile}`, address('inbox.html')])
  const {said} = browser
  const told = join(profile, 'DevToolsActivePort')
  await until(
    () => existsSync(told) && readFileSync(told, 'utf8').includes('\n'),
    () => said.stderr,
  )
  const port = readFileSync(told, 'utf8').split('\n')[0]
  const list = (path: string, method: string) =>
    fetch(`http://127.0.0.1:${port}/json/${path}`, {method}).then(answer => answer.text())
  await list(`new?${address('other.html')}`, 'PUT')
  await until(async () => {
    const text = await list('list', 'GET')
    return text.includes('Planted inbox') && text.includes('Other')
  })
  return port
}

test('a page is chosen by a part of its title, and what was planted is in its snapshot', guard, async () => {
  const port = await startPages()
  const file = join(folder, 'page.heapsnapshot')
  for (const [args, words] of [
    [[], /there are \d+ targets: /],
    [['--target', 'no such page'], /no target matches no such page: /],
  ] as const) {
    const {code, stdout, stderr} = await heapgraph(['capture', '--port', port, ...args, '-o', file])
    assert.deepEqual([code, stdout, existsSync(file)], [2, '', false])
    assert.match(stderr, words)
    assert.match(stderr, /page "Planted inbox" file:\S+inbox\.html/)
    assert.match(stderr, /page "Other [^"]*page" file:\S+other\.html/)
    assert.match(stderr, /; choose one with --target and a part of its title or address\n$/)
    assert.ok(!stderr.includes('\u001b'), 'titles are of pages, not for the terminal')
  }
  const {code, stdout, stderr} = await heapgraph(['capture', '--port', port, '--target', 'INBOX', '-o', file])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /page\.heapsnapshot {2}[\d.]+ MB\n/)
  const snapshot = await openSnapshot(file, {index: 'off'})
  assert.equal(select(snapshot, {type: 'Mail'}).nodes.length, 500)
  const types = await heapgraph(['types', file, '--limit', '10000'])
  assert.match(types.stdout, /^ +500 .* Mail +\S*inbox\.html:2$/m)
  const detached = await heapgraph(['detached', file])
  assert.equal(detached.code, 0)
  assert.match(detached.stdout, / section {2}@\d+ {2}\.gone of Window/)
  const held = await heapgraph(['why', '--type', 'Mail', file])
  assert.match(held.stdout, /box/)
})
