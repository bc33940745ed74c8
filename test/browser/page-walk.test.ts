/** `doctor` on a page: the planted leak is named with its line, the mended page is silent, and what goes wrong is told. */
import assert from 'node:assert/strict'
import {existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {extname, join} from 'node:path'
import {test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {build} from 'esbuild'
import {heapgraph, ROOT, temporaryFolder} from '../cli/cli.ts'
import {HANG_MS} from '../support/limits.ts'
import {findChromium, mayBeSkipped} from './browser.ts'
import {servePages} from './page-server.ts'

const folder = temporaryFolder()
const skip = mayBeSkipped()
const guard = {timeout: HANG_MS, skip}
const fixtures = join(ROOT, 'fixtures/pages')
const TYPES: Record<string, string> = {'.html': 'text/html', '.js': 'text/javascript'}

const pages = servePages((request, response) => {
  const {pathname} = new URL(request.url ?? '/', 'http://localhost')
  const isOther = request.headers.host?.startsWith('localhost')
  const root = pathname.startsWith('/built/') ? join(folder, isOther ? 'other' : '') : fixtures
  const path = join(root, pathname.endsWith('/') ? `${pathname}index.html` : pathname)
  if (!existsSync(path)) return response.writeHead(404).end()
  response.writeHead(200, {'content-type': TYPES[extname(path)] ?? 'text/plain'}).end(readFileSync(path))
})

let walks = 0
async function doctor(args: readonly string[]) {
  const out = join(folder, `walk-${++walks}`)
  const browser = ['--browser', findChromium() ?? '']
  const result = await heapgraph(['doctor', ...browser, '-o', out, ...args])
  return {...result, out}
}
const scenario = (name: string) => ['--scenario', join(fixtures, 'inbox', name)]

test('a scenario finds the planted listener with its line', guard, async () => {
  const {code, stdout, stderr, out} = await doctor([
    ...scenario('visit.mjs'),
    '--url',
    `${pages.address}/inbox/`,
    '--repeat',
    '3',
  ])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^rounds +3 between two snapshots: action, back$/m)
  assert.match(stdout, /^ +1\. resize listener relayout\(\) \(app\.js:\d+\): listener never removed, high confidence$/m)
  assert.match(stdout, /^ +1 → 4 → 7 there, retained .*, 1 each round$/m)
  assert.match(stdout, /each time action and back: \+41 DOM nodes, \+1 listeners/)
  assert.ok(!existsSync(join(out, 'maps')), 'a page without source maps has none')
  const report = readFileSync(join(out, 'report.md'), 'utf8')
  const files = [...report.matchAll(/\]\(([\w.-]+)\)/g)].map(([, file]) => file)
  assert.ok(files.includes('2-action.png') && files.includes('leaks.svg'))
  for (const file of files) {
    const {mode, size} = statSync(join(out, file))
    assert.ok(size > 0, file)
    if (process.platform !== 'win32') assert.equal(mode & 0o077, 0, `${file} is for its owner only`)
  }
})

test('a minified page is told by its source map, which is kept', guard, async () => {
  const built = join(folder, 'built')
  await build({
    entryPoints: [join(fixtures, 'inbox/app.js')],
    outfile: join(built, 'assets/app.js'),
    bundle: true,
    minify: true,
    sourcemap: true,
    logLevel: 'error',
  })
  const html = readFileSync(join(fixtures, 'inbox/index.html'), 'utf8')
  writeFileSync(join(built, 'index.html'), html.replace('app.js', 'assets/app.js'))
  const {code, stdout, stderr, out} = await doctor([
    ...scenario('visit.mjs'),
    '--url',
    `${pages.address}/built/`,
    '--repeat',
    '2',
  ])
  assert.equal(code, 0, stderr)
  const line = readFileSync(join(fixtures, 'inbox/app.js'), 'utf8')
    .split('\n')
    .findIndex(text => text.includes('function relayout'))
  assert.match(
    stdout,
    new RegExp(
      `^ +1\\. resize listener relayout\\(\\) \\(\\w+\\) \\(\\S*app\\.js:${line + 1}\\): listener never removed`,
      'm',
    ),
  )
  assert.ok(existsSync(join(out, 'maps/built/assets/app.js.map')))
  assert.match(stderr, /^next: heapgraph .* --source-maps \S+maps$/m)
  assert.ok(!stderr.includes('lines may be off'))
})

test('a scenario of memlab runs as it is', guard, async () => {
  const {code, stdout, stderr} = await doctor([...scenario('visit-memlab.cjs'), '--url', `${pages.address}/inbox/`])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^rounds +2 between two snapshots: action, back$/m)
  assert.match(stdout, /^ +1\. resize listener relayout\(\) \(app\.js:\d+\): listener never removed/m)
  assert.match(stderr, /leakFilter of memlab's has no effect here/)
})

test('without a scenario, what the page offers is tried', guard, async () => {
  const {code, stdout, stderr} = await doctor(['--url', `${pages.address}/inbox/`, '--repeat', '2'])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^rounds .*: link "Inbox", dialog "Compose", opening and closing "More"$/m)
  assert.match(stdout, /^ +1\. resize listener relayout\(\)/m)
  assert.match(stdout, /each time link "Inbox": \+41 DOM nodes/)
  assert.match(stderr, /1 link not tried: .* a new document/)
})

test('the mended page is silent', guard, async () => {
  for (const args of [scenario('visit.mjs'), []]) {
    const {code, stdout} = await doctor(['--url', `${pages.address}/inbox/?mended`, '--repeat', '3', ...args])
    assert.match(stdout, /^leaks +nothing leaks/m)
    assert.equal(code, 1)
  }
})

test('a program that serves the page is started before and stopped after', guard, async () => {
  const port = 20_000 + (process.pid % 20_000)
  const program = join(folder, 'serve.mjs')
  writeFileSync(
    program,
    `import {createServer} from 'node:http'
    console.log('process ' + process.pid)
    createServer((_, response) => response.setHeader('content-type', 'text/html').end('<title>x</title><details><summary>s</summary>text</details>'))
      .listen(${port}, '127.0.0.1')`,
  )
  const {code, stderr, out} = await doctor([
    '--url',
    `http://127.0.0.1:${port}/`,
    '--repeat',
    '1',
    '--',
    process.execPath,
    program,
  ])
  assert.equal(code, 1, stderr)
  const pid = Number(/process (\d+)/.exec(readFileSync(join(out, 'program.log'), 'utf8'))?.[1])
  assert.throws(() => process.kill(pid, 0), {code: 'ESRCH'})
})

test('an action that fails half-way is told, and what was taken is kept', guard, async () => {
  const path = join(folder, 'fails.mjs')
  writeFileSync(
    path,
    `let times = 0
    export const action = async page => { if (++times === 4) throw new Error('the button is gone') }`,
  )
  const {code, stdout, stderr, out} = await doctor([
    '--scenario',
    path,
    '--url',
    `${pages.address}/inbox/`,
    '--repeat',
    '2',
  ])
  assert.equal(code, 2)
  assert.match(stderr, /^heapgraph: action of round 3: action failed: the button is gone$/m)
  assert.match(stdout, /^ended +action of round 3/m)
  assert.ok(existsSync(join(out, 'base.heapsnapshot')) && existsSync(join(out, 'target.heapsnapshot')))
})

test('a page that crashes, dialogs and pages that never rest are each a sentence', guard, async () => {
  const busy = join(folder, 'busy.html')
  writeFileSync(
    busy,
    `<title>busy</title><script>setInterval(() => { new Image().src = 'x.png?' + Math.random() }, 50)
    setTimeout(() => alert('hello \\u001b[31m'), 10)</script>`,
  )
  const act = join(folder, 'act.mjs')
  writeFileSync(act, 'export const action = () => {}')
  const url = pathToFileURL(busy).href
  const rested = await doctor(['--scenario', act, '--url', url, '--repeat', '1', '--settle', '200ms'])
  assert.equal(rested.code, 1, rested.stderr)
  assert.match(rested.stderr, /the page opened a dialog, which was dismissed: hello/)
  assert.ok(!rested.stderr.includes('\u001b'))

  const crash = join(folder, 'crash.mjs')
  writeFileSync(
    crash,
    `let times = 0
    export const action = async page => { if (++times === 2) await page.goto('chrome://crash').catch(() => {}) }`,
  )
  const crashed = await doctor(['--scenario', crash, '--url', url, '--repeat', '2', '--settle', '200ms'])
  assert.equal(crashed.code, 2)
  assert.match(crashed.stderr, /^heapgraph: the page crashed/m)
})

test('what cannot be opened is refused in a sentence, and leaves no folder', guard, async () => {
  for (const [args, words] of [
    [['--url', 'localhost:3000'], /localhost:3000 is not the address of a page/],
    [['--url', `${pages.address}/inbox/`, '--load', 'true'], /--load is for programs/],
    [['--url', `${pages.address}/inbox/`, '--scenario', join(folder, 'none.mjs')], /cannot be loaded/],
    [scenario('visit.mjs'), /no page is named/],
  ] as const) {
    const {code, stdout, stderr, out} = await doctor(args)
    assert.deepEqual([code, stdout, existsSync(out)], [2, '', false], stderr)
    assert.match(stderr, words)
  }
})

/** A page with a frame of another site: Chromium has a process, and so a heap, for it. */
async function walkFrames(leak: string) {
  const args = [
    '--scenario',
    join(fixtures, 'frames/visit.mjs'),
    '--url',
    `${pages.address}/frames/?leak=${leak}`,
    '--repeat',
    '4',
  ]
  return doctor(args)
}

test('what leaks in a frame of another site is told below the page, with its address', guard, async () => {
  const {code, stdout, stderr, out} = await walkFrames('offers')
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^leaks +nothing leaks/m)
  const frame = stdout.slice(stdout.indexOf('\nframe '))
  assert.match(frame, /^\nframe +http:\/\/localhost:\d+\/frames\/widget\.html\?leak=offers: 1 suspect,/)
  const line =
    readFileSync(join(fixtures, 'frames/widget.js'), 'utf8').split('\n').indexOf('const offers = new Map()') + 1
  assert.match(
    frame,
    new RegExp(`^ +1\\. offers \\(\\S*widget\\.js:${line}\\): cache without limit, high confidence$`, 'm'),
  )
  assert.match(frame, /^ +1 → 5 → 9 there, retained .*, 1 each round$/m)
  assert.match(
    stderr,
    /next: heapgraph leaks \S*1-base\.heapsnapshot \S*1-target\.heapsnapshot \S*1-final\.heapsnapshot/,
  )
  assert.ok(existsSync(join(out, 'frames/1-final.heapsnapshot')))
  assert.match(readFileSync(join(out, 'report.md'), 'utf8'), /^## Frame `http:\/\/localhost/m)
})

test('a frame of another site that lets go is silent', guard, async () => {
  const {code, stdout} = await walkFrames('none')
  assert.match(stdout, /^frame +http:\/\/localhost:\d+\/frames\/widget\.html\?leak=none: nothing leaks/m)
  assert.equal(code, 1)
})

test(
  'scripts of a frame are named by its own source maps, though one of the page has the same path',
  guard,
  async () => {
    const ofPage = `
    const seen: {words: string[]}[] = []
    const frame = document.createElement('iframe')
    frame.src = 'http://localhost:' + location.port + '/built/shared/'
    document.body.append(frame)
    document.querySelector('button')!.onclick = () => {
      seen.push({words: ['seen', 'once']})
      document.querySelector('output')!.textContent = 'seen ' + seen.length
      frame.contentWindow!.postMessage(seen.length, '*')
    }`
    const ofFrame =
      '\n'.repeat(40) +
      `
    const asked: {words: string[]}[] = []
    addEventListener('message', () => asked.push({words: ['asked', 'once']}))`
    for (const [name, source, root] of [
      ['page.ts', ofPage, folder],
      ['widget.ts', ofFrame, join(folder, 'other')],
    ]) {
      const built = join(root, 'built/shared')
      const entry = join(built, name)
      mkdirSync(built, {recursive: true})
      writeFileSync(entry, source)
      writeFileSync(join(built, 'index.html'), '<button>Ask</button><output></output><script src="main.js"></script>')
      await build({
        entryPoints: [entry],
        outfile: join(built, 'main.js'),
        minify: true,
        sourcemap: true,
        logLevel: 'error',
      })
    }
    const visit = ['--scenario', join(fixtures, 'frames/visit.mjs'), '--url', `${pages.address}/built/shared/`]
    const {code, stdout, stderr, out} = await doctor([...visit, '--repeat', '3'])
    assert.equal(code, 0, stderr)
    const [page, frame] = stdout.split(/^frame /m)
    assert.match(page, /^ +1\. .*seen \(.*page\.ts:2\)/m)
    assert.match(frame, /^ +1\. .*asked \(.*widget\.ts:42\)/m)
    const report = readFileSync(join(out, 'report.md'), 'utf8')
    assert.match(report, /leaks .*1-final\.heapsnapshot --source-maps \S+frames\/1-maps$/m)
  },
)

test('a frame whose heap cannot be taken is left out, and the walk goes on', guard, async () => {
  const path = join(folder, 'left-out.mjs')
  const taken = join(folder, `walk-${walks + 1}`, 'frames/1-target.heapsnapshot')
  writeFileSync(
    path,
    `import {mkdirSync} from 'node:fs'
    import {action as visit} from ${JSON.stringify(pathToFileURL(join(fixtures, 'frames/visit.mjs')).href)}
    export async function action(page) {
      await visit(page)
      mkdirSync(${JSON.stringify(taken)}, {recursive: true})
    }`,
  )
  const args = ['--scenario', path, '--url', `${pages.address}/frames/?leak=none`, '--repeat', '2']
  const {code, stdout, stderr, out} = await doctor(args)
  assert.equal(code, 1, stderr)
  assert.match(stdout, /^leaks +nothing leaks/m)
  assert.match(stderr, /http:\/\/localhost:\d+\/frames\/widget\.html\S* is left out from here on: /)
  assert.ok(existsSync(join(out, 'final.heapsnapshot')))
})
