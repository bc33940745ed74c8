/** Fingerprints of a program in several builds: minified anew after a change, with a source map each time. */
import assert from 'node:assert/strict'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {type BuildOptions, build} from 'esbuild'
import {heapgraph} from '../../cli/cli.ts'
import {programs} from '../../support/programs.ts'

const {folder, run} = programs()

/** `more`: code before it, so that lines and short names are others in each build. */
const source = (more: number) => `
import {EventEmitter} from 'node:events'
${Array.from({length: more}, (_, i) => `export function more${i}(aa${i}) { return [aa${i}, ${i}] }`).join('\n')}
class Session { constructor(key) { this.key = key; this.payload = Array.from({length: 30}, (_, at) => ({at})) } }
class SessionStore { constructor() { this.sessionsByKey = new Map() } }
const store = new SessionStore()
const pendingJobs = []
const bus = new EventEmitter().setMaxListeners(0)
let count = 0
function makeNames() { const byName = new Map(); return (name, value) => byName.set(name, value) }
const keepName = makeNames()
export function work() {
  for (let i = 0; i < 100; i++) {
    store.sessionsByKey.set('key' + count++, new Session(i))
    pendingJobs.push(new Session(i))
    keepName('name' + count, new Session(i))
    const session = new Session(i)
    bus.on('flush', () => session)
  }
}
globalThis.round = work
`

async function fingerprints(name: string, more: number, options: BuildOptions): Promise<string[]> {
  mkdirSync(join(folder, 'src'), {recursive: true})
  writeFileSync(join(folder, 'src', 'app.js'), source(more))
  const outfile = join(folder, 'dist', name, 'app.cjs')
  const entryPoints = [join(folder, 'src', 'app.js')]
  await build({entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', sourcemap: 'inline', ...options})
  const files = run(`${name}.cjs`, `require('./dist/${name}/app.cjs')\nfunction round() { globalThis.round() }`, 3)
  const {stdout} = await heapgraph(['leaks', '--json', ...files])
  const rows: {fingerprint: string}[] = JSON.parse(stdout).rows
  return rows.map(({fingerprint}) => fingerprint).sort()
}

test('a minified build with its map has the fingerprints of another, and of the one that is not minified', async () => {
  const plain = await fingerprints('plain', 0, {})
  const first = await fingerprints('first', 0, {minify: true})
  const second = await fingerprints('second', 40, {minify: true})
  assert.deepEqual(plain, [
    'bus on "flush" listener of work() in src/app.js',
    'byName of makeNames() in src/app.js',
    'pendingJobs in src/app.js',
    'store.sessionsByKey in src/app.js',
  ])
  assert.deepEqual(first, plain)
  assert.deepEqual(second, plain)
})
